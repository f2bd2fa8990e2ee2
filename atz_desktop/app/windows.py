"""One window of the program, and what its commands do.

Windows share the process's account sessions, database and settings (app/program.py).
"""

from __future__ import annotations

import asyncio
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from atz_desktop.app.accounts import AccountController
from atz_desktop.app.connected import ConnectedWindow
from atz_desktop.app.help import HelpController
from atz_desktop.app.zones import own_zone
from atz_desktop.domain.identifiers import parse_activity_id, parse_search_text
from atz_desktop.session.form_model import FormModel
from atz_desktop.session.notices import NoticeAction
from atz_desktop.session.record_state import RecordState
from atz_desktop.view.dialogs.prompts import DialogPrompts, show_dialog
from atz_desktop.view.windows.status_line import StatusLine

if TYPE_CHECKING:
    from atz_desktop.app.program import Program
    from atz_desktop.app.support import SupportController
    from atz_desktop.cli import Options
    from atz_desktop.domain.id_list import IdList
    from atz_desktop.session.account_session import AccountSession, Credentials
    from atz_desktop.session.record_session import RecordSession
    from atz_desktop.store.errors import StoreError
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
        self.prompts = DialogPrompts(window)
        self.model = FormModel(program.settings.zone)
        self.connected: ConnectedWindow | None = None
        """None while the window works on no account."""
        self.accounts = AccountController(self)
        self.help = HelpController(window, self.jobs, program.paths)
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

    @property
    def draft_error(self) -> StoreError | None:
        """Why what is typed is not on the disk, if it was tried and is not."""
        return self.connected.session.draft_error if self.connected else None

    def has(self, account_key: str, activity_id: int) -> bool:
        """Whether the window shows this activity, or is loading it."""
        state = self.state
        shown = state.activity is not None and state.activity.id == activity_id
        return account_key == self.account_key and (shown or state.loading_id == activity_id)

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

    # Entering and leaving accounts

    async def enter(self, account: AccountSession) -> None:
        """Work on this account from now on."""
        self.connected = connected = ConnectedWindow(self, account)
        await connected.start()
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
        await account.sync_names(made_up=self.accounts.in_sandbox)

    async def leave(self) -> None:
        """Work on no account: what is under way on it ends, and what is typed is on the disk.

        It goes on to its end when who waits for it is stopped, as by the choice of another account.
        """
        if self.connected is not None:
            self.jobs.start("leave", self._leave(self.connected), finish=True)
        await self.jobs.wait("leave")

    async def _leave(self, connected: ConnectedWindow) -> None:
        await connected.close()
        self.connected = None
        self.model.clear()
        self.window.show_session(None)

    def look_up(self) -> None:
        """Look up saves that are not confirmed."""
        if self.connected is not None:
            self.connected.look_up()

    # What the window asks for

    @cached_property
    def _support(self) -> SupportController:
        from atz_desktop.app.support import SupportController

        program = self.program
        return SupportController(
            self.window,
            self.jobs,
            options=self.options,
            paths=program.paths,
            state=lambda: self.state,
            connection=self.accounts.connection,
            settings=lambda: program.settings,
            database=lambda: program.database,
            log=program.logbook,
        )

    def _listen(self) -> None:
        window = self.window
        window.load_requested.connect(self.load)
        window.id_bar.lines_given.connect(self._take_lines)
        window.id_bar.files_given.connect(self._take_files)
        window.close_requested.connect(self._want_close)
        window.new_window_requested.connect(self._open_window)
        window.quit_requested.connect(self.program.close_all)
        window.activated.connect(self._come_forward)
        window.action_requested.connect(self._take_step)
        window.support_report_requested.connect(self._show_support_report)
        window.settings_requested.connect(self.show_settings)
        window.history_requested.connect(self._show_history)
        window.search_requested.connect(self._find)
        window.same_record_requested.connect(self._find_same_record)
        window.name_sync_requested.connect(self._fetch_names)
        window.menus.fault_toggled.connect(self._switch_fault)
        window.menus.practice_requested.connect(self._practise)
        self.accounts.connection.connected.connect(self._follow_line)
        self.accounts.connection.came_back.connect(self.look_up)
        self.accounts.dialogs.settings_requested.connect(self.show_settings)

    def _open_window(self) -> None:
        self.program.open_window_like(self)

    def _come_forward(self) -> None:
        self.program.windows.come_forward(self)
        self.accounts.connection.come_forward()

    def _follow_line(self) -> None:
        self._line.follow(self.accounts.connection.status)

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

    def _show_support_report(self) -> None:
        self._support.show_report()

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
        elif step is NoticeAction.WHATS_NEW:
            self.program.maintenance.show_update()
        elif step is NoticeAction.RUNS and self.connected is not None:
            self.connected.runs.show()
        elif step is NoticeAction.NEW_FOLDER:
            self.program.make_folder_anew()
        elif self.connected is not None:
            self._take_step_of_session(step, self.connected.session)

    def _take_step_of_session(self, step: NoticeAction, session: RecordSession) -> None:
        if step is NoticeAction.TRY_AGAIN:
            session.retry()
        elif step is NoticeAction.LOOK_AGAIN:
            session.unconfirmed_saves.start_checking()
        else:
            session.reload()

    def _compare_time(self) -> None:
        activity, key = self.state.activity, self.account_key
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
        self.jobs.start("settings", self._ask_settings(zone))

    async def _ask_settings(self, zone: bool) -> None:
        from atz_desktop.view.dialogs.settings_dialog import SettingsDialog
        from atz_desktop.view.widgets.zone_box import ZoneBox

        here = await asyncio.to_thread(own_zone)  # reads files
        settings, why_off = self.program.settings, self.program.updates.why_off
        zones = ZoneBox(settings.zone, (here,))
        await asyncio.sleep(0)  # all else takes a turn of its own
        dialog = SettingsDialog(settings, here, self.window, why_off, zones)
        dialog.chosen.connect(self.program.choose)
        if zone:
            dialog.focus_zone()
        await show_dialog(dialog)

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
        self.program.close_window(self, hangs=hangs)

    def give_up(self) -> None:
        """Answer what is asked, now and from now on, so that nothing is lost."""
        self.prompts.cancel_all()
        self.accounts.dialogs.cancel_all()

    async def close(self) -> None:
        """Hide the window, and let it go when its save is over and its draft is on the disk."""
        self.give_up()
        self.window.hide()
        await self.jobs.drain()
        await self.leave()
        await self.accounts.connection.disconnect_account()
        self.window.force_close()
        self.window.deleteLater()
        self.closed.set()


def _several_ids(text: str) -> IdList | None:
    """The activities in what was typed; None where it is not several IDs and nothing else."""
    from atz_desktop.domain.id_list import parse_id_list

    found = parse_id_list(text)
    return found if len(found.rows) > 1 and not found.junk else None
