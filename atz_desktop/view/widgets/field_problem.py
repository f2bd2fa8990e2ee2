"""What is wrong with the text of a field, over what stands below it: nothing moves for it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRectF
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from atz_desktop.session.notices import Level
from atz_desktop.view.flat_paint import block
from atz_desktop.view.theme import AROUND, CARD_RADIUS, TIGHT, colours
from atz_desktop.view.widgets.message import Callout

_WIDEST = 520
_BESIDE = 64
"""What a sentence on one line needs beside its letters."""


class FieldProblem(Callout):
    """A sentence below `field`, in the window that this stands in by now."""

    def __init__(self, field: QWidget) -> None:
        super().__init__(Level.PROBLEM, "", field.window())
        self._field = field
        field.window().installEventFilter(self)
        self.hide()

    def show_text(self, text: str) -> None:
        """Say what is wrong; "" when nothing is."""
        self.set_message(Level.PROBLEM, text)
        self.setVisible(bool(text))
        if text:
            self._place()
            self.raise_()

    def _place(self) -> None:
        window = self._field.window()
        below = self._field.mapTo(window, QPoint(0, self._field.height() + TIGHT))
        wanted = self.fontMetrics().horizontalAdvance(self.text) + _BESIDE
        width = min(wanted, _WIDEST, window.width() - 2 * AROUND)
        left = max(AROUND, min(below.x(), window.width() - AROUND - width))
        self.setGeometry(left, below.y(), width, self.heightForWidth(width))

    # Qt overrides

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        tones = colours()
        ground, edge = tones["problem_fill"], tones["problem"]
        block(QPainter(self), QRectF(self.rect()), ground, edge, CARD_RADIUS)
