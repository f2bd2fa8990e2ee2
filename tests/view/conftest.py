"""What every test of a widget stands on: Qt without a display, Qt's loop, nothing left behind."""

from __future__ import annotations

import asyncio
import inspect
import os
import sys
from collections.abc import Callable, Generator, Iterator
from typing import NoReturn

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication, QToolTip, QWidget
from pytestqt.qtbot import QtBot

from tests.view.qt_loop import qt_loop

if sys.platform == "linux":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


def pytest_itemcollected(item: pytest.Item) -> None:
    """Qt's offscreen platform warns of what only a real screen can do: nobody's fault."""
    message = "This plugin does not support (propagateSizeHints|raise|grabbing the keyboard)"
    item.add_marker(pytest.mark.qt_log_ignore(message, extend=True))


def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Tests of this folder run on Qt's loop, as the program does; all others on the plain one."""
    return {"qt": qt_loop}


_WINDOWS = pytest.StashKey[list[QWidget]]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None]:
    """Keeps the windows of a test until what it had asked Qt to delete is deleted.

    With the test's variables the last reference to a window may be that of a child which waits for
    its deletion. Freeing the child then frees the window, and that its children: the child again.
    """
    try:
        yield
    finally:
        item.stash[_WINDOWS] = QApplication.topLevelWidgets()


def _forbidden(*_args: object, **_kwargs: object) -> NoReturn:
    pytest.fail("qtbot.wait* runs a loop inside the loop of an async test: await instead")


@pytest.fixture(autouse=True)
def no_nested_loop_in_async_tests(request: pytest.FixtureRequest) -> None:
    """`qtbot.wait*` in an `async def` test hangs the whole run, time-outs included."""
    if "qtbot" not in request.fixturenames or not inspect.iscoroutinefunction(request.function):
        return
    qtbot = request.getfixturevalue("qtbot")
    for name in dir(QtBot):
        if name.startswith("wait") or name in ("assertNotEmitted", "stop"):
            setattr(qtbot, name, _forbidden)


@pytest.fixture(autouse=True)
def nothing_left_behind(qapp: QApplication, request: pytest.FixtureRequest) -> Iterator[None]:
    """Fails a test after which a window is still there, shown or not."""
    before = set(QApplication.topLevelWidgets())
    yield
    QToolTip.hideText()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    request.node.stash[_WINDOWS].clear()
    left = [
        f"{type(widget).__name__} {widget.windowTitle()!r}"
        for widget in QApplication.topLevelWidgets()
        if widget not in before and widget.metaObject().className() != "QTipLabel"
    ]
    assert not left, f"top-level widgets left behind: {', '.join(left)}"
