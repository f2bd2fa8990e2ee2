"""Fetching names over real sockets into a real file, at the pace of a server that enforces it."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

import atz_desktop
from atz_desktop.api.client import AtzClient
from atz_desktop.api.rate_limiter import RateLimiter
from atz_desktop.api.requests import DelayReason, PendingDelay
from atz_desktop.domain.vocabulary import NameKind
from atz_desktop.sandbox.account import Account
from atz_desktop.sandbox.data import made_up_account
from atz_desktop.sandbox.faults import Fault
from atz_desktop.sandbox.people import made_up_book
from atz_desktop.sandbox.server import Sandbox
from atz_desktop.session.jobs import Jobs
from atz_desktop.session.known_names import NamesBroadcast
from atz_desktop.session.lookups import Lookups
from atz_desktop.session.name_sync import CURSOR_KEY, JOB, Cursor, NameSync, SyncState
from atz_desktop.session.services import Services
from atz_desktop.store.database import Database
from atz_desktop.store.names import NameStore
from tests.waiting import until

CROWD = 2_500
"""Candidates: 100 pages."""


async def no_time(_seconds: float) -> None:
    await asyncio.sleep(0)


class Desk:
    """One run of the program, as far as names go."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.jobs = Jobs()
        self.lookups = Lookups(services, self.jobs)
        names = NamesBroadcast()
        names.subscribe(self.lookups)
        self.fetching = NameSync(self.jobs, services, names, no_time)
        self.told: list[str] = []
        self.fetching.changed.connect(lambda: self.told.append(self.fetching.status_text))

    def is_in(self, state: SyncState) -> bool:
        return self.fetching.state is state

    async def fetch_all(self) -> None:
        self.fetching.start()
        async with asyncio.timeout(30):
            await self.jobs.wait(JOB)

    async def knows(self, kind: NameKind, text: str) -> list[str | None]:
        found = await self.services.names.search(self.services.account, kind, text)
        return [name.name for name in found]


@pytest_asyncio.fixture
async def desk(services: Services) -> AsyncIterator[Desk]:
    made = Desk(services)
    yield made
    await made.jobs.drain()


def pages_of(sandbox: Sandbox, kind: str) -> list[int]:
    return [int(r.query["page"]) for r in sandbox.requests if r.path == f"/v1/{kind}"]


def crowd() -> Account:
    """An account with many candidates."""
    book = made_up_book()
    book.records["candidate"] = {
        f"candidate_{n:04d}": {
            "id": n,
            "slug": f"candidate_{n:04d}",
            "full_name": f"Person {n:04d}",
            "email": f"p{n}@mail.example",
        }
        for n in range(CROWD)
    }
    small = made_up_account()
    return Account([small.get(42)], book)


async def test_every_list_is_paged_through_and_every_name_is_learned(
    desk: Desk, sandbox: Sandbox
) -> None:
    await desk.fetch_all()
    assert desk.is_in(SyncState.DONE)
    book = sandbox.account.book
    for kind in ("candidate", "contact", "job", "organization", "deal"):
        name_key = {"candidate": "full_name", "contact": "full_name", "job": "position_name"}
        records = list(book.records[kind].values())
        known = await desk.services.names.by_keys(
            "test",
            kind,
            [record["slug"] for record in records],
        )
        assert {name.name for name in known.values()} >= {
            record[name_key.get(kind, "name")] for record in records
        }
    users = await desk.services.names.by_keys("test", "user", map(str, book.records["user"]))
    assert len(users) == len(book.records["user"])
    assert {type_.display_name for type_ in desk.lookups.types()} >= set(book.types.values())
    assert pages_of(sandbox, "activity") == [1, 2, 3, 4, 5, 6, 7, 8]
    assert any("activities, page 3 of 8" in words for words in desk.told)


@pytest.mark.usefixtures("few_activities")
@pytest.mark.parametrize("form", ["data", "bare"])
async def test_lists_that_do_not_say_how_long_they_are_end_all_the_same(
    desk: Desk, sandbox: Sandbox, form: str
) -> None:
    sandbox.account.habits = replace(sandbox.account.habits, lists=form)  # type: ignore[arg-type]
    await desk.fetch_all()
    assert desk.is_in(SyncState.DONE)
    assert pages_of(sandbox, "candidate") == [1, 2, 3]
    assert "Emily Clarke" in await desk.knows("candidate", "emily")


@pytest.mark.usefixtures("few_activities")
async def test_a_list_that_answers_every_page_alike_is_left(desk: Desk, sandbox: Sandbox) -> None:
    people = b"[" + b",".join(b'{"slug":"c_%d","full_name":"P %d"}' % (n, n) for n in range(25))
    same = Fault("answer", path="/v1/candidate", body=people + b"]")
    sandbox.faults.on(same)
    await desk.fetch_all()
    assert desk.is_in(SyncState.DONE)
    assert pages_of(sandbox, "candidate") == [1, 2]


@pytest.mark.usefixtures("few_activities")
async def test_a_list_that_says_more_for_ever_and_answers_every_page_alike_is_left(
    desk: Desk, sandbox: Sandbox
) -> None:
    people = b",".join(b'{"slug":"c_%d","name":"P %d"}' % (n, n) for n in range(25))
    told = b',"current_page":1,"last_page":40,"next_page_url":"https://x.example/2"}'
    body = b'{"data":[' + people + b"]" + told
    sandbox.faults.on(Fault("answer", path="/v1/contact", body=body))
    await desk.fetch_all()
    assert desk.is_in(SyncState.DONE)
    assert pages_of(sandbox, "contact") == [1, 2]


@pytest.mark.parametrize(
    "item", [b'{"slug":["c"]}', b'{"id":{"a":1}}', b'{"slug":{},"id":[1]}', b'{"id":null}']
)
async def test_items_with_odd_keys_disturb_nobody(
    desk: Desk, sandbox: Sandbox, item: bytes
) -> None:
    body = b"[" + b",".join([item] * 25) + b"]"
    for kind in ("activity", "candidate", "contact"):
        sandbox.faults.on(Fault("answer", path=f"/v1/{kind}", body=body))
    await desk.fetch_all()
    assert desk.is_in(SyncState.DONE)


@pytest.fixture
def few_activities(sandbox: Sandbox) -> None:
    """The account has a page of activities, which are not what the test is about."""
    for number in sandbox.account.ids()[25:]:
        sandbox.account.remove(number)


@pytest.mark.usefixtures("few_activities")
@pytest.mark.parametrize("name", ["404", "403", "400", "500", "html", "wrong_shape", "empty"])
async def test_an_undocumented_list_that_fails_is_given_up_on_quietly(
    desk: Desk, sandbox: Sandbox, name: str
) -> None:
    for kind in ("contact", "job", "organization"):
        sandbox.faults.on(Fault(name, path=f"/v1/{kind}"))  # type: ignore[arg-type]
    await desk.fetch_all()
    assert desk.is_in(SyncState.DONE)
    assert "Emily Clarke" in await desk.knows("candidate", "emily")
    assert not [words for words in desk.told if "does not answer" in words]


@pytest.mark.parametrize(
    "away",
    [
        Fault("503", path="/v1/activity", skip=2, times=8),
        # The sign-in page of a network, in each of its forms.
        Fault("answer", path="/v1/activity", skip=2, times=3, status=511),
        Fault("html", path="/v1/activity", skip=2, times=3),
        Fault("redirect", path="/v1/activity", skip=2, times=3, location="http://login.example/"),
    ],
    ids=lambda away: away.name,
)
async def test_while_atz_is_away_it_waits_and_then_goes_on_by_itself(
    desk: Desk, sandbox: Sandbox, away: Fault
) -> None:
    sandbox.faults.on(away)
    await desk.fetch_all()
    assert desk.is_in(SyncState.DONE)
    assert any("page 3 of 8. ATZ does not answer just now" in words for words in desk.told)
    assert "Emily Clarke" in await desk.knows("contact", "emily")


async def test_a_token_that_is_refused_pauses_it_with_a_word_why(
    desk: Desk, sandbox: Sandbox
) -> None:
    away = Fault("401", path="/v1/activity", skip=2)
    sandbox.faults.on(away)
    await desk.fetch_all()
    assert desk.is_in(SyncState.PAUSED)
    assert "token" in desk.fetching.status_text
    sandbox.faults.off(away)
    await desk.fetch_all()
    assert desk.is_in(SyncState.DONE)
    assert pages_of(sandbox, "activity") == [1, 2, 3, 3, 4, 5, 6, 7, 8]


async def test_it_is_paused_stays_so_after_a_restart_and_goes_on_where_it_was(
    desk: Desk, sandbox: Sandbox
) -> None:
    desk.fetching.start()
    await until(lambda: len(pages_of(sandbox, "activity")) >= 3)
    desk.fetching.pause()
    await desk.jobs.wait(JOB)
    await desk.jobs.wait("keep fetching")
    seen = len(sandbox.requests)
    again = Desk(desk.services)
    await again.fetching.resume()
    assert again.is_in(SyncState.PAUSED)
    assert len(sandbox.requests) == seen
    await again.fetch_all()
    assert again.is_in(SyncState.DONE)
    later = [int(r.query["page"]) for r in sandbox.requests[seen:] if r.path == "/v1/activity"]
    assert later[0] >= 2
    assert later[-1] == 8
    assert len(pages_of(sandbox, "activity")) <= 9, "at most one page was fetched twice"


async def test_what_was_stopped_begins_at_the_beginning(desk: Desk, sandbox: Sandbox) -> None:
    desk.fetching.start()
    await until(lambda: len(pages_of(sandbox, "activity")) >= 3)
    desk.fetching.stop()
    await desk.jobs.wait(JOB)
    await desk.jobs.wait("keep fetching")
    again = Desk(desk.services)
    await again.fetching.resume()
    assert again.is_in(SyncState.IDLE)
    sandbox.log.clear()
    await again.fetch_all()
    assert pages_of(sandbox, "activity")[0] == 1


async def test_what_was_stopped_at_a_page_fetches_that_page_again_and_goes_on(
    desk: Desk, sandbox: Sandbox
) -> None:
    sandbox.faults.on(Fault("slow", path="/v1/activity", seconds=0.4, skip=1, times=1))
    desk.fetching.start()
    await until(lambda: len(pages_of(sandbox, "activity")) == 2)
    desk.fetching.stop()
    await desk.jobs.wait(JOB)
    await desk.jobs.wait("keep fetching")
    sandbox.log.clear()
    await desk.fetch_all()
    assert pages_of(sandbox, "activity") == list(range(1, 9))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nonsense",
        "[]",
        '{"list": "planets"}',
        '{"list": []}',
        '{"page": -1}',
        '{"pages": "many"}',
    ],
)
def test_a_position_that_makes_no_sense_is_none(text: str) -> None:
    assert Cursor.parse(text) is None


SPEED = 20.0
"""The server and the client live faster than the test: 60 of their seconds are 3 of ours."""


def fast() -> float:
    return time.monotonic() * SPEED


async def fast_sleep(seconds: float) -> None:
    await asyncio.sleep(seconds / SPEED)


@pytest.mark.slow
async def test_a_server_that_enforces_60_a_minute_never_says_429_and_the_person_never_waits(
    services: Services,
) -> None:
    waits: list[PendingDelay] = []
    with Sandbox(crowd(), pace_limit=60, clock=fast) as sandbox:
        client = AtzClient(
            sandbox.url,
            sandbox.token,
            rate_limiter=RateLimiter(clock=fast, sleep=fast_sleep),
            sleep=fast_sleep,
            on_wait=waits.append,
        )
        desk = Desk(replace(services, client=client))
        desk.fetching.start()
        loads = []
        while desk.jobs.running(JOB):
            begun = time.monotonic()
            await client.get_activity(42)
            loads.append(time.monotonic() - begun)
            await asyncio.sleep(0.2)
        await desk.jobs.drain()
        await client.close()
        fetched = pages_of(sandbox, "candidate")
    assert desk.is_in(SyncState.DONE)
    assert fetched == list(range(1, CROWD // 25 + 1)), "no page was asked for twice"
    assert not [wait for wait in waits if wait.reason is not DelayReason.RATE_LIMIT], "no 429"
    assert [wait for wait in waits if wait.background], "the limit was reached"
    assert not [wait for wait in waits if not wait.background]
    assert len(loads) > 10
    assert max(loads) < 1.0


FETCHES = """
import asyncio, sys
from pathlib import Path
from atz_desktop.api.client import AtzClient
from atz_desktop.api.rate_limiter import RateLimiter
from atz_desktop.session.name_sync import NameSync
from atz_desktop.session.jobs import Jobs
from atz_desktop.session.known_names import NamesBroadcast
from atz_desktop.session.services import Services
from atz_desktop.store.database import Database
from atz_desktop.store.names import NameStore

async def main(path, url, token):
    database, notice = Database.open(Path(path))
    client = AtzClient(url, token, rate_limiter=RateLimiter(limit=100_000))
    directory = NameStore(database)
    services = Services("test", client, None, None, directory, None)
    jobs = Jobs()
    fetching = NameSync(jobs, services, NamesBroadcast())
    fetching.changed.connect(lambda: print(fetching.status_text, flush=True))
    fetching.start()
    await jobs.wait("fetch names")

asyncio.run(main(*sys.argv[1:]))
"""


async def test_killed_while_fetching_at_most_one_page_is_lost(
    services: Services, tmp_path: Path
) -> None:
    file = tmp_path / "killed.sqlite3"
    with Sandbox(crowd(), pace_limit=None) as sandbox:
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", FETCHES, str(file), sandbox.url, sandbox.token),
            stdout=subprocess.PIPE,
            cwd=Path(atz_desktop.__file__).parents[1],
        )
        assert child.stdout is not None
        while b"candidates, page 12" not in await child.stdout.readline():
            assert child.returncode is None
        child.kill()
        await child.communicate()
        asked = pages_of(sandbox, "candidate")[-1]
        database, notice = Database.open(file)
        assert notice is None
        directory = NameStore(database)
        at = Cursor.parse(await directory.get_note("test", CURSOR_KEY))
        assert at is not None
        assert (at.list, at.page) in {("candidate", asked), ("candidate", asked + 1)}
        learned = [f"candidate_{n:04d}" for n in range((at.page - 1) * 25)]
        assert len(await directory.by_keys("test", "candidate", learned)) == len(learned)
        client = AtzClient(sandbox.url, sandbox.token, rate_limiter=RateLimiter(limit=100_000))
        desk = Desk(replace(services, client=client, names=directory))
        await desk.fetching.resume()
        assert desk.is_in(SyncState.RUNNING), "it goes on by itself"
        await desk.jobs.wait(JOB)
        pages = pages_of(sandbox, "candidate")
        assert sorted(set(pages)) == list(range(1, CROWD // 25 + 1))
        assert len(pages) - len(set(pages)) <= 1
        assert desk.is_in(SyncState.DONE)
        await desk.jobs.drain()
        await client.close()
        database.close()
