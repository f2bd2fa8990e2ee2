from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from atz_desktop.domain.activity import Activity
from atz_desktop.domain.edit import Edit
from atz_desktop.domain.local_records import RecentActivity
from atz_desktop.domain.serialize import Draft, dump_draft
from atz_desktop.store.database import Database
from atz_desktop.store.drafts import Drafts, Recent, StoredDraft
from tests.store.conftest import all_drafts

if TYPE_CHECKING:
    from tests.store.conftest import StartProgram

ME = "https://api.atzcrm.com Me"


class Now:
    """The time of day; each look at it is a second later."""

    def __init__(self) -> None:
        self._time = datetime(2024, 6, 15, 10, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        self._time += timedelta(seconds=1)
        return self._time


@pytest.fixture
def drafts(database: Database) -> Drafts:
    return Drafts(database, Now())


async def test_the_latest_draft_of_an_activity_is_found(drafts: Drafts) -> None:
    assert await drafts.get(ME, 42) is None
    await drafts.save(ME, 42, "first")
    await drafts.save(ME, 42, "second")
    assert await drafts.get(ME, 42) == StoredDraft(42, "second", "2024-06-15T10:00:02.000Z")
    await drafts.delete(ME, 42)
    assert await drafts.get(ME, 42) is None


async def test_drafts_of_other_accounts_and_activities_are_apart(
    drafts: Drafts, database: Database
) -> None:
    await drafts.save(ME, 42, "mine")
    await drafts.save("other", 42, "other account")
    await drafts.save(ME, 43, "other activity")
    await drafts.delete("other", 42)
    await drafts.delete(ME, 43)
    assert await all_drafts(database, ME) == ["mine"]


TYPING = """
import asyncio, sys
from pathlib import Path
from atz_desktop.domain.activity import Activity
from atz_desktop.domain.edit import Edit
from atz_desktop.domain.local_records import RecentActivity
from atz_desktop.domain.serialize import Draft, dump_draft
from atz_desktop.store.database import Database
from atz_desktop.store.drafts import Drafts
async def main():
    drafts = Drafts(Database.open(Path(sys.argv[1])).database)
    await drafts.save(sys.argv[2], 42, sys.argv[3])
    print("kept")
    input()
asyncio.run(main())
"""


async def test_a_killed_programs_draft_comes_back(start_program: StartProgram, path: Path) -> None:
    program = start_program(TYPING, path, ME, "typed")
    assert program.line() == "kept"
    program.kill()
    database, notice = Database.open(path)
    assert notice is None
    found = await Drafts(database).get(ME, 42)
    assert found
    assert found.draft == "typed"
    database.close()


async def test_of_drafts_that_wait_the_newest_comes_first_and_none_is_lost(
    drafts: Drafts, database: Database
) -> None:
    for text in ("oldest", "older", "newest"):
        await drafts.save(ME, 42, text)
        await drafts.quarantine(ME, 42)
    assert await all_drafts(database, ME) == ["newest", "older", "oldest"]
    for text in ("newest", "older", "oldest"):
        found = await drafts.get(ME, 42)
        assert found
        assert found.draft == text
        await drafts.delete(ME, 42)
    assert await drafts.get(ME, 42) is None


async def test_what_is_typed_beside_a_draft_that_waits_takes_nothing_of_its_place(
    drafts: Drafts, database: Database
) -> None:
    await drafts.save(ME, 42, "could not be read")
    await drafts.quarantine(ME, 42)
    await drafts.save(ME, 42, "typed")
    await drafts.save(ME, 42, "typed on")
    found = await drafts.get(ME, 42)
    assert found
    assert found.draft == "typed on"
    assert await all_drafts(database, ME) == ["typed on", "could not be read"]


async def test_the_newest_comes_first_though_the_clock_was_set_back(database: Database) -> None:
    days = iter([datetime(2031, 1, 1, tzinfo=UTC), datetime(2024, 1, 1, tzinfo=UTC)])
    drafts = Drafts(database, lambda: next(days))
    for text in ("older", "newer"):
        await drafts.save(ME, 42, text)
        await drafts.quarantine(ME, 42)
    found = await drafts.get(ME, 42)
    assert found
    assert found.draft == "newer"


async def test_any_text_that_was_typed_comes_back(drafts: Drafts) -> None:
    value = {"title": "\x00 \ud83d \u2028 😀 ' \" \\"}
    await drafts.save(ME, 2**62, json.dumps(value, ensure_ascii=False))
    draft = await drafts.get(ME, 2**62)
    assert draft
    assert json.loads(draft.draft) == value


# The list of recent activities


@pytest.fixture
def recent(database: Database) -> Recent:
    return Recent(database)


def at(minute: int) -> str:
    return f"2024-06-15T10:{minute:02}:00.000Z"


async def test_what_was_last_loaded_or_changed_comes_first(recent: Recent) -> None:
    await recent.mark_loaded("me", 3, "Three", "2024-06-15T12:00:00+02:00")
    await recent.mark_loaded("me", 1, "One", at(1))
    await recent.mark_loaded("me", 2, "Two", at(2))
    await recent.mark_changed("me", 1, "One, changed", at(3))
    assert list(await recent.list("me")) == [
        RecentActivity(1, "One, changed", at(1), at(3)),
        RecentActivity(2, "Two", at(2), None),
        RecentActivity(3, "Three", at(0), None),
    ]
    assert [found.activity_id for found in await recent.list("me", 2)] == [1, 2]


async def test_what_is_loaded_after_the_clock_was_set_back_comes_first(recent: Recent) -> None:
    await recent.mark_loaded("other", 1, "Theirs", at(50))
    await recent.mark_loaded("me", 1, "One", at(1))
    await recent.mark_loaded("me", 2, "Two", at(45))
    await recent.mark_changed("me", 2, "Two", at(50))
    await recent.mark_loaded("me", 3, "Three", at(5))
    await recent.mark_loaded("me", 4, "Four", at(6))
    just_before = "2024-06-15T10:04:59.999Z"
    assert list(await recent.list("me")) == [
        RecentActivity(4, "Four", at(6), None),
        RecentActivity(3, "Three", at(5), None),
        RecentActivity(2, "Two", just_before, just_before),
        RecentActivity(1, "One", at(1), None),
    ]
    assert (await recent.list("other"))[0].loaded_at == at(50)


async def test_an_activity_is_listed_once_under_its_latest_title(recent: Recent) -> None:
    await recent.mark_loaded("me", 1, "Old", at(1))
    await recent.mark_loaded("me", 1, "Half a pair \ud83d", at(2))
    assert list(await recent.list("me")) == [RecentActivity(1, "Half a pair \\ud83d", at(2), None)]


async def test_what_waits_as_a_draft_comes_first_with_what_it_holds(
    database: Database, recent: Recent
) -> None:
    times = iter(datetime(2024, 6, 15, hour, tzinfo=UTC) for hour in (8, 9, 10))
    drafts = Drafts(database, lambda: next(times))
    body = {"id": 7, "title": "Seven"}
    edit = Edit(Activity.from_response(body, "UTC")).with_value("location", "Room 9")
    await recent.mark_loaded("me", 1, "One", at(1))
    await recent.mark_loaded("me", 2, "Two", at(2))
    await drafts.save("me", 7, dump_draft(Draft(edit, {"users": "An"})))
    await drafts.save("me", 1, dump_draft(Draft(edit)))
    await drafts.save("me", 2, "damaged")
    found = await recent.list("me")
    assert [(each.activity_id, each.title, each.unsaved) for each in found] == [
        (1, "One", ("Location",)),
        (7, "Seven", ("Location", "Users")),
        (2, "Two", ()),
    ]
    now = datetime(2024, 6, 15, 11, 5, tzinfo=UTC)
    assert found[0].unsaved_text(now) == "Location · 2 h ago"
    assert found[2].unsaved_text(now) == ""
    for damaged in ("no time", "2024-06-15T10:00:00"):
        assert found[0]._replace(kept_at=damaged).unsaved_text(now) == "Location"
    await drafts.delete("me", 1)
    assert [each.activity_id for each in await recent.list("me")] == [7, 2, 1]


async def test_of_several_drafts_of_one_activity_the_newest_says_what_waits(
    database: Database, recent: Recent
) -> None:
    drafts = Drafts(database)
    edit = Edit(Activity.from_response({"id": 7, "title": "Seven"}, "UTC"))
    await drafts.save("me", 7, dump_draft(Draft(edit.with_value("location", "Room 9"))))
    await drafts.save("me", 8, dump_draft(Draft(edit.with_value("location", "Room 9"))))
    await drafts.quarantine("me", 7)
    await drafts.save("me", 7, dump_draft(Draft(edit.with_value("title", "Later"))))
    found = await recent.list("me")
    assert [(each.activity_id, each.unsaved) for each in found] == [
        (7, ("Title",)),
        (8, ("Location",)),
    ]
    assert await recent.list("me", 1) == found[:1]
    await drafts.save("me", 7, "damaged")
    assert [each.activity_id for each in await recent.list("me")] == [8, 7]


async def test_accounts_have_lists_of_their_own(recent: Recent) -> None:
    await recent.mark_loaded("me", 1, "One", at(1))
    assert list(await recent.list("other")) == []
