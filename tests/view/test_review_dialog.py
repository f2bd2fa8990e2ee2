"""Review changes, by keys and clicks."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from atz_desktop.domain.values import LocalFile
from atz_desktop.view.dialogs.review_dialog import ReviewDialog
from tests.view.samples import edit_of

NOW = datetime(2024, 1, 1, tzinfo=UTC)
SUPPRESS = "Suppress the calendar invite"


def _shown(qtbot: QtBot, body: dict[str, Any] | None = None, **values: Any) -> ReviewDialog:
    dialog = ReviewDialog(edit_of(body, **values), NOW)
    qtbot.addWidget(dialog)
    dialog.open()
    return dialog


def _button(dialog: QDialog, begin: str) -> QPushButton:
    return next(each for each in dialog.findChildren(QPushButton) if begin in each.text())


def _reason(dialog: QDialog) -> QLineEdit:
    [found] = dialog.findChildren(QLineEdit)
    return found


def _click(widget: QWidget) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_control_and_enter_save_wherever_the_keyboard_is(qtbot: QtBot, key: Qt.Key) -> None:
    dialog = _shown(qtbot, title="New")
    for place in (_reason(dialog), dialog.sheet, _button(dialog, "Cancel")):
        dialog.answer = None
        dialog.open()
        with qtbot.waitActive(dialog):
            dialog.activateWindow()
        place.setFocus()
        QTest.keyClick(place, key, Qt.KeyboardModifier.ControlModifier)
        assert dialog.answer is not None


def test_save_hands_back_the_edit_and_the_reason(qtbot: QtBot) -> None:
    dialog = _shown(qtbot, title="New", done=True)
    edit = edit_of(title="New", done=True)
    QTest.keyClicks(_reason(dialog), "  TICKET-7 ")
    button = _button(dialog, "Save")
    assert button.text() == "Save 2 changes"
    _click(button)
    assert dialog.answer is not None
    assert (dialog.answer.edit, dialog.answer.reason) == (edit, "TICKET-7")
    assert not dialog.isVisible()


def test_without_a_reason_there_is_none(qtbot: QtBot) -> None:
    dialog = _shown(qtbot, title="New")
    assert _button(dialog, "Save").text() == "Save 1 change"
    QTest.keyClick(_reason(dialog), Qt.Key.Key_Return)
    assert dialog.answer is not None
    assert dialog.answer.reason is None


def test_a_rehearsal_saves_nothing_by_esc_by_cancel_and_by_enter_on_cancel(qtbot: QtBot) -> None:
    dialog = _shown(qtbot, title="New")
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert (dialog.answer, dialog.isVisible()) == (None, False)
    dialog = _shown(qtbot, title="New")
    _click(_button(dialog, "Cancel"))
    assert (dialog.answer, dialog.isVisible()) == (None, False)
    dialog = _shown(qtbot, title="New")
    _button(dialog, "Cancel").setFocus()
    QTest.keyClick(_button(dialog, "Cancel"), Qt.Key.Key_Return)
    assert (dialog.answer, dialog.isVisible()) == (None, False)


def test_enter_on_the_sheet_saves_which_is_what_the_coloured_button_says(qtbot: QtBot) -> None:
    dialog = _shown(qtbot, title="New")
    assert _button(dialog, "Save").isDefault()
    assert dialog.focusWidget() is dialog.sheet
    QTest.keyClick(dialog.sheet, Qt.Key.Key_Return)
    assert dialog.answer is not None


class TestInvites:
    """ATZ_API.md, "Calendar mail"."""

    def test_suppressing_is_one_more_changed_field(self, qtbot: QtBot) -> None:
        dialog = _shown(qtbot, location="Room 2")
        [suppress] = dialog.findChildren(QCheckBox)
        assert suppress.text() == SUPPRESS
        _click(suppress)
        assert _button(dialog, "Save").text() == "Save 2 changes"
        assert "Do not send calendar invite" in dialog.sheet.toPlainText()
        _click(_button(dialog, "Save"))
        assert dialog.answer is not None
        assert dialog.answer.edit.body() == {
            "location": "Room 2",
            "do_not_send_calendar_invite": True,
        }

    def test_taking_it_back_leaves_the_edit_as_it_was(self, qtbot: QtBot) -> None:
        dialog = _shown(qtbot, location="Room 2")
        [suppress] = dialog.findChildren(QCheckBox)
        QTest.keyClick(suppress, Qt.Key.Key_Space)
        QTest.keyClick(suppress, Qt.Key.Key_Space)
        assert _button(dialog, "Save").text() == "Save 1 change"
        _click(_button(dialog, "Save"))
        assert dialog.answer is not None
        assert dialog.answer.edit == edit_of(location="Room 2")

    def test_it_may_be_suppressed_from_the_start(self, qtbot: QtBot) -> None:
        dialog = ReviewDialog(edit_of(location="Room 2"), NOW, quiet=True)
        qtbot.addWidget(dialog)
        dialog.open()
        [suppress] = dialog.findChildren(QCheckBox)
        assert suppress.isChecked()
        assert _button(dialog, "Save").text() == "Save 2 changes"
        _click(suppress)
        _click(_button(dialog, "Save"))
        assert dialog.answer is not None
        assert dialog.answer.edit == edit_of(location="Room 2")

    def test_the_warning_counts_and_turns_into_a_promise(self, qtbot: QtBot) -> None:
        dialog = _shown(qtbot, location="Room 2")
        [suppress] = dialog.findChildren(QCheckBox)
        words = [label.text() for label in dialog.findChildren(QLabel)]
        assert any("ATZ may mail 4 people" in text for text in words)
        assert "ATZ may mail 4 people" in suppress.accessibleDescription()
        _click(suppress)
        words = [label.text() for label in dialog.findChildren(QLabel)]
        assert any("ATZ is asked not to mail 4 people" in text for text in words)

    def test_it_is_not_offered_where_nobody_is_mailed(self, qtbot: QtBot) -> None:
        assert not _shown(qtbot, title="New").findChildren(QCheckBox)
        suppressed = {"do_not_send_calendar_invite": True}
        assert not _shown(qtbot, suppressed, location="x").findChildren(QCheckBox)


class TestTheExactRequest:
    """For those who open it."""

    def test_it_is_hidden_until_it_is_asked_for(self, qtbot: QtBot) -> None:
        dialog = _shown(qtbot, title="New “x”")
        [text] = dialog.findChildren(QPlainTextEdit)
        assert not text.isVisible()
        assert not _button(dialog, "Copy as curl").isVisible()
        height = dialog.height()
        _click(_button(dialog, "Show the exact request"))
        assert text.isVisible()
        assert dialog.height() > height
        assert text.toPlainText().startswith("PUT /v1/activity/42\n")
        assert json.loads(text.toPlainText().partition("\n\n")[2]) == {"title": "New “x”"}
        _click(_button(dialog, "Hide the exact request"))
        assert not text.isVisible()

    def test_enter_on_its_buttons_does_what_they_say_and_never_saves(self, qtbot: QtBot) -> None:
        dialog = _shown(qtbot, title="New")
        opener = _button(dialog, "Show the exact request")
        opener.setFocus()
        QTest.keyClick(opener, Qt.Key.Key_Return)
        copy = _button(dialog, "Copy as curl")
        assert copy.isVisible()
        copy.setFocus()
        QTest.keyClick(copy, Qt.Key.Key_Return)
        assert copy.text() == "Copied"
        assert (dialog.answer, dialog.isVisible()) == (None, True)

    def test_copying_takes_a_command_without_a_token_for_the_address_in_use(
        self, qtbot: QtBot
    ) -> None:
        dialog = ReviewDialog(edit_of(title="New"), NOW, None, "https://api.example")
        qtbot.addWidget(dialog)
        dialog.open()
        _click(_button(dialog, "Show the exact request"))
        _click(_button(dialog, "Copy as curl"))
        command = QGuiApplication.clipboard().text()
        assert command.startswith("curl --request PUT https://api.example/v1/activity/42")
        assert '"Authorization: Bearer $ATZ_API_TOKEN"' in command
        QGuiApplication.clipboard().clear()

    def test_it_follows_what_will_be_sent(self, qtbot: QtBot) -> None:
        dialog = _shown(qtbot, location="Room 2")
        _click(dialog.findChildren(QCheckBox)[0])
        [text] = dialog.findChildren(QPlainTextEdit)
        assert '"do_not_send_calendar_invite": true' in text.toPlainText()

    def test_with_a_file_it_shows_the_parts(self, qtbot: QtBot) -> None:
        dialog = _shown(qtbot, attachment=LocalFile(Path("cv.pdf"), 12))
        [text] = dialog.findChildren(QPlainTextEdit)
        assert "multipart/form-data" in text.toPlainText()
        assert "The earlier file can't be brought back from here." in dialog.sheet.toPlainText()


def test_tab_goes_down_the_dialog_as_the_eye_does(qtbot: QtBot) -> None:
    dialog = _shown(qtbot, location="Room 2")
    order = []
    for _ in range(6):
        widget = dialog.focusWidget()
        assert widget is not None
        order.append(widget.accessibleName() or getattr(widget, "text", str)())
        QTest.keyClick(widget, Qt.Key.Key_Tab)
    assert order == [
        "What will be saved",
        SUPPRESS,
        "Reason or ticket number",
        "Show the exact request",
        "Cancel",
        "Save 1 change",
    ]
    assert dialog.focusWidget() is dialog.sheet


def test_it_fits_the_screen_however_much_is_changed(qtbot: QtBot) -> None:
    dialog = _shown(qtbot, title="New", description="Other words. " * 900, location="x", users=())
    _click(_button(dialog, "Show the exact request"))
    assert dialog.height() <= dialog.screen().availableGeometry().height()
    assert dialog.width() <= dialog.screen().availableGeometry().width()
