"""The main job with keys and clicks alone."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt, QTimer
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
)

from atz_desktop.sandbox.faults import Fault
from atz_desktop.store.paths import Paths
from atz_desktop.store.settings import load_settings
from tests.waiting import until
from tests.walks.conftest import Walk, running_program


def _puts(walk: Walk) -> list[dict[str, Any]]:
    return [json.loads(each.body) for each in walk.sandbox.requests if each.method == "PUT"]


async def test_a_title_is_corrected_by_keyboard_and_only_the_title_is_sent(walk: Walk) -> None:
    await walk.load(42)
    walk.find(QLineEdit, "Title").setFocus()
    walk.keys(key=Qt.Key.Key_End)
    walk.keys(", moved")
    walk.keys(key=Qt.Key.Key_S, ctrl=True)
    await walk.saved()
    assert _puts(walk) == [{"title": "Second interview with Amara Nwosu, moved"}]
    assert walk.notice == "Saved and checked"
    assert walk.sandbox.account.get(42)["title"] == "Second interview with Amara Nwosu, moved"


async def test_load_touch_nothing_save_sends_no_request(walk: Walk) -> None:
    await walk.load(42)
    walk.keys(key=Qt.Key.Key_S, ctrl=True)
    assert not walk.find(QPushButton, "Save").isEnabled()
    await asyncio.sleep(0)
    assert {each.method for each in walk.sandbox.requests} == {"GET"}


async def test_every_kind_of_field_is_edited_by_hand_in_one_save(walk: Walk) -> None:
    await walk.load(42)
    walk.find(QComboBox, "Importance").setFocus()
    walk.keys("Crit")
    walk.find(QCheckBox, "Mark as done").setFocus()
    walk.keys(key=Qt.Key.Key_Space)
    walk.find(QLineEdit, "Location").setFocus()
    walk.keys(key=Qt.Key.Key_A, ctrl=True)
    walk.keys("Cafe Krone")
    walk.find(QPlainTextEdit, "Description").setFocus()
    walk.keys(key=Qt.Key.Key_Home, ctrl=True)
    walk.keys("NEW: ")
    walk.find(QLineEdit, "Users").setFocus()
    walk.keys("7", Qt.Key.Key_Return)
    assert walk.find(QPushButton, "Save").text() == "Save 5 changes"
    old = walk.sandbox.account.get(42)
    walk.click("Save", QPushButton)
    await walk.saved()
    assert _puts(walk) == [
        {
            "importance": "critical",
            "mark_as_done": True,
            "users_as_attendees": "1,5,7",
            "location": "Cafe Krone",
            "description": f"NEW: {old['description']}",
        }
    ]
    assert walk.notice == "Saved and checked"


async def test_typing_the_old_value_back_leaves_nothing_to_save(walk: Walk) -> None:
    await walk.load(42)
    walk.find(QLineEdit, "Title").setFocus()
    walk.keys(key=Qt.Key.Key_End)
    walk.keys("x")
    assert walk.program.front.session.state.dirty
    walk.keys(key=Qt.Key.Key_Backspace)
    assert not walk.program.front.session.state.dirty
    assert not walk.find(QPushButton, "Save").isEnabled()


async def test_undo_and_redo_go_over_the_whole_form(walk: Walk) -> None:
    await walk.load(42)
    walk.find(QLineEdit, "Title").setFocus()
    walk.keys(key=Qt.Key.Key_End)
    walk.keys("!")
    walk.find(QCheckBox, "Mark as done").setFocus()
    walk.keys(key=Qt.Key.Key_Space)
    walk.keys(key=Qt.Key.Key_Z, ctrl=True)
    assert set(walk.edit.pending) == {"title"}
    walk.keys(key=Qt.Key.Key_Z, ctrl=True)
    assert not walk.edit.pending
    assert walk.find(QLineEdit, "Title").text() == "Second interview with Amara Nwosu"
    walk.keys(key=Qt.Key.Key_Y, ctrl=True)
    walk.keys(key=Qt.Key.Key_Y, ctrl=True)
    assert set(walk.edit.pending) == {"title", "done"}


@pytest.mark.parametrize("width", [1040, 1400])
async def test_tab_goes_from_the_form_to_the_save_bar_below_it(walk: Walk, width: int) -> None:
    walk.window.resize(width, 760)
    await walk.load(42)
    walk.find(QLineEdit, "Title").setFocus()
    walk.keys("A")
    names: list[str] = []
    while "Activity ID" not in names:
        walk.keys(key=Qt.Key.Key_Tab)
        focused = QApplication.focusWidget()
        assert focused is not None
        names.append(focused.accessibleName() or str(focused.property("text")))
        assert len(names) < 60
    at = names.index("Put everything back")
    assert names[at - 1] == "Description"
    assert names[at:] == ["Put everything back", "Save", "More ways to save", "Activity ID"]


async def test_put_back_puts_one_field_back(walk: Walk) -> None:
    await walk.load(42)
    walk.find(QLineEdit, "Title").setFocus()
    walk.keys("A")
    walk.find(QLineEdit, "Location").setFocus()
    walk.keys("B")
    walk.click("Put back Title")
    assert set(walk.edit.pending) == {"location"}
    walk.click("Put everything back", QPushButton)
    assert not walk.edit.pending


async def test_a_problem_stands_at_its_field_and_keeps_the_save_off(walk: Walk) -> None:
    await walk.load(42)
    walk.find(QLineEdit, "Meeting link").setFocus()
    walk.keys(key=Qt.Key.Key_A, ctrl=True)
    walk.keys("not an address")
    assert not walk.find(QPushButton, "Save").isEnabled()
    assert walk.find(QPushButton, "1 problem to solve").isVisible()
    assert "web address" in walk.find(QLineEdit, "Meeting link").accessibleDescription()


async def test_ctrl_s_takes_over_an_id_that_is_not_confirmed_yet(walk: Walk) -> None:
    await walk.load(42)
    walk.find(QLineEdit, "Users").setFocus()
    walk.keys("12")
    walk.keys(key=Qt.Key.Key_S, ctrl=True)
    await walk.saved()
    assert [list(put) for put in _puts(walk)] == [["users_as_attendees"]]
    assert walk.notice == "Saved and checked"


async def test_ctrl_s_takes_over_an_id_that_a_draft_brought_back(walk: Walk) -> None:
    await walk.load(42)
    walk.program.front.session.model.set_unparsed("users", "12")
    walk.keys(key=Qt.Key.Key_S, ctrl=True)
    await walk.saved()
    assert [list(put) for put in _puts(walk)] == [["users_as_attendees"]]


async def test_ctrl_s_goes_to_text_that_is_no_value(walk: Walk) -> None:
    await walk.load(42)
    walk.find(QLineEdit, "End time").setFocus()
    walk.keys(key=Qt.Key.Key_A, ctrl=True)
    walk.keys("25:99")
    assert walk.find(QPushButton, "Save").isEnabled(), "it may become a time yet"
    walk.find(QLineEdit, "Location").setFocus()
    assert not walk.find(QPushButton, "Save").isEnabled()
    assert walk.find(QPushButton, "1 problem to solve").isVisible()
    walk.keys(key=Qt.Key.Key_S, ctrl=True)
    assert walk.find(QLineEdit, "End time").hasFocus()
    assert not _puts(walk)


@pytest.mark.qt_log_ignore("This plugin does not support QPlatformServices", extend=True)
async def test_a_link_that_no_browser_opens_is_shown_to_be_copied(walk: Walk) -> None:
    if QGuiApplication.platformName() != "offscreen":
        pytest.skip("a real system would open its browser")
    await walk.load(42)
    walk.click("Open Meeting link")
    assert walk.notice == "No browser came up"
    notice = walk.window.messages.answers.notice
    assert notice is not None
    assert notice.text.endswith("https://meet.example/xyz-abcd-efg")


async def test_text_that_is_no_id_says_what_is_wanted(walk: Walk) -> None:
    walk.keys(key=Qt.Key.Key_L, ctrl=True)
    walk.keys("12 / 13", Qt.Key.Key_Return)
    field = walk.find(QLineEdit, "Activity ID")
    assert "number" in field.accessibleDescription()
    assert not walk.sandbox.requests


async def test_a_pasted_address_is_loaded(walk: Walk) -> None:
    walk.keys(key=Qt.Key.Key_L, ctrl=True)
    walk.keys("https://api.atzcrm.com/v1/activity/7", Qt.Key.Key_Return)
    await until(lambda: walk.program.front.session.activity is not None)
    assert walk.program.front.session.activity is not None
    assert walk.program.front.session.activity.id == 7


async def test_a_file_of_30_mb_is_sent_while_the_window_stays_alive(
    walk: Walk, tmp_path: Path
) -> None:
    file = tmp_path / "recording.bin"
    file.write_bytes(bytes(range(256)) * 120_000)
    await walk.load(42)
    walk.click("Choose file…", QPushButton)
    dialog = walk.window.findChild(QFileDialog)
    assert isinstance(dialog, QFileDialog)
    name = dialog.findChild(QLineEdit)
    assert isinstance(name, QLineEdit)
    # Pasted whole: Qt's own dialog changes what is typed slowly, by what its folder happens to be
    # (the one where the last file was chosen, be it by another test).
    QGuiApplication.clipboard().setText(str(file))
    QTest.keySequence(name, QKeySequence(QKeySequence.StandardKey.Paste))
    QTest.keyClick(name, Qt.Key.Key_Return)
    await until(lambda: "attachment" in walk.edit.pending, "the file was taken")
    seen: set[tuple[int, int] | None] = set()
    timer = QTimer()
    timer.timeout.connect(lambda: seen.add(walk.program.front.session.state.upload_progress))
    timer.start(1)
    walk.click("Save", QPushButton)
    await walk.saved()
    timer.stop()
    assert walk.notice == "Saved and checked"
    put = next(each for each in walk.sandbox.requests if each.method == "PUT")
    assert put.size > 30_000_000
    assert put.uploads[0].size == file.stat().st_size
    assert len(seen) > 20, "the window had no turn while the file was sent"


async def test_how_an_account_takes_a_no_is_remembered_for_its_next_start(
    tmp_path: Path, qapp: QApplication
) -> None:
    async for walk in running_program(tmp_path, qapp):
        walk.sandbox.account.edit_as_colleague(42, mark_as_done=True)
        walk.sandbox.faults.on(Fault("false_refused", "PUT"))
        await walk.load(42)
        walk.find(QCheckBox, "Mark as done").setFocus()
        walk.keys(key=Qt.Key.Key_Space)
        walk.keys(key=Qt.Key.Key_S, ctrl=True)
        await walk.saved()
        assert walk.notice == "Saved and checked"
        assert _puts(walk) == [{"mark_as_done": False}, {"mark_as_done": "0"}]
    settings, _ = load_settings(Paths(tmp_path).settings)
    assert settings.numeric_flags == ("sandbox",)
