"""Getting in and staying in, over real sockets and with a real file; the person is a script."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import pytest_asyncio

from atz_desktop.api.errors import NotSent, Unauthorized
from atz_desktop.api.rate_limiter import RateLimiter
from atz_desktop.api.requests import DelayReason
from atz_desktop.domain.activity import Activity
from atz_desktop.domain.edit import Edit
from atz_desktop.domain.history import Outcome
from atz_desktop.domain.runs import RunVerdict
from atz_desktop.domain.settings import Account
from atz_desktop.domain.token_text import NO_TOKEN
from atz_desktop.domain.work_list import NewRow, RowState
from atz_desktop.sandbox.faults import Fault
from atz_desktop.sandbox.server import Sandbox
from atz_desktop.session.account import WRONG_TOKEN, AccountConnection, TokenTest
from atz_desktop.session.account_session import AccountSessions, Credentials, NetworkOptions
from atz_desktop.session.jobs import Jobs
from atz_desktop.session.notices import Notice
from atz_desktop.session.record_session import RecordSession
from atz_desktop.store.database import Database
from atz_desktop.store.errors import StoreError
from atz_desktop.store.runs import RunStore
from atz_desktop.store.tokens import TokenStore
from tests.api.fakes import InstantTime
from tests.api.servers import answer, asked, asked_head, free_port, serving
from tests.session.conftest import QUICK, Person, new_session, shown
from tests.store.test_tokens import SafeKeyStore

UNTRUSTED = Path(__file__).parent.parent / "api" / "untrusted.pem"


@dataclass
class Entrance:
    """Gives these tokens one after the other, as often as the last one was wrong; None: not now.

    It `thinks` for so many seconds first.
    """

    account: Account
    tokens: list[str | None] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    thinks: float = 0.0

    async def ask_account(self, test: TokenTest) -> Credentials | None:
        token = await self.ask_token(self.account, "welcome", test)
        return Credentials(self.account, token) if token else None

    async def ask_token(self, account: Account, reason: str, test: TokenTest) -> str | None:
        self.reasons.append(reason)
        await asyncio.sleep(self.thinks)
        while self.tokens:
            token = self.tokens.pop(0)
            if token is None:
                return None
            words = await test(Credentials(account, token))
            if words is None:
                return token
            self.failures.append(words)
        return None


async def _at_once(_seconds: float) -> None:
    await asyncio.sleep(0)


@dataclass
class Desk:
    """What one window has, and what it was told."""

    connecting: AccountConnection
    jobs: Jobs
    door: Entrance
    keys: SafeKeyStore
    database: Database
    notices: list[Notice] = field(default_factory=list)
    connected: RecordSession | None = None

    @property
    def session(self) -> RecordSession:
        assert self.connected is not None
        return self.connected

    async def enter(self, token: str, account: Account | None = None) -> None:
        """Work on another account, as a window does."""
        await self.leave()
        given = Credentials(account or self.door.account, token)
        entered = await self.connecting.connect_account(given, self.database)
        self.connected = new_session(entered.services, self.jobs.scope(), Person())
        self.connected.notified.connect(self._hear)

    async def leave(self) -> None:
        left, self.connected = self.connected, None
        if left is not None:
            await left.close()

    def _hear(self, notice: Notice | None) -> None:
        self.notices += [notice] if notice else []

    async def open(self) -> None:
        self.session.open(42)
        await self.session.jobs.wait("open")

    async def save(self) -> None:
        self.session.save()
        await self.session.jobs.wait("save")


@pytest.fixture
def account(sandbox: Sandbox) -> Account:
    return Account("test", "Test", sandbox.url, production=False)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made, notice = Database.open(tmp_path / "atz.sqlite3")
    assert notice is None
    yield made
    made.close()


@pytest_asyncio.fixture
async def desk(account: Account, database: Database) -> AsyncIterator[Desk]:
    jobs, keys, door = Jobs(), SafeKeyStore(), Entrance(account)
    sessions = AccountSessions(jobs, NetworkOptions(timeouts=QUICK, sleep=_at_once))
    connecting = AccountConnection(TokenStore(lambda: keys), door, sessions)
    made = Desk(connecting, jobs, door, keys, database)
    connecting.notified.connect(made.notices.append)
    yield made
    await jobs.drain()
    await made.leave()
    await connecting.disconnect_account()


# The first time


async def test_a_wrong_token_is_said_and_the_right_one_is_kept_in_the_key_store(
    desk: Desk, sandbox: Sandbox
) -> None:
    desk.door.tokens = ["wrong-one", sandbox.token]
    given = await desk.connecting.add_account()
    assert given == Credentials(desk.door.account, sandbox.token)
    assert desk.door.failures == [WRONG_TOKEN]
    assert list(desk.keys.kept.values()) == [sandbox.token]
    assert len(sandbox.requests) == 2


@pytest.mark.parametrize("token", ["two words", "tök", "tok\u200ben"])
async def test_atz_is_not_said_to_refuse_what_was_never_sent(
    desk: Desk, sandbox: Sandbox, token: str
) -> None:
    desk.door.tokens = [token]
    assert await desk.connecting.add_account() is None
    assert (desk.door.failures, sandbox.requests) == ([NO_TOKEN], [])
    await desk.enter(token)
    assert not await desk.connecting.renew_token()
    assert desk.door.reasons[-1] == "This account has no token that could be sent"


async def test_a_kept_token_is_used_without_a_question(desk: Desk, sandbox: Sandbox) -> None:
    desk.door.tokens = [sandbox.token]
    await desk.connecting.add_account()
    desk.door.reasons.clear()
    assert await desk.connecting.sign_in(desk.door.account) == Credentials(
        desk.door.account, sandbox.token
    )
    assert not desk.door.reasons


async def test_without_a_key_store_the_token_lasts_for_this_run_and_that_is_said(
    account: Account, sandbox: Sandbox
) -> None:
    jobs, door = Jobs(), Entrance(account, [sandbox.token])
    connecting = AccountConnection(TokenStore(lambda: None), door, AccountSessions(jobs))
    notices: list[Notice] = []
    connecting.notified.connect(notices.append)
    await connecting.add_account()
    assert [notice.title for notice in notices] == ["The token is kept until you quit"]
    assert await connecting.sign_in(account) == Credentials(account, sandbox.token)


async def test_nobody_there_is_said_in_words(desk: Desk) -> None:
    nobody = Account("nobody", "Nobody", f"http://127.0.0.1:{free_port()}")
    words = await desk.connecting.test_credentials(Credentials(nobody, "a-token"))
    assert words == "Nobody answers at the address of ATZ."


async def test_an_unknown_certificate_is_explained(desk: Desk) -> None:
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(UNTRUSTED)

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asked_head(reader)

    async with serving(talk, tls) as server:
        strange = Account("strange", "Strange", f"https://127.0.0.1:{server.port}")
        words = await desk.connecting.test_credentials(Credentials(strange, "a-token"))
    assert words is not None
    assert "certificate is not trusted" in words
    assert "IT department" in words


async def test_a_proxy_that_says_no_is_said_to_be_the_proxy(desk: Desk) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asked_head(reader)
        writer.write(answer(b"", "403 Forbidden"))
        await writer.drain()

    async with serving(talk) as proxy:
        desk.connecting.sessions.network.proxy = proxy.url
        far = Account("far", "Far", "https://api.invalid")
        words = await desk.connecting.test_credentials(Credentials(far, "a-token"))
    assert words is not None
    assert "proxy" in words


# In the middle of work


async def test_a_save_goes_on_with_a_new_token_and_is_sent_once(
    desk: Desk, sandbox: Sandbox
) -> None:
    await desk.enter(sandbox.token)
    await desk.open()
    sandbox.faults.on(Fault("401", "GET", times=1))
    desk.door.tokens = ["wrong-one", sandbox.token]
    desk.session.model.set_value("title", "Kept over a refused token")
    await desk.save()
    assert len(desk.door.reasons) == 1
    assert sandbox.account.get(42)["title"] == "Kept over a refused token"
    verdict = shown(desk.session).verdicts.get("title")
    assert verdict is not None
    assert verdict.is_ok
    assert list(desk.keys.kept.values()) == [sandbox.token]


async def test_a_put_that_was_refused_is_repeated_and_applied_once(
    desk: Desk, sandbox: Sandbox
) -> None:
    await desk.enter(sandbox.token)
    await desk.open()
    sandbox.faults.on(Fault("401", "PUT", times=1))
    desk.door.tokens = [sandbox.token]
    desk.session.model.set_value("title", "Sent twice, applied once")
    await desk.save()
    puts = [each for each in sandbox.requests if each.method == "PUT"]
    assert len(puts) == 2
    assert puts[0].body == puts[1].body
    services = desk.session.services
    rows = await services.journal.entries(account="test")
    assert [row.outcome for row in rows] == [Outcome.VERIFIED.value]


async def test_who_gives_no_token_keeps_every_edit(desk: Desk, sandbox: Sandbox) -> None:
    await desk.enter(sandbox.token)
    await desk.open()
    sandbox.faults.on(Fault("401", times=1))
    desk.session.model.set_value("title", "Still here")
    await desk.save()
    assert desk.session.edit is not None
    assert desk.session.edit.pending == {"title": "Still here"}
    assert desk.notices[-1].title == "Not saved"
    await desk.save()
    assert sandbox.account.get(42)["title"] == "Still here"


async def test_two_refused_requests_ask_once(desk: Desk, sandbox: Sandbox) -> None:
    await desk.enter("worn-out-token")
    desk.door.tokens = [sandbox.token]
    services = desk.session.services
    bodies = await asyncio.gather(services.client.get_activity(42), services.client.get_activity(7))
    assert [body["id"] for body in bodies] == [42, 7]
    assert len(desk.door.reasons) == 1


async def test_not_now_is_an_answer_to_all_refused_requests(desk: Desk) -> None:
    await desk.enter("worn-out-token")
    desk.door.thinks = 0.5
    services = desk.session.services
    asked = (services.client.get_activity(number) for number in (42, 7, 42))
    failures = await asyncio.gather(*asked, return_exceptions=True)
    assert [type(failure) for failure in failures] == [Unauthorized] * 3
    assert len(desk.door.reasons) == 1
    with pytest.raises(Unauthorized):
        await services.client.get_activity(42)
    assert len(desk.door.reasons) == 2, "a later request asks anew"


async def test_the_account_in_use_is_entered_again_with_the_token_in_use(
    desk: Desk, account: Account
) -> None:
    await desk.enter("from-the-environment")
    given = await desk.connecting.sign_in(account)
    assert given == Credentials(account, "from-the-environment")
    assert desk.door.reasons == []


def test_what_opens_an_account_does_not_show_its_token(account: Account) -> None:
    assert "secret-4711" not in repr(Credentials(account, "secret-4711"))


# Another account, while something of the last one is still under way


@dataclass
class Old:
    """A server that gives every job, and the tokens that it was sent."""

    tokens: list[str] = field(default_factory=list)
    reached: asyncio.Event = field(default_factory=asyncio.Event)
    silence: float = 0.0

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            got = await asked(reader)
            self.tokens.append(got.headers["authorization"])
            self.reached.set()
            await asyncio.sleep(self.silence)
            slug = got.line.split()[1].rpartition("/")[2]
            writer.write(answer({"slug": slug, "name": "A job of the last account"}))


async def enter_old(desk: Desk, url: str) -> Account:
    old = Account("old", "Old", url, production=False)
    await desk.enter("old-token", old)
    return old


async def look_up(desk: Desk, *slugs: str) -> None:
    """Begin to look up jobs that somebody typed."""
    desk.session.lookups.verify_keys("job", slugs)
    await asyncio.sleep(0.05)


async def test_a_lookup_under_way_ends_when_the_account_changes_and_teaches_nothing(
    desk: Desk, sandbox: Sandbox
) -> None:
    old = Old(silence=0.3)
    async with serving(old.talk) as server:
        await enter_old(desk, server.url)
        await look_up(desk, "job_1", "job_2")
        before = desk.session.lookups
        await old.reached.wait()
        await desk.enter(sandbox.token)
        await asyncio.sleep(0.4)  # until after the answer
    assert old.tokens == ["Bearer old-token"]
    assert not before.knows("job", "job_1")
    assert not desk.session.lookups.knows("job", "job_1")
    assert desk.session.lookups.person("candidates", "job_1").name is None


async def test_nothing_is_begun_on_an_account_that_was_left(desk: Desk, sandbox: Sandbox) -> None:
    await desk.enter(sandbox.token)
    session = desk.session
    await desk.leave()
    session.open(42)
    session.lookups.verify_keys("job", ["job_1"])
    session.unconfirmed_saves.start_checking()
    assert not any(map(session.jobs.running, ("open", "verify job job_1", "look up")))


async def test_a_lookup_that_waits_for_its_turn_is_not_sent_once_the_account_has_changed(
    desk: Desk, sandbox: Sandbox
) -> None:
    old = Old()
    async with serving(old.talk) as server:
        account = await enter_old(desk, server.url)
        services = desk.session.services
        await services.client.get_record("job", "job_0")
        services.client.rate_limiter.pause(0.2)
        await look_up(desk, "job_1")
        await desk.enter(sandbox.token)
    assert account.key == "old"
    assert old.tokens == ["Bearer old-token"]


async def test_a_request_that_is_slow_to_begin_never_gets_the_token_of_the_next_account(
    desk: Desk, sandbox: Sandbox
) -> None:
    # Before the first request of a client the system is asked for its proxy: that can take seconds.
    busy = threading.Event()
    loop = asyncio.get_running_loop()
    loop.set_default_executor(ThreadPoolExecutor(1))
    other = loop.run_in_executor(None, busy.wait, 10)
    old = Old()
    async with serving(old.talk) as server:
        await enter_old(desk, server.url)
        await look_up(desk, "job_1")
        await desk.enter(sandbox.token)
        busy.set()
        await other
        await desk.open()
    assert old.tokens == []
    assert desk.session.activity is not None


async def test_without_an_account_the_line_says_nothing(desk: Desk, sandbox: Sandbox) -> None:
    await desk.enter(sandbox.token)
    traffic = desk.connecting.status
    traffic.on_request_end(NotSent("GET", "/"))
    assert (traffic.available, traffic.offline) == (60, True)
    await desk.connecting.disconnect_account()
    assert (traffic.available, traffic.offline) == (None, False)


async def test_how_the_last_account_was_left_says_nothing_of_the_next(
    desk: Desk, account: Account, sandbox: Sandbox
) -> None:
    nobody = f"http://127.0.0.1:{free_port()}"
    old = await enter_old(desk, nobody)
    desk.connecting.sessions.network.sleep = asyncio.sleep
    await desk.connecting.connect_account(Credentials(old, "old-token"), desk.database)
    services = desk.session.services
    late = asyncio.ensure_future(services.client.get_activity(42))
    await asyncio.sleep(0.1)  # it was refused, and pauses before it is sent again
    told: list[bool] = []
    await desk.enter(sandbox.token)
    desk.connecting.status.changed.connect(lambda: told.append(desk.connecting.status.offline))
    with pytest.raises(NotSent):
        await late
    assert told == []


def _contents(folder: Path) -> list[bytes]:
    return [file.read_bytes() for file in folder.glob("atz.sqlite3*")]


async def test_forgetting_an_account_removes_its_token_and_on_wish_its_texts(
    desk: Desk, sandbox: Sandbox, tmp_path: Path
) -> None:
    desk.door.tokens = [sandbox.token]
    given = await desk.connecting.add_account()
    assert given is not None
    await desk.enter(given.token)
    await desk.open()
    desk.session.model.set_value("title", "Text of the account")
    await desk.save()
    await desk.leave()
    assert await desk.connecting.forget(given.account, None) is None
    assert not desk.keys.kept
    assert desk.connecting.session is None
    texts = b"Text of the account", b"Amara"
    files = _contents(tmp_path)
    assert all(any(text in content for content in files) for text in texts)
    assert await desk.connecting.forget(given.account, desk.database) is None
    files = _contents(tmp_path)
    assert not any(text in content for content in files for text in texts)


# Pacing


@pytest.mark.parametrize("as_date", [False, True])
async def test_a_429_waits_as_the_server_says_and_the_person_sees_it(
    desk: Desk, sandbox: Sandbox, as_date: bool
) -> None:
    waits: list[tuple[DelayReason, float]] = []

    def look() -> None:
        wait = desk.connecting.status.pending_delay
        if wait is not None and (wait.reason, wait.seconds) not in waits:
            waits.append((wait.reason, wait.seconds))

    await desk.enter(sandbox.token)
    desk.connecting.status.changed.connect(look)
    sandbox.faults.on(Fault("429", retry_after=1.0, as_date=as_date, times=1))
    await desk.open()
    assert desk.session.activity is not None
    [(what, seconds)] = [each for each in waits if each[0] is DelayReason.TOO_MANY_REQUESTS]
    assert what is DelayReason.TOO_MANY_REQUESTS
    assert 0.5 < seconds < 4.0
    assert desk.connecting.status.pending_delay is None


async def test_a_network_that_wants_a_sign_in_first_is_away_until_it_has_it(
    desk: Desk, sandbox: Sandbox
) -> None:
    await desk.enter(sandbox.token)
    sandbox.faults.on(Fault("answer", status=511, times=2))
    await desk.open()
    traffic = desk.connecting.status
    assert traffic.offline
    async with asyncio.timeout(10):
        await watching(desk).wait("watch")
    assert not traffic.offline


async def test_a_web_page_in_one_place_does_not_mean_that_atz_is_away(
    desk: Desk, sandbox: Sandbox
) -> None:
    await desk.enter(sandbox.token)
    sandbox.faults.on(Fault("html", times=1))
    await desk.open()
    assert not desk.connecting.status.offline


async def test_a_wait_can_be_given_up(desk: Desk, sandbox: Sandbox) -> None:
    desk.connecting.sessions.network.sleep = asyncio.sleep
    await desk.enter(sandbox.token)
    sandbox.faults.on(Fault("429", retry_after=60, times=1))

    def stop() -> None:
        wait = desk.connecting.status.pending_delay
        if wait is not None:
            asyncio.get_running_loop().call_soon(wait.stop)

    desk.connecting.status.changed.connect(stop)
    async with asyncio.timeout(5):
        await desk.open()
    assert "60 requests a minute" in desk.notices[-1].text


async def test_every_repeat_is_seen_with_its_number(desk: Desk, sandbox: Sandbox) -> None:
    tries: list[int] = []

    def look() -> None:
        wait = desk.connecting.status.pending_delay
        if wait is not None and wait.reason is DelayReason.RETRY:
            tries.append(wait.attempts)

    await desk.enter(sandbox.token)
    desk.connecting.status.changed.connect(look)
    sandbox.faults.on(Fault("503", times=2))
    await desk.open()
    assert desk.session.activity is not None
    assert sorted(set(tries)) == [1, 2]


async def test_what_is_left_of_the_limit_follows_the_requests(desk: Desk, sandbox: Sandbox) -> None:
    assert desk.connecting.status.available is None
    await desk.enter(sandbox.token)
    assert desk.connecting.status.available == 60
    assert not desk.connecting.status.is_changing
    await desk.open()
    assert desk.connecting.status.available == 59
    assert not desk.connecting.status.is_changing, "so many are not told of: no clock need look"
    assert desk.connecting.session is not None
    desk.connecting.session.services.client.rate_limiter.recall([1.0] * (59 - 14))
    assert desk.connecting.status.few_left == 14
    assert desk.connecting.status.is_changing


async def test_the_limit_is_the_tokens_whichever_client_asks(desk: Desk, sandbox: Sandbox) -> None:
    await desk.enter(sandbox.token)
    await desk.open()
    await desk.enter(sandbox.token)
    assert desk.connecting.status.available == 59


async def test_a_server_that_enforces_the_limit_never_has_to_say_so() -> None:
    time = InstantTime()
    with Sandbox(clock=time.clock) as strict:
        jobs, whats = Jobs(), set[DelayReason]()
        network = NetworkOptions(
            rate_limiter=lambda account: RateLimiter(clock=time.clock, sleep=time.sleep),
            sleep=time.sleep,
        )
        account = Account("strict", "Strict", strict.url, production=False)
        connecting = AccountConnection(
            TokenStore(lambda: None), Entrance(account), AccountSessions(jobs, network)
        )

        def look() -> None:
            if connecting.status.pending_delay is not None:
                whats.add(connecting.status.pending_delay.reason)

        database = Database.in_memory(StoreError(Path("none")))
        entered = await connecting.connect_account(Credentials(account, strict.token), database)
        connecting.status.changed.connect(look)
        services = entered.services
        for _ in range(130):
            await services.client.get_activity(42)
        await connecting.disconnect_account()
        database.close()
        assert len(strict.requests) == 130
    assert whats == {DelayReason.RATE_LIMIT}


# Away and back


def watching(desk: Desk) -> Jobs:
    """The jobs of the account, which look whether ATZ can be reached again."""
    assert desk.connecting.session is not None
    return desk.connecting.session.jobs


async def test_no_line_is_shown_at_once_and_its_return_is_noticed(
    desk: Desk, sandbox: Sandbox
) -> None:
    looks: list[float] = []
    back = Fault("refused")

    async def sleep(seconds: float) -> None:
        looks.append(seconds)
        if seconds == 20.0:  # the third quiet look
            sandbox.faults.off(back)
        await asyncio.sleep(0)

    desk.connecting.sessions.network.sleep = sleep
    await desk.enter(sandbox.token)
    await desk.open()
    desk.session.model.set_value("title", "Typed while away")
    sandbox.faults.on(back)
    await desk.save()
    assert desk.connecting.status.offline
    async with asyncio.timeout(10):
        await watching(desk).wait("watch")
    assert not desk.connecting.status.offline
    assert desk.notices[-1].title == "ATZ can be reached again"
    assert [seconds for seconds in looks if seconds >= 5.0] == [5.0, 10.0, 20.0]
    await desk.save()
    assert sandbox.account.get(42)["title"] == "Typed while away"


async def test_while_all_is_well_nothing_is_looked_at(desk: Desk, sandbox: Sandbox) -> None:
    await desk.enter(sandbox.token)
    await desk.open()
    assert not watching(desk).running("watch")
    assert len(sandbox.requests) == 1


async def test_a_refusal_shows_that_somebody_is_there(desk: Desk, sandbox: Sandbox) -> None:
    await desk.enter(sandbox.token)
    desk.connecting.status.on_request_end(NotSent("GET", "/"))
    assert desk.connecting.status.offline
    desk.connecting.status.on_request_end(Unauthorized("GET", "/"))
    assert not desk.connecting.status.offline


async def test_leaving_ends_the_quiet_looks(desk: Desk, sandbox: Sandbox) -> None:
    desk.connecting.sessions.network.sleep = asyncio.sleep
    await desk.enter(sandbox.token)
    desk.connecting.status.on_request_end(NotSent("GET", "/"))
    jobs = watching(desk)
    assert jobs.running("watch")
    await desk.connecting.disconnect_account()
    async with asyncio.timeout(5):
        await jobs.wait("watch")


# Runs


def _new_titles(sandbox: Sandbox) -> list[Edit]:
    records = [Activity.from_response(sandbox.account.get(number)) for number in (42, 7)]
    return [Edit(record).with_value("title", "New") for record in records]


async def test_what_a_run_finds_stands_in_the_work_lists_of_the_account(
    desk: Desk, sandbox: Sandbox
) -> None:
    given = Credentials(desk.door.account, sandbox.token)
    account = await desk.connecting.connect_account(given, desk.database)
    number, _ = await account.work_lists.create("Monday", [NewRow(42), NewRow(7)])
    edits = _new_titles(sandbox)
    sandbox.account.edit_as_colleague(42, title="Theirs")
    await account.runs.start("Rename", edits)
    await account.jobs.wait("run")
    await account.jobs.wait("work lists")
    states = [row.state for row in await account.work_lists.rows(number)]
    assert states == [RowState.CONFLICT, RowState.CHECKED]


async def test_a_list_that_is_made_with_one_token_hears_of_a_window_with_another(
    desk: Desk, sandbox: Sandbox
) -> None:
    sessions, account = desk.connecting.sessions, desk.door.account
    one = sessions.enter(Credentials(account, sandbox.token), desk.database)
    other = sessions.enter(Credentials(account, "another-token"), desk.database)
    window = new_session(one.services, desk.jobs.scope(), Person())
    one.work_lists.attach(window)
    number, _ = await other.work_lists.create("Monday", [NewRow(42)])
    window.open(42)
    await window.jobs.wait("open")
    await one.jobs.wait("work lists")
    [row] = await other.work_lists.rows(number)
    assert row.title == sandbox.account.get(42)["title"]
    await window.close()
    await one.close()
    await other.close()


async def test_a_run_is_left_unfinished_when_its_account_is(desk: Desk, sandbox: Sandbox) -> None:
    given = Credentials(desk.door.account, sandbox.token)
    account = await desk.connecting.connect_account(given, desk.database)
    await account.runs.start("Rename", _new_titles(sandbox), pause_after=1)
    await account.close()
    [left] = await RunStore(desk.database).runs(given.account.key, unfinished=True)
    again = await desk.connecting.connect_account(given, desk.database)
    await again.runs.resume(left.id)
    await again.jobs.wait("run")
    assert [row.verdict for row in await again.runs.rows(left.id)] == [RunVerdict.CHECKED] * 2
