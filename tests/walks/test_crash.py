"""An unexpected error in the middle of work, in the whole program."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QLineEdit, QPlainTextEdit, QPushButton, QTableWidget

from atz_desktop.app.crash import CrashHook
from atz_desktop.app.log import LOG, AppLog
from tests.waiting import until
from tests.walks.conftest import Walk


@pytest.fixture
def logbook(tmp_path: Path) -> Iterator[AppLog]:
    made = AppLog(tmp_path / "logs")
    yield made
    made.close()


@pytest.fixture
def hook() -> Iterator[CrashHook]:
    made = CrashHook(lambda crash: None)
    made.install()
    yield made
    made.remove()


def _dialogs(walk: Walk) -> list[QDialog]:
    return [each for each in walk.window.findChildren(QDialog) if each.isVisible()]


async def _fail(words: str) -> None:
    raise LookupError(words)


async def test_a_failed_job_is_shown_and_the_work_goes_on(
    walk: Walk, hook: CrashHook, logbook: AppLog, tmp_path: Path
) -> None:
    hook.watch_loop(asyncio.get_running_loop(), logbook)
    walk.program.watch_crashes(hook)
    await walk.load(42)
    walk.find(QLineEdit, "Title").setFocus()
    walk.keys("Draft: ")
    name = str(walk.edit.value("candidates")[0].name)
    walk.program.front.jobs.start("broken", _fail(name))
    await until(lambda: _dialogs(walk), "the error is shown")
    report = walk.find(QPlainTextEdit, "Report").toPlainText()
    assert "LookupError" in report
    assert name not in report
    assert name not in (tmp_path / "logs" / LOG).read_text(encoding="utf-8")
    walk.click("Go on", QPushButton)
    await until(lambda: not walk.program.front.jobs.running("crash"))
    walk.window.activateWindow()
    await until(lambda: not _dialogs(walk) and walk.window.isActiveWindow())
    walk.find(QLineEdit, "Title").setFocus()
    walk.keys(key=Qt.Key.Key_S, ctrl=True)
    await walk.saved()
    assert walk.notice == "Saved and checked"


async def test_about_names_the_folder_of_this_run_and_shows_each_licence(
    walk: Walk, tmp_path: Path
) -> None:
    walk.window.about_requested.emit()
    await until(lambda: _dialogs(walk), "About is shown")
    assert walk.find(QLineEdit, "Data folder").text() == str(tmp_path)
    licence = walk.find(QPlainTextEdit, "Licence")
    assert "MIT License" in licence.toPlainText()
    table = walk.find(QTableWidget, "Parts and licences")
    table.setFocus()
    await until(table.hasFocus, "About has the keyboard")
    walk.keys(key=Qt.Key.Key_Down)
    assert "You may replace them" in licence.toPlainText()
    assert "GNU GENERAL PUBLIC LICENSE" in licence.toPlainText()
    walk.click("Close", QPushButton)
    await until(lambda: not walk.program.front.jobs.running("about"))
