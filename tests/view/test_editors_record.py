"""The related record: its kind and its slug."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit
from pytestqt.qtbot import QtBot

from atz_desktop.domain.local_records import Name
from atz_desktop.domain.values import RecordRef
from atz_desktop.session.lookups import Lookups
from atz_desktop.view.widgets.chip import ChipButton
from atz_desktop.view.widgets.chip_input import ChipInput
from atz_desktop.view.widgets.suggestion_list import SuggestionList
from tests.view.editor_bench import ODD, Bench, compose, press, spoken
from tests.view.late_directory import LateDirectory

ANA = RecordRef(1, "candidate_1", "Ana García")


def combo(bench: Bench) -> QComboBox:
    found = bench.part("Related to")
    assert isinstance(found, QComboBox)
    return found


def line(bench: Bench) -> QLineEdit:
    found = bench.part("Related record")
    assert isinstance(found, QLineEdit)
    return found


def field(bench: Bench) -> ChipInput:
    [found] = bench.editor.findChildren(ChipInput)
    return found


def chips(bench: Bench) -> list[str]:
    """What stands on the chip, or on the chips of which one is to be chosen."""
    return [chip.text for chip in field(bench).listed()]


def type_in(bench: Bench, text: str, end: Qt.Key | None = None) -> None:
    """Type into the box and press a key there; without one, it is still being typed."""
    line(bench).setFocus()
    if text.isascii():
        QTest.keyClicks(line(bench), text)
    else:
        compose(line(bench), text)
    if end is not None:
        press(end)


RETURN, TAB = Qt.Key.Key_Return, Qt.Key.Key_Tab


def test_the_name_stands_on_the_chip_and_kind_and_slug_in_its_tip(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "record", ANA)
    [chip] = field(bench).chips()
    assert combo(bench).currentText() == "Candidate"
    assert (chip.text, chip.tip) == ("Ana García", "Candidate\ncandidate_1")
    assert line(bench).text() == ""


def test_another_kind_empties_the_record_and_asks_for_a_new_one(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "record", ANA)
    combo(bench).setFocus()
    press(Qt.Key.Key_Down)
    assert bench.edits == [RecordRef(2)]
    assert chips(bench) == []
    assert line(bench).placeholderText() == "Type a name, or paste the slug of the job"


def test_back_to_the_old_kind_the_old_record_is_there_again(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "record", ANA)
    combo(bench).setFocus()
    press(Qt.Key.Key_Down)
    press(Qt.Key.Key_Up)
    assert bench.value == ANA


def test_a_typed_slug_is_a_record_with_the_name_that_is_known(qtbot: QtBot) -> None:
    lookups = Lookups()
    lookups.add_names([Name("job", "job_7", "Nurse")])
    bench = Bench(qtbot, "record", RecordRef(2, "job_1"), lookups)
    type_in(bench, "job_7")
    assert (bench.value, bench.typed) == (RecordRef(2, "job_1"), "job_7")
    press(RETURN)
    assert (bench.value, bench.typed) == (RecordRef(2, "job_7", "Nurse"), "")
    assert chips(bench) == ["Nurse"]


@pytest.mark.parametrize("end", [TAB, None])
def test_leaving_the_field_and_saving_take_it_over_too(qtbot: QtBot, end: Qt.Key | None) -> None:
    bench = Bench(qtbot, "record", RecordRef(2, "job_1"))
    type_in(bench, "job_7", end)
    bench.editor.commit() if end is None else None
    assert bench.value == RecordRef(2, "job_7")


def test_typing_the_old_slug_back_gives_the_old_record(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "record", ANA)
    type_in(bench, "candidate_2", RETURN)
    type_in(bench, "candidate_1", RETURN)
    assert bench.value == ANA


def test_typing_leaves_the_record_until_the_new_one_is_known(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "record", ANA)
    type_in(bench, "Mueller")
    assert (bench.value, chips(bench)) == (ANA, ["Ana García"])


def test_backspace_takes_the_record_out_and_asks_for_another(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "record", ANA)
    line(bench).setFocus()
    press(Qt.Key.Key_Backspace)
    assert bench.edits == []
    press(Qt.Key.Key_Backspace)
    assert bench.value == RecordRef(1)
    assert bench.editor.incomplete
    assert bench.field.error(bench.value, ANA)


def test_a_slug_that_came_with_spaces_stays_as_it_came(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "record", RecordRef(2, " job_7 "))
    line(bench).setFocus()
    press(TAB)
    assert (bench.edits, chips(bench)) == ([], [" job_7 "])


def test_a_kind_that_nobody_knows_is_kept_as_it_came(qtbot: QtBot) -> None:
    planet = RecordRef("planet", "mars_1")
    bench = Bench(qtbot, "record", planet)
    assert combo(bench).currentText() == "planet"
    combo(bench).setFocus()
    press(Qt.Key.Key_Up)
    assert bench.value == RecordRef(10)
    press(Qt.Key.Key_Down)
    assert bench.value == planet


def test_other_needs_no_record(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "record", RecordRef(10))
    assert line(bench).placeholderText() == "Not needed"


@pytest.mark.parametrize("value", [RecordRef(), None, ODD])
def test_without_a_kind_none_is_chosen(qtbot: QtBot, value: object) -> None:
    bench = Bench(qtbot, "record", value)
    assert (combo(bench).currentIndex(), combo(bench).placeholderText()) == (-1, "Not set")
    type_in(bench, "x_1", RETURN)
    assert bench.value == RecordRef(None, "x_1")
    type_in(bench, "Mueller", RETURN)
    assert (bench.value, bench.typed) == (RecordRef(None, "x_1"), "Mueller")
    line(bench).clear()
    press(Qt.Key.Key_Backspace)
    press(Qt.Key.Key_Backspace)
    assert (bench.value, bench.typed) == (value, "")


ANN = Name("candidate", "candidate_ann", "Ann Lee")


def offered(bench: Bench) -> list[str]:
    lists = bench.window.findChildren(SuggestionList)
    return [chip.text for shown in lists if shown.isVisible() for chip in shown.suggestions()]


@pytest.mark.parametrize("text", ["Mueller", "Müller", "O'Brien", "Anne-Marie", "x", "日本"])
@pytest.mark.parametrize("end", [RETURN, TAB, None])
def test_what_looks_like_a_name_is_never_taken_for_a_slug(
    qtbot: QtBot, text: str, end: Qt.Key | None
) -> None:
    bench = Bench(qtbot, "record", ANA)
    type_in(bench, text, end)
    bench.editor.commit()
    assert (bench.value, bench.edits, bench.typed) == (ANA, [], text)
    assert (line(bench).text(), chips(bench)) == (text, ["Ana García"])
    assert bench.editor.input_error == (
        f"No candidate called “{text}” is known here: fetch names, or paste its slug or address."
    )
    assert bench.editor.touched


def test_nothing_offers_a_name_as_a_slug(qtbot: QtBot) -> None:
    lookups = LateDirectory()
    bench = Bench(qtbot, "record", RecordRef(2), lookups)
    type_in(bench, "Mueller")
    lookups.answer()
    assert offered(bench) == []
    press(Qt.Key.Key_Down)
    press(RETURN)
    press(RETURN)
    assert (bench.value, bench.typed) == (RecordRef(2), "Mueller")


@pytest.mark.parametrize("text", ["Anna Nowhere", "Anna Nowhere 2", "job_1 job_2", "job_1，job_2"])
def test_what_is_no_slug_says_so_in_one_line(qtbot: QtBot, text: str) -> None:
    bench = Bench(qtbot, "record", RecordRef(2, "job_1"))
    type_in(bench, text, TAB)
    assert (bench.value, bench.typed) == (RecordRef(2, "job_1"), text)
    assert bench.editor.input_error
    assert bench.editor.hint()[0] == ""


@pytest.mark.parametrize("pasted", ["16469281780400000123qHt", "job_ü", "2f0ea5cd69"])
def test_a_slug_of_any_form_is_taken_with_a_warning(qtbot: QtBot, pasted: str) -> None:
    bench = Bench(qtbot, "record", RecordRef(2))
    line(bench).setFocus()
    line(bench).insert(pasted)
    assert (bench.value, bench.typed) == (RecordRef(2, pasted), "")
    assert bench.editor.hint()[0].startswith("Not verified")
    assert field(bench).chips()[0].unverified


@pytest.mark.parametrize("text", ["Mueller2", "job7", "JOB-7", "Müller2"])
@pytest.mark.parametrize("end", [RETURN, TAB, None])
def test_what_may_be_a_name_with_a_digit_is_asked_about_and_never_sent(
    qtbot: QtBot, text: str, end: Qt.Key | None
) -> None:
    bench = Bench(qtbot, "record", RecordRef(2, "job_1"))
    type_in(bench, text, end)
    bench.editor.commit()
    assert (bench.value, bench.edits, bench.typed) == (RecordRef(2, "job_1"), [], text)
    known = f"No job called “{text}” is known here. Is it a slug?"
    assert bench.editor.input_error == known
    action = bench.editor.action
    assert action is not None
    assert action.words == f"Use “{text}” as the slug"
    action.run()
    assert (bench.value, bench.typed) == (RecordRef(2, text), "")
    assert bench.editor.hint()[0].startswith("Not verified")


def test_a_slug_that_is_known_is_asked_about_no_more(qtbot: QtBot) -> None:
    lookups = Lookups()
    lookups.add_names([Name("job", "job7", "Nurse")])
    bench = Bench(qtbot, "record", RecordRef(2, "job_1"), lookups)
    type_in(bench, "job7", RETURN)
    assert bench.value == RecordRef(2, "job7", "Nurse")


def test_a_slug_without_a_digit_is_taken_from_its_address(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "record", RecordRef(2))
    type_in(bench, "https://app.example/jobs/nurse", RETURN)
    assert bench.value == RecordRef(2, "nurse")


def test_a_slug_that_the_directory_knows_may_look_like_a_name(qtbot: QtBot) -> None:
    lookups = LateDirectory()
    lookups.add_names([Name("job", "nurse", "Nurse")])
    bench = Bench(qtbot, "record", RecordRef(2), lookups)
    type_in(bench, "nurse", RETURN)
    assert bench.value == RecordRef(2, "nurse", "Nurse")


@pytest.mark.parametrize("end", [RETURN, TAB])
def test_a_record_is_taken_only_from_a_list_for_the_text(qtbot: QtBot, end: Qt.Key) -> None:
    lookups = LateDirectory()
    bench = Bench(qtbot, "record", RecordRef(1), lookups)
    type_in(bench, "Ann")
    lookups.answer(ANN)
    assert offered(bench) == ["Ann Lee"]
    QTest.keyClicks(line(bench), "ika")
    press(Qt.Key.Key_Down)
    press(end)
    assert (bench.value, bench.typed) == (RecordRef(1), "Annika")
    line(bench).setFocus()
    lookups.asked = lookups.asked[:1]
    lookups.answer(ANN)
    press(RETURN)
    assert bench.value == RecordRef(1), "an answer for an older text is dropped"


def test_a_record_of_another_kind_brings_its_kind_along(qtbot: QtBot) -> None:
    """The kind may be another by the time that the directory answers."""
    lookups = LateDirectory()
    bench = Bench(qtbot, "record", RecordRef(1), lookups)
    type_in(bench, "Ann")
    bench.put(RecordRef(2))
    lookups.answer(ANN)
    press(RETURN)
    assert bench.value == RecordRef(1, "candidate_ann", "Ann Lee")
    assert chips(bench) == ["Ann Lee"]


@pytest.mark.parametrize(
    "text",
    [
        "“job_7”",
        "'job_7'",
        "<job_7>",
        "\u2066job_7\u2069",
        "\u061cjob_7\ufe0d",
        "\u200bjob_7\u200b",
        "https://api.atzcrm.com/v1/job/job_7",
        "https://app.example/jobs/job_7?tab=notes#top",
        "https://app.example/jobs/job%5F7",
        "https://app.example/jobs/job_7.",
        "job_7.",
        "<https://app.example/#/Jobs/job_7/edit>",
    ],
)
def test_what_stands_around_a_pasted_slug_is_no_part_of_it(qtbot: QtBot, text: str) -> None:
    bench = Bench(qtbot, "record", RecordRef(2))
    line(bench).setFocus()
    QApplication.clipboard().setText(text)
    press(Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert (bench.value, line(bench).text()) == (RecordRef(2, "job_7"), "")
    assert chips(bench) == ["job_7"]


def test_an_address_says_the_kind_and_never_another_one(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "record", RecordRef())
    type_in(bench, "https://app.example/deals/deal_7", RETURN)
    assert bench.value == RecordRef(5, "deal_7")
    bench = Bench(qtbot, "record", RecordRef(2))
    type_in(bench, "https://app.example/deals/deal_7", RETURN)
    assert bench.value == RecordRef(2)
    assert bench.editor.input_error == "This is the address of a deal, and not of a job."


def test_a_half_typed_name_survives_as_text_and_goes_with_put_back(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "record", ANA)
    bench.typed = "Mueller"
    bench.show()
    assert (line(bench).text(), bench.edits) == ("Mueller", [])
    bench.typed = ""
    bench.show()
    assert (line(bench).text(), chips(bench)) == ("", ["Ana García"])


def test_a_name_typed_before_the_kind_was_chosen_stays(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "record", RecordRef())
    type_in(bench, "Mueller")
    combo(bench).setFocus()
    press(Qt.Key.Key_Down)
    assert (bench.value, line(bench).text()) == (RecordRef(1), "Mueller")


def test_a_comma_belongs_to_the_name_of_a_record(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "record", RecordRef(3))
    type_in(bench, "Smith, Jones & Co")
    assert (bench.typed, bench.editor.input_error) == ("Smith, Jones & Co", "")


def test_a_screen_reader_can_choose_a_record(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "record", RecordRef(2))
    bench.leave()
    spoken(line(bench)).setText(QAccessible.Text.Value, "job_7")
    assert bench.value == RecordRef(2, "job_7")
    [button] = field(bench).findChildren(ChipButton)
    assert button.accessibleName() == "job_7, not verified, chip 1 of 1"


def test_a_record_that_can_only_be_read_is_looked_at(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "record", ANA)
    bench.editor.set_locked("Not now.")
    type_in(bench, "x_1", RETURN)
    press(Qt.Key.Key_Backspace)
    press(Qt.Key.Key_Backspace)
    assert (bench.edits, chips(bench)) == ([], ["Ana García"])
    assert line(bench).isEnabled(), "screen readers still find it"
    assert not combo(bench).isEnabled()


def test_the_name_of_a_record_is_plain_text(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "record", RecordRef(2, "job_1", "<b>Nurse</b>"))
    assert chips(bench) == ["<b>Nurse</b>"]
