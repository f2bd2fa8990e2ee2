"""Help → About: what this is, which versions it is made of, their licences, the data folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import Qt, QUrl
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

from atz_desktop.view.theme import type_font
from atz_desktop.view.widgets.dialog import BaseDialog
from atz_desktop.view.widgets.layouts import hbox


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
