"""Puts together how one gets in and stays in: accounts, the sandbox, tokens, the line to ATZ."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from atz_desktop.app.connected import ConnectedWindow
from atz_desktop.domain.settings import Account, Settings, account_key
from atz_desktop.domain.urls import api_url_problem
from atz_desktop.session.account import AccountConnection
from atz_desktop.session.account_session import Credentials
from atz_desktop.session.notices import Level, Notice
from atz_desktop.view.dialogs.prompts import show_dialog
from atz_desktop.view.dialogs.sign_in import SignInDialogs
from atz_desktop.view.windows.account_button import SANDBOX

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from atz_desktop.app.connected import ConnectedWindows, WindowParts
    from atz_desktop.app.shared import Shared

    LeaveEverywhere = Callable[[str, bool], Awaitable[bool]]
    """Has each window leave the account of that key; whether to ask first about unsaved changes.
    False: the user wants to stay."""

WRONG_ADDRESS = "The API address that the program was started with can't be used"


class AccountController:
    """What a window's commands about accounts do, and what of the window belongs to one."""

    def __init__(
        self,
        shared: Shared,
        parts: WindowParts,
        windows: ConnectedWindows,
        leave_everywhere: LeaveEverywhere,
        on_entered: Callable[[ConnectedWindow], Awaitable[None]],
    ) -> None:
        """`on_entered` goes on with what the window was opened for."""
        self.connected: ConnectedWindow | None = None
        """None while the window works on no account."""
        self._shared = shared
        self._parts = parts
        self._windows = windows
        self._leave_everywhere = leave_everywhere
        self._on_entered = on_entered
        self._window = window = parts.window
        self._jobs = parts.jobs
        self.dialogs = SignInDialogs(window, lambda: shared.settings.current)
        self.connection = AccountConnection(shared.tokens, self.dialogs, shared.accounts)
        self.connection.can_retry = self._can_retry
        self.connection.notified.connect(window.messages.show_notice)
        self.dialogs.sandbox_requested.connect(lambda: self.switch(SANDBOX))
        self.dialogs.settings_requested.connect(window.settings_requested)
        mark = window.id_bar.account
        mark.chosen.connect(self.switch)
        mark.add_requested.connect(self.add)
        mark.manage_requested.connect(self.manage)

    @property
    def in_sandbox(self) -> bool:
        """Whether what is shown is made up."""
        account = self.connection.account
        return account is not None and account.key == SANDBOX

    # What the user wants

    async def connect(self, credentials: Credentials | None = None) -> None:
        """Enter this account, or else the one that the options name or that was worked on last.

        What is missing is asked for.
        """
        self._update_accounts()
        if credentials is not None:
            await self._connect(credentials)
            return
        if self._parts.options.sandbox:
            await self._connect(await self._shared.sandbox.account())
            return
        if self._address and (problem := api_url_problem(self._address)):
            self._window.messages.show_notice(Notice(Level.PROBLEM, WRONG_ADDRESS, problem))
            return
        account = self._initial_account()
        if account is None:
            credentials = await self.connection.add_account()
        elif self._parts.options.token:
            credentials = Credentials(account, self._parts.options.token)
        else:
            credentials = await self.connection.sign_in(account)
        if credentials is not None:
            await self._connect(credentials)

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

        dialog = AccountsDialog(self._settings.all_accounts(), self._window)
        dialog.changed.connect(self._update_account)
        dialog.forget_requested.connect(self._forget)
        dialog.add_requested.connect(self.add)
        self._jobs.start("accounts", show_dialog(dialog))

    def connect_again(self) -> None:
        """Enter the same account once more: the proxy is another one."""
        account = self.connection.account
        if account is not None and not self.in_sandbox:
            self.switch(account.key)

    async def may_leave(self) -> bool:
        """Whether the account may go: unsaved changes are asked about."""
        if self.connected is None:
            return True
        # What is being saved is not unsaved: asked now, the user would hear that ATZ does not know
        # of it, and could discard what then arrives all the same.
        await self.connected.session.wait_saved()
        return await self.connected.session.confirm_leave()

    async def leave(self) -> None:
        """Work on no account: what is under way on it ends, and what is typed is on the disk.

        It goes on to its end when who waits for it is stopped, as by the choice of another account.
        """
        if self.connected is not None:
            self._jobs.start("leave", self._leave(self.connected), finish=True)
        await self._jobs.wait("leave")

    async def disconnect(self) -> None:
        """Leave the account, and need nothing of it any more."""
        await self.leave()
        await self.connection.disconnect_account()

    async def show_left(self) -> None:
        """Disconnect, and say so: the account is to be forgotten."""
        await self.disconnect()
        self._show()

    # How it is done

    @property
    def _settings(self) -> Settings:
        return self._shared.settings.current

    def _can_retry(self) -> bool:
        connected = self.connected
        return connected is not None and connected.session.failed_load_id is not None

    def _choose(self, settings: Settings) -> None:
        self._shared.settings.update(settings)

    @property
    def _address(self) -> str:
        """The API address that the program was started with, as accounts keep it; "" if none."""
        url = (self._parts.options.api_url or "").strip().rstrip("/")
        return url.removesuffix("/v1").rstrip("/")

    def _initial_account(self) -> Account | None:
        settings, url = self._settings, self._address
        if not url:
            current = settings.current_account()
            if current is not None or not self._parts.options.token:
                return current
            url = settings.api_url
        known = [each for each in settings.all_accounts() if each.api_url.rstrip("/") == url]
        name = urlsplit(url).hostname or url
        return known[0] if known else Account(account_key(url, ""), name, url)

    async def _switch(self, key: str) -> None:
        if key == SANDBOX:
            if await self.may_leave():
                await self._connect(await self._shared.sandbox.account())
            return
        known = [each for each in self._settings.all_accounts() if each.key == key]
        account = known[0] if known else self.connection.account
        if account is None or not await self.may_leave():
            return
        credentials = await self.connection.sign_in(account)
        if credentials is not None:
            await self._connect(credentials)

    async def _add(self) -> None:
        credentials = await self.connection.add_account()
        if credentials is not None:
            self._choose(self._settings.with_account(credentials.account))
            if await self.may_leave():
                await self._connect(credentials)

    async def _sign_in_again(self) -> None:
        if self.connection.account is None:
            await self.connect()
        elif await self.connection.renew_token() and self.connected:
            self.connected.session.retry()

    async def _connect(self, credentials: Credentials) -> None:
        database = self._shared.database
        if database is None or not await self._is_draft_kept():
            return
        await self.leave()
        session = await self.connection.connect_account(credentials, database)
        account = credentials.account
        if account.key != SANDBOX and not self._parts.options.token:
            self._choose(self._settings.with_account(account))
        self._show()
        self.connected = connected = ConnectedWindow(
            self._shared, self._parts, session, self._windows
        )
        await connected.start()
        await self._on_entered(connected)

    async def _leave(self, connected: ConnectedWindow) -> None:
        await connected.close()
        self.connected = None
        self._parts.model.clear()
        self._window.show_session(None)

    async def _is_draft_kept(self) -> bool:
        """Whether what was typed while a token was asked for is on the disk."""
        return self.connected is None or await self.connected.session.keep_draft()

    def _show(self) -> None:
        account, bar = self.connection.account, self._window.id_bar.account
        shown = account or Account("", "", colour="grey", production=False)
        bar.show_account(shown.key, shown.name, shown.colour, shown.production)
        self._update_accounts()
        if self.in_sandbox:
            from atz_desktop.sandbox.faults import MENU

            self._window.show_sandbox(tuple((entry.label, entry.label) for entry in MENU))
        else:
            self._window.hide_sandbox()

    def _update_accounts(self) -> None:
        known = self._settings.all_accounts()
        self._window.id_bar.account.set_accounts(tuple((a.key, a.name, a.colour) for a in known))

    def _update_account(self, account: Account) -> None:
        settings = self._settings
        self._choose(settings.with_account(account)._replace(account=settings.account))
        if self.connection.account and self.connection.account.key == account.key:
            self.connection.account = account
        self._show()

    def _forget(self, account: Account, with_texts: bool) -> None:
        self._jobs.start("forget", self._forget_account(account, with_texts), finish=True)

    async def _forget_account(self, account: Account, with_texts: bool) -> None:
        if not await self._leave_everywhere(account.key, not with_texts):
            return
        database = self._shared.database if with_texts else None
        problem = await self.connection.forget(account, database)
        self._choose(self._settings.without_account(account.key))
        self._show()
        self._window.messages.show_notice(
            Notice(Level.WARNING, "Not quite forgotten", problem)
            if problem
            else self._forgotten_notice(account, with_texts)
        )

    def _forgotten_notice(self, account: Account, with_texts: bool) -> Notice:
        words = ["Its token was removed."]
        if not with_texts:
            words.append("Its drafts and history are still on this computer.")
        if account.key in self._settings.forgotten:
            words.append("It is set for this computer, so “Add an account…” still offers it.")
        return Notice(Level.INFO, f"“{account.name}” is forgotten", " ".join(words))
