"""Decodes the JSON of a response, within the limits of what may be parsed on the event loop."""

from __future__ import annotations

import json
from typing import Any

MAX_DEPTH = 64
"""Levels of nesting; a real response has five."""

_MAX_DIGITS = 1_000


def decode_json(body: bytes) -> Any:
    """Decode a JSON body. Raises ValueError.

    NaN and huge numbers are accepted: they must not fail the load of a record whose other fields
    are valid, and no field accepts one.
    """
    if not body.strip():
        raise ValueError("the body is empty")
    try:
        value = json.loads(body, parse_int=_parse_int)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if _is_too_deep(value):
        raise ValueError("nested too deeply")
    return value


def _parse_int(digits: str) -> int | float:
    """int() raises for thousands of digits."""
    return int(digits) if len(digits) <= _MAX_DIGITS else float(digits)


def _is_too_deep(value: object) -> bool:
    level = [value]
    for _ in range(MAX_DEPTH):
        containers = [item for item in level if isinstance(item, (dict, list))]
        if not containers:
            return False
        level = [
            inner
            for item in containers
            for inner in (item.values() if isinstance(item, dict) else item)
        ]
    return True


def parse_record(value: object) -> dict[str, object]:
    """One record, bare or under `data` (ATZ_API.md: the form is not documented)."""
    if not isinstance(value, dict):
        raise ValueError("not an object")
    inner = value.get("data")
    return inner if isinstance(inner, dict) and "slug" not in value else value
