"""Every field, command and area by keyboard; and how many keys the common corrections take."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QFileDialog,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QToolButton,
    QWidget,
)

from atz_desktop.domain.activity import Activity
from atz_desktop.domain.edit import Edit
from atz_desktop.domain.fields import ACTIVITY
from atz_desktop.session.notices import Level, Notice, NoticeAction
from atz_desktop.view.mnemonics import MNEMONICS, mnemonic
from tests.waiting import until
from tests.walks.conftest import Walk
from tests.walks.test_steady_form import open_beside

ALT = Qt.KeyboardModifier.AltModifier
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
LABELS = [label for field in ACTIVITY.fields for label in field.parts or (field.label,)]

needs_alt = pytest.mark.skipif(mnemonic("Title").isEmpty(), reason="this system has no mnemonics")


def _press(key: Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    focused = QApplication.focusWidget()
    assert focused is not None
    QTest.keyClick(focused, key, held)


def _alt(letter: str) -> None:
    _press(Qt.Key(ord(letter)), ALT)


def _focused() -> str:
    focused = QApplication.focusWidget()
    return (focused.accessibleName() or str(focused.property("text"))) if focused else ""


# Every field by its letter


def test_every_label_has_a_letter_of_its_own_and_none_is_a_menu() -> None:
    assert set(MNEMONICS) == set(LABELS)
    names = {label: f.name for f in ACTIVITY.fields for label in f.parts or (f.label,)}
    fields = {
        letter: {names[la] for la in LABELS if MNEMONICS[la] == letter}
        for letter in MNEMONICS.values()
    }
    assert all(len(of) == 1 for of in fields.values()), "two parts of one field may share"
    assert all(letter in label.upper() for label, letter in MNEMONICS.items())


@needs_alt
async def test_alt_and_its_letter_goes_to_each_field(walk: Walk) -> None:
    await walk.load(42)
    menus = {QKeySequence.mnemonic(a.text()) for a in walk.window.menuBar().actions()}
    menus.add(QKeySequence.mnemonic("Activity &ID"))
    assert not menus & {mnemonic(label) for label in LABELS}
    reached = []
    for label in LABELS:
        _alt(MNEMONICS[label])
        reached.append(_focused())
    assert reached == LABELS


@needs_alt
async def test_a_letter_selects_what_stands_in_a_line_and_ticks_a_box(walk: Walk) -> None:
    await walk.load(42)
    _alt("L")
    location = walk.find(QLineEdit, "Location")
    assert location.hasFocus()
    assert location.selectedText() == location.text() != ""
    _alt("K")
    assert walk.edit.value("done") is True, "at once: Ctrl+S may be the next key"


# Tab


def _tab_stops(walk: Walk) -> list[str]:
    """The names of what Tab goes to, once round the window."""
    walk.find(QLineEdit, "Title").setFocus()
    first = QApplication.focusWidget()
    names: list[str] = []
    while not names or QApplication.focusWidget() is not first:
        names.append(_focused())
        _press(Qt.Key.Key_Tab)
        assert len(names) < 60, names
    return names


async def test_tab_takes_the_same_steps_for_every_activity(walk: Walk) -> None:
    """With links, files or lists that can't be read, or without; changed, and with messages."""
    await walk.load(42)
    usual = _tab_stops(walk)
    form, account = walk.program.front.session.model, walk.sandbox.account
    for number in sorted(account.ids())[:: 1 if os.environ.get("CI") else 10]:
        form.load(Edit(Activity.from_response(account.get(number), "UTC")))
        assert _tab_stops(walk) == usual, f"activity {number}"
    walk.window.messages.show_notice(
        Notice(Level.WARNING, "Look", "Something", NoticeAction.HISTORY)
    )
    form.set_value("title", "New")
    form.set_value("link", "zoom.us/j/1")
    bar = ["1 problem to solve", "Put everything back"]
    place = usual.index("Activity ID")
    assert _tab_stops(walk) == [*usual[:place], *bar, *usual[place:]]


@pytest.mark.parametrize("beside", ["the work list", "the practice"])
async def test_tab_takes_the_same_steps_also_beside_the_form(walk: Walk, beside: str) -> None:
    await open_beside(walk, beside)
    await walk.load(42)
    usual = _tab_stops(walk)
    form, account = walk.program.front.session.model, walk.sandbox.account
    for number in sorted(account.ids())[:: 1 if os.environ.get("CI") else 25]:
        form.load(Edit(Activity.from_response(account.get(number), "UTC")))
        assert _tab_stops(walk) == usual, f"activity {number}"


# The areas of the window, and what Tab leaves out


async def test_f6_goes_round_the_areas_and_comes_back_to_the_same_field(walk: Walk) -> None:
    await walk.load(42)
    walk.window.messages.show_notice(Notice(Level.INFO, "Look", "Something", NoticeAction.HISTORY))
    walk.find(QLineEdit, "Location").setFocus()
    walk.keys("x")
    round_ = []
    for _ in range(4):
        _press(Qt.Key.Key_F6)
        round_.append(_focused())
    assert round_ == ["Show history", "Save", "Activity ID", "Location"]
    _press(Qt.Key.Key_F6, SHIFT)
    assert _focused() == "Activity ID"


async def test_escape_closes_the_message_with_the_keyboard_and_goes_back_to_the_field(
    walk: Walk,
) -> None:
    await walk.load(42)
    walk.find(QLineEdit, "Location").setFocus()
    walk.window.messages.show_notice(Notice(Level.INFO, "Look", "Something"))
    _press(Qt.Key.Key_F6)
    assert _focused() == "Close this message"
    _press(Qt.Key.Key_Escape)
    assert _focused() == "Location"
    assert walk.notice == ""


async def test_what_had_the_keys_and_goes_away_gives_them_back_to_the_field(walk: Walk) -> None:
    walk.window.menus.practice_requested.emit()
    await until(lambda: walk.shows(QToolButton, "Close the practice"), "the strip is shown")
    await walk.load(42)
    walk.find(QLineEdit, "Location").setFocus()
    walk.find(QToolButton, "Close the practice").setFocus()
    walk.click("Close the practice")
    assert _focused() == "Location"
    walk.window.messages.show_notice(Notice(Level.INFO, "Look", "Something"))
    walk.click("Close this message")
    assert _focused() == "Location"
    walk.keys("x")
    walk.click("Save")
    await walk.saved()
    assert _focused() == "Location", "there is nothing more to save"
    walk.click("Undo", QToolButton)
    await until(lambda: not walk.find(QToolButton, "Undo").isEnabled(), "all is undone")
    assert _focused() == "Location"


async def test_names_that_are_fetched_leave_the_keys_in_the_field(walk: Walk) -> None:
    walk.sandbox.pace.limit = None
    await walk.load(42)
    walk.find(QLineEdit, "Location").setFocus()
    walk.window.name_sync_requested.emit()
    await until(lambda: walk.shows(QPushButton, "Pause fetching names"), "it begins")
    walk.click("Pause fetching names")
    walk.click("Go on fetching names")
    assert _focused() == "Pause fetching names"
    await until(lambda: walk.shows(QPushButton, "Close this line"), "it has ended")
    assert _focused() == "Location"
    walk.click("Close this line")
    assert _focused() == "Location"


async def test_ctrl_backspace_puts_the_field_back_in_one_step_of_undo(walk: Walk) -> None:
    await walk.load(42)
    fields: list[tuple[type[QWidget], str, str]] = [
        (QLineEdit, "Title", "high"),
        (QPlainTextEdit, "Description", "high"),
        (QComboBox, "Importance", "high"),
        (QCheckBox, "Mark as done", " "),
    ]
    for kind, name, keys in fields:
        walk.find(kind, name).setFocus()
        walk.keys(keys)
        typed = walk.edit
        assert typed.dirty, name
        _press(Qt.Key.Key_Backspace, CTRL)
        assert not walk.edit.dirty, name
        walk.keys(key=Qt.Key.Key_Z, ctrl=True)
        assert walk.edit == typed, name
        _press(Qt.Key.Key_Backspace, CTRL)


async def test_ctrl_backspace_deletes_a_word_where_nothing_is_to_be_put_back(walk: Walk) -> None:
    await walk.load(42)
    title = walk.find(QLineEdit, "Title")
    title.setFocus()
    walk.keys(key=Qt.Key.Key_End)
    _press(Qt.Key.Key_Backspace, CTRL)
    assert title.text() == "Second interview with Amara "


async def test_ctrl_backspace_leaves_half_typed_text_to_be_typed_on(walk: Walk) -> None:
    """It is no step of undo: put back, it would be gone."""
    await walk.load(42)
    users = walk.find(QLineEdit, "Users")
    users.setFocus()
    walk.keys("Ana Bel")
    _press(Qt.Key.Key_Backspace, CTRL)
    assert users.text() == "Ana "


@pytest.mark.qt_log_ignore("This plugin does not support QPlatformServices", extend=True)
async def test_ctrl_shift_o_opens_the_link(walk: Walk) -> None:
    if QGuiApplication.platformName() != "offscreen":
        pytest.skip("a real system would open its browser")
    await walk.load(42)
    _press(Qt.Key.Key_O, CTRL | SHIFT)
    assert walk.notice == "No browser came up"


# What the common corrections take


async def _sent(walk: Walk) -> list[dict[str, object]]:
    """What was saved so far."""
    await walk.saved()
    assert walk.notice == "Saved and checked"
    return [json.loads(each.body) for each in walk.sandbox.requests if each.method == "PUT"]


@needs_alt
async def test_the_common_corrections_take_two_to_four_keys_beside_the_value(walk: Walk) -> None:
    await walk.load(42)
    users, candidates = (
        [person.key for person in walk.edit.value(name)] for name in ("users", "candidates")
    )
    day = walk.edit.value("when").end.date().isoformat()
    corrections: list[tuple[str, str, list[Qt.Key], dict[str, object]]] = [
        ("N", "18:45", [], {"end_datetime": f"{day}T18:45:00Z"}),
        ("P", "crit", [], {"importance": "critical"}),
        ("U", "7", [Qt.Key.Key_Return], {"users_as_attendees": ",".join([*users, "7"])}),
        (
            *("C", "", [Qt.Key.Key_Backspace] * 2),
            {"candidates_as_attendees": ",".join(candidates[:-1])},
        ),
        ("G", "https://meet.example/new", [], {"meeting_link": "https://meet.example/new"}),
        ("K", "", [], {"mark_as_done": True}),
    ]
    for number, (letter, value, keys, body) in enumerate(corrections, start=1):
        _alt(letter)
        walk.keys(value)
        for key in keys:
            _press(key)
        _press(Qt.Key.Key_S, CTRL)
        sent = await _sent(walk)
        assert sent[-1] == body
        assert len(sent) == number


async def test_a_file_is_chosen_and_sent_by_keys(walk: Walk, tmp_path: Path) -> None:
    file = tmp_path / "notes.pdf"
    file.write_bytes(b"x")
    await walk.load(42)
    _press(Qt.Key.Key_O, CTRL)
    dialog = walk.window.findChild(QFileDialog)
    assert isinstance(dialog, QFileDialog)
    name = dialog.findChild(QLineEdit)
    assert isinstance(name, QLineEdit)
    QGuiApplication.clipboard().setText(str(file))
    QTest.keySequence(name, QKeySequence(QKeySequence.StandardKey.Paste))
    QTest.keyClick(name, Qt.Key.Key_Return)
    await until(lambda: "attachment" in walk.edit.pending, "the file was taken")
    walk.window.activateWindow()  # as every system but Qt's offscreen one does by itself
    await until(lambda: QApplication.focusWidget() is not None, "the window has the keys again")
    _press(Qt.Key.Key_S, CTRL)
    await walk.saved()
    assert walk.notice == "Saved and checked"


async def test_the_next_activity_takes_no_key_but_its_id_and_the_value(walk: Walk) -> None:
    """Twenty activities of one column: the keyboard is there already."""
    for number in (42, 7):
        await walk.load(number)
        if number == 42:
            walk.find(QLineEdit, "Location").setFocus(Qt.FocusReason.TabFocusReason)
        walk.keys("Room 77")
        walk.keys(key=Qt.Key.Key_S, ctrl=True)
        await walk.saved()
    assert await _sent(walk) == [{"location": "Room 77"}] * 2
