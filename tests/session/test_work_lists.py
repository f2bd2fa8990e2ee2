"""A work list beside a record session: each row says what became of its activity."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest_asyncio

from atz_desktop.domain.merge import Resolution
from atz_desktop.domain.work_list import NewRow, RowState
from atz_desktop.sandbox.faults import Fault
from atz_desktop.sandbox.server import Sandbox
from atz_desktop.session.jobs import Jobs
from atz_desktop.session.services import Services
from atz_desktop.session.work_lists import WorkLists
from atz_desktop.store.database import Database
from atz_desktop.store.work_lists import WorkListStore
from tests.session.conftest import Person, new_session


class Desk:
    """A window, and a list of two activities and a number that ATZ does not have."""

    def __init__(self, services: Services, person: Person, database: Database) -> None:
        self.jobs = Jobs()
        self.session = new_session(services, self.jobs, person)
        self.lists = WorkLists(services.account, WorkListStore(database), self.jobs)
        self.lists.attach(self.session)
        self.number = 0
        self.changed: list[tuple[int, object]] = []
        self.lists.changed.connect(lambda *told: self.changed.append(told))

    async def begin(self) -> None:
        rows = [NewRow(42), NewRow(7), NewRow(99_999)]
        self.number, _ = await self.lists.create("Monday", rows)

    async def open(self, activity_id: int) -> None:
        self.session.open(activity_id)
        await self.jobs.wait("open")
        await self.jobs.wait("work lists")

    async def save(self) -> None:
        self.session.save()
        await self.jobs.wait("save")
        await self.jobs.wait("draft")
        await self.jobs.wait("work lists")

    async def save_unconfirmed(self, sandbox: Sandbox, title: str) -> None:
        self.session.model.set_value("title", title)
        sandbox.faults.on(Fault("lagging", "GET", seconds=30.0))
        await self.save()

    async def go_on(self, activity_id: int) -> None:
        """To another row, with a draft of this one."""
        self.session.open(activity_id, keep_draft=True)
        await self.jobs.wait("open")
        await self.jobs.wait("work lists")

    async def states(self) -> list[RowState]:
        return [row.state for row in await self.lists.rows(self.number)]


@pytest_asyncio.fixture
async def desk(services: Services, person: Person, database: Database) -> AsyncIterator[Desk]:
    made = Desk(services, person, database)
    await made.begin()
    yield made
    await made.session.close()


async def test_a_row_goes_from_to_do_over_changed_to_checked(desk: Desk) -> None:
    await desk.open(42)
    assert await desk.states() == [RowState.TO_DO] * 3
    desk.changed.clear()
    desk.session.model.set_value("title", "Another")
    await desk.jobs.wait("draft")
    await desk.jobs.wait("work lists")
    assert desk.changed == [(desk.number, [42])]
    assert (await desk.states())[0] is RowState.CHANGED
    await desk.save()
    assert await desk.states() == [RowState.CHECKED, RowState.TO_DO, RowState.TO_DO]


async def test_the_title_of_a_row_is_the_one_that_was_read_last(
    desk: Desk, sandbox: Sandbox
) -> None:
    await desk.open(42)
    title = sandbox.account.get(42)["title"]
    assert [row.title for row in await desk.lists.rows(desk.number)] == [title, "", ""]
    desk.session.model.set_value("title", "Another")
    await desk.save()
    assert [row.title for row in await desk.lists.rows(desk.number)] == ["Another", "", ""]


async def test_a_number_that_atz_does_not_have_is_gone_until_it_is_there(
    desk: Desk, sandbox: Sandbox
) -> None:
    await desk.open(99_999)
    assert (await desk.states())[2] is RowState.GONE
    sandbox.account.set({**sandbox.account.get(42), "id": 99_999})
    await desk.open(99_999)
    assert (await desk.states())[2] is RowState.TO_DO


async def test_a_row_that_was_deleted_before_its_save_is_gone(desk: Desk, sandbox: Sandbox) -> None:
    await desk.open(42)
    desk.session.model.set_value("title", "Another")
    sandbox.account.remove(42)
    await desk.save()
    assert (await desk.states())[0] is RowState.GONE


async def test_a_conflict_stays_open_until_it_is_decided(
    desk: Desk, sandbox: Sandbox, person: Person
) -> None:
    await desk.open(42)
    desk.session.model.set_value("title", "Mine")
    sandbox.account.edit_as_colleague(42, title="Theirs")
    await desk.save()
    assert (await desk.states())[0] is RowState.CONFLICT
    person.picks = {"title": Resolution.MINE}
    await desk.save()
    assert (await desk.states())[0] is RowState.CHECKED


async def test_a_conflict_that_ends_with_the_colleagues_value_leaves_nothing_to_say(
    desk: Desk, sandbox: Sandbox, person: Person
) -> None:
    await desk.open(42)
    desk.session.model.set_value("title", "Mine")
    sandbox.account.edit_as_colleague(42, title="Theirs")
    await desk.save()
    person.picks = {"title": Resolution.THEIRS}
    await desk.save()
    assert (await desk.states())[0] is RowState.TO_DO


async def test_a_refused_row_says_so_although_what_was_typed_stays(
    desk: Desk, sandbox: Sandbox
) -> None:
    await desk.open(42)
    desk.session.model.set_value("title", "Mine")
    sandbox.faults.on(Fault("422", "PUT"))
    await desk.save()
    assert desk.session.state.dirty
    assert (await desk.states())[0] is RowState.REFUSED


async def test_a_save_that_is_not_confirmed_is_checked_once_it_is_found(
    desk: Desk, sandbox: Sandbox
) -> None:
    await desk.open(42)
    desk.session.model.set_value("title", "Mine")
    sandbox.faults.on(Fault("lagging", "GET", seconds=30.0))
    await desk.save()
    assert (await desk.states())[0] is RowState.NOT_CONFIRMED
    sandbox.faults.off()
    desk.changed.clear()
    await desk.session.unconfirmed_saves.reconcile_once()
    await desk.jobs.wait("draft")
    await desk.jobs.wait("work lists")
    assert desk.changed
    assert (await desk.states())[0] is RowState.CHECKED


async def test_a_save_that_is_confirmed_while_another_row_is_shown_leaves_no_change(
    desk: Desk, sandbox: Sandbox
) -> None:
    await desk.open(42)
    await desk.save_unconfirmed(sandbox, "Mine")
    await desk.go_on(7)
    assert (await desk.states())[0] is RowState.NOT_CONFIRMED
    sandbox.faults.off()
    await desk.session.unconfirmed_saves.reconcile_once()
    await desk.jobs.wait("work lists")
    assert await desk.states() == [RowState.CHECKED, RowState.TO_DO, RowState.TO_DO]
    services = desk.session.services
    assert not [each for each in await services.recent.list(services.account) if each.unsaved]


async def test_what_was_typed_after_a_save_that_is_confirmed_stays_a_change(
    desk: Desk, sandbox: Sandbox
) -> None:
    await desk.open(42)
    await desk.save_unconfirmed(sandbox, "Mine")
    desk.session.model.set_value("location", "Room 9")
    await desk.go_on(7)
    sandbox.faults.off()
    await desk.session.unconfirmed_saves.reconcile_once()
    assert (await desk.states())[0] is RowState.CHANGED
    await desk.open(42)
    assert desk.session.edit is not None
    assert desk.session.edit.pending == {"location": "Room 9"}


async def test_what_was_put_back_during_a_save_that_is_confirmed_stays_a_change(
    desk: Desk, sandbox: Sandbox
) -> None:
    await desk.open(42)
    old = sandbox.account.get(42)["title"]
    await desk.save_unconfirmed(sandbox, "Mine")
    desk.session.model.set_value("title", old)
    await desk.go_on(7)
    sandbox.faults.off()
    await desk.session.unconfirmed_saves.reconcile_once()
    assert (await desk.states())[0] is RowState.CHANGED
    await desk.open(42)
    assert desk.session.edit is not None
    assert desk.session.edit.pending == {"title": old}


async def test_a_row_is_different_although_what_atz_ignored_stays_as_a_draft(
    services: Services, person: Person, database: Database, sandbox: Sandbox
) -> None:
    desk = Desk(replace(services, check_delays=(0.0,)), person, database)
    await desk.begin()
    await desk.open(42)
    desk.session.model.set_value("title", "Mine")
    sandbox.faults.on(Fault("ignored", "PUT"))
    await desk.save()
    await desk.go_on(7)
    await desk.session.unconfirmed_saves.reconcile_once()
    assert (await desk.states())[0] is RowState.DIFFERENT
    await desk.open(42)
    assert desk.session.edit is not None
    assert desk.session.edit.pending == {"title": "Mine"}
    desk.session.model.set_value("title", "Mine after all")
    await desk.go_on(7)
    assert (await desk.states())[0] is RowState.CHANGED
    await desk.session.close()
