"""Who is running on this data folder, told in a way that a crash takes back.

Each open database has a name and holds an SQLite lock on a small file of that name. The operating
system frees the lock when the process ends, however it ends. So another program can ask whether
the owner of a journal entry or a draft still lives, without trusting process ids (which are used
again, and cannot be asked for harmlessly on Windows) and without waiting for a lease to run out.
SQLite is used for the lock because its locks work alike on every system, and between two
connections of one process as well.
"""

from __future__ import annotations

import os
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from atz_desktop.store.errors import Busy
from atz_desktop.store.file_identity import FileIdentity
from atz_desktop.store.paths import make_private_file, make_private_folder

_SUFFIX = ".lock"
_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


class Presence:
    """One open database's sign of life: a name, and the lock that stands behind it."""

    def __init__(self, folder: Path, name: str, lock: sqlite3.Connection) -> None:
        self.name = name
        self._folder = folder
        self._lock = lock
        self._file = FileIdentity.of(folder / (name + _SUFFIX))

    @classmethod
    def announce(cls, folder: Path) -> Presence:
        """Say that we are here. To be called while nobody else may call `others`."""
        make_private_folder(folder)
        name = secrets.token_hex(8)
        file = folder / (name + _SUFFIX)
        make_private_file(file)
        lock = _locked(file, 0)
        if lock is None:
            raise Busy(folder, "a new lock file is locked")
        return cls(folder, name, lock)

    def is_seen(self) -> bool:
        """Whether others can see the sign: its file may have been taken away."""
        return self._file.is_there()

    def announce_again(self) -> None:
        """Make the sign anew, under the same name, if its file was taken away.

        To be called while nobody else may call `others`.
        """
        if self.is_seen():
            return
        make_private_folder(self._folder)
        lock = _locked(self._file.path, 0)
        if lock is None:
            raise Busy(self._folder, "a new lock file is locked")
        self._lock.close()
        self._lock, self._file = lock, FileIdentity.of(self._file.path)

    def is_running(self, name: str) -> bool:
        """Whether the program that has this name lives (our own does)."""
        return name == self.name or _is_held(self._folder / (name + _SUFFIX))

    def leave(self) -> None:
        """Take the sign back."""
        self._lock.close()
        (self._folder / (self.name + _SUFFIX)).unlink(missing_ok=True)


def others(folder: Path) -> int:
    """How many programs are running on this folder; signs of the dead are removed.

    What is no sign of ours is left alone. To be called while nobody may `announce`, or a sign could
    be removed before it is locked.
    """
    alive = 0
    for file in folder.glob("*" + _SUFFIX):
        if _is_held(file):
            alive += 1
        elif _is_sign(file):
            file.unlink(missing_ok=True)
    return alive


def _is_sign(file: Path) -> bool:
    """Whether it may be a lock file of ours: nothing is ever written into one."""
    return file.is_file() and file.stat().st_size == 0 and os.access(file, os.R_OK | os.W_OK)


@contextmanager
def alone(file: Path, seconds: float) -> Iterator[None]:
    """Be the only program inside this block; raises `Busy` if that takes longer than `seconds`."""
    make_private_file(file)
    lock = _locked(file, seconds)
    if lock is None:
        raise Busy(file, f"locked for longer than {seconds} s")
    try:
        yield
    finally:
        lock.close()


def _locked(file: Path, seconds: float) -> sqlite3.Connection | None:
    connection = sqlite3.connect(
        file, timeout=seconds, isolation_level=None, check_same_thread=False
    )
    try:
        # Nothing is ever written, so no journal file has to lie beside it.
        connection.execute("PRAGMA journal_mode = MEMORY")
        connection.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as error:
        connection.close()
        if error.sqlite_errorcode & 0xFF in _BUSY:
            return None
        raise
    return connection


def _is_held(file: Path) -> bool:
    if not _is_sign(file):
        return False
    connection = sqlite3.connect(file, timeout=0, isolation_level=None)
    try:
        # A shared lock, so that two programs that ask at once do not take each other for the owner.
        connection.execute("SELECT 1 FROM sqlite_schema").fetchall()
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF in _BUSY:
            return True
        raise
    finally:
        connection.close()
    return False
