"""Activity → Safety copies: look into a backup of this computer's data, and bring parts back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QSignalBlocker, QSize, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QPushButton,
    QWidget,
)

from atz_desktop.session.backups import BackupItem
from atz_desktop.session.notices import Level
from atz_desktop.view.theme import CONTROL_HEIGHT
from atz_desktop.view.widgets.combo_box import NoWheelComboBox
from atz_desktop.view.widgets.dialog import BaseDialog
from atz_desktop.view.widgets.labels import Callout, plain_label
from atz_desktop.view.widgets.layouts import hbox
from atz_desktop.view.widgets.row_table import Index, RowModel, RowTable
from atz_desktop.view.windows.history_table import local_time

if TYPE_CHECKING:
    from pathlib import Path

    from atz_desktop.domain.local_records import Backup
    from atz_desktop.session.backups import Backups
    from atz_desktop.session.notices import Notice

_ABOUT = (
    "Drafts, history and work lists are copied once a day when something changed, and before "
    "a new version of ATZ Desktop changes their file. The last seven copies are kept. Bringing "
    "something back adds it to what is here; nothing is replaced, and nothing is sent to ATZ."
)
_NONE_YET = "There is no copy yet. The first one is made on a day after your first draft or save."
_WIDEST = {
    "Bring back": ("Bring back", "is here"),
    "When": ("Wed 30 May 2026, 20:00",),
    "Activity": ("Activity", "00000000"),
    "What": ("Saved and checked",),
}
"""Column → what it shows uncut; the others share the rest."""
_LEAST_LETTERS = 12
"""Average letters, to which the others are never narrowed."""
_LIST_HEIGHT, _LOWEST_LIST = 320, 60
"""Pixels where there is room, and on the screen of a common laptop at 200 %."""
COLUMNS = ("Bring back", "When", "Activity", "Title", "Changed", "What", "Account")
_HERE = "is here"
_MOST_LETTERS = 300


class _List(RowTable):
    # Qt overrides

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), _LIST_HEIGHT)


class BackupDialog(BaseDialog):
    """Shows what `backups` holds and tells it what the user wants; `folder` holds the files."""

    def __init__(self, backups: Backups, folder: Path, parent: QWidget | None) -> None:
        super().__init__("Safety copies", 960, parent)
        self._backups = backups
        self._folder = folder
        self._choice = NoWheelComboBox()
        self._choice.setAccessibleName("Copy")
        self._table = BackupTableModel(self)
        self._view = self._create_view()
        self._said = Callout(Level.INFO)
        self._said.hide()
        self._all = QPushButton("Tick all that is missing")
        self._restore = QPushButton()
        self._close = QPushButton("Close")
        self._build_layout()
        self._choice.currentIndexChanged.connect(self._open)
        self._table.ticked_changed.connect(self._show_buttons)
        self._all.clicked.connect(self._table.tick_missing)
        self._restore.clicked.connect(self._request_restore)
        self._close.clicked.connect(self.reject)
        backups.listed.connect(self._show_list)
        backups.opened.connect(self._show_items)
        backups.notified.connect(self._show_notice)
        self._show_buttons()
        backups.refresh()

    def _show_list(self) -> None:
        with QSignalBlocker(self._choice):
            self._choice.clear()
            for backup in self._backups.backups:
                self._choice.addItem(label_of(backup))
        self._choice.setEnabled(bool(self._backups.backups))
        if self._backups.backups:
            self._open(0)
        elif self._said.isHidden():
            self._show_message(Level.INFO, _NONE_YET)

    def _open(self, place: int) -> None:
        if 0 <= place < len(self._backups.backups):
            self._backups.open(self._backups.backups[place])

    def _show_items(self) -> None:
        self._table.show_items(self._backups.items)
        accounts = {item.account for item in self._backups.items}
        self._view.setColumnHidden(COLUMNS.index("Account"), len(accounts) < 2)
        if self._backups.items:
            self._view.setCurrentIndex(self._table.index(0, 0))

    def _show_buttons(self) -> None:
        count = len(self._table.ticked)
        self._restore.setText(f"Bring back ({count:,})" if count else "Bring back")
        self._restore.setEnabled(count > 0)
        lost = sum(item.missing for item in self._backups.items)
        self._all.setEnabled(lost > count)
        self._all.setText(f"Tick all that is missing ({lost:,})")

    def _request_restore(self) -> None:
        self._restore.setEnabled(False)
        self._backups.restore(self._table.ticked)

    def _show_notice(self, notice: Notice | None) -> None:
        if notice is None:
            self._said.hide()
            return
        self._show_message(notice.level, f"{notice.title}. {notice.text}")
        self._show_buttons()

    def _show_message(self, level: Level, text: str) -> None:
        self._said.set_message(level, text)
        self._said.show()

    def _open_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._folder)))

    def _create_view(self) -> RowTable:
        view = _List("Drafts and saves in this copy", self._table)
        header = view.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        # In a narrow dialog the list is scrolled sideways: a column of two letters says nothing.
        header.setMinimumSectionSize(_LEAST_LETTERS * view.fontMetrics().averageCharWidth())
        view.fit_columns(COLUMNS, _WIDEST)
        return view

    def _build_layout(self) -> None:
        self.add_text(_ABOUT)
        folder = QPushButton("Open folder")
        folder.setAutoDefault(False)
        folder.clicked.connect(self._open_folder)
        label = plain_label("Copy of")
        label.setWordWrap(False)
        label.setBuddy(self._choice)
        for control in (self._choice, folder):
            control.setMinimumHeight(CONTROL_HEIGHT)
        self.page.addLayout(hbox(None, label, (self._choice, 1), folder))
        self.page.addWidget(self._view, 1)
        self._view.setMinimumHeight(_LOWEST_LIST)
        self.page.addWidget(self._said)
        self.add_buttons((self._all,), (self._restore, self._close), self._close)


def label_of(backup: Backup) -> str:
    """When a backup was made, why if that is special, and how large it is."""
    made = local_time(datetime.fromtimestamp(backup.at).astimezone())
    why = " · before an update of ATZ Desktop" if backup.before_update else ""
    return f"{made}{why} · {backup.size / 1e6:.1f} MB"


class BackupTableModel(RowModel[BackupItem]):
    """Rows of a backup, none ticked at first; what is here already cannot be ticked."""

    ticked_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(COLUMNS, cell, parent)
        self._ticked: set[int] = set()

    @property
    def ticked(self) -> tuple[BackupItem, ...]:
        return tuple(self._rows[row] for row in sorted(self._ticked))

    def show_items(self, items: tuple[BackupItem, ...]) -> None:
        self._ticked = set()
        self.set_rows(items)
        self.ticked_changed.emit()

    def tick_missing(self) -> None:
        self._tick({row for row, item in enumerate(self._rows) if item.missing})

    def _tick(self, rows: Iterable[int]) -> None:
        self._ticked = set(rows)
        if self._rows:
            last = self.index(len(self._rows) - 1, 0)
            self.dataChanged.emit(self.index(0, 0), last, [Qt.ItemDataRole.CheckStateRole])
        self.ticked_changed.emit()

    # Qt overrides

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        if index.column() == 0:
            flags |= Qt.ItemFlag.ItemIsUserCheckable
        return flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        item = self.row(index.row()) if index.isValid() and index.column() == 0 else None
        if role == Qt.ItemDataRole.CheckStateRole and item and item.missing:
            on = index.row() in self._ticked
            return Qt.CheckState.Checked if on else Qt.CheckState.Unchecked
        return super().data(index, role)

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.CheckStateRole:
            return False
        on = Qt.CheckState(value) == Qt.CheckState.Checked
        self._tick(self._ticked | {index.row()} if on else self._ticked - {index.row()})
        return True


def cell(item: BackupItem, column: int) -> str:
    """What stands in one column of an item's row; untrusted text on one line."""
    match COLUMNS[column]:
        case "Bring back":
            return "" if item.missing else _HERE
        case "When":
            return local_time(item.at)
        case "Activity":
            return "" if item.activity_id is None else str(item.activity_id)
        case "Title":
            return " ".join(item.title.split())[:_MOST_LETTERS]
        case "Changed":
            return item.changed
        case "What":
            return item.what
        case _:
            return " ".join(item.account.split())[:_MOST_LETTERS]
