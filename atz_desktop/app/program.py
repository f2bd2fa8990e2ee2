"""The composition root: what the windows of one process share; closed in reverse order.

The first window is on the screen already when `Program.run` begins. The program ends with the last.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from atz_desktop.app.maintenance import Maintenance
from atz_desktop.app.notifications import Notifications
from atz_desktop.app.open_windows import OpenWindows
from atz_desktop.app.sandbox import SandboxHost
from atz_desktop.app.settings import SettingsWriter, boolean_format
from atz_desktop.app.stale_tokens import StaleTokens
from atz_desktop.app.starts import LaterStarts
from atz_desktop.app.system_proxy import system_proxy
from atz_desktop.app.windows import LAST_SECONDS, WindowController
from atz_desktop.app.zones import ZoneController
from atz_desktop.domain.settings import Account, Settings
from atz_desktop.publisher import PUBLISHER
from atz_desktop.session.account_session import AccountSessions, Credentials, NetworkOptions
from atz_desktop.session.jobs import Jobs
from atz_desktop.session.messages import folder_in_use, folder_not_renewed, folder_renewed
from atz_desktop.session.notices import Notice, files_notice
from atz_desktop.session.services import BooleanFormat
from atz_desktop.session.update_check import UpdateCheck
from atz_desktop.store.database import Database
from atz_desktop.store.errors import FileGone, StoreError
from atz_desktop.store.tokens import TokenStore
from atz_desktop.view.widgets.dialog import place_beside
from atz_desktop.view.windows.main_window import MainWindow

if TYPE_CHECKING:
    from atz_desktop.app.crash import Crash, CrashHook
    from atz_desktop.app.log import AppLog
    from atz_desktop.app.single_instance import InstanceLock
    from atz_desktop.cli import Options
    from atz_desktop.publisher import Publisher
    from atz_desktop.store.paths import Paths
    from atz_desktop.view.appearance import Theme
    from atz_desktop.view.windows.system_messages import SystemMessages

_FORM_SECONDS = 10.0
"""How long what nobody waits for leaves the computer to the first form."""
_PAINT_SECONDS = 0.002
"""For what waits to be painted: that and entering an account held the window in one step."""


class Program:
    """One run of the program, from the painted window to the exit code."""

    def __init__(  # noqa: PLR0913 - what launch.py had to read before the first paint
        self,
        window: MainWindow,
        theme: Theme,
        options: Options,
        paths: Paths,
        settings: Settings,
        *,
        defaults: Settings | None = None,
        publisher: Publisher = PUBLISHER,
        log: AppLog | None = None,
        instance: InstanceLock | None = None,
    ) -> None:
        """`defaults` is what was set for the whole computer; it is not kept as a user's choice.

        With `instance` later starts on the data folder open windows here.
        """
        self.settings = settings
        self.paths = paths
        self.logbook = log
        self.jobs = Jobs()
        self.database: Database | None = None
        self.on_idle: Callable[[], None] = lambda: None
        """Called once, when nobody waits for the first form any more."""
        self.windows = OpenWindows()
        self._theme = theme
        self._ended = asyncio.Event()
        self._grace_seconds = LAST_SECONDS
        self._starts = LaterStarts(paths.root, instance, self.open_window, self._ended.is_set)
        self._settings_writer = SettingsWriter(
            paths.settings, lambda: self.settings, self.jobs, self, defaults=defaults
        )
        self._create_parts(publisher)
        self._first = self._wire(window, options)

    def _create_parts(self, publisher: Publisher) -> None:
        """What the windows share; `_close` ends it in reverse order."""
        self.sandbox = SandboxHost(self.paths.root, self.show_notice)
        self.network = NetworkOptions(
            self.settings.proxy, system_proxy, boolean_format=self._boolean_format
        )
        self.accounts = AccountSessions(self.jobs, self.network)
        marks = StaleTokens(
            lambda: self.settings, self.take_settings, lambda: self.jobs.wait("keep settings")
        )
        self.tokens = TokenStore(stale=marks)
        self.updates = UpdateCheck(
            publisher,
            settings=lambda: self.settings,
            keep=self.take_settings,
            proxy=lambda: self.network.client_proxy,
        )
        self.maintenance = Maintenance(
            lambda: self.front.window,
            self.jobs,
            self.paths,
            self.updates,
            database=lambda: self.database,
            settings=lambda: self.settings,
            on_restored=self._on_restored,
        )
        self.zones = ZoneController()
        self.notifications = Notifications(lambda: self.settings.notify)
        self._system_messages: SystemMessages | None = None

    async def run(
        self,
        script: Callable[[Program], Awaitable[None]] | None = None,
        problem: str | None = None,
    ) -> int:
        """Work until the last window is closed; the exit code. `script` works in a user's place.

        `problem` is what was wrong with the settings file, to be said to the user.
        """
        self._connect_signals()
        first = self._first
        try:
            await self._open_store(problem)
            first.start()
            await asyncio.sleep(_PAINT_SECONDS)
            if script is not None:
                await first.accounts.connect()
                self._starts.open_windows()
                await script(self)
            else:
                first.connect()
                self.maintenance.start(self._wait_for_form)
                self._starts.open_windows()
                await self.wait_until_ended()
        finally:
            await self._close()
        return 0

    async def _wait_for_form(self) -> None:
        await self._first.jobs.wait("connect", _FORM_SECONDS)
        self.on_idle()

    async def wait_until_ended(self) -> None:
        """Wait until the program is to end."""
        await self._ended.wait()

    def quit(self) -> None:
        """End without asking, as for SIGTERM: drafts are kept, and a save under way is finished if
        it neither waits nor takes long; else the next start looks up what became of it.
        """
        self._ended.set()

    # Windows

    @property
    def front(self) -> WindowController:
        """The window that the user worked in last."""
        return self.windows.front

    def open_window(
        self, options: Options, credentials: Credentials | None = None
    ) -> WindowController:
        """Open one more window; it enters this account, or the one that the options say."""
        before = self.front.window
        window = MainWindow()
        window.setWindowIcon(before.windowIcon())
        place_beside(window, before)
        window.show()
        made = self._wire(window, options)
        made.start()
        made.connect(credentials)
        window.come_forward()
        return made

    def open_window_like(self, other: WindowController) -> None:
        """Open one more window on the account of another."""
        account, session = other.accounts.connection.account, other.accounts.connection.session
        credentials = Credentials(account, session.token) if account and session else None
        self.open_window(
            other.options._replace(activity=None, list_file=None, practice=False), credentials
        )

    def close_window(self, window: WindowController, *, hangs: bool = False) -> None:
        """The user was asked and may close this window; `hangs`: a save in it takes long.

        The last window stays on the screen until all is kept.
        """
        if window not in self.windows:
            return
        if len(self.windows) == 1:
            self._grace_seconds = 0.0 if hangs else LAST_SECONDS
            self._ended.set()
            return
        self.windows.begin_closing(window)
        self.jobs.start(f"close {id(window)}", self._let_go(window), finish=True)

    def close_all(self) -> None:
        """Ask in each window, and close those that may be."""
        for each in self.windows:
            each.window.close()

    async def _let_go(self, window: WindowController) -> None:
        await window.close()
        self.windows.end_closing(window)

    def _wire(self, window: MainWindow, options: Options) -> WindowController:
        made = WindowController(self, window, options)
        self.maintenance.attach(window)
        self.windows.add(made)
        return made

    # Settings

    def choose(self, settings: Settings) -> None:
        """The user chose these in the dialog."""
        old = self.settings
        self.settings = settings._replace(  # noted meanwhile
            stale_tokens=old.stale_tokens,
            numeric_flags=old.numeric_flags,
            zone_known=old.zone_known,
            work_list_shown=old.work_list_shown,
            list_columns=old.list_columns,
        )
        self._theme.choose(settings.theme)  # type: ignore[arg-type]  # checked where it is read
        proxy_changed = settings.proxy != self.network.proxy
        self.network.proxy = settings.proxy
        for each in self.windows:
            if each.connected is not None:
                each.connected.session.review_first = settings.review_before_save
            if settings.zone != old.zone:
                each.model.set_zone(settings.zone)
            if proxy_changed:
                each.accounts.connect_again()
        self._settings_writer.schedule()

    def _take_zone(self, zone: str, account: str) -> None:
        """The zone was found out on an activity of `account`."""
        known = tuple(dict.fromkeys((*self.settings.zone_known, account)))
        self.settings = self.settings._replace(zone_known=known)
        self.choose(self.settings._replace(zone=zone))

    def take_settings(self, settings: Settings) -> None:
        """Keep what was noted on the way."""
        self.settings = settings
        self._settings_writer.schedule()

    def _on_restored(self) -> None:
        """Rows came back from a backup: what the windows show of them is read again."""
        for each in self.windows:
            if each.connected is not None:
                each.connected.account.work_lists.on_restored()

    def _boolean_format(self, account: Account) -> BooleanFormat:
        return boolean_format(account, lambda: self.settings, self.take_settings)

    # Messages

    def show_notice(self, notice: Notice) -> None:
        """Show a message in the window in front."""
        self.front.window.messages.show_notice(notice)

    def withdraw_notice(self, notice: Notice) -> None:
        """What a message says no longer holds: wherever it is still shown, it goes."""
        for each in self.windows:
            each.window.messages.withdraw_notice(notice)

    def _show_system_message(self, title: str, text: str) -> None:
        if self._system_messages is None:
            from atz_desktop.view.windows.system_messages import SystemMessages

            self._system_messages = SystemMessages(lambda: self.front.window)
        self._system_messages.show(title, text)

    def watch_crashes(self, hook: CrashHook) -> None:
        """Show every error that nobody expected, one at a time; the log has all of them."""
        hook.crashed.connect(self._show_crash)

    def _show_crash(self, crash: Crash) -> None:
        self.front.help.show_crash(crash)

    # Store

    async def _open_store(self, problem: str | None) -> None:
        try:
            self.database, notice = await asyncio.to_thread(Database.open, self.paths.database)
        except StoreError as error:
            self.database = Database.in_memory(error)
            notice = f"{error.message} Drafts and history are not kept in this run."
        notice = " ".join(each for each in (problem, notice) if each)
        if notice:
            self.show_notice(files_notice(notice))

    def make_folder_anew(self) -> None:
        """The data folder was taken away: make it again, with all that is to be kept."""
        self.jobs.start("new folder", self._recreate_folder(), finish=True)

    async def _recreate_folder(self) -> None:
        if self.database is None:
            return
        if not await self._starts.lock_again():
            self.show_notice(folder_in_use())
            return
        try:
            renewed = await self.database.recreate_file()
        except StoreError as error:
            self.show_notice(folder_not_renewed(error))
            return
        for each in self.windows:
            if each.connected is not None:
                await each.connected.session.drafts.rewrite()
                each.connected.look_up()
        self._starts.listen()
        self._settings_writer.schedule()
        self.show_notice(folder_renewed(renewed.copied, renewed.notice))

    async def _recreate_folder_before_exit(self) -> None:
        """A folder that is gone is made anew if typing would be lost: nobody can be asked now."""
        lost = any(isinstance(each.draft_error, FileGone) for each in self.windows)
        if lost and self.database is not None:
            with suppress(StoreError):
                await self.database.recreate_file()

    # Beginning and ending

    def _connect_signals(self) -> None:
        if sys.platform != "win32":
            loop = asyncio.get_running_loop()
            for number in (signal.SIGINT, signal.SIGTERM):
                loop.add_signal_handler(number, self.quit)
        self.zones.zone_chosen.connect(self._take_zone)
        self.notifications.told.connect(self._show_system_message)
        self.zones.settings_requested.connect(lambda: self.front.show_settings(zone=True))
        self._starts.listen()

    async def _close(self) -> None:
        self._starts.close()
        for each in (*self.windows, *self.windows.closing):
            each.give_up()
        self.accounts.cancel_delays()
        if not await self.jobs.drain(self._grace_seconds):
            await self.accounts.cut_off()
            await self.jobs.drain()
        await self._recreate_folder_before_exit()
        for each in self.windows:
            if each.connected is not None:
                await each.connected.session.keep_draft()
        await self.jobs.drain()
        for each in self.windows:
            each.window.hide()
        self.settings = self.settings._replace(window=self.front.window.geometry_text())
        await self._settings_writer.write()
        for each in self.windows:
            await each.leave()
            await each.accounts.connection.disconnect_account()
        await self.sandbox.stop()
        if self.database is not None:
            await asyncio.to_thread(self.database.close)
        for each in self.windows:
            each.window.force_close()
            if each is not self._first:
                each.window.deleteLater()
        self._starts.release()
