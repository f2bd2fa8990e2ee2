"""Opens the database file; a damaged or too new one is quarantined, a deleted one recovered from
the connection that still reads it.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from typing import Any, NamedTuple

from atz_desktop.store.backups import back_up_before_migration, list_backups, prepare_backup_folder
from atz_desktop.store.errors import (
    Busy,
    Damaged,
    StoreBug,
    StoreError,
    map_errors,
    map_sqlite_error,
)
from atz_desktop.store.integrity import (
    CLOSED,
    DAMAGED,
    MARKS,
    UnusableDatabaseError,
    check_columns,
    check_header,
    check_if_suspect,
    check_size,
    check_structure,
    clear_marks,
    take_closed_mark,
)
from atz_desktop.store.migrations import migrate
from atz_desktop.store.paths import (
    FileIdentity,
    beside,
    make_private_file,
    make_private_folder,
    quarantine,
    quarantine_if_unusable,
)

# How long another program's short transaction, of a backup say, may hold us up.
_BUSY_SECONDS = 5.0
_COMPANIONS = ("-wal", "-shm", "-journal")
_ONE_PROCESS = 5
"""Version of the tables from which on one process at a time works on a data folder."""


class OpenFile(NamedTuple):
    """The connection, and what the user must be told.

    `checked` says that every value was read first, because damage had shown in the last run, and
    `unchecked` that its structure was not even looked at, because that run ended in order.
    `files` are those that SQLite writes: what is written counts only while all are in their place.
    `copied` says that nothing that a lost file held is missing in this one.
    """

    connection: sqlite3.Connection
    notice: str | None
    checked: bool
    unchecked: bool
    files: tuple[FileIdentity, ...]
    copied: bool

    @property
    def is_there(self) -> bool:
        """Whether what is written is on disk under the name of the database."""
        return all(file.is_there() for file in self.files)


def open_file(path: Path, lost: OpenFile | None = None) -> OpenFile:
    """Open, check and migrate the file, making it if there is none. Raises `StoreError`.

    `lost` was taken away while it was open. It is copied to the path, if it can be read and nobody
    put another database there. It is not closed. It blocks, mostly for milliseconds.
    """
    with map_errors(path):
        make_private_folder(path.parent)
        told = prepare_backup_folder(path)
        copied = lost is None or _recover_lost_file(lost, path)
        told += [
            quarantine_if_unusable(beside(path, each), empty=True) for each in (*MARKS, CLOSED)
        ]
        told += [_quarantine_companion(path, each) for each in _COMPANIONS]
        in_order = take_closed_mark(path)
        try:
            connection, checked = _connect(path, in_order)
        except UnusableDatabaseError as unusable:
            if _is_older_running(path.parent):
                raise _in_use(path, unusable) from unusable
            told.append(_quarantine(path, unusable))
            in_order = False
            connection, checked = _connect(path, in_order)
        notice = " ".join(filter(None, told)) or None
        return OpenFile(connection, notice, checked, in_order, _files(path), copied)


def configure(connection: sqlite3.Connection) -> None:
    """What every connection is set to, the one in memory as well."""
    # A commit has reached the disk when it returns: with NORMAL, a power cut may take back the
    # last ones, and the journal would not know of a request that went out. Costs 0.13 ms more.
    connection.execute("PRAGMA synchronous = FULL")
    # macOS: fsync alone leaves the data in the disk's own memory.
    connection.execute("PRAGMA fullfsync = ON")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.row_factory = _reject_bytes
    migrate(connection)


def _reject_bytes(cursor: sqlite3.Cursor, row: tuple[Any, ...]) -> tuple[Any, ...]:
    """Nothing is stored as bytes: where some are read, a text was damaged.

    Raises UnicodeError, like a text that is no UTF-8.
    """
    if any(type(value) is bytes for value in row):
        raise UnicodeError("bytes in the place of text")
    return row


def _quarantine_companion(path: Path, suffix: str) -> str | None:
    """One that is merely forbidden holds the last changes, so it stays, and opening fails."""
    companion = beside(path, suffix)
    return None if companion.is_file() else quarantine_if_unusable(companion)


def _recover_lost_file(lost: OpenFile, path: Path) -> bool:
    replaced = path.exists() and not lost.files[0].is_there()
    return not replaced and _copy_lost_file(lost.connection, path)


def _copy_lost_file(lost: sqlite3.Connection, path: Path) -> bool:
    """Put a copy of what the connection reads instead of its file; whether it can be read.

    The copy holds what the files beside it held. Raises OSError where nothing can be written.
    """
    copy = beside(path, ".copy")
    copy.unlink(missing_ok=True)
    make_private_file(copy)
    try:
        with closing(sqlite3.connect(copy)) as target:
            lost.backup(target)
            # Or the copy would have companions of its own.
            target.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.Error:
        copy.unlink()
        return False
    copy.replace(path)
    for suffix in _COMPANIONS:
        beside(path, suffix).unlink(missing_ok=True)
    return True


def _files(path: Path) -> tuple[FileIdentity, ...]:
    files = (path, *(beside(path, suffix) for suffix in _COMPANIONS))
    return tuple(FileIdentity.of(file) for file in files if file.exists())


def _connect(path: Path, in_order: bool) -> tuple[sqlite3.Connection, bool]:
    """The connection, ready for use, and whether every value was read. A file that was left
    `in_order` is not looked at as a whole.

    Raises UnusableDatabaseError, or sqlite3.Error for what may pass.
    """
    check_size(path)
    created = make_private_file(path)
    with ExitStack() as failing:
        if created:
            # Nothing was in it, so the next start must not find half a file and call it damaged.
            failing.callback(_remove, path)
        connection = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None)
        failing.callback(connection.close)
        checked = _set_up(connection, path, created, in_order)
        failing.pop_all()
    return connection, checked


def _set_up(connection: sqlite3.Connection, path: Path, created: bool, in_order: bool) -> bool:
    try:
        if not created:
            check_header(connection)
            if not in_order:
                check_structure(connection)
            _require_no_older_program(connection, path)
        # Readers and a writer at once. Stays with the file; a file system that cannot do it
        # (some network drives) keeps the older way, which is as safe and only slower.
        connection.execute("PRAGMA journal_mode = WAL")
        back_up_before_migration(connection, path)
        configure(connection)
        if created:
            return False
        check_columns(connection)
        return check_if_suspect(connection, path)
    except (UnicodeError, Damaged) as error:
        raise UnusableDatabaseError("damaged", DAMAGED) from error
    except sqlite3.Error as error:
        # Of a file that was there before, also what is no known sign of damage: where the
        # definitions of the tables are damaged, our own SQL looks wrong.
        bad = (Damaged,) if created else (Damaged, StoreBug)
        if isinstance(map_sqlite_error(error, path), bad):
            raise UnusableDatabaseError("damaged", DAMAGED) from error
        raise


def _require_no_older_program(connection: sqlite3.Connection, path: Path) -> None:
    """Raises Busy if the file must be migrated under a program that needs its earlier form."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version < _ONE_PROCESS:
        if _is_older_running(path.parent):
            raise Busy(path, f"version {version}, and an older program has it open")
        _remove_older_files(path.parent)


def _quarantine(path: Path, unusable: UnusableDatabaseError) -> str:
    aside = quarantine(path, unusable.why, _COMPANIONS)
    clear_marks(path)
    notice = (
        f"{unusable.words} It was kept as “{aside}”, and ATZ Desktop began a new, empty one."
        " Nothing in ATZ itself was touched."
    )
    copies = " Activity → Safety copies… brings drafts, history and lists of an earlier day back."
    return notice + (copies if list_backups(path) else "")


def _in_use(path: Path, unusable: UnusableDatabaseError) -> StoreError:
    kind = Busy if unusable.why == "newer" else Damaged
    return kind(path, f"{unusable.why}, and another program has it open")


def _remove(path: Path) -> None:
    for suffix in ("", *_COMPANIONS):
        beside(path, suffix).unlink(missing_ok=True)


# Programs of the first versions, several of which could work on one data folder. Each of them holds
# an SQLite lock on an empty file in `running/` as long as it lives; the system frees it, however it
# ends. The tables must not be migrated under such a program: it could not keep what is typed in it.
_SUFFIX = ".lock"
_FOLDER = "running"
_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_TURNS = ("turns.sqlite3", "turns.sqlite3-wal", "turns.sqlite3-shm")
"""Their requests of the last minute: nothing in it matters any more."""
_LOCKS = ("atz.sqlite3.opening", "backups/changing.lock")


def _is_older_running(root: Path) -> bool:
    """Whether one of them works on this data folder."""
    return any(_is_held(file) for file in (root / _FOLDER).glob("*" + _SUFFIX))


def _remove_older_files(root: Path) -> None:
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
