"""A table that is a list of whole rows, and its model: search, history and safety copies."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, Generic, Protocol, TypeVar

from PySide6.QtCore import (
    QAbstractItemModel,
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    SignalInstance,
)
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from atz_desktop.view.theme import NEAR
from atz_desktop.view.widgets.labels import plain_tip
from atz_desktop.view.widgets.paint_later import paint_later

Index = QModelIndex | QPersistentModelIndex
Row = TypeVar("Row")

_TOLD: Final = frozenset({int(Qt.ItemDataRole.DisplayRole), int(Qt.ItemDataRole.ToolTipRole)})


class RowModel(QAbstractTableModel, Generic[Row]):
    """Rows of text; `cell` gives that of a row and column, untrusted text on one line."""

    def __init__(
        self,
        columns: tuple[str, ...],
        cell: Callable[[Row, int], str],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.columns = columns
        self._cell = cell
        self._rows: list[Row] = []

    def row(self, number: int) -> Row | None:
        return self._rows[number] if 0 <= number < len(self._rows) else None

    def set_rows(self, rows: Iterable[Row]) -> None:
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
        if role not in _TOLD:  # asked first: Qt wants six others for each cell that it draws
            return None
        row = self.row(index.row()) if index.isValid() else None
        if row is None:
            return None
        text = self._cell(row, index.column())
        return text if role == Qt.ItemDataRole.DisplayRole else plain_tip(text)


class Paged(Protocol):
    """A list fetched page by page: `list_replaced` at the first, `rows_added` at each other."""

    @property
    def list_replaced(self) -> SignalInstance: ...
    @property
    def rows_added(self) -> SignalInstance: ...
    @property
    def has_more(self) -> bool: ...
    def fetch_more(self) -> None: ...


class PagedRowModel(RowModel[Row]):
    """Follows a list; the view asks for the next page as the user scrolls."""

    def __init__(
        self,
        columns: tuple[str, ...],
        cell: Callable[[Row, int], str],
        source: Paged,
        rows_from: Callable[[int], Iterable[Row]],
        parent: QObject | None = None,
    ) -> None:
        """`rows_from` gives all rows that `source` has by now, from that number on."""
        super().__init__(columns, cell, parent)
        self._source = source
        self._rows_from = rows_from
        source.list_replaced.connect(self._on_list_replaced)
        source.rows_added.connect(self._on_rows_added)

    def _on_list_replaced(self) -> None:
        self.set_rows(self._rows_from(0))

    def _on_rows_added(self) -> None:
        self.append(list(self._rows_from(self.rowCount())))

    # Qt overrides

    def canFetchMore(self, parent: Index) -> bool:
        return not parent.isValid() and self._source.has_more

    def fetchMore(self, parent: Index) -> None:
        self._source.fetch_more()


class RowTable(QTableView):
    """`name` is for screen readers. Tab leaves it, as it leaves every list.

    Rows come in one turn of the event loop and are painted in the next.
    """

    def __init__(self, name: str, model: QAbstractItemModel) -> None:
        super().__init__()
        self.setModel(model)
        self.setAccessibleName(name)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setShowGrid(False)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().lineSpacing() + 2 * NEAR)
        self.horizontalHeader().setTextElideMode(Qt.TextElideMode.ElideRight)
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setFixedHeight(self.fontMetrics().lineSpacing() + NEAR + 2)
        model.modelReset.connect(self._paint_later)
        model.rowsInserted.connect(self._paint_later)

    def _paint_later(self) -> None:
        if self.isVisible():
            paint_later(self)

    def fit_columns(self, columns: Sequence[str], widest: Mapping[str, Sequence[str]]) -> None:
        """Make the columns of `widest` as wide as the texts there; the others share the rest."""
        header, measure = self.horizontalHeader(), self.fontMetrics().horizontalAdvance
        for column, name in enumerate(columns):
            if name in widest:
                header.resizeSection(column, max(map(measure, widest[name])) + 2 * NEAR + 2)
            else:
                header.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)
