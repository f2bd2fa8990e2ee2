"""The API's constants for record types, activity types and importance."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Literal

from atz_desktop.domain.quick_dataclass import dataclass
from atz_desktop.domain.values import Option

NameKind = Literal["user", "candidate", "contact", "job", "organization", "deal", "other", "type"]
"""Whose names are kept on this computer."""


class Endpoint(Enum):
    """What ATZ_API.md says of a path ("Names for people, records and types")."""

    DOCUMENTED = "documented"
    PERHAPS = "perhaps"
    NONE = "none"


@dataclass(frozen=True)
class Entity:
    """A kind of record that an activity may be related to.

    `kind` is its word in sentences, in answers, in paths and in the names that are kept; `all` and
    `one` say of `GET /v1/{kind}` and `GET /v1/{kind}/:slug` whether they exist.
    """

    number: int
    label: str
    kind: NameKind
    all: Endpoint = Endpoint.PERHAPS
    one: Endpoint = Endpoint.PERHAPS


ENTITIES = {
    entity.number: entity
    for entity in (
        Entity(1, "Candidate", "candidate", all=Endpoint.DOCUMENTED),
        Entity(2, "Job", "job", one=Endpoint.DOCUMENTED),
        Entity(3, "Organization", "organization"),
        Entity(4, "Contact", "contact"),
        Entity(5, "Deal", "deal", all=Endpoint.DOCUMENTED, one=Endpoint.DOCUMENTED),
        Entity(10, "Other", "other", all=Endpoint.NONE, one=Endpoint.NONE),
    )
}
"""The six kinds of record by number (ATZ_API.md, PUT: `related_to_entity`)."""

ENTITY_OF_KIND = {entity.kind: entity for entity in ENTITIES.values()}

KIND_OF_ENTITY: Mapping[object, NameKind] = {n: entity.kind for n, entity in ENTITIES.items()}
"""An entity that ATZ_API.md does not list, and none, has no kind: ask with `get`."""


OTHER_ENTITY = 10

TYPES = (Option(2, "Meeting"), Option(3, "Task"), Option(4, "Email"), Option(5, "Interview"))
"""The built-in types (ATZ_API.md, PUT: `activity_type_id`)."""

IMPORTANCES = (
    Option("low", "Low"),
    Option("normal", "Normal"),
    Option("high", "High"),
    Option("critical", "Critical"),
)
"""ATZ_API.md, PUT: `importance`."""
