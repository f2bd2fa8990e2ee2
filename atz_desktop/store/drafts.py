"""Drafts: unsaved edits, kept on disk in case the program ends without saving."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from atz_desktop.domain.characters import escape_surrogates
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
            (account, activity_id, escape_surrogates(draft), to_utc_text(self._now().isoformat())),
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
