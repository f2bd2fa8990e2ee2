"""What is wrong with the text of a field, over what stands below it: nothing moves for it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRectF
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from atz_desktop.session.notices import Level
from atz_desktop.view.flat_paint import block
from atz_desktop.view.theme import AROUND, CARD_RADIUS, LEVELS, TIGHT, colours
from atz_desktop.view.widgets.labels import Callout

_WIDEST = 520
_BESIDE = 64
"""What a sentence on one line needs beside its letters."""


class FieldProblem(Callout):
    """A sentence below `field`, or above it where that is out of sight, over the widget `over`."""

    def __init__(self, field: QWidget, over: QWidget | None = None) -> None:
        """`over` is an ancestor of `field`; None: its window."""
        super().__init__(Level.PROBLEM, "", over or field.window())
        self._field = field
        self._over = over or field.window()
        widget: QWidget | None = field
        while widget is not None:
            widget.installEventFilter(self)
            widget = None if widget is self._over else widget.parentWidget()
        self.hide()

    def show_text(self, text: str, level: Level = Level.PROBLEM) -> None:
        """Say what is wrong; "" when nothing is."""
        self.set_message(level, text)
        self.setVisible(bool(text))
        if text:
            self._place()
            self.raise_()

    def _place(self) -> None:
        over = self._over
        start = self._field.mapTo(over, QPoint(0, 0))
        wanted = self.fontMetrics().horizontalAdvance(self.text) + _BESIDE
        width = min(wanted, _WIDEST, over.width() - 2 * AROUND)
        height = self.heightForWidth(width)
        left = max(AROUND, min(start.x(), over.width() - AROUND - width))
        below, above = start.y() + self._field.height() + TIGHT, start.y() - height - TIGHT
        seen = over.visibleRegion().boundingRect()
        fits = below + height <= seen.bottom() or above < seen.top()
        self.setGeometry(left, below if fits else above, width, height)

    # Qt overrides

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Move, QEvent.Type.Resize) and self.isVisible():
            self._place()
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        tones, look = colours(), LEVELS[(self.level or Level.PROBLEM).value]
        rect = QRectF(self.rect())
        block(QPainter(self), rect, tones[look.ground], tones[look.colour], CARD_RADIUS)
