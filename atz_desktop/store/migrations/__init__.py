"""The tables, as numbered SQL files. A released file is never changed: a new one is added."""

from __future__ import annotations

import sqlite3
from pathlib import Path

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


def migrate(connection: sqlite3.Connection) -> None:
    """Bring the tables to `newest()`, each step in a transaction of its own.

    Raises sqlite3.Error; the steps before the failed one stay, and the next start goes on there.
    """
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    for number, script in sorted(_scripts().items()):
        if number > version:
            with connection:
                connection.executescript(
                    f"BEGIN IMMEDIATE;\n{script.read_text('utf-8')}\n;"
                    f"PRAGMA application_id = {APPLICATION_ID};"
                    f"PRAGMA user_version = {number}; COMMIT;"
                )


def _scripts() -> dict[int, Path]:
    found = {int(file.name.split("_", 1)[0]): file for file in Path(__file__).parent.glob("*.sql")}
    if not found:
        raise StoreBug("This build lacks atz_desktop/store/migrations/*.sql")
    return found
