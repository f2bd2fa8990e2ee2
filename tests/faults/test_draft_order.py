"""A draft that comes back after a crash is explained by its own saves, and by no others."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from atz_desktop.domain.merge import Resolution
from atz_desktop.domain.values import Option
from atz_desktop.sandbox.faults import Fault
from atz_desktop.sandbox.server import Sandbox
from tests.faults.desk import QUICK, Desk, Person
from tests.faults.full_disk import locked
from tests.faults.test_slow_disk import impatient

ID = 42
HELD = Fault("timeout", "PUT", applied=True, times=1)
"""ATZ carries the save out, and the program is killed before it hears of it."""
BACK, CONFLICT = "Your unsaved changes are back", "Also changed in ATZ"

Start = Callable[..., Awaitable[Desk]]


@pytest_asyncio.fixture
async def start(sandbox: Sandbox, person: Person, file: Path) -> AsyncIterator[Start]:
    """Starts one more program, on the same files or other ones, with the activity loaded."""
    desks: list[Desk] = []

    async def start_one(where: str = "") -> Desk:
        there = file.parent / where / file.name if where else file
        desks.append(Desk(sandbox, there, person, QUICK))
        await desks[-1].open(ID)
        return desks[-1]

    yield start_one
    for desk in desks:
        await desk.crash()
        assert not desk.failures


def value(desk: Desk, name: str) -> Any:
    assert desk.session.edit is not None
    return desk.session.edit.value(name)


def pending(desk: Desk) -> dict[str, Any]:
    assert desk.session.edit is not None
    return dict(desk.session.edit.pending)


async def type_(desk: Desk, **values: Any) -> None:
    """Type, and wait until it is on the disk."""
    for name, each in values.items():
        desk.session.model.set_value(name, each)
    await desk.on_disk()


async def load_again(desk: Desk) -> None:
    desk.session.reload()
    await desk.jobs.wait("open")
    await desk.on_disk()


def next_day(sandbox: Sandbox) -> None:
    """Or old values within the same second would be taken for a read that lags behind a save."""
    sandbox.account.now = lambda: datetime.now(UTC) + timedelta(days=1)


# Older saves


async def test_an_old_save_of_the_same_value_does_not_swallow_what_is_typed_now(
    start: Start, person: Person, sandbox: Sandbox
) -> None:
    desk = await start()
    sandbox.account.edit_as_colleague(ID, location="Room 1")
    await load_again(desk)
    await type_(desk, location="Room 2")
    await desk.save()
    next_day(sandbox)
    sandbox.account.edit_as_colleague(ID, location="Room 1")
    await load_again(desk)
    await type_(desk, location="Room 2")
    await desk.crash()
    sandbox.account.edit_as_colleague(ID, location="Room 3")
    again = await start()
    assert pending(again) == {"location": "Room 2"}
    assert again.notices[-1].title == BACK
    await again.save()
    assert person.asked == ["conflicts"]
    assert sandbox.account.get(ID)["location"] == "Room 3"


async def test_an_old_save_does_not_hide_a_colleagues_change_from_what_is_typed_now(
    start: Start, person: Person, sandbox: Sandbox
) -> None:
    desk = await start()
    sandbox.account.edit_as_colleague(ID, importance="normal")
    await load_again(desk)
    await type_(desk, importance=Option("high"))
    await desk.save()
    next_day(sandbox)
    sandbox.account.edit_as_colleague(ID, importance="normal")
    await load_again(desk)
    await type_(desk, importance=Option("critical"))
    await desk.crash()
    sandbox.account.edit_as_colleague(ID, importance="high")
    again = await start()
    assert CONFLICT in again.notices[-1].text
    await again.save()
    assert person.asked == ["conflicts"]
    assert sandbox.account.get(ID)["importance"] == "high"


# Saves of others


@pytest.mark.parametrize("typed_first", [True, False])
async def test_another_computers_save_is_asked_about_after_a_crash(
    typed_first: bool, start: Start, person: Person, sandbox: Sandbox
) -> None:
    here, there = await start(), await start("another computer")
    if typed_first:
        await type_(here, title="Here")
    await type_(there, title="There")
    await there.save()
    if not typed_first:
        await type_(here, title="Here")
    await here.crash()
    again = await start()
    assert pending(again) == {"title": "Here"}
    await again.save()
    assert person.asked == ["conflicts"]
    assert sandbox.account.get(ID)["title"] == "There"


async def test_ones_own_save_is_no_conflict_though_another_window_looked_it_up(
    start: Start, person: Person, sandbox: Sandbox
) -> None:
    here, there = await start(), await start()
    await _save_unconfirmed(here, sandbox, title="Sent")
    await type_(here, title="Sent, and then some")
    assert await there.session.unconfirmed_saves.reconcile_once() == 0
    await here.save()
    assert not person.asked
    assert sandbox.account.get(ID)["title"] == "Sent, and then some"


async def _save_unconfirmed(desk: Desk, sandbox: Sandbox, **values: Any) -> None:
    """Save what arrives, without the program learning of it."""
    await type_(desk, **values)
    sandbox.faults.on(Fault("500", "GET", f"/v1/activity/{ID}", skip=1))
    sandbox.faults.on(Fault("reset", "PUT", applied=True))
    await desk.save()
    sandbox.faults.off()
    assert desk.notices[-1].title == "Not confirmed yet"


# The save at the end


async def _die_saving(
    desk: Desk, sandbox: Sandbox, while_it_runs: Callable[[], None] | None = None
) -> None:
    held = sandbox.faults.on(HELD)
    desk.session.save()
    async with asyncio.timeout(5):
        while not held.count:  # noqa: ASYNC110 - the sandbox's thread has no event of this loop
            await asyncio.sleep(0.002)
    if while_it_runs is not None:
        while_it_runs()
        await desk.on_disk()
    await desk.crash()


@pytest.mark.parametrize("on_disk_before", ["An earlier word", None])
async def test_what_was_typed_just_before_the_save_is_not_called_unsaved(
    on_disk_before: str | None, start: Start, sandbox: Sandbox
) -> None:
    """Within the pause after a key the draft on the disk is older than what is saved."""
    desk = await start()
    if on_disk_before:
        await type_(desk, title=on_disk_before)
    desk.session.model.set_value("title", "The last word")
    desk.session.model.set_value("location", "Room 9")
    await _die_saving(desk, sandbox)
    again = await start()
    assert (value(again, "title"), value(again, "location")) == ("The last word", "Room 9")
    assert not pending(again)
    assert not again.session.state.dirty


async def test_a_draft_older_than_the_save_that_the_disk_did_not_replace_is_asked_about(
    start: Start, person: Person, sandbox: Sandbox, file: Path
) -> None:
    desk = await start()
    await type_(desk, title="An earlier word")
    await impatient(desk)
    with ExitStack() as lock:
        lock.enter_context(locked(file))
        await type_(desk, title="The last word")
        desk.at_step = lambda step: lock.close() if step == "Reading the activity again…" else None
        await _die_saving(desk, sandbox)
    assert "without journal" not in person.asked
    again = await start()
    assert pending(again) == {"title": "An earlier word"}
    person.pick = None
    await again.save()
    assert person.asked == ["conflicts"]
    assert sandbox.account.get(ID)["title"] == "The last word"


async def test_of_two_quick_saves_the_second_wins_over_the_first_ones_draft(
    start: Start, sandbox: Sandbox
) -> None:
    desk = await start()
    desk.session.model.set_value("title", "First")
    await desk.save()
    desk.session.model.set_value("title", "Second")
    await _die_saving(desk, sandbox)
    again = await start()
    assert not pending(again)
    assert value(again, "title") == "Second"


async def test_what_was_put_back_while_the_save_ran_is_put_back_after_the_crash(
    start: Start, sandbox: Sandbox
) -> None:
    desk = await start()
    before = value(desk, "title")
    await type_(desk, title="Sent", location="Room 9")
    await _die_saving(desk, sandbox, lambda: desk.session.model.revert("title", "location"))
    again = await start()
    assert pending(again)["title"] == before
    await again.save()
    assert sandbox.account.get(ID)["title"] == before


async def test_typing_on_while_the_save_ran_is_no_conflict_after_the_crash(
    start: Start, person: Person, sandbox: Sandbox
) -> None:
    desk = await start()
    await type_(desk, title="Sent")
    await _die_saving(
        desk, sandbox, lambda: desk.session.model.set_value("title", "Sent, and then some")
    )
    again = await start()
    assert pending(again) == {"title": "Sent, and then some"}
    person.pick = Resolution.MINE
    await again.save()
    assert not person.asked
    assert sandbox.account.get(ID)["title"] == "Sent, and then some"


# An older version's files


async def test_what_an_earlier_version_kept_comes_back_and_colleagues_are_asked_about(
    start: Start, person: Person, sandbox: Sandbox, file: Path
) -> None:
    desk = await start()
    await type_(desk, location="Room 1")
    await desk.save()
    await type_(desk, title="Typed")
    await desk.crash()
    _as_version_2_left_it(file)
    sandbox.account.edit_as_colleague(ID, title="Theirs")
    again = await start()
    assert again.opening_notice is None
    assert pending(again) == {"title": "Typed"}
    assert [entry.sent for entry in await again.entries()] == [{"location": "Room 1"}]
    await again.save()
    assert person.asked == ["conflicts"]


def _as_version_2_left_it(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        for table in ("recipes", "run_rows", "runs", "work_list_rows", "work_lists"):
            connection.execute(f"DROP TABLE {table}")
        connection.execute("ALTER TABLE names DROP COLUMN seen_title")
        connection.execute("ALTER TABLE names DROP COLUMN seen_date")
        connection.execute("DROP INDEX journal_by_base")
        connection.execute("ALTER TABLE journal DROP COLUMN base_key")
        connection.execute("ALTER TABLE journal ADD COLUMN run TEXT NOT NULL DEFAULT 'a program'")
        connection.execute("ALTER TABLE journal ADD COLUMN looked_by TEXT")
        connection.execute("ALTER TABLE journal ADD COLUMN looked_at REAL")
        connection.execute("ALTER TABLE drafts DROP COLUMN number")
        connection.execute("ALTER TABLE drafts RENAME COLUMN waiting TO run")
        connection.execute("ALTER TABLE drafts ADD COLUMN owner TEXT NOT NULL DEFAULT 'window'")
        (text,) = connection.execute("SELECT draft FROM drafts").fetchone()
        draft = {
            key: part
            for key, part in json.loads(text).items()
            if key not in {"base_key", "sending"}
        }
        connection.execute("UPDATE drafts SET draft = ?", (json.dumps(draft),))
        connection.execute("PRAGMA user_version = 2")
