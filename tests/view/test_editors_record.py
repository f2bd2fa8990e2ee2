"""The related record: its kind and its slug."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from atz_desktop.domain.activity import Activity
from atz_desktop.domain.local_records import Name
from atz_desktop.domain.values import RecordRef
from atz_desktop.session.lookups import Lookups
from atz_desktop.view.widgets.suggestion_list import SuggestionList
from tests.view.editor_bench import ODD, Bench, press, retype
from tests.view.late_directory import LateDirectory

ANA = RecordRef(1, "candidate_1", "Ana García")


def combo(bench: Bench) -> QComboBox:
    found = bench.part("Related to")
    assert isinstance(found, QComboBox)
    return found


def slug(bench: Bench) -> QLineEdit:
    found = bench.part("Related record")
    assert isinstance(found, QLineEdit)
    return found


def shown(bench: Bench) -> list[str]:
    return [label.text() for label in bench.editor.findChildren(QLabel) if label.isVisible()]


def test_kind_slug_and_name_are_shown(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "record", ANA)
    assert (combo(bench).currentText(), slug(bench).text()) == ("Candidate", "candidate_1")
    assert "Ana García" in shown(bench)


def test_another_kind_empties_the_record_and_asks_for_a_new_one(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "record", ANA)
    combo(bench).setFocus()
    press(Qt.Key.Key_Down)
    assert bench.edits == [RecordRef(2)]
    assert (slug(bench).text(), slug(bench).placeholderText()) == (
        "",
        "Type a name, or paste the slug of the job",
    )
    assert "Ana García" not in shown(bench)


def test_back_to_the_old_kind_the_old_record_is_there_again(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "record", ANA)
    combo(bench).setFocus()
    press(Qt.Key.Key_Down)
    press(Qt.Key.Key_Up)
    assert bench.value == ANA


def test_a_typed_slug_is_told_with_the_name_that_is_known(qtbot: QtBot) -> None:
    lookups = Lookups()
    job = {"slug": "job_7", "position_name": "Nurse"}
    body = {"id": 1, "related_to": "job_7", "related_to_type": "job", "related_record": job}
    lookups.learn_from_activity(Activity.from_response(body))
    bench = Bench(qtbot, "record", RecordRef(2, "job_1"), lookups)
    retype(slug(bench), "job_7")
    assert bench.value == RecordRef(2, "job_7", "Nurse")
    assert "Nurse" in shown(bench)


def test_typing_the_old_slug_back_gives_the_old_record(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "record", ANA)
    retype(slug(bench), "x")
    retype(slug(bench), "candidate_1")
    assert bench.value == ANA


def test_spaces_around_a_pasted_slug_are_no_part_of_it(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "record", RecordRef(2))
    retype(slug(bench), " job_7 ")
    assert (bench.value.slug, slug(bench).text()) == ("job_7", " job_7 ")
    bench.leave()
    assert slug(bench).text() == "job_7"


def test_a_slug_that_came_with_spaces_stays_as_it_came(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "record", RecordRef(2, " job_7 "))
    slug(bench).setFocus()
    bench.leave()
    assert (bench.edits, slug(bench).text()) == ([], " job_7 ")


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
    assert slug(bench).placeholderText() == "Not needed"


@pytest.mark.parametrize("value", [RecordRef(), None, ODD])
def test_without_a_kind_none_is_chosen(qtbot: QtBot, value: object) -> None:
    bench = Bench(qtbot, "record", value)
    assert (combo(bench).currentIndex(), combo(bench).placeholderText()) == (-1, "Not set")
    QTest.keyClicks(slug(bench), "x1")
    assert bench.value == RecordRef(None, "x1")
    retype(slug(bench), "Mueller")
    assert (bench.value, bench.typed) == (value, "Mueller")
    retype(slug(bench), "")
    assert (bench.value, bench.typed) == (value, "")


ANN = Name("candidate", "candidate_ann", "Ann Lee")


def offered(bench: Bench) -> list[str]:
    lists = bench.window.findChildren(SuggestionList)
    return [chip.text for shown in lists if shown.isVisible() for chip in shown.suggestions()]


@pytest.mark.parametrize("text", ["Mueller", "Müller", "O'Brien", "Anne-Marie", "x", "日本"])
@pytest.mark.parametrize("end", [Qt.Key.Key_Return, Qt.Key.Key_Tab, None])
def test_what_looks_like_a_name_is_never_taken_for_a_slug(
    qtbot: QtBot, text: str, end: Qt.Key | None
) -> None:
    bench = Bench(qtbot, "record", ANA)
    retype(slug(bench), text)
    press(end) if end is not None else bench.leave()
    bench.editor.commit()
    assert (bench.value, bench.edits, bench.typed) == (ANA, [], text)
    assert slug(bench).text() == text
    assert bench.editor.input_error == (
        f"“{text}” looks like a name: choose the candidate or paste its slug."
    )
    assert bench.editor.touched


@pytest.mark.parametrize("text", ["Anna Nowhere", "Anna Nowhere 2", "job_1 job_2", "job_1，job_2"])
def test_what_is_no_slug_says_so_in_one_line(qtbot: QtBot, text: str) -> None:
    bench = Bench(qtbot, "record", RecordRef(2, "job_1"))
    retype(slug(bench), text)
    bench.leave()
    assert (bench.value, bench.typed) == (RecordRef(2, "job_1"), text)
    assert bench.editor.input_error
    assert bench.editor.hint()[0] == ""


@pytest.mark.parametrize("pasted", ["job7", "16469281780400000123qHt", "job_ü", "JOB-7"])
def test_a_slug_of_any_form_is_taken_with_a_warning(qtbot: QtBot, pasted: str) -> None:
    bench = Bench(qtbot, "record", RecordRef(2))
    retype(slug(bench), pasted)
    bench.leave()
    assert (bench.value, bench.typed) == (RecordRef(2, pasted), "")
    assert bench.editor.hint()[0].startswith("Not verified")


def test_a_name_is_a_slug_where_the_person_says_so(qtbot: QtBot) -> None:
    lookups = LateDirectory()
    bench = Bench(qtbot, "record", RecordRef(2), lookups)
    retype(slug(bench), "Mueller")
    lookups.answer()
    assert offered(bench) == ["Use “Mueller” as the slug"]
    press(Qt.Key.Key_Return)
    assert bench.value == RecordRef(2), "nothing was chosen yet"
    lookups.answer()
    press(Qt.Key.Key_Down)
    press(Qt.Key.Key_Return)
    assert (bench.value, bench.typed) == (RecordRef(2, "Mueller"), "")
    bench.leave()
    assert (slug(bench).text(), bench.editor.input_error) == ("Mueller", "")
    assert bench.editor.hint()[0].startswith("Not verified")


def test_a_kind_without_a_directory_offers_the_text_as_the_slug_too(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "record", RecordRef("planet", "mars_1"))
    retype(slug(bench), "Mars")
    press(Qt.Key.Key_Down)
    press(Qt.Key.Key_Return)
    assert bench.value == RecordRef("planet", "Mars")


def test_a_slug_that_the_directory_knows_may_look_like_a_name(qtbot: QtBot) -> None:
    lookups = LateDirectory()
    lookups.add_names([Name("job", "nurse", "Nurse")])
    bench = Bench(qtbot, "record", RecordRef(2), lookups)
    retype(slug(bench), "nurse")
    assert bench.value == RecordRef(2, "nurse", "Nurse")


@pytest.mark.parametrize("end", [Qt.Key.Key_Return, Qt.Key.Key_Tab])
def test_a_record_is_taken_only_from_a_list_for_the_text(qtbot: QtBot, end: Qt.Key) -> None:
    lookups = LateDirectory()
    bench = Bench(qtbot, "record", RecordRef(1), lookups)
    retype(slug(bench), "Ann")
    lookups.answer(ANN)
    assert offered(bench)[0] == "Ann Lee"
    QTest.keyClicks(slug(bench), "ika")
    press(Qt.Key.Key_Down)
    press(end)
    assert (bench.value, bench.typed) == (RecordRef(1), "Annika")
    slug(bench).setFocus()
    lookups.asked = lookups.asked[:1]
    lookups.answer(ANN)
    press(Qt.Key.Key_Return)
    assert bench.value == RecordRef(1), "an answer for an older text is dropped"


def test_a_record_of_another_kind_brings_its_kind_along(qtbot: QtBot) -> None:
    """The kind may be another by the time that the directory answers."""
    lookups = LateDirectory()
    bench = Bench(qtbot, "record", RecordRef(1), lookups)
    retype(slug(bench), "Ann")
    bench.put(RecordRef(2))
    lookups.answer(ANN)
    press(Qt.Key.Key_Return)
    assert bench.value == RecordRef(1, "candidate_ann", "Ann Lee")


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
        "<https://app.example/#/Jobs/job_7/edit>",
    ],
)
def test_what_stands_around_a_pasted_slug_is_no_part_of_it(qtbot: QtBot, text: str) -> None:
    bench = Bench(qtbot, "record", RecordRef(2))
    slug(bench).setFocus()
    slug(bench).insert(text)
    assert (bench.value, slug(bench).text()) == (RecordRef(2, "job_7"), text)
    bench.leave()
    assert slug(bench).text() == "job_7"


def test_an_address_says_the_kind_and_never_another_one(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "record", RecordRef())
    slug(bench).setFocus()
    slug(bench).insert("https://app.example/deals/deal_7")
    assert bench.value == RecordRef(5, "deal_7")
    bench = Bench(qtbot, "record", RecordRef(2))
    slug(bench).setFocus()
    slug(bench).insert("https://app.example/deals/deal_7")
    assert bench.value == RecordRef(2)
    assert bench.editor.input_error == "This is the address of a deal, and not of a job."


def test_a_half_typed_name_survives_as_text_and_goes_with_put_back(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "record", ANA)
    bench.typed = "Mueller"
    bench.show()
    assert (slug(bench).text(), bench.edits) == ("Mueller", [])
    assert "Ana García" not in shown(bench)
    bench.typed = ""
    bench.show()
    assert slug(bench).text() == "candidate_1"


def test_a_name_typed_before_the_kind_was_chosen_stays(qtbot: QtBot) -> None:
    bench = Bench(qtbot, "record", RecordRef())
    retype(slug(bench), "Mueller")
    combo(bench).setFocus()
    press(Qt.Key.Key_Down)
    assert (bench.value, slug(bench).text()) == (RecordRef(1), "Mueller")
