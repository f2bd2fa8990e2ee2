"""Going on in the work list of a window: from row to row, saved, skipped or put aside."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from atz_desktop.domain.bulk_edit import BulkEdit, apply
from atz_desktop.domain.bulk_rules import BulkContext, FromTable
from atz_desktop.domain.cell_values import CellFormat
from atz_desktop.domain.work_list import RowMark, RowState
from atz_desktop.session.list_texts import own_values_notice
from atz_desktop.session.tables import read_table_values
from atz_desktop.view.editors.date_time_edit import day_comes_first

if TYPE_CHECKING:
    from atz_desktop.domain.activity import Activity
    from atz_desktop.session.jobs import Jobs
    from atz_desktop.session.record_session import RecordSession
    from atz_desktop.view.windows.main_window import MainWindow

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
