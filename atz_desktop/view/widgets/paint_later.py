"""Painting in a turn of the event loop of its own."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget


def paint_later(widget: QWidget) -> None:
    """Paint what changes in `widget` now in a turn of its own, a millisecond later.

    Showing and laying out many controls takes half a frame, and so does painting them.
    """
    widget.setUpdatesEnabled(False)
    QTimer.singleShot(1, widget, partial(widget.setUpdatesEnabled, True))
