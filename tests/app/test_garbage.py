"""When what refers to itself is collected: not while somebody works, if it can be helped."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from atz_desktop.app.event_loop import collect_seldom


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
