from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from importlib.resources import files
from pathlib import Path

import pytest

from atz_desktop.store import migrations
from atz_desktop.store.database import Database
from atz_desktop.store.drafts import Drafts
from atz_desktop.store.journal import Journal, NewEntry
from atz_desktop.store.migrations import APPLICATION_ID, newest

ME = "https://api.atzcrm.com Me"
SAVE = (
    ME,
    42,
    "Call",
    "{}",
    '{"title": "Sent"}',
    "{}",
    "2024-06-15T10:00:00.000Z",
    "gone",
    "sent\n",
)


def write_version(path: Path, version: int) -> None:
    """A file as the first versions of the tables were made, with a save and a draft in it."""
    scripts = sorted(
        file.name for file in files(migrations).iterdir() if file.name.endswith(".sql")
    )
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as connection, connection:
        for name in scripts[:version]:
            connection.executescript((files(migrations) / name).read_text("utf-8"))
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {version}")
        connection.execute(
            "INSERT INTO journal (account, activity_id, title, before, sent, request, at, run,"
            " haystack) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            SAVE,
        )
        connection.execute(
            "INSERT INTO drafts (account, activity_id, run, owner, draft, kept_at)"
            " VALUES (?, 42, 'gone', 'window', 'typed', ?)",
            (ME, SAVE[6]),
        )


@pytest.fixture(params=range(1, newest() + 1))
def opened(request: pytest.FixtureRequest, path: Path) -> Iterator[Database]:
    write_version(path, request.param)
    database, notice = Database.open(path)
    assert notice is None
    yield database
    database.close()


async def test_a_file_of_every_earlier_version_opens_with_nothing_lost(opened: Database) -> None:
    (row,) = await Journal(opened).entries(account=ME, search="sent")
    assert (row.sent, row.outcome, row.base_key) == (SAVE[4], "PENDING", None)
    draft = await Drafts(opened).get(ME, 42, "window")
    assert draft
    assert draft.draft == "typed"


async def test_a_file_of_every_earlier_version_takes_new_saves(opened: Database) -> None:
    journal = Journal(opened)
    (old,) = await journal.entries()
    new = await journal.begin(
        NewEntry(ME, 42, "Call", "{}", "{}", "{}", None, old.id, SAVE[6], "a reading")
    )
    assert [row.id for row in await journal.entries_from_base(ME, "a reading")] == [new]
    assert [row.id for row in await journal.unsettled(ME)] == [old.id]
