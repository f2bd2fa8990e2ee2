"""A chip input between two other fields in a shown window."""

from __future__ import annotations

import re
from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QLineEdit,
    QListView,
    QPushButton,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from atz_desktop.view.widgets.chip import Chip, ChipButton
from atz_desktop.view.widgets.chip_input import ChipInput, ChipParseResult

ANA = Chip("candidate_ab12", "Ana García", "ana@example.com")
BOB = Chip("candidate_b0b0", "Bob Stone")
EVE = Chip("candidate_e0e0", "Eve")
KNOWN = {chip.key: chip for chip in (ANA, BOB, EVE)}
Key = Qt.Key
SHIFT = Qt.KeyboardModifier.ShiftModifier
CTRL = Qt.KeyboardModifier.ControlModifier


def parse_slugs(text: str) -> ChipParseResult:
    """Understands slugs of candidates; every other word stays in the box."""
    chips, rest = [], []
    for word in re.split(r"[,;\s]+", text.strip(" ,;\n")):
        if word.startswith("candidate_"):
            chips.append(KNOWN.get(word, Chip(word, word, unverified=True)))
        elif word:
            rest.append(word)
    return ChipParseResult(tuple(chips), " ".join(rest), "That is no slug." if rest else None)


class Form:
    """A chip input between two other fields in a shown window, and what it told."""

    def __init__(self, qtbot: QtBot, parse: Callable[[str], ChipParseResult] = parse_slugs) -> None:
        self.window = QWidget()
        self.chips = ChipInput(parse)
        self.chips.setAccessibleName("Candidates")
        self.before, self.after = QLineEdit(), QPushButton("Next")
        layout = QVBoxLayout(self.window)
        for widget in (self.before, self.chips, self.after):
            layout.addWidget(widget)
        layout.addStretch()
        qtbot.addWidget(self.window)
        self.window.resize(420, 500)
        self.window.show()
        self.window.activateWindow()
        self.heard: list[tuple[Chip, ...]] = []
        self.chips.edited.connect(self.heard.append)
        self.chips.setFocus()
        qtbot.waitUntil(self.box.hasFocus)

    @property
    def box(self) -> QLineEdit:
        box = self.chips.findChild(QLineEdit)
        assert isinstance(box, QLineEdit)
        return box

    @property
    def keys(self) -> list[str]:
        return [chip.key for chip in self.chips.chips()]

    @property
    def selected(self) -> list[str]:
        return [each.chip.key for each in self.buttons if each.selected]

    @property
    def buttons(self) -> list[ChipButton]:
        found = self.chips.findChildren(ChipButton)
        return sorted((each for each in found if not each.isHidden()), key=lambda b: b.place)

    @property
    def list(self) -> QListView | None:
        found = [each for each in self.window.findChildren(QListView) if each.isVisible()]
        return found[0] if found else None

    def type(self, text: str) -> None:
        QTest.keyClicks(focused(), text)

    def press(
        self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
    ) -> None:
        QTest.keyClick(focused(), key, modifiers)


def focused() -> QWidget:
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget
