"""The items of a typed or pasted list of people: where each ends, and whether it is an e-mail
address, a key (slug or user ID), a name, or a phone number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple
from urllib.parse import unquote

from atz_desktop.domain.characters import APOSTROPHES, LINE_ENDS, QUOTES, SEPARATORS, strip_wrapping
from atz_desktop.domain.identifiers import may_be_name, parse_int, slug_problem
from atz_desktop.domain.kinds import People
from atz_desktop.domain.text import quoted
from atz_desktop.domain.vocabulary import ENTITY_OF_KIND

_SEPARATOR = re.compile(f"[{SEPARATORS}]+")
_LINE_END = re.compile(f"[{LINE_ENDS}]+")
_BEHIND_BRACKET = re.compile(r">(?=\s*[^\s,;>])")
_QUOTED_NAME = re.compile(r'"[^"\r\n\t<>]*+"(?=[^\S\r\n\t]*<)')
"""A name in quotes before an address: `"Doe, John" <john@…>`."""
_HIDDEN = re.compile("\ue000([0-9]+)\ue001")


def split_cells(text: str) -> Iterator[list[list[str]]]:
    """Split text into lines, lines into cells (tabs), cells into items (separators).

    Separators inside quotes are ignored; each `<address>` ends an item.
    """
    names: list[str] = []

    def hide(quote: re.Match[str]) -> str:
        names.append(quote[0])
        return f"\ue000{len(names) - 1}\ue001"

    def shown(piece: str) -> str:
        return _HIDDEN.sub(lambda place: names[int(place[1])], piece)

    plain = text.replace("\ue000", "").replace("\ue001", "")
    for line in _LINE_END.split(_BEHIND_BRACKET.sub(">,", _QUOTED_NAME.sub(hide, plain))):
        yield [list(map(shown, _SEPARATOR.split(cell))) for cell in line.split("\t")]


_OPENING: Final = "".join(quote for quote in QUOTES if quote not in APOSTROPHES)
_TO_APOSTROPHE: Final = str.maketrans(dict.fromkeys(APOSTROPHES, "'"))
# RFC 5322, 3.2.3: a local part holds apostrophes, plus signs and dots; RFC 6531 adds letters of
# all scripts. Possessive quantifiers: what was read is never read again.
# A quote between two letters is no opening one: what follows is half of an address.
_WORD: Final = (
    rf"(@|(?<=\w[{re.escape(_OPENING)}])\w)?+"
    rf"[^\s@<>()\[\]:：＜＞（）{re.escape(SEPARATORS + _OPENING)}]*+"
    r"(@[\w-]++(?:\.[\w-]++)++(?!@))?"
)
_MAILTO: Final = r"(?i)mailto:([^\s?<>]*+)(?:\?[^\s<>]*+)?"


class EmailAddress(NamedTuple):
    """An address and its position in the text."""

    address: str
    start: int
    end: int


def find_email_addresses(text: str) -> tuple[EmailAddress, ...]:
    """All addresses in order, without surrounding quotes or a trailing `'s`."""
    if "@" not in text:
        return ()
    return tuple(
        EmailAddress(strip_wrapping(found[0]).translate(_TO_APOSTROPHE), *found.span())
        for found in re.finditer(_WORD, text)
        if not found[1] and found[2] and strip_wrapping(found[0][: -len(found[2])])
    )


def sole_email_address(text: str) -> str | None:
    """The address if the text contains nothing else; otherwise None."""
    found = find_email_addresses(text)
    if len(found) != 1 or strip_wrapping(text[: found[0].start]):
        return None
    behind = text[found[0].end :]
    return None if strip_wrapping(behind.rstrip(".")) not in {"", "s"} else found[0].address


def expand_mailto(text: str) -> str:
    """Replace `mailto:` links (RFC 6068) by their addresses; parameters are dropped."""
    return re.sub(_MAILTO, lambda found: unquote(found[1]), text)


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
