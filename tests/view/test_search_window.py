"""The Find window by itself: what it asks for, what it shows, and which activity it wants."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from atz_desktop.domain.local_records import Name, RecentActivity
from atz_desktop.domain.values import RecordRef
from atz_desktop.session.lookups import Lookups
from atz_desktop.session.notices import Level, Notice
from atz_desktop.session.search import ActivityHit, ActivityQuery
from atz_desktop.view.widgets.labels import Callout
from atz_desktop.view.windows.search_filters import SearchFilters
from atz_desktop.view.windows.search_window import SearchWindow
from tests.view.editor_bench import press, spoken
from tests.view.late_directory import LateDirectory

AT = datetime(2026, 4, 20, 15, 3, tzinfo=UTC)


def found(number: int, title: str = "Call") -> ActivityHit:
    return ActivityHit(number, title, "Meeting", "23 Apr 2026, 09:30", "Ana (candidate)", AT)


class PlainSearch(QObject):
    """Holds a list as ActivitySearch does. `asked` is what the panel asked it, in order."""

    list_replaced = Signal()
    rows_added = Signal()
    busy_changed = Signal()
    recent_changed = Signal()
    notified = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.lookups = Lookups()
        self.hits: list[ActivityHit] = []
        self.recent: tuple[RecentActivity, ...] = ()
        self.total: int | None = None
        self.has_more = False
        self.busy = False
        self.listed_query: ActivityQuery | None = None
        self.asked: list[ActivityQuery | str] = []

    def search(self, sought: ActivityQuery) -> None:
        self.asked.append(sought)

    def fetch_more(self) -> None:
        self.asked.append("more")

    def load_recent(self) -> None:
        self.asked.append("recent")
        self.recent_changed.emit()

    def answer(self, *rows: ActivityHit, total: int | None = None, more: bool = False) -> None:
        self.hits, self.total, self.has_more = list(rows), total, more
        self.listed_query = next(
            each for each in reversed(self.asked) if isinstance(each, ActivityQuery)
        )
        self.list_replaced.emit()


class Bench:
    def __init__(self, qtbot: QtBot) -> None:
        self.finding = PlainSearch()
        self.panel = SearchWindow(self.finding)  # type: ignore[arg-type]
        self.wanted: list[int] = []
        self.panel.load_requested.connect(self.wanted.append)
        qtbot.addWidget(self.panel)
        with qtbot.waitActive(self.panel):
            self.panel.search_for()

    @property
    def last(self) -> ActivityQuery | str:
        return self.finding.asked[-1]

    def cells(self) -> list[str]:
        model = self.panel.tables[self.panel.tabs.currentIndex()].model()
        return [str(model.index(0, column).data()) for column in range(model.columnCount())]


@pytest.fixture
def bench(qtbot: QtBot) -> Bench:
    return Bench(qtbot)


def test_it_begins_with_what_was_changed_last(bench: Bench) -> None:
    assert bench.finding.asked == [ActivityQuery()]
    assert QApplication.focusWidget() is bench.panel.search


def test_words_are_looked_for_when_the_typing_pauses(bench: Bench, qtbot: QtBot) -> None:
    QTest.keyClicks(bench.panel.search, "ana lima")
    assert bench.finding.asked == [ActivityQuery()]
    qtbot.waitUntil(lambda: bench.last == ActivityQuery("ana lima"))
    assert len(bench.finding.asked) == 2


def test_enter_searches_at_once_and_then_loads_the_first(bench: Bench) -> None:
    QTest.keyClicks(bench.panel.search, "ana")
    press(Qt.Key.Key_Return)
    assert (bench.last, bench.wanted) == (ActivityQuery("ana"), [])
    bench.finding.answer(found(7), found(8), total=2)
    press(Qt.Key.Key_Return)
    assert bench.wanted == [7]
    assert not bench.panel.isVisible()


def test_up_and_down_choose_while_the_cursor_stays_in_the_words(bench: Bench) -> None:
    bench.finding.answer(found(7), found(8), found(9))
    press(Qt.Key.Key_Down)
    press(Qt.Key.Key_Down)
    press(Qt.Key.Key_Up)
    assert QApplication.focusWidget() is bench.panel.search
    press(Qt.Key.Key_Return)
    assert bench.wanted == [8]


def test_enter_does_not_load_from_a_list_that_answers_other_words(bench: Bench) -> None:
    bench.finding.answer(found(7))
    QTest.keyClicks(bench.panel.search, "x")
    press(Qt.Key.Key_Return)
    bench.finding.busy = True
    press(Qt.Key.Key_Return)
    assert bench.wanted == []


def test_enter_pressed_again_and_again_asks_once(bench: Bench) -> None:
    QTest.keyClicks(bench.panel.search, "ana")
    press(Qt.Key.Key_Return)
    bench.finding.busy = True
    for _ in range(5):
        press(Qt.Key.Key_Return)
    assert bench.finding.asked == [ActivityQuery(), ActivityQuery("ana")]
    bench.finding.busy = False  # and no list came: there was no network
    press(Qt.Key.Key_Return)
    assert bench.finding.asked[2:] == [ActivityQuery("ana")]


def test_enter_loads_what_stands_out_while_the_next_page_is_fetched(bench: Bench) -> None:
    bench.finding.answer(found(7), found(8), more=True)
    press(Qt.Key.Key_Down)
    bench.finding.busy = True
    press(Qt.Key.Key_Return)
    assert bench.wanted == [8]
    assert bench.finding.asked.count(ActivityQuery()) == 1


def test_enter_in_an_empty_list_does_nothing(bench: Bench) -> None:
    bench.finding.answer()
    press(Qt.Key.Key_Return)
    assert bench.wanted == []
    assert bench.panel.said.text() == "No activity was found"
    assert bench.panel.isVisible()


def test_a_row_says_title_type_time_record_and_last_change(bench: Bench) -> None:
    bench.finding.answer(found(7, "<b>Call</b>"), total=90, more=True)
    here = AT.astimezone()
    cells = ["<b>Call</b>", "Meeting", "23 Apr 2026, 09:30", "Ana (candidate)"]
    assert bench.cells() == [*cells, f"20 Apr 2026, {here:%H:%M}", "7"]
    assert bench.panel.said.text() == "1 of 90"


def test_a_longer_list_keeps_the_row_that_stands_out(bench: Bench) -> None:
    bench.finding.answer(found(7), found(8))
    press(Qt.Key.Key_Down)
    bench.finding.hits.append(found(9))
    bench.finding.rows_added.emit()
    assert bench.panel.tables[0].model().rowCount() == 3
    press(Qt.Key.Key_Return)
    assert bench.wanted == [8]


class Counted(ActivityHit):
    """Counts how often a row was made of it."""

    made = 0

    def __getattribute__(self, name: str) -> Any:
        if name == "title":
            Counted.made += 1
        return super().__getattribute__(name)


def test_another_page_makes_its_own_rows_and_no_other(bench: Bench) -> None:
    Counted.made = 0
    first = [Counted(n, f"Row {n}", "", "", "", None) for n in range(500)]
    bench.finding.answer(*first)
    model = bench.panel.tables[0].model()
    resets: list[bool] = []
    added: list[tuple[int, int]] = []
    model.modelReset.connect(lambda: resets.append(True))
    model.rowsInserted.connect(lambda _parent, top, last: added.append((top, last)))
    for page in (1, 2):
        start = 500 + 25 * (page - 1)
        bench.finding.hits += [
            Counted(n, f"Row {n}", "", "", "", None) for n in range(start, start + 25)
        ]
        bench.finding.rows_added.emit()
    assert Counted.made == 500 + 25 + 25
    assert (resets, added) == ([], [(500, 524), (525, 549)])


@pytest.mark.parametrize(
    ("box", "keys", "narrowed"),
    [
        ("type", "Task", ActivityQuery(type_id=3)),
        ("importance", "Crit", ActivityQuery(importance="critical")),
        ("entity", "Job", ActivityQuery(entity=2)),
        ("order", "Oldest", ActivityQuery(sort_by="created_at", ascending=True)),
    ],
)
def test_each_filter_narrows_the_search(
    bench: Bench, box: str, keys: str, narrowed: ActivityQuery
) -> None:
    control = getattr(bench.panel.filters, box)
    control.setFocus()
    QTest.keyClicks(control, keys)
    assert bench.last == narrowed


def test_a_slug_narrows_the_search_when_the_typing_pauses(bench: Bench, qtbot: QtBot) -> None:
    bench.panel.filters.record.setFocus()
    QTest.keyClicks(bench.panel.filters.record, "job_7")
    qtbot.waitUntil(lambda: bench.last == ActivityQuery(record="job_7"))
    assert bench.finding.asked == [ActivityQuery(), ActivityQuery(record="job_7")]


def test_a_name_that_is_still_being_typed_narrows_nothing(bench: Bench) -> None:
    bench.panel.filters.record.setFocus()
    QTest.keyClicks(bench.panel.filters.record, "Ana Lima")
    assert bench.finding.asked == [ActivityQuery()]


def test_another_kind_of_record_forgets_the_record(bench: Bench) -> None:
    bench.finding.lookups.add_names([Name("job", "job_7", "Nurse")])
    bench.panel.search_record(RecordRef(2, "job_7"))
    assert bench.last == ActivityQuery(entity=2, record="job_7")
    assert bench.panel.filters.record.text() == "Nurse"
    bench.panel.filters.entity.setFocus()
    press(Qt.Key.Key_Down)
    assert bench.last == ActivityQuery(entity=3)
    assert bench.panel.filters.record.text() == ""


def test_types_learned_later_are_offered_and_the_chosen_one_stays(bench: Bench) -> None:
    bench.panel.filters.type.setFocus()
    QTest.keyClicks(bench.panel.filters.type, "Task")
    asked = len(bench.finding.asked)
    bench.finding.lookups.add_names([Name("type", "17", "Audit")])
    bench.finding.lookups.names_learned.emit()
    assert bench.panel.filters.type.currentText() == "Task"
    assert bench.panel.filters.type.findText("Audit") > 0
    assert len(bench.finding.asked) == asked


def test_recent_is_read_when_it_is_looked_at(bench: Bench) -> None:
    bench.finding.recent = (RecentActivity(5, "Old one", "2026-04-20T15:03:00Z", None),)
    bench.panel.tabs.setCurrentIndex(1)
    assert bench.last == "recent"
    assert (bench.cells()[0], bench.cells()[3:]) == ("Old one", ["", "5"])
    bench.panel.tables[1].setFocus()
    press(Qt.Key.Key_Return)
    assert bench.wanted == [5]


def test_typing_over_recent_filters_it_and_stays_there(bench: Bench) -> None:
    bench.finding.recent = (
        RecentActivity(5, "Call with Łukasz Müller", "2026-04-20T15:03:00Z", None),
        RecentActivity(51, "Interview", "2026-04-20T15:03:00Z", None),
    )
    bench.panel.tabs.setCurrentIndex(1)
    asked = len(bench.finding.asked)
    bench.panel.search.setFocus()
    QTest.keyClicks(bench.panel.search, "muller CALL")
    assert bench.panel.tabs.currentIndex() == 1
    assert (bench.panel.recent.rowCount(), bench.cells()[0]) == (1, "Call with Łukasz Müller")
    assert len(bench.finding.asked) == asked  # ATZ counts each search
    QTest.keyClicks(bench.panel.search, "x")
    assert bench.panel.recent.rowCount() == 0
    assert bench.panel.said.text() == "Nothing that was loaded here has these words"
    bench.panel.search.setText("5")
    assert bench.panel.recent.rowCount() == 2  # numbers are found, too
    press(Qt.Key.Key_Down)
    press(Qt.Key.Key_Return)
    assert bench.wanted == [51]


def test_words_typed_over_recent_are_looked_for_in_atz_as_soon_as_that_is_shown(
    bench: Bench,
) -> None:
    bench.panel.tabs.setCurrentIndex(1)
    QTest.keyClicks(bench.panel.search, "budget")
    bench.panel.tabs.setCurrentIndex(0)
    assert bench.last == ActivityQuery("budget")
    bench.panel.tabs.setCurrentIndex(1)
    asked = len(bench.finding.asked)
    bench.panel.tabs.setCurrentIndex(0)
    assert len(bench.finding.asked) == asked  # it is being looked for already


@pytest.mark.parametrize(("width", "whole"), [(1400, True), (560, False)])
def test_times_are_shown_whole_where_there_is_room_and_no_column_is_ever_lost(
    bench: Bench, width: int, whole: bool
) -> None:
    table = bench.panel.tables[0]
    bench.panel.resize(width, 500)
    QApplication.processEvents()
    wanted = table.fontMetrics().horizontalAdvance("28 May 2024, 00:00 – 00:00")
    assert (table.columnWidth(2) > wanted) is whole
    columns = range(table.model().columnCount())
    assert min(table.columnWidth(column) for column in columns) > 20
    assert sum(table.columnWidth(column) for column in columns) <= table.viewport().width()


def test_the_list_is_changed_from_the_box_of_the_words(bench: Bench) -> None:
    QTest.keyClick(bench.panel.search, Qt.Key.Key_Tab, Qt.KeyboardModifier.ControlModifier)
    assert bench.last == "recent"
    assert QApplication.focusWidget() is bench.panel.search
    QTest.keyClick(bench.panel.search, Qt.Key.Key_Tab, Qt.KeyboardModifier.ControlModifier)
    assert bench.panel.tabs.currentIndex() == 0


def test_a_double_click_loads(bench: Bench) -> None:
    bench.finding.answer(found(7), found(8))
    table = bench.panel.tables[0]
    place = table.visualRect(table.model().index(1, 0)).center()
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QTest.mouseClick(table.viewport(), left, none, place)
    QTest.mouseDClick(table.viewport(), left, none, place)
    assert bench.wanted == [8]


def test_trouble_is_said_and_taken_back(bench: Bench) -> None:
    callout = bench.panel.findChildren(Callout)[0]
    bench.finding.notified.emit(Notice(Level.PROBLEM, "No list", "Try later."))
    assert (callout.isVisible(), callout.text) == (True, "No list. Try later.")
    bench.finding.notified.emit(None)
    assert not callout.isVisible()


def test_escape_closes_and_the_words_are_there_again(bench: Bench) -> None:
    QTest.keyClicks(bench.panel.search, "ana")
    press(Qt.Key.Key_Escape)
    assert not bench.panel.isVisible()
    bench.panel.search_for()
    assert bench.panel.search.text() == "ana"
    assert bench.panel.search.selectedText() == "ana"


def test_everything_has_a_name_for_screen_readers(bench: Bench) -> None:
    filters = bench.panel.filters
    wanted: dict[str, Callable[[], object]] = {
        "Search activities": lambda: bench.panel.search,
        "Only this type": lambda: filters.type,
        "Only this importance": lambda: filters.importance,
        "Only this kind of record": lambda: filters.entity,
        "Only this record": lambda: filters.record,
        "Order": lambda: filters.order,
        "Activities found": lambda: bench.panel.tables[0],
        "Seen here": lambda: bench.panel.tables[1],
    }
    for name, widget in wanted.items():
        assert widget().accessibleName() == name  # type: ignore[attr-defined]
    assert spoken(bench.panel.search).isValid()


@pytest.mark.parametrize(
    "text", ["“job_7”", "\u2066job_7\u2069", " job_7 ", "https://app.example/jobs/job_7?tab=1"]
)
def test_a_pasted_slug_narrows_the_search_whatever_stands_around_it(
    bench: Bench, text: str
) -> None:
    record = bench.panel.filters.record
    record.setFocus()
    record.insert(text)
    assert bench.panel.filters.apply_to(ActivityQuery()).record == "job_7"


@pytest.mark.parametrize("end", [Qt.Key.Key_Return, Qt.Key.Key_Tab])
def test_a_record_to_look_for_is_taken_only_from_a_list_for_the_text(
    qtbot: QtBot, end: Qt.Key
) -> None:
    lookups = LateDirectory()
    filters = SearchFilters(lookups)
    qtbot.addWidget(filters)
    with qtbot.waitActive(filters):
        filters.show()
        filters.activateWindow()
    filters.record.setFocus()
    QTest.keyClicks(filters.record, "Ann")
    lookups.answer(Name("candidate", "candidate_ann", "Ann Lee"))
    QTest.keyClicks(filters.record, "ika")
    press(end)
    assert (filters.record.text(), filters.apply_to(ActivityQuery()).record) == ("Annika", "")
    filters.record.setFocus()
    lookups.asked = lookups.asked[:1]
    lookups.answer(Name("candidate", "candidate_ann", "Ann Lee"))
    press(Qt.Key.Key_Return)
    assert filters.record.text() == "Annika", "an answer for an older text is dropped"
