"""Damage of every kind to the database: it never stops the start, and nothing is destroyed.

A disk that fails, a copy that was cut short, a synchronising program: each can leave any bytes.
"""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import sqlite3
from collections import Counter
from collections.abc import Callable
from contextlib import closing, suppress
from itertools import product
from pathlib import Path

import pytest

from atz_desktop.domain.bulk_edit import BulkEdit
from atz_desktop.domain.bulk_recipes import dump_bulk
from atz_desktop.domain.local_records import Name
from atz_desktop.domain.runs import RunVerdict
from atz_desktop.domain.serialize import load_draft
from atz_desktop.domain.work_list import NewRow, RowMark
from atz_desktop.session.bulk_edit import Recipes
from atz_desktop.session.journal_entries import entry_or_empty, parse_time
from atz_desktop.store.database import Database
from atz_desktop.store.drafts import Drafts, Recent
from atz_desktop.store.errors import Damaged, FileGone, StoreError
from atz_desktop.store.journal import Journal, NewEntry
from atz_desktop.store.names import NameStore
from atz_desktop.store.runs import DONE, SENDING, NewRun, NewRunRow, RecipeStore, RunStore
from atz_desktop.store.work_lists import WorkListStore
from tests.store.conftest import StartProgram, all_drafts

DAMAGES = 1500 if os.environ.get("CI") else 40
ACCOUNT = "https://api.example Müller"
AT = "2024-06-15T10:00:00Z"
VALUES = '{"title": "Überholt — 会議", "location": "Zürich"}'
DRAFT = (
    '{"body": {"id": 42, "title": "Call"}, "zone": "UTC", "base": {"title": "Call"},'
    ' "pending": {"title": "Überholt — 会議"}, "typed": {"candidates": "Jörg"}}'
)

Damage = Callable[[random.Random, bytearray], None]


def flip(chance: random.Random, content: bytearray) -> None:
    """Single bytes become others."""
    for _ in range(chance.choice((1, 4, 64))):
        content[chance.randrange(len(content))] = chance.randrange(256)


def blot(chance: random.Random, content: bytearray) -> None:
    """A piece is overwritten: with zeros, as a disk does, or with anything."""
    at, length = chance.randrange(len(content)), chance.choice((16, 512, 4096))
    piece = bytes(length) if chance.random() < 0.5 else chance.randbytes(length)
    content[at : at + length] = piece[: len(content) - at]


def cut(chance: random.Random, content: bytearray) -> None:
    """The end is missing."""
    del content[chance.randrange(len(content)) :]


def swap(chance: random.Random, content: bytearray) -> None:
    """Two pages stand in each other's place."""
    pages = len(content) // 4096
    one, other = (chance.randrange(pages) * 4096 for _ in range(2))
    page = content[one : one + 4096]
    content[one : one + 4096] = content[other : other + 4096]
    content[other : other + 4096] = page


def head(chance: random.Random, content: bytearray) -> None:
    """The tables' own definitions, at the start of the file, are hit."""
    for _ in range(chance.choice((1, 3, 20))):
        content[chance.randrange(4096)] = chance.randrange(256)


DAMAGE: tuple[Damage, ...] = (flip, blot, cut, swap, head)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a database as months of work leave it, small enough to be hit everywhere."""
    folder = tmp_path_factory.mktemp("whole")
    asyncio.run(_fill(folder / "atz.sqlite3"))
    return folder


async def _fill(path: Path) -> None:
    database, _ = Database.open(path)
    drafts, journal = Drafts(database), Journal(database)
    for number in range(1, 13):
        entry = NewEntry(ACCOUNT, number, "Überholt", VALUES, VALUES, VALUES, "Grund", None, AT)
        settled = await journal.begin(entry)
        if number % 3:
            await journal.settle(settled, "VERIFIED", VALUES, "{}", AT)
        await drafts.save(ACCOUNT, number, DRAFT)
        await Recent(database).mark_loaded(ACCOUNT, number, "Überholt", AT)
    names = [Name("user", str(n), f"Jörg Ünal {n}", f"j{n}@x.example") for n in range(30)]
    await NameStore(database).learn(ACCOUNT, names)
    await NameStore(database).set_note(ACCOUNT, "fetched", "3")
    await _fill_lists_and_runs(database)
    database.close()


async def _fill_lists_and_runs(database: Database) -> None:
    lists, runs = WorkListStore(database), RunStore(database)
    number = await lists.create(ACCOUNT, "Überholt")
    rows = [NewRow(n, "Überholt", "Notiz", {"location": "Zürich"}) for n in range(1, 13)]
    await lists.add(number, rows)
    await lists.mark(number, [2, 3], RowMark.SKIPPED)
    frozen = [NewRunRow(n, "Überholt", f"key {n}", DRAFT) for n in range(1, 8)]
    undone = [NewRunRow(n, "Überholt", "k", None, f"key {n}", frozenset({"title"})) for n in (8, 9)]
    run = await runs.begin(NewRun(ACCOUNT, "Überholt", number, "T-7", "{}"), [*frozen, *undone])
    await runs.set_state(run, 1, DONE, RunVerdict.CONFLICT, "Ort")
    await runs.set_state(run, 2, SENDING)
    await RecipeStore(database).save(ACCOUNT, "Zürich", dump_bulk(BulkEdit(name="Zürich")))


async def read_all(database: Database) -> None:
    """What the start, the first load, the history and the type-ahead read and write."""
    drafts, journal, directory = Drafts(database), Journal(database), NameStore(database)
    await Recent(database).list(ACCOUNT)
    await directory.activity_types(ACCOUNT)
    await directory.get_note(ACCOUNT, "fetched")
    for row in await journal.unsettled(ACCOUNT):
        entry_or_empty(row)
        parse_time(row.settled_at or row.at)
    for row in await journal.entries():
        entry_or_empty(row)
    for found in await all_drafts(database, ACCOUNT):
        with suppress(ValueError):
            load_draft(found)
    await drafts.save(ACCOUNT, 1, DRAFT)
    await directory.search(ACCOUNT, "user", "jor")
    await directory.by_keys(ACCOUNT, "user", ["3"])
    await directory.by_emails(ACCOUNT, "user", ["j3@x.example"])
    await directory.learn(ACCOUNT, [Name("user", "3", "Jörg Neu", None)])
    await _read_lists_and_runs(database)


async def _read_lists_and_runs(database: Database) -> None:
    lists, runs = WorkListStore(database), RunStore(database)
    for each in await lists.lists(ACCOUNT):
        await lists.rows(each.id)
    await lists.lists_with(ACCOUNT, [3])
    await lists.mark_everywhere(ACCOUNT, 4, None)
    await runs.last_tries(ACCOUNT, 3600.0)
    for run in await runs.runs(ACCOUNT):
        for row in await runs.rows(run.id):
            assert row.shown.activity_id
            await runs.set_state(run.id, row.position, row.state)
    await Recipes(ACCOUNT, RecipeStore(database)).list()
    await database.run(lambda c: c.execute("SELECT count(*) FROM names_found").fetchall())


async def use(file: Path) -> str:
    """Start on the file and use it; what came of it: "read" or "aside", and the error in use."""
    database, notice = Database.open(file)
    came = "aside" if notice else "read"
    try:
        await read_all(database)
    except StoreError as error:
        came += type(error).__name__
    finally:
        database.close()
    return came


@pytest.mark.timeout(900)  # their full number takes a minute
async def test_whatever_is_damaged_the_program_starts_and_nothing_is_destroyed(
    whole: Path, tmp_path: Path
) -> None:
    seed = random.randrange(10**9)
    came: Counter[str] = Counter()
    for number in range(DAMAGES):
        chance = random.Random(f"{seed} {number}")
        folder = tmp_path / str(number)
        shutil.copytree(whole, folder)
        file = folder / "atz.sqlite3"
        content = bytearray(file.read_bytes())
        chance.choice(DAMAGE)(chance, content)
        file.write_bytes(content)
        try:
            came[await started(file, bytes(content))] += 1
        except BaseException:
            print("seed", seed, "number", number)  # noqa: T201 - pytest shows it when this fails
            raise
        shutil.rmtree(folder)
    assert came["aside"] > DAMAGES // 4, came


async def test_a_damaged_index_that_names_a_row_without_its_number_is_set_aside(
    whole: Path, tmp_path: Path
) -> None:
    file = shutil.copytree(whole, tmp_path / "damaged") / "atz.sqlite3"
    # A byte that was found by chance: the number of a row is no longer the key of the table.
    content = file.read_bytes()
    key = b"id      INTEGER PRIMARY KEY,\n    account TEXT"
    assert content.count(key) == 1
    content = content.replace(key, key.replace(b"PRI", b"PR\x90"))
    file.write_bytes(content)
    assert await started(file, content) == "readDamaged"


async def started(file: Path, content: bytes) -> str:
    """The first start; after damage that only shows in use, the second or third puts it right."""
    came = await use(file)
    assert came in {"read", "aside", "readDamaged"}
    if came == "readDamaged" and await use(file) == "readDamaged":
        assert await use(file) == "aside"
    if kept := list(file.parent.glob("atz-*.sqlite3")):
        assert came == "readDamaged" or kept[0].read_bytes() == content
    return came


def spoil(file: Path, sql: str) -> None:
    """Change the file past every rule, as a bad sector would."""
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute(sql)


NO_UTF8 = "CAST(X'7B22E4' AS TEXT)"
RENAMED = "replace(sql, 'kept_at', 'kept_bt')"


@pytest.mark.parametrize(
    "sql",
    [
        pytest.param(
            f"UPDATE sqlite_schema SET sql = {NO_UTF8} WHERE name = 'journal'", id="no words"
        ),
        pytest.param(
            f"UPDATE sqlite_schema SET name = {NO_UTF8} WHERE name = 'recent'", id="no name"
        ),
        pytest.param(
            f"UPDATE sqlite_schema SET sql = {RENAMED} WHERE name = 'drafts'", id="another column"
        ),
        pytest.param("DELETE FROM sqlite_schema WHERE name = 'recent'", id="a table is missing"),
        pytest.param(
            "UPDATE sqlite_schema SET sql = sql || ' garbage' WHERE name = 'names_learned'",
            id="a trigger that is no SQL",
        ),
    ],
)
def test_damaged_definitions_of_the_tables_are_set_aside_at_the_start(
    sql: str, whole: Path, tmp_path: Path
) -> None:
    file = Path(shutil.copy(whole / "atz.sqlite3", tmp_path))
    spoil(file, sql)
    content = file.read_bytes()
    assert asyncio.run(use(file)) == "aside"
    (kept,) = tmp_path.glob("atz-damaged-*.sqlite3")
    assert kept.read_bytes() == content
    assert asyncio.run(use(file)) == "read"


@pytest.mark.parametrize(
    "sql",
    [
        f"UPDATE drafts SET draft = {NO_UTF8} WHERE activity_id = 3",
        "UPDATE journal SET title = CAST(title AS BLOB) WHERE id = 3",
        f"UPDATE name_notes SET note = {NO_UTF8}",
    ],
)
async def test_a_text_that_is_none_is_said_when_it_is_read_and_set_aside_at_the_next_start(
    sql: str, whole: Path, tmp_path: Path
) -> None:
    file = Path(shutil.copy(whole / "atz.sqlite3", tmp_path))
    spoil(file, sql)
    assert await use(file) == "readDamaged"
    assert await use(file) == "aside"
    assert await use(file) == "read"


async def test_a_damaged_index_of_names_is_made_anew_and_costs_neither_names_nor_drafts(
    whole: Path, tmp_path: Path
) -> None:
    file = Path(shutil.copy(whole / "atz.sqlite3", tmp_path))
    spoil(file, "UPDATE names_found_data SET block = X'00112233'")
    assert await use(file) == "readDamaged"
    database, notice = Database.open(file)
    assert notice is None
    assert len(await NameStore(database).search(ACCOUNT, "user", "jor")) == 20
    assert len(await all_drafts(database, ACCOUNT)) == 12
    database.close()


async def test_damage_is_told_without_the_value_that_it_hit(whole: Path, tmp_path: Path) -> None:
    file = Path(shutil.copy(whole / "atz.sqlite3", tmp_path))
    spoil(file, "UPDATE drafts SET draft = draft || CAST(X'E4' AS TEXT)")
    database, _ = Database.open(file)
    with pytest.raises(Damaged) as caught:
        await all_drafts(database, ACCOUNT)
    database.close()
    assert "Call" not in f"{caught.value} {caught.value.message}"


async def test_an_entry_whose_time_or_values_are_damaged_stands_in_no_others_way(
    whole: Path, tmp_path: Path
) -> None:
    file = Path(shutil.copy(whole / "atz.sqlite3", tmp_path))
    spoil(file, "UPDATE journal SET at = '2024-06-15T10:00:00.00;Z' WHERE id = 3")
    spoil(file, "UPDATE journal SET sent = '{\"title\": ' WHERE id = 6")
    database, _ = Database.open(file)
    rows = await Journal(database).entries()
    assert [entry_or_empty(row).id for row in rows] == list(range(12, 0, -1))
    assert entry_or_empty(rows[-3]).at.year == 1970
    database.close()


def test_what_an_unfinished_write_left_is_set_aside_with_its_file(tmp_path: Path) -> None:
    """SQLite would delete it beside a new file."""
    file, journal = tmp_path / "atz.sqlite3", tmp_path / "atz.sqlite3-journal"
    file.mkdir()
    journal.write_bytes(b"what the crash left")
    assert asyncio.run(use(file)) == "aside"
    (kept,) = tmp_path.glob("atz-foreign-*-journal")
    assert kept.read_bytes() == b"what the crash left"


@pytest.mark.parametrize("position", [18, 19], ids=["write version", "read version"])
async def test_an_unknown_version_in_the_header_is_damage_and_no_read_only_disk(
    position: int, whole: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "damaged"
    shutil.copytree(whole, folder)
    file = folder / "atz.sqlite3"
    content = bytearray(file.read_bytes())
    content[position] = ord("E")
    file.write_bytes(content)
    assert await started(file, bytes(content)) == "aside"


async def test_after_a_run_that_ended_in_order_damage_is_looked_for_when_nobody_waits(
    whole: Path, tmp_path: Path
) -> None:
    file = shutil.copytree(whole, tmp_path / "rotten") / "atz.sqlite3"
    rot(file)
    database, notice = Database.open(file)
    assert notice is None
    with pytest.raises(Damaged):
        await database.check()
    database.close()
    assert await use(file) == "aside"
    assert await use(file) == "read"


async def test_a_file_without_damage_passes_the_look_that_was_left_for_later(
    whole: Path, tmp_path: Path
) -> None:
    file = shutil.copytree(whole, tmp_path / "sound") / "atz.sqlite3"
    for _start in range(2):
        database, _ = Database.open(file)
        await database.check()
        database.close()
    assert await use(file) == "read"


async def test_a_file_that_is_gone_is_not_made_by_the_look_for_damage(
    whole: Path, tmp_path: Path
) -> None:
    folder = shutil.copytree(whole, tmp_path / "gone")
    database, _ = Database.open(folder / "atz.sqlite3")
    folder.rename(tmp_path / "elsewhere")
    folder.mkdir()
    with pytest.raises(FileGone):
        await database.check()
    assert list(folder.iterdir()) == []
    database.close()
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("how", ["killed", "changed", "marked by hand"])
async def test_after_any_other_run_damage_is_looked_for_at_the_start(
    how: str, whole: Path, tmp_path: Path
) -> None:
    file = shutil.copytree(whole, tmp_path / "rotten") / "atz.sqlite3"
    mark = file.with_name("atz.sqlite3.closed")
    rot(file)
    if how == "killed":
        mark.unlink()
    elif how == "changed":
        at = file.stat().st_mtime_ns + 1_000_000_000
        os.utime(file, ns=(at, at))
    else:
        mark.unlink()
        mark.touch()
    assert await use(file) == "aside"


def test_a_program_that_is_killed_does_not_say_that_it_ended_in_order(
    whole: Path, tmp_path: Path, start_program: StartProgram
) -> None:
    folder = shutil.copytree(whole, tmp_path / "killed")
    assert (folder / "atz.sqlite3.closed").exists()
    program = start_program(OPENS, folder / "atz.sqlite3")
    assert program.line() == "open"
    program.kill()
    assert not (folder / "atz.sqlite3.closed").exists()


OPENS = """
import sys
from pathlib import Path
from atz_desktop.store.database import Database
database, _ = Database.open(Path(sys.argv[1]))
print("open")
input()
"""


def rot(file: Path) -> None:
    """A page turns to zeros and its time stays, as on a bad disk."""
    at = file.stat().st_mtime_ns
    with closing(sqlite3.connect(file)) as connection:
        (page,) = connection.execute(
            "SELECT rootpage FROM sqlite_schema WHERE name = 'journal'"
        ).fetchone()
    with file.open("r+b") as opened:
        opened.seek((page - 1) * 4096)
        opened.write(bytes(4096))
    os.utime(file, ns=(at, at))


WORDS = ("'{\"a\": '", "'[1, 2'", "'[[1]]'", "'null'", "''", "9", "2.5", "'\"\\ud800\"'")
"""What a text or a number may have become that SQLite takes for one."""
WORDS_NOW = WORDS if os.environ.get("CI") else WORDS[:1]
COLUMNS = {
    "journal": "activity_id title before sent after outcome verdicts reason undoes at settled_at",
    "drafts": "draft number kept_at",
    "recent": "title loaded_at changed_at",
    "names": "name email seen_title seen_date scope words",
    "name_notes": "note",
    "work_lists": "name closed created_at",
    "work_list_rows": "title note cells mark marked_at since",
    "runs": "list_id title reason bulk undoes started_at ended_at",
    "run_rows": "title base_key draft undoes fields state verdict detail changed_at",
    "recipes": "name bulk",
}


@pytest.mark.parametrize("table", COLUMNS)
async def test_no_value_that_became_another_one_stops_the_reading(
    table: str, whole: Path, tmp_path: Path
) -> None:
    for number, (column, word) in enumerate(product(COLUMNS[table].split(), WORDS_NOW)):
        file = Path(shutil.copytree(whole, tmp_path / str(number))) / "atz.sqlite3"
        spoil(file, f"UPDATE OR IGNORE {table} SET {column} = {word}")
        assert await use(file) in {"read", "readDamaged"}, (column, word)


@pytest.mark.parametrize("fields", ["'[1, 2'", "'null'", "'[[1]]'", "9"])
async def test_of_an_undo_whose_fields_cannot_be_read_nothing_is_put_back(
    fields: str, whole: Path, tmp_path: Path
) -> None:
    file = Path(shutil.copy(whole / "atz.sqlite3", tmp_path))
    spoil(file, f"UPDATE run_rows SET fields = {fields} WHERE fields IS NOT NULL")
    database, _ = Database.open(file)
    runs = RunStore(database)
    [run] = await runs.runs(ACCOUNT)
    undone = [row for row in await runs.rows(run.id) if row.undoes]
    assert [row.fields and row.fields & {"title"} for row in undone] == [frozenset()] * 2
    database.close()
