"""Puts together how one gets in and stays in: accounts, the sandbox, tokens, the line to ATZ."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from atz_desktop.domain.settings import Account, Settings, account_key
from atz_desktop.domain.urls import api_url_problem
from atz_desktop.session.account import AccountConnection
from atz_desktop.session.account_session import Credentials
from atz_desktop.session.notices import Level, Notice
from atz_desktop.view.dialogs.prompts import show_dialog
from atz_desktop.view.dialogs.sign_in import SignInDialogs
from atz_desktop.view.windows.account_button import SANDBOX

if TYPE_CHECKING:
    from atz_desktop.app.windows import WindowController

WRONG_ADDRESS = "The API address that the program was started with can't be used"


class AccountController:
    """What a window's commands about accounts do."""

    def __init__(self, controller: WindowController) -> None:
        self._controller = controller
        self._program = program = controller.program
        self._window = window = controller.window
        self._jobs = controller.jobs
        self.dialogs = SignInDialogs(window, lambda: program.settings)
        self.connection = AccountConnection(program.tokens, self.dialogs, program.accounts)
        self.connection.can_retry = self._can_retry
        self.connection.notified.connect(window.messages.show_notice)
        self.dialogs.sandbox_requested.connect(lambda: self.switch(SANDBOX))
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
        if self._controller.options.sandbox:
            await self._connect(await self._program.sandbox.account())
            return
        if self._address and (problem := api_url_problem(self._address)):
            self._window.messages.show_notice(Notice(Level.PROBLEM, WRONG_ADDRESS, problem))
            return
        account = self._initial_account()
        if account is None:
            credentials = await self.connection.add_account()
        elif self._controller.options.token:
            credentials = Credentials(account, self._controller.options.token)
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
        connected = self._controller.connected
        if connected is None:
            return True
        # What is being saved is not unsaved: asked now, the user would hear that ATZ does not know
        # of it, and could discard what then arrives all the same.
        await connected.session.wait_saved()
        return await connected.session.confirm_leave()

    async def leave(self) -> None:
        """Work on no account: it is to be forgotten."""
        await self._controller.leave()
        await self.connection.disconnect_account()
        self._show()

    # How it is done

    @property
    def _settings(self) -> Settings:
        return self._program.settings

    def _can_retry(self) -> bool:
        connected = self._controller.connected
        return connected is not None and connected.session.failed_load_id is not None

    def _choose(self, settings: Settings) -> None:
        self._program.take_settings(settings)

    @property
    def _address(self) -> str:
        """The API address that the program was started with, as accounts keep it; "" if none."""
        return (
            (self._controller.options.api_url or "")
            .strip()
            .rstrip("/")
            .removesuffix("/v1")
            .rstrip("/")
        )

    def _initial_account(self) -> Account | None:
        settings, url = self._settings, self._address
        if not url:
            current = settings.current_account()
            if current is not None or not self._controller.options.token:
                return current
            url = settings.api_url
        known = [each for each in settings.all_accounts() if each.api_url.rstrip("/") == url]
        name = urlsplit(url).hostname or url
        return known[0] if known else Account(account_key(url, ""), name, url)

    async def _switch(self, key: str) -> None:
        if key == SANDBOX:
            if await self.may_leave():
                await self._connect(await self._program.sandbox.account())
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
        elif await self.connection.renew_token() and self._controller.connected:
            self._controller.connected.session.retry()

    async def _connect(self, credentials: Credentials) -> None:
        database = self._program.database
        if database is None or not await self._is_draft_kept():
            return
        await self._controller.leave()
        session = await self.connection.connect_account(credentials, database)
        account = credentials.account
        if account.key != SANDBOX and not self._controller.options.token:
            self._choose(self._settings.with_account(account))
        self._show()
        await self._controller.enter(session)

    async def _is_draft_kept(self) -> bool:
        """Whether what was typed while a token was asked for is on the disk."""
        connected = self._controller.connected
        return connected is None or await connected.session.keep_draft()

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
        windows = [w for w in self._program.windows if w.account_key == account.key]
        if not with_texts:
            for each in windows:
                if not await each.accounts.may_leave():
                    return
        for each in windows:
            await each.accounts.leave()
        await self._program.windows.wait_closed(account.key)
        database = self._program.database if with_texts else None
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
