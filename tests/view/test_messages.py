"""The message above the form, whatever ATZ had to say."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication, QLabel, QToolButton
from pytestqt.qtbot import QtBot

from atz_desktop.session.notices import Level, Notice, NoticeAction
from atz_desktop.view.windows.main_window import LEAST_WIDTH
from atz_desktop.view.windows.messages import NoticeBar

LONG_WORD = "https://files.example/" + "abcdefghij" * 20
SENTENCE = "A sign-in page of your network can be the reason. " * 6


@pytest.mark.parametrize("text", [LONG_WORD, SENTENCE], ids=["one word", "sentences"])
def test_a_long_message_is_shown_whole_and_pushes_nothing_wide(qtbot: QtBot, text: str) -> None:
    bar = NoticeBar()
    qtbot.addWidget(bar)
    bar.show_notice(Notice(Level.PROBLEM, "Not saved", text, NoticeAction.TRY_AGAIN))
    assert bar.minimumSizeHint().width() <= LEAST_WIDTH - 32
    for width in (LEAST_WIDTH - 32, 1000, LEAST_WIDTH - 32):
        for _turn in range(
            2
        ):  # the words are broken at one turn and given their height at the next
            bar.resize(width, bar.sizeHint().height())
            QApplication.processEvents()
    [said] = [label for label in bar.findChildren(QLabel) if label.text() == text]
    lines = said.fontMetrics().horizontalAdvance(text) // said.width() + 1
    assert said.height() >= lines * said.fontMetrics().lineSpacing()
    assert not said.toolTip(), "nothing is cut"


def test_what_was_said_can_be_read_by_a_screen_reader(qtbot: QtBot) -> None:
    bar = NoticeBar()
    qtbot.addWidget(bar)
    bar.show_notice(Notice(Level.GOOD, "Saved and checked", "2 fields."))
    assert bar.accessibleName() == "Saved and checked. 2 fields."


def test_a_notice_that_stays_until_it_is_closed_comes_back_after_others(qtbot: QtBot) -> None:
    bar = NoticeBar()
    qtbot.addWidget(bar)
    files, folder = (Notice(Level.WARNING, each, persistent=True) for each in ("Files", "Folder"))
    bar.show_notice(files)
    bar.show_notice(None)
    assert bar.notice == files, "an activity was loaded"
    bar.show_notice(Notice(Level.GOOD, "Saved"))
    bar.show_notice(folder)
    bar.show_notice(Notice(Level.PROBLEM, "Not saved"))
    bar.show_notice(None)
    assert bar.notice == folder
    [close] = bar.findChildren(QToolButton)
    close.click()
    assert bar.notice == files
    close.click()
    assert bar.isHidden()
    bar.show_notice(None)
    assert bar.notice is None


def test_a_notice_that_no_longer_holds_goes_and_a_later_one_stays(qtbot: QtBot) -> None:
    bar = NoticeBar()
    qtbot.addWidget(bar)
    over, later = Notice(Level.WARNING, "The disk is full"), Notice(Level.GOOD, "Saved")
    bar.show_notice(over)
    bar.withdraw(Notice(Level.WARNING, "The disk is full"))
    assert bar.isHidden()
    bar.show_notice(later)
    bar.withdraw(over)
    assert bar.notice == later
