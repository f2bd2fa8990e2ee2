"""The practice of the sandbox: three tasks with keys, each ticked when it was read back."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QLabel,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QToolButton,
    QWidget,
)

from atz_desktop.sandbox.practice import TASKS
from tests.waiting import until
from tests.walks.conftest import Walk, running_program

TIME, DOUBLE, COLLEAGUE = (task.title for task in TASKS)


async def opened(walk: Walk, title: str) -> None:
    await until(
        lambda: (
            walk.program.front.session.activity is not None
            and walk.edit.value("title") == f"Practice: {title.lower()}"
            and walk.program.front.session.state.loading_id is None
        ),
        f"“{title}” is open",
    )
    walk.window.activateWindow()
    await until(walk.window.isActiveWindow, "the window has the keys")


async def stays(walk: Walk, activity_id: int) -> None:
    await until(lambda: walk.shows(QToolButton, "Start over"), "the tasks are offered")
    await until(lambda: walk.program.front.session.activity is not None, "it is loaded")
    assert walk.edit.base.id == activity_id
    assert "Choose a task" in said(walk)


async def begin(walk: Walk) -> None:
    menu = walk.window.menus.sandbox
    next(each for each in menu.actions() if each.text() == "Practice").trigger()
    await opened(walk, TIME)


def said(walk: Walk) -> str:
    bar = walk.find(QToolButton, "Start over").parentWidget()
    assert bar is not None
    return "\n".join(label.text() for label in bar.findChildren(QLabel))


def value(walk: Walk, activity_id: int, key: str) -> object:
    return walk.sandbox.account.get(activity_id)[key]


async def ticked(walk: Walk, title: str) -> None:
    await until(lambda: walk.shows(QToolButton, f"{title}, done"), f"“{title}” is ticked")


async def fix_the_time(walk: Walk, line: str = "Start time") -> None:
    found = walk.find(QLineEdit, line)
    found.setFocus()
    found.selectAll()
    walk.keys("14:00")
    walk.keys(key=Qt.Key.Key_S, ctrl=True)
    await ticked(walk, TIME)


@pytest.mark.parametrize("line", ["Start time", "Start"])
async def test_the_time_is_fixed_and_ticked_when_it_was_read_back(walk: Walk, line: str) -> None:
    """What is to be typed is a time in either line of Start: Alt+S leads to that of the date."""
    await begin(walk)
    assert "Type 14:00 into Start" in said(walk)
    assert not walk.shows(QToolButton, f"{TIME}, done")
    await fix_the_time(walk, line)
    assert value(walk, 201, "start_time") == "14:00"
    assert "Done: the change was read back" in said(walk)


async def test_the_double_attendee_is_taken_off(walk: Walk) -> None:
    await begin(walk)
    walk.click(DOUBLE, QToolButton)
    await opened(walk, DOUBLE)
    box = walk.find(QLineEdit, "Candidates")
    box.setFocus()
    walk.keys(key=Qt.Key.Key_Backspace)  # goes to the last one
    walk.keys(key=Qt.Key.Key_Backspace)
    walk.keys(key=Qt.Key.Key_S, ctrl=True)
    await ticked(walk, DOUBLE)
    assert len(walk.sandbox.account.get(202)["attendees"]["candidates"]) == 1


async def test_a_colleague_comes_in_between_and_is_asked_about(walk: Walk) -> None:
    await begin(walk)
    walk.click(COLLEAGUE, QToolButton)
    await opened(walk, COLLEAGUE)
    await until(lambda: value(walk, 203, "location") == "Room 3", "the colleague was there")
    box = walk.find(QLineEdit, "Location")
    box.setFocus()
    box.selectAll()
    walk.keys("Room 7")
    walk.keys(key=Qt.Key.Key_S, ctrl=True)
    await until(lambda: dialog(walk), "the conflict is asked about")
    walk.find(QRadioButton, "Location: Yours").click()
    save = next(each for each in buttons(walk) if each.text() == "Save")
    save.click()
    await ticked(walk, COLLEAGUE)
    assert value(walk, 203, "location") == "Room 7"


async def test_starting_over_undoes_all_of_it_and_opens_the_first_task(walk: Walk) -> None:
    await begin(walk)
    await fix_the_time(walk)
    walk.click("Start over", QToolButton)
    await until(lambda: value(walk, 201, "start_time") == "09:30", "it is as it was")
    await until(lambda: not walk.shows(QToolButton, f"{TIME}, done"), "nothing is ticked")
    await opened(walk, TIME)
    await until(lambda: walk.edit.value("when").start.hour == 9, "it is shown as it was")


async def test_the_sandbox_of_a_new_user_opens_the_first_task_by_itself(
    tmp_path: Path, qapp: QApplication
) -> None:
    async for walk in running_program(tmp_path, qapp, ("--sandbox", "--practice")):
        await opened(walk, TIME)
        assert "begins at 14:00" in said(walk)


async def test_an_activity_that_was_asked_for_stays_beside_the_tasks(
    tmp_path: Path, qapp: QApplication
) -> None:
    async for walk in running_program(tmp_path, qapp, ("42", "--sandbox", "--practice")):
        await stays(walk, 42)


async def test_the_practice_is_closed_and_comes_back_by_the_menu(walk: Walk) -> None:
    await begin(walk)
    walk.click("Close the practice", QToolButton)
    await until(lambda: not walk.shows(QToolButton, "Start over"), "it is gone")
    await walk.load(42)
    await begin(walk)
    assert walk.find(QToolButton, "Start over").isVisible()


def dialog(walk: Walk) -> QDialog | None:
    found = [each for each in walk.window.findChildren(QDialog) if each.isVisible()]
    return found[-1] if found else None


def buttons(walk: Walk) -> list[QPushButton]:
    shown: QWidget | None = dialog(walk)
    assert shown is not None
    return shown.findChildren(QPushButton)
