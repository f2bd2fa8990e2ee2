"""Asks the person at the window to come in (`session.account.AccountConnection`)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from atz_desktop.domain.settings import account_key
from atz_desktop.session.account import TokenTest
from atz_desktop.session.account_session import Credentials

if TYPE_CHECKING:
    from atz_desktop.domain.settings import Account, Settings
    from atz_desktop.view.dialogs.connect_dialog import ConnectDialog, SignInOptions


class SignInDialogs(QObject):
    """Shows one dialog at a time in front of `window`; `settings` are asked for when needed."""

    sandbox_requested = Signal()
    settings_requested = Signal()

    def __init__(self, window: QWidget, settings: Callable[[], Settings]) -> None:
        super().__init__(window)
        self._window = window
        self._settings = settings
        self._open: list[ConnectDialog] = []
        self._given_up = False

    async def ask_account(self, test: TokenTest) -> Credentials | None:
        """An account that is not worked on yet; the first one is greeted."""
        from atz_desktop.view.dialogs.connect_dialog import ConnectDialog

        offer = sign_in_options(self._settings())
        heading = "Welcome to ATZ Desktop" if offer.first else "Add an account"
        return await self._ask(ConnectDialog(offer, heading, self._window), test)

    async def ask_token(self, account: Account, reason: str, test: TokenTest) -> str | None:
        """The token of a known account."""
        from atz_desktop.view.dialogs.connect_dialog import ConnectDialog

        credentials = await self._ask(ConnectDialog(account, reason, self._window), test)
        return credentials.token if credentials else None

    def cancel_all(self) -> None:
        """Close what is being asked, and ask nothing from now on: not now.

        A save that is under way may still be refused, and nobody is there to enter a token.
        """
        self._given_up = True
        for dialog in list(self._open):
            dialog.reject()

    async def _ask(self, dialog: ConnectDialog, test: TokenTest) -> Credentials | None:
        if self._given_up:
            dialog.deleteLater()
            return None
        self._open.append(dialog)
        dialog.sandbox_requested.connect(dialog.reject)
        dialog.sandbox_requested.connect(self.sandbox_requested)
        dialog.settings_requested.connect(self.settings_requested)
        dialog.setWindowModality(Qt.WindowModality.WindowModal)
        dialog.open()
        try:
            while (answer := await dialog.ask_credentials()) is not None:
                credentials = Credentials(*answer)
                words = await _unless_closed(dialog, test, credentials)
                if words is None:
                    return credentials if dialog.isVisible() else None
                dialog.show_failure(words)
            return None
        finally:
            self._open.remove(dialog)
            if isValid(dialog):
                dialog.close()
                dialog.deleteLater()


def sign_in_options(settings: Settings) -> SignInOptions:
    """At first the accounts set for this computer; later those of them that the person had
    forgotten, because the others are in the menu. A name is offered once only."""
    from atz_desktop.view.dialogs.connect_dialog import SignInOptions

    first = settings.current_account() is None
    ready = tuple(each for each in settings.predefined if (each.key in settings.forgotten) != first)
    taken = frozenset(each.key for each in settings.all_accounts())
    name, url = settings.account_name, settings.api_url
    free = account_key(url, name) not in taken
    return SignInOptions(name if free else "", url, ready, taken, first)


async def _unless_closed(
    dialog: ConnectDialog, test: TokenTest, credentials: Credentials
) -> str | None:
    """What the test says; nobody waits for it any more when the dialog was closed."""
    import asyncio

    loop = asyncio.get_running_loop()
    async with asyncio.timeout(None) as scope:

        def stop() -> None:
            scope.reschedule(loop.time())

        dialog.finished.connect(stop)
        try:
            return await test(credentials)
        except asyncio.CancelledError:
            if dialog.isVisible():
                raise
        finally:
            dialog.finished.disconnect(stop)
    return None
