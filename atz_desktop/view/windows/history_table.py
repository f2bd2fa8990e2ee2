"""The list of saves as a table model; rows are fetched as the person scrolls."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)

from atz_desktop.domain.characters import single_line
from atz_desktop.domain.fields import ACTIVITY
from atz_desktop.domain.history import JournalEntry
from atz_desktop.domain.text import format_date
from atz_desktop.session.history import History
from atz_desktop.session.outcome_texts import OUTCOMES
from atz_desktop.view.icons import icon
from atz_desktop.view.theme import plain_tip

COLUMNS = ("When", "Activity", "Title", "Changed", "Outcome")

_PICTURES = {
    "good": ("verified", "verified"),
    "warning": ("warning", "warning"),
    "problem": ("problem", "problem"),
    "info": ("info", "changed"),
}
_MOST_LETTERS = 300

Index = QModelIndex | QPersistentModelIndex


class HistoryTableModel(QAbstractTableModel):
    """Follows a History; foreign text stands in it on one line and at most 300 letters."""

    def __init__(self, history: History, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._history = history
        self._entries: tuple[JournalEntry, ...] = ()
        history.list_replaced.connect(self._begin)
        history.rows_added.connect(self._grow)

    def entry(self, row: int) -> JournalEntry | None:
        return self._entries[row] if 0 <= row < len(self._entries) else None

    def row_of(self, entry_id: int) -> int | None:
        """The row of the entry with that number, if it was fetched."""
        found = (row for row, entry in enumerate(self._entries) if entry.id == entry_id)
        return next(found, None)

    def _begin(self) -> None:
        self.beginResetModel()
        self._entries = self._history.entries
        self.endResetModel()

    def _grow(self) -> None:
        entries = self._history.entries
        if len(entries) > len(self._entries):
            self.beginInsertRows(QModelIndex(), len(self._entries), len(entries) - 1)
            self._entries = entries
            self.endInsertRows()

    # Qt overrides

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._entries)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(COLUMNS)

    def canFetchMore(self, parent: Index) -> bool:
        return not parent.isValid() and self._history.has_more

    def fetchMore(self, parent: Index) -> None:
        self._history.fetch_more()

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        across = orientation == Qt.Orientation.Horizontal
        if across and role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section]
        if across and role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        entry = self.entry(index.row()) if index.isValid() else None
        if entry is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return cell(entry, index.column())
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(cell(entry, index.column()))
        if role == Qt.ItemDataRole.DecorationRole and COLUMNS[index.column()] == "Outcome":
            return icon(*_PICTURES[OUTCOMES[entry.outcome].level.value])
        return None


def cell(entry: JournalEntry, column: int) -> str:
    """What stands in one column of an entry's row."""
    match COLUMNS[column]:
        case "When":
            return local_time(entry.at)
        case "Activity":
            return str(entry.activity_id)
        case "Title":
            return single_line(entry.title[:_MOST_LETTERS])
        case "Changed":
            return ", ".join(
                ACTIVITY.by_name[name].label for name in ACTIVITY.by_name if name in entry.sent
            )
        case _:
            return OUTCOMES[entry.outcome].label


def local_time(at: datetime) -> str:
    """A moment as the clock of this computer shows it."""
    here = at.astimezone()
    return f"{format_date(here)}, {here:%H:%M}"
