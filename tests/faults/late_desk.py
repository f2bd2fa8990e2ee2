"""A program whose looks at saves that are not confirmed wait until a test lets time pass."""

from __future__ import annotations

import asyncio
from pathlib import Path

from atz_desktop.sandbox.server import Sandbox
from tests.faults.desk import QUICK, Clockless, Desk, Person


class HeldTime(Clockless):
    """Stands still before a look until `passes` is set; the sandbox's thread reads it, too."""

    def __init__(self) -> None:
        super().__init__()
        self.passes = asyncio.Event()

    async def until_look(self, seconds: float) -> None:
        await self.passes.wait()
        await self.sleep(seconds)


class LateDesk(Desk):
    """A desk whose looks are in the time that is held."""

    def __init__(self, sandbox: Sandbox, file: Path, time: HeldTime) -> None:
        super().__init__(sandbox, file, Person(), QUICK, time, time.until_look)
        self.time = time

    async def known(self) -> None:
        """Let time pass until the outcome of every save is known."""
        self.time.passes.set()
        await self.jobs.wait("look up")
