"""Text conversions for storage."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any


def json_values_text(text: str | None, without: Iterable[str] = ()) -> str:
    """All values (not keys) of a JSON text, one per line; the text itself if it is not JSON.

    `without` are keys of the outermost object whose values are left out.
    """
    if not text:
        return ""
    try:
        found = json.loads(text)
        if isinstance(found, dict):
            found = {key: value for key, value in found.items() if key not in set(without)}
        return "\n".join(_leaves(found))
    except (ValueError, RecursionError):
        return text


def to_utc_text(at: str) -> str:
    """Normalize an ISO 8601 time to UTC in a fixed format that sorts as text.

    Raises ValueError if it is invalid or has no zone.
    """
    moment = datetime.fromisoformat(at)
    if moment.tzinfo is None:
        raise ValueError(f"A time without a zone: {at}")
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for inner in value.values():
            yield from _leaves(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _leaves(inner)
    elif value is not None and not isinstance(value, bool):
        yield str(value)
