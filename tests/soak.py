"""500 loads and saves in one window: is memory flat? `./dev bench` prints the figure.

In a process of its own, so that nothing but these loads and saves is measured.
"""

from __future__ import annotations

import asyncio
import gc
import os
import sys
import tempfile
from pathlib import Path

from atz_desktop.api.rate_limiter import RateLimiter
from atz_desktop.api.requests import Timeouts
from atz_desktop.app.program import Program
from atz_desktop.cli import parse_options
from atz_desktop.domain.settings import Settings
from atz_desktop.launch import create_application
from atz_desktop.sandbox.server import Sandbox
from atz_desktop.session.phase import Phase
from atz_desktop.store.paths import Paths
from atz_desktop.view.appearance import apply_theme
from atz_desktop.view.windows.main_window import MainWindow

ROUNDS = 500
WARM = 100
"""Rounds after which every cache is filled."""


PATIENCE = 10.0


def held() -> float:
    """MiB that the process holds now; its peak where the system does not tell."""
    statm = Path("/proc/self/statm")
    if statm.exists():
        return int(statm.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


async def _round(program: Program, sandbox: Sandbox, number: int) -> None:
    session = program.front.session
    session.open(1 + number % 40)
    await program.front.session.jobs.wait("open")
    session.model.set_value("location", f"Room {number}")
    session.save()
    await program.front.session.jobs.wait("save")
    if session.state.phase is not Phase.READY or session.state.dirty:
        raise SystemExit(f"Round {number} was not saved.")
    sandbox.log.clear()


async def _soak(program: Program, sandbox: Sandbox) -> None:
    async with asyncio.timeout(PATIENCE):
        while program.front.connected is None:  # noqa: ASYNC110 - it has no one event
            await asyncio.sleep(0.01)
    marks: list[float] = []
    for number in range(WARM + ROUNDS):
        await _round(program, sandbox, number)
        if number + 1 >= WARM and (number + 1 - WARM) % (ROUNDS // 5) == 0:
            gc.collect()
            marks.append(held())
    first, last = marks[0], marks[-1]
    course = " ".join(f"{mark:.1f}" for mark in marks)
    sys.stdout.write(
        f"  {ROUNDS} loads and saves: {last - first:+.1f} MiB on {first:.1f} MiB"
        f" (held every {ROUNDS // 5} rounds: {course})\n"
    )


def main() -> int:
    from qasync import QEventLoop

    app = create_application()
    gc.enable()  # the launch switches it off until everything is imported
    with tempfile.TemporaryDirectory() as folder, Sandbox(pace_limit=None) as sandbox:
        environment = {"ATZ_API_URL": sandbox.url, "ATZ_API_TOKEN": sandbox.token}
        options = parse_options(["--data-dir", folder], environment)
        window = MainWindow()
        window.show()

        async def work() -> int:
            theme = apply_theme(app, "light")
            program = Program(window, theme, options, Paths(Path(folder)), Settings())
            network = program.shared.network
            network.rate_limiter = lambda account: RateLimiter(limit=1_000_000)
            # A timer that was stopped stays in the loop until its time has come, so two minutes of
            # these rounds would be held; at 60 requests a minute that is nothing.
            network.timeouts = Timeouts(connect=2.0, read=2.0, write=2.0, pool=2.0, total=3.0)

            async def script(running: Program) -> None:
                await _soak(running, sandbox)

            return await program.run(script)

        with asyncio.Runner(loop_factory=lambda: QEventLoop(app)) as runner:
            return runner.run(work())


if __name__ == "__main__":
    sys.exit(main())
