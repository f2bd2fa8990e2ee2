"""What helps when something goes wrong: About, the report of an error, and the report for support.

The last one gathers the allowed facts alone, and its text is shown before it is used.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from atz_desktop.app.components import components_here, licence_text, versions
from atz_desktop.session.notices import Level, Notice
from atz_desktop.session.support_report import MAX_SAVES, Pseudonyms, SupportFacts, report_text
from atz_desktop.store.atomic import write_atomically
from atz_desktop.store.errors import StoreError
from atz_desktop.store.journal import Journal, JournalRow
from atz_desktop.store.support_data import LENGTH, Statistics, pseudonym_key, read_statistics
from atz_desktop.view.dialogs.prompts import show_dialog

if TYPE_CHECKING:
    from atz_desktop.app.crash import Crash
    from atz_desktop.app.shared import Shared
    from atz_desktop.domain.settings import Account
    from atz_desktop.session.jobs import Jobs
    from atz_desktop.session.record_state import RecordState
    from atz_desktop.view.dialogs.help_dialogs import SupportDialog
    from atz_desktop.view.windows.main_window import MainWindow

_log = logging.getLogger(__name__)


class HelpController:
    """What the menu Help of one window does, and what the crash hook asks for."""

    def __init__(  # noqa: PLR0913 - what the reports are about, by name
        self,
        window: MainWindow,
        jobs: Jobs,
        shared: Shared,
        *,
        state: Callable[[], RecordState],
        account: Callable[[], Account | None],
        own_folder: bool,
    ) -> None:
        """`own_folder`: where the data folder is was chosen by hand."""
        self._window = window
        self._jobs = jobs
        self._shared = shared
        self._state = state
        self._account = account
        self._own_folder = own_folder

    def show_about(self) -> None:
        """Versions, licences and the data folder."""
        self._jobs.start("about", self._show_about())

    async def _show_about(self) -> None:
        from atz_desktop.view.dialogs.help_dialogs import AboutDialog, ComponentInfo

        # Each version stands in a file of its own, which is read as a mail is.
        lines = await asyncio.to_thread(versions)
        components = await asyncio.to_thread(lambda: tuple(components_here()))
        parts = tuple(
            ComponentInfo(each.name, version, each.licence, partial(licence_text, each))
            for each, version in components
        )
        await show_dialog(AboutDialog(lines, parts, self._shared.paths.root, self._window))

    def show_crash(self, crash: Crash) -> None:
        """Show one report of an error."""
        if self._jobs.running("crash") or not self._window.isVisible():
            return
        from atz_desktop.view.dialogs.crash_dialog import CrashDialog

        logs = self._shared.paths.logs
        dialog = CrashDialog(crash.report, crash.full_report, logs, self._window)
        self._jobs.start("crash", show_dialog(dialog))

    # The report for support

    def show_support_report(self) -> None:
        """Make the report and show it."""
        self._jobs.start("support report", self._show_support_report())

    async def support_report(self) -> str:
        """The report as it would be shown now."""
        figures, saves = await self._read_store()
        state = self._state()
        facts = SupportFacts(
            versions=versions(),
            display=_display(),
            settings=self._shared.settings.current,
            data_folder="chosen by hand" if self._own_folder else "the usual one",
            account=self._account(),
            state=state.phase,
            edit=state.edit,
            problems=[problem.name for problem in state.problems],
            statistics=figures,
            saves=saves,
            steps=self._shared.log.log_steps if self._shared.log else (),
        )
        key = await asyncio.to_thread(self._pseudonym_key)
        return await asyncio.to_thread(report_text, facts, Pseudonyms(key))

    async def _show_support_report(self) -> None:
        from atz_desktop.view.dialogs.help_dialogs import SupportDialog

        dialog = SupportDialog(await self.support_report(), self._window)
        dialog.save_requested.connect(lambda path: self._save(dialog, path))
        await show_dialog(dialog)

    def _save(self, dialog: SupportDialog, path: str) -> None:
        self._jobs.start("save report", self._write(dialog, Path(path)), finish=True)

    async def _write(self, dialog: SupportDialog, path: Path) -> None:
        text = dialog.report
        try:
            await asyncio.to_thread(write_atomically, path, text)
        except StoreError as error:
            dialog.show_notice(Notice(Level.PROBLEM, "The report was not saved", error.message))
        else:
            dialog.show_notice(Notice(Level.GOOD, "Saved", f"The report is in “{path}”."))

    async def _read_store(self) -> tuple[Statistics | None, list[JournalRow]]:
        database = self._shared.database
        if database is None:
            return None, []
        try:
            return await read_statistics(database), await Journal(database).entries(limit=MAX_SAVES)
        except StoreError as error:
            _log.warning("no figures for the report: %s", type(error).__name__)
            return None, []

    def _pseudonym_key(self) -> bytes:
        with suppress(StoreError):
            return pseudonym_key(self._shared.paths.root / "stand-ins.key")
        return secrets.token_bytes(LENGTH)


def _display() -> dict[str, str]:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    style = app.style().name() or app.style().metaObject().className()
    screens = [
        f"{screen.size().width()} × {screen.size().height()} at {screen.devicePixelRatio():.2f}"
        for screen in QGuiApplication.screens()
    ]
    return {
        "platform": QGuiApplication.platformName(),
        "style": style,
        "screens": "; ".join(screens),
        "font": f"{QGuiApplication.font().pointSizeF():.1f} points",
        "scheme": QGuiApplication.styleHints().colorScheme().name,
    }
