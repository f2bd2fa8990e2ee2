"""The report for support: shown as it is, before it is copied or saved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPushButton, QWidget

from atz_desktop.session.notices import Level
from atz_desktop.view.dialogs.prompts import save_dialog
from atz_desktop.view.widgets.dialog import BaseDialog, report_box
from atz_desktop.view.widgets.message import Callout

if TYPE_CHECKING:
    from atz_desktop.session.notices import Notice

_ABOUT = (
    "This is the whole report. It holds no token, and no names, titles, addresses or IDs: each is "
    "replaced by a stand-in such as “title-3f9a01bc”, the same in every report of this computer. "
    "Nothing is sent; copy or save it, and pass it on yourself."
)


class SupportDialog(BaseDialog):
    """Shows `report`; where to save it is asked here, and done by whoever hears of it."""

    save_requested = Signal(object)
    """The path of the file, as text."""

    def __init__(self, report: str, parent: QWidget | None) -> None:
        super().__init__("Report for support", 760, parent)
        self.add_heading("Report for support")
        self.add_text(_ABOUT)
        self._report = report_box(report, "Report")
        self.page.addWidget(self._report, 1)
        self._said = Callout(Level.GOOD)
        self._said.hide()
        self.page.addWidget(self._said)
        copy, save, close = (QPushButton(text) for text in ("Copy", "Save as…", "Close"))
        copy.clicked.connect(self._copy)
        save.clicked.connect(self._choose_file)
        close.clicked.connect(self.reject)
        self.add_buttons((), (copy, save, close), close)

    @property
    def report(self) -> str:
        return self._report.toPlainText()

    def show_notice(self, notice: Notice) -> None:
        """Say how saving ended."""
        self._said.set_message(notice.level, f"{notice.title}. {notice.text}")
        self._said.show()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.report)

    def _choose_file(self) -> None:
        name = "ATZ Desktop report.txt"
        dialog = save_dialog(self, "Save the report", name, ("Text (*.txt)",))
        dialog.fileSelected.connect(self.save_requested)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
