"""Many activities with real keys over real sockets: pasted, changed one by one, and kept."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from atz_desktop.domain.settings import Settings
from atz_desktop.domain.work_list import RowState
from atz_desktop.sandbox.faults import Fault, FaultName
from atz_desktop.selftest import settle
from atz_desktop.store.paths import Paths
from atz_desktop.store.settings import load_settings
from atz_desktop.view.mnemonics import mnemonic
from atz_desktop.view.worklist.pane import WorkListPane
from tests.waiting import until
from tests.walks.conftest import Walk, running_program
from tests.walks.test_steady_form import places

CTRL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
PASTED = (42, 7, 3, 5, 8, 9, 10, 11)


needs_alt = pytest.mark.skipif(mnemonic("Title").isEmpty(), reason="this system has no mnemonics")


def saved_settings(folder: Path) -> Settings:
    return load_settings(Paths(folder).settings)[0]


@pytest_asyncio.fixture
async def walk(tmp_path: Path, qapp: QApplication) -> AsyncIterator[Walk]:
    """A program that may send as many requests as the twenty need."""
    async for made in running_program(tmp_path, qapp, limit=10_000):
        made.sandbox.pace.limit = None
        yield made


def pane_of(walk: Walk) -> WorkListPane:
    assert walk.window.pane is not None
    return walk.window.pane


def press(key: Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    focused = QApplication.focusWidget()
    assert focused is not None
    QTest.keyClick(focused, key, held)


def focused() -> str:
    widget = QApplication.focusWidget()
    return widget.accessibleName() if widget else ""


def shows(walk: Walk, activity_id: int) -> bool:
    state = walk.program.front.state
    activity = state.activity
    return activity is not None and activity.id == activity_id and state.loading_id is None


def states(walk: Walk) -> dict[int, RowState]:
    return {row.activity_id: row.state for row in pane_of(walk).rows.shown_rows}


def has_pane(walk: Walk) -> bool:
    return walk.window.pane is not None


async def paste(walk: Walk, text: str) -> None:
    """Into the field for the ID, as after a copy in Excel."""
    QGuiApplication.clipboard().setText(text)
    walk.keys(key=Qt.Key.Key_L, ctrl=True)
    field = QApplication.focusWidget()
    assert field is not None
    QTest.keySequence(field, QKeySequence(QKeySequence.StandardKey.Paste))
    await until(partial(has_pane, walk), "the work list is shown")


def puts(walk: Walk) -> list[tuple[str, dict[str, Any]]]:
    return [(r.path, json.loads(r.body)) for r in walk.sandbox.requests if r.method == "PUT"]


async def test_pasted_ids_are_changed_and_checked_with_one_key_each(walk: Walk) -> None:
    await paste(walk, "\n".join(map(str, PASTED)))
    await until(partial(shows, walk, PASTED[0]), "the first is opened by itself")
    walk.find(QLineEdit, "Location").setFocus(Qt.FocusReason.TabFocusReason)
    for place, number in enumerate(PASTED):
        assert focused() == "Location"
        walk.keys(f"Room {place}")
        press(Qt.Key.Key_Return, CTRL)
        after = PASTED[place + 1] if place + 1 < len(PASTED) else number
        await until(partial(shows, walk, after), f"{after} is opened")
        await walk.saved()
    await until(lambda: set(states(walk).values()) == {RowState.CHECKED}, "all are checked")
    await until(lambda: walk.notice == "The work list is done", "the end is said")
    assert puts(walk) == [
        (f"/v1/activity/{number}", {"location": f"Room {place}"})
        for place, number in enumerate(PASTED)
    ]


async def test_the_next_row_is_read_while_the_one_before_it_is_saved(walk: Walk) -> None:
    await paste(walk, "42\n7\n8")
    await until(partial(shows, walk, 42), "the first is opened by itself")
    walk.find(QLineEdit, "Location").setFocus(Qt.FocusReason.TabFocusReason)
    walk.keys("Room 1")
    press(Qt.Key.Key_Return, CTRL)
    await until(partial(shows, walk, 7), "the next is opened")
    paths = [each.path for each in walk.sandbox.requests]
    last_of_42 = max(place for place, path in enumerate(paths) if path == "/v1/activity/42")
    assert paths.count("/v1/activity/7") == 1
    assert paths.index("/v1/activity/7") < last_of_42


async def test_what_is_given_up_before_it_begins_is_nothing_that_was_forgotten(walk: Walk) -> None:
    """As where the program quits right after its start: a coroutine that nobody awaited is told."""
    await paste(walk, "42\n7\n8")
    await until(partial(shows, walk, 42), "the first is opened by itself")
    connected = walk.program.front.connected
    assert connected is not None
    work_list = vars(connected).pop("work_list")  # the window lets go of it
    connected.account_session.work_lists.lists_changed.emit()
    await work_list.close()
    assert walk.window.pane is None


async def test_the_list_of_an_account_that_is_left_is_shown_no_more(walk: Walk) -> None:
    await paste(walk, "42\n7\n8")
    await walk.program.front.accounts.leave()
    assert not has_pane(walk)


async def test_on_a_server_that_shows_the_old_value_for_a_while_nobody_is_held(walk: Walk) -> None:
    ids = PASTED[:4]
    await paste(walk, "\n".join(map(str, ids)))
    await until(partial(shows, walk, ids[0]), "the first is opened by itself")
    walk.sandbox.faults.on(Fault("lagging", "GET", "/v1/activity/", seconds=30.0))
    walk.find(QLineEdit, "Location").setFocus(Qt.FocusReason.TabFocusReason)
    for place, number in enumerate(ids):
        walk.keys(f"Room {place}")
        press(Qt.Key.Key_Return, CTRL)
        if place + 1 < len(ids):
            await until(partial(shows, walk, ids[place + 1]), f"{number} is left")
    await until(lambda: set(states(walk).values()) == {RowState.NOT_CONFIRMED}, "all rows say so")
    await until(lambda: walk.notice == "The work list is done", "the end is said")
    walk.sandbox.faults.off()
    walk.program.front.session.unconfirmed_saves.start_checking()
    await until(lambda: set(states(walk).values()) == {RowState.CHECKED}, "all are found out")
    assert puts(walk) == [
        (f"/v1/activity/{number}", {"location": f"Room {place}"})
        for place, number in enumerate(ids)
    ]
    assert not walk.program.front.state.dirty


@pytest.mark.parametrize("name", ["403", "wrong_shape"])
async def test_a_row_that_could_not_be_loaded_is_to_do_and_gone_to_again(
    name: FaultName, walk: Walk
) -> None:
    await paste(walk, "42\n7\n8")
    await until(partial(shows, walk, 42), "the first is opened")
    fault = Fault(name, "GET", "/v1/activity/7")
    walk.sandbox.faults.on(fault)
    await go_down_in_vain(walk)
    assert states(walk)[7] is RowState.TO_DO
    walk.sandbox.faults.off(fault)
    press(Qt.Key.Key_Down, ALT)
    await until(partial(shows, walk, 7), "it is there at the next try")
    walk.sandbox.faults.on(fault)
    press(Qt.Key.Key_Up, ALT)
    await until(partial(shows, walk, 42), "back")
    await go_down_in_vain(walk)
    await go_down_in_vain(walk)
    press(Qt.Key.Key_Down, ALT)
    await until(partial(shows, walk, 8), "after two tries one comes past it")
    assert states(walk)[7] is RowState.TO_DO


async def go_down_in_vain(walk: Walk) -> None:
    said = "Activity 7 was not loaded"
    walk.window.messages.show_notice(None)
    press(Qt.Key.Key_Down, ALT)
    await until(lambda: walk.notice == said and shows(walk, 42), said)


async def test_what_holds_no_id_and_what_comes_twice_is_named(walk: Walk) -> None:
    await paste(walk, "42\n7\n42\ncall me on 0171 5550\n#8\n")
    await until(lambda: walk.notice == "3 activities were added to the work list", "it is told")
    notice = walk.window.messages.answers.notice
    assert notice is not None
    assert "“call me on 0171 5550”" in notice.text
    assert "more often: 42." in notice.text
    assert list(states(walk)) == [42, 7, 8]


async def test_what_was_seen_here_before_has_its_title_at_once(walk: Walk) -> None:
    await walk.load(42)
    await walk.load(7)
    await paste(walk, "42\n8")
    assert pane_of(walk).rows.row(0).title == "Second interview with Amara Nwosu"


async def test_several_ids_may_be_typed_and_words_are_searched_as_before(walk: Walk) -> None:
    walk.keys(key=Qt.Key.Key_L, ctrl=True)
    walk.keys("42, 7, 8", Qt.Key.Key_Return)
    await until(partial(has_pane, walk), "the work list is shown")
    assert list(states(walk)) == [42, 7, 8]


async def test_lines_with_one_address_are_still_put_into_the_field(walk: Walk) -> None:
    QGuiApplication.clipboard().setText("Please look at\nhttps://app.example/activity/7")
    walk.keys(key=Qt.Key.Key_L, ctrl=True)
    QTest.keySequence(
        walk.find(QLineEdit, "Activity ID"), QKeySequence(QKeySequence.StandardKey.Paste)
    )
    await until(lambda: "activity/7" in walk.find(QLineEdit, "Activity ID").text(), "it is there")
    walk.keys(key=Qt.Key.Key_Return)
    await until(partial(shows, walk, 7), "7 is loaded")
    assert walk.window.pane is None


async def test_moving_on_keeps_what_was_typed_and_the_field_with_the_keyboard(walk: Walk) -> None:
    await paste(walk, "42\n7\n8")
    await until(partial(shows, walk, 42), "the first is opened")
    walk.find(QLineEdit, "Title").setFocus()
    walk.keys("x")
    location = walk.find(QLineEdit, "Location")
    location.setFocus(Qt.FocusReason.TabFocusReason)
    press(Qt.Key.Key_Down, ALT)
    await until(partial(shows, walk, 7), "the next is opened")
    assert focused() == "Location"
    assert location.selectedText() == location.text() != ""
    await until(lambda: states(walk)[42] is RowState.CHANGED, "the draft is marked on its row")
    press(Qt.Key.Key_Up, ALT)
    await until(partial(shows, walk, 42), "the one before is opened")
    assert "title" in walk.edit.pending
    assert focused() == "Location"


async def test_what_is_skipped_parked_or_gone_is_passed_and_the_end_tells_it(walk: Walk) -> None:
    await paste(walk, "42\n7\n999999\n8")
    await until(partial(shows, walk, 42), "the first is opened")
    press(Qt.Key.Key_S, ALT)
    await until(partial(shows, walk, 7), "skipped")
    press(Qt.Key.Key_P, ALT)
    await until(lambda: states(walk)[999999] is RowState.GONE, "ATZ does not have it")
    press(Qt.Key.Key_Return, CTRL)
    await until(partial(shows, walk, 8), "past the one that is gone")
    walk.find(QLineEdit, "Location").setFocus(Qt.FocusReason.TabFocusReason)
    walk.keys("Room 9")
    press(Qt.Key.Key_Return, CTRL)
    await until(lambda: walk.notice == "The work list is done", "the end is said")
    notice = walk.window.messages.answers.notice
    assert notice is not None
    assert notice.text == "1 checked, 1 gone, 1 skipped, 1 parked"
    walk.click("1 skipped")
    assert pane_of(walk).rows.rowCount() == 1
    press(Qt.Key.Key_S, ALT)
    walk.click("1 skipped")
    assert pane_of(walk).rows.rowCount() == 4


async def test_skip_given_again_on_its_row_takes_it_back(walk: Walk) -> None:
    await paste(walk, "42\n7")
    await until(partial(shows, walk, 42), "the first is opened")
    press(Qt.Key.Key_S, ALT)
    await until(partial(shows, walk, 7), "skipped")
    press(Qt.Key.Key_Up, ALT)
    await until(partial(shows, walk, 42), "back")
    assert states(walk)[42] is RowState.SKIPPED
    press(Qt.Key.Key_S, ALT)
    await until(lambda: states(walk)[42] is RowState.TO_DO, "to do again")


async def test_a_value_that_is_none_yet_stops_save_and_next(walk: Walk) -> None:
    await paste(walk, "42\n7")
    await until(partial(shows, walk, 42), "the first is opened")
    walk.find(QLineEdit, "Meeting link").setFocus()
    walk.keys("nowhere")
    press(Qt.Key.Key_Return, CTRL)
    assert focused() == "Meeting link"
    assert shows(walk, 42)
    assert not puts(walk)


async def test_a_list_is_there_after_a_restart_with_what_became_of_its_rows(
    tmp_path: Path, qapp: QApplication
) -> None:
    async for first in running_program(tmp_path, qapp):
        await paste(first, "42\n7\n8")
        await until(partial(shows, first, 42), "the first is opened")
        press(Qt.Key.Key_S, ALT)
        await until(partial(shows, first, 7), "the second is opened")
    async for again in running_program(tmp_path, qapp, settings=saved_settings(tmp_path)):
        await until(partial(has_pane, again), "it is shown at once")
        assert list(states(again).items()) == [
            (42, RowState.SKIPPED),
            (7, RowState.TO_DO),
            (8, RowState.TO_DO),
        ]
        assert pane_of(again).rows.row(0).title == "Second interview with Amara Nwosu"


@needs_alt
async def test_without_a_list_the_fields_have_their_letters(walk: Walk) -> None:
    await walk.load(42)
    press(Qt.Key.Key_S, ALT)
    assert focused() == "Start"
    press(Qt.Key.Key_L, CTRL | SHIFT)
    await until(partial(has_pane, walk), "the work list is shown")
    press(Qt.Key.Key_P, ALT)
    assert focused() == "Start"
    press(Qt.Key.Key_L, CTRL | SHIFT)
    assert walk.window.pane is None
    press(Qt.Key.Key_P, ALT)
    assert focused() == "Importance"


async def test_the_pane_takes_its_260_pixels_and_gives_them_back(walk: Walk) -> None:
    walk.window.resize(1366, 705)
    await walk.load(42)
    await settle(walk.window)
    before = places(walk)
    press(Qt.Key.Key_L, CTRL | SHIFT)
    await until(partial(has_pane, walk), "the work list is shown")
    await settle(walk.window)
    assert pane_of(walk).width() == 260
    assert walk.window.pages.width() == 1366 - 260
    press(Qt.Key.Key_L, CTRL | SHIFT)
    await settle(walk.window)
    assert places(walk) == before
