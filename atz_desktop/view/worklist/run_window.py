"""The runs of the account: the one that goes on, and those of the past. A window beside others.

It draws what it is given and tells what the user wants; it decides nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from PySide6.QtCore import QModelIndex, QSignalBlocker, Signal
from PySide6.QtWidgets import (
    QProgressBar,
    QPushButton,
    QWidget,
)

from atz_desktop.domain.characters import pluralize, single_line
from atz_desktop.domain.runs import Run, RunCounts, RunPhase, RunProgress, RunRow, RunVerdict
from atz_desktop.session.journal_entries import parse_time
from atz_desktop.session.notices import Level
from atz_desktop.view.theme import CONTROL_HEIGHT, NEAR
from atz_desktop.view.widgets.combo_box import NoWheelComboBox
from atz_desktop.view.widgets.labels import Callout, ElidingLabel
from atz_desktop.view.widgets.layouts import hbox, vbox
from atz_desktop.view.widgets.review_text import ReviewText
from atz_desktop.view.windows.history_table import local_time
from atz_desktop.view.worklist.bulk_window import (
    BulkWindow,
    open_dialog,
    report_dialog,
)
from atz_desktop.view.worklist.dialogs import AgainDialog
from atz_desktop.view.worklist.tables import RowFilterBox, RunModel, WideTable

if TYPE_CHECKING:
    from atz_desktop.domain.review import Review
    from atz_desktop.domain.settings import Account

_SHEET_WIDTH: Final = 420
_SHORT_VERDICTS: Final = (RunVerdict.NOT_CONFIRMED, RunVerdict.UNCHANGED)
_WIDEST: Final = {
    "Verdict": tuple(f"{verdict.value}      " for verdict in _SHORT_VERDICTS),
}


class UndoOrder(NamedTuple):
    """What is to be undone of a run; None: all rows, all fields."""

    positions: Collection[int] | None
    names: Collection[str] | None
    reason: str | None


class RunWindow(BulkWindow):
    """Shows one run at a time."""

    run_chosen = Signal(object)
    """The number of the run to show."""
    row_chosen = Signal(object)
    """The position of the row whose change is to be shown."""
    retry_requested = Signal()
    fix_requested = Signal(object)
    """The position of a row."""
    undo_requested = Signal(object)
    """An UndoOrder."""
    report_requested = Signal(object)
    """The Path of the file."""

    def __init__(self, account: Account, parent: QWidget | None = None) -> None:
        super().__init__("Runs", account, parent)
        self._runs: tuple[Run, ...] = ()
        self.run: Run | None = None
        """The one that is shown."""
        self._busy = False
        self._fields: Mapping[str, str] = {}
        self._choice = NoWheelComboBox()
        self._choice.setAccessibleName("Which run to show")
        self.bar = RunBar()
        self.model = RunModel(self)
        self.table = WideTable("Activities of the run", self.model, _WIDEST, "What happened")
        self._filter = RowFilterBox()
        self._about = ElidingLabel("muted", lines=2)
        self._verdict = Callout(Level.INFO)
        self.sheet = ReviewText("What the run changes here", _SHEET_WIDTH)
        self._fix = QPushButton("Fix this one")
        self._undo_row = QPushButton("Undo this one…")
        self._retry = QPushButton("Retry these")
        self._undo = QPushButton("Undo this run")
        self._report = QPushButton("Export report")
        self._build_layout()
        self._connect()
        self._update_buttons()

    # What the program tells the window

    def show_runs(self, runs: Sequence[Run]) -> None:
        """Offer these, the newest first."""
        self._runs = tuple(runs)
        with QSignalBlocker(self._choice):
            self._choice.clear()
            self._choice.addItems([_run_text(run) for run in runs])
            self._choice.setCurrentIndex(self._place_of(self.run))
        self._choice.setEnabled(bool(runs))

    def show_run(self, run: Run, rows: Sequence[RunRow], fields: Mapping[str, str]) -> None:
        """Show a run with its rows; `fields`, name → label, are those that it changes."""
        self.run, self._fields = run, fields
        with QSignalBlocker(self._choice):
            self._choice.setCurrentIndex(self._place_of(run))
        self._filter.choose_all()
        self.model.show_verdict(None)
        self.model.show_all(rows)
        self._fill_filter()
        if rows:
            self.table.selectRow(0)

    def show_rows(self, rows: Sequence[RunRow]) -> None:
        """The rows of the shown run as they are now; the chosen one stays."""
        self.model.update_rows(rows)
        self._fill_filter()
        self._show_row(self.table.currentIndex())

    def show_progress(self, progress: RunProgress | None, *, busy: bool) -> None:
        """How far the shown run is; None: it is one of the past. `busy`: some run goes on."""
        self._busy = busy
        if progress is not None:
            self.bar.show_progress(progress)
        elif self.run is not None:
            can_go_on = self.run.ended_at is None and not busy
            self.bar.show_ended(self.model.counts, can_go_on=can_go_on)
        self.bar.setVisible(self.run is not None)
        self._fill_filter()
        self._update_buttons()

    def update_row(self, row: RunRow) -> None:
        """A row of the shown run has another verdict."""
        self.model.update_row(row)
        current = self.model.row(self.table.currentIndex().row())
        if current is not None and current.position == row.position:
            self._show_row(self.table.currentIndex())

    def show_review(self, position: int, review: Review | None) -> None:
        """Show what a row changes, if it is still the chosen one."""
        row = self._current
        if row is not None and row.position == position:
            self.sheet.setVisible(review is not None and bool(review.diffs))
            if review is not None:
                self.sheet.set_review(review)

    # What the user does

    @property
    def _current(self) -> RunRow | None:
        index = self.table.currentIndex()
        return self.model.row(index.row()) if index.isValid() else None

    def _place_of(self, run: Run | None) -> int:
        places = (n for n, each in enumerate(self._runs) if run and each.id == run.id)
        return next(places, -1)

    def _choose_run(self, index: int) -> None:
        if 0 <= index < len(self._runs):
            self.run_chosen.emit(self._runs[index].id)

    def _show_row(self, current: QModelIndex) -> None:
        row = self.model.row(current.row()) if current.isValid() else None
        self._about.set_text(f"{row.title} · activity {row.activity_id}" if row else "")
        self._verdict.setVisible(row is not None and bool(row.detail))
        if row is not None:
            well = row.verdict in {RunVerdict.CHECKED, RunVerdict.UNCHANGED}
            self._verdict.set_message(Level.INFO if well else Level.WARNING, row.detail)
            self.row_chosen.emit(row.position)
        else:
            self.sheet.hide()
        self._update_buttons()

    def _update_buttons(self) -> None:
        row, counts = self._current, self.model.counts.by_verdict
        retry = sum(n for verdict, n in counts.items() if verdict and verdict.can_retry)
        applied = sum(n for verdict, n in counts.items() if verdict and verdict.applied)
        self._retry.setText(f"Retry these {retry:,}" if retry else "Retry these")
        self._retry.setEnabled(bool(retry) and not self._busy)
        self._undo.setEnabled(bool(applied) and not self._busy)
        done = row is not None and row.verdict is not None
        self._fix.setEnabled(done and row is not None and _can_fix(row))
        can_undo = row is not None and row.verdict is not None and row.verdict.applied
        self._undo_row.setEnabled(can_undo and not self._busy)
        self._report.setEnabled(self.run is not None)

    def _ask_undo(self, row: RunRow | None) -> None:
        if row is None:
            applied = [n for v, n in self.model.counts.by_verdict.items() if v and v.applied]
            title, count, positions = "Undo this run", sum(applied), None
        else:
            title, count, positions = "Undo this one", 1, (row.position,)
        text = (
            "Each activity is read first. What somebody changed since is left as it is, and named. "
            "ATZ may mail the attendees, where times, places or people are put back."
        )
        dialog = AgainDialog(title, text, count, self.account, fields=self._fields, parent=self)
        dialog.accepted.connect(
            lambda: self.undo_requested.emit(UndoOrder(positions, dialog.names, dialog.reason))
        )
        open_dialog(dialog)

    def _ask_retry(self) -> None:
        rows = self.model.all_rows
        count = sum(1 for row in rows if row.verdict is not None and row.verdict.can_retry)
        text = (
            "These were not changed. Each is read again; where somebody changed the same field "
            "meanwhile, nothing is sent, and the conflict stays for you."
        )
        dialog = AgainDialog(
            "Retry these", text, count, self.account, asks_reason=False, parent=self
        )
        dialog.accepted.connect(self.retry_requested)
        open_dialog(dialog)

    def _choose_report(self) -> None:
        name = self.run.title if self.run is not None else "Run"
        dialog = report_dialog(self, "Export report", name)
        dialog.fileSelected.connect(lambda path: self.report_requested.emit(Path(path)))
        dialog.open()

    def _request_fix(self) -> None:
        if self._current is not None:
            self.fix_requested.emit(self._current.position)

    def _fill_filter(self) -> None:
        counts = self.model.counts
        verdicts = [(each, each.value, counts.by_verdict.get(each, 0)) for each in RunVerdict]
        self._filter.show_counts(counts.total, verdicts)

    def _on_filter(self) -> None:
        self.model.show_verdict(self._filter.chosen)
        if self.model.rowCount():
            self.table.selectRow(0)

    def _connect(self) -> None:
        self._choice.currentIndexChanged.connect(self._choose_run)
        self._filter.changed.connect(self._on_filter)
        self.table.selectionModel().currentRowChanged.connect(self._show_row)
        self._fix.clicked.connect(self._request_fix)
        self._undo_row.clicked.connect(lambda: self._ask_undo(self._current))
        self._undo.clicked.connect(partial(self._ask_undo, None))
        self._retry.clicked.connect(self._ask_retry)
        self._report.clicked.connect(self._choose_report)

    def _build_layout(self) -> None:
        self._fix.setToolTip("Open the activity with this change laid over what ATZ holds now")
        self._retry.setAccessibleName("Retry these")
        self.bar.hide()
        self.sheet.hide()
        self._verdict.hide()
        buttons = (self._fix, self._undo_row, self._retry, self._undo, self._report)
        for control in (*buttons, self._choice, self._filter):
            control.setMinimumHeight(CONTROL_HEIGHT)
        for button in buttons:
            button.setAutoDefault(False)
        side = QWidget()
        below = hbox(None, self._fix, self._undo_row, 1)
        vbox(side, self._about, self._verdict, (self.sheet, 1), 0, below, margins=(NEAR, 0, 0, 0))
        foot = hbox(None, self._filter, 1, self._report, self._retry, self._undo)
        self.arrange(self._choice, self.bar, (self.table.beside(side), 1), foot)


def _can_fix(row: RunRow) -> bool:
    """Whether there is something to be corrected by hand."""
    verdict = row.verdict
    return verdict is not None and (verdict.can_retry or verdict is RunVerdict.DIFFERENT)


def _run_text(run: Run) -> str:
    at = local_time(parse_time(run.started_at))
    size = pluralize(run.size, "activity", "activities")
    left = "" if run.ended_at else " · not finished"
    return f"{single_line(run.title) or 'Run'} · {at} · {size}{left}"


class RunBar(QWidget):
    """Shows a run, and tells what the user wants with it."""

    pause_requested = Signal()
    go_on_requested = Signal()
    stop_requested = Signal()
    leave_requested = Signal()
    """A run that was left is not to go on."""

    def __init__(self) -> None:
        super().__init__()
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(8)
        self._bar.setAccessibleName("Progress of the run")
        self._where = ElidingLabel()
        self._counts = ElidingLabel("muted", lines=2)
        self._why = Callout(Level.WARNING)
        self.pause, self.go_on = QPushButton("Pause"), QPushButton("Go on")
        self.stop, self.leave = QPushButton("Stop"), QPushButton("End it here")
        self.stop.setToolTip("Finish the activity in flight, and send nothing more")
        self.leave.setToolTip("What was not reached stays as it is")
        self.pause.clicked.connect(self.pause_requested)
        self.go_on.clicked.connect(self.go_on_requested)
        self.stop.clicked.connect(self.stop_requested)
        self.leave.clicked.connect(self.leave_requested)
        buttons = (self.pause, self.go_on, self.stop, self.leave)
        for button in buttons:
            button.setAutoDefault(False)
            button.setMinimumHeight(CONTROL_HEIGHT)
        words = vbox(None, self._where, self._counts, spacing=2)
        vbox(self, hbox(None, (words, 1), *buttons), self._bar, self._why)

    def show_progress(self, progress: RunProgress) -> None:
        """Show a run that goes on, is paused or has just ended."""
        phase = progress.phase
        self._show_counts(progress.counts)
        self._where.set_text(_where_text(progress))
        paused = phase is RunPhase.PAUSED
        self._show_buttons(
            pause=phase is RunPhase.RUNNING,
            go_on=paused,
            stop=paused or phase is RunPhase.RUNNING,
        )
        self._why.setVisible(paused and bool(progress.reason))
        self._why.set_message(Level.WARNING, progress.reason)

    def show_ended(self, counts: RunCounts, *, can_go_on: bool) -> None:
        """Show a run of the past; one that was left can go on."""
        self._show_counts(counts)
        far = f"{counts.reached:,} of {counts.total:,}"
        self._where.set_text(f"Not finished: {far} done" if can_go_on else f"Ended: {far}")
        self._show_buttons(go_on=can_go_on, leave=can_go_on)
        self._why.hide()

    def _show_counts(self, counts: RunCounts) -> None:
        self._bar.setMaximum(max(1, counts.total))
        self._bar.setValue(counts.reached)
        self._counts.set_text(counts.text)

    def _show_buttons(
        self,
        *,
        pause: bool = False,
        go_on: bool = False,
        stop: bool = False,
        leave: bool = False,
    ) -> None:
        wanted = ((self.pause, pause), (self.go_on, go_on), (self.stop, stop), (self.leave, leave))
        had_keys = any(button.hasFocus() for button, _ in wanted)
        for button, on in wanted:
            button.setVisible(on)
        first = next((button for button, on in wanted if on), None)
        if had_keys and first is not None:
            first.setFocus()  # so that Space pauses and goes on


def _where_text(progress: RunProgress) -> str:
    counts, phase = progress.counts, progress.phase
    far = f"{counts.reached:,} of {counts.total:,}"
    name = f"activity {progress.current.activity_id}" if progress.current else "the first activity"
    match phase:
        case RunPhase.RUNNING:
            left = time_left(progress.seconds_left)
            return f"{far} · {left}" if left else far
        case RunPhase.PAUSED:
            return f"{far} · {_paused_text(progress, name)}"
        case RunPhase.STOPPING:
            return f"{far} · stops after {name}"
    stopped = any(verdict and verdict.name == "STOPPED" for verdict in counts.by_verdict)
    return f"Stopped after {name}: {far}" if stopped else f"Ended: {far}"


def _paused_text(progress: RunProgress, name: str) -> str:
    if progress.current is None:
        return "paused"
    if progress.current.verdict is not None:
        return f"paused after {name}"
    return f"paused at {name}" if progress.reason else f"pauses after {name}"


def time_left(seconds: float | None) -> str:
    """About 12 min left."""
    if seconds is None:
        return ""
    if seconds < 60:
        return "less than a minute left"
    minutes = round(seconds / 60)
    return f"about {minutes} min left" if minutes < 90 else f"about {round(minutes / 60)} h left"
