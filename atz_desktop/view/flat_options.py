"""What a control is drawn with in the flat style, where that is not what Qt says."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QAbstractScrollArea,
    QPlainTextEdit,
    QStyleOptionButton,
    QStyleOptionHeader,
    QStyleOptionMenuItem,
    QStyleOptionToolButton,
    QToolButton,
    QWidget,
)

from atz_desktop.view.flat_paint import is_filled
from atz_desktop.view.theme import colours


def full_height(option: QStyleOptionHeader, margin: int) -> QStyleOptionHeader:
    """The heading of a column with a margin at its sides alone."""
    full = QStyleOptionHeader(option)
    full.rect = option.rect.adjusted(0, -margin, 0, margin)
    return full


def readable_label(option: QStyleOptionButton) -> QStyleOptionButton:
    """The words of a default button, in the colour that reads on its fill."""
    if not is_filled(option):
        return option
    readable = QStyleOptionButton(option)
    palette = QPalette(option.palette)
    palette.setColor(QPalette.ColorRole.ButtonText, colours()["on_accent"])
    readable.palette = palette
    return readable


def quiet_item(option: QStyleOptionMenuItem) -> QStyleOptionMenuItem:
    """An entry of a menu or a drop-down, chosen in the colour of every other list."""
    quiet = QStyleOptionMenuItem(option)
    palette = QPalette(option.palette)
    tones = colours()
    palette.setColor(QPalette.ColorRole.Highlight, tones["hover"])
    palette.setColor(QPalette.ColorRole.HighlightedText, tones["text"])
    quiet.palette = palette
    return quiet


def is_square(widget: QWidget | None) -> bool:
    """Asked by name: to name the class of a table would make it before the first paint."""
    if isinstance(widget, QPlainTextEdit):
        return True
    return isinstance(widget, QAbstractScrollArea) and (
        widget.inherits("QTableView") or widget.inherits("QListWidget")
    )


def opens_menu(widget: QWidget | None) -> bool:
    instant = QToolButton.ToolButtonPopupMode.InstantPopup
    return isinstance(widget, QToolButton) and widget.popupMode() == instant


def without_arrow(option: QStyleOptionToolButton) -> QStyleOptionToolButton:
    """Fusion's own arrow stands under the words, half as large as any other."""
    plain = QStyleOptionToolButton(option)
    plain.features &= ~QStyleOptionToolButton.ToolButtonFeature.HasMenu
    return plain


def room_behind_words(option: QStyleOptionToolButton) -> int:
    """Room that Qt leaves behind words beside a picture: these would not stand in the middle."""
    beside = option.toolButtonStyle == Qt.ToolButtonStyle.ToolButtonTextBesideIcon
    return option.fontMetrics.horizontalAdvance("  ") + 2 if beside else 0
