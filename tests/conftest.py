"""What every test stands on: a home of its own, Qt without a display, and nothing left behind.

Other unheard errors need no fixture: pytest itself reports a failing thread or finalizer as a
warning, which `filterwarnings = error` turns into a failure, and pytest-qt fails the test during
which `sys.excepthook` was called. tests/test_conftest.py shows that each of them fails a test.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import shutil
import sys
import tempfile
import threading
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import hypothesis
import pytest
import pytest_asyncio

from tests.lengths import IS_LONG, examples

THREAD_END_SECONDS = 2.0


def before_the_meetings() -> datetime:
    """A time of day at which the activities of the sandbox are still to come.

    Of one that is over, a form asks ATZ by itself to mail nobody.
    """
    return datetime(2020, 1, 1, tzinfo=UTC)


if sys.platform == "linux":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

hypothesis.settings.register_profile("here", deadline=None, max_examples=examples(100))
hypothesis.settings.register_profile("ci", deadline=None, derandomize=False, print_blob=True)
hypothesis.settings.load_profile("ci" if IS_LONG else "here")


def pytest_configure(config: pytest.Config) -> None:
    """Keeps the tests away from what the person at this computer has: files, settings, key store.

    A test that is about one of these variables sets it itself.
    """
    home = Path(tempfile.mkdtemp(prefix="atz-tests-"))
    config.add_cleanup(lambda: shutil.rmtree(home, ignore_errors=True))
    for name in [name for name in os.environ if name.startswith("ATZ_")]:
        del os.environ[name]
    for name in ("HOME", "USERPROFILE", "ATZ_DESKTOP_HOME"):
        os.environ[name] = str(home)
    for name in ("CONFIG", "DATA", "CACHE", "STATE"):
        os.environ[f"XDG_{name}_HOME"] = str(home / name.lower())
    for name in ("APPDATA", "LOCALAPPDATA"):
        os.environ[name] = str(home / name.lower())
    if "WAYLAND_DISPLAY" not in os.environ:  # whose socket lies there
        os.environ["XDG_RUNTIME_DIR"] = str(home)
    os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"


def pytest_sessionfinish() -> None:
    """Empties the clipboard: the one of Qt's offscreen platform outlives Python, and the process
    crashes at its exit over data that Python had put there. (That of X11 does not.)
    """
    gui = sys.modules.get("PySide6.QtGui")
    if gui is not None and gui.QGuiApplication.platformName() == "offscreen":
        gui.QGuiApplication.clipboard().clear()


class _Unheard(logging.Handler):
    """Hears what asyncio and qasync only log: a failed task that nobody awaited, a lost one."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.texts.append(self.format(record))


@pytest.fixture(autouse=True)
def no_thread_left() -> Iterator[None]:
    """Fails a test after which a thread still runs that would keep the program from ending."""
    before = set(threading.enumerate())
    yield
    new = [t for t in threading.enumerate() if t not in before and not t.daemon]
    for thread in new:
        thread.join(THREAD_END_SECONDS)
    left = [thread.name for thread in new if thread.is_alive()]
    assert not left, f"threads left behind: {', '.join(left)}"


@pytest.fixture(autouse=True)
def no_error_unheard(no_thread_left: None) -> Iterator[None]:
    """Fails a test during which a task failed unheard, or after which the crash hook is changed."""
    # What is there by now is hidden from the collector: the look after each test is at what that
    # test made alone. Else it takes a quarter of all time.
    gc.collect()
    gc.freeze()
    unheard = _Unheard()
    loggers = [logging.getLogger(name) for name in ("asyncio", "qasync")]
    for logger in loggers:
        logger.addHandler(unheard)
    hook = sys.excepthook
    yield
    gc.collect()  # a failed task says so when it is forgotten
    for logger in loggers:
        logger.removeHandler(unheard)
    assert not unheard.texts, "unheard errors:\n" + "\n".join(unheard.texts)
    assert sys.excepthook in {hook, sys.__excepthook__}, "sys.excepthook was not put back"


@pytest.fixture(autouse=True)
def no_task_left(request: pytest.FixtureRequest, no_error_unheard: None) -> None:
    """Fails an async test after which a task is still under way."""
    if request.node.get_closest_marker("asyncio") is not None:
        request.getfixturevalue("task_watch")


@pytest_asyncio.fixture
async def task_watch() -> AsyncIterator[None]:
    """Looks, in the test's own loop and after its fixtures, for tasks that nobody ended."""
    yield
    left = asyncio.all_tasks() - {asyncio.current_task()}
    names = ", ".join(sorted(f"{task.get_name()} ({task.get_coro()})" for task in left))
    assert not left, f"tasks left behind: {names}"
