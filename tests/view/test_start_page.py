"""What stands in the window before an activity is loaded."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QListWidget
from pytestqt.qtbot import QtBot

from atz_desktop.view.windows.id_bar import RecentActivity
from atz_desktop.view.windows.start_page import StartPage


def _list(qtbot: QtBot, *recent: RecentActivity) -> tuple[StartPage, QListWidget]:
    page = StartPage()
    qtbot.addWidget(page)
    page.show_recent(recent)
    page.resize(800, 600)
    page.show()
    found = page.findChild(QListWidget)
    assert isinstance(found, QListWidget)
    return page, found


def test_titles_stand_below_each_other_whatever_the_length_of_their_ids(qtbot: QtBot) -> None:
    _page, shown = _list(qtbot, RecentActivity(7, "Call"), RecentActivity(1234, "Call"))
    width = shown.fontMetrics().horizontalAdvance
    texts = [shown.item(row).text() for row in range(2)]
    assert width(texts[0]) == width(texts[1])


def test_a_row_is_high_enough_to_be_hit(qtbot: QtBot) -> None:
    _page, shown = _list(qtbot, RecentActivity(7, "Call"))
    assert shown.visualItemRect(shown.item(0)).height() >= 22


def test_enter_and_a_click_load_the_activity(qtbot: QtBot) -> None:
    page, shown = _list(qtbot, RecentActivity(7, "Call"), RecentActivity(42, ""))
    wanted: list[str] = []
    page.load_requested.connect(wanted.append)
    shown.setCurrentRow(0)
    QTest.keyClick(shown, Qt.Key.Key_Return)
    place = shown.visualItemRect(shown.item(1)).center()
    QTest.mouseClick(shown.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert wanted == ["7", "42"]
