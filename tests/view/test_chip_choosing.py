"""A text that may mean several: a chip of which one is chosen."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from atz_desktop.view.appearance import apply_theme
from atz_desktop.view.widgets.chip import Chip
from atz_desktop.view.widgets.chip_input import AmbiguousText, ChipParseResult
from atz_desktop.view.widgets.chip_paint import Mark
from atz_desktop.view.widgets.suggestion_list import SuggestionList
from tests.view.chip_form import BOB, Form, Key, parse_slugs

SAM = Chip("candidate_1", "Sam Lee", detail="sam@mail.example")
OTHER = Chip("candidate_2", "Sam Lee", detail="Kick-off, 4 May")
WHY = "Several people called Sam are known: choose one."


def parse(text: str) -> ChipParseResult:
    """Two people are called Sam; all else as `parse_slugs` understands it."""
    words = [word.strip() for word in text.split(",")]
    found = parse_slugs(" ".join(word for word in words if word != "Sam"))
    several = (AmbiguousText("Sam", (SAM, OTHER), WHY),) if "Sam" in words else ()
    return found._replace(ambiguous=several)


@pytest.fixture
def form(qtbot: QtBot, qapp: QApplication) -> Iterator[Form]:
    apply_theme(qapp, "light")
    made = Form(qtbot, parse)
    made.chips.set_completer_source(lambda text: None)
    yield made
    apply_theme(qapp, "system")


def shown(form: Form) -> list[tuple[str, Mark]]:
    return [(button.chip.text, button.chip.mark) for button in form.buttons]


def offered(form: Form) -> list[str]:
    lists = form.window.findChildren(SuggestionList)
    return [chip.detail for each in lists if each.isVisible() for chip in each.suggestions()]


AMBER = ("Sam", Mark.AMBIGUOUS)


def test_who_may_be_several_is_a_chip_and_no_value(form: Form) -> None:
    form.type("candidate_b0b0,Sam,")
    assert shown(form) == [("Bob Stone", Mark.NONE), AMBER]
    assert form.keys == [BOB.key]
    assert (form.chips.pending_text(), form.chips.problem()) == ("Sam", WHY)
    assert form.box.text() == ""


def test_enter_twice_chooses_nobody(form: Form) -> None:
    form.type("Sam")
    form.press(Key.Key_Return)
    assert offered(form) == ["sam@mail.example", "Kick-off, 4 May"]
    form.press(Key.Key_Return)
    assert (form.heard, shown(form)) == ([], [AMBER])


def test_one_is_chosen_with_the_keys_right_away(form: Form) -> None:
    form.type("Sam")
    form.press(Key.Key_Return)
    form.press(Key.Key_Down)
    form.press(Key.Key_Down)
    form.press(Key.Key_Return)
    assert form.keys == [OTHER.key]
    assert (form.chips.pending_text(), form.chips.problem()) == ("", None)


@pytest.mark.parametrize("how", ["Enter", "click", "assistive tool"])
def test_the_chip_lists_them_again(form: Form, qtbot: QtBot, how: str) -> None:
    form.type("Sam,")
    form.press(Key.Key_Escape)
    assert offered(form) == []
    [chip] = form.buttons
    if how == "Enter":
        form.press(Key.Key_Left)
        form.press(Key.Key_Return)
    elif how == "click":
        QTest.mouseClick(chip, Qt.MouseButton.LeftButton)
    else:
        QAccessible.queryAccessibleInterface(chip).actionInterface().doAction("Press")
    qtbot.waitUntil(lambda: len(offered(form)) == 2)
    form.press(Key.Key_Down)
    form.press(Key.Key_Return)
    assert form.keys == [SAM.key]


def test_typing_on_leaves_the_chip_for_later(form: Form) -> None:
    form.type("Sam,")
    form.type("candidate_b0b0,")
    assert offered(form) == []
    assert (form.keys, shown(form)[-1]) == ([BOB.key], AMBER)


@pytest.mark.parametrize("keys", [[Key.Key_Backspace] * 2, [Key.Key_Left, Key.Key_Delete]])
def test_the_chip_is_taken_out_like_any_other(form: Form, keys: list[Qt.Key]) -> None:
    form.type("Sam,")
    form.press(Key.Key_Escape)
    told: list[str] = []
    form.chips.text_changed.connect(lambda: told.append(form.chips.pending_text()))
    for key in keys:
        form.press(key)
    assert (shown(form), told, form.heard) == ([], [""], [])
    assert form.chips.problem() is None


def test_tab_shows_once_that_one_is_to_be_chosen_and_is_no_trap(form: Form) -> None:
    form.type("Sam")
    form.press(Key.Key_Tab)
    assert form.box.hasFocus()
    assert len(offered(form)) == 2
    form.press(Key.Key_Tab)
    assert form.after.hasFocus()
    assert shown(form) == [AMBER]


def test_what_a_draft_kept_is_shown_as_text_and_understood_again(form: Form) -> None:
    form.type("Sam,x")
    kept = form.chips.pending_text()
    assert kept == "Sam, x"
    form.chips.show_text(kept)
    assert shown(form) == [AMBER], "it is what is shown already"
    form.chips.clear_text()
    assert (shown(form), form.chips.problem()) == ([], None)
    form.chips.show_text(kept)
    assert form.box.text() == kept
    form.press(Key.Key_Return)
    assert (shown(form), form.box.text()) == ([AMBER], "x")


def test_names_learned_meanwhile_leave_the_chip_where_it_is(form: Form) -> None:
    form.type("Sam,")
    form.chips.show_chips([BOB])
    assert shown(form) == [("Bob Stone", Mark.NONE), AMBER]


def test_a_screen_reader_hears_that_one_is_to_be_chosen(form: Form) -> None:
    form.type("Sam,")
    assert [button.accessibleName() for button in form.buttons] == [
        "Sam, several are called so, press Enter to choose"
    ]


def test_a_list_that_can_only_be_read_offers_no_choice(form: Form) -> None:
    form.type("Sam,")
    form.press(Key.Key_Escape)
    form.chips.set_read_only(True)
    form.press(Key.Key_Left)
    form.press(Key.Key_Return)
    assert offered(form) == []


def test_of_people_of_one_name_none_stands_out_before_one_chooses(form: Form) -> None:
    form.type("sam lee")
    form.chips.show_suggestions("sam lee", (SAM, OTHER))
    form.press(Key.Key_Return)
    assert form.heard == []
    form.box.selectAll()
    form.type("sam le")
    form.chips.show_suggestions("sam le", (SAM, OTHER))
    form.press(Key.Key_Return)
    assert form.keys == [SAM.key]
