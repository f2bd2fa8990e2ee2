"""The chips of one field as widgets in lines: made, kept, placed. What they mean stands elsewhere.

Chips are real widgets, so that screen readers and switch devices find each of them. Those of a very
long list are made little by little; until then the row paints the missing ones itself.
"""

from __future__ import annotations

import time
from collections import defaultdict
from typing import Final

from PySide6.QtCore import QRect, Qt, QTimer
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QWidget

from atz_desktop.view.widgets.chip import (
    Chip,
    ChipButton,
    ChipOwner,
    ChipState,
    chip_height,
    chip_width,
    paint_chip,
)
from atz_desktop.view.widgets.chip_layout import ChipLayout, ChipPosition, flow

MARGIN: Final = 4
_GAP: Final = 4
_SHORT: Final = 12  # chips, as most lists have at most: made before anything else happens
_AT_ONCE: Final = 4  # of a longer list, the first ones
_STEP: Final = 0.004  # seconds that making more of them takes at a time: they are painted, too
_LEAST: Final = 8  # made at a time, however much else the computer does
_KEPT_FLOWS: Final = 4  # a layout asks for the height at two or three widths


class ChipRow:
    """The chips on `host`. Call `arrange` after each change of chips, width, font or box."""

    def __init__(self, host: QWidget, owner: ChipOwner) -> None:
        self._host = host
        self._owner = owner
        self._buttons: list[ChipButton | None] = []
        self._rects: list[QRect] = []
        self._widths: dict[str, int] = {}
        self._flows: dict[int, ChipLayout] = {}
        self._arranged: tuple[ChipLayout, int, object] | None = None
        self._missing: list[int] = []
        self._removable = True
        self.chips: tuple[Chip, ...] = ()
        self.selected: frozenset[int] = frozenset()
        self.lines = 1
        self._later = QTimer(host)
        self._later.setInterval(0)
        self._later.timeout.connect(self._create_some)

    def show_chips(self, chips: tuple[Chip, ...], *, removable: bool) -> None:
        """Show these; a chip whose key stays keeps its widget, and with it the focus."""
        if chips == self.chips and removable == self._removable:
            return
        known: defaultdict[str, list[ChipButton]] = defaultdict(list)
        for old, button in zip(self.chips, self._buttons, strict=True):
            if button is not None:
                known[old.key].append(button)
        if removable != self._removable:
            self._removable = removable
            self.forget_widths()
        self.chips = chips
        self._flows.clear()
        self.selected = frozenset()
        self._buttons = [known[c.key].pop(0) if known[c.key] else None for c in chips]
        for button in (each for rest in known.values() for each in rest):
            button.hide()
            button.deleteLater()
        at_once = _SHORT if len(chips) <= _SHORT else _AT_ONCE
        for place, kept in enumerate(self._buttons):
            if kept is not None or place < at_once:
                self.button(place)
        self._missing = [place for place, made in enumerate(self._buttons) if made is None]
        self._missing.reverse()
        if self._missing:
            self._later.start()

    def select(self, places: frozenset[int]) -> None:
        for place in self.selected ^ places:
            button = self._buttons[place]
            if button is not None:
                button.show_selected(place in places)
        self.selected = places
        self._repaint_missing()

    def button(self, place: int) -> ChipButton:
        """The widget of that chip, made now if it was not yet."""
        button = self._buttons[place]
        if button is None:
            button = self._buttons[place] = ChipButton(self._host, self._owner)
            if place < len(self._rects):
                button.setGeometry(self._rects[place])
        count = len(self.chips)
        button.show_chip(self.chips[place], place, count, removable=self._removable)
        button.show_selected(place in self.selected)
        if button.isHidden():
            button.show()
        return button

    def _create_some(self) -> None:
        until = time.perf_counter() + _STEP
        while self._missing and time.perf_counter() < until:
            for _each in range(min(_LEAST, len(self._missing))):
                self.button(self._missing.pop())
        if not self._missing:
            self._later.stop()

    # Places

    def height_for(self, width: int, box: int) -> int:
        """The height of all lines in a field so wide, with a box that wants `box`."""
        return self._height(self._flow(width).box(box).line + 1)

    def arrange(self, width: int, box: int) -> QRect:
        """Put every chip in its place; answers where the box goes."""
        placed = self._flow(width)
        behind = placed.box(box)
        self.lines = behind.line + 1
        high = chip_height(self._host.fontMetrics())
        as_now = (placed, high, self._host.layoutDirection())
        if self._arranged is None or self._arranged[0] is not placed or self._arranged != as_now:
            self._arranged = as_now
            self._rects = [self._rect(spot, width, high) for spot in placed.chips]
            for button, rect in zip(self._buttons, self._rects, strict=True):
                if button is not None:
                    button.setGeometry(rect)
            self._repaint_missing()
        return self._rect(behind, width, high)

    def _rect(self, spot: ChipPosition, width: int, high: int) -> QRect:
        """Where a place of the flow lies on the host."""
        left = MARGIN + spot.left
        if self._host.layoutDirection() == Qt.LayoutDirection.RightToLeft:
            left = width - left - spot.width
        return QRect(left, MARGIN + spot.line * (high + _GAP), spot.width, high)

    def forget_widths(self) -> None:
        """The font is another one, or the × came or went."""
        self._widths.clear()
        self._flows.clear()

    def _repaint_missing(self) -> None:
        if self._later.isActive():
            self._host.update()

    def paint_missing(self, painter: QPainter, seen: QRect) -> None:
        """Paint the chips in `seen` that have no widget yet."""
        if not self._missing:
            return
        painter.setLayoutDirection(self._host.layoutDirection())
        for place, (button, rect) in enumerate(zip(self._buttons, self._rects, strict=True)):
            if button is None and rect.intersects(seen):
                look = ChipState(
                    selected=place in self.selected,
                    removable=self._removable,
                    enabled=self._host.isEnabled(),
                )
                paint_chip(painter, rect, self.chips[place], look)

    def _flow(self, width: int) -> ChipLayout:
        """The chips in a field so wide; kept until the chips or their widths change."""
        placed = self._flows.get(width)
        if placed is None:
            if len(self._flows) >= _KEPT_FLOWS:
                self._flows.clear()
            metrics = self._host.fontMetrics()
            widths = [self._width(chip, metrics) for chip in self.chips]
            placed = self._flows[width] = flow(widths, max(1, width - 2 * MARGIN), _GAP)
        return placed

    def _width(self, chip: Chip, metrics: QFontMetrics) -> int:
        width = self._widths.get(chip.text)
        if width is None:
            width = self._widths[chip.text] = chip_width(chip, metrics, removable=self._removable)
        return width

    def _height(self, lines: int) -> int:
        line = chip_height(self._host.fontMetrics())
        return 2 * MARGIN + lines * line + (lines - 1) * _GAP
