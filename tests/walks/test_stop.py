"""Giving up what takes long: a load, and a save that has not left yet."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton

from atz_desktop.sandbox.faults import Fault
from tests.waiting import until
from tests.walks.conftest import Walk


async def test_escape_stops_a_load_wherever_the_keys_are(walk: Walk) -> None:
    await walk.load(42)
    focused = QApplication.focusWidget()
    held = walk.sandbox.faults.on(Fault("slow", "GET", seconds=20))
    session = walk.program.front.session
    session.open(43)
    await until(lambda: held.count)
    walk.keys(key=Qt.Key.Key_Escape)
    await until(lambda: not session.jobs.running("open"))
    assert session.state.loading_id is None
    assert walk.edit.base.id == 42
    assert QApplication.focusWidget() is focused


async def test_a_save_that_takes_long_is_stopped_and_what_was_typed_stays(walk: Walk) -> None:
    await walk.load(42)
    walk.keys("Typed")
    for stop in (
        partial(walk.click, "Stop saving", QPushButton),
        partial(walk.keys, key=Qt.Key.Key_Escape),
    ):
        held = walk.sandbox.faults.on(Fault("slow", "GET", seconds=20, times=1))
        walk.keys(key=Qt.Key.Key_S, ctrl=True)
        await until(lambda held=held: held.count and walk.window.save_bar.can_stop)  # type: ignore[misc]
        stop()
        await walk.saved()
        assert walk.notice == "Stopped"
        assert walk.edit.value("title") == "Typed"
    assert "PUT" not in [each.method for each in walk.sandbox.requests]
