"""Shortcuts with a keyboard layout that has no Latin letters: the place of the key counts.

Qt finds the Latin letter in the other layouts of the keyboard. With a Russian or Greek one alone
there is none, and Ctrl+S would do nothing, nor would Ctrl+C in a line of text.
"""

from __future__ import annotations

import sys
from typing import Final
from unicodedata import name

from PySide6.QtCore import QEvent, QKeyCombination, QObject, Qt
from PySide6.QtGui import QAction, QGuiApplication, QKeyEvent, QKeySequence, QWindow
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QMainWindow, QWidget

_ROWS: Final = ((16, "QWERTYUIOP"), (30, "ASDFGHJKL"), (44, "ZXCVBNM,./"))
"""First scan code of each row: set 1 of the PC (Windows), which Linux's input codes follow."""
_X11_OFFSET: Final = 8
"""Keycodes of X11, and with them those of Qt on Wayland, are Linux's input codes and 8."""
_MAC: Final = {
    **dict(enumerate("ASDFHGZXCV")),
    **dict(zip((11, 12, 13, 14, 15, 16, 17, 31, 32, 34, 35), "BQWERYTOUIP", strict=True)),
    **dict(zip((37, 38, 40, 43, 44, 45, 46, 47), "LJK,/NM.", strict=True)),
}
"""Virtual key codes of macOS (kVK_ANSI_…), which name places."""


def latin_key(event: QKeyEvent, system: str = sys.platform) -> Qt.Key | None:
    """The key at the same place of a US keyboard; None where the layout has Latin letters."""
    if not 0xFF < event.key() < 0x1000000 or name(chr(event.key()), "LATIN").startswith("LATIN"):
        return None
    if system == "darwin":
        letter = _MAC.get(event.nativeVirtualKey())
    else:
        code = event.nativeScanCode() - (0 if system == "win32" else _X11_OFFSET)
        places = (row[code - first :][:1] for first, row in _ROWS if code >= first)
        letter = next(filter(None, reversed([*places])), None)
    return Qt.Key(ord(letter)) if letter else None


class LatinShortcuts(QObject):
    """Watches the window that has the keys, and presses the Latin key where it is meant."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._window: QWindow | None = None
        app = QGuiApplication.instance()
        assert isinstance(app, QGuiApplication)
        app.focusWindowChanged.connect(self._follow)
        self._follow(app.focusWindow())

    def _follow(self, window: QWindow | None) -> None:
        if self._window is not None:
            self._window.removeEventFilter(self)
        self._window = window
        if window is not None:
            window.installEventFilter(self)
            window.destroyed.connect(self._forget)

    def _forget(self, gone: QObject) -> None:
        if gone is self._window:
            self._window = None

    # Qt overrides

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)  # with Control: AltGr
        key = latin_key(event) if control is not alt else None
        target = QApplication.focusWidget() or QApplication.activeWindow()
        if key is None or target is None:
            return False
        if alt:
            meant = QKeySequence(event.modifiers() | key)
            window = target.window()
            return _trigger(window, key, event) or _press_mnemonic(window, meant)
        _press(target, key, event)
        return True


def _press(target: QWidget, key: Qt.Key, event: QKeyEvent) -> None:
    """As Qt presses a key: the widget may claim it, then shortcuts, then the widget as usual."""
    override = _copy(QEvent.Type.ShortcutOverride, key, event)
    override.ignore()
    QApplication.sendEvent(target, override)
    if override.isAccepted() or not _trigger(target.window(), key, event):
        QApplication.sendEvent(target, _copy(QEvent.Type.KeyPress, key, event))


def _trigger(window: QWidget, key: Qt.Key, event: QKeyEvent) -> bool:
    meant = QKeySequence(QKeyCombination(event.modifiers(), key))
    for action in window.findChildren(QAction):
        if action.isEnabled() and meant in action.shortcuts():
            action.trigger()
            return True
    return False


def _press_mnemonic(window: QWidget, meant: QKeySequence) -> bool:
    """Go to the field, press the button or open the menu with this letter; whether there is one.

    Of several fields it is the one after that with the keyboard, as Qt goes round them.
    """
    labels = [label for label in window.findChildren(QLabel) if label.isVisible()]
    fields = [f for e in labels if QKeySequence.mnemonic(e.text()) == meant and (f := e.buddy())]
    if fields:
        inside = [place for place, field in enumerate(fields) if field.hasFocus()]
        next_one = fields[(inside[0] + 1) % len(fields) if inside else 0]
        next_one.setFocus(Qt.FocusReason.ShortcutFocusReason)
        return True
    for button in window.findChildren(QAbstractButton):
        if button.shortcut() == meant and button.isVisible() and button.isEnabled():
            button.setFocus(Qt.FocusReason.ShortcutFocusReason)
            button.click()
            return True
    bar = window.menuBar() if isinstance(window, QMainWindow) else None
    for action in bar.actions() if bar else ():
        if bar and action.isVisible() and QKeySequence.mnemonic(action.text()) == meant:
            bar.setActiveAction(action)
            return True
    return False


def _copy(kind: QEvent.Type, key: Qt.Key, event: QKeyEvent) -> QKeyEvent:
    return QKeyEvent(kind, key, event.modifiers(), event.text(), event.isAutoRepeat())
