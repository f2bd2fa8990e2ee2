"""An unexpected error: what it means for the person, and a report that can be copied."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QCheckBox, QLabel, QPushButton, QWidget

from atz_desktop.view.theme import type_font
from atz_desktop.view.widgets.dialog import BaseDialog, report_box

_TEXT = (
    "The program goes on, and what you typed is kept. If a save was under way, its outcome is "
    "looked up before anything is sent again."
)
_TEXT_AT_THE_END = (
    "The program has to end. What you typed is kept as a draft and is there at the next start; if "
    "a save was under way, its outcome is looked up then."
)
_FOR_WHOM = "The report below helps whoever looks after the program."
_RULE = "The report holds no token, and no names or texts from the CRM."
_RULE_WITH_WORDS = "The report now holds the error's own words. Read it before you pass it on."


class CrashDialog(BaseDialog):
    """Shows one report. `words` is the report with the messages of the error, which may hold texts
    from the CRM: shown only while the person ticks it. `logs` is the folder of the log; `ended`
    says that the program cannot go on.
    """

    def __init__(
        self, report: str, words: str, logs: Path, parent: QWidget | None, ended: bool = False
    ) -> None:
        super().__init__("Unexpected error", 720, parent)
        self._texts = {False: report, True: words}
        self._logs = logs
        self.add_heading("Something went wrong in the program itself")
        self.add_text(f"{_TEXT_AT_THE_END if ended else _TEXT} {_FOR_WHOM}")
        self._report = report_box("", "Report")
        self.page.addWidget(self._report, 1)
        self._with_words = QCheckBox("Include the error's own words (may hold names and texts)")
        self._with_words.toggled.connect(self._show_text)
        self.page.addWidget(self._with_words)
        self._rule: QLabel = self.add_text("")
        self._rule.setFont(type_font("caption"))
        copy = QPushButton("Copy report")
        copy.clicked.connect(self._copy)
        folder = QPushButton("Open log folder")
        folder.clicked.connect(self._open_folder)
        go_on = QPushButton("Close" if ended else "Go on")
        go_on.clicked.connect(self.accept)
        self.add_buttons((), (folder, copy, go_on), go_on)
        self._show_text(False)

    @property
    def report(self) -> str:
        """The report as it is shown and would be copied."""
        return self._report.toPlainText()

    def _show_text(self, with_words: bool) -> None:
        self._report.setPlainText(self._texts[with_words])
        self._rule.setText(_RULE_WITH_WORDS if with_words else _RULE)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.report)

    def _open_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._logs)))
