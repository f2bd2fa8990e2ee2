"""What is said to the user in a level's colours and with its icon: in a box, or under a field.

A colour is never the only sign.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QWidget

from atz_desktop.view.flat_paint import fill
from atz_desktop.view.icons import paint_icon
from atz_desktop.view.theme import CARD_RADIUS, INSIDE, LEVELS, NEAR, TIGHT, colours, type_font
from atz_desktop.view.widgets.eliding_label import ElidingLabel
from atz_desktop.view.widgets.layouts import hbox, vbox

if TYPE_CHECKING:
    from atz_desktop.session.notices import Level

_BOX_ICON = 20
_HINT_ICON = 16
TOP = Qt.AlignmentFlag.AlignTop


class MessageBox(QFrame):
    """The ground and the icon of a level; what stands beside the icon is the subclass's."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.icon = _Icon(_BOX_ICON)
        self.level: Level | None = None

    def set_level(self, level: Level) -> None:
        self.level = level
        self.icon.set_icon(LEVELS[level.value].icon, LEVELS[level.value].colour)
        self.update()

    # Qt overrides

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.level is not None:
            ground = colours()[LEVELS[self.level.value].ground]
            fill(QPainter(self), QRectF(self.rect()), ground, CARD_RADIUS)


class Callout(MessageBox):
    """A sentence (plain text, whatever it holds); widgets may be added below it."""

    def __init__(self, level: Level, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._label = selectable_label(text)
        self._label.setMinimumHeight(_BOX_ICON)
        self._column = vbox(None, self._label)
        hbox(
            self,
            (self.icon, 0, TOP),
            (self._column, 1),
            margins=(INSIDE, NEAR + 2, INSIDE, NEAR + 2),
            spacing=NEAR + 2,
        )
        self.set_level(level)

    def set_message(self, level: Level, text: str) -> None:
        self._label.setText(text)
        self.set_level(level)

    def add(self, widget: QWidget) -> None:
        self._column.addWidget(widget, 0, Qt.AlignmentFlag.AlignLeft)

    @property
    def text(self) -> str:
        return self._label.text()


class Hint(QWidget):
    """A sentence at a field, on so many `lines`; hidden while it has nothing to say."""

    def __init__(self, parent: QWidget | None = None, *, lines: int = 3) -> None:
        super().__init__(parent)
        self._lines = lines
        self._parts: tuple[_Icon, ElidingLabel] | None = None
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.hide()

    def set_text(self, text: str, colour: str = "muted") -> None:
        """Show a sentence in problem, warning, verified or muted (no icon); "" hides it."""
        if text or self._parts:
            icon, label = self._parts = self._parts or self._create()
            label.set_text(text, colour)
            icon.set_icon("" if colour == "muted" else colour, colour)
        if self.isHidden() is bool(text):
            self.setVisible(bool(text))

    @property
    def text(self) -> str:
        return self._parts[1].text() if self._parts else ""

    @staticmethod
    def width_of(text: str) -> int:
        """The room that a sentence with its icon needs on one line."""
        return _HINT_ICON + TIGHT + QFontMetrics(type_font("caption")).horizontalAdvance(text) + 2

    def _create(self) -> tuple[_Icon, ElidingLabel]:
        """Most hints never say anything, so their parts are made when they first do."""
        icon, label = _Icon(_HINT_ICON), ElidingLabel("muted", "caption", lines=self._lines)
        hbox(self, (icon, 0, TOP), (label, 1), spacing=TIGHT)
        return icon, label


class _Icon(QWidget):
    def __init__(self, side: int) -> None:
        super().__init__()
        self._name, self._colour = "", ""
        self.setFixedSize(side, side)

    def set_icon(self, name: str, colour: str) -> None:
        self._name, self._colour = name, colour
        self.setVisible(bool(name))
        self.update()

    # Qt overrides

    def paintEvent(self, event: QPaintEvent) -> None:
        colour = colours()[self._colour].name()
        paint_icon(QPainter(self), self._name, QRectF(self.rect()), colour)


def selectable_label(text: str = "") -> QLabel:
    """Plain text that wraps and can be copied."""
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
