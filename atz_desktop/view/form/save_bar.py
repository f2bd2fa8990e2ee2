"""The bar that is always in sight: what would be saved, whom ATZ may mail, what stands in the way,
and Save.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QMenu,
    QPushButton,
    QToolButton,
    QWidget,
)

from atz_desktop.domain.characters import pluralize
from atz_desktop.session.phase import Phase, SaveState
from atz_desktop.view.icons import icon
from atz_desktop.view.theme import AROUND, CONTROL_HEIGHT, set_text_colour
from atz_desktop.view.widgets.buttons import LinkButton
from atz_desktop.view.widgets.labels import ElidingLabel, announce
from atz_desktop.view.widgets.layouts import Bar, hbox

if TYPE_CHECKING:
    from PySide6.QtWidgets import QProgressBar

    from atz_desktop.session.form_state import FormState
    from atz_desktop.session.notices import Notice
    from atz_desktop.session.record_state import RecordState

_PATIENCE = 600
"""Milliseconds after which a save that has not left yet can be stopped."""
_ROOMY = 860
"""A bar so wide has room for all that it may say."""
_CLEAN = "Nothing changed"


class SaveBar(Bar):
    """Draws the state that it is given; tells which button was pressed.

    The good result of the last save is shown until something newer is to be said.
    """

    edge = "top"

    save_requested = Signal()
    review_requested = Signal()
    next_requested = Signal()
    """Save, and open the next of the work list."""
    revert_requested = Signal()
    undo_requested = Signal()
    problem_requested = Signal()
    stop_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._state: RecordState | None = None
        self._result: Notice | None = None
        self._saved_at = ""
        self._is_slow = False
        self._status = ElidingLabel()
        self._undo = LinkButton("Undo", "undo")
        self._undo.setAccessibleName("Undo this save")
        self._undo.clicked.connect(self.undo_requested)
        self._problems = QPushButton()
        self._problems.setFlat(True)
        self._problems.clicked.connect(self.problem_requested)
        self.mail = MailSwitch()
        self._progress: QProgressBar | None = None
        self._stop = QPushButton("Stop sending")
        self._stop.clicked.connect(self.stop_requested)
        self._patience = QTimer(self, singleShot=True, interval=_PATIENCE)
        self._patience.timeout.connect(self._update_stop)
        self._revert = QPushButton("Put everything back")
        self._revert.clicked.connect(self.revert_requested)
        self._save = QPushButton("Save")
        self._save.setAccessibleName("Save")
        self._save.setDefault(True)
        self._save.setMinimumHeight(CONTROL_HEIGHT)
        self._save.clicked.connect(self.save_requested)
        self._next = QPushButton("Save and next")
        self._next.setMinimumHeight(CONTROL_HEIGHT)
        self._next.setToolTip("Save, and open the next of the work list (Ctrl+Enter)")
        self._next.clicked.connect(self.next_requested)
        self._has_list = False
        self._more = self._create_more_button()
        self._build_layout()

    def show_state(self, state: RecordState) -> None:
        """Draw what would be saved now, and what stands in the way."""
        self._state = state
        if state.dirty:
            self._result = None  # it would be green over a newer change
        saving = state.phase is Phase.SAVING
        changed = len(state.edit.pending) if state.edit else 0
        self._show_status(state)
        self._problems.setVisible(bool(state.problems) and not saving)
        self._problems.setText(f"{pluralize(len(state.problems), 'problem')} to solve")
        if state.problems:
            self._style_problems_button()
        self.mail.show_state(
            None if saving or state.problems or state.waits_for else state.form_state
        )
        self._revert.setEnabled(state.dirty)
        self._show_revert()
        self._save.setText(f"Save {pluralize(changed, 'change')}" if changed else "Save")
        can_save = state.save_state in {SaveState.READY, SaveState.UNPARSED}
        for button in (self._save, self._more):
            button.setEnabled(can_save)
        self._save.setToolTip(_disabled_reason(state, can_save))
        self._next.setEnabled(can_save or (state.can_reload and not state.problems))
        self._show_stop(state)
        self._show_upload(state.upload_progress)

    def show_result(self, notice: Notice | None) -> None:
        """Say that a save went well, as long as nothing newer is to be said; None: no more."""
        self._result = notice
        self._saved_at = f"{datetime.now(UTC).astimezone():%H:%M}"
        if self._state is not None:
            self._show_status(self._state)
        if notice is not None:
            announce(self, f"{notice.title}. {notice.text}")

    def show_list(self, *, shown: bool) -> None:
        """Offer to go on with the next of a work list, or (where none is shown) no more."""
        self._has_list = shown
        self._next.setVisible(shown)
        self._show_revert()

    @property
    def can_stop(self) -> bool:
        """Whether it is offered to stop what is under way."""
        return not self._stop.isHidden()

    @property
    def result(self) -> Notice | None:
        return self._result

    def set_inset(self, inset: int) -> None:
        """Stay so far from either side of the window, as the page above does."""
        self._row.setContentsMargins(inset, 6, inset, 6)

    def add_status(self, status: QWidget) -> None:
        """Put something beside the words on what would be saved."""
        self._row.insertWidget(self._row.indexOf(self._stop), status)

    def _show_status(self, state: RecordState) -> None:
        words = _status(state)
        result = self._result if words == _CLEAN else None
        if result is not None:
            self._status.set_text(f"{result.title} {self._saved_at} · {result.text}", "verified")
            self._status.setAccessibleName(f"{result.title}. {result.text}")
        else:
            self._status.set_text(words, "text")
            self._status.setAccessibleName("")
        # What an earlier run saved cannot be undone here: nobody knows what was there before.
        checked = state.form_state is not None and bool(state.form_state.verdicts)
        self._undo.setVisible(result is not None and checked)

    def _show_revert(self) -> None:
        """In a narrow bar it gives way to whom ATZ may mail: it stands in the menu, too."""
        state = self._state
        waits = state is not None and (bool(state.waits_for) or state.phase is Phase.SAVING)
        crowded = self.width() < _ROOMY and (self._has_list or not self.mail.isHidden())
        self._revert.setVisible(not waits and not crowded)

    def _show_stop(self, state: RecordState) -> None:
        """What waits or is being sent can be stopped; the words for it need the room.

        So can a save before it leaves, which mostly takes too short a time to be worth a button.
        """
        if not state.can_stop:
            self._is_slow = False
            self._patience.stop()
        elif not self._is_slow and not self._patience.isActive():
            self._patience.start()
        waits, progress = bool(state.waits_for), state.upload_progress
        sends = progress is not None and progress[0] < progress[1]
        self._stop.setText("Stop waiting" if waits else "Stop sending" if sends else "Stop saving")
        self._stop.setVisible(waits or sends or (state.can_stop and self._is_slow))

    def _update_stop(self) -> None:
        """A save has taken so long that the user may want to stop it."""
        self._is_slow = True
        if self._state is not None:
            self._show_stop(self._state)

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
        stops = (self._undo, self._problems, self.mail.switch, self._stop)
        for button in (*stops, self._revert, self._next, self._save, self._more):
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
        self._row.insertWidget(self._row.indexOf(self._stop), made)
        return made

    def _create_more_button(self) -> QToolButton:
        button = QToolButton()
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)  # shows the arrow
        button.setAccessibleName("More ways to save")
        button.setToolTip("More ways to save")
        button.setFixedSize(CONTROL_HEIGHT, CONTROL_HEIGHT)
        button.clicked.connect(self._update_more_menu)
        return button

    def _update_more_menu(self) -> None:
        menu = QMenu(self)
        menu.addAction("Review and save…").triggered.connect(self.review_requested)
        menu.addAction("Put everything back").triggered.connect(self.revert_requested)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self._more.mapToGlobal(QPoint(0, -menu.sizeHint().height())))

    def _build_layout(self) -> None:
        left: tuple[QWidget, ...] = (self._undo, self._problems, self.mail, self._stop)
        right: tuple[QWidget, ...] = (self._revert, self._next, self._save, self._more)
        self._row = hbox(self, self._status, *left, 1, *right)
        self.set_inset(AROUND)
        for widget in left:
            widget.hide()
        for widget in right:
            widget.setEnabled(False)
        self._next.hide()

    # Qt overrides

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_revert()


def _status(state: RecordState) -> str:
    if state.phase in {Phase.SAVING, Phase.OPENING}:
        return state.progress_text
    form = state.form_state
    if form is None:
        return ""
    if state.waits_for:
        return state.waits_for
    if state.check_in is not None:
        return f"Not confirmed yet · looking again in {state.check_in} s"
    changed, unfinished = ", ".join(form.changed_labels), ", ".join(form.unfinished_labels)
    said = (changed and f"{changed} changed", unfinished and f"{unfinished} not finished")
    return " · ".join(filter(None, said)) or _CLEAN


def _disabled_reason(state: RecordState, can_save: bool) -> str:
    if can_save:
        return "Send only what was changed (Ctrl+S)"
    if state.problems:
        return "Solve the problems first (F8 goes to the first)"
    return "Nothing to save"


class MailSwitch(QWidget):
    """Is shown as soon as a change may make ATZ mail somebody, or would if it were not asked."""

    switched = Signal(object)
    """Whether ATZ is to be asked to mail nobody (bool)."""

    def __init__(self) -> None:
        super().__init__()
        self._words = ElidingLabel("warning")
        self.switch = QCheckBox("Don't mail")
        self.switch.setToolTip("Sends “Do not send calendar invite” along, as one more change")
        self.switch.clicked.connect(self._on_clicked)
        hbox(self, self._words, self.switch)

    def show_state(self, form: FormState | None) -> None:
        """Say whom a save of the form may make ATZ mail; None: nothing is to be said."""
        mail = form.mail if form is not None else None
        self.setVisible(mail is not None)
        if form is None or mail is None:
            return
        self.switch.setChecked(mail.is_off)
        if not mail.is_off:
            self._words.set_text(f"ATZ may mail {mail.recipients}", "warning")
        elif form.mails_nobody_by_default:
            self._words.set_text("This meeting is over:", "text")
        else:
            self._words.set_text(f"ATZ is asked not to mail {mail.recipients}", "text")
        self.switch.setAccessibleDescription(self._words.text())

    def _on_clicked(self) -> None:
        self.switched.emit(self.switch.isChecked())
