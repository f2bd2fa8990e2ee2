"""Numbers and slugs: what ATZ takes for one, and which is meant by a typed or pasted text.

It never guesses.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple
from urllib.parse import unquote

from atz_desktop.domain.characters import SEPARATORS, length_problem, strip_wrapping
from atz_desktop.domain.text import quoted
from atz_desktop.domain.vocabulary import ENTITIES

MAX_INT64 = 2**63 - 1
"""The largest ID that fits a 64-bit database column."""


def parse_int(text: str) -> int | None:
    """Parse ASCII digits, up to `MAX_INT64`; None for anything else."""
    if not (text.isascii() and text.isdigit()):
        return None
    digits = text.lstrip("0") or "0"
    number = int(digits) if len(digits) <= len(str(MAX_INT64)) else MAX_INT64 + 1
    return number if number <= MAX_INT64 else None


_SLUG_PATTERN = re.compile(rf"[^\s:@/\\<>\"'{SEPARATORS}]+")
"""One word without list separators or URL characters."""


def slug_problem(slug: str, limit: int | None = 50) -> str | None:
    """Error text if this cannot be a slug; its prefix is never checked (ATZ_API.md, slugs)."""
    if not (_SLUG_PATTERN.fullmatch(slug) and slug.isprintable()):
        return (
            f"{quoted(slug)} is no slug: a slug is one word, "
            "such as candidate_2f0ea5cd69a6cd6c7163."
        )
    return length_problem(slug, limit)


_NUMBER = re.compile(r"(?:activity)? ?(?:#|no\.?|id)? ?[:#]? ?([0-9]+)", re.IGNORECASE)
_ACTIVITY_URL = r"(?i)(?:.*/)?activit(?:y|ies)/([0-9]+)(?:[/?#].*)?"
_ID_IN_URL = r"(?i)activit(?:y|ies)/([0-9]+)"


def parse_activity_id(text: str) -> int | None:
    """The ID in `42`, `#42`, or text that holds an address ending in `/activity/42`; else None.

    Text that holds several numbers is never guessed at.
    """
    found = _NUMBER.fullmatch(" ".join(strip_wrapping(text).split()))
    return (parse_int(found[1]) if found else _id_in_urls(text)) or None


def _id_in_urls(text: str) -> int | None:
    ids = set()
    for word in text.split():
        address = strip_wrapping(strip_wrapping(word).rstrip(".,;:!?"))
        if re.fullmatch(_ACTIVITY_URL, address):
            ids |= set(re.findall(_ID_IN_URL, address))
        elif any(c.isdigit() for c in word):
            return None
    return parse_int(ids.pop()) if len(ids) == 1 else None


def parse_search_text(text: str) -> str | None:
    """Search text typed in the ID field; None if there is none.

    URLs and bare numbers are no search text.
    """
    words = " ".join(text.split())
    return words if any(c.isalpha() for c in words) and "://" not in words else None


_ENTITY_NUMBERS: Final = {str(entity.kind): number for number, entity in ENTITIES.items()}
_RECORD_URL: Final = re.compile(
    rf"(?:.*/)?({'|'.join(_ENTITY_NUMBERS)})s?/([^/?#\s]+)(?:[/?#].*)?", re.IGNORECASE | re.DOTALL
)


class RecordReference(NamedTuple):
    """A slug, and the kind of record (its number) where an address says it."""

    slug: str
    entity: int | None = None


def parse_record(text: str) -> RecordReference:
    """The slug in `candidate_1`, `“candidate_1”` or `https://…/candidates/candidate_1`.

    Any other text comes back as it is, without what mail programs put around it, or a full stop
    behind a slug.
    """
    plain = strip_wrapping(text)
    bare = plain.rstrip(".!?…")
    if "_" in bare.rpartition("/")[2] and len(bare.split()) == 1:
        plain = bare
    found = _RECORD_URL.fullmatch(plain)
    return (
        RecordReference(unquote(found[2]), _ENTITY_NUMBERS[found[1].lower()])
        if found
        else RecordReference(plain)
    )


def may_be_name(text: str) -> bool:
    """Whether text may be a name, also one with a digit: `Mueller2`.

    Slugs may have any form (ATZ_API.md), but a name has no underscore and begins with no digit.
    """
    return text[:1].isalpha() and "_" not in text
