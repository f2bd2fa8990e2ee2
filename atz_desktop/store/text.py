"""Text conversions for storage and search."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

# Letters without a Unicode decomposition, as typed on a keyboard that lacks them.
_UNDECOMPOSED_LETTERS = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ŧ": "t", "ı": "i", "æ": "ae", "œ": "oe"}
    | {"þ": "th"}
)


def fold(text: str) -> str:
    """Remove case and accents for comparison: `Łukasz Müller` → `lukasz muller`."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(letter for letter in apart if not unicodedata.combining(letter))
    return bare.translate(_UNDECOMPOSED_LETTERS)


def escape_surrogates(text: str) -> str:
    """Escape lone surrogates (`\\ud83d`), which UTF-8 cannot hold.

    A server may send such halves. Inside JSON the result means the same as before.
    """
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


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
