"""What one window does with the account that it works on, from sign-in to sign-out."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from atz_desktop.app.history import HistoryController
from atz_desktop.app.names import NameController
from atz_desktop.session.lookups import Lookups
from atz_desktop.session.record_session import RecordSession
from atz_desktop.startup_trace import trace
from atz_desktop.store.errors import StoreError
from atz_desktop.view.windows.id_bar import RecentActivity as RecentShown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from atz_desktop.app.bulk_edit import BulkEditController
    from atz_desktop.app.bulk_runs import RunsController
    from atz_desktop.app.practice import PracticeController
    from atz_desktop.app.windows import WindowController
    from atz_desktop.app.work_list import WorkListController
    from atz_desktop.domain.history import JournalEntry
    from atz_desktop.domain.runs import RunProgress
    from atz_desktop.session.account_session import AccountSession


class ConnectedWindow:
    """The record session of a window, with its Find and History windows.

    What is for many activities at once is made, and its modules are imported, when it is first
    wanted: they are a fifth of the program, and the first form waits for none of them.

    An activity is shown in one window at a time: whoever wants it elsewhere gets that window
    brought forward.
    """

    def __init__(self, controller: WindowController, account: AccountSession) -> None:
        self.account = account
        self._controller = controller
        self._program = program = controller.program
        self._window = window = controller.window
        prompts, model = controller.prompts, controller.model
        scope = controller.jobs.scope()
        self._lookups = Lookups(account.services, scope)
        account.lookups.windows.append(self._lookups)
        self.session = RecordSession(account.services, model, self._lookups, scope, prompts)
        self.session.review_first = program.settings.review_before_save
        self.session.shown_elsewhere = self._is_elsewhere
        account.work_lists.attach(self.session)
        account.runs.sessions.append(self.session)
        prompts.lookups = self._lookups
        prompts.api_url = account.account.api_url
        prompts.flags = account.services.boolean_format
        self.history = HistoryController(
            window, self.session, prompts, self._restore_elsewhere, self._add_seen
        )
        self.names = NameController(window, self.session, account, lambda: self.work_list.sources)
        self.practice = self._create_practice()
        commands = window.list_commands
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
        self.session.loaded.connect(self._on_loaded)
        self.session.visited.connect(self._start_refreshing_recent)
        self.session.drafts.fields_changed.connect(self._on_draft_fields_changed)
        self.session.settled.connect(self._tell_settled)
        self.session.settled.connect(program.notifications.on_settled)
        account.runs.halted.connect(self._tell_halted)
        window.show_session(self.session)

    async def start(self) -> None:
        """Offer what is known of the account, and go on with what was left open."""
        with suppress(StoreError):
            await self.account.runs.recall_requests()
            await self._lookups.load_types(self.account.services)
            await self._offer_recent()
        if self._program.settings.work_list_shown:
            self.work_list.start()
        self.look_up()
        with suppress(StoreError):
            if await self.account.runs.unfinished():
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
        self.account.runs.halted.disconnect(self._tell_halted)
        self.account.runs.sessions.remove(self.session)
        self.account.lookups.windows.remove(self._lookups)

    @cached_property
    def work_list(self) -> WorkListController:
        from atz_desktop.app.work_list import WorkListController

        return WorkListController(self._window, self.session, self.account, self._program)

    @cached_property
    def bulk_edit(self) -> BulkEditController:
        from atz_desktop.app.bulk_edit import BulkEditController

        return BulkEditController(self._window, self.session, self.account, self.runs.show)

    @cached_property
    def runs(self) -> RunsController:
        from atz_desktop.app.bulk_runs import RunsController

        elsewhere = self._is_in_other_window
        return RunsController(self._window, self.session, self.account, elsewhere)

    async def confirm_leave(self) -> bool:
        """Ask what becomes of a run that goes on; whether the window may close."""
        return not self.account.runs.is_running or await self.runs.confirm_leave()

    def look_up(self) -> None:
        """Look up saves that are not confirmed, unless a window of the account does so."""
        windows = self._program.windows.of_account(self.account.account.key)
        if not any(each.session.unconfirmed_saves.is_checking for each in windows):
            self.session.unconfirmed_saves.start_checking()

    async def _offer_recent(self) -> None:
        services = self.account.services
        found, now = await services.recent.list(services.account), datetime.now(UTC)
        self._window.show_recent(
            tuple(RecentShown(r.activity_id, r.title, r.unsaved_text(now)) for r in found)
        )

    async def _refresh_recent(self) -> None:
        with suppress(StoreError):
            await self._offer_recent()
        self._ask_for_zone()  # after the words about the load, which take away what was said before

    def _ask_for_zone(self) -> None:
        """Ask once in which zone ATZ gives its times; those of the sandbox are UTC."""
        activity = self.session.activity
        if activity is None or self._controller.accounts.in_sandbox:
            return
        key, settings = self.account.account.key, self._program.settings
        notice = self._program.zones.notice(activity, key, settings)
        if notice is not None:
            self._window.messages.show_notice(notice)

    def _on_loaded(self) -> None:
        self._start_refreshing_recent()
        if self.session.state.loading_id is not None:  # it was asked for, and is not what was saved
            trace(self._controller.options.startup_trace, "shown")
            self.look_up()

    def _start_refreshing_recent(self) -> None:
        self.session.jobs.start("recent", self._refresh_recent())

    # What the window's commands are for, which need no controller before they are given

    def _toggle_list(self) -> None:
        self.work_list.toggle()

    def _add_file(self) -> None:
        self.work_list.sources.choose_file()

    def _add_shown(self) -> None:
        self.work_list.sources.add_shown()

    def _add_record(self) -> None:
        self.work_list.sources.add_record()

    def _on_draft_fields_changed(self) -> None:
        """What is kept for later, or no longer, stands beside what was loaded before."""
        self.session.jobs.start("recent drafts", self._refresh_kept())

    async def _refresh_kept(self) -> None:
        with suppress(StoreError):
            await self._offer_recent()

    def _change_all(self) -> None:
        self.bulk_edit.change_all(self.work_list.scope)

    def _show_runs(self) -> None:
        self.runs.show()

    def _add_seen(self, activities: Iterable[tuple[int, str]]) -> None:
        self.work_list.sources.add_seen(activities)

    def _create_practice(self) -> PracticeController | None:
        sandbox = self._program.sandbox.server
        if sandbox is None or not self._controller.accounts.in_sandbox:
            return None
        from atz_desktop.app.practice import PracticeController

        return PracticeController(self._window, self.session, sandbox.account)

    # The other windows of the account

    def _is_in_other_window(self, activity_id: int) -> bool:
        key = self.account.account.key
        return (
            self._program.windows.with_activity(key, activity_id, but=self._controller) is not None
        )

    async def _is_elsewhere(self, activity_id: int) -> bool:
        key = self.account.account.key
        while closing := self._program.windows.closing_with(key, activity_id):
            await closing.closed.wait()  # its save is not over; then its draft is on the disk
        other = self._program.windows.with_activity(key, activity_id, but=self._controller)
        if other is not None:
            other.window.come_forward()
        return other is not None

    def _restore_elsewhere(self, entry: JournalEntry, names: frozenset[str] | None) -> bool:
        key = self.account.account.key
        other = self._program.windows.with_activity(key, entry.activity_id, but=self._controller)
        if other is not None:
            other.window.come_forward()
            other.session.restore(entry, names)
        return other is not None

    def _tell_settled(self, entries: tuple[JournalEntry, ...]) -> None:
        for other in self._program.windows.of_account(self.account.account.key):
            if other is not self._controller:
                other.session.on_settled_elsewhere(entries)

    def _tell_halted(self, progress: RunProgress) -> None:
        self._program.notifications.on_run_halted(progress)
