"""Long lists of chips: folded, and all of them in a list with a filter."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QListView
from pytestqt.qtbot import QtBot

from atz_desktop.view.appearance import apply_theme
from atz_desktop.view.widgets.chip import Chip, ChipButton
from atz_desktop.view.widgets.chip_paint import Mark
from atz_desktop.view.widgets.chip_popup import ChipPopup
from tests.view.chip_form import CTRL, SHIFT, Form, Key

CROWD = tuple(Chip(f"k{place}", f"Person {place}") for place in range(60))
KEYS = [chip.key for chip in CROWD]


@pytest.fixture
def form(qtbot: QtBot, qapp: QApplication) -> Iterator[Form]:
    apply_theme(qapp, "light")
    made = Form(qtbot)
    made.chips.show_chips(CROWD)
    yield made
    apply_theme(qapp, "system")


def texts(form: Form) -> list[str]:
    return [button.chip.text for button in form.buttons]


W = TypeVar("W")


def one(found: W | None) -> W:
    assert found is not None
    return found


class Popup:
    """The list of all chips as a person finds it."""

    def __init__(self, form: Form) -> None:
        self.popup = one(form.chips.findChild(ChipPopup))
        assert self.popup.isVisible()
        self.filter = one(self.popup.findChild(QLineEdit))
        self.list = one(self.popup.findChild(QListView))

    @property
    def rows(self) -> list[str]:
        model = self.list.model()
        return [str(model.index(row, 0).data()) for row in range(model.rowCount())]

    def press(self, key: Qt.Key) -> None:
        focused = self.popup.focusWidget()
        assert focused is not None
        QTest.keyClick(focused, key)


def opened(form: Form) -> Popup:
    """Go from the box to "+48 more" and press it."""
    form.press(Key.Key_Left)
    form.press(Key.Key_Return)
    return Popup(form)


def test_from_the_twelfth_on_the_rest_is_folded(form: Form) -> None:
    assert texts(form) == [*(f"Person {place}" for place in range(12)), "+48 more"]
    assert form.keys == KEYS
    form.chips.show_chips(CROWD[:12])
    assert len(form.buttons) == 12


def test_many_chips_make_no_more_widgets_than_few(form: Form) -> None:
    form.chips.show_chips([Chip(f"k{place}", f"Person {place}") for place in range(5000)])
    assert len(form.chips.findChildren(ChipButton)) == 13
    assert texts(form)[-1] == "+4,988 more"


def test_what_is_changed_is_never_folded_away(form: Form) -> None:
    added = Chip("new", "New", mark=Mark.ADDED)
    gone = CROWD[40]._replace(mark=Mark.REMOVED)
    form.chips.show_chips([*CROWD[:40], gone, *CROWD[41:], added])
    assert texts(form)[12:] == ["+47 more", "Person 40", "New"]
    assert len(form.chips.chips()) == 60


def test_the_box_stays_in_sight_however_many_are_added(form: Form) -> None:
    form.chips.show_chips(
        [*CROWD, *(Chip(f"n{n}", f"New {n}", mark=Mark.ADDED) for n in range(200))]
    )
    assert texts(form)[12:14] == ["+236 more", "New 188"]
    assert form.box.geometry().bottom() < form.window.height()


def test_what_is_typed_is_added_to_a_folded_list(form: Form) -> None:
    form.type("candidate_new,")
    assert [chip.key for chip in form.heard[-1]] == [*KEYS, "candidate_new"]


def test_who_is_folded_away_is_not_added_twice(form: Form) -> None:
    form.chips.show_chips([*CROWD, Chip("candidate_e0e0", "Eve")])
    form.type("candidate_e0e0,")
    assert form.heard == []
    assert form.box.placeholderText() == "Eve: already in the list"


@pytest.mark.parametrize("key", [Key.Key_Delete, Key.Key_Backspace])
def test_one_key_never_takes_out_all_that_is_folded_away(form: Form, key: Qt.Key) -> None:
    form.press(Key.Key_Left)
    form.press(key)
    form.press(Key.Key_X, CTRL)
    assert form.heard == []


def test_select_all_means_the_folded_ones_too(form: Form) -> None:
    form.press(Key.Key_A, CTRL)
    form.press(Key.Key_C, CTRL)
    assert len(QGuiApplication.clipboard().text().splitlines()) == 60
    form.press(Key.Key_Delete)
    assert form.heard == [()]


def test_a_selection_across_the_fold_takes_the_folded_ones_along(form: Form) -> None:
    last = Chip("new", "New", mark=Mark.ADDED)
    form.chips.show_chips([*CROWD, last])
    form.press(Key.Key_Left)
    form.press(Key.Key_Left, SHIFT)
    form.press(Key.Key_Left, SHIFT)
    form.press(Key.Key_Delete)
    assert [chip.key for chip in form.heard[-1]] == KEYS[:11]


def test_backspace_in_the_box_selects_somebody_in_sight(form: Form) -> None:
    form.press(Key.Key_Backspace)
    assert form.selected == ["k11"]


def test_enter_on_the_fold_lists_all_and_a_filter_finds_some(form: Form) -> None:
    form.chips.show_chips([*CROWD[:-1], Chip("k59", "Zoë", "zoe@example.com")])
    popup = opened(form)
    assert len(popup.rows) == 60
    QTest.keyClicks(popup.filter, "PERSON 4")
    assert popup.rows[0] == "Person 4, k4"
    assert len(popup.rows) == 11
    for words in ("zoe", "zoë", "@EXAMPLE"):
        popup.filter.setText(words)
        assert popup.rows == ["Zoë, k59"]
    popup.press(Key.Key_Escape)
    assert not popup.popup.isVisible()


def test_the_list_says_how_many_there_are(form: Form) -> None:
    popup = opened(form)

    def count() -> str:
        return popup.list.accessibleDescription()

    assert count() == "60 in the list"
    popup.filter.setText("person 4")
    assert count() == "11 of 60"


def test_somebody_is_taken_out_of_the_list_with_keys_and_comes_back(form: Form) -> None:
    shown = CROWD

    def show(chips: tuple[Chip, ...]) -> None:
        nonlocal shown
        kept = {chip.key for chip in chips}
        shown = tuple(c._replace(mark=Mark.NONE if c.key in kept else Mark.REMOVED) for c in shown)
        form.chips.show_chips(shown)

    form.chips.edited.connect(show)
    popup = opened(form)
    QTest.keyClicks(popup.filter, "person 40")
    popup.press(Key.Key_Down)
    popup.press(Key.Key_Delete)
    assert form.keys == [key for key in KEYS if key != "k40"]
    assert popup.rows == ["Person 40, k40, removed, not saved yet"]
    popup.press(Key.Key_Return)
    assert form.keys == KEYS
    assert popup.popup.isVisible()


def test_the_button_at_the_end_of_a_row_takes_that_person_out(form: Form) -> None:
    popup = opened(form)
    row = popup.list.visualRect(popup.list.model().index(2, 0))
    spot = QPoint(row.right() - 10, row.center().y())
    QTest.mouseClick(popup.list.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    assert "k2" not in form.keys
    assert len(popup.rows) == 59


def test_a_list_that_can_only_be_read_can_be_looked_through(form: Form) -> None:
    form.chips.set_read_only(True)
    popup = opened(form)
    popup.press(Key.Key_Down)
    popup.press(Key.Key_Delete)
    assert (form.heard, len(popup.rows)) == ([], 60)


def test_a_click_opens_the_list_and_screen_readers_can_press_it(form: Form, qtbot: QtBot) -> None:
    more = form.buttons[-1]
    assert more.accessibleName() == "+48 more, press Enter to see all 60"
    QTest.mouseClick(more, Qt.MouseButton.LeftButton)
    Popup(form).press(Key.Key_Escape)
    QAccessible.queryAccessibleInterface(more).actionInterface().doAction("Press")
    qtbot.waitUntil(one(form.chips.findChild(ChipPopup)).isVisible)
    popup = Popup(form)
    assert popup.filter.accessibleName() == "Filter Candidates"
    assert popup.list.accessibleName() == "All Candidates"
    popup.press(Key.Key_Escape)


def test_names_in_the_list_are_plain_text(form: Form) -> None:
    form.chips.show_chips([*CROWD, Chip("odd", "<b>Ana</b>\nLee", "<img src='x'>")])
    popup = opened(form)
    index = popup.list.model().index(60, 0)
    assert index.data() == "<b>Ana</b> Lee, odd"
    assert "&lt;img" in index.data(Qt.ItemDataRole.ToolTipRole)


def test_the_list_runs_from_right_to_left_where_its_field_does(form: Form) -> None:
    form.chips.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    form.press(Key.Key_Right)
    form.press(Key.Key_Return)
    popup = Popup(form)
    assert popup.list.layoutDirection() == Qt.LayoutDirection.RightToLeft
    row = popup.list.visualRect(popup.list.model().index(2, 0))
    spot = QPoint(row.left() + 10, row.center().y())
    QTest.mouseClick(popup.list.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    assert "k2" not in form.keys
