"""Text as it is stored and as it is searched."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

# Letters that Unicode does not take apart, written as a person without them on the keyboard would.
_UNDECOMPOSED_LETTERS = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ŧ": "t", "ı": "i", "æ": "ae", "œ": "oe"}
    | {"þ": "th"}
)


def fold(text: str) -> str:
    """The text without case and accents, as it is compared: `Łukasz Müller` → `lukasz muller`."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(letter for letter in apart if not unicodedata.combining(letter))
    return bare.translate(_UNDECOMPOSED_LETTERS)


def escape_surrogates(text: str) -> str:
    """The text as UTF-8 can hold it: half of a surrogate pair is written as `\\ud83d`.

    A server may send such halves. Inside JSON the result means the same as before.
    """
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def json_values_text(text: str | None) -> str:
    """The values (not the keys) inside JSON text, one a line; the text itself if it is no JSON."""
    if not text:
        return ""
    try:
        return "\n".join(_leaves(json.loads(text)))
    except (ValueError, RecursionError):
        return text


def to_utc_text(at: str) -> str:
    """An ISO 8601 time as UTC in one fixed form, so that times can be compared as texts.

    Raises ValueError for what is no time or has no zone.
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
