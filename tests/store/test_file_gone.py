"""The database's file is taken away while the program has it open."""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from atz_desktop.store.database import Database
from atz_desktop.store.drafts import Drafts
from atz_desktop.store.errors import FileGone
from atz_desktop.store.journal import UNKNOWN, Journal, JournalRow, NewEntry
from atz_desktop.store.paths import FileIdentity
from tests.store.conftest import all_drafts

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="Windows keeps an open file in its place"
)

ME = "https://api.atzcrm.com Me"
AT = "2024-06-15T10:00:00.000Z"


def save(title: str) -> NewEntry:
    return NewEntry(ME, 42, title, "{}", f'{{"title": "{title}"}}', "{}", None, None, AT, "reading")


def delete_the_folder(path: Path) -> None:
    shutil.rmtree(path.parent)


def rename_the_folder(path: Path) -> None:
    path.parent.rename(path.parent.with_name("renamed"))


def delete_the_file(path: Path) -> None:
    path.unlink()


def delete_the_log(path: Path) -> None:
    path.with_name(path.name + "-wal").unlink()


def delete_the_index_of_the_log(path: Path) -> None:
    path.with_name(path.name + "-shm").unlink()


def put_another_in_its_place(path: Path) -> None:
    delete_the_folder(path)
    other, _ = Database.open(path)
    other.close()


TAKEN = [
    delete_the_folder,
    rename_the_folder,
    delete_the_file,
    delete_the_log,
    delete_the_index_of_the_log,
]

taken_away = pytest.mark.parametrize(
    "take", [*TAKEN, put_another_in_its_place], ids=lambda take: take.__name__
)


@pytest.fixture
def opened(path: Path) -> Iterator[Database]:
    database, _ = Database.open(path)
    yield database
    database.close()


def titles(rows: list[JournalRow]) -> list[str]:
    return [row.title for row in rows]


async def saves_of_the_next_program(path: Path) -> list[JournalRow]:
    database, notice = Database.open(path)
    assert notice is None
    rows = await Journal(database).entries()
    database.close()
    return rows


@taken_away
async def test_nothing_is_promised_while_the_file_is_not_in_its_place(
    take: Callable[[Path], None], opened: Database, path: Path
) -> None:
    journal, drafts = Journal(opened), Drafts(opened)
    number = await journal.begin(save("before"))
    take(path)
    with pytest.raises(FileGone) as caught:
        await journal.begin(save("after"))
    assert str(path) in caught.value.message
    with pytest.raises(FileGone):
        await drafts.save(ME, 42, "typed")
    with pytest.raises(FileGone):
        await journal.settle(number, "VERIFIED", None, None, AT)
    assert titles(await journal.entries()) == ["before"], "it can still be read"


async def test_a_folder_that_is_put_back_is_written_to_again(opened: Database, path: Path) -> None:
    journal = Journal(opened)
    rename_the_folder(path)
    with pytest.raises(FileGone):
        await journal.begin(save("meanwhile"))
    path.parent.with_name("renamed").rename(path.parent)
    await journal.begin(save("after"))
    assert titles(await saves_of_the_next_program(path)) == ["after"]


@pytest.mark.parametrize("take", TAKEN, ids=lambda take: take.__name__)
async def test_a_file_that_is_made_anew_holds_all_that_the_lost_one_held(
    take: Callable[[Path], None], opened: Database, path: Path
) -> None:
    journal, drafts = Journal(opened), Drafts(opened)
    await drafts.save(ME, 42, "typed")
    first = await journal.begin(save("settled"))
    await journal.settle(first, "VERIFIED", None, None, AT)
    second = await journal.begin(save("under way"))
    take(path)
    assert (await opened.recreate_file()).copied
    assert await journal.settle(second, "VERIFIED", None, None, AT)
    await journal.begin(save("later"))
    beside, notice = Database.open(path)
    assert notice is None
    assert titles(await Journal(beside).entries()) == ["later", "under way", "settled"]
    assert await all_drafts(beside, ME) == ["typed"]
    beside.close()
    opened.close()
    assert [row.outcome for row in await saves_of_the_next_program(path)] == [
        "PENDING",
        "VERIFIED",
        "VERIFIED",
    ]
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


async def test_making_anew_what_is_in_its_place_changes_nothing(
    opened: Database, path: Path
) -> None:
    journal = Journal(opened)
    await journal.begin(save("before"))
    before = FileIdentity.of(path)
    await opened.recreate_file()
    assert before.is_there()
    await journal.begin(save("after"))
    opened.close()
    assert titles(await saves_of_the_next_program(path)) == ["after", "before"]


async def test_where_the_lost_file_cannot_be_read_the_open_saves_of_this_run_are_kept(
    opened: Database, path: Path
) -> None:
    journal = Journal(opened)
    first = await journal.begin(save("settled"))
    await journal.settle(first, "VERIFIED", None, None, AT)
    second = await journal.begin(save("unconfirmed"))
    await journal.settle(second, UNKNOWN, None, None, AT)
    third = await journal.begin(save("under way")._replace(undoes=first))
    pull_the_disk_out(path)
    await opened.run(lambda connection: connection.execute("PRAGMA shrink_memory").close())
    renewed = await opened.recreate_file()
    assert not renewed.copied
    rows = await journal.entries()
    assert [(row.title, row.outcome) for row in rows] == [
        ("under way", "PENDING"),
        ("unconfirmed", "UNKNOWN"),
    ]
    assert await journal.settle(third, "VERIFIED", None, None, AT)
    assert titles(await journal.unsettled(ME)) == ["unconfirmed"]
    assert titles(await journal.entries_from_base(ME, "reading")) == ["unconfirmed", "under way"]


def pull_the_disk_out(path: Path) -> None:
    """What is deleted can be read as long as it is open; what a lost disk held cannot."""
    files = [path, path.with_name(path.name + "-wal")]
    opened = [os.open(file, os.O_RDWR) for file in files]
    delete_the_folder(path)
    for file in opened:
        os.ftruncate(file, 0)
        os.close(file)


async def test_a_database_that_somebody_put_there_keeps_its_own_saves(
    opened: Database, path: Path
) -> None:
    journal = Journal(opened)
    ours = await journal.begin(save("ours"))
    delete_the_folder(path)
    other, _ = Database.open(path)
    theirs = await Journal(other).begin(save("theirs"))
    assert ours == theirs, "two files count alike"
    other.close()
    assert not (await opened.recreate_file()).copied
    assert titles(await journal.entries()) == ["ours", "theirs"]
    (claimed,) = await journal.unsettled(ME)
    assert claimed.title == "theirs"
    assert await journal.settle(claimed.id, "NOT_SENT", None, None, AT)
    assert await journal.settle(ours, "VERIFIED", None, None, AT)
    assert [row.outcome for row in await journal.entries()] == ["VERIFIED", "NOT_SENT"]
