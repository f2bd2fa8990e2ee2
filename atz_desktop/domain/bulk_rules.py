"""Rules of a bulk edit: how the new value of one field follows from the value that ATZ holds.

A rule fits fields by their kind, never by their name, so a new field has its rules at once. Times
have theirs in `bulk_times`, texts with names in braces in `bulk_template`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import field
from datetime import datetime
from types import MappingProxyType
from typing import Any, ClassVar, Literal

from atz_desktop.domain.edit import Edit
from atz_desktop.domain.fields import Field
from atz_desktop.domain.kinds import Kind, People, Text, When
from atz_desktop.domain.quick_dataclass import dataclass
from atz_desktop.domain.text import quoted
from atz_desktop.domain.values import Person, RecordRef, Unparsed
from atz_desktop.domain.vocabulary import NameKind

UNREADABLE = "ATZ sent something that this program can't read, so it can't be changed here."


class RuleError(ValueError):
    """The rule makes no value for this activity; its text is a sentence for the user."""


@dataclass(frozen=True)
class RowValues:
    """A row's own values from a table: field name → value, or what is wrong with its cells."""

    values: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    problems: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


NO_VALUES = RowValues()


def _no_name(kind: NameKind, key: str) -> str | None:
    del kind, key
    return None


@dataclass(frozen=True)
class BulkContext:
    """What a rule may know besides the activity. `now` is aware; `name_of` tells learned names."""

    now: datetime
    name_of: Callable[[NameKind, str], str | None] = _no_name


@dataclass(frozen=True)
class Row:
    """One activity in the making: `edit` holds the new values of the rules before this one."""

    edit: Edit
    context: BulkContext
    own: RowValues = NO_VALUES

    def old(self, field: Field) -> Any:
        """The value that ATZ holds."""
        return self.edit.base.value(field.name)


@dataclass(frozen=True)
class Rule:
    """Base of all rules. A rule is data: it can be compared, saved and shared."""

    label: ClassVar[str]
    """What the rule is called in a list of choices."""
    kinds: ClassVar[type[Kind]] = Kind
    """The kind of the fields that it is for."""
    is_late: ClassVar[bool] = False
    """Whether the rule looks at the new values of other fields: then it comes after their rules."""

    @classmethod
    def fits(cls, field: Field) -> bool:
        """Whether the rule can be chosen for the field."""
        return isinstance(field.kind, cls.kinds)

    def problem(self, field: Field) -> str | None:
        """Why the rule, as it is filled in, can be used for no activity; None if it can."""
        del field
        return None

    def new_value(self, field: Field, row: Row) -> Any:
        """The value to set; the present one for no change. Raises RuleError."""
        raise NotImplementedError

    def describe(self, field: Field) -> str:
        """The rule in words, to stand behind the field's label."""
        raise NotImplementedError

    def note(self, field: Field, row: Row) -> str | None:
        """What the user should look at in this activity, as a sentence."""
        del field, row
        return None


# Any field


@dataclass(frozen=True)
class Set(Rule):
    """The same value for all; for people it replaces the whole list. Times have `SetTimes`."""

    label = "Set"

    value: Any

    @classmethod
    def fits(cls, field: Field) -> bool:
        return not isinstance(field.kind, When)

    def problem(self, field: Field) -> str | None:
        if self.value is None or not field.kind.accepts(self.value):
            return "Choose a value."
        if field.kind.is_empty(self.value) and field.mapping.can_clear:
            return "Choose a value, or Clear to empty the field."
        return field.error(self.value)

    def new_value(self, field: Field, row: Row) -> Any:
        return self.value

    def describe(self, field: Field) -> str:
        verb = "replace all by" if isinstance(field.kind, People) else "set to"
        return f"{verb} {field.kind.format(self.value)}"


@dataclass(frozen=True)
class Clear(Rule):
    """Empty the field. Only where the API is known to allow it (ATZ_API.md, PUT)."""

    label = "Clear"

    @classmethod
    def fits(cls, field: Field) -> bool:
        return field.mapping.can_clear

    def new_value(self, field: Field, row: Row) -> Any:
        return () if isinstance(field.kind, People) else ""

    def describe(self, field: Field) -> str:
        return "take everybody out" if isinstance(field.kind, People) else "empty it"


How = Literal["set", "add", "remove"]


@dataclass(frozen=True)
class FromTable(Rule):
    """Each row's own value, from a column of the table. A row with an empty cell stays as it is.

    `how` is for lists of people: the cell is the whole list, or who is added or removed.
    """

    label = "From the table"

    how: How = "set"

    def problem(self, field: Field) -> str | None:
        if self.how != "set" and not isinstance(field.kind, People):
            return f"Only people can be added or removed, and {field.label} is no list of people."
        return None

    def new_value(self, field: Field, row: Row) -> Any:
        if field.name in row.own.problems:
            raise RuleError(row.own.problems[field.name])
        old = row.old(field)
        value = row.own.values.get(field.name)
        if value is None:
            return old
        if isinstance(value, PartialValue):
            return value.on(old)
        if isinstance(field.kind, People) and self.how != "set":
            rule = AddPeople(value) if self.how == "add" else RemovePeople(value)
            return rule.new_value(field, row)
        return value

    def describe(self, field: Field) -> str:
        verb = {"set": "set to", "add": "add", "remove": "remove"}[self.how]
        return f"{verb} what the table says"


class PartialValue:
    """A value of which only a part is given; the rest is that of the activity."""

    def on(self, old: Any) -> Any:
        """The whole value. Raises RuleError."""
        raise NotImplementedError


@dataclass(frozen=True)
class SlugAlone(PartialValue):
    """A record's slug where it is not said what kind of record that is: the kind stays."""

    slug: str

    def on(self, old: Any) -> Any:
        if not isinstance(old, RecordRef) or old.entity is None:
            raise RuleError(f"It is not said what kind of record {quoted(self.slug)} is.")
        return RecordRef(old.entity, self.slug)


# People


@dataclass(frozen=True)
class AddPeople(Rule):
    """Add people; the others stay. Somebody who is in the list already is not added twice."""

    label = "Add"
    kinds = People

    people: tuple[Person, ...]

    def problem(self, field: Field) -> str | None:
        return _people_problem(field, self.people)

    def new_value(self, field: Field, row: Row) -> Any:
        old = _people(field, row)
        return _unique(old + self.people)

    def describe(self, field: Field) -> str:
        return f"add {field.kind.format(self.people)}"


@dataclass(frozen=True)
class RemovePeople(Rule):
    """Remove people where they are in the list; the others stay."""

    label = "Remove"
    kinds = People

    people: tuple[Person, ...]

    def problem(self, field: Field) -> str | None:
        return _people_problem(field, self.people)

    def new_value(self, field: Field, row: Row) -> Any:
        gone = {person.key for person in self.people}
        return tuple(person for person in _people(field, row) if person.key not in gone)

    def describe(self, field: Field) -> str:
        return f"remove {field.kind.format(self.people)}"


@dataclass(frozen=True)
class SwapPeople(Rule):
    """Put one person in the place of another. Lists without the old one stay as they are."""

    label = "Swap"
    kinds = People

    old: Person
    new: Person

    def problem(self, field: Field) -> str | None:
        if self.old.key == self.new.key:
            return "Choose two different people."
        return _people_problem(field, (self.old, self.new))

    def new_value(self, field: Field, row: Row) -> Any:
        people = _people(field, row)
        return _unique(
            tuple(self.new if person.key == self.old.key else person for person in people)
        )

    def describe(self, field: Field) -> str:
        return f"swap {self.old.display_name} for {self.new.display_name}"


def _people_problem(field: Field, people: tuple[Person, ...]) -> str | None:
    if not people or not field.kind.accepts(people) or not all(each.key for each in people):
        return "Choose somebody."
    return field.kind.check(people)


def _people(field: Field, row: Row) -> tuple[Person, ...]:
    old = row.old(field)
    if isinstance(old, Unparsed):
        raise RuleError(field.lock_reason(old) or UNREADABLE)
    return tuple(old or ())


def _unique(people: tuple[Person, ...]) -> tuple[Person, ...]:
    return tuple({person.key: person for person in reversed(people)}.values())[::-1]


# Texts


@dataclass(frozen=True)
class FindReplace(Rule):
    """Replace every occurrence of a text by another. Texts without it stay as they are."""

    label = "Find and replace"
    kinds = Text

    find: str
    replacement: str = ""
    match_case: bool = False

    def problem(self, field: Field) -> str | None:
        return None if self.find else "Type what to look for."

    def new_value(self, field: Field, row: Row) -> Any:
        pattern = re.compile(re.escape(self.find), re.NOFLAG if self.match_case else re.IGNORECASE)
        return pattern.sub(lambda _: self.replacement, _text(field, row))

    def describe(self, field: Field) -> str:
        case = ", with the same capitals" if self.match_case else ""
        if not self.replacement:
            return f"take out {quoted(self.find)}{case}"
        return f"replace {quoted(self.find)} by {quoted(self.replacement)}{case}"


@dataclass(frozen=True)
class _Affix(Rule):
    """Put a text at one end. Texts that have it there already stay as they are."""

    kinds = Text
    where: ClassVar[str]

    text: str

    def problem(self, field: Field) -> str | None:
        return None if self.text else f"Type what to put {self.where}."

    def describe(self, field: Field) -> str:
        return f"put {quoted(self.text)} {self.where}"


@dataclass(frozen=True)
class Prefix(_Affix):
    label = "Put in front"
    where = "in front"

    def new_value(self, field: Field, row: Row) -> Any:
        old = _text(field, row)
        return old if old.startswith(self.text) else self.text + old


@dataclass(frozen=True)
class Suffix(_Affix):
    label = "Put at the end"
    where = "at the end"

    def new_value(self, field: Field, row: Row) -> Any:
        old = _text(field, row)
        return old if old.endswith(self.text) else old + self.text


def _text(field: Field, row: Row) -> str:
    old = row.old(field)
    if isinstance(old, Unparsed):
        raise RuleError(UNREADABLE)
    return old or ""
