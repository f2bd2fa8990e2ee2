from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from importlib.resources import files
from pathlib import Path

import pytest

from atz_desktop.domain.local_records import Name
from atz_desktop.domain.runs import RunVerdict
from atz_desktop.domain.work_list import RowState, WorkListRow
from atz_desktop.store import migrations
from atz_desktop.store.database import Database
from atz_desktop.store.drafts import Drafts
from atz_desktop.store.errors import Busy
from atz_desktop.store.journal import Journal, NewEntry
from atz_desktop.store.migrations import APPLICATION_ID, newest
from atz_desktop.store.names import NameStore, _scope
from atz_desktop.store.runs import RunStore, StoredRunRow
from atz_desktop.store.work_lists import WorkListStore
from tests.store.conftest import older_program

ME = "https://api.atzcrm.com Me"
SAVE = (
    ME,
    42,
    "Call",
    "{}",
    '{"title": "Sent"}',
    "{}",
    "2024-06-15T10:00:00.000Z",
    "sent\n",
)
OLDER = "2024-06-15T09:00:00.000Z"
ONE_PROCESS = 5
WORK_LISTS = 7
PREFIXES = 8


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
        columns = "account, activity_id, title, before, sent, request, at"
        if version < ONE_PROCESS:
            # What somebody looked up when the program was killed, and drafts of two programs.
            connection.execute(
                f"INSERT INTO journal ({columns}, run, haystack, looked_by, looked_at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, 'gone', ?, 'gone, too', 1e9)",
                SAVE,
            )
            connection.executemany(
                "INSERT INTO drafts (account, activity_id, run, owner, draft, kept_at)"
                " VALUES (?, 42, ?, 'window', ?, ?)",
                [(ME, "a program", "older", OLDER), (ME, "another", "typed", SAVE[6])],
            )
            if version >= 4:
                connection.execute("UPDATE drafts SET number = 1 WHERE draft = 'older'")
                connection.execute("UPDATE drafts SET number = 2 WHERE draft = 'typed'")
        else:
            connection.execute(
                f"INSERT INTO journal ({columns}, haystack) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", SAVE
            )
            connection.executemany(
                "INSERT INTO drafts (account, activity_id, waiting, draft, kept_at, number)"
                " VALUES (?, 42, ?, ?, ?, ?)",
                [(ME, 1, "older", OLDER, 1), (ME, 0, "typed", SAVE[6], 2)],
            )
        if version >= WORK_LISTS:
            connection.execute(
                "INSERT INTO work_lists (id, account, name, created_at) VALUES (1, ?, 'Calls', ?)",
                (ME, OLDER),
            )
            connection.execute(
                "INSERT INTO work_list_rows (list_id, account, activity_id, position, title, note,"
                " cells, since, mark, marked_at) VALUES (1, ?, 43, 1, 'Call', 'soon',"
                " '{\"Who\": \"Ann\"}', 0, 'PARKED', 1)",
                (ME,),
            )
            connection.execute(
                "INSERT INTO runs (id, account, list_id, title, started_at)"
                " VALUES (1, ?, 1, 'Rooms', ?)",
                (ME, OLDER),
            )
            connection.execute(
                "INSERT INTO run_rows (run_id, account, position, activity_id, title, base_key,"
                " draft, undoes, fields, state, verdict, detail, changed_at) VALUES"
                " (1, ?, 1, 43, 'Call', 'key', '{}', 'other', '[\"location\"]', 'DONE', 'SKIPPED',"
                " 'said so', ?)",
                (ME, OLDER),
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
    assert [each.id for each in await Journal(opened).unsettled(ME)] == [row.id]
    drafts = Drafts(opened)
    for text in ("typed", "older"):
        draft = await drafts.get(ME, 42)
        assert draft
        assert draft.draft == text
        await drafts.delete(ME, 42)


async def test_a_file_of_every_earlier_version_takes_new_saves(opened: Database) -> None:
    journal = Journal(opened)
    (old,) = await journal.entries()
    new = await journal.begin(
        NewEntry(ME, 42, "Call", "{}", "{}", "{}", None, old.id, SAVE[6], "a reading")
    )
    assert [row.id for row in await journal.entries_from_base(ME, "a reading")] == [new]
    assert [row.id for row in await journal.unsettled(ME)] == [old.id]


async def test_a_new_file_has_the_tables_of_one_that_took_every_step(path: Path) -> None:
    write_version(path, 1)
    found = []
    for file in (path, path.with_name("new.sqlite3")):
        database, notice = Database.open(file)
        assert notice is None
        sql = "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY name"
        found.append(await database.run(lambda c, sql=sql: c.execute(sql).fetchall()))  # type: ignore[misc]
        database.close()
    assert found[0] == found[1]


@pytest.mark.parametrize("version", range(WORK_LISTS, newest() + 1))
async def test_lists_and_runs_of_every_earlier_version_are_as_they_were(
    path: Path, version: int
) -> None:
    write_version(path, version)
    database, _notice = Database.open(path)
    assert await WorkListStore(database).rows(1) == [
        WorkListRow(43, "Call", "soon", {"Who": "Ann"}, RowState.PARKED)
    ]
    assert await RunStore(database).rows(1, with_drafts=True) == [
        StoredRunRow(
            *(1, 43, "Call", "key", "{}", "other", frozenset({"location"}), "DONE"),
            *(RunVerdict.SKIPPED, "said so", OLDER, None, None),
        )
    ]
    await WorkListStore(database).delete(1)
    assert not await WorkListStore(database).rows(1)
    database.close()


@pytest.mark.parametrize("table", ["drafts", "journal", "run_rows", "work_list_rows"])
def test_a_table_of_long_texts_has_a_rowid_so_that_no_row_is_copied_to_compare_its_key(
    path: Path, table: str
) -> None:
    database, _notice = Database.open(path)
    database.close()
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute(f"SELECT max(rowid) FROM {table}").fetchone() == (None,)


async def test_names_that_an_earlier_version_learned_are_found_by_any_of_their_letters(
    path: Path,
) -> None:
    write_version(path, PREFIXES - 1)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(
            "INSERT INTO names (account, kind, key, name, scope, words)"
            " VALUES (?, 'contact', 'contact_1', 'Alexandra Ng', ?, 'alexandra ng')",
            (ME, _scope(ME, "contact")),
        )
    database, _notice = Database.open(path)
    names = NameStore(database)
    for length in range(1, len("alexandra") + 1):
        found = await names.search(ME, "contact", "alexandra"[:length])
        assert [each.key for each in found] == ["contact_1"]
    await names.learn(ME, [Name("contact", "contact_1", "Alexa Ng", None)])
    assert not await names.search(ME, "contact", "alexand")
    database.close()


def test_the_tables_are_not_changed_under_a_program_of_an_earlier_version(path: Path) -> None:
    write_version(path, ONE_PROCESS - 1)
    before = path.read_bytes()
    with older_program(path.parent):
        with pytest.raises(Busy) as caught:
            Database.open(path)
        assert "Close an older ATZ Desktop" in caught.value.message
        assert path.read_bytes() == before
    database, notice = Database.open(path)
    assert notice is None
    database.close()


def test_what_earlier_versions_kept_for_each_other_is_removed(path: Path) -> None:
    write_version(path, ONE_PROCESS - 1)
    theirs = ("running/0123456789abcdef.lock", "turns.sqlite3", "atz.sqlite3.opening")
    (path.parent / "running").mkdir()
    for name in theirs:
        (path.parent / name).touch()
    other = path.parent / "running" / "notes.lock"
    other.write_text("not theirs")
    database, _ = Database.open(path)
    database.close()
    assert not [name for name in theirs if (path.parent / name).exists()]
    assert other.read_text() == "not theirs"
