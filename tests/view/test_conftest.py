from __future__ import annotations

import asyncio

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.view.qt_loop import qt_loop


async def test_async_tests_of_widgets_run_on_qt_s_loop() -> None:
    heard = asyncio.Event()
    QTimer.singleShot(0, heard.set)
    await asyncio.wait_for(heard.wait(), 5)


def test_a_task_that_goes_on_between_two_phases_of_a_test_knows_its_loop() -> None:
    async def work() -> asyncio.AbstractEventLoop:
        await asyncio.sleep(0)
        return asyncio.get_running_loop()

    loop = qt_loop()
    task = loop.create_task(work())
    for _ in range(100):
        QApplication.processEvents()
    assert task.result() is loop
    loop.close()


async def test_waiting_the_blocking_way_in_an_async_test_fails_at_once(qtbot: QtBot) -> None:
    with pytest.raises(pytest.fail.Exception, match="await instead"):
        qtbot.wait(1)
    with pytest.raises(pytest.fail.Exception, match="await instead"):
        qtbot.waitUntil(lambda: True)
