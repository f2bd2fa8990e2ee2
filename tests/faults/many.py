"""Many activities in the sandbox, what befalls them, and what must be true after a run of them."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from atz_desktop.domain.activity import Activity
from atz_desktop.domain.edit import Edit
from atz_desktop.domain.history import JournalEntry, Outcome
from atz_desktop.domain.runs import RunRow, RunVerdict
from atz_desktop.sandbox.data import made_up_account
from atz_desktop.sandbox.rate_limit import RateLimit
from atz_desktop.sandbox.server import Sandbox
from tests.faults.mishaps import MISHAPS

FIRST_ID = 1001
PACE = 60
"""Requests in any 60 seconds."""

OF_ONE_ROW = sorted(name for name in MISHAPS if name != "refused")
"""Mishaps that strike one activity; a server that refuses connections does so for all."""

OPEN = {None, RunVerdict.NOT_CONFIRMED, RunVerdict.STOPPED}


class CountingLimit(RateLimit):
    """The limit of ATZ; `turned_away` counts what came too soon."""

    turned_away = 0

    def check(self, token: str) -> float:
        wait = super().check(token)
        self.turned_away += wait > 0
        return wait


class ManyActivities:
    """A server that enforces the pace by its `clock`.

    `written` counts by activity how often a title of ours was stored. A PUT of which ATZ stores
    nothing is not known from one that never came: it is rightly sent again after a crash.
    """

    def __init__(self, rows: int, clock: Callable[[], float]) -> None:
        self.ids = range(FIRST_ID, FIRST_ID + rows)
        self.sandbox = Sandbox(made_up_account(), clock=clock)
        self.account = account = self.sandbox.account
        for number in self.ids:
            account.set({**account.get(42), "id": number, "title": old_title(number)})
        self.sandbox.pace = self.limit = CountingLimit(PACE, clock)
        self.written: Counter[int] = Counter()
        account.on_change = self._note

    def _note(self, record: dict[str, Any]) -> None:
        number = record["id"]
        is_ours = record["updated_by"]["id"] == self.account.me
        self.written[number] += is_ours and record["title"] != old_title(number)

    def edits(self) -> list[Edit]:
        """As a preview made them."""
        return [new_edit(self.account.get(number)) for number in self.ids]

    def title(self, number: int) -> str:
        return str(self.account.get(number)["title"])

    def change_some(self, chance: random.Random, ids: Iterable[int], count: int) -> list[int]:
        """Colleagues set other titles; where."""
        chosen = chance.sample(sorted(ids), count)
        for number in chosen:
            self.account.edit_as_colleague(number, title="A colleague's")
        return chosen

    def strike_some(self, chance: random.Random, but: Iterable[int]) -> None:
        """Something goes wrong with a third of them."""
        left = sorted(set(self.ids).difference(but))
        for number in chance.sample(left, len(self.ids) // 3):
            for fault in MISHAPS[chance.choice(OF_ONE_ROW)]:
                times = 1 if fault.name in {"401", "429"} else fault.times
                path = f"/v1/activity/{number}"
                self.sandbox.faults.on(replace(fault, path=path, times=times))

    def look(self, rows: list[RunRow], entries: list[JournalEntry], theirs: list[int]) -> None:
        """Each row has one verdict, the journal agrees with what ATZ holds, and nothing was written
        twice, although colleagues had changed `theirs`.
        """
        assert self.limit.turned_away == 0
        assert [row.activity_id for row in rows] == list(self.ids)
        assert not OPEN & {row.verdict for row in rows}
        twice = {number for number, count in self.written.items() if count > 1}
        assert not twice, [each for each in entries if each.activity_id in twice]
        for row in rows:
            saves = [each for each in entries if each.activity_id == row.activity_id]
            assert all(save.settled for save in saves), saves
            checked = any(save.outcome is Outcome.VERIFIED for save in saves)
            assert (row.verdict is RunVerdict.CHECKED) == checked, (row, saves)
            assert (row.verdict is RunVerdict.CONFLICT) == (row.activity_id in theirs), row
            holds = self.title(row.activity_id) == new_title(row.activity_id)
            assert holds or not checked, (row, saves)
            unsaved = row.verdict in {RunVerdict.NOT_SENT, RunVerdict.CONFLICT}
            assert not (holds and unsaved), (row, saves)


def old_title(number: int) -> str:
    return f"Call {number}"


def new_title(number: int) -> str:
    return f"Interview {number}"


def new_edit(record: dict[str, Any]) -> Edit:
    return Edit(Activity.from_response(record)).with_value("title", new_title(record["id"]))
