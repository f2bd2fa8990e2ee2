"""One process per data folder: the first start holds a lock, a later one hands over to it.

The owner listens on a local socket (app/later_starts.py). Its name is random, so that nobody else
can take it first; it stands in a file that only this user may read. What goes through the socket
may hold a token and is written nowhere.

Read before the first paint: QtNetwork and json are imported where a lock is held already.
"""

from __future__ import annotations

import os
import sys
import time
from contextlib import suppress
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QLockFile
from shiboken6 import Shiboken

from atz_desktop.store.errors import StoreError
from atz_desktop.store.paths import (
    FileIdentity,
    make_private,
    make_private_folder,
    quarantine,
    quarantine_if_unusable,
    quarantine_notice,
)

if TYPE_CHECKING:
    pass

LOCK, ADDRESS = "program.lock", "program.address"

STALE_SECONDS = 2.0
"""Age from which the operating system's lock alone decides whether the owner of a lock file lives,
and not the process ID in it, which may be another's by now. A younger file may be just written."""

PATIENCE = 8.0
"""Seconds for which a start waits until the running program answers, or has ended."""

_RETRY = 0.05
_LARGEST_FILE = 1024


class InstanceLock:
    """The lock on one data folder. The operating system frees it however its owner ends."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.told = ""
        """What was set aside to make room for our files, in sentences."""
        self._lock = self._new_lock()
        self._file: FileIdentity | None = None

    def acquire(self) -> bool:
        """Whether no other process has it. A folder that takes no lock has no other either."""
        if self._file is not None and self._file.is_there():
            return True
        if self._file is not None:
            # Its folder was taken away. Unlocking would remove the file of whoever came after us.
            Shiboken.invalidate(self._lock)
            self._lock, self._file = self._new_lock(), None
        with suppress(StoreError, OSError):
            make_private_folder(self.root)
            told = [quarantine_if_unusable(self.root / name) for name in (LOCK, ADDRESS)]
            told.append(_set_rubbish_aside(self._path))
            self.told = " ".join(filter(None, (self.told, *told)))
        if not self._lock.tryLock(0):
            return self._lock.error() is not QLockFile.LockError.LockFailedError
        make_private(self._path)
        self._file = FileIdentity.of(self._path)
        return True

    def release(self) -> None:
        """Let the next start have it."""
        if self._file is not None and self._file.is_there():
            self._lock.unlock()
        else:
            Shiboken.invalidate(self._lock)
        self._file = None

    @property
    def _path(self) -> Path:
        return self.root / LOCK

    def _new_lock(self) -> QLockFile:
        lock = QLockFile(str(self._path))
        lock.setStaleLockTime(int(STALE_SECONDS * 1000))
        return lock


def _set_rubbish_aside(file: Path) -> str | None:
    """Keep what is no lock file of Qt's (process ID, program, computer: one line each)."""
    content = _content(file)
    number, _, rest = content.partition(b"\n")
    if content and not (number.isdigit() and rest.endswith(b"\n")):
        return quarantine_notice(file, quarantine(file, "unusable"))
    return None


def _content(file: Path) -> bytes:
    """What a small file holds; nothing if there is none. Opening a pipe would wait for ever."""
    if not file.is_file():
        return b""
    with file.open("rb") as opened:
        return opened.read(_LARGEST_FILE)


class Handover(Enum):
    """How a second start ended."""

    TAKEN = "the running program opened a window"
    OWNER = "there is no other program (any more): this one has the lock"
    NO_ANSWER = "the running program does not answer"


def hand_over(
    lock: InstanceLock, request: dict[str, str | bool], patience: float = PATIENCE
) -> Handover:
    """Ask the running program to open a window, and wait for its answer; it blocks.

    While that program is starting or ending, its socket is not there: it is tried again until the
    lock is free or `patience` is over.
    """
    import json

    message = json.dumps(request).encode() + b"\n"
    until = time.monotonic() + patience
    while True:
        name = read_address(lock.root)
        if name is not None and _deliver(name, message, until):
            return Handover.TAKEN
        if lock.acquire():
            return Handover.OWNER
        if time.monotonic() >= until:
            return Handover.NO_ANSWER
        time.sleep(_RETRY)


def read_address(root: Path) -> str | None:
    """The name of the socket of the program that is running on the folder."""
    try:
        return _content(root / ADDRESS).decode().strip() or None
    except (OSError, UnicodeError):
        return None


def _deliver(name: str, message: bytes, until: float) -> bool:
    """Whether the owner took the message: it answers with a line as soon as it has read it."""
    from PySide6.QtNetwork import QLocalSocket

    if not _is_own_socket(name):
        return False

    def left() -> int:
        return max(1, int((until - time.monotonic()) * 1000))

    socket = QLocalSocket()
    socket.connectToServer(name)
    if not socket.waitForConnected(left()):
        return False
    _let_come_forward()
    socket.write(message)
    while not socket.canReadLine():
        if socket.state() is not QLocalSocket.LocalSocketState.ConnectedState:
            return False
        if time.monotonic() >= until or not socket.waitForReadyRead(left()):
            return socket.canReadLine()
    return True


def _is_own_socket(name: str) -> bool:
    """Only this user (or root) can have made a socket that belongs to this user."""
    if sys.platform == "win32":
        return True  # the name is random and the pipe was there first
    try:
        return Path(name).is_socket() and Path(name).stat().st_uid == os.geteuid()
    except OSError:
        return False


def _let_come_forward() -> None:
    """Windows lets a program come to the front only if the one that the user started allows it."""
    if sys.platform == "win32":
        import ctypes

        ctypes.windll.user32.AllowSetForegroundWindow(-1)
