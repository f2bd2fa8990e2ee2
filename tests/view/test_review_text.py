"""The sheet: readable without colours, harmless whatever it shows, and read out whole."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QTextCharFormat
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from atz_desktop.domain.edit import Edit
from atz_desktop.domain.review import Review, review_save, review_unsaved
from atz_desktop.domain.values import Person
from atz_desktop.view.appearance import apply_theme
from atz_desktop.view.theme import DARK, LIGHT
from atz_desktop.view.widgets.review_text import MOST_HEIGHT, ReviewText
from tests.view.samples import BODY, edit_of, letters

NOW = datetime(2024, 1, 1, tzinfo=UTC)


def _sheet(qtbot: QtBot, review: Review | Edit) -> ReviewText:
    sheet = ReviewText("What will be saved", 600)
    qtbot.addWidget(sheet)
    sheet.set_review(review if isinstance(review, Review) else review_save(review, NOW))
    return sheet


def _look(sheet: ReviewText, text: str) -> QTextCharFormat:
    return next(look for found, look in letters(sheet.document()) if text in found)


@pytest.mark.parametrize(
    "text", ["<b>bold</b> & <img src='x'>", "a\u202eb", "שלום עולם", "👩‍💻 e\u0301", "{{x}} %s"]
)
def test_foreign_text_is_shown_letter_by_letter(qtbot: QtBot, text: str) -> None:
    edit = edit_of({"title": text}, title=f"{text}!", candidates=(Person("c_1", text),))
    sheet = _sheet(qtbot, edit)
    shown = [found for found, _ in letters(sheet.document())]
    assert f"\u2068{text}\u2069" in shown
    assert f"\u2068{text}!\u2069" in shown
    looks = [look for _, look in letters(sheet.document())]
    assert not any(look.isImageFormat() or look.isAnchor() for look in looks)


def test_a_foreign_text_cannot_turn_the_sentence_around_it(qtbot: QtBot) -> None:
    """Each value is isolated, so that an unclosed right-to-left override ends with it."""
    sheet = _sheet(qtbot, edit_of(title="harmless \u202etxt.exe"))
    shown = next(found for found, _ in letters(sheet.document()) if "txt.exe" in found)
    assert (shown[0], shown[-1]) == ("\u2068", "\u2069")


def test_what_goes_and_what_comes_differ_by_more_than_colour(qtbot: QtBot) -> None:
    text = BODY["description"].replace("Bye.", "Farewell.")
    sheet = _sheet(qtbot, edit_of(title="New", description=text))
    assert _look(sheet, "Bye.").fontStrikeOut()
    assert _look(sheet, "Farewell.").underlineStyle() == (
        QTextCharFormat.UnderlineStyle.SingleUnderline
    )
    assert _look(sheet, "Interview with Ana").fontStrikeOut()
    assert not _look(sheet, "New").fontStrikeOut()
    signs = [found.strip() for found, _ in letters(sheet.document()) if found.endswith("\t")]
    assert signs == ["−", "+"]


def test_nothing_is_not_struck_through_like_a_value(qtbot: QtBot) -> None:
    sheet = _sheet(qtbot, edit_of(link="https://meet.example/a"))
    look = _look(sheet, "empty")
    assert look.fontItalic()
    assert not look.fontStrikeOut()


def test_people_are_listed_by_name_and_those_who_stay_are_counted(qtbot: QtBot) -> None:
    people = (Person("contact_1", "Grace Hopper"), Person("contact_3", "Katherine Johnson"))
    text = _sheet(qtbot, edit_of(contacts=people)).toPlainText()
    assert "−\t\u2068Alan Turing\u2069" in text
    assert "+\t\u2068Katherine Johnson\u2069" in text
    assert "Grace" not in text
    assert "1 stays in the list." in text


def test_half_typed_text_is_shown_too(qtbot: QtBot) -> None:
    text = _sheet(qtbot, review_unsaved(edit_of(), {"users": "<i>Ann"})).toPlainText()
    assert "Users\n<i>Ann\ntyped, but not finished" in text


def test_a_screen_reader_hears_the_whole_sheet_in_words(qtbot: QtBot) -> None:
    review = review_save(edit_of(title="New", location="", contacts=()), NOW)
    sheet = _sheet(qtbot, review)
    heard = QAccessible.queryAccessibleInterface(sheet)
    assert heard.text(QAccessible.Text.Name) == "What will be saved"
    said = heard.text(QAccessible.Text.Description)
    assert said == review.text()
    assert "Title: From “Interview with Ana” to “New”." in said
    assert "Contacts: Removes Grace Hopper, Alan Turing." in said


def test_a_switch_between_light_and_dark_draws_it_anew(qtbot: QtBot, qapp: QApplication) -> None:
    apply_theme(qapp, "light")
    sheet = _sheet(qtbot, edit_of(title="New"))
    sheet.show()
    assert _look(sheet, "−").foreground().color() == LIGHT["problem"]
    apply_theme(qapp, "dark")
    qapp.processEvents()
    try:
        assert _look(sheet, "−").foreground().color() == DARK["problem"]
    finally:
        apply_theme(qapp, "system")


def test_a_long_review_begins_at_its_top_and_is_of_bounded_height(qtbot: QtBot) -> None:
    sheet = _sheet(qtbot, edit_of(title="New", description="Completely other words. " * 300))
    sheet.show()
    assert sheet.sizeHint().height() == MOST_HEIGHT
    assert sheet.verticalScrollBar().value() == 0


def test_a_short_review_takes_no_more_room_than_it_needs(qtbot: QtBot) -> None:
    sheet = _sheet(qtbot, edit_of(title="New"))
    sheet.resize(sheet.sizeHint())
    sheet.show()
    assert sheet.verticalScrollBar().maximum() == 0
    assert sheet.height() < 80


def test_a_word_without_blanks_is_broken_rather_than_cut(qtbot: QtBot) -> None:
    sheet = _sheet(qtbot, edit_of(link="https://x.example/" + "y" * 80))
    sheet.resize(300, 200)
    sheet.show()
    assert sheet.document().size().width() <= sheet.viewport().width()


def test_keys_reach_it_scroll_it_and_leave_it(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    column = QVBoxLayout(window)
    before, sheet, after = QLineEdit(), ReviewText("What will be saved", 400), QLineEdit()
    for widget in (before, sheet, after):
        column.addWidget(widget)
    sheet.set_review(review_save(edit_of(description="Other words. " * 400), NOW))
    window.resize(400, 200)
    window.show()
    before.setFocus()
    QTest.keyClick(before, Qt.Key.Key_Tab)
    assert window.focusWidget() is sheet
    QTest.keyClick(sheet, Qt.Key.Key_PageDown)
    assert sheet.verticalScrollBar().value() > 0
    text = sheet.toPlainText()
    QTest.keyClicks(sheet, "typed")
    assert sheet.toPlainText() == text
    QTest.keyClick(sheet, Qt.Key.Key_Tab)
    assert window.focusWidget() is after
