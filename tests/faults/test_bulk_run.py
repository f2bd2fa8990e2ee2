"""A run of many activities while everything goes wrong that can, at the pace that ATZ allows.

The server enforces 60 requests a minute, by a clock that jumps when everybody waits. The program
crashes again and again, as kill -9 would end it, and goes on with what is on the disk.
"""

from __future__ import annotations

import asyncio
import os
import random
import tempfile
from collections import Counter
from collections.abc import Coroutine, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest

from atz_desktop.domain.runs import RunPhase, RunRow, RunVerdict
from atz_desktop.sandbox.faults import Fault
from atz_desktop.session.bulk_run import BulkRuns
from atz_desktop.store.runs import RunStore
from tests.faults.desk import Desk, LoopTime, Person
from tests.faults.ground import HURRIED, MEMORY
from tests.faults.jumping_loop import JumpingLoop
from tests.faults.many import PACE, ManyActivities, old_title

T = TypeVar("T")

IS_LONG = bool(os.environ.get("CI"))
ROWS = 500 if IS_LONG else 24
CRASHES = 100 if IS_LONG else 5
COLLEAGUES = 7
"""Rows that somebody else changes before the run, and before its undo."""
FIRST_DAY = datetime(2026, 8, 1, tzinfo=UTC)


class Office:
    """ATZ with many activities, and a computer that saves them in one run."""

    def __init__(self, rows: int) -> None:
        with ExitStack() as failing:
            folder = failing.enter_context(tempfile.TemporaryDirectory(dir=MEMORY))
            self.file = Path(folder) / "atz.sqlite3"
            self._runner = failing.enter_context(asyncio.Runner(loop_factory=JumpingLoop))
            loop = self._runner.get_loop()
            assert isinstance(loop, JumpingLoop)
            self.loop = loop
            failing.enter_context(loop.ruling())
            self.atz = ManyActivities(rows, loop.time)
            self.atz.account.now = self.now
            self._serving = self.do(self._serve())
            self._end = failing.pop_all()
        self.start()

    def now(self) -> datetime:
        return FIRST_DAY + timedelta(seconds=self.loop.time())

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        return self._runner.run(work)

    async def _serve(self) -> asyncio.Task[None]:
        listening = asyncio.Event()
        task = self.loop.serve(self.atz.sandbox.run(listening.set))
        await listening.wait()
        return task

    def start(self) -> None:
        """Start the program on what is on the disk."""
        self.do(self._start())

    async def _start(self) -> None:
        self.desk = Desk(self.atz.sandbox, self.file, Person(), HURRIED, LoopTime(), limit=PACE)
        store = RunStore(self.desk.database, self.now)
        self.runs = BulkRuns(self.desk.services, store, self.desk.jobs, _no_token)
        await self.runs.recall_requests()

    def crash(self) -> None:
        """… and start again, and go on with the run."""
        self.do(self.desk.crash())
        assert not self.desk.failures
        self.start()
        for left in self.do(self.runs.unfinished()):
            self.do(self.runs.resume(left.id))

    def close(self) -> None:
        self.do(self.desk.crash())
        self.atz.sandbox.stop()
        self.do(asyncio.wait([self._serving]))
        self._end.close()

    def pass_time(self, seconds: float) -> None:
        """Let the run go on; whatever pauses it, somebody says: go on."""
        self.do(self._pass_time(seconds))

    async def _pass_time(self, seconds: float) -> None:
        until = self.loop.time() + seconds
        while self.loop.time() < until and self.runs.is_running:
            progress = self.runs.progress
            if progress is not None and progress.phase is RunPhase.PAUSED:
                self.runs.go_on()
            await asyncio.sleep(min(1.0, max(0.001, until - self.loop.time())))

    def finish(self) -> None:
        while self.runs.is_running:
            self.pass_time(600)

    def rows(self, run_id: int) -> list[RunRow]:
        return self.do(self.runs.rows(run_id))


async def _no_token() -> bool:
    return False


@pytest.fixture
def office() -> Iterator[Office]:
    made = Office(ROWS)
    yield made
    made.close()
    assert not made.desk.failures


def test_a_run_uses_the_pace_that_atz_allows_and_never_more(office: Office) -> None:
    began = office.loop.time()
    run_id = office.do(office.runs.start("Rename", office.atz.edits()))
    office.finish()
    seconds = office.loop.time() - began
    assert {row.verdict for row in office.rows(run_id)} == {RunVerdict.CHECKED}
    assert office.atz.limit.turned_away == 0
    sent = len(office.atz.sandbox.requests)
    assert sent == 3 * ROWS
    assert sent >= 0.97 * PACE * seconds / 60


@pytest.mark.timeout(900)
def test_whatever_goes_wrong_each_row_has_one_verdict_and_is_written_once(office: Office) -> None:
    seed = random.randrange(10**9)
    print("seed", seed)  # noqa: T201 - pytest shows it when the test fails
    chance, atz = random.Random(seed), office.atz
    edits = atz.edits()
    theirs = atz.change_some(chance, atz.ids, COLLEAGUES)
    atz.strike_some(chance, but=theirs)
    run_id = office.do(office.runs.start("Rename", edits))
    for _ in range(CRASHES):
        office.pass_time(chance.uniform(0, 3 * ROWS / CRASHES))
        office.crash()
    office.finish()
    atz.sandbox.faults.off()
    office.do(office.desk.settle(0))  # what could not be read until now
    office.do(asyncio.sleep(61))  # these looks are no run's
    rows = office.rows(run_id)
    atz.look(rows, office.do(office.desk.entries()), theirs)
    done = [row.activity_id for row in rows if row.verdict is RunVerdict.CHECKED]
    _undo(office, run_id, done, atz.change_some(chance, done, COLLEAGUES))


def _undo(office: Office, run_id: int, done: list[int], theirs: list[int]) -> None:
    """… of all that was `done`, after restarts; colleagues have changed some of it since."""
    office.crash()
    undo_id = office.do(office.runs.undo(run_id))
    office.pass_time(10)
    office.crash()
    office.finish()
    rows = {row.activity_id: row for row in office.rows(undo_id)}
    assert len(rows) == ROWS
    for number in theirs:
        assert rows[number].verdict is RunVerdict.LEFT
        assert "Title" in rows[number].detail
        assert office.atz.title(number) == "A colleague's"
    for number in set(done).difference(theirs):
        assert rows[number].verdict is RunVerdict.CHECKED, rows[number]
        assert office.atz.title(number) == old_title(number)
    assert office.atz.limit.turned_away == 0


HARMLESS = (
    (Fault("429", "PUT", times=1, retry_after=2),),
    (Fault("503", "GET", times=1),),
    (Fault("reset", "PUT", times=1, applied=True),),
    (Fault("truncated", "PUT", times=1),),
    (Fault("422", "PUT", times=1, applied=True),),
    (Fault("lagging", "GET", times=3, seconds=20.0),),
    (Fault("delayed", "PUT", times=1, seconds=5.0), Fault("502", "PUT", times=1)),
)
"""After each of them ATZ holds what was meant."""


@pytest.mark.timeout(900)
def test_an_undo_of_all_after_a_restart_leaves_and_names_what_colleagues_changed_since(
    office: Office,
) -> None:
    """Of 500: 493 back, and 7 named with the reason."""
    chance, atz = random.Random(7), office.atz
    for number in chance.sample(atz.ids, ROWS // 3):
        for fault in chance.choice(HARMLESS):
            atz.sandbox.faults.on(replace(fault, path=f"/v1/activity/{number}"))
    run_id = office.do(office.runs.start("Rename", atz.edits()))
    office.finish()
    assert Counter(row.verdict for row in office.rows(run_id)) == {RunVerdict.CHECKED: ROWS}
    atz.sandbox.faults.off()
    theirs = atz.change_some(chance, atz.ids, COLLEAGUES)
    office.crash()
    undo_id = office.do(office.runs.undo(run_id))
    office.finish()
    rows = office.rows(undo_id)
    back, left = RunVerdict.CHECKED, RunVerdict.LEFT
    assert Counter(row.verdict for row in rows) == {back: ROWS - COLLEAGUES, left: COLLEAGUES}
    assert sorted(row.activity_id for row in rows if row.verdict is left) == sorted(theirs)
    assert {row.detail for row in rows if row.verdict is left} == {
        "Changed since, and left as it is: Title."
    }
    held = {number: atz.title(number) for number in atz.ids}
    expected = {number: old_title(number) for number in atz.ids}
    assert held == expected | dict.fromkeys(theirs, "A colleague's")


@pytest.mark.parametrize("lags", [(30.0,), (0.0, 30.0, 12.0)], ids=["all", "replicas"])
def test_reads_that_lag_never_let_a_row_be_called_different_or_not_stored(
    office: Office, lags: tuple[float, ...]
) -> None:
    office.atz.sandbox.faults.on(Fault("lagging", "GET", "/v1/activity/", lags=lags))
    seen: set[RunVerdict | None] = set()
    office.runs.row_changed.connect(lambda row: seen.add(row.verdict))
    run_id = office.do(office.runs.start("Rename", office.atz.edits()[:8]))
    office.finish()
    assert seen <= {None, RunVerdict.NOT_CONFIRMED, RunVerdict.CHECKED}
    assert {row.verdict for row in office.rows(run_id)} == {RunVerdict.CHECKED}
    assert office.atz.limit.turned_away == 0
    assert set(office.atz.written.values()) == {1}


def test_no_read_of_before_a_run_calls_its_undo_checked(office: Office) -> None:
    """Nothing of the undo arrives, while every read shows what stood before the run."""
    run_id = office.do(office.runs.start("Rename", office.atz.edits()[:4]))
    office.finish()
    office.atz.sandbox.faults.on(Fault("lagging", "GET", "/v1/activity/", lags=(30.0,)))
    office.atz.sandbox.faults.on(Fault("reset", "PUT", "/v1/activity/"))
    seen: set[RunVerdict | None] = set()
    office.runs.row_changed.connect(lambda row: seen.add(row.verdict))
    undo_id = office.do(office.runs.undo(run_id))
    office.finish()
    assert seen <= {None, RunVerdict.NOT_CONFIRMED, RunVerdict.NOT_SENT}
    assert {row.verdict for row in office.rows(undo_id)} == {RunVerdict.NOT_SENT}
