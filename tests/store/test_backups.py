from __future__ import annotations

import sqlite3
import stat
import sys
import time
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from unittest.mock import ANY

import pytest

from atz_desktop.domain.bulk_edit import BulkEdit
from atz_desktop.domain.bulk_recipes import dump_bulk, load_bulk
from atz_desktop.domain.bulk_rules import Clear, Prefix
from atz_desktop.domain.runs import RunVerdict
from atz_desktop.domain.work_list import NewRow, RowMark, RowState
from atz_desktop.store.backups import (
    KEPT,
    Content,
    NewerBackupError,
    UnreadableBackupError,
    back_up,
    back_up_daily,
    backup_folder,
    list_backups,
    read_backup,
)
from atz_desktop.store.database import Database
from atz_desktop.store.drafts import Drafts
from atz_desktop.store.errors import StoreError
from atz_desktop.store.journal import Journal, NewEntry
from atz_desktop.store.migrations import newest
from atz_desktop.store.restore_backup import Restored, missing_rows, restore
from atz_desktop.store.runs import DONE, NewRun, NewRunRow, RecipeStore, RunStore
from atz_desktop.store.work_lists import WorkListStore
from tests.store.conftest import OpenDatabase, all_drafts
from tests.store.test_migrations import write_version

ME, OTHER = "https://api.atzcrm.com Me", "https://api.atzcrm.com Other"
DAY = 24 * 3600.0
NOON = time.mktime((2024, 6, 15, 12, 0, 0, 0, 0, -1))


def entry(title: str, at: str = "2024-06-15T10:00:00Z", undoes: int | None = None) -> NewEntry:
    return NewEntry(ME, 42, title, "{}", f'{{"title": "{title}"}}', "{}", None, undoes, at)


async def save(
    database: Database, title: str, undoes: int | None = None, base_key: str | None = None
) -> int:
    journal = Journal(database)
    number = await journal.begin(entry(title, undoes=undoes)._replace(base_key=base_key))
    await journal.settle(number, "VERIFIED", "{}", "{}", "2024-06-15T10:00:01Z")
    return number


def titles(content: Content) -> list[object]:
    return [row["title"] for row in content.journal]


async def test_a_day_with_changes_is_copied_once(database: Database, path: Path) -> None:
    await save(database, "first")
    assert back_up_daily(path, NOON)
    await save(database, "second")
    assert not back_up_daily(path, NOON + 60)
    assert back_up_daily(path, NOON + DAY)
    assert titles(read_backup(list_backups(path)[0].path)) == ["second", "first"]
    assert titles(read_backup(list_backups(path)[1].path)) == ["first"]


async def test_a_day_without_a_change_adds_no_copy_and_is_not_looked_at_again(
    database: Database, path: Path
) -> None:
    await save(database, "first")
    back_up_daily(path, NOON)
    assert not back_up_daily(path, NOON + DAY)
    await save(database, "second")
    assert not back_up_daily(path, NOON + DAY + 60)
    assert len(list_backups(path)) == 1
    assert back_up_daily(path, NOON + 2 * DAY)


async def test_an_empty_database_is_not_copied(database: Database, path: Path) -> None:
    """After a damaged file was set aside, empty days must not push the full copies out."""
    assert not back_up_daily(path, NOON)
    await Drafts(database).save(ME, 42, "typed")
    assert back_up_daily(path, NOON)


async def test_the_newest_seven_copies_are_kept(database: Database, path: Path) -> None:
    for day in range(KEPT + 3):
        await save(database, f"day {day}")
        back_up_daily(path, NOON + day * DAY)
    kept = list_backups(path)
    assert len(kept) == KEPT == 7
    assert [each.at for each in kept] == [NOON + day * DAY for day in range(KEPT + 2, 2, -1)]


@pytest.mark.parametrize("seconds", [0, -3600], ids=["the same second", "a clock set back"])
async def test_the_copy_made_last_is_the_newest_whatever_the_clock_says(
    database: Database, path: Path, seconds: int
) -> None:
    for number in range(9):
        await save(database, f"save {number}")
        back_up(path, now=NOON + number * seconds)
    newest_first = [titles(read_backup(each.path))[0] for each in list_backups(path)]
    assert newest_first == [f"save {number}" for number in range(8, 1, -1)]


async def test_what_is_not_on_the_main_file_yet_is_in_the_copy(
    database: Database, path: Path
) -> None:
    """Fresh writes stand in SQLite's write-ahead log: copying the file alone would lose them."""
    await save(database, "just now")
    assert path.with_name(path.name + "-wal").stat().st_size > 0
    back_up(path)
    assert titles(read_backup(list_backups(path)[0].path)) == ["just now"]


async def test_a_copy_is_one_file_that_only_its_owner_reads(database: Database, path: Path) -> None:
    await save(database, "first")
    back_up(path, now=NOON)
    (backup,) = list_backups(path)
    read_backup(backup.path)
    in_wal_mode = backup.path.read_bytes()[18:20] == b"\2\2"  # sqlite.org/fileformat2.html, 1.3.3
    assert not in_wal_mode, "reading it would put two more files beside it"
    names = {file.name for file in backup_folder(path).iterdir()}
    assert names == {"atz-1-2024-06-15-120000.sqlite3"}
    if sys.platform != "win32":
        assert stat.S_IMODE(backup.path.stat().st_mode) == 0o600


async def test_a_copy_that_was_cut_off_does_not_count(database: Database, path: Path) -> None:
    await save(database, "first")
    backup_folder(path).mkdir()
    (backup_folder(path) / "unfinished").write_bytes(b"half a file")
    assert not list_backups(path)
    assert back_up(path)
    assert titles(read_backup(list_backups(path)[0].path)) == ["first"]


# Before a migration


def test_before_a_migration_the_old_tables_are_copied(path: Path) -> None:
    write_version(path, 1)
    database, notice = Database.open(path)
    database.close()
    assert notice is None
    (backup,) = list_backups(path)
    assert backup.before_update
    with closing(sqlite3.connect(backup.path)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (1,)
    assert [row["draft"] for row in read_backup(backup.path).drafts] == ["typed", "older"]


def test_nothing_is_copied_when_the_tables_are_of_this_version(
    open_database: OpenDatabase, path: Path
) -> None:
    open_database()
    open_database()
    assert not list_backups(path)


def test_without_a_copy_nothing_is_migrated(path: Path) -> None:
    write_version(path, 1)
    backup_folder(path).symlink_to(backup_folder(path))  # nobody can make or enter a folder there
    with pytest.raises(StoreError) as raised:
        Database.open(path)
    assert "backups" in str(raised.value)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (1,)


def test_who_lost_a_damaged_file_is_told_of_the_copies(path: Path) -> None:
    database, _ = Database.open(path)
    database.close()
    back_up(path)
    path.write_bytes(b"no database" * 1000)
    database, notice = Database.open(path)
    database.close()
    assert notice is not None
    assert "Safety copies" in notice


def test_without_copies_nobody_is_sent_to_them(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"no database" * 1000)
    database, notice = Database.open(path)
    database.close()
    assert notice is not None
    assert "Safety copies" not in notice


# Looking into one


def test_a_copy_that_is_gone_meanwhile_says_so_and_is_not_made(tmp_path: Path) -> None:
    file = tmp_path / "atz-1-2024-06-15-120000.sqlite3"
    with pytest.raises(StoreError):
        read_backup(file)
    assert not file.exists()


def test_a_damaged_copy_says_so(tmp_path: Path) -> None:
    file = tmp_path / "atz-1-2024-06-15-120000.sqlite3"
    file.write_bytes(b"no database" * 1000)
    with pytest.raises(UnreadableBackupError) as raised:
        read_backup(file)
    assert "Choose another copy" in raised.value.message


async def test_a_copy_of_a_newer_version_says_so(database: Database, path: Path) -> None:
    await save(database, "first")
    back_up(path)
    (backup,) = list_backups(path)
    with closing(sqlite3.connect(backup.path)) as connection:
        connection.execute(f"PRAGMA user_version = {newest() + 1}")
    with pytest.raises(NewerBackupError):
        read_backup(backup.path)


# Bringing back


async def test_what_was_lost_comes_back_and_what_is_there_stays(path: Path, tmp_path: Path) -> None:
    old, _ = Database.open(path)
    first = await save(old, "first")
    await save(old, "an undo of the first", undoes=first)
    await Drafts(old).save(ME, 42, "lost")
    await Drafts(old).save(ME, 7, "still here")
    back_up(path)
    old.close()
    content = read_backup(list_backups(path)[0].path)
    database, _ = Database.open(tmp_path / "new" / "atz.sqlite3")
    await save(database, "newer")
    await Drafts(database).save(ME, 7, "still here")

    lost = await missing_rows(database, content)
    assert [row["draft"] for row in lost.drafts] == ["lost"]
    assert await restore(database, content) == Restored(1, 2, 0, 0, 0)
    listed = await Journal(database).entries(account=ME)
    assert [row.title for row in listed] == ["newer", "an undo of the first", "first"]
    assert listed[1].undoes == listed[2].id
    found = await Drafts(database).get(ME, 42)
    assert found is not None
    assert found.draft == "lost"
    assert len(await all_drafts(database, ME)) == 2
    assert await restore(database, content) == Restored(0, 0, 0, 0, 0)
    database.close()


async def test_a_save_nobody_knows_the_end_of_is_looked_up_after_it_came_back(
    path: Path, tmp_path: Path
) -> None:
    old, _ = Database.open(path)
    await Journal(old).begin(entry("sent, no answer"))
    back_up(path)
    old.close()
    content = read_backup(list_backups(path)[0].path)
    database, _ = Database.open(tmp_path / "new" / "atz.sqlite3")
    await restore(database, content)
    assert [row.title for row in await Journal(database).unsettled(ME)] == ["sent, no answer"]
    database.close()


async def test_brought_back_entries_can_be_put_back_and_paged(path: Path, tmp_path: Path) -> None:
    old, _ = Database.open(path)
    for number in range(5):
        await save(old, f"save {number}")
    back_up(path)
    old.close()
    database, _ = Database.open(tmp_path / "new" / "atz.sqlite3")
    await restore(database, read_backup(list_backups(path)[0].path))
    journal = Journal(database)
    first = await journal.entries(limit=2)
    rest = await journal.entries(before_id=first[-1].id)
    assert [row.title for row in (*first, *rest)] == [f"save {n}" for n in range(4, -1, -1)]
    newer = await save(database, "after", undoes=rest[-1].id)
    assert newer > 0
    database.close()


# Forgetting


async def test_a_forgotten_account_is_forgotten_in_the_copies_too(
    database: Database, path: Path
) -> None:
    for account in (ME, OTHER):
        await Drafts(database).save(account, 42, f"draft of {account} Zebulon")
    await save(database, "Quetzalcoatl")
    back_up(path, now=NOON)
    await database.delete_account(ME)
    (backup,) = list_backups(path)
    assert [row["account"] for row in read_backup(backup.path).drafts] == [OTHER]
    assert b"Quetzalcoatl" not in backup.path.read_bytes()
    assert backup.path.stat().st_mtime == NOON


async def test_a_damaged_copy_goes_when_an_account_is_forgotten(
    database: Database, path: Path
) -> None:
    await save(database, "first")
    back_up(path)
    (backup,) = list_backups(path)
    backup.path.write_bytes(b"no database" * 1000)
    await database.delete_account(ME)
    assert not backup.path.exists()


async def test_a_work_list_comes_back_with_what_became_of_its_rows_since(
    database: Database, path: Path, tmp_path: Path
) -> None:
    def made_at() -> datetime:
        return datetime.fromisoformat("2024-06-15T09:59:00+00:00")

    lists = WorkListStore(database, made_at)
    number = await lists.create(ME, "Monday")
    await lists.add(number, [NewRow(42, "Call", "ask Zoë", {"Price": "5"}), NewRow(7), NewRow(8)])
    await lists.mark(number, [8], RowMark.PARKED)
    await save(database, "first")
    back_up(path)
    content = read_backup(list_backups(path)[0].path)
    fresh, _ = Database.open(tmp_path / "new" / "atz.sqlite3")
    await save(fresh, "newer")
    assert (await restore(fresh, content)).work_lists == 1
    [found] = await WorkListStore(fresh).lists(ME)
    rows = await WorkListStore(fresh).rows(found.id)
    assert (found.name, rows[0].note, rows[0].cells) == ("Monday", "ask Zoë", {"Price": "5"})
    assert [row.state for row in rows] == [RowState.CHECKED, RowState.TO_DO, RowState.PARKED]
    assert (await restore(fresh, content)).work_lists == 0
    fresh.close()


async def test_a_work_list_alone_is_worth_a_copy(database: Database, path: Path) -> None:
    assert not back_up_daily(path, NOON)
    lists = WorkListStore(database)
    await lists.add(await lists.create(ME, "Monday"), [NewRow(42)])
    assert back_up_daily(path, NOON)


async def test_runs_come_back_with_their_verdicts_and_what_they_undo(
    database: Database, path: Path, tmp_path: Path
) -> None:
    runs = RunStore(database)
    first = await runs.begin(NewRun(ME, "Shift", reason="T-7", bulk="{}"), frozen("a", "b"))
    await save(database, "first", base_key="a")
    await runs.set_state(first, 1, DONE)
    await runs.set_state(first, 2, DONE, RunVerdict.CONFLICT, "Title")
    await runs.end(first)
    undo = await runs.begin(NewRun(ME, "Undo: Shift", undoes=first), frozen("c"))
    back_up(path)
    content = read_backup(list_backups(path)[0].path)
    fresh, _ = Database.open(tmp_path / "new" / "atz.sqlite3")
    again = RunStore(fresh)
    await again.begin(NewRun(ME, "Newer"), frozen("d"))
    assert (await restore(fresh, content)).runs == 2
    newer, found_undo, found = await again.runs(ME)
    assert (newer.title, found_undo.title, found.title) == ("Newer", "Undo: Shift", "Shift")
    assert (found_undo.undoes, found_undo.ended_at) == (found.id, None)
    assert (found.reason, found.bulk, found.ended_at is not None) == ("T-7", "{}", True)
    rows, before = await again.rows(found.id), await runs.rows(first)
    assert [row.shown._replace(entry_id=None) for row in rows] == [
        row.shown._replace(entry_id=None) for row in before
    ]
    assert [row.verdict for row in rows] == [RunVerdict.CHECKED, RunVerdict.CONFLICT]
    assert await again.rows(found_undo.id, with_drafts=True) == [
        row._replace(changed_at=ANY) for row in await runs.rows(undo, with_drafts=True)
    ]
    assert (await restore(fresh, content)).runs == 0
    fresh.close()


async def test_a_run_alone_is_worth_a_copy(database: Database, path: Path) -> None:
    assert not back_up_daily(path, NOON)
    await RunStore(database).begin(NewRun(ME, "Shift"), frozen("a"))
    assert back_up_daily(path, NOON)


async def names_of(recipes: RecipeStore, account: str = ME) -> list[str]:
    return [load_bulk(text).name for text in await recipes.list(account)]


async def test_recipes_come_back_beside_others_of_the_same_name(
    database: Database, path: Path
) -> None:
    recipes = RecipeStore(database)
    moved = BulkEdit({"title": Prefix("[Moved] ")}, name="Moved")
    gone = BulkEdit({"location": Clear()}, name="No room")
    for account, bulk in ((ME, moved), (ME, gone), (OTHER, moved)):
        await recipes.save(account, bulk.name, dump_bulk(bulk))
    back_up(path)
    content = read_backup(list_backups(path)[0].path)
    await recipes.delete(ME, "No room")
    other = replace(moved, rules={"title": Prefix("[Later] ")})
    await recipes.save(ME, "Moved", dump_bulk(other))
    lost = await missing_rows(database, content)
    assert [(row["account"], row["name"]) for row in lost.recipes] == [
        (ME, "Moved"),
        (ME, "No room"),
    ]
    assert await restore(database, content) == Restored(0, 0, 0, 0, 2)
    assert [load_bulk(text) for text in await recipes.list(ME)] == [
        other,
        replace(moved, name="Moved (2)"),
        gone,
    ]
    assert await names_of(recipes, OTHER) == ["Moved"]
    assert (await restore(database, content)).recipes == 0, "they are here by now"


async def test_of_two_recipes_that_came_back_beside_a_third_each_has_its_own_name(
    database: Database, path: Path
) -> None:
    recipes = RecipeStore(database)
    for day, tag in enumerate(("first", "second", "third")):
        bulk = BulkEdit({"title": Prefix(tag)}, name="Tag")
        await recipes.save(ME, "Tag", dump_bulk(bulk))
        back_up(path, now=NOON + day * DAY)
    for backup in list_backups(path):
        await restore(database, read_backup(backup.path))
    assert await names_of(recipes) == ["Tag", "Tag (2)", "Tag (3)"]
    found = [load_bulk(text).rules["title"] for text in await recipes.list(ME)]
    assert found == [Prefix("third"), Prefix("second"), Prefix("first")]


async def test_a_recipe_that_this_version_cannot_read_comes_back_as_it_was(
    database: Database, path: Path
) -> None:
    recipes = RecipeStore(database)
    await recipes.save(ME, "odd", "no JSON")
    back_up(path)
    await recipes.delete(ME, "odd")
    content = read_backup(list_backups(path)[0].path)
    await recipes.save(ME, "odd", '{"of": "a newer version"}')
    await restore(database, content)
    assert sorted(await recipes.list(ME)) == ["no JSON", '{"of": "a newer version"}']


async def test_a_recipe_alone_is_worth_a_copy(database: Database, path: Path) -> None:
    assert not back_up_daily(path, NOON)
    await RecipeStore(database).save(ME, "Moved", "{}")
    assert back_up_daily(path, NOON)


def frozen(*keys: str) -> list[NewRunRow]:
    return [NewRunRow(42, "Call", key, draft='{"of": "a change"}') for key in keys]
