"""Deletes all local data of one account."""

from __future__ import annotations

import asyncio
import sqlite3
from typing import TYPE_CHECKING

from atz_desktop.store.backups import delete_from_backups
from atz_desktop.store.migrations import ACCOUNT_TABLES

if TYPE_CHECKING:
    from atz_desktop.store.database import Database


async def delete_account(database: Database, account: str) -> None:
    """Delete all that is known of the account: drafts, history, names, work lists and the rest.

    Raises `StoreError`.

    The file is rewritten, so that nothing of them is left in its unused parts; the backups too.
    """

    def delete(connection: sqlite3.Connection) -> None:
        # An entry may undo another of the same account.
        connection.execute("UPDATE journal SET undoes = NULL WHERE account = ?", (account,))
        for table in ACCOUNT_TABLES:
            connection.execute(f"DELETE FROM {table} WHERE account = ?", (account,))

    def write_anew(connection: sqlite3.Connection) -> None:
        connection.execute("VACUUM")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    await database.write(delete)
    await database.run(write_anew)
    await asyncio.to_thread(delete_from_backups, database.path, account, ACCOUNT_TABLES)
