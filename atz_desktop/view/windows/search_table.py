"""The two lists of the find panel as table models: activities of ATZ, and those seen here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)

from atz_desktop.domain.characters import single_line
from atz_desktop.session.search import short_day
from atz_desktop.view.theme import plain_tip

if TYPE_CHECKING:
    from atz_desktop.domain.local_records import RecentActivity
    from atz_desktop.session.search import ActivityHit, ActivitySearch

FOUND = ("Title", "Type", "When", "Related to", "Last changed", "Activity")
RECENT = ("Title", "Loaded here", "Changed here", "Activity")
_MOST_LETTERS = 300
_UNTITLED = "(without a title)"

Index = QModelIndex | QPersistentModelIndex
Row = tuple[int, tuple[str, ...]]
"""The ID of an activity, and its cells."""


class ActivityTableModel(QAbstractTableModel):
    """Rows of text; foreign text stands in it on one line and at most 300 letters."""

    def __init__(self, columns: tuple[str, ...], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.columns = columns
        self._rows: list[Row] = []

    def activity(self, row: int) -> int | None:
        return self._rows[row][0] if 0 <= row < len(self._rows) else None

    def begin(self, rows: Iterable[Row]) -> None:
        self.beginResetModel()
        self._rows = list(rows)
        self.endResetModel()

    def append(self, rows: Sequence[Row]) -> None:
        """Show more rows at the end; what stands above, and the current row, stay."""
        if rows:
            first = len(self._rows)
            self.beginInsertRows(QModelIndex(), first, first + len(rows) - 1)
            self._rows.extend(rows)
            self.endInsertRows()

    # Qt overrides

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.columns)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        across = orientation == Qt.Orientation.Horizontal
        if across and role == Qt.ItemDataRole.DisplayRole:
            return self.columns[section]
        if across and role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        text = self._rows[index.row()][1][index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return text
        return plain_tip(text) if role == Qt.ItemDataRole.ToolTipRole else None


class SearchResultsModel(ActivityTableModel):
    """Follows a Finding; the view asks for the next page as the person scrolls."""

    def __init__(self, finding: ActivitySearch, parent: QObject | None = None) -> None:
        super().__init__(FOUND, parent)
        self._finding = finding
        finding.list_replaced.connect(self._begin)
        finding.rows_added.connect(self._grow)
        self._begin()

    def _begin(self) -> None:
        self.begin(map(_found_row, self._finding.hits))

    def _grow(self) -> None:
        self.append([_found_row(found) for found in self._finding.hits[self.rowCount() :]])

    # Qt overrides

    def canFetchMore(self, parent: Index) -> bool:
        return not parent.isValid() and self._finding.has_more

    def fetchMore(self, parent: Index) -> None:
        self._finding.fetch_more()


def _found_row(found: ActivityHit) -> Row:
    changed = _local(found.changed) if found.changed else ""
    title = single_line(found.title[:_MOST_LETTERS]) or _UNTITLED
    cells = (title, found.type, found.when, single_line(found.record), changed, str(found.id))
    return found.id, tuple(cell[:_MOST_LETTERS] for cell in cells)


def recent_row(seen: RecentActivity) -> Row:
    """The row of an activity that this computer loaded or changed."""
    title = single_line(seen.title[:_MOST_LETTERS]) or _UNTITLED
    cells = (title, _at(seen.loaded_at), _at(seen.changed_at), str(seen.activity_id))
    return seen.activity_id, cells


def _at(text: str | None) -> str:
    with suppress(ValueError, OverflowError):  # where the file was damaged
        return _local(datetime.fromisoformat(text or ""))
    return ""


def _local(at: datetime) -> str:
    """A moment as the clock of this computer shows it."""
    here = at.astimezone()
    return f"{short_day(here)}, {here:%H:%M}"
