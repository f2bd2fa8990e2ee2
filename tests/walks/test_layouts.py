"""The main job with a Russian keyboard layout alone: commands go by the place of their keys."""

from __future__ import annotations

import json
import sys

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit

from tests.waiting import until
from tests.walks.conftest import Walk

_CODES = {"Ы": (39, 31, 1), "Я": (52, 44, 6), "Д": (46, 38, 37)}
"""The keys S, Z and L, as Linux, Windows and macOS count them."""


def _command(walk: Walk, letter: str) -> None:
    """Ctrl and a key, as the system hands it to the window."""
    linux, windows, mac = _CODES[letter]
    scan = {"win32": windows, "darwin": 1}.get(sys.platform, linux)
    held = Qt.KeyboardModifier.ControlModifier
    event = QKeyEvent(QEvent.Type.KeyPress, ord(letter), held, scan, mac, 0, letter)
    QApplication.sendEvent(walk.window.windowHandle(), event)


async def test_a_title_is_corrected_with_commands_of_a_russian_keyboard(walk: Walk) -> None:
    await until(lambda: QApplication.focusWindow() is not None, "the window has the keys")
    _command(walk, "Д")
    walk.keys("42", Qt.Key.Key_Return)
    await until(lambda: walk.program.front.session.activity is not None, "it is loaded")
    await until(lambda: walk.program.front.session.state.loading_id is None, "it is shown")
    title = walk.find(QLineEdit, "Title")
    title.setFocus()
    walk.keys(key=Qt.Key.Key_End)
    walk.keys("x")
    _command(walk, "Я")
    assert (title.text().endswith("x"), walk.program.front.session.state.dirty) == (False, False)
    walk.keys("y")
    _command(walk, "Ы")
    await walk.saved()
    sent = [json.loads(each.body) for each in walk.sandbox.requests if each.method == "PUT"]
    assert sent == [{"title": "Second interview with Amara Nwosuy"}]
