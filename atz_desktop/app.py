"""The composition root: builds store, client and session; closes them in reverse order.

The window is on the screen already when `Program.run` begins.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from atz_desktop.api.client import AtzClient
from atz_desktop.api.errors import AtzError, BadToken
from atz_desktop.api.wait import Wait, WaitFor
from atz_desktop.domain.pasted import activity_id, search_words
from atz_desktop.naming import Naming
from atz_desktop.session.editing import EditingSession
from atz_desktop.session.history import History
from atz_desktop.session.jobs import Jobs
from atz_desktop.session.notices import Level, Notice, Step, notice_for
from atz_desktop.session.services import Services
from atz_desktop.startup_trace import trace
from atz_desktop.store.database import Database
from atz_desktop.store.directory import Directory
from atz_desktop.store.drafts import Drafts
from atz_desktop.store.errors import StoreError
from atz_desktop.store.journal import Journal
from atz_desktop.store.recent import Recent
from atz_desktop.store.settings import Settings, account_key, save_settings
from atz_desktop.store.token import Place, TokenStore
from atz_desktop.view.ask import PersonQuestions, ask
from atz_desktop.view.connect_dialog import ConnectDialog
from atz_desktop.view.id_bar import Recent as RecentShown
from atz_desktop.view.settings_dialog import SettingsDialog

if TYPE_CHECKING:
    from PySide6.QtWidgets import QDialog

    from atz_desktop.crash import Crash, CrashHook
    from atz_desktop.options import Options
    from atz_desktop.sandbox.server import Sandbox
    from atz_desktop.store.paths import Paths
    from atz_desktop.view.history_panel import HistoryPanel
    from atz_desktop.view.main_window import MainWindow
    from atz_desktop.view.theme import Theme

OWNER = "window"
"""This window's name among the drafts of its program: there is one window in a program."""
LOOK_AGAIN = 20.0
"""Seconds until saves that could not be confirmed are looked up once more."""


class Program:
    """One run of the program, from the painted window to the exit code."""

    def __init__(
        self, window: MainWindow, theme: Theme, options: Options, paths: Paths, settings: Settings
    ) -> None:
        self.window = window
        self.options = options
        self.settings = settings
        self.sandbox: Sandbox | None = None
        self.jobs = Jobs()
        self._questions = PersonQuestions(window)
        self.session = EditingSession(self.jobs, self._questions, settings.zone)
        self.session.review_first = settings.review_before_save
        self._theme = theme
        self._paths = paths
        self._tokens = TokenStore()
        self._database: Database | None = None
        self._client: AtzClient | None = None
        self._ended = asyncio.Event()
        self._history: HistoryPanel | None = None
        self._naming = Naming(window, self.jobs, self.session)

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
            if script is not None:
                await self.connect()
                await script(self)
            else:
                self.jobs.start("connect", self.connect())
                await self._ended.wait()
        finally:
            await self._close()
        return 0

    def quit(self) -> None:
        """End without asking, as for SIGTERM: drafts are kept, a save under way is finished."""
        self._ended.set()

    # Connecting

    async def connect(self, reason: str = "") -> None:
        """Find an address and a token, ask for what is missing, and load what was asked for."""
        if self.options.sandbox:
            await self._start_sandbox()
            return
        url = self.options.api_url or self.settings.api_url
        account = account_key(url, self.settings.account)
        token = self.options.token or await self._tokens.read(account)
        if token is None or reason:
            self._ask_for_token(url, account, reason)
        else:
            await self._use(url, account, token)

    async def _start_sandbox(self) -> None:
        from atz_desktop.sandbox.faults import MENU
        from atz_desktop.sandbox.server import Sandbox

        file = self._paths.root / "sandbox" / "account.json"
        self.sandbox = await asyncio.to_thread(_started, Sandbox, file)
        self.window.show_sandbox(tuple((entry.label, entry.label) for entry in MENU))
        await self._use(self.sandbox.url, "sandbox", self.sandbox.token)

    async def _use(self, url: str, account: str, token: str) -> None:
        if self._database is None:
            return
        await self._naming.leave()
        await self._drop_client()
        self._questions.api_url = url
        self._client = AtzClient(url, token, on_wait=self._show_wait)
        database = self._database
        self.session.services = Services(
            account=account,
            owner=OWNER,
            client=self._client,
            journal=Journal(database),
            drafts=Drafts(database),
            directory=Directory(database),
            recent=Recent(database),
        )
        self.window.id_bar.show_account("" if self.sandbox else url.split("://", 1)[-1])
        with suppress(StoreError):
            await self.session.lookups.recall(self.session.services)
            await self._offer_recent(self.session.services)
        self.session.state_changed.emit()
        self.jobs.start("look up", self._look_up_until_known())
        if self.options.activity is not None and self.session.edit is None:
            self._load(self.options.activity)
        await self._naming.connected(self.session.services, made_up=self.sandbox is not None)

    async def _look_up_until_known(self) -> None:
        while True:
            if not await self.session.look_up():
                return
            await asyncio.sleep(LOOK_AGAIN)

    async def _offer_recent(self, services: Services) -> None:
        found = await services.recent.list(services.account)
        self.window.offer_recent(tuple(RecentShown(r.activity_id, r.title) for r in found))

    def _ask_for_token(self, url: str, account: str, reason: str) -> None:
        dialog = ConnectDialog(url, reason, self.window)

        def give(token: str) -> None:
            self.jobs.start("token", self._try_token(dialog, url, account, token))

        def sandbox() -> None:
            dialog.reject()
            self.options = self.options._replace(sandbox=True)
            self.jobs.start("connect", self.connect())

        dialog.token_given.connect(give)
        dialog.sandbox_wanted.connect(sandbox)
        dialog.settings_wanted.connect(self._show_settings)
        self.jobs.start("asking", _asked(dialog))

    async def _try_token(self, dialog: ConnectDialog, url: str, account: str, token: str) -> None:
        dialog.show_testing()
        client = AtzClient(url, token)
        try:
            await client.check()
        except BadToken:
            dialog.show_failure("ATZ does not accept this token. Copy it again, whole.")
            return
        except AtzError as error:
            dialog.show_failure(notice_for(error, "Not connected").text)
            return
        finally:
            await client.close()
        kept = await self._tokens.keep(account, token)
        dialog.accept()
        await self._use(url, account, token)
        if kept.place is Place.THIS_RUN_ONLY:
            title = "The token is kept until you quit"
            self.window.show_notice(Notice(Level.WARNING, title, kept.why or ""))

    # What the window asks for

    def _listen(self) -> None:
        window = self.window
        window.load_wanted.connect(self._load)
        window.close_wanted.connect(self._want_close)
        window.step_wanted.connect(self._take_step)
        window.settings_wanted.connect(self._show_settings)
        window.history_wanted.connect(self._show_history)
        window.about_wanted.connect(self._show_about)
        window.fault_wanted.connect(self._switch_fault)
        self.session.opened.connect(self._opened)
        if sys.platform != "win32":
            loop = asyncio.get_running_loop()
            for number in (signal.SIGINT, signal.SIGTERM):
                loop.add_signal_handler(number, self.quit)

    def _load(self, text: str) -> None:
        found = activity_id(text)
        words = search_words(text) if found is None else None
        if found is None and words is None:
            self.window.id_bar.show_problem(
                "Type the number of an activity, such as 42, or paste its address."
            )
        elif self.session.services is None:
            self.options = self.options._replace(activity=text)
            if not self.jobs.running("connect"):
                self.jobs.start("connect", self.connect())
        elif found is None:
            self._naming.find(words or "")
        else:
            self.session.open(found)

    def _opened(self) -> None:
        trace(self.options.startup_trace, "shown")
        if self.session.services is not None:
            self.jobs.start("recent", self._refresh_recent(self.session.services))
            if not self.jobs.running("look up"):
                self.jobs.start("look up", self._look_up_until_known())

    async def _refresh_recent(self, services: Services) -> None:
        with suppress(StoreError):
            await self._offer_recent(services)

    def _want_close(self) -> None:
        self.jobs.start("close", self._try_close())

    async def _try_close(self) -> None:
        await self.jobs.wait("save")
        if await self.session.may_leave():
            self._ended.set()

    def _take_step(self, step: Step) -> None:
        self.window.notice_bar.clear()
        if step is Step.SIGN_IN:
            self.jobs.start("connect", self.connect("Please enter a new token"))
        elif step in {Step.SETTINGS, Step.CHOOSE_ZONE}:
            self._show_settings(zone=step is Step.CHOOSE_ZONE)
        elif step is Step.HISTORY:
            self._show_history()
        elif step is Step.TRY_AGAIN:
            self.session.try_again()
        else:
            self.session.reload()

    def _show_wait(self, wait: Wait) -> None:
        if wait.background:
            return
        seconds = max(1, round(wait.seconds))
        why = (
            "ATZ allows 60 requests a minute" if wait.what is not WaitFor.REPEAT else "Trying again"
        )
        self.session.show_step(f"{why}: going on in {seconds} s …")

    def _switch_fault(self, wanted: tuple[str, bool]) -> None:
        from atz_desktop.sandbox.faults import MENU

        label, on = wanted
        fault = next(entry.fault for entry in MENU if entry.label == label)
        if self.sandbox is not None:
            faults = self.sandbox.faults
            self.jobs.start(f"fault {label}", _in_thread(faults.on if on else faults.off, fault))

    # Settings, history, about

    def _show_settings(self, zone: bool = False) -> None:
        dialog = SettingsDialog(self.settings, _own_zone(), self.window)
        dialog.chosen.connect(self._choose)
        if zone:
            dialog.focus_zone()
        self.jobs.start("settings", _asked(dialog))

    def _choose(self, settings: Settings) -> None:
        old, self.settings = self.settings, settings
        self._theme.choose(settings.theme)  # type: ignore[arg-type]  # checked where it is read
        self.session.review_first = settings.review_before_save
        if settings.zone != old.zone:
            self.session.set_zone(settings.zone)
        self.jobs.start("keep settings", self._keep_settings(), finish=True)
        if settings.api_url != old.api_url and self.sandbox is None:
            self.jobs.start("connect", self.connect())

    async def _keep_settings(self) -> None:
        try:
            await asyncio.to_thread(save_settings, self._paths.settings, self.settings)
        except StoreError as error:
            title = "The settings could not be kept"
            self.window.show_notice(Notice(Level.WARNING, title, error.words))

    def _show_history(self) -> None:
        if self._history is None:
            from atz_desktop.view.history_panel import HistoryPanel

            listed = History(self.jobs, lambda: self.session.services)
            self._history = HistoryPanel(listed, self.window)
            self._history.put_back_wanted.connect(self.session.put_back)
            self._history.load_wanted.connect(self.session.open)
            self.session.opened.connect(listed.refresh)
        self._history.show()
        self._history.raise_()
        self._history.activateWindow()

    def _show_about(self) -> None:
        from atz_desktop.components import COMPONENTS, licence_text, version_of, versions
        from atz_desktop.view.about_dialog import AboutDialog, Part

        parts = tuple(
            Part(
                c.name, version_of(c.distribution), c.licence, partial(licence_text, c.distribution)
            )
            for c in COMPONENTS
        )
        dialog = AboutDialog(versions(), parts, self._paths.root, self.window)
        self.jobs.start("about", _asked(dialog))

    def hear(self, hook: CrashHook) -> None:
        """Show every error that nobody expected, one at a time; the log has all of them."""
        hook.crashed.connect(self._show_crash)

    def _show_crash(self, crash: Crash) -> None:
        if self._ended.is_set() or self.jobs.running("crash"):
            return
        from atz_desktop.view.crash_dialog import CrashDialog

        dialog = CrashDialog(crash.report, crash.words, self._paths.logs, self.window)
        self.jobs.start("crash", _asked(dialog))

    # Store and closing

    async def _open_store(self, problem: str | None) -> None:
        try:
            self._database, notice = await asyncio.to_thread(Database.open, self._paths.database)
        except StoreError as error:
            self._database = Database.in_memory(error)
            notice = f"{error.words} Drafts and history are not kept in this run."
        notice = " ".join(each for each in (problem, notice) if each)
        if notice:
            self.window.show_notice(Notice(Level.WARNING, "About this computer's files", notice))

    async def _drop_client(self) -> None:
        if self._client is not None:
            await self._client.close()
            self._client = None

    async def _close(self) -> None:
        self._questions.give_up()
        await self.jobs.drain()
        await self.session.close()
        await self.jobs.drain()
        self.window.hide()
        self.settings = self.settings._replace(window=self.window.geometry_text())
        await self._keep_settings()
        await self._drop_client()
        if self._database is not None:
            with suppress(StoreError):
                await Drafts(self._database).leave(OWNER)
            await asyncio.to_thread(self._database.close)
        if self.sandbox is not None:
            await asyncio.to_thread(self.sandbox.stop)
        self.window.let_go()


def _started(kind: type[Sandbox], file: Path) -> Sandbox:
    file.parent.mkdir(parents=True, exist_ok=True)
    sandbox = kind(file=file)
    sandbox.start()
    return sandbox


async def _asked(dialog: QDialog) -> None:
    await ask(dialog)


async def _in_thread(work: Callable[..., object], argument: object) -> None:
    await asyncio.to_thread(work, argument)


def _own_zone() -> str | None:
    from tzlocal import get_localzone_name

    try:
        return get_localzone_name()
    except (LookupError, OSError, ValueError):
        return None
