"""A look at a file that was chosen earlier, on a thread of its own: a drive may take its time."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future
from enum import Enum
from threading import Thread
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

    from atz_desktop.domain.values import LocalFile

TIMEOUT = 2.0
"""Seconds that the load of an activity waits for a drive that does not answer."""


class FileState(Enum):
    """What is in the place of a chosen file now."""

    SAME = "the file that was chosen"
    CHANGED = "another file, or it was written to"
    GONE = "nothing, or nothing that can be looked at"
    SILENT = "the drive does not answer"


class LostFile(NamedTuple):
    """A chosen file that must be chosen again, and why."""

    path: Path
    state: FileState


async def check_file(file: LocalFile, patience: float = TIMEOUT) -> FileState:
    """Whether the file is still the one that was chosen. Raises nothing.

    The thread is a daemon: a drive that never answers must not keep the program from ending.
    """
    found: Future[FileState] = Future()
    found.set_running_or_notify_cancel()
    Thread(target=_look, args=(file, found), name="chosen file", daemon=True).start()
    waiting = asyncio.wrap_future(found)
    await asyncio.wait([waiting], timeout=patience)
    return waiting.result() if waiting.done() else FileState.SILENT


def _look(file: LocalFile, found: Future[FileState]) -> None:
    try:
        status = file.path.stat()
    except (OSError, ValueError):
        found.set_result(FileState.GONE)
    else:
        found.set_result(FileState.SAME if file.is_unchanged(status) else FileState.CHANGED)
