"""Dialogs on the screen of a common laptop at 200 %: 683 × 384 pixels, less a margin."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QDialog, QLabel, QLineEdit, QTableView, QWidget
from pytestqt.qtbot import QtBot

from atz_desktop.api.updates import Release
from atz_desktop.domain.merge import merge
from atz_desktop.domain.settings import Account, Settings
from atz_desktop.session.backups import Backups
from atz_desktop.session.jobs import Jobs
from atz_desktop.session.notices import Level, Notice
from atz_desktop.session.update_check import UpdateResult, UpdateState
from atz_desktop.view.dialogs.account_dialog import AccountsDialog
from atz_desktop.view.dialogs.backup_dialog import BackupDialog
from atz_desktop.view.dialogs.conflict_dialog import ConflictDialog
from atz_desktop.view.dialogs.connect_dialog import ConnectDialog, SignInOptions
from atz_desktop.view.dialogs.help_dialogs import SupportDialog, UpdateDialog
from atz_desktop.view.dialogs.review_dialog import ReviewDialog
from atz_desktop.view.dialogs.settings_dialog import SettingsDialog
from atz_desktop.view.dialogs.shortcuts_dialog import ShortcutsDialog
from atz_desktop.view.dialogs.unsaved_changes_dialog import UnsavedChangesDialog
from atz_desktop.view.dialogs.zone_dialog import ZoneDialog
from atz_desktop.view.widgets.dialog import BaseDialog
from atz_desktop.view.widgets.window_geometry import resize_to_screen
from tests.view.samples import edit_of, read

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


def conflict() -> BaseDialog:
    body = {"title": "Their title", "location": "Room 9", "updated_by": {"full_name": "Grace H"}}
    return ConflictDialog(merge(edit_of(title="My title", location="Room 2"), read(body)))


def leave() -> BaseDialog:
    text = "A paragraph of the description.\n" * 20
    return UnsavedChangesDialog(edit_of(title="Another", location="Room 2", description=text), {})


def zone() -> BaseDialog:
    dialog = ZoneDialog(read(), datetime(2024, 6, 15, 10, tzinfo=UTC), "Europe/Berlin", None)
    dialog.findChildren(QLineEdit)[0].setText("3:17")
    return dialog


def settings() -> BaseDialog:
    return SettingsDialog(Settings(), "Europe/Berlin", None, None)


def accounts() -> BaseDialog:
    named = (Account("https://api.atzcrm.com a", "Agency"), Account("https://x.example b", "Trial"))
    return AccountsDialog(named, None)


def welcome() -> BaseDialog:
    return ConnectDialog(SignInOptions(first=True), "Welcome to ATZ Desktop", None)


def shortcuts() -> BaseDialog:
    return ShortcutsDialog()


DIALOGS = [
    backups,
    support,
    update,
    review,
    conflict,
    leave,
    zone,
    settings,
    accounts,
    welcome,
    shortcuts,
]


@pytest.mark.parametrize("made", DIALOGS, ids=lambda made: made.__name__)
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


@pytest.mark.parametrize("make", [QWidget, QDialog])
def test_a_large_window_leaves_room_for_its_frame(qtbot: QtBot, make: type[QWidget]) -> None:
    window = make()
    qtbot.addWidget(window)
    room = window.screen().availableGeometry().size()
    resize_to_screen(window, QSize(400, 300))
    assert window.size() == QSize(400, 300)
    resize_to_screen(window, room * 2)
    assert (room - window.size()).height() >= 40
