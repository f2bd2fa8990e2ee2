"""One field of the form: its editor, and under it what there is to know about it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from atz_desktop.domain.schema import Field
from atz_desktop.session.form_state import UNFINISHED
from atz_desktop.session.messages import verdict_text
from atz_desktop.view.editors import EDITORS
from atz_desktop.view.editors.base import label_width
from atz_desktop.view.flat_paint import fill
from atz_desktop.view.theme import AROUND, INSIDE, TIGHT, colours, plain_tip
from atz_desktop.view.widgets.layouts import hbox, vbox
from atz_desktop.view.widgets.link_button import LinkButton
from atz_desktop.view.widgets.message import Hint

if TYPE_CHECKING:
    from atz_desktop.domain.verify import Verdict
    from atz_desktop.session.lookups import Lookups

_BAR = 3
_TYPING_PAUSE = 700
"""Milliseconds without a change after which a problem is read out: nobody wants it at each key."""


@dataclass(frozen=True)
class RowState:
    """All that a row shows: `value` where ATZ holds `base`, and what applies to it.

    `typed` is text in a box that is no value yet, `zone` the one that times are read in.
    """

    value: Any
    base: Any
    zone: str = "UTC"
    typed: str = ""
    changed: bool = False
    problem: str = ""
    refusal: str = ""
    verdict: Verdict | None = None
    locked: str | None = None


class FieldRow(QFrame):
    """Draws one line of the field table. It is marked by a bar and by words while it is changed."""

    edited = Signal(object)
    """The person gave the field this value."""
    typed = Signal(object)
    """Text (str) that is no value yet; "" when there is none."""
    refused = Signal()
    """The person is done with that text, and it is no value."""
    put_back = Signal()
    """The person wants the value that ATZ holds."""
    read_out = Signal(object)
    """What screen readers were just told without being asked (str)."""

    def __init__(self, field: Field, lookups: Lookups, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = field
        self.editor = EDITORS[type(field.kind)](field, lookups)
        self.editor.edited.connect(self.edited)
        self.editor.typed.connect(self.typed)
        self.editor.restated.connect(self._restate)
        self._state: RowState | None = None
        self._names = -1
        self._said = ("", "", "")
        self._old: tuple[Any, int, str] | None = None
        self._mark = ""
        self._alarm = ""
        self._note = Hint()
        self._was = Hint()
        self._back = LinkButton("Put back", "put-back")
        self._back.setAccessibleName(f"Put back {field.label}")
        self._back.clicked.connect(self.put_back)
        self._stop: LinkButton | None = None
        self._timer = QTimer(self, singleShot=True, interval=_TYPING_PAUSE)
        self._timer.timeout.connect(self._tell_problem)
        self._lay_out()

    def show_state(self, state: RowState) -> None:
        """Draw what applies now. Never emits."""
        same, learned = state == self._state, self._names != self.editor.lookups.revision
        self._state = state
        if not same:
            self.editor.show_zone(state.zone)
            self.editor.show_value(state.value, state.base)
            self.editor.show_typed(state.typed)
            self.editor.lock(state.locked)
        if learned:
            self.show_names()
        elif not same:
            self.show_note()

    def _offer_stop(self) -> None:
        """A button beside the words about what is under way; made when something first is."""
        if self._stop is None and self.editor.stoppable:
            self._stop = LinkButton("Stop", "close")
            self._stop.setAccessibleName(f"Stop reading {self.field.label}")
            self._stop.clicked.connect(self.editor.stop)
            row = self._below.layout()
            assert isinstance(row, QHBoxLayout)
            row.insertWidget(row.indexOf(self._back), self._stop, 0, Qt.AlignmentFlag.AlignTop)
        if self._stop is not None:
            self._stop.setVisible(self.editor.stoppable)

    def start_over(self) -> None:
        """Another activity comes: all that was begun for the last one ends here."""
        self._state = None
        self.editor.start_over()

    def show_note(self) -> None:
        """Draw what stands under the editor. Text is no mistake while it is still being typed."""
        state = self._state
        if state is None:
            return
        old = self._old_value(state.base) if state.changed else ""
        words, ink = self._words(state, old)
        if (words, ink, old) != self._said:
            self._said = words, ink, old
            self._note.set_text(words, ink)
            self._was.set_text(old if words != old else "")
        can_go_back = state.changed or bool(state.typed)
        if self._back.hasFocus() and not can_go_back:
            self.editor.focus_first()
        self._back.setVisible(can_go_back)
        if old != self._back.accessibleDescription():
            self._back.setToolTip(plain_tip(old))
            self._back.setAccessibleDescription(old)  # else it is the tip, with its markup
        self._offer_stop()
        self._below.setVisible(bool(words) or not self._back.isHidden())
        self.editor.describe(" ".join(dict.fromkeys(part for part in (words, old) if part)))
        self._show_mark({"muted": "changed" if state.changed else ""}.get(ink, ink))
        self._alert(words if ink == "problem" else "")

    def show_names(self) -> None:
        """Names were learned: show them on the editor and under it."""
        self._names = self.editor.lookups.revision
        self.editor.show_names()
        self.show_note()

    def _old_value(self, base: Any) -> str:
        """What ATZ holds, in words; made once for a long list of people, not at each key."""
        if self._old is None or self._old[0] is not base or self._old[1] != self._names:
            words = f"Was: {self.field.kind.format(self._named(base))}"
            self._old = base, self._names, words
        return self._old[2]

    def _named(self, value: Any) -> Any:
        return self.editor.lookups.value_with_names(self.field.name, value)

    def _restate(self) -> None:
        self.show_note()
        editor, typed = self.editor, bool(self._state and self._state.typed)
        if typed and editor.complaint and editor.tried and not editor.waiting:
            self.refused.emit()

    @property
    def note(self) -> str:
        """The line under the editor."""
        return self._note.text

    @property
    def was(self) -> str:
        """The line below it: the old value, where something else is said first."""
        return self._was.text

    @property
    def last_stop(self) -> QWidget:
        return self._back

    def _words(self, state: RowState, old: str) -> tuple[str, str]:
        """The one thing that is said, and its ink: what stops the save comes first."""
        if state.typed:
            complaint = self.editor.complaint or state.problem
            if complaint or not self.editor.tried:
                wrong = self.editor.tried and not self.editor.waiting
                return complaint, "problem" if wrong else "muted"
            return UNFINISHED, "muted"  # a draft brought it back, and nobody has tried it yet
        if state.problem:
            return state.problem, "muted" if self.editor.unfinished else "problem"
        if state.refusal:
            return f"ATZ says: {state.refusal}", "problem"
        if state.verdict is not None:
            verdict = replace(state.verdict, actual=self._named(state.verdict.actual))
            return verdict_text(verdict), "verified" if verdict.is_ok else "warning"
        return old, "muted"

    def _show_mark(self, mark: str) -> None:
        if mark != self._mark:
            self._mark = mark
            self.update()

    def _alert(self, problem: str) -> None:
        if problem != self._alarm:
            self._alarm = problem
            self._timer.start() if problem else self._timer.stop()

    def _tell_problem(self) -> None:
        for control in self.editor.controls[:1]:
            words = f"{self.field.label}: {self._alarm}"
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(control, words))
            self.read_out.emit(words)

    def _lay_out(self) -> None:
        self._below = QWidget()
        below = hbox(self._below, margins=(label_width() + INSIDE, 0, 0, 0))
        words = vbox(None, self._note, self._was, spacing=TIGHT)
        below.addLayout(words, 1)
        below.setAlignment(words, Qt.AlignmentFlag.AlignVCenter)
        below.addWidget(self._back, 0, Qt.AlignmentFlag.AlignTop)
        self._below.hide()
        vbox(self, self.editor, self._below, margins=(AROUND, TIGHT, AROUND, TIGHT), spacing=2)

    # Qt overrides

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._mark:
            return
        leftward = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        x = self.width() - TIGHT - _BAR if leftward else TIGHT
        bar = QRectF(x, TIGHT, _BAR, self.height() - 2 * TIGHT)
        fill(QPainter(self), bar, colours()[self._mark], _BAR / 2)
