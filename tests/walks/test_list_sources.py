"""What a work list is made of: tables with values of their own, files, searches, the history."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from openpyxl import Workbook
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QFileDialog,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QWidget,
)

from atz_desktop.cli import options_of, parse_options, request_of
from atz_desktop.domain.work_list import RowState, WorkList
from atz_desktop.sandbox.faults import Fault
from atz_desktop.view.windows.search_window import SearchWindow
from atz_desktop.view.worklist.pane import CollectBar
from tests.waiting import until
from tests.walks.conftest import Walk, running_program
from tests.walks.test_work_list import CTRL, has_pane, pane_of, press, puts, shows, states

TABLE = (
    "Activity ID\tLocation\tMark as done\tWhy\n42\tRoom 1\tyes\tmoved\n7\tRoom 2\t\tmoved\nx\t\t\t"
)


@pytest_asyncio.fixture
async def walk(tmp_path: Path, qapp: QApplication) -> AsyncIterator[Walk]:
    async for made in running_program(tmp_path, qapp, limit=10_000):
        made.sandbox.pace.limit = None
        yield made


def drop(widget: QWidget, dropped: QMimeData) -> None:
    none = Qt.KeyboardModifier.NoModifier
    copy, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    widget.dropEvent(QDropEvent(QPointF(5, 5), copy, dropped, left, none))


def workbook(folder: Path) -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (("ID", "Where"), (42, "Room 1"), (7, "Room 2"), (7, "Room 3")):
        sheet.append(row)
    file = folder / "rooms.xlsx"
    book.save(file)
    return file


def pick(walk: Walk, menu_button: str, words: str) -> None:
    """Choose an entry of the menu of that button, by how it begins."""
    button = walk.find(QPushButton, menu_button)
    menu = button.menu()
    assert isinstance(menu, QMenu)
    menu.aboutToShow.emit()
    [action] = [each for each in menu.actions() if each.text().startswith(words)]
    assert action.isEnabled(), words
    action.trigger()


async def test_the_columns_of_a_pasted_table_become_the_values_of_each_row(walk: Walk) -> None:
    await paste_table(walk, TABLE)
    assert walk.find(QComboBox, "Location").currentText() == "Location"
    assert walk.find(QComboBox, "Why").currentText() == "Note"
    walk.click("Add 2 to the work list", QPushButton)
    await until(partial(has_pane, walk), "the work list is shown")
    await until(partial(shows, walk, 42), "the first is opened")
    await until(lambda: set(walk.edit.pending) == {"location", "done"}, "its own values")
    assert pane_of(walk).rows.row(0).note == "moved"
    assert not puts(walk), "nothing is sent before it is saved"
    walk.window.activateWindow()  # as every system but Qt's offscreen one does by itself
    await until(lambda: QApplication.focusWidget() is not None, "the window has the keys again")
    press(Qt.Key.Key_Return, CTRL)
    await until(partial(shows, walk, 7), "the second is opened")
    await until(lambda: walk.edit.pending == {"location": "Room 2"}, "its own value")
    press(Qt.Key.Key_Return, CTRL)
    await until(lambda: set(states(walk).values()) == {RowState.CHECKED}, "both are checked")
    assert [body for _, body in puts(walk)] == [
        {"location": "Room 1", "mark_as_done": True},
        {"location": "Room 2"},
    ]
    asked = [each for each in walk.sandbox.requests if each.method == "GET"]
    assert all(each.path.endswith(("/42", "/7")) for each in asked if "/activity/" in each.path)


NO_IDS = "Location\tWhy\nRoom 1\tmoved\nRoom 2\tmoved"


@pytest.mark.parametrize("dropped", [False, True])
async def test_a_table_without_a_column_of_ids_is_asked_about_and_is_no_text_for_the_id(
    walk: Walk, dropped: bool
) -> None:
    field = walk.find(QLineEdit, "Activity ID")
    if dropped:
        given = QMimeData()
        given.setText(NO_IDS)
        drop(field, given)
    else:
        walk.window.id_bar.lines_given.emit(NO_IDS)
    await until(partial(walk.shows, QComboBox, "Location"), "it is asked about the columns")
    assert not walk.find(QPushButton, "Add to the work list").isEnabled()
    assert walk.shows(
        QLabel, "Choose the column that holds the activity IDs. A table without one can't be added."
    )
    walk.click("Cancel", QPushButton)
    assert field.text() == ""
    assert not has_pane(walk)


async def test_a_list_into_which_no_id_is_pasted_says_so(walk: Walk) -> None:
    press(Qt.Key.Key_L, CTRL | Qt.KeyboardModifier.ShiftModifier)
    await until(partial(has_pane, walk), "the work list is shown")
    pane_of(walk).text_given.emit("Hi Ana,\nsee you, Bob")
    await until(lambda: walk.notice == "No activity IDs were found", "it is told")
    assert walk.find(QLineEdit, "Activity ID").text() == ""
    pane_of(walk).text_given.emit(NO_IDS)
    await until(partial(walk.shows, QComboBox, "Location"), "it is asked about the columns")


async def paste_table(walk: Walk, text: str) -> None:
    walk.window.id_bar.lines_given.emit(text)
    await until(partial(walk.shows, QComboBox, "Activity ID"), "it is asked about the columns")


async def test_the_program_ends_while_it_is_asked_about_columns(
    tmp_path: Path, qapp: QApplication
) -> None:
    async for made in running_program(tmp_path, qapp):
        await paste_table(made, TABLE)
    assert not any(top.isVisible() for top in QApplication.topLevelWidgets())


async def test_a_value_that_does_not_fit_is_told_and_the_others_are_laid(walk: Walk) -> None:
    await paste_table(walk, "Activity ID\tLocation\tImportance\n42\tRoom 1\tutterly\n")
    walk.click("Add 1 to the work list", QPushButton)
    await until(
        lambda: walk.notice == "Not every value of the table could be taken over", "it is told"
    )
    assert walk.edit.pending == {"location": "Room 1"}


async def test_what_was_chosen_for_columns_is_remembered(walk: Walk) -> None:
    file = "Number\tWhere it is\n42\tRoom 1\n"
    for target in ("Note", "Location"):
        walk.window.id_bar.lines_given.emit(file)
        await until(partial(walk.shows, QComboBox, "Where it is"), "it is asked")
        where = walk.find(QComboBox, "Where it is")
        assert where.currentText() == target
        where.setCurrentText("Location")
        walk.click("Add 1 to the work list", QPushButton)
        await until(lambda: not walk.shows(QComboBox, "Where it is"), "it is taken")


async def test_a_workbook_is_dropped_on_the_list_and_doubles_are_named(
    walk: Walk, tmp_path: Path
) -> None:
    press(Qt.Key.Key_L, CTRL | Qt.KeyboardModifier.ShiftModifier)
    await until(partial(has_pane, walk), "the work list is shown")
    dropped = QMimeData()
    dropped.setUrls([QUrl.fromLocalFile(str(workbook(tmp_path)))])
    drop(pane_of(walk), dropped)
    await until(partial(walk.shows, QComboBox, "Where"), "it is asked about the columns")
    walk.find(QComboBox, "Where").setCurrentText("Location")
    walk.click("Add 3 to the work list", QPushButton)
    await until(lambda: walk.notice == "2 activities were added to the work list", "it is told")
    assert list(states(walk)) == [42, 7]
    assert "rooms" in {each.name for each in await walk_lists(walk)}


async def test_a_list_that_is_dropped_on_the_field_for_the_id_is_no_attachment(
    walk: Walk, tmp_path: Path
) -> None:
    await walk.load(42)
    file = tmp_path / "ids.csv"
    file.write_text("8\n7\n")
    dropped = QMimeData()
    dropped.setUrls([QUrl.fromLocalFile(str(file))])
    drop(walk.find(QLineEdit, "Activity ID"), dropped)
    await until(partial(has_pane, walk), "the work list is shown")
    assert list(states(walk)) == [8, 7]
    assert not walk.edit.dirty


async def walk_lists(walk: Walk) -> list[WorkList]:
    connected = walk.program.front.connected
    assert connected is not None
    return await connected.account_session.work_lists.lists()


async def asked_for_a_file(walk: Walk) -> QFileDialog:
    walk.window.list_commands.add_file.emit()
    await until(lambda: open_file_dialogs(walk), "a file is asked for")
    return open_file_dialogs(walk)[0]


def open_file_dialogs(walk: Walk) -> list[QFileDialog]:
    return [each for each in walk.window.findChildren(QFileDialog) if each.isVisible()]


async def test_who_leaves_the_account_is_asked_for_no_file_any_more(walk: Walk) -> None:
    await asked_for_a_file(walk)
    await walk.program.front.accounts.leave()
    assert open_file_dialogs(walk) == []


async def test_a_file_that_holds_nothing_says_why(walk: Walk, tmp_path: Path) -> None:
    file = tmp_path / "old.xls"
    file.write_bytes(b"\xd0\xcf\x11\xe0")
    dialog = await asked_for_a_file(walk)
    dialog.fileSelected.emit(str(file))
    dialog.reject()
    await until(lambda: walk.notice == "“old.xls” was not added", "it is told")


async def test_a_file_of_the_command_line_becomes_the_list(
    tmp_path: Path, qapp: QApplication
) -> None:
    file = tmp_path / "ids.csv"
    file.write_text("42\n7\n")
    arguments = ("--sandbox", "--list", str(file))
    async for walk in running_program(tmp_path / "data", qapp, arguments):
        await until(partial(has_pane, walk), "the work list is shown")
        assert list(states(walk)) == [42, 7]
        await until(partial(shows, walk, 42), "the first is opened")


def test_a_later_start_hands_the_file_over_with_its_whole_path() -> None:
    handed = request_of(parse_options(["--list", "ids.csv"], {}), {})
    taken = options_of(json.loads(json.dumps(handed)))
    assert taken.list_file == str(Path("ids.csv").absolute())


# Find, the record, the history


async def find(walk: Walk, words: str) -> SearchWindow:
    connected = walk.program.front.connected
    assert connected is not None
    connected.names.find(words)
    await until(partial(walk.shows, QLineEdit, "Search activities"), "Find is shown")
    window = walk.window.findChild(SearchWindow)
    assert isinstance(window, SearchWindow)
    await until(lambda: window.found.rowCount() > 0, "something is found")
    return window


async def test_the_marked_rows_of_find_are_added_in_their_order(walk: Walk) -> None:
    window = await find(walk, "interview")
    table = window.tables[0]
    first, second = (window.found.row(number) for number in (0, 1))
    assert first is not None
    assert second is not None
    QTest.keyClick(table, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    pick(walk, "Add to work list", "Marked rows (2)")
    await until(partial(has_pane, walk), "the work list is shown")
    assert list(states(walk)) == [first[0], second[0]]
    assert pane_of(walk).rows.row(0).title


async def test_all_results_are_frozen_as_ids_page_by_page(walk: Walk) -> None:
    await find(walk, "interview")
    connected = walk.program.front.connected
    assert connected is not None
    pick(walk, "Add to work list", "All")
    await until(partial(has_pane, walk), "the work list is shown")
    account = walk.sandbox.account
    wanted = {n for n in account.ids() if "interview" in json.dumps(account.get(n)).lower()}
    assert len(states(walk)) > 25, "more than one page"
    assert set(states(walk)) <= wanted
    lists = [each for each in walk.sandbox.requests if each.path == "/v1/activity"]
    assert [each.query["page"] for each in lists][-2:] != ["1", "1"]
    assert lists[-1].query["sort_by"] == "created_at"


async def test_an_edit_that_the_search_would_not_find_any_more_leaves_the_list_as_it_was(
    walk: Walk,
) -> None:
    await find(walk, "interview")
    pick(walk, "Add to work list", "All")
    await until(partial(has_pane, walk), "the work list is shown")
    rows, before = pane_of(walk).rows, list(states(walk))
    pane_of(walk).filter.line.setText("interview")
    shown = [rows.row(place).activity_id for place in range(rows.rowCount())]
    first = shown[0]
    pane_of(walk).view.open_requested.emit(first)
    await until(partial(shows, walk, first), "it is opened")
    walk.window.activateWindow()
    await until(lambda: QApplication.activeWindow() is walk.window, "it has the keys")
    assert walk.window.page is not None
    title = walk.window.page.form.row("title").editor.controls[0]
    title.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keySequence(title, QKeySequence(QKeySequence.StandardKey.SelectAll))
    walk.keys("Call")
    press(Qt.Key.Key_Return, CTRL)
    await until(lambda: states(walk)[first] is RowState.CHECKED, "it is checked")
    await until(lambda: rows.row(0).title == "Call", "its row says what it is called now")
    assert list(states(walk)) == before
    assert [rows.row(place).activity_id for place in range(rows.rowCount())] == shown


async def test_reading_all_results_can_be_stopped_and_adds_nothing(walk: Walk) -> None:
    await find(walk, "interview")
    walk.sandbox.faults.on(Fault("slow", "GET", "/v1/activity", seconds=0.5))
    pick(walk, "Add to work list", "All")
    bar = walk.window.findChild(CollectBar)
    assert isinstance(bar, CollectBar)
    await until(bar.isVisible, "it is being read")
    walk.click("Stop reading for the work list")
    await until(lambda: not bar.isVisible(), "it is given up")
    assert not has_pane(walk)


def slug_of(body: dict[str, Any]) -> str | None:
    record = body.get("related_record")
    return record.get("slug") if isinstance(record, dict) else None


async def test_all_activities_of_the_record_are_added(walk: Walk) -> None:
    await walk.load(42)
    record = walk.edit.base.related
    assert record is not None
    walk.window.list_commands.add_record.emit()
    await until(partial(has_pane, walk), "the work list is shown")
    account = walk.sandbox.account
    same = {n for n in account.ids() if slug_of(account.get(n)) == record.slug}
    assert set(states(walk)) == same
    assert 42 in same


async def test_the_saves_that_are_marked_in_the_history_are_added(walk: Walk) -> None:
    for number in (42, 7):
        await walk.load(number)
        walk.program.front.model.set_value("location", "Room 9")
        walk.keys(key=Qt.Key.Key_S, ctrl=True)
        await walk.saved()
    walk.window.history_requested.emit()
    await until(partial(walk.shows, QPushButton, "Add to work list"), "History is shown")
    await asyncio.sleep(0)
    history = walk.find(QPushButton, "Add to work list").window()
    table = history.table  # type: ignore[attr-defined]
    await until(lambda: table.model().rowCount() == 2, "both are listed")
    table.selectAll()
    walk.click("Add to work list", QPushButton)
    await until(partial(has_pane, walk), "the work list is shown")
    assert list(states(walk)) == [7, 42]
