"""Says that the shown account is the sandbox."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QSizePolicy

from atz_desktop.view.flat_paint import fill
from atz_desktop.view.theme import INSIDE, TIGHT, colours
from atz_desktop.view.widgets.eliding_label import ElidingLabel
from atz_desktop.view.widgets.layouts import hbox

_WORDS = "Sandbox: everything here is made up, and nothing reaches ATZ."
_FEW_WORDS = "All made up"


class SandboxBanner(QFrame):
    """Nobody shall take made-up people for real ones."""

    def __init__(self) -> None:
        super().__init__()
        self._label = ElidingLabel("on_sandbox")
        hbox(self, 1, self._label, margins=(INSIDE, TIGHT, INSIDE, TIGHT))
        self.setToolTip(_WORDS)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.hide()

    def _width_of(self, words: str) -> int:
        return self.fontMetrics().horizontalAdvance(words) + 2 * INSIDE + 2

    # Qt overrides

    def sizeHint(self) -> QSize:
        return QSize(self._width_of(_WORDS), super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(self._width_of(_FEW_WORDS), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        has_room = event.size().width() >= self._width_of(_WORDS)
        self._label.set_text(_WORDS if has_room else _FEW_WORDS)
        super().resizeEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        room = QRectF(self._label.geometry().adjusted(-INSIDE, -TIGHT, INSIDE, TIGHT))
        fill(QPainter(self), room, colours()["sandbox"], room.height() / 2)
