"""The pane of the work list: rows that stay where they are, and names for screen readers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QMimeData, QModelIndex, QPersistentModelIndex, QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QAccessible, QContextMenuEvent, QDropEvent, QGuiApplication, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QPushButton, QStyleOptionViewItem, QToolButton
from pytestqt.qtbot import QtBot

from atz_desktop.domain.work_list import RowMark, RowState, WorkList, WorkListRow
from atz_desktop.view.windows.main_window import MainWindow
from atz_desktop.view.worklist.list_view import ROW_LOOKS, WorkListDelegate
from atz_desktop.view.worklist.pane import WorkListPane
from atz_desktop.view.worklist.row_model import RowOrder, WorkListModel

MANY = 5_000


def row(number: int, state: RowState = RowState.TO_DO, title: str = "Call") -> WorkListRow:
    return WorkListRow(number, title, "", {}, state)


def shown(model: WorkListModel) -> list[int]:
    return [model.row(place).activity_id for place in range(model.rowCount())]


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    made = MainWindow()
    qtbot.addWidget(made)
    made.resize(1366, 705)
    made.show()
    yield made
    made.force_close()


@pytest.fixture
def pane(window: MainWindow) -> WorkListPane:
    made = WorkListPane(window.menus.actions, window)
    made.begin_list([WorkList(1, "Rooms", "2026-11-27", False, 3)], 1)
    made.show_rows([row(42), row(7), row(8)])
    window.show_pane(made)
    return made


class CountingDelegate(WorkListDelegate):
    """Counts the rows that are painted."""

    painted = 0

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        self.painted += 1
        super().paint(painter, option, index)


def test_of_five_thousand_rows_only_those_in_sight_are_painted(
    pane: WorkListPane, qtbot: QtBot
) -> None:
    delegate = CountingDelegate(pane.view, pane.rows)
    pane.view.setItemDelegate(delegate)
    pane.show_rows(row(number) for number in range(1, MANY + 1))
    bar = pane.view.verticalScrollBar()
    high = pane.view.sizeHintForRow(0)
    in_sight = pane.view.viewport().height() // high + 2
    for part in range(5):
        delegate.painted = 0
        bar.setValue(bar.maximum() * part // 4)
        pane.view.viewport().repaint()
        assert 0 < delegate.painted <= in_sight
    assert shown(pane.rows)[-1] == MANY


def test_rows_that_change_are_drawn_anew_without_being_laid_out_again(pane: WorkListPane) -> None:
    pane.show_rows(row(number) for number in range(1, MANY + 1))
    told: list[str] = []
    for name in ("dataChanged", "modelReset", "rowsInserted", "rowsRemoved", "layoutChanged"):
        getattr(pane.rows, name).connect(lambda *_, name=name: told.append(name))
    rows = [row(number) for number in range(1, MANY + 1)]
    rows[99] = row(100, RowState.CHECKED)
    pane.show_rows(rows)
    assert told == ["dataChanged"]
    assert pane.rows.row(99).state is RowState.CHECKED


def test_one_row_that_changes_is_drawn_counted_and_found_as_it_is_now(pane: WorkListPane) -> None:
    pane.show_rows(row(number) for number in range(1, MANY + 1))
    pane.filter.line.setText("call")
    told: list[tuple[int, int]] = []
    pane.rows.dataChanged.connect(lambda first, last, *_: told.append((first.row(), last.row())))
    pane.update_rows([row(100, RowState.CHECKED, "Dinner"), row(MANY + 1)])
    assert told == [(99, 99)]
    links = [link.text() for link in pane.foot.summary.links]
    assert links == ["4,999 to do", "1 checked"]
    pane.filter.line.setText("dinner")
    assert shown(pane.rows) == [100]
    pane.filter.line.setText("call")
    assert len(shown(pane.rows)) == MANY - 1


def test_a_row_that_changes_before_its_texts_were_looked_at_is_found_as_it_is_now(
    pane: WorkListPane,
) -> None:
    pane.show_rows([row(42), row(7, title="Breakfast"), row(8)])
    pane.update_rows([row(7, title="Dinner")])
    for words, found in (("dinner", [7]), ("breakfast", [])):
        pane.filter.line.setText(words)
        assert shown(pane.rows) == found


def test_a_filter_and_an_order_hold_still_until_the_user_says_so(pane: WorkListPane) -> None:
    pane.rows.arrange("", frozenset({RowState.TO_DO}), RowOrder.NUMBER)
    assert shown(pane.rows) == [7, 8, 42]
    pane.show_rows([row(42), row(7, RowState.CHECKED, "A"), row(8, RowState.CHANGED)])
    assert shown(pane.rows) == [7, 8, 42], "an edit moves no row"
    pane.rows.arrange("", frozenset({RowState.TO_DO}), RowOrder.NUMBER)
    assert shown(pane.rows) == [42]


def test_rows_that_come_stand_at_the_end_and_those_that_leave_move_no_other(
    pane: WorkListPane,
) -> None:
    pane.rows.arrange("", frozenset(), RowOrder.NUMBER)
    pane.show_rows([row(42), row(8), row(1), row(9)])
    assert shown(pane.rows) == [8, 42, 1, 9]


def test_words_find_rows_by_number_title_and_note(pane: WorkListPane) -> None:
    pane.show_rows(
        [row(42), row(7, title="Łukasz"), WorkListRow(8, "", "sheet 3", {}, RowState.TO_DO)]
    )
    for words, found in (("lukasz", [7]), ("42", [42]), ("SHEET", [8]), ("none", [])):
        pane.filter.line.setText(words)
        assert shown(pane.rows) == found


def test_each_state_has_a_sign_of_its_own_and_is_told_to_screen_readers(
    pane: WorkListPane,
) -> None:
    assert len({look.icon for look in ROW_LOOKS.values()}) == len(RowState)
    pane.begin_list([], None)
    pane.show_rows([row(number, state) for number, state in enumerate(RowState, 1)])
    for place, state in enumerate(RowState):
        said = pane.rows.index(place).data(Qt.ItemDataRole.AccessibleTextRole)
        assert said == f"{place + 1}, Call, {state.value}"


def test_what_can_be_done_has_the_names_that_scripts_know(
    window: MainWindow, pane: WorkListPane
) -> None:
    names = {
        each.accessibleName() or each.text()
        for kind in (QPushButton, QToolButton)
        for each in window.findChildren(kind)
        if each.isVisible()
    }
    wanted = {"Add to work list", "Save and next", "Next activity", "Previous activity"}
    assert {*wanted, "Skip", "Park"} <= names
    interface = QAccessible.queryAccessibleInterface(pane)
    assert interface.text(QAccessible.Text.Name) == "Work list"


def test_the_title_says_which_of_how_many_is_in_the_form(pane: WorkListPane) -> None:
    assert pane.head.title == "Work list · 3"
    pane.show_open(7)
    assert pane.head.title == "Work list · 2 of 3"
    pane.show_open(99)
    assert pane.head.title == "Work list · 3"


def test_a_click_opens_a_row_and_with_control_it_marks_it(pane: WorkListPane) -> None:
    opened: list[int] = []
    pane.view.open_requested.connect(opened.append)
    for place, held in (
        (1, Qt.KeyboardModifier.NoModifier),
        (2, Qt.KeyboardModifier.ControlModifier),
    ):
        spot = pane.view.visualRect(pane.rows.index(place)).center()
        QTest.mouseClick(pane.view.viewport(), Qt.MouseButton.LeftButton, held, spot)
    assert opened == [7]
    assert pane.view.chosen() == (7, 8)
    QTest.keyClick(pane.view, Qt.Key.Key_Return)
    assert opened == [7, 8]


def test_delete_takes_the_marked_rows_out_and_copy_gives_their_ids(pane: WorkListPane) -> None:
    left: list[tuple[int, ...]] = []
    pane.view.remove_requested.connect(left.append)
    pane.view.selectAll()
    QTest.keyClick(pane.view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "42\n7\n8"
    QTest.keyClick(pane.view, Qt.Key.Key_Delete)
    assert left == [(42, 7, 8)]


def test_text_that_is_pasted_or_dropped_on_the_pane_comes_to_the_list(pane: WorkListPane) -> None:
    given: list[str] = []
    pane.text_given.connect(given.append)
    QGuiApplication.clipboard().setText("9\n10")
    pane.view.setFocus()
    QTest.keyClick(pane.view, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    dropped = QMimeData()
    dropped.setText("11\n12")
    event = QDropEvent(
        QPointF(9, 9),
        Qt.DropAction.CopyAction,
        dropped,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    pane.dropEvent(event)
    assert given == ["9\n10", "11\n12"]


def test_a_narrow_window_has_the_list_as_a_strip_above_the_page(
    window: MainWindow, pane: WorkListPane, qtbot: QtBot
) -> None:
    window.resize(683, 345)
    qtbot.waitUntil(lambda: pane.height() < 60)
    assert window.pages.width() == 683
    assert not pane.view.isVisible()
    buttons = [each for each in pane.findChildren(QToolButton) if each.isVisible()]
    assert {"Lists", "Add to work list", "Skip", "Park"} <= {b.accessibleName() for b in buttons}
    for each in buttons:
        assert pane.rect().contains(QRect(each.mapTo(pane, QPoint()), each.size()))
    window.resize(1366, 705)
    qtbot.waitUntil(lambda: pane.width() == 260)
    assert pane.view.isVisible()


def test_the_menu_of_a_row_marks_it(pane: WorkListPane) -> None:
    marks: list[object] = []
    pane.view.mark_requested.connect(lambda ids, mark: marks.append((ids, mark)))
    pane.view.setCurrentIndex(pane.rows.index(1))
    by_key = QContextMenuEvent.Reason.Keyboard
    QApplication.sendEvent(pane.view.viewport(), QContextMenuEvent(by_key, QPoint(), QPoint()))
    [menu] = pane.view.findChildren(QMenu)
    {action.text(): action for action in menu.actions()}["Park"].trigger()
    menu.close()
    assert marks == [((7,), RowMark.PARKED)]
