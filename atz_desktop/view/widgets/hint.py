"""One calm line under a field: a small picture and a sentence."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from atz_desktop.view.icons import paint_icon
from atz_desktop.view.theme import TIGHT, colours
from atz_desktop.view.widgets.eliding_label import ElidingLabel
from atz_desktop.view.widgets.layouts import hbox

_SIDE = 16
_PICTURES = {"problem": "problem", "warning": "warning", "verified": "verified"}
"""Ink → picture; the quiet inks have none. A colour is never the only sign."""


class Hint(QWidget):
    """Says something about the field above it, or nothing (then it is hidden)."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._parts: tuple[_Icon, ElidingLabel] | None = None
        policy = self.sizePolicy()
        policy.setVerticalPolicy(QSizePolicy.Policy.Fixed)
        self.setSizePolicy(policy)
        self.hide()

    def say(self, words: str, ink: str = "muted") -> None:
        """Show a sentence in one of the inks problem, warning, verified or muted; "" hides it."""
        if words or self._parts:
            picture, label = self._parts = self._parts or self._furnish()
            label.say(words, ink)
            picture.show_picture(_PICTURES.get(ink, ""), ink)
        self.setVisible(bool(words))

    @property
    def words(self) -> str:
        """The sentence that is shown."""
        return self._parts[1].text() if self._parts else ""

    def _furnish(self) -> tuple[_Icon, ElidingLabel]:
        """Most lines never say anything; so they are made when they first do."""
        picture, label = _Icon(), ElidingLabel("muted", "caption", lines=3)
        hbox(self, (picture, 0, Qt.AlignmentFlag.AlignTop), (label, 1), spacing=TIGHT)
        return picture, label


class _Icon(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self._name = ""
        self._ink = ""
        self.setFixedSize(self.sizeHint())

    def show_picture(self, name: str, ink: str) -> None:
        self._name, self._ink = name, ink
        self.setVisible(bool(name))
        self.update()

    # Qt overrides

    def sizeHint(self) -> QSize:
        return QSize(_SIDE, _SIDE)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._name:
            room = QRectF(0, 0, _SIDE, _SIDE)
            paint_icon(QPainter(self), self._name, room, colours()[self._ink].name())
