"""Leaving an activity with unsaved changes, and finding again what was kept for later."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit, QListWidget

from atz_desktop.view.dialogs.unsaved_changes_dialog import UnsavedChangesDialog
from atz_desktop.view.windows.search_window import SearchWindow
from tests.waiting import until
from tests.walks.conftest import Walk, running_program


async def _asked(walk: Walk) -> UnsavedChangesDialog:
    def shown() -> list[UnsavedChangesDialog]:
        dialogs = walk.window.findChildren(QDialog)
        return [
            each for each in dialogs if isinstance(each, UnsavedChangesDialog) and each.isVisible()
        ]

    await until(shown, "it is asked")
    return shown()[-1]


async def _leave_for(walk: Walk, activity_id: int) -> UnsavedChangesDialog:
    """Change the place of activity 42 and ask for another one."""
    await walk.load(42)
    walk.find(QLineEdit, "Location").setFocus(Qt.FocusReason.TabFocusReason)
    walk.keys("Room 77")
    walk.keys(key=Qt.Key.Key_L, ctrl=True)
    walk.keys(str(activity_id), Qt.Key.Key_Return)
    return await _asked(walk)


async def test_enter_saves_and_goes_on_to_the_next(walk: Walk) -> None:
    dialog = await _leave_for(walk, 7)
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    await until(lambda: walk.edit.base.id == 7, "7 is loaded")
    assert walk.sandbox.account.get(42)["location"] == "Room 77"


async def test_escape_stays_and_shows_the_id_of_what_stays(walk: Walk) -> None:
    dialog = await _leave_for(walk, 7)
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    field = walk.find(QLineEdit, "Activity ID")
    await until(lambda: field.text() == "42", "the ID is back")
    assert walk.edit.value("location") == "Room 77"


async def test_a_value_that_is_being_typed_is_saved_on_closing(walk: Walk) -> None:
    """Its field is never left: the question takes it over."""
    await walk.load(42)
    walk.find(QLineEdit, "Users").setFocus()
    walk.keys("7")
    walk.program.open_window_like(walk.program.front)
    await until(lambda: len(walk.program.windows) == 2, "there is another window")
    walk.window.close()
    dialog = await _asked(walk)
    assert "Users" in dialog.sheet.toPlainText()
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    await until(lambda: len(walk.program.windows) == 1, "the window is closed")
    users = walk.sandbox.account.get(42)["attendees"]["users"]
    assert 7 in [each["id"] for each in users]


async def test_what_was_kept_for_later_is_found_again(tmp_path: Path, qapp: QApplication) -> None:
    async for walk in running_program(tmp_path, qapp):
        await _keep_and_find_in_recent(walk)
    async for walk in running_program(tmp_path, qapp):
        await _find_on_the_first_page(walk)


async def _keep_and_find_in_recent(walk: Walk) -> None:
    await _leave_for(walk, 7)
    walk.click("Keep for later")
    await until(lambda: walk.edit.base.id == 7, "7 is loaded")
    completer = walk.find(QLineEdit, "Activity ID").completer()
    completer.setCompletionPrefix("location")
    await until(lambda: completer.currentCompletion().startswith("42  Second"), "it is offered")
    walk.window.search_requested.emit()
    await until(lambda: walk.window.findChild(SearchWindow), "Find is made")
    panel = walk.window.findChild(SearchWindow)
    assert isinstance(panel, SearchWindow)
    panel.tabs.setCurrentIndex(1)
    await until(lambda: panel.recent.rowCount() == 2, "what was seen here is listed")
    row = panel.recent.row(0)
    assert row is not None
    assert row[1][1] == "Location · just now"
    panel.close()


async def _find_on_the_first_page(walk: Walk) -> None:
    await until(lambda: walk.shows(QListWidget, "Kept for later"), "it is on the first page")
    kept = walk.find(QListWidget, "Kept for later")
    assert kept.count() == 1
    assert kept.item(0).text().splitlines()[1].strip() == "Location · just now"
    kept.itemActivated.emit(kept.item(0))
    await until(lambda: walk.program.front.state.dirty, "it is loaded")
    assert dict(walk.edit.pending) == {"location": "Room 77"}
