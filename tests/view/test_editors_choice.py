"""Drop-downs: importance and type."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox
from pytestqt.qtbot import QtBot

from atz_desktop.domain.activity import Activity
from atz_desktop.domain.values import Option
from atz_desktop.domain.vocabulary import IMPORTANCES
from atz_desktop.session.known_names import names_in
from atz_desktop.session.lookups import Lookups
from tests.view.editor_bench import ODD, Bench, compose, press, retype, spoken


def combo(bench: Bench) -> QComboBox:
    found = bench.part(bench.field.label)
    assert isinstance(found, QComboBox)
    return found


def offered(bench: Bench) -> list[str]:
    box = combo(bench)
    return [box.itemText(i) for i in range(box.count())]


def choose(bench: Bench, label: str) -> None:
    """Open the list with the keyboard, go to an entry, and take it with Enter."""
    box = combo(bench)
    box.setFocus()
    box.showPopup()
    view = box.view()
    row = offered(bench).index(label)
    QTest.keyClick(view, Qt.Key.Key_Home)
    for _step in range(row):
        QTest.keyClick(view, Qt.Key.Key_Down)
    QTest.keyClick(view, Qt.Key.Key_Return)


def learned(*types: tuple[int, str]) -> Lookups:
    lookups = Lookups()
    for number, label in types:
        body = {"id": 1, "activity_type": {"id": number, "label": label}}
        lookups.add_names(names_in(Activity.from_response(body)))
    return lookups


def test_choosing_from_the_list_tells_the_value(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "importance", IMPORTANCES[1])
    assert offered(bench) == ["Low", "Normal", "High", "Critical"]
    choose(bench, "High")
    assert bench.edits == [IMPORTANCES[2]]


def test_arrow_keys_and_letters_choose_too(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "importance", IMPORTANCES[1])
    combo(bench).setFocus()
    press(Qt.Key.Key_Down)
    press(Qt.Key.Key_C)
    assert bench.edits == [IMPORTANCES[2], IMPORTANCES[3]]


def test_a_word_that_is_on_no_list_is_shown_as_it_came_and_can_be_gone_back_to(
    qtbot: QtBot,
) -> None:
    urgent = Option("urgent")
    bench = Bench(qtbot, "importance", urgent)
    assert combo(bench).currentText() == "urgent"
    choose(bench, "Low")
    assert offered(bench)[-1] == "urgent"
    choose(bench, "urgent")
    assert bench.value == urgent


def test_what_cannot_be_read_stays_in_the_list_as_it_came(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "importance", ODD)
    assert combo(bench).currentText() == ODD.text
    choose(bench, "Low")
    choose(bench, ODD.text)
    assert bench.value == ODD


def test_nothing_set_is_shown_as_not_set_and_is_no_choice(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "importance", None)
    assert (combo(bench).currentIndex(), combo(bench).placeholderText()) == (-1, "Not set")
    assert offered(bench) == ["Low", "Normal", "High", "Critical"]


def test_types_are_the_built_in_ones_then_the_learned_ones(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "type", Option(3, "Task"), learned((9, "Call"), (8, "Briefing")))
    assert offered(bench) == [
        *("Meeting", "Task", "Email", "Interview"),
        *("Briefing", "Call", "Other type…"),
    ]


def test_a_type_learned_later_is_offered_without_touching_the_value(qtbot: QtBot) -> None:
    lookups = learned()
    bench = Bench(qtbot, "type", Option(3, "Task"), lookups)
    lookups.add_names(
        names_in(Activity.from_response({"id": 1, "activity_type": {"id": 9, "label": "Call"}}))
    )
    bench.editor.show_names()
    assert "Call" in offered(bench)
    assert (combo(bench).currentText(), bench.edits) == ("Task", [])


def test_two_types_of_one_name_can_be_told_apart(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "type", Option(3, "Task"), learned((9, "Call"), (8, "Call")))
    assert {"Call (8)", "Call (9)"} <= set(offered(bench))


def test_an_unknown_type_is_kept_and_shown(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "type", Option(77))
    assert combo(bench).currentText() == "No. 77"
    assert bench.edits == []


def test_any_type_can_be_given_by_its_number(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "type", Option(3, "Task"))
    choose(bench, "Other type…")
    assert bench.edits == [], "nothing is chosen yet"
    line = bench.part("Type number")
    assert line.hasFocus()
    QTest.keyClicks(line, "17")
    assert bench.value == Option(17)
    press(Qt.Key.Key_Return)
    assert (combo(bench).currentText(), line.isVisible()) == ("No. 17", False)
    assert combo(bench).hasFocus()


def test_what_a_paste_brings_along_is_no_part_of_a_number(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "type", Option(3, "Task"))
    choose(bench, "Other type…")
    compose(bench.part("Type number"), "\u200b“17”\u2069")
    press(Qt.Key.Key_Return)
    assert (bench.value, bench.typed) == (Option(17), "")


def test_the_number_of_a_known_type_chooses_that_type(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "type", Option(3, "Task"))
    choose(bench, "Other type…")
    QTest.keyClicks(bench.part("Type number"), "5")
    bench.leave()
    assert combo(bench).currentText() == "Interview"


def test_a_number_that_is_none_stays_as_typed_and_says_what_is_wanted(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "type", Option(3, "Task"))
    choose(bench, "Other type…")
    QTest.keyClicks(bench.part("Type number"), "abc")
    bench.leave()
    assert (bench.value, bench.typed) == (Option(3, "Task"), "abc")
    assert bench.editor.input_error == "A type is a whole number above 0."
    assert bench.part("Type number").isVisible()


def test_a_half_typed_number_of_a_draft_is_shown_again(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "type", Option(3, "Task"))
    bench.editor.show_unparsed("1x")
    assert bench.part("Type number").isVisible()
    assert bench.edits == []
    bench.editor.show_unparsed("")
    assert combo(bench).currentText() == "Task"


def test_leaving_the_number_empty_changes_nothing(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "type", Option(3, "Task"))
    choose(bench, "Other type…")
    bench.leave()
    assert (combo(bench).currentText(), bench.edits, bench.typed) == ("Task", [], "")


def test_emptying_the_number_goes_back_to_the_type_before(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "type", Option(3, "Task"))
    choose(bench, "Other type…")
    retype(bench.part("Type number"), "17")
    retype(bench.part("Type number"), "")
    assert bench.value == Option(3, "Task")


def test_undo_shows_the_earlier_type_while_the_number_is_open(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "type", Option(3, "Task"))
    choose(bench, "Other type…")
    QTest.keyClicks(bench.part("Type number"), "17")
    bench.put(Option(3, "Task"))
    assert combo(bench).currentText() == "Task"


def test_a_screen_reader_hears_the_value(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "importance", IMPORTANCES[2])
    heard = spoken(combo(bench))
    assert heard.text(QAccessible.Text.Value) == "High"
