"""Reads that lag show what stood before a save: that is no proof of anything, and no final word.

Time passes only while somebody waits for the next look.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from atz_desktop.domain.history import JournalEntry, Outcome
from atz_desktop.sandbox.faults import Fault
from atz_desktop.sandbox.server import Sandbox
from atz_desktop.session.journal_entries import parse_time
from atz_desktop.session.messages import OUTCOMES
from atz_desktop.session.notices import Level
from atz_desktop.session.restore import why_not_restorable
from tests.faults.late_desk import HeldTime, LateDesk
from tests.faults.test_fault_table import ID, NEW, PATH, form_of


@pytest.fixture
def time() -> HeldTime:
    return HeldTime()


@pytest.fixture
def sandbox(time: HeldTime) -> Iterator[Sandbox]:
    with Sandbox(pace_limit=None, clock=time.read) as running:
        yield running


# Reads that lag, after a save is put back: they show the very value that is being sent


def _restore(desk: LateDesk, entry: JournalEntry) -> None:
    desk.session.restore(entry)


def _type_back(desk: LateDesk, entry: JournalEntry) -> None:
    desk.session.model.set_value("title", entry.before["title"])
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
    desk.session.model.set_value("title", NEW)
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
    desk.session.model.set_value("title", "Newer")
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
    await desk.session.unconfirmed_saves.reconcile_once()
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
    sandbox.faults.on(Fault("500", "GET", PATH, skip=1))
    sandbox.faults.on(Fault("reset", "PUT", PATH, applied=True))
    sandbox.faults.on(Fault("ignored", "PUT", PATH, fields=("location",)))
    desk.session.model.set_value("title", NEW)
    desk.session.model.set_value("location", "Ignored")
    await desk.save()
    await desk.on_disk()
    await desk.crash()
    sandbox.faults.off()
    sandbox.faults.on(Fault("lagging", "GET", PATH, lags=(0.0, 30.0)))
    again = LateDesk(sandbox, tmp_path / "atz.sqlite3", time)
    await again.session.unconfirmed_saves.reconcile_once()
    await again.open(ID)
    sandbox.faults.off()
    again.session.unconfirmed_saves.start_checking()
    await again.known()
    (entry,) = await again.entries()
    assert entry.outcome is Outcome.DIFFERENT
    assert entry.after is not None
    assert entry.after["title"] == NEW
    await again.crash()


# Refused by something between, after ATZ had made the change, while reads lag


async def _refuse(sandbox: Sandbox, desk: LateDesk, status: Any) -> None:
    await desk.open(ID)
    sandbox.faults.on(Fault("lagging", "GET", PATH, seconds=30.0))
    sandbox.faults.on(Fault(status, "PUT", PATH, applied=True, times=1))
    desk.session.model.set_value("title", NEW)
    await desk.save()


REFUSALS = pytest.mark.parametrize("status", ["400", "401", "403", "404", "409", "413", "422"])


@REFUSALS
async def test_a_refusal_claims_nothing_that_a_later_read_contradicts(
    status: Any, sandbox: Sandbox, time: HeldTime, tmp_path: Path
) -> None:
    desk = LateDesk(sandbox, tmp_path / "atz.sqlite3", time)
    await _refuse(sandbox, desk, status)
    assert sandbox.account.get(ID)["title"] == NEW
    told, (entry,) = desk.notices[-1], await desk.entries()
    assert (told.level, told.title) == (Level.PROBLEM, "ATZ said no to the save")
    assert form_of(desk)["title"] == NEW
    words = f"{told.text} {OUTCOMES[entry.outcome].text} {why_not_restorable(entry, entry.account)}"
    for claim in ("not saved", "nothing", "not changed", "without effect", "earlier values"):
        assert claim not in words.lower()
    await desk.crash()


@REFUSALS
async def test_what_was_refused_and_is_in_atz_all_the_same_is_neither_sent_again_nor_a_colleagues(
    status: Any, sandbox: Sandbox, time: HeldTime, tmp_path: Path
) -> None:
    desk = LateDesk(sandbox, tmp_path / "atz.sqlite3", time)
    await _refuse(sandbox, desk, status)
    await time.sleep(31.0)
    await desk.save()
    assert desk.notices[-1].title == "Nothing to save"
    assert len([each for each in sandbox.requests if each.method == "PUT"]) == 1
    assert not desk.person.asked
    assert desk.session.edit is not None
    assert not desk.session.edit.dirty
    await desk.crash()
