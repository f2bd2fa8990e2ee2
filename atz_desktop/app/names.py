"""One window's commands about names: finding an activity, fetching names.

Everything is built when it is first wanted, long after the first paint.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from atz_desktop.session.name_sync import SyncState

if TYPE_CHECKING:
    from atz_desktop.app.list_sources import ListSources
    from atz_desktop.session.account_session import AccountSession
    from atz_desktop.session.record_session import RecordSession
    from atz_desktop.view.windows.main_window import MainWindow
    from atz_desktop.view.windows.name_sync_bar import NameSyncBar
    from atz_desktop.view.windows.search_window import SearchWindow


class NameController:
    """What the window's commands about names do."""

    def __init__(
        self,
        window: MainWindow,
        session: RecordSession,
        account_session: AccountSession,
        sources: Callable[[], ListSources],
    ) -> None:
        self._window = window
        self._sources = sources
        self._scope = session.jobs.scope()
        self._session = session
        self._account_session = account_session
        self._window_or_none: SearchWindow | None = None
        self._strip: NameSyncBar | None = None
        account_session.name_sync.changed.connect(self._show_sync_bar)
        session.visited.connect(self._refresh_seen)
        session.drafts.fields_changed.connect(self._refresh_seen)
        self._show_sync_bar()

    def find(self, words: str = "") -> None:
        """Show the Find window and look for these words, if there are any."""
        self._scope.start("find window", self._show_search(lambda shown: shown.search_for(words)))

    def find_same_record(self) -> None:
        """Show the Find window with the other activities of the record."""
        record = self._session.state.related_record
        if record is not None:
            same = self._show_search(lambda shown: shown.search_record(record))
            self._scope.start("find window", same)

    def fetch_names(self) -> None:
        """Fetch all names of the account."""
        self._account_session.name_sync.start()

    async def close(self) -> None:
        """Let it go: what it lists belongs to the account that is left."""
        for widget in (self._window_or_none, self._strip):
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self._window_or_none = self._strip = None
        self._account_session.name_sync.changed.disconnect(self._show_sync_bar)
        await self._scope.close()

    def _refresh_seen(self) -> None:
        """What was seen here, or what of it is unsaved, is another now."""
        if self._window_or_none is not None and self._window_or_none.isVisible():
            self._window_or_none.refresh_seen()

    async def _show_search(self, show: Callable[[SearchWindow], None]) -> None:
        """Made when first wanted: its two halves and the showing each in a turn of its own."""
        if self._window_or_none is None:
            from atz_desktop.session.search import ActivitySearch
            from atz_desktop.view.windows.search_filters import SearchFilters
            from atz_desktop.view.windows.search_window import SearchWindow
            from atz_desktop.view.windows.status_line import StatusLine

            session = self._session
            filters = SearchFilters(session.lookups)
            await asyncio.sleep(0)
            finding = ActivitySearch(self._scope, session.services, session.lookups)
            self._window_or_none = SearchWindow(finding, self._window, filters)
            self._window_or_none.add_status(StatusLine(self._account_session.status))
            self._window_or_none.load_requested.connect(self._session.open)
            self._window_or_none.rows_chosen.connect(self._sources().add_seen)
            self._window_or_none.all_chosen.connect(self._sources().add_found)
            await asyncio.sleep(0)
        show(self._window_or_none)

    def _show_sync_bar(self) -> None:
        sync = self._account_session.name_sync
        if self._strip or sync.state is SyncState.IDLE:
            return
        from atz_desktop.view.windows.name_sync_bar import NameSyncBar

        # With its parent from the start: alone it would be a window, and take the focus.
        self._strip = NameSyncBar(sync, self._window)
        self._window.body.add_bar(self._strip)
