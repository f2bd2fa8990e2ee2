"""Recently loaded and changed activities."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from atz_desktop.domain.characters import escape_surrogates
from atz_desktop.domain.local_records import RecentActivity
from atz_desktop.domain.serialize import summarize_draft
from atz_desktop.domain.values import to_utc_text

if TYPE_CHECKING:
    import sqlite3

    from atz_desktop.store.database import Database


_NO_LATER = (
    "UPDATE recent SET loaded_at = min(loaded_at, ?1), changed_at = min(changed_at, ?1)"
    " WHERE account = ?2 AND max(coalesce(loaded_at, ''), coalesce(changed_at, '')) > ?3"
)
"""What is now comes first, also when the clock was set back since the others."""


class Recent:
    """The list behind the "Activity ID" field. Every method raises `StoreError`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def mark_loaded(self, account: str, activity_id: int, title: str, at: str) -> None:
        """The activity was opened now, at that time (ISO 8601)."""
        await self._upsert("loaded_at", account, activity_id, title, at)

    async def mark_changed(self, account: str, activity_id: int, title: str, at: str) -> None:
        """A save of the activity was applied now, at that time (ISO 8601)."""
        await self._upsert("changed_at", account, activity_id, title, at)

    async def list(self, account: str, limit: int = 50) -> Sequence[RecentActivity]:
        """Those with a draft, the newest first; then those last loaded or changed."""
        return await self._database.run(lambda c: _read(c, account, limit))

    async def _upsert(
        self, column: str, account: str, activity_id: int, title: str, at: str
    ) -> None:
        sql = (
            f"INSERT INTO recent (account, activity_id, title, {column}) VALUES (?, ?, ?, ?)"
            f" ON CONFLICT DO UPDATE SET title = excluded.title, {column} = excluded.{column}"
        )
        values = (account, activity_id, escape_surrogates(title), to_utc_text(at))

        def write(connection: sqlite3.Connection) -> None:
            connection.execute(_NO_LATER, (_just_before(at), account, to_utc_text(at)))
            connection.execute(sql, values)

        await self._database.write(write)


def _just_before(at: str) -> str:
    return to_utc_text((datetime.fromisoformat(at) - timedelta(milliseconds=1)).isoformat())


def _read(connection: sqlite3.Connection, account: str, limit: int) -> list[RecentActivity]:
    rows = connection.execute(
        "SELECT activity_id, title, loaded_at, changed_at FROM recent WHERE account = ?"
        " ORDER BY max(coalesce(loaded_at, ''), coalesce(changed_at, '')) DESC",
        (account,),
    )
    seen = {row[0]: RecentActivity(*row) for row in rows}
    kept: dict[int, RecentActivity] = {}
    looked_at: set[int] = set()
    for activity_id, draft, kept_at in _drafts(connection, account):
        if len(kept) == limit:
            break
        if activity_id not in looked_at:  # of several of one activity the newest counts
            with suppress(ValueError):  # one that can't be read is set aside when it is loaded
                title, labels = summarize_draft(draft)
                looked_at.add(activity_id)
                known = seen.get(activity_id) or RecentActivity(activity_id, title, None, None)
                if labels:
                    kept[activity_id] = known._replace(unsaved=labels, kept_at=kept_at)
    rest = (each for number, each in seen.items() if number not in kept)
    return [*kept.values(), *rest][:limit]


def _drafts(connection: sqlite3.Connection, account: str) -> Iterator[tuple[int, str, str]]:
    """The drafts, the newest first; each is read when it is wanted, for it may be long."""
    sql = "SELECT rowid FROM drafts WHERE account = ? ORDER BY number DESC"
    for rowid in connection.execute(sql, (account,)).fetchall():
        found = "SELECT activity_id, draft, kept_at FROM drafts WHERE rowid = ?"
        yield connection.execute(found, rowid).fetchone()
