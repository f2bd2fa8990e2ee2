"""The bar that is always in sight: what would be saved, what stands in the way, and Save."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Signal
from PySide6.QtWidgets import (
    QMenu,
    QPushButton,
    QToolButton,
    QWidget,
)

from atz_desktop.session.record_state import Phase, SaveState
from atz_desktop.view.icons import icon
from atz_desktop.view.theme import AROUND, CONTROL_HEIGHT, set_text_colour
from atz_desktop.view.widgets.eliding_label import ElidingLabel
from atz_desktop.view.widgets.layouts import hbox
from atz_desktop.view.widgets.panels import Bar

if TYPE_CHECKING:
    from PySide6.QtWidgets import QProgressBar

    from atz_desktop.session.record_state import RecordState


def pluralize(number: int, noun: str) -> str:
    """1 change, 2 changes."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


class SaveBar(Bar):
    """Draws the state that it is given; tells which button was pressed."""

    edge = "top"

    save_requested = Signal()
    review_requested = Signal()
    revert_requested = Signal()
    problem_requested = Signal()
    stop_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._status = ElidingLabel()
        self._problems = QPushButton()
        self._problems.setFlat(True)
        self._problems.clicked.connect(self.problem_requested)
        self._progress: QProgressBar | None = None
        self._stop = QPushButton("Stop sending")
        self._stop.clicked.connect(self.stop_requested)
        self._revert = QPushButton("Put everything back")
        self._revert.clicked.connect(self.revert_requested)
        self._save = QPushButton("Save")
        self._save.setAccessibleName("Save")
        self._save.setDefault(True)
        self._save.setMinimumHeight(CONTROL_HEIGHT)
        self._save.clicked.connect(self.save_requested)
        self._more = self._create_more_button()
        self._build_layout()

    def show_state(self, state: RecordState) -> None:
        """Draw what would be saved now, and what stands in the way."""
        saving = state.phase is Phase.SAVING
        changed = len(state.edit.pending) if state.edit else 0
        self._status.set_text(state.progress_text if saving else _status(state, changed))
        self._problems.setVisible(bool(state.problems) and not saving)
        self._problems.setText(f"{pluralize(len(state.problems), 'problem')} to solve")
        if state.problems:
            self._style_problems_button()
        self._revert.setVisible(not state.waits_for and not saving)
        self._revert.setEnabled(state.dirty)
        self._save.setText(f"Save {pluralize(changed, 'change')}" if changed else "Save")
        can_save = state.save_state in {SaveState.READY, SaveState.UNPARSED}
        for button in (self._save, self._more):
            button.setEnabled(can_save)
        self._save.setToolTip(_disabled_reason(state, can_save))
        self._show_stop(state)
        self._show_upload(state.upload_progress)

    def _show_stop(self, state: RecordState) -> None:
        """What waits or is being sent can be stopped; the words for it need the room."""
        waits, progress = bool(state.waits_for), state.upload_progress
        self._stop.setText("Stop waiting" if waits else "Stop sending")
        self._stop.setVisible(waits or (progress is not None and progress[0] < progress[1]))

    def _show_upload(self, progress: tuple[int, int] | None) -> None:
        """Draw how far the file has been sent; the bar is there only while one is."""
        if progress is not None:
            done, total = progress
            self._progress = self._progress or self._create_progress_bar()
            self._progress.setValue(round(1000 * done / total) if total else 1000)
        if self._progress is not None:
            self._progress.setVisible(progress is not None)

    def set_tab_after(self, widget: QWidget) -> None:
        """Let Tab go on from `widget` to the buttons here, as the eye does."""
        for button in (self._problems, self._stop, self._revert, self._save, self._more):
            self.setTabOrder(widget, button)
            widget = button

    def _style_problems_button(self) -> None:
        """Red, with the sign of a problem: this is why Save is off."""
        self._problems.setIcon(icon("problem", "problem"))
        set_text_colour(self._problems, "problem")

    def _create_progress_bar(self) -> QProgressBar:
        """Made when a file is sent: its class alone would delay the first paint."""
        from PySide6.QtWidgets import QProgressBar

        made = QProgressBar()
        made.setAccessibleName("Sending the file")
        made.setFixedWidth(180)
        made.setRange(0, 1000)
        self._row.insertWidget(2, made)
        return made

    def _create_more_button(self) -> QToolButton:
        button = QToolButton()
        button.setText("▾")
        button.setAccessibleName("More ways to save")
        button.setToolTip("More ways to save")
        button.setFixedSize(CONTROL_HEIGHT, CONTROL_HEIGHT)
        button.clicked.connect(self._update_more_menu)
        return button

    def _update_more_menu(self) -> None:
        menu = QMenu(self)
        menu.addAction("Review and save…").triggered.connect(self.review_requested)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self._more.mapToGlobal(QPoint(0, -menu.sizeHint().height())))

    def _build_layout(self) -> None:
        left: tuple[QWidget, ...] = (self._status, self._problems, self._stop)
        right: tuple[QWidget, ...] = (self._revert, self._save, self._more)
        self._row = hbox(self, *left, 1, *right, margins=(AROUND, 10, AROUND, 10))
        for widget in left[1:]:
            widget.hide()
        for widget in right:
            widget.setEnabled(False)


def _status(state: RecordState, changed: int) -> str:
    if state.form is None:
        return ""
    if state.waits_for:
        return state.waits_for
    if state.check_in is not None:
        return f"Not confirmed yet · looking again in {state.check_in} s"
    return f"{pluralize(changed, 'field')} changed" if changed else "Nothing changed"


def _disabled_reason(state: RecordState, can_save: bool) -> str:
    if can_save:
        return "Send only what was changed (Ctrl+S)"
    if state.problems:
        return "Solve the problems first (F8 goes to the first)"
    return "Nothing to save"
