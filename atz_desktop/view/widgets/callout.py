"""A calm coloured box with a picture and a sentence: what to know before deciding."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QLabel, QWidget

from atz_desktop.view.icons import paint_icon
from atz_desktop.view.theme import CARD_RADIUS, INSIDE, NEAR, colours
from atz_desktop.view.widgets.layouts import hbox, vbox

CalloutLevel = Literal["info", "warning", "problem", "verified"]

_SIDE = 20
_GROUND: dict[CalloutLevel, str] = {
    "info": "changed_fill",
    "warning": "warning_fill",
    "problem": "problem_fill",
    "verified": "verified_fill",
}
_INK: dict[CalloutLevel, str] = {
    "info": "changed",
    "warning": "warning",
    "problem": "problem",
    "verified": "verified",
}


class Callout(QFrame):
    """Says `text` (plain, whatever it holds); widgets may be added below it."""

    def __init__(self, level: CalloutLevel, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._level: CalloutLevel = level
        self._words = QLabel(text)
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._words.setWordWrap(True)
        self._words.setMinimumHeight(_SIDE)
        self._words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._column = vbox(None, self._words)
        self._picture = _Icon(level)
        hbox(
            self,
            (self._picture, 0, Qt.AlignmentFlag.AlignTop),
            (self._column, 1),
            margins=(INSIDE, NEAR + 2, INSIDE, NEAR + 2),
            spacing=NEAR + 2,
        )

    def say(self, level: CalloutLevel, text: str) -> None:
        """Show another sentence."""
        self._level = level
        self._words.setText(text)
        self._picture.show_level(level)
        self.update()

    def add(self, widget: QWidget) -> None:
        """Put a widget below the sentence."""
        self._column.addWidget(widget, 0, Qt.AlignmentFlag.AlignLeft)

    @property
    def words(self) -> str:
        """The sentence that is shown."""
        return self._words.text()

    # Qt overrides

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colours()[_GROUND[self._level]])
        painter.drawRoundedRect(QRectF(self.rect()), CARD_RADIUS, CARD_RADIUS)


class _Icon(QWidget):
    def __init__(self, level: CalloutLevel) -> None:
        super().__init__()
        self._level: CalloutLevel = level
        self.setFixedSize(QSize(_SIDE, _SIDE))

    def show_level(self, level: CalloutLevel) -> None:
        self._level = level
        self.update()

    # Qt overrides

    def paintEvent(self, event: QPaintEvent) -> None:
        tone = colours()[_INK[self._level]].name()
        paint_icon(QPainter(self), self._level, QRectF(self.rect()), tone)
