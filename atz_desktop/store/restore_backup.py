"""Restores rows of a backup into the live database; existing rows are not changed."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Sequence
from itertools import chain, count
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from atz_desktop.store.backups import Content, Row

if TYPE_CHECKING:
    from atz_desktop.store.database import Database

_SAME_DRAFT = ("account", "activity_id", "draft")
_SAME_ENTRY = ("account", "activity_id", "at", "sent", "request")
_SAME_LIST = ("account", "name", "created_at")
_SAME_RUN = ("account", "title", "started_at")
"""Columns by which a row of the backup is recognised. Not the number of an entry: after a damaged
file was quarantined, the new one counts from 1 again."""
_NUMBER: Final = re.compile(r" \(\d+\)\Z")
"""Behind the name of a recipe that came back beside another one of its name."""


class Restored(NamedTuple):
    """How many rows were added."""

    drafts: int
    journal: int
    work_lists: int
    runs: int
    recipes: int


async def missing_rows(database: Database, content: Content) -> Content:
    """The rows of the backup that the live database lacks. Raises `StoreError`."""
    return await database.run(lambda c: _missing_rows(c, content))


async def restore(database: Database, rows: Content) -> Restored:
    """Add these rows where they are missing, all or none. Raises `StoreError`.

    A draft waits for whoever loads its activity next, beside one that is there. Entries of the
    history get numbers below all others, so that they stay in the order in which they happened;
    one whose outcome is not known is looked up like any other. So do runs; one that had not ended
    goes on when the user says so, and what it sends is compared with what ATZ holds by then. A
    recipe whose name another one has by now gets a number behind it.
    """
    database.require_disk()

    def write(connection: sqlite3.Connection) -> Restored:
        found = _missing_rows(connection, rows)
        for draft in found.drafts:
            _insert(connection, "drafts", {**draft, "waiting": _next_waiting(connection, draft)})
        _insert_entries(connection, found.journal)
        for each in found.work_lists:
            _insert_list(connection, each)
        _insert_runs(connection, found.runs)
        for recipe in found.recipes:
            _insert_recipe(connection, recipe)
        return Restored._make(map(len, found))

    return await database.write(write)


def _missing_rows(connection: sqlite3.Connection, content: Content) -> Content:
    return Content(
        _not_in(connection, "drafts", _SAME_DRAFT, content.drafts),
        _not_in(connection, "journal", _SAME_ENTRY, content.journal),
        _not_in(connection, "work_lists", _SAME_LIST, content.work_lists),
        _not_in(connection, "runs", _SAME_RUN, content.runs),
        _missing_recipes(connection, content.recipes),
    )


def _not_in(
    connection: sqlite3.Connection, table: str, columns: tuple[str, ...], rows: Sequence[Row]
) -> tuple[Row, ...]:
    if not rows:
        return ()
    here = set(connection.execute(f"SELECT {', '.join(columns)} FROM {table}"))
    return tuple(row for row in rows if tuple(row[name] for name in columns) not in here)


def _insert_entries(connection: sqlite3.Connection, rows: Sequence[Row]) -> None:
    (lowest,) = connection.execute("SELECT min(id) FROM journal").fetchone()
    below = min(lowest or 0, 0)
    oldest_first = sorted(rows, key=lambda row: int(row["id"] or 0))
    numbers = {row["id"]: below - len(rows) + place for place, row in enumerate(oldest_first)}
    for row in oldest_first:
        changed = {"id": numbers[row["id"]], "undoes": numbers.get(row["undoes"])}
        _insert(connection, "journal", {**row, **changed})


def _insert_list(connection: sqlite3.Connection, row: Row) -> None:
    """What was saved since the list was made tells of its rows: the entries have other numbers."""
    values = {name: row[name] for name in (*_SAME_LIST, "closed")}
    _insert(connection, "work_lists", values)
    (list_id,) = connection.execute("SELECT last_insert_rowid()").fetchone()
    (since,) = connection.execute(
        "SELECT coalesce((SELECT max(id) FROM journal WHERE at < ?),"
        " (SELECT min(id) - 1 FROM journal), 0)",
        (row["created_at"],),
    ).fetchone()
    for position, each in enumerate(json.loads(str(row["rows"])), 1):
        more = {"list_id": list_id, "account": row["account"], "position": position}
        _insert(connection, "work_list_rows", {**each, **more, "since": since, "marked_at": since})


def _insert_runs(connection: sqlite3.Connection, rows: Sequence[Row]) -> None:
    """What became of their rows, the journal tells: the keys of the saves are the same there."""
    (lowest,) = connection.execute("SELECT min(id) FROM runs").fetchone()
    first = min(lowest or 0, 0) - len(rows)
    for run_id, row in enumerate(reversed(rows), first):  # what is undone comes before its undo
        undone = connection.execute(
            "SELECT max(id) FROM runs WHERE account = ? AND started_at = ?",
            (row["account"], row["undone_at"]),
        ).fetchone()
        values = {name: row[name] for name in (*_SAME_RUN, "reason", "bulk", "ended_at")}
        _insert(connection, "runs", {"id": run_id, "undoes": undone[0], **values})
        for position, each in enumerate(json.loads(str(row["rows"])), 1):
            more = {"run_id": run_id, "account": row["account"], "position": position}
            _insert(connection, "run_rows", {**each, **more})


def _missing_recipes(connection: sqlite3.Connection, rows: Sequence[Row]) -> tuple[Row, ...]:
    found = connection.execute("SELECT account, name, bulk FROM recipes")
    here = {_recipe_key(*recipe) for recipe in found}
    return tuple(
        row for row in rows if _recipe_key(row["account"], row["name"], row["bulk"]) not in here
    )


def _recipe_key(account: object, name: object, bulk: object) -> tuple[object, str, str]:
    """By what a recipe is recognised, also under the name with which it came back."""
    recipe = _recipe_json(bulk)
    rules = json.dumps({**recipe, "name": ""}, sort_keys=True) if recipe else str(bulk)
    return account, _NUMBER.sub("", str(name)), rules


def _recipe_json(bulk: object) -> dict[str, Any]:
    """The object in that text; {} where it can't be read."""
    try:
        found = json.loads(str(bulk))
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _insert_recipe(connection: sqlite3.Connection, row: Row) -> None:
    """Its name stands in its JSON, too."""
    found = connection.execute("SELECT name FROM recipes WHERE account = ?", (row["account"],))
    names, name = {each for (each,) in found}, str(row["name"])
    numbered = (f"{_NUMBER.sub('', name)} ({number})" for number in count(2))
    free = next(each for each in chain([name], numbered) if each not in names)
    recipe = _recipe_json(row["bulk"])
    bulk = json.dumps({**recipe, "name": free}) if recipe and free != name else row["bulk"]
    _insert(connection, "recipes", {**row, "name": free, "bulk": bulk})


def _insert(connection: sqlite3.Connection, table: str, row: Row) -> None:
    sql = f"INSERT INTO {table} ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})"
    connection.execute(sql, tuple(row.values()))


def _next_waiting(connection: sqlite3.Connection, draft: Row) -> int:
    sql = "SELECT coalesce(max(waiting), 0) + 1 FROM drafts WHERE account = ? AND activity_id = ?"
    return int(connection.execute(sql, (draft["account"], draft["activity_id"])).fetchone()[0])
