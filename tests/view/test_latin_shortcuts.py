"""Keys of a layout without Latin letters, as each system reports them."""

from __future__ import annotations

import sys

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QLabel,
    QLineEdit,
    QMainWindow,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from atz_desktop.view.windows.latin_shortcuts import LatinShortcuts, latin_key

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
# letter of the layout, its place on a US keyboard, Linux keycode, Windows scan code, macOS code
KEYS = [
    ("Ы", "S", 39, 31, 1),
    ("Я", "Z", 52, 44, 6),
    ("Д", "L", 46, 38, 37),
    ("А", "F", 41, 33, 3),
    ("К", "R", 27, 19, 15),
    ("Б", ",", 59, 51, 43),
    ("Σ", "S", 39, 31, 1),
    ("ד", "S", 39, 31, 1),
    ("П", "G", 42, 34, 5),
    ("Щ", "O", 32, 24, 31),
]


def pressed(
    letter: str, scan: int, virtual: int = 0, held: Qt.KeyboardModifier = CTRL
) -> QKeyEvent:
    return QKeyEvent(QEvent.Type.KeyPress, ord(letter), held, scan, virtual, 0, letter)


@pytest.mark.parametrize(("letter", "key", "linux", "windows", "mac"), KEYS)
def test_the_place_of_a_key_says_which_latin_one_is_meant(
    letter: str, key: str, linux: int, windows: int, mac: int
) -> None:
    meant = Qt.Key(ord(key))
    assert latin_key(pressed(letter, linux), "linux") == meant
    assert latin_key(pressed(letter, windows), "win32") == meant
    assert latin_key(pressed(letter, 1, mac), "darwin") == meant


@pytest.mark.parametrize("letter", ["S", "s", "Ö", "Ě", "Ł", "1", ","])
def test_a_layout_with_latin_letters_is_left_alone(letter: str) -> None:
    for system in ("linux", "win32", "darwin"):
        assert latin_key(pressed(letter, 39, 1), system) is None


@pytest.mark.parametrize("scan", [0, 1, 8, 23, 37, 49, 50, 200])
def test_a_key_at_a_place_without_a_letter_means_none(scan: int) -> None:
    assert latin_key(pressed("Ё", scan), "linux") is None


class Window:
    """A window with a line of text and commands; what was triggered."""

    def __init__(self, qtbot: QtBot) -> None:
        self.window = QMainWindow()
        self.line = QLineEdit("text")
        self.window.setCentralWidget(self.line)
        self.heard: list[str] = []
        self.actions = {keys: self._action(keys) for keys in ("Ctrl+S", "Ctrl+Shift+S", "Ctrl+,")}
        qtbot.addWidget(self.window)
        self.keys = LatinShortcuts(self.window)
        with qtbot.waitActive(self.window):
            self.window.show()
            self.window.activateWindow()
        self.line.setFocus()

    def _action(self, keys: str) -> QAction:
        action = QAction(keys, self.window)
        action.setShortcut(QKeySequence(keys))
        action.triggered.connect(lambda: self.heard.append(keys))
        self.window.addAction(action)
        return action

    def press(self, letter: str, place: str, held: Qt.KeyboardModifier = CTRL) -> None:
        """What the system hands to the window for a key of a Russian layout."""
        linux, windows, mac = next(codes for _, key, *codes in KEYS if key == place)
        scan = {"win32": windows, "darwin": 1}.get(sys.platform, linux)
        handle = self.window.windowHandle()
        QApplication.sendEvent(handle, pressed(letter, scan, mac, held))


def test_a_command_runs_by_the_place_of_its_key(qtbot: QtBot) -> None:
    window = Window(qtbot)
    window.press("Ы", "S")
    window.press("Ы", "S", CTRL | SHIFT)
    window.press("Б", ",")
    assert window.heard == ["Ctrl+S", "Ctrl+Shift+S", "Ctrl+,"]
    assert window.line.text() == "text"


def test_a_letter_with_alt_goes_by_the_place_of_its_key_too(qtbot: QtBot) -> None:
    """To a field by its label, to the next one with that letter, and to what a button does."""
    if QKeySequence.mnemonic("&S").isEmpty():
        pytest.skip("this system has no mnemonics")
    window = Window(qtbot)
    page = QWidget()
    column = QVBoxLayout(page)
    lines = [QLineEdit(), QLineEdit()]
    box = QCheckBox("&Zeta")
    for name, widget in zip(("&Start", "&Stop"), lines, strict=True):
        label = QLabel(name)
        label.setBuddy(widget)
        column.addWidget(label)
        column.addWidget(widget)
    column.addWidget(box)
    window.window.setCentralWidget(page)
    QApplication.processEvents()
    lines[1].setFocus()
    focused = []
    for _ in range(3):
        window.press("Ы", "S", Qt.KeyboardModifier.AltModifier)
        focused.append([line.hasFocus() for line in lines].index(True))
    assert focused == [0, 1, 0]
    window.press("Я", "Z", Qt.KeyboardModifier.AltModifier)
    assert box.isChecked()
    menu = window.window.menuBar().addMenu("&Format")
    menu.addAction("Bold")
    QApplication.processEvents()
    window.press("А", "F", Qt.KeyboardModifier.AltModifier)
    assert menu.isVisible()
    QTest.keyClick(menu, Qt.Key.Key_Escape)


def test_a_command_that_is_off_stays_off(qtbot: QtBot) -> None:
    window = Window(qtbot)
    window.actions["Ctrl+S"].setEnabled(False)
    window.press("Ы", "S")
    assert window.heard == []


def test_a_line_of_text_keeps_its_own_keys(qtbot: QtBot) -> None:
    window = Window(qtbot)
    window.line.selectAll()
    window.line.del_()
    window.press("Я", "Z")
    assert window.line.text() == "text", "undone"


def test_letters_without_ctrl_and_of_altgr_are_typed_as_they_are(qtbot: QtBot) -> None:
    window = Window(qtbot)
    window.press("Ы", "S", Qt.KeyboardModifier.NoModifier)
    window.press("Ы", "S", CTRL | Qt.KeyboardModifier.AltModifier)
    assert (window.line.text(), window.heard) == ("textЫЫ", [])


def test_the_window_that_has_the_keys_is_followed(qtbot: QtBot) -> None:
    first = Window(qtbot)
    other = QMainWindow(first.window)
    line = QLineEdit("other")
    other.setCentralWidget(line)
    qtbot.addWidget(other)
    other.show()
    other.activateWindow()
    line.setFocus()
    qtbot.waitUntil(line.hasFocus)
    line.selectAll()
    line.del_()
    scan = {"win32": 44, "darwin": 1}.get(sys.platform, 52)
    QApplication.sendEvent(other.windowHandle(), pressed("Я", scan, 6))
    assert (line.text(), first.heard) == ("other", [])
