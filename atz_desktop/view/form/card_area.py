"""The cards of a form: the area that scrolls them, their columns, and what is in each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial

from PySide6.QtCore import QMargins, QPoint, QSize, Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QSizePolicy,
    QSpacerItem,
    QWidget,
)

from atz_desktop.view.form.arrangement import Place, column_shares, line_of, page_inset, place_of
from atz_desktop.view.form.field_row import FieldRow
from atz_desktop.view.theme import AROUND, HEAD_HEIGHT, NEAR, TIGHT
from atz_desktop.view.widgets.labels import ElidingLabel
from atz_desktop.view.widgets.layouts import Card, hbox, vbox
from atz_desktop.view.widgets.paint_later import paint_later

_GAP = 10
"""Between two cards."""


class CardArea(QScrollArea):
    """Puts each row into the card of its group, and each card where `arrangement` says.

    Part of its lower end may be covered by something else: that is not in sight.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cards: dict[str, FieldCard] = {}
        self._arranged: Mapping[str, Place] = {}
        self._covered = 0
        self._kept_in_sight: FieldRow | None = None
        self._columns = Columns()
        self.setWidget(self._columns)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # Its room is always kept, so that nothing is moved aside when there is something to scroll.
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.verticalScrollBar().rangeChanged.connect(self._keep_in_sight)
        self.verticalScrollBar().actionTriggered.connect(self._release)

    def set_covered(self, height: int) -> None:
        """So much of the lower end lies under something else: let it be scrolled into sight."""
        self._covered = height
        self._set_margins()

    def add_row(self, row: FieldRow) -> None:
        """Put a row into the card of its group."""
        group = row.field.group
        if group not in self._cards:
            self._cards[group] = FieldCard(group)
            self._arrange()
        self._cards[group].add_row(row)

    def _arrange(self) -> None:
        """Put the cards where they belong, if that is elsewhere than where they are."""
        places = self._places()
        if places != self._arranged:
            self._arranged = places
            self._columns.arrange(self._cards.values(), self.size())

    def _places(self) -> dict[str, Place]:
        size = self.size()
        return {group: place_of(group, size.width(), size.height()) for group in self._cards}

    def _arrange_later(self) -> None:
        """To lay everything out in its new place takes as long as the step of a resize."""
        if self._places() != self._arranged:
            paint_later(self)
            self._arrange()

    def _set_margins(self) -> None:
        inset, bar = page_inset(self.width()), self.verticalScrollBar().sizeHint().width()
        margins = QMargins(inset, 0, inset - bar, NEAR + self._covered)
        if self.layoutDirection() == Qt.LayoutDirection.RightToLeft:
            margins = QMargins(margins.right(), 0, margins.left(), margins.bottom())
        # What is covered is added to the page, so that nothing in it has less room than before.
        self._columns.set_size(self.width(), self.height() - NEAR, margins)

    def scroll_to(self, row: FieldRow) -> None:
        """Bring a row into sight, now and when what it says has room.

        With the keyboard it stays there while the fields of another activity find their heights,
        until the user scrolls.
        """
        self._kept_in_sight = row
        self._show_with_heading(row)
        # A note under the row may just have appeared: its room is given at the next turn.
        QTimer.singleShot(0, row, partial(self._show_with_heading, row))

    def _keep_in_sight(self) -> None:
        row, focused = self._kept_in_sight, QApplication.focusWidget()
        if row is not None and focused is not None and row.isAncestorOf(focused):
            QTimer.singleShot(0, row, partial(self._show_with_heading, row))

    def _release(self) -> None:
        self._kept_in_sight = None

    def _show_with_heading(self, row: FieldRow) -> None:
        """Bring a row into sight, and with the first of a card the heading, if both have room."""
        self.show_row(row)
        card = self._cards[row.field.group]
        top = card.mapTo(self.viewport(), QPoint(0, 0)).y()
        high = row.mapTo(card, QPoint(0, row.height())).y()
        is_first = row.y() <= card.rows[0].y()
        if is_first and top < 0 and high <= self.viewport().height() - self._covered:
            bar = self.verticalScrollBar()
            bar.setValue(bar.value() + top)

    def show_row(self, row: FieldRow) -> None:
        """Scroll no further than it takes to have all of a row in sight."""
        self.ensureWidgetVisible(row, 0, NEAR)
        bottom = row.mapTo(self.viewport(), QPoint(0, row.height() + NEAR)).y()
        hidden = bottom - (self.viewport().height() - self._covered)
        if hidden > 0:
            bar = self.verticalScrollBar()
            bar.setValue(bar.value() + hidden)

    # Qt overrides

    def resizeEvent(self, event: QResizeEvent) -> None:
        if not self.isVisible() or not event.oldSize().isValid():
            self._arrange()  # it is not in sight yet
        elif self._places() != self._arranged:
            QTimer.singleShot(0, self, self._arrange_later)
        self._set_margins()
        super().resizeEvent(event)


class Columns(QWidget):
    """The cards, each where `arrangement` says."""

    def __init__(self) -> None:
        super().__init__()
        self._places = {place: vbox(None, spacing=_GAP) for place in Place}
        first, second, below = (self._places[place] for place in Place)
        columns = hbox(None, (first, 1), second, spacing=AROUND)
        self._page = vbox(None, columns, below, spacing=_GAP)
        self._columns = columns
        self._second: list[FieldCard] = []
        self._least = QSpacerItem(0, 0)
        self._around = hbox(self, (self._page, 1), spacing=0)
        self._around.addItem(self._least)

    def arrange(self, cards: Iterable[FieldCard], size: QSize) -> None:
        """Put the cards where they belong in a form of that size."""
        for column in self._places.values():
            while column.takeAt(0) is not None:
                pass
        used: dict[Place, list[FieldCard]] = {place: [] for place in Place}
        for card in cards:
            place = place_of(card.group, size.width(), size.height())
            used[place].append(card)
            card.set_room(scarce=False)
            self._places[place].addWidget(card, int(card.grows))
            card.show()  # else Qt does so at each time anew, and lays the card out twice
        self._fill_columns(used)
        self._second = used[Place.SECOND]
        self._fit(size.width())
        self._page.setStretchFactor(self._columns, int(not used[Place.BELOW]))
        self._page.setStretchFactor(self._places[Place.BELOW], int(bool(used[Place.BELOW])))

    def _fit(self, width: int) -> None:
        first, second = column_shares(width)
        self._columns.setStretchFactor(self._places[Place.FIRST], first)
        self._columns.setStretchFactor(self._places[Place.SECOND], second * bool(self._second))
        for card in self._second:
            card.set_room(scarce=first != second)

    def _fill_columns(self, used: Mapping[Place, Sequence[FieldCard]]) -> None:
        """Let the last card of the second column end where the first does; that has more cards."""
        for place, cards in used.items():
            grows = any(card.grows for card in cards)
            for card in cards:
                last = place is Place.SECOND and card is cards[-1]
                card.set_filling(fills=card.grows or (last and not grows))
            if not grows and place is Place.FIRST:
                self._places[place].addStretch(1)

    def set_size(self, width: int, least: int, margins: QMargins) -> None:
        """Fit into a form so wide, with `margins` around a page that is at least so high."""
        self._fit(width)
        self._around.setContentsMargins(margins)
        self._least.changeSize(0, least)
        self._around.invalidate()


class FieldCard(Card):
    """A group of fields under a heading."""

    def __init__(self, group: str) -> None:
        super().__init__()
        self.group = group
        self.rows: list[FieldRow] = []
        self.grows = False
        """Whether more room than it needs is of use to it."""
        self._lines: dict[frozenset[str], QHBoxLayout] = {}
        heading = ElidingLabel("text", "heading")
        heading.set_text(group)
        self._head = hbox(None, (heading, 1), margins=(NEAR, 0, NEAR, 0))
        self._head.addStrut(HEAD_HEIGHT)
        self.setAccessibleName(group)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._column = vbox(None, spacing=0)
        around = (NEAR, TIGHT, NEAR, TIGHT)
        self._page = vbox(self, self._head, self._column, 0, margins=around, spacing=0)

    def add_row(self, row: FieldRow) -> None:
        self.rows.append(row)
        shares = line_of(row.field.name)
        if len(shares) == 1:
            self._column.addWidget(row, int(row.editor.grows))
        else:
            line = frozenset(shares)
            if line not in self._lines:
                self._lines[line] = hbox(None, spacing=0)
                self._column.addLayout(self._lines[line])
            self._lines[line].addWidget(row, shares[row.field.name], Qt.AlignmentFlag.AlignTop)
        if row.editor.aside is not None:
            self._head.addWidget(row.editor.aside, 2)
        if row.editor.grows:
            self.grows = True
            self._page.setStretchFactor(self._column, 1)
            self.set_filling(fills=True)

    def set_filling(self, *, fills: bool) -> None:
        """Take the room that its column has left, or only what its fields need."""
        high = QSizePolicy.Policy.MinimumExpanding if fills else QSizePolicy.Policy.Maximum
        self.setSizePolicy(QSizePolicy.Policy.Preferred, high)

    def set_room(self, *, scarce: bool) -> None:
        """Whether what grows is to scroll rather than push anything out of sight."""
        for row in self.rows:
            row.editor.set_room(scarce=scarce)
        if self.grows and scarce:
            self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        elif self.grows:
            self.set_filling(fills=True)
