"""What the system is asked to tell while nobody looks at the program."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QPushButton

from atz_desktop.domain.edit import Edit
from atz_desktop.sandbox.faults import Fault
from atz_desktop.session.bulk_run import BulkRuns
from tests.waiting import until
from tests.walks.conftest import Walk

IDS = (42, 7, 3)
CHOICE = "Tell when a run stops or a save is confirmed late"


def told(walk: Walk) -> list[tuple[str, str]]:
    """What is told from now on."""
    heard: list[tuple[str, str]] = []
    walk.program.shared.notifications.told.connect(lambda title, text: heard.append((title, text)))
    return heard


def runs_of(walk: Walk) -> BulkRuns:
    assert walk.program.front.connected is not None
    return walk.program.front.connected.account_session.runs


async def edits(walk: Walk) -> list[Edit]:
    """Another room for three activities, one of which is shown at the end."""
    made = []
    for number in IDS:
        await walk.load(number)
        made.append(walk.edit.with_value("location", "Room 9"))
    return made


def look_away(walk: Walk) -> None:
    walk.window.showMinimized()


async def test_a_run_that_ends_while_nobody_looks_is_told_without_a_name(walk: Walk) -> None:
    heard = told(walk)
    rooms = await edits(walk)
    walk.program.open_window_like(walk.program.front)  # which hears of the run, too
    await until(lambda: walk.program.front.connected)
    for each in walk.program.windows:
        each.window.showMinimized()
    await runs_of(walk).start("Ana Lima's room", rooms)
    await until(lambda: heard, "the end is told")
    assert heard == [("A run has ended", "3 checked.")]


async def test_a_run_that_pauses_by_itself_is_told_and_one_that_was_paused_is_not(
    walk: Walk,
) -> None:
    heard, runs = told(walk), runs_of(walk)
    rooms = await edits(walk)
    look_away(walk)
    await runs.start("Rooms", rooms, pause_after=1)
    await until(lambda: heard, "the pause is told")
    assert heard == [("A run is paused", "1 of 3 activities were tried. It waits for you.")]
    runs.go_on()
    runs.pause()
    runs.stop()
    await until(lambda: not runs.is_running)
    assert [title for title, _text in heard] == ["A run is paused", "A run has ended"]


async def test_what_becomes_of_a_save_that_was_not_confirmed_is_told(walk: Walk) -> None:
    heard = told(walk)
    await walk.load(42)
    walk.sandbox.faults.on(Fault("reset", "PUT", applied=True, times=1))
    walk.sandbox.faults.on(Fault("500", "GET", "/v1/activity/42", skip=1))
    walk.program.front.session.model.set_value("location", "Room 9")
    walk.keys(key=Qt.Key.Key_S, ctrl=True)
    await until(lambda: walk.notice == "Not confirmed yet", "that nobody knows")
    look_away(walk)
    walk.sandbox.faults.off()
    walk.program.front.session.unconfirmed_saves.start_checking()
    await until(lambda: heard, "the outcome is told")
    assert heard == [("Saved and checked", "Activity 42.")]


@pytest.mark.parametrize("how", ["looks", "wants none"])
async def test_nothing_is_told_to_who_looks_or_wants_nothing_told(walk: Walk, how: str) -> None:
    heard = told(walk)
    rooms = await edits(walk)
    if how == "wants none":
        walk.window.settings_requested.emit()
        await until(lambda: walk.shows(QCheckBox, CHOICE), "the settings are shown")
        box = walk.find(QCheckBox, CHOICE)
        box.setFocus()
        QTest.keyClick(box, Qt.Key.Key_Space)
        QTest.mouseClick(walk.find(QPushButton, "OK"), Qt.MouseButton.LeftButton)
        assert not walk.program.shared.settings.current.notify
        await until(lambda: not walk.shows(QCheckBox, CHOICE), "they are closed")
        look_away(walk)
    await runs_of(walk).start("Rooms", rooms)
    await until(lambda: not runs_of(walk).is_running, "the run has ended")
    assert heard == []
