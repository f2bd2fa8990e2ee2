"""Where the keyboard is after a load, and what the field "Activity ID" says then."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QLineEdit, QPlainTextEdit, QPushButton

from atz_desktop.sandbox.faults import Fault
from tests.waiting import until
from tests.walks.conftest import Walk

SLOW = Fault("slow", "GET", "/v1/activity/7", seconds=0.3, times=1)


def _field(walk: Walk) -> QLineEdit:
    return walk.find(QLineEdit, "Activity ID")


async def _begin_load(walk: Walk, activity_id: int) -> None:
    walk.keys(key=Qt.Key.Key_L, ctrl=True)
    walk.keys(str(activity_id), Qt.Key.Key_Return)
    session = walk.program.front.session
    await until(lambda: session.state.loading_id == activity_id, "the load has begun")


async def _ended(walk: Walk) -> None:
    await until(lambda: walk.program.front.session.state.loading_id is None, "the load has ended")


async def test_the_first_load_lands_in_the_title_with_all_of_it_selected(walk: Walk) -> None:
    heard: list[str] = []
    walk.window.announced.connect(heard.append)
    await walk.load(42)
    title = walk.find(QLineEdit, "Title")
    await until(title.hasFocus, "the keyboard is in the title")
    assert title.selectedText() == title.text() == "Second interview with Amara Nwosu"
    assert heard == ["Loaded Second interview with Amara Nwosu, activity 42"]
    walk.keys("New")
    assert walk.edit.value("title") == "New"


async def test_each_further_load_lands_in_what_was_edited_last(walk: Walk) -> None:
    await walk.load(42)
    walk.find(QLineEdit, "End time").setFocus()
    walk.keys(key=Qt.Key.Key_A, ctrl=True)
    walk.keys("18:30", Qt.Key.Key_Return)
    walk.program.front.session.model.revert_all()
    await walk.load(7)
    end = walk.find(QLineEdit, "End time")
    assert end.hasFocus()
    assert end.selectedText() == end.text()
    walk.find(QCheckBox, "Mark as done").setFocus()
    walk.keys(key=Qt.Key.Key_Space)
    walk.program.front.session.model.revert_all()
    await walk.load(42)
    assert walk.find(QCheckBox, "Mark as done").hasFocus()


async def test_what_had_the_keyboard_all_the_time_is_selected_too(walk: Walk) -> None:
    """The load is begun in another window, the list of Find say."""
    await walk.load(42)
    title = walk.find(QLineEdit, "Title")
    assert title.hasFocus()
    session = walk.program.front.session
    session.open(41)
    await until(lambda: walk.edit.base.id == 41, "41 is loaded")
    assert title.selectedText() == title.text() != ""


async def test_a_long_text_is_landed_in_without_being_selected(walk: Walk) -> None:
    """One key would replace all of the notes, and most of them out of sight."""
    await walk.load(42)
    notes = walk.find(QPlainTextEdit, "Description")
    notes.setFocus()
    walk.keys("x")
    walk.program.front.session.model.revert_all()
    await walk.load(7)
    assert notes.hasFocus()
    assert not notes.textCursor().hasSelection()


async def test_reading_again_and_saving_leave_the_keyboard_where_it_is(walk: Walk) -> None:
    await walk.load(42)
    location = walk.find(QLineEdit, "Location")
    location.setFocus()
    walk.keys(key=Qt.Key.Key_F5)
    await _ended(walk)
    assert location.hasFocus()
    walk.keys("x")
    walk.keys(key=Qt.Key.Key_S, ctrl=True)
    await walk.saved()
    assert location.hasFocus()


async def test_one_id_after_the_other_is_typed_without_clearing_the_field(walk: Walk) -> None:
    await walk.load(42)
    QTest.mouseClick(_field(walk), Qt.MouseButton.LeftButton)
    walk.keys("7", Qt.Key.Key_Return)
    await until(lambda: walk.edit.base.id == 7, "7 is loaded, and not 427")
    assert _field(walk).text() == "7"


async def test_a_second_click_places_the_cursor_in_the_id(walk: Walk) -> None:
    await walk.load(42)
    field = _field(walk)
    QTest.mouseClick(field, Qt.MouseButton.LeftButton)
    assert field.selectedText() == "42"
    QTest.mouseClick(field, Qt.MouseButton.LeftButton)
    assert not field.hasSelectedText()


@pytest.mark.parametrize("how", ["missing", "stopped"])
async def test_a_load_that_brings_nothing_leaves_the_id_of_what_is_shown(
    walk: Walk, how: str
) -> None:
    await walk.load(42)
    if how == "missing":
        walk.sandbox.faults.on(Fault("404", "GET", "/v1/activity/7", times=1))
    else:
        walk.sandbox.faults.on(SLOW)
    await _begin_load(walk, 7)
    assert _field(walk).text() == "7"
    if how == "stopped":
        walk.click("Stop", QPushButton)
    await _ended(walk)
    assert _field(walk).text() == "42"
    assert walk.edit.base.id == 42


async def test_an_id_that_was_typed_and_left_is_not_that_of_the_activity(walk: Walk) -> None:
    await walk.load(42)
    walk.keys(key=Qt.Key.Key_L, ctrl=True)
    walk.keys("99")
    walk.find(QLineEdit, "Title").setFocus()
    assert _field(walk).text() == "42"
    walk.keys(key=Qt.Key.Key_L, ctrl=True)
    walk.keys("12 / 13", Qt.Key.Key_Return)
    assert _field(walk).text() == "12 / 13", "it can be mended"
    walk.keys(key=Qt.Key.Key_Escape)
    assert (_field(walk).text(), _field(walk).accessibleDescription()) == ("42", "")


async def test_load_is_clicked_with_the_id_that_was_typed(walk: Walk) -> None:
    await walk.load(42)
    walk.keys(key=Qt.Key.Key_L, ctrl=True)
    walk.keys("7")
    load = walk.find(QPushButton, "Load")
    load.setFocus(Qt.FocusReason.MouseFocusReason)
    QTest.mouseClick(load, Qt.MouseButton.LeftButton)
    await until(lambda: walk.edit.base.id == 7, "7 is loaded")


async def test_a_load_takes_the_keyboard_from_nobody_who_types_the_next_id(walk: Walk) -> None:
    await walk.load(42)
    walk.sandbox.faults.on(SLOW)
    await _begin_load(walk, 7)
    walk.keys(key=Qt.Key.Key_A, ctrl=True)
    walk.keys("3")
    await until(lambda: walk.edit.base.id == 7, "7 is loaded")
    await _ended(walk)
    assert _field(walk).hasFocus()
    assert _field(walk).text() == "3"


async def test_a_load_takes_the_keyboard_from_nobody_who_went_into_the_form(walk: Walk) -> None:
    await walk.load(42)
    walk.sandbox.faults.on(SLOW)
    await _begin_load(walk, 7)
    location = walk.find(QLineEdit, "Location")
    location.setFocus()
    await until(lambda: walk.edit.base.id == 7, "7 is loaded")
    await _ended(walk)
    assert location.hasFocus()


async def test_a_load_selects_nothing_under_the_hands_of_who_goes_on_typing(walk: Walk) -> None:
    """It may be begun in another window, the list of Find say."""
    await walk.load(42)
    title = walk.find(QLineEdit, "Title")
    title.setFocus()
    walk.sandbox.faults.on(SLOW)
    session = walk.program.front.session
    session.open(7)
    await until(lambda: session.state.loading_id == 7, "the load has begun")
    walk.keys(key=Qt.Key.Key_End)
    walk.keys("x")
    await until(lambda: walk.edit.base.id == 7, "7 is loaded")
    await _ended(walk)
    assert title.hasFocus()
    assert not title.hasSelectedText()
