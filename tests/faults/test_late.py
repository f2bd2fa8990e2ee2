"""A change that comes late or shows late: not confirmed at first, saved and checked in the end.

Time passes only while somebody waits for the next look.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from atz_desktop.domain.history import JournalEntry, Outcome
from atz_desktop.sandbox.faults import Fault
from atz_desktop.sandbox.server import Sandbox
from atz_desktop.session.journal_entries import parse_time
from atz_desktop.session.notices import Level
from tests.faults.desk import QUICK, Clockless, Desk, Person
from tests.faults.test_fault_table import (
    ID,
    MEANWHILE,
    NEW,
    NOT_CONFIRMED,
    PATH,
    form_of,
    type_meanwhile,
)

LATE = 2.0
LAG = 3.0
EARLIER = (Level.INFO, "Your earlier save is checked")
"""Something else is typed by then: nothing is called saved beside it."""


def _delayed(*answer: Fault) -> list[Fault]:
    return [Fault("delayed", "PUT", PATH, seconds=LATE), *answer]


_BLIND = Fault("500", "GET", PATH, skip=1)

TABLE = {
    "reset": _delayed(Fault("reset", "PUT", PATH)),
    "500": _delayed(Fault("500", "PUT", PATH)),
    "502": _delayed(Fault("502", "PUT", PATH)),
    "503": _delayed(Fault("503", "PUT", PATH)),
    "202": _delayed(Fault("202", "PUT", PATH)),
    "200 and the new record": _delayed(),
    "200 and the old record": _delayed(Fault("old_record", "PUT", PATH)),
    "every read lags": [Fault("lagging", "GET", PATH, seconds=LAG)],
    "replicas lag in turn": [Fault("lagging", "GET", PATH, lags=(0.0, LAG, LAG))],
    "200 and the old record, replicas lag in turn": [
        Fault("lagging", "GET", PATH, lags=(0.0, LAG)),
        *_delayed(Fault("old_record", "PUT", PATH)),
    ],
}


class HeldTime(Clockless):
    """Stands still before a look until `passes` is set; the sandbox's thread reads it, too."""

    def __init__(self) -> None:
        super().__init__()
        self.passes = asyncio.Event()

    async def until_look(self, seconds: float) -> None:
        await self.passes.wait()
        await self.sleep(seconds)


class LateDesk(Desk):
    """A desk whose looks are in the time that is held."""

    def __init__(self, sandbox: Sandbox, file: Path, time: HeldTime) -> None:
        super().__init__(sandbox, file, Person(), QUICK, time, time.until_look)
        self.time = time

    async def known(self) -> None:
        """Let time pass until the outcome of every save is known."""
        self.time.passes.set()
        await self.jobs.wait("look up")


@pytest.fixture
def time() -> HeldTime:
    return HeldTime()


@pytest.fixture
def sandbox(time: HeldTime) -> Iterator[Sandbox]:
    with Sandbox(pace_limit=None, clock=time.read) as running:
        yield running


async def _save_late(sandbox: Sandbox, desk: LateDesk, faults: list[Fault]) -> None:
    await desk.open(ID)
    desk.session.form.set_value("title", NEW)
    desk.at_step = lambda step: type_meanwhile(desk, step)
    for fault in faults:
        sandbox.faults.on(fault)
    await desk.save()
    assert [(each.level, each.title) for each in desk.notices] == [NOT_CONFIRMED.value]
    assert [entry.outcome for entry in await desk.entries()] == [Outcome.UNKNOWN]
    assert form_of(desk) == {"title": NEW, "location": MEANWHILE}


async def _look_at_the_end(sandbox: Sandbox, desk: LateDesk) -> None:
    assert (desk.notices[-1].level, desk.notices[-1].title) == EARLIER
    assert [entry.outcome for entry in await desk.entries()] == [Outcome.VERIFIED]
    puts = [json.loads(each.body) for each in sandbox.requests if each.method == "PUT"]
    assert puts == [{"title": NEW}]
    assert sandbox.account.get(ID)["title"] == NEW
    assert form_of(desk) == {"title": NEW, "location": MEANWHILE}
    assert desk.session.edit is not None
    assert set(desk.session.edit.pending) == {"location"}
    await desk.crash()
    assert not desk.failures


@pytest.mark.parametrize("faults", TABLE.values(), ids=TABLE)
async def test_what_comes_late_is_not_confirmed_first_and_saved_in_the_end(
    faults: list[Fault], sandbox: Sandbox, time: HeldTime, tmp_path: Path
) -> None:
    desk = LateDesk(sandbox, tmp_path / "atz.sqlite3", time)
    await _save_late(sandbox, desk, faults)
    await desk.known()
    assert [(each.level, each.title) for each in desk.notices] == [NOT_CONFIRMED.value, EARLIER]
    await _look_at_the_end(sandbox, desk)


@pytest.mark.parametrize("faults", TABLE.values(), ids=TABLE)
async def test_a_program_that_starts_again_before_it_came_does_not_call_it_lost(
    faults: list[Fault], sandbox: Sandbox, time: HeldTime, tmp_path: Path
) -> None:
    file = tmp_path / "atz.sqlite3"
    crashed = LateDesk(sandbox, file, time)
    await _save_late(sandbox, crashed, faults)
    await crashed.on_disk()
    await crashed.crash()
    desk = LateDesk(sandbox, file, time)
    await desk.open(ID)
    assert form_of(desk) == {"title": NEW, "location": MEANWHILE}
    desk.session.start_reconciling()
    await desk.known()
    await _look_at_the_end(sandbox, desk)


async def test_a_new_run_looks_without_the_activity_being_opened_and_says_what_was_seen(
    sandbox: Sandbox, time: HeldTime, tmp_path: Path
) -> None:
    file = tmp_path / "atz.sqlite3"
    crashed = LateDesk(sandbox, file, time)
    await _save_late(sandbox, crashed, [Fault("reset", "PUT", PATH, applied=True), _BLIND])
    await crashed.crash()
    sandbox.faults.off()
    title = crashed.session.activity
    assert title is not None
    sandbox.account.edit_as_colleague(ID, title=title.title)
    desk = LateDesk(sandbox, file, time)
    desk.session.start_reconciling()
    assert [entry.outcome for entry in await desk.entries()] == [Outcome.UNKNOWN]
    await desk.known()
    told = desk.notices[-1]
    assert told.title == "The change is not in ATZ"
    assert "or somebody put it back" in told.text
    await desk.crash()


# Reads that lag, after a save is put back: they show the very value that is being sent


def _restore(desk: LateDesk, entry: JournalEntry) -> None:
    desk.session.restore(entry)


def _type_back(desk: LateDesk, entry: JournalEntry) -> None:
    desk.session.form.set_value("title", entry.before["title"])
    desk.session.save()


PUT_BACK = pytest.mark.parametrize("put_back", [_restore, _type_back])
PutBack = Callable[[LateDesk, JournalEntry], None]


async def _put_back(desk: LateDesk, put_back: PutBack) -> JournalEntry:
    """Put back what was saved first; the entry of that."""
    put_back(desk, (await desk.entries())[0])
    await desk.jobs.wait("save")
    return (await desk.entries())[-1]


async def _saved(sandbox: Sandbox, file: Path, time: HeldTime) -> LateDesk:
    desk = LateDesk(sandbox, file, time)
    await desk.open(ID)
    desk.session.form.set_value("title", NEW)
    await desk.save()
    assert desk.notices[-1].title == "Saved and checked"
    return desk


@PUT_BACK
async def test_a_read_of_before_a_save_does_not_confirm_that_it_was_put_back(
    put_back: PutBack, sandbox: Sandbox, time: HeldTime, tmp_path: Path
) -> None:
    desk = await _saved(sandbox, tmp_path / "atz.sqlite3", time)
    sandbox.faults.on(Fault("lagging", "GET", PATH, seconds=30.0))
    sandbox.faults.on(Fault("reset", "PUT", PATH))
    entry = await _put_back(desk, put_back)
    assert entry.outcome is Outcome.UNKNOWN
    assert desk.notices[-1].title == "Not confirmed yet"
    await desk.known()
    assert sandbox.account.get(ID)["title"] == NEW
    assert [each.outcome for each in await desk.entries()] == [Outcome.VERIFIED, Outcome.NOT_SENT]
    await desk.crash()


@pytest.mark.parametrize("answer", ["is lost", "comes"])
@PUT_BACK
async def test_what_is_put_back_stays_so_while_reads_lag_and_the_next_save_is_no_other_value(
    put_back: PutBack, answer: str, sandbox: Sandbox, time: HeldTime, tmp_path: Path
) -> None:
    desk = await _saved(sandbox, tmp_path / "atz.sqlite3", time)
    sandbox.faults.on(Fault("lagging", "GET", PATH, seconds=30.0))
    if answer == "is lost":
        sandbox.faults.on(Fault("reset", "PUT", PATH, applied=True, times=1))
    entry = await _put_back(desk, put_back)
    assert form_of(desk)["title"] == entry.sent["title"]
    assert sandbox.account.get(ID)["title"] == entry.sent["title"]
    sandbox.faults.on(Fault("delayed", "PUT", PATH, seconds=20.0))
    sandbox.faults.on(Fault("old_record", "PUT", PATH))
    desk.session.form.set_value("title", "Newer")
    await desk.save()
    assert (await desk.entries())[-1].outcome is Outcome.UNKNOWN
    await desk.known()
    assert sandbox.account.get(ID)["title"] == "Newer"
    assert {each.outcome for each in await desk.entries()} == {Outcome.VERIFIED}
    assert form_of(desk)["title"] == "Newer"
    await desk.crash()


@pytest.mark.parametrize("blind", [False, True], ids=["read back", "looked up"])
@PUT_BACK
async def test_a_new_run_takes_no_read_of_before_what_it_has_read_for_a_proof(
    put_back: PutBack, *, blind: bool, sandbox: Sandbox, time: HeldTime, tmp_path: Path
) -> None:
    """It does not know the older version, so only the stamp of it tells."""
    file = tmp_path / "atz.sqlite3"
    earlier = await _saved(sandbox, file, time)
    await earlier.on_disk()  # what it would know of the older version by its draft is gone
    await earlier.crash()
    desk = LateDesk(sandbox, file, time)
    await desk.open(ID)
    reads = 1 if put_back is _type_back else 2
    if blind:
        sandbox.faults.on(Fault("500", "GET", PATH, skip=reads, times=3))
    sandbox.faults.on(Fault("lagging", "GET", PATH, lags=(*[0.0] * reads, *[30.0] * 9)))
    sandbox.faults.on(Fault("reset", "PUT", PATH))
    entry = await _put_back(desk, put_back)
    assert entry.outcome is Outcome.UNKNOWN
    await desk.session.reconcile_once()
    assert (await desk.entries())[-1].outcome is Outcome.UNKNOWN
    sandbox.faults.off()
    await desk.known()
    assert [each.outcome for each in await desk.entries()] == [Outcome.VERIFIED, Outcome.NOT_SENT]
    await desk.crash()


async def test_the_last_look_believes_what_it_reads_although_atz_stamped_it_earlier(
    sandbox: Sandbox, time: HeldTime, tmp_path: Path
) -> None:
    """ATZ's clock was set back: then a read that lags looks like the newer version of the two."""
    desk = LateDesk(sandbox, tmp_path / "atz.sqlite3", time)
    await desk.open(ID)
    before = parse_time(sandbox.account.get(ID)["updated_at"])
    sandbox.account.now = lambda: before - timedelta(hours=1)
    sandbox.faults.on(_BLIND)
    sandbox.faults.on(Fault("reset", "PUT", PATH, applied=True))
    sandbox.faults.on(Fault("ignored", "PUT", PATH, fields=("location",)))
    desk.session.form.set_value("title", NEW)
    desk.session.form.set_value("location", "Ignored")
    await desk.save()
    await desk.on_disk()
    await desk.crash()
    sandbox.faults.off()
    sandbox.faults.on(Fault("lagging", "GET", PATH, lags=(0.0, 30.0)))
    again = LateDesk(sandbox, tmp_path / "atz.sqlite3", time)
    await again.session.reconcile_once()
    await again.open(ID)
    sandbox.faults.off()
    again.session.start_reconciling()
    await again.known()
    (entry,) = await again.entries()
    assert entry.outcome is Outcome.DIFFERENT
    assert entry.after is not None
    assert entry.after["title"] == NEW
    await again.crash()


# The wall clock


def _set_clock(file: Path, by: timedelta) -> None:
    """As if the wall clock had been set: what was noted is so much older, or yet to come."""
    with closing(sqlite3.connect(file)) as other, other:
        for number, at in other.execute("SELECT id, at FROM journal").fetchall():
            noted = (parse_time(at) - by).isoformat(timespec="seconds")
            other.execute("UPDATE journal SET at = ? WHERE id = ?", (noted, number))


@pytest.mark.parametrize("starts_again", [False, True], ids=["runs on", "starts again"])
@pytest.mark.parametrize("days", [-1, 1], ids=["set back", "set forward"])
@pytest.mark.parametrize("comes", [True, False], ids=["comes late", "never comes"])
async def test_a_wall_clock_that_is_set_after_the_put_changes_no_word(
    comes: bool, days: int, starts_again: bool, sandbox: Sandbox, time: HeldTime, tmp_path: Path
) -> None:
    file = tmp_path / "atz.sqlite3"
    desk = LateDesk(sandbox, file, time)
    late = _delayed(Fault("reset", "PUT", PATH))
    await _save_late(sandbox, desk, late if comes else [Fault("reset", "PUT", PATH)])
    await desk.on_disk()
    _set_clock(file, timedelta(days=days))
    if starts_again:
        await desk.crash()
        desk = LateDesk(sandbox, file, time)
        await desk.open(ID)
        desk.session.start_reconciling()
    await desk.known()
    if comes:
        await _look_at_the_end(sandbox, desk)
        return
    assert time.read() >= desk.services.grace_period
    assert desk.notices[-1].title == "The change is not in ATZ"
    assert [entry.outcome for entry in await desk.entries()] == [Outcome.NOT_SENT]
    assert form_of(desk) == {"title": NEW, "location": MEANWHILE}
    await desk.crash()
