"""Conditions of a bulk edit: which activities it is for, by what ATZ holds of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from atz_desktop.domain.activity import Activity
from atz_desktop.domain.fields import Field, RecordType
from atz_desktop.domain.kinds import File, Flag, People, Text, When
from atz_desktop.domain.quick_dataclass import dataclass
from atz_desktop.domain.text import quoted
from atz_desktop.domain.values import Person


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
