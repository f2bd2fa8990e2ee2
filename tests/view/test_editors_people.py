"""People as chips."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from atz_desktop.domain.activity import Activity
from atz_desktop.domain.local_records import Name
from atz_desktop.domain.values import Person
from atz_desktop.session.known_names import names_in
from atz_desktop.session.lookups import Lookups
from atz_desktop.view.widgets.chip_input import Chip, ChipInput
from tests.view.editor_bench import ODD, PEOPLE, Bench, press, spoken

if TYPE_CHECKING:
    from atz_desktop.domain.vocabulary import NameKind

ANA = Person("candidate_1", "Ana García")


def chips(bench: Bench) -> tuple[Chip, ...]:
    return bench.editor.findChildren(ChipInput)[0].chips()


def box(bench: Bench) -> QLineEdit:
    found = bench.part(bench.field.label)
    assert isinstance(found, QLineEdit)
    return found


def type_in(bench: Bench, text: str) -> None:
    box(bench).setFocus()
    QTest.keyClicks(box(bench), text)


def remarks(bench: Bench) -> list[str]:
    shown = [label.text() for label in bench.editor.findChildren(QLabel) if label.isVisible()]
    return [*shown, bench.editor.remark[0]]


def knowing_bob() -> Lookups:
    lookups = Lookups()
    bob = {"slug": "candidate_2", "full_name": "Bob"}
    lookups.add_names(
        names_in(Activity.from_response({"id": 1, "attendees": {"candidates": [bob]}}))
    )
    return lookups


def test_names_stand_on_the_chips_and_keys_in_their_tips(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "users", PEOPLE)
    assert [(chip.text, chip.tip) for chip in chips(bench)] == [
        ("Ana García", "1\nana@example.com"),
        ("John Doe", "2"),
    ]


def test_enter_takes_a_slug_over(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "candidates", (ANA,), knowing_bob())
    type_in(bench, "candidate_2")
    assert (bench.edits, bench.typed) == ([], "candidate_2")
    press(Qt.Key.Key_Return)
    assert bench.value == (ANA, Person("candidate_2", "Bob"))
    assert bench.typed == ""
    assert [chip.text for chip in chips(bench)] == ["Ana García", "Bob"]


def test_leaving_the_field_and_saving_take_it_over_too(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "users", ())
    type_in(bench, "7")
    bench.leave()
    assert bench.value == (Person("7"),)
    type_in(bench, "8")
    bench.editor.commit()
    assert bench.value == (Person("7"), Person("8"))


def test_a_name_stays_in_the_box_with_the_reason(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "candidates", (ANA,))
    type_in(bench, "Bob")
    assert not bench.editor.touched
    with qtbot.waitSignal(bench.editor.status_changed):
        press(Qt.Key.Key_Return)
    assert (bench.value, bench.typed, box(bench).text()) == ((ANA,), "Bob", "Bob")
    assert bench.editor.input_error.startswith("Nobody called “Bob” is known here: fetch names")
    assert bench.editor.touched


def test_a_pasted_list_becomes_many_people_and_keeps_what_it_does_not_understand(
    qtbot: QtBot,
) -> None:
    bench = Bench(qtbot, "users", ())
    QApplication.clipboard().setText("3, 4;Bob\n5")
    box(bench).setFocus()
    QTest.keyClick(box(bench), Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert bench.value == (Person("3"), Person("4"), Person("5"))
    assert bench.typed == box(bench).text() == "Bob"


def test_only_a_second_backspace_removes_somebody(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "users", PEOPLE)
    box(bench).setFocus()
    press(Qt.Key.Key_Backspace)
    assert bench.edits == []
    press(Qt.Key.Key_Backspace)
    assert bench.edits == [PEOPLE[:1]]


def test_who_stays_keeps_name_and_address(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "users", PEOPLE)
    type_in(bench, "9,")
    assert bench.value == (*PEOPLE, Person("9"))


def test_who_is_not_known_yet_is_marked_as_unverified(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "candidates", (Person("candidate_old"),), knowing_bob())
    type_in(bench, "candidate_2,candidate_x,")
    marked = {chip.key: chip.unverified for chip in chips(bench)}
    assert marked == {"candidate_old": False, "candidate_2": False, "candidate_x": True}


def test_names_learned_later_are_shown(qtbot: QtBot) -> None:
    lookups = Lookups()
    bench = Bench(qtbot, "candidates", (), lookups)
    type_in(bench, "candidate_2,")
    bob = {"slug": "candidate_2", "full_name": "Bob"}
    lookups.add_names(
        names_in(Activity.from_response({"id": 1, "attendees": {"candidates": [bob]}}))
    )
    bench.editor.show_names()
    assert [(chip.text, chip.unverified) for chip in chips(bench)] == [("Bob", False)]


def test_a_slug_that_looks_like_another_kind_is_taken_with_a_warning(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "candidates", (ANA,))
    type_in(bench, "contact_7,")
    warning = "contact_7 looks like the slug of another kind (contact). Is it a candidate?"
    assert bench.value == (ANA, Person("contact_7"))
    assert warning in remarks(bench)
    assert warning in chips(bench)[1].tip


def test_what_atz_lists_itself_is_not_doubted(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "candidates", (Person("contact_7", "Carl"),))
    assert not [text for text in remarks(bench) if "looks like" in text]


def test_text_of_a_draft_is_shown_again_and_nobody_is_added(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "users", PEOPLE)
    for text in ("Bob", "12"):
        bench.editor.show_unparsed(text)
        assert (box(bench).text(), bench.edits) == (text, [])
    bench.editor.show_unparsed("")
    assert box(bench).text() == ""


def test_a_screen_reader_can_add_somebody(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "users", ())
    bench.leave()
    spoken(box(bench)).setText(QAccessible.Text.Value, "12")
    assert bench.value == (Person("12"),)


def test_a_list_that_cannot_be_read_is_only_looked_at(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "users", ODD)
    bench.editor.set_locked(bench.field.lock_reason(ODD))
    type_in(bench, "12")
    press(Qt.Key.Key_Return)
    assert (bench.edits, bench.typed) == ([], "")
    assert box(bench).isEnabled(), "screen readers still find it"
    assert any("ATZ does not say who is in this list" in text for text in remarks(bench))


@pytest.mark.parametrize("between", ["，", "；", "、", "､"])
def test_the_comma_of_an_input_method_takes_over_as_a_comma_does(
    qtbot: QtBot, between: str
) -> None:
    bench = Bench(qtbot, "users", ())
    type_in(bench, "7")
    commit = QInputMethodEvent()
    commit.setCommitString(between)
    QApplication.sendEvent(box(bench), commit)
    assert bench.value == (Person("7"),)
    QApplication.clipboard().setText(f"8{between}\u20669\u2069")
    QTest.keyClick(box(bench), Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert bench.value == (Person("7"), Person("8"), Person("9"))
    assert box(bench).text() == ""


class Counting(Lookups):
    """Counts how often a chip was made: each asks once whether the person is known."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = 0

    def knows(self, kind: NameKind, key: str) -> bool:
        self.asked += 1
        return super().knows(kind, key)


def test_chips_are_made_once_however_often_they_are_shown(qtbot: QtBot) -> None:
    lookups = Counting()
    crowd = tuple(Person(f"candidate_{number}") for number in range(200))
    bench = Bench(qtbot, "candidates", (), lookups)
    lookups.asked = 0
    bench.put(crowd)
    made = lookups.asked
    assert made <= 2 * len(crowd)  # once for the chip, once to have it verified
    for _again in range(5):
        bench.editor.show_names()
    bench.put(crowd[:-1])
    assert lookups.asked - made <= len(crowd)  # to have them verified; no chip is made anew


def test_a_better_name_makes_the_chips_anew(qtbot: QtBot) -> None:
    lookups = Lookups()
    bench = Bench(qtbot, "candidates", (Person("candidate_2"),), lookups)
    assert [chip.text for chip in chips(bench)] == ["candidate_2"]
    bob = {"slug": "candidate_2", "full_name": "Bob"}
    lookups.add_names(
        names_in(Activity.from_response({"id": 1, "attendees": {"candidates": [bob]}}))
    )
    bench.editor.show_names()
    assert [chip.text for chip in chips(bench)] == ["Bob"]


def test_the_chip_of_who_has_a_name_is_made_once(qtbot: QtBot) -> None:
    lookups = Lookups()
    bench = Bench(qtbot, "candidates", (ANA,), lookups)
    first = chips(bench)[0]
    lookups.add_names([Name("candidate", ANA.key, "Another Name"), Name("candidate", "c_9", "Bob")])
    bench.editor.show_names()
    bench.put((Person(ANA.key, ANA.name, ANA.email), Person("c_9")))  # read again
    assert chips(bench)[0] is first
    bench.base = bench.value = (Person(ANA.key, "Ana Lima"),)
    bench.show()
    assert chips(bench)[0].text == "Ana Lima"


def test_another_base_says_anew_who_is_not_verified(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "candidates", ())
    bench.put((Person("candidate_2"),))
    assert [chip.unverified for chip in chips(bench)] == [True]
    bench.base = bench.value
    bench.show()
    assert [chip.unverified for chip in chips(bench)] == [False]


def test_the_name_of_somebody_in_the_list_says_so(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "users", PEOPLE)
    for text in ("John Doe", "“john  doe”", "JOHN DOE, 2"):
        type_in(bench, text if text.isascii() else "")
        if not text.isascii():
            box(bench).insert(text)
        press(Qt.Key.Key_Return)
        assert (bench.edits, bench.typed, bench.editor.input_error) == ([], "", "")
        assert box(bench).placeholderText() == "John Doe: already in the list"


@pytest.mark.parametrize(
    ("field", "text", "key"),
    [
        ("collaborators", "an", "user ID"),
        ("users", "Jo 2", "user ID"),
        ("candidates", "Jo 2\nJo 8", "slug"),
        ("contacts", "Anne-Marie", "slug"),
        ("users", "李小龍", "user ID"),
    ],
)
def test_a_name_is_called_a_name_and_never_a_wrong_slug(
    qtbot: QtBot, field: str, text: str, key: str
) -> None:
    bench = Bench(qtbot, field, ())
    box(bench).setFocus()
    box(bench).insert(text)
    press(Qt.Key.Key_Return)
    name = text.partition("\n")[0]
    assert bench.editor.input_error.startswith(f"Nobody called “{name}” is known here: ")
    assert bench.editor.input_error.endswith(f"paste the e-mail address or {key}.")


@pytest.mark.parametrize("text", ["Mueller2", "job7", "JOB-7", "Anna2018"])
@pytest.mark.parametrize("end", [Qt.Key.Key_Return, Qt.Key.Key_Comma, Qt.Key.Key_Tab])
def test_what_may_be_a_name_with_a_digit_is_asked_about_and_never_sent(
    qtbot: QtBot, text: str, end: Qt.Key
) -> None:
    bench = Bench(qtbot, "candidates", (ANA,))
    type_in(bench, text)
    press(end)
    bench.leave()
    bench.editor.commit()
    assert (bench.edits, chips(bench)[1:], bench.typed.rstrip(",")) == ([], (), text)
    known = f"No candidate called “{text}” is known here. Is it a slug?"
    assert bench.editor.input_error == known
    action = bench.editor.action
    assert action is not None
    assert action.words == f"Use “{text}” as the slug"
    action.run()
    assert (bench.value, bench.typed) == ((ANA, Person(text)), "")
    assert chips(bench)[1].unverified


def test_a_telephone_number_beside_a_name_is_asked_about_and_never_sent(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "users", PEOPLE[:1])
    box(bench).setFocus()
    box(bench).insert("John Doe,5551234\n7")
    press(Qt.Key.Key_Return)
    bench.leave()
    bench.editor.commit()
    assert bench.value == (PEOPLE[0], Person("7"))
    assert bench.typed == "John Doe, 5551234"
    box(bench).setText(bench.typed.removeprefix("John Doe, "))
    bench.editor.commit()
    assert (bench.value[1:], bench.typed) == ((Person("7"),), "5551234")
    asked = "No user with the ID “5551234” is known here. Is it one, or a telephone number?"
    assert bench.editor.input_error == asked
    action = bench.editor.action
    assert action is not None
    assert action.words == "Use “5551234” as the user ID"
    action.run()
    assert (bench.value[2:], bench.typed) == ((Person("5551234"),), "")
    assert chips(bench)[2].unverified


def test_what_a_draft_kept_of_a_list_is_asked_about_and_what_is_typed_alone_is_not(
    qtbot: QtBot,
) -> None:
    bench = Bench(qtbot, "users", ())
    bench.typed = "5551234"
    bench.show()
    bench.editor.commit()
    assert (bench.value, bench.typed) == ((), "5551234")
    bench.editor.reset()
    box(bench).clear()
    type_in(bench, "5551234")
    press(Qt.Key.Key_Return)
    assert bench.value == (Person("5551234"),)


@pytest.mark.parametrize("between", [", ", "\n", "; "])
def test_of_a_pasted_list_only_what_may_be_names_is_asked_about_and_once(
    qtbot: QtBot, between: str
) -> None:
    bench = Bench(qtbot, "contacts", ())
    box(bench).setFocus()
    box(bench).insert(between.join(("Mueller2", "contact_7", "Mueller3", "2f0ea5cd69")))
    press(Qt.Key.Key_Return)
    assert bench.value == (Person("contact_7"), Person("2f0ea5cd69"))
    assert bench.typed == "Mueller2, Mueller3"
    action = bench.editor.action
    assert action is not None
    assert action.words == "Use 2 slugs"
    action.run()
    assert bench.value[2:] == (Person("Mueller2"), Person("Mueller3"))


def test_a_slug_that_is_known_or_listed_is_asked_about_no_more(qtbot: QtBot) -> None:
    lookups = Lookups()
    lookups.add_names([Name("candidate", "ada7", "Ada")])
    bench = Bench(qtbot, "candidates", (Person("bob8"),), lookups)
    box(bench).setFocus()
    box(bench).insert("ada7, bob8,")
    assert bench.value == (Person("bob8"), Person("ada7", "Ada"))
    assert bench.editor.input_error == ""


def test_what_was_said_to_be_a_slug_is_asked_about_anew_beside_another_activity(
    qtbot: QtBot,
) -> None:
    bench = Bench(qtbot, "candidates", ())
    for _activity in range(2):
        type_in(bench, "Mueller2")
        press(Qt.Key.Key_Return)
        assert (bench.value, bench.typed) == ((), "Mueller2")
        action = bench.editor.action
        assert action is not None
        action.run()
        assert bench.value == (Person("Mueller2"),)
        bench.editor.reset()
        bench.put(())
