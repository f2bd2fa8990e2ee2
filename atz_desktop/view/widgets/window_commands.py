"""Which keys an editor leaves to its window.

Needed before the first paint: imports nothing that would delay it.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QAction, QContextMenuEvent, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from atz_desktop.view.widgets.file_drops import NoFileDrops

_UNDO_KEYS: Final = (Qt.Key.Key_Z, Qt.Key.Key_Y)


def is_window_command(widget: QWidget, event: QKeyEvent) -> bool:
    """Whether the key is a command of the window that can be given now.

    Qt's editors take some of them for themselves: Ctrl+K (on Linux) and Ctrl+Backspace delete.
    """
    if not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
        return False
    keys = QKeySequence(event.keyCombination())
    actions = widget.window().findChildren(QAction)
    return any(action.isEnabled() and keys in action.shortcuts() for action in actions)


def is_undo_key(event: QKeyEvent) -> bool:
    """Whether the key asks for undo or redo, on this system or by habit from another."""
    return (
        event.matches(QKeySequence.StandardKey.Undo)
        or event.matches(QKeySequence.StandardKey.Redo)
        or (
            event.key() in _UNDO_KEYS
            and bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        )
    )


class UndoByWindow(NoFileDrops):
    """Mixed into a text editor of Qt: undo belongs to the window, not to the editor."""

    def event(self, event: QEvent) -> bool:
        override = event.type() == QEvent.Type.ShortcutOverride
        key = event if override and isinstance(event, QKeyEvent) else None
        if key is not None and (is_undo_key(key) or is_window_command(self, key)):
            event.ignore()
            return False
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        held = event.isAutoRepeat() and event.key() == Qt.Key.Key_Backspace
        if held and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            return  # it may have put the field back, and must not delete what came
        if is_undo_key(event):
            event.ignore()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu: QMenu = self.createStandardContextMenu()  # type: ignore[attr-defined]  # both have it
        for action in menu.actions():
            if action.objectName() in ("edit-undo", "edit-redo"):
                menu.removeAction(action)
        if menu.actions() and menu.actions()[0].isSeparator():
            menu.removeAction(menu.actions()[0])
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(event.globalPos())
