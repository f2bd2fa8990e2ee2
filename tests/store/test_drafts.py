from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from atz_desktop.store.database import Database
from atz_desktop.store.drafts import Drafts, StoredDraft
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
