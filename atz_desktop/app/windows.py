"""One window of the program: its record session, and what its commands do.

Windows share the process's account sessions, database and settings (app/program.py). An activity is
shown in one window at a time: whoever wants it elsewhere gets that window brought forward.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from atz_desktop.app.accounts import AccountController
from atz_desktop.app.help import HelpController
from atz_desktop.app.history import HistoryController
from atz_desktop.app.names import NameController
from atz_desktop.app.support import SupportController
from atz_desktop.app.zones import own_zone
from atz_desktop.domain.parse_input import parse_activity_id, parse_search_text
from atz_desktop.session.notices import NoticeAction
from atz_desktop.session.record_session import RecordSession
from atz_desktop.startup_trace import trace
from atz_desktop.store.errors import StoreError
from atz_desktop.view.dialogs.prompts import DialogPrompts, show_dialog
from atz_desktop.view.dialogs.settings_dialog import SettingsDialog
from atz_desktop.view.windows.id_bar import RecentActivity as RecentShown
from atz_desktop.view.windows.status_line import StatusLine

if TYPE_CHECKING:
    from atz_desktop.app.program import Program
    from atz_desktop.cli import Options
    from atz_desktop.domain.history import JournalEntry
    from atz_desktop.session.account_session import Credentials
    from atz_desktop.session.services import Services
    from atz_desktop.view.windows.main_window import MainWindow

LAST_SECONDS = 3.0
"""Seconds that a save may still take when its window, or the program, is to end."""


class WindowController:
    """Wires a window that is on the screen already."""

    def __init__(self, program: Program, window: MainWindow, options: Options) -> None:
        self.program = program
        self.window = window
        self.options = options
        self.jobs = program.jobs.scope()
        self.closed = asyncio.Event()
        self.questions = DialogPrompts(window)
        self.session = RecordSession(self.jobs, self.questions, program.settings.zone)
        self.session.review_first = program.settings.review_before_save
        self.session.shown_elsewhere = self._is_elsewhere
        self.questions.lookups = self.session.lookups
        self.entering = AccountController(self)
        self.helping = HelpController(window, self.jobs, program.paths)
        self._history = HistoryController(
            window, self.jobs, self.session, self.questions, self._put_back_elsewhere
        )
        self._naming = NameController(window, self.jobs, self.session)
        self._support = SupportController(
            window,
            self.jobs,
            options=options,
            paths=program.paths,
            session=self.session,
            connection=self.entering.connection,
            settings=lambda: program.settings,
            database=lambda: program.database,
            log=program.logbook,
        )
        self._listen()

    def start(self) -> None:
        """Give the window its session: the store is open."""
        self.window.attach(self.session)
        self._line = StatusLine(self.entering.connection.status)
        self.window.add_status_line(self._line)

    def connect(self, given: Credentials | None = None) -> None:
        """Enter an account: this one, or what the options say."""
        self.jobs.start("connect", self.entering.connect(given))

    @property
    def account_key(self) -> str | None:
        """The key of the account that the window works on."""
        account = self.entering.connection.account
        return account.key if account else None

    def has(self, account_key: str | None, activity_id: int) -> bool:
        """Whether the window shows this activity, or is loading it."""
        state = self.session.state
        shown = state.activity is not None and state.activity.id == activity_id
        return account_key == self.account_key and (shown or state.loading_id == activity_id)

    def load(self, text: str) -> None:
        """Do what the field "Activity ID" is for: load, or find."""
        found = parse_activity_id(text)
        words = parse_search_text(text) if found is None else None
        if found is None and words is None:
            self.window.id_bar.show_problem(
                "Type the number of an activity, such as 42, or paste its address."
            )
        elif self.session.services is None:
            self.options = self.options._replace(activity=text)
            if not self.jobs.running("connect"):
                self.connect()
        elif found is None:
            self.window.id_bar.restore()
            self._naming.find(words or "")
        else:
            self.session.open(found)

    # AccountController and leaving accounts

    async def entered(self) -> None:
        """Another account is connected."""
        services, account = self.session.services, self.entering.connection.session
        if services is None or account is None:
            return
        self._naming.enter(account)
        self.questions.api_url = account.account.api_url
        self.questions.flags = services.boolean_format
        with suppress(StoreError):
            await self.session.lookups.load_types(services)
            await self._offer_recent(services)
        self.look_up()
        if self.options.activity is not None and self.session.edit is None:
            self.load(self.options.activity)
            self.options = self.options._replace(activity=None)
        await account.sync_names(made_up=self.entering.in_sandbox)

    async def leaving(self) -> None:
        """The account goes."""
        await self._history.close()
        await self._naming.close()

    def look_up(self) -> None:
        """Look up saves that are not confirmed, unless a window of the account does so."""
        same = (w for w in self.program.windows if w.account_key == self.account_key)
        if not any(each.jobs.running("look up") for each in same):
            self.session.start_reconciling()

    async def _offer_recent(self, services: Services) -> None:
        found = await services.recent.list(services.account)
        self.window.show_recent(tuple(RecentShown(r.activity_id, r.title) for r in found))

    # One activity in one window

    async def _is_elsewhere(self, activity_id: int) -> bool:
        while closing := self.program.closing_with(self.account_key, activity_id):
            await closing.closed.wait()  # its save is not over; then its draft is on the disk
        other = self.program.window_with(self.account_key, activity_id, but=self)
        if other is not None:
            other.window.come_forward()
        return other is not None

    def _put_back_elsewhere(self, entry: JournalEntry, names: frozenset[str] | None) -> bool:
        other = self.program.window_with(self.account_key, entry.activity_id, but=self)
        if other is not None:
            other.window.come_forward()
            other.session.restore(entry, names)
        return other is not None

    # What the window asks for

    def _listen(self) -> None:
        window = self.window
        window.load_requested.connect(self.load)
        window.close_requested.connect(self._want_close)
        window.new_window_requested.connect(self._open_window)
        window.quit_requested.connect(self.program.close_all)
        window.activated.connect(self._come_forward)
        window.action_requested.connect(self._take_step)
        window.settings_requested.connect(self.show_settings)
        window.history_requested.connect(self._history.show)
        window.fault_toggled.connect(self._switch_fault)
        self.session.loaded.connect(self._opened)
        self.session.settled.connect(self._tell_settled)
        self.entering.connection.connected.connect(self._follow_line)
        self.entering.connection.came_back.connect(self.look_up)
        self.entering.dialogs.settings_requested.connect(self.show_settings)

    def _open_window(self) -> None:
        self.program.open_window_like(self)

    def _come_forward(self) -> None:
        self.program.come_forward(self)
        self.entering.connection.come_forward()

    def _follow_line(self) -> None:
        self._line.follow(self.entering.connection.status)

    def _tell_settled(self, entries: tuple[JournalEntry, ...]) -> None:
        for other in self.program.windows:
            if other is not self and other.account_key == self.account_key:
                other.session.on_settled_elsewhere(entries)

    def _opened(self) -> None:
        trace(self.options.startup_trace, "shown")
        if self.session.services is not None:
            self.jobs.start("recent", self._refresh_recent(self.session.services))
            self.look_up()

    async def _refresh_recent(self, services: Services) -> None:
        with suppress(StoreError):
            await self._offer_recent(services)
        self._ask_for_zone()  # after the words about the load, which take away what was said before

    def _take_step(self, step: NoticeAction) -> None:
        if step is NoticeAction.SIGN_IN:
            self.entering.sign_in_again()
        elif step in {NoticeAction.SETTINGS, NoticeAction.CHOOSE_ZONE}:
            self.show_settings(zone=step is NoticeAction.CHOOSE_ZONE)
        elif step is NoticeAction.COMPARE_TIME:
            self._compare_time()
        elif step is NoticeAction.HISTORY:
            self._history.show()
        elif step is NoticeAction.WHATS_NEW:
            self.program.maintenance.show_update()
        elif step is NoticeAction.NEW_FOLDER:
            self.program.make_folder_anew()
        elif step is NoticeAction.TRY_AGAIN:
            self.session.retry()
        elif step is NoticeAction.LOOK_AGAIN:
            self.session.start_reconciling()
        else:
            self.session.reload()

    def _ask_for_zone(self) -> None:
        """Ask once in which zone ATZ gives its times; those of the sandbox are UTC."""
        activity, key = self.session.state.activity, self.account_key
        if activity is None or key is None or self.entering.in_sandbox:
            return
        notice = self.program.zones.notice(activity, key, self.program.settings)
        if notice is not None:
            self.window.show_notice(notice)

    def _compare_time(self) -> None:
        activity, key = self.session.state.activity, self.account_key
        if activity is not None and key is not None:
            self.jobs.start("compare", self.program.zones.ask(activity, key, self.window))

    def _switch_fault(self, wanted: tuple[str, bool]) -> None:
        from atz_desktop.sandbox.faults import MENU

        label, on = wanted
        fault = next(entry.fault for entry in MENU if entry.label == label)
        sandbox = self.program.sandbox.server
        if sandbox is not None:
            switch = sandbox.faults.on if on else sandbox.faults.off
            self.jobs.start(f"fault {label}", asyncio.to_thread(switch, fault))

    def show_settings(self, zone: bool = False) -> None:
        """Show the settings, with the cursor in the zone of the times if that is what matters."""
        why_off = self.program.updates.why_off
        dialog = SettingsDialog(self.program.settings, own_zone(), self.window, why_off)
        dialog.chosen.connect(self.program.choose)
        if zone:
            dialog.focus_zone()
        self.jobs.start("settings", show_dialog(dialog))

    # Closing

    def _want_close(self) -> None:
        self.jobs.start("close", self._try_close())

    async def _try_close(self) -> None:
        """A save that has to wait, or hangs, is given up: what it meant stays in the draft."""
        waits = self.entering.connection.status.pending_delay is not None
        await self.jobs.wait("save", 0 if waits else LAST_SECONDS)
        hangs = self.jobs.running("save")
        if hangs or await self.session.confirm_leave():
            self.program.close_window(self, hangs=hangs)

    def give_up(self) -> None:
        """Answer what is asked, now and from now on, so that nothing is lost."""
        self.questions.cancel_all()
        self.entering.dialogs.cancel_all()

    async def close(self) -> None:
        """Hide the window, and let it go when its save is over and its draft is on the disk."""
        self.give_up()
        self.window.hide()
        await self.jobs.wait("save")
        await self.jobs.drain()
        await self.session.close()
        await self.jobs.drain()
        await self.leaving()
        await self.entering.connection.disconnect_account()
        self.window.force_close()
        self.window.deleteLater()
        self.closed.set()
