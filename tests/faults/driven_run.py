"""A program that saves many activities in one run: `python -m tests.faults.driven_run IDS…`.

Started again on the same folder, it goes on with the run. What takes a minute takes it
1/`SPEED` of that. With WISH=pause or WISH=stop in its environment it does that to the run when the
first row is done, and a pause lasts. Whoever started it may kill it at any moment.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

from atz_desktop.domain.runs import RunPhase, RunVerdict
from atz_desktop.session.bulk_run import BulkRuns
from atz_desktop.store.paths import Paths
from atz_desktop.store.runs import RunStore
from tests.faults.desk import QUICK, Desk, LoopTime, Person
from tests.faults.driven import say
from tests.faults.many import PACE, new_edit

SPEED = 30


def fast_clock() -> float:
    """The same in every process of this computer."""
    return time.monotonic() * SPEED


class FastTime(LoopTime):
    """Seconds that pass SPEED times as fast."""

    def __init__(self) -> None:
        self.read = fast_clock

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / SPEED)


async def _no_token() -> bool:
    return False


async def main(ids: list[int]) -> None:
    env = os.environ
    sandbox = SimpleNamespace(url=env["ATZ_API_URL"], token=env["ATZ_API_TOKEN"])
    file = Paths(Path(env["ATZ_DESKTOP_HOME"])).database
    desk = Desk(sandbox, file, Person(), QUICK, FastTime(), limit=PACE)  # type: ignore[arg-type]
    epoch = datetime(2026, 8, 1, tzinfo=UTC)
    store = RunStore(desk.database, lambda: epoch + timedelta(seconds=fast_clock()))
    runs = BulkRuns(desk.services, store, desk.jobs, _no_token)
    await runs.recall_requests()
    if left := await runs.unfinished():
        await runs.resume(left[0].id)
    elif not await runs.runs():
        read = [await desk.client.get_activity(number, background=True) for number in ids]
        await runs.start("Rename", [new_edit(body) for body in read])
    say("works")
    wish = env.get("WISH", "")
    while runs.is_running:
        progress = runs.progress
        if wish and progress is not None and progress.counts.by_verdict.get(RunVerdict.CHECKED):
            {"pause": runs.pause, "stop": runs.stop}[wish]()
            say("wished")
            wish = ""
        elif progress is not None and progress.phase is RunPhase.PAUSED and "WISH" not in env:
            runs.go_on()
        await asyncio.sleep(0.01)
    await desk.leave()
    say("ended")


if __name__ == "__main__":
    asyncio.run(main([int(each) for each in sys.argv[1:]]))
