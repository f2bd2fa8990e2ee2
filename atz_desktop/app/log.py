"""The rotating log, and the last steps of this run: what happened, never what it was about.

Neither holds the token or a text from the CRM. Of our own lines, each is written so that it has
none. Of the lines of libraries, whose words nobody knows, only the place in the code is kept; and
of an exception its type and where it was raised, without its words.
"""

from __future__ import annotations

import faulthandler
import logging
import time
import traceback
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from io import TextIOWrapper
from itertools import islice
from logging.handlers import RotatingFileHandler
from pathlib import Path, PurePath
from typing import TextIO

from atz_desktop.api.redact import redact
from atz_desktop.session.log_step import LogStep
from atz_desktop.store.errors import StoreError
from atz_desktop.store.paths import (
    make_private,
    make_private_file,
    make_private_folder,
    open_private,
    quarantine_if_unusable,
)

OURS = "atz_desktop"
LOG = "atz-desktop.log"
FAULTS = "faults.log"
"""Where Python writes its frames when the process itself is killed by a fault in foreign code."""

MAX_BYTES = 512 * 1024
"""Bytes of one log file; so many older ones are kept: """
BACKUP_COUNT = 3
MAX_STEPS = 40
"""Steps that an error report tells."""
MAX_CHAIN = 20
"""Errors that led to each other, in a report; of more, the last ones."""


class RedactingFormatter(logging.Formatter):
    """One record without foreign words; see the top of this file."""

    converter = staticmethod(time.gmtime)

    def format(self, record: logging.LogRecord) -> str:
        """The line or lines of one record."""
        own = record.name.split(".", 1)[0] == OURS
        words = record.getMessage() if own else f"(at {record.module}:{record.lineno})"
        at = self.formatTime(record, "%Y-%m-%d %H:%M:%S")
        lines = [f"{at}Z {record.levelname} {record.name}: {words}"]
        if record.exc_info and record.exc_info[1] is not None:
            lines.append(redacted_traceback(record.exc_info[1]))
        return redact("\n".join(lines))


class _QuietFileHandler(RotatingFileHandler):
    """A log that can never disturb: a full disk or a locked file loses lines, nothing else."""

    def _open(self) -> TextIOWrapper:
        # Also after a rollover: what is new must not be readable by other users either.
        name, encoding = self.baseFilename, self.encoding
        stream = open(  # noqa: SIM115 - the handler closes it
            name, self.mode, encoding=encoding, opener=open_private
        )
        assert isinstance(stream, TextIOWrapper)  # as of every text file
        return stream

    def doRollover(self) -> None:
        try:
            super().doRollover()
        except OSError:
            # Windows renames no file that another window of this program has open: go on in it.
            self.stream = self._open()

    def handleError(self, record: logging.LogRecord) -> None:
        """Say nothing: there is nobody to hear it."""


class _RecentRecords(logging.Handler):
    """The last steps, for an error report."""

    def __init__(self) -> None:
        super().__init__()
        self.steps: deque[str] = deque(maxlen=MAX_STEPS)
        self.log_steps: deque[LogStep] = deque(maxlen=MAX_STEPS)

    def emit(self, record: logging.LogRecord) -> None:
        self.steps.append(self.format(record))
        self.log_steps.append(log_step(record))


class AppLog:
    """The log of one run, and its trail. `close` gives every file back."""

    def __init__(self, folder: Path) -> None:
        """Begin; a folder that cannot be written leaves the trail alone."""
        self._recent = _RecentRecords()
        self._handlers: list[logging.Handler] = [self._recent]
        self._faults: TextIO | None = None
        self._problems: list[str] = []
        with suppress(StoreError, OSError):
            self._prepare_files(folder)
            log = _QuietFileHandler(
                folder / LOG, maxBytes=MAX_BYTES, backupCount=BACKUP_COUNT, encoding="utf-8"
            )
            self._handlers.append(log)
            if not faulthandler.is_enabled():
                self._faults = (folder / FAULTS).open("a", encoding="utf-8")
                faulthandler.enable(self._faults)
        for handler in self._handlers:
            handler.setFormatter(RedactingFormatter())
            logging.getLogger().addHandler(handler)
        logging.getLogger(OURS).setLevel(logging.INFO)

    def _prepare_files(self, folder: Path) -> None:
        """Everything that is opened here, for this user alone; what is none is set aside."""
        self._clear(folder, folder=True)
        make_private_folder(folder)
        for name in (LOG, FAULTS):
            self._clear(folder / name)
            make_private_file(folder / name)
        for number in range(1, BACKUP_COUNT + 1):
            make_private(folder / f"{LOG}.{number}")

    def _clear(self, path: Path, *, folder: bool = False) -> None:
        told = quarantine_if_unusable(path, folder=folder)
        self._problems += [told] if told else []

    @property
    def problem(self) -> str | None:
        """What was set aside, to be said to the user; None if nothing was."""
        return " ".join(self._problems) or None

    @property
    def steps(self) -> tuple[str, ...]:
        """What was done last, oldest first."""
        return tuple(self._recent.steps)

    @property
    def log_steps(self) -> tuple[LogStep, ...]:
        """The same in parts, for a support report."""
        return tuple(self._recent.log_steps)

    def close(self) -> None:
        """Stop logging and close the files."""
        for handler in self._handlers:
            logging.getLogger().removeHandler(handler)
            handler.close()
        if self._faults is not None:
            faulthandler.disable()
            self._faults.close()


def log_step(record: logging.LogRecord) -> LogStep:
    """A record in parts. Of a library's, whose words nobody knows, only the place in the code."""
    own = record.name.split(".", 1)[0] == OURS
    values = record.args if isinstance(record.args, tuple) else ()
    error = record.exc_info[1] if record.exc_info else None
    return LogStep(
        at=datetime.fromtimestamp(record.created, UTC),
        level=record.levelname,
        template=str(record.msg) if own else f"(at {record.module}:{record.lineno})",
        values=tuple(each if isinstance(each, str | bool) else str(each) for each in values),
        error=" from ".join(type(each).__qualname__ for each in _causes(error, set())),
    )


def redacted_traceback(error: BaseException) -> str:
    """Type and place of an exception and of what led to it; none of their messages."""
    return "\n".join(_chain(error, set()))


def _chain(error: BaseException, seen: set[int]) -> Iterator[str]:
    for number, link in enumerate(reversed(list(islice(_causes(error, seen), MAX_CHAIN)))):
        if number:
            yield "… and then:"
        yield from _error_lines(link, seen)


def _causes(error: BaseException | None, seen: set[int]) -> Iterator[BaseException]:
    """The error and what led to it, newest first."""
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _error_lines(error: BaseException, seen: set[int]) -> Iterator[str]:
    for frame in traceback.extract_tb(error.__traceback__):
        yield f"  {_short(frame.filename)}:{frame.lineno} in {frame.name}"
        if frame.line:
            yield f"    {frame.line}"
    yield f"{type(error).__module__}.{type(error).__qualname__}"
    if isinstance(error, BaseExceptionGroup):
        for part in error.exceptions:
            if id(part) not in seen:
                yield "… of these:"
                yield from _chain(part, seen)


def _short(file: str) -> str:
    """Without the folders above the package: they may hold the name of the user."""
    parts = PurePath(file).parts
    for top in (OURS, "site-packages", "tests"):
        if top in parts:
            return "/".join(parts[len(parts) - 1 - parts[::-1].index(top) :])
    return parts[-1] if parts else file
