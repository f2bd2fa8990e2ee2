from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from atz_desktop.domain.activity import Activity
from atz_desktop.domain.bulk_edit import BulkEdit
from atz_desktop.domain.bulk_recipes import dump_bulk
from atz_desktop.domain.bulk_rules import Prefix
from atz_desktop.domain.edit import Edit
from atz_desktop.domain.runs import RunVerdict
from atz_desktop.domain.serialize import Draft, dump_draft, dump_values
from atz_desktop.domain.work_list import NewRow
from atz_desktop.session.backups import BackupKind, Backups
from atz_desktop.session.jobs import Jobs
from atz_desktop.session.notices import Level, Notice
from atz_desktop.store.backups import back_up, list_backups
from atz_desktop.store.database import Database
from atz_desktop.store.drafts import Drafts
from atz_desktop.store.journal import Journal, NewEntry
from atz_desktop.store.runs import NewRun, NewRunRow, RecipeStore, RunStore
from atz_desktop.store.work_lists import WorkListStore

ME = "https://api.atzcrm.com Me"


class Desk:
    """A live database, its backups, and what the user is told."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.jobs = Jobs()
        self.backups = Backups(self.jobs, database.path, lambda: self.database, {ME: "Berlin"})
        self.told: list[Notice] = []
        self.backups.notified.connect(self._hear)

    def _hear(self, notice: Notice | None) -> None:
        if notice is not None:
            self.told.append(notice)

    async def look(self) -> None:
        self.backups.refresh()
        await self.jobs.wait("list backups")
        self.backups.open(self.backups.backups[0])
        await self.jobs.wait("open backup")

    async def restore(self) -> None:
        self.backups.restore([item for item in self.backups.items if item.missing])
        await self.jobs.wait("restore backup")


@pytest_asyncio.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    database, _ = Database.open(tmp_path / "atz.sqlite3")
    edit = Edit(Activity.from_response({"id": 42, "title": "Interview"})).with_value(
        "location", "Room 9"
    )
    await Drafts(database).save(ME, 42, dump_draft(Draft(edit)))
    sent = dump_values({"title": "Second interview"})
    times = "2024-06-15T10:00:00Z"
    new = NewEntry(ME, 7, "First interview", "{}", sent, "{}", None, None, times)
    await Journal(database).begin(new)
    back_up(database.path)
    await Drafts(database).delete(ME, 42)
    made = Desk(database)
    yield made
    await made.jobs.drain()
    database.close()


async def test_a_copy_is_shown_in_plain_words(desk: Desk) -> None:
    await desk.look()
    draft, save = desk.backups.items
    shown = (draft.what, draft.account, draft.activity_id, draft.title, draft.changed)
    assert shown == ("Draft", "Berlin", 42, "Interview", "Location")
    shown = (save.what, save.account, save.activity_id, save.title, save.changed)
    assert shown == ("Not finished", "Berlin", 7, "First interview", "Title")
    assert (draft.missing, save.missing) == (True, False)


async def test_what_was_brought_back_is_here_then(desk: Desk) -> None:
    await desk.look()
    await desk.restore()
    assert [notice.title for notice in desk.told] == ["Brought back: 1 draft"]
    assert not any(item.missing for item in desk.backups.items)
    found = await Drafts(desk.database).get(ME, 42)
    assert found is not None
    await desk.restore()
    assert desk.told[-1].title == "Nothing was missing"


async def test_a_damaged_copy_is_told_and_shows_nothing(desk: Desk) -> None:
    await desk.look()
    list_backups(desk.database.path)[0].path.write_bytes(b"no database" * 1000)
    desk.backups.open(desk.backups.backups[0])
    await desk.jobs.wait("open backup")
    assert desk.told[-1].level is Level.PROBLEM
    assert not desk.backups.items


@pytest.mark.parametrize("text", ["no JSON", "{}", '{"of": "a newer version"}'])
async def test_a_draft_that_cannot_be_read_can_be_brought_back_all_the_same(
    desk: Desk, text: str
) -> None:
    await Drafts(desk.database).save(ME, 3, text)
    back_up(desk.database.path)
    await Drafts(desk.database).delete(ME, 3)
    await desk.look()
    (lost,) = (item for item in desk.backups.items if item.missing and item.activity_id == 3)
    assert (lost.title, lost.changed) == ("", "")
    await desk.restore()
    found = await Drafts(desk.database).get(ME, 3)
    assert found is not None
    assert found.draft == text


async def test_a_work_list_is_brought_back_under_its_name(desk: Desk) -> None:
    lists = WorkListStore(desk.database)
    number = await lists.create(ME, "Monday")
    await lists.add(number, [NewRow(42), NewRow(7)])
    back_up(desk.database.path)
    await lists.delete(number)
    await desk.look()
    (lost,) = (item for item in desk.backups.items if item.kind is BackupKind.WORK_LIST)
    shown = (lost.what, lost.account, lost.activity_id, lost.title, lost.changed)
    assert shown == ("Work list", "Berlin", None, "Monday", "2 activities")
    await desk.restore()
    assert desk.told[-1].title == "Brought back: 1 work list"
    assert [each.name for each in await lists.lists(ME)] == ["Monday"]


async def test_a_run_is_brought_back_with_its_rows(desk: Desk) -> None:
    runs = RunStore(desk.database)
    rows = [NewRunRow(number, "Call", f"key {number}", draft="{}") for number in (42, 7, 8)]
    number = await runs.begin(NewRun(ME, "Hand over"), rows)
    await runs.end(number)
    back_up(desk.database.path)
    await runs.delete(number)
    await desk.look()
    (lost,) = (item for item in desk.backups.items if item.kind is BackupKind.RUN)
    shown = (lost.what, lost.account, lost.activity_id, lost.title, lost.changed, lost.missing)
    assert shown == ("Run", "Berlin", None, "Hand over", "3 activities", True)
    await desk.restore()
    assert desk.told[-1].title == "Brought back: 1 run"
    [run] = await runs.runs(ME)
    assert [row.verdict for row in await runs.rows(run.id)] == [RunVerdict.STOPPED] * 3


@pytest.mark.parametrize(
    ("text", "changed"), [(dump_bulk(BulkEdit({"title": Prefix("a")})), "Title"), ("no JSON", "")]
)
async def test_a_recipe_is_brought_back_under_its_name(desk: Desk, text: str, changed: str) -> None:
    recipes = RecipeStore(desk.database)
    await recipes.save(ME, "Moved", text)
    back_up(desk.database.path)
    await recipes.delete(ME, "Moved")
    await desk.look()
    (lost,) = (item for item in desk.backups.items if item.kind is BackupKind.RECIPE)
    shown = (lost.what, lost.account, lost.activity_id, lost.title, lost.changed, lost.missing)
    assert shown == ("Recipe", "Berlin", None, "Moved", changed, True)
    assert lost.at.timestamp() == desk.backups.backups[0].at
    await desk.restore()
    assert desk.told[-1].title == "Brought back: 1 recipe"
    assert await recipes.list(ME) == [text]
