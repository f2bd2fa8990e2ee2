"""`Activity`: one record as the API returned it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from atz_desktop.domain.characters import LONE_SURROGATE
from atz_desktop.domain.fields import ACTIVITY, RecordType
from atz_desktop.domain.mapping import read_person
from atz_desktop.domain.quick_dataclass import dataclass
from atz_desktop.domain.values import Person, RecordRef, Span, Unparsed, is_representable
from atz_desktop.domain.vocabulary import ENTITIES


@dataclass(frozen=True)
class Activity:
    """A record as one response contained it; `values` maps field name → value.

    `body` is the decoded response, kept so that a draft can be restored on the same base.
    """

    id: int
    values: Mapping[str, Any]
    zone: str = "UTC"
    created_by: Person | None = None
    updated_by: Person | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    body: Mapping[str, Any] = field(default_factory=dict, compare=False)
    record_type: RecordType = ACTIVITY

    @classmethod
    def from_response(
        cls, body: Mapping[str, Any], zone: str = "UTC", record_type: RecordType = ACTIVITY
    ) -> Activity:
        """Parse a response of GET or PUT; `zone` (IANA name) is the zone of its wall-clock times.

        Any field may be null, missing or of an unknown form (ATZ_API.md); only `id` is required.
        """
        body = _replace_surrogates(body)
        return cls(
            id=int(body["id"]),
            values=MappingProxyType(
                {f.name: f.mapping.read(body, zone) for f in record_type.fields}
            ),
            zone=zone,
            created_by=read_person(body.get("created_by"), "id"),
            updated_by=read_person(body.get("updated_by"), "id"),
            created_at=parse_timestamp(body.get("created_at")),
            updated_at=parse_timestamp(body.get("updated_at")),
            body=MappingProxyType(body),
            record_type=record_type,
        )

    def value(self, name: str) -> Any:
        return self.values[name]

    def in_zone(self, zone: str) -> Activity:
        """The same record with its wall-clock times interpreted in another zone."""
        moved = {
            name: value.in_zone(zone)
            for name, value in self.values.items()
            if isinstance(value, Span)
        }
        return replace(self.with_values(moved), zone=zone)

    def with_values(self, values: Mapping[str, Any]) -> Activity:
        """A copy with some values replaced."""
        return replace(self, values=MappingProxyType({**self.values, **values}))

    def is_same_record(self, other: Activity) -> bool | None:
        """Whether both are the same record of the same account; None if that cannot be determined.

        Number 42 of another account is another record. When and by whom a record was made never
        changes; either may be missing (ATZ_API.md).
        """
        makers = [each.created_by.key if each.created_by else None for each in (self, other)]
        pairs = ((self.created_at, other.created_at), tuple(makers))
        known = [mine == theirs for mine, theirs in pairs if mine and theirs]
        return all(known) if known else None

    @property
    def span(self) -> Span:
        """Start and end; an empty span if the response had none that could be parsed."""
        when = self.role(self.record_type.span)
        return when if isinstance(when, Span) else Span(zone=self.zone)

    @property
    def update_target(self) -> tuple[str, str]:
        """Method and path of the request that updates this record."""
        return self.record_type.update_method, self.record_type.record_path(self.id)

    @property
    def people_count(self) -> int:
        """Entries in the lists of people: 5,000 take time at every step."""
        return sum(len(each) for each in self.values.values() if isinstance(each, tuple))

    def role(self, name: str | None) -> Any:
        """The value of the field that the record type names for a role; None where it has none."""
        return self.values[name] if name is not None else None

    @property
    def title(self) -> str:
        """The title as text, in whatever form it came; "" when there is none."""
        value = self.role(self.record_type.title)
        return value.text if isinstance(value, Unparsed) else value or ""

    @property
    def related(self) -> RecordRef | None:
        """The record that it belongs to; None when that is none of a known kind with a slug."""
        record = self.role(self.record_type.related)
        known = isinstance(record, RecordRef) and record.entity in ENTITIES and record.slug
        return record if known else None


def validate_response(value: object, expected_id: int) -> dict[str, Any]:
    """Check what came for activity `expected_id`, and return it exactly as it was received.

    Nothing but the ID is required. Raises ValueError, which tells the rule that was broken and
    nothing of the response: it may hold somebody's name.
    """
    if not isinstance(value, dict):
        raise ValueError("the answer: not an object")
    found = value.get("id")
    if type(found) is not int:  # True is no ID
        raise ValueError("id: not an integer")
    if found != expected_id:
        raise ValueError(f"activity {found} instead of {expected_id}")
    return value


def _replace_surrogates(found: Any) -> Any:
    """Replace lone surrogates with U+FFFD: they can't be displayed, stored or sent."""
    if isinstance(found, str):
        return LONE_SURROGATE.sub("\ufffd", found)
    if isinstance(found, Mapping):
        return {key: _replace_surrogates(each) for key, each in found.items()}
    return [_replace_surrogates(each) for each in found] if isinstance(found, list) else found


def parse_timestamp(found: Any) -> datetime | None:
    """Parse a timestamp such as `updated_at`; None if it is invalid or has no zone."""
    if not isinstance(found, str):
        return None
    try:
        instant = datetime.fromisoformat(found)
    except ValueError:
        return None
    return instant if instant.tzinfo and is_representable(instant) else None
