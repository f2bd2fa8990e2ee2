"""One account in this process, from the first window that works on it until the last leaves.

Its windows share one client, one token, one rate limiter, what this run knows of ATZ, and what is
told of the line to it (`ConnectionStatus`).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, Protocol

from PySide6.QtCore import QObject, Signal

from atz_desktop.api.client import AtzClient
from atz_desktop.api.errors import UNREACHABLE_CAUSES, AtzError, CaptivePortal, NotSent
from atz_desktop.api.rate_limiter import LIMIT, RateLimiter
from atz_desktop.api.requests import DelayReason, PendingDelay, Timeouts
from atz_desktop.domain.clock import monotonic_seconds
from atz_desktop.domain.token_text import is_valid_token
from atz_desktop.domain.urls import NO_PROXY, SYSTEM_PROXY
from atz_desktop.session.bulk_run import BulkRuns
from atz_desktop.session.known_names import NamesBroadcast
from atz_desktop.session.name_sync import NameSync, fetch_types
from atz_desktop.session.reads import MonotonicReads
from atz_desktop.session.services import BooleanFormat, Services
from atz_desktop.session.work_lists import WorkLists
from atz_desktop.store.drafts import Drafts, Recent
from atz_desktop.store.journal import Journal
from atz_desktop.store.names import NameStore
from atz_desktop.store.runs import RecipeStore, RunStore
from atz_desktop.store.work_lists import WorkListStore

if TYPE_CHECKING:
    from atz_desktop.domain.settings import Account
    from atz_desktop.session.bulk_edit import Recipes
    from atz_desktop.session.jobs import Jobs
    from atz_desktop.store.database import Database

__all__ = [
    "LIMIT",
    "POLL_DELAYS",
    "AccountSession",
    "AccountSessions",
    "ConnectionStatus",
    "Credentials",
    "DelayReason",
    "NetworkOptions",
    "PendingDelay",
    "Stores",
    "Timeouts",
    "TokenPrompt",
]  # what is of `api` here is for the view, which imports nothing of it

_log = logging.getLogger(__name__)

POLL_DELAYS = (5.0, 10.0, 20.0, 30.0)
"""Seconds between two looks whether ATZ can be reached again; the last one from then on."""
_FEW = 15
"""So few requests left are told of: before, nobody needs to know the number."""


class Credentials(NamedTuple):
    """An account and the token that opened it."""

    account: Account
    token: str

    def __repr__(self) -> str:
        return f"Credentials({self.account.name!r})"


@dataclass
class NetworkOptions:
    """How requests travel: `proxy` as in the settings; tests take less patience and no pauses.

    `system_proxy` answers what the system says of an address, as AtzClient's `proxy` does.
    `rate_limiter` makes that of an account whose token was not used yet in this run,
    `boolean_format` tells how its booleans are written.
    """

    proxy: str = SYSTEM_PROXY
    system_proxy: Callable[[str], str | None] | None = None
    timeouts: Timeouts | None = None
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    rate_limiter: Callable[[Account], RateLimiter] = lambda account: RateLimiter()
    boolean_format: Callable[[Account], BooleanFormat] = lambda account: BooleanFormat()

    @property
    def client_proxy(self) -> str | Callable[[str], str | None] | None:
        """The proxy as AtzClient takes it."""
        if self.proxy == SYSTEM_PROXY:
            return self.system_proxy
        return "" if self.proxy == NO_PROXY else self.proxy


class Stores(NamedTuple):
    """What a database holds, by topic. There is one journal, which knows what is under way."""

    journal: Journal
    drafts: Drafts
    names: NameStore
    recent: Recent
    work_lists: WorkListStore
    runs: RunStore
    recipes: RecipeStore

    @classmethod
    def of(cls, database: Database) -> Stores:
        """The stores of an open database."""
        return cls(
            Journal(database),
            Drafts(database),
            NameStore(database),
            Recent(database),
            WorkListStore(database),
            RunStore(database),
            RecipeStore(database),
        )


class TokenPrompt(Protocol):
    """A window's connection to the account, as far as its session needs one."""

    async def ask_token(self, account: Account, reason: str) -> str | None:
        """Ask for another token; None: not now."""

    async def keep_token(self, account: Account, token: str) -> None:
        """Keep the token that ATZ accepted."""


class AccountSession(QObject):
    """What the windows on one account share: client, token, runs, names."""

    reconnected = Signal()
    """ATZ could not be reached for a while, and now it can."""

    def __init__(
        self,
        credentials: Credentials,
        network: NetworkOptions,
        rate_limiter: RateLimiter,
        stores: Stores,
        jobs: Jobs,
    ) -> None:
        super().__init__()
        self.account = credentials.account
        self.token = credentials.token
        self.proxy = network.proxy
        self.connections: list[TokenPrompt] = []
        """Those of the windows that work on the account, the one in front last."""
        self.jobs = jobs.scope()
        self.status = ConnectionStatus(rate_limiter)
        self.closed = False
        self._stores = stores
        self._renewing = asyncio.Lock()
        self._prompt_count = 0
        client = self._client(network, rate_limiter)
        self.services = Services(
            account=credentials.account.key,
            client=client,
            journal=stores.journal,
            drafts=stores.drafts,
            names=stores.names,
            recent=stores.recent,
            boolean_format=network.boolean_format(credentials.account),
            sleep=network.sleep,
            monotonic_reads=MonotonicReads(monotonic_seconds, lambda: client.token_renewals),
        )
        self.names = NamesBroadcast()
        self.name_sync = NameSync(self.jobs, self.services, self.names)
        self.work_lists = WorkLists(credentials.account.key, stores.work_lists, self.jobs)
        self.runs = BulkRuns(self.services, stores.runs, self.jobs, lambda: self.renew(self.token))
        self.runs.saved.connect(self.work_lists.on_saved)
        self.runs.settled.connect(self.work_lists.on_settled)
        self.reconnected.connect(self.runs.on_reconnected)
        self.status.went_offline.connect(self._on_offline)
        _log.info("connected, production: %s", credentials.account.production)

    @cached_property
    def recipes(self) -> Recipes:
        """The recipes for changing many at once."""
        from atz_desktop.session.bulk_edit import Recipes

        return Recipes(self.account.key, self._stores.recipes)

    def come_forward(self, connection: TokenPrompt) -> None:
        """Its window works on the account, too, or is the one in front now."""
        self.connections = [
            *(each for each in self.connections if each is not connection),
            connection,
        ]

    async def leave(self, connection: TokenPrompt) -> None:
        """Its window works on the account no more; with the last one everything ends."""
        self.connections = [each for each in self.connections if each is not connection]
        if not self.connections:
            await self.close()

    async def close(self) -> None:
        """End what is under way here, then close the connections: no answer comes any more."""
        self.closed, self.token = True, ""
        self.status.close()
        self.runs.suspend()
        await self.jobs.drain()
        await self.services.client.close()

    async def renew(self, refused: str) -> bool:
        """Ask for a new token after `refused` was answered with 401; whether there is one now.

        Several requests may be refused at once: one window asks, and "not now" is an answer to all.
        """
        asked = self._prompt_count
        async with self._renewing:
            if self.closed or not self.connections:
                return False
            if refused != self.token or asked != self._prompt_count:
                return refused != self.token
            reason = "ATZ no longer accepts the token of this account"
            if not is_valid_token(refused.strip()):
                reason = "This account has no token that could be sent"
            in_front = self.connections[-1]
            token = await in_front.ask_token(self.account, reason)
            self._prompt_count += 1
            if token is None:
                return False
            if not self.closed:
                self.token = token
            await in_front.keep_token(self.account, token)
            return not self.closed

    async def sync_names(self, *, made_up: bool) -> None:
        """Go on fetching names where it was left, and see which types the account has.

        The made-up account is not asked for its types: it has no such list.
        """
        await self.name_sync.resume()
        if not made_up and not self.jobs.running("types"):
            self.jobs.start("types", fetch_types(self.services, self.names))

    async def poll_until_online(self) -> None:
        """Look quietly, now and then, until ATZ can be reached again; then say so."""
        looks = iter(POLL_DELAYS)
        pause = POLL_DELAYS[-1]
        while self.status.offline and not self.closed:
            pause = next(looks, pause)
            await self.services.sleep(pause)
            # Whatever it answers, it answers; the traffic hears of it. A refusal is for later.
            with suppress(AtzError):
                await self.services.client.check(background=True)
        if not self.closed:
            self.reconnected.emit()

    def _on_offline(self) -> None:
        if not self.jobs.running("watch"):
            self.jobs.start("watch", self.poll_until_online())

    def _client(self, network: NetworkOptions, rate_limiter: RateLimiter) -> AtzClient:
        return AtzClient(
            self.account.api_url,
            lambda: self.token,
            rate_limiter=rate_limiter,
            timeouts=network.timeouts,
            proxy=network.client_proxy,
            on_wait=self.status.on_delay,
            renew_token=self.renew,
            on_end=self._on_request_end,
            sleep=network.sleep,
        )

    def _on_request_end(self, error: AtzError | None) -> None:
        if not self.closed:
            self.status.on_request_end(error)


class AccountSessions:
    """The account sessions of the process, and one rate limiter for each account."""

    def __init__(self, jobs: Jobs, network: NetworkOptions | None = None) -> None:
        self.network = network or NetworkOptions()
        self._jobs = jobs
        self._rate_limiters: dict[str, RateLimiter] = {}
        self._open: list[AccountSession] = []
        self._database: Database | None = None
        self._stores: Stores

    def enter(self, credentials: Credentials, database: Database) -> AccountSession:
        """The session of this account with this token, over the proxy of now; made if need be."""
        self._open = [each for each in self._open if not each.closed]
        for each in self._open:
            same = each.account.key == credentials.account.key and each.token == credentials.token
            if same and each.proxy == self.network.proxy:
                return each
        if self._database is not database:
            self._database, self._stores = database, Stores.of(database)
        rate_limiter = self.rate_limiter(credentials.account)
        made = AccountSession(credentials, self.network, rate_limiter, self._stores, self._jobs)
        self._open.append(made)
        return made

    def rate_limiter(self, account: Account) -> RateLimiter:
        """The account's rate limiter, whichever client sends."""
        if account.key not in self._rate_limiters:
            self._rate_limiters[account.key] = self.network.rate_limiter(account)
        return self._rate_limiters[account.key]

    def cancel_delays(self) -> None:
        """The program ends: no request waits any more, and no run goes on after its row."""
        for each in self._open:
            if not each.closed:
                each.runs.suspend()
                each.services.client.cancel_delays()

    async def cut_off(self) -> None:
        """What is still under way ends without an answer, and nothing is sent from now on."""
        for each in self._open:
            if not each.closed:
                await each.services.client.close()


class ConnectionStatus(QObject):
    """What the line to ATZ is doing: pauses, requests left, and whether there is a line at all.

    Told by the client, asked by the window. Without `rate_limiter` it is that of no account yet.
    """

    changed = Signal()
    """`pending_delay`, `few_left` or `offline` may be another now."""
    went_offline = Signal()
    went_online = Signal()

    def __init__(self, rate_limiter: RateLimiter | None = None) -> None:
        super().__init__()
        self.offline = False
        self._rate_limiter = rate_limiter
        self._delays: list[PendingDelay] = []
        self._was_quiet = not self.is_changing
        """Whether nothing was to be shown when `changed` was told last."""

    @property
    def pending_delay(self) -> PendingDelay | None:
        """The pause that somebody is waiting for, the newest if there are several."""
        self._delays = [wait for wait in self._delays if not wait.finished]
        return self._delays[-1] if self._delays else None

    @property
    def available(self) -> int | None:
        """Requests that may be sent at once; None without an account. LIMIT is all there are."""
        return self._rate_limiter.available() if self._rate_limiter else None

    @property
    def few_left(self) -> int | None:
        """`available` where that is worth telling; None while there are plenty."""
        left = self.available
        return left if left is not None and left < _FEW else None

    @property
    def is_changing(self) -> bool:
        """Whether time alone changes what is to be shown."""
        return self.pending_delay is not None or self.few_left is not None

    def close(self) -> None:
        """No window works on the account any more."""
        self._rate_limiter, self.offline = None, False
        self._tell()

    def on_delay(self, wait: PendingDelay) -> None:
        """A request begins to wait."""
        if not wait.background:
            self._delays.append(wait)
        self._tell()

    def on_request_end(self, error: AtzError | None) -> None:
        """A request is over: it shows whether ATZ can be reached."""
        if isinstance(error, CaptivePortal):
            offline = error.is_certain
        else:
            offline = isinstance(error, NotSent) and error.cause in UNREACHABLE_CAUSES
        is_unclear = isinstance(error, CaptivePortal | NotSent) and not offline
        was_offline = self.offline
        if not is_unclear:
            self.offline = offline
        self._tell()
        if self.offline and not was_offline:
            self.went_offline.emit()
        elif was_offline and not self.offline:
            self.went_online.emit()

    def _tell(self) -> None:
        is_quiet = not self.offline and not self.is_changing
        if not is_quiet or not self._was_quiet:
            self.changed.emit()
        self._was_quiet = is_quiet
