"""The area in which the cards of a form are arranged and scrolled."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import QMargins, QPoint, Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from atz_desktop.view.form.arrangement import Place, page_inset, place_of
from atz_desktop.view.form.columns import Columns, FieldCard
from atz_desktop.view.form.field_row import FieldRow
from atz_desktop.view.theme import NEAR
from atz_desktop.view.widgets.paint_later import paint_later


class CardArea(QScrollArea):
    """Puts each row into the card of its group, and each card where `arrangement` says.

    Part of its lower end may be covered by something else: that is not in sight.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cards: dict[str, FieldCard] = {}
        self._arranged: Mapping[str, Place] = {}
        self._covered = 0
        self._columns = Columns()
        self.setWidget(self._columns)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # Its room is always kept, so that nothing is moved aside when there is something to scroll.
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

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
        """Bring a row into sight, now and when what it says has room."""
        self._show_with_heading(row)
        # A note under the row may just have appeared: its room is given at the next turn.
        QTimer.singleShot(0, row, partial(self._show_with_heading, row))

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
