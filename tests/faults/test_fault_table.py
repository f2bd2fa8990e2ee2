"""Everything that can go wrong × every step of a save, over real sockets.

For each combination four things are looked at: what ATZ holds, what the form holds, what the
person was told, and what the journal says after the program crashed and was started again.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path
from typing import Any

import pytest

from atz_desktop.domain.history import JournalEntry, Outcome
from atz_desktop.sandbox.faults import Fault
from atz_desktop.sandbox.server import Sandbox
from atz_desktop.session.notices import Level, Notice
from tests.faults.desk import QUICK, Desk, Person
from tests.faults.elsewhere import Elsewhere
from tests.faults.full_disk import full_disk

ID = 42
NEW = "Corrected title"
MEANWHILE = "Typed while it was being saved"
PATH = f"/v1/activity/{ID}"


class Told(Enum):
    """What the person reads above the form."""

    SAVED = (Level.GOOD, "Saved and checked")
    NOT_SAVED = (Level.PROBLEM, "Not saved")
    REFUSED = (Level.PROBLEM, "ATZ said no to the save")
    NOT_CONFIRMED = (Level.WARNING, "Not confirmed yet")

    @property
    def says_saved(self) -> bool:
        return self is Told.SAVED

    @property
    def says_failed(self) -> bool:
        return self is Told.NOT_SAVED


SAVED, NOT_SAVED, REFUSED, NOT_CONFIRMED = Told

READ_BEFORE = "the read before"
PUT = "the PUT"
READ_BACK = "the read-back"


@dataclass(frozen=True)
class Row:
    """One thing that goes wrong, and what the person must be told of it.

    `once` strikes one request of a step, `lasting` every one of it. What strikes a read once is
    the same before and after; a read-back that stays impossible leaves everything unconfirmed.
    `applied` says whether the PUT was carried out in the end.
    """

    name: str
    fault: Fault
    read_once: Told
    put_once: Told
    put_lasting: Told
    applied: bool = False


def _lost(name: str, fault: Fault, put: Told, *, applied: bool = False) -> Row:
    """No answer, or half of one: a read is tried again, a write is looked up."""
    return Row(name, fault, SAVED, put, put, applied)


def _wrong(name: str, fault: Fault, put: Told, *, applied: bool = False) -> Row:
    """An answer that is none of ATZ's: trying again would bring the same."""
    return Row(name, fault, NOT_SAVED, put, put, applied)


TABLE = (
    Row("refused connection", Fault("refused"), SAVED, SAVED, NOT_SAVED),
    _lost("time-out before the write", Fault("timeout"), NOT_CONFIRMED),
    _lost("time-out after the write", Fault("timeout", applied=True), SAVED, applied=True),
    _lost("time-out, and written late", Fault("late"), NOT_CONFIRMED, applied=True),
    _lost("reset before the write", Fault("reset"), NOT_CONFIRMED),
    _lost("reset after the write", Fault("reset", applied=True), SAVED, applied=True),
    _lost("truncated", Fault("truncated"), SAVED, applied=True),
    _lost("dripping", Fault("dripping", seconds=0.3), SAVED, applied=True),
    _lost("HTML 502 before the write", Fault("502"), NOT_CONFIRMED),
    _lost("HTML 502 after the write", Fault("502", applied=True), SAVED, applied=True),
    _lost("503 before the write", Fault("503"), NOT_CONFIRMED),
    _lost("504 before the write", Fault("504"), NOT_CONFIRMED),
    _lost("504 after the write", Fault("504", applied=True), SAVED, applied=True),
    _lost("500 before the write", Fault("500"), NOT_CONFIRMED),
    _lost("500 after the write", Fault("500", applied=True), SAVED, applied=True),
    _wrong("empty 200 before the write", Fault("empty", applied=False), NOT_CONFIRMED),
    _wrong("empty 200 after the write", Fault("empty"), SAVED, applied=True),
    _wrong("garbage before the write", Fault("bad_json", applied=False), NOT_CONFIRMED),
    _wrong("garbage after the write", Fault("bad_json"), SAVED, applied=True),
    _wrong("a page of HTML", Fault("html"), SAVED, applied=True),
    _wrong("the wrong shape", Fault("wrong_shape"), SAVED, applied=True),
    _wrong("the wrong activity", Fault("wrong_activity"), SAVED, applied=True),
    _wrong("redirect to another host", Fault("redirect", location="…"), NOT_CONFIRMED),
    _wrong("401 in the middle", Fault("401"), REFUSED),
    _wrong("403", Fault("403"), REFUSED),
    _wrong("403 after the write", Fault("403", applied=True), SAVED, applied=True),
    _wrong("409 after the write", Fault("409", applied=True), SAVED, applied=True),
    _wrong("422 after the write", Fault("422", applied=True), SAVED, applied=True),
    _wrong("202 before the write", Fault("202", applied=False), NOT_CONFIRMED),
    _wrong("202 after the write", Fault("202", applied=True), SAVED, applied=True),
    _wrong("422", Fault("422"), REFUSED),
    Row("429", Fault("429"), SAVED, SAVED, NOT_SAVED),
    Row("429 with Retry-After", Fault("429", retry_after=7), SAVED, SAVED, NOT_SAVED),
)


@dataclass(frozen=True)
class Case:
    """One row at one step."""

    row: Row
    step: str
    lasting: bool

    def __str__(self) -> str:
        return f"{self.row.name}, {self.step}, {'lasting' if self.lasting else 'once'}"

    @property
    def told(self) -> Told:
        if self.step == PUT:
            return self.row.put_lasting if self.lasting else self.row.put_once
        failed = NOT_SAVED if self.step == READ_BEFORE else NOT_CONFIRMED
        return failed if self.lasting or self.row.read_once is not SAVED else SAVED

    @property
    def written(self) -> bool:
        """Whether ATZ holds the new value in the end."""
        if self.step == PUT:
            return self.row.applied or self.told is SAVED
        return self.told is not NOT_SAVED

    def fault(self, elsewhere: Elsewhere) -> Fault:
        fault = replace(self.row.fault, path=PATH)
        if fault.name == "redirect":
            fault = replace(fault, location=elsewhere.url + PATH)
        if fault.name == "refused":
            # Struck is who comes after these: nobody can count what was refused.
            after = {READ_BEFORE: (None, 0), PUT: ("GET", 1), READ_BACK: ("PUT", 1)}
            method, skip = after[self.step]
            return replace(fault, method=method, skip=skip)
        method, skip = {READ_BEFORE: ("GET", 0), PUT: ("PUT", 0), READ_BACK: ("GET", 1)}[self.step]
        return replace(fault, method=method, skip=skip, times=None if self.lasting else 1)


def _cases() -> Iterator[Case]:
    for row in TABLE:
        for step in (READ_BEFORE, PUT, READ_BACK):
            # A read changes nothing, so that "after the write" can only strike the PUT.
            if step != PUT and (row.fault.applied is not None or row.fault.name == "late"):
                continue
            for lasting in (False, True):
                if row.fault.name == "refused" and not lasting:
                    continue
                if step == PUT and lasting and row.put_once is row.put_lasting:
                    continue
                yield Case(row, step, lasting)


@pytest.mark.parametrize("case", list(_cases()), ids=str)
async def test_whatever_happens_the_words_are_true_and_nothing_is_lost(
    case: Case, sandbox: Sandbox, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    before = sandbox.account.get(ID)
    desk = Desk(sandbox, tmp_path / "atz.sqlite3", Person(), QUICK)
    await desk.open(ID)
    desk.session.model.set_value("title", NEW)
    desk.at_step = lambda step: type_meanwhile(desk, step)
    sandbox.faults.on(case.fault(elsewhere))

    await desk.save()
    told = desk.notices[-1]
    held_at_once = sandbox.account.get(ID)
    form = form_of(desk)
    await desk.on_disk()
    entries = await desk.entries()
    await desk.crash()
    sandbox.faults.off()
    sandbox.faults.release()
    held = sandbox.account.get(ID)

    _look_at_atz(case, before, held, sandbox)
    assert form == {"title": NEW, "location": MEANWHILE}
    _look_at_words(case, told, before, held_at_once, held)
    _look_at_journal(case, entries, held["title"] == NEW)
    assert not elsewhere.received
    assert not desk.failures

    after = await _started_again(sandbox, tmp_path / "atz.sqlite3")
    assert [entry.outcome for entry in after.entries] == after.truth(entries, held["title"] == NEW)
    assert after.form == {"title": NEW, "location": MEANWHILE}
    assert after.pending == {"location"} | (set() if held["title"] == NEW else {"title"})


def type_meanwhile(desk: Desk, step: str) -> None:
    if step:
        desk.session.model.set_value("location", MEANWHILE)


def form_of(desk: Desk) -> dict[str, Any]:
    edit = desk.session.edit
    assert edit is not None
    return {name: edit.value(name) for name in ("title", "location")}


def _look_at_atz(
    case: Case, before: dict[str, Any], held: dict[str, Any], sandbox: Sandbox
) -> None:
    assert held["title"] == (NEW if case.written else before["title"])
    stamps = {"title", "updated_at", "updated_by"}
    assert {key: held[key] for key in held.keys() - stamps} == {
        key: before[key] for key in before.keys() - stamps
    }
    puts = [json.loads(each.body) for each in sandbox.requests if each.method == "PUT"]
    assert all(put == {"title": NEW} for put in puts)
    # Only what surely changed nothing is ever sent again.
    assert len(puts) <= (3 if case.row.fault.name == "429" else 1)


def _look_at_words(
    case: Case, told: Notice, before: dict[str, Any], at_once: dict[str, Any], held: dict[str, Any]
) -> None:
    assert (told.level, told.title) == case.told.value, told
    if case.told.says_saved:
        assert at_once["title"] == NEW
    if case.told.says_failed:
        assert held["title"] == before["title"], "it was called failed, and arrived"
    said = f"{told.title} {told.text}"
    assert ("saved and checked" in said.lower()) == case.told.says_saved
    assert not any(str(status) in said for status in (401, 403, 422, 429, 500, 502, 503, 504))


def _look_at_journal(case: Case, entries: list[JournalEntry], holds: bool) -> None:
    """As it was written when the program crashed: unknown is better than wrong."""
    if case.step == READ_BEFORE and case.told is not SAVED:
        assert not entries
        return
    (entry,) = entries
    assert entry.sent == {"title": NEW}
    expected = {
        SAVED: {Outcome.VERIFIED},
        NOT_CONFIRMED: {Outcome.UNKNOWN},
        NOT_SAVED: {Outcome.NOT_SENT},
        REFUSED: {Outcome.REFUSED},
    }
    assert entry.outcome in expected[case.told]
    if entry.outcome is not Outcome.UNKNOWN:
        assert (entry.outcome is Outcome.VERIFIED) == holds


# The disk


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit for the size of a file")
@pytest.mark.parametrize("agrees", [False, True], ids=["declined", "agreed"])
async def test_a_disk_that_is_full_before_the_put_asks_first(
    agrees: bool, sandbox: Sandbox, tmp_path: Path
) -> None:
    person = Person()
    person.goes_without_journal = agrees
    desk = Desk(sandbox, tmp_path / "atz.sqlite3", person, QUICK)
    await desk.open(ID)
    before = sandbox.account.get(ID)["title"]
    desk.session.model.set_value("title", NEW)
    await desk.on_disk()
    with full_disk():
        await desk.save()
        form = desk.session.edit
        await desk.on_disk()
        told = desk.notices[-1] if desk.notices else None
        await desk.crash()
    assert person.asked == ["without journal"]
    assert sandbox.account.get(ID)["title"] == (NEW if agrees else before)
    assert form is not None
    assert form.value("title") == NEW
    if agrees:
        assert told is not None
        assert (told.level, told.title) == SAVED.value
        assert "not in the history" in told.text
    else:
        # Nothing is said of a save; that a draft was still on its way to the full disk may be.
        assert told is None or told.title == "Unsaved changes can't be kept on this computer"
        assert not [each for each in sandbox.requests if each.method == "PUT"]
    after = await _started_again(sandbox, tmp_path / "atz.sqlite3")
    assert not after.entries
    assert after.form["title"] == NEW
    assert after.pending == (set() if agrees else {"title"})


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit for the size of a file")
@pytest.mark.parametrize("then", ["the program ends", "the disk has room again"])
@pytest.mark.parametrize("step", ["Saving…", "Reading back…"])
async def test_a_disk_that_is_full_after_the_put_takes_nothing_back(
    step: str, then: str, sandbox: Sandbox, tmp_path: Path
) -> None:
    desk = Desk(sandbox, tmp_path / "atz.sqlite3", Person(), QUICK)
    await desk.open(ID)
    desk.session.model.set_value("title", NEW)
    await desk.on_disk()
    with ExitStack() as full:
        steps: list[str] = []

        def fill(now: str) -> None:
            steps.append(now)
            # "Saving…" is said twice: at first, and when the intention is on the disk.
            if now == step and "Reading the activity again…" in steps:
                full.enter_context(full_disk())

        desk.at_step = fill
        await desk.save()
        told = desk.notices[-1]
        await desk.on_disk()
        assert desk.notices[-1] == told, "what became of the save is the last word"
        assert (await desk.entries())[0].outcome is None
        if then == "the program ends":
            await desk.crash()
    if then == "the disk has room again":
        await desk.settle(patience=0)
        assert [entry.outcome for entry in await desk.entries()] == [Outcome.VERIFIED]
        await desk.crash()
    assert (told.level, told.title) == SAVED.value
    assert sandbox.account.get(ID)["title"] == NEW
    after = await _started_again(sandbox, tmp_path / "atz.sqlite3")
    assert [entry.outcome for entry in after.entries] == [Outcome.VERIFIED]
    assert after.form["title"] == NEW
    assert not after.pending


# After the crash


@dataclass(frozen=True)
class StartedAgain:
    """What the program finds on the disk and in ATZ after a crash."""

    entries: list[JournalEntry]
    form: dict[str, Any]
    pending: set[str]

    @staticmethod
    def truth(before: list[JournalEntry], holds: bool) -> list[Outcome | None]:
        """What each entry must say, given that ATZ does or does not hold the value."""
        known = Outcome.VERIFIED if holds else Outcome.NOT_SENT
        return [entry.outcome if entry.settled else known for entry in before]


async def _started_again(sandbox: Sandbox, file: Path) -> StartedAgain:
    desk = Desk(sandbox, file, Person(), QUICK)
    assert desk.opening_notice is None
    assert not (await desk.settle(patience=0)).remaining
    await desk.open(ID)
    edit = desk.session.edit
    assert edit is not None
    found = StartedAgain(await desk.entries(), form_of(desk), set(edit.pending))
    await desk.crash()
    assert not desk.failures
    return found
