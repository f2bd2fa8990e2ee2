"""Integrity checks of the database file before it is used."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from atz_desktop.store.errors import Damaged, StoreError
from atz_desktop.store.migrations import (
    ACCOUNT_TABLES,
    APPLICATION_ID,
    columns_of,
    newest,
    newest_tables,
)
from atz_desktop.store.paths import beside, make_private_file

MAGIC = b"SQLite format 3\0"

SUSPECT = ".suspect"
"""Suffix of an empty marker file: damage was found while the database was in use."""
DAMAGE_CONFIRMED = ".hopeless"
"""The same, after a check had not found it."""
MARKS = (SUSPECT, DAMAGE_CONFIRMED)
CLOSED = ".closed"
"""Suffix of an empty file that bears the time of the database as the last run left it in order."""


class UnusableDatabaseError(Exception):
    """The file is quarantined: `why` names it, `words` say it."""

    def __init__(self, why: str, words: str) -> None:
        super().__init__(why)
        self.why = why
        self.words = words


DAMAGED = "The file with your history, drafts and learned names was damaged."
NEWER = (
    "The file with your history, drafts and learned names was written by a newer version of"
    " ATZ Desktop, which this version cannot read."
)
FOREIGN = "What stood in the place of your history and drafts was not written by ATZ Desktop."


def mark_suspect(path: Path, *, checked: bool) -> None:
    """Mark the database as damaged: the next start checks every value.

    If this start had `checked` them already, the next one quarantines the file.
    """
    with suppress(OSError, StoreError):
        make_private_file(beside(path, DAMAGE_CONFIRMED if checked else SUSPECT))


def check_size(path: Path) -> None:
    """A missing or empty file beside a write-ahead log: SQLite would throw the log away.

    And a folder, or a pipe, is no file at all.
    """
    log = beside(path, "-wal")
    if path.is_file():
        if path.stat().st_size == 0 or _has_unknown_format(path):
            raise UnusableDatabaseError("damaged", DAMAGED)
    elif path.exists():
        raise UnusableDatabaseError("foreign", FOREIGN)
    elif log.exists() and log.stat().st_size > 0:
        raise UnusableDatabaseError("damaged", DAMAGED)


def _has_unknown_format(path: Path) -> bool:
    """SQLite reports a file of an unknown write version as read-only.

    Bytes 18 and 19 of its header are 1 for a rollback journal and 2 for a write-ahead log.
    """
    try:
        with path.open("rb") as file:
            header = file.read(20)
    except OSError:
        return False  # what the system says of it is told when SQLite opens it
    is_ours = header.startswith(MAGIC) and len(header) == 20
    return is_ours and not {header[18], header[19]} <= {1, 2}


def mark_closed(path: Path) -> None:
    """The database was closed in order. Where another program has it open, it is not."""
    with suppress(OSError, StoreError):
        if not beside(path, "-wal").exists():
            mark = beside(path, CLOSED)
            make_private_file(mark)
            changed = path.stat().st_mtime_ns
            os.utime(mark, ns=(changed, changed))


def take_closed_mark(path: Path) -> bool:
    """Whether the database was closed in order, and nobody has changed it since. It is in use from
    now on, so the mark is removed.
    """
    mark = beside(path, CLOSED)
    try:
        unchanged = mark.stat().st_mtime_ns == path.stat().st_mtime_ns
        mark.unlink()
    except OSError:
        return False
    return unchanged


def check_header(connection: sqlite3.Connection) -> None:
    """Whether the file is a database of this program, and no newer one."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    if application != APPLICATION_ID and tables:
        raise UnusableDatabaseError("foreign", FOREIGN)
    if version > newest():
        raise UnusableDatabaseError("newer", NEWER)
    if version < 1 and tables:
        raise UnusableDatabaseError("damaged", DAMAGED)


def check_structure(connection: sqlite3.Connection) -> None:
    """Find what a look at the first page cannot: 42 ms for 100,000 names (37 MB)."""
    with closing(connection.execute("PRAGMA quick_check(1)")) as found:
        if found.fetchone() != ("ok",):
            raise UnusableDatabaseError("damaged", DAMAGED)


def check_structure_in_use(path: Path) -> None:
    """The same on a connection of its own, so that nobody waits for it. Raises Damaged."""
    # Not "rwc": where the file is gone, none is made.
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=rw", uri=True)) as connection:
        try:
            check_structure(connection)
        except UnusableDatabaseError as unusable:
            raise Damaged(path) from unusable


def check_columns(connection: sqlite3.Connection) -> None:
    """Whether the tables have the columns that a new file has: damage may have renamed one."""
    for table, columns in newest_tables().columns.items():
        if not columns <= columns_of(connection, table):
            raise UnusableDatabaseError("damaged", DAMAGED)


def check_if_suspect(connection: sqlite3.Connection, path: Path) -> bool:
    """Read every value, which takes seconds for a large file, after damage had shown in use.

    The full-text index holds nothing that is not in the names, so it is rebuilt. True if there
    was a reason for all that.
    """
    suspected, hopeless = (beside(path, mark).exists() for mark in MARKS)
    if hopeless:
        raise UnusableDatabaseError("damaged", DAMAGED)
    if not suspected:
        return False
    with closing(connection.execute("PRAGMA integrity_check(1)")) as found:
        if found.fetchone() != ("ok",):
            raise UnusableDatabaseError("damaged", DAMAGED)
    for table in ACCOUNT_TABLES:
        for _ in connection.execute(f"SELECT * FROM {table}"):
            pass
    connection.execute("INSERT INTO names_found (names_found) VALUES ('rebuild')")
    clear_marks(path)
    return True


def clear_marks(path: Path) -> None:
    """Delete the markers."""
    for mark in MARKS:
        beside(path, mark).unlink(missing_ok=True)
