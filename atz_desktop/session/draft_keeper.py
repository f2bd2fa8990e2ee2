"""Keeps unsaved work on disk, at most half a second behind the typing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from atz_desktop.domain.codec import Draft, draft_text
from atz_desktop.store.errors import StoreError

if TYPE_CHECKING:
    from atz_desktop.session.jobs import Jobs
    from atz_desktop.session.services import Services

PAUSE = 0.15
"""Seconds between a change and its write, so that fast typing is not one write a key."""


class DraftKeeper(QObject):
    """Writes the newest draft after a short pause; drops it when nothing is left to keep."""

    failed = Signal(object)
    """The draft could not be written: why, as a sentence. Said once until it works again."""

    def __init__(self, jobs: Jobs, current: Callable[[], tuple[Services, Draft] | None]) -> None:
        super().__init__()
        self._jobs = jobs
        self._current = current
        self._wanted = False
        self._closed = False
        self.problem: str | None = None
        """Why the newest draft is not on the disk, as a sentence; None when it is."""
        self._kept: tuple[int, str] | None = None
        self._parted: list[tuple[Services, Draft]] = []

    def start_over(self, activity_id: int, restored: bool) -> None:
        """Another activity is shown; `restored` says that a draft of it is on disk."""
        self._kept = (activity_id, "on disk" if restored else "")

    def keep(self) -> None:
        """Something changed."""
        self._wanted = not self._closed
        if self._wanted and not self._jobs.running("draft"):
            self._jobs.start("draft", self._write_soon(), finish=True)

    @property
    def waiting(self) -> bool:
        """Whether something changed that is not on disk yet."""
        return self._wanted

    async def flush(self) -> None:
        """Write at once what is not on disk yet, and what is typed while that is written.

        Tries once more what could not be written; then `problem` says how that ended.
        """
        self._wanted = self._wanted or self.problem is not None
        while self._wanted:
            self._wanted = False
            while self._parted:
                await self._write(self._parted.pop(0))
            await self._write(self._current())

    def part(self) -> None:
        """The activity is put away at once: what was just typed is still written, as it is now."""
        current = self._current()
        if self._wanted and current is not None:
            self._parted.append(current)

    async def close(self) -> None:
        """Write for the last time: a window that goes away may still report a change of focus."""
        await self.flush()
        self._closed = True

    async def _write_soon(self) -> None:
        while self._wanted:
            await asyncio.sleep(PAUSE)
            await self.flush()

    async def _write(self, current: tuple[Services, Draft] | None) -> None:
        if current is None:
            return
        services, draft = current
        activity_id = draft.edit.base.id
        text = "" if draft.empty else draft_text(draft)
        if self._kept == (activity_id, text):
            return
        try:
            if text:
                await services.drafts.keep(services.account, activity_id, text, services.owner)
            else:
                await services.drafts.drop(services.account, activity_id, services.owner)
        except StoreError as error:
            self._tell(error.words if text else None)
            return
        self._kept, self.problem = (activity_id, text), None

    def _tell(self, why: str | None) -> None:
        """Say it once. A draft that could not be dropped is nothing to warn of: it comes back."""
        known, self.problem = self.problem, why
        if why is not None and known is None:
            self.failed.emit(why)
