"""Drafts: unsaved edits, kept on disk in case the program ends without saving.

And the list of recent activities, which begins with those that have one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from atz_desktop.domain.characters import escape_surrogates
from atz_desktop.domain.local_records import RecentActivity
from atz_desktop.domain.serialize import summarize_draft
from atz_desktop.domain.values import to_utc_text

if TYPE_CHECKING:
    import sqlite3

    from atz_desktop.store.database import Database


class StoredDraft(NamedTuple):
    """A draft as kept. `draft` is JSON; `kept_at` is UTC."""

    activity_id: int
    draft: str
    kept_at: str


class Drafts:
    """The draft of each activity's form. Every method raises `StoreError`.

    Others of the same activity may wait behind it (see the migration "one process"): the newest of
    them is given out when there is none of the form.
    """

    def __init__(
        self, database: Database, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._database = database
        self._now = now

    async def save(self, account: str, activity_id: int, draft: str) -> None:
        """Store the form's draft of the activity, instead of its earlier one."""
        await self._database.execute(
            "INSERT OR REPLACE INTO drafts (account, activity_id, waiting, draft, kept_at, number)"
            " SELECT ?, ?, 0, ?, ?, coalesce(max(number), 0) + 1 FROM drafts",
            (account, activity_id, escape_surrogates(draft), to_utc_text(self._now())),
        )

    async def delete(self, account: str, activity_id: int) -> None:
        """Forget the form's draft (it was saved or discarded); those that wait stay."""
        sql = "DELETE FROM drafts WHERE account = ? AND activity_id = ? AND waiting = 0"
        await self._database.execute(sql, (account, activity_id))

    async def delete_if(
        self, account: str, activity_id: int, is_needless: Callable[[str], bool]
    ) -> None:
        """Forget the form's draft if its JSON is found needless."""

        def write(connection: sqlite3.Connection) -> None:
            mine = (account, activity_id)
            where = "WHERE account = ? AND activity_id = ? AND waiting = 0"
            found = connection.execute(f"SELECT draft FROM drafts {where}", mine).fetchone()
            if found is not None and is_needless(found[0]):
                connection.execute(f"DELETE FROM drafts {where}", mine)

        await self._database.write(write)

    async def get(self, account: str, activity_id: int) -> StoredDraft | None:
        """The form's draft, else the newest one that waits, which is the form's from now on.

        So `delete` after the save leaves nothing that would come back.
        """
        return await self._database.write(lambda c: _take(c, account, activity_id))

    async def quarantine(self, account: str, activity_id: int) -> None:
        """Let the form's draft wait: it is of no use now, or was never read."""
        await self._database.execute(
            "UPDATE drafts SET waiting = (SELECT max(waiting) + 1 FROM drafts"
            " WHERE account = ?1 AND activity_id = ?2)"
            " WHERE account = ?1 AND activity_id = ?2 AND waiting = 0",
            (account, activity_id),
        )


def _take(connection: sqlite3.Connection, account: str, activity_id: int) -> StoredDraft | None:
    mine = (account, activity_id)
    found = connection.execute(
        "SELECT waiting, draft, kept_at FROM drafts WHERE account = ? AND activity_id = ?"
        " ORDER BY waiting = 0 DESC, number DESC, waiting DESC LIMIT 1",
        mine,
    ).fetchone()
    if found is None:
        return None
    waiting, draft, kept_at = found
    connection.execute(
        "UPDATE drafts SET waiting = 0 WHERE account = ? AND activity_id = ? AND waiting = ?",
        (*mine, waiting),
    )
    return StoredDraft(activity_id, draft, kept_at)


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
    return to_utc_text(datetime.fromisoformat(at) - timedelta(milliseconds=1))


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
