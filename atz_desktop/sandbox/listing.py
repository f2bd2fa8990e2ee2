"""The lists of ATZ_API.md: which activities, in which order, and which page of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from atz_desktop.sandbox.validation import ENTITIES, IMPORTANCES, Problems, Record, ServerOptions

PAGE_SIZE = 25
"""Items on a page: default and maximum."""

EXPANDED = ("created_by", "updated_by", "related_record")
"""What an item of the list holds only if `maximize` asks for it."""

LONG = ("description", "attendees", "collaborators", "attachment", "created_at", "meeting_link")
"""What an item lacks besides, in an account with short items."""

Query = Mapping[str, str]


def validate_query(query: Query) -> Problems:
    """What is wrong with the query of a list."""
    choices = {
        "sort_by": ("created_at", "updated_at"),
        "sort_order": ("asc", "desc"),
        "importance": IMPORTANCES,
        "related_to_entity": tuple(str(number) for number in ENTITIES),
    }
    problems: Problems = {
        name: [f"The selected {name} is invalid."]
        for name, allowed in choices.items()
        if name in query and query[name] not in allowed
    }
    for name, most in (("page", None), ("limit", PAGE_SIZE), ("activity_type_id", None)):
        text = query.get(name, "1")
        if not (text.isascii() and text.isdecimal()) or not 1 <= int(text[:18]) <= (most or 10**18):
            problems[name] = [
                f"The {name} must be a positive integer{f' up to {most}' * bool(most)}."
            ]
    return problems


def select(activities: Sequence[Record], query: Query, habits: ServerOptions) -> list[Record]:
    """The activities that the query asks for, in its order, as the list shows them."""
    found = [activity for activity in activities if _fits(activity, query)]
    key = query.get("sort_by", "updated_at")
    found.sort(
        key=lambda activity: (activity.get(key) or "", activity["id"]),
        reverse=query.get("sort_order", "desc") == "desc",
    )
    asked = query.get("maximize", "").split(",")
    hidden = {name for name in EXPANDED if name not in asked and "all" not in asked}
    hidden |= set(LONG if habits.short_items else ())
    return [{k: v for k, v in activity.items() if k not in hidden} for activity in found]


def _fits(activity: Record, query: Query) -> bool:
    if "search" in query:
        texts = (activity.get(name) for name in ("title", "description", "location"))
        wanted = query["search"].casefold()
        if not any(isinstance(text, str) and wanted in text.casefold() for text in texts):
            return False
    kind = activity.get("activity_type")
    stands = {
        "importance": activity.get("importance"),
        "activity_type_id": str(kind.get("id")) if isinstance(kind, dict) else None,
        "related_to_entity": _number_of(activity.get("related_to_type")),
        "related_to": activity.get("related_to"),
    }
    return all(stands[name] == query[name] for name in stands if name in query)


def _number_of(entity: object) -> str | None:
    return next((str(number) for number, name in ENTITIES.items() if name == entity), None)


def page_envelope(items: Sequence[Record], query: Query, address: str) -> Record:
    """One page in its envelope; `address` is the path's full URL, for the links to the others."""
    limit, page = int(query.get("limit", PAGE_SIZE)), int(query.get("page", 1))
    last = max(1, -(-len(items) // limit))
    first = (page - 1) * limit
    data = items[first : first + limit]

    def link(number: int) -> str | None:
        there = 1 <= number <= last
        return f"{address}?{urlencode({**query, 'page': number})}" if there else None

    return {
        "total": len(items),
        "per_page": limit,
        "current_page": page,
        "last_page": last,
        "next_page_url": link(page + 1),
        "prev_page_url": link(page - 1),
        "from": first + 1 if data else None,
        "to": first + len(data) if data else None,
        "data": data,
    }
