"""The head of the work list: its title and menus, and what narrows and sorts its rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from enum import Enum
from functools import partial
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QLineEdit, QMenu, QToolButton, QWidget

from atz_desktop.domain.characters import single_line
from atz_desktop.domain.work_list import RowState, WorkList
from atz_desktop.view.icons import icon
from atz_desktop.view.theme import NEAR, type_font
from atz_desktop.view.widgets.buttons import add_clear_button
from atz_desktop.view.widgets.labels import ElidingLabel
from atz_desktop.view.widgets.layouts import hbox, vbox
from atz_desktop.view.worklist.row_model import RowOrder, WorkListModel

_WIDEST: Final = 230
"""Pixels of the name of the list, with the sign of its menu."""


class AddFrom(Enum):
    """Where activities for the list come from; the value is for people."""

    CLIPBOARD = "Paste IDs or a table"
    FILE = "From a file…"
    SHOWN = "This activity"
    RECORD = "All activities of this record"


class ListCommand(Enum):
    """What can be done with a whole list; the value is for people."""

    NEW = "New list"
    RENAME = "Rename…"
    PUT_AWAY = "Put this list away"
    DELETE = "Delete this list…"


class PaneHead(QWidget):
    """Title, and the menus of the list."""

    add_requested = Signal(object)
    """An AddFrom."""
    list_chosen = Signal(object)
    """The ID of a list."""
    list_command = Signal(object)
    """A ListCommand."""

    def __init__(self, close: QAction) -> None:
        super().__init__()
        self._lists: tuple[WorkList, ...] = ()
        self._list_id: int | None = None
        self._title = ElidingLabel(role="heading")
        self._add = MenuButton("Add to work list", "add", self._fill_add_menu)
        self._close = QToolButton()
        self._close.setIcon(icon("close", "muted"))
        self._close.setAutoRaise(True)
        self._close.setAccessibleName("Close the work list")
        self._close.setToolTip("Close the work list (Ctrl+Shift+L)")
        self._close.clicked.connect(close.trigger)
        self._lists_button = MenuButton("Lists", "", self._fill_list_menu)
        self._lists_button.setFont(type_font("caption"))
        self._line = hbox(None, self._title)
        side = Qt.AlignmentFlag.AlignLeading
        self._names = vbox(None, self._line, (self._lists_button, 0, side), spacing=0)
        self._row = hbox(self, (self._names, 1), self._add, self._close, spacing=0)
        self.set_narrow(narrow=False)
        self.show_lists((), None)

    def set_narrow(self, *, narrow: bool) -> None:
        """Take one line."""
        sides = QBoxLayout.Direction
        self._names.setDirection(sides.LeftToRight if narrow else sides.TopToBottom)
        self._line.setContentsMargins(NEAR, 0 if narrow else NEAR - 2, 0, 0)
        place = Qt.AlignmentFlag.AlignVCenter if narrow else Qt.AlignmentFlag.AlignTop
        for button in (self._add, self._close):
            self._row.setAlignment(button, place)

    def show_lists(self, lists: Iterable[WorkList], current: int | None) -> None:
        """Offer these; `current` is the one that is shown."""
        self._lists, self._list_id = tuple(lists), current
        self._show_name()

    def show_progress(self, number: int | None, total: int) -> None:
        """Say that the `number`-th of so many is in the form; None: none of them is."""
        said = f" · {number:,} of {total:,}" if number else f" · {total:,}" if total else ""
        self._title.set_text(f"Work list{said}")

    @property
    def title(self) -> str:
        return self._title.text()

    def _show_name(self) -> None:
        names = (each.name for each in self._lists if each.id == self._list_id)
        name = single_line(next(names, "No list yet"))
        button, metrics = self._lists_button, self._lists_button.fontMetrics()
        around = button.sizeHint().width() - metrics.horizontalAdvance(button.text())
        beside = self._add.sizeHint().width() + self._close.sizeHint().width()
        room = max(0, min(self.width() - beside, _WIDEST) - around)
        shown = metrics.elidedText(name, Qt.TextElideMode.ElideRight, room)
        self._lists_button.setText(shown.replace("&", "&&"))
        self._lists_button.setAccessibleDescription(name)

    def _fill_add_menu(self, menu: QMenu) -> None:
        for source in AddFrom:
            action = menu.addAction(source.value)
            action.triggered.connect(partial(self.add_requested.emit, source))

    def _fill_list_menu(self, menu: QMenu) -> None:
        self._offer(menu, [each for each in self._lists if not each.closed])
        menu.addSeparator()
        if away := [each for each in self._lists if each.closed]:
            self._offer(menu.addMenu("Put away"), away)
        for command in ListCommand:
            action = menu.addAction(command.value)
            action.setEnabled(command is ListCommand.NEW or self._list_id is not None)
            action.triggered.connect(partial(self.list_command.emit, command))

    def _offer(self, menu: QMenu, lists: Sequence[WorkList]) -> None:
        for each in reversed(lists):
            words = f"{single_line(each.name)} ({each.size:,})"
            action = menu.addAction(words.replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(each.id == self._list_id)
            action.triggered.connect(partial(self.list_chosen.emit, each.id))

    # Qt overrides

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_name()


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


class MenuButton(QToolButton):
    """`fill` puts what applies now into the menu."""

    def __init__(self, name: str, picture: str, fill: Callable[[QMenu], None]) -> None:
        super().__init__()
        self._fill = fill
        self._menu = QMenu(self)
        self._menu.aboutToShow.connect(self._refill)
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.setAutoRaise(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMenu(self._menu)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        if picture:
            self.setIcon(icon(picture))

    def _refill(self) -> None:
        self._menu.clear()
        self._fill(self._menu)
