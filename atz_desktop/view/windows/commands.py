"""What the commands of the window (menus.py) do: with the activity that it shows, and with the work
list.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from atz_desktop.session.form_model import FormModel
    from atz_desktop.session.record_session import RecordSession
    from atz_desktop.view.form.activity_form import ActivityForm


class FormCommands:
    """Those of the activity. Each does nothing while there is nobody to do it: no account, or no
    form yet.
    """

    def __init__(self) -> None:
        self.session: RecordSession | None = None
        """None while no account is connected."""
        self._model: FormModel | None = None
        self._form: ActivityForm | None = None

    def attach(self, model: FormModel, form: ActivityForm) -> None:
        self._model, self._form = model, form

    def reload(self) -> None:
        if self.session:
            self.session.reload()

    def cancel_load(self) -> None:
        if self.session:
            self.session.cancel_load()

    def save(self) -> None:
        self.commit_then(lambda session: session.save())

    def review(self) -> None:
        self.commit_then(lambda session: session.save(review=True))

    def stop(self) -> None:
        """Give up a save that waits or has not left yet, or the file that is being sent."""
        if self.session and not self.session.deferred_save.give_up():
            self.session.stop_save()

    def undo(self) -> None:
        if self._model:
            self._model.undo()

    def redo(self) -> None:
        if self._model:
            self._model.redo()

    def revert_all(self) -> None:
        if self._model:
            self._model.revert_all()

    @property
    def can_revert_field(self) -> bool:
        """Whether the field with the keyboard has another value than ATZ, and no half-typed text.

        Such text is no step of undo: it would be gone.
        """
        row = self._form.focused_row if self._form else None
        state = self._model.state if self._model else None
        if row is None or state is None:
            return False
        return row.field.name in state.edit.pending and row.field.name not in state.unparsed

    def revert_field(self) -> None:
        row = self._form.focused_row if self._form else None
        if self._model and row is not None and self.can_revert_field:
            self._model.revert(row.field.name)

    def choose_file(self) -> None:
        if self._form:
            self._form.choose_file()

    def open_link(self) -> None:
        """Open the address of the field with the keyboard, else the first that can be opened."""
        rows = (self._form.focused_row, *self._form.rows) if self._form else ()
        buttons = (row.editor.open_button for row in rows if row)
        usable = (b for b in buttons if b and b.isEnabled() and not b.isHidden())
        if button := next(usable, None):
            button.click()

    def go_to_problem(self) -> None:
        problems = self._model.state.problems if self._model and self._model.state else ()
        if self._form and problems:
            self._form.focus_field(problems[0].name)

    def commit_then(self, save: Callable[[RecordSession], None]) -> None:
        """Take over what is half typed, and save; where it is no value, go there instead.

        Where it is being looked up what the text means, the save waits for that.
        """
        if self.session is None or self._form is None:
            return
        self._form.commit()
        go_on = partial(self._save_what_is_taken, self.session, save)
        if not self.session.deferred_save.start(go_on):
            go_on()

    def _save_what_is_taken(
        self, session: RecordSession, save: Callable[[RecordSession], None]
    ) -> None:
        session.model.mark_invalid()
        if session.state.problems:
            self.go_to_problem()
        else:
            save(session)


class ListCommands(QObject):
    """Those of the work list, told to whoever has one."""

    work_list = Signal()
    """Show the pane, or close it."""
    add_file = Signal()
    add_shown = Signal()
    add_record = Signal()
    next_activity = Signal()
    previous_activity = Signal()
    skip = Signal()
    park = Signal()
    change_all = Signal()
    """The same change on the rows of the list, or on those that are marked."""
    show_runs = Signal()
    saving_and_next = Signal()
    """What was half typed is taken over: save it, and open the next activity."""

    def __init__(self, form: FormCommands) -> None:
        super().__init__()
        self._form = form

    def save_and_next(self) -> None:
        """Take over what is half typed first; where it is no value, go there instead."""
        self._form.commit_then(lambda _session: self.saving_and_next.emit())
