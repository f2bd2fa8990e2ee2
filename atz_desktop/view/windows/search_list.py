"""How the lists of the find panel are drawn: whole rows, columns that share the width."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView

from atz_desktop.view.theme import NEAR
from atz_desktop.view.widgets.row_table import RowModel, RowTable
from atz_desktop.view.windows.search_table import ActivityRow

_SHARES: Final = {
    "Title": 30,
    "Type": 13,
    "When": 27,
    "Related to": 22,
    "Last changed": 19,
    "Activity": 9,
    "Kept for later": 24,
    "Loaded here": 19,
    "Changed here": 19,
}
"""Of the width; so no column is lost in a narrow window."""

_WHOLE: Final = {
    "When": "28 May 2024, 00:00 – 00:00",
    "Last changed": "28 May 2024, 00:00",
    "Activity": "00000000",
    "Loaded here": "28 May 2024, 00:00",
    "Changed here": "28 May 2024, 00:00",
}
"""What is shown whole where there is room: half a time of day says nothing."""
_ENOUGH: Final = 0.5
"""Of the width, which the other columns must keep for that."""


class SearchTableView(RowTable):
    """A list of activities; several can be marked, with Ctrl or Shift."""

    def __init__(self, name: str, model: RowModel[ActivityRow]) -> None:
        super().__init__(name, model)
        self._columns = model.columns
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.horizontalHeader().setStretchLastSection(True)

    # Qt overrides

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        width = self.viewport().width()
        whole = {name: self._width_of(_WHOLE[name]) for name in self._columns if name in _WHOLE}
        if width - sum(whole.values()) < width * _ENOUGH:
            whole = {}
        left = width - sum(whole.values())
        shares = {name: _SHARES[name] for name in self._columns if name not in whole}
        for column, name in enumerate(self._columns):
            share = left * shares.get(name, 0) // sum(shares.values())
            self.horizontalHeader().resizeSection(column, whole.get(name, share))

    def _width_of(self, text: str) -> int:
        return self.fontMetrics().horizontalAdvance(text) + 2 * NEAR + 2
