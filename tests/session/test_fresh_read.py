"""Whatever holds a PUT up leads to another read before it leaves: no colleague is overwritten."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from atz_desktop.api.client import AtzClient
from atz_desktop.api.errors import Cause, NotSent, Outdated
from atz_desktop.api.multipart import Upload
from atz_desktop.api.rate_limiter import LIMIT, RateLimiter
from atz_desktop.api.requests import PendingDelay
from atz_desktop.domain.edit import Edit
from atz_desktop.domain.history import Outcome
from atz_desktop.domain.merge import Merge, Resolution
from atz_desktop.domain.values import LocalFile
from atz_desktop.sandbox.account import Account
from atz_desktop.sandbox.faults import ActiveFault, Fault
from atz_desktop.sandbox.server import Sandbox
from atz_desktop.session.jobs import Stop
from atz_desktop.session.opening import read_activity
from atz_desktop.session.reconcile import reconcile_pending
from atz_desktop.session.saving import SaveRequest, SaveResult, save_edit
from atz_desktop.session.services import Services
from tests.session.conftest import QUICK, Person, with_clock
from tests.waiting import until

MINE, THEIRS, LATER = "My title", "A colleague's title", "The colleague's second thought"


class Clock:
    """Seconds that pass only when a test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Slow(Person):
    """Answers every question at last: `meanwhile` happens while it is open."""

    def __init__(self, clock: Clock, meanwhile: Callable[[], object]) -> None:
        super().__init__(goes_without_journal=True)
        self._clock = clock
        self._meanwhile: Callable[[], object] | None = meanwhile
        self.pick = Resolution.MINE

    async def resolve_conflicts(self, merge: Merge) -> Mapping[str, Resolution]:
        self.asked.append([conflict.theirs for conflict in merge.conflicts])
        self._time_passes()
        return {conflict.field.name: self.pick for conflict in merge.conflicts}

    async def save_without_journal(self, why: str) -> bool:
        self._time_passes()
        return True

    def _time_passes(self) -> None:
        meanwhile, self._meanwhile = self._meanwhile, None
        if meanwhile is not None:
            self._clock.now += 120.0
            meanwhile()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def timed(services: Services, clock: Clock) -> Services:
    return with_clock(services, clock)


@pytest_asyncio.fixture
async def asked_again(
    services: Services, sandbox: Sandbox, clock: Clock
) -> AsyncIterator[Callable[..., Services]]:
    """Makes the services of a client whose pauses, or whose questions for a token, take long."""
    clients: list[AtzClient] = []

    def make(during: Callable[[], object]) -> Services:
        async def sleep(seconds: float) -> None:
            if seconds > 5.0:
                clock.now += seconds
                during()

        async def renew(refused: str) -> bool:
            clock.now += 120.0
            during()
            return True

        client = AtzClient(
            sandbox.url,
            sandbox.token,
            timeouts=QUICK,
            rate_limiter=RateLimiter(limit=10_000, clock=clock, sleep=sleep),
            sleep=sleep,
            renew_token=renew,
        )
        clients.append(client)
        return with_clock(services, clock, client=client)

    yield make
    for each in clients:
        await each.close()


def _puts(sandbox: Sandbox) -> list[dict[str, object]]:
    return [json.loads(each.body) for each in sandbox.requests if each.method == "PUT"]


def _colleague(sandbox: Sandbox, **values: object) -> Callable[[], object]:
    return lambda: sandbox.account.edit_as_colleague(42, **values)


async def _save(edit: Edit, services: Services, person: Person, **more: Any) -> SaveResult:
    return await save_edit(SaveRequest(edit, **more), services, person)


async def test_what_a_colleague_saves_while_a_conflict_is_asked_about_is_asked_about_too(
    sandbox: Sandbox, timed: Services, clock: Clock, loaded: Edit
) -> None:
    person = Slow(clock, _colleague(sandbox, title=LATER))
    sandbox.account.edit_as_colleague(42, title=THEIRS)
    saved = await _save(loaded.with_value("title", MINE), timed, person)
    assert person.asked == [[THEIRS], [LATER]]
    assert saved.outcome is Outcome.VERIFIED


async def test_what_another_read_shows_while_a_quick_answer_is_awaited_is_asked_about_too(
    sandbox: Sandbox, services: Services, loaded: Edit
) -> None:
    """Less than a second passed, but the program knows better than the read before the question."""

    class Quick(Person):
        async def resolve_conflicts(self, merge: Merge) -> Mapping[str, Resolution]:
            self.asked.append([conflict.theirs for conflict in merge.conflicts])
            if len(self.asked) == 1:
                sandbox.account.edit_as_colleague(42, title=LATER)
                await read_activity(42, loaded.base.zone, services)
            return {conflict.field.name: Resolution.MINE for conflict in merge.conflicts}

    person = Quick()
    sandbox.account.edit_as_colleague(42, title=THEIRS)
    saved = await _save(loaded.with_value("title", MINE), services, person)
    assert person.asked == [[THEIRS], [LATER]]
    assert saved.outcome is Outcome.VERIFIED


async def test_an_answer_that_took_long_is_kept_when_nothing_moved(
    sandbox: Sandbox, timed: Services, clock: Clock, loaded: Edit
) -> None:
    person = Slow(clock, lambda: None)
    sandbox.account.edit_as_colleague(42, title=THEIRS)
    saved = await _save(loaded.with_value("title", MINE), timed, person)
    assert person.asked == [[THEIRS]]
    assert saved.outcome is Outcome.VERIFIED
    assert [each.method for each in sandbox.requests] == ["GET", "GET", "PUT", "GET"]


async def test_what_a_colleague_saves_while_the_journal_is_asked_about_is_asked_about(
    sandbox: Sandbox, timed: Services, clock: Clock, loaded: Edit
) -> None:
    from atz_desktop.store.database import Database
    from atz_desktop.store.errors import DiskFull
    from atz_desktop.store.journal import Journal

    person = Slow(clock, _colleague(sandbox, title=THEIRS))
    person.pick = Resolution.THEIRS
    memory = Database.in_memory(DiskFull(Path("full.sqlite3")))
    try:
        bare = replace(timed, journal=Journal(memory))
        await _save(loaded.with_value("title", MINE), bare, person)
    finally:
        memory.close()
    assert person.asked == [[THEIRS]]
    assert not _puts(sandbox)
    assert sandbox.account.get(42)["title"] == THEIRS


async def test_a_computer_that_slept_before_the_put_reads_again(
    sandbox: Sandbox, timed: Services, clock: Clock, loaded: Edit
) -> None:
    person = Slow(clock, lambda: None)

    def asleep(step: str) -> None:
        if step == "Saving…" and not person.asked:
            clock.now += 3600.0
            sandbox.account.edit_as_colleague(42, title=THEIRS)

    await _save(loaded.with_value("title", MINE), timed, person, on_step=asleep)
    assert person.asked == [[THEIRS]]
    assert sandbox.account.get(42)["title"] == MINE


async def test_a_change_elsewhere_during_the_wait_needs_no_question(
    sandbox: Sandbox, timed: Services, clock: Clock, person: Person, loaded: Edit
) -> None:
    def asleep(step: str) -> None:
        if step == "Saving…":
            clock.now += 3600.0
            sandbox.account.edit_as_colleague(42, location="Room 9")

    saved = await _save(loaded.with_value("title", MINE), timed, person, on_step=asleep)
    assert saved.outcome is Outcome.VERIFIED
    assert not person.asked
    assert _puts(sandbox) == [{"title": MINE}]
    assert sandbox.account.get(42)["location"] == "Room 9"


async def test_after_a_pause_for_the_rate_limit_the_same_put_does_not_go_out_blindly(
    sandbox: Sandbox, asked_again: Callable[..., Services], clock: Clock, loaded: Edit
) -> None:
    services = asked_again(_colleague(sandbox, title=THEIRS))
    person = Slow(clock, lambda: None)
    sandbox.faults.on(Fault("429", "PUT", times=1))
    saved = await _save(loaded.with_value("title", MINE), services, person)
    assert person.asked == [[THEIRS]]
    assert saved.outcome is Outcome.VERIFIED
    entries = await services.journal.entries()
    assert [(row.outcome, json.loads(row.before)["title"]) for row in entries] == [
        ("VERIFIED", THEIRS),
        ("NOT_SENT", loaded.value("title")),
    ]


async def test_after_a_new_token_the_activity_is_read_before_the_put_goes_again(
    sandbox: Sandbox, asked_again: Callable[..., Services], clock: Clock, loaded: Edit
) -> None:
    services = asked_again(_colleague(sandbox, title=THEIRS))
    person = Slow(clock, lambda: None)
    sandbox.faults.on(Fault("401", "PUT", times=1))
    saved = await _save(loaded.with_value("title", MINE), services, person)
    assert person.asked == [[THEIRS]]
    assert saved.outcome is Outcome.VERIFIED
    assert len(await services.journal.entries()) == 2


@pytest.mark.parametrize("stamps", [True, False], ids=["dated", "nothing tells whose it is"])
@pytest.mark.parametrize("method", ["PUT", "GET"])
@pytest.mark.parametrize("alike", [False, True], ids=["another title", "the same title"])
async def test_the_same_number_in_another_account_is_never_written(
    alike: bool,
    method: str,
    stamps: bool,
    sandbox: Sandbox,
    asked_again: Callable[..., Services],
    person: Person,
    loaded: Edit,
) -> None:
    other = {**sandbox.account.get(7), "id": 42}
    base = dict(loaded.base.body)
    if alike:  # so that what is to be sent does not seem to have moved
        other["title"] = base["title"]
    if not stamps:
        for body in (other, base):
            body["created_at"] = body["created_by"] = None

    def another_account() -> None:
        answer = json.dumps(other).encode()
        sandbox.faults.on(Fault("answer", "GET", body=answer))

    services = asked_again(another_account)
    sandbox.faults.on(Fault("401", method, times=1))
    edit = Edit(type(loaded.base).from_response(base)).with_value("title", MINE)
    if not stamps and method == "PUT":
        first = json.dumps(base).encode()
        sandbox.faults.on(Fault("answer", "GET", body=first, times=1))
    saved = await _save(edit, services, person)
    assert saved.outcome is Outcome.NOT_SENT
    assert isinstance(saved.error, NotSent)
    assert saved.error.cause is Cause.DIFFERENT_RECORD
    assert saved.sent.pending == {"title": MINE}
    applied = sandbox.account.get(42)["title"]
    assert applied == loaded.value("title")


async def test_a_long_file_is_stopped_before_its_end_when_a_colleague_saved_meanwhile(
    sandbox: Sandbox, timed: Services, clock: Clock, tmp_path: Path, loaded: Edit
) -> None:
    file = tmp_path / "cv.pdf"
    file.write_bytes(b"x" * 3_000_000)
    person = Slow(clock, lambda: None)

    def on_the_way(done: int, total: int) -> None:
        if done and not person.asked and clock.now < 1060.0:
            clock.now += 60.0
            sandbox.account.edit_as_colleague(42, title=THEIRS)

    edit = loaded.with_value("title", MINE).with_value("attachment", LocalFile(file, 3_000_000))
    saved = await _save(edit, timed, person, upload=Upload(on_the_way))
    assert person.asked == [[THEIRS]]
    assert saved.outcome is Outcome.VERIFIED
    whole = [each for each in sandbox.requests if each.method == "PUT" and each.complete]
    assert len(whole) == 1
    assert sandbox.account.get(42)["title"] == MINE


async def test_a_read_and_its_put_wait_for_their_turns_together(
    sandbox: Sandbox, services: Services, clock: Clock, person: Person, loaded: Edit
) -> None:
    slept: list[int] = []

    async def sleep(seconds: float) -> None:
        slept.append(len(sandbox.requests))
        clock.now += seconds

    rate_limiter = RateLimiter(limit=4, window=60.0, clock=clock, sleep=sleep)
    client = AtzClient(sandbox.url, sandbox.token, timeouts=QUICK, rate_limiter=rate_limiter)
    hurried = with_clock(services, clock, client=client)
    try:
        for _ in range(3):
            await client.check()
        before = len(sandbox.requests)
        saved = await _save(loaded.with_value("title", MINE), hurried, person)
    finally:
        await client.close()
    assert saved.outcome is Outcome.VERIFIED
    assert set(slept) == {before}, "it waited between the read and the PUT"
    assert [each.method for each in sandbox.requests][before:] == ["GET", "PUT", "GET"]


async def test_a_save_that_is_always_held_up_while_the_record_moves_gives_up_at_last(
    sandbox: Sandbox, asked_again: Callable[..., Services], person: Person, loaded: Edit
) -> None:
    titles = itertools.count()
    services = asked_again(lambda: sandbox.account.edit_as_colleague(42, title=f"{next(titles)}"))
    person.picks = {"title": Resolution.MINE}
    sandbox.faults.on(Fault("429", "PUT"))
    saved = await _save(loaded.with_value("title", MINE), services, person)
    assert saved.outcome is Outcome.NOT_SENT
    assert isinstance(saved.error, Outdated)
    assert saved.sent.pending == {"title": MINE}
    assert {row.outcome for row in await services.journal.entries()} == {"NOT_SENT"}


async def test_a_save_that_nobody_waits_for_is_not_held_up_between_its_read_and_its_put(
    sandbox: Sandbox, services: Services, person: Person, loaded: Edit, clock: Clock
) -> None:
    async def sleep(seconds: float) -> None:
        clock.now += seconds

    limiter = RateLimiter(clock=clock, sleep=sleep)
    for _ in range(45):
        async with limiter.slot(background=True):
            pass
    waits: list[PendingDelay] = []
    client = AtzClient(sandbox.url, sandbox.token, rate_limiter=limiter, on_wait=waits.append)
    timed = with_clock(services, clock, client=client)
    saved = await _save(loaded.with_value("title", MINE), timed, person, background=True)
    await client.close()
    assert saved.outcome is Outcome.VERIFIED
    assert [each.method for each in sandbox.requests] == ["GET", "PUT", "GET"]
    assert {each.background for each in waits} == {True}


async def test_a_look_at_an_unconfirmed_save_lets_the_users_own_requests_go_first(
    sandbox: Sandbox, services: Services, person: Person, loaded: Edit, clock: Clock
) -> None:
    async def sleep(seconds: float) -> None:
        clock.now += seconds

    sandbox.faults.on(Fault("reset", "PUT"))
    saved = await _save(loaded.with_value("title", MINE), services, person)
    assert saved.outcome is Outcome.UNKNOWN
    limiter = RateLimiter(clock=clock, sleep=sleep)
    for _ in range(LIMIT):
        async with limiter.slot():
            pass
    waits: list[PendingDelay] = []
    client = AtzClient(sandbox.url, sandbox.token, rate_limiter=limiter, on_wait=waits.append)
    found = await reconcile_pending(replace(services, client=client), "UTC")
    await client.close()
    assert found.remaining == 1
    assert [each.background for each in waits] == [True]


async def test_what_is_stopped_in_the_moment_in_which_it_would_leave_does_not_leave(
    sandbox: Sandbox, services: Services, clock: Clock, loaded: Edit
) -> None:
    """From the last look at the clock to the request nothing else has its turn."""
    stop, steps = Stop(), list[str]()

    def last_look() -> float:
        if steps[-1:] == ["Saving…"]:
            stop.request()
        return clock()

    timed = with_clock(services, last_look)
    edit = loaded.with_value("title", MINE)
    result = await save_edit(SaveRequest(edit, on_step=steps.append, stop=stop), timed, Person())
    assert stop.requested
    assert not stop.close(), "and nothing that comes later may take it for one that may leave"
    assert result.stopped
    assert _puts(sandbox) == []


async def test_a_save_is_stopped_while_it_looks_once_more_before_it_leaves(
    sandbox: Sandbox, services: Services, clock: Clock, loaded: Edit
) -> None:
    stop, held = Stop(), list[ActiveFault]()

    def step(text: str) -> None:
        if text == "Saving…":
            clock.now += 120.0
            held.append(sandbox.faults.on(Fault("slow", "GET", seconds=60)))

    request = SaveRequest(loaded.with_value("title", MINE), on_step=step, stop=stop)
    saving = asyncio.ensure_future(save_edit(request, with_clock(services, clock), Person()))
    await until(lambda: held and held[0].count)
    stop.request()
    assert (await saving).stopped
    assert held[0].count == 1, "it does not wait until the server is called silent"
    assert _puts(sandbox) == []


async def test_what_one_token_has_read_does_not_leave_with_another(
    sandbox: Sandbox, services: Services, clock: Clock, person: Person, loaded: Edit
) -> None:
    """It is typed for another request, in the moment between the read and the PUT."""
    written = list[object]()
    other = Account([{**sandbox.account.get(42), "created_at": "2020-02-02T02:02:02Z"}])
    other.on_change = written.append
    sandbox.serve("another-token", other)
    tokens = [sandbox.token]

    def step(text: str) -> None:
        if text == "Saving…":
            tokens.append("another-token")

    client = AtzClient(
        sandbox.url,
        lambda: tokens[-1],
        timeouts=QUICK,
        rate_limiter=RateLimiter(limit=10_000),
    )
    asked = with_clock(services, clock, client=client)
    saved = await _save(loaded.with_value("title", MINE), asked, person, on_step=step)
    await client.close()
    assert (saved.outcome, written) == (Outcome.NOT_SENT, [])
    assert isinstance(saved.error, NotSent)
    assert saved.error.cause is Cause.DIFFERENT_RECORD
