"""What a support report needs from the disk: row counts, file sizes, and the key of its pseudonyms.

No content.
"""

from __future__ import annotations

import secrets
import sqlite3
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from atz_desktop.store.backups import list_backups
from atz_desktop.store.errors import StoreError, map_errors
from atz_desktop.store.migrations import ACCOUNT_TABLES
from atz_desktop.store.paths import make_private_folder, open_private

if TYPE_CHECKING:
    from atz_desktop.store.database import Database

LENGTH = 32
"""Bytes of the key of the pseudonyms."""
_FILES = {
    "database": "atz.sqlite3",
    "its write-ahead log": "atz.sqlite3-wal",
    "settings": "settings.json",
}


class Statistics(NamedTuple):
    """`rows` and `outcomes` count by name; `files` is the size in bytes by kind of file."""

    tables_version: int
    sqlite_version: str
    on_disk: bool
    rows: dict[str, int]
    outcomes: dict[str, int]
    files: dict[str, int]
    backups: int
    set_aside: int


async def read_statistics(database: Database) -> Statistics:
    """Count. Raises `StoreError` when the database cannot be read."""
    return await database.run(lambda connection: _statistics(connection, database))


def _statistics(connection: sqlite3.Connection, database: Database) -> Statistics:
    def number(sql: str) -> int:
        return int(connection.execute(sql).fetchone()[0])

    outcomes = connection.execute("SELECT outcome, count(*) FROM journal GROUP BY outcome")
    on_disk = True
    try:
        database.require_disk()
    except StoreError:
        on_disk = False
    folder, backups = database.path.parent, 0
    with suppress(StoreError):
        backups = len(list_backups(database.path))
    return Statistics(
        tables_version=number("PRAGMA user_version"),
        sqlite_version=sqlite3.sqlite_version,
        on_disk=on_disk,
        rows={table: number(f"SELECT count(*) FROM {table}") for table in ACCOUNT_TABLES},
        outcomes=dict(outcomes),
        files={name: _size(folder / file) for name, file in _FILES.items()},
        backups=backups,
        set_aside=sum(1 for _ in folder.glob(f"{database.path.stem}-*{database.path.suffix}")),
    )


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return 0


def pseudonym_key(file: Path) -> bytes:
    """The key in this file, created if missing: the same names get the same pseudonyms in every
    report of this computer. Raises `StoreError`.
    """
    with map_errors(file):
        make_private_folder(file.parent)
        key = secrets.token_bytes(LENGTH)
        try:
            with open(file, "xb", opener=open_private) as made:
                made.write(key)
        except FileExistsError:
            stored = file.read_bytes()
            return stored if len(stored) == LENGTH else key
    return key
