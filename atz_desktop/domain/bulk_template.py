"""Texts with names in braces, such as `Interview {candidate}`, filled in for each activity."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

from atz_desktop.domain.bulk_rules import Row, Rule, RuleError
from atz_desktop.domain.fields import Field
from atz_desktop.domain.kinds import People, Text
from atz_desktop.domain.quick_dataclass import dataclass
from atz_desktop.domain.text import entity_label, format_date, quoted
from atz_desktop.domain.values import Option, Person, RecordRef, Span
from atz_desktop.domain.vocabulary import ENTITY_OF_KIND, KIND_OF_ENTITY, NameKind

_PLACEHOLDER = re.compile(r"\{\s*([^{}\s][^{}]*?)\s*\}")


@dataclass(frozen=True)
class Template(Rule):
    """A text in which names in braces stand for what the activity holds.

    `{title}` is the title that ATZ holds; the other names are filled in with the new values, where
    the same bulk edit changes them.
    """

    label = "Template"
    kinds = Text
    is_late = True

    text: str

    def problem(self, field: Field) -> str | None:
        names = _PLACEHOLDER.findall(self.text)
        unknown = next((name for name in names if name.lower() not in PLACEHOLDERS), None)
        if unknown is not None:
            listed = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
            return f"{quoted(f'{{{unknown}}}')} is not known. You can use {listed}."
        return None if self.text else "Type a text."

    def new_value(self, field: Field, row: Row) -> Any:
        return _PLACEHOLDER.sub(lambda found: _filled(found[1].lower(), row), self.text)

    def describe(self, field: Field) -> str:
        return f"set to {quoted(self.text)}, filled in for each activity"


def _filled(name: str, row: Row) -> str:
    text = PLACEHOLDERS[name](row)
    if not text:
        raise RuleError(f"There is nothing to put in the place of {{{name}}}.")
    return " ".join(text.split())


def _person_of(kind: NameKind) -> Callable[[Row], str | None]:
    """Who the activity is about: the related record of that kind, else the first such attendee."""

    def find(row: Row) -> str | None:
        for person in _attendees(kind, row):
            return _record_of(kind)(row) or _name(kind, person, row)
        return _record_of(kind)(row)

    return find


def _people_of(kind: NameKind) -> Callable[[Row], str | None]:
    return lambda row: ", ".join(_name(kind, person, row) for person in _attendees(kind, row))


def _attendees(kind: NameKind, row: Row) -> tuple[Person, ...]:
    """The people of that kind in the first list of such."""
    for field in row.edit.record_type.fields:
        if isinstance(field.kind, People) and field.kind.noun == kind and field.triggers_mail:
            people = row.edit.value(field.name)
            return people if isinstance(people, tuple) else ()
    return ()


def _name(kind: NameKind, person: Person, row: Row) -> str:
    known = person.name or row.context.name_of(kind, person.key)
    if not known:
        raise RuleError(f"The name of {quoted(person.key)} is not known here.")
    return known


def _record_of(kind: NameKind) -> Callable[[Row], str | None]:
    def find(row: Row) -> str | None:
        record = _role(row.edit.record_type.related, row)
        fits = isinstance(record, RecordRef) and record.entity == ENTITY_OF_KIND[kind].number
        return _record_name(record, row) if fits else None

    return find


def _record(row: Row) -> str | None:
    record = _role(row.edit.record_type.related, row)
    return _record_name(record, row) if isinstance(record, RecordRef) else None


def _record_name(record: RecordRef, row: Row) -> str | None:
    kind = KIND_OF_ENTITY.get(record.entity)
    if not record.slug or kind is None:
        return None
    known = record.name or row.context.name_of(kind, record.slug)
    if not known:
        noun = entity_label(record.entity).lower()
        raise RuleError(f"The name of the {noun} {quoted(record.slug)} is not known here.")
    return known


def _role(name: str | None, row: Row) -> Any:
    return row.edit.value(name) if name is not None else None


def _title(row: Row) -> str:
    return row.edit.base.title


def _type(row: Row) -> str | None:
    option = _role(row.edit.record_type.category, row)
    return option.display_name if isinstance(option, Option) else None


def _date(row: Row) -> str | None:
    span = _role(row.edit.record_type.span, row)
    return format_date(span.start) if isinstance(span, Span) and span.start else None


def _time(row: Row) -> str | None:
    span = _role(row.edit.record_type.span, row)
    return f"{span.start:%H:%M}" if isinstance(span, Span) and span.start else None


PLACEHOLDERS: Final[dict[str, Callable[[Row], str | None]]] = {
    "title": _title,
    "candidate": _person_of("candidate"),
    "candidates": _people_of("candidate"),
    "contact": _person_of("contact"),
    "contacts": _people_of("contact"),
    "job": _record_of("job"),
    "organization": _record_of("organization"),
    "deal": _record_of("deal"),
    "record": _record,
    "type": _type,
    "date": _date,
    "time": _time,
}
"""Name → how it is found; "" or None where the activity holds nothing of the kind."""
