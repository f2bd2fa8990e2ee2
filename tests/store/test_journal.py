from __future__ import annotations

import asyncio
import json
import sqlite3
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from atz_desktop.store.database import Database
from atz_desktop.store.errors import DiskFull, StoreBug
from atz_desktop.store.journal import Journal, JournalRow, NewEntry

if TYPE_CHECKING:
    from tests.store.conftest import OpenDatabase, StartProgram

ME = "https://api.atzcrm.com Me"
AT = "2024-06-15T10:00:00.000Z"
LATER = "2024-06-15T10:00:05.000Z"
NEW = NewEntry(
    account=ME,
    activity_id=42,
    title="Interview with Zoë",
    before='{"title": "Interview"}',
    sent='{"title": "Interview with Zoë"}',
    request='{"title":"Interview with Zoë"}',
    reason="TICKET-7",
    undoes=None,
    at=AT,
)


@pytest.fixture
def journal(database: Database) -> Journal:
    return Journal(database)


def ids(rows: list[JournalRow]) -> list[int]:
    return [row.id for row in rows]


async def entry_of(journal: Journal, number: int) -> JournalRow:
    """The entry of this number."""
    (found,) = await journal.entries(before_id=number + 1, limit=1)
    assert found.id == number
    return found


async def test_an_entry_comes_back_as_it_was_meant_and_settled(journal: Journal) -> None:
    number = await journal.begin(NEW)
    pending = await entry_of(journal, number)
    assert pending == JournalRow(number, *NEW, "PENDING", None, None, None)
    after, verdicts = '{"title": "Interview with Zo"}', '{"title": "DIFFERENT"}'
    assert await journal.settle(number, "DIFFERENT", after, verdicts, LATER)
    assert await entry_of(journal, number) == pending._replace(
        outcome="DIFFERENT", after=after, verdicts=verdicts, settled_at=LATER
    )


async def test_times_of_any_zone_are_kept_in_utc(journal: Journal) -> None:
    number = await journal.begin(NEW._replace(at="2024-06-15T12:00:00+02:00"))
    entry = await entry_of(journal, number)
    assert entry.at == AT
    with pytest.raises(ValueError, match="without a zone"):
        await journal.begin(NEW._replace(at="2024-06-15T12:00:00"))


async def test_what_is_settled_is_never_settled_again(journal: Journal) -> None:
    number = await journal.begin(NEW)
    assert await journal.settle(number, "VERIFIED", None, None, LATER)
    settled = await entry_of(journal, number)
    for outcome in ("VERIFIED", "DIFFERENT", "REFUSED", "NOT_SENT", "UNKNOWN"):
        assert not await journal.settle(number, outcome, "{}", "{}", LATER)
    assert await entry_of(journal, number) == settled


async def test_unknown_becomes_definite_and_only_that(journal: Journal) -> None:
    number = await journal.begin(NEW)
    assert await journal.settle(number, "UNKNOWN", None, None, AT)
    assert not await journal.settle(number, "UNKNOWN", None, None, LATER)
    assert await journal.settle(number, "NOT_SENT", None, None, LATER)
    entry = await entry_of(journal, number)
    assert (entry.outcome, entry.settled_at) == ("NOT_SENT", LATER)


async def test_what_a_read_showed_of_an_unknown_save_is_kept_once(journal: Journal) -> None:
    number = await journal.begin(NEW)
    await journal.settle(number, "UNKNOWN", None, None, AT)
    assert await journal.settle(number, "UNKNOWN", '{"title": "Seen"}', None, LATER)
    assert not await journal.settle(number, "UNKNOWN", '{"title": "Another"}', None, LATER)
    entry = await entry_of(journal, number)
    assert (entry.outcome, entry.after) == ("UNKNOWN", '{"title": "Seen"}')


async def test_only_the_known_words_are_outcomes(journal: Journal) -> None:
    number = await journal.begin(NEW)
    for word in ("PENDING", "SAVED", ""):
        with pytest.raises(ValueError, match="No outcome"):
            await journal.settle(number, word, None, None, LATER)
    assert not await journal.settle(number + 1, "VERIFIED", None, None, LATER)


async def test_of_two_windows_that_settle_at_once_one_is_told_that_it_was_late(
    journal: Journal,
) -> None:
    number = await journal.begin(NEW)
    done = await asyncio.gather(
        journal.settle(number, "VERIFIED", None, None, LATER),
        journal.settle(number, "DIFFERENT", None, None, LATER),
    )
    assert sorted(done) == [False, True]
    entry = await entry_of(journal, number)
    assert entry.outcome == ("VERIFIED" if done[0] else "DIFFERENT")


async def test_a_save_under_way_is_not_looked_up_and_one_that_is_unknown_is(
    journal: Journal,
) -> None:
    number = await journal.begin(NEW)
    assert await journal.unsettled(ME) == []
    await journal.settle(number, "UNKNOWN", None, None, AT)
    for _ in range(2):
        assert ids(await journal.unsettled(ME)) == [number]
    await journal.settle(number, "VERIFIED", None, None, LATER)
    assert await journal.unsettled(ME) == []


async def test_what_the_last_run_left_is_looked_up_until_it_is_known(path: Path) -> None:
    before, _ = Database.open(path)
    number = await Journal(before).begin(NEW)
    before.close()
    after, _ = Database.open(path)
    journal = Journal(after)
    own = await journal.begin(NEW)
    assert ids(await journal.unsettled(ME)) == [number]
    assert await journal.settle(number, "UNKNOWN", None, None, LATER)
    await journal.settle(own, "UNKNOWN", None, None, LATER)
    assert ids(await journal.unsettled(ME)) == [number, own]
    after.close()


async def test_accounts_do_not_look_up_each_others_saves(journal: Journal) -> None:
    number = await journal.begin(NEW)
    await journal.settle(number, "UNKNOWN", None, None, AT)
    assert await journal.unsettled("somebody else") == []
    assert ids(await journal.unsettled(ME)) == [number]


SAVING = """
import asyncio, sys
from pathlib import Path
from atz_desktop.store.database import Database
from atz_desktop.store.journal import Journal, NewEntry
async def main():
    journal = Journal(Database.open(Path(sys.argv[1])).database)
    print(await journal.begin(NewEntry(sys.argv[2], 42, "T", "{}", "{}", "{}", None, None,
        "2024-06-15T10:00:00Z")))
    input()
asyncio.run(main())
"""


async def test_a_save_that_a_kill_interrupts_is_found_by_the_next_program_at_once(
    start_program: StartProgram, open_database: OpenDatabase, path: Path
) -> None:
    program = start_program(SAVING, path, ME)
    number = int(program.line())
    program.kill()
    assert ids(await Journal(open_database()).unsettled(ME)) == [number]


async def test_without_a_disk_nothing_is_promised(path: Path) -> None:
    database = Database.in_memory(DiskFull(path))
    with pytest.raises(DiskFull):
        await Journal(database).begin(NEW)
    database.close()


async def test_an_undo_names_an_entry_that_exists(journal: Journal) -> None:
    number = await journal.begin(NEW)
    undo = await journal.begin(NEW._replace(undoes=number))
    entry = await entry_of(journal, undo)
    assert entry.undoes == number
    with pytest.raises(StoreBug):
        await journal.begin(NEW._replace(undoes=99))


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("", True),
        ("zoe", True),
        ("ZOË", True),
        ("interview zoë", True),
        ("zoë interview", True),
        ("ticket-7", True),
        ("42", True),
        ("munchen", True),
        ("%", False),
        ("_", False),
        ("'; --", False),
        ("location", False),
        ("zoe berlin", False),
        ("cafe", False),
    ],
)
async def test_history_is_searched_by_what_people_see(
    journal: Journal, search: str, found: bool
) -> None:
    values = json.dumps({"location": "München", "flag": True, "people": [{"id": 5}], "none": None})
    number = await journal.begin(NEW._replace(before=values))
    assert ids(await journal.entries(search=search)) == ([number] if found else [])


async def test_history_is_searched_by_what_the_server_stored(journal: Journal) -> None:
    number = await journal.begin(NEW)
    await journal.settle(number, "DIFFERENT", '{"location": "Café"}', None, LATER)
    assert ids(await journal.entries(search="cafe")) == [number]


async def test_history_is_filtered_and_read_page_by_page(journal: Journal) -> None:
    mine = [await journal.begin(NEW._replace(activity_id=number % 2)) for number in range(6)]
    await journal.begin(NEW._replace(account="somebody else"))
    await journal.settle(mine[0], "VERIFIED", None, None, LATER)
    assert ids(await journal.entries(account=ME, limit=4)) == mine[:1:-1]
    assert ids(await journal.entries(account=ME, limit=4, before_id=mine[2])) == mine[1::-1]
    assert ids(await journal.entries(account=ME, activity_id=1)) == mine[5::-2]
    assert ids(await journal.entries(outcome="VERIFIED")) == mine[:1]
    assert len(await journal.entries(limit=-1)) == 7


async def test_half_a_surrogate_pair_from_the_server_means_the_same_when_it_comes_back(
    journal: Journal,
) -> None:
    value = {"title": "broken \ud83d emoji"}
    values = json.dumps(value, ensure_ascii=False)
    number = await journal.begin(NEW._replace(title=value["title"], before=values))
    entry = await entry_of(journal, number)
    assert json.loads(entry.before) == value


async def test_looking_for_unsettled_entries_does_not_read_the_whole_history(
    journal: Journal, database: Database
) -> None:
    seen: list[str] = []

    def watch(connection: sqlite3.Connection, callback: object) -> None:
        connection.set_trace_callback(callback)  # type: ignore[arg-type]

    await database.run(lambda connection: watch(connection, seen.append))
    await journal.unsettled(ME)
    await database.run(lambda connection: watch(connection, None))
    selects = [statement for statement in seen if statement.startswith("SELECT")]
    assert selects
    for select in selects:
        assert "journal_unsettled" in await database.run(partial(plan_of, select))


def plan_of(select: str, connection: sqlite3.Connection) -> str:
    return str(connection.execute("EXPLAIN QUERY PLAN " + select).fetchall())
