"""A table of activities that leaves out a column where there is no room for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView

from atz_desktop.view.theme import NEAR
from atz_desktop.view.widgets.row_table import RowModel, RowTable

_ROOM: Final = 520
"""Pixels from which on all columns are shown."""
_TITLE: Final = "Interview with Amara Nwosu"


class WideTable(RowTable):
    """One row is the current one. `spare` is the column that a narrow table does without: what it
    says stands beside the table, too."""

    def __init__(
        self, name: str, model: RowModel[Any], widest: Mapping[str, Sequence[str]], spare: str
    ) -> None:
        """`widest`: column → what it shows uncut."""
        super().__init__(name, model)
        self._spare = model.columns.index(spare)
        self._title = model.columns.index("Title")
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.horizontalHeader().setFixedHeight(self.fontMetrics().lineSpacing() + 2 * NEAR)
        self.fit_columns(model.columns, {"Title": (_TITLE,), **widest})

    # Qt overrides

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self.viewport().width() < _ROOM
        if narrow != self.isColumnHidden(self._spare):
            mode = QHeaderView.ResizeMode
            self.setColumnHidden(self._spare, narrow)
            self.horizontalHeader().setSectionResizeMode(
                self._title, mode.Stretch if narrow else mode.Interactive
            )
