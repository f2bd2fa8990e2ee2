"""The text box at the end of a chip field: a line edit that asks its field about some keys."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Protocol

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import (
    QFocusEvent,
    QGuiApplication,
    QInputMethodEvent,
    QKeyEvent,
    QKeySequence,
)
from PySide6.QtWidgets import QLineEdit, QWidget

from atz_desktop.view.widgets.window_commands import UndoByWindow, is_undo_key

# What was copied last, in words, and the keys of the same chips: pasted back, a parser is sure to
# understand these. (A QMimeData of our own would say both at once, but Python's must not be on the
# clipboard when the program ends: Qt deletes it when Python is gone.)
_copied: dict[str, str] = {}

_INPUT_EVENTS: Final = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.InputMethod,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseButtonRelease,
        QEvent.Type.Drop,
    }
)


def copy_chips(words: Iterable[str], keys: Iterable[str]) -> None:
    """Put chips on the clipboard, one on a line: in words, or as keys when pasted as chips."""
    text = "\n".join(words)
    _copied.clear()
    _copied[text] = "\n".join(keys)
    QGuiApplication.clipboard().setText(text)


class ChipLineOwner(Protocol):
    """What the box asks and tells, to whom it belongs."""

    def box_key(self, event: QKeyEvent) -> bool: ...
    def box_focus_moved(self, reason: Qt.FocusReason) -> None: ...
    def move_focus_out(self, *, forward: bool) -> bool: ...


class ChipLineEdit(UndoByWindow, QLineEdit):
    """Where names are typed. The field around it has the frame."""

    def __init__(self, parent: QWidget, owner: ChipLineOwner) -> None:
        super().__init__(parent)
        self._owner = owner
        self._handling = 0
        self.composing = False
        self.setFrame(False)
        self.setMaxLength(2**31 - 1)  # a pasted list may be long, and nothing is cut

    def is_set_programmatically(self) -> bool:
        """Whether the text changes just now without a key, a click or the focus in here."""
        return not self._handling and not self.hasFocus()

    def paste_chips(self) -> bool:
        """Put in the keys of chips copied from a chip field; whether there were any."""
        keys = _copied.get("\n".join(QGuiApplication.clipboard().text().splitlines()))
        if keys is None:
            return False
        self.insert(keys)
        return True

    # Qt overrides

    def event(self, event: QEvent) -> bool:
        if event.type() not in _INPUT_EVENTS:
            return super().event(event)
        self._handling += 1
        try:
            return super().event(event)
        finally:
            self._handling -= 1

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not is_undo_key(event):
            if self._owner.box_key(event):
                return
            if event.matches(QKeySequence.StandardKey.Paste) and self.paste_chips():
                return
        super().keyPressEvent(event)

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        super().inputMethodEvent(event)
        self.composing = bool(event.preeditString())

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._owner.box_focus_moved(event.reason())

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._owner.box_focus_moved(event.reason())

    def focusNextPrevChild(self, forward: bool) -> bool:
        return self._owner.move_focus_out(forward=forward)
