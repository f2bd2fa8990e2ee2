"""The related record: its kind and its slug."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from atz_desktop.domain.activity import Activity
from atz_desktop.domain.values import RecordRef
from atz_desktop.session.lookups import Lookups
from tests.view.editor_bench import ODD, Bench, press, retype

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
    lookups.learn(Activity.read(body))
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
    QTest.keyClicks(slug(bench), "x")
    assert bench.value == RecordRef(None, "x")
