"""What is on the disk equals what is in the form, however long the disk takes to answer."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from atz_desktop.domain.history import Outcome
from atz_desktop.domain.serialize import load_draft
from atz_desktop.sandbox.faults import Fault
from atz_desktop.sandbox.server import Sandbox
from atz_desktop.session.notices import Notice
from tests.faults.desk import ACCOUNT, QUICK, Desk, Person
from tests.faults.full_disk import UNKEPT, full_disk, locked
from tests.store.conftest import all_drafts
from tests.waiting import until

ID, OTHER = 42, 7


async def impatient(desk: Desk) -> None:
    """Give up on a locked file at once, instead of after five seconds."""
    await desk.database.run(lambda c: c.execute("PRAGMA busy_timeout = 1").close())


async def kept(desk: Desk) -> list[dict[str, Any]]:
    """What each draft on the disk would bring back."""
    found = await all_drafts(desk.database, ACCOUNT)
    return [dict(load_draft(each).edit.pending) for each in found]


def leaving(desk: Desk) -> asyncio.Future[bool]:
    """The person wants to go elsewhere: what is not on the disk yet is written at once."""
    return asyncio.ensure_future(desk.session.confirm_leave())


async def a_turn_of_the_loop() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


# One write after the other


async def test_what_was_undone_while_the_disk_was_slow_does_not_come_back(
    desk: Desk, file: Path
) -> None:
    with locked(file):
        desk.session.model.set_value("title", "Typed")
        first = leaving(desk)
        await a_turn_of_the_loop()
        desk.session.model.undo()
        second = leaving(desk)
        await a_turn_of_the_loop()
    assert await first
    assert await second
    await desk.on_disk()
    assert await kept(desk) == []


async def test_what_was_undone_and_redone_while_the_disk_was_slow_is_on_it(
    desk: Desk, file: Path
) -> None:
    desk.session.model.set_value("title", "Typed")
    await desk.on_disk()
    with locked(file):
        desk.session.model.undo()
        first = leaving(desk)
        await a_turn_of_the_loop()
        desk.session.model.redo()
        second = leaving(desk)
        await a_turn_of_the_loop()
    assert await first
    assert await second
    await desk.on_disk()
    assert await kept(desk) == [{"title": "Typed"}]


async def test_a_load_that_is_given_up_while_the_disk_is_slow_leaves_the_disk_as_the_form(
    desk: Desk, file: Path
) -> None:
    with locked(file):
        desk.session.model.set_value("title", "Typed")
        desk.session.open(OTHER)
        await a_turn_of_the_loop()
        desk.session.cancel_load()
        await desk.jobs.wait("open")
    await desk.on_disk()
    assert await kept(desk) == [{"title": "Typed"}]
    desk.session.model.undo()
    await desk.on_disk()
    assert await kept(desk) == []


# A disk that takes nothing


def trouble(file: Path, kind: str) -> Any:
    return full_disk() if kind == "full" else locked(file)


full_or_locked = pytest.mark.parametrize(
    "kind",
    [
        pytest.param(
            "full",
            marks=pytest.mark.skipif(sys.platform == "win32", reason="no limit for a file's size"),
        ),
        "locked",
    ],
)


@full_or_locked
async def test_writing_is_tried_again_by_itself_and_the_words_go_away(
    kind: str, desk: Desk, file: Path
) -> None:
    await impatient(desk)
    withdrawn: list[Notice] = []
    desk.session.notice_withdrawn.connect(withdrawn.append)
    with trouble(file, kind):
        desk.session.model.set_value("title", "Typed")
        await desk.on_disk()
        assert desk.notices[-1].title == UNKEPT
        desk.session.model.set_value("title", "Typed on")
        await desk.on_disk()
        assert not withdrawn
    await until(lambda: withdrawn)
    assert withdrawn == [desk.notices[-1]]
    assert await kept(desk) == [{"title": "Typed on"}]


@full_or_locked
async def test_the_draft_of_a_save_does_not_return_after_it_was_checked(
    kind: str, desk: Desk, file: Path, sandbox: Sandbox
) -> None:
    await impatient(desk)
    desk.session.model.set_value("title", "Typed")
    desk.session.model.set_value("location", "Room 9")
    await desk.on_disk()
    held = sandbox.faults.on(Fault("slow", "PUT", times=1, seconds=0.1))
    desk.session.save()
    await until(lambda: held.count)
    with trouble(file, kind):
        await desk.jobs.wait("save")
        assert "Saved and checked" in [notice.title for notice in desk.notices]
        await desk.on_disk()
        assert len(await kept(desk)) == 1, "it could not be dropped"
        desk.session.model.set_value("title", "Typed on")
        desk.session.model.revert("title")
        await desk.on_disk()
    await until(lambda: not desk.jobs.running("draft again"))
    await desk.on_disk()
    assert not any(await kept(desk)), "nothing of it would come back"


@pytest_asyncio.fixture
async def soon(sandbox: Sandbox, person: Person, file: Path) -> AsyncIterator[Desk]:
    """A desk whose saves are looked up again after a moment instead of after 20 seconds."""
    made = Desk(sandbox, file, person, QUICK, sleep=lambda seconds: asyncio.sleep(seconds / 1000))
    await made.open(ID)
    yield made
    await made.crash()
    assert not made.failures


@full_or_locked
async def test_what_became_of_a_save_is_in_the_history_once_the_disk_takes_it(
    kind: str, soon: Desk, file: Path, sandbox: Sandbox
) -> None:
    desk = soon
    await impatient(desk)
    desk.session.model.set_value("title", "Typed")
    held = sandbox.faults.on(Fault("slow", "PUT", times=1, seconds=0.1))
    desk.session.save()
    await until(lambda: held.count)
    with trouble(file, kind):
        await desk.jobs.wait("save")
        assert "Saved and checked" in [notice.title for notice in desk.notices]
        await a_turn_of_the_loop()
        assert [entry.outcome for entry in await desk.entries()] == [None]
    await desk.jobs.wait("look up")
    assert [entry.outcome for entry in await desk.entries()] == [Outcome.VERIFIED]


async def test_a_draft_that_the_disk_did_not_give_is_not_written_over(
    desk: Desk, file: Path
) -> None:
    await impatient(desk)
    desk.session.model.set_value("title", "Typed before")
    await desk.open(OTHER)
    with locked(file):
        await desk.open(ID)
        assert desk.notices[-1].title == "The draft is not shown"
    desk.session.model.set_value("location", "Typed now")
    await desk.on_disk()
    assert await kept(desk) == [{"location": "Typed now"}, {"title": "Typed before"}]
    desk.session.model.undo()
    await desk.on_disk()
    assert await kept(desk) == [{"title": "Typed before"}]
