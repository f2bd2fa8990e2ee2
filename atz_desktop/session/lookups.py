"""Names that the program learned: offered in the drop-downs, shown on the chips.

There is no documented list of types or users (ATZ_API.md, "Names for people, records and types"):
every activity that passes through teaches them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from atz_desktop.domain.kinds import TYPES
from atz_desktop.domain.values import Option, Person, RecordRef

if TYPE_CHECKING:
    from atz_desktop.domain.activity import Activity
    from atz_desktop.session.services import Services
    from atz_desktop.store.directory import Kind, Name

PEOPLE_KINDS: dict[str, Kind] = {
    "collaborators": "user",
    "users": "user",
    "candidates": "candidate",
    "contacts": "contact",
}
"""Field name → the directory's word for who stands in it."""

RECORD_KINDS: dict[int, Kind] = {
    1: "candidate",
    2: "job",
    3: "organization",
    4: "contact",
    5: "deal",
    10: "other",
}
"""`related_to_entity` → the directory's word."""


class Lookups:
    """What is known in memory at once, and in the directory after a moment."""

    def __init__(self) -> None:
        self._types: dict[int, Option] = {
            option.key: option for option in TYPES if isinstance(option.key, int)
        }
        self._people: dict[tuple[str, str], Person] = {}
        self._records: dict[tuple[int | str | None, str], str] = {}

    def types(self) -> tuple[Option, ...]:
        """The built-in types, then the learned ones by name."""
        built_in = {option.key for option in TYPES}
        learned = [option for key, option in self._types.items() if key not in built_in]
        return TYPES + tuple(sorted(learned, key=lambda option: option.shown.casefold()))

    def person(self, field: str, key: str) -> Person:
        """The person with the best name known; without one, the key alone."""
        return self._people.get((PEOPLE_KINDS[field], key), Person(key))

    def record_name(self, record: RecordRef) -> str | None:
        """The name of a record, if it was ever seen."""
        return record.name or self._records.get((record.entity, record.slug or ""))

    def learn(self, activity: Activity) -> tuple[Name, ...]:
        """Take in every name of an activity; returns them for the directory."""
        from atz_desktop.store.directory import Name

        names: list[Name] = []
        chosen = activity.value("type")
        if isinstance(chosen, Option) and isinstance(chosen.key, int):
            self._learn_type(chosen)
            names.append(Name("type", str(chosen.key), chosen.label, None))
        for kind, person in _people_of(activity):
            self._learn_person(kind, person)
            names.append(Name(kind, person.key, person.name, person.email))
        record = activity.value("record")
        if isinstance(record, RecordRef) and record.slug and record.entity in RECORD_KINDS:
            if record.name:
                self._records[record.entity, record.slug] = record.name
            names.append(Name(RECORD_KINDS[int(record.entity)], record.slug, record.name, None))
        return tuple(names)

    async def recall(self, services: Services) -> None:
        """Take in the types that the directory holds from earlier runs."""
        for name in await services.directory.types(services.account):
            self._learn_type(Option(int(name.key), name.name))

    def _learn_type(self, option: Option) -> None:
        known = self._types.get(int(option.key))
        if known is None or (option.label and not known.label):
            self._types[int(option.key)] = option

    def _learn_person(self, kind: Kind, person: Person) -> None:
        known = self._people.get((kind, person.key))
        if known is None or person.name:
            self._people[kind, person.key] = person


def _people_of(activity: Activity) -> Iterable[tuple[Kind, Person]]:
    for field, kind in PEOPLE_KINDS.items():
        found: Any = activity.value(field)
        if isinstance(found, tuple):
            yield from ((kind, person) for person in found)
    for person in (activity.created_by, activity.updated_by):
        if person is not None:
            yield "user", person
    record = activity.value("record")
    if isinstance(record, RecordRef) and record.slug and record.name:
        known = RECORD_KINDS.get(record.entity) if isinstance(record.entity, int) else None
        if known in {"candidate", "contact"}:
            yield known, Person(record.slug, record.name)
