"""The window of runs, and what is asked for in it.

The runs themselves belong to the account (session/bulk_run.py): they go on when a window closes.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QTimer

from atz_desktop.app.bulk_edit import BulkController
from atz_desktop.domain.bulk_edit import BulkEdit
from atz_desktop.domain.bulk_recipes import RecipeError, load_bulk
from atz_desktop.domain.fields import ACTIVITY
from atz_desktop.domain.runs import Run, RunPhase, RunProgress, RunRow
from atz_desktop.session.notices import Level, Notice, NoticeAction
from atz_desktop.session.run_report import write_report
from atz_desktop.store.errors import StoreError
from atz_desktop.view.dialogs.prompts import show_dialog
from atz_desktop.view.widgets.paint_later import bring_to_front

if TYPE_CHECKING:
    from atz_desktop.session.account_session import AccountSession
    from atz_desktop.session.record_session import RecordSession
    from atz_desktop.view.windows.main_window import MainWindow
    from atz_desktop.view.worklist.run_window import RunWindow, UndoOrder

_DRAWN_EVERY = 100
"""Milliseconds between two drawings of a run that goes on."""


class RunsController(BulkController):
    """Shows the runs of the account, and passes on what the user wants with them."""

    def __init__(
        self,
        window: MainWindow,
        session: RecordSession,
        account_session: AccountSession,
        is_elsewhere: Callable[[int], bool],
    ) -> None:
        """`is_elsewhere` says whether another window has an activity."""
        super().__init__(window, session, account_session)
        self._runs = account_session.runs
        self._is_elsewhere = is_elsewhere
        self._panel: RunWindow | None = None
        self._phase: RunPhase | None = None
        self._drawing = QTimer(window, singleShot=True, interval=_DRAWN_EVERY)
        self._drawing.timeout.connect(self._draw)
        self._runs.changed.connect(self._on_changed)
        self._runs.row_changed.connect(self._on_row)

    def show(self, run_id: int | None = None) -> None:
        """Show a run; None: the one that goes on, or else the last one."""
        panel = self._panel = self._panel or self._create_window()
        QTimer.singleShot(1, panel, partial(bring_to_front, panel))
        self._read("show", partial(self._show, run_id))

    async def offer_unfinished(self) -> None:
        """Say so where an earlier run is not finished."""
        with suppress(StoreError):
            unfinished = await self._runs.unfinished()
            if unfinished and not self._runs.is_running:
                run = unfinished[0]
                text = f"“{run.title}” was left before its end. Nothing is sent before you say so."
                self._window.messages.show_notice(
                    Notice(Level.INFO, "A run is not finished", text, NoticeAction.RUNS, aside=True)
                )

    async def confirm_leave(self) -> bool:
        """Ask what becomes of a run that goes on, in its last window; whether that may close."""
        progress = self._runs.progress
        if progress is None or not self._runs.is_running or len(self._runs.sessions) > 1:
            return True
        from atz_desktop.view.worklist.dialogs import LeaveRun, LeaveRunDialog

        dialog = LeaveRunDialog(progress.counts.tried, progress.counts.total, self._window)
        await show_dialog(dialog)
        if dialog.answer is LeaveRun.STOP:
            self._runs.stop()
        return dialog.answer is not LeaveRun.STAY

    async def close(self) -> None:
        """Let the window go: what it shows belongs to the account that is left."""
        self._runs.changed.disconnect(self._on_changed)
        self._runs.row_changed.disconnect(self._on_row)
        self._drawing.stop()
        await self._scope.close()
        if self._panel is not None:
            self._panel.hide()
            self._panel.deleteLater()
            self._panel = None

    # What is shown

    def _create_window(self) -> RunWindow:
        from atz_desktop.view.worklist.run_window import RunWindow

        panel = RunWindow(self._account_session.account, self._window)
        panel.run_chosen.connect(self._choose)
        panel.row_chosen.connect(self._review)
        panel.bar.pause_requested.connect(self._runs.pause)
        panel.bar.stop_requested.connect(self._runs.stop)
        panel.bar.go_on_requested.connect(self._go_on)
        panel.bar.leave_requested.connect(self._abandon)
        panel.retry_requested.connect(self._retry)
        panel.fix_requested.connect(self._fix)
        panel.undo_requested.connect(self._undo)
        panel.report_requested.connect(self._export)
        return panel

    async def _show(self, run_id: int | None) -> None:
        runs = await self._runs.runs()
        progress = self._runs.progress
        if run_id is None and progress is not None:
            run_id = progress.run.id
        run = next((each for each in runs if each.id == run_id), runs[0] if runs else None)
        panel = self._panel
        if panel is None:
            return
        panel.show_runs(runs)
        if run is None:
            text = "A run begins with “Change all…” in a work list."
            panel.show_notice(Notice(Level.INFO, "There are no runs yet", text))
            return
        panel.show_notice(None)
        rows = await self._runs.rows(run.id)
        if self._panel is panel:
            panel.show_run(run, rows, fields_of(run))
            self._draw()

    def _choose(self, run_id: int) -> None:
        self._read("show", partial(self._show, run_id))

    def _review(self, position: int) -> None:
        run = self._shown
        if run is not None:
            self._read("review", partial(self._show_review, run, position))

    async def _show_review(self, run: Run, position: int) -> None:
        review = await self._runs.review(run.id, position)
        if self._panel is not None and self._shown is run:
            self._panel.show_review(position, review)

    @property
    def _shown(self) -> Run | None:
        return self._panel.run if self._panel is not None else None

    @property
    def _progress(self) -> RunProgress | None:
        """That of the shown run, if it is the one that was begun or resumed last."""
        return self._runs.progress if self._shows_current else None

    @property
    def _shows_current(self) -> bool:
        """Whether the shown run is the one that was begun or resumed last."""
        run, shown = self._runs.run, self._shown
        return run is not None and shown is not None and run.id == shown.id

    def _on_row(self, row: RunRow) -> None:
        if self._panel is not None and self._shows_current:
            self._panel.update_row(row)

    def _on_changed(self) -> None:
        if self._panel is not None and not self._drawing.isActive():
            self._drawing.start()

    def _draw(self) -> None:
        panel, progress = self._panel, self._progress
        if panel is None:
            return
        panel.show_progress(progress, busy=self._runs.is_running)
        phase = progress.phase if progress is not None else None
        if phase is RunPhase.ENDED and self._phase is not RunPhase.ENDED:
            self._read("show", partial(self._show_end, panel))
        self._phase = phase

    async def _show_end(self, panel: RunWindow) -> None:
        """The rows that were not reached have their verdict now, too."""
        runs = await self._runs.runs()
        panel.show_runs(runs)
        if panel.run is not None:
            panel.show_rows(await self._runs.rows(panel.run.id))
            panel.show_progress(self._progress, busy=self._runs.is_running)

    # What the user wants

    def _go_on(self) -> None:
        run = self._shown
        if self._progress is not None and self._runs.is_running:
            self._runs.go_on()
        elif run is not None:
            self._write(partial(self._begin, partial(self._resume, run)))

    async def _resume(self, run: Run) -> int:
        await self._runs.resume(run.id)
        return run.id

    def _abandon(self) -> None:
        if self._shown is not None:
            self._write(partial(self._end_here, self._shown))

    async def _end_here(self, run: Run) -> None:
        await self._runs.abandon(run.id)
        await self._show(run.id)

    def _retry(self) -> None:
        if self._shown is not None:
            self._write(partial(self._begin, partial(self._runs.retry, self._shown.id)))

    def _undo(self, order: UndoOrder) -> None:
        if self._shown is not None:
            undo = partial(
                self._runs.undo,
                self._shown.id,
                positions=order.positions,
                names=order.names,
                reason=order.reason,
            )
            self._write(partial(self._begin, undo))

    async def _begin(self, begin: Callable[[], Coroutine[Any, Any, int | None]]) -> None:
        """Begin another run and show it."""
        if self._runs.is_running:
            text = "One run at a time: wait for its end, or stop it."
            self._say(Notice(Level.WARNING, "Another run goes on", text))
            return
        run_id = await begin()
        if run_id is not None:
            await self._show(run_id)

    def _fix(self, position: int) -> None:
        if self._shown is not None:
            self._write(partial(self._open_with_change, self._shown, position))

    async def _open_with_change(self, run: Run, position: int) -> None:
        """Open an activity with the change of its row laid over what ATZ holds now."""
        rows = {row.position: row for row in await self._runs.rows(run.id)}
        activity_id, session = rows[position].activity_id, self._session
        here = session.activity is not None and session.activity.id == activity_id
        if self._is_elsewhere(activity_id) or (here and session.state.dirty):
            text = "It is open with changes of its own: save or discard those first."
            self._say(Notice(Level.WARNING, "This activity is being edited", text))
            return
        await self._runs.fix(run.id, position)
        session.open(activity_id)
        self._window.come_forward()

    def _export(self, path: Path) -> None:
        if self._shown is not None:
            self._write(partial(self._write_report, self._shown, path))

    async def _write_report(self, run: Run, path: Path) -> None:
        account = self._account_session.account.name
        report = await self._runs.report(run, account, rules_of(run).describe())
        await write_report(report, path)
        self._say(Notice(Level.GOOD, "Exported", f"The report is in {path.name}."))

    def _say(self, notice: Notice | None) -> None:
        if self._panel is not None:
            self._panel.show_notice(notice)


def rules_of(run: Run) -> BulkEdit:
    """The rules that a run was made with; none where that can't be told, or of an undo."""
    with suppress(RecipeError):
        return load_bulk(run.bulk) if run.bulk else BulkEdit()
    return BulkEdit()


def fields_of(run: Run) -> Mapping[str, str]:
    """The fields that a run changes, name → label; none where that can't be told."""
    rules = rules_of(run).rules
    return {field.name: field.label for field in ACTIVITY.fields if field.name in rules}
