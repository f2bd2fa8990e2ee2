"""What a save was answered for stays as typed until a read confirms it, whatever other reads show.

The reads come from a replica that lags: of a version that this run has never read, so that nothing
but the journal tells them from a colleague's change.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
import pytest_asyncio

from atz_desktop.domain.history import Outcome
from atz_desktop.domain.merge import Resolution
from atz_desktop.sandbox.faults import Fault
from atz_desktop.sandbox.server import Sandbox
from tests.faults.desk import QUICK, Desk, Person
from tests.faults.test_typing import ID, pending, value

MINE, MINE_AGAIN, ROOM = "My title", "My next title", "Room 9"


class Runs:
    """One run of the program after the other, on the same files."""

    def __init__(self, sandbox: Sandbox, file: Path, person: Person) -> None:
        self.sandbox, self._file, self.person = sandbox, file, person
        self.desk = Desk(sandbox, file, person, QUICK)

    async def restart(self) -> None:
        await self.desk.on_disk()
        await self.desk.crash()
        self.desk = Desk(self.sandbox, self._file, self.person, QUICK)
        await self.desk.open(ID)

    async def reload(self) -> None:
        self.desk.session.reload()
        await self.desk.jobs.wait("open")

    async def save_another_field(self) -> None:
        self.desk.session.model.set_value("location", ROOM)
        await self.desk.save()

    def version(self) -> bytes:
        return json.dumps(self.sandbox.account.get(ID)).encode()

    def reads_show(self, version: bytes, skip: int = 0) -> None:
        """Reads show this version from now on, after the next `skip` of them."""
        self.sandbox.faults.off()
        path = f"/v1/activity/{ID}"
        self.sandbox.faults.on(Fault("answer", "GET", path, skip=skip, body=version))

    async def save_answered(self, title: str, shows: bytes, skip: int) -> None:
        """ATZ takes it and answers with the new record; the read after that shows another one."""
        self.reads_show(shows, skip)
        self.desk.session.model.set_value("title", title)
        await self.desk.save()
        assert self.desk.notices[-1].title == "Not confirmed yet"
        assert pending(self.desk) == {"title": title}


NEXT: dict[str, Callable[[Runs], Awaitable[None]]] = {
    "started again": Runs.restart,
    "reloaded": Runs.reload,
    "another field saved": Runs.save_another_field,
}


@pytest_asyncio.fixture
async def runs(sandbox: Sandbox, file: Path, person: Person) -> AsyncIterator[Runs]:
    made = Runs(sandbox, file, person)
    await made.desk.open(ID)
    yield made
    await made.desk.crash()
    assert not made.desk.failures


@pytest.mark.parametrize("then", NEXT.values(), ids=NEXT)
async def test_a_read_of_before_the_save_does_not_take_its_place(
    then: Callable[[Runs], Awaitable[None]], runs: Runs
) -> None:
    runs.sandbox.account.edit_as_colleague(ID, title="A colleague's")
    earlier = runs.version()
    runs.sandbox.account.edit_as_colleague(ID, title="The colleague's next")
    runs.person.pick = Resolution.MINE
    await runs.save_answered(MINE, shows=runs.version(), skip=1)
    runs.reads_show(earlier)
    await then(runs)
    assert pending(runs.desk)["title"] == MINE
    runs.sandbox.faults.off()
    assert await runs.desk.session.unconfirmed_saves.reconcile_once() == 0
    assert value(runs.desk, "title") == runs.sandbox.account.get(ID)["title"] == MINE
    assert not pending(runs.desk)
    assert {each.outcome for each in await runs.desk.entries()} == {Outcome.VERIFIED}


@pytest.mark.parametrize("then", NEXT.values(), ids=NEXT)
async def test_a_read_of_an_earlier_save_does_not_take_the_place_of_the_later_one(
    then: Callable[[Runs], Awaitable[None]], runs: Runs
) -> None:
    before = runs.version()
    await runs.save_answered(MINE, shows=before, skip=1)
    earlier = runs.version()
    await runs.save_answered(MINE_AGAIN, shows=before, skip=0)
    runs.reads_show(earlier)
    await then(runs)
    assert pending(runs.desk)["title"] == MINE_AGAIN
    assert not runs.person.conflicting
    runs.sandbox.faults.off()
    await runs.desk.session.unconfirmed_saves.reconcile_once()
    assert value(runs.desk, "title") == runs.sandbox.account.get(ID)["title"] == MINE_AGAIN


@pytest.mark.parametrize("then", NEXT.values(), ids=NEXT)
async def test_what_is_put_back_before_the_save_is_confirmed_stays_put_back(
    then: Callable[[Runs], Awaitable[None]], runs: Runs
) -> None:
    earlier = runs.version()
    runs.sandbox.account.edit_as_colleague(ID, title="A colleague's")
    await runs.reload()
    await runs.save_answered(MINE, shows=runs.version(), skip=1)
    runs.desk.session.model.revert("title")
    runs.person.pick = Resolution.MINE
    runs.reads_show(earlier)
    await then(runs)
    assert value(runs.desk, "title") == "A colleague's"
