"""The work list of a window: which list is shown, what comes into it, and going on in it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import replace
from functools import partial
from itertools import chain, count
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QTimer

from atz_desktop.app.list_sources import ListSources
from atz_desktop.domain.bulk_edit import BulkEdit, apply
from atz_desktop.domain.bulk_rules import BulkContext, FromTable
from atz_desktop.domain.cell_values import CellFormat
from atz_desktop.domain.work_list import BulkScope, RowMark, RowState, WorkListCounts
from atz_desktop.session.list_texts import (
    ListInput,
    added_notice,
    end_notice,
    list_name,
    not_kept_notice,
    nothing_found_notice,
    own_values_notice,
)
from atz_desktop.session.tables import read_table_values
from atz_desktop.store.errors import StoreError
from atz_desktop.view.dialogs.prompts import show_dialog
from atz_desktop.view.editors.date_time_edit import day_comes_first
from atz_desktop.view.worklist.pane_head import ListCommand

if TYPE_CHECKING:
    from atz_desktop.app.settings import AppSettings
    from atz_desktop.domain.activity import Activity
    from atz_desktop.domain.work_list import NewRow, WorkList
    from atz_desktop.session.account_session import AccountSession
    from atz_desktop.session.jobs import Jobs
    from atz_desktop.session.record_session import RecordSession
    from atz_desktop.view.windows.main_window import MainWindow
    from atz_desktop.view.worklist.pane import WorkListPane

_Work = Callable[[], Awaitable[object]]
"""Makes what is awaited when its job begins: a job that is given up before never does."""

_REFRESH_DELAY = 0.05
"""Seconds that a change of the rows waits for others: a save brings several, and the next load,
which wants the window's thread for itself.
"""


class WorkListController:
    """What a window's commands about work lists do. The lists belong to the account."""

    def __init__(
        self,
        window: MainWindow,
        session: RecordSession,
        account_session: AccountSession,
        settings: AppSettings,
    ) -> None:
        self._window = window
        self._session = session
        self._lists = account_session.work_lists
        self._settings = settings
        self._scope = session.jobs.scope()
        self._numbers = count()
        self._unread: list[Collection[int] | None] = []
        """Activities whose rows changed and are not read again yet; None: all of the list."""
        self._pane: WorkListPane | None = None
        """Made when it is first wanted."""
        self._list: WorkList | None = None
        """The one that is shown, or was when the pane was closed."""
        self.sources = ListSources(window, session, self._scope, self.add, settings)
        self._steps = ListSteps(window, session, self._scope, self._mark, self._say_end)
        self._links: tuple[tuple[Any, Any], ...] = (
            (self._lists.changed, self._on_rows_changed),
            (self._lists.lists_changed, self._on_lists_changed),
            (session.loaded, self._on_loaded),
        )
        for signal, slot in self._links:
            signal.connect(slot)

    def start(self) -> None:
        """Show the newest list: the program ended with one."""
        self._read("show", partial(self._show_list, None))

    async def close(self) -> None:
        """Let it go: the lists belong to the account that is left."""
        for signal, slot in self._links:
            signal.disconnect(slot)
        self.sources.close()
        self._steps.close()
        await self._scope.close()
        if self._pane is not None:
            self._window.show_pane(None)
            self._pane.deleteLater()
            self._pane = None

    @property
    def scope(self) -> BulkScope:
        """What a change of many is for: the rows that are marked, if there are several, or else
        those that are shown."""
        if self._pane is None or self._list is None or not self.is_shown:
            return BulkScope(None, ())
        model, marked = self._pane.rows, self._pane.view.chosen()
        rows = model.rows_of(marked) if len(marked) > 1 else model.shown_rows
        return BulkScope(self._list.id, rows)

    # The pane

    @property
    def is_shown(self) -> bool:
        return self._pane is not None and self._window.pane is self._pane

    def toggle(self) -> None:
        """Show the work list, or close it; it goes on where it was."""
        if self.is_shown:
            self._window.show_pane(None)
            self._note_shown(shown=False)
        else:
            self._read("show", partial(self._show_list, self._list.id if self._list else None))

    async def _show_list(self, list_id: int | None) -> None:
        """Show this list, or else the newest of those that are not put away."""
        lists = await self._lists.lists()
        offered = [each for each in lists if each.id == list_id or not each.closed]
        wanted = next((each for each in offered if each.id == list_id), None)
        self._list = wanted or next(reversed(offered), None)
        rows = await self._lists.rows(self._list.id) if self._list else []
        pane = self._pane
        if pane is None:
            pane = self._pane = self._create_pane()
            await asyncio.sleep(0)  # it was made in this turn, and to show it takes as long again
        pane.begin_list(lists, self._list.id if self._list else None)
        pane.show_rows(rows)
        pane.show_open(self._session.activity.id if self._session.activity else None)
        if not self.is_shown:
            self._window.show_pane(pane)
            self._note_shown(shown=True)

    def _note_shown(self, *, shown: bool) -> None:
        settings = self._settings.current
        if settings.work_list_shown != shown:
            self._settings.update(settings._replace(work_list_shown=shown))

    def _create_pane(self) -> WorkListPane:
        from atz_desktop.view.worklist.pane import WorkListPane

        pane = WorkListPane(self._window.menus.actions, self._window)
        pane.hide()
        pane.text_given.connect(self.sources.add_text)
        pane.files_given.connect(self.sources.add_files)
        pane.head.add_requested.connect(self.sources.add_from)
        pane.head.list_chosen.connect(self._choose_list)
        pane.head.list_command.connect(self._run_list_command)
        pane.view.open_requested.connect(self._steps.go_to)
        pane.view.mark_requested.connect(self._mark)
        pane.view.remove_requested.connect(self._remove)
        pane.view.change_requested.connect(self._window.list_commands.change_all)
        return pane

    def _on_rows_changed(self, list_id: int, activity_ids: Collection[int] | None) -> None:
        if self.is_shown and self._list is not None and self._list.id == list_id:
            self._unread.append(activity_ids)
            if not self._scope.running("rows"):
                self._read("rows", self._follow_rows)

    async def _follow_rows(self) -> None:
        while self._unread:
            await asyncio.sleep(_REFRESH_DELAY)
            changed = tuple(self._unread)
            if None in changed:
                await self._refresh_rows()
            else:
                await self._update_rows(set(chain.from_iterable(filter(None, changed))))
            del self._unread[: len(changed)]

    async def _update_rows(self, activity_ids: Collection[int]) -> None:
        shown = self._list
        rows = await self._lists.rows(shown.id, activity_ids) if shown else []
        if self._pane is not None and self._list is shown:
            self._pane.update_rows(rows)

    async def _refresh_rows(self) -> None:
        shown = self._list
        rows = await self._lists.rows(shown.id) if shown else []
        if self._pane is not None and self._list is shown:
            self._pane.show_rows(rows)

    def _on_lists_changed(self) -> None:
        if self.is_shown:
            self._read("lists", self._refresh_lists)

    async def _refresh_lists(self) -> None:
        lists = await self._lists.lists()
        shown = self._list.id if self._list else None
        now = next((each for each in lists if each.id == shown), None)
        if self._pane is None:
            return
        if now is None:
            await self._show_list(None)
        else:
            self._list = now
            self._pane.head.show_lists(lists, shown)

    def _on_loaded(self, activity: Activity) -> None:
        if self._pane is not None:  # after the form, which takes its turn as a whole
            QTimer.singleShot(1, self._pane, partial(self._pane.show_open, activity.id))

    # Lists

    def _choose_list(self, list_id: int) -> None:
        self._read("show", partial(self._show_list, list_id))
        self._write(partial(self._lists.set_closed, list_id, False))

    def _run_list_command(self, command: ListCommand) -> None:
        if command is ListCommand.NEW:
            self._write(self._make_list)
        elif self._list is not None and command is ListCommand.RENAME:
            self._read("ask", partial(self._rename, self._list))
        elif self._list is not None and command is ListCommand.DELETE:
            self._read("ask", partial(self._delete, self._list))
        elif self._list is not None:
            self._write(partial(self._put_away, self._list))

    async def _make_list(self) -> None:
        number, _ = await self._lists.create(list_name())
        await self._show_list(number)

    async def _put_away(self, shown: WorkList) -> None:
        await self._lists.set_closed(shown.id, True)
        await self._show_list(None)

    async def _rename(self, shown: WorkList) -> None:
        from atz_desktop.view.worklist.dialogs import NameDialog

        dialog = NameDialog("Rename this list", "list", shown.name, self._window)
        dialog.accepted.connect(
            lambda: self._write(partial(self._lists.rename, shown.id, dialog.name))
        )
        await show_dialog(dialog)

    async def _delete(self, shown: WorkList) -> None:
        from atz_desktop.view.worklist.dialogs import DeleteListDialog

        left = WorkListCounts.of(await self._lists.rows(shown.id)).left
        dialog = DeleteListDialog(shown, left, self._window)
        dialog.accepted.connect(lambda: self._write(partial(self._lists.delete, shown.id)))
        await show_dialog(dialog)

    # What comes into the list

    def add(self, given: ListInput) -> None:
        """Put these into the list that is shown, or into a new one."""
        self._write(partial(self._add, given))

    async def _add(self, given: ListInput) -> None:
        notices = self._window.messages
        if not given.rows:
            notices.show_notice(nothing_found_notice(given))
            return
        given = replace(given, rows=await self._with_titles(given.rows))
        shown = self._list if self.is_shown else None
        if shown is None:
            number, added = await self._lists.create(list_name(given.name), given.rows)
            await self._show_list(number)
        else:
            added = await self._lists.add(shown.id, given.rows)
        await self._refresh_rows()
        await self._refresh_lists()
        notices.show_notice(added_notice(given, len(added.added), added.doubles))
        if added.added and not self._is_at_work:
            self._steps.go_to(added.added[0])

    async def _with_titles(self, rows: tuple[NewRow, ...]) -> tuple[NewRow, ...]:
        """With the titles of those that were seen here before."""
        services = self._session.services
        known = {r.activity_id: r.title for r in await services.recent.list(services.account)}
        return tuple(
            row if row.title else row._replace(title=known.get(row.activity_id, "")) for row in rows
        )

    @property
    def _is_at_work(self) -> bool:
        """Whether something is in the form that the user may be working on."""
        activity = self._session.activity
        listed = self._pane is not None and activity and self._pane.rows.of(activity.id)
        return self._session.state.dirty or bool(listed)

    # Rows

    def _say_end(self) -> None:
        self._read("end", self._show_end)

    async def _show_end(self) -> None:
        if self._list is not None and await self._session.keep_draft():
            counts = WorkListCounts.of(await self._lists.rows(self._list.id))
            self._window.messages.show_notice(end_notice(counts))

    def _mark(self, activity_ids: tuple[int, ...], mark: RowMark | None) -> None:
        if self._list is not None:
            self._write(partial(self._lists.mark, self._list.id, activity_ids, mark))

    def _remove(self, activity_ids: tuple[int, ...]) -> None:
        if self._list is not None:
            self._write(partial(self._lists.remove, self._list.id, activity_ids))

    # How it is done

    def _read(self, name: str, work: _Work) -> None:
        """A newer one of that name takes its place."""
        self._scope.start(name, self._tell_trouble(work))

    def _write(self, work: _Work) -> None:
        """It is never given up half-way."""
        self._scope.start(f"write {next(self._numbers)}", self._tell_trouble(work), finish=True)

    async def _tell_trouble(self, work: _Work) -> None:
        try:
            await work()
        except StoreError as error:
            self._window.messages.show_notice(not_kept_notice(error))


Mark = Callable[[tuple[int, ...], RowMark | None], None]


class ListSteps:
    """Does what the commands say while the list is shown; `mark` marks rows (None: to do again),
    `say_end` tells how the list ended.
    """

    def __init__(
        self,
        window: MainWindow,
        session: RecordSession,
        jobs: Jobs,
        mark: Mark,
        say_end: Callable[[], None],
    ) -> None:
        self._window = window
        self._session = session
        self._jobs = jobs
        self._mark = mark
        self._say_end = say_end
        self._asked: int | None = None
        """The row that was gone to, as long as it is not shown; it may not exist."""
        self._again = False
        """Whether that was gone to once more, after it could not be loaded."""
        commands = window.list_commands
        self._links: tuple[tuple[Any, Any], ...] = (
            (commands.saving_and_next, self._save_and_next),
            (commands.next_activity, self._go_next),
            (commands.previous_activity, self._go_previous),
            (commands.skip, self._skip),
            (commands.park, self._park),
            (session.opened, self._on_opened),
        )
        for signal, slot in self._links:
            signal.connect(slot)

    def close(self) -> None:
        """The account is left."""
        for signal, slot in self._links:
            signal.disconnect(slot)

    def go_to(self, activity_id: int) -> None:
        """Open a row; what was typed is kept as a draft, which its row shows."""
        self._again = activity_id == self._asked
        self._asked = activity_id
        self._session.open(activity_id, keep_draft=True)

    def _go_next(self) -> None:
        self._step(1)

    def _go_previous(self) -> None:
        self._step(-1)

    def _step(self, by: int, *, undone: bool = False) -> None:
        """Go to the next row, or with `undone` to the next where something is to be done.

        One that could not be loaded is to be done as before: it is passed when that failed twice.
        """
        pane = self._window.pane
        wanted = pane.rows.step_from(self._here, by, undone=undone) if pane else None
        if wanted is not None:
            self.go_to(wanted)
        elif undone:
            self._say_end()

    @property
    def _here(self) -> int | None:
        """The row that one is at: it is shown, being loaded, or can't be."""
        activity, asked = self._session.activity, self._asked
        row = self._window.pane.rows.of(asked) if self._window.pane and asked else None
        failed = row is not None and row.state is not RowState.GONE and not self._is_loading
        shown = activity.id if activity else None
        return shown if asked is None or (failed and not self._again) else asked

    @property
    def _is_loading(self) -> bool:
        return self._session.jobs.running("open")

    def _save_and_next(self) -> None:
        self._jobs.start("save and next", self._save_then_go_on(), finish=True)

    async def _save_then_go_on(self) -> None:
        self._prefetch_next()
        if await self._session.save_to_go_on():
            self._step(1, undone=True)

    def _prefetch_next(self) -> None:
        """Read the next row while this one is saved."""
        pane, session = self._window.pane, self._session
        wanted = pane.rows.step_from(self._here, 1, undone=True) if pane else None
        if wanted is not None:
            session.prefetch.start(wanted, session.model.zone)

    def _skip(self) -> None:
        self._put_aside(RowMark.SKIPPED)

    def _park(self) -> None:
        self._put_aside(RowMark.PARKED)

    def _put_aside(self, mark: RowMark) -> None:
        """Mark the row that one is at and go on; given again there, it is to be done again."""
        here, pane = self._here, self._window.pane
        row = pane.rows.of(here) if pane and here else None
        if row is not None and row.state.name == mark.name:
            self._mark((row.activity_id,), None)
        elif row is not None:
            self._mark((row.activity_id,), mark)
            self._step(1, undone=True)

    # The values of the row's own columns

    def _on_opened(self, activity: Activity) -> None:
        self._asked = None
        row = self._window.pane.rows.of(activity.id) if self._window.pane else None
        if row is not None and row.cells and row.state is RowState.TO_DO:
            self._jobs.start("own values", self._lay_own_values(activity, row.cells))

    async def _lay_own_values(self, activity: Activity, cells: Mapping[str, str]) -> None:
        """Show what the table says of this activity as unsaved changes of it."""
        session = self._session
        now = session.model.utc_now()
        form = CellFormat(
            session.lookups.types(), session.model.zone, now.date(), day_comes_first()
        )
        [own] = await read_table_values([cells], form, session.services)
        shown = session.activity
        if shown is None or shown.id != activity.id or session.state.dirty:
            return  # another one is shown, or somebody typed meanwhile
        bulk = BulkEdit({name: FromTable() for name in (*own.values, *own.problems)})
        applied = apply(bulk, shown, BulkContext(now, session.lookups.name_of), own)
        if applied.edit.dirty:
            session.model.push(applied.edit)
        if applied.problems:
            self._window.messages.show_notice(own_values_notice(applied.problems, activity))
