"""Three versions of a field and one choice, by keys and clicks."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QPushButton, QRadioButton, QWidget
from pytestqt.qtbot import QtBot

from atz_desktop.domain.history import JournalEntry, Outcome
from atz_desktop.domain.merge import ManualMerge, Merge, Resolution, merge, restore_entry
from atz_desktop.domain.values import Attachment, LocalFile, Option, Person
from atz_desktop.view.dialogs.conflict_dialog import ConflictBox, ConflictDialog, ValueText
from atz_desktop.view.dialogs.restore_dialog import RestoreDialog
from atz_desktop.view.widgets.exact_text import ExactLineEdit, ExactTextEdit
from tests.view.samples import BODY, edit_of, letters, read

_GRACE, _ALAN = Person("contact_1", "Grace Hopper"), Person("contact_2", "Alan Turing")
_MINE = Person("contact_3", "Katherine Johnson")


def _merged() -> Merge:
    """The title, the contacts and the description were changed by both, the location by them."""
    mine = edit_of(
        title="My title",
        contacts=(_GRACE, _MINE),
        description=BODY["description"].replace("Dear team", "Dear all"),
    )
    theirs = {
        "title": "Their <b>title</b>",
        "location": "Room 9",
        "description": BODY["description"].replace("Bye.", "Farewell."),
        "attendees": {
            **BODY["attendees"],
            "contacts": [
                {"slug": "contact_2", "full_name": "Alan Turing"},
                {"slug": "contact_9", "full_name": "Ada"},
            ],
        },
    }
    return merge(mine, read(theirs))


@pytest.fixture
def dialog(qtbot: QtBot) -> ConflictDialog:
    dialog = ConflictDialog(_merged())
    qtbot.addWidget(dialog)
    dialog.open()
    return dialog


def _button(dialog: QDialog, text: str) -> QPushButton:
    return next(each for each in dialog.findChildren(QPushButton) if each.text() == text)


def _box(dialog: ConflictDialog | RestoreDialog, name: str) -> ConflictBox:
    return next(box for box in dialog.choices.boxes if box.name == name)


def _radio(box: QWidget, begin: str) -> QRadioButton:
    return next(each for each in box.findChildren(QRadioButton) if each.text().startswith(begin))


def _click(widget: QWidget) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


def _choose(radio: QRadioButton) -> None:
    radio.setFocus()
    QTest.keyClick(radio, Qt.Key.Key_Space)


def test_only_what_both_changed_is_asked_and_nothing_is_preselected(dialog: ConflictDialog) -> None:
    assert [box.name for box in dialog.choices.boxes] == ["title", "contacts", "description"]
    assert not any(radio.isChecked() for radio in dialog.findChildren(QRadioButton))
    assert not _button(dialog, "Save").isEnabled()


def test_save_waits_until_every_field_has_a_choice(dialog: ConflictDialog) -> None:
    _choose(_radio(_box(dialog, "title"), "Yours"))
    _choose(_radio(_box(dialog, "contacts"), "Both"))
    assert not _button(dialog, "Save").isEnabled()
    assert "Still to choose: 1" in [label.text() for label in dialog.findChildren(QLabel)]
    _choose(_radio(_box(dialog, "description"), "Now in ATZ"))
    _click(_button(dialog, "Save"))
    assert dialog.answer == {
        "title": Resolution.MINE,
        "contacts": Resolution.BOTH,
        "description": Resolution.THEIRS,
    }
    assert not dialog.isVisible()


def test_enter_saves_nothing_while_a_choice_is_open(dialog: ConflictDialog) -> None:
    QTest.keyClick(dialog.focusWidget(), Qt.Key.Key_Return)
    assert (dialog.answer, dialog.isVisible()) == (None, True)


def test_tab_stops_only_where_it_can_be_seen(dialog: ConflictDialog) -> None:
    dialog.activateWindow()
    QApplication.processEvents()
    stops: list[QWidget] = []
    while (focused := dialog.focusWidget()) not in stops:
        stops.append(focused)
        QTest.keyClick(focused, Qt.Key.Key_Tab)
    kinds = {QRadioButton, QPushButton, ExactLineEdit, ExactTextEdit}
    assert {type(each) for each in stops} == kinds
    bar = dialog.choices.verticalScrollBar()
    bar.setValue(0)
    dialog.choices.focus_first()
    QTest.keyClick(dialog.focusWidget(), Qt.Key.Key_PageDown)
    assert bar.value() > 0


@pytest.mark.parametrize("how", ["Esc", "Cancel", "close"])
def test_cancel_answers_nothing_even_when_all_is_chosen(dialog: ConflictDialog, how: str) -> None:
    for box in dialog.choices.boxes:
        _choose(_radio(box, "Yours"))
    if how == "Esc":
        QTest.keyClick(dialog, Qt.Key.Key_Escape)
    elif how == "Cancel":
        _click(_button(dialog, "Cancel"))
    else:
        dialog.close()
    assert (dialog.answer, dialog.isVisible()) == (None, False)


def test_a_choice_can_be_changed(dialog: ConflictDialog) -> None:
    for box in dialog.choices.boxes:
        _choose(_radio(box, "Yours"))
    _choose(_radio(_box(dialog, "title"), "Now in ATZ"))
    _click(_button(dialog, "Save"))
    assert dialog.answer is not None
    assert dialog.answer["title"] is Resolution.THEIRS


def test_a_click_on_a_value_chooses_it(dialog: ConflictDialog) -> None:
    box = _box(dialog, "title")
    mine = next(each for each in box.findChildren(ValueText) if "My title" in each.toPlainText())
    _click(mine.viewport())
    assert box.pick is Resolution.MINE
    assert _radio(box, "Yours").isChecked()


def test_both_is_offered_where_it_makes_sense_and_shows_what_comes_out(
    dialog: ConflictDialog,
) -> None:
    offers = {
        box.name: [radio.text().split(":")[0] for radio in box.findChildren(QRadioButton)]
        for box in dialog.choices.boxes
    }
    assert offers["title"] == ["Now in ATZ", "Yours", "Write it yourself"]
    assert offers["contacts"] == ["Now in ATZ", "Yours", "Both"]
    [both] = [
        each.toPlainText()
        for each in _box(dialog, "contacts").findChildren(ValueText)
        if "Ada" in each.toPlainText() and "Katherine" in each.toPlainText()
    ]
    assert "−\t\u2068Grace Hopper" in both
    assert "−\t\u2068Alan Turing" in both


def test_each_version_shows_what_it_changed(dialog: ConflictDialog) -> None:
    shown = _box(dialog, "description").findChildren(ValueText)
    struck = [
        [text for text, look in letters(each.document()) if look.fontStrikeOut()] for each in shown
    ]
    assert struck == [[], ["Bye."], ["team,"]]
    assert shown[0].toPlainText() == BODY["description"]


def test_foreign_text_stays_text(dialog: ConflictDialog) -> None:
    texts = [each.toPlainText() for each in _box(dialog, "title").findChildren(ValueText)]
    assert texts == ["Interview with Ana", "Their <b>title</b>", "My title"]


def test_a_screen_reader_hears_field_version_and_value(dialog: ConflictDialog) -> None:
    radio = _radio(_box(dialog, "title"), "Now in ATZ")
    heard = QAccessible.queryAccessibleInterface(radio)
    assert heard.text(QAccessible.Text.Name) == "Title: Now in ATZ"
    assert heard.text(QAccessible.Text.Description) == "Their <b>title</b>"


def test_keys_alone_are_enough(dialog: ConflictDialog) -> None:
    for _ in range(3):
        QTest.keyClick(dialog.focusWidget(), Qt.Key.Key_Space)
        QTest.keyClick(dialog.focusWidget(), Qt.Key.Key_Right)
        QTest.keyClick(dialog.focusWidget(), Qt.Key.Key_Tab)
        if not isinstance(dialog.focusWidget(), QRadioButton | QPushButton):
            QTest.keyClick(dialog.focusWidget(), Qt.Key.Key_Tab)
    for text in ("Take all from ATZ", "Keep all of yours", "Cancel"):
        assert dialog.focusWidget() is _button(dialog, text)
        QTest.keyClick(dialog.focusWidget(), Qt.Key.Key_Tab)
    QTest.keyClick(dialog.focusWidget(), Qt.Key.Key_Return)
    assert dialog.answer == dict.fromkeys(("title", "contacts", "description"), Resolution.MINE)


@pytest.mark.parametrize(
    ("text", "pick"),
    [("Take all from ATZ", Resolution.THEIRS), ("Keep all of yours", Resolution.MINE)],
)
def test_one_click_chooses_the_same_for_all(
    dialog: ConflictDialog, text: str, pick: Resolution
) -> None:
    _choose(_radio(_box(dialog, "title"), "Yours"))
    _click(_button(dialog, text))
    assert dialog.isVisible(), "nothing is saved by it"
    _click(_button(dialog, "Save"))
    assert dialog.answer == dict.fromkeys(("title", "contacts", "description"), pick)


def test_a_single_field_needs_no_buttons_for_all(qtbot: QtBot) -> None:
    dialog = ConflictDialog(merge(edit_of(title="My title"), read({"title": "Their title"})))
    qtbot.addWidget(dialog)
    dialog.open()
    texts = [each.text() for each in dialog.findChildren(QPushButton) if each.isVisible()]
    assert texts == ["Cancel", "Save"]


def _written(dialog: ConflictDialog, name: str) -> ExactLineEdit | ExactTextEdit:
    box = _box(dialog, name)
    lines, texts = box.findChildren(ExactLineEdit), box.findChildren(ExactTextEdit)
    assert len(lines) + len(texts) == 1
    return lines[0] if lines else texts[0]


def test_a_text_is_written_by_hand_beginning_with_ones_own(dialog: ConflictDialog) -> None:
    notes = _written(dialog, "description")
    assert notes.value() == BODY["description"].replace("Dear team", "Dear all")
    title = _written(dialog, "title")
    assert title.value() == "My title"
    title.setFocus()
    title.selectAll()
    QTest.keyClicks(title, "Our title")
    assert _radio(_box(dialog, "title"), "Write it yourself").isChecked()
    _choose(_radio(_box(dialog, "contacts"), "Both"))
    _choose(_radio(_box(dialog, "description"), "Write it yourself"))
    _click(_button(dialog, "Save"))
    assert dialog.answer == {
        "title": ManualMerge("Our title"),
        "contacts": Resolution.BOTH,
        "description": ManualMerge(notes.value()),
    }
    edit = _merged().resolve(dialog.answer)
    assert edit.pending["title"] == "Our title"


@pytest.mark.parametrize(("text", "said"), [("x" * 101, "100"), ("", "Title: ")])
def test_what_is_written_by_hand_and_cannot_be_sent_is_said(
    dialog: ConflictDialog, text: str, said: str
) -> None:
    _click(_button(dialog, "Keep all of yours"))
    title = _written(dialog, "title")
    title.setFocus()
    title.selectAll()
    QTest.keyClicks(title, text) if text else QTest.keyClick(title, Qt.Key.Key_Delete)
    assert not _button(dialog, "Save").isEnabled()
    assert any(said in label.text() for label in dialog.findChildren(QLabel))
    _choose(_radio(_box(dialog, "title"), "Now in ATZ"))
    assert _button(dialog, "Save").isEnabled()


def test_who_made_the_last_change_and_when_is_said(qtbot: QtBot) -> None:
    theirs = {
        "title": "Their title",
        "updated_by": {"id": 7, "full_name": "Marta <b>Kowalczyk</b>"},
        "updated_at": "2026-04-20T15:03:11Z",
    }
    dialog = ConflictDialog(merge(edit_of(title="My title"), read(theirs)))
    qtbot.addWidget(dialog)
    said = "\n".join(label.text() for label in dialog.findChildren(QLabel))
    assert "Marta <b>Kowalczyk</b> changed this activity in ATZ, too" in said
    assert "The last change there was made on Mon 20 Apr 2026 at 15:03 (UTC)." in said


class TestUndo:
    """Putting a save back."""

    @staticmethod
    def _entry(**fields: tuple[Any, Any]) -> JournalEntry:
        return JournalEntry(
            id=3,
            at=datetime(2024, 1, 1, tzinfo=UTC),
            account="a",
            activity_id=42,
            title="t",
            before={name: old for name, (old, _) in fields.items()},
            sent={name: new for name, (_, new) in fields.items()},
            outcome=Outcome.VERIFIED,
        )

    def _dialog(self, qtbot: QtBot, **fields: tuple[Any, Any]) -> RestoreDialog:
        dialog = RestoreDialog(restore_entry(self._entry(**fields), read()))
        qtbot.addWidget(dialog)
        dialog.open()
        return dialog

    def test_without_a_conflict_it_is_a_plain_confirmation(self, qtbot: QtBot) -> None:
        dialog = self._dialog(
            qtbot,
            location=("Room 0", "Room 1"),
            importance=(Option("low", "Low"), Option("normal", "Normal")),
        )
        assert not dialog.findChildren(QRadioButton)
        text = dialog.sheet.toPlainText()
        assert "−\t\u2068Room 1\u2069\n+\t\u2068Room 0\u2069" in text
        button = _button(dialog, "Put back 2 fields")
        assert button.isDefault()
        _click(button)
        assert dialog.answer == {}

    def test_a_value_that_moved_on_is_shown_in_three_versions(self, qtbot: QtBot) -> None:
        dialog = self._dialog(qtbot, title=("Before", "Written"), location=("Room 0", "Room 1"))
        [box] = dialog.choices.boxes
        assert [each.toPlainText() for each in box.findChildren(ValueText)] == [
            "Written",
            "Interview with Ana",
            "Before",
        ]
        assert "Before" not in dialog.sheet.toPlainText()
        assert not _button(dialog, "Put back 1 field").isEnabled()
        _choose(_radio(box, "Put back what was there before"))
        _click(_button(dialog, "Put back 2 fields"))
        assert dialog.answer == {"title": Resolution.MINE}

    def test_leaving_all_as_it_is_puts_nothing_back(self, qtbot: QtBot) -> None:
        dialog = self._dialog(qtbot, title=("Before", "Written"))
        _choose(_radio(dialog.choices.boxes[0], "Leave what ATZ has now"))
        assert not _button(dialog, "Put back 0 fields").isEnabled()

    def test_what_cannot_go_back_is_said_with_its_reason(self, qtbot: QtBot) -> None:
        file = LocalFile(Path("old.pdf"), 1)
        dialog = self._dialog(
            qtbot,
            attachment=(Attachment("older.pdf", "https://f.example/1"), file),
            location=("Room 0", "Room 1"),
        )
        said = " ".join(label.text() for label in dialog.findChildren(QLabel))
        assert "Attachment stays as it is now. The earlier file is no longer in ATZ" in said
        assert _button(dialog, "Put back 1 field").isEnabled()

    def test_when_nothing_is_left_to_do_it_says_so(self, qtbot: QtBot) -> None:
        dialog = self._dialog(qtbot, location=("Room 1", "Room 7"))
        said = " ".join(label.text() for label in dialog.findChildren(QLabel))
        assert "There is nothing to put back" in said
        visible = [each.text() for each in dialog.findChildren(QPushButton) if each.isVisible()]
        assert visible == ["Close"]
        QTest.keyClick(dialog, Qt.Key.Key_Return)
        assert dialog.answer is None

    def test_esc_puts_nothing_back(self, qtbot: QtBot) -> None:
        dialog = self._dialog(qtbot, location=("Room 0", "Room 1"))
        QTest.keyClick(dialog, Qt.Key.Key_Escape)
        assert (dialog.answer, dialog.isVisible()) == (None, False)
