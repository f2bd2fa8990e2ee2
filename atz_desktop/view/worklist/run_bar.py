"""How far a run is: a bar, the time that is left, and the verdicts by now."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QProgressBar, QPushButton, QWidget

from atz_desktop.domain.runs import RunCounts, RunPhase, RunProgress
from atz_desktop.session.notices import Level
from atz_desktop.view.theme import CONTROL_HEIGHT
from atz_desktop.view.widgets.eliding_label import ElidingLabel
from atz_desktop.view.widgets.layouts import hbox, vbox
from atz_desktop.view.widgets.message import Callout


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
