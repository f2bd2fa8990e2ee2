"""Small buttons: one that reads like a link, and one in a line edit that empties it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QPaintEvent, QPalette
from PySide6.QtWidgets import (
    QLineEdit,
    QStyle,
    QStyleOptionToolButton,
    QStylePainter,
    QToolButton,
    QWidget,
)

from atz_desktop.view.icons import icon
from atz_desktop.view.theme import colours, type_font


class LinkButton(QToolButton):
    """Words, and a picture before them if it has one, in the colour of links; Tab goes to it."""

    def __init__(self, text: str, picture: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setText(text)
        if picture:
            self.setIcon(icon(picture, "accent"))
            self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setFont(type_font("caption"))
        self.setAutoRaise(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    # Qt overrides

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # A link is followed with Enter; a button of Qt listens to Space alone.
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        option = QStyleOptionToolButton()
        self.initStyleOption(option)
        palette = QPalette(option.palette)
        if self.isEnabled():
            palette.setColor(QPalette.ColorRole.ButtonText, colours()["accent"])
        option.palette = palette
        QStylePainter(self).drawComplexControl(QStyle.ComplexControl.CC_ToolButton, option)


def add_clear_button(line: QLineEdit) -> None:
    """Give `line` Qt's own clear button, with a name: Qt gives assistive tools none."""
    line.setClearButtonEnabled(True)
    for button in line.findChildren(QToolButton):
        button.setAccessibleName(f"Clear {line.accessibleName()}".strip())
