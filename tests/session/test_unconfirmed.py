"""Reads that lag behind a write, and changes that come late: no final word is said too soon."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from typing import Any

import pytest
import pytest_asyncio

from atz_desktop.domain.history import Outcome
from atz_desktop.domain.values import Option
from atz_desktop.sandbox.faults import Fault
from atz_desktop.sandbox.server import Sandbox
from atz_desktop.session.journal_entries import entry_from_row
from atz_desktop.session.notices import Level, NoticeAction
from atz_desktop.session.reads import MonotonicReads
from atz_desktop.session.services import CHECK_DELAYS, Services
from tests.session.conftest import Person, shown
from tests.session.test_record_session import Desk

MINE, LATER = "My title", "My second thought"


class Clock:
    """Seconds that pass only when a test says so; the sandbox may read them from its thread."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Waiting(Desk):
    """A desk whose time passes while it waits for the next look, and what it was at each wait."""

    def __init__(self, services: Services, person: Person, clock: Clock) -> None:
        self.clock = clock
        reads = MonotonicReads(clock)
        super().__init__(
            replace(
                services, clock=clock, sleep=self._sleep, monotonic_reads=reads, unconfirmed={}
            ),
            person,
        )
        self.waits: list[tuple[float, Any, bool]] = []
        """Seconds waited, the title in the form, and whether the form could be used."""
        self._may_pass = asyncio.Event()

    async def _sleep(self, seconds: float) -> None:
        assert self.session.edit is not None
        state = self.session.state
        usable = state.can_reload and state.check_in is not None
        self.waits.append((seconds, self.session.edit.value("title"), usable))
        await self._may_pass.wait()
        self.clock.now += seconds

    async def known(self) -> None:
        """Let time pass until nothing is left to be looked up."""
        self._may_pass.set()
        while self.jobs.running("look up"):
            await self.jobs.wait("look up")
        self._may_pass.clear()

    async def outcomes(self) -> list[Outcome | None]:
        rows = await self.session.services.journal.entries()
        return [entry_from_row(row).outcome for row in reversed(rows)]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sandbox(clock: Clock) -> Iterator[Sandbox]:
    with Sandbox(pace_limit=None, clock=clock) as running:
        yield running


@pytest_asyncio.fixture
async def desk(services: Services, person: Person, clock: Clock) -> AsyncIterator[Waiting]:
    made = Waiting(services, person, clock)
    yield made
    await made.jobs.drain()


def _puts(sandbox: Sandbox) -> list[dict[str, Any]]:
    return [json.loads(each.body) for each in sandbox.requests if each.method == "PUT"]


LATE = {
    "the read lags by 3 s": [Fault("lagging", seconds=3.0)],
    "the read lags by 30 s": [Fault("lagging", seconds=30.0)],
    "every other replica lags": [Fault("lagging", lags=(0.0, 0.0, 30.0))],
    "reset, applied 2 s later": [Fault("delayed", "PUT", seconds=2.0), Fault("reset", "PUT")],
    "500, applied 2 s later": [Fault("delayed", "PUT", seconds=2.0), Fault("500", "PUT")],
    "502, applied 2 s later": [Fault("delayed", "PUT", seconds=2.0), Fault("502", "PUT")],
    "503, applied 60 s later": [Fault("delayed", "PUT", seconds=60.0), Fault("503", "PUT")],
    "202, applied 2 s later": [Fault("delayed", "PUT", seconds=2.0), Fault("202", "PUT")],
    "200 and the new record, applied 2 s later": [Fault("delayed", "PUT", seconds=2.0)],
    "200 and the old record, applied 2 s later": [
        Fault("delayed", "PUT", seconds=2.0),
        Fault("old_record", "PUT"),
    ],
    "lost answer, lagging read": [
        Fault("lagging", seconds=20.0),
        Fault("reset", "PUT", applied=True),
    ],
}


@pytest.mark.parametrize("faults", LATE.values(), ids=LATE)
async def test_a_change_that_shows_late_is_checked_in_the_end_and_never_called_lost(
    faults: list[Fault], desk: Waiting, sandbox: Sandbox
) -> None:
    await desk.open()
    for fault in faults:
        sandbox.faults.on(fault)
    desk.session.model.set_value("title", MINE)
    await desk.save()
    at_first = desk.notice
    await desk.known()
    if desk.waits:
        assert (at_first.title, at_first.action) == ("Not confirmed yet", NoticeAction.LOOK_AGAIN)
        assert all(title == MINE and usable for _, title, usable in desk.waits)
    assert (desk.notice.level, desk.notice.title) == (Level.GOOD, "Saved and checked")
    assert {each.level for each in desk.notices if each} <= {Level.WARNING, Level.GOOD}
    assert await desk.outcomes() == [Outcome.VERIFIED]
    assert _puts(sandbox) == [{"title": MINE}]
    assert sandbox.account.get(42)["title"] == MINE
    edit, verdict = desk.session.edit, shown(desk.session).verdicts.get("title")
    assert edit is not None
    assert (edit.value("title"), edit.dirty) == (MINE, False)
    assert verdict is None or verdict.is_ok


async def test_the_looks_come_at_growing_intervals_and_end_with_the_last(
    desk: Waiting, sandbox: Sandbox
) -> None:
    await desk.open()
    sandbox.faults.on(Fault("reset", "PUT", times=1))
    desk.session.model.set_value("title", MINE)
    await desk.save()
    await desk.known()
    waited = [sum(seconds for seconds, *_ in desk.waits[: n + 1]) for n in range(len(desk.waits))]
    assert waited == list(CHECK_DELAYS)
    assert desk.notice.title == "The change is not in ATZ"
    assert await desk.outcomes() == [Outcome.NOT_SENT]
    edit = desk.session.edit
    assert edit is not None
    assert edit.pending == {"title": MINE}
    assert desk.session.state.check_in is None


async def test_only_activities_that_are_due_are_looked_up(desk: Waiting, sandbox: Sandbox) -> None:
    sandbox.faults.on(Fault("ignored", "PUT"))
    for activity_id in (42, 7):
        desk.session.open(activity_id, keep_draft=True)
        await desk.jobs.wait("open")
        desk.session.model.set_value("title", MINE)
        await desk.save()
        desk.clock.now += 2.0  # 42 is 4 s old when 7 is 2 s old
    before = len(sandbox.requests)
    await desk.known()
    asked = Counter(each.path for each in sandbox.requests[before:])
    looks = [f"/v1/activity/{number}" for number in (42, 7)]
    each = len(CHECK_DELAYS) - 1  # the look at the age of 1 s was missed
    assert (asked[looks[0]], asked[looks[1]]) == (each, each + 1), "once more by its form"
    assert await desk.outcomes() == [Outcome.DIFFERENT, Outcome.DIFFERENT]


async def test_a_field_that_stays_ignored_is_told_only_when_nothing_can_come_any_more(
    desk: Waiting, sandbox: Sandbox
) -> None:
    await desk.open()
    sandbox.faults.on(Fault("ignored", "PUT"))
    desk.session.model.set_value("title", MINE)
    await desk.save()
    assert desk.notice.title == "Not confirmed yet"
    await desk.known()
    assert desk.clock.now >= 1000.0 + CHECK_DELAYS[-1]
    assert await desk.outcomes() == [Outcome.DIFFERENT]
    verdict, edit = shown(desk.session).verdicts.get("title"), desk.session.edit
    assert verdict is not None
    assert edit is not None
    assert not verdict.is_ok
    assert edit.pending == {"title": MINE}


async def test_another_value_that_answer_and_read_both_show_is_told_at_once(
    desk: Waiting, sandbox: Sandbox
) -> None:
    await desk.open()
    sandbox.faults.on(Fault("altered", "PUT", values={"title": "Cut"}))
    desk.session.model.set_value("title", MINE)
    await desk.save()
    assert desk.notice.title == "Saved, but not as meant"
    assert await desk.outcomes() == [Outcome.DIFFERENT]


async def test_a_lagging_read_is_no_colleagues_change(desk: Waiting, sandbox: Sandbox) -> None:
    await desk.open()
    desk.session.model.set_value("title", MINE)
    await desk.save()
    sandbox.faults.on(Fault("lagging", lags=(30.0, 0.0)))
    desk.session.model.set_value("location", "Room 9")
    await desk.save()
    await desk.known()
    edit = desk.session.edit
    assert edit is not None
    assert (edit.value("title"), edit.dirty) == (MINE, False)
    assert "Title" not in " ".join(each.text for each in desk.notices if each)
    desk.session.reload()
    await desk.jobs.wait("open")
    assert desk.session.activity is not None
    assert desk.session.activity.value("title") == MINE


async def test_ones_own_second_save_of_a_field_is_no_conflict_when_reads_lag(
    desk: Waiting, sandbox: Sandbox, person: Person
) -> None:
    await desk.open()
    sandbox.faults.on(Fault("lagging", lags=(0.0, 30.0, 0.0)))
    for title in (MINE, LATER):
        desk.session.model.set_value("title", title)
        await desk.save()
        await desk.known()
    assert not person.asked
    assert await desk.outcomes() == [Outcome.VERIFIED, Outcome.VERIFIED]
    assert sandbox.account.get(42)["title"] == LATER


async def test_what_a_colleague_puts_back_is_seen(desk: Waiting, sandbox: Sandbox) -> None:
    await desk.open()
    assert desk.session.activity is not None
    old = desk.session.activity.value("title")
    desk.session.model.set_value("title", MINE)
    await desk.save()
    desk.clock.now += 5.0
    sandbox.account.edit_as_colleague(42, title=old)
    desk.session.reload()
    await desk.jobs.wait("open")
    assert desk.session.activity.value("title") == old


async def test_a_later_save_is_not_confirmed_while_an_earlier_one_may_still_change_it(
    desk: Waiting, sandbox: Sandbox
) -> None:
    await desk.open()
    sandbox.faults.on(Fault("delayed", "PUT", seconds=40.0, times=1))
    sandbox.faults.on(Fault("reset", "PUT", times=1))
    desk.session.model.set_value("title", MINE)
    await desk.save()
    desk.session.model.set_value("title", LATER)
    await desk.save()
    assert sandbox.account.get(42)["title"] == LATER
    assert desk.notice.title == "Not confirmed yet"
    await desk.known()
    assert sandbox.account.get(42)["title"] == MINE
    assert await desk.outcomes() == [Outcome.VERIFIED, Outcome.DIFFERENT]
    edit = desk.session.edit
    assert edit is not None
    assert (edit.base.value("title"), edit.value("title")) == (MINE, LATER)


async def test_work_goes_on_and_another_save_goes_out_while_one_is_not_confirmed(
    desk: Waiting, sandbox: Sandbox
) -> None:
    await desk.open()
    sandbox.faults.on(Fault("lagging", seconds=30.0))
    desk.session.model.set_value("title", MINE)
    await desk.save()
    desk.session.model.set_value("importance", Option("critical"))
    await desk.save()
    await desk.known()
    assert [set(put) for put in _puts(sandbox)][-1] >= {"importance"}
    assert set(await desk.outcomes()) == {Outcome.VERIFIED}
    edit = desk.session.edit
    assert edit is not None
    assert not edit.dirty
    assert edit.value("title") == MINE


@pytest.mark.parametrize("status", ["403", "409", "422"])
async def test_a_refusal_after_the_change_was_made_is_no_proof_against_it(
    status: Any, desk: Waiting, sandbox: Sandbox
) -> None:
    await desk.open()
    sandbox.faults.on(Fault(status, "PUT", applied=True))
    desk.session.model.set_value("title", MINE)
    await desk.save()
    assert desk.notice.title == "Saved and checked"
    assert await desk.outcomes() == [Outcome.VERIFIED]


async def test_a_refusal_after_a_part_was_applied_claims_nothing_before_it_is_known(
    desk: Waiting, sandbox: Sandbox
) -> None:
    await desk.open()
    sandbox.faults.on(Fault("ignored", "PUT", fields=("title",)))
    sandbox.faults.on(Fault("422", "PUT", applied=True))
    desk.session.model.set_value("title", MINE)
    desk.session.model.set_value("location", "Room 9")
    await desk.save()
    assert desk.notice.title == "Not confirmed yet"
    await desk.known()
    assert await desk.outcomes() == [Outcome.DIFFERENT]
    edit = desk.session.edit
    assert edit is not None
    assert edit.pending == {"title": MINE}


async def test_a_refusal_that_cannot_be_looked_up_is_not_confirmed_and_told_at_the_field(
    desk: Waiting, sandbox: Sandbox
) -> None:
    await desk.open()
    body = b'{"errors": {"title": ["Reserved."]}}'
    sandbox.faults.on(Fault("422", "PUT", applied=True, body=body))
    sandbox.faults.on(Fault("502", "GET", skip=1, times=3))
    desk.session.model.set_value("title", MINE)
    await desk.save()
    assert desk.notice.title == "Not confirmed yet"
    assert shown(desk.session).server_errors.get("title") == "Reserved."
    await desk.known()
    assert await desk.outcomes() == [Outcome.VERIFIED]
