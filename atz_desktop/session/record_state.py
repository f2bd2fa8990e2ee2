"""What a window's work on an activity is at one moment: the form, and what is under way.

Needed before the first paint: imports nothing that would delay it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from atz_desktop.session.phase import Phase, SaveState

if TYPE_CHECKING:
    from atz_desktop.domain.activity import Activity
    from atz_desktop.domain.edit import Edit, Problem
    from atz_desktop.domain.values import RecordRef
    from atz_desktop.session.form_state import FormState


class RecordState(NamedTuple):
    """`form_state` is None while no activity is shown.

    `progress_text` says what is waited for, `loading_id` which activity is being read, `waits_for`
    what a save that was asked for waits for. `check_in`: seconds until a save of this activity that
    is not confirmed is looked up again. `upload_progress`: bytes sent of a file, and all of it.
    `can_stop`: nothing of the save that is under way has left yet.
    """

    form_state: FormState | None = None
    phase: Phase = Phase.EMPTY
    progress_text: str = ""
    loading_id: int | None = None
    waits_for: str = ""
    check_in: int | None = None
    upload_progress: tuple[int, int] | None = None
    can_stop: bool = False

    @property
    def edit(self) -> Edit | None:
        return self.form_state.edit if self.form_state else None

    @property
    def activity(self) -> Activity | None:
        """The record as it was last read."""
        return self.form_state.activity if self.form_state else None

    @property
    def problems(self) -> tuple[Problem, ...]:
        return self.form_state.problems if self.form_state else ()

    @property
    def dirty(self) -> bool:
        """Whether there is anything that would be lost."""
        return self.form_state is not None and self.form_state.dirty

    @property
    def related_record(self) -> RecordRef | None:
        """The record that the activity belongs to."""
        return self.activity.related if self.activity else None

    @property
    def can_undo(self) -> bool:
        return self.form_state is not None and self.form_state.can_undo

    @property
    def undo_text(self) -> str:
        """What the command is called that undoes the last step: Undo Title."""
        return self.form_state.undo_text if self.form_state else "Undo"

    @property
    def redo_text(self) -> str:
        return self.form_state.redo_text if self.form_state else "Redo"

    @property
    def can_redo(self) -> bool:
        return self.form_state is not None and self.form_state.can_redo

    @property
    def can_reload(self) -> bool:
        """Whether there is an activity that could be read again now."""
        return self.phase is Phase.READY

    @property
    def save_state(self) -> SaveState:
        """What asking for a save would do now."""
        return self.form_state.save_state if self.form_state and self.can_reload else SaveState.OFF
