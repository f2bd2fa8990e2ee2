"""Keeps unsaved work on disk, at most half a second behind the typing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from atz_desktop.domain.serialize import Draft, dump_draft
from atz_desktop.session.jobs import offload_if_many
from atz_desktop.store.errors import FileGone, StoreError

if TYPE_CHECKING:
    from atz_desktop.session.jobs import Jobs
    from atz_desktop.session.services import Services


def retry_delay(failures: int, delays: tuple[float, float]) -> float:
    """How long to wait after so many failures; who types on a full disk soon has thousands."""
    first, longest = delays
    return float(min(first * 2 ** min(failures - 1, 16), longest))


class Autosave(QObject):
    """Writes the newest draft after a short pause; drops it when nothing is left to keep.

    One job does every write, so that at most one is under way and the newest state comes last,
    however long the disk takes.
    """

    failed = Signal(object)
    """The draft could not be written: the StoreError. Emitted once for each kind of trouble."""
    written = Signal(object)
    """The draft of this activity was written, or dropped."""
    fields_changed = Signal()
    """The draft on disk is about other fields, or about none any more."""
    recovered = Signal()
    """What `failed` told is over: the newest state is on the disk."""

    def __init__(self, jobs: Jobs, services: Services, current: Callable[[], Draft | None]) -> None:
        super().__init__()
        self._jobs = jobs
        self._services = services
        self._current = current
        self._pending = False
        self._is_waiting = False
        """Whether the job is in its pause: it will write what is there when that is over."""
        self._closed = False
        self._flush_requested = asyncio.Event()
        self._failures = 0
        self.problem: StoreError | None = None
        """Why the newest draft is not on the disk; None when it is, or when there is none."""
        self._stored: tuple[int, str] | None = None
        """The activity and the text that the disk holds; None while that is not known."""
        self._has_unread_draft = False
        self._stored_fields: frozenset[str] | None = None
        """The fields of the draft on disk; None while they are not known."""

    def reset(self, activity_id: int, restored: bool, unread: bool = False) -> None:
        """Another activity is shown; `restored` says that a draft of it is on disk.

        `unread`: there may be one that could not be read. It is put aside before anything is
        written in its place.
        """
        self._stored = (activity_id, "on disk" if restored else "")
        self._stored_fields = None
        self._has_unread_draft = unread

    def schedule(self) -> None:
        """Something changed."""
        if not self._closed and not self._is_waiting:
            self._start_job()

    @property
    def is_pending(self) -> bool:
        """Whether something changed that is not on disk yet."""
        return self._pending or self._jobs.running("draft")

    @property
    def is_stale(self) -> bool:
        """Whether the disk holds an older state, because the last write failed."""
        return self._failures > 0

    async def flush(self) -> None:
        """Write at once what is not on disk yet, and what is typed while that is written.

        Tries once more what could not be written; then `problem` says how that ended.
        """
        if self.is_pending or self.is_stale:
            self._flush_requested.set()
            self._start_job()
            await self._jobs.wait("draft")

    async def rewrite(self) -> None:
        """Write at once what is to be kept, whatever the disk held: its file is another one."""
        self._stored = self._stored_fields = None
        self._start_job()
        await self.flush()

    async def close(self) -> None:
        """Write for the last time: a window that goes away may still report a change of focus."""
        await self.flush()
        self._closed = True
        self._jobs.cancel("draft again")

    def _start_job(self) -> None:
        self._pending = True
        if not self._jobs.running("draft"):
            self._jobs.start("draft", self._write_pending(), finish=True)

    async def _write_pending(self) -> None:
        try:
            while self._pending:
                await self._debounce()
                self._pending = False
                await self._write_all()
        except StoreError as error:
            self._on_failure(error)
        else:
            self._on_success()
        finally:
            self._flush_requested.clear()

    async def _debounce(self) -> None:
        self._is_waiting = True
        try:
            async with asyncio.timeout(self._services.write_delay):
                await self._flush_requested.wait()
        except TimeoutError:
            return
        finally:
            self._is_waiting = False

    async def _write_all(self) -> None:
        draft = self._current()
        if draft is None:
            return
        drafts, account = self._services.drafts, self._services.account
        base, activity_id = draft.edit.base, draft.edit.base.id
        text = (
            ""
            if draft.is_empty
            else await offload_if_many(base.people_count, partial(dump_draft, draft))
        )
        if self._stored == (activity_id, text):
            return
        self._stored = None
        if self._has_unread_draft:
            await drafts.quarantine(account, activity_id)
            self._has_unread_draft = False
        if text:
            await drafts.save(account, activity_id, text)
        else:
            await drafts.delete(account, activity_id)
        self._stored = (activity_id, text)
        self.written.emit(activity_id)
        fields = frozenset({*draft.edit.pending, *draft.unparsed} if text else ())
        if fields != self._stored_fields:
            self._stored_fields = fields
            self.fields_changed.emit()

    def _on_failure(self, error: StoreError) -> None:
        """Try again later, and say it once if there is something to lose."""
        self._failures += 1
        self._pending = False
        if not self._closed:
            wait = retry_delay(self._failures, self._services.retry_delays)
            self._jobs.start("draft again", self._retry_after(wait))
        known = self.problem
        gone = isinstance(error, FileGone)  # whatever comes next would be lost
        self.problem = error if gone or self._has_unsaved_work() else None
        if self.problem is not None and type(known) is not type(error):
            self.failed.emit(error)
        elif self.problem is None and known is not None:
            self.recovered.emit()

    def _has_unsaved_work(self) -> bool:
        """Whether there is anything to lose: a draft that was not dropped merely comes back."""
        current = self._current()
        return current is not None and not current.is_empty

    async def _retry_after(self, wait: float) -> None:
        await asyncio.sleep(wait)
        self._start_job()

    def _on_success(self) -> None:
        self._failures = 0
        self._jobs.cancel("draft again")
        known, self.problem = self.problem, None
        if known is not None:
            self.recovered.emit()
