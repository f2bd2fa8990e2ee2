from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, QSize, Qt
from PySide6.QtGui import (
    QAccessible,
    QAccessibleInterface,
    QAction,
    QGuiApplication,
    QInputMethodEvent,
    QInputMethodQueryEvent,
    QKeyEvent,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from atz_desktop.view.appearance import apply_theme
from atz_desktop.view.widgets.chip import Chip, ChipButton
from atz_desktop.view.widgets.chip_input import ChipInput
from atz_desktop.view.widgets.layouts import flow
from tests.view.chip_form import ANA, BOB, CTRL, EVE, SHIFT, Form, Key, focused, parse_slugs


@pytest.fixture
def form(qtbot: QtBot, qapp: QApplication) -> Iterator[Form]:
    apply_theme(qapp, "light")
    yield Form(qtbot)
    apply_theme(qapp, "system")


# Taking text over


@pytest.mark.parametrize("end", [Key.Key_Return, Key.Key_Enter, Key.Key_Comma, Key.Key_Semicolon])
def test_enter_comma_and_semicolon_take_the_text_over(form: Form, end: Qt.Key) -> None:
    form.type("candidate_new")
    if end in (Key.Key_Return, Key.Key_Enter):
        form.press(end)
    else:
        form.type(chr(end.value))
    assert form.heard == [(Chip("candidate_new", "candidate_new", unverified=True),)]
    assert form.chips.pending_text() == ""
    assert form.box.hasFocus()


def test_tab_takes_the_text_over_and_moves_on(form: Form) -> None:
    form.type("candidate_ab12")
    form.press(Key.Key_Tab)
    assert form.heard == [(ANA,)]
    assert form.after.hasFocus()


def test_tab_shows_once_what_was_not_understood_and_is_no_trap(form: Form) -> None:
    form.type("Ana")
    form.press(Key.Key_Tab)
    assert form.box.hasFocus()
    assert form.chips.problem() == "That is no slug."
    form.press(Key.Key_Tab)
    assert form.after.hasFocus()
    assert form.chips.pending_text() == "Ana"
    assert form.heard == []


def test_leaving_the_field_takes_the_text_over(form: Form) -> None:
    form.type("candidate_ab12")
    form.before.setFocus()
    assert form.heard == [(ANA,)]


def test_a_look_at_another_window_takes_nothing_over(form: Form, qtbot: QtBot) -> None:
    form.type("candidate_ab")
    other = QWidget()
    qtbot.addWidget(other)
    other.show()
    other.activateWindow()
    qtbot.waitUntil(lambda: not form.box.hasFocus())
    assert form.heard == []
    assert form.chips.pending_text() == "candidate_ab"


def test_what_is_not_understood_stays_in_the_box_with_its_problem(form: Form) -> None:
    told: list[str | None] = []
    form.chips.problem_changed.connect(lambda: told.append(form.chips.problem()))
    form.type("Ana candidate_b0b0 Gil")
    form.press(Key.Key_Return)
    assert form.keys == ["candidate_b0b0"]
    assert form.chips.pending_text() == "Ana Gil"
    form.type("x")
    assert told == ["That is no slug.", None]


def test_a_pasted_list_becomes_many_chips_at_once(form: Form) -> None:
    QGuiApplication.clipboard().setText("candidate_ab12\r\ncandidate_b0b0\tcandidate_e0e0\n")
    form.box.paste()
    assert form.heard == [(ANA, BOB, EVE)]
    assert form.chips.pending_text() == ""


def test_the_same_person_is_not_added_twice_and_that_is_said(form: Form) -> None:
    form.chips.show_chips([ANA])
    form.type("candidate_ab12,")
    assert form.heard == []
    assert form.keys == ["candidate_ab12"]
    assert form.box.placeholderText() == "Ana García: already in the list"
    assert form.chips.problem() is None
    form.type("c")
    assert form.box.placeholderText() == ""


def test_a_person_twice_in_one_pasted_list_is_added_once(form: Form) -> None:
    QGuiApplication.clipboard().setText("candidate_ab12, candidate_ab12, candidate_e0e0")
    form.box.paste()
    assert form.heard == [(ANA, EVE)]


def test_enter_in_an_empty_box_presses_no_button_of_the_window(form: Form) -> None:
    pressed: list[bool] = []
    form.after.setDefault(True)
    form.after.clicked.connect(pressed.append)
    form.press(Key.Key_Return)
    assert (pressed, form.heard) == ([], [])


def test_text_waits_for_whoever_saves_to_ask_for_it(form: Form) -> None:
    form.type("candidate_ab12")
    assert form.chips.commit_text()
    assert form.heard == [(ANA,)]
    form.type("Ana")
    assert not form.chips.commit_text()
    assert form.chips.pending_text() == "Ana"


def test_what_an_assistive_tool_sets_counts_as_the_person_s_edit(form: Form) -> None:
    form.before.setFocus()
    tree = QAccessible.queryAccessibleInterface(form.box)
    tree.setText(QAccessible.Text.Value, "candidate_ab12")
    assert form.heard == [(ANA,)]


# Showing


def test_showing_chips_tells_nothing_and_keeps_text_and_focus(form: Form) -> None:
    form.type("cand")
    form.chips.show_chips([ANA, BOB])
    form.chips.show_text("candi")
    assert form.heard == []
    assert form.chips.pending_text() == "candi"
    assert form.box.hasFocus()
    assert form.keys == ["candidate_ab12", "candidate_b0b0"]


def test_a_chip_that_learns_its_name_keeps_its_place_and_the_focus(form: Form) -> None:
    form.chips.show_chips([ANA, Chip("candidate_new", "candidate_new", unverified=True)])
    form.press(Key.Key_Left)
    form.chips.show_chips([ANA, Chip("candidate_new", "Newman")])
    assert isinstance(focused(), ChipButton)
    assert focused().accessibleName() == "Newman, candidate_new, chip 2 of 2"


def test_the_focus_goes_with_its_chip_when_one_before_it_is_taken_away(form: Form) -> None:
    form.chips.show_chips([ANA, BOB, EVE])
    form.press(Key.Key_Left)
    form.chips.show_chips([BOB, EVE])
    form.press(Key.Key_Delete)
    assert form.heard == [(BOB,)]


def test_a_focused_chip_that_is_taken_away_leaves_the_focus_in_the_field(form: Form) -> None:
    form.chips.show_chips([ANA, BOB])
    form.press(Key.Key_Left)
    form.chips.show_chips([ANA])
    assert form.box.hasFocus()


# Keys


def test_backspace_selects_the_last_chip_and_only_a_second_one_removes_it(form: Form) -> None:
    form.chips.show_chips([ANA, BOB])
    form.press(Key.Key_Backspace)
    assert form.heard == []
    assert form.selected == ["candidate_b0b0"]
    form.press(Key.Key_Backspace)
    assert form.heard == [(ANA,)]
    assert form.box.hasFocus()


def test_backspace_in_text_never_touches_a_chip(form: Form) -> None:
    form.chips.show_chips([ANA])
    form.type("ab")
    form.box.setCursorPosition(0)
    form.press(Key.Key_Backspace)
    assert (form.keys, form.selected, form.chips.pending_text()) == ([ANA.key], [], "ab")


def test_a_held_backspace_stops_at_the_chips(form: Form) -> None:
    form.chips.show_chips([ANA, BOB])
    held = QKeyEvent(
        QKeyEvent.Type.KeyPress,
        Key.Key_Backspace.value,
        Qt.KeyboardModifier.NoModifier,
        "\b",
        True,
    )
    QApplication.sendEvent(form.box, held)
    assert form.selected == []
    form.press(Key.Key_Backspace)
    QApplication.sendEvent(focused(), held)
    assert form.keys == [ANA.key, BOB.key]


def test_delete_removes_the_selected_chip_and_selects_the_next(form: Form) -> None:
    form.chips.show_chips([ANA, BOB, EVE])
    form.press(Key.Key_Home)
    form.press(Key.Key_Delete)
    assert form.heard == [(BOB, EVE)]
    assert form.selected == ["candidate_b0b0"]


def test_arrows_home_and_end_move_among_chips_and_text(form: Form) -> None:
    form.chips.show_chips([ANA, BOB, EVE])
    form.type("x")
    form.press(Key.Key_Left)
    assert form.box.hasFocus()
    seen = []
    for key in (Key.Key_Left, Key.Key_Left, Key.Key_Home, Key.Key_Left, Key.Key_Right):
        form.press(key)
        seen.append(form.selected)
    assert seen == [[EVE.key], [BOB.key], [ANA.key], [ANA.key], [BOB.key]]
    form.press(Key.Key_End)
    assert form.box.hasFocus()
    assert form.selected == []
    assert form.chips.pending_text() == "x"


def test_arrows_follow_the_eye_where_one_reads_from_right_to_left(form: Form) -> None:
    form.chips.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    form.chips.show_chips([ANA, BOB])
    assert form.buttons[0].x() > form.buttons[1].x() > form.box.x()
    form.press(Key.Key_Right)
    assert form.selected == [BOB.key]
    form.press(Key.Key_Left)
    assert form.box.hasFocus()


def test_shift_extends_the_selection_and_delete_removes_all_of_it(form: Form) -> None:
    form.chips.show_chips([ANA, BOB, EVE])
    form.press(Key.Key_Left, SHIFT)
    form.press(Key.Key_Left, SHIFT)
    assert form.selected == [BOB.key, EVE.key]
    form.press(Key.Key_Right, SHIFT)
    assert form.selected == [EVE.key]
    form.press(Key.Key_Home, SHIFT)
    form.press(Key.Key_Delete)
    assert form.heard == [()]


def test_ctrl_a_selects_all_chips_when_the_box_is_empty_and_the_text_otherwise(form: Form) -> None:
    form.chips.show_chips([ANA, BOB])
    form.type("abc")
    form.press(Key.Key_A, CTRL)
    assert form.box.selectedText() == "abc"
    form.press(Key.Key_Delete)
    form.press(Key.Key_A, CTRL)
    assert form.selected == [ANA.key, BOB.key]


def test_copied_chips_paste_back_and_read_well_elsewhere(form: Form) -> None:
    form.chips.show_chips([ANA, Chip("candidate_new", "candidate_new")])
    form.press(Key.Key_A, CTRL)
    form.press(Key.Key_X, CTRL)
    assert form.heard == [()]
    assert QGuiApplication.clipboard().text() == "Ana García <candidate_ab12>\ncandidate_new"
    form.press(Key.Key_V, CTRL)
    assert form.keys == ["candidate_ab12", "candidate_new"]
    form.press(Key.Key_Left)
    form.press(Key.Key_C, CTRL)
    assert form.keys == ["candidate_ab12", "candidate_new"]


def test_a_program_that_ends_with_copied_chips_on_the_clipboard_ends_well() -> None:
    script = """
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from atz_desktop.view.widgets.chip import ChipButton
from atz_desktop.view.widgets.chip_input import Chip, ChipInput, ChipParseResult
app = QApplication(["", "-platform", "offscreen"])
chips = ChipInput(lambda text: ChipParseResult(unparsed=text))
chips.show_chips([Chip("key", "Name")])
chips.chip_clicked(0, Qt.KeyboardModifier.NoModifier)
QTest.keyClick(chips.findChild(ChipButton), Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
assert app.clipboard().text() == "Name <key>"
"""
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60)


def test_letters_typed_on_a_selected_chip_go_into_the_box(form: Form) -> None:
    form.chips.show_chips([ANA])
    form.press(Key.Key_Left)
    form.type("xy")
    assert form.chips.pending_text() == "xy"
    assert form.keys == [ANA.key]


ALT = Qt.KeyboardModifier.AltModifier
GROUP = Qt.KeyboardModifier.GroupSwitchModifier


@pytest.mark.parametrize(
    ("key", "held", "letter"),
    [
        (Key.Key_Q, CTRL | ALT, "@"),  # AltGr on Windows
        (Key.Key_L, CTRL | ALT, "ł"),
        (Key.Key_2, CTRL | ALT | SHIFT, "²"),
        (Key.Key_L, ALT, "ł"),  # Option on macOS
        (Key.Key_L, ALT | SHIFT, "Ł"),
        (Key.Key_L, ALT, "@"),
        (Key.Key_At, GROUP, "@"),  # AltGr on Linux
        (Key.Key_E, GROUP, "€"),
    ],
)
def test_letters_of_altgr_and_option_on_a_selected_chip_go_into_the_box(
    form: Form, key: Qt.Key, held: Qt.KeyboardModifier, letter: str
) -> None:
    form.chips.show_chips([ANA])
    form.press(Key.Key_Left)
    QApplication.sendEvent(focused(), QKeyEvent(QKeyEvent.Type.KeyPress, key, held, letter))
    assert (form.chips.pending_text(), form.keys) == (letter, [ANA.key])
    assert form.box.hasFocus()


@pytest.mark.parametrize(
    ("key", "held", "text"),
    [
        (Key.Key_S, CTRL, "s"),
        (Key.Key_S, CTRL | SHIFT, "S"),
        (Key.Key_E, ALT, "e"),
        (Key.Key_E, ALT | SHIFT, "E"),
        (Key.Key_F5, Qt.KeyboardModifier.NoModifier, ""),
        (Key.Key_S, Qt.KeyboardModifier.MetaModifier, "s"),
    ],
)
def test_commands_on_a_selected_chip_are_no_letters(
    form: Form, key: Qt.Key, held: Qt.KeyboardModifier, text: str
) -> None:
    form.chips.show_chips([ANA])
    form.press(Key.Key_Left)
    event = QKeyEvent(QKeyEvent.Type.KeyPress, key, held, text)
    QApplication.sendEvent(focused(), event)
    assert (form.chips.pending_text(), event.isAccepted()) == ("", False)
    assert form.selected == [ANA.key]


def compose(preedit: str, commit: str = "") -> None:
    event = QInputMethodEvent(preedit, [])
    event.setCommitString(commit)
    QApplication.sendEvent(focused(), event)


def test_an_input_method_composes_on_a_selected_chip(form: Form, asked: list[str]) -> None:
    form.chips.show_chips([ANA, BOB])
    form.press(Key.Key_Left)
    chip = focused()
    assert chip.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)
    compose("に")
    assert chip.hasFocus(), "moving the focus would end what is being composed"
    compose("にほ")
    compose("", "日本")
    assert (form.chips.pending_text(), form.keys) == ("日本", [ANA.key, BOB.key])
    assert (form.box.hasFocus(), asked) == (True, ["日本"])


def test_what_was_composed_on_a_chip_and_given_up_is_nothing(form: Form) -> None:
    form.chips.show_chips([ANA])
    form.press(Key.Key_Left)
    compose("に")
    compose("")
    assert (form.chips.pending_text(), form.selected) == ("", [ANA.key])
    form.press(Key.Key_Backspace)
    assert form.keys == []


def test_an_input_method_on_a_chip_shows_its_words_at_the_box(form: Form) -> None:
    form.chips.show_chips([ANA, BOB])
    form.press(Key.Key_Home)
    chip = focused()
    place = QInputMethodQueryEvent(Qt.InputMethodQuery.ImCursorRectangle)
    QApplication.sendEvent(chip, place)
    cursor = place.value(Qt.InputMethodQuery.ImCursorRectangle)
    spot = chip.mapTo(form.chips, cursor.center())
    assert form.box.geometry().contains(spot)


def test_chips_that_can_only_be_read_take_no_input_method(form: Form) -> None:
    form.chips.show_chips([ANA])
    form.chips.set_read_only(True)
    form.press(Key.Key_Left)
    query = QInputMethodQueryEvent(Qt.InputMethodQuery.ImEnabled)
    QApplication.sendEvent(focused(), query)
    assert not query.value(Qt.InputMethodQuery.ImEnabled)
    compose("", "x")
    assert form.chips.pending_text() == ""


def test_tab_from_a_chip_leaves_the_field_both_ways(form: Form) -> None:
    form.chips.show_chips([ANA, BOB])
    form.press(Key.Key_Left)
    form.press(Key.Key_Tab)
    assert form.after.hasFocus()
    form.chips.setFocus()
    form.press(Key.Key_Left)
    form.press(Key.Key_Backtab)
    assert form.before.hasFocus()
    assert form.selected == []


@pytest.mark.parametrize("at_chip", [False, True])
def test_undo_and_redo_are_the_window_s(form: Form, at_chip: bool) -> None:
    form.chips.show_chips([ANA])
    undone: list[bool] = []
    action = QAction(form.window)
    action.setShortcut("Ctrl+Z")
    action.triggered.connect(lambda: undone.append(True))
    form.window.addAction(action)
    form.type("x")
    if at_chip:
        form.press(Key.Key_Home)
        form.press(Key.Key_Left)
    form.press(Key.Key_Z, CTRL)
    assert undone == [True]
    assert form.chips.pending_text() == "x"


# Mouse


def test_a_click_selects_with_ctrl_and_shift_as_everywhere(form: Form) -> None:
    form.chips.show_chips([ANA, BOB, EVE])
    spot = QPoint(4, 4)

    def click(place: int, modifiers: Qt.KeyboardModifier) -> list[str]:
        QTest.mouseClick(form.buttons[place], Qt.MouseButton.LeftButton, modifiers, spot)
        return form.selected

    assert click(0, Qt.KeyboardModifier.NoModifier) == [ANA.key]
    assert click(2, CTRL) == [ANA.key, EVE.key]
    assert click(1, Qt.KeyboardModifier.NoModifier) == [BOB.key]
    assert click(2, SHIFT) == [BOB.key, EVE.key]
    assert form.heard == []


def _cross(chip: ChipButton) -> QAbstractButton:
    cross = chip.findChild(QAbstractButton)
    assert isinstance(cross, QAbstractButton)
    return cross


def test_the_cross_of_a_chip_removes_it_and_is_easy_to_hit(form: Form) -> None:
    form.chips.show_chips([ANA, BOB])
    cross = _cross(form.buttons[0])
    assert cross.width() >= 24
    assert cross.height() >= 24
    QTest.mouseClick(cross, Qt.MouseButton.LeftButton)
    assert form.heard == [(BOB,)]


def test_a_click_beside_the_chips_goes_to_the_text(form: Form) -> None:
    form.chips.show_chips([ANA, BOB, EVE])
    form.before.setFocus()
    edge = QPoint(form.chips.width() - 3, form.chips.height() - 3)
    QTest.mouseClick(form.chips, Qt.MouseButton.LeftButton, pos=edge)
    assert form.box.hasFocus()


def test_the_wheel_over_the_chips_scrolls_the_form(qtbot: QtBot) -> None:
    area, page, chips = QScrollArea(), QWidget(), ChipInput(parse_slugs)
    layout = QVBoxLayout(page)
    layout.addWidget(chips)
    layout.addStretch()
    page.setMinimumHeight(2000)
    area.setWidget(page)
    qtbot.addWidget(area)
    chips.show_chips([ANA, BOB])
    area.show()
    chips.setFocus()
    chip = chips.findChildren(ChipButton)[0]
    spot = chip.mapTo(area, QPointF(5, 5))
    QTest.wheelEvent(area.windowHandle(), spot, QPoint(0, -120))
    assert area.verticalScrollBar().value() > 0
    assert chips.chips() == (ANA, BOB)


# Reading and locking


def _spoken(widget: QWidget) -> list[tuple[str, QAccessible.Role]]:
    """Name and role of everything below `widget`, as a screen reader walks it."""
    found = []

    def walk(tree: QAccessibleInterface) -> None:
        for place in range(tree.childCount()):
            child = tree.child(place)
            found.append((child.text(QAccessible.Text.Name), child.role()))
            walk(child)

    walk(QAccessible.queryAccessibleInterface(widget))
    return found


def test_a_screen_reader_finds_the_box_every_chip_and_every_cross(form: Form) -> None:
    form.chips.show_chips([ANA, Chip("candidate_new", "candidate_new", unverified=True)])
    button, text = QAccessible.Role.Button, QAccessible.Role.EditableText
    assert set(_spoken(form.chips)) == {
        ("Candidates", text),
        ("Ana García, candidate_ab12, chip 1 of 2", button),
        ("Remove Ana García", button),
        ("candidate_new, not verified, chip 2 of 2", button),
        ("Remove candidate_new", button),
    }


def test_an_assistive_tool_presses_a_chip_and_its_cross(form: Form, qtbot: QtBot) -> None:
    form.chips.show_chips([ANA, BOB])
    QAccessible.queryAccessibleInterface(form.buttons[0]).actionInterface().doAction("Press")
    qtbot.waitUntil(lambda: form.selected == [ANA.key])
    cross = QAccessible.queryAccessibleInterface(_cross(form.buttons[1]))
    cross.actionInterface().doAction("Press")
    qtbot.waitUntil(lambda: form.heard == [(ANA,)])


def test_names_from_outside_are_never_read_as_markup(form: Form) -> None:
    form.chips.show_chips([Chip("k", "<b>Ana</b>", "<img src='x'>\nsecond")])
    chip = form.buttons[0]
    QTest.mouseMove(chip)
    QTest.mouseMove(chip, QPoint(5, 5))
    QApplication.processEvents()
    assert "&lt;b&gt;Ana&lt;/b&gt;\n&lt;img" in chip.toolTip()
    assert "<img" not in chip.toolTip()
    assert chip.accessibleDescription() == "<b>Ana</b>\n<img src='x'>\nsecond"


def test_a_read_only_field_can_be_looked_at_and_copied_and_nothing_changes(form: Form) -> None:
    form.chips.show_chips([ANA, BOB])
    form.chips.set_read_only(True)
    assert _cross(form.buttons[0]).isHidden()
    form.type("candidate_e0e0,")
    form.press(Key.Key_Left)
    for key in (Key.Key_Delete, Key.Key_Backspace):
        form.press(key)
    form.press(Key.Key_X, CTRL)
    form.press(Key.Key_C, CTRL)
    assert form.heard == []
    assert form.keys == [ANA.key, BOB.key]
    assert QGuiApplication.clipboard().text() == "Bob Stone <candidate_b0b0>"
    form.chips.set_read_only(False)
    assert not _cross(form.buttons[0]).isHidden()


# Suggestions

MORE = Chip("candidate_ana2", "Ana Gil", "gil@example.com")


@pytest.fixture
def asked(form: Form) -> list[str]:
    asked: list[str] = []
    form.chips.set_completer_source(asked.append)
    return asked


def test_what_is_typed_is_asked_for_and_the_first_answer_is_one_enter_away(
    form: Form, asked: list[str]
) -> None:
    form.type("Ana")
    assert asked == ["A", "An", "Ana"]
    form.chips.show_suggestions("Ana", (ANA, MORE))
    assert form.list is not None
    assert form.box.hasFocus()
    form.press(Key.Key_Return)
    assert form.heard == [(ANA,)]
    assert form.chips.pending_text() == ""
    assert form.list is None


@pytest.mark.parametrize("end", [Key.Key_Return, Key.Key_Tab])
def test_suggestions_are_chosen_with_the_keys(form: Form, asked: list[str], end: Qt.Key) -> None:
    form.type("Ana")
    form.chips.show_suggestions("Ana", (ANA, MORE))
    for key in (Key.Key_Down, Key.Key_Down, Key.Key_Up, Key.Key_Down):
        form.press(key)
    form.press(end)
    assert form.heard == [(MORE,)]
    assert form.box.hasFocus()


def test_escape_closes_the_suggestions_and_keeps_the_text(form: Form, asked: list[str]) -> None:
    form.type("Ana")
    form.chips.show_suggestions("Ana", (ANA,))
    form.press(Key.Key_Escape)
    assert form.list is None
    assert form.chips.pending_text() == "Ana"
    form.press(Key.Key_Down)
    assert asked[-1] == "Ana"
    assert len(asked) == 4


def test_a_suggestion_is_chosen_by_a_click_and_the_focus_stays(
    form: Form, asked: list[str]
) -> None:
    form.type("Ana")
    form.chips.show_suggestions("Ana", (ANA, MORE))
    assert form.list is not None
    spot = form.list.visualRect(form.list.model().index(1, 0)).center()
    QTest.mouseClick(form.list.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    assert form.heard == [(MORE,)]
    assert form.box.hasFocus()


def test_an_answer_for_an_older_text_is_dropped(form: Form, asked: list[str]) -> None:
    form.type("Anab")
    form.chips.show_suggestions("Ana", (ANA,))
    assert form.list is None
    form.chips.show_suggestions("Anab", ())
    assert form.list is None


@pytest.mark.parametrize("end", [Key.Key_Return, Key.Key_Enter, Key.Key_Tab])
@pytest.mark.parametrize("on", ["ika", " B", Key.Key_Backspace])
def test_a_list_is_taken_only_for_the_text_that_it_was_made_for(
    form: Form, asked: list[str], on: str | Qt.Key, end: Qt.Key
) -> None:
    form.type("Ana")
    form.chips.show_suggestions("Ana", (ANA, MORE))
    form.type(on) if isinstance(on, str) else form.press(on)
    text = form.chips.pending_text()
    form.press(Key.Key_Down)
    form.press(end)
    assert (form.heard, form.chips.pending_text()) == ([], text)
    form.box.setFocus()
    form.chips.show_suggestions(text, (MORE,))
    form.press(Key.Key_Return)
    assert form.heard == [(MORE,)]


def test_a_text_typed_back_may_take_the_list_that_was_made_for_it(
    form: Form, asked: list[str]
) -> None:
    form.type("Ana")
    form.chips.show_suggestions("Ana", (ANA, MORE))
    form.type("x")
    form.press(Key.Key_Backspace)
    form.press(Key.Key_Down)
    form.press(Key.Key_Return)
    assert form.heard == [(ANA,)]


def test_people_in_the_list_are_not_offered_again(form: Form, asked: list[str]) -> None:
    form.chips.show_chips([ANA])
    form.type("Ana")
    form.chips.show_suggestions("Ana", (ANA,))
    assert form.list is None


def test_a_text_that_stands_for_itself_is_not_guessed_over(form: Form, asked: list[str]) -> None:
    form.type("candidate_a")
    form.chips.show_suggestions("candidate_a", (ANA, MORE))
    form.press(Key.Key_Return)
    assert form.keys == ["candidate_a"]


def test_leaving_the_field_takes_no_suggestion_that_was_not_chosen(
    form: Form, asked: list[str]
) -> None:
    form.type("Ana")
    form.chips.show_suggestions("Ana", (ANA,))
    form.before.setFocus()
    assert form.list is None
    assert form.heard == []
    assert form.chips.pending_text() == "Ana"


def test_the_suggestions_stay_inside_the_window(form: Form, asked: list[str]) -> None:
    form.window.setFixedSize(QSize(420, 170))
    QApplication.processEvents()
    many = tuple(Chip(f"k{place}", f"Ana {place}") for place in range(50))
    form.type("Ana")
    form.chips.show_suggestions("Ana", many)
    assert form.list is not None
    assert form.window.rect().contains(form.list.geometry())
    assert not form.list.geometry().intersects(form.chips.geometry())


def test_the_suggestions_go_with_the_field(form: Form, asked: list[str]) -> None:
    form.type("Ana")
    form.chips.show_suggestions("Ana", (ANA,))
    assert form.list is not None
    before = form.list.y()
    form.before.setFixedHeight(form.before.height() + 40)
    QApplication.processEvents()
    assert form.list.y() == before + 40


# Room


def _shown(area: QScrollArea, chips: ChipInput, qtbot: QtBot) -> None:
    page = QWidget()
    layout = QVBoxLayout(page)
    layout.addWidget(chips)
    layout.addStretch()
    area.setWidget(page)
    area.setWidgetResizable(True)
    area.resize(500, 400)
    qtbot.addWidget(area)
    area.show()
    QApplication.processEvents()


def test_chips_flow_over_as_many_lines_as_they_need(qtbot: QtBot) -> None:
    area, chips = QScrollArea(), ChipInput(parse_slugs)
    _shown(area, chips, qtbot)
    one = chips.height()
    chips.show_chips([Chip(f"k{place}", f"Somebody with number {place}") for place in range(12)])
    QApplication.processEvents()
    many = chips.height()
    assert many == chips.heightForWidth(chips.width()) > 3 * one
    bottoms = [button.geometry().bottom() for button in chips.findChildren(ChipButton)]
    assert max(bottoms) < many
    area.resize(900, 400)
    QApplication.processEvents()
    assert one < chips.height() < many
    chips.show_chips([])
    QApplication.processEvents()
    assert chips.height() == one


def test_a_name_of_300_letters_is_elided_inside_the_field(qtbot: QtBot) -> None:
    area, chips = QScrollArea(), ChipInput(parse_slugs)
    _shown(area, chips, qtbot)
    chips.show_chips([Chip("long", "Wolfeschlegelsteinhausen " * 12)])
    button = chips.findChildren(ChipButton)[0]
    assert button.width() < chips.width()
    area.resize(180, 400)
    QApplication.processEvents()
    assert chips.rect().contains(button.geometry())


def test_a_long_text_in_the_box_gets_a_line_of_its_own(form: Form) -> None:
    form.chips.show_chips([ANA, BOB])
    assert form.box.y() == form.buttons[0].y()
    form.type("a text that is longer than what is left of this line")
    assert form.box.y() > form.buttons[0].y()


@given(
    widths=st.lists(st.integers(1, 400), max_size=30),
    room=st.integers(1, 300),
    box=st.integers(0, 200),
)
def test_chips_never_overlap_and_never_leave_the_field(
    widths: list[int], room: int, box: int
) -> None:
    placed = flow(widths, room, 4)
    spots = [*placed.places, placed.box(box)]
    assert all(spot.left + spot.width <= max(room, spot.left) for spot in spots)
    for one, other in pairwise(spots):
        after = other.line == one.line and other.left >= one.left + one.width
        assert after or (other.line == one.line + 1 and other.left == 0)


def test_the_frame_shows_where_the_keys_go(form: Form) -> None:
    def edge() -> str:
        return form.chips.grab().toImage().pixelColor(1, form.chips.height() // 2).name()

    form.chips.show_chips([ANA])
    in_box = edge()
    form.press(Key.Key_Left)
    on_chip = edge()
    form.after.setFocus()
    assert in_box == on_chip != edge()
