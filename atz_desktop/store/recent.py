"""Recently loaded and changed activities."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from atz_desktop.domain.local_records import RecentActivity
from atz_desktop.store.text import escape_surrogates, to_utc_text

if TYPE_CHECKING:
    from atz_desktop.store.database import Database


class Recent:
    """The list behind the "Activity ID" field. Every method raises `StoreError`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def mark_loaded(self, account: str, activity_id: int, title: str, at: str) -> None:
        """The activity was opened at that time (ISO 8601)."""
        await self._upsert("loaded_at", account, activity_id, title, at)

    async def mark_changed(self, account: str, activity_id: int, title: str, at: str) -> None:
        """A save of the activity was applied at that time (ISO 8601)."""
        await self._upsert("changed_at", account, activity_id, title, at)

    async def list(self, account: str, limit: int = 50) -> Sequence[RecentActivity]:
        """The activities last loaded or changed, the latest first."""
        sql = (
            "SELECT activity_id, title, loaded_at, changed_at FROM recent WHERE account = ?"
            " ORDER BY max(coalesce(loaded_at, ''), coalesce(changed_at, '')) DESC LIMIT ?"
        )
        return await self._database.run(
            lambda c: [RecentActivity._make(row) for row in c.execute(sql, (account, limit))]
        )

    async def _upsert(
        self, column: str, account: str, activity_id: int, title: str, at: str
    ) -> None:
        sql = (
            f"INSERT INTO recent (account, activity_id, title, {column}) VALUES (?, ?, ?, ?)"
            f" ON CONFLICT DO UPDATE SET title = excluded.title, {column} = excluded.{column}"
        )
        values = (account, activity_id, escape_surrogates(title), to_utc_text(at))
        await self._database.execute(sql, values)
