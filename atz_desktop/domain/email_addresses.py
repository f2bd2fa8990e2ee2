"""Find e-mail addresses in pasted text, in linear time."""

from __future__ import annotations

import re
from typing import Final, NamedTuple
from urllib.parse import unquote

from atz_desktop.domain.characters import APOSTROPHES, QUOTES, SEPARATORS, strip_wrapping

_OPENING: Final = "".join(quote for quote in QUOTES if quote not in APOSTROPHES)
_TO_ASCII: Final = str.maketrans(dict.fromkeys(APOSTROPHES, "'"))
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
        EmailAddress(strip_wrapping(found[0]).translate(_TO_ASCII), *found.span())
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
