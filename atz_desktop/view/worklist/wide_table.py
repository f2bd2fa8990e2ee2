"""A table of activities that leaves out a column where there is no room, and what narrows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView

from atz_desktop.view.theme import NEAR
from atz_desktop.view.widgets.combo_box import NoWheelComboBox
from atz_desktop.view.widgets.row_table import RowModel, RowTable

_ROOM: Final = 520
"""Pixels from which on all columns are shown."""
_TITLE: Final = "Interview with Amara Nwosu"


class RowFilterBox(NoWheelComboBox):
    """Which rows to show: all, or those of one kind, with how many there are. `chosen` is the kind;
    None: all."""

    changed = Signal()
    """The user chose another kind."""

    def __init__(self) -> None:
        super().__init__(wide=False)
        self.setAccessibleName("Which activities to show")
        self.chosen: Any = None
        self._shown: list[tuple[Any, str]] = []
        self.currentIndexChanged.connect(self._choose)

    def show_counts(self, total: int, counts: Sequence[tuple[Any, str, int]]) -> None:
        """Offer kinds (kind, word, how many); the chosen one stays, also without any rows."""
        shown: list[tuple[Any, str]] = [(None, f"All ({total:,})")]
        shown += [
            (kind, f"{word.capitalize()} ({number:,})")
            for kind, word, number in counts
            if number or kind is self.chosen
        ]
        if shown == self._shown:
            return
        same_kinds = [kind for kind, _ in shown] == [kind for kind, _ in self._shown]
        self._shown = shown
        with QSignalBlocker(self):
            if not same_kinds:
                self.clear()
                self.addItems([words for _, words in shown])
            for place, (_, words) in enumerate(shown):
                self.setItemText(place, words)
            self.setCurrentIndex([kind for kind, _ in shown].index(self.chosen))

    def choose_all(self) -> None:
        """Show all rows again; never emits."""
        self.chosen = None
        with QSignalBlocker(self):
            self.setCurrentIndex(0)

    def _choose(self, index: int) -> None:
        if index >= 0:
            self.chosen = self._shown[index][0]
            self.changed.emit()


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
        self._title_width = self.columnWidth(self._title)

    # Qt overrides

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self.viewport().width() < _ROOM
        if narrow == self.isColumnHidden(self._spare):
            return
        header, mode = self.horizontalHeader(), QHeaderView.ResizeMode
        if narrow:
            self._title_width = self.columnWidth(self._title)
        self.setColumnHidden(self._spare, narrow)
        header.setSectionResizeMode(self._title, mode.Stretch if narrow else mode.Interactive)
        if not narrow:  # stretched, it would push the others out of sight
            header.resizeSection(self._title, self._title_width)
