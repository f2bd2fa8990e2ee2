"""Qt's event loop for tests."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QApplication
from qasync import QEventLoop


class TestLoop(QEventLoop):  # type: ignore[misc]  # qasync has no types
    """Qt's loop that a task of the program takes for a running one in every phase of a test.

    Between a fixture and its test, and before the teardown, no loop is said to run, but pytest-qt
    lets Qt's events through: whatever the program has under way would go on there, as in the
    program itself, and break because it asks for the running loop.
    """

    __test__ = False

    def call_later(
        self, delay: float, callback: Callable[..., Any], *args: Any, context: Any = None
    ) -> asyncio.Handle:
        handle: asyncio.Handle = super().call_later(
            delay, self._in_this_loop, callback, *args, context=context
        )
        return handle

    def _in_this_loop(self, callback: Callable[..., Any], *args: Any) -> None:
        if asyncio._get_running_loop() is not None:
            callback(*args)
            return
        asyncio._set_running_loop(self)
        try:
            callback(*args)
        finally:
            asyncio._set_running_loop(None)


def qt_loop() -> asyncio.AbstractEventLoop:
    """A new one, on the application of all tests."""
    app = QApplication.instance() or QApplication([])
    loop: asyncio.AbstractEventLoop = TestLoop(app)
    return loop
