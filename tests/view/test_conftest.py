from __future__ import annotations

import asyncio

import pytest
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot


async def test_async_tests_of_widgets_run_on_qt_s_loop() -> None:
    heard = asyncio.Event()
    QTimer.singleShot(0, heard.set)
    await asyncio.wait_for(heard.wait(), 5)


async def test_waiting_the_blocking_way_in_an_async_test_fails_at_once(qtbot: QtBot) -> None:
    with pytest.raises(pytest.fail.Exception, match="await instead"):
        qtbot.wait(1)
    with pytest.raises(pytest.fail.Exception, match="await instead"):
        qtbot.waitUntil(lambda: True)
