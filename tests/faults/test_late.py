"""A change that comes late or shows late: not confirmed at first, saved and checked in the end.

Time passes only while somebody waits for the next look.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from atz_desktop.domain.history import Outcome
from atz_desktop.sandbox.faults import Fault
from atz_desktop.sandbox.server import Sandbox
from atz_desktop.session.journal_entries import parse_time
from atz_desktop.session.notices import Level
from tests.faults.late_desk import HeldTime, LateDesk
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


@pytest.fixture
def time() -> HeldTime:
    return HeldTime()


@pytest.fixture
def sandbox(time: HeldTime) -> Iterator[Sandbox]:
    with Sandbox(pace_limit=None, clock=time.read) as running:
        yield running


async def _save_late(sandbox: Sandbox, desk: LateDesk, faults: list[Fault]) -> None:
    await desk.open(ID)
    desk.session.model.set_value("title", NEW)
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
    desk.session.unconfirmed_saves.start_checking()
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
    desk.session.unconfirmed_saves.start_checking()
    assert [entry.outcome for entry in await desk.entries()] == [Outcome.UNKNOWN]
    await desk.known()
    told = desk.notices[-1]
    assert told.title == "The change is not in ATZ"
    assert "or somebody put it back" in told.text
    await desk.crash()


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
        desk.session.unconfirmed_saves.start_checking()
    await desk.known()
    if comes:
        await _look_at_the_end(sandbox, desk)
        return
    assert time.read() >= desk.services.grace_period
    assert desk.notices[-1].title == "The change is not in ATZ"
    assert [entry.outcome for entry in await desk.entries()] == [Outcome.NOT_SENT]
    assert form_of(desk) == {"title": NEW, "location": MEANWHILE}
    await desk.crash()
