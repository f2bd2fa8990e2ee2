"""One field of the form: what stands under the editor, and the mark beside it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from atz_desktop.domain.fields import ACTIVITY
from atz_desktop.domain.local_records import Name
from atz_desktop.domain.values import Person, RecordRef
from atz_desktop.domain.verify import FieldResult, Verdict
from atz_desktop.session.lookups import Lookups
from atz_desktop.view.form.field_row import FieldRow, FieldRowState
from atz_desktop.view.theme import colours
from atz_desktop.view.widgets.buttons import LinkButton
from tests.view.editor_bench import (
    MORNING,
    hint_text,
    named,
    old_value_text,
    press,
    retype,
    spoken,
    wall,
)

CLEAN = FieldRowState("Old", "Old")
CHANGED = FieldRowState("New", "Old", changed=True)


RowOf = Callable[[str, FieldRowState], FieldRow]


@pytest.fixture
def row_of(qtbot: QtBot) -> RowOf:
    """Shows the row of a field in a window."""
    windows = []

    def show_row(name: str, state: FieldRowState) -> FieldRow:
        window = QWidget()
        windows.append(window)
        column = QVBoxLayout(window)
        row = FieldRow(ACTIVITY.by_name[name], Lookups())
        column.addWidget(row)
        column.addStretch(1)
        qtbot.addWidget(window)
        window.resize(640, 160)
        row.show_state(state)
        with qtbot.waitActive(window):
            window.show()
            window.activateWindow()
        return row

    return show_row


def described(row: FieldRow) -> str:
    control = row.editor.controls[0]
    heard = spoken(control.focusProxy() or control)
    return heard.text(QAccessible.Text.Description)


def bar(row: FieldRow) -> QColor:
    """The colour at the beginning of the row."""
    return row.grab().toImage().pixelColor(1, row.height() // 2)


def test_a_clean_field_has_nothing_under_it(row_of: RowOf) -> None:
    row = row_of("title", CLEAN)
    assert (hint_text(row), described(row)) == ("", "")
    assert not [button for button in row.findChildren(LinkButton) if button.isVisible()]


def test_a_changed_field_shows_its_old_value_and_can_be_put_back(
    row_of: RowOf, qtbot: QtBot
) -> None:
    row = row_of("title", CHANGED)
    assert hint_text(row) == described(row) == "Was: Old"
    with qtbot.waitSignal(row.revert_requested):
        QTest.mouseClick(named(row, "Put back Title"), Qt.MouseButton.LeftButton)


def test_put_back_works_with_the_keyboard(row_of: RowOf, qtbot: QtBot) -> None:
    row = row_of("title", CHANGED)
    named(row, "Put back Title").setFocus()
    with qtbot.waitSignal(row.revert_requested):
        press(Qt.Key.Key_Space)


def test_a_changed_field_is_marked_by_a_bar_as_well(row_of: RowOf) -> None:
    row = row_of("title", CLEAN)
    clean = bar(row)
    row.show_state(CHANGED)
    assert bar(row) == colours()["changed"] != clean
    row.show_state(replace(CHANGED, problem="Too long."))
    assert bar(row) == colours()["problem"]
    row.show_state(CLEAN)
    assert bar(row) == clean


def test_a_problem_goes_before_the_old_value_and_both_are_said(row_of: RowOf) -> None:
    row = row_of("title", replace(CHANGED, problem="Too long."))
    assert (hint_text(row), old_value_text(row)) == ("Too long.", "Was: Old")
    row.show_state(CHANGED)
    assert (hint_text(row), old_value_text(row)) == ("Was: Old", "")
    row.show_state(replace(CHANGED, problem="Too long."))
    assert described(row) == "Too long. Was: Old"
    assert named(row, "Put back Title").isVisible()


def test_what_atz_refused_is_quoted_as_its_own_words(row_of: RowOf) -> None:
    row = row_of("title", replace(CHANGED, server_error="title is <b>odd</b>"))
    assert hint_text(row) == "ATZ says: title is <b>odd</b>"
    for label in row.findChildren(QLabel):
        assert label.textFormat() is Qt.TextFormat.PlainText


@pytest.mark.parametrize(
    ("result", "now", "said", "ink"),
    [
        (FieldResult.STORED, "New", "Checked", "verified"),
        (FieldResult.ALTERED, "Newer", "ATZ stored “Newer” instead", "warning"),
        (FieldResult.IGNORED, "Old", "ATZ did not store it: it still holds “Old”", "warning"),
    ],
)
def test_after_a_save_the_verdict_is_said(
    row_of: RowOf, result: FieldResult, now: str, said: str, ink: str
) -> None:
    verdict = Verdict(ACTIVITY.by_name["title"], "Old", "New", now, result)
    row = row_of("title", FieldRowState(now, now, verdict=verdict))
    assert hint_text(row) == described(row) == said
    assert bar(row) == colours()[ink]


def test_the_old_value_is_said_in_words(row_of: RowOf) -> None:
    people = (Person("1", "Ana García"), Person("2"))
    row = row_of("users", FieldRowState((), people, changed=True))
    assert hint_text(row) == "2 removed."
    moved = MORNING.with_end(wall("2024-06-16 11:00"))
    row = row_of("when", FieldRowState(moved, MORNING, changed=True))
    assert hint_text(row) == "Was: Sun 16 Jun 2024, 09:00 – 10:00 (UTC)"


def test_text_that_is_no_value_yet_is_a_quiet_note_until_the_person_is_done(row_of: RowOf) -> None:
    row = row_of("when", FieldRowState(MORNING, MORNING))
    start = named(row, "Start")
    row.editor.unparsed_changed.connect(
        lambda text: row.show_state(FieldRowState(MORNING, MORNING, unparsed=text))
    )
    retype(start, "17 Ju")
    quiet = bar(row)
    assert "“17 Ju” is no date" in hint_text(row)
    assert quiet != colours()["problem"]
    press(Qt.Key.Key_Return)
    assert bar(row) == colours()["problem"]
    assert named(row, "Put back When").isVisible()


def test_text_that_a_draft_brought_back_is_no_mistake_and_not_passed_over(row_of: RowOf) -> None:
    row = row_of("users", FieldRowState((), ()))
    row.window().setFocus()
    row.show_state(FieldRowState((), (), unparsed="Ana"))
    assert hint_text(row) == "Finish or clear the text in the box."
    assert bar(row) != colours()["problem"]
    assert named(row, "Put back Users").isVisible()


def test_a_long_old_value_does_not_push_the_form_wide(row_of: RowOf) -> None:
    row = row_of("title", FieldRowState("New", "x" * 5_000, changed=True))
    assert row.minimumSizeHint().width() < 640
    assert row.height() <= 120
    long = [label for label in row.findChildren(QLabel) if len(label.text()) > 1_000]
    assert all(label.toolTip() for label in long), "what is cut stands in the tip"


def test_the_editor_stays_where_it_is_when_a_line_appears(row_of: RowOf, qtbot: QtBot) -> None:
    row = row_of("title", CLEAN)
    line = named(row, "Title")
    assert isinstance(line, QLineEdit)
    before = line.mapTo(row, line.rect().topLeft())
    row.show_state(CHANGED)
    qtbot.waitUntil(lambda: named(row, "Put back Title").isVisible())
    assert line.mapTo(row, line.rect().topLeft()) == before


def test_a_problem_is_read_out_once_it_stands(row_of: RowOf, qtbot: QtBot) -> None:
    row = row_of("title", CLEAN)
    said: list[object] = []
    row.announced.connect(said.append)
    with qtbot.waitSignal(row.announced):
        row.show_state(replace(CHANGED, problem="A passing one."))
        row.show_state(CLEAN)
        row.show_state(replace(CHANGED, problem="Too long."))
    assert said == ["Title: Too long."]


@pytest.mark.parametrize("end", [Qt.Key.Key_Return, Qt.Key.Key_Tab])
def test_a_missing_record_is_no_mistake_before_one_could_type_it(
    row_of: RowOf, qtbot: QtBot, end: Qt.Key
) -> None:
    held = RecordRef(1, "candidate_1")
    row = row_of("record", FieldRowState(held, held))
    missing = FieldRowState(RecordRef(2), held, changed=True, problem="Choose the job.")
    row.editor.edited.connect(lambda _value: row.show_state(missing))
    row.editor.controls[0].setFocus()
    press(Qt.Key.Key_Down)
    assert (hint_text(row), bar(row)) == ("Choose the job.", colours()["changed"])
    press(Qt.Key.Key_Tab)
    assert row.editor.controls[1].hasFocus()
    assert (hint_text(row), bar(row)) == ("Choose the job.", colours()["changed"])
    press(end)
    qtbot.waitUntil(lambda: bar(row) == colours()["problem"])


ANA, BO = Person("candidate_1"), Person("candidate_2")
RECORD = RecordRef(1, "candidate_1")


@pytest.mark.parametrize(
    ("name", "state", "words"),
    [
        (
            "record",
            FieldRowState(RecordRef(2, "job_1"), RECORD, changed=True),
            "Was: Candidate: Ana García",
        ),
        (
            "candidates",
            FieldRowState(
                (ANA,),
                (ANA,),
                verdict=Verdict(
                    ACTIVITY.by_name["candidates"], (), (BO,), (ANA,), FieldResult.ALTERED
                ),
            ),
            "ATZ stored “Ana García” instead",
        ),
    ],
)
def test_who_is_known_by_name_is_called_so_under_the_field(
    row_of: RowOf, name: str, state: FieldRowState, words: str
) -> None:
    row = row_of(name, state)
    assert "candidate_1" in f"{hint_text(row)} {old_value_text(row)}"
    row.editor.lookups.add_and_notify([Name("candidate", "candidate_1", "Ana García")])
    row.show_names()
    assert words in (hint_text(row), old_value_text(row))


def test_put_back_is_described_in_plain_words(row_of: RowOf) -> None:
    row = row_of("title", FieldRowState("New", "Old & <b>bold</b>", changed=True))
    heard = spoken(named(row, "Put back Title"))
    assert heard.text(QAccessible.Text.Description) == "Was: Old & <b>bold</b>"


def test_what_is_cut_is_described_in_plain_words(row_of: RowOf) -> None:
    old = "<i>" + "many words " * 200
    row = row_of("title", FieldRowState("New", old, changed=True))
    [label] = [each for each in row.findChildren(QLabel) if each.text().startswith("Was: <i>")]
    assert label.toolTip().startswith("<p")
    assert spoken(label).text(QAccessible.Text.Description) == label.text()


def test_that_somebody_is_not_verified_is_in_the_fields_description(row_of: RowOf) -> None:
    row = row_of("candidates", FieldRowState((BO,), (), changed=True))
    assert "Not verified: candidate_2." in described(row)
    row.editor.lookups.add_and_notify([Name("candidate", "candidate_2", "Bo")])
    row.show_names()
    assert "Not verified" not in described(row)


def test_who_is_added_and_removed_is_in_the_fields_description(row_of: RowOf) -> None:
    base = (Person("candidate_1", "Ana García"), Person("candidate_2", "Bo"))
    row = row_of(
        "candidates", FieldRowState((*base[:1], Person("candidate_3", "Cy")), base, changed=True)
    )
    assert described(row) == "1 added, 1 removed. Added: Cy. Removed: Bo."
    row.show_state(FieldRowState(base, base))
    assert described(row) == "Add a candidate"


def test_that_a_record_is_not_verified_is_in_the_fields_description(row_of: RowOf) -> None:
    row = row_of("record", FieldRowState(RecordRef(1, "candidate_9"), RECORD, changed=True))
    slug = spoken(named(row, "Related record"))
    assert "Not verified" in slug.text(QAccessible.Text.Description)
    row.editor.lookups.add_and_notify([Name("candidate", "candidate_9", "Carl")])
    row.editor.show_names()
    assert "Not verified" not in slug.text(QAccessible.Text.Description)
