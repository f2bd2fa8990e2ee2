"""asyncio on Qt's event loop: its threads, and when Python looks for what refers to itself."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor, Future
from functools import partial
from threading import Thread
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from PySide6.QtCore import Qt, QTimer
from qasync import QEventLoop

if TYPE_CHECKING:
    from PySide6.QtGui import QGuiApplication
    from PySide6.QtWidgets import QApplication

T = TypeVar("T")

_MIDDLE_BEFORE_ALL = 300
"""Collections of the two young generations before one of all objects."""
_AWAY = 500
"""Milliseconds; between two windows of this program none of them is active for a moment."""


def run_on_qt(app: QApplication, work: Coroutine[Any, Any, T]) -> T:
    """Run asyncio's loop until `work` is done, and return its result."""
    with asyncio.Runner(loop_factory=lambda: QEventLoop(app)) as runner:
        runner.get_loop().set_default_executor(DaemonExecutor())
        return runner.run(work)


class DaemonExecutor(Executor):
    """A thread for each call that blocks: that costs less than a tenth of a millisecond.

    They do not keep the program from ending. The look-up of a host's name, or a drive, may take
    minutes to answer; threads of an ordinary pool are waited for at the end. What has to be
    finished is awaited by whoever began it.
    """

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        """Run `fn` in a thread of its own."""
        future: Future[T] = Future()
        future.set_running_or_notify_cancel()

        def work() -> None:
            with _ForwardException(future):
                future.set_result(fn(*args, **kwargs))

        Thread(target=work, name="work", daemon=True).start()
        return future


class _ForwardException(Generic[T]):
    """Hands what is raised inside the block to whoever waits for the future."""

    def __init__(self, future: Future[T]) -> None:
        self._future = future

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> bool:
        if error is not None:
            self._future.set_exception(error)
        return error is not None


def collect_seldom(app: QGuiApplication) -> None:
    """Collect garbage, but look at all objects only when the user looks at another program.

    That takes 30 to 40 ms where a work list of 5,000 is there, and came every few seconds of a run.
    What is there by now stays out of it.
    """
    gc.freeze()
    young, middle, _ = gc.get_threshold()
    gc.set_threshold(young, middle, _MIDDLE_BEFORE_ALL)
    gc.enable()
    away = QTimer(app, singleShot=True, interval=_AWAY)
    away.timeout.connect(_collect)
    app.applicationStateChanged.connect(partial(_on_state, away))


def _on_state(away: QTimer, state: Qt.ApplicationState) -> None:
    if state is Qt.ApplicationState.ApplicationInactive:
        away.start()
    else:
        away.stop()


def _collect() -> None:
    gc.collect()
