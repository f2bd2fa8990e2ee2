"""What a backup holds, as a table model whose missing rows can be ticked."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal

from atz_desktop.session.backups import BackupItem
from atz_desktop.view.widgets.row_table import Index, RowModel
from atz_desktop.view.windows.history_table import local_time

COLUMNS = ("Bring back", "When", "Activity", "Title", "Changed", "What", "Account")
_HERE = "is here"
_MOST_LETTERS = 300


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
