"""One window's commands about names: finding an activity, fetching names.

Everything is built when it is first wanted, long after the first paint.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from atz_desktop.session.name_sync import SyncState

if TYPE_CHECKING:
    from atz_desktop.session.account_session import AccountSession
    from atz_desktop.session.editing_session import EditingSession
    from atz_desktop.session.jobs import Jobs
    from atz_desktop.view.windows.main_window import MainWindow
    from atz_desktop.view.windows.name_sync_bar import NameSyncBar
    from atz_desktop.view.windows.search_window import SearchWindow


class NameController:
    """What the window's commands about names do."""

    def __init__(self, window: MainWindow, jobs: Jobs, session: EditingSession) -> None:
        self._window = window
        self._scope = jobs.scope()
        self._session = session
        self._account: AccountSession | None = None
        self._panel: SearchWindow | None = None
        self._strip: NameSyncBar | None = None
        window.find_wanted.connect(self.find)
        window.same_record_wanted.connect(self._find_same_record)
        window.fetch_names_wanted.connect(self._fetch_names)

    def find(self, words: str = "") -> None:
        """Show the Find window and look for these words, if there are any."""
        self._find_panel().look_for(words)

    def enter(self, account: AccountSession) -> None:
        """An account was connected: show how far its names are fetched."""
        self._account = account
        account.lookups.windows.append(self._session.lookups)
        account.name_sync.changed.connect(self._show_strip)
        self._show_strip()

    async def leave(self) -> None:
        """Another account comes, or the window is closed: start nothing with the old one."""
        for widget in (self._panel, self._strip):
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self._panel = self._strip = None
        if self._account is not None:
            self._account.name_sync.changed.disconnect(self._show_strip)
            self._account.lookups.windows.remove(self._session.lookups)
            self._account = None
        await self._scope.drain()

    def _fetch_names(self) -> None:
        if self._account is not None:
            self._account.name_sync.start()

    def _find_same_record(self) -> None:
        record = self._session.state.related_record
        if record is not None:
            self._find_panel().look_for_record(record)

    def _find_panel(self) -> SearchWindow:
        if self._panel is None:
            from atz_desktop.session.search import ActivitySearch
            from atz_desktop.view.windows.search_window import SearchWindow

            session = self._session
            finding = ActivitySearch(self._scope, session.services, session.lookups)
            self._panel = SearchWindow(finding, self._window)
            self._panel.load_wanted.connect(self._session.open)
        return self._panel

    def _show_strip(self) -> None:
        account = self._account
        if self._strip or account is None or account.name_sync.state is SyncState.IDLE:
            return
        from atz_desktop.view.windows.name_sync_bar import NameSyncBar

        # With its parent from the start: alone it would be a window, and take the focus.
        self._strip = NameSyncBar(account.name_sync, self._window)
        self._window.add_strip(self._strip)
