"""Keeps unsaved work on disk, at most half a second behind the typing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from atz_desktop.domain.serialize import Draft, dump_draft
from atz_desktop.store.errors import FileGone, StoreError

if TYPE_CHECKING:
    from atz_desktop.session.jobs import Jobs
    from atz_desktop.session.services import Services

PAUSE = 0.15
"""Seconds between a change and its write, so that fast typing is not one write a key."""

RETRY = (1.0, 30.0)
"""Seconds after which a write that failed is tried again: at first, doubled each time, at most."""


def seconds_to_retry(failures: int, retry: tuple[float, float] = RETRY) -> float:
    """How long to wait after so many failures; who types on a full disk soon has thousands."""
    first, longest = retry
    return float(min(first * 2 ** min(failures - 1, 16), longest))


class Autosave(QObject):
    """Writes the newest draft after a short pause; drops it when nothing is left to keep.

    One job does every write, so that at most one is under way and the newest state comes last,
    however long the disk takes. `retry` is `RETRY` but in tests.
    """

    failed = Signal(object)
    """The draft could not be written: the StoreError. Emitted once for each kind of trouble."""
    recovered = Signal()
    """What `failed` told is over: the newest state is on the disk."""

    def __init__(
        self,
        jobs: Jobs,
        current: Callable[[], tuple[Services, Draft] | None],
        retry: tuple[float, float] = RETRY,
    ) -> None:
        super().__init__()
        self._jobs = jobs
        self._current = current
        self._retry = retry
        self._wanted = False
        self._closed = False
        self._hurry = asyncio.Event()
        self._failures = 0
        self.problem: StoreError | None = None
        """Why the newest draft is not on the disk; None when it is, or when there is none."""
        self._kept: tuple[int, str] | None = None
        """The activity and the text that the disk holds; None while that is not known."""
        self._unread = False
        self._parted: list[tuple[Services, Draft]] = []

    def start_over(self, activity_id: int, restored: bool, unread: bool = False) -> None:
        """Another activity is shown; `restored` says that a draft of it is on disk.

        `unread`: there may be one that could not be read. It is put aside before anything is
        written in its place.
        """
        self._kept = (activity_id, "on disk" if restored else "")
        self._unread = unread

    def keep(self) -> None:
        """Something changed."""
        if not self._closed:
            self._start()

    @property
    def waiting(self) -> bool:
        """Whether something changed that is not on disk yet."""
        return self._wanted or self._jobs.running("draft")

    @property
    def behind(self) -> bool:
        """Whether the disk holds an older state, because the last write failed."""
        return self._failures > 0

    async def flush(self) -> None:
        """Write at once what is not on disk yet, and what is typed while that is written.

        Tries once more what could not be written; then `problem` says how that ended.
        """
        if self.waiting or self.behind:
            self._hurry.set()
            self._start()
            await self._jobs.wait("draft")

    async def write_anew(self) -> None:
        """Write at once what is to be kept, whatever the disk held: its file is another one."""
        self._kept = None
        self._start()
        await self.flush()

    def part(self) -> None:
        """The activity is put away at once: what was just typed is still written, as it is now."""
        current = self._current()
        if (self.waiting or self.behind) and current is not None:
            self._parted.append(current)

    async def close(self) -> None:
        """Write for the last time: a window that goes away may still report a change of focus."""
        await self.flush()
        self._closed = True
        self._jobs.cancel("draft again")

    def _start(self) -> None:
        self._wanted = True
        if not self._jobs.running("draft"):
            self._jobs.start("draft", self._write_until_kept(), finish=True)

    async def _write_until_kept(self) -> None:
        try:
            while self._wanted:
                await self._pause()
                self._wanted = False
                await self._write_all()
        except StoreError as error:
            self._fail(error)
        else:
            self._work_again()
        finally:
            self._hurry.clear()

    async def _pause(self) -> None:
        try:
            async with asyncio.timeout(PAUSE):
                await self._hurry.wait()
        except TimeoutError:
            return

    async def _write_all(self) -> None:
        while self._parted:
            await self._write(*self._parted[0])
            del self._parted[0]
            self._kept = None
        current = self._current()
        if current is not None:
            await self._write(*current)

    async def _write(self, services: Services, draft: Draft) -> None:
        activity_id = draft.edit.base.id
        text = "" if draft.is_empty else dump_draft(draft)
        if self._kept == (activity_id, text):
            return
        self._kept = None
        if self._unread:
            await services.drafts.leave(services.owner)
            self._unread = False
        if text:
            await services.drafts.save(services.account, activity_id, text, services.owner)
        else:
            await services.drafts.delete(services.account, activity_id, services.owner)
        self._kept = (activity_id, text)

    def _fail(self, error: StoreError) -> None:
        """Try again later, and say it once if there is something to lose."""
        self._failures += 1
        self._wanted = False
        if not self._closed:
            wait = seconds_to_retry(self._failures, self._retry)
            self._jobs.start("draft again", self._write_again(wait))
        known = self.problem
        gone = isinstance(error, FileGone)  # whatever comes next would be lost
        self.problem = error if gone or self._would_be_lost() else None
        if self.problem is not None and type(known) is not type(error):
            self.failed.emit(error)
        elif self.problem is None and known is not None:
            self.recovered.emit()

    def _would_be_lost(self) -> bool:
        """Whether there is anything to lose: a draft that was not dropped merely comes back."""
        current = self._current()
        return bool(self._parted) or (current is not None and not current[1].is_empty)

    async def _write_again(self, wait: float) -> None:
        await asyncio.sleep(wait)
        self._start()

    def _work_again(self) -> None:
        self._failures = 0
        self._jobs.cancel("draft again")
        known, self.problem = self.problem, None
        if known is not None:
            self.recovered.emit()
