"""What somebody typed or pasted to name a record: a slug, an address that holds one, or a name."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from atz_desktop.domain.characters import bare
from atz_desktop.domain.vocabulary import ENTITIES

_KINDS: Final = {name.lower(): entity for entity, name in ENTITIES.items()}
_ADDRESS: Final = re.compile(
    rf"(?:.*/)?({'|'.join(_KINDS)})s?/([^/?#\s]+)(?:[/?#].*)?", re.IGNORECASE | re.DOTALL
)


class RecordText(NamedTuple):
    """A slug, and the kind of record (its number) where an address says it."""

    slug: str
    entity: int | None = None


def record_text(text: str) -> RecordText:
    """The slug in `candidate_1`, `“candidate_1”` or `https://…/candidates/candidate_1`.

    Any other text comes back as it is, without what mail programs put around it.
    """
    plain = bare(text)
    found = _ADDRESS.fullmatch(plain)
    return RecordText(found[2], _KINDS[found[1].lower()]) if found else RecordText(plain)


def looks_like_a_name(text: str) -> bool:
    """Whether text is rather a person's or a firm's name than a slug: no digit, no underscore."""
    return bool(text) and not any(letter.isdigit() or letter == "_" for letter in text)
