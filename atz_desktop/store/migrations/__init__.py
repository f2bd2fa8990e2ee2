"""The tables, as numbered SQL files. A released file is never changed: a new one is added."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import NamedTuple

from atz_desktop.store.errors import StoreBug

# "ATZ1": how we know our own file (https://sqlite.org/pragma.html#pragma_application_id).
APPLICATION_ID = 0x41545A31

ACCOUNT_TABLES = (
    "journal",
    "drafts",
    "recent",
    "names",
    "name_notes",
    "work_list_rows",
    "work_lists",
    "run_rows",
    "runs",
    "recipes",
)
"""All tables with a column "account"; those that refer to others before them."""


def newest() -> int:
    """The version of the tables that this program writes: the highest number of a file."""
    return max(_scripts())


class Tables(NamedTuple):
    """The tables of `newest()`, as all the steps make them."""

    script: str
    columns: Mapping[str, frozenset[str]]
    """By the name of the table."""


@cache
def newest_tables() -> Tables:
    """Made in memory, once: the steps take 13 ms, most of it for renaming what older ones made."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as new:
        for number, step in sorted(_scripts().items()):
            _run(new, step.read_text("utf-8"), number)
        tables = [name for (name,) in new.execute(_TABLES)]
        columns = {table: columns_of(new, table) for table in tables}
        script = "".join(f"{sql};\n" for (sql,) in new.execute(_DEFINITIONS))
        return Tables(script, columns)


def migrate(connection: sqlite3.Connection) -> None:
    """Bring the tables to `newest()`, each step in a transaction of its own; those of an empty
    file in one.

    Raises sqlite3.Error; the steps before the failed one stay, and the next start goes on there.
    """
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if not version:
        _run(connection, newest_tables().script, newest())
        return
    for number, step in sorted(_scripts().items()):
        if number > version:
            _run(connection, step.read_text("utf-8"), number)


def columns_of(connection: sqlite3.Connection, table: str) -> frozenset[str]:
    """The names of its columns; none if there is no such table."""
    sql = "SELECT name FROM pragma_table_info(?)"
    return frozenset(name for (name,) in connection.execute(sql, (table,)))


_TABLES = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
# Without what SQLite makes by itself: the tables behind one for full-text search, and its own.
_DEFINITIONS = """
    SELECT sql FROM sqlite_schema
    WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'
        AND name NOT IN (SELECT name FROM pragma_table_list WHERE type = 'shadow')
    ORDER BY type = 'table' DESC, rowid
"""


def _run(connection: sqlite3.Connection, script: str, version: int) -> None:
    with connection:
        connection.executescript(
            f"BEGIN IMMEDIATE;\n{script}\n;"
            f"PRAGMA application_id = {APPLICATION_ID};"
            f"PRAGMA user_version = {version}; COMMIT;"
        )


def _scripts() -> dict[int, Path]:
    found = {int(file.name.split("_", 1)[0]): file for file in Path(__file__).parent.glob("*.sql")}
    if not found:
        raise StoreBug("This build lacks atz_desktop/store/migrations/*.sql")
    return found
