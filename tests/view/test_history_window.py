"""The History window over a real journal, by keys and clicks."""

from __future__ import annotations

import ast
import asyncio
import csv
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
import pytest_asyncio
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QFileDialog,
    QLabel,
    QLineEdit,
    QPushButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from atz_desktop.domain.edit import Edit
from atz_desktop.domain.history import JournalEntry, Outcome
from atz_desktop.domain.serialize import dump_values
from atz_desktop.domain.values import Option
from atz_desktop.session.history import PAGE_SIZE, History
from atz_desktop.session.jobs import Jobs
from atz_desktop.session.journal_entries import new_entry
from atz_desktop.session.messages import OUTCOMES
from atz_desktop.session.services import BooleanFormat, Services
from atz_desktop.store.database import Database
from atz_desktop.store.journal import Journal
from atz_desktop.view.appearance import apply_theme
from atz_desktop.view.windows.history_table import COLUMNS
from atz_desktop.view.windows.history_window import HistoryWindow
from tests.view.samples import edit_of
from tests.view.test_small_screens import HEIGHT, WIDTH
from tests.waiting import until

START = datetime(2024, 6, 15, 10, tzinfo=UTC)


class Desk:
    """A journal with saves in it, and the window that shows them."""

    def __init__(self, database: Database) -> None:
        self.journal = Journal(database)
        self.jobs = Jobs()
        # The history and the entry of a save need no more of the services than these three.
        three = {"account": "mine", "journal": self.journal, "boolean_format": BooleanFormat()}
        services = type("Three", (), three)()
        self.services = cast("Services", services)
        self.history = History(self.jobs, self.services)

    async def save(
        self, edit: Edit, outcome: Outcome | None = Outcome.VERIFIED, **other: Any
    ) -> int:
        """Write a save as it would have been written; later ones are later."""
        after = other.pop("after", None)
        new = new_entry(self.services, edit, other.pop("reason", None), other.pop("undoes", None))
        number = len(await self.journal.entries(limit=-1))
        new = new._replace(at=(START + timedelta(hours=number)).isoformat(), **other)
        entry_id = await self.journal.begin(new)
        if outcome is not None:
            held = dump_values(after) if after is not None else None
            await self.journal.settle(entry_id, outcome.value, held, None, START.isoformat())
        return entry_id


@pytest_asyncio.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    database, _ = Database.open(tmp_path / "atz.sqlite3")
    desk = Desk(database)
    yield desk
    await desk.jobs.drain()
    database.close()


async def _panel(desk: Desk, qtbot: QtBot) -> HistoryWindow:
    panel = HistoryWindow(desk.history)
    qtbot.addWidget(panel)
    QAbstractItemModelTester(panel.model, panel)
    panel.show()
    await desk.jobs.wait("history")
    return panel


def _column(panel: HistoryWindow, column: int) -> list[str]:
    model = panel.model
    return [model.index(row, column).data() for row in range(model.rowCount())]


def _button(panel: QWidget, begin: str) -> QPushButton:
    return next(each for each in panel.findChildren(QPushButton) if each.text().startswith(begin))


def _box(panel: QWidget, text: str) -> QCheckBox:
    return next(each for each in panel.findChildren(QCheckBox) if each.text() == text)


def _press(button: QPushButton | QCheckBox) -> None:
    button.setFocus()
    QTest.keyClick(button, Qt.Key.Key_Space)


def _said(panel: QWidget) -> str:
    return " ".join(each.text() for each in panel.findChildren(QLabel) if each.isVisible())


async def test_the_moment_and_the_outcome_of_a_save_are_not_cut_off(
    desk: Desk, qtbot: QtBot
) -> None:
    for outcome in (*Outcome, None):
        await desk.save(edit_of(title="Changed"), outcome)
    panel = await _panel(desk, qtbot)
    for name in ("When", "Activity", "Outcome"):
        column = COLUMNS.index(name)
        assert panel.table.sizeHintForColumn(column) <= panel.table.columnWidth(column), name


async def test_the_title_keeps_as_much_room_as_what_changed(desk: Desk, qtbot: QtBot) -> None:
    await desk.save(edit_of(title="Changed"))
    panel = await _panel(desk, qtbot)
    panel.resize(660, 600)
    await asyncio.sleep(0)  # Qt lays it out
    title, changed = (panel.table.columnWidth(COLUMNS.index(each)) for each in ("Title", "Changed"))
    assert abs(title - changed) <= 1


@pytest.mark.parametrize("outcome", [*Outcome, None])
async def test_the_buttons_of_a_save_keep_their_width_and_its_words_their_lines(
    desk: Desk, qtbot: QtBot, outcome: Outcome | None
) -> None:
    await desk.save(edit_of(title="Changed", location="Room 2"), outcome)
    panel = await _panel(desk, qtbot)
    for size in ((560, 600), (WIDTH, HEIGHT)):
        panel.resize(*size)
        await asyncio.sleep(0)  # Qt lays it out
        for begin in ("Load this", "Put back"):
            button = _button(panel, begin)
            assert button.width() <= button.sizeHint().width()
        for label in panel.findChildren(QLabel):
            if label.isVisible() and label.wordWrap():
                assert label.height() >= label.heightForWidth(label.width()), label.text()


async def test_it_lists_the_newest_first_and_shows_it(desk: Desk, qtbot: QtBot) -> None:
    await desk.save(edit_of(title="First"), Outcome.REFUSED)
    await desk.save(edit_of({"title": "<b>B</b>\nx"}, location="Second", done=True))
    panel = await _panel(desk, qtbot)
    assert _column(panel, 1) == ["42", "42"]
    assert _column(panel, 2) == ["<b>B</b> x", "Interview with Ana"]
    assert _column(panel, 3) == ["Mark as done, Location", "Title"]
    assert _column(panel, 4) == ["Saved and checked", "Refused"]
    assert "+\t\u2068Second" in panel.entry.sheet.toPlainText()


async def test_the_arrow_keys_go_through_the_saves(desk: Desk, qtbot: QtBot) -> None:
    await desk.save(edit_of(title="First"), Outcome.REFUSED, reason="TICKET-7")
    await desk.save(edit_of(title="Second"))
    panel = await _panel(desk, qtbot)
    panel.table.setFocus()
    QTest.keyClick(panel.table, Qt.Key.Key_Down)
    assert "+\t\u2068First" in panel.entry.sheet.toPlainText()
    said = _said(panel.entry)
    assert "reason: TICKET-7" in said
    assert "Refused. ATZ said no to this save." in said


async def test_a_click_on_a_row_shows_it(desk: Desk, qtbot: QtBot) -> None:
    await desk.save(edit_of(title="First"))
    await desk.save(edit_of(title="Second"))
    panel = await _panel(desk, qtbot)
    place = panel.table.visualRect(panel.model.index(1, 2)).center()
    QTest.mouseClick(panel.table.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(place))
    assert "+\t\u2068First" in panel.entry.sheet.toPlainText()


async def test_it_says_what_atz_held_afterwards(desk: Desk, qtbot: QtBot) -> None:
    edit = edit_of(title="Meant", location="There")
    held = {"title": "Something else", "location": "There"}
    await desk.save(edit, Outcome.DIFFERENT, after=held)
    panel = await _panel(desk, qtbot)
    text = panel.entry.sheet.toPlainText()
    assert "ATZ stored “Something else” instead" in text
    assert "Checked" in text
    assert "Stored differently." in _said(panel.entry)


async def test_an_undo_names_the_save_that_it_puts_back(desk: Desk, qtbot: QtBot) -> None:
    first = await desk.save(edit_of(title="First"))
    await desk.save(edit_of(title="Back"), undoes=first)
    panel = await _panel(desk, qtbot)
    assert f"puts back save {first}" in _said(panel.entry)


async def test_typing_searches_titles_values_and_reasons(desk: Desk, qtbot: QtBot) -> None:
    await desk.save(edit_of(location="Zürich"), reason="TICKET-7")
    await desk.save(edit_of(title="Other"))
    panel = await _panel(desk, qtbot)
    for words, found in (("zurich", 1), ("ticket", 1), ("ana", 2), ("nowhere", 0)):
        panel.search.clear()
        QTest.keyClicks(panel.search, words)
        await until(lambda found=found: panel.model.rowCount() == found, words)  # type: ignore[misc]
    assert "No save is chosen" in _said(panel.entry)
    assert not _button(panel, "Put back").isVisible()
    assert not _button(panel, "Export").isEnabled()


async def test_outcome_activity_and_account_narrow_the_list(desk: Desk, qtbot: QtBot) -> None:
    await desk.save(edit_of(title="A"), Outcome.UNKNOWN)
    await desk.save(edit_of({"id": 7}, title="B"))
    await desk.save(edit_of(title="C"), account="another")
    panel = await _panel(desk, qtbot)
    assert panel.model.rowCount() == 2
    panel.outcome.setFocus()
    QTest.keyClicks(panel.outcome, "Not conf")
    await until(lambda: _column(panel, 4) == ["Not confirmed yet"])
    panel.outcome.setCurrentIndex(0)
    QTest.keyClicks(panel.activity, "#7")
    await until(lambda: _column(panel, 1) == ["7"])
    panel.activity.setText("no number")
    await until(lambda: panel.model.rowCount() == 0)
    panel.activity.clear()
    _press(panel.all_accounts)
    await until(lambda: panel.model.rowCount() == 3)


async def test_further_pages_come_while_one_scrolls(desk: Desk, qtbot: QtBot) -> None:
    for _ in range(PAGE_SIZE + 5):
        await desk.save(edit_of(title="x"))
    panel = await _panel(desk, qtbot)
    assert panel.model.rowCount() == PAGE_SIZE
    panel.table.setFocus()
    QTest.keyClick(panel.table, Qt.Key.Key_End, Qt.KeyboardModifier.ControlModifier)
    await until(lambda: panel.model.rowCount() == PAGE_SIZE + 5)


async def test_reading_again_stays_on_the_same_save(desk: Desk, qtbot: QtBot) -> None:
    await desk.save(edit_of(title="First"))
    await desk.save(edit_of(title="Second"))
    panel = await _panel(desk, qtbot)
    panel.table.selectRow(1)
    await desk.save(edit_of(title="Third"))
    desk.history.refresh()
    await until(lambda: panel.model.rowCount() == 3)
    assert "+\t\u2068First" in panel.entry.sheet.toPlainText()
    assert panel.table.currentIndex().row() == 2


class TestPuttingBack:
    """The window only tells what is wanted."""

    @pytest.fixture
    def wanted(self) -> list[tuple[JournalEntry, frozenset[str] | None]]:
        return []

    async def _asking(
        self, desk: Desk, qtbot: QtBot, wanted: list[tuple[JournalEntry, frozenset[str] | None]]
    ) -> HistoryWindow:
        panel = await _panel(desk, qtbot)
        panel.entry.restore_requested.connect(lambda entry, names: wanted.append((entry, names)))
        return panel

    async def test_a_whole_save(
        self, desk: Desk, qtbot: QtBot, wanted: list[tuple[JournalEntry, frozenset[str] | None]]
    ) -> None:
        number = await desk.save(edit_of(title="x", location="y", importance=Option("high")))
        panel = await self._asking(desk, qtbot, wanted)
        _press(_button(panel, "Put back 3 fields"))
        [(entry, names)] = wanted
        assert (entry.id, names) == (number, None)

    async def test_some_of_its_fields(
        self, desk: Desk, qtbot: QtBot, wanted: list[tuple[JournalEntry, frozenset[str] | None]]
    ) -> None:
        await desk.save(edit_of(title="x", location="y", importance=Option("high")))
        panel = await self._asking(desk, qtbot, wanted)
        _press(_box(panel, "Location"))
        _press(_button(panel, "Put back 2 fields"))
        assert wanted[0][1] == frozenset({"title", "importance"})
        _press(_box(panel, "Title"))
        assert _button(panel, "Put back 1 field").isEnabled()
        _press(_box(panel, "Importance"))
        assert not _button(panel, "Put back 0 fields").isEnabled()

    async def test_a_save_of_one_field_has_nothing_to_choose(
        self, desk: Desk, qtbot: QtBot, wanted: list[tuple[JournalEntry, frozenset[str] | None]]
    ) -> None:
        await desk.save(edit_of(title="x"))
        panel = await self._asking(desk, qtbot, wanted)
        assert not [b for b in panel.entry.findChildren(QCheckBox) if b.isVisible()]
        _press(_button(panel, "Put back…"))
        assert [names for _, names in wanted] == [None]

    @pytest.mark.parametrize(
        ("outcome", "account", "why"),
        [
            (Outcome.REFUSED, "mine", "ATZ refused this save"),
            (Outcome.NOT_SENT, "mine", "values from before this save"),
            (Outcome.UNKNOWN, "mine", "First it has to be known"),
            (None, "mine", "First it has to be known"),
            (Outcome.VERIFIED, "another", "made with another account"),
        ],
    )
    async def test_where_it_cannot_be_it_says_why_once(
        self, desk: Desk, qtbot: QtBot, outcome: Outcome | None, account: str, why: str
    ) -> None:
        await desk.save(edit_of(title="x"), outcome, account=account)
        panel = await _panel(desk, qtbot)
        panel.all_accounts.setChecked(True)
        await until(lambda: panel.model.rowCount() == 1)
        assert not _button(panel, "Put back").isEnabled()
        assert _button(panel, "Load this activity").isEnabled() is (account == "mine")
        assert why in _button(panel, "Put back").toolTip()
        if account == "mine":
            assert OUTCOMES[outcome].text in _said(panel.entry)
        assert (why in _said(panel.entry)) is (account != "mine")

    async def test_the_activity_can_be_loaded_from_here(self, desk: Desk, qtbot: QtBot) -> None:
        await desk.save(edit_of({"id": 7}, title="x"), Outcome.UNKNOWN)
        panel = await _panel(desk, qtbot)
        loaded: list[int] = []
        panel.entry.load_requested.connect(loaded.append)
        _press(_button(panel, "Load this activity"))
        assert loaded == [7]


@pytest.mark.parametrize("ending", [".csv", ".json"])
async def test_the_list_is_exported_where_the_person_says(
    desk: Desk, qtbot: QtBot, tmp_path: Path, ending: str
) -> None:
    await desk.save(edit_of(title="=1+1"))
    panel = await _panel(desk, qtbot)
    _press(_button(panel, "Export"))
    await until(lambda: [d for d in panel.findChildren(QFileDialog) if d.isVisible()])
    [dialog] = panel.findChildren(QFileDialog)
    [name] = dialog.findChildren(QLineEdit)
    path = tmp_path / f"mine{ending}"
    name.setText(str(path))
    QTest.keyClick(name, Qt.Key.Key_Return)
    await until(lambda: "1 save written to" in _said(panel))
    text = path.read_text(encoding="utf-8-sig")
    assert "=1+1" in text
    if ending == ".csv":
        assert [row["Sent"] for row in csv.DictReader(text.splitlines())] == ["'=1+1"]


@pytest.mark.parametrize(
    ("locale", "offered"),
    [
        (
            "de_DE",
            {
                "CSV for Excel on this computer, separated by semicolons (*.csv)": ";",
                "CSV for other programs, separated by commas (*.csv)": ",",
            },
        ),
        ("en_GB", {"CSV for Excel and others, separated by commas (*.csv)": ","}),
    ],
)
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has a setting of its own for it")
def test_each_kind_of_csv_says_for_whom_it_is_and_what_separates(
    locale: str, offered: dict[str, str]
) -> None:
    code = "from atz_desktop.view.windows.history_window import _formats; print(_formats())"
    environment = {**os.environ, "LC_ALL": locale, "LANG": locale}
    told = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, check=True
    )
    assert ast.literal_eval(told.stdout.decode()) == offered


async def test_an_export_that_fails_says_why(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    await desk.save(edit_of(title="x"))
    panel = await _panel(desk, qtbot)
    desk.history.export(tmp_path / "gone" / "x.csv")
    await until(lambda: "Nothing was exported" in _said(panel))


async def test_everything_has_a_name_and_is_reached_by_tab(desk: Desk, qtbot: QtBot) -> None:
    await desk.save(edit_of(title="x", location="y"))
    panel = await _panel(desk, qtbot)
    reached = []
    widget: QWidget | None = panel.search
    panel.search.setFocus()
    for _ in range(12):
        assert widget is not None
        reached.append(widget.accessibleName() or getattr(widget, "text", str)())
        QTest.keyClick(widget, Qt.Key.Key_Tab)
        widget = panel.focusWidget()
        if widget is panel.search:
            break
    assert reached == [
        "Search the history",
        "Outcome",
        "Activity ID",
        "All accounts",
        "Add to work list",
        "Export…",
        "Saves",
        "What this save changed",
        "Title",
        "Location",
        "Load this activity",
        "Put back 2 fields…",
    ]


async def test_enter_in_the_search_starts_nothing_and_esc_closes_the_window(
    desk: Desk, qtbot: QtBot
) -> None:
    await desk.save(edit_of(title="x"))
    panel = await _panel(desk, qtbot)
    heard: list[object] = []
    panel.entry.restore_requested.connect(lambda *told: heard.append(told))
    panel.entry.load_requested.connect(heard.append)
    panel.search.setFocus()
    QTest.keyClick(panel.search, Qt.Key.Key_Return)
    assert panel.isVisible()
    assert not [d for d in panel.findChildren(QFileDialog) if d.isVisible()]
    assert heard == []
    QTest.keyClick(panel, Qt.Key.Key_Escape)
    assert not panel.isVisible()


async def test_on_a_small_screen_there_is_room_for_words_in_the_search_box(
    desk: Desk, qtbot: QtBot, qapp: QApplication
) -> None:
    apply_theme(qapp, "light")
    await desk.save(edit_of(title="Another title"))
    panel = await _panel(desk, qtbot)
    panel.resize(WIDTH, HEIGHT)
    assert (panel.width(), panel.height()) == (WIDTH, HEIGHT)
    words = panel.search.placeholderText()
    assert panel.search.width() > panel.search.fontMetrics().horizontalAdvance(words)
