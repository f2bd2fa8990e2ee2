"""Getting in and staying in: which account, with which token, and back again after a break.

A token is in the key store or in memory, never anywhere else. It is tried before it is kept. When
ATZ refuses it in the middle of work, a new one is asked for and the waiting request goes on.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, Signal

from atz_desktop.api.client import AtzClient
from atz_desktop.api.errors import AtzError, Unauthorized
from atz_desktop.domain.settings import Account
from atz_desktop.domain.token_text import NO_TOKEN
from atz_desktop.session.account_session import (
    AccountSession,
    AccountSessions,
    ConnectionStatus,
    Credentials,
)
from atz_desktop.session.notices import Level, Notice, NoticeAction, error_notice
from atz_desktop.store.errors import StoreError
from atz_desktop.store.tokens import StoreResult, TokenLocation, TokenStore

if TYPE_CHECKING:
    from atz_desktop.store.database import Database

WRONG_TOKEN = "ATZ does not accept this token. Copy it again, whole."

TokenTest = Callable[[Credentials], Awaitable[str | None]]
"""Tries a token: what is wrong in plain words, None if it opened the account."""


class SignInPrompt(Protocol):
    """Asks the user to come in. None: not now."""

    async def ask_account(self, test: TokenTest) -> Credentials | None:
        """An account that is not known yet."""

    async def ask_token(self, account: Account, reason: str, test: TokenTest) -> str | None:
        """The token of a known account; `reason` says why it is asked for."""


class AccountConnection(QObject):
    """One window's account. `account` and `session` are None until it is connected."""

    connected = Signal()
    """Another account, or none: ask `account` and `status`."""
    came_back = Signal()
    """ATZ can be reached again."""
    notified = Signal(object)

    def __init__(self, tokens: TokenStore, prompt: SignInPrompt, sessions: AccountSessions) -> None:
        super().__init__()
        self.sessions = sessions
        self.can_retry: Callable[[], bool] = lambda: False
        """Whether something failed that "Try again" would do once more."""
        self.account: Account | None = None
        self.session: AccountSession | None = None
        self._tokens = tokens
        self._prompt = prompt
        self._idle = ConnectionStatus()

    @property
    def status(self) -> ConnectionStatus:
        """The line to the account; without one that of a token that is tried."""
        return self.session.status if self.session else self._idle

    async def sign_in(self, account: Account) -> Credentials | None:
        """The account with its token: the one in use or kept, or else the user is asked."""
        used = self.session is not None and self.session.account.key == account.key
        if used and self.session and self.session.token:
            # Perhaps from the environment, and kept nowhere.
            return Credentials(account, self.session.token)
        token = await self._tokens.read(account.key)
        if token is None:
            reason = self._tokens.problem or "Please enter the token of this account"
            token = await self._prompt.ask_token(account, reason, self.test_credentials)
            if token is None:
                return None
            await self.keep_token(account, token)
        return Credentials(account, token)

    async def add_account(self) -> Credentials | None:
        """Ask for an account that is not known yet, and keep its token."""
        credentials = await self._prompt.ask_account(self.test_credentials)
        if credentials is not None:
            await self.keep_token(credentials.account, credentials.token)
        return credentials

    async def connect_account(self, credentials: Credentials, database: Database) -> AccountSession:
        """Work on this account from now on, together with the windows that do so already."""
        await self.disconnect_account()
        session = self.sessions.enter(credentials, database)
        session.come_forward(self)
        session.reconnected.connect(self._on_reconnected)
        session.status.went_online.connect(self.came_back)
        self.account, self.session = credentials.account, session
        self.connected.emit()
        return session

    async def disconnect_account(self) -> None:
        """Work on no account; its connections are closed if no other window does."""
        session, self.session = self.session, None
        self.account = None
        if session is not None:
            session.reconnected.disconnect(self._on_reconnected)
            session.status.went_online.disconnect(self.came_back)
            self.connected.emit()
            await session.leave(self)

    def come_forward(self) -> None:
        """The window is in front now: what the account needs is asked there."""
        if self.session is not None:
            self.session.come_forward(self)

    async def test_credentials(self, credentials: Credentials) -> str | None:
        """Try a token by one cheap request: what is wrong, in plain words; None: it is good."""
        client = AtzClient(
            credentials.account.api_url,
            credentials.token,
            rate_limiter=self.sessions.rate_limiter(credentials.account),
            timeouts=self.sessions.network.timeouts,
            proxy=self.sessions.network.client_proxy,
            on_wait=self.status.on_delay,
            sleep=self.sessions.network.sleep,
        )
        try:
            await client.check()
        except Unauthorized as error:
            return NO_TOKEN if error.status is None else WRONG_TOKEN
        except AtzError as error:
            return error_notice(error, "Not connected").text
        finally:
            await client.close()
        return None

    async def renew_token(self) -> bool:
        """Ask for a new token in the middle of work; whether there is another one now."""
        return self.session is not None and await self.session.renew(self.session.token)

    async def ask_token(self, account: Account, reason: str) -> str | None:
        """Ask the user for another token of the account; None: not now."""
        return await self._prompt.ask_token(account, reason, self.test_credentials)

    async def keep_token(self, account: Account, token: str) -> None:
        """Keep a token that ATZ accepted."""
        kept: StoreResult = await self._tokens.save(account.key, token)
        if kept.place is TokenLocation.MEMORY:
            title = "The token is kept until you quit"
            self.notified.emit(Notice(Level.WARNING, title, kept.why or ""))

    async def forget(self, account: Account, database: Database | None) -> str | None:
        """Remove the token, and with a database everything kept under the account in it.

        In plain words what is left to do; None if nothing is.
        """
        if self.account is not None and self.account.key == account.key:
            await self.disconnect_account()
        problem = await self._tokens.delete(account.key)
        if database is not None:
            try:
                await database.delete_account(account.key)
            except StoreError as error:
                return " ".join(each for each in (problem, error.message) if each)
        return problem

    def _on_reconnected(self) -> None:
        text = "The connection is back. What you typed is still here."
        step = NoticeAction.TRY_AGAIN if self.can_retry() else None
        title = "ATZ can be reached again"
        self.notified.emit(Notice(Level.GOOD, title, text, step, aside=True))
