"""The user's own recipes: bulk edits with a name, kept for each account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from atz_desktop.domain.characters import escape_surrogates

if TYPE_CHECKING:
    from atz_desktop.store.database import Database


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
