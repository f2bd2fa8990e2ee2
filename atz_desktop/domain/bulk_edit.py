"""The same change on many activities: rules for fields, and conditions that say for which of them.

A field without a rule is kept, so it is never sent. What comes out is an `Edit` like any other: it
is reviewed, checked and saved as one that somebody typed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import field
from datetime import datetime
from types import MappingProxyType
from typing import Any, ClassVar

from atz_desktop.domain.activity import Activity
from atz_desktop.domain.bulk_rules import (
    NO_VALUES,
    AddPeople,
    BulkContext,
    Clear,
    FindReplace,
    FromTable,
    Prefix,
    RemovePeople,
    Row,
    RowValues,
    Rule,
    RuleError,
    Set,
    Suffix,
    SwapPeople,
)
from atz_desktop.domain.bulk_template import Template
from atz_desktop.domain.bulk_times import MeantAsZone, SameClockOn, SetTimes, ShiftBy
from atz_desktop.domain.edit import Edit, Problem, mail_warning, with_mail_default
from atz_desktop.domain.fields import ACTIVITY, Field, RecordType
from atz_desktop.domain.kinds import File, Flag, People, Text, When
from atz_desktop.domain.quick_dataclass import dataclass
from atz_desktop.domain.text import ambiguous_time_note, quoted
from atz_desktop.domain.values import Option, Person, RecordRef, Span

RULES: tuple[type[Rule], ...] = (
    *(Set, SetTimes, Clear, AddPeople, RemovePeople, SwapPeople),
    *(ShiftBy, SameClockOn, MeantAsZone),
    *(FindReplace, Prefix, Suffix, Template, FromTable),
)
"""In the order in which they are offered."""


def choices_for(field: Field) -> tuple[type[Rule], ...]:
    """The rules that can be chosen for a field, by its kind. Without one the field is kept."""
    return tuple(rule for rule in RULES if rule.fits(field))


@dataclass(frozen=True)
class BulkEdit:
    """Field name → rule, for the activities that fit all conditions of `only_where`.

    `mail_nobody` asks ATZ to mail nobody about any of them; else only about those that are over
    (see `edit.with_mail_default`), as for a single activity.
    """

    rules: Mapping[str, Rule] = field(default_factory=lambda: MappingProxyType({}))
    only_where: tuple[Condition, ...] = ()
    name: str = ""
    mail_nobody: bool = False

    def problems(self, record_type: RecordType = ACTIVITY) -> tuple[Problem, ...]:
        """What must be filled in or corrected first; those of conditions under the name ""."""
        rules = (
            Problem(name, text)
            for name, rule in self.rules.items()
            if (text := _rule_problem(rule, record_type.by_name.get(name)))
        )
        conditions = (
            Problem("", text) for each in self.only_where if (text := each.problem(record_type))
        )
        return (*rules, *conditions)

    def describe(self, record_type: RecordType = ACTIVITY) -> tuple[str, ...]:
        """A line for each rule, in the order of the form, then one for each condition."""
        rules = (
            f"{each.label}: {self.rules[each.name].describe(each)}"
            for each in record_type.fields
            if each.name in self.rules
        )
        where = (f"Only where {each.describe(record_type)}" for each in self.only_where)
        return (*rules, *where)


@dataclass(frozen=True)
class Applied:
    """What a bulk edit makes of one activity.

    `edit` holds what could be made, even where ATZ would refuse it, so that it can be corrected by
    hand; with any of `problems` it must not be sent as it is. `notes` are to be looked at.
    `excluded` names the condition that does not hold: then the edit changes nothing.
    """

    edit: Edit
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()
    excluded: str | None = None


def apply(
    bulk: BulkEdit, activity: Activity, context: BulkContext, own: RowValues = NO_VALUES
) -> Applied:
    """What the bulk edit changes of one activity; `own` are the row's values of a table.

    Requires a bulk edit without `problems`.
    """
    record_type = activity.record_type
    for condition in bulk.only_where:
        if not condition.holds(activity, context.now):
            return Applied(Edit(activity), excluded=condition.describe(record_type))
    edit, problems, notes = Edit(activity), [], []
    for each in sorted(record_type.fields, key=lambda f: _is_late(bulk, f)):
        if (rule := bulk.rules.get(each.name)) is None:
            continue
        row = Row(edit, context, own)
        try:
            edit = edit.with_value(each.name, _new_value(rule, each, row))
            notes.append(rule.note(each, row))
        except RuleError as error:
            problems.append(Problem(each.name, str(error)))
    notes += [_time_note(edit)]
    problems += edit.problems()
    return Applied(_with_mail(bulk, edit, context.now), tuple(problems), tuple(filter(None, notes)))


def _rule_problem(rule: Rule, field: Field | None) -> str | None:
    if field is None:
        return "There is no such field."
    if not rule.fits(field):
        return f"“{rule.label}” is not possible for {field.label}."
    return rule.problem(field)


def _is_late(bulk: BulkEdit, field: Field) -> bool:
    rule = bulk.rules.get(field.name)
    return rule is not None and rule.is_late


def _new_value(rule: Rule, field: Field, row: Row) -> Any:
    """The new value. Raises RuleError, also for a field that must not be changed."""
    if locked := field.lock_reason(row.old(field)):
        raise RuleError(locked)
    return rule.new_value(field, row)


def _with_mail(bulk: BulkEdit, edit: Edit, now: datetime) -> Edit:
    """The edit with the wish to mail nobody, unless a rule says what ATZ is to do."""
    if edit.record_type.mail_off in bulk.rules:
        return edit
    if bulk.mail_nobody:
        return edit.without_mail() if mail_warning(edit, now) else edit
    return with_mail_default(edit, now)


def _time_note(edit: Edit) -> str | None:
    span = edit.pending.get(edit.record_type.span or "")
    return ambiguous_time_note(span) if isinstance(span, Span) else None


def value_counts(field: Field, activities: Iterable[Activity]) -> tuple[tuple[Any, int], ...]:
    """The different values of a field, and how many activities have each; most frequent first."""
    values: dict[Any, Any] = {}
    counts: Counter[Any] = Counter()
    for activity in activities:
        value = activity.value(field.name)
        identity = "" if field.kind.is_empty(value) else _identity(value)
        values.setdefault(identity, value)
        counts[identity] += 1
    return tuple((values[identity], number) for identity, number in counts.most_common())


def _identity(value: Any) -> Any:
    """What makes two values of a field equal, without the names that are only for showing."""
    match value:
        case tuple():
            return frozenset(person.key for person in value)
        case Option():
            return value.key
        case RecordRef():
            return value.entity, value.slug
    return value


# Conditions


@dataclass(frozen=True)
class Condition:
    """Which activities are meant; `label` is what stands in a list of choices."""

    label: ClassVar[str]

    @classmethod
    def fits(cls, field: Field | None) -> bool:
        """Whether the condition can be chosen for the field; None: for the activity as such."""
        raise NotImplementedError

    def holds(self, activity: Activity, now: datetime) -> bool:
        """Whether the activity, as ATZ holds it, is meant. `now` is aware."""
        raise NotImplementedError

    def describe(self, record_type: RecordType) -> str:
        """The condition in words, to stand behind “only where”."""
        raise NotImplementedError

    def problem(self, record_type: RecordType) -> str | None:
        """Why the condition, as it is filled in, can't be used; None if it can."""
        del record_type
        return None


@dataclass(frozen=True)
class IsNow(Condition):
    """The field has this value; of people, exactly these."""

    label = "is now"

    field: str
    value: Any

    @classmethod
    def fits(cls, field: Field | None) -> bool:
        return field is not None and not isinstance(field.kind, When | File)

    def holds(self, activity: Activity, now: datetime) -> bool:
        kind = activity.record_type.by_name[self.field].kind
        return kind.equal(activity.value(self.field), self.value)

    def describe(self, record_type: RecordType) -> str:
        field = record_type.by_name[self.field]
        return f"{field.label} is now {field.kind.format(self.value)}"

    def problem(self, record_type: RecordType) -> str | None:
        field = record_type.by_name.get(self.field)
        if field is None or not field.kind.accepts(self.value) or field.kind.is_empty(self.value):
            return "Choose the value that it has now."
        return None


@dataclass(frozen=True)
class IsEmpty(Condition):
    """The field is empty. One that can't be read is not."""

    label = "is empty"

    field: str

    @classmethod
    def fits(cls, field: Field | None) -> bool:
        return field is not None and not isinstance(field.kind, Flag)

    def holds(self, activity: Activity, now: datetime) -> bool:
        kind = activity.record_type.by_name[self.field].kind
        return kind.is_empty(activity.value(self.field))

    def describe(self, record_type: RecordType) -> str:
        return f"{record_type.by_name[self.field].label} is empty"

    def problem(self, record_type: RecordType) -> str | None:
        return None if self.field in record_type.by_name else "Choose a field."


@dataclass(frozen=True)
class Includes(Condition):
    """The person is in the list, or the text is somewhere in the field, whatever its capitals."""

    label = "includes"

    field: str
    value: Person | str

    @classmethod
    def fits(cls, field: Field | None) -> bool:
        return field is not None and isinstance(field.kind, Text | People)

    def holds(self, activity: Activity, now: datetime) -> bool:
        found = activity.value(self.field)
        if isinstance(found, tuple) and isinstance(self.value, Person):
            return self.value.key in {person.key for person in found}
        if isinstance(found, str) and isinstance(self.value, str):
            return self.value.casefold() in found.casefold()
        return False

    def describe(self, record_type: RecordType) -> str:
        value = self.value
        what = value.display_name if isinstance(value, Person) else quoted(value)
        return f"{record_type.by_name[self.field].label} includes {what}"

    def problem(self, record_type: RecordType) -> str | None:
        field = record_type.by_name.get(self.field)
        kind = field.kind if field is not None else None
        if isinstance(kind, People):
            chosen = isinstance(self.value, Person) and self.value.key
            return None if chosen else "Choose somebody."
        if isinstance(kind, Text):
            return None if self.value and isinstance(self.value, str) else "Type a text."
        return "Only lists of people and texts can include something."


@dataclass(frozen=True)
class IsOver(Condition):
    """The activity has ended (without an end: has begun)."""

    label = "is over"

    @classmethod
    def fits(cls, field: Field | None) -> bool:
        return field is None

    def holds(self, activity: Activity, now: datetime) -> bool:
        return activity.span.is_over(now)

    def describe(self, record_type: RecordType) -> str:
        return f"the {record_type.name} is over"


CONDITIONS: tuple[type[Condition], ...] = (IsNow, IsEmpty, Includes, IsOver)
"""In the order in which they are offered."""


def conditions_for(field: Field | None) -> tuple[type[Condition], ...]:
    """The conditions that can be chosen for a field; None: for the activity as such."""
    return tuple(each for each in CONDITIONS if each.fits(field))
