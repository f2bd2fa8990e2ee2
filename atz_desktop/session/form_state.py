"""What a form shows at one moment, as one immutable value; whatever follows from it is cached."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field, replace
from functools import cached_property
from types import MappingProxyType
from typing import Any

from atz_desktop.domain.activity import Activity
from atz_desktop.domain.edit import CalendarMail, Edit, Problem
from atz_desktop.domain.fields import ACTIVITY
from atz_desktop.domain.kinds import People
from atz_desktop.domain.quick_dataclass import dataclass
from atz_desktop.domain.verify import Verdict
from atz_desktop.session.phase import SaveState

UNFINISHED = "Finish or clear the text in the box."
_MOST_NAMED = 2
"""Fields that a command is called by."""

NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True)
class FormState:
    """The edit, and per field what is not part of it.

    `unparsed`: text in the field's box that is no value yet. `touched`: the fields whose text was
    to become a value and is none; until then it is merely being typed. `verdicts`: results of the
    last save, and `server_errors` what ATZ said against a field (untrusted text), both until the
    field is changed. `can_undo` and `can_redo` tell of the undo stack, and
    `undo_names` and `redo_names` which fields a step of it changes. `mail`: what saving may make
    ATZ mail. `mails_nobody_by_default`: the user did not ask for it, the activity is over.
    """

    edit: Edit
    unparsed: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    touched: frozenset[str] = frozenset()
    verdicts: Mapping[str, Verdict] = field(default_factory=lambda: NOTHING)
    server_errors: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    can_undo: bool = False
    can_redo: bool = False
    undo_names: tuple[str, ...] = ()
    redo_names: tuple[str, ...] = ()
    mail: CalendarMail | None = None
    mails_nobody_by_default: bool = False

    @property
    def activity(self) -> Activity:
        """The record as it was last read."""
        return self.edit.base

    @cached_property
    def problems(self) -> tuple[Problem, ...]:
        """Everything that is known to be wrong: changed values, then text that is no value, each
        in the form's order. Text that is still being typed may become a value yet.
        """
        return self.edit.problems() + tuple(
            Problem(each.name, UNFINISHED)
            for each in ACTIVITY.fields
            if each.name in self.touched and each.name in self.unparsed
        )

    @cached_property
    def problem_texts(self) -> Mapping[str, str]:
        """Field name → its problem as a sentence."""
        return {problem.name: problem.text for problem in self.problems}

    @cached_property
    def changed_labels(self) -> tuple[str, ...]:
        """The labels of the fields with another value, in the form's order."""
        return tuple(f.label for f in ACTIVITY.fields if f.name in self.edit.pending)

    @cached_property
    def unfinished_labels(self) -> tuple[str, ...]:
        """The labels of the fields with text that is no value yet."""
        return tuple(f.label for f in ACTIVITY.fields if f.name in self.unparsed)

    @cached_property
    def dirty(self) -> bool:
        """Whether there is anything that would be lost."""
        return self.edit.dirty or bool(self.unparsed)

    def looks_like(self, other: FormState) -> bool:
        """Whether title, save bar and commands are the same: one more letter changes none."""
        return self.activity is other.activity and self._figures == other._figures

    @cached_property
    def _figures(self) -> tuple[object, ...]:
        return (
            self.changed_labels,
            self.unfinished_labels,
            len(self.problems),
            self.save_state,
            self.can_undo,
            self.can_redo,
            self.undo_names,
            self.redo_names,
            self.mail,
            self.mails_nobody_by_default,
        )

    @cached_property
    def save_state(self) -> SaveState:
        """What a save would do if nothing else is under way."""
        if self.problems:
            return SaveState.INVALID
        if self.unparsed:
            return SaveState.UNPARSED
        return SaveState.READY if self.edit.dirty else SaveState.OFF

    @cached_property
    def undo_text(self) -> str:
        """What the command is called that undoes the last step: Undo Title."""
        return _step_text("Undo", self.undo_names)

    @cached_property
    def redo_text(self) -> str:
        return _step_text("Redo", self.redo_names)

    # The state after a change

    def with_text(self, name: str, text: str) -> FormState:
        """After text that is no value was typed into a box; "" when there is none any more."""
        unparsed = {**self.unparsed, name: text} if text else _without(self.unparsed, {name})
        return replace(self, unparsed=unparsed, touched=self.touched - {name})

    def with_edit(self, edit: Edit, names: Iterable[str] = ()) -> FormState:
        """After `names` got other values: what was found out about them no longer counts."""
        names = frozenset(names)
        return replace(
            self,
            edit=edit,
            verdicts=_without(self.verdicts, names),
            server_errors=_without(self.server_errors, names),
        )

    def without_text(self, names: Iterable[str]) -> FormState:
        """After other values are shown in `names`: text typed over the last ones has gone.

        People are another matter: their text stands beside the names, and stays.
        """
        gone = {name for name in names if not isinstance(ACTIVITY.by_name[name].kind, People)}
        return replace(self, unparsed=_without(self.unparsed, gone))


def _without(values: Mapping[str, Any], names: Iterable[str]) -> Mapping[str, Any]:
    names = frozenset(names)
    if names.isdisjoint(values):
        return values
    return {name: value for name, value in values.items() if name not in names}


def _step_text(what: str, names: tuple[str, ...]) -> str:
    if len(names) > _MOST_NAMED:
        return f"{what} {len(names)} fields"
    labels = " and ".join(ACTIVITY.by_name[name].label for name in names)
    return f"{what} {labels}".strip()
