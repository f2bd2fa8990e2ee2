"""Grounds that other widgets stand on: bars across the window, and cards."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QWidget

from atz_desktop.view.flat_paint import block
from atz_desktop.view.theme import CARD_RADIUS, colours


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
