"""What one window does with the account that it works on, from sign-in to sign-out."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from atz_desktop.app.history import HistoryController
from atz_desktop.app.names import NameController
from atz_desktop.session.lookups import Lookups
from atz_desktop.session.record_session import RecordSession
from atz_desktop.store.errors import StoreError
from atz_desktop.view.windows.account_button import SANDBOX
from atz_desktop.view.windows.id_bar import RecentEntry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from atz_desktop.app.bulk_edit import BulkEditController
    from atz_desktop.app.bulk_runs import RunsController
    from atz_desktop.app.practice import PracticeController
    from atz_desktop.app.shared import Shared
    from atz_desktop.app.work_list import WorkListController
    from atz_desktop.cli import Options
    from atz_desktop.domain.history import JournalEntry
    from atz_desktop.domain.runs import RunProgress
    from atz_desktop.session.account_session import AccountSession
    from atz_desktop.session.form_model import FormModel
    from atz_desktop.session.jobs import Jobs
    from atz_desktop.view.dialogs.prompts import DialogPrompts
    from atz_desktop.view.windows.main_window import MainWindow


class WindowParts(NamedTuple):
    """What a window is made of, whatever account it works on."""

    window: MainWindow
    jobs: Jobs
    prompts: DialogPrompts
    model: FormModel
    options: Options
    """With which it was opened."""


class ConnectedWindows:
    """The windows that work on accounts. An activity is shown in one of them at a time.

    Those that are closing are hidden: a save in them is not over, or a draft not on the disk.
    """

    def __init__(self) -> None:
        self._windows: list[ConnectedWindow] = []

    def add(self, window: ConnectedWindow) -> None:
        self._windows.append(window)

    def remove(self, window: ConnectedWindow) -> None:
        self._windows.remove(window)

    def beside(self, window: ConnectedWindow) -> list[ConnectedWindow]:
        """The others of its account, but for hidden ones."""
        return [w for w in self._windows if w is not window and w.key == window.key and w.is_open]

    def with_activity(self, window: ConnectedWindow, activity_id: int) -> ConnectedWindow | None:
        """The other one of its account that has this activity."""
        return next((w for w in self.beside(window) if w.has(activity_id)), None)

    async def wait_closed(self, account_key: str, activity_id: int) -> None:
        """Wait until no hidden window has this activity any more."""
        hidden = [w for w in self._windows if w.key == account_key and not w.is_open]
        for each in hidden:
            if each.has(activity_id):
                await each.ended.wait()


class ConnectedWindow:
    """The record session of a window, with its Find and History windows.

    What is for many activities at once is made, and its modules are imported, when it is first
    wanted: they are a fifth of the program, and the first form waits for none of them.

    An activity is shown in one window at a time: whoever wants it elsewhere gets that window
    brought forward.
    """

    def __init__(
        self,
        shared: Shared,
        parts: WindowParts,
        account_session: AccountSession,
        windows: ConnectedWindows,
    ) -> None:
        self.account_session = account_session
        self.key = account_session.account.key
        self.is_open = True
        """False once its window is hidden, to be closed when nothing in it is under way."""
        self.ended = asyncio.Event()
        self._shared = shared
        self._parts = parts
        self._windows = windows
        self._window = window = parts.window
        prompts, model = parts.prompts, parts.model
        scope = parts.jobs.scope()
        self._lookups = Lookups(account_session.services, scope)
        account_session.names.subscribe(self._lookups)
        self.session = RecordSession(account_session.services, model, self._lookups, scope, prompts)
        self.session.review_first = shared.settings.current.review_before_save
        self.session.shown_elsewhere = self._is_elsewhere
        account_session.work_lists.attach(self.session)
        account_session.runs.sessions.append(self.session)
        prompts.lookups = self._lookups
        prompts.api_url = account_session.account.api_url
        prompts.flags = account_session.services.boolean_format
        self.history = HistoryController(
            window,
            self.session,
            prompts,
            put_back_elsewhere=self._restore_elsewhere,
            add_to_list=self._add_seen,
            status=account_session.status,
        )
        self.names = NameController(
            window, self.session, account_session, lambda: self.work_list.sources
        )
        self.practice = self._create_practice()
        self._listen()
        window.show_session(self.session)
        windows.add(self)

    def _create_practice(self) -> PracticeController | None:
        sandbox = self._shared.sandbox.server
        if sandbox is None or self.key != SANDBOX:
            return None
        from atz_desktop.app.practice import PracticeController

        return PracticeController(self._window, self.session, sandbox.account)

    def _listen(self) -> None:
        commands, session = self._window.list_commands, self.session
        self._links: tuple[tuple[Any, Callable[[], None]], ...] = (
            (commands.work_list, self._toggle_list),
            (commands.add_file, self._add_file),
            (commands.add_shown, self._add_shown),
            (commands.add_record, self._add_record),
            (commands.change_all, self._change_all),
            (commands.show_runs, self._show_runs),
        )
        for signal, slot in self._links:
            signal.connect(slot)
        session.loaded.connect(self._on_loaded)
        session.visited.connect(self._start_refreshing_recent)
        session.drafts.fields_changed.connect(self._on_draft_fields_changed)
        session.settled.connect(self._tell_settled)
        session.settled.connect(self._shared.notifications.on_settled)
        self.account_session.runs.halted.connect(self._tell_halted)

    async def start(self) -> None:
        """Offer what is known of the account, and go on with what was left open."""
        with suppress(StoreError):
            await self.account_session.runs.recall_requests()
            await self._lookups.load_types(self.account_session.services)
            await self._offer_recent()
        if self._shared.settings.current.work_list_shown:
            self.work_list.start()
        self.look_up()
        with suppress(StoreError):
            if await self.account_session.runs.unfinished():
                await self.runs.offer_unfinished()

    async def close(self) -> None:
        """End all of it; a save is finished, and what is typed is put on disk."""
        await self.history.close()
        await self.names.close()
        for signal, slot in self._links:
            signal.disconnect(slot)
        for name in ("bulk_edit", "runs", "work_list"):
            if name in vars(self):  # it was wanted
                await getattr(self, name).close()
        if self.practice is not None:
            self.practice.close()
        await self.session.close()
        self.account_session.runs.halted.disconnect(self._tell_halted)
        self.account_session.runs.sessions.remove(self.session)
        self.account_session.names.unsubscribe(self._lookups)
        self._windows.remove(self)
        self.ended.set()

    @cached_property
    def work_list(self) -> WorkListController:
        from atz_desktop.app.work_list import WorkListController

        settings = self._shared.settings
        return WorkListController(self._window, self.session, self.account_session, settings)

    @cached_property
    def bulk_edit(self) -> BulkEditController:
        from atz_desktop.app.bulk_edit import BulkEditController

        return BulkEditController(self._window, self.session, self.account_session, self.runs.show)

    @cached_property
    def runs(self) -> RunsController:
        from atz_desktop.app.bulk_runs import RunsController

        elsewhere = self._is_in_other_window
        return RunsController(self._window, self.session, self.account_session, elsewhere)

    async def confirm_leave(self) -> bool:
        """Ask what becomes of a run that goes on; whether the window may close."""
        return not self.account_session.runs.is_running or await self.runs.confirm_leave()

    def look_up(self) -> None:
        """Look up saves that are not confirmed, unless a window of the account does so."""
        windows = (self, *self._windows.beside(self))
        if not any(each.session.unconfirmed_saves.is_checking for each in windows):
            self.session.unconfirmed_saves.start_checking()

    async def _offer_recent(self) -> None:
        services = self.account_session.services
        found, now = await services.recent.list(services.account), datetime.now(UTC)
        self._window.show_recent(
            tuple(RecentEntry(r.activity_id, r.title, r.unsaved_text(now)) for r in found)
        )

    async def _refresh_recent(self) -> None:
        with suppress(StoreError):
            await self._offer_recent()
        self._ask_for_zone()  # after the words about the load, which take away what was said before

    def _ask_for_zone(self) -> None:
        """Ask once in which zone ATZ gives its times; those of the sandbox are UTC."""
        activity = self.session.activity
        if activity is None or self.key == SANDBOX:
            return
        notice = self._shared.zones.notice(activity, self.key)
        if notice is not None:
            self._window.messages.show_notice(notice)

    def _on_loaded(self) -> None:
        self._start_refreshing_recent()
        if self.session.state.loading_id is not None:  # it was asked for, and is not what was saved
            self._parts.options.trace("shown")
            self.look_up()

    def _start_refreshing_recent(self) -> None:
        self.session.jobs.start("recent", self._refresh_recent())

    def _on_draft_fields_changed(self) -> None:
        """What is kept for later, or no longer, stands beside what was loaded before."""
        self.session.jobs.start("recent drafts", self._refresh_kept())

    async def _refresh_kept(self) -> None:
        with suppress(StoreError):
            await self._offer_recent()

    # What the window's commands are for, which need no controller before they are given

    def _toggle_list(self) -> None:
        self.work_list.toggle()

    def _add_file(self) -> None:
        self.work_list.sources.choose_file()

    def _add_shown(self) -> None:
        self.work_list.sources.add_shown()

    def _add_record(self) -> None:
        self.work_list.sources.add_record()

    def _change_all(self) -> None:
        self.bulk_edit.change_all(self.work_list.scope)

    def _show_runs(self) -> None:
        self.runs.show()

    def _add_seen(self, activities: Iterable[tuple[int, str]]) -> None:
        self.work_list.sources.add_seen(activities)

    # The other windows of the account

    def has(self, activity_id: int) -> bool:
        """Whether the window shows this activity, or is loading it."""
        state = self.session.state
        shown = state.activity is not None and state.activity.id == activity_id
        return shown or state.loading_id == activity_id

    def _is_in_other_window(self, activity_id: int) -> bool:
        return self._windows.with_activity(self, activity_id) is not None

    async def _is_elsewhere(self, activity_id: int) -> bool:
        await self._windows.wait_closed(self.key, activity_id)  # then its draft is on the disk
        return self._show_other(activity_id) is not None

    def _restore_elsewhere(self, entry: JournalEntry, names: frozenset[str] | None) -> bool:
        other = self._show_other(entry.activity_id)
        if other is not None:
            other.session.restore(entry, names)
        return other is not None

    def _show_other(self, activity_id: int) -> ConnectedWindow | None:
        """Bring the other window that has this activity forward."""
        other = self._windows.with_activity(self, activity_id)
        if other is not None:
            other._window.come_forward()
        return other

    def _tell_settled(self, entries: tuple[JournalEntry, ...]) -> None:
        for other in self._windows.beside(self):
            other.session.on_settled_elsewhere(entries)

    def _tell_halted(self, progress: RunProgress) -> None:
        self._shared.notifications.on_run_halted(progress)
