"""The names in what ATZ answers: whoever and whatever an activity or a record speaks of.

There is no documented list of types or users, and no search by name (ATZ_API.md, "Names for
people, records and types"): every answer that passes through teaches what it holds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from atz_desktop.domain.activity import Activity
from atz_desktop.domain.characters import is_blank
from atz_desktop.domain.fields import ACTIVITY
from atz_desktop.domain.kinds import People
from atz_desktop.domain.local_records import Name, SeenName
from atz_desktop.domain.mapping import record_name
from atz_desktop.domain.values import Option, Person
from atz_desktop.domain.vocabulary import NameKind, record_kind

PEOPLE_KINDS = {f.name: f.kind.noun for f in ACTIVITY.fields if isinstance(f.kind, People)}
"""Field name → the kind of names of the people in it."""

_LONGEST_TITLE = 100
UNKNOWN_TIME = "2000-01-01T00:00:00+00:00"
"""When a name was seen that came without a time."""


def names_in(activity: Activity) -> tuple[Name, ...]:
    """Every name that an activity holds; one without a name or e-mail still says: this exists."""
    title, start = activity.title.strip()[:_LONGEST_TITLE] or None, activity.span.start
    day = start.date().isoformat() if start and title else None
    return tuple(
        name if name.kind == "type" else name._replace(seen_title=title, seen_date=day)
        for name in _names_in(activity)
    )


def seen_names(activity: Activity) -> tuple[SeenName, ...]:
    """The same, each seen when the activity was last changed: old ones do not push today's down."""
    seen = activity.updated_at or activity.created_at
    return tuple(
        SeenName(name, seen.isoformat() if seen else UNKNOWN_TIME) for name in names_in(activity)
    )


def name_from_record(kind: NameKind, body: Mapping[str, Any]) -> Name | None:
    """The name in a record as `GET /v1/{entity}` and `/v1/{entity}/:slug` give it.

    None when it holds no slug: ATZ_API.md does not document these answers.
    """
    slug = body.get("slug")
    if not isinstance(slug, str) or not slug:
        return None
    email = body.get("email")
    return Name(kind, slug, record_name(body), email if isinstance(email, str) else None)


def name_from_type(body: Mapping[str, Any]) -> Name | None:
    """An activity type as an undocumented list may give it; None when it is none."""
    number, label = body.get("id"), body.get("label") or record_name(body) or body.get("title")
    if not isinstance(number, int) or isinstance(number, bool) or number <= 0:
        return None
    return (
        Name("type", str(number), label) if isinstance(label, str) and not is_blank(label) else None
    )


def _names_in(activity: Activity) -> Iterator[Name]:
    chosen = activity.role(activity.record_type.category)
    if isinstance(chosen, Option) and isinstance(chosen.key, int):
        yield Name("type", str(chosen.key), chosen.label)
    for field, kind in PEOPLE_KINDS.items():
        people: Any = activity.value(field)
        if isinstance(people, tuple):
            yield from (_name_of_person(kind, person) for person in people)
    for person in (activity.created_by, activity.updated_by):
        if person is not None:
            yield _name_of_person("user", person)
    record = activity.related
    if record is not None and record.slug and (of := record_kind(record.entity)):
        yield Name(of, record.slug, record.name)


def _name_of_person(kind: NameKind, person: Person) -> Name:
    return Name(kind, person.key, person.name, person.email)
