"""Help → Report for support: gathers the allowed facts, and shows the text before it is used."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from atz_desktop.app.components import versions
from atz_desktop.session.notices import Level, Notice
from atz_desktop.session.support_report import MAX_SAVES, Pseudonyms, SupportFacts, report_text
from atz_desktop.store.atomic import write_atomically
from atz_desktop.store.errors import StoreError
from atz_desktop.store.journal import Journal, JournalRow
from atz_desktop.store.support_data import LENGTH, Statistics, pseudonym_key, read_statistics
from atz_desktop.view.dialogs.prompts import show_dialog

if TYPE_CHECKING:
    from atz_desktop.app.log import AppLog
    from atz_desktop.cli import Options
    from atz_desktop.domain.settings import Settings
    from atz_desktop.session.account import AccountConnection
    from atz_desktop.session.jobs import Jobs
    from atz_desktop.session.record_state import RecordState
    from atz_desktop.store.database import Database
    from atz_desktop.store.paths import Paths
    from atz_desktop.view.dialogs.support_dialog import SupportDialog
    from atz_desktop.view.windows.main_window import MainWindow

_log = logging.getLogger(__name__)


class SupportController:
    """What the window's command does."""

    def __init__(  # noqa: PLR0913 - the parts of the program that the report is about, by name
        self,
        window: MainWindow,
        jobs: Jobs,
        *,
        options: Options,
        paths: Paths,
        state: Callable[[], RecordState],
        connection: AccountConnection,
        settings: Callable[[], Settings],
        database: Callable[[], Database | None],
        log: AppLog | None,
    ) -> None:
        self._window = window
        self._jobs = jobs
        self._options = options
        self._paths = paths
        self._state = state
        self._connection = connection
        self._settings = settings
        self._database = database
        self._log = log

    def show_report(self) -> None:
        """Make the report and show it."""
        self._jobs.start("support report", self._show())

    async def report(self) -> str:
        """The report as it would be shown now."""
        figures, saves = await self._read_store()
        state = self._state()
        facts = SupportFacts(
            versions=versions(),
            display=_display(),
            settings=self._settings(),
            data_folder="chosen by hand" if self._options.data_dir else "the usual one",
            account=self._connection.account,
            state=state.phase,
            edit=state.edit,
            problems=[problem.name for problem in state.problems],
            statistics=figures,
            saves=saves,
            steps=self._log.log_steps if self._log else (),
        )
        key = await asyncio.to_thread(self._pseudonym_key)
        return await asyncio.to_thread(report_text, facts, Pseudonyms(key))

    async def _show(self) -> None:
        from atz_desktop.view.dialogs.support_dialog import SupportDialog

        dialog = SupportDialog(await self.report(), self._window)
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
        database = self._database()
        if database is None:
            return None, []
        try:
            return await read_statistics(database), await Journal(database).entries(limit=MAX_SAVES)
        except StoreError as error:
            _log.warning("no figures for the report: %s", type(error).__name__)
            return None, []

    def _pseudonym_key(self) -> bytes:
        with suppress(StoreError):
            return pseudonym_key(self._paths.root / "stand-ins.key")
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
