"""Work lists on disk. What became of a row is read from the journal and the drafts."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from atz_desktop.domain.characters import escape_surrogates
from atz_desktop.domain.serialize import holds_only, load_values
from atz_desktop.domain.values import to_utc_text
from atz_desktop.domain.work_list import (
    Added,
    NewRow,
    RowMark,
    WorkList,
    WorkListRow,
    row_state,
)

if TYPE_CHECKING:
    import sqlite3

    from atz_desktop.store.database import Database

_NEWEST_ENTRY = "(SELECT coalesce(max(id), 0) FROM journal)"

_LISTS = (
    "SELECT id, name, created_at, closed,"
    " (SELECT count(*) FROM work_list_rows WHERE list_id = work_lists.id)"
    " FROM work_lists WHERE account = ? ORDER BY id"
)

# A save without effect says nothing of a row, and one that was put back is to be done again. What a
# save sent is compared with the draft, where there is one: both may be long.
_ROWS = """
WITH here AS (
    SELECT *, (
        SELECT id FROM journal AS saves
        WHERE saves.account = row.account AND saves.activity_id = row.activity_id
            AND saves.id > row.since AND saves.outcome <> 'NOT_SENT'
        ORDER BY id DESC LIMIT 1
    ) AS entry, (
        SELECT count(*) FROM drafts
        WHERE drafts.account = row.account AND drafts.activity_id = row.activity_id
    ) AS drafts
    FROM work_list_rows AS row WHERE list_id = ?{}
)
SELECT here.activity_id, here.title, note, cells, mark,
    CASE WHEN save.undoes IS NULL OR save.outcome <> 'VERIFIED' THEN save.outcome END,
    here.drafts,
    CASE WHEN here.drafts = 1 AND save.outcome IN ('VERIFIED', 'DIFFERENT', 'REFUSED') THEN
        (SELECT draft FROM drafts
            WHERE drafts.account = here.account AND drafts.activity_id = here.activity_id)
    END,
    CASE WHEN here.drafts = 1 THEN save.sent END,
    coalesce(entry > marked_at, 0)
FROM here LEFT JOIN journal AS save ON save.id = entry
ORDER BY position
"""
_ALL_ROWS = _ROWS.format("")
_SOME_ROWS = _ROWS.format(" AND activity_id IN (SELECT value FROM json_each(?))")

_NO_CELLS = json.dumps({})


class WorkListStore:
    """The lists of every account. Every method raises `StoreError`."""

    def __init__(
        self, database: Database, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._database = database
        self._now = now

    async def lists(self, account: str) -> list[WorkList]:
        """The lists of an account, the oldest first."""
        return await self._database.run(
            lambda c: [
                WorkList(number, name, at, bool(closed), size)
                for number, name, at, closed, size in c.execute(_LISTS, (account,))
            ]
        )

    async def create(self, account: str, name: str) -> int:
        """Make an empty list; its number."""
        sql = "INSERT INTO work_lists (account, name, created_at) VALUES (?, ?, ?) RETURNING id"
        values = (account, escape_surrogates(name), to_utc_text(self._now()))
        return await self._database.write(lambda c: int(c.execute(sql, values).fetchone()[0]))

    async def rename(self, list_id: int, name: str) -> None:
        """Give a list another name."""
        sql = "UPDATE work_lists SET name = ? WHERE id = ?"
        await self._database.execute(sql, (escape_surrogates(name), list_id))

    async def set_closed(self, list_id: int, closed: bool) -> None:
        """A closed list is kept and not offered."""
        sql = "UPDATE work_lists SET closed = ? WHERE id = ?"
        await self._database.execute(sql, (int(closed), list_id))

    async def delete(self, list_id: int) -> None:
        """Forget a list; what was saved stays in the journal."""
        await self._database.execute("DELETE FROM work_lists WHERE id = ?", (list_id,))

    async def add(self, list_id: int, rows: Sequence[NewRow]) -> Added:
        """Add rows at the end, in their order; those that are in the list already stay."""
        return await self._database.write(lambda c: _add(c, list_id, rows))

    async def remove(self, list_id: int, activity_ids: Iterable[int]) -> None:
        """Take rows out of a list."""
        found = [(list_id, each) for each in activity_ids]
        sql = "DELETE FROM work_list_rows WHERE list_id = ? AND activity_id = ?"
        await self._database.write(lambda c: c.executemany(sql, found))

    async def mark(self, list_id: int, activity_ids: Iterable[int], mark: RowMark | None) -> None:
        """Mark rows, or take their mark away; a later save counts more than a mark."""
        word = mark.value if mark else None
        found = [(word, list_id, each) for each in activity_ids]
        sql = (
            f"UPDATE work_list_rows SET mark = ?, marked_at = {_NEWEST_ENTRY}"
            " WHERE list_id = ? AND activity_id = ?"
        )
        await self._database.write(lambda c: c.executemany(sql, found))

    async def mark_everywhere(
        self, account: str, activity_id: int, mark: RowMark | None, only: RowMark | None = None
    ) -> list[int]:
        """Mark an activity in each list of the account that has it; the lists where that changed
        something. `only`: where it has this mark.
        """
        word, before = (each.value if each else None for each in (mark, only))
        sql = (
            f"UPDATE work_list_rows SET mark = ?1, marked_at = {_NEWEST_ENTRY}"
            " WHERE account = ?2 AND activity_id = ?3 AND (?4 IS NULL OR mark = ?4)"
            " AND (?1 IS NOT NULL OR mark IS NOT NULL) RETURNING list_id"
        )
        values = (word, account, activity_id, before)
        return await self._database.write(lambda c: [row[0] for row in c.execute(sql, values)])

    async def set_title(self, account: str, activity_id: int, title: str) -> list[int]:
        """Note the title of an activity as it was read; the lists where it was another."""
        sql = (
            "UPDATE work_list_rows SET title = ?1"
            " WHERE account = ?2 AND activity_id = ?3 AND title <> ?1 RETURNING list_id"
        )
        values = (escape_surrogates(title), account, activity_id)
        return await self._database.write(lambda c: [row[0] for row in c.execute(sql, values)])

    async def lists_with(self, account: str, activity_ids: Iterable[int]) -> list[int]:
        """The lists that have one of these activities."""
        numbers = json.dumps(list(activity_ids))
        sql = (
            "SELECT DISTINCT list_id FROM work_list_rows WHERE account = ?"
            " AND activity_id IN (SELECT value FROM json_each(?))"
        )
        return await self._database.run(
            lambda c: [row[0] for row in c.execute(sql, (account, numbers))]
        )

    async def rows(
        self, list_id: int, activity_ids: Collection[int] | None = None
    ) -> list[WorkListRow]:
        """The rows of a list in their order, each with its state; or those of some activities."""
        values: tuple[object, ...] = (list_id,)
        sql = _ALL_ROWS
        if activity_ids is not None:
            sql, values = _SOME_ROWS, (list_id, json.dumps(list(activity_ids)))
        return await self._database.run(lambda c: [_row(each) for each in c.execute(sql, values)])


def _add(connection: sqlite3.Connection, list_id: int, rows: Sequence[NewRow]) -> Added:
    (last,) = connection.execute(
        "SELECT coalesce(max(position), 0) FROM work_list_rows WHERE list_id = ?", (list_id,)
    ).fetchone()
    sql = (
        "INSERT OR IGNORE INTO work_list_rows"
        " (list_id, account, activity_id, position, title, note, cells, since)"
        f" SELECT id, account, ?, ?, ?, ?, ?, {_NEWEST_ENTRY} FROM work_lists WHERE id = ?"
    )
    added: list[int] = []
    doubles: list[int] = []
    for row in rows:
        texts = (row.title, row.note, json.dumps(dict(row.cells)))
        values = (row.activity_id, last + len(added) + 1, *map(escape_surrogates, texts), list_id)
        changed = connection.execute(sql, values).rowcount
        (added if changed else doubles).append(row.activity_id)
    return Added(tuple(added), tuple(doubles))


def _row(found: tuple[Any, ...]) -> WorkListRow:
    activity_id, title, note, cells, mark, outcome, drafts, draft, sent, saved_since = found
    is_of_save = draft is not None and _holds_only(draft, sent)
    state = row_state(
        RowMark(mark) if mark in RowMark.__members__ else None,
        outcome,
        has_draft=drafts > 0 and not is_of_save,
        saved_since=bool(saved_since),
    )
    return WorkListRow(activity_id, title, note, _cells(cells), state)


def _holds_only(draft: str, sent: str) -> bool:
    try:
        return holds_only(draft, load_values(sent))
    except ValueError:  # the file was damaged
        return False


def _cells(text: str) -> dict[str, str]:
    if text == _NO_CELLS:  # of a list of thousands, mostly
        return {}
    try:
        found = json.loads(text)
    except ValueError:  # the file was damaged
        return {}
    return {str(key): str(value) for key, value in found.items()} if isinstance(found, dict) else {}
