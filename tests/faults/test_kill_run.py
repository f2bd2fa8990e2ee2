"""A run whose program is killed at any moment, and started again: looked up, never sent blindly."""

from __future__ import annotations

import asyncio
import os
import random
import time
from pathlib import Path

import pytest

from atz_desktop.domain.history import JournalEntry
from atz_desktop.domain.runs import RunRow, RunVerdict
from atz_desktop.sandbox.server import Sandbox
from atz_desktop.store.paths import Paths
from atz_desktop.store.runs import RunStore
from tests.faults.desk import ACCOUNT, QUICK, Desk, LoopTime, Person
from tests.faults.driven_run import fast_clock
from tests.faults.many import ManyActivities
from tests.faults.running import Running, environment

IS_LONG = bool(os.environ.get("CI"))
ROWS = 500 if IS_LONG else 15
KILLS = 100 if IS_LONG else 3
FEW_ROWS = 6
COLLEAGUES = 7 if IS_LONG else 2
LONGEST_LIFE = 0.8
"""Seconds from the moment at which the run goes on to the end, at most."""

DRIVEN = "tests.faults.driven_run"


@pytest.mark.timeout(1800)
@pytest.mark.slow
@pytest.mark.xdist_group("many processes")
def test_a_run_that_is_killed_at_any_moment_leaves_none_out_and_writes_none_twice(
    tmp_path: Path,
) -> None:
    seed = random.randrange(10**9)
    print("seed", seed)  # noqa: T201 - pytest shows it when the test fails
    chance, atz = random.Random(seed), ManyActivities(ROWS, fast_clock)
    with atz.sandbox as sandbox:
        env = environment(sandbox, tmp_path)
        theirs: list[int] = []
        for _ in range(KILLS):
            with Running(DRIVEN, *atz.ids, env=env) as program:
                program.line("works")
                if not theirs:  # after the preview, before most of the run
                    theirs = atz.change_some(chance, atz.ids[ROWS // 2 :], COLLEAGUES)
                    atz.strike_some(chance, but=theirs)
                time.sleep(chance.uniform(0, LONGEST_LIFE))
                program.kill()
        with Running(DRIVEN, *atz.ids, env=env) as program:
            assert program.end(900) == 0, program.errors.decode()
        sandbox.faults.off()
        sandbox.account.apply_pending()
        rows, entries = asyncio.run(_found(sandbox, Paths(tmp_path).database))
    conflicts = [row.activity_id for row in rows if row.verdict is RunVerdict.CONFLICT]
    assert set(conflicts) <= set(theirs)
    atz.look(rows, entries, conflicts)
    assert not list(tmp_path.rglob("*damaged*"))


@pytest.mark.slow
@pytest.mark.xdist_group("many processes")
@pytest.mark.parametrize("wish", ["stop", "pause"] if IS_LONG else ["stop"])
def test_a_run_that_is_paused_or_stopped_and_killed_then_sends_no_row_twice(
    tmp_path: Path, wish: str
) -> None:
    """One that was stopped is over, unless it is killed before that is on the disk."""
    seed = random.randrange(10**9)
    print("seed", seed)  # noqa: T201 - pytest shows it when the test fails
    chance, atz = random.Random(seed), ManyActivities(FEW_ROWS, fast_clock)
    with atz.sandbox as sandbox:
        env = environment(sandbox, tmp_path)
        with Running(DRIVEN, *atz.ids, env={**env, "WISH": wish}) as program:
            program.line("wished")
            time.sleep(chance.choice((0, chance.uniform(0, LONGEST_LIFE))))
            program.kill()
            is_over = any(line["what"] == "ended" for line in program.rest())
        with Running(DRIVEN, *atz.ids, env=env) as program:
            assert program.end(120) == 0, program.errors.decode()
        rows, entries = asyncio.run(_found(sandbox, Paths(tmp_path).database))
    assert [row.activity_id for row in rows] == list(atz.ids)
    stopped = {row.activity_id for row in rows if row.verdict is RunVerdict.STOPPED}
    assert len(stopped) >= is_over
    assert wish == "stop" or not stopped
    assert atz.written == {number: 1 for number in atz.ids if number not in stopped}
    assert {each.activity_id for each in entries} == set(atz.written)
    assert {row.verdict for row in rows} <= {RunVerdict.CHECKED, RunVerdict.STOPPED}


async def _found(sandbox: Sandbox, file: Path) -> tuple[list[RunRow], list[JournalEntry]]:
    """What is on the disk, when every save was looked up that can be."""
    desk = Desk(sandbox, file, Person(), QUICK, LoopTime())
    await desk.settle(0)
    store = RunStore(desk.database)
    [run] = await store.runs(ACCOUNT)
    assert run.ended_at is not None
    rows = [row.shown for row in await store.rows(run.id)]
    entries = await desk.entries()
    await desk.leave()
    return rows, entries
