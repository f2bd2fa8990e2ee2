"""Which keys an editor leaves to its window.

Needed before the first paint: imports nothing that would delay it.
"""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QWidget


def is_window_command(widget: QWidget, event: QKeyEvent) -> bool:
    """Whether the key is a command of the window that can be given now.

    Qt's editors take some of them for themselves: Ctrl+K (on Linux) and Ctrl+Backspace delete.
    """
    if not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
        return False
    keys = QKeySequence(event.keyCombination())
    actions = widget.window().findChildren(QAction)
    return any(action.isEnabled() and keys in action.shortcuts() for action in actions)
