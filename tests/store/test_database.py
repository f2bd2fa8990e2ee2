from __future__ import annotations

import asyncio
import sqlite3
import stat
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from atz_desktop.store.database import Database
from atz_desktop.store.errors import Busy, Damaged, ReadOnly, StoreBug
from atz_desktop.store.migrations import newest
from tests.store.conftest import older_program

if TYPE_CHECKING:
    from tests.store.conftest import OpenDatabase, StartProgram

ADD = "INSERT INTO recent (account, activity_id, title) VALUES ('a', ?, ?)"


def ids(connection: sqlite3.Connection) -> list[int]:
    return [row[0] for row in connection.execute("SELECT activity_id FROM recent ORDER BY 1")]


def pragma(name: str) -> Callable[[sqlite3.Connection], object]:
    return lambda connection: connection.execute(f"PRAGMA {name}").fetchone()[0]


async def test_what_was_written_is_there_in_the_next_program(path: Path) -> None:
    first, _ = Database.open(path)
    await first.execute(ADD, (42, "Call"))
    first.close()
    second, notice = Database.open(path)
    assert await second.run(ids) == [42]
    assert notice is None
    second.close()


async def test_a_commit_is_flushed_to_the_disk_before_it_is_reported(database: Database) -> None:
    # https://sqlite.org/pragma.html#pragma_synchronous: WAL with NORMAL (1) may lose it; 2 is FULL.
    assert await database.run(pragma("synchronous")) == 2
    assert await database.run(pragma("fullfsync")) == 1
    assert await database.run(pragma("journal_mode")) == "wal"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such permissions")
async def test_other_users_cannot_read_what_the_database_holds(
    database: Database, path: Path
) -> None:
    await database.execute(ADD, (42, "Call"))
    for file in path.parent.glob(path.name + "*"):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


async def test_a_write_that_fails_half_way_leaves_nothing_of_itself(database: Database) -> None:
    def half(connection: sqlite3.Connection) -> None:
        connection.execute(ADD, (1, "one"))
        raise LookupError("the other half is missing")

    with pytest.raises(LookupError):
        await database.write(half)
    await database.execute(ADD, (2, "two"))
    assert await database.run(ids) == [2]


async def test_the_event_loop_goes_on_while_the_database_works(database: Database) -> None:
    asked = asyncio.get_running_loop()
    ticked = asyncio.Event()

    def wait_for_the_loop(connection: sqlite3.Connection) -> bool:
        asked.call_soon_threadsafe(ticked.set)
        return asyncio.run_coroutine_threadsafe(ticked.wait(), asked).result(timeout=10)

    assert await database.run(wait_for_the_loop)


async def test_a_mistake_of_ours_is_no_error_of_the_disk(database: Database) -> None:
    with pytest.raises(StoreBug):
        await database.execute("INSERT INTO nowhere VALUES (1)", ())
    with pytest.raises(StoreBug):
        await database.execute("INSERT INTO recent (account) VALUES (?)", (None,))
    with pytest.raises(StoreBug):
        await database.execute(ADD, (1,))


async def test_closing_finishes_what_was_begun_and_ends_all_use(path: Path) -> None:
    database, _ = Database.open(path)
    begun = asyncio.ensure_future(database.execute(ADD, (1, "one")))
    await asyncio.sleep(0)
    database.close()
    database.close()
    assert await begun == 1
    with pytest.raises(StoreBug):
        await database.run(ids)


async def test_two_programs_read_and_write_at_once_and_nothing_is_lost(
    open_database: OpenDatabase, start_program: StartProgram, path: Path
) -> None:
    here = open_database()
    there = start_program(COUNT_ON, path, ADD)
    assert there.line() == "ready"
    there.go_on()
    for _ in range(100):
        await here.write(count_on)
    assert there.line() == "done"
    assert await here.run(ids) == list(range(200))


def count_on(connection: sqlite3.Connection) -> None:
    connection.execute(ADD, (len(ids(connection)), "here"))


COUNT_ON = """
import asyncio, sys
from pathlib import Path
from atz_desktop.store.database import Database
database, _ = Database.open(Path(sys.argv[1]))
def count_on(connection):
    (count,) = connection.execute("SELECT count(*) FROM recent").fetchone()
    connection.execute(sys.argv[2], (count, "there"))
async def main():
    print("ready"); input()
    for _ in range(100):
        await database.write(count_on)
asyncio.run(main())
database.close()
print("done")
"""


async def fill(path: Path) -> None:
    database, _ = Database.open(path)
    rows = [(number, "x" * 200) for number in range(500)]
    await database.write(lambda connection: connection.executemany(ADD, rows).close())
    database.close()


# Each spoils the file and returns what it then holds.


def damage_the_header(path: Path) -> bytes:
    path.write_bytes(b"\0" * 100 + path.read_bytes()[100:])
    return path.read_bytes()


def damage_a_page(path: Path) -> bytes:
    content = bytearray(path.read_bytes())
    row = content.index(b"x" * 200, len(content) // 2)
    page = row // 4096 * 4096
    content[page : page + 4096] = b"\xff" * 4096
    path.write_bytes(content)
    return bytes(content)


def cut_in_half(path: Path) -> bytes:
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    return path.read_bytes()


def cut_all(path: Path) -> bytes:
    path.write_bytes(b"")
    return b""


def set_pragma(path: Path, setting: str) -> bytes:
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA {setting}")
    connection.close()
    return path.read_bytes()


def forget_the_version(path: Path) -> bytes:
    return set_pragma(path, "user_version = 0")


def come_from_the_future(path: Path) -> bytes:
    return set_pragma(path, f"user_version = {newest() + 1}")


def be_of_another_program(path: Path) -> bytes:
    return set_pragma(path, "application_id = 7")


@pytest.mark.parametrize(
    ("spoil", "why", "words"),
    [
        (damage_the_header, "damaged", "was damaged"),
        (damage_a_page, "damaged", "was damaged"),
        (cut_in_half, "damaged", "was damaged"),
        (cut_all, "damaged", "was damaged"),
        (forget_the_version, "damaged", "was damaged"),
        (come_from_the_future, "newer", "newer version"),
        (be_of_another_program, "foreign", "not written by ATZ Desktop"),
    ],
)
async def test_a_file_that_cannot_be_used_is_kept_aside_and_said(
    path: Path, spoil: Callable[[Path], bytes], why: str, words: str
) -> None:
    await fill(path)
    spoiled = spoil(path)
    database, notice = Database.open(path)
    await database.execute(ADD, (7, "new"))
    assert await database.run(ids) == [7]
    database.close()
    (aside,) = path.parent.glob("atz-*.sqlite3")
    assert aside.name.startswith(f"atz-{why}-")
    assert aside.read_bytes() == spoiled
    assert notice
    assert words in notice
    assert str(aside) in notice
    again, notice = Database.open(path)
    assert notice is None
    again.close()


async def test_a_write_ahead_log_without_its_file_is_kept_aside(path: Path) -> None:
    path.parent.mkdir()
    log = path.with_name(path.name + "-wal")
    log.write_bytes(b"what the crash left")
    database, notice = Database.open(path)
    database.close()
    (aside,) = path.parent.glob("atz-damaged-*-wal")
    assert aside.read_bytes() == b"what the crash left"
    assert notice


async def test_a_newer_file_that_an_older_program_uses_is_left_to_it(path: Path) -> None:
    await fill(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {newest() + 1}")
    with older_program(path.parent), pytest.raises(Busy) as caught:
        Database.open(path)
    assert "older" in caught.value.message
    assert not list(path.parent.glob("atz-*.sqlite3"))


async def test_damage_that_shows_while_the_program_runs_is_told_apart(path: Path) -> None:
    await fill(path)
    database, _ = Database.open(path)
    damage_a_page(path)
    await database.run(lambda connection: connection.execute("PRAGMA shrink_memory").close())
    with pytest.raises(Damaged) as caught:
        await database.run(lambda connection: connection.execute("SELECT * FROM recent").fetchall())
    assert "start it again" in caught.value.message
    database.close()


def forbid_writing(folder: Path, files: int | None) -> None:
    for file in folder.iterdir():
        file.chmod(0o777 if file.is_dir() else files or 0o444)
    folder.chmod(0o555)


READ_ONLY = """
import os, sys
from pathlib import Path
from atz_desktop.store.database import Database
from atz_desktop.store.errors import ReadOnly, StoreError
if os.geteuid() == 0:
    os.setuid(65534)  # to root, nothing is read-only
try:
    database, _ = Database.open(Path(sys.argv[1]))
except ReadOnly as error:
    print("read-only:", error.message)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows folders cannot be made read-only")
@pytest.mark.parametrize("files", [None, 0o444, 0o666])
async def test_a_read_only_disk_is_said(
    files: int | None, start_program: StartProgram, world_readable: Path
) -> None:
    path = world_readable / "atz.sqlite3"
    if files:
        await fill(path)
    forbid_writing(world_readable, files)
    said = start_program(READ_ONLY, path).line()
    assert said.startswith("read-only:")
    assert "writing is not allowed" in said


FULL_DISK = """
import asyncio, resource, sys
from pathlib import Path
from atz_desktop.store.database import Database
from atz_desktop.store.errors import DiskFull
def limit(size):
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
async def main():
    database, _ = Database.open(Path(sys.argv[1]))
    limit(400_000)
    stored = 0
    try:
        while True:
            await database.execute(sys.argv[2], (stored, "x" * 2000))
            stored += 1
    except DiskFull as error:
        print(error.message)
    limit(resource.RLIM_INFINITY)
    await database.execute(sys.argv[2], (stored, "after space was made"))
    print(stored + 1, flush=True)
    input()  # and then it is killed
asyncio.run(main())
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot limit the size of a file")
async def test_a_full_disk_is_said_and_costs_nothing_that_was_stored(
    start_program: StartProgram, path: Path
) -> None:
    program = start_program(FULL_DISK, path, ADD)
    assert "Free some space" in program.line()
    stored = int(program.line())
    program.kill()
    assert stored > 10
    database, notice = Database.open(path)
    assert notice is None
    assert await database.run(ids) == list(range(stored))
    database.close()


async def test_another_program_that_holds_the_file_too_long_is_said(
    database: Database, path: Path
) -> None:
    await database.run(lambda connection: connection.execute("PRAGMA busy_timeout = 1").close())
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Busy):
        await database.execute(ADD, (1, "one"))
    assert await database.run(ids) == []
    other.execute("COMMIT")
    await database.execute(ADD, (1, "one"))
    other.close()


async def test_without_a_disk_the_program_works_for_this_run(path: Path) -> None:
    why = ReadOnly(path)
    database = Database.in_memory(why)
    await database.execute(ADD, (1, "one"))
    assert await database.run(ids) == [1]
    with pytest.raises(ReadOnly):
        database.require_disk()
    database.close()


FIRST_START = """
import resource, sys
from pathlib import Path
from atz_desktop.store.database import Database
from atz_desktop.store.errors import DiskFull
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
try:
    Database.open(Path(sys.argv[1]))
except DiskFull:
    print("full")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot limit the size of a file")
@pytest.mark.parametrize("size", [100, 5_000, 20_000])
def test_a_first_start_on_a_full_disk_leaves_nothing_that_looks_damaged_later(
    size: int, start_program: StartProgram, path: Path
) -> None:
    assert start_program(FIRST_START, path, size).line() == "full"
    database, notice = Database.open(path)
    database.close()
    assert notice is None


LOG_CANNOT_BE_MADE = """
import os, sys
from pathlib import Path
from atz_desktop.store.errors import ReadOnly, map_sqlite_error
import sqlite3
if os.geteuid() == 0:
    os.setuid(65534)  # to root, nothing is read-only
try:
    sqlite3.connect(sys.argv[1]).execute("SELECT * FROM recent")
except sqlite3.Error as error:
    print(type(map_sqlite_error(error, Path(sys.argv[1]))).__name__)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows folders cannot be made read-only")
async def test_a_disk_on_which_no_log_can_be_made_is_read_only_and_not_missing(
    start_program: StartProgram, world_readable: Path
) -> None:
    path = world_readable / "atz.sqlite3"
    await fill(path)
    forbid_writing(world_readable, 0o666)
    assert start_program(LOG_CANNOT_BE_MADE, path).line() == "ReadOnly"
