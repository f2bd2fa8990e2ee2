"""The form of one activity: a row for each line of the field table, in cards."""

from __future__ import annotations

import time
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import (
    QGuiApplication,
    QInputMethodEvent,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QLineEdit,
    QScrollArea,
    QSizePolicy,
    QWidget,
)

from atz_desktop.domain.fields import ACTIVITY
from atz_desktop.domain.schema import Field
from atz_desktop.view.editors.attachment import AttachmentEditor
from atz_desktop.view.editors.base import FormRequest
from atz_desktop.view.form.field_row import FieldRow, RowState
from atz_desktop.view.theme import AROUND, INSIDE, NEAR
from atz_desktop.view.widgets.eliding_label import ElidingLabel
from atz_desktop.view.widgets.layouts import hbox, vbox
from atz_desktop.view.widgets.paint_later import paint_later
from atz_desktop.view.widgets.panels import Card

if TYPE_CHECKING:
    from atz_desktop.session.form_model import FormModel
    from atz_desktop.session.form_state import FormState
    from atz_desktop.session.lookups import Lookups

_ONE_COLUMN = 860
_TWO_COLUMNS_FROM = 1180
_TWO_COLUMNS = 1600
_STEP = 0.005
"""Seconds that a step of preparing takes, about."""
_SECOND_COLUMN = frozenset({"Who", "File"})
"""Groups that stand in the second column where the window is wide enough for two."""


class ActivityForm(QScrollArea):
    """Shows the state of a form model, and calls its commands.

    As long as it is hidden, it is built and filled in short steps (`prepare_next`), so that the
    window answers meanwhile. What can be seen always shows the newest state.
    """

    requested = Signal(object)
    """What only the window can do (editors/base.py): a FormRequest or an OpenLink."""
    activity_changed = Signal()
    """Another activity is shown."""
    edited = Signal()
    """The person edited a field."""

    def __init__(self, model: FormModel, lookups: Lookups, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._lookups: Lookups
        self._state = model.state
        self._rows: dict[str, FieldRow] = {}
        self._unpainted: FieldRow | None = None
        self._unfilled: set[str] = set()
        self._cards: dict[str, _Card] = {}
        self._locks: dict[str, tuple[Any, str | None]] = {}
        self._last_edited: tuple[str, int] = (ACTIVITY.fields[0].name, 0)
        self._last_control: QWidget | None = None
        """The one with the keyboard; what is taken over as it is left was edited there."""
        self._wide = False
        self._columns = _Columns()
        self.setWidget(self._columns)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAlignment(Qt.AlignmentFlag.AlignLeading)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        model.changed.connect(self._show_state)
        self.set_lookups(lookups)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._on_focus_changed)

    def set_lookups(self, lookups: Lookups) -> None:
        """Let the editors ask another account from now on. No activity is shown meanwhile."""
        self._lookups = lookups
        lookups.names_learned.connect(self._refresh_names)
        for row in self._rows.values():
            row.editor.lookups = lookups

    # Building

    def build_next(self) -> bool:
        """Build one more row; whether there is another one to build."""
        if not self.is_complete:
            field = ACTIVITY.fields[len(self._rows)]
            row = FieldRow(field, self._lookups)
            row.edited.connect(partial(self._model.set_value, field.name))
            row.raw_text_changed.connect(partial(self._model.set_unparsed, field.name))
            row.invalidated.connect(partial(self._model.mark_invalid, field.name))
            for told in (row.edited, row.raw_text_changed):
                told.connect(partial(self._keep_visible_while_typing, row))
            row.edited.connect(partial(self._on_edited, row))
            row.raw_text_changed.connect(partial(self._on_typed, row))
            row.revert_requested.connect(partial(self._revert, field.name))
            row.editor.requested.connect(self.requested)
            self._rows[field.name] = row
            self._card(field.group).add_row(row)
            self._fill({field.name})
            self._unpainted = row
        return not self.is_complete

    def prepare_next(self) -> bool:
        """Take one short step towards showing the form; whether there is another one to take."""
        if self._unpainted is not None:
            self._unpainted.grab()  # lays it out and paints it: half of what showing it takes
            self._unpainted = None
        elif not self.is_complete:
            self.build_next()
        else:
            until = time.perf_counter() + _STEP
            while self._unfilled and time.perf_counter() < until:
                self._fill({next(iter(self._unfilled))})
        return bool(self._unpainted or self._unfilled or not self.is_complete)

    @property
    def is_complete(self) -> bool:
        return len(self._rows) == len(ACTIVITY.fields)

    def row(self, name: str) -> FieldRow:
        """The row of the field called `name`; builds what is missing up to it."""
        while name not in self._rows and self.build_next():
            pass
        self._fill(self._unfilled & {name})
        return self._rows[name]

    @property
    def last_tab_stop(self) -> QWidget:
        return self.row(ACTIVITY.fields[-1].name).last_tab_stop

    # What the window asks for

    def focus_field(self, name: str) -> None:
        """Put the cursor into a field and bring it into sight."""
        row = self.row(name)
        row.editor.focus_first()
        self._scroll_to(row)

    def focus_label(self, label: str) -> None:
        """Put the cursor into the control with this label."""
        for field in ACTIVITY.fields:
            row = self.row(field.name)
            for control in row.editor.controls:
                if control.accessibleName() == label:
                    control.setFocus(Qt.FocusReason.ShortcutFocusReason)
                    self._scroll_to(row)
                    return

    def focus_last_edited(self) -> None:
        """Put the keyboard into the control that was edited last, the text of a line selected."""
        name, place = self._last_edited
        row = self.row(name)
        control = row.editor.controls[place]
        control.setFocus(Qt.FocusReason.ShortcutFocusReason)
        if isinstance(control, QLineEdit):
            control.selectAll()  # it may have had the keyboard all the time
        self._scroll_to(row)

    @property
    def focused_row(self) -> FieldRow | None:
        """The row with the keyboard."""
        focused = QApplication.focusWidget()
        rows = (row for row in self._rows.values() if focused and row.isAncestorOf(focused))
        return next(rows, None)

    @property
    def can_revert_focused(self) -> bool:
        """Whether the field with the keyboard has another value than ATZ, and no half-typed text.

        Such text is no step of undo: it would be gone.
        """
        row, state = self.focused_row, self._model.state
        if row is None or state is None:
            return False
        name = row.field.name
        return name in state.edit.pending and not state.unparsed.get(name)

    def revert_focused(self) -> None:
        """Put the field with the keyboard back, which can be undone."""
        row = self.focused_row
        if row is not None and self.can_revert_focused:
            self._model.revert(row.field.name)

    def open_link(self) -> None:
        """Open the address of the field with the keyboard, else the first that can be opened."""
        rows = filter(None, (self.focused_row, *self._rows.values()))
        buttons = (row.editor.open_button for row in rows)
        usable = (b for b in buttons if b and b.isEnabled() and not b.isHidden())
        for button in tuple(usable)[:1]:
            button.click()

    def choose_file(self) -> None:
        """Ask for a file to attach, unless the field can only be read."""
        if self.attachment is not None:
            self.requested.emit(FormRequest.CHOOSE_FILE)

    def commit(self) -> None:
        """Take over what stands in the boxes, as leaving them would."""
        self._fill(self._unfilled)
        for row in self._rows.values():
            row.editor.commit()

    @property
    def attachment(self) -> AttachmentEditor | None:
        """The field for a file; None while there is none, or it can only be read."""
        editors = (row.editor for row in self._rows.values())
        found = (each for each in editors if isinstance(each, AttachmentEditor))
        return next((each for each in found if each.can_attach), None)

    def attach_dropped(self, files: list[Path]) -> None:
        """Take a file that was dropped on the window, and show what became of it."""
        self._fill(self._unfilled)
        if self.attachment is not None:
            self.attachment.attach_dropped(files)
            self.focus_field(self.attachment.field.name)

    def attach_file(self, path: str | Path) -> None:
        self._fill(self._unfilled)
        for row in self._rows.values():
            if isinstance(row.editor, AttachmentEditor):
                row.editor.attach_file(Path(path))

    # What the model says

    def _show_state(self, state: FormState | None, names: frozenset[str]) -> None:
        before, self._state = self._state, state
        if state is None:
            self._reset_rows()
        elif before is None or before.activity.id != state.activity.id:
            self._begin()
        self._unfilled |= self._rows.keys() & names
        if self.isVisible():
            paint_later(self)
            self._fill(self._unfilled)

    def _fill(self, names: Iterable[str]) -> None:
        names = frozenset(names)
        self._unfilled -= names
        if self._state is not None:
            for name in names & self._rows.keys():
                row = self._rows[name]
                row.show_state(self._row_state(self._state, row.field))

    def _row_state(self, state: FormState, field: Field) -> RowState:
        base = state.activity.value(field.name)
        return RowState(
            value=state.edit.value(field.name),
            base=base,
            zone=state.activity.zone,
            raw_text=state.unparsed.get(field.name, ""),
            changed=field.name in state.edit.pending,
            problem=state.problem_texts.get(field.name, ""),
            server_error=state.server_errors.get(field.name, ""),
            verdict=state.verdicts.get(field.name),
            locked=self._locked(field, base),
        )

    def _locked(self, field: Field, base: Any) -> str | None:
        """`field.lock_reason`, which looks at every person of a list, once for what ATZ holds."""
        if field.name not in self._locks or self._locks[field.name][0] is not base:
            self._locks[field.name] = base, field.lock_reason(base)
        return self._locks[field.name][1]

    def _begin(self) -> None:
        """Another activity begins at the top."""
        self.verticalScrollBar().setValue(0)
        self._reset_rows()
        self.activity_changed.emit()

    def _reset_rows(self) -> None:
        """What was begun for the last activity must not end in this one."""
        focused = QApplication.focusWidget()
        if focused is not None and self._columns.isAncestorOf(focused):
            # Nothing is composed any more: the text of the last activity would come along.
            QApplication.sendEvent(focused, QInputMethodEvent())
        for row in self._rows.values():
            row.reset()

    def _refresh_names(self) -> None:
        for row in self._rows.values():
            row.show_names()

    def _revert(self, name: str) -> None:
        self._model.revert(name)
        self._model.set_unparsed(name, "")

    # How it is laid out

    def _card(self, group: str) -> _Card:
        if group not in self._cards:
            self._cards[group] = _Card(group)
            self._arrange()
        return self._cards[group]

    def _arrange(self) -> None:
        self._columns.setMaximumWidth(_TWO_COLUMNS if self._wide else _ONE_COLUMN)
        self._columns.arrange(list(self._cards.values()), wide=self._wide)

    def _tab_stops(self) -> list[QWidget]:
        """What Tab goes to, as the eye goes: down the first column, then down the second."""
        cards = self._cards.values()
        first = [card for card in cards if card.group not in _SECOND_COLUMN]
        second = [card for card in cards if card.group in _SECOND_COLUMN]
        return [
            widget
            for card in (*first, *second)
            for row in card.rows
            for widget in row.findChildren(QWidget)
            if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
            and widget.focusProxy() is None
            and widget.isEnabled()
            and widget.isVisible()
        ]

    def _on_focus_changed(self, _old: QWidget | None, new: QWidget | None) -> None:
        if new is not None:
            self._last_control = new
        if new is None or QGuiApplication.mouseButtons() or not self._columns.isAncestorOf(new):
            return
        row = next((row for row in self._rows.values() if row.isAncestorOf(new)), None)
        if row is not None:
            self._scroll_to(row)

    def _on_typed(self, row: FieldRow, text: str) -> None:
        if text:  # else there is none any more: a save may have taken it over
            self._on_edited(row, text)

    def _on_edited(self, row: FieldRow, _told: object) -> None:
        last, controls = self._last_control, row.editor.controls
        self._last_edited = row.field.name, controls.index(last) if last in controls else 0
        self.edited.emit()

    def _keep_visible_while_typing(self, row: FieldRow, _told: object) -> None:
        """What is said under a field comes up while it is typed into, perhaps below the edge."""

        def show() -> None:
            focused = QApplication.focusWidget()
            typing = focused is not None and row.isAncestorOf(focused)
            if typing and row.height() <= self.viewport().height():
                self.ensureWidgetVisible(row, 0, NEAR)

        QTimer.singleShot(0, row, show)

    def _scroll_to(self, row: FieldRow) -> None:
        show = partial(self.ensureWidgetVisible, row, 0, NEAR)
        show()
        # A note under the row may just have appeared: its room is given at the next turn.
        QTimer.singleShot(0, row, show)

    # Qt overrides

    def showEvent(self, event: QShowEvent) -> None:
        self._fill(self._unfilled)
        super().showEvent(event)

    def focusNextPrevChild(self, forward: bool) -> bool:
        # The rows were made in the order of one column, and so Tab goes by itself.
        stops = self._tab_stops() if self._wide else []
        focused = QApplication.focusWidget()
        place = stops.index(focused) + (1 if forward else -1) if focused in stops else -1
        if not 0 <= place < len(stops):
            return super().focusNextPrevChild(forward)
        reason = Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason
        stops[place].setFocus(reason)
        return True

    def resizeEvent(self, event: QResizeEvent) -> None:
        wide = event.size().width() >= _TWO_COLUMNS_FROM
        if wide != self._wide:
            self._wide = wide
            self._arrange()
        super().resizeEvent(event)


class _Columns(QWidget):
    """One column of cards, or two."""

    def __init__(self) -> None:
        super().__init__()
        self._columns = (vbox(None, spacing=INSIDE), vbox(None, spacing=INSIDE))
        self._page = hbox(self, *self._columns, margins=(0, 0, 0, AROUND), spacing=AROUND)

    def arrange(self, cards: list[_Card], *, wide: bool) -> None:
        for column in self._columns:
            while column.takeAt(0) is not None:
                pass
        for card in cards:
            second = wide and card.group in _SECOND_COLUMN
            self._columns[second].addWidget(card)
        for column, used in zip(self._columns, (True, wide), strict=True):
            self._page.setStretchFactor(column, int(used))
            if used:
                column.addStretch(1)


class _Card(Card):
    """A group of fields under a heading."""

    def __init__(self, group: str) -> None:
        super().__init__()
        self.group = group
        self.rows: list[FieldRow] = []
        heading = ElidingLabel("text", "heading")
        heading.set_text(group)
        top = hbox(None, (heading, 1), margins=(AROUND, 0, AROUND, 0))
        self.setAccessibleName(group)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._column = vbox(self, top, margins=(0, INSIDE, 0, INSIDE), spacing=0)

    def add_row(self, row: FieldRow) -> None:
        self.rows.append(row)
        self._column.addWidget(row)
