"""What the form holds: the steps of the edit, the marks at its fields, and the commands on them."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from enum import Enum
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from atz_desktop.domain.activity import Activity
from atz_desktop.domain.edit import Edit, Problem
from atz_desktop.domain.fields import ACTIVITY
from atz_desktop.domain.kinds import Choice, File, Record, Text, When
from atz_desktop.domain.serialize import Draft
from atz_desktop.domain.values import RecordRef, Span
from atz_desktop.domain.verify import Verdict
from atz_desktop.session import messages
from atz_desktop.session.autosave import Autosave
from atz_desktop.session.field_status import FieldStatus
from atz_desktop.session.journal_entries import new_base_key
from atz_desktop.session.lookups import Lookups
from atz_desktop.session.services import Services
from atz_desktop.session.undo_stack import UndoStack

if TYPE_CHECKING:
    from atz_desktop.session.jobs import Jobs
    from atz_desktop.session.notices import Notice
    from atz_desktop.store.errors import StoreError

_log = logging.getLogger(__name__)

ALL = ACTIVITY.names
TYPED = frozenset(
    field.name
    for field in ACTIVITY.fields
    if isinstance(field.kind, Text | When | Record | Choice | File)
)
"""Fields whose value may arrive key by key: what is typed without a pause is one step of undo."""


class SessionState(Enum):
    """What the session is doing."""

    EMPTY = "empty"
    OPENING = "opening"
    READY = "ready"
    SAVING = "saving"


class FormModel(QObject):
    """One activity as the form shows it, and what the person can do to it without the network.

    Signals carry names, never values: who hears one asks what it is now. `services` is None until
    an account is connected. `zone` is the IANA name of the zone that ATZ's times are read in.
    """

    changed = Signal(object)
    """Names of the fields whose value, problem, verdict or refusal may be another now."""
    state_changed = Signal()
    """`state`, `step`, `edit` as a whole, what can be done."""
    noticed = Signal(object)
    """A Notice to show, or None: the last one has been dealt with."""
    withdrawn = Signal(object)
    """A Notice that no longer holds: if it is still shown, it goes."""
    opened = Signal()
    """Another activity is shown, or the same one was read again."""

    def __init__(self, jobs: Jobs, zone: str = "UTC") -> None:
        super().__init__()
        self.services: Services | None = None
        self.lookups = Lookups(jobs, lambda: self.services)
        self.state = SessionState.EMPTY
        self.step = ""
        self.opening_id: int | None = None
        self._zone = zone
        self._steps: UndoStack | None = None
        self._marks = FieldStatus()
        self._base_key = new_base_key()
        self._sending: frozenset[str] = frozenset()
        self._draft_notice: Notice | None = None
        self._drafts = Autosave(jobs, self._draft)
        self._drafts.failed.connect(self._draft_failed)
        self._drafts.recovered.connect(self._draft_recovered)

    # What it is now

    @property
    def edit(self) -> Edit | None:
        """The edit as the form shows it; None before the first activity was opened."""
        return self._steps.now if self._steps else None

    @property
    def activity(self) -> Activity | None:
        """The record as it was last read."""
        return self._steps.now.base if self._steps else None

    @property
    def related(self) -> RecordRef | None:
        """The record that the activity belongs to in ATZ, if it is of a known kind."""
        return self.activity.related if self.activity else None

    @property
    def zone(self) -> str:
        """The zone (IANA name) that the times are read in."""
        return self._zone

    @property
    def typed(self) -> Mapping[str, str]:
        """Field name → text in its box that is no value yet."""
        return self._marks.typed

    def verdict(self, name: str) -> Verdict | None:
        """What became of the field in the last save, until it is touched again."""
        return self._marks.verdicts.get(name)

    def refusal(self, name: str) -> str | None:
        """What ATZ said against the field, until it is touched again; foreign text."""
        return self._marks.refusals.get(name)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Everything that is known to be wrong, in the form's order.

        Text that is still being typed is not: it may become a value yet.
        """
        if self.edit is None:
            return ()
        return self.edit.problems() + self._marks.unfinished()

    @property
    def dirty(self) -> bool:
        """Whether there is anything that would be lost."""
        return self.edit is not None and (self.edit.dirty or bool(self._marks.half_typed))

    @property
    def can_save(self) -> bool:
        """Whether a save would send something just now."""
        finished = not self.problems and not self._marks.half_typed
        return self.can_try and finished and self.edit is not None and self.edit.dirty

    @property
    def offers_save(self) -> bool:
        """Whether Save is on: pressing it takes over what stands half typed, and saves."""
        return self.can_try and not self.problems

    @property
    def can_try(self) -> bool:
        """Whether asking for a save does anything: it saves, or goes to what is wrong."""
        return self.state is SessionState.READY and self.services is not None and self.dirty

    @property
    def can_reload(self) -> bool:
        """Whether there is an activity that could be read again now."""
        return self.state is SessionState.READY and self.services is not None

    @property
    def can_undo(self) -> bool:
        newest = self._marks.newest_text
        return self._steps is not None and (newest is not None or self._steps.can_undo)

    @property
    def can_redo(self) -> bool:
        return self._steps is not None and (self._marks.untyped is not None or self._steps.can_redo)

    # Commands on the form

    def set_value(self, name: str, value: Any) -> None:
        """The person gave a field a value. Does nothing when it is the one it has."""
        if self._steps is None:
            return
        now = self._steps.now
        if now.value(name) == value:
            return
        self._marks.touch({name})
        self._marks.typing, self._marks.untyped = "", None
        self._steps.take(now.with_value(name, value), name if name in TYPED else None)
        self._tell({name})

    def set_typed(self, name: str, text: str) -> None:
        """Text stands in a box that is no value yet; it is kept in the draft and stops the save."""
        if self._marks.typed.get(name, "") != text:
            self._marks.typed[name] = text
            self._marks.tried.discard(name)
            self._marks.typing, self._marks.untyped = name if text else "", None
            self._tell({name})

    def refuse_typed(self, *names: str) -> None:
        """The text in these boxes (in all, without names) was to become a value, and is none."""
        wrong = {*(names or self._marks.half_typed)} & self._marks.half_typed.keys()
        if not wrong <= self._marks.tried:
            self._marks.tried |= wrong
            self._tell(wrong)

    def revert(self, *names: str) -> None:
        """Put fields back to what ATZ holds."""
        if self._steps is not None and set(names) & set(self._steps.now.pending):
            self._marks.touch(names)
            self._steps.take(self._steps.now.without(*names))
            self._tell(names)

    def revert_all(self) -> None:
        """Put every value back, which can be undone, and clear what stands half typed."""
        if self.edit is not None:
            half_typed = self._marks.half_typed
            self._marks.typed.clear()
            self.revert(*self.edit.pending)
            self._tell(half_typed)

    def undo(self) -> None:
        """One step back over the whole form; half-typed text that is newer goes first."""
        newest = self._marks.newest_text
        if newest is not None:
            self.set_typed(newest[0], "")
            self._marks.untyped = newest
            self.state_changed.emit()  # there is something to redo now
        else:
            self._walk(back=True)

    def redo(self) -> None:
        """One step forward again."""
        if self._marks.untyped is not None and not (self._steps and self._steps.can_redo):
            self.set_typed(*self._marks.untyped)
        else:
            self._walk(back=False)

    def set_zone(self, zone: str) -> None:
        """Read all times in another zone: the wall clock stays, so nothing counts as changed."""
        self._zone = zone
        if self._steps is not None:
            self._steps.in_zone(zone)
            spans = [name for name in ALL if isinstance(self._steps.now.value(name), Span)]
            self._marks.touch(spans)
            self._tell(spans)

    def show_step(self, step: str) -> None:
        """Say what is being waited for, while something is under way."""
        if self.state in {SessionState.OPENING, SessionState.SAVING}:
            self.step = step
            self.state_changed.emit()

    @property
    def unkept(self) -> StoreError | None:
        """Why what is typed is not on the disk, if it was tried and is not."""
        return self._drafts.problem if self.dirty else None

    async def keep_anew(self) -> None:
        """Put on disk what is to be kept, into a file that was made anew."""
        await self._drafts.write_anew()

    async def close(self) -> None:
        """Put on disk what is not there yet, and start nothing from now on."""
        await self._drafts.close()
        self.services = None

    # Telling

    def _walk(self, back: bool) -> None:
        if self._steps is None:
            return
        before = self._steps.now
        self._steps.undo() if back else self._steps.redo()
        names = [n for n in ALL if before.value(n) != self._steps.now.value(n)]
        self._marks.touch(names)
        self._marks.start_over(names)
        self._tell(names)

    def _tell(self, names: Iterable[str]) -> None:
        self._drafts.keep()
        self.changed.emit(frozenset(names))
        self.state_changed.emit()

    def _be(self, state: SessionState, step: str = "") -> None:
        shown = self.activity.id if self.activity else None
        _log.info("%s, activity %s", state.value, self.opening_id or shown)
        self.state, self.step = state, step
        self.state_changed.emit()

    def _draft_now(self, edit: Edit) -> Draft:
        return Draft(edit, self._marks.half_typed, self._base_key, self._sending)

    def _draft(self) -> tuple[Services, Draft] | None:
        if self.services is None or self.edit is None:
            return None
        return self.services, self._draft_now(self.edit)

    def _draft_failed(self, error: StoreError) -> None:
        self._draft_notice = messages.draft_not_kept(error)
        self.noticed.emit(self._draft_notice)

    def _say(self, notice: Notice | None) -> None:
        """Show a notice, and aside that of a draft that is still not on the disk."""
        self.noticed.emit(notice)
        if self._drafts.problem is not None:
            self.noticed.emit(self._draft_notice)

    def _draft_recovered(self) -> None:
        self.withdrawn.emit(self._draft_notice)
