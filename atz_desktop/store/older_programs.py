"""Programs of the first versions, several of which could work on one data folder.

Each of them holds an SQLite lock on an empty file in `running/` as long as it lives; the system
frees it, however it ends. The tables must not be migrated under such a program: it could not keep
what is typed in it any more.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import suppress
from pathlib import Path

_SUFFIX = ".lock"
_FOLDER = "running"
_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_TURNS = ("turns.sqlite3", "turns.sqlite3-wal", "turns.sqlite3-shm")
"""Their requests of the last minute: nothing in it matters any more."""
_LOCKS = ("atz.sqlite3.opening", "backups/changing.lock")


def is_older_running(root: Path) -> bool:
    """Whether one of them works on this data folder."""
    return any(_is_held(file) for file in (root / _FOLDER).glob("*" + _SUFFIX))


def remove_older_files(root: Path) -> None:
    """Remove what they used among each other; what is no file of theirs stays."""
    locks = [*(root / _FOLDER).glob("*" + _SUFFIX), *(root / name for name in _LOCKS)]
    with suppress(OSError):
        for file in locks:
            if _is_sign(file):
                file.unlink()
        (root / _FOLDER).rmdir()
    for name in _TURNS:
        with suppress(OSError):
            (root / name).unlink()


def _is_sign(file: Path) -> bool:
    """Whether it may be a lock file of theirs: nothing is ever written into one."""
    return file.is_file() and file.stat().st_size == 0 and os.access(file, os.R_OK | os.W_OK)


def _is_held(file: Path) -> bool:
    if not _is_sign(file):
        return False
    connection = sqlite3.connect(file, timeout=0, isolation_level=None)
    try:
        # A shared lock, so that two that ask at once do not take each other for the owner.
        connection.execute("SELECT 1 FROM sqlite_schema").fetchall()
    except sqlite3.OperationalError as error:
        return error.sqlite_errorcode & 0xFF in _BUSY
    finally:
        connection.close()
    return False
