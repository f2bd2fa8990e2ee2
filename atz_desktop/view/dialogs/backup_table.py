"""What a backup holds, as a table model whose missing rows can be ticked."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from atz_desktop.session.backups import BackupItem
from atz_desktop.view.theme import plain_tip
from atz_desktop.view.windows.history_table import local_time

COLUMNS = ("Bring back", "When", "Activity", "Title", "Changed", "What", "Account")
_HERE = "is here"
_MOST_LETTERS = 300

Index = QModelIndex | QPersistentModelIndex


class BackupTableModel(QAbstractTableModel):
    """Rows of a backup, none ticked at first; what is here already cannot be ticked."""

    ticked_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._items: tuple[BackupItem, ...] = ()
        self._ticked: set[int] = set()

    @property
    def ticked(self) -> tuple[BackupItem, ...]:
        return tuple(self._items[row] for row in sorted(self._ticked))

    def show_items(self, items: tuple[BackupItem, ...]) -> None:
        self.beginResetModel()
        self._items, self._ticked = items, set()
        self.endResetModel()
        self.ticked_changed.emit()

    def tick_missing(self) -> None:
        self._tick({row for row, item in enumerate(self._items) if item.missing})

    def _tick(self, rows: Iterable[int]) -> None:
        self._ticked = set(rows)
        if self._items:
            last = self.index(len(self._items) - 1, 0)
            self.dataChanged.emit(self.index(0, 0), last, [Qt.ItemDataRole.CheckStateRole])
        self.ticked_changed.emit()

    # Qt overrides

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._items)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        across = orientation == Qt.Orientation.Horizontal
        return COLUMNS[section] if across and role == Qt.ItemDataRole.DisplayRole else None

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        if index.column() == 0:
            flags |= Qt.ItemFlag.ItemIsUserCheckable
        return flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        item, column = self._items[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return cell(item, column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(cell(item, column))
        if role == Qt.ItemDataRole.CheckStateRole and column == 0 and item.missing:
            on = index.row() in self._ticked
            return Qt.CheckState.Checked if on else Qt.CheckState.Unchecked
        return None

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
            return str(item.activity_id)
        case "Title":
            return " ".join(item.title.split())[:_MOST_LETTERS]
        case "Changed":
            return item.changed
        case "What":
            return item.what
        case _:
            return " ".join(item.account.split())[:_MOST_LETTERS]
