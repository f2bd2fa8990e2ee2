from __future__ import annotations

import pytest

from atz_desktop.domain.runs import RunCounts, RunVerdict
from atz_desktop.store.database import Database
from atz_desktop.store.errors import DiskFull
from atz_desktop.store.journal import Journal, NewEntry
from atz_desktop.store.runs import DONE, SENDING, TO_DO, NewRun, NewRunRow, RunStore
from atz_desktop.store.work_lists import WorkListStore
from tests.store.conftest import damage

ME = "https://api.atzcrm.com Me"
AT = "2024-06-15T10:00:00.000Z"


@pytest.fixture
def runs(database: Database) -> RunStore:
    return RunStore(database)


def frozen(count: int) -> list[NewRunRow]:
    return [NewRunRow(40 + n, f"Call {n}", f"key {n}", draft="{}") for n in range(1, count + 1)]


async def save(database: Database, base_key: str, outcome: str) -> int:
    journal = Journal(database)
    new = NewEntry(ME, 42, "Call", "{}", "{}", "{}", None, None, AT, base_key)
    entry = await journal.begin(new)
    if outcome != "PENDING":
        await journal.settle(entry, outcome, None, None, AT)
    return entry


async def test_a_run_comes_back_as_it_was_frozen(runs: RunStore) -> None:
    rows = [*frozen(2), NewRunRow(50, "Old", "k", None, "key 1", frozenset({"title"}))]
    number = await runs.begin(NewRun(ME, "Hand over \ud83d", None, "T-7", "{}"), rows)
    [run] = await runs.runs(ME, unfinished=True)
    assert (run.id, run.reason, run.size, run.ended_at) == (number, "T-7", 3, None)
    found = await runs.rows(number, with_drafts=True)
    assert [row.position for row in found] == [1, 2, 3]
    assert [row.draft for row in found] == ["{}", "{}", None]
    assert await runs.rows(number) == [row._replace(draft=None) for row in found]
    assert [row.state for row in found] == [TO_DO] * 3
    assert (found[2].undoes, found[2].fields) == ("key 1", frozenset({"title"}))
    assert await runs.row(number, 2, with_draft=True) == found[1]
    assert await runs.row(number, 2) == found[1]._replace(draft=None)
    assert await runs.runs("another account") == []


async def test_the_verdict_of_a_row_is_what_the_journal_tells_of_its_newest_save(
    runs: RunStore, database: Database
) -> None:
    number = await runs.begin(NewRun(ME, "Shift"), frozen(7))
    for position, outcome in enumerate(
        ("VERIFIED", "DIFFERENT", "REFUSED", "NOT_SENT", "UNKNOWN"), 1
    ):
        await save(database, f"key {position}", outcome)
        await runs.set_state(number, position, DONE)
    await save(database, "key 1", "VERIFIED")
    await save(database, "key 2", "VERIFIED")
    await save(database, "key 6", "NOT_SENT")  # written down, and then somebody had changed it
    await runs.set_state(number, 6, DONE, RunVerdict.CONFLICT, "Title")
    await runs.set_state(number, 7, SENDING)
    rows = await runs.rows(number)
    assert [row.verdict for row in rows] == [
        RunVerdict.CHECKED,
        RunVerdict.CHECKED,
        RunVerdict.REFUSED,
        RunVerdict.NOT_SENT,
        RunVerdict.NOT_CONFIRMED,
        RunVerdict.CONFLICT,
        None,
    ]
    assert rows[5].shown.detail == "Title"
    counts = RunCounts.of(row.shown for row in rows)
    assert (counts.total, counts.done) == (7, 5)
    assert counts.text == "2 checked, 1 refused, 1 not sent, 1 not confirmed, 1 conflict"


async def test_a_row_of_which_it_cannot_be_read_where_it_stands_is_looked_up(
    runs: RunStore, database: Database
) -> None:
    number = await runs.begin(NewRun(ME, "Shift"), frozen(1))
    await damage(database, "UPDATE run_rows SET state = 'TO_DP'")
    [row] = await runs.rows(number)
    assert (row.state, row.verdict) == (SENDING, None)


async def test_what_a_run_did_not_reach_is_said_so_and_the_run_is_over(
    runs: RunStore, database: Database
) -> None:
    number = await runs.begin(NewRun(ME, "Shift"), frozen(3))
    await save(database, "key 1", "VERIFIED")
    await runs.set_state(number, 1, DONE)
    await runs.end(number)
    verdicts = [row.verdict for row in await runs.rows(number)]
    assert verdicts == [RunVerdict.CHECKED, RunVerdict.STOPPED, RunVerdict.STOPPED]
    assert await runs.runs(ME, unfinished=True) == []
    run = await runs.run(number)
    assert run is not None
    assert run.ended_at is not None


async def test_a_run_outlives_its_list_and_the_run_that_it_undoes(
    runs: RunStore, database: Database
) -> None:
    lists = WorkListStore(database)
    list_id = await lists.create(ME, "Monday")
    first = await runs.begin(NewRun(ME, "Shift", list_id), frozen(1))
    second = await runs.begin(NewRun(ME, "Undo", list_id, undoes=first), frozen(1))
    await lists.delete(list_id)
    await runs.delete(first)
    [left] = await runs.runs(ME)
    assert (left.id, left.list_id, left.undoes) == (second, None, None)
    assert await runs.rows(first) == []


async def test_no_run_begins_where_nothing_can_be_kept(database: Database) -> None:
    memory = Database.in_memory(DiskFull(database.path))
    with pytest.raises(DiskFull):
        await RunStore(memory).begin(NewRun(ME, "Shift"), frozen(1))
    memory.close()
