"""Getting in and staying in: which account, with which token, and back again after a break.

A token is in the key store or in memory, never anywhere else. It is tried before it is kept. When
ATZ refuses it in the middle of work, a new one is asked for and the waiting request goes on.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, Protocol

from PySide6.QtCore import QObject, Signal

from atz_desktop.api.client import AtzClient
from atz_desktop.api.errors import AtzError, Rejected, Unauthorized
from atz_desktop.api.rate_limiter import RateLimiter
from atz_desktop.domain.token_text import NO_TOKEN, is_valid_token
from atz_desktop.domain.urls import NO_PROXY, SYSTEM_PROXY
from atz_desktop.session.connection_status import ConnectionStatus
from atz_desktop.session.notices import Level, Notice, NoticeAction, notice_for
from atz_desktop.session.services import BooleanFormat, Services
from atz_desktop.store.delete_account import forget_account
from atz_desktop.store.drafts import Drafts
from atz_desktop.store.errors import StoreError
from atz_desktop.store.journal import Journal
from atz_desktop.store.names import NameStore
from atz_desktop.store.recent import Recent
from atz_desktop.store.settings import Account
from atz_desktop.store.tokens import StoreResult, TokenLocation, TokenStore

if TYPE_CHECKING:
    from atz_desktop.api.requests import Timeouts
    from atz_desktop.session.jobs import Jobs
    from atz_desktop.store.database import Database

_log = logging.getLogger(__name__)

TURNS_SECONDS = 2.0
"""Seconds between two looks at what other programs have taken of the same token's turns."""

LOOKS = (5.0, 10.0, 20.0, 30.0)
"""Seconds between two looks whether ATZ can be reached again; the last one from then on."""

WRONG_TOKEN = "ATZ does not accept this token. Copy it again, whole."


class Credentials(NamedTuple):
    """An account and the token that opened it."""

    account: Account
    token: str

    def __repr__(self) -> str:
        return f"Credentials({self.account.name!r})"


class _TokenHolder:
    """The token of one connection: what is still under way there never gets another's."""

    def __init__(self, token: str) -> None:
        self.token = token


TokenTest = Callable[[Credentials], Awaitable[str | None]]
"""Tries a token: what is wrong in plain words, None if it opened the account."""


class SignInPrompt(Protocol):
    """Asks the person to come in. None: not now."""

    async def welcome(self, test: TokenTest) -> Credentials | None:
        """An account that is not known yet."""

    async def token(self, account: Account, reason: str, test: TokenTest) -> str | None:
        """The token of a known account; `reason` says why it is asked for."""


@dataclass
class NetworkOptions:
    """How requests travel: `proxy` as in the settings; tests take less patience and no pauses.

    `system_proxy` answers what the system says of an address, as AtzClient's `proxy` does, and
    `pacer` makes the turns of an account whose token was not used yet in this run; `flags` is how
    its booleans are written.
    """

    proxy: str = SYSTEM_PROXY
    system_proxy: Callable[[str], str | None] | None = None
    timeouts: Timeouts | None = None
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    pacer: Callable[[Account], RateLimiter] = lambda account: RateLimiter()
    flags: Callable[[Account], BooleanFormat] = lambda account: BooleanFormat()


class AccountConnection(QObject):
    """One window's account. `services` is None until it is connected."""

    connected = Signal()
    """Another account, or another client of the same one: ask `services` and `account`."""
    noticed = Signal(object)

    def __init__(
        self, jobs: Jobs, tokens: TokenStore, door: SignInPrompt, way: NetworkOptions | None = None
    ) -> None:
        super().__init__()
        self.traffic = ConnectionStatus()
        self.way = way or NetworkOptions()
        self.worth_trying: Callable[[], bool] = lambda: False
        """Whether something failed that "Try again" would do once more."""
        self.account: Account | None = None
        self.services: Services | None = None
        self._jobs = jobs
        self._tokens = tokens
        self._door = door
        self._key = _TokenHolder("")
        self._pacers: dict[str, RateLimiter] = {}
        self._renewing = asyncio.Lock()
        self._asked = 0
        self.traffic.went_away.connect(self._gone)

    async def sign_in(self, account: Account, reason: str = "") -> Credentials | None:
        """The account with its token: the one in use or kept, or else the person is asked.

        `reason` says why the kept one will not do.
        """
        if not reason and self._key.token and self.account and self.account.key == account.key:
            return Credentials(
                account, self._key.token
            )  # perhaps from the environment, and kept nowhere
        token = None if reason else await self._tokens.read(account.key)
        if token is None:
            words = reason or self._tokens.problem or "Please enter the token of this account"
            token = await self._door.token(account, words, self.test)
            if token is None:
                return None
            await self._keep(account, token)
        return Credentials(account, token)

    async def welcome(self) -> Credentials | None:
        """Ask for an account that is not known yet, and keep its token."""
        given = await self._door.welcome(self.test)
        if given is not None:
            await self._keep(given.account, given.token)
        return given

    async def use(self, given: Credentials, owner: str, database: Database) -> None:
        """Work on this account from now on, over a client of its own."""
        await self.leave()
        self.account, self._key = given.account, _TokenHolder(given.token)
        pacer = self._pacer(given.account)
        self.services = Services(
            account=given.account.key,
            owner=owner,
            client=self._client(given.account, self._key, pacer),
            journal=Journal(database),
            drafts=Drafts(database),
            directory=NameStore(database),
            recent=Recent(database),
            flags=self.way.flags(given.account),
            sleep=self.way.sleep,
        )
        self.traffic.use(pacer)
        if pacer.shared:
            self._jobs.start("turns", self._follow_turns(pacer))
        _log.info("connected, production: %s", given.account.production)
        self.connected.emit()

    def hurry(self) -> None:
        """The program ends: no request waits any more."""
        if self.services is not None:
            self.services.client.hurry()

    async def cut_off(self) -> None:
        """What is still under way ends without an answer, and nothing is sent from now on."""
        if self.services is not None:
            await self.services.client.close()

    async def leave(self) -> None:
        """Close the connections of the account; what is still under way ends without an answer."""
        services, self.services, self.account = self.services, None, None
        self._key.token = ""
        self._key = _TokenHolder("")
        for name in ("watch", "turns"):
            self._jobs.cancel(name)
        self.traffic.leave()
        if services is not None:
            await services.client.close()

    async def test(self, given: Credentials) -> str | None:
        """Try a token by one cheap request: what is wrong, in plain words; None: it is good."""
        client = AtzClient(
            given.account.api_url,
            given.token,
            pacer=self._pacer(given.account),
            timeouts=self.way.timeouts,
            proxy=self.proxy,
            on_wait=self.traffic.paused,
            sleep=self.way.sleep,
        )
        try:
            await client.check()
        except Unauthorized as error:
            return NO_TOKEN if error.status is None else WRONG_TOKEN
        except AtzError as error:
            return notice_for(error, "Not connected").text
        finally:
            await client.close()
        return None

    async def renew_now(self) -> bool:
        """Ask for a new token in the middle of work; whether there is another one now."""
        return await self._renew(self._key, self._key.token)

    async def _renew(self, key: _TokenHolder, refused: str) -> bool:
        """The same for a refused request. Several may be refused at once: the person is asked once,
        and "not now" is an answer to all of them.
        """
        asked = self._asked
        async with self._renewing:
            account = self.account
            if account is None or key is not self._key:
                return False
            if refused != key.token or asked != self._asked:
                return refused != key.token
            reason = "ATZ no longer accepts the token of this account"
            if not is_valid_token(refused.strip()):
                reason = "This account has no token that could be sent"
            token = await self._door.token(account, reason, self.test)
            self._asked += 1
            if token is None:
                return False
            if key is self._key:
                key.token = token
            await self._keep(account, token)
            return key is self._key

    async def forget(self, account: Account, database: Database | None) -> str | None:
        """Remove the token, and with a database everything kept under the account in it.

        In plain words what is left to do; None if nothing is.
        """
        if self.account is not None and self.account.key == account.key:
            await self.leave()
        problem = await self._tokens.forget(account.key)
        if database is not None:
            try:
                await forget_account(database, account.key)
            except StoreError as error:
                return " ".join(each for each in (problem, error.words) if each)
        return problem

    async def watch(self) -> None:
        """Look quietly, now and then, until ATZ can be reached again; then say so."""
        looks = iter(LOOKS)
        pause = LOOKS[-1]
        while self.traffic.away and self.services is not None:
            pause = next(looks, pause)
            await self.way.sleep(pause)
            with suppress(AtzError):
                await self._look(self.services)

    async def _look(self, services: Services) -> None:
        # Whatever it answers, it answers; the traffic hears of it. A refusal is for later.
        with suppress(Rejected):
            await services.client.check(background=True)

    async def _follow_turns(self, pacer: RateLimiter) -> None:
        while True:
            left = pacer.left()
            await pacer.look()
            if pacer.left() != left:
                self.traffic.changed.emit()
            await asyncio.sleep(TURNS_SECONDS)

    def _gone(self) -> None:
        if not self._jobs.running("watch"):
            self._jobs.start("watch", self._watch_and_tell())

    async def _watch_and_tell(self) -> None:
        await self.watch()
        if self.services is not None:
            text = "The connection is back. What you typed is still here."
            step = NoticeAction.TRY_AGAIN if self.worth_trying() else None
            self.noticed.emit(Notice(Level.GOOD, "ATZ can be reached again", text, step))

    async def _keep(self, account: Account, token: str) -> None:
        kept: StoreResult = await self._tokens.keep(account.key, token)
        if kept.place is TokenLocation.THIS_RUN_ONLY:
            title = "The token is kept until you quit"
            self.noticed.emit(Notice(Level.WARNING, title, kept.why or ""))

    def _pacer(self, account: Account) -> RateLimiter:
        if account.key not in self._pacers:
            self._pacers[account.key] = self.way.pacer(account)
        return self._pacers[account.key]

    @property
    def proxy(self) -> str | Callable[[str], str | None] | None:
        """The way that the settings want, as AtzClient takes it."""
        if self.way.proxy == SYSTEM_PROXY:
            return self.way.system_proxy
        return "" if self.way.proxy == NO_PROXY else self.way.proxy

    def _client(self, account: Account, key: _TokenHolder, pacer: RateLimiter) -> AtzClient:
        def ended(error: AtzError | None) -> None:
            if key is self._key:
                self.traffic.ended(error)

        return AtzClient(
            account.api_url,
            lambda: key.token,
            pacer=pacer,
            timeouts=self.way.timeouts,
            proxy=self.proxy,
            on_wait=self.traffic.paused,
            renew=partial(self._renew, key),
            on_end=ended,
            sleep=self.way.sleep,
        )
