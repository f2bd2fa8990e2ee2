"""Classify one item of a list of people: key (slug or user ID), name, or phone number."""

from __future__ import annotations

import re

from atz_desktop.domain.characters import strip_wrapping
from atz_desktop.domain.email_addresses import find_email_addresses
from atz_desktop.domain.identifiers import may_be_name, parse_int, slug_problem
from atz_desktop.domain.kinds import People
from atz_desktop.domain.text import quoted
from atz_desktop.domain.vocabulary import ENTITY_OF_KIND

_SLUG_LIKE = r"(?=.*[A-Za-z])(?=.*[0-9_])[A-Za-z0-9_-]+"
_PHONE_LIKE = r"(?=.*[0-9])[0-9+()./\s–-]+"
_SLUG_PREFIXES = tuple(f"{kind}_" for kind in ENTITY_OF_KIND)
_PHONE_DIGITS = 7
"""Telephone numbers without an area code have so many and more; IDs of users are seldom so long."""
KEY_LABELS = {"id": "user ID", "slug": "slug"}


def key_text_problem(piece: str, kind: People) -> str | None:
    """Error text if an item is no slug or ID; otherwise None."""
    key = strip_wrapping(piece)
    if kind.by == "slug" and re.fullmatch(_SLUG_LIKE, key):
        return slug_problem(key)
    if kind.by == "id" and not kind.key_problem(key):
        return None
    if is_name(key):
        return (
            f"{quoted(piece.strip())} looks like a name: type it alone and choose the {kind.noun} "
            f"from the list, or paste the e-mail address or {KEY_LABELS[kind.by]}."
        )
    if kind.by == "id":
        return kind.key_problem(key)
    return (
        f"{quoted(piece.strip())} is no slug. Paste the slug of the {kind.noun}, "
        f"such as {kind.noun}_2f0ea5cd69a6cd6c7163."
    )


def is_name(piece: str) -> bool:
    return any(map(str.isalpha, piece)) and not set("@/") & set(piece)


def is_plain_name(piece: str) -> bool:
    key = strip_wrapping(piece)
    is_key = re.fullmatch(_SLUG_LIKE, key) and not may_be_name(key)
    return is_name(key) and not is_key and not find_email_addresses(piece)


def is_doubtful_key(key: str, kind: People) -> bool:
    """Whether a key may as well be a name: `Mueller2`."""
    return kind.by == "slug" and may_be_name(key)


def is_phone_like(piece: str) -> bool:
    return bool(re.fullmatch(_PHONE_LIKE, piece.strip()))


def is_long_as_a_phone_number(key: str) -> bool:
    return len(key) >= _PHONE_DIGITS


def is_certain_key(piece: str) -> bool:
    """Whether it can only be a key; a bare number may be a phone number."""
    return strip_wrapping(piece).startswith(_SLUG_PREFIXES)


def split_keys(text: str, kind: People) -> list[str]:
    """Split text into keys; empty if it may be one number or name with spaces in it.

    A phone number starts with 0, and an unusual space may separate thousands.
    """
    if kind.by == "slug":
        words = text.split()
        names = any(map(may_be_name, map(strip_wrapping, words)))
        return [] if names and not any(map(find_email_addresses, words)) else words
    words = re.split(" +", text.strip())
    return [] if any(strip_wrapping(word).startswith("0") for word in words) else words


def normalize_key(piece: str, kind: People) -> str:
    key = strip_wrapping(piece)
    return str(parse_int(key)) if kind.by == "id" else key
