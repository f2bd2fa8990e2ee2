"""The command palette by itself: what fits the words, and what its keys do."""

from __future__ import annotations

import re
import sys
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QMainWindow
from pytestqt.qtbot import QtBot

from atz_desktop.domain.fields import ACTIVITY
from atz_desktop.view.dialogs.shortcuts_dialog import ShortcutsDialog, shortcuts
from atz_desktop.view.windows.command_palette import (
    CommandPalette,
    PaletteItem,
    load_item,
    matching,
)
from atz_desktop.view.windows.commands import COMMANDS

NAMES = ("Title", "Location", "Reload", "Look for updates…", "Do not send calendar invite")


class Palette:
    def __init__(self, qtbot: QtBot) -> None:
        self.gone: list[str] = []
        self.window = QMainWindow()
        self.window.resize(900, 600)
        qtbot.addWidget(self.window)
        self.window.show()
        items = [PaletteItem("Field", name, partial(self.gone.append, name)) for name in NAMES]
        load = partial(load_item, load=self.gone.append)
        self.palette = CommandPalette(items, self.window, load)
        self.palette.show()

    @property
    def names(self) -> list[str]:
        return [item.text for item in self.palette.shown]

    def press(self, key: Qt.Key) -> None:
        QTest.keyClick(self.palette.line, key)


@pytest.fixture
def bench(qtbot: QtBot) -> Palette:
    return Palette(qtbot)


def test_loc_is_location(bench: Palette) -> None:
    QTest.keyClicks(bench.palette.line, "loc")
    assert bench.names[0] == "Location"
    bench.press(Qt.Key.Key_Return)
    assert bench.gone == ["Location"]


def test_every_word_must_occur_and_the_nearest_comes_first(bench: Palette) -> None:
    items = bench.palette.shown
    assert [each.text for each in matching(items, "lo")] == [
        "Location",
        "Look for updates…",
        "Reload",
    ]
    assert [each.text for each in matching(items, "invite send")] == [NAMES[-1]]
    assert [each.text for each in matching(items, "TÍTLE")] == ["Title"]
    assert not matching(items, "title location")


def test_arrow_keys_choose_and_stay_within_the_list(bench: Palette) -> None:
    bench.press(Qt.Key.Key_Up)
    bench.press(Qt.Key.Key_Down)
    bench.press(Qt.Key.Key_Return)
    assert bench.gone == [NAMES[1]]


def test_it_is_as_high_as_what_it_shows_and_stays_where_it_begins(bench: Palette) -> None:
    palette, before = bench.palette, bench.palette.geometry()
    rows = palette.list.sizeHintForRow(0)
    QTest.keyClicks(palette.line, "loc")
    assert bench.names == ["Location"]
    assert palette.height() == before.height() - (len(NAMES) - 1) * rows
    assert palette.geometry().topLeft() == before.topLeft()
    assert palette.list.viewport().height() >= rows
    palette.line.clear()
    assert palette.height() == before.height()


def test_it_stays_where_it_is_although_the_system_told_another_place(bench: Palette) -> None:
    """As X11 may: the corner of the screen, until the window manager has said where it is."""
    place = bench.palette.pos()
    bench.palette.move(0, 0)
    QTest.keyClicks(bench.palette.line, "loc")
    assert bench.palette.pos() == place


def test_escape_goes_nowhere(bench: Palette) -> None:
    bench.press(Qt.Key.Key_Escape)
    assert bench.gone == []


def test_where_nothing_fits_it_says_so_and_enter_does_nothing(bench: Palette) -> None:
    QTest.keyClicks(bench.palette.line, "zzz")
    assert bench.names == []
    bench.press(Qt.Key.Key_Down)
    bench.press(Qt.Key.Key_Return)
    assert bench.gone == []
    assert bench.palette.isVisible()


def test_a_number_loads_the_activity(bench: Palette) -> None:
    QTest.keyClicks(bench.palette.line, "#44")
    assert bench.names == ["Load activity 44"]
    bench.press(Qt.Key.Key_Return)
    assert bench.gone == ["44"]


def test_what_is_found_for_older_words_is_not_shown(bench: Palette) -> None:
    QTest.keyClicks(bench.palette.line, "ti")
    late = PaletteItem("History", "Late", lambda: None)
    bench.palette.add_items("t", [late])
    assert late not in bench.palette.shown
    bench.palette.add_items("ti", [late])
    assert bench.names[0] == "Title", "what stood out stays where it is"
    assert bench.palette.shown[-1] is late


def test_a_click_goes_there_too(bench: Palette) -> None:
    view = bench.palette.list
    place = view.visualRect(view.model().index(2, 0)).center()
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert bench.gone == [NAMES[2]]


def test_the_list_of_shortcuts_has_every_command_with_keys_and_every_field(qtbot: QtBot) -> None:
    dialog = ShortcutsDialog()
    qtbot.addWidget(dialog)
    rows = shortcuts()
    assert dialog.table.model().rowCount() == len(rows)
    listed = {row[0] for row in rows}
    assert {c.text.rstrip("…") for c in COMMANDS if c.shortcuts} <= listed
    if any(keys.startswith("Alt+") for _what, keys, where in rows if where == "Field"):
        labels = {label for f in ACTIVITY.fields for label in f.parts or (f.label,)}
        assert labels <= listed
    assert all(keys for _what, keys, _where in rows)


def test_no_two_commands_share_a_shortcut() -> None:
    every = [keys for command in COMMANDS for keys in command.shortcuts]
    assert len(every) == len(set(every))


def test_the_readme_names_every_key_of_a_command() -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
    table = readme.partition("### Keys")[2].partition("\n#")[0]
    named = "\n".join(line.split("|")[1] for line in table.splitlines() if line.startswith("|"))
    same = {"Ctrl+Return": "Ctrl+Enter"}
    keys = [same.get(key, key) for command in COMMANDS for key in command.shortcuts]
    if sys.platform == "darwin":
        keys = [key.replace("Ctrl+Alt+", "Alt+") for key in keys]
    found = set(re.findall(r"[A-Z][A-Za-z0-9]*(?:\+(?:[A-Za-z0-9]+|[,/]))*", named))
    assert [key for key in keys if key not in found] == []


def test_what_is_typed_before_it_has_the_keyboard_counts(bench: Palette) -> None:
    bench.press(Qt.Key.Key_Escape)
    line = QLineEdit()
    bench.window.setCentralWidget(line)
    items = [PaletteItem("Field", name, partial(bench.gone.append, name)) for name in NAMES]
    palette = CommandPalette(items, bench.window)
    palette.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)  # as on a slow system
    line.setFocus()
    palette.show()
    QTest.keyClicks(line, "loc")
    assert (line.text(), palette.line.text()) == ("", "loc")
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert bench.gone == ["Location"]
    QTest.keyClicks(line, "then")
    assert line.text() == "then"


def test_it_closes_when_it_is_left(bench: Palette, qtbot: QtBot) -> None:
    bench.palette.activateWindow()
    other = QLineEdit()
    qtbot.addWidget(other)
    other.show()
    other.activateWindow()
    qtbot.waitUntil(lambda: bench.gone == [] and not bench.window.findChildren(CommandPalette))
