"""One field of the form: its editor, and beside its label what there is to know about it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QApplication, QFrame, QLayout, QScrollArea, QSizePolicy, QWidget

from atz_desktop.domain.fields import Field
from atz_desktop.domain.quick_dataclass import dataclass
from atz_desktop.session.form_state import UNFINISHED
from atz_desktop.session.messages import verdict_text
from atz_desktop.session.notices import Level
from atz_desktop.view.editors import EDITORS
from atz_desktop.view.flat_paint import fill
from atz_desktop.view.icons import icon
from atz_desktop.view.theme import FIELD_RADIUS, HEAD_HEIGHT, NEAR, TIGHT, colours
from atz_desktop.view.widgets.buttons import LinkButton
from atz_desktop.view.widgets.field_problem import FieldProblem
from atz_desktop.view.widgets.labels import Hint, announce, plain_tip
from atz_desktop.view.widgets.layouts import hbox, vbox

if TYPE_CHECKING:
    from atz_desktop.domain.verify import Verdict
    from atz_desktop.session.lookups import Lookups

_BAR = 3
_FLASH = 900
"""Milliseconds."""
_TYPING_PAUSE = 700
"""Milliseconds without a change after which a problem is read out: nobody wants it at each key."""


@dataclass(frozen=True)
class FieldRowState:
    """All that a row shows: `value` where ATZ holds `base`, and what applies to it.

    `unparsed` is text in a box that is no value yet, `zone` the one that times are read in.
    """

    value: Any
    base: Any
    zone: str = "UTC"
    unparsed: str = ""
    changed: bool = False
    problem: str = ""
    server_error: str = ""
    verdict: Verdict | None = None
    locked: str | None = None


class FieldRow(QFrame):
    """Draws one line of the field table. It is marked by a bar and by words while it is changed."""

    invalidated = Signal()
    """The person is done with the text in a box, and it is no value."""
    revert_requested = Signal()
    """The person wants the value that ATZ holds."""
    announced = Signal(object)
    """What screen readers were just told without being asked (str)."""

    def __init__(
        self, field: Field, lookups: Lookups, parent: QWidget | None = None, *, narrow: bool = False
    ) -> None:
        """`narrow`: other fields stand in the same line."""
        super().__init__(parent)
        self.field = field
        self.editor = EDITORS[type(field.kind)](field, lookups)
        self.editor.status_changed.connect(self._on_status_changed)
        self.editor.remarked.connect(self.update_hints)
        self._state: FieldRowState | None = None
        self._names = -1
        self._old: tuple[Any, int, str] | None = None
        self._bar_colour = ""
        self._announced_problem = ""
        self.message = RowMessage(self)
        self._revert_button = LinkButton("Put back", "put-back")
        self._revert_button.setAccessibleName(f"Put back {field.label}")
        self._revert_button.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._revert_button.clicked.connect(self.revert_requested)
        self._action: LinkButton | None = None
        self._flash: QTimer | None = None
        self._timer = QTimer(self, singleShot=True, interval=_TYPING_PAUSE)
        self._timer.timeout.connect(self._announce_problem)
        self._build_layout(narrow)

    def show_state(self, state: FieldRowState) -> None:
        """Draw what applies now. Never emits."""
        same, learned = state == self._state, self._names != self.editor.lookups.revision
        self._state = state
        if not same:
            self.editor.show_zone(state.zone)
            self.editor.show_value(state.value, state.base)
            self.editor.show_unparsed(state.unparsed)
            self.editor.set_locked(state.locked)
        if learned:
            self.show_names()
        elif not same:
            self.update_hints()

    def _offer_action(self) -> None:
        """What the editor can do about its text, as a button beside the words about it; made when
        there first is something."""
        action = self.editor.action
        if action is None:
            if self._action is not None:
                self._action.hide()
            return
        if self._action is None:
            self._action = LinkButton(action.words, action.icon)
            self._action.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
            self._action.clicked.connect(self._run_action)
            head = self.editor.head
            head.insertWidget(head.indexOf(self._revert_button), self._action)
        self._action.setText(action.words)
        self._action.setIcon(icon(action.icon, "accent"))
        self._action.setAccessibleName(action.spoken)
        self._action.show()

    def _run_action(self) -> None:
        if self.editor.action is not None:
            self.editor.action.run()

    def flash(self) -> None:
        """Stand out for a moment: something changed here without being typed."""
        if self._flash is None:
            self._flash = QTimer(self, singleShot=True, interval=_FLASH)
            self._flash.timeout.connect(self.update)
        self._flash.start()
        self.update()

    @property
    def is_flashing(self) -> bool:
        return self._flash is not None and self._flash.isActive()

    def reset(self) -> None:
        """Another activity comes: all that was begun for the last one ends here."""
        self._state = None
        self.editor.reset()

    def update_hints(self) -> None:
        """Draw what stands under the editor. Text is no mistake while it is still being typed."""
        state = self._state
        if state is None:
            return
        old = ""
        if state.changed:
            old = self.editor.change_text() or self._old_value(state.base)
        words, ink = self._own_message(state)
        remark, remark_ink = self.editor.remark
        shown = " ".join(part for part in (words, remark) if part)
        if shown:
            self.message.show_message(shown, ink if words else remark_ink, old)
        else:
            self.message.show_message(old, "muted", "")
        can_go_back = state.changed or bool(state.unparsed)
        if self._revert_button.hasFocus() and not can_go_back:
            self.editor.focus_first()
        self._revert_button.setVisible(can_go_back)
        if old != self._revert_button.accessibleDescription():
            self._revert_button.setToolTip(plain_tip(old))
            self._revert_button.setAccessibleDescription(old)  # else it is the tip, with its markup
        self._offer_action()
        self.editor.set_description(" ".join(part for part in (words, old) if part))
        self._set_bar_colour({"muted": "changed" if state.changed else ""}.get(ink, ink))
        self._schedule_announcement(words if ink == "problem" else "")

    def show_names(self) -> None:
        """Names were learned: show them on the editor and under it."""
        self._names = self.editor.lookups.revision
        self.editor.show_names()
        self.update_hints()

    def _old_value(self, base: Any) -> str:
        """What ATZ holds, in words; made once for a long list of people, not at each key."""
        if self._old is None or self._old[0] is not base or self._old[1] != self._names:
            words = f"Was: {self.field.kind.format(self._with_names(base))}"
            self._old = base, self._names, words
        return self._old[2]

    def _with_names(self, value: Any) -> Any:
        return self.editor.lookups.value_with_names(self.field.name, value)

    def _on_status_changed(self) -> None:
        self.update_hints()
        editor, typed = self.editor, bool(self._state and self._state.unparsed)
        if typed and editor.input_error and editor.touched and not editor.is_busy:
            self.invalidated.emit()

    def holds(self, widget: QWidget) -> bool:
        """Whether a widget belongs to this field, wherever it stands."""
        aside = self.editor.aside
        return self.isAncestorOf(widget) or (aside is not None and aside.isAncestorOf(widget))

    @property
    def last_tab_stop(self) -> QWidget:
        return self._revert_button

    def _own_message(self, state: FieldRowState) -> tuple[str, str]:
        """What is said beside the editor's own remark, and its ink: what stops the save first."""
        if state.unparsed:
            complaint = self.editor.input_error or state.problem
            if complaint or not self.editor.touched:
                wrong = self.editor.touched and not self.editor.is_busy
                return complaint, "problem" if wrong else "muted"
            return UNFINISHED, "muted"  # a draft brought it back, and nobody has tried it yet
        if state.problem:
            return state.problem, "muted" if self.editor.incomplete else "problem"
        if state.server_error:
            return f"ATZ says: {state.server_error}", "problem"
        if state.verdict is not None:
            verdict = replace(state.verdict, actual=self._with_names(state.verdict.actual))
            return verdict_text(verdict), "verified" if verdict.is_ok else "warning"
        return "", "muted"

    def _set_bar_colour(self, mark: str) -> None:
        if mark != self._bar_colour:
            self._bar_colour = mark
            self.update()

    def _schedule_announcement(self, problem: str) -> None:
        if problem != self._announced_problem:
            self._announced_problem = problem
            self._timer.start() if problem else self._timer.stop()

    def _announce_problem(self) -> None:
        for control in self.editor.controls[:1]:
            words = f"{self.field.label}: {self._announced_problem}"
            announce(control, words)
            self.announced.emit(words)

    def _build_layout(self, narrow: bool) -> None:
        """What comes and goes has its room from the beginning, so that nothing moves for it."""
        keeps_room = self._revert_button.sizePolicy()
        keeps_room.setRetainSizeWhenHidden(True)
        self._revert_button.setSizePolicy(keeps_room)
        if narrow or self.field.parts:
            self._revert_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        self._revert_button.hide()
        self.editor.head.addWidget(self.message, 1)
        self.editor.head.addWidget(self._revert_button)
        # A field without a label above it stands in line with those that have one.
        top = HEAD_HEIGHT if narrow and not self.editor.grid.rowMinimumHeight(0) else 0
        vbox(
            self,
            (self.editor, 1),
            margins=(NEAR, top, NEAR, TIGHT),
            spacing=2,
        )

    # Qt overrides

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.is_flashing:
            room = QRectF(self.rect()).adjusted(TIGHT, 0, -TIGHT, 0)
            fill(QPainter(self), room, colours()["changed_fill"], FIELD_RADIUS)
        if not self._bar_colour:
            return
        leftward = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        x = self.width() - _BAR if leftward else 0
        bar = QRectF(x, TIGHT, _BAR, self.height() - 2 * TIGHT)
        fill(QPainter(self), bar, colours()[self._bar_colour], _BAR / 2)


_LONG = {"problem": Level.PROBLEM, "warning": Level.WARNING}
"""Inks of sentences that must be read to the end."""


class RowMessage(QWidget):
    """A sentence and the old value in the line of the label: they take no room of their own, so
    nothing below moves.

    A problem or warning that does not fit is cut there, and shown whole over what stands below
    `row` while the row has the keyboard.
    """

    def __init__(self, row: QWidget) -> None:
        super().__init__()
        self._row = row
        self._text, self._ink, self._old = "", "muted", ""
        self._width: int | None = None  # not laid out yet
        self._hint, self._old_hint = Hint(lines=1), Hint(lines=1)
        self._whole: FieldProblem | None = None
        self._follows = False
        line = hbox(self, self._hint, (self._old_hint, 1), 1, spacing=NEAR)
        # Whatever it says, it takes the room that is left, and none of the field's.
        line.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._old_hint.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def show_message(self, text: str, ink: str, old: str) -> None:
        """Show `text` in that ink, and what the field held before."""
        if (text, ink, old) == (self._text, self._ink, self._old):
            return
        self._text, self._ink, self._old = text, ink, old
        if ink in _LONG:
            self._follow_keyboard()
        self._hint.set_text(text, ink)
        self._old_hint.set_text(old)
        self._show_whole()

    def _show_whole(self) -> None:
        wanted = self._ink in _LONG and not self._fits() and self._has_keyboard()
        if wanted or self._whole is not None:
            self._whole = self._whole or self._create_whole()
            level = _LONG.get(self._ink, Level.PROBLEM)
            self._whole.show_text(self._text if wanted else "", level)

    def _create_whole(self) -> FieldProblem:
        area: QWidget | None = self._row
        while area is not None and not isinstance(area, QScrollArea):
            area = None if area.isWindow() else area.parentWidget()
        made = FieldProblem(self._row, area.widget() if isinstance(area, QScrollArea) else None)
        made.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        return made

    def _fits(self) -> bool:
        return self._width is None or self._hint.width_of(self._text) <= self._width

    def _has_keyboard(self) -> bool:
        focused = QApplication.focusWidget()
        return focused is not None and self._row.isAncestorOf(focused)

    def _follow_keyboard(self) -> None:
        application = QApplication.instance()
        if not self._follows and isinstance(application, QApplication):
            self._follows = True
            application.focusChanged.connect(self._show_whole)

    # Qt overrides

    def sizeHint(self) -> QSize:
        return QSize(0, HEAD_HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._width = event.size().width()
        self._show_whole()
