"""A table that is a list of whole rows: search, history and safety copies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QAbstractItemModel, Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from atz_desktop.view.theme import NEAR


class RowTable(QTableView):
    """`name` is for screen readers. Tab leaves it, as it leaves every list."""

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
        self.horizontalHeader().setHighlightSections(False)

    def fit_columns(self, columns: Sequence[str], widest: Mapping[str, Sequence[str]]) -> None:
        """Make the columns of `widest` as wide as the texts there; the others share the rest."""
        header, measure = self.horizontalHeader(), self.fontMetrics().horizontalAdvance
        for column, name in enumerate(columns):
            if name in widest:
                header.resizeSection(column, max(map(measure, widest[name])) + 2 * NEAR)
            else:
                header.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)
