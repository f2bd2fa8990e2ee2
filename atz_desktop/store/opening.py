"""Opens the database file, and sets it aside when it is damaged or too new for this program."""

from __future__ import annotations

import sqlite3
from contextlib import ExitStack, closing
from pathlib import Path
from typing import NamedTuple

from atz_desktop.store.aside import set_aside
from atz_desktop.store.backups import back_up_before_migration, list_backups
from atz_desktop.store.errors import Busy, Damaged, StoreError, sort_sqlite_error, sorted_errors
from atz_desktop.store.migrations import APPLICATION_ID, migrate, newest
from atz_desktop.store.paths import make_private_file, make_private_folder
from atz_desktop.store.presence import Presence, alone, others

# How long another program's short transaction may hold us up.
_BUSY_SECONDS = 5.0
# How long another program may take to check and migrate the file before us.
_OPENING_SECONDS = 15.0
_COMPANIONS = ("-wal", "-shm")


class OpenFile(NamedTuple):
    """The connection, our sign of life, and what the person must be told."""

    connection: sqlite3.Connection
    presence: Presence
    notice: str | None


class _Unusable(Exception):  # noqa: N818 - a reason, caught a few lines further up
    """The file is set aside: `why` names it, `words` say it."""

    def __init__(self, why: str, words: str) -> None:
        super().__init__(why)
        self.why = why
        self.words = words


_DAMAGED = "The file with your history, drafts and learned names was damaged."
_NEWER = (
    "The file with your history, drafts and learned names was written by a newer version of"
    " ATZ Desktop, which this version cannot read."
)
_FOREIGN = "The file in the place of your history and drafts was not written by ATZ Desktop."


def open_file(path: Path) -> OpenFile:
    """Open, check and migrate the file, making it if there is none. Raises `StoreError`.

    One program does this at a time, so that two that start together do not set each other's new
    file aside. It blocks: for milliseconds, or 15 s at most while another program does the same.
    """
    with sorted_errors(path):
        make_private_folder(path.parent)
        with alone(path.with_name(path.name + ".opening"), _OPENING_SECONDS):
            running = others(_signs(path))
            try:
                connection, notice = _usable(path), None
            except _Unusable as unusable:
                if running:
                    raise _in_use(path, unusable) from unusable
                notice = _put_away(path, unusable)
                connection = _usable(path)
            with ExitStack() as failing:
                failing.callback(connection.close)
                presence = Presence.announce(_signs(path))
                failing.pop_all()
            return OpenFile(connection, presence, notice)


def prepare(connection: sqlite3.Connection) -> None:
    """What every connection is set to, the one in memory as well."""
    # A commit has reached the disk when it returns: with NORMAL, a power cut may take back the
    # last ones, and the journal would not know of a request that went out. Costs 0.13 ms more.
    connection.execute("PRAGMA synchronous = FULL")
    # macOS: fsync alone leaves the data in the disk's own memory.
    connection.execute("PRAGMA fullfsync = ON")
    connection.execute("PRAGMA foreign_keys = ON")
    migrate(connection)


def _signs(path: Path) -> Path:
    return path.with_name("running")


def _usable(path: Path) -> sqlite3.Connection:
    """The connection, ready for use; raises _Unusable, or sqlite3.Error for what may pass."""
    _check_size(path)
    created = make_private_file(path)
    with ExitStack() as failing:
        if created:
            # Nothing was in it, so the next start must not find half a file and call it damaged.
            failing.callback(_remove, path)
        connection = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None)
        failing.callback(connection.close)
        try:
            if not created:
                _check(connection)
            # Readers and a writer at once. Stays with the file; a file system that cannot do it
            # (some network drives) keeps the older way, which is as safe and only slower.
            connection.execute("PRAGMA journal_mode = WAL")
            back_up_before_migration(connection, path)
            prepare(connection)
        except sqlite3.DatabaseError as error:
            if isinstance(sort_sqlite_error(error, path), Damaged):
                raise _Unusable("damaged", _DAMAGED) from error
            raise
        failing.pop_all()
    return connection


def _check_size(path: Path) -> None:
    """A missing or empty file beside a write-ahead log: SQLite would throw the log away."""
    log = path.with_name(path.name + "-wal")
    if path.is_file():
        if path.stat().st_size == 0:
            raise _Unusable("damaged", _DAMAGED)
    elif not path.exists() and log.exists() and log.stat().st_size > 0:
        raise _Unusable("damaged", _DAMAGED)


def _check(connection: sqlite3.Connection) -> None:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    if application != APPLICATION_ID and tables:
        raise _Unusable("foreign", _FOREIGN)
    if version > newest():
        raise _Unusable("newer", _NEWER)
    if version < 1 and tables:
        raise _Unusable("damaged", _DAMAGED)
    # 42 ms for 100,000 names (37 MB); it finds what a look at the first page cannot.
    with closing(connection.execute("PRAGMA quick_check(1)")) as found:
        if found.fetchone() != ("ok",):
            raise _Unusable("damaged", _DAMAGED)


def _put_away(path: Path, unusable: _Unusable) -> str:
    aside = set_aside(path, unusable.why, _COMPANIONS)
    notice = (
        f"{unusable.words} It was kept as “{aside}”, and ATZ Desktop began a new, empty one."
        " Nothing in ATZ itself was touched."
    )
    copies = " Activity → Safety copies… brings drafts and history of an earlier day back."
    return notice + (copies if list_backups(path) else "")


def _in_use(path: Path, unusable: _Unusable) -> StoreError:
    kind = Busy if unusable.why == "newer" else Damaged
    return kind(path, f"{unusable.why}, and another program has it open")


def _remove(path: Path) -> None:
    for suffix in ("", *_COMPANIONS):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
