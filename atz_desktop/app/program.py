"""The composition root: builds store, client and session; closes them in reverse order.

The window is on the screen already when `Program.run` begins.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from atz_desktop.app.accounts import OWNER, AccountController
from atz_desktop.app.help import HelpController
from atz_desktop.app.history import HistoryController
from atz_desktop.app.maintenance import Maintenance
from atz_desktop.app.names import NameController
from atz_desktop.app.settings import SettingsWriter
from atz_desktop.app.support import SupportController
from atz_desktop.domain.parse_input import parse_activity_id, parse_search_text
from atz_desktop.publisher import PUBLISHER
from atz_desktop.session.editing_session import EditingSession
from atz_desktop.session.jobs import Jobs
from atz_desktop.session.messages import folder_not_renewed, folder_renewed
from atz_desktop.session.notices import NoticeAction, about_files
from atz_desktop.session.update_check import UpdateCheck
from atz_desktop.startup_trace import trace
from atz_desktop.store.database import Database
from atz_desktop.store.drafts import Drafts
from atz_desktop.store.errors import FileGone, StoreError
from atz_desktop.store.settings import Settings
from atz_desktop.view.dialogs.prompts import DialogPrompts, ask
from atz_desktop.view.dialogs.settings_dialog import SettingsDialog
from atz_desktop.view.windows.id_bar import RecentActivity as RecentShown

if TYPE_CHECKING:
    from atz_desktop.app.crash import CrashHook
    from atz_desktop.app.log import AppLog
    from atz_desktop.cli import Options
    from atz_desktop.publisher import Publisher
    from atz_desktop.sandbox.server import Sandbox
    from atz_desktop.session.services import Services
    from atz_desktop.store.paths import Paths
    from atz_desktop.view.appearance import Theme
    from atz_desktop.view.windows.main_window import MainWindow


LAST_SECONDS = 3.0
"""Seconds that a save may still take when the program is to end."""


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
        usual: Settings | None = None,
        publisher: Publisher = PUBLISHER,
        logbook: AppLog | None = None,
    ) -> None:
        """`usual` is what was set for the whole computer; it is not kept as a person's choice."""
        self.window = window
        self.options = options
        self.settings = settings
        self.jobs = Jobs()
        self._kept_settings = SettingsWriter(
            paths.settings,
            lambda: self.settings,
            self.jobs,
            window,
            read=settings,
            usual=usual,
        )
        self._questions = DialogPrompts(window)
        self.session = EditingSession(self.jobs, self._questions, settings.zone)
        self.session.review_first = settings.review_before_save
        self._questions.lookups = self.session.lookups
        self._theme = theme
        self._paths = paths
        self._database: Database | None = None
        self._ended = asyncio.Event()
        self._last_seconds = LAST_SECONDS
        self._history = HistoryController(window, self.jobs, self.session, self._questions)
        self._naming = NameController(window, self.jobs, self.session)
        self._helping = HelpController(window, self.jobs, paths)
        self.entering = AccountController(
            window,
            self.jobs,
            self.session,
            options=options,
            paths=paths,
            settings=lambda: self.settings,
            choose=self._take_settings,
        )
        self._updates = UpdateCheck(
            publisher,
            settings=lambda: self.settings,
            keep=self._take_settings,
            proxy=lambda: self.entering.connecting.proxy,
        )
        self._upkeep = Maintenance(
            window,
            self.jobs,
            paths,
            self._updates,
            database=lambda: self._database,
            settings=lambda: self.settings,
        )
        self._support = SupportController(
            window,
            self.jobs,
            options=options,
            paths=paths,
            session=self.session,
            connecting=self.entering.connecting,
            settings=lambda: self.settings,
            database=lambda: self._database,
            logbook=logbook,
        )
        self.entering.entered, self.entering.leaving = self._entered, self._leaving

    async def run(
        self,
        script: Callable[[Program], Awaitable[None]] | None = None,
        problem: str | None = None,
    ) -> int:
        """Work until the window is closed; the exit code. `script` works in a person's place.

        `problem` is what was wrong with the settings file, to be said to the person.
        """
        self._listen()
        try:
            await self._open_store(problem)
            self.window.attach(self.session)
            self.entering.show_line()
            if script is not None:
                await self.entering.connect()
                await script(self)
            else:
                self.jobs.start("connect", self.entering.connect())
                self._upkeep.start()
                await self.ended()
        finally:
            await self._close()
        return 0

    async def ended(self) -> None:
        """Wait until the program is to end."""
        await self._ended.wait()

    def quit(self) -> None:
        """End without asking, as for SIGTERM: drafts are kept, and a save under way is finished if
        it neither waits nor takes long; else the next start looks up what became of it.
        """
        self._ended.set()

    # Entering and leaving accounts

    @property
    def sandbox(self) -> Sandbox | None:
        """The made-up account, once it was entered."""
        return self.entering.sandbox

    async def _entered(self) -> None:
        services = self.session.services
        if services is None:
            return
        account = self.entering.connecting.account
        self._questions.api_url = account.api_url if account else ""
        self._questions.flags = services.flags
        with suppress(StoreError):
            await self.session.lookups.recall(services)
            await self._offer_recent(services)
        self.session.state_changed.emit()
        self._look_up()
        if self.options.activity is not None and self.session.edit is None:
            self._load(self.options.activity)
            self.options = self.options._replace(activity=None)
        await self._naming.connected(services, made_up=self.entering.in_sandbox)

    async def _leaving(self) -> None:
        await self._history.close()
        await self._naming.leave()

    def _look_up(self) -> None:
        if not self.jobs.running("look up"):
            self.session.look_up_soon()

    async def _offer_recent(self, services: Services) -> None:
        found = await services.recent.list(services.account)
        self.window.offer_recent(tuple(RecentShown(r.activity_id, r.title) for r in found))

    # What the window asks for

    def _listen(self) -> None:
        window = self.window
        window.load_wanted.connect(self._load)
        window.close_wanted.connect(self._want_close)
        window.step_wanted.connect(self._take_step)
        window.settings_wanted.connect(self._show_settings)
        window.history_wanted.connect(self._history.show)
        window.fault_wanted.connect(self._switch_fault)
        self.session.opened.connect(self._opened)
        self.entering.connecting.traffic.came_back.connect(self._look_up)
        self.entering.door.settings_wanted.connect(self._show_settings)
        if sys.platform != "win32":
            loop = asyncio.get_running_loop()
            for number in (signal.SIGINT, signal.SIGTERM):
                loop.add_signal_handler(number, self.quit)

    def _load(self, text: str) -> None:
        found = parse_activity_id(text)
        words = parse_search_text(text) if found is None else None
        if found is None and words is None:
            self.window.id_bar.show_problem(
                "Type the number of an activity, such as 42, or paste its address."
            )
        elif self.session.services is None:
            self.options = self.options._replace(activity=text)
            if not self.jobs.running("connect"):
                self.jobs.start("connect", self.entering.connect())
        elif found is None:
            self._naming.find(words or "")
        else:
            self.session.open(found)

    def _opened(self) -> None:
        trace(self.options.startup_trace, "shown")
        if self.session.services is not None:
            self.jobs.start("recent", self._refresh_recent(self.session.services))
            self._look_up()

    async def _refresh_recent(self, services: Services) -> None:
        with suppress(StoreError):
            await self._offer_recent(services)

    def _want_close(self) -> None:
        self.jobs.start("close", self._try_close())

    async def _try_close(self) -> None:
        """A save that has to wait, or hangs, is given up: what it meant stays in the draft."""
        waits = self.entering.connecting.traffic.wait is not None
        await self.jobs.wait("save", 0 if waits else LAST_SECONDS)
        if self.jobs.running("save"):
            self._last_seconds = 0.0
            self._ended.set()
        elif await self.session.may_leave():
            self._ended.set()

    def _take_step(self, step: NoticeAction) -> None:
        if step is NoticeAction.SIGN_IN:
            self.entering.sign_in_again()
        elif step in {NoticeAction.SETTINGS, NoticeAction.CHOOSE_ZONE}:
            self._show_settings(zone=step is NoticeAction.CHOOSE_ZONE)
        elif step is NoticeAction.HISTORY:
            self._history.show()
        elif step is NoticeAction.WHATS_NEW:
            self._upkeep.show_update()
        elif step is NoticeAction.NEW_FOLDER:
            self.jobs.start("new folder", self._make_folder_anew(), finish=True)
        elif step is NoticeAction.TRY_AGAIN:
            self.session.try_again()
        elif step is NoticeAction.LOOK_AGAIN:
            self.session.look_up_soon()
        else:
            self.session.reload()

    def _switch_fault(self, wanted: tuple[str, bool]) -> None:
        from atz_desktop.sandbox.faults import MENU

        label, on = wanted
        fault = next(entry.fault for entry in MENU if entry.label == label)
        if self.sandbox is not None:
            faults = self.sandbox.faults
            self.jobs.start(
                f"fault {label}", asyncio.to_thread(faults.on if on else faults.off, fault)
            )

    # Settings, history, about

    def _show_settings(self, zone: bool = False) -> None:
        dialog = SettingsDialog(self.settings, _own_zone(), self.window, self._updates.why_off)
        dialog.chosen.connect(self._choose)
        if zone:
            dialog.focus_zone()
        self.jobs.start("settings", ask(dialog))

    def _choose(self, settings: Settings) -> None:
        old = self.settings
        self.settings = settings._replace(  # noted meanwhile
            stale_tokens=old.stale_tokens, numeric_flags=old.numeric_flags
        )
        self._theme.choose(settings.theme)  # type: ignore[arg-type]  # checked where it is read
        self.session.review_first = settings.review_before_save
        if settings.zone != old.zone:
            self.session.set_zone(settings.zone)
        self.entering.use_proxy(settings.proxy)
        self._kept_settings.keep()

    def _take_settings(self, settings: Settings) -> None:
        self.settings = settings
        self._kept_settings.keep()

    def hear(self, hook: CrashHook) -> None:
        """Show every error that nobody expected."""
        self._helping.hear(hook)

    # Store and closing

    async def _open_store(self, problem: str | None) -> None:
        try:
            self._database, notice = await asyncio.to_thread(Database.open, self._paths.database)
        except StoreError as error:
            self._database = Database.in_memory(error)
            notice = f"{error.words} Drafts and history are not kept in this run."
        self.entering.database = self._database
        notice = " ".join(each for each in (problem, notice) if each)
        if notice:
            self.window.show_notice(about_files(notice))

    async def _make_folder_anew(self) -> None:
        if self._database is None:
            return
        try:
            renewed = await self._database.renew()
        except StoreError as error:
            self.window.show_notice(folder_not_renewed(error))
            return
        await self.session.keep_anew()
        self._kept_settings.keep()
        self._look_up()
        self.window.show_notice(folder_renewed(renewed.copied, renewed.notice))

    async def _keep_for_the_last_time(self) -> None:
        """A folder that is gone is made anew if typing would be lost: nobody can be asked now."""
        if isinstance(self.session.unkept, FileGone) and self._database is not None:
            with suppress(StoreError):
                await self._database.renew()

    async def _close(self) -> None:
        self._questions.give_up()
        self.entering.door.give_up()
        self.entering.connecting.hurry()
        if not await self.jobs.drain(self._last_seconds):
            await self.entering.connecting.cut_off()
            await self.jobs.drain()
        await self._keep_for_the_last_time()
        await self.session.close()
        await self.jobs.drain()
        self.window.hide()
        self.settings = self.settings._replace(window=self.window.geometry_text())
        await self._kept_settings.keep_now()
        await self.entering.close()
        if self._database is not None:
            with suppress(StoreError):
                await Drafts(self._database).leave(OWNER)
            await asyncio.to_thread(self._database.close)
        self.window.let_go()


def _own_zone() -> str | None:
    from tzlocal import get_localzone_name

    try:
        return get_localzone_name()
    except (LookupError, OSError, ValueError):
        return None
