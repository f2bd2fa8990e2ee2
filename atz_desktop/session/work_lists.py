"""The work lists of an account: what is in them, and what becomes of their rows."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from atz_desktop.api.errors import NotFound
from atz_desktop.domain.work_list import Added, NewRow, RowMark, WorkList, WorkListRow
from atz_desktop.store.errors import StoreError

if TYPE_CHECKING:
    from atz_desktop.domain.activity import Activity
    from atz_desktop.domain.history import JournalEntry
    from atz_desktop.session.jobs import Jobs
    from atz_desktop.session.record_session import RecordSession
    from atz_desktop.session.saving import SaveResult
    from atz_desktop.store.work_lists import WorkListStore


class WorkLists(QObject):
    """One for each account. Every coroutine raises StoreError when the disk does not allow it."""

    changed = Signal(object, object)
    """Rows of a list may be others now: the list's number, and the IDs of their activities
    (collection of int); None: there may be other rows.
    """
    lists_changed = Signal()
    """There are other lists, or one has another name."""

    def __init__(self, account: str, store: WorkListStore, jobs: Jobs) -> None:
        super().__init__()
        self._account = account
        self._store = store
        self._jobs = jobs
        self._queue: list[Callable[[], Awaitable[None]]] = []

    async def lists(self) -> list[WorkList]:
        """All lists, the oldest first, the closed ones too."""
        return await self._store.lists(self._account)

    def on_restored(self) -> None:
        """Lists may have come back from a backup."""
        self.lists_changed.emit()

    async def create(self, name: str, rows: Sequence[NewRow] = ()) -> tuple[int, Added]:
        """Make a list with these rows; its number, and which of them are doubles."""
        number = await self._store.create(self._account, name)
        added = await self._store.add(number, rows)
        self.lists_changed.emit()
        return number, added

    async def rename(self, list_id: int, name: str) -> None:
        """Give a list another name."""
        await self._store.rename(list_id, name)
        self.lists_changed.emit()

    async def set_closed(self, list_id: int, closed: bool) -> None:
        """A closed list is kept and not offered."""
        await self._store.set_closed(list_id, closed)
        self.lists_changed.emit()

    async def delete(self, list_id: int) -> None:
        """Forget a list; what was saved stays in the history."""
        await self._store.delete(list_id)
        self.lists_changed.emit()

    async def add(self, list_id: int, rows: Sequence[NewRow]) -> Added:
        """Add rows at the end; those that are in the list already stay where they are."""
        added = await self._store.add(list_id, rows)
        self.changed.emit(list_id, None)
        return added

    async def remove(self, list_id: int, activity_ids: Iterable[int]) -> None:
        """Take rows out of a list."""
        await self._store.remove(list_id, activity_ids)
        self.changed.emit(list_id, None)

    async def mark(self, list_id: int, activity_ids: Sequence[int], mark: RowMark | None) -> None:
        """Mark rows, or take their mark away; a later save counts more than a mark."""
        await self._store.mark(list_id, activity_ids, mark)
        self.changed.emit(list_id, activity_ids)

    async def rows(
        self, list_id: int, activity_ids: Collection[int] | None = None
    ) -> list[WorkListRow]:
        """The rows of a list in their order, each with its state; or those of some activities."""
        return await self._store.rows(list_id, activity_ids)

    # What happens to activities

    def attach(self, session: RecordSession) -> None:
        """Hear what a window does with its activities."""
        session.saved.connect(self.on_saved)
        session.settled.connect(self.on_settled)
        session.opened.connect(self._on_opened)
        session.missing.connect(self.on_missing)
        session.drafts.written.connect(self._on_draft)

    def on_saved(self, activity_id: int, result: SaveResult) -> None:
        """A save ended. Its outcome is in the journal; what is not sent is noted here."""
        if result.applied and result.fresh is not None:
            self._enqueue(partial(self._note_read, activity_id, result.fresh.title))
        if isinstance(result.error, NotFound):
            self.on_missing(activity_id)
        elif result.outcome is not None or (result.cancelled and not result.sent.originals):
            self._enqueue(partial(self._emit_lists_with, [activity_id]))
        elif result.cancelled:
            self._mark(activity_id, RowMark.CONFLICT)
        else:  # somebody's value was taken, and nothing was left to send
            self._mark(activity_id, None, only=RowMark.CONFLICT)

    def on_missing(self, activity_id: int) -> None:
        """ATZ has no such activity."""
        self._mark(activity_id, RowMark.GONE)

    def on_settled(self, entries: tuple[JournalEntry, ...]) -> None:
        """It was found out what became of these saves."""
        self._enqueue(partial(self._emit_lists_with, [entry.activity_id for entry in entries]))

    def _on_opened(self, activity: Activity) -> None:
        self._enqueue(partial(self._note_read, activity.id, activity.title))

    def _on_draft(self, activity_id: int) -> None:
        self._enqueue(partial(self._emit_lists_with, [activity_id]))

    def _mark(self, activity_id: int, mark: RowMark | None, only: RowMark | None = None) -> None:
        self._enqueue(partial(self._mark_and_tell, activity_id, mark, only))

    def _enqueue(self, work: Callable[[], Awaitable[None]]) -> None:
        """Write these one after the other, in the order in which they happened."""
        self._queue.append(work)
        if not self._jobs.running("work lists"):
            self._jobs.start("work lists", self._run_queue(), finish=True)

    async def _run_queue(self) -> None:
        while self._queue:
            with suppress(StoreError):  # who typed something is told by its draft
                await self._queue.pop(0)()

    async def _note_read(self, activity_id: int, title: str) -> None:
        """It is there, and this is its title."""
        store, account = self._store, self._account
        changed = await store.set_title(account, activity_id, title)
        changed += await store.mark_everywhere(account, activity_id, None, only=RowMark.GONE)
        self._emit(changed, [activity_id])

    async def _mark_and_tell(
        self, activity_id: int, mark: RowMark | None, only: RowMark | None
    ) -> None:
        found = await self._store.mark_everywhere(self._account, activity_id, mark, only)
        self._emit(found, [activity_id])

    async def _emit_lists_with(self, activity_ids: list[int]) -> None:
        self._emit(await self._store.lists_with(self._account, activity_ids), activity_ids)

    def _emit(self, list_ids: Iterable[int], activity_ids: Collection[int]) -> None:
        for list_id in dict.fromkeys(list_ids):
            self.changed.emit(list_id, activity_ids)
