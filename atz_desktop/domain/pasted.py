"""Activity IDs out of typed or pasted text. It proposes and never guesses."""

from __future__ import annotations

import re

from atz_desktop.domain.characters import bare
from atz_desktop.domain.checks import whole_number

_NUMBER = re.compile(r"(?:activity)? ?(?:#|no\.?|id)? ?[:#]? ?([0-9]+)", re.IGNORECASE)
_ADDRESS = re.compile(r"(?:.*/)?activit(?:y|ies)/([0-9]+)(?:[/?#].*)?", re.IGNORECASE)
_IN_ADDRESS = re.compile(r"activit(?:y|ies)/([0-9]+)", re.IGNORECASE)


def activity_id(text: str) -> int | None:
    """The ID in `42`, `#42`, or text that holds an address ending in `/activity/42`; else None.

    Text that holds several numbers is never guessed at.
    """
    found = _NUMBER.fullmatch(" ".join(bare(text).split()))
    return (whole_number(found[1]) if found else _addressed(text)) or None


def _addressed(text: str) -> int | None:
    ids = set()
    for word in text.split():
        address = bare(bare(word).rstrip(".,;:!?"))
        if _ADDRESS.fullmatch(address):
            ids |= set(_IN_ADDRESS.findall(address))
        elif any(c.isdigit() for c in word):
            return None
    return whole_number(ids.pop()) if len(ids) == 1 else None


def search_words(text: str) -> str | None:
    """The words that somebody typed in place of an ID, to look for them; None when there are none.

    An address is never looked for, and nor is a mere number.
    """
    words = " ".join(text.split())
    return words if any(c.isalpha() for c in words) and "://" not in words else None
