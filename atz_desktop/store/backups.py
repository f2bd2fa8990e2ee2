"""Backups of the database: before each migration, and once a day when something changed.

Each is one SQLite file that only this user may read, in `backups/` beside the database; the newest
seven are kept. They are made with SQLite's backup API over a connection of their own, so that
neither a reader nor the writer of the live file waits for them.
"""

from __future__ import annotations

import hashlib
import os
import re
import sqlite3
import time
from collections.abc import Mapping
from contextlib import ExitStack, closing
from pathlib import Path
from typing import NamedTuple

from atz_desktop.domain.local_records import Backup
from atz_desktop.store.errors import StoreError, map_errors
from atz_desktop.store.migrations import APPLICATION_ID, migrate, newest
from atz_desktop.store.paths import make_private_file, make_private_folder, quarantine_if_unusable

KEPT = 7
_WAIT_SECONDS = 15.0
"""How long another program may keep the database from being read."""
_BEFORE_UPDATE = "-before-update"
_UNFINISHED = "unfinished"
_NAME = re.compile(r"atz-(\d+)-(\d{4}-\d{2}-\d{2}-\d{6})(-before-update)?\.sqlite3")
_TIME = "%Y-%m-%d-%H%M%S"

Row = Mapping[str, str | int | float | None]
"""One row of a table, by column."""


_LISTS = """
SELECT account, name, created_at, closed, (
    SELECT json_group_array(json_object(
        'activity_id', activity_id, 'title', title, 'note', note, 'cells', cells, 'mark', mark
    )) FROM (SELECT * FROM work_list_rows WHERE list_id = work_lists.id ORDER BY position)
) AS rows FROM work_lists ORDER BY id DESC
"""


_RUNS = """
SELECT account, title, reason, bulk, started_at, ended_at,
    (SELECT undone.started_at FROM runs AS undone WHERE undone.id = runs.undoes) AS undone_at,
    (SELECT json_group_array(json_object(
        'activity_id', activity_id, 'title', title, 'base_key', base_key, 'draft', draft,
        'undoes', undoes, 'fields', fields, 'state', state, 'verdict', verdict,
        'detail', detail, 'changed_at', changed_at
    )) FROM (SELECT * FROM run_rows WHERE run_id = runs.id ORDER BY position)) AS rows
FROM runs ORDER BY id DESC
"""


class UnreadableBackupError(StoreError):
    """The backup is damaged, or no database of this program."""

    _words = "“{file}” is damaged: nothing can be brought back from it. Choose another copy."


class NewerBackupError(StoreError):
    """The backup was made by a newer version of the program."""

    _words = (
        "“{file}” was made by a newer version of ATZ Desktop, which this version cannot read."
        " Choose another copy, or update ATZ Desktop."
    )


class Content(NamedTuple):
    """The rows of a backup that can be restored, in the form of this version's tables."""

    drafts: tuple[Row, ...] = ()
    journal: tuple[Row, ...] = ()
    work_lists: tuple[Row, ...] = ()
    """Each with its rows as JSON, under "rows"."""
    runs: tuple[Row, ...] = ()
    """The same; "undone_at" is when the run began that it undoes. The newest first."""
    recipes: tuple[Row, ...] = ()


def backup_folder(database: Path) -> Path:
    """Where the backups of this database lie."""
    return database.with_name("backups")


def prepare_backup_folder(database: Path) -> list[str | None]:
    """Quarantine what blocks a file or folder of a backup; returns notices. Raises OSError."""
    folder = backup_folder(database)
    told = [quarantine_if_unusable(folder, folder=True)]
    if not (folder / _UNFINISHED).is_file():
        told.append(quarantine_if_unusable(folder / _UNFINISHED))
    return told


def list_backups(database: Path) -> tuple[Backup, ...]:
    """The backups of this database, the newest first. Raises `StoreError`."""
    folder = backup_folder(database)
    with map_errors(folder):
        found = [(file, _NAME.fullmatch(file.name)) for file in folder.glob("atz-*.sqlite3")]
        backups = [
            Backup(
                file,
                int(match[1]),
                _seconds(match[2]),
                match[3] is not None,
                file.stat().st_size,
            )
            for file, match in found
            if match
        ]
    return tuple(sorted(backups, key=lambda each: each.number, reverse=True))


def back_up(database: Path, *, before_update: bool = False, now: float | None = None) -> bool:
    """Copy the database; False if the newest backup holds the same already. Raises `StoreError`.

    Blocks: about 0.1 s for 40 MB.
    """
    folder, now = backup_folder(database), time.time() if now is None else now
    with map_errors(folder):
        make_private_folder(folder)
        copy = folder / _UNFINISHED
        copy.unlink(missing_ok=True)  # of a process that was killed
        make_private_file(copy)
        _copy(database, copy)
        os.utime(copy, (now, now))
        backups = list_backups(database)
        if backups and _digest(backups[0].path) == _digest(copy):
            copy.replace(backups[0].path)  # the same content, looked at now
            return False
        copy.replace(_next_name(folder, backups, now, before_update))
        for old in list_backups(database)[KEPT:]:
            old.path.unlink(missing_ok=True)
    return True


def back_up_daily(database: Path, now: float | None = None) -> bool:
    """Copy the database if that was not done today (the day of this computer), and there is a
    draft, a save, a work list, a run or a recipe to lose; whether a backup was added.

    Raises `StoreError`.
    """
    now = time.time() if now is None else now
    backups = list_backups(database)
    if backups and _day(backups[0].path.stat().st_mtime) == _day(now):
        return False
    with map_errors(database), closing(_read_only(database)) as connection:
        held = connection.execute(
            "SELECT EXISTS (SELECT 1 FROM journal) OR EXISTS (SELECT 1 FROM drafts)"
            " OR EXISTS (SELECT 1 FROM work_list_rows) OR EXISTS (SELECT 1 FROM runs)"
            " OR EXISTS (SELECT 1 FROM recipes)"
        ).fetchone()
    return bool(held[0]) and back_up(database, now=now)


def back_up_before_migration(connection: sqlite3.Connection, database: Path) -> None:
    """Copy a database whose tables are about to be migrated. Raises `StoreError`: without a
    backup nothing is migrated.
    """
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if 0 < version < newest():
        back_up(database, before_update=True)


def read_backup(backup: Path) -> Content:
    """What it holds, however old it is. Raises `StoreError`. Blocks; the file is not changed."""
    with map_errors(backup), closing(_migrated(backup)) as memory:
        memory.row_factory = sqlite3.Row
        drafts = memory.execute("SELECT * FROM drafts ORDER BY number DESC")
        journal = memory.execute("SELECT * FROM journal ORDER BY id DESC")
        lists, runs = memory.execute(_LISTS), memory.execute(_RUNS)
        recipes = memory.execute("SELECT account, name, bulk FROM recipes ORDER BY name")
        found = (drafts, journal, lists, runs, recipes)
        return Content(*(tuple(map(dict, each)) for each in found))


def delete_from_backups(database: Path, account: str, tables: tuple[str, ...]) -> None:
    """Delete the account's rows from every backup, and a damaged backup as a whole.

    Raises `StoreError`.
    """
    with map_errors(backup_folder(database)):
        for backup in list_backups(database):
            copied_at = backup.path.stat().st_mtime
            try:
                with closing(sqlite3.connect(backup.path, isolation_level=None)) as connection:
                    _delete(connection, account, tables)
            except sqlite3.DatabaseError as error:
                if not _is_damage(error):
                    raise
                backup.path.unlink()
            else:
                os.utime(backup.path, (copied_at, copied_at))


def _delete(connection: sqlite3.Connection, account: str, tables: tuple[str, ...]) -> None:
    found = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
    here = {name for (name,) in found}
    with connection:
        connection.execute("BEGIN IMMEDIATE")
        for table in here.intersection(tables):
            connection.execute(f"DELETE FROM {table} WHERE account = ?", (account,))
    connection.execute("VACUUM")


def _copy(database: Path, copy: Path) -> None:
    with closing(_read_only(database)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
        # The copy is one file: not in WAL mode, which would put two more beside it when it is read.
        target.execute("PRAGMA journal_mode = DELETE")


def _read_only(database: Path) -> sqlite3.Connection:
    database.stat()  # SQLite would make a file that is missing
    connection = sqlite3.connect(database, timeout=_WAIT_SECONDS)
    connection.execute("PRAGMA query_only = ON")
    return connection


def _migrated(backup: Path) -> sqlite3.Connection:
    """A copy of the backup in memory, with this version's tables."""
    with ExitStack() as failing:
        memory = sqlite3.connect(":memory:", isolation_level=None)
        failing.callback(memory.close)
        try:
            _load_backup(memory, backup)
        except sqlite3.DatabaseError as error:
            if _is_damage(error):
                raise UnreadableBackupError(backup) from error
            raise
        failing.pop_all()
    return memory


def _load_backup(memory: sqlite3.Connection, backup: Path) -> None:
    with closing(_read_only(backup)) as source:
        source.backup(memory)
    (application,) = memory.execute("PRAGMA application_id").fetchone()
    (version,) = memory.execute("PRAGMA user_version").fetchone()
    checked = memory.execute("PRAGMA quick_check(1)").fetchone()
    if application != APPLICATION_ID or checked != ("ok",):
        raise UnreadableBackupError(backup)
    if version > newest():
        raise NewerBackupError(backup)
    migrate(memory)


def _is_damage(error: sqlite3.Error) -> bool:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


def _next_name(folder: Path, backups: tuple[Backup, ...], now: float, before_update: bool) -> Path:
    number = backups[0].number + 1 if backups else 1
    end = _BEFORE_UPDATE if before_update else ""
    return folder / f"atz-{number}-{time.strftime(_TIME, time.localtime(now))}{end}.sqlite3"


def _digest(file: Path) -> bytes:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").digest()


def _day(seconds: float) -> str:
    return time.strftime("%Y-%m-%d", time.localtime(seconds))


def _seconds(stamp: str) -> float:
    try:
        return time.mktime(time.strptime(stamp, _TIME))
    except (ValueError, OverflowError):
        return 0.0
