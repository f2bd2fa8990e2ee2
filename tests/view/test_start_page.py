"""What stands in the window before an activity is loaded."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QListWidget
from pytestqt.qtbot import QtBot

from atz_desktop.view.windows.id_bar import RecentEntry
from atz_desktop.view.windows.start_page import StartPage


def _list(qtbot: QtBot, *recent: RecentEntry) -> tuple[StartPage, QListWidget]:
    page = StartPage()
    qtbot.addWidget(page)
    page.show_recent(recent)
    page.resize(800, 600)
    page.show()
    lists = page.findChildren(QListWidget)
    return page, next(each for each in lists if each.accessibleName() == "Loaded before")


def test_titles_stand_below_each_other_whatever_the_length_of_their_ids(qtbot: QtBot) -> None:
    _page, shown = _list(qtbot, RecentEntry(7, "Call"), RecentEntry(1234, "Call"))
    width = shown.fontMetrics().horizontalAdvance
    texts = [shown.item(row).text() for row in range(2)]
    assert width(texts[0]) == width(texts[1])


def test_a_row_is_high_enough_to_be_hit(qtbot: QtBot) -> None:
    _page, shown = _list(qtbot, RecentEntry(7, "Call"))
    assert shown.visualItemRect(shown.item(0)).height() >= 22


def test_enter_and_a_click_load_the_activity(qtbot: QtBot) -> None:
    page, shown = _list(qtbot, RecentEntry(7, "Call"), RecentEntry(42, ""))
    wanted: list[str] = []
    page.load_requested.connect(wanted.append)
    shown.setCurrentRow(0)
    QTest.keyClick(shown, Qt.Key.Key_Return)
    place = shown.visualItemRect(shown.item(1)).center()
    QTest.mouseClick(shown.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert wanted == ["7", "42"]


def test_what_waits_as_a_draft_stands_apart_with_what_it_holds(qtbot: QtBot) -> None:
    kept = RecentEntry(42, "Interview", "Location, Importance · 2 h ago")
    page, shown = _list(qtbot, kept, RecentEntry(7, "Call"))
    waiting = next(e for e in page.findChildren(QListWidget) if e is not shown)
    assert waiting.accessibleName() == "Kept for later"
    assert waiting.item(0).text().split("\n")[1].strip() == kept.unsaved
    assert (waiting.count(), shown.count()) == (1, 1)
    page.show_recent((RecentEntry(7, "Call"),))
    assert not waiting.isVisible()
