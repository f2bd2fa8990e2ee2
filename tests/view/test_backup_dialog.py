from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLabel, QPushButton, QTableView
from pytestqt.qtbot import QtBot

from atz_desktop.session.backups import Backups
from atz_desktop.session.jobs import Jobs
from atz_desktop.store.backups import back_up, backup_folder
from atz_desktop.store.database import Database
from atz_desktop.store.drafts import Drafts
from atz_desktop.view.dialogs.backup_dialog import COLUMNS, BackupDialog
from tests.store.conftest import all_drafts
from tests.waiting import until

ME = "https://api.atzcrm.com Me"


class Desk:
    def __init__(self, database: Database, qtbot: QtBot) -> None:
        self.database = database
        self.jobs = Jobs()
        backups = Backups(self.jobs, database.path, lambda: database, {ME: "Berlin <b>office</b>"})
        self.dialog = BackupDialog(backups, backup_folder(database.path), None)
        qtbot.addWidget(self.dialog)
        self.dialog.show()

    def button(self, start: str) -> QPushButton:
        found = self.dialog.findChildren(QPushButton)
        return next(each for each in found if each.text().startswith(start))

    def rows(self) -> list[list[str]]:
        (table,) = self.dialog.findChildren(QTableView)
        model = table.model()
        return [
            [str(model.index(row, column).data()) for column in range(len(COLUMNS))]
            for row in range(model.rowCount())
        ]

    def said(self) -> str:
        return "\n".join(label.text() for label in self.dialog.findChildren(QLabel))


@pytest_asyncio.fixture
async def desk(tmp_path: Path, qtbot: QtBot) -> AsyncIterator[Desk]:
    database, _ = Database.open(tmp_path / "atz.sqlite3")
    drafts = Drafts(database)
    for number in (1, 2, 3):
        await drafts.save(ME, number, "typed")
    back_up(database.path)
    for number in (1, 2):
        await drafts.delete(ME, number)
    made = Desk(database, qtbot)
    await until(made.rows)
    yield made
    made.dialog.close()
    await made.jobs.drain()
    database.close()


def tick(desk: Desk, row: int) -> None:
    """As a person does with the keyboard: Space on the first cell of the row."""
    (table,) = desk.dialog.findChildren(QTableView)
    table.setCurrentIndex(table.model().index(row, 0))
    table.setFocus()
    QTest.keyClick(table, Qt.Key.Key_Space)


async def test_nothing_is_ticked_and_nothing_brought_back_by_itself(desk: Desk) -> None:
    assert not desk.button("Bring back").isEnabled()
    assert desk.button("Tick all that is missing").text() == "Tick all that is missing (2)"
    assert len(await all_drafts(desk.database, ME)) == 1


async def test_the_button_says_how_many_come_back(desk: Desk) -> None:
    missing = [row for row, cells in enumerate(desk.rows()) if cells[0] == ""]
    tick(desk, missing[0])
    assert desk.button("Bring back").text() == "Bring back (1)"
    tick(desk, missing[0])
    assert not desk.button("Bring back").isEnabled()


async def test_what_is_here_already_cannot_be_ticked(desk: Desk) -> None:
    here = next(row for row, cells in enumerate(desk.rows()) if cells[0] == "is here")
    tick(desk, here)
    assert not desk.button("Bring back").isEnabled()


async def test_all_that_is_missing_comes_back_and_it_is_said(desk: Desk) -> None:
    desk.button("Tick all that is missing").click()
    desk.button("Bring back").click()
    await until(lambda: "Brought back: 2 drafts" in desk.said())
    assert len(await all_drafts(desk.database, ME)) == 3
    assert [cells[0] for cells in desk.rows()] == ["is here"] * 3
    assert not desk.button("Tick all that is missing").isEnabled()


async def test_the_keyboard_finds_a_row_and_the_copy_has_a_name(desk: Desk) -> None:
    (table,) = desk.dialog.findChildren(QTableView)
    assert table.currentIndex().isValid()  # without one a table has crashed under a screen reader
    (choice,) = desk.dialog.findChildren(QComboBox)
    assert "MB" in choice.currentText()


async def test_without_a_copy_it_says_when_the_first_one_is_made(
    tmp_path: Path, qtbot: QtBot
) -> None:
    database, _ = Database.open(tmp_path / "new" / "atz.sqlite3")
    desk = Desk(database, qtbot)
    await until(lambda: "There is no copy yet" in desk.said())
    desk.dialog.close()
    await desk.jobs.drain()
    database.close()
