"""One window of the program, and what its commands do.

Windows share the process's account sessions, database and settings (app/shared.py); what of a
window belongs to an account is in app/connected.py.
"""

from __future__ import annotations

import asyncio
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from atz_desktop.app.accounts import AccountController
from atz_desktop.app.connected import WindowParts
from atz_desktop.app.settings import ask_settings
from atz_desktop.domain.identifiers import parse_activity_id, parse_search_text
from atz_desktop.session.form_model import FormModel
from atz_desktop.session.notices import NoticeAction
from atz_desktop.session.record_state import RecordState
from atz_desktop.view.dialogs.prompts import DialogPrompts
from atz_desktop.view.windows.status_line import StatusLine

if TYPE_CHECKING:
    from collections.abc import Callable

    from atz_desktop.app.accounts import LeaveEverywhere
    from atz_desktop.app.connected import ConnectedWindow, ConnectedWindows
    from atz_desktop.app.help import HelpController
    from atz_desktop.app.shared import Shared
    from atz_desktop.cli import Options
    from atz_desktop.domain.id_list import IdList
    from atz_desktop.domain.settings import Settings
    from atz_desktop.session.account_session import Credentials
    from atz_desktop.session.record_session import RecordSession
    from atz_desktop.view.windows.main_window import MainWindow

LAST_SECONDS = 3.0
"""Seconds that a save may still take when its window, or the program, is to end."""


class WindowRequests(NamedTuple):
    """What only the program can do, for the window that wants it."""

    come_forward: Callable[[WindowController], None]
    """It is the one that the user works in now."""
    open_another: Callable[[WindowController], None]
    close: Callable[[WindowController, bool], None]
    """The user was asked; whether a save in it takes long."""
    leave_everywhere: LeaveEverywhere


class WindowController:
    """Wires a window that is on the screen already."""

    def __init__(
        self,
        shared: Shared,
        window: MainWindow,
        options: Options,
        windows: ConnectedWindows,
        requests: WindowRequests,
    ) -> None:
        self.window = window
        self.options = options
        self.jobs = shared.jobs.scope()
        self.closed = asyncio.Event()
        """Set when nothing of a closed window is under way any more."""
        self.model = FormModel(shared.settings.current.zone)
        self._shared = shared
        self._requests = requests
        self.prompts = DialogPrompts(window)
        parts = WindowParts(window, self.jobs, self.prompts, self.model, options)
        self.accounts = AccountController(
            shared, parts, windows, requests.leave_everywhere, self._begin_work
        )
        self._listen()

    def start(self) -> None:
        """Give the window its form: the store is open."""
        self.window.attach(self.model)
        self._line = StatusLine(self.accounts.connection.status)
        self.window.save_bar.add_status(self._line)

    def connect(self, credentials: Credentials | None = None) -> None:
        """Enter an account: this one, or what the options say."""
        self.jobs.start("connect", self.accounts.connect(credentials))

    @property
    def connected(self) -> ConnectedWindow | None:
        """None while the window works on no account."""
        return self.accounts.connected

    @property
    def account_key(self) -> str | None:
        """The key of the account that the window works on."""
        account = self.accounts.connection.account
        return account.key if account else None

    @property
    def session(self) -> RecordSession:
        """The work on the account. Raises LookupError where none is connected."""
        if self.connected is None:
            raise LookupError("no account is connected")
        return self.connected.session

    @property
    def state(self) -> RecordState:
        """What the window shows."""
        return self.connected.session.state if self.connected else RecordState()

    def apply_settings(self, old: Settings, new: Settings) -> None:
        """The user chose others."""
        if self.connected is not None:
            self.connected.session.review_first = new.review_before_save
        if new.zone != old.zone:
            self.model.set_zone(new.zone)
        if new.proxy != old.proxy:
            self.accounts.connect_again()

    async def _begin_work(self, connected: ConnectedWindow) -> None:
        """An account is entered: do what the window was opened for."""
        if self.options.activity is not None and self.state.edit is None:
            self.load(self.options.activity)
            self.options = self.options._replace(activity=None)
            await connected.session.jobs.wait("open")  # what nobody waits for comes after it
        if self.connected is not connected:
            return
        if self.options.list_file is not None:
            connected.work_list.sources.add_files([Path(self.options.list_file)])
            self.options = self.options._replace(list_file=None)
        by_hand = not self.options.sandbox
        if connected.practice is not None and (by_hand or self.options.practice):
            connected.practice.show_if_new()
        await connected.account_session.sync_names(made_up=self.accounts.in_sandbox)

    # What the window asks for

    def _listen(self) -> None:
        window, accounts = self.window, self.accounts
        window.load_requested.connect(self.load)
        window.id_bar.lines_given.connect(self._take_lines)
        window.id_bar.files_given.connect(self._take_files)
        window.close_requested.connect(self._want_close)
        window.activated.connect(self._come_forward)
        window.new_window_requested.connect(self._open_another)
        window.action_requested.connect(self._take_step)
        window.about_requested.connect(self._show_about)
        window.support_report_requested.connect(self._show_support_report)
        window.settings_requested.connect(self.show_settings)
        window.history_requested.connect(self._show_history)
        window.search_requested.connect(self._find)
        window.same_record_requested.connect(self._find_same_record)
        window.name_sync_requested.connect(self._fetch_names)
        window.menus.fault_toggled.connect(self._switch_fault)
        window.menus.practice_requested.connect(self._practise)
        accounts.connection.connected.connect(self._follow_line)
        accounts.connection.came_back.connect(self._look_up)

    def load(self, text: str) -> None:
        """Do what the field "Activity ID" is for: load, or find."""
        found = parse_activity_id(text)
        listed = _several_ids(text) if found is None else None
        words = parse_search_text(text) if found is None else None
        if found is None and listed is None and words is None:
            self.window.id_bar.show_problem(
                "Type the number of an activity, such as 42, or paste its address."
            )
        elif self.connected is None:
            self.options = self.options._replace(activity=text)
            self._connect_once()
        elif listed is not None:
            self.window.id_bar.restore()
            self.connected.work_list.sources.add_text(text)
        elif found is None:
            self.window.id_bar.restore()
            self.connected.names.find(words or "")
        else:
            self.connected.session.open(found)

    def _come_forward(self) -> None:
        self._requests.come_forward(self)
        self.accounts.connection.come_forward()

    def _open_another(self) -> None:
        self._requests.open_another(self)

    def _follow_line(self) -> None:
        self._line.follow(self.accounts.connection.status)

    def _look_up(self) -> None:
        if self.connected is not None:
            self.connected.look_up()

    def _connect_once(self) -> None:
        if not self.jobs.running("connect"):
            self.connect()

    def _show_history(self) -> None:
        self.connected.history.show() if self.connected else self._connect_once()

    def _find(self) -> None:
        self.connected.names.find() if self.connected else self._connect_once()

    def _find_same_record(self) -> None:
        if self.connected is not None:
            self.connected.names.find_same_record()

    def _take_lines(self, text: str) -> None:
        if self.connected is not None:
            self.connected.work_list.sources.add_pasted(text)
        else:
            self.window.id_bar.insert(text)

    def _take_files(self, files: list[Path]) -> None:
        if self.connected is not None:
            self.connected.work_list.sources.add_files(files)
        else:
            self._connect_once()

    @cached_property
    def help(self) -> HelpController:
        from atz_desktop.app.help import HelpController

        return HelpController(
            self.window,
            self.jobs,
            self._shared,
            state=lambda: self.state,
            account=lambda: self.accounts.connection.account,
            own_folder=bool(self.options.data_dir),
        )

    def _show_about(self) -> None:
        self.help.show_about()

    def _show_support_report(self) -> None:
        self.help.show_support_report()

    def _fetch_names(self) -> None:
        self.connected.names.fetch_names() if self.connected else self._connect_once()

    def _practise(self) -> None:
        if self.connected is not None and self.connected.practice is not None:
            self.connected.practice.show()

    def _take_step(self, step: NoticeAction) -> None:
        if step is NoticeAction.SIGN_IN:
            self.accounts.sign_in_again()
        elif step in {NoticeAction.SETTINGS, NoticeAction.CHOOSE_ZONE}:
            self.show_settings(zone=step is NoticeAction.CHOOSE_ZONE)
        elif step is NoticeAction.COMPARE_TIME:
            self._compare_time()
        elif step is NoticeAction.HISTORY:
            self._show_history()
        elif step is NoticeAction.RUNS and self.connected is not None:
            self.connected.runs.show()
        elif self.connected is not None:
            self._take_step_of_session(step, self.connected.session)

    def _take_step_of_session(self, step: NoticeAction, session: RecordSession) -> None:
        if step is NoticeAction.TRY_AGAIN:
            session.retry()
        elif step is NoticeAction.LOOK_AGAIN:
            session.unconfirmed_saves.start_checking()
        elif step is NoticeAction.RELOAD:
            session.reload()

    def _compare_time(self) -> None:
        activity, key = self.state.activity, self.account_key
        if activity is not None and key is not None:
            show_settings = partial(self.show_settings, zone=True)
            asking = self._shared.zones.ask(activity, key, self.window, show_settings)
            self.jobs.start("compare", asking)

    def _switch_fault(self, wanted: tuple[str, bool]) -> None:
        from atz_desktop.sandbox.faults import MENU

        label, on = wanted
        fault = next(entry.fault for entry in MENU if entry.label == label)
        sandbox = self._shared.sandbox.server
        if sandbox is not None:
            switch = sandbox.faults.on if on else sandbox.faults.off
            self.jobs.start(f"fault {label}", asyncio.to_thread(switch, fault))

    def show_settings(self, zone: bool = False) -> None:
        """Show the settings, with the cursor in the zone of the times if that is what matters."""
        shared = self._shared
        asking = ask_settings(shared.settings, self.window, shared.updates.why_off, zone=zone)
        self.jobs.start("settings", asking)

    # Closing

    def _want_close(self) -> None:
        self.jobs.start("close", self._try_close())

    async def _try_close(self) -> None:
        """A save that has to wait, or hangs, is given up: what it meant stays in the draft."""
        hangs = False
        if self.connected is not None:
            waits = self.accounts.connection.status.pending_delay is not None
            session = self.connected.session
            hangs = not await session.wait_saved(0 if waits else LAST_SECONDS)
            if not hangs and not await session.confirm_leave():
                return
            if not await self.connected.confirm_leave():
                return
        self._requests.close(self, hangs)

    def give_up(self) -> None:
        """Answer what is asked, now and from now on, so that nothing is lost."""
        self.prompts.cancel_all()
        self.accounts.dialogs.cancel_all()

    def hide(self) -> None:
        """Leave the screen, before `close`."""
        if self.connected is not None:
            self.connected.is_open = False
        self.give_up()
        self.window.hide()

    async def close(self) -> None:
        """Let the window go when its save is over and its draft is on the disk."""
        await self.jobs.drain()
        await self.accounts.disconnect()
        self.window.force_close()
        self.window.deleteLater()
        self.closed.set()


def _several_ids(text: str) -> IdList | None:
    """The activities in what was typed; None where it is not several IDs and nothing else."""
    from atz_desktop.domain.id_list import parse_id_list

    found = parse_id_list(text)
    return found if len(found.rows) > 1 and not found.junk else None
