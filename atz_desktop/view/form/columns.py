"""The page of the form: groups of fields in cards, in one column or in two."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from PySide6.QtCore import QMargins, QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QSpacerItem, QWidget

from atz_desktop.view.form.arrangement import Place, column_shares, line_of, place_of
from atz_desktop.view.form.field_row import FieldRow
from atz_desktop.view.theme import AROUND, HEAD_HEIGHT, NEAR, TIGHT
from atz_desktop.view.widgets.eliding_label import ElidingLabel
from atz_desktop.view.widgets.layouts import hbox, vbox
from atz_desktop.view.widgets.panels import Card

_GAP = 10
"""Between two cards."""


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
