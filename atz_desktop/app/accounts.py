"""Puts together how one gets in and stays in: accounts, the sandbox, tokens, the line to ATZ."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from atz_desktop.api.rate_limiter import MARGIN, WINDOW, RateLimiter
from atz_desktop.app.stale_tokens import StaleTokens
from atz_desktop.app.system_proxy import system_proxy
from atz_desktop.domain.urls import api_url_problem
from atz_desktop.session.account import AccountConnection, Credentials, NetworkOptions
from atz_desktop.session.notices import Level, Notice, about_files
from atz_desktop.session.services import BooleanFormat
from atz_desktop.store.errors import StoreError
from atz_desktop.store.paths import make_private_folder
from atz_desktop.store.quarantine import kept_aside
from atz_desktop.store.settings import Account, Settings, account_key
from atz_desktop.store.tokens import TokenStore
from atz_desktop.store.turns import Turns, TurnsFile
from atz_desktop.view.dialogs.prompts import ask
from atz_desktop.view.dialogs.sign_in import SignInDialogs
from atz_desktop.view.windows.account_button import SANDBOX
from atz_desktop.view.windows.status_line import StatusLine

if TYPE_CHECKING:
    from pathlib import Path

    from atz_desktop.cli import Options
    from atz_desktop.sandbox.server import Sandbox
    from atz_desktop.session.editing_session import EditingSession
    from atz_desktop.session.jobs import Jobs
    from atz_desktop.store.database import Database
    from atz_desktop.store.paths import Paths
    from atz_desktop.view.windows.main_window import MainWindow

WRONG_ADDRESS = "The API address that the program was started with can't be used"

OWNER = "window"
"""This window's name among the drafts of its program: there is one window in a program."""

_READS = ("open", "look up", "recent")
"""Jobs that ask the account's server and must have ended before another account comes."""


class AccountController:
    """What the window's commands about accounts do.

    `settings` tells the person's choices, `choose` keeps changed ones. `leaving` and `entered` are
    awaited before an account goes and after one has come.
    """

    def __init__(  # noqa: PLR0913 - the parts of the program that an account touches
        self,
        window: MainWindow,
        jobs: Jobs,
        session: EditingSession,
        *,
        options: Options,
        paths: Paths,
        settings: Callable[[], Settings],
        choose: Callable[[Settings], None],
    ) -> None:
        self.sandbox: Sandbox | None = None
        self.database: Database | None = None
        self.leaving: Callable[[], Awaitable[None]] = _nothing
        self.entered: Callable[[], Awaitable[None]] = _nothing
        self._window = window
        self._jobs = jobs
        self._session = session
        self._options = options
        self._paths = paths
        self._settings = settings
        self._choose = choose
        self.door = SignInDialogs(window, settings)
        self._turns = TurnsFile(paths.turns, self._tell_of_turns)
        self._way = NetworkOptions(
            settings().proxy, system_proxy, pacer=self._pacer, flags=self._flags
        )
        marks = StaleTokens(settings, choose, lambda: jobs.wait("keep settings"))
        self.connecting = AccountConnection(jobs, TokenStore(stale=marks), self.door, self._way)
        self.connecting.worth_trying = lambda: session.failed
        self.connecting.noticed.connect(window.show_notice)
        self.door.sandbox_wanted.connect(lambda: self.switch(SANDBOX))
        mark = window.id_bar.account
        mark.chosen.connect(self.switch)
        mark.add_wanted.connect(self.add)
        mark.manage_wanted.connect(self.manage)

    def _flags(self, account: Account) -> BooleanFormat:
        """How this account takes booleans, kept in the settings as soon as it is known better."""

        def learn() -> None:
            others = tuple(k for k in self._settings().numeric_flags if k != account.key)
            numeric = (*others, account.key) if form.numeric else others
            self._choose(self._settings()._replace(numeric_flags=numeric))

        form = BooleanFormat(account.key in self._settings().numeric_flags, learn)
        return form

    @property
    def in_sandbox(self) -> bool:
        """Whether what is shown is made up."""
        account = self.connecting.account
        return account is not None and account.key == SANDBOX

    def show_line(self) -> None:
        """Put the line about the connection below the window's save bar."""
        self._window.add_last_line(StatusLine(self.connecting.traffic))

    # What the person wants

    async def connect(self) -> None:
        """Enter where the person was last, or as the command line says; ask for what is missing."""
        self._offer()
        if self._options.sandbox:
            await self._use(await self._made_up())
            return
        if self._address and (problem := api_url_problem(self._address)):
            self._window.show_notice(Notice(Level.PROBLEM, WRONG_ADDRESS, problem))
            return
        account = self._wanted()
        if account is None:
            given = await self.connecting.welcome()
        elif self._options.token:
            given = Credentials(account, self._options.token)
        else:
            given = await self.connecting.sign_in(account)
        if given is not None:
            await self._use(given)

    def switch(self, key: str) -> None:
        """Work on another account; drafts of this one are kept."""
        self._jobs.start("connect", self._switch(key))

    def add(self) -> None:
        """Ask for one more account and work on it."""
        self._jobs.start("connect", self._add())

    def sign_in_again(self) -> None:
        """Ask for a new token of this account, and do again what was refused."""
        self._jobs.start("connect", self._sign_in_again())

    def manage(self) -> None:
        """Show the list of accounts: names, colours, and how to forget one."""
        from atz_desktop.view.dialogs.account_dialog import AccountsDialog

        dialog = AccountsDialog(self._settings().known_accounts(), self._window)
        dialog.changed.connect(self._change)
        dialog.forget_wanted.connect(self._forget)
        dialog.add_wanted.connect(self.add)
        self._jobs.start("accounts", ask(dialog))

    def use_proxy(self, proxy: str) -> None:
        """Travel another way from now on."""
        if proxy == self._way.proxy:
            return
        self._way.proxy = proxy
        account = self.connecting.account
        if account is not None and not self.in_sandbox:
            self.switch(account.key)

    async def close(self) -> None:
        """Leave the account and end the sandbox."""
        await self.connecting.leave()
        await asyncio.to_thread(self._turns.close)
        if self.sandbox is not None:
            await asyncio.to_thread(self.sandbox.stop)

    # How it is done

    def _pacer(self, account: Account) -> RateLimiter:
        """Counted together with the other programs on this data folder."""
        database = self.database
        if account.key == SANDBOX or database is None:  # each program has a sandbox of its own
            return RateLimiter()
        hold = WINDOW + MARGIN
        return RateLimiter(
            ledger=Turns(self._turns, account.key, database.here, database.is_running, hold)
        )

    @property
    def _address(self) -> str:
        """The API address that the program was started with, as accounts keep it; "" if none."""
        return (self._options.api_url or "").strip().rstrip("/").removesuffix("/v1").rstrip("/")

    def _tell_of_turns(self, words: str) -> None:
        self.connecting.noticed.emit(about_files(words))

    def _wanted(self) -> Account | None:
        settings, url = self._settings(), self._address
        if not url:
            current = settings.current()
            if current is not None or not self._options.token:
                return current
            url = settings.api_url
        known = [each for each in settings.known_accounts() if each.api_url.rstrip("/") == url]
        name = urlsplit(url).hostname or url
        return known[0] if known else Account(account_key(url, ""), name, url)

    async def _switch(self, key: str) -> None:
        if key == SANDBOX:
            if await self._may_leave():
                await self._use(await self._made_up())
            return
        known = [each for each in self._settings().known_accounts() if each.key == key]
        account = known[0] if known else self.connecting.account
        if account is None or not await self._may_leave():
            return
        given = await self.connecting.sign_in(account)
        if given is not None:
            await self._use(given)

    async def _add(self) -> None:
        given = await self.connecting.welcome()
        if given is not None:
            self._choose(self._settings().with_account(given.account))
            if await self._may_leave():
                await self._use(given)

    async def _may_leave(self) -> bool:
        # What is being saved is not unsaved: asked now, the person would hear that ATZ does not
        # know of it, and could discard what then arrives all the same.
        await self._jobs.wait("save")
        return await self._session.may_leave()

    async def _sign_in_again(self) -> None:
        if self.connecting.account is None:
            await self.connect()
        elif await self.connecting.renew_now():
            self._session.try_again()

    async def _made_up(self) -> Credentials:
        from atz_desktop.sandbox.server import Sandbox

        if self.sandbox is None:
            file = self._paths.root / "sandbox" / "account.json"
            started = await asyncio.to_thread(_started, Sandbox, file)
            self.sandbox = started.sandbox
            if started.told:
                self._window.show_notice(about_files(started.told))
        name, url = "Sandbox", self.sandbox.url
        account = Account(SANDBOX, name, url, colour="purple", production=False)
        return Credentials(account, self.sandbox.token)

    async def _use(self, given: Credentials) -> None:
        if self.database is None:
            return
        await self._leave()
        await self.connecting.use(given, OWNER, self.database)
        self._session.services = self.connecting.services
        account = given.account
        if account.key != SANDBOX and not self._options.token:
            self._choose(self._settings().with_account(account))
        self._show()
        await self.entered()

    async def _leave(self) -> None:
        before = self.connecting.account
        await self.leaving()
        for name in _READS:
            self._jobs.cancel(name)
            await self._jobs.wait(name)
        await self._jobs.wait("save")
        if before is not None:
            self._session.put_away()
            self._session.services = None  # what is asked for from now on waits for the next one

    def _show(self) -> None:
        account, bar = self.connecting.account, self._window.id_bar.account
        shown = account or Account("", "", colour="grey", production=False)
        bar.show_account(shown.key, shown.name, shown.colour, shown.production)
        self._offer()
        if self.in_sandbox:
            from atz_desktop.sandbox.faults import MENU

            self._window.show_sandbox(tuple((entry.label, entry.label) for entry in MENU))
        else:
            self._window.leave_sandbox()

    def _offer(self) -> None:
        known = self._settings().known_accounts()
        self._window.id_bar.account.offer(tuple((a.key, a.name, a.colour) for a in known))

    def _change(self, account: Account) -> None:
        settings = self._settings()
        self._choose(settings.with_account(account)._replace(account=settings.account))
        if self.connecting.account and self.connecting.account.key == account.key:
            self.connecting.account = account
        self._show()

    def _forget(self, account: Account, with_texts: bool) -> None:
        self._jobs.start("forget", self._forget_all(account, with_texts), finish=True)

    async def _forget_all(self, account: Account, with_texts: bool) -> None:
        current = self.connecting.account
        if current is not None and current.key == account.key:
            if not with_texts and not await self._may_leave():
                return
            await self._leave()
            await self._jobs.wait("draft")  # or it would be written after all was forgotten
        database = self.database if with_texts else None
        problem = await self.connecting.forget(account, database)
        self._choose(self._settings().without_account(account.key))
        self._show()
        self._window.show_notice(
            Notice(Level.WARNING, "Not quite forgotten", problem)
            if problem
            else self._forgotten(account, with_texts)
        )

    def _forgotten(self, account: Account, with_texts: bool) -> Notice:
        words = ["Its token was removed."]
        if not with_texts:
            words.append("Its drafts and history are still on this computer.")
        if account.key in self._settings().forgotten:
            words.append("It is set for this computer, so “Add an account…” still offers it.")
        return Notice(Level.INFO, f"“{account.name}” is forgotten", " ".join(words))


async def _nothing() -> None:
    return None


class _StartedSandbox(NamedTuple):
    """The made-up account, and a sentence if it could not be read or cannot be kept."""

    sandbox: Sandbox
    told: str


def _started(kind: type[Sandbox], file: Path) -> _StartedSandbox:
    told = ""
    try:
        make_private_folder(file.parent)
        sandbox = kind(file=file)
        if sandbox.account.kept_aside:
            told = kept_aside(file, sandbox.account.kept_aside)
    except (OSError, StoreError):
        sandbox = kind()
        told = f"What you change in it is forgotten at the end: “{file}” can't be written."
    sandbox.start()
    return _StartedSandbox(sandbox, told)
