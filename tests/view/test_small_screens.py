"""Dialogs on the screen of a common laptop at 200 %: 683 × 384 pixels, less a margin."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QTableView
from pytestqt.qtbot import QtBot

from atz_desktop.api.updates import Release
from atz_desktop.session.backups import Backups
from atz_desktop.session.jobs import Jobs
from atz_desktop.session.notices import Level, Notice
from atz_desktop.session.update_check import UpdateResult, UpdateState
from atz_desktop.view.dialogs.backup_dialog import BackupDialog
from atz_desktop.view.dialogs.review_dialog import ReviewDialog
from atz_desktop.view.dialogs.support_dialog import SupportDialog
from atz_desktop.view.dialogs.update_dialog import UpdateDialog
from atz_desktop.view.widgets.dialog import BaseDialog
from tests.view.samples import edit_of

WIDTH, HEIGHT = 651, 320
LINES = "A line of a report.\n" * 50
RELEASE = Release("10.11.12", "2026-11-20", LINES, "https://example.com")


def backups() -> BaseDialog:
    folder = Path("nowhere")
    return BackupDialog(Backups(Jobs(), folder / "atz.sqlite3", lambda: None, {}), folder, None)


def support() -> BaseDialog:
    dialog = SupportDialog(LINES, None)
    dialog.show_notice(Notice(Level.GOOD, "Saved", "The report is in “report.txt”."))
    return dialog


def update() -> BaseDialog:
    return UpdateDialog(UpdateResult(UpdateState.NEWER, RELEASE), None)


def review() -> BaseDialog:
    text = "A paragraph of the description.\n" * 20
    edit = edit_of(title="Another title", location="Room 2", description=text)
    return ReviewDialog(edit, datetime(2024, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize("made", [backups, support, update, review], ids=lambda made: made.__name__)
async def test_everything_of_a_dialog_fits_and_nothing_overlaps(
    qtbot: QtBot, made: Callable[[], BaseDialog]
) -> None:
    dialog = made()
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.resize(WIDTH, HEIGHT)
    page = dialog.page
    assert page.totalMinimumSize().width() <= WIDTH
    assert page.totalMinimumHeightForWidth(WIDTH) <= HEIGHT
    for label in dialog.findChildren(QLabel):
        if label.isVisible() and label.hasHeightForWidth():
            assert label.height() >= label.heightForWidth(label.width()), label.text()
    for view in dialog.findChildren(QTableView):
        header, model = view.horizontalHeader(), view.model()
        for column in range(model.columnCount()):
            name = model.headerData(column, Qt.Orientation.Horizontal)
            assert header.sectionSize(column) > view.fontMetrics().horizontalAdvance(name), name
    if isinstance(dialog, BackupDialog):
        await dialog._backups._jobs.drain()
    dialog.close()
