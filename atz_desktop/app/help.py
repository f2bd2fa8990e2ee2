"""Puts together what helps when something goes wrong: About, and the report of an error."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

from atz_desktop.view.dialogs.prompts import show_dialog

if TYPE_CHECKING:
    from atz_desktop.app.crash import Crash
    from atz_desktop.session.jobs import Jobs
    from atz_desktop.store.paths import Paths
    from atz_desktop.view.windows.main_window import MainWindow


class HelpController:
    """What the window's menu Help does, and what the crash hook asks for."""

    def __init__(self, window: MainWindow, jobs: Jobs, paths: Paths) -> None:
        self._window = window
        self._jobs = jobs
        self._paths = paths
        window.about_requested.connect(self.show_about)

    def show_about(self) -> None:
        """Versions, licences and the data folder."""
        self._jobs.start("about", self._show_about())

    async def _show_about(self) -> None:
        from atz_desktop.app.components import components_here, licence_text, versions
        from atz_desktop.view.dialogs.about_dialog import AboutDialog, ComponentInfo

        # Each version stands in a file of its own, which is read as a mail is.
        lines = await asyncio.to_thread(versions)
        components = await asyncio.to_thread(lambda: tuple(components_here()))
        parts = tuple(
            ComponentInfo(each.name, version, each.licence, partial(licence_text, each))
            for each, version in components
        )
        await show_dialog(AboutDialog(lines, parts, self._paths.root, self._window))

    def show_crash(self, crash: Crash) -> None:
        """Show one report."""
        if self._jobs.running("crash") or not self._window.isVisible():
            return
        from atz_desktop.view.dialogs.crash_dialog import CrashDialog

        dialog = CrashDialog(crash.report, crash.full_report, self._paths.logs, self._window)
        self._jobs.start("crash", show_dialog(dialog))
