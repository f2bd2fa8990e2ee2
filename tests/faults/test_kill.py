"""The real program is killed at any moment of editing and saving, and started again.

After each start what was typed half a second before the end is there, and every entry of the
journal settles to what ATZ was really told.
"""

from __future__ import annotations

import asyncio
import os
import random
import sqlite3
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import pytest

from atz_desktop.api.client import AtzClient
from atz_desktop.domain.history import JournalEntry, Outcome
from atz_desktop.sandbox.faults import Fault
from atz_desktop.sandbox.server import Sandbox
from atz_desktop.session.journal_entries import entry_from_row
from atz_desktop.session.reconcile import reconcile_pending
from atz_desktop.session.services import Services
from atz_desktop.store.database import Database
from atz_desktop.store.drafts import Drafts, Recent
from atz_desktop.store.journal import Journal
from atz_desktop.store.names import NameStore
from atz_desktop.store.paths import Paths
from tests.faults.running import Line, Running, environment

KILLS = 300 if os.environ.get("CI") else 9
SAVES_FIRST = 3
"""Every so many-th is killed just after Ctrl+S, before draft and journal may be written."""
SAVED_FOR = 0.15
"""Seconds from Ctrl+S to the end, at most."""
LANES = 2
"""Programs that are killed side by side, each with a data folder of its own."""
LONGEST_LIFE = 0.8
"""Seconds of typing and saving before the end, at most."""
DRAFT_AGE = 0.5
"""Seconds of typing that a crash may cost."""

LONGEST_GAP = 0.1
"""Seconds between two changes that still count as time of the program (driven.KEY_PAUSE: 0.02)."""

DRIVEN = "tests.faults.driven"
RESTORED = "Your unsaved changes are back"
ID = 42


@dataclass(frozen=True)
class Death:
    """What a program had done when it was killed, and whether a save had no outcome yet."""

    activity_id: int
    at: float
    typed: tuple[Line, ...]
    saving: bool
    lost: float = 0.0
    """Seconds of typing that it cost, once the next program was looked at."""


@pytest.mark.timeout(1800)
@pytest.mark.slow
@pytest.mark.xdist_group("many processes")
def test_a_program_that_is_killed_at_any_moment_loses_nothing_and_learns_the_truth(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    seed = random.randrange(10**9)
    print("seed", seed)  # noqa: T201 - pytest shows it when the test fails
    for number in range(max(sandbox.account.ids()) + 1, KILLS + LANES + 1):
        sandbox.account.set({**sandbox.account.get(ID), "id": number})
    share = -(-KILLS // LANES)
    with ThreadPoolExecutor(LANES) as pool:
        lanes = [
            pool.submit(
                _live_and_die,
                sandbox,
                tmp_path / str(lane),
                range(1 + lane * share, 1 + (lane + 1) * share),
                random.Random(seed + lane),
            )
            for lane in range(LANES)
        ]
        deaths = [death for lane in lanes for death in lane.result()]
    assert len(deaths) >= KILLS
    struck = sum(death.saving for death in deaths)
    longest = max(death.lost for death in deaths)
    print(f"{struck} of {KILLS} in the middle of a save; {longest:.2f} s lost at most")  # noqa: T201
    assert struck >= KILLS // 20, "hardly a save was struck"
    assert not list(tmp_path.rglob("*damaged*"))
    for lane in range(LANES):
        entries = asyncio.run(settled(sandbox, tmp_path / str(lane)))
        assert entries
        for entry in entries:
            arrived = entry.sent["title"] in _told(sandbox, entry.activity_id)
            assert entry.outcome is (Outcome.VERIFIED if arrived else Outcome.NOT_SENT), entry


def _live_and_die(
    sandbox: Sandbox, home: Path, activities: Sequence[int], chance: random.Random
) -> list[Death]:
    """Kill a program at each activity; the next one on the same folder says what came back."""
    deaths: list[Death] = []
    for activity_id in activities:
        before = deaths[-1].activity_id if deaths else 0
        env = environment(sandbox, home)
        save_at = 0 if activity_id % SAVES_FIRST else chance.randint(1, 30)
        with Running(DRIVEN, "edit", before, activity_id, save_at, env=env) as program:
            if deaths:
                lost = _look(deaths[-1], program.line("found"), sandbox)
                deaths[-1] = replace(deaths[-1], lost=lost)
            typed = program.until("saves" if save_at else "begins")
            time.sleep(chance.uniform(0, SAVED_FOR if save_at else LONGEST_LIFE))
            at = program.kill()
            typed = [line for line in [*typed, *program.rest()] if line["what"] == "types"]
        deaths.append(Death(activity_id, at, tuple(typed), _is_saving(home, activity_id)))
    with Running(DRIVEN, "see", activities[-1], env=environment(sandbox, home)) as program:
        lost = _look(deaths[-1], program.line("found"), sandbox)
        assert program.end() == 0, program.errors.decode()
    return [*deaths[:-1], replace(deaths[-1], lost=lost)]


def _look(death: Death, found: Line, sandbox: Sandbox) -> float:
    """What the next program showed, beside what was typed and what ATZ was told.

    The seconds of typing that were lost.
    """
    form = found["form"]
    words, _, number = (form["title"] or "").rpartition(" ")
    kept = int(number) if words == "Title" else 0
    assert not kept or form["location"] == f"Room {kept}"
    lost = [line for line in death.typed if line["number"] > kept]
    assert kept <= len(death.typed)
    age = _age([line["at"] for line in lost], death.at)
    assert age <= DRAFT_AGE, f"{len(lost)} changes of the last {age:.2f} s were lost"
    told = _told(sandbox, death.activity_id)
    for title, outcome in found["outcomes"]:
        # What did not arrive may still come, for all that the new program knows.
        assert outcome == ("VERIFIED" if title in told else "PENDING"), (title, found)
    assert found["dirty"] == (kept > 0 and [form["title"]] != told[-1:])
    assert (RESTORED in found["told"]) == found["dirty"]
    return float(age)


def _age(moments: Sequence[float], end: float) -> float:
    """Seconds from the first of these changes to the end, as the program had them.

    On a busy machine it may get no processor for longer than the draft may take; a change follows
    the one before after KEY_PAUSE, so whatever is much more was no time of the program.
    """
    return sum(min(b - a, LONGEST_GAP) for a, b in pairwise([*moments, end])) if moments else 0.0


def _told(sandbox: Sandbox, activity_id: int) -> list[str]:
    """The titles that ATZ was really told to store, in their order."""
    return [
        request.json()["title"]
        for request in sandbox.requests
        if request.method == "PUT"
        and request.complete
        and request.path == f"/v1/activity/{activity_id}"
    ]


def _is_saving(home: Path, activity_id: int) -> bool:
    file = Paths(home).database
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
        sql = "SELECT count(*) FROM journal WHERE outcome = 'PENDING' AND activity_id = ?"
        (count,) = connection.execute(sql, (activity_id,)).fetchone()
    return bool(count)


async def settled(sandbox: Sandbox, home: Path) -> list[JournalEntry]:
    """The whole journal of a computer, when no save can be on its way any more."""
    database, notice = Database.open(Paths(home).database)
    assert notice is None
    client = AtzClient(sandbox.url, sandbox.token)
    try:
        journal = Journal(database)
        (account,) = {row.account for row in await journal.entries()}
        services = Services(
            account=account,
            client=client,
            journal=journal,
            drafts=Drafts(database),
            names=NameStore(database),
            recent=Recent(database),
            check_delays=(0.0,),
        )
        assert not (await reconcile_pending(services, "UTC")).remaining
        return [entry_from_row(row) for row in await journal.entries(limit=-1)]
    finally:
        await client.close()
        database.close()


@dataclass(frozen=True)
class Moment:
    """A request of a save that ATZ has, and has not answered when the program is killed."""

    name: str
    fault: Fault
    applied: bool
    saves: bool = True


PATH = f"/v1/activity/{ID}"
# The first GET is the load, the second the look before the save, the third the read-back.
MOMENTS = (
    Moment("the read before", Fault("timeout", "GET", PATH, skip=1), applied=False, saves=False),
    Moment("the PUT, before the write", Fault("timeout", "PUT", PATH), applied=False),
    Moment("the PUT, after the write", Fault("timeout", "PUT", PATH, applied=True), applied=True),
    Moment("the PUT, written late", Fault("late", "PUT", PATH), applied=True),
    Moment("the read-back", Fault("timeout", "GET", PATH, skip=2), applied=True),
)


@pytest.mark.parametrize("moment", MOMENTS, ids=lambda moment: moment.name)
@pytest.mark.slow
def test_kill_9_at_each_step_of_a_save(moment: Moment, sandbox: Sandbox, tmp_path: Path) -> None:
    env = environment(sandbox, tmp_path)
    switch = sandbox.faults.on(moment.fault)
    with Running(DRIVEN, "save", ID, env=env) as program:
        program.line("saves")
        assert switch.wait()
        program.kill()
    sandbox.faults.off()
    late = moment.fault.name == "late"
    arrived = moment.applied and not late
    with Running(DRIVEN, "look", ID, env=env) as program:
        found = program.line("found")
        assert program.end() == 0, program.errors.decode()
    assert found["form"] == {"title": "Title 1", "location": "Room 1"}
    assert found["dirty"] == (not arrived)
    assert (RESTORED in found["told"]) == (not arrived)
    assert ("Saved and checked" in found["told"]) == arrived
    known = "VERIFIED" if arrived else "PENDING"
    assert found["outcomes"] == ([["Title 1", known]] if moment.saves else [])
    sandbox.faults.release()
    assert (sandbox.account.get(ID)["title"] == "Title 1") == moment.applied
    if moment.saves:
        (entry,) = asyncio.run(settled(sandbox, tmp_path))
        assert entry.outcome is (Outcome.VERIFIED if moment.applied else Outcome.NOT_SENT)
