"""What was typed and not yet saved, on the disk for when the program ends without having saved."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from atz_desktop.store.text import escape_surrogates, to_utc_text

if TYPE_CHECKING:
    import sqlite3

    from atz_desktop.store.database import Database


class StoredDraft(NamedTuple):
    """A draft as kept. `draft` is JSON; `kept_at` is UTC; `in_use`: its window is still open."""

    activity_id: int
    owner: str
    draft: str
    kept_at: str
    in_use: bool


class Drafts:
    """One draft for each window and activity. Every method raises `StoreError`.

    `owner` is a window's name within its program. A draft belongs to its window as long as the
    window's program lives and has not said `leave`: two windows, or two programs, on the same
    activity never see or overwrite each other's draft, except in `all`, which lists them.
    When the owner is gone, `get` hands the draft over, to one window only.
    """

    def __init__(
        self, database: Database, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._database = database
        self._now = now

    async def save(self, account: str, activity_id: int, draft: str, owner: str) -> None:
        """Store this window's draft of the activity, instead of its earlier one."""
        values = (
            account,
            activity_id,
            self._database.here,
            owner,
            escape_surrogates(draft),
            self._time(),
        )
        await self._database.execute(
            "INSERT OR REPLACE INTO drafts (account, activity_id, run, owner, draft, kept_at,"
            " number) SELECT ?, ?, ?, ?, ?, ?, coalesce(max(number), 0) + 1 FROM drafts",
            values,
        )

    async def delete(self, account: str, activity_id: int, owner: str) -> None:
        """Forget this window's draft (it was saved or discarded); those of others stay."""
        sql = "DELETE FROM drafts WHERE account = ? AND activity_id = ? AND run = ? AND owner = ?"
        await self._database.execute(sql, (account, activity_id, self._database.here, owner))

    async def get(self, account: str, activity_id: int, owner: str) -> StoredDraft | None:
        """This window's draft, else the newest one whose window is gone, which is then this one's.

        Handing over moves the draft, so that two windows that ask at once cannot both have it,
        and `drop` after the save leaves nothing that would come back.
        """
        return await self._database.write(lambda c: self._take(c, account, activity_id, owner))

    async def all(self, account: str) -> list[StoredDraft]:
        """Every draft of the account, the newest first."""
        return await self._database.run(lambda c: [self._stored(row) for row in _find(c, account)])

    async def leave(self, owner: str) -> None:
        """The window is closed: its drafts may go to the next window that opens the activity."""
        # Under the name of a run that never lives; not one for all, as the next window may have
        # the same name and leave the same activity.
        gone = f"left-{secrets.token_hex(8)}"
        sql = "UPDATE drafts SET run = ? WHERE run = ? AND owner = ?"
        await self._database.execute(sql, (gone, self._database.here, owner))

    def _take(
        self, connection: sqlite3.Connection, account: str, activity_id: int, owner: str
    ) -> StoredDraft | None:
        mine = (self._database.here, owner)
        rows = _find(connection, account, activity_id)
        found = next((row for row in rows if row.key == mine), None)
        if found is None:
            found = next((row for row in rows if not self._in_use(row)), None)
            if found is None:
                return None
            connection.execute(
                "UPDATE drafts SET run = ?, owner = ?"
                " WHERE account = ? AND activity_id = ? AND run = ? AND owner = ?",
                (*mine, account, activity_id, *found.key),
            )
        return StoredDraft(activity_id, owner, found.draft, found.kept_at, in_use=True)

    def _stored(self, row: _Found) -> StoredDraft:
        return StoredDraft(
            row.activity_id, row.owner, row.draft, row.kept_at, in_use=self._in_use(row)
        )

    def _in_use(self, row: _Found) -> bool:
        return self._database.is_running(row.run)

    def _time(self) -> str:
        return to_utc_text(self._now().isoformat())


class _Found(NamedTuple):
    activity_id: int
    run: str
    owner: str
    draft: str
    kept_at: str

    @property
    def key(self) -> tuple[str, str]:
        return self.run, self.owner


def _find(
    connection: sqlite3.Connection, account: str, activity_id: int | None = None
) -> list[_Found]:
    rows = connection.execute(
        "SELECT activity_id, run, owner, draft, kept_at FROM drafts"
        " WHERE account = ? AND (?2 IS NULL OR activity_id = ?2) ORDER BY number DESC",
        (account, activity_id),
    )
    return [_Found._make(row) for row in rows]
