from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from atz_desktop.domain.activity import Activity
from atz_desktop.domain.edit import Edit
from atz_desktop.domain.serialize import Draft, dump_draft, dump_values
from atz_desktop.domain.work_list import NewRow, RowMark, RowState, WorkListCounts
from atz_desktop.store.database import Database
from atz_desktop.store.drafts import Drafts
from atz_desktop.store.journal import Journal, NewEntry
from atz_desktop.store.work_lists import WorkListStore
from tests.store.conftest import damage

if TYPE_CHECKING:
    from tests.store.conftest import OpenDatabase, StartProgram

ME, OTHER = "https://api.atzcrm.com Me", "https://api.atzcrm.com Other"
AT = "2024-06-15T10:00:00.000Z"


class Desk:
    """The lists, the journal and the drafts of one file; `number` is the list of these tests."""

    def __init__(self, database: Database) -> None:
        self.lists = WorkListStore(database)
        self.journal = Journal(database)
        self.drafts = Drafts(database)
        self.number = 0

    async def begin(self, *activity_ids: int) -> None:
        self.number = await self.lists.create(ME, "Monday")
        await self.lists.add(self.number, [NewRow(each) for each in activity_ids])

    async def save(
        self,
        activity_id: int,
        outcome: str,
        *,
        account: str = ME,
        undoes: int | None = None,
        sent: Mapping[str, str] = {},
    ) -> int:
        wishes = dump_values(sent)
        new = NewEntry(account, activity_id, "Call", "{}", wishes, "{}", None, undoes, AT)
        entry = await self.journal.begin(new)
        if outcome != "PENDING":
            await self.journal.settle(entry, outcome, None, None, AT)
        return entry

    async def states(self) -> dict[int, RowState]:
        return {row.activity_id: row.state for row in await self.lists.rows(self.number)}

    async def state(self, activity_id: int) -> RowState:
        return (await self.states())[activity_id]


def draft_of(**wishes: str) -> str:
    edit = Edit(Activity.from_response({"id": 1}))
    for name, value in wishes.items():
        edit = edit.with_value(name, value)
    return dump_draft(Draft(edit))


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


async def test_rows_keep_their_order_and_what_is_there_twice_is_reported(desk: Desk) -> None:
    await desk.begin(7, 42)
    rows = [NewRow(3), NewRow(42), NewRow(3), NewRow(9, "Call", "ask Zoë", {"Price": "5 \ud83d"})]
    told = await desk.lists.add(desk.number, rows)
    assert told.added == (3, 9)
    assert told.doubles == (42, 3)
    found = await desk.lists.rows(desk.number)
    assert [row.activity_id for row in found] == [7, 42, 3, 9]
    some = await desk.lists.rows(desk.number, {9, 42, 1})
    assert some == [found[1], found[3]]
    assert (found[-1].title, found[-1].note) == ("Call", "ask Zoë")
    assert found[-1].cells["Price"].startswith("5 ")
    await desk.lists.remove(desk.number, [42])
    await desk.lists.add(desk.number, [NewRow(42)])
    assert [row.activity_id for row in await desk.lists.rows(desk.number)] == [7, 3, 9, 42]


KEEPS_LISTS = """
import asyncio, sys
from pathlib import Path
from atz_desktop.domain.work_list import NewRow, RowMark
from atz_desktop.store.database import Database
from atz_desktop.store.work_lists import WorkListStore

async def main():
    lists = WorkListStore(Database.open(Path(sys.argv[1]))[0])
    for number in range(3):
        made = await lists.create(sys.argv[2], f"List {number}")
        await lists.add(made, [NewRow(each, note=f"note {each}") for each in range(1, 41)])
        await lists.mark(made, [number + 1], RowMark.PARKED)
        print(made)
    await asyncio.sleep(60)

asyncio.run(main())
"""
"""Says each list that it has made; then it waits to be killed."""


async def test_what_a_killed_program_was_told_is_kept_of_a_list_is_there(
    path: Path, open_database: OpenDatabase, start_program: StartProgram
) -> None:
    for count in (1, 3):
        program = start_program(KEEPS_LISTS, path, ME)
        said = [int(program.line()) for _ in range(count)]
        program.kill()
        database = open_database()
        lists = WorkListStore(database)
        for number, made in enumerate(said):
            rows = await lists.rows(made)
            assert [row.activity_id for row in rows] == list(range(1, 41))
            assert rows[number].state is RowState.PARKED
            assert {row.note for row in rows} == {f"note {each}" for each in range(1, 41)}
        assert {each.id for each in await lists.lists(ME)} >= set(said)
        database.close()


async def test_a_list_is_there_after_a_restart(path: Path, open_database: OpenDatabase) -> None:
    first = open_database()
    desk = Desk(first)
    await desk.begin(7, 42)
    await desk.lists.rename(desk.number, "Tuesday")
    await desk.lists.mark(desk.number, [42], RowMark.PARKED)
    first.close()
    again = WorkListStore(open_database())
    [found] = await again.lists(ME)
    assert (found.name, found.size, found.closed) == ("Tuesday", 2, False)
    assert await again.lists(OTHER) == []
    assert [row.state for row in await again.rows(found.id)] == [RowState.TO_DO, RowState.PARKED]


async def test_what_became_of_a_row_is_what_the_journal_and_the_drafts_tell(desk: Desk) -> None:
    await desk.save(1, "VERIFIED")  # before the list was made
    await desk.begin(*range(1, 9))
    for activity_id, outcome in enumerate(("VERIFIED", "DIFFERENT", "REFUSED", "UNKNOWN"), 2):
        await desk.save(activity_id, outcome)
    await desk.save(6, "PENDING")
    await desk.save(7, "NOT_SENT")
    await desk.save(8, "VERIFIED", account=OTHER)
    assert list((await desk.states()).values()) == [
        RowState.TO_DO,
        RowState.CHECKED,
        RowState.DIFFERENT,
        RowState.REFUSED,
        RowState.NOT_CONFIRMED,
        RowState.NOT_CONFIRMED,
        RowState.TO_DO,
        RowState.TO_DO,
    ]


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        ("VERIFIED", RowState.CHECKED),
        ("DIFFERENT", RowState.DIFFERENT),
        ("REFUSED", RowState.REFUSED),
    ],
)
async def test_a_draft_is_a_change_as_far_as_it_holds_more_than_its_save_sent(
    desk: Desk, outcome: str, state: RowState
) -> None:
    await desk.begin(1)
    await desk.save(1, outcome, sent={"title": "Mine"})
    for draft in (draft_of(title="Later"), draft_of(title="Mine", location="Room 9"), "damaged"):
        await desk.drafts.save(ME, 1, draft)
        assert await desk.state(1) is RowState.CHANGED
    await desk.drafts.save(ME, 1, draft_of(title="Mine"))
    assert await desk.state(1) is state
    await desk.drafts.quarantine(ME, 1)
    await desk.drafts.save(ME, 1, draft_of(title="Mine"))
    assert await desk.state(1) is RowState.CHANGED, "another one waits behind it"


async def test_a_draft_beside_a_save_whose_fields_cannot_be_read_is_a_change(
    desk: Desk, database: Database
) -> None:
    await desk.begin(1)
    await desk.save(1, "DIFFERENT", sent={"title": "Mine"})
    await desk.drafts.save(ME, 1, draft_of(title="Mine"))
    await damage(database, "UPDATE journal SET sent = '{\"title\": '")
    assert await desk.state(1) is RowState.CHANGED


async def test_a_row_whose_mark_cannot_be_read_is_as_one_without(
    desk: Desk, database: Database
) -> None:
    await desk.begin(1, 2)
    await desk.save(2, "VERIFIED")
    await desk.lists.mark(desk.number, [1, 2], RowMark.PARKED)
    await damage(database, "UPDATE work_list_rows SET mark = 'PARKEE'")
    assert await desk.states() == {1: RowState.TO_DO, 2: RowState.CHECKED}


async def test_a_draft_is_no_change_while_its_save_is_under_way(desk: Desk) -> None:
    await desk.begin(1)
    await desk.save(1, "UNKNOWN")
    await desk.drafts.save(ME, 1, draft_of(title="Mine"))
    assert await desk.state(1) is RowState.NOT_CONFIRMED


async def test_a_save_that_came_to_nothing_leaves_the_one_before_it(desk: Desk) -> None:
    await desk.begin(1)
    await desk.save(1, "VERIFIED")
    await desk.save(1, "NOT_SENT")
    assert await desk.state(1) is RowState.CHECKED


async def test_what_was_put_back_is_to_be_done_again(desk: Desk) -> None:
    await desk.begin(1)
    entry = await desk.save(1, "VERIFIED")
    await desk.save(1, "VERIFIED", undoes=entry)
    assert await desk.state(1) is RowState.TO_DO


async def test_a_mark_counts_until_something_newer_is_known(desk: Desk) -> None:
    await desk.begin(1, 2)
    await desk.save(1, "VERIFIED")
    await desk.lists.mark(desk.number, [1, 2], RowMark.SKIPPED)
    assert set((await desk.states()).values()) == {RowState.SKIPPED}
    await desk.save(1, "VERIFIED")
    assert await desk.state(1) is RowState.CHECKED
    await desk.lists.mark(desk.number, [2], None)
    assert await desk.state(2) is RowState.TO_DO


async def test_what_atz_says_of_an_activity_stands_in_each_list_of_the_account(
    desk: Desk,
) -> None:
    await desk.begin(1, 2)
    other = await desk.lists.create(ME, "Tuesday")
    foreign = await desk.lists.create(OTHER, "Theirs")
    for number in (other, foreign):
        await desk.lists.add(number, [NewRow(1)])
    told = await desk.lists.mark_everywhere(ME, 1, RowMark.GONE)
    assert sorted(told) == [desk.number, other]
    assert [row.state for row in await desk.lists.rows(foreign)] == [RowState.TO_DO]
    assert await desk.lists.mark_everywhere(ME, 1, None, only=RowMark.CONFLICT) == []
    assert sorted(await desk.lists.mark_everywhere(ME, 1, None, only=RowMark.GONE)) == told
    assert await desk.lists.set_title(ME, 2, "Interview") == [desk.number]
    assert await desk.lists.set_title(ME, 2, "Interview") == []
    assert await desk.lists.lists_with(ME, [2, 3]) == [desk.number]


async def test_the_counts_say_what_is_done_and_what_is_left(desk: Desk) -> None:
    await desk.begin(*range(1, 5))
    await desk.save(1, "VERIFIED")
    await desk.save(2, "VERIFIED")
    await desk.lists.mark(desk.number, [3], RowMark.SKIPPED)
    counts = WorkListCounts.of(await desk.lists.rows(desk.number))
    assert counts.text == "2 checked, 1 skipped, 1 to do"
    assert (counts.total, counts.left) == (4, 1)


async def test_a_list_that_is_deleted_takes_its_rows_and_nothing_else(desk: Desk) -> None:
    await desk.begin(1)
    await desk.save(1, "VERIFIED")
    await desk.lists.delete(desk.number)
    assert await desk.lists.rows(desk.number) == []
    assert len(await desk.journal.entries()) == 1
