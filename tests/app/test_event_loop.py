"""The threads of the loop, and when garbage is collected: not while somebody works."""

from __future__ import annotations

import asyncio
import gc
import threading
import weakref
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from atz_desktop.app.event_loop import DaemonExecutor, collect_seldom


async def test_a_call_runs_on_a_daemon_and_its_result_or_error_comes_back() -> None:
    loop, threads = asyncio.get_running_loop(), DaemonExecutor()
    thread = await loop.run_in_executor(threads, threading.current_thread)
    assert thread is not threading.main_thread()
    assert thread.daemon
    with pytest.raises(ZeroDivisionError):
        await loop.run_in_executor(threads, divmod, 1, 0)


class Cycle:
    def __init__(self) -> None:
        self.me = self


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)


def test_all_is_collected_when_the_user_looks_at_another_program_and_not_before(
    qapp: QApplication, qtbot: QtBot
) -> None:
    collect_seldom(qapp)
    kept = Cycle()
    left = weakref.ref(kept)
    gc.collect(1)  # from now on it is an old one
    del kept
    state = Qt.ApplicationState
    for each in (state.ApplicationInactive, state.ApplicationActive):  # from window to window
        qapp.applicationStateChanged.emit(each)
    passed = QTimer(singleShot=True, interval=700)
    with qtbot.waitSignal(passed.timeout):
        passed.start()
    assert left() is not None
    qapp.applicationStateChanged.emit(state.ApplicationInactive)
    qtbot.waitUntil(lambda: left() is None)


def test_a_full_collection_comes_seldom_while_somebody_works(qapp: QApplication) -> None:
    full: list[int] = []

    def see(phase: str, info: dict[str, int]) -> None:
        if phase == "start" and info["generation"] == 2:
            full.append(1)

    collect_seldom(qapp)
    gc.callbacks.append(see)
    rows = [[number] for number in range(300_000)]
    gc.callbacks.remove(see)
    assert len(rows) == 300_000
    assert not full
