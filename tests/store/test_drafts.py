from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from atz_desktop.store.database import Database
from atz_desktop.store.drafts import Drafts, StoredDraft

if TYPE_CHECKING:
    from tests.store.conftest import OpenDatabase, StartProgram

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


def texts(drafts: list[StoredDraft]) -> list[str]:
    return [draft.draft for draft in drafts]


async def test_a_window_finds_its_own_latest_draft(drafts: Drafts) -> None:
    assert await drafts.get(ME, 42, "window 1") is None
    await drafts.save(ME, 42, "first", "window 1")
    await drafts.save(ME, 42, "second", "window 1")
    assert await drafts.get(ME, 42, "window 1") == StoredDraft(
        42, "window 1", "second", "2024-06-15T10:00:02.000Z", in_use=True
    )
    await drafts.delete(ME, 42, "window 1")
    assert await drafts.get(ME, 42, "window 1") is None


async def test_drafts_of_other_accounts_and_activities_are_apart(drafts: Drafts) -> None:
    await drafts.save(ME, 42, "mine", "window 1")
    await drafts.save("other", 42, "other account", "window 1")
    await drafts.save(ME, 43, "other activity", "window 1")
    await drafts.delete("other", 42, "window 1")
    await drafts.delete(ME, 43, "window 1")
    assert texts(await drafts.all(ME)) == ["mine"]


async def test_two_windows_on_one_activity_keep_both_drafts(drafts: Drafts) -> None:
    await drafts.save(ME, 42, "from 1", "window 1")
    await drafts.save(ME, 42, "from 2", "window 2")
    for owner, own in (("window 1", "from 1"), ("window 2", "from 2")):
        draft = await drafts.get(ME, 42, owner)
        assert draft
        assert draft.draft == own
    await drafts.delete(ME, 42, "window 1")
    assert texts(await drafts.all(ME)) == ["from 2"]


async def test_two_programs_whose_windows_are_called_alike_keep_both_drafts(
    open_database: OpenDatabase,
) -> None:
    one, other = Drafts(open_database()), Drafts(open_database())
    await one.save(ME, 42, "one", "window 1")
    await other.save(ME, 42, "other", "window 1")
    await one.delete(ME, 42, "window 1")
    assert await one.get(ME, 42, "window 1") is None
    (found,) = await one.all(ME)
    assert (found.draft, found.in_use) == ("other", True)


TYPING = """
import asyncio, sys
from pathlib import Path
from atz_desktop.store.database import Database
from atz_desktop.store.drafts import Drafts
async def main():
    drafts = Drafts(Database.open(Path(sys.argv[1])).database)
    await drafts.save(sys.argv[2], 42, sys.argv[3], "window 1")
    print("kept")
    input()
asyncio.run(main())
"""


async def test_a_killed_programs_draft_comes_back_and_to_one_window_only(
    start_program: StartProgram, open_database: OpenDatabase, path: Path
) -> None:
    program = start_program(TYPING, path, ME, "typed")
    assert program.line() == "kept"
    one, other = Drafts(open_database()), Drafts(open_database())
    assert await one.get(ME, 42, "window 1") is None, "its window is open"
    program.kill()
    (left,) = await one.all(ME)
    assert (left.draft, left.in_use) == ("typed", False)
    found = await asyncio.gather(one.get(ME, 42, "window 1"), other.get(ME, 42, "window 1"))
    assert [draft.draft for draft in found if draft] == ["typed"]


async def test_a_draft_that_was_taken_over_and_saved_does_not_come_back(path: Path) -> None:
    before, _ = Database.open(path)
    await Drafts(before).save(ME, 42, "typed", "window 1")
    before.close()
    after, _ = Database.open(path)
    drafts = Drafts(after)
    assert await drafts.get(ME, 42, "window 9")
    await drafts.delete(ME, 42, "window 9")
    assert await drafts.all(ME) == []
    after.close()


async def test_of_two_left_drafts_the_newest_comes_first_and_the_other_is_not_lost(
    path: Path,
) -> None:
    before, _ = Database.open(path)
    left = Drafts(before, Now())
    await left.save(ME, 42, "older", "window 1")
    await left.save(ME, 42, "newer", "window 2")
    before.close()
    after, _ = Database.open(path)
    drafts = Drafts(after)
    first = await drafts.get(ME, 42, "window 1")
    assert first
    assert first.draft == "newer"
    assert texts(await drafts.all(ME)) == ["newer", "older"]
    await drafts.delete(ME, 42, "window 1")
    second = await drafts.get(ME, 42, "window 1")
    assert second
    assert second.draft == "older"
    after.close()


async def test_the_newest_of_left_drafts_comes_first_though_the_clock_was_set_back(
    path: Path,
) -> None:
    before, _ = Database.open(path)
    days = iter([datetime(2031, 1, 1, tzinfo=UTC), datetime(2024, 1, 1, tzinfo=UTC)])
    left = Drafts(before, lambda: next(days))
    await left.save(ME, 42, "older", "window 1")
    await left.save(ME, 42, "newer", "window 2")
    before.close()
    after, _ = Database.open(path)
    found = await Drafts(after).get(ME, 42, "window 1")
    assert found
    assert found.draft == "newer"
    after.close()


async def test_a_closed_windows_draft_goes_to_the_next_window_of_the_same_program(
    drafts: Drafts,
) -> None:
    for number in range(2):
        await drafts.save(ME, 42, f"closed {number}", "window 1")
        await drafts.leave("window 1")
    draft = await drafts.get(ME, 42, "window 2")
    assert draft
    assert (draft.draft, draft.owner) == ("closed 1", "window 2")
    assert texts(await drafts.all(ME)) == ["closed 1", "closed 0"]


async def test_any_text_that_was_typed_comes_back(drafts: Drafts) -> None:
    value = {"title": "\x00 \ud83d \u2028 😀 ' \" \\"}
    await drafts.save(ME, 2**62, json.dumps(value, ensure_ascii=False), "window 1")
    draft = await drafts.get(ME, 2**62, "window 1")
    assert draft
    assert json.loads(draft.draft) == value
