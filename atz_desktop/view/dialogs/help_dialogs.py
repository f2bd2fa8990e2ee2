"""What the menu Help opens: About (versions, licences, the data folder), the result of a look for
updates, and the report for support.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QSplitter,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from atz_desktop import __version__
from atz_desktop.session.notices import Level
from atz_desktop.session.update_check import UpdateResult, UpdateState
from atz_desktop.view.dialogs.prompts import save_dialog
from atz_desktop.view.theme import type_font
from atz_desktop.view.widgets.dialog import BaseDialog, ReadOnlyText, report_box
from atz_desktop.view.widgets.labels import Callout
from atz_desktop.view.widgets.layouts import hbox

if TYPE_CHECKING:
    from atz_desktop.session.notices import Notice

_UPDATE_HEADINGS = {
    UpdateState.NOT_SET_UP: "This build does not look for updates",
    UpdateState.FORBIDDEN: "Looking for updates is switched off on this computer",
    UpdateState.NEWEST: "You have the newest version",
    UpdateState.FAILED: "It could not be found out whether there is a newer version",
}
_UPDATE_TEXTS = {
    UpdateState.NOT_SET_UP: (
        "Whoever published it named no address to look at, so nothing was asked. Ask where you got "
        "ATZ Desktop from for a newer version."
    ),
    UpdateState.FORBIDDEN: (
        "Whoever looks after this computer did that, so nothing was asked. They bring newer "
        "versions of ATZ Desktop."
    ),
    UpdateState.NEWEST: f"Version {__version__} is the newest that was published.",
}
_INSTALL = (
    "Nothing is installed by itself. If somebody else looks after this computer, tell them; else "
    "get the new version from the web page. Drafts, history and settings stay."
)
_ABOUT_REPORT = (
    "This is the whole report. It holds no token, and no names, titles, addresses or IDs: each is "
    "replaced by a stand-in such as “title-3f9a01bc”, the same in every report of this computer. "
    "Nothing is sent; copy or save it, and pass it on yourself."
)


class ComponentInfo(NamedTuple):
    """One line of the list: a name, its version, its licence; `text` reads the whole licence."""

    name: str
    version: str
    licence: str
    text: Callable[[], str]


class AboutDialog(BaseDialog):
    """`versions` are lines of text for a report; `folder` is where everything is kept."""

    def __init__(
        self,
        versions: tuple[str, ...],
        parts: tuple[ComponentInfo, ...],
        folder: Path,
        parent: QWidget | None,
    ) -> None:
        super().__init__("About ATZ Desktop", 680, parent)
        self._versions = versions
        self._parts = parts
        self._folder = folder
        self.add_heading("ATZ Desktop")
        self.add_text("Corrects activities of ATZ CRM, one or many, and proves that it did.")
        self.add_text("\n".join(versions)).setFont(type_font("caption"))
        self.page.addLayout(self._folder_row())
        self.add_text("What it is made of, and under which licences:")
        self._licence = QPlainTextEdit()
        self._licence.setReadOnly(True)
        self._licence.setTabChangesFocus(True)
        self._licence.setAccessibleName("Licence")
        self._table = self._create_table()
        # One above the other: the lines of a licence are as long as the dialog is wide.
        both = QSplitter(Qt.Orientation.Vertical)
        both.addWidget(self._table)
        both.addWidget(self._licence)
        both.setSizes([150, 190])
        both.setMinimumHeight(220)
        self.page.addWidget(both, 1)
        copy = QPushButton("Copy versions")
        copy.clicked.connect(self._copy)
        close = QPushButton("Close")
        close.clicked.connect(self.accept)
        self.add_buttons((), (copy, close), close)
        self._table.selectRow(0)

    def _folder_row(self) -> QHBoxLayout:
        shown = QLineEdit(str(self._folder))
        shown.setReadOnly(True)
        shown.setAccessibleName("Data folder")
        shown.setCursorPosition(0)
        show = QPushButton("Open data folder")
        show.setAutoDefault(False)
        show.clicked.connect(self._open_folder)
        return hbox(None, (shown, 1), show)

    def _create_table(self) -> QTableWidget:
        table = QTableWidget(len(self._parts), 3)
        table.setHorizontalHeaderLabels(["Part", "Version", "Licence"])
        table.setAccessibleName("Parts and licences")
        table.verticalHeader().hide()
        table.setShowGrid(False)
        table.setTabKeyNavigation(False)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        for row, part in enumerate(self._parts):
            for column, text in enumerate((part.name, part.version, part.licence)):
                table.setItem(row, column, QTableWidgetItem(text))
        header = table.horizontalHeader()
        header.setHighlightSections(False)  # as in the other lists of the program
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column in (1, 2):  # measured once: ResizeToContents does so at each step of a layout
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
            table.resizeColumnToContents(column)
        table.itemSelectionChanged.connect(self._show_licence)
        return table

    def _show_licence(self) -> None:
        part = self._parts[max(0, self._table.currentRow())]
        words = part.text() or f"{part.name} is used under this licence: {part.licence}."
        self._licence.setPlainText(words)

    def _copy(self) -> None:
        parts = (f"{part.name} {part.version}" for part in self._parts if part.version)
        QGuiApplication.clipboard().setText("\n".join([*self._versions, *parts]))

    def _open_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._folder)))


class UpdateDialog(BaseDialog):
    """Shows one result. Notes and address are the publisher's, shown as plain text."""

    def __init__(self, result: UpdateResult, parent: QWidget | None) -> None:
        super().__init__("Look for updates", 560, parent)
        close = QPushButton("Close")
        close.clicked.connect(self.reject)
        release = result.release
        if result.state is UpdateState.NEWER and release is not None:
            self._link = release.link
            self.add_heading(f"Version {release.version} of ATZ Desktop is there")
            since = f", published {release.released}" if release.released else ""
            self.add_text(f"You have {__version__}. What is new{since}:")
            self.page.addWidget(ReadOnlyText(release.notes, "What is new", 180), 1)
            self.add_text(_INSTALL)
            page = QPushButton("Open the web page")
            page.setToolTip(release.link)
            page.clicked.connect(self._open_page)
            self.add_buttons((), (page, close), close)
            return
        self.add_heading(_UPDATE_HEADINGS[result.state])
        self.add_text(result.text or _UPDATE_TEXTS.get(result.state, ""))
        self.add_buttons((), (close,), close)

    def _open_page(self) -> None:
        QDesktopServices.openUrl(QUrl(self._link))


class SupportDialog(BaseDialog):
    """Shows `report`; where to save it is asked here, and done by whoever hears of it."""

    save_requested = Signal(object)
    """The path of the file, as text."""

    def __init__(self, report: str, parent: QWidget | None) -> None:
        super().__init__("Report for support", 760, parent)
        self.add_heading("Report for support")
        self.add_text(_ABOUT_REPORT)
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
