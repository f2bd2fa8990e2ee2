"""Says that this is the sandbox, so that nobody takes made-up people for real ones."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QLabel

from atz_desktop.view.theme import AROUND, colours
from atz_desktop.view.widgets.layouts import hbox


class SandboxBanner(QFrame):
    """A slim bar across the top of the window; hidden on a real account."""

    def __init__(self) -> None:
        super().__init__()
        self._words = QLabel("Sandbox: everything here is made up, and nothing reaches ATZ.")
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        hbox(self, self._words, margins=(AROUND, 5, AROUND, 5))
        self.hide()

    # Qt overrides

    def paintEvent(self, event: QPaintEvent) -> None:
        tones = colours()
        QPainter(self).fillRect(self.rect(), tones["sandbox"])
        palette = self._words.palette()
        if palette.color(self._words.foregroundRole()) != tones["on_sandbox"]:
            palette.setColor(self._words.foregroundRole(), tones["on_sandbox"])
            self._words.setPalette(palette)
