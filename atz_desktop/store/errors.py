"""Storage errors, by what the caller can do about them.

StoreError
  DiskFull         nothing could be written      free some space, or go without a journal
  ReadOnly         writing is not allowed        another folder; or go without a journal
  Busy             locked by another program     try again in a moment
  Damaged          the file is corrupt           restart: the file is then quarantined
  Unreachable      the file or disk is missing   try again when it is back
  NotAFile         a device, folder, …           choose another name
  InvalidFileName  not a possible file name      choose another name
  FileGone         the open file was deleted     Database.recreate_file, or move it back

StoreBug           programming error (wrong SQL, used after closing): never caught
"""

# ruff: noqa: N818 - the names say what happened

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path


class StoreError(Exception):
    """A file of the program cannot be read or written. `message` is for the user."""

    _words: ClassVar[str] = "“{file}” cannot be used."

    def __init__(self, path: Path, detail: str = "") -> None:
        super().__init__(path, detail)
        self.path = path
        self.detail = detail

    def __str__(self) -> str:
        return f"{self.path}: {self.detail}" if self.detail else str(self.path)

    @property
    def message(self) -> str:
        """What happened and what to do, for the user."""
        return self._words.format(file=self.path)


class DiskFull(StoreError):
    """Nothing could be written: no space, over the quota, or a failing disk."""

    _words = (
        "“{file}” could not be written: the disk is full, over its quota, or failing."
        " Free some space and try again."
    )


class ReadOnly(StoreError):
    """The program is not allowed to write there."""

    _words = (
        "“{file}” cannot be written: writing is not allowed there."
        " Allow it, or choose another data folder."
    )


class Busy(StoreError):
    """Another program holds the file for longer than we waited."""

    _words = (
        "“{file}” is in use by another program."
        " Close an older ATZ Desktop that still runs, or try again in a moment."
    )


class Damaged(StoreError):
    """The file is corrupt. The next start quarantines it and creates a new one."""

    _words = (
        "“{file}” is damaged. Quit ATZ Desktop and start it again:"
        " it then keeps the damaged file aside and begins a new one."
    )


class Unreachable(StoreError):
    """The file or its disk cannot be opened or read."""

    _words = "“{file}” could not be opened or read. Is its disk still connected?"


class NotAFile(StoreError):
    """What is to be written is no ordinary file, but a folder, a device, a pipe."""

    _words = (
        "“{file}” is not an ordinary file but a folder, a device or the like, so nothing was"
        " written there. Choose another name."
    )


class InvalidFileName(StoreError):
    """The system does not allow this file name."""

    _words = (
        "“{file}” cannot be the name of a file there: it is too long, or holds a character that is"
        " not allowed. Choose another name."
    )


class FileGone(StoreError):
    """The file was taken away while the program had it open: what is written now is lost."""

    _words = (
        "“{file}” is no longer there. Its folder was deleted, moved or renamed, or its disk was"
        " disconnected."
    )


class StoreBug(Exception):
    """Our own mistake in using the store. Nobody catches it: it belongs to the crash hook."""


# Primary result codes, https://sqlite.org/rescode.html. Not imported from sqlite3: this module is
# also read by the settings, before the first paint.
_BY_RESULT_CODE: dict[int, type[StoreError]] = {
    3: ReadOnly,  # PERM
    5: Busy,  # BUSY
    6: Busy,  # LOCKED
    7: Unreachable,  # NOMEM
    8: ReadOnly,  # READONLY
    10: Unreachable,  # IOERR
    11: Damaged,  # CORRUPT
    13: DiskFull,  # FULL
    14: Unreachable,  # CANTOPEN
    15: Busy,  # PROTOCOL: lost the race for the write-ahead log too often
    22: Unreachable,  # NOLFS
    26: Damaged,  # NOTADB
}
# SQLite noticed by itself: READONLY_DBMOVED.
_READONLY_DBMOVED = 1032
# Of the many kinds of I/O error, those of writing: a quota shows as one of these.
_WRITE_ERRORS = {
    778,  # IOERR_WRITE
    1034,  # IOERR_FSYNC
    1546,  # IOERR_TRUNCATE
    4874,  # IOERR_SHMSIZE
}
_CANTOPEN = 14
# Messages of Python and FTS5 for corruption that has no result code of its own.
NO_ID = "a row without its number"
"""What no sound database answers."""
_DAMAGE_MESSAGES = ("Could not decode to UTF-8", "fts5", "vtable constructor failed", NO_ID)
_DISK_FULL_ERRNOS = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}
_PERMISSION_ERRNOS = {errno.EACCES, errno.EPERM, errno.EROFS}
# Windows: sharing violation, lock violation.
_SHARING_WINERRORS = {32, 33}
# … and: invalid name, name too long.
_INVALID_NAME_WINERRORS = {123, 206}


def map_sqlite_error(error: sqlite3.Error, path: Path) -> StoreError | StoreBug:
    """Map an SQLite error; `StoreBug` if neither the disk nor another program is the cause.

    The message of SQLite goes along; it names tables and columns, never values.
    """
    code: int | None = getattr(error, "sqlite_errorcode", None)
    kind = _BY_RESULT_CODE.get(code & 0xFF) if code is not None else None
    if kind is None and any(sign in str(error) for sign in _DAMAGE_MESSAGES):
        return Damaged(path, type(error).__name__)  # its words may hold the value
    if kind is None:
        return StoreBug(f"{type(error).__name__}: {error}")
    if code in _WRITE_ERRORS:
        kind = DiskFull
    if code == _READONLY_DBMOVED:
        kind = FileGone
    if code == _CANTOPEN and _is_forbidden(path):
        kind = ReadOnly
    return kind(path, f"{getattr(error, 'sqlite_errorname', '')}: {error}")


def _is_forbidden(path: Path) -> bool:
    """Whether permissions are the cause: SQLite only reports CANTOPEN."""
    if path.parent.is_dir() and not os.access(path.parent, os.W_OK):
        return True
    files = [path.with_name(path.name + suffix) for suffix in ("", "-wal", "-shm")]
    return any(file.exists() and not os.access(file, os.R_OK | os.W_OK) for file in files)


def map_os_error(error: OSError, path: Path) -> StoreError:
    """Map an OSError of a file or folder."""
    detail = f"{errno.errorcode.get(error.errno or 0, '')}: {error.strerror}"
    if error.errno in _DISK_FULL_ERRNOS:
        return DiskFull(path, detail)
    if getattr(error, "winerror", None) in _SHARING_WINERRORS:
        return Busy(path, detail)
    if (
        error.errno == errno.ENAMETOOLONG
        or getattr(error, "winerror", None) in _INVALID_NAME_WINERRORS
    ):
        return InvalidFileName(path, detail)
    if error.errno in _PERMISSION_ERRNOS:
        return ReadOnly(path, detail)
    return Unreachable(path, detail)


@contextmanager
def map_errors(path: Path) -> Iterator[None]:
    """Map sqlite3.Error and OSError raised in this block to `StoreError` or `StoreBug`.

    A UnicodeError is damage too: Python raises it where SQLite's message quotes damaged text.
    """
    import sqlite3

    try:
        yield
    except sqlite3.Error as error:
        raise map_sqlite_error(error, path) from error
    except UnicodeError as error:
        raise Damaged(path, type(error).__name__) from error
    except OSError as error:
        raise map_os_error(error, path) from error
