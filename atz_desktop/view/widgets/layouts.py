"""What widgets stand in: rows, columns, wrapped lines, bars, cards, rooms of the height needed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLayout,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from atz_desktop.view.flat_paint import block
from atz_desktop.view.theme import CARD_RADIUS, NEAR, colours

Part = QWidget | QLayout
Item = Part | int | tuple[Part, int] | tuple[Part, int, Qt.AlignmentFlag]
"""A widget or layout, with its stretch and alignment where it has them; a number: empty stretch."""
Margins = tuple[int, int, int, int]


def hbox(
    parent: QWidget | None,
    *items: Item,
    margins: Margins = (0, 0, 0, 0),
    spacing: int = NEAR,
) -> QHBoxLayout:
    """`items` beside each other; -1 as `spacing`: what the style has."""
    box = QHBoxLayout()
    _fill(box, parent, items, margins, spacing)
    return box


def vbox(
    parent: QWidget | None,
    *items: Item,
    margins: Margins = (0, 0, 0, 0),
    spacing: int = NEAR,
) -> QVBoxLayout:
    """`items` below each other; see `hbox`."""
    box = QVBoxLayout()
    _fill(box, parent, items, margins, spacing)
    return box


def _fill(
    box: QBoxLayout, parent: QWidget | None, items: tuple[Item, ...], margins: Margins, spacing: int
) -> None:
    if parent is not None:
        parent.setLayout(box)
    box.setContentsMargins(*margins)
    box.setSpacing(spacing)
    for item in items:
        if isinstance(item, int):
            box.addStretch(item)
            continue
        part, stretch, *alignment = item if isinstance(item, tuple) else (item, 0)
        if isinstance(part, QLayout):
            box.addLayout(part, stretch)
        else:
            box.addWidget(part, stretch, *alignment)


def order_tab_stops(before: QWidget, inside: QWidget) -> None:
    """Let Tab go from `before` into `inside`, which was made later: what is in it comes last else.

    QWidget.setTabOrder alone moves a widget without what is in it.
    """
    for each in inside.findChildren(QWidget):
        by_tab = each.focusPolicy() & Qt.FocusPolicy.TabFocus and each.focusProxy() is None
        if by_tab and each.window() is before.window():  # not the list of a drop-down
            QWidget.setTabOrder(before, each)
            before = each


class Bar(QFrame):
    """A bar across the window; `edge` says where a line parts it from what is beside it."""

    edge: Literal["top", "bottom", ""] = ""
    ground = "card"

    # Qt overrides

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, tones = QPainter(self), colours()
        painter.fillRect(self.rect(), tones[self.ground])
        if self.edge:
            y = 0 if self.edge == "top" else self.height() - 1
            painter.fillRect(0, y, self.width(), 1, tones["card_border"])


class Card(QFrame):
    """A rounded frame around what belongs together."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._border = "card_border"

    def set_border(self, colour: str) -> None:
        self._border = colour
        self.update()

    # Qt overrides

    def paintEvent(self, event: QPaintEvent) -> None:
        tones = colours()
        block(QPainter(self), QRectF(self.rect()), tones["card"], tones[self._border], CARD_RADIUS)


class HeightForWidthBox(QWidget):
    """Is exactly as high as `inside` needs at its width, and asks no layout for height-for-width.

    With it anywhere in a scroll area, Qt's layouts squeeze every row below its own height.
    """

    def __init__(self, inside: QWidget) -> None:
        super().__init__()
        self._inside = inside
        inside.setParent(self)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(inside.sizeHint().height())

    def _fit(self) -> None:
        height = self._inside.heightForWidth(self.width())
        self._inside.setGeometry(0, 0, self.width(), height)
        if height != self.minimumHeight():
            self.setFixedHeight(height)

    # Qt overrides

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self._fit()
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fit()

    def showEvent(self, event: QShowEvent) -> None:
        self._fit()


class ScrollingForm(QScrollArea):
    """As high as `layout` wants to be at that width, where the screen has room for it."""

    def __init__(self, layout: QLayout, width: int) -> None:
        super().__init__()
        self._layout = layout
        self._width = width
        inside = QWidget()
        inside.setLayout(layout)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidgetResizable(True)
        self.setWidget(inside)

    # Qt overrides

    def sizeHint(self) -> QSize:
        exact = self._layout.hasHeightForWidth()
        height = self._layout.totalHeightForWidth(self._width) if exact else 0
        return QSize(self._width, height or self._layout.totalSizeHint().height())


class FlowPlace(NamedTuple):
    """Where a part stands: the left edge, the line (from 0) and the width."""

    left: int
    line: int
    width: int


class Flow(NamedTuple):
    """The places of all parts in lines `room` wide, and where the next one would begin."""

    places: list[FlowPlace]
    left: int
    line: int
    room: int

    def box(self, least: int) -> FlowPlace:
        """The place of a text box behind them: what the last line leaves, or a line of its own
        where that would be narrower than `least`."""
        if self.left and self.room - self.left < least:
            return FlowPlace(0, self.line + 1, self.room)
        return FlowPlace(self.left, self.line, max(0, self.room - self.left))


def flow(widths: Iterable[int], room: int, gap: int) -> Flow:
    """Set parts of these widths into lines `room` wide, `gap` apart.

    A part wider than a line gets a whole line.
    """
    places = []
    left = line = 0
    for wished in widths:
        width = min(wished, room)
        if left and left + width > room:
            left, line = 0, line + 1
        places.append(FlowPlace(left, line, width))
        left += width + gap
    return Flow(places, left, line, room)
