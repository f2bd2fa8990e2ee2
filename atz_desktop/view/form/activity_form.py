"""The form of one activity: a row for each line of the field table, in cards."""

from __future__ import annotations

import time
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QInputMethodEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from atz_desktop.domain.fields import ACTIVITY, Field
from atz_desktop.view.editors.attachment import AttachmentEditor
from atz_desktop.view.editors.base import FormRequest
from atz_desktop.view.form.arrangement import line_of
from atz_desktop.view.form.card_area import CardArea
from atz_desktop.view.form.field_row import FieldRow, FieldRowState
from atz_desktop.view.widgets.paint_later import paint_later

if TYPE_CHECKING:
    from atz_desktop.session.form_model import FormModel
    from atz_desktop.session.form_state import FormState
    from atz_desktop.session.lookups import Lookups

_STEP = 0.005
"""Seconds that a step of preparing takes, about."""


class ActivityForm(CardArea):
    """Shows the state of a form model, and calls its commands.

    As long as it is hidden, it is built and filled in short steps (`prepare_next`), so that the
    window answers meanwhile. What can be seen always shows the newest state.
    """

    requested = Signal(object)
    """What only the window can do (editors/base.py): a FormRequest or an OpenLink."""
    activity_changed = Signal()
    """Another activity is shown, or none any more."""
    edited = Signal()
    """The person edited a field."""

    def __init__(self, model: FormModel, lookups: Lookups, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._lookups: Lookups
        self._state = model.state
        self._rows: dict[str, FieldRow] = {}
        self._unfilled: set[str] = set()
        self._locks: dict[str, tuple[Any, str | None]] = {}
        self._last_edited: tuple[str, int] = (ACTIVITY.fields[0].name, 0)
        self._last_control: QWidget | None = None
        """The one with the keyboard; what is taken over as it is left was edited there."""
        model.changed.connect(self._show_state)
        model.stepped.connect(self._show_step)
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
            row = FieldRow(field, self._lookups, narrow=len(line_of(field.name)) > 1)
            row.editor.edited.connect(partial(self._on_edited, row))
            row.editor.unparsed_changed.connect(partial(self._on_unparsed_changed, row))
            row.invalidated.connect(partial(self._model.mark_invalid, field.name))
            row.revert_requested.connect(partial(self._revert, field.name))
            row.editor.requested.connect(self.requested)
            self._rows[field.name] = row
            self.add_row(row)
            self._fill({field.name})
        return not self.is_complete

    @property
    def is_prepared(self) -> bool:
        """Whether nothing is left to be done before it is shown."""
        return self.is_complete and not self._unfilled

    def prepare_next(self) -> bool:
        """Take one short step towards showing the form; whether there is another one to take."""
        if not self.is_complete:
            self.build_next()
        else:
            until = time.perf_counter() + _STEP
            while self._unfilled and time.perf_counter() < until:
                self._fill({next(iter(self._unfilled))})
        return not self.is_prepared

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
    def rows(self) -> tuple[FieldRow, ...]:
        """Those that are built, in the order of the form."""
        return tuple(self._rows.values())

    @property
    def last_tab_stop(self) -> QWidget:
        return self.row(ACTIVITY.fields[-1].name).last_tab_stop

    # What the window asks for

    def focus_field(self, name: str) -> None:
        """Put the cursor into a field and bring it into sight."""
        row = self.row(name)
        row.editor.focus_first()
        self.scroll_to(row)

    def focus_label(self, label: str) -> None:
        """Put the cursor into the control with this label."""
        for field in ACTIVITY.fields:
            row = self.row(field.name)
            for control in row.editor.controls:
                if control.accessibleName() == label:
                    self._enter(control)
                    self.scroll_to(row)
                    return

    def land(self) -> None:
        """Put the keyboard into the control that has it already, or else into the one that was
        edited last, the text of a line selected.
        """
        name, place = self._focused_control or self._last_edited
        row = self.row(name)
        self._enter(row.editor.controls[place])
        self.scroll_to(row)

    def _enter(self, control: QWidget) -> None:
        control.setFocus(Qt.FocusReason.ShortcutFocusReason)
        if isinstance(control, QLineEdit):
            control.selectAll()  # it may have had the keyboard all the time, or get it later

    @property
    def focused_row(self) -> FieldRow | None:
        """The row with the keyboard."""
        focused = QApplication.focusWidget()
        rows = (row for row in self._rows.values() if focused and row.isAncestorOf(focused))
        return next(rows, None)

    @property
    def _focused_control(self) -> tuple[str, int] | None:
        """The field and the place among its controls of the one with the keyboard."""
        row, focused = self.focused_row, QApplication.focusWidget()
        if row is None or focused not in row.editor.controls:
            return None
        return row.field.name, row.editor.controls.index(focused)

    def choose_file(self) -> None:
        """Ask for a file to attach, unless the field can only be read."""
        if self.attachment is not None:
            self.requested.emit(FormRequest.CHOOSE_FILE)

    def commit(self) -> None:
        """Take over what stands in the boxes, as leaving them would.

        The model is told of each text that is no value yet, whoever typed, dropped or dictated it;
        a box without such text was left before, but for the one with the keyboard.
        """
        self._fill(self._unfilled)
        state, inside = self._state, self.window().focusWidget()
        told = {*state.edit.pending, *state.unparsed} if state is not None else set()
        for name, row in self._rows.items():
            if name in told or (inside is not None and row.isAncestorOf(inside)):
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
        if self.attachment is not None:
            self.attachment.attach_file(Path(path))

    # What the model says

    def _show_state(self, state: FormState | None, names: frozenset[str]) -> None:
        before, self._state = self._state, state
        if state is None:
            self._reset_rows()
            self.activity_changed.emit()
        elif before is None or before.activity.id != state.activity.id:
            self._begin()
        self._unfilled |= self._rows.keys() & names
        if self.isVisible():
            paint_later(self)  # a key and its painting are too long for one step
            self._fill(self._unfilled)

    def _fill(self, names: Iterable[str]) -> None:
        names = frozenset(names)
        self._unfilled -= names
        if self._state is not None:
            for name in names & self._rows.keys():
                row = self._rows[name]
                row.show_state(self._row_state(self._state, row.field))

    def _row_state(self, state: FormState, field: Field) -> FieldRowState:
        base = state.activity.value(field.name)
        return FieldRowState(
            value=state.edit.value(field.name),
            base=base,
            zone=state.activity.zone,
            unparsed=state.unparsed.get(field.name, ""),
            changed=field.name in state.edit.pending,
            problem=state.problem_texts.get(field.name, ""),
            server_error=state.server_errors.get(field.name, ""),
            verdict=state.verdicts.get(field.name),
            locked=self._locked(field, base),
        )

    def _locked(self, field: Field, base: Any) -> str | None:
        """`field.lock_reason`, which looks at every person of a list, once for what ATZ holds."""
        known = self._locks.get(field.name)
        if known is None or not (known[0] is base or field.kind.equal(known[0], base)):
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
        if focused is not None and self.isAncestorOf(focused):
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

    # What the keyboard brings into sight

    def _on_focus_changed(self, _old: QWidget | None, new: QWidget | None) -> None:
        if new is not None:
            self._last_control = new
        if new is None or QGuiApplication.mouseButtons() or not self.isAncestorOf(new):
            return
        row = next((row for row in self._rows.values() if row.holds(new)), None)
        if row is not None:
            self.scroll_to(row)

    def _on_edited(self, row: FieldRow, value: object) -> None:
        self._note_edit(row)
        self._model.set_value(row.field.name, value)
        self._keep_visible_while_typing(row)

    def _on_unparsed_changed(self, row: FieldRow, text: str) -> None:
        if text:  # else there is none any more: a save may have taken it over
            self._note_edit(row)
        self._model.set_unparsed(row.field.name, text)
        self._keep_visible_while_typing(row)

    def _note_edit(self, row: FieldRow) -> None:
        last, controls = self._last_control, row.editor.controls
        self._last_edited = row.field.name, controls.index(last) if last in controls else 0
        self.edited.emit()

    def _keep_visible_while_typing(self, row: FieldRow) -> None:
        """What is said at a field comes up while it is typed into, perhaps below the edge."""

        def show() -> None:
            focused = QApplication.focusWidget()
            typing = focused is not None and row.isAncestorOf(focused)
            if typing and row.height() <= self.viewport().height():
                self.show_row(row)

        QTimer.singleShot(0, row, show)

    def _show_step(self, names: tuple[str, ...]) -> None:
        """Show what undo or redo changed, wherever it is."""
        rows = [self.row(name) for name in names]
        for row in rows:
            row.flash()
        for row in rows[:1]:
            self.scroll_to(row)

    # Qt overrides

    def showEvent(self, event: QShowEvent) -> None:
        self._fill(self._unfilled)
        super().showEvent(event)
