"""Putting a save back from the History window: where it is asked and said, who has the keys."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QLabel, QLineEdit, QPushButton, QTableView, QWidget

from atz_desktop.sandbox.faults import Fault
from atz_desktop.view.windows.history_window import HistoryWindow
from atz_desktop.view.windows.status_line import StatusLine
from tests.waiting import until
from tests.walks.conftest import Walk


async def history(walk: Walk) -> HistoryWindow:
    """The History window over a form in whose Title the keyboard was left."""
    await walk.load(42)
    walk.program.front.session.model.set_value("location", "Room 1")
    walk.click("Save", QPushButton)
    await walk.saved()
    walk.find(QLineEdit, "Title").setFocus()
    walk.window.history_requested.emit()
    await until(lambda: walk.shows(QTableView, "Saves"))
    await until(lambda: walk.find(QTableView, "Saves").model().rowCount() == 1)
    panel = walk.find(QTableView, "Saves").window()
    assert isinstance(panel, HistoryWindow)
    await until(panel.isActiveWindow)
    return panel


def said(panel: HistoryWindow) -> str:
    return " ".join(label.text() for label in panel.findChildren(QLabel) if label.isVisible())


async def question(walk: Walk, button: str) -> QDialog:
    await until(lambda: walk.shows(QPushButton, button))
    dialog = walk.find(QPushButton, button).window()
    assert isinstance(dialog, QDialog)
    await until(dialog.isActiveWindow)
    return dialog


async def test_what_history_asks_stands_over_history_and_the_keys_come_back_to_it(
    walk: Walk,
) -> None:
    panel = await history(walk)
    walk.click("Put back…", QPushButton)
    dialog = await question(walk, "Put back 1 field")
    assert dialog.parentWidget() is panel
    walk.click("Put back 1 field", QPushButton)
    review = await question(walk, "Save 1 change")  # a place may be mailed to attendees
    assert review.parentWidget() is panel
    walk.click("Save 1 change", QPushButton)
    await walk.saved()
    await until(panel.isActiveWindow)
    walk.keys("xx")
    assert not walk.edit.dirty
    assert walk.sandbox.account.get(42)["location"] == "Head office, room 4.12"
    assert "Saved and checked" in said(panel)


async def test_who_does_not_put_back_is_in_history_again(walk: Walk) -> None:
    panel = await history(walk)
    walk.click("Put back…", QPushButton)
    dialog = await question(walk, "Put back 1 field")
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    await walk.saved()
    await until(panel.isActiveWindow)
    walk.keys("xx")
    assert not walk.edit.dirty


async def test_that_nothing_was_put_back_is_said_in_history(walk: Walk) -> None:
    panel = await history(walk)
    walk.sandbox.faults.on(Fault("404", path="/v1/activity/42"))
    walk.click("Put back…", QPushButton)
    await walk.saved()
    await until(lambda: "Nothing was put back" in said(panel))
    await until(lambda: walk.program.front.prompts.parent_window is None)
    walk.program.front.session.reload()  # what is not about History is not said there
    await walk.jobs.wait("open")
    assert "was not loaded" not in said(panel)


async def test_unsaved_changes_are_asked_about_over_history(walk: Walk) -> None:
    panel = await history(walk)
    walk.program.front.session.model.set_value("title", "Not saved")
    panel.entry.load_requested.emit(41)
    dialog = await question(walk, "Keep for later")
    assert dialog.parentWidget() is panel
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    await until(panel.isActiveWindow)


async def test_escape_closes_history_wherever_the_keys_are(walk: Walk) -> None:
    panel = await history(walk)
    for name in ("Search the history", "Activity ID", "Saves", "Put back…"):
        walk.window.history_requested.emit()
        await until(panel.isActiveWindow, "history is open")
        named: list[QWidget] = [
            widget
            for widget in panel.findChildren(QWidget)
            if name in {widget.accessibleName(), widget.property("text")} and widget.isVisible()
        ]
        named[0].setFocus()
        walk.keys(key=Qt.Key.Key_Escape)
        assert not panel.isVisible(), name


async def test_why_nothing_happens_yet_is_said_in_the_windows_that_hide_the_one_below(
    walk: Walk,
) -> None:
    panel = await history(walk)
    limiter = walk.program.front.session.services.client.rate_limiter
    limiter.pause(60.0)
    walk.click("Put back…", QPushButton)
    await until(lambda: "ATZ allows 60 requests a minute. Going on in" in said(panel))
    line = panel.findChild(StatusLine)
    assert isinstance(line, StatusLine)
    line.findChildren(QPushButton)[0].click()
    await until(lambda: "ATZ allows" not in said(panel))
    await until(lambda: "Nothing was put back" in said(panel), "and how it ended")
    walk.window.search_requested.emit()
    await until(lambda: walk.shows(QLineEdit, "Search activities"), "Find is shown")
    find = walk.find(QLineEdit, "Search activities")
    find.setText("interview")
    QTest.keyClick(find, Qt.Key.Key_Return)
    shown = find.window()
    await until(lambda: any("ATZ allows" in each.text() for each in shown.findChildren(QLabel)))
