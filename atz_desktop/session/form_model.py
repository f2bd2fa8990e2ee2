"""The form of one window: the commands on it, its undo, and one frozen state for who draws it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from time import monotonic
from typing import Any

from PySide6.QtCore import QObject, Signal

from atz_desktop.domain.edit import Edit, calendar_mail, with_mail_default, without_mail_default
from atz_desktop.domain.fields import ACTIVITY
from atz_desktop.domain.merge import rebase_after_save
from atz_desktop.domain.values import Span
from atz_desktop.domain.verify import Verdict
from atz_desktop.session.form_state import NOTHING, FormState

ALL_FIELDS = ACTIVITY.names
TYPING_PAUSE = 1.0
"""Seconds without a key press after which typing in the same field is a new step."""
MAX_STEPS = 500


def _current_time() -> datetime:
    return datetime.now(UTC)


class FormModel(QObject):
    """Holds the `FormState` of an activity and makes the next one; knows no server and no disk.

    `zone` is the IANA name of the zone that ATZ's times are read in. Commands do nothing while no
    activity is shown. `utc_now` is asked whether an activity is over: then ATZ is
    asked to mail nobody, unless the user says otherwise. That is part of the shown edit only as
    long as another change would make ATZ mail somebody; the undo stack knows nothing of it.
    """

    changed = Signal(object, object)
    """The FormState, None when no activity is shown any more; and the names (frozenset) of the
    fields that may differ from the last one."""
    summary_changed = Signal()
    """Emitted after `changed`, but not while only the letters of a value change: what a title, a
    save bar or a command shows of the form is another."""
    stepped = Signal(object)
    """The names (tuple) of the fields that undo or redo just changed, in the order of the form."""
    activity_changed = Signal(object)
    """The Activity as it was read, where it is another one or was read again."""

    def __init__(
        self,
        zone: str = "UTC",
        clock: Callable[[], float] = monotonic,
        utc_now: Callable[[], datetime] = _current_time,
    ) -> None:
        super().__init__()
        self.zone = zone
        self.utc_now = utc_now
        self._mail_wanted = False
        """The user wants ATZ to mail, although the activity is over."""
        self.state: FormState | None = None
        self._clock = clock
        self._undo_stack: UndoStack
        """Made by `load`; there is one whenever there is a state."""
        self._typing_field = ""
        """The field that was typed into after the last step, as long as it is no value."""
        self._before_save: Mapping[str, Any] = NOTHING
        """What ATZ held of the fields that were saved last."""
        self._undone_text: tuple[str, str] | None = None
        """A field and the text that undo took from it, for redo."""

    # Another edit

    def load(self, edit: Edit, unparsed: Mapping[str, str] = NOTHING) -> None:
        """Show another activity; its times are read in `zone`."""
        edit = without_mail_default(edit.in_zone(self.zone), self.utc_now())
        self._undo_stack = UndoStack(edit, self._clock)
        self._typing_field, self._undone_text = "", None
        self._mail_wanted, self._before_save = False, NOTHING
        texts = {name: text for name, text in unparsed.items() if text}
        self._set(FormState(edit, texts), ALL_FIELDS)

    def clear(self) -> None:
        """Show no activity any more."""
        self.state = None
        self.changed.emit(None, ALL_FIELDS)
        self.summary_changed.emit()

    def rebase(
        self,
        edit: Edit,
        saved: Iterable[str] = (),
        verdicts: Mapping[str, Verdict] = NOTHING,
        server_errors: Mapping[str, str] = NOTHING,
    ) -> None:
        """Show the edit as it is after a read, on another base; see `UndoStack.rebase` for `saved`.

        `verdicts` and `server_errors` take the place of those of the last save.
        """
        if self.state is not None:
            if saved := tuple(saved):
                self._before_save = {name: self.state.activity.value(name) for name in saved}
            now = self.utc_now()
            edit = without_mail_default(edit, now)
            if not self._mail_wanted:  # going back, a step is to be as it was shown
                self._undo_stack.map(lambda step: with_mail_default(step, now))
            self._undo_stack.current = self.state.edit  # as it was saved, with the default
            self._undo_stack.rebase(edit, saved)
            state = replace(self.state, edit=edit, verdicts=verdicts, server_errors=server_errors)
            self._set(state, ALL_FIELDS)

    def push(self, edit: Edit) -> None:
        """Show an edit that was made elsewhere, as a step that can be undone."""
        if self.state is not None:
            edit = without_mail_default(edit, self.utc_now())
            self._undo_stack.push(edit)
            self._set(replace(self.state, edit=edit), ALL_FIELDS)

    # What the user does

    def set_value(self, name: str, value: Any) -> None:
        """The user gave a field a value. Does nothing when it is the one it has."""
        state = self.state
        if state is None or state.edit.value(name) == value:
            return
        if name == ACTIVITY.mail_off:
            self._mail_wanted = value is not True
        edit = self._undo_stack.current.with_value(name, value)
        self._typing_field, self._undone_text = "", None
        self._push(edit, name if edit.field(name).kind.is_typed else None)
        self._set(state.with_edit(edit, {name}), {name})

    def set_unparsed(self, name: str, text: str) -> None:
        """There is text in a box that is no value yet; it is kept in the draft, and stops a save.

        "" when there is none any more.
        """
        if self.state is not None and self.state.unparsed.get(name, "") != text:
            self._typing_field, self._undone_text = name if text else "", None
            self._set(self.state.with_text(name, text), {name})

    def mark_invalid(self, *names: str) -> None:
        """The text in these boxes (in all, without names) was to become a value, and is none."""
        state = self.state
        if state is None:
            return
        wrong = state.unparsed.keys() & (names or state.unparsed.keys())
        if not wrong <= state.touched:
            self._set(replace(state, touched=state.touched | wrong), wrong)

    def revert(self, *names: str) -> None:
        """Put fields back to what ATZ holds."""
        state = self.state
        if state is not None and set(names) & set(state.edit.pending):
            self._mail_wanted |= ACTIVITY.mail_off in names
            edit = self._undo_stack.current.without(*names)
            self._push(edit)
            self._set(state.with_edit(edit, names), names)

    def revert_all(self) -> None:
        """Put every value back, which can be undone, and clear the text that is no value."""
        state = self.state
        if state is None:
            return
        names = {*state.edit.pending, *state.unparsed}
        edit = state.edit.without(*state.edit.pending)
        if state.edit.dirty:
            self._undo_stack.push(edit)
        self._set(replace(state.with_edit(edit, names), unparsed=NOTHING), names)

    def undo(self) -> None:
        """One step back over the whole form; text that is no value and newer goes first."""
        name, state = self._typing_field, self.state
        names = state.undo_names if state is not None else ()
        if state is not None and name in state.unparsed:
            self._typing_field, self._undone_text = "", (name, state.unparsed[name])
            self._set(state.with_text(name, ""), {name})
        else:
            self._undo_or_redo(back=True)
        self.stepped.emit(names)

    def undo_save(self) -> None:
        """Wish for what ATZ held of the fields that were saved last, as a step of its own."""
        if self.state is not None and self._before_save:
            edit = self._undo_stack.current
            for name, value in self._before_save.items():
                edit = edit.with_value(name, value)
            self._push(edit)
            self._set(self.state.with_edit(edit, self._before_save), frozenset(self._before_save))

    def redo(self) -> None:
        """One step forward again."""
        if self.state is None:
            return
        names = self.state.redo_names
        if self._undone_text is not None and not self._undo_stack.can_redo:
            self.set_unparsed(*self._undone_text)
        else:
            self._undo_or_redo(back=False)
        self.stepped.emit(names)

    def set_zone(self, zone: str) -> None:
        """Read all times in another zone: the wall clock stays, so nothing counts as changed."""
        self.zone = zone
        if self.state is not None:
            self._undo_stack.map(lambda step: step.in_zone(zone))
            edit = self._undo_stack.current
            spans = {name for name in ALL_FIELDS if isinstance(edit.value(name), Span)}
            self._set(self.state.with_edit(edit, spans), spans)

    def set_mail_off(self, off: bool) -> None:
        """Ask ATZ to mail nobody about this save, or take that back."""
        if ACTIVITY.mail_off is None:
            return
        if off:
            self.set_value(ACTIVITY.mail_off, True)
        else:
            self.revert(ACTIVITY.mail_off)

    # Steps of undo

    def _push(self, edit: Edit, typing: str | None = None) -> None:
        """A new step, unless all that changed is what the undo stack knows nothing of."""
        if edit.pending != self._undo_stack.current.pending:
            self._undo_stack.push(edit, typing)

    def _undo_or_redo(self, *, back: bool) -> None:
        stack, state = self._undo_stack, self.state
        if state is None:
            return
        stack.undo() if back else stack.redo()
        names = {n for n in ALL_FIELDS if state.edit.value(n) != stack.current.value(n)}
        self._set(state.with_edit(stack.current, names).without_text(names), names)

    def _undo_state(self, state: FormState) -> dict[str, Any]:
        """What undo and redo would do; text that is no value goes before any value."""
        stack, typing = self._undo_stack, self._typing_field
        typed = typing in state.unparsed
        again = self._undone_text if not stack.can_redo else None
        return {
            "can_undo": stack.can_undo or typed,
            "can_redo": stack.can_redo or again is not None,
            "undo_names": (typing,) if typed else stack.undo_names,
            "redo_names": (again[0],) if again else stack.redo_names,
        }

    def _set(self, state: FormState, names: Collection[str]) -> None:
        before = self.state
        state = self._with_mail(state)
        name = ACTIVITY.mail_off
        if before and name and before.edit.value(name) != state.edit.value(name):
            names = {*names, name}
            state = state.with_edit(state.edit, {name})
        self.state = replace(state, **self._undo_state(state))
        if before is None or before.activity is not state.activity:
            self.activity_changed.emit(state.activity)
        self.changed.emit(self.state, frozenset(names))
        if before is None or not self.state.looks_like(before):
            self.summary_changed.emit()

    def _with_mail(self, state: FormState) -> FormState:
        """The state with what ATZ may mail, asked to mail nobody where that is the default."""
        edit, now = self._undo_stack.current, self.utc_now()
        mail = calendar_mail(edit, now)
        if mail is None:
            self._mail_wanted = False
        quiet = mail is not None and mail.past and not mail.is_off and not self._mail_wanted
        if quiet:
            edit = edit.without_mail()
            mail = calendar_mail(edit, now)
        return replace(state, edit=edit, mail=mail, mails_nobody_by_default=quiet)


class UndoStack:
    """Undo and redo over the whole form: the edits before `current`, and those that were undone.

    Typing in one field is one step until the user pauses or goes elsewhere. `clock` gives seconds.
    """

    def __init__(self, edit: Edit, clock: Callable[[], float]) -> None:
        self.current = edit
        self._clock = clock
        self._past: list[Edit] = []
        self._future: list[Edit] = []
        self._typing: str | None = None
        self._typed_at = 0.0

    @property
    def can_undo(self) -> bool:
        return bool(self._past)

    @property
    def can_redo(self) -> bool:
        return bool(self._future)

    @property
    def undo_names(self) -> tuple[str, ...]:
        """The fields whose values one step back changes."""
        return _differing(self.current, self._past[-1]) if self._past else ()

    @property
    def redo_names(self) -> tuple[str, ...]:
        """The fields whose values one step forward changes."""
        return _differing(self.current, self._future[-1]) if self._future else ()

    def push(self, edit: Edit, typing: str | None = None) -> None:
        """A new edit; `typing` names the field when it is text that grows key by key."""
        at = self._clock()
        goes_on = typing is not None and typing == self._typing
        if not (goes_on and self._past and at - self._typed_at < TYPING_PAUSE):
            self._past = [*self._past, self.current][-MAX_STEPS:]
        self._typing, self._typed_at = typing, at
        self._future = []
        self.current = edit

    def undo(self) -> None:
        """Go one step back, if there is one."""
        if self._past:
            self._future.append(self.current)
            self.current = self._past.pop()
            self._typing = None

    def redo(self) -> None:
        """Go one step forward again, if there is one."""
        if self._future:
            self._past.append(self.current)
            self.current = self._future.pop()
            self._typing = None

    def rebase(self, edit: Edit, saved: Iterable[str] = ()) -> None:
        """Go on from `edit`, which stands on a base that was read again.

        `saved` names what was just saved: going back over a save shows the earlier values of
        these fields as wishes again. What was shown and is not any more (ATZ ignored it, say) is
        a step to go back to: nothing that was typed is lost. Where somebody else changed a field,
        going back to what was typed over the earlier value leaves that conflict open.
        """
        saved = tuple(saved)
        shown = rebase_after_save(self.current, edit.base, saved, saved)
        self._past = [rebase_after_save(step, edit.base, saved, saved) for step in self._past]
        self._future = [rebase_after_save(step, edit.base, saved, saved) for step in self._future]
        if any(not _holds(edit, name, wish) for name, wish in shown.pending.items()):
            self._past = [*self._past, shown][-MAX_STEPS:]
        self._typing = None
        self.current = edit

    def map(self, change: Callable[[Edit], Edit]) -> None:
        """Replace every step, the current one included."""
        self._past = list(map(change, self._past))
        self._future = list(map(change, self._future))
        self.current = change(self.current)


def _differing(one: Edit, other: Edit) -> tuple[str, ...]:
    """In the order of the form; both stand on the same base."""
    names = one.pending.keys() | other.pending.keys()
    return tuple(
        field.name
        for field in one.record_type.fields
        if field.name in names and one.value(field.name) != other.value(field.name)
    )


def _holds(edit: Edit, name: str, wish: Any) -> bool:
    return edit.field(name).kind.matches_server(wish, edit.value(name))
