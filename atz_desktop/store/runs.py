"""Bulk edits on disk: runs, a write-ahead log of their rows beside the journal of the saves, and
the user's own recipes.

A row is SENDING on disk before anything of it is sent. What its saves became, the journal tells.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from atz_desktop.domain.characters import escape_surrogates
from atz_desktop.domain.runs import Run, RunRow, RunVerdict
from atz_desktop.domain.values import to_utc_text

if TYPE_CHECKING:
    import sqlite3

    from atz_desktop.store.database import Database

TO_DO, SENDING, DONE = "TO_DO", "SENDING", "DONE"


LONGEST_TRY = 600.0
"""Seconds for which a row may be under way, with all that is repeated and looked up."""


class NewRun(NamedTuple):
    """A run to begin; see the migration "work lists"."""

    account: str
    title: str
    list_id: int | None = None
    reason: str | None = None
    bulk: str | None = None
    undoes: int | None = None


class NewRunRow(NamedTuple):
    """A row to freeze: the change as `draft` (JSON of serialize.Draft), or what it `undoes`."""

    activity_id: int
    title: str
    base_key: str
    draft: str | None = None
    undoes: str | None = None
    fields: frozenset[str] | None = None
    verdict: RunVerdict | None = None
    """That of a row that has nothing to do from the beginning; `detail` says why."""
    detail: str = ""


class StoredRunRow(NamedTuple):
    """One row as stored; `outcome` and `entry_id` are those of its newest save. `draft` is None
    where another row is undone, and where it was not read.
    """

    position: int
    activity_id: int
    title: str
    base_key: str
    draft: str | None
    undoes: str | None
    fields: frozenset[str] | None
    state: str
    stored_verdict: RunVerdict | None
    detail: str
    changed_at: str
    entry_id: int | None
    outcome: str | None

    @property
    def verdict(self) -> RunVerdict | None:
        """What it ended with; None: it has not."""
        if self.state != DONE:
            return RunVerdict.NOT_CONFIRMED if self.outcome == "UNKNOWN" else None
        return self.stored_verdict or _VERDICTS.get(self.outcome or "", RunVerdict.NOT_SENT)

    @property
    def shown(self) -> RunRow:
        """The row as the user sees it."""
        return RunRow(
            self.position, self.activity_id, self.title, self.verdict, self.detail, self.entry_id
        )


_VERDICTS = {
    "VERIFIED": RunVerdict.CHECKED,
    "DIFFERENT": RunVerdict.DIFFERENT,
    "REFUSED": RunVerdict.REFUSED,
    "NOT_SENT": RunVerdict.NOT_SENT,
    "PENDING": RunVerdict.NOT_CONFIRMED,
    "UNKNOWN": RunVerdict.NOT_CONFIRMED,
}

_RUNS = (
    "SELECT id, list_id, title, reason, bulk, undoes, started_at, ended_at,"
    " (SELECT count(*) FROM run_rows WHERE run_id = runs.id) FROM runs"
)
_ROWS = """
SELECT position, row.activity_id, row.title, row.base_key, {}, row.undoes, fields, state,
    verdict, detail, changed_at, save.id, save.outcome
FROM run_rows AS row LEFT JOIN journal AS save ON save.id = (
    SELECT max(id) FROM journal
    WHERE journal.base_key = row.base_key AND journal.account = row.account
)
WHERE run_id = ?
"""


class RunStore:
    """The runs of every account. Every method raises `StoreError`."""

    def __init__(
        self, database: Database, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._database = database
        self._now = now

    async def begin(self, new: NewRun, rows: Sequence[NewRunRow]) -> int:
        """Freeze the rows of a run, numbered from 1, in one transaction; the run's number.

        Raises the reason as `StoreError` if the database is in memory only.
        """
        self._database.require_disk()
        now = self._now_text()
        return await self._database.write(lambda c: _begin(c, new, rows, now))

    async def runs(self, account: str, *, unfinished: bool = False) -> list[Run]:
        """The runs of an account, the newest first; or those that are to go on."""
        where = " WHERE account = ?" + (" AND ended_at IS NULL" if unfinished else "")
        sql = f"{_RUNS}{where} ORDER BY id DESC"
        return await self._database.run(
            lambda c: [Run._make(row) for row in c.execute(sql, (account,))]
        )

    async def run(self, run_id: int) -> Run | None:
        """One run."""
        sql = f"{_RUNS} WHERE id = ?"
        row = await self._database.run(lambda c: c.execute(sql, (run_id,)).fetchone())
        return Run._make(row) if row else None

    async def rows(self, run_id: int, *, with_drafts: bool = False) -> list[StoredRunRow]:
        """The rows of a run in their order; their drafts may be long, and most want none."""
        sql = _rows_sql(with_drafts) + " ORDER BY position"
        return await self._database.run(
            lambda c: [_row(each) for each in c.execute(sql, (run_id,))]
        )

    async def row(self, run_id: int, position: int, *, with_draft: bool = False) -> StoredRunRow:
        """One row of a run."""
        sql = _rows_sql(with_draft) + " AND position = ?"
        return await self._database.run(
            lambda c: _row(c.execute(sql, (run_id, position)).fetchone())
        )

    async def last_tries(self, account: str, seconds: float) -> list[float]:
        """How many seconds ago each row of the last so many was tried; 0 for one that was not
        finished: it may have been under way until a moment ago.
        """
        now = self._now()
        since, sending_since = (
            to_utc_text(now - timedelta(seconds=each))
            for each in (seconds, max(seconds, LONGEST_TRY))
        )
        sql = (
            "SELECT changed_at, state FROM run_rows WHERE run_id IN"
            " (SELECT id FROM runs WHERE account = ?1 AND coalesce(ended_at, ?2) >= ?2)"
            " AND changed_at >= CASE state WHEN 'SENDING' THEN ?3 ELSE ?2 END"
        )
        values = (account, since, sending_since)
        rows = await self._database.run(lambda c: c.execute(sql, values).fetchall())
        return [
            0.0 if state == SENDING else _seconds_since(at, now)
            for at, state in rows
            if state != TO_DO
        ]

    async def last_starts(self, account: str, seconds: float) -> list[float]:
        """How many seconds ago each run of the last so many began."""
        now = self._now()
        since = to_utc_text(now - timedelta(seconds=seconds))
        sql = "SELECT started_at FROM runs WHERE account = ? AND started_at >= ?"
        rows = await self._database.run(lambda c: c.execute(sql, (account, since)).fetchall())
        return [_seconds_since(at, now) for (at,) in rows]

    async def set_state(
        self,
        run_id: int,
        position: int,
        state: str,
        verdict: RunVerdict | None = None,
        detail: str = "",
    ) -> None:
        """Write down where a row stands; `verdict` is what the journal does not tell of it."""
        await self._database.execute(
            "UPDATE run_rows SET state = ?, verdict = ?, detail = ?, changed_at = ?"
            " WHERE run_id = ? AND position = ?",
            (
                state,
                verdict.name if verdict else None,
                escape_surrogates(detail),
                self._now_text(),
                run_id,
                position,
            ),
        )

    async def end(self, run_id: int) -> None:
        """The run is over: what was not reached never will be, what went out is in the journal."""
        now = self._now_text()

        def write(connection: sqlite3.Connection) -> None:
            connection.execute(
                "UPDATE run_rows SET state = ?, verdict = ? WHERE run_id = ? AND state = ?",
                (DONE, RunVerdict.STOPPED.name, run_id, TO_DO),
            )
            connection.execute(
                "UPDATE run_rows SET state = ? WHERE run_id = ? AND state = ?",
                (DONE, run_id, SENDING),
            )
            connection.execute("UPDATE runs SET ended_at = ? WHERE id = ?", (now, run_id))

        await self._database.write(write)

    async def delete(self, run_id: int) -> None:
        """Forget a run; its saves stay in the journal."""
        await self._database.execute("DELETE FROM runs WHERE id = ?", (run_id,))

    def _now_text(self) -> str:
        return to_utc_text(self._now())


def _rows_sql(with_drafts: bool) -> str:
    return _ROWS.format("draft" if with_drafts else "NULL")


def _begin(connection: sqlite3.Connection, new: NewRun, rows: Iterable[NewRunRow], now: str) -> int:
    texts = [escape_surrogates(each) if isinstance(each, str) else each for each in new]
    (run_id,) = connection.execute(
        f"INSERT INTO runs ({', '.join(NewRun._fields)}, started_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id",
        (*texts, now),
    ).fetchone()
    connection.executemany(
        "INSERT INTO run_rows (run_id, account, position, activity_id, title, base_key, draft,"
        " undoes, fields, state, verdict, detail, changed_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            (run_id, new.account, position, *_stored(row), now)
            for position, row in enumerate(rows, 1)
        ),
    )
    return int(run_id)


def _stored(row: NewRunRow) -> tuple[object, ...]:
    return (
        row.activity_id,
        escape_surrogates(row.title),
        row.base_key,
        row.draft,
        row.undoes,
        None if row.fields is None else json.dumps(sorted(row.fields)),
        DONE if row.verdict else TO_DO,
        row.verdict.name if row.verdict else None,
        escape_surrogates(row.detail),
    )


def _seconds_since(text: str, now: datetime) -> float:
    try:
        return max(0.0, (now - datetime.fromisoformat(text)).total_seconds())
    except (TypeError, ValueError):  # the file was damaged
        return 0.0


def _row(found: tuple[Any, ...]) -> StoredRunRow:
    row = StoredRunRow._make(found)
    fields, state, verdict = found[6], found[7], found[8]
    return row._replace(
        # Damaged: it may have been sent, so it is looked up.
        state=state if state in {TO_DO, SENDING, DONE} else SENDING,
        fields=None if fields is None else _fields(fields),
        stored_verdict=RunVerdict[verdict] if verdict in RunVerdict.__members__ else None,
    )


def _fields(text: object) -> frozenset[str]:
    """None where the file was damaged: then nothing is put back."""
    try:
        found = json.loads(str(text))
    except ValueError:
        return frozenset()
    return frozenset(map(str, found)) if isinstance(found, list) else frozenset()


class RecipeStore:
    """Every method raises `StoreError`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def list(self, account: str) -> list[str]:
        """The bulk edits (JSON of bulk_serialize), by name."""
        sql = "SELECT bulk FROM recipes WHERE account = ? ORDER BY name COLLATE NOCASE"
        rows = await self._database.run(lambda c: c.execute(sql, (account,)).fetchall())
        return [bulk for (bulk,) in rows]

    async def save(self, account: str, name: str, bulk: str) -> None:
        """Keep a recipe; one of the same name gives way."""
        await self._database.execute(
            "INSERT INTO recipes (account, name, bulk) VALUES (?, ?, ?)"
            " ON CONFLICT DO UPDATE SET bulk = excluded.bulk",
            (account, escape_surrogates(name), escape_surrogates(bulk)),
        )

    async def delete(self, account: str, name: str) -> None:
        """Forget the recipe of that name."""
        await self._database.execute(
            "DELETE FROM recipes WHERE account = ? AND name = ?",
            (account, escape_surrogates(name)),
        )
