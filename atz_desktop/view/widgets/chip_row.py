"""The chips of one field as widgets in lines: made, kept, placed. What they mean stands elsewhere.

Chips are real widgets, so that screen readers and switch devices find each of them. A long list is
folded before it comes here (chip_fold.py): there are never more than a few dozen.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QWidget

from atz_desktop.view.widgets.chip import Chip, ChipButton, ChipOwner
from atz_desktop.view.widgets.chip_layout import ChipLayout, ChipPosition, flow
from atz_desktop.view.widgets.chip_paint import Mark, chip_height, chip_width

MARGIN: Final = 4
_GAP: Final = 4
_KEPT_FLOWS: Final = 4  # a layout asks for the height at two or three widths


class ChipRow:
    """The chips on `host`. Call `arrange` after each change of chips, width, font or box."""

    def __init__(self, host: QWidget, owner: ChipOwner) -> None:
        self._host = host
        self._owner = owner
        self._buttons: list[ChipButton] = []
        self._widths: dict[tuple[str, Mark], int] = {}
        self._flows: dict[int, ChipLayout] = {}
        self._arranged: tuple[ChipLayout, int, object] | None = None
        self._removable = True
        self._spoken: tuple[str, ...] = ()
        self.chips: tuple[Chip, ...] = ()
        self.selected: frozenset[int] = frozenset()
        self.lines = 1

    def show_chips(
        self, chips: tuple[Chip, ...], spoken_places: Sequence[str], *, removable: bool
    ) -> None:
        """Show these; a chip whose key stays keeps its widget, and with it the focus."""
        spoken = tuple(spoken_places)
        if (chips, spoken, removable) == (self.chips, self._spoken, self._removable):
            return
        known: defaultdict[str, list[ChipButton]] = defaultdict(list)
        for old, button in zip(self.chips, self._buttons, strict=True):
            known[old.key].append(button)
        if removable != self._removable:
            self._removable = removable
            self.forget_widths()
        self.chips, self._spoken = chips, spoken
        self._flows.clear()
        self.selected = frozenset()
        self._buttons = [known[c.key].pop(0) if known[c.key] else self._new() for c in chips]
        for button in (each for rest in known.values() for each in rest):
            button.hide()
            button.deleteLater()
        for place, button in enumerate(self._buttons):
            button.show_chip(chips[place], place, spoken[place], removable=removable)
            button.show_selected(False)
            if button.isHidden():
                button.show()

    def _new(self) -> ChipButton:
        return ChipButton(self._host, self._owner)

    def select(self, places: frozenset[int]) -> None:
        for place in self.selected ^ places:
            self._buttons[place].show_selected(place in places)
        self.selected = places

    def button(self, place: int) -> ChipButton:
        """The widget of that chip."""
        return self._buttons[place]

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
            for button, spot in zip(self._buttons, placed.chips, strict=True):
                button.setGeometry(self._rect(spot, width, high))
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
        look = chip.text, chip.mark
        width = self._widths.get(look)
        if width is None:
            removable = self._removable and chip.mark is not Mark.MORE
            width = self._widths[look] = chip_width(*look, metrics, removable=removable)
        return width

    def _height(self, lines: int) -> int:
        line = chip_height(self._host.fontMetrics())
        return 2 * MARGIN + lines * line + (lines - 1) * _GAP
