"""Puts together what is done about names: finding an activity, fetching names, the list of types.

Everything is built when it is first wanted, long after the first paint.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from atz_desktop.session.activity_types import ask_types
from atz_desktop.session.name_sync import NameSync, SyncState

if TYPE_CHECKING:
    from atz_desktop.session.editing_session import EditingSession
    from atz_desktop.session.jobs import Jobs
    from atz_desktop.session.services import Services
    from atz_desktop.view.windows.main_window import MainWindow
    from atz_desktop.view.windows.search_window import SearchWindow


class NameController:
    """What the window's commands about names do."""

    def __init__(self, window: MainWindow, jobs: Jobs, session: EditingSession) -> None:
        self._window = window
        self._jobs = jobs
        self._session = session
        self._panel: SearchWindow | None = None
        self._has_strip = False
        self.fetching = NameSync(jobs, lambda: session.services, session.lookups)
        self.fetching.changed.connect(self._show_strip)
        window.find_wanted.connect(self.find)
        window.same_record_wanted.connect(self._find_same_record)
        window.fetch_names_wanted.connect(self.fetching.start)

    def find(self, words: str = "") -> None:
        """Show the Find window and look for these words, if there are any."""
        self._find_panel().look_for(words)

    async def connected(self, services: Services, *, made_up: bool) -> None:
        """An account was connected: go on fetching where it was left; see which types it has.

        The made-up account is not asked for its types: it has no such list.
        """
        await self.fetching.take_up()
        if not made_up:
            self._jobs.start("types", ask_types(services, self._session.lookups))

    async def leave(self) -> None:
        """Another account comes, or the program ends: start nothing with the old one."""
        if self._panel is not None:
            self._panel.hide()
            self._panel.deleteLater()
            self._panel = None
        await self.fetching.leave()
        for name in ("types", "find", "find recent"):
            self._jobs.cancel(name)
            await self._jobs.wait(name)

    def _find_same_record(self) -> None:
        record = self._session.related
        if record is not None:
            self._find_panel().look_for_record(record)

    def _find_panel(self) -> SearchWindow:
        if self._panel is None:
            from atz_desktop.session.search import ActivitySearch
            from atz_desktop.view.windows.search_window import SearchWindow

            finding = ActivitySearch(
                self._jobs, lambda: self._session.services, self._session.lookups
            )
            self._panel = SearchWindow(finding, self._window)
            self._panel.load_wanted.connect(self._session.open)
        return self._panel

    def _show_strip(self) -> None:
        if self._has_strip or self.fetching.state is SyncState.IDLE:
            return
        from atz_desktop.view.windows.name_sync_bar import NameSyncBar

        self._has_strip = True
        # With its parent from the start: alone it would be a window, and take the focus.
        self._window.add_strip(NameSyncBar(self.fetching, self._window))
