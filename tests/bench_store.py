"""A database as years of work leave it, for `./dev bench`."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from atz_desktop.store.database import Database
from atz_desktop.store.names import NameStore
from tests.bench_names import made_up_names

ACCOUNT = "bench"
SAVES = 10_000
AT_ONCE = 5_000
_VALUES = json.dumps({"title": "A meeting", "description": "What was agreed on. " * 20})
_ENTRY = """
    INSERT INTO journal (account, activity_id, title, before, sent, request, at, outcome, haystack)
    VALUES (?, ?, 'A meeting', ?, ?, ?, '2024-01-01T10:00:00Z', 'VERIFIED', 'a meeting')
"""


def fill_store(file: Path) -> None:
    """Make it, with 10,000 saves and 100,000 names: about 60 MB."""
    asyncio.run(_fill(file))


async def _fill(file: Path) -> None:
    database, _notice = Database.open(file)
    names = made_up_names()
    for start in range(0, len(names), AT_ONCE):
        await NameStore(database).learn_page(ACCOUNT, names[start : start + AT_ONCE])
    await add_saves(database, ACCOUNT)
    await asyncio.to_thread(database.close)


async def add_saves(database: Database, account: str) -> None:
    rows = [(account, number % 500, _VALUES, _VALUES, _VALUES) for number in range(SAVES)]
    await database.write(lambda connection: connection.executemany(_ENTRY, rows).close())
