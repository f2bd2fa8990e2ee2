"""Where the chips of a field stand: in lines with a box behind them, in a frame that grows along.

Chips are real widgets, so that screen readers and switch devices find each of them. A long list is
folded before it comes here (chip_fold.py): there are never more than a few dozen.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QScrollArea,
    QSizePolicy,
    QStyle,
    QStyleOptionFrame,
    QWidget,
)

from atz_desktop.view.widgets.chip import Chip, ChipButton, ChipOwner
from atz_desktop.view.widgets.chip_line import ChipLineEdit
from atz_desktop.view.widgets.chip_paint import Mark, chip_height, chip_width
from atz_desktop.view.widgets.layouts import Flow, FlowPlace, flow

_MARGIN: Final = 4
_GAP: Final = 4
_KEPT_FLOWS: Final = 4  # a layout asks for the height at two or three widths
_NARROWEST_BOX: Final = 32
_MOST_MEASURED: Final = 300  # letters; so many fill a line of any width, and a paste may be long


class ChipFrame(QWidget):
    """What is drawn of a chip field; `_row` and `_box` are made by the field."""

    _row: ChipRow
    _box: ChipLineEdit

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._measured = ("", 0)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def is_read_only(self) -> bool:
        return self._box.isReadOnly()

    def _has_keys(self) -> bool:
        focused = QApplication.focusWidget()
        return focused is not None and self.isAncestorOf(focused)

    def _scroll_to(self, widget: QWidget) -> None:
        above = self.parentWidget()
        while above is not None:
            if isinstance(above, QScrollArea):
                above.ensureWidgetVisible(widget, 0, 8)
                return
            above = above.parentWidget()

    def _box_width(self) -> int:
        """What the box would like: room for all that is written in it."""
        words = (self._box.text() or self._box.placeholderText())[:_MOST_MEASURED]
        if words != self._measured[0]:
            self._measured = words, self._box.fontMetrics().horizontalAdvance(words)
        return max(_NARROWEST_BOX, self._measured[1] + 16)

    def _arrange(self) -> None:
        lines = self._row.lines
        self._box.setGeometry(self._row.arrange(self.width(), self._box_width()))
        if lines != self._row.lines:
            self.updateGeometry()

    # Qt overrides

    def setAccessibleName(self, name: str) -> None:
        # Not virtual in Qt: whoever names the field names the box, which is what takes the text.
        self._box.setAccessibleName(name)

    def accessibleName(self) -> str:
        return self._box.accessibleName()

    def setAccessibleDescription(self, description: str) -> None:
        self._box.setAccessibleDescription(description)

    def accessibleDescription(self) -> str:
        return self._box.accessibleDescription()

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._row.height_for(width, self._box_width())

    def sizeHint(self) -> QSize:
        return QSize(320, self.heightForWidth(self.width()))

    def minimumSizeHint(self) -> QSize:
        return QSize(160, self.heightForWidth(self.width()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._arrange()
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()
        if self._box.hasFocus():
            self._scroll_to(self._box)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._row.forget_widths()
            self._measured = ("", 0)
        if event.type() in (
            QEvent.Type.FontChange,
            QEvent.Type.StyleChange,
            QEvent.Type.LayoutDirectionChange,
        ):
            self._arrange()
            self.updateGeometry()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._box.setFocus(Qt.FocusReason.MouseFocusReason)
        event.accept()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        option = QStyleOptionFrame()
        option.initFrom(self)
        option.lineWidth = self.style().pixelMetric(
            QStyle.PixelMetric.PM_DefaultFrameWidth, option, self
        )
        option.state |= QStyle.StateFlag.State_Sunken
        if self._has_keys():
            option.state |= QStyle.StateFlag.State_HasFocus
        if self.is_read_only():
            option.state |= QStyle.StateFlag.State_ReadOnly
        self.style().drawPrimitive(QStyle.PrimitiveElement.PE_PanelLineEdit, option, painter, self)


class ChipRow:
    """The chips on `host`. Call `arrange` after each change of chips, width, font or box."""

    def __init__(self, host: QWidget, owner: ChipOwner) -> None:
        self._host = host
        self._owner = owner
        self._buttons: list[ChipButton] = []
        self._widths: dict[tuple[str, Mark], int] = {}
        self._flows: dict[int, Flow] = {}
        self._arranged: tuple[Flow, int, object] | None = None
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
            for button, spot in zip(self._buttons, placed.places, strict=True):
                button.setGeometry(self._rect(spot, width, high))
        return self._rect(behind, width, high)

    def _rect(self, spot: FlowPlace, width: int, high: int) -> QRect:
        """Where a place of the flow lies on the host."""
        left = _MARGIN + spot.left
        if self._host.layoutDirection() == Qt.LayoutDirection.RightToLeft:
            left = width - left - spot.width
        return QRect(left, _MARGIN + spot.line * (high + _GAP), spot.width, high)

    def forget_widths(self) -> None:
        """The font is another one, or the × came or went."""
        self._widths.clear()
        self._flows.clear()

    def _flow(self, width: int) -> Flow:
        """The chips in a field so wide; kept until the chips or their widths change."""
        placed = self._flows.get(width)
        if placed is None:
            if len(self._flows) >= _KEPT_FLOWS:
                self._flows.clear()
            metrics = self._host.fontMetrics()
            widths = [self._width(chip, metrics) for chip in self.chips]
            placed = self._flows[width] = flow(widths, max(1, width - 2 * _MARGIN), _GAP)
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
        return 2 * _MARGIN + lines * line + (lines - 1) * _GAP
