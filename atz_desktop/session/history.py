"""The journal as the user reads it: the entries that they want to see, page by page."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from atz_desktop.domain.characters import pluralize
from atz_desktop.domain.history import HistoryQuery, JournalEntry
from atz_desktop.session.journal_entries import entry_or_empty
from atz_desktop.session.notices import Level, Notice
from atz_desktop.store.errors import StoreError

if TYPE_CHECKING:
    from atz_desktop.session.jobs import Jobs
    from atz_desktop.session.services import Services
    from atz_desktop.store.journal import JournalRow

PAGE_SIZE = 100
"""Entries that are fetched at once."""


class History(QObject):
    """The entries that fit `query`, the newest first, fetched page by page as they are needed."""

    list_replaced = Signal()
    """The list is another one, and holds its first page."""
    rows_added = Signal()
    """More entries stand at the end of the list."""
    notified = Signal(object)
    """A Notice about reading or exporting, or None: that is over."""

    def __init__(self, jobs: Jobs, services: Services) -> None:
        super().__init__()
        self.query = HistoryQuery()
        self.entries: tuple[JournalEntry, ...] = ()
        self.has_more = False
        self._jobs = jobs
        self._services = services

    @property
    def account(self) -> str:
        """The account whose saves are listed, unless all are."""
        return self._services.account

    def search(self, query: HistoryQuery) -> None:
        """List other entries; a newer wish replaces one that is under way."""
        self.query = query
        self._jobs.start("history", self._fetch(first=True))

    def refresh(self) -> None:
        """Read the same list again: a save may have been added or settled."""
        self.search(self.query)

    def fetch_more(self) -> None:
        """Fetch the next page, unless one is under way or there is none."""
        if self.has_more and not self._jobs.running("history"):
            self._jobs.start("history", self._fetch(first=False))

    def export(self, path: Path, separator: str = ",") -> None:
        """Write every entry that fits `query` into a file; `.json` makes JSON, all else CSV with
        this separator.
        """
        self._jobs.start("export", self._export(path, separator), finish=True)

    async def page(
        self, query: HistoryQuery, before_id: int | None, limit: int
    ) -> tuple[JournalRow, ...]:
        """One page of rows. Raises StoreError when the journal cannot be read."""
        return tuple(
            await self._services.journal.entries(
                account=None if query.all_accounts else self.account,
                search=query.search,
                outcome=query.outcome,
                activity_id=query.activity_id,
                limit=limit,
                before_id=before_id,
            )
        )

    async def _fetch(self, first: bool) -> None:
        known = () if first else self.entries
        try:
            rows = await self.page(self.query, known[-1].id if known else None, PAGE_SIZE)
        except StoreError as error:
            self.notified.emit(Notice(Level.PROBLEM, "The history can't be read", error.message))
            return
        # On a thread: a save may hold thousands of people.
        read = await asyncio.to_thread(lambda: tuple(map(entry_or_empty, rows)))
        self.entries = known + read
        self.has_more = len(rows) == PAGE_SIZE
        (self.list_replaced if first else self.rows_added).emit()

    async def _export(self, path: Path, separator: str) -> None:
        from atz_desktop.session.export import SEPARATORS, export_history, is_json

        try:
            count = await export_history(self.page, self.query, path, separator)
        except StoreError as error:
            self.notified.emit(Notice(Level.PROBLEM, "Nothing was exported", error.message))
            return
        how = "" if is_json(path) else f", separated by {SEPARATORS[separator]}"
        text = f"{pluralize(count, 'save')} written to “{path}”{how}."
        self.notified.emit(Notice(Level.GOOD, "Exported", text))
