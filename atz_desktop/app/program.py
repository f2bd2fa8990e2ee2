"""One run of the program, from the painted window to the exit code.

What the windows share (shared.py) begins before them and ends after them. The program ends with its
last window.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from atz_desktop.app.connected import ConnectedWindows
from atz_desktop.app.later_starts import LaterStarts
from atz_desktop.app.maintenance import Maintenance
from atz_desktop.app.notifications import SystemMessages
from atz_desktop.app.shared import Shared
from atz_desktop.app.window import LAST_SECONDS, WindowController, WindowRequests
from atz_desktop.publisher import PUBLISHER
from atz_desktop.session.account_session import Credentials
from atz_desktop.session.messages import folder_in_use, folder_not_renewed, folder_renewed
from atz_desktop.session.notices import NoticeAction, files_notice
from atz_desktop.store.errors import FileGone, StoreError
from atz_desktop.view.widgets.window_geometry import place_beside
from atz_desktop.view.windows.main_window import MainWindow

if TYPE_CHECKING:
    from atz_desktop.app.crash import Crash, CrashHook
    from atz_desktop.app.log import AppLog
    from atz_desktop.app.single_instance import InstanceLock
    from atz_desktop.cli import Options
    from atz_desktop.domain.settings import Settings
    from atz_desktop.publisher import Publisher
    from atz_desktop.session.notices import Notice
    from atz_desktop.store.paths import Paths
    from atz_desktop.view.appearance import Theme

_FORM_SECONDS = 10.0
"""How long what nobody waits for leaves the computer to the first form."""
_PAINT_SECONDS = 0.002
"""For what waits to be painted: that and entering an account held the window in one step."""


class Program:
    """The first window is on the screen already when `run` begins."""

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
        """`defaults` is what was set for the whole computer. With `instance` later starts on the
        data folder open windows here.
        """
        self.on_idle: Callable[[], None] = lambda: None
        """Called once, when nobody waits for the first form any more."""
        self._open: list[WindowController] = []
        """On the screen, the one that the user worked in last at the end."""
        self._closing: list[WindowController] = []
        """Hidden: a save in them is not over, or a draft not on the disk."""
        self._connected = ConnectedWindows()
        self._requests = WindowRequests(
            self._come_forward, self.open_window_like, self.close_window, self._leave_everywhere
        )
        self._ended = asyncio.Event()
        self._grace_seconds = LAST_SECONDS
        self._theme = theme
        self._system_messages: SystemMessages | None = None
        self.shared = Shared(paths, settings, self, defaults=defaults, publisher=publisher, log=log)
        self._jobs = self.shared.jobs
        self.maintenance = Maintenance(lambda: self.front.window, self.shared, self._on_restored)
        self._starts = LaterStarts(paths.root, instance, self.open_window, self._ended.is_set)
        self._first = self._wire(window, options)

    async def run(
        self,
        script: Callable[[Program], Awaitable[None]] | None = None,
        problem: str | None = None,
    ) -> int:
        """Work until the last window is closed; the exit code. `script` works in a user's place.

        `problem` is what was wrong with the settings file, to be said to the user.
        """
        self._listen()
        first = self._first
        try:
            notice = " ".join(filter(None, (problem, await self.shared.open_store())))
            if notice:
                self.show_notice(files_notice(notice))
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

    def _listen(self) -> None:
        if sys.platform != "win32":
            loop = asyncio.get_running_loop()
            for number in (signal.SIGINT, signal.SIGTERM):
                loop.add_signal_handler(number, self.quit)
        self.shared.settings.chosen.connect(self._apply_settings)
        self.shared.notifications.told.connect(self._show_system_message)
        self._starts.listen()

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

    async def _close(self) -> None:
        """In the reverse order of the beginning: the windows, then what they share."""
        self._starts.close()
        for each in (*self.windows, *self._closing):
            each.give_up()
        await self._finish_jobs()
        await self._recreate_folder_before_exit()
        for each in self.windows:
            if each.connected is not None:
                await each.connected.session.keep_draft()
        await self._jobs.drain()
        for each in self.windows:
            each.window.hide()
        settings = self.shared.settings
        settings.current = settings.current._replace(window=self.front.window.geometry_text())
        await settings.write()
        for each in self.windows:
            await each.accounts.disconnect()
        await self.shared.close()
        for each in self.windows:
            each.window.force_close()
            if each is not self._first:
                each.window.deleteLater()
        self._starts.release()

    async def _finish_jobs(self) -> None:
        """What hangs for too long is cut off; the next start looks up what became of it."""
        self.shared.accounts.cancel_delays()
        if not await self._jobs.drain(self._grace_seconds):
            await self.shared.accounts.cut_off()
            await self._jobs.drain()

    # Windows

    @property
    def windows(self) -> tuple[WindowController, ...]:
        """Those on the screen by now."""
        return tuple(self._open)

    @property
    def front(self) -> WindowController:
        """The window that the user worked in last."""
        return self._open[-1]

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

    def close_window(self, window: WindowController, hangs: bool = False) -> None:
        """The user was asked and may close this window; `hangs`: a save in it takes long.

        The last window stays on the screen until all is kept.
        """
        if window not in self._open:
            return
        if len(self._open) == 1:
            self._grace_seconds = 0.0 if hangs else LAST_SECONDS
            self._ended.set()
            return
        self._open.remove(window)
        self._closing.append(window)
        window.hide()
        self._jobs.start(f"close {id(window)}", self._let_go(window), finish=True)

    def close_all(self) -> None:
        """Ask in each window, and close those that may be."""
        for each in self.windows:
            each.window.close()

    async def _let_go(self, window: WindowController) -> None:
        await window.close()
        self._closing.remove(window)

    async def _leave_everywhere(self, account_key: str, ask: bool) -> bool:
        windows = [each for each in self.windows if each.account_key == account_key]
        if ask:
            for each in windows:
                if not await each.accounts.may_leave():
                    return False
        for each in windows:
            await each.accounts.show_left()
        for each in [each for each in self._closing if each.account_key == account_key]:
            await each.closed.wait()
        return True

    def _wire(self, window: MainWindow, options: Options) -> WindowController:
        made = WindowController(self.shared, window, options, self._connected, self._requests)
        self._open.append(made)
        self.maintenance.attach(window)
        window.quit_requested.connect(self.close_all)
        window.action_requested.connect(self._take_step)
        return made

    def _come_forward(self, window: WindowController) -> None:
        if window in self._open:
            self._open.remove(window)
            self._open.append(window)

    def _take_step(self, step: NoticeAction) -> None:
        """Do what a message of the program itself offered; windows do the rest."""
        if step is NoticeAction.WHATS_NEW:
            self.maintenance.show_update()
        elif step is NoticeAction.NEW_FOLDER:
            self._jobs.start("new folder", self._recreate_folder(), finish=True)

    # What reaches all windows

    def _apply_settings(self, old: Settings, new: Settings) -> None:
        self._theme.choose(new.theme)  # type: ignore[arg-type]  # checked where it is read
        self.shared.network.proxy = new.proxy
        for each in self.windows:
            each.apply_settings(old, new)

    def _on_restored(self) -> None:
        """Rows came back from a backup: what the windows show of them is read again."""
        for each in self.windows:
            if each.connected is not None:
                each.connected.account_session.work_lists.on_restored()

    def show_notice(self, notice: Notice) -> None:
        """Show a message in the window in front."""
        self.front.window.messages.show_notice(notice)

    def withdraw_notice(self, notice: Notice) -> None:
        """What a message says no longer holds: wherever it is still shown, it goes."""
        for each in self.windows:
            each.window.messages.withdraw_notice(notice)

    def _show_system_message(self, title: str, text: str) -> None:
        if self._system_messages is None:
            self._system_messages = SystemMessages(lambda: self.front.window)
        self._system_messages.show(title, text)

    def watch_crashes(self, hook: CrashHook) -> None:
        """Show every error that nobody expected, one at a time; the log has all of them."""
        hook.crashed.connect(self._show_crash)

    def _show_crash(self, crash: Crash) -> None:
        self.front.help.show_crash(crash)

    # A data folder that was taken away

    async def _recreate_folder(self) -> None:
        """Make it again, with all that is to be kept."""
        if self.shared.database is None:
            return
        if not await self._starts.lock_again():
            self.show_notice(folder_in_use())
            return
        try:
            renewed = await self.shared.database.recreate_file()
        except StoreError as error:
            self.show_notice(folder_not_renewed(error))
            return
        for each in self.windows:
            if each.connected is not None:
                await each.connected.session.drafts.rewrite()
                each.connected.look_up()
        self._starts.listen()
        self.shared.settings.schedule()
        self.show_notice(folder_renewed(renewed.copied, renewed.notice))

    async def _recreate_folder_before_exit(self) -> None:
        """A folder that is gone is made anew if typing would be lost: nobody can be asked now."""
        connected = (each.connected for each in self.windows)
        errors = [each.session.draft_error for each in connected if each is not None]
        if any(isinstance(error, FileGone) for error in errors) and self.shared.database:
            with suppress(StoreError):
                await self.shared.database.recreate_file()
