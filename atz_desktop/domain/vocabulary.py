"""The words and numbers that the API has for kinds of record, types and importance."""

from __future__ import annotations

from atz_desktop.domain.values import Option

ENTITIES = {1: "Candidate", 2: "Job", 3: "Organization", 4: "Contact", 5: "Deal", 10: "Other"}
"""The six kinds of record (ATZ_API.md, PUT: `related_to_entity`)."""

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
