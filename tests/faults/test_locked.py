"""Another program that has the file locked during a save: for a moment, or for too long."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import pytest_asyncio

from atz_desktop.domain.history import Outcome
from atz_desktop.sandbox.server import Sandbox
from tests.faults.desk import ACCOUNT, QUICK, Desk, Person
from tests.faults.full_disk import locked
from tests.faults.test_fault_table import ID, NEW, SAVED, form_of
from tests.faults.test_slow_disk import impatient

BEFORE = ("Saving… at first", "Reading the activity again…")
AFTER = ("Saving…", "Reading back…")
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


@pytest.fixture
def person() -> Person:
    return Person()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "atz.sqlite3"


@pytest_asyncio.fixture
async def desk(sandbox: Sandbox, file: Path, person: Person) -> AsyncIterator[Desk]:
    """A desk with one change that is on the disk as a draft."""
    made = Desk(sandbox, file, person, QUICK)
    await made.open(ID)
    made.session.set_value("title", NEW)
    await made.on_disk()
    yield made
    await made.crash()
    assert not made.failures


def _puts(sandbox: Sandbox) -> int:
    return len([each for each in sandbox.requests if each.method == "PUT"])


async def _ends_saved(desk: Desk, sandbox: Sandbox) -> None:
    """What became of the save is the last word, and nothing of it comes back."""
    await desk.on_disk()
    assert (desk.notices[-1].level, desk.notices[-1].title) == SAVED.value
    assert [entry.outcome for entry in await desk.entries()] == [Outcome.VERIFIED]
    assert _puts(sandbox) == 1
    assert sandbox.account.get(ID)["title"] == NEW
    assert not await desk.services.drafts.all(ACCOUNT)


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
    desk.session.set_value("location", "Room 9")  # so that the draft is written now, not in 1 s
    desk.session.undo()
    await _ends_saved(desk, sandbox)
