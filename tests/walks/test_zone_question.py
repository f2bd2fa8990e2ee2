"""Which time does ATZ show? Asked on a real activity of a real account, and never in the way."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
import tzlocal
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QLineEdit, QPushButton

from atz_desktop.sandbox.server import Sandbox
from tests.waiting import until
from tests.walks.conftest import Walk, running_program

TOKEN = "zone-token-1"


@pytest.fixture
def server() -> Iterator[Sandbox]:
    with Sandbox(token=TOKEN) as running:
        yield running


@pytest.fixture
def berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The zone of this computer."""
    monkeypatch.setenv("TZ", "Europe/Berlin")
    _read_zone_again()
    yield
    monkeypatch.undo()
    _read_zone_again()


def _read_zone_again() -> None:
    if sys.platform != "win32":
        time.tzset()
    tzlocal.reload_localzone()


@pytest_asyncio.fixture
async def connected(
    tmp_path: Path, qapp: QApplication, server: Sandbox, berlin: None
) -> AsyncIterator[Walk]:
    async for made in running_program(tmp_path, qapp, ("--api-url", server.url), TOKEN):
        yield made


async def load(walk: Walk, activity_id: int) -> None:
    """Load an activity, and wait until all is said about it."""
    walk.window.activateWindow()  # a dialog may just have had the keys
    await until(walk.window.isActiveWindow, "the window has the keys")
    await walk.load(activity_id)
    await until(lambda: not walk.jobs.running("recent"))


def asked(walk: Walk) -> str:
    bar = walk.window.messages.asides
    return bar.notice.title if bar is not None and bar.notice is not None else ""


async def compare(walk: Walk) -> QDialog:
    walk.click("Compare the time…", QPushButton)
    await until(lambda: walk.shows(QLineEdit, "Time that ATZ shows"), "the dialog is shown")
    dialog = walk.find(QLineEdit, "Time that ATZ shows").window()
    await until(dialog.isActiveWindow, "it has the keys")
    assert isinstance(dialog, QDialog)
    return dialog


def said(dialog: QDialog) -> str:
    return "\n".join(label.text() for label in dialog.findChildren(QLabel))


def settings_shown(walk: Walk) -> bool:
    dialogs = walk.window.findChildren(QDialog)
    return any(each.isVisible() and each.windowTitle() == "Settings" for each in dialogs)


async def test_the_answer_sets_the_zone_and_is_kept(connected: Walk, tmp_path: Path) -> None:
    await load(connected, 42)
    assert asked(connected) == "This activity shows 09:30 here. Which time does ATZ show?"
    dialog = await compare(connected)
    assert not connected.find(QPushButton, "Use it").isEnabled()
    connected.keys("9:30")
    assert "the zone Europe/Berlin" in said(dialog)
    connected.keys(key=Qt.Key.Key_Return)
    await until(lambda: connected.edit.value("when").zone == "Europe/Berlin", "the zone is set")
    assert not connected.edit.pending
    file = tmp_path / "settings.json"
    await until(lambda: file.exists() and "zone_known" in file.read_text(), "it is kept")
    kept = json.loads(file.read_text())
    assert kept["zone"] == "Europe/Berlin"
    assert len(kept["zone_known"]) == 1
    await load(connected, 43)
    assert asked(connected) == ""


async def test_utc_can_be_the_answer_and_is_not_asked_for_again(connected: Walk) -> None:
    await load(connected, 42)
    dialog = await compare(connected)
    connected.keys("12:15")
    assert "neither Europe/Berlin, the zone of this computer, nor UTC" in said(dialog)
    line = connected.find(QLineEdit, "Time that ATZ shows")
    line.selectAll()
    connected.keys("11.30")
    connected.keys(key=Qt.Key.Key_Return)
    await until(lambda: connected.program.shared.settings.current.zone_known, "the answer is taken")
    assert connected.program.shared.settings.current.zone == "UTC"
    connected.program.shared.zones._asked.clear()
    await load(connected, 43)
    assert asked(connected) == ""


async def test_who_does_not_answer_is_left_alone_in_this_run(connected: Walk) -> None:
    await load(connected, 42)
    dialog = await compare(connected)
    connected.keys(key=Qt.Key.Key_Escape)
    await until(lambda: not dialog.isVisible(), "it is closed")
    assert connected.program.shared.settings.current.zone_known == ()
    await load(connected, 43)
    assert asked(connected) == ""


async def test_another_zone_is_chosen_by_its_name_in_the_settings(connected: Walk) -> None:
    await load(connected, 42)
    await compare(connected)
    connected.click("Choose by name…", QPushButton)
    await until(lambda: settings_shown(connected), "the settings are shown")


async def test_the_sandbox_asks_nothing(walk: Walk) -> None:
    await load(walk, 42)
    assert asked(walk) == ""
