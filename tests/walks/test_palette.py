"""The command palette in the whole program: fields, commands, drafts, activities and saves."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QTableView

from atz_desktop.view.dialogs.shortcuts_dialog import ShortcutsDialog
from atz_desktop.view.windows.command_palette import CommandPalette
from atz_desktop.view.windows.history_window import HistoryWindow
from tests.waiting import until
from tests.walks.conftest import Walk

CTRL = Qt.KeyboardModifier.ControlModifier


async def _open(walk: Walk) -> CommandPalette:
    walk.keys(key=Qt.Key.Key_K, ctrl=True)
    palette = walk.window.findChild(CommandPalette)
    assert isinstance(palette, CommandPalette)
    await until(palette.line.hasFocus, "the palette has the keys")
    return palette


def _texts(palette: CommandPalette, group: str) -> list[str]:
    return [item.text for item in palette.shown if item.group == group]


async def test_words_lead_to_a_field(walk: Walk) -> None:
    await walk.load(42)
    for words, label in (("loc", "Location"), ("descr", "Description"), ("cand", "Candidates")):
        palette = await _open(walk)
        QTest.keyClicks(palette.line, words)
        QTest.keyClick(palette.line, Qt.Key.Key_Return)
        kind = QPlainTextEdit if label == "Description" else QLineEdit
        await until(walk.find(kind, label).hasFocus, f"the keyboard is in {label}")


async def test_escape_leads_back_to_where_one_was_with_all_that_was_typed(walk: Walk) -> None:
    await walk.load(42)
    users = walk.find(QLineEdit, "Users")
    users.setFocus()
    walk.keys("half a na")
    palette = await _open(walk)
    QTest.keyClick(palette.line, Qt.Key.Key_Escape)
    await until(users.hasFocus, "the keyboard is where it was")
    assert users.text() == "half a na"


async def test_a_command_is_given_and_shows_its_shortcut(walk: Walk) -> None:
    await walk.load(42)
    walk.find(QLineEdit, "Title").setFocus()
    walk.keys("New")
    palette = await _open(walk)
    QTest.keyClicks(palette.line, "save")
    assert palette.shown[0].text == "Save"
    assert palette.shown[0].keys == "Ctrl+S"
    QTest.keyClick(palette.line, Qt.Key.Key_Return)
    await walk.saved()
    assert walk.notice == "Saved and checked"


async def test_buttons_that_tab_leaves_out_are_there_while_they_can_be_pressed(walk: Walk) -> None:
    await walk.load(42)
    walk.find(QLineEdit, "Location").setFocus()
    walk.keys("x")
    palette = await _open(walk)
    assert {"Put back Location", "Open Meeting link"} <= set(_texts(palette, "Button"))
    assert not [text for text in _texts(palette, "Button") if "Title" in text]
    QTest.keyClicks(palette.line, "put back loc")
    QTest.keyClick(palette.line, Qt.Key.Key_Return)
    await until(lambda: not walk.edit.dirty, "it is put back")


async def test_activities_drafts_and_saves_are_found_by_their_words(walk: Walk) -> None:
    await walk.load(42)
    session = walk.program.front.session
    session.model.set_value("location", "Room 1")
    session.save()
    await walk.saved()
    session.model.set_value("importance", None)
    await session.keep_draft()
    session.model.revert_all()
    session.loaded.emit(session.activity)  # the lists are read again
    await session.jobs.wait("recent")
    palette = await _open(walk)
    QTest.keyClicks(palette.line, "kept")
    assert [item.detail for item in palette.shown] == ["Activity 42 · Importance · just now"]
    palette.line.clear()
    QTest.keyClicks(palette.line, "amara")
    await until(lambda: _texts(palette, "History"), "the saves are found")
    assert _texts(palette, "History") == ["Second interview with Amara Nwosu"]
    for _ in palette.shown:
        QTest.keyClick(palette.line, Qt.Key.Key_Down)
    QTest.keyClick(palette.line, Qt.Key.Key_Return)
    await until(lambda: walk.shows(QTableView, "Saves"), "the history is shown")
    panel = walk.find(QTableView, "Saves").window()
    assert isinstance(panel, HistoryWindow)
    assert panel.activity.text() == "42"


async def test_ctrl_slash_lists_the_shortcuts(walk: Walk) -> None:
    walk.keys(key=Qt.Key.Key_Slash, ctrl=True)
    dialog = walk.window.findChild(ShortcutsDialog)
    assert isinstance(dialog, ShortcutsDialog)
    await until(lambda: QApplication.activeWindow() is dialog, "it is shown")
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    await until(lambda: not walk.window.findChildren(ShortcutsDialog), "it is gone")
