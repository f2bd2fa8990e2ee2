"""What comes by itself stands beside the answer to what the person did, and hides none."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QWidget

from atz_desktop.domain.fields import ACTIVITY
from atz_desktop.sandbox.faults import Fault
from atz_desktop.session.notices import Level, Notice
from tests.faults.full_disk import full_disk
from tests.waiting import until
from tests.walks.conftest import Walk, running_program

UNKEPT = "Unsaved changes can't be kept on this computer"


def said(walk: Walk) -> list[str]:
    """The titles of all messages in sight, from the top."""
    bars = walk.window.messages.bars
    return [bar.notice.title for bar in bars if bar.isVisible() and bar.notice]


def type_title(walk: Walk, text: str) -> None:
    walk.find(QLineEdit, "Title").setFocus()
    walk.keys(text)


@pytest.mark.skipif(sys.platform == "win32", reason="no limit for the size of a file")
async def test_a_disk_that_becomes_full_does_not_hide_a_refusal(walk: Walk) -> None:
    await walk.load(42)
    walk.sandbox.faults.on(Fault("422", "PUT", times=1))
    type_title(walk, "Mine ")
    walk.keys(key=Qt.Key.Key_S, ctrl=True)
    await until(lambda: said(walk) == ["ATZ said no to the save"], "that it was refused")
    with full_disk():
        type_title(walk, "again ")
        await until(lambda: UNKEPT in said(walk), "that nothing is kept")
        assert said(walk) == ["ATZ said no to the save", UNKEPT]
        assert any("It says" in label.text() for label in walk._widgets(QLabel))
    type_title(walk, "and again ")
    await until(
        lambda: said(walk) == ["ATZ said no to the save"],
        "that the draft is kept is said by silence",
    )


async def test_a_network_that_is_back_does_not_hide_a_refusal(walk: Walk) -> None:
    await walk.load(42)
    walk.sandbox.faults.on(Fault("422", "PUT", times=1))
    type_title(walk, "Mine ")
    walk.keys(key=Qt.Key.Key_S, ctrl=True)
    await until(lambda: said(walk) == ["ATZ said no to the save"], "that it was refused")
    account = walk.program.front.accounts.connection.session
    assert account is not None
    account.reconnected.emit()
    assert said(walk) == ["ATZ said no to the save", "ATZ can be reached again"]


async def test_a_save_that_is_confirmed_late_is_called_saved_beside_no_newer_change(
    walk: Walk,
) -> None:
    await walk.load(42)
    walk.sandbox.faults.on(Fault("reset", "PUT", applied=True, times=1))
    walk.sandbox.faults.on(Fault("500", "GET", "/v1/activity/42", skip=1))
    type_title(walk, "Mine ")
    walk.keys(key=Qt.Key.Key_S, ctrl=True)
    await until(lambda: said(walk) == ["Not confirmed yet"], "that nobody knows")
    walk.sandbox.faults.off()
    walk.program.front.session.unconfirmed_saves.start_checking()
    await until(lambda: walk.window.save_bar.result is not None, "it was checked")
    assert (said(walk), walk.notice) == ([], "Saved and checked")
    type_title(walk, "More ")
    assert walk.window.save_bar.result is None


async def test_a_save_that_is_confirmed_late_does_not_hide_a_refusal(walk: Walk) -> None:
    await walk.load(42)
    session = walk.program.front.session
    late = Notice(Level.GOOD, "Saved and checked", aside=True)
    session.notified.emit(Notice(Level.PROBLEM, "Not saved", "ATZ refused it."))
    session.notified.emit(late)
    assert said(walk) == ["Not saved", "Saved and checked"]
    session.notified.emit(None)
    assert said(walk) == []


async def test_of_several_messages_that_come_by_themselves_none_is_lost(walk: Walk) -> None:
    disk, folder = (
        Notice(Level.WARNING, title, persistent=True, aside=True) for title in ("Disk", "Folder")
    )
    for each in (disk, folder, disk, None):
        walk.window.messages.show_notice(each)
    assert said(walk) == ["Disk"]
    walk.window.messages.withdraw_notice(disk)
    assert said(walk) == ["Folder"]
    walk.window.messages.show_notice(disk)
    walk.window.messages.withdraw_notice(folder)
    assert said(walk) == ["Disk"]
    walk.window.messages.withdraw_notice(disk)
    assert said(walk) == []


@pytest.mark.skipif(sys.platform == "win32", reason="no limit for the size of a file")
async def test_that_the_sandbox_keeps_nothing_does_not_hide_that_nothing_is_kept_at_all(
    tmp_path: Path, qapp: QApplication
) -> None:
    with full_disk():
        async for walk in running_program(tmp_path, qapp):
            bar = walk.window.messages.answers
            await until(partial(said, walk), "that something cannot be written")
            told = []
            while bar.notice is not None:
                told.append(bar.notice.text)
                bar.clear()
            assert any("in the sandbox is forgotten" in text for text in told)
            assert any("Drafts and history are not kept" in text for text in told)


async def test_in_a_low_window_two_messages_leave_the_fields_their_room(walk: Walk) -> None:
    await walk.load(42)
    page = walk.window.page
    assert page is not None
    assert page.header.isVisible()
    words = "A sentence about what happened, and about what can be done now. " * 2
    walk.window.messages.show_notice(Notice(Level.PROBLEM, "Not saved", words))
    walk.window.messages.show_notice(Notice(Level.WARNING, "Not kept", words, aside=True))
    walk.window.resize(walk.window.minimumSize())
    form = page.form
    bars = (walk.window.messages.answers, walk.window.messages.asides)

    def is_free(row: QWidget) -> bool:
        """Whether a field is in sight, and under no message."""
        place = QRect(row.mapTo(walk.window, QPoint()), row.size())
        over = [QRect(bar.mapTo(walk.window, QPoint()), bar.size()) for bar in bars if bar]
        whole = QRect(form.viewport().mapTo(walk.window, QPoint()), form.viewport().size())
        return whole.contains(place) and not any(place.intersects(each) for each in over)

    for field in ACTIVITY.fields[:-1]:  # notes are higher than what is left
        form.focus_field(field.name)
        await until(partial(is_free, form.row(field.name)), f"{field.label} can be seen")
    assert walk.window.save_bar.geometry().bottom() < walk.window.height()
