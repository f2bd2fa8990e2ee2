"""What one word of a list of people is: a key (slug or user ID), a name, or a mere number."""

from __future__ import annotations

import re

from atz_desktop.domain.characters import bare
from atz_desktop.domain.kinds import People
from atz_desktop.domain.mail_addresses import mail_addresses
from atz_desktop.domain.text import quoted
from atz_desktop.domain.validators import slug_problem, whole_number
from atz_desktop.domain.vocabulary import ENTITIES

_LIKE_A_SLUG = re.compile(r"(?=.*[A-Za-z])(?=.*[0-9_])[A-Za-z0-9_-]+")
_LIKE_A_TELEPHONE = re.compile(r"(?=.*[0-9])[0-9+()./\s–-]+")
_SLUG_BEGINNINGS = tuple(f"{entity.kind}_" for entity in ENTITIES.values())
KEYS = {"id": "user ID", "slug": "slug"}


def piece_problem(piece: str, kind: People) -> str | None:
    """Why one piece of text is no slug or ID, as a sentence; None when it is one."""
    key = bare(piece)
    if kind.by == "slug" and _LIKE_A_SLUG.fullmatch(key):
        return slug_problem(key)
    if kind.by == "id" and not kind.key_problem(key):
        return None
    if is_name(key):
        return (
            f"{quoted(piece.strip())} looks like a name: type it alone and choose the {kind.noun} "
            f"from the list, or paste the e-mail address or {KEYS[kind.by]}."
        )
    if kind.by == "id":
        return kind.key_problem(key)
    return (
        f"{quoted(piece.strip())} is no slug. Paste the slug of the {kind.noun}, "
        f"such as {kind.noun}_2f0ea5cd69a6cd6c7163."
    )


def is_name(piece: str) -> bool:
    return any(map(str.isalpha, piece)) and not set("@/") & set(piece)


def is_no_key_but_name(piece: str) -> bool:
    key = bare(piece)
    return is_name(key) and not _LIKE_A_SLUG.fullmatch(key) and not mail_addresses(piece)


def is_number(piece: str) -> bool:
    return bool(_LIKE_A_TELEPHONE.fullmatch(piece.strip()))


def is_surely_key(piece: str) -> bool:
    """Whether it cannot well be anything else; a mere number may be a telephone's."""
    return bare(piece).startswith(_SLUG_BEGINNINGS)


def words_of(text: str, kind: People) -> list[str]:
    """The words of a text that may be several keys; none where it may be one number with spaces.

    A telephone number starts with 0, and an odd space stands between the thousands of a number.
    """
    if kind.by == "slug":
        return text.split()
    words = re.split(" +", text.strip())
    return [] if any(bare(word).startswith("0") for word in words) else words


def key_of(piece: str, kind: People) -> str:
    key = bare(piece)
    return str(whole_number(key)) if kind.by == "id" else key
