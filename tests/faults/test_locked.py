"""Another program that has the file locked during a save: for a moment, or for too long."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack
from pathlib import Path

import pytest
import pytest_asyncio

from atz_desktop.domain.history import Outcome
from atz_desktop.sandbox.faults import Fault
from atz_desktop.sandbox.server import Sandbox
from tests.faults.desk import ACCOUNT, Desk, Person
from tests.faults.full_disk import locked
from tests.faults.test_fault_table import ID, NEW, SAVED, form_of
from tests.faults.test_slow_disk import impatient
from tests.store.conftest import all_drafts

BEFORE = ("Saving… at first", "Reading the activity again…")
AFTER = ("Saving…", "Reading back…")
NEWER = "An even newer title"
MOMENT = 0.3
"""Seconds, which stand for three: waiting is given up after five."""


def _lock_at(desk: Desk, step: str, file: Path, lock: ExitStack, seconds: float = 0) -> None:
    """Lock the file when the save comes to a step; for some seconds, or until `lock` is closed."""
    steps: list[str] = []

    def look(now: str) -> None:
        name = f"{now} at first" if now == "Saving…" and not steps else now
        steps.append(name)
        if name == step and steps.count(name) == 1:
            lock.enter_context(locked(file))
            if seconds:
                asyncio.get_running_loop().call_later(seconds, lock.close)

    desk.at_step = look


@pytest_asyncio.fixture
async def desk(desk: Desk) -> Desk:
    """A desk with one change that is on the disk as a draft."""
    desk.session.model.set_value("title", NEW)
    await desk.on_disk()
    return desk


def _puts(sandbox: Sandbox) -> int:
    return len([each for each in sandbox.requests if each.method == "PUT"])


async def _ends_saved(desk: Desk, sandbox: Sandbox) -> None:
    """What became of the save is the last word, and nothing of it comes back."""
    await desk.on_disk()
    assert (desk.notices[-1].level, desk.notices[-1].title) == SAVED.value
    assert [entry.outcome for entry in await desk.entries()] == [Outcome.VERIFIED]
    assert _puts(sandbox) == 1
    assert sandbox.account.get(ID)["title"] == NEW
    assert not await all_drafts(desk.database, ACCOUNT)


@pytest.mark.parametrize("step", BEFORE + AFTER)
async def test_a_file_that_is_locked_for_a_moment_only_delays_the_save(
    step: str, desk: Desk, file: Path, person: Person, sandbox: Sandbox
) -> None:
    with ExitStack() as lock:
        _lock_at(desk, step, file, lock, MOMENT)
        await desk.save()
        await _ends_saved(desk, sandbox)
        assert not person.asked


@pytest.mark.parametrize("step", BEFORE)
async def test_a_file_that_stays_locked_before_the_put_asks_and_sends_nothing_when_declined(
    step: str, desk: Desk, file: Path, person: Person, sandbox: Sandbox
) -> None:
    await impatient(desk)
    with ExitStack() as lock:
        _lock_at(desk, step, file, lock)
        await desk.save()
    assert person.asked == ["without journal"]
    assert not _puts(sandbox)
    assert form_of(desk)["title"] == NEW
    await desk.save()
    await _ends_saved(desk, sandbox)


@pytest.mark.parametrize("step", AFTER)
async def test_a_file_that_stays_locked_after_the_put_takes_nothing_back(
    step: str, desk: Desk, file: Path, sandbox: Sandbox
) -> None:
    await impatient(desk)
    with ExitStack() as lock:
        _lock_at(desk, step, file, lock)
        await desk.save()
        await desk.on_disk()
        assert (desk.notices[-1].level, desk.notices[-1].title) == SAVED.value
        assert [entry.outcome for entry in await desk.entries()] == [None]
    await desk.settle(patience=0)
    desk.session.model.set_value("location", "Room 9")  # the draft is written now, not in 1 s
    desk.session.model.undo()
    await _ends_saved(desk, sandbox)


async def test_an_own_save_is_no_conflict_although_the_locked_disk_stopped_the_next_one(
    desk: Desk, file: Path, person: Person, sandbox: Sandbox
) -> None:
    await impatient(desk)
    person.pick = None
    faults = [Fault("reset", "PUT", applied=True), Fault("500", "GET", skip=1)]
    for fault in faults:
        sandbox.faults.on(fault)
    await desk.save()
    assert desk.notices[-1].title == "Not confirmed yet"
    sandbox.faults.off()
    for _ in range(2):
        with locked(file):
            desk.session.model.set_value("title", NEWER)
            await desk.save()
    await desk.save()
    assert set(person.asked) == {"without journal"}
    assert sandbox.account.get(ID)["title"] == NEWER
