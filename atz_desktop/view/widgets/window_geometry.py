"""How large a window is and where it stands, all of it on its screen."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize
from PySide6.QtWidgets import QWidget

_FRAME = QSize(0, 40)
"""Pixels that the title bar of a window takes, about; a window as wide as the screen is meant."""
_BESIDE = QPoint(32, 32)
"""Pixels by which another window lies beside the one that it was opened from."""


def resize_to_screen(window: QWidget, wanted: QSize) -> None:
    """Take that size, as far as the screen has it beside the frame of the window."""
    window.resize(wanted.boundedTo(window.screen().availableGeometry().size() - _FRAME))


def place_beside(window: QWidget, other: QWidget) -> None:
    """Give a window the size of another and a place a little beside it, all of it on the screen."""
    room, corner = other.screen().availableGeometry(), other.pos() + _BESIDE
    frame = other.frameGeometry().size() - other.size()
    rest = QRect(corner, room.bottomRight()).size() - frame
    if not room.contains(corner) or window.minimumSize().boundedTo(rest) != window.minimumSize():
        corner, rest = room.topLeft(), room.size() - frame
    window.resize(other.size().boundedTo(rest))
    window.move(corner)
