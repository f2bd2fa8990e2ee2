"""The crash hook: an unexpected error is written down and shown, and the program goes on.

`sys.excepthook` is called for what nobody caught: in a task (Jobs reports there), in a slot of Qt,
in a thread, and at the end of `main`. Light to import: it stands before the first paint.
"""

from __future__ import annotations

import sys
import threading
from contextlib import suppress
from types import TracebackType
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, Qt, Signal

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable
    from typing import Any

    from atz_desktop.app.log import AppLog


def disable_core_dump() -> None:
    """Let the system write no image of this process's memory when it dies: the token is in it.

    Windows writes none unless an administrator wants it.
    """
    if sys.platform != "win32":
        import resource

        with suppress(ValueError, OSError):
            _, most = resource.getrlimit(resource.RLIMIT_CORE)
            resource.setrlimit(resource.RLIMIT_CORE, (0, most))


class Crash(NamedTuple):
    """One unexpected error as it is told: `report` holds no word of a person, a record or ATZ.

    `full_report` is the same with the messages of the exceptions, which may hold such words; the
    token stands in neither.
    """

    report: str
    full_report: str


class CrashHook(QObject):
    """Takes the place of `sys.excepthook` between `install` and `remove`."""

    crashed = Signal(object)
    """A Crash; always in the window's thread, and never in the middle of something else."""

    _queued = Signal(object)

    def __init__(self, show_last: Callable[[Crash], None]) -> None:
        """`show_last` shows an error that comes when no event loop runs any more (or yet)."""
        super().__init__()
        self._show_last = show_last
        self._log: AppLog | None = None
        self._running = False
        self._busy = False
        self._before = (sys.excepthook, threading.excepthook)
        self._queued.connect(self.crashed, Qt.ConnectionType.QueuedConnection)

    def install(self) -> None:
        """From now on every error that nobody caught comes here."""
        self._before = (sys.excepthook, threading.excepthook)
        sys.excepthook = self.handle
        threading.excepthook = self._handle_thread_error

    def remove(self) -> None:
        """Leave the errors to whoever had them before."""
        sys.excepthook, threading.excepthook = self._before

    def watch_loop(self, loop: asyncio.AbstractEventLoop, log: AppLog) -> None:
        """From now on the loop runs: what fails in its callbacks is told as well."""
        self._log, self._running = log, True
        loop.set_exception_handler(self._handle_loop_error)

    def unwatch_loop(self) -> None:
        """The loop has ended."""
        self._running = False

    def handle(
        self,
        kind: type[BaseException],
        error: BaseException | None,
        trace: TracebackType | None = None,
    ) -> None:
        """Write an error down and have it shown. Never raises, whatever the error is."""
        if error is None or not issubclass(kind, Exception):
            sys.__excepthook__(kind, error or kind(), trace)
            return
        if self._busy:  # reporting an error failed: Python's own words are better than none
            sys.__excepthook__(kind, error, trace)
            return
        self._busy = True
        try:
            self._report(error)
        finally:
            self._busy = False

    def _report(self, error: BaseException) -> None:
        crash = crash_report(error, self._log.steps if self._log else ())
        if self._log is not None:  # without one, logging would print the words of the error
            import logging

            logging.getLogger("atz_desktop.app.crash").critical("unexpected error", exc_info=error)
        if sys.stderr is not None:
            with suppress(OSError, ValueError):  # a terminal that was closed since
                sys.stderr.write(crash.report)
        if self._running:
            self._queued.emit(crash)
        elif threading.current_thread() is threading.main_thread():
            self._show_last(crash)

    def _handle_thread_error(self, args: threading.ExceptHookArgs) -> None:
        self.handle(args.exc_type, args.exc_value, args.exc_traceback)

    def _handle_loop_error(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if isinstance(error, Exception):
            self.handle(type(error), error, error.__traceback__)
        else:
            loop.default_exception_handler(context)


def crash_report(error: BaseException, steps: tuple[str, ...]) -> Crash:
    """The report of an error, after these steps."""
    import traceback
    from datetime import UTC, datetime

    from atz_desktop.api.redact import redact
    from atz_desktop.app.components import versions
    from atz_desktop.app.log import redacted_traceback

    at = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S}Z"
    head = [*versions(), at, "", "What was done, newest last:", *(steps or ("(nothing yet)",)), ""]
    quiet = ["What went wrong (without the words of the error):", redacted_traceback(error), ""]
    full = ["What went wrong:", "".join(traceback.format_exception(error)).rstrip(), ""]
    return Crash(redact("\n".join([*head, *quiet])), redact("\n".join([*head, *full])))
