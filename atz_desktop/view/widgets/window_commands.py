"""What an editor leaves to its window: commands, undo, and files that are dropped.

Needed before the first paint: imports nothing that would delay it.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QMimeData, Qt
from PySide6.QtGui import QAction, QContextMenuEvent, QDragEnterEvent, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

if TYPE_CHECKING:
    _Editor = QWidget
else:
    _Editor = object

LOOKING_ELSEWHERE: Final = frozenset(
    {Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason}
)
"""Why the keyboard comes and goes while a field is not left: the user looks at another window, at a
menu or a list, and goes on where they were.
"""
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


def dragged_files(dragged: QMimeData) -> list[Path]:
    """The files of this computer in what is dragged, each once: a browser adds its address."""
    files = [Path(url.toLocalFile()) for url in dragged.urls() if url.toLocalFile()]
    return list(dict.fromkeys(files))


class NoFileDrops(_Editor):
    """Mixed into a text editor of Qt: a file dropped on it is the window's to take.

    By itself the editor would take the file's address for text.
    """

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if dragged_files(event.mimeData()):
            event.ignore()
        else:
            super().dragEnterEvent(event)


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
