"""Which rows of the work list are shown, and in which order: when the user says so alone."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QLineEdit, QMenu, QWidget

from atz_desktop.domain.work_list import RowState
from atz_desktop.view.widgets.clear_button import add_clear_button
from atz_desktop.view.widgets.layouts import hbox
from atz_desktop.view.worklist.menu_button import MenuButton
from atz_desktop.view.worklist.row_model import RowOrder, WorkListModel

_HEIGHT = 28


class RowFilter(QWidget):
    """A line for words, and a menu of states and orders; it arranges the rows of `model`."""

    arranged = Signal()
    """The rows may be others now, or stand elsewhere."""

    def __init__(self, model: WorkListModel) -> None:
        super().__init__()
        self._model = model
        self._states: frozenset[RowState] = frozenset()
        self._order = RowOrder.ADDED
        self.line = QLineEdit()
        self.line.setAccessibleName("Filter the work list")
        self.line.setPlaceholderText("Filter")
        self.line.setFixedHeight(_HEIGHT)
        add_clear_button(self.line)
        self.line.textChanged.connect(self._arrange)
        self._button = MenuButton("Show and sort", "filter", self._fill_menu)
        self._button.setFixedHeight(_HEIGHT)
        hbox(self, (self.line, 1), self._button)

    def reset(self) -> None:
        """Show all rows of another list."""
        self._states = frozenset()
        self.line.blockSignals(True)
        self.line.clear()
        self.line.blockSignals(False)
        self._arrange()

    def toggle(self, state: RowState) -> None:
        """Show the rows that are in this state now, alone; or all, if they are alone already."""
        wanted = frozenset({state})
        self._show_states(frozenset() if self._states == wanted else wanted)

    def _show_states(self, states: frozenset[RowState]) -> None:
        self._states = states
        self._arrange()

    def _sort(self, order: RowOrder) -> None:
        self._order = order
        self._arrange()

    def _arrange(self) -> None:
        self._model.arrange(self.line.text(), self._states, self._order)
        self._show_number()
        self.arranged.emit()

    def _show_number(self) -> None:
        """Say how many are shown, where some are not."""
        narrowed = bool(self._states or self.line.text().strip())
        self._button.setText(f"{self._model.rowCount():,} shown" if narrowed else "")
        styles = Qt.ToolButtonStyle
        self._button.setToolButtonStyle(
            styles.ToolButtonTextBesideIcon if narrowed else styles.ToolButtonIconOnly
        )

    def _fill_menu(self, menu: QMenu) -> None:
        counts = self._model.counts
        states = QActionGroup(menu)
        self._offer(states, f"All ({counts.total:,})", frozenset())
        for state in RowState:
            if number := counts.by_state.get(state, 0):
                self._offer(states, f"{state.value.capitalize()} ({number:,})", frozenset({state}))
        orders = QActionGroup(menu)
        for order in RowOrder:
            action = QAction(order.value, menu, checkable=True, checked=order is self._order)
            action.triggered.connect(partial(self._sort, order))
            orders.addAction(action)
        menu.addActions(states.actions())
        menu.addSeparator()
        menu.addActions(orders.actions())

    def _offer(self, group: QActionGroup, words: str, states: frozenset[RowState]) -> None:
        action = QAction(words, group.parent(), checkable=True, checked=states == self._states)
        action.triggered.connect(partial(self._show_states, states))
        group.addAction(action)
