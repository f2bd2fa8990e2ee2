"""Leaving with unsaved changes, by keys and clicks: nothing is lost by accident."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from atz_desktop.domain.values import Option, Person
from atz_desktop.session.services import UnsavedChoice
from atz_desktop.view.dialogs.unsaved_changes_dialog import UnsavedChangesDialog
from tests.view.samples import edit_of


@pytest.fixture
def savable(qtbot: QtBot) -> UnsavedChangesDialog:
    dialog = UnsavedChangesDialog(edit_of(title="New"), {})
    qtbot.addWidget(dialog)
    dialog.open()
    return dialog


@pytest.fixture
def dialog(qtbot: QtBot) -> UnsavedChangesDialog:
    edit = edit_of(title="<b>New</b>", importance=Option("unheard of"))
    dialog = UnsavedChangesDialog(edit, {"users": "Ann", "contacts": ""})
    qtbot.addWidget(dialog)
    dialog.open()
    return dialog


def _button(dialog: UnsavedChangesDialog, text: str) -> QPushButton:
    return next(each for each in dialog.findChildren(QPushButton) if _text(each) == text)


def _text(button: QPushButton) -> str:
    return button.text().replace("&", "")


def test_it_lists_every_change_and_what_is_half_typed(dialog: UnsavedChangesDialog) -> None:
    text = dialog.sheet.toPlainText()
    assert "<b>New</b>" in text
    assert "unheard of" in text
    assert "Ann\ntyped, but not finished" in text
    headings = [label.text() for label in dialog.findChildren(QLabel)]
    assert "3 changes are not saved yet" in headings
    assert "Interview with Ana · activity 42" in headings


def test_one_change_is_told_as_one(qtbot: QtBot) -> None:
    dialog = UnsavedChangesDialog(edit_of(title="New"), {})
    qtbot.addWidget(dialog)
    texts = [label.text() for label in dialog.findChildren(QLabel)]
    assert "1 change is not saved yet" in texts
    assert any(text.startswith("Kept for later, it waits") for text in texts)


def test_no_change_is_hidden_below_an_edge_while_there_is_room(qtbot: QtBot) -> None:
    """At some length a title just fits its line, and would not beside a scroll bar."""
    for length in range(55, 85):
        dialog = UnsavedChangesDialog(edit_of(title=("five " * 20)[:length], location="x"), {})
        qtbot.addWidget(dialog)
        dialog.open()
        QApplication.processEvents()
        assert dialog.sheet.verticalScrollBar().maximum() == 0, length
        dialog.close()


def test_enter_saves_and_goes_on(savable: UnsavedChangesDialog) -> None:
    assert savable.focusWidget() is _button(savable, "Save and go on")
    QTest.keyClick(savable.focusWidget(), Qt.Key.Key_Return)
    assert savable.answer is UnsavedChoice.SAVE
    assert not savable.isVisible()


def test_who_may_be_mailed_is_said_before_anything_is_saved(qtbot: QtBot) -> None:
    dialog = UnsavedChangesDialog(edit_of(location="Room 9", contacts=(Person("contact_2"),)), {})
    qtbot.addWidget(dialog)
    texts = [label.text() for label in dialog.findChildren(QLabel)]
    assert any(text.startswith("Saved now: ATZ may mail") for text in texts)


def test_enter_keeps_for_later_what_cannot_be_saved(dialog: UnsavedChangesDialog) -> None:
    assert not _button(dialog, "Save and go on").isEnabled()
    texts = [label.text() for label in dialog.findChildren(QLabel)]
    assert any(text.startswith("What is no value yet") for text in texts)
    assert dialog.focusWidget() is _button(dialog, "Keep for later")
    QTest.keyClick(dialog.focusWidget(), Qt.Key.Key_Return)
    assert dialog.answer is UnsavedChoice.KEEP_DRAFT
    assert not dialog.isVisible()


def test_esc_stays(dialog: UnsavedChangesDialog) -> None:
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert dialog.answer is UnsavedChoice.STAY
    assert not dialog.isVisible()


def test_closing_the_dialog_stays(dialog: UnsavedChangesDialog) -> None:
    dialog.close()
    assert dialog.answer is UnsavedChoice.STAY


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("Save and go on", UnsavedChoice.SAVE),
        ("Keep for later", UnsavedChoice.KEEP_DRAFT),
        ("Discard changes", UnsavedChoice.DISCARD),
        ("Stay here", UnsavedChoice.STAY),
    ],
)
def test_each_button_does_what_it_says(
    savable: UnsavedChangesDialog, text: str, answer: UnsavedChoice
) -> None:
    QTest.mouseClick(_button(savable, text), Qt.MouseButton.LeftButton)
    assert savable.answer is answer
    assert not savable.isVisible()


def test_enter_never_discards_even_with_the_focus_on_it(dialog: UnsavedChangesDialog) -> None:
    discard = _button(dialog, "Discard changes")
    discard.setFocus()
    QTest.keyClick(discard, Qt.Key.Key_Return)
    assert dialog.answer is UnsavedChoice.KEEP_DRAFT


def test_space_discards_without_a_mouse(dialog: UnsavedChangesDialog) -> None:
    discard = _button(dialog, "Discard changes")
    discard.setFocus()
    QTest.keyClick(discard, Qt.Key.Key_Space)
    assert dialog.answer is UnsavedChoice.DISCARD


def test_every_button_is_reached_by_tab(savable: UnsavedChangesDialog) -> None:
    reached = set()
    for _ in range(5):
        widget = savable.focusWidget()
        reached.add(_text(widget) if isinstance(widget, QPushButton) else widget.accessibleName())
        QTest.keyClick(widget, Qt.Key.Key_Tab)
    buttons = {"Discard changes", "Stay here", "Keep for later", "Save and go on"}
    assert reached == {"Unsaved changes", *buttons}
