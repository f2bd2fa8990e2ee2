"""Says that the shown account is the sandbox."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QSizePolicy

from atz_desktop.view.flat_paint import fill
from atz_desktop.view.theme import INSIDE, TIGHT, colours
from atz_desktop.view.widgets.eliding_label import ElidingLabel
from atz_desktop.view.widgets.layouts import hbox


class SandboxBanner(QFrame):
    """Nobody shall take made-up people for real ones."""

    def __init__(self) -> None:
        super().__init__()
        label = ElidingLabel("on_sandbox")
        label.set_text("Sandbox: everything here is made up, and nothing reaches ATZ.")
        hbox(self, label, margins=(INSIDE, TIGHT, INSIDE, TIGHT))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.hide()

    # Qt overrides

    def paintEvent(self, event: QPaintEvent) -> None:
        room = QRectF(self.rect())
        fill(QPainter(self), room, colours()["sandbox"], room.height() / 2)
