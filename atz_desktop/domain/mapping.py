"""Mapping of fields to the API: keys and formats of responses and requests.

They differ (ATZ_API.md, "What the form must be careful about"). `read` never raises: what it
cannot parse becomes `Unparsed`. `write` returns only the keys that differ from the base.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any, Protocol

from atz_desktop.domain.characters import is_blank
from atz_desktop.domain.identifiers import MAX_INT64, parse_int
from atz_desktop.domain.quick_dataclass import dataclass
from atz_desktop.domain.values import (
    DAY,
    Attachment,
    LocalFile,
    Option,
    Person,
    RecordRef,
    Span,
    Unparsed,
    is_representable,
    to_utc,
)
from atz_desktop.domain.vocabulary import ENTITIES

Body = Mapping[str, Any]
_MISSING: Any = object()


class FieldMapping(Protocol):
    """How one field is read from a response and written to a request."""

    @property
    def keys(self) -> tuple[str, ...]:
        """The request's keys that this field may write."""

    @property
    def can_clear(self) -> bool:
        """Whether the API accepts an empty value, as far as is known."""

    def read(self, body: Body, zone: str) -> Any:
        """Parse the value from a response; never raises."""

    def write(self, value: Any, base: Any) -> dict[str, Any]:
        """The keys to send to change the field from `base` to `value`."""


@dataclass(frozen=True)
class _OneKey:
    """`key` is the one of the request; of the answer too, where nothing else is named."""

    key: str

    @property
    def keys(self) -> tuple[str, ...]:
        return (self.key,)


@dataclass(frozen=True)
class Scalar(_OneKey):
    """A value read and written under one key, in one format."""

    of: type
    can_clear: bool = True

    def read(self, body: Body, zone: str) -> Any:
        found = body.get(self.key)
        if isinstance(found, self.of):
            return found
        if found is None or found == "":
            return None
        return Unparsed(_raw_text(found))

    def write(self, value: Any, base: Any) -> dict[str, Any]:
        return {self.key: self.of() if value is None else value}


@dataclass(frozen=True)
class EnumText(_OneKey):
    """One of a list of strings (importance); an unknown one is kept as received."""

    options: tuple[Option, ...]
    can_clear: bool = False

    def read(self, body: Body, zone: str) -> Any:
        found = body.get(self.key)
        if found is None or found == "":
            return None
        if not isinstance(found, str):
            return Unparsed(_raw_text(found))
        return next((o for o in self.options if o.key == found), Option(found))

    def write(self, value: Any, base: Any) -> dict[str, Any]:
        return {self.key: value.key}


@dataclass(frozen=True)
class IdAndLabel(_OneKey):
    """`{id, label}` in a response, the number alone in a request."""

    read_key: str
    can_clear: bool = False

    def read(self, body: Body, zone: str) -> Any:
        found = body.get(self.read_key)
        if found in (None, "", {}):
            return None
        number = _parse_id(found.get("id") if isinstance(found, Mapping) else found)
        if number is None:
            return Unparsed(_raw_text(found))
        label = found.get("label") if isinstance(found, Mapping) else None
        return Option(number, label if isinstance(label, str) and label else None)

    def write(self, value: Any, base: Any) -> dict[str, Any]:
        return {self.key: value.key}


@dataclass(frozen=True)
class PeopleList(_OneKey):
    """A list of objects in a response, comma-separated keys in a request; `""` clears it."""

    path: str
    by: str
    can_clear: bool = True

    def read(self, body: Body, zone: str) -> Any:
        """Empty only if the response says so: a write replaces the whole list.

        A missing list, or one with a member that cannot be identified, is `Unparsed`.
        """
        found: Any = body
        for step in self.path.split("."):
            if isinstance(found, Mapping):
                found = found.get(step, _MISSING)
            elif found and found is not _MISSING:
                # One list for all kinds, say: ambiguous.
                return Unparsed(_raw_text(found))
        if found is _MISSING:
            return Unparsed("not said")
        if found is None:
            return ()
        if not isinstance(found, list):
            return Unparsed(_raw_text(found))
        people = [read_person(each, self.by) for each in found]
        known = {person.key: person for person in people if person}
        return Unparsed(_raw_text(found)) if None in people else tuple(known.values())

    def write(self, value: Any, base: Any) -> dict[str, Any]:
        return {self.key: ",".join(dict.fromkeys(person.key for person in value or ()))}


@dataclass(frozen=True)
class DateAndTimes:
    """A date and two times of day in a response, two UTC timestamps in a request."""

    keys: tuple[str, ...] = ("start_datetime", "end_datetime")
    can_clear: bool = False

    def read(self, body: Body, zone: str) -> Any:
        """Requires at least a date and a start; anything else is `Unparsed`."""
        pieces: list[Any] = [body.get(k) or None for k in ("start_date", "start_time", "end_time")]
        if pieces == [None, None, None]:
            return Span(zone=zone)
        try:
            return _parse_span(pieces, zone)
        except (TypeError, ValueError):
            return Unparsed(", ".join(_raw_text(each) for each in pieces if each is not None))

    def write(self, value: Any, base: Any) -> dict[str, Any]:
        old = base if isinstance(base, Span) else Span()
        sent = {}
        if value.start is not None and value.start != old.start:
            sent["start_datetime"] = _utc_text(value.start, value.zone)
        if value.end is not None and value.end != old.end:
            sent["end_datetime"] = _utc_text(value.end, value.zone)
        return sent


@dataclass(frozen=True)
class EntityAndSlug:
    """Entity name and slug in a response, entity number and slug in a request."""

    keys: tuple[str, ...] = ("related_to_entity", "related_to")
    can_clear: bool = False

    def read(self, body: Body, zone: str) -> Any:
        word, slug = body.get("related_to_type"), body.get("related_to")
        record = body.get("related_record")
        record = record if isinstance(record, Mapping) else {}
        if not slug:
            slug = record.get("slug")
        if not isinstance(word, str | None) or not isinstance(slug, str | None):
            return Unparsed(_raw_text([word, slug]))
        return RecordRef(_parse_entity(word), slug or None, record_name(record))

    def write(self, value: Any, base: Any) -> dict[str, Any]:
        old = base if isinstance(base, RecordRef) else RecordRef()
        sent: dict[str, Any] = {}
        if value.entity != old.entity:
            sent["related_to_entity"] = value.entity
        if value.slug and value.slug != old.slug:
            sent["related_to"] = value.slug
        return sent


@dataclass(frozen=True)
class FileOrUrl(_OneKey):
    """`{file_name, file_link}` in a response; a file or a URL in a request."""

    can_clear: bool = False

    def read(self, body: Body, zone: str) -> Any:
        found = body.get(self.key)
        if not found:
            return None
        if isinstance(found, str):
            return Attachment(None, found)
        if not isinstance(found, Mapping):
            return Unparsed(_raw_text(found))
        name, link = found.get("file_name"), found.get("file_link")
        if not isinstance(name, str | None) or not isinstance(link, str | None):
            return Unparsed(_raw_text(found))
        return Attachment(name or None, link or None) if name or link else None

    def write(self, value: Any, base: Any) -> dict[str, Any]:
        return {self.key: value if isinstance(value, LocalFile) else value.link}


def form_text(value: object) -> str:
    """A value in a query or as a text part of a form: booleans are true and false."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def read_person(found: Any, by: str) -> Person | None:
    """Parse a person object; None if it has no usable ID or slug."""
    if not isinstance(found, Mapping):
        return None
    key = found.get(by)
    if by == "id":
        number = _parse_id(key)
        key = None if number is None else str(number)
    if not isinstance(key, str) or not key:
        return None
    name, email = found.get("full_name"), found.get("email")
    return Person(
        key,
        name if isinstance(name, str) and not is_blank(name) else None,
        email if isinstance(email, str) and not is_blank(email) else None,
    )


def record_name(record: Body) -> str | None:
    """The record's name, whose key varies by entity (ATZ_API.md, GET: `related_record`)."""
    for key in ("full_name", "position_name", "name"):
        found = record.get(key)
        if isinstance(found, str) and not is_blank(found):
            return found
    return None


def _parse_entity(word: str | None) -> int | str | None:
    if not word:
        return None
    return next((each.number for each in ENTITIES.values() if each.kind == word.lower()), word)


def _parse_id(found: Any) -> int | None:
    """Parse an ID, which may also come as a string."""
    if isinstance(found, str):
        return parse_int(found)
    if isinstance(found, int) and not isinstance(found, bool) and abs(found) <= MAX_INT64:
        return found
    return None


def _parse_span(pieces: list[Any], zone: str) -> Span:
    """An end before the start on the clock is the next day's (ATZ_API.md), and so is one at the
    same time of day: an end must be after the start.

    Raises TypeError or ValueError for what is no date or no time of day.
    """
    start_date, start_time, end_time = pieces
    start = datetime.combine(date.fromisoformat(start_date), _parse_time(start_time))
    if not is_representable(start):
        raise ValueError("a date at the end of the calendar")
    end = None if end_time is None else datetime.combine(start.date(), _parse_time(end_time))
    if end is not None and end <= start:
        end += DAY
    return Span(start, end, zone)


def _parse_time(text: Any) -> time:
    clock = time.fromisoformat(text)
    if clock.tzinfo is not None:
        raise ValueError("a time of day with a zone is no wall-clock time of ours")
    return clock.replace(second=0, microsecond=0)


def _utc_text(wall: datetime, zone: str) -> str:
    return f"{to_utc(wall, zone).replace(tzinfo=None).isoformat(timespec='seconds')}Z"


def _raw_text(found: Any) -> str:
    return found if isinstance(found, str) else json.dumps(found, ensure_ascii=False)
