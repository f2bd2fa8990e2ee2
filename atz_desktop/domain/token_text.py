"""Parsing and syntax check of a pasted API token."""

from __future__ import annotations

import re
from typing import Final

from atz_desktop.domain.characters import unquote

_HEADER: Final = re.compile(
    r"(?:authorization\s*[:=]\s*)?(?:bearer\s+)?(.*)", re.IGNORECASE | re.DOTALL
)

NO_TOKEN: Final = (
    "This can't be a token, so nothing was sent: a token is one word of plain letters, digits and "
    "signs. Copy it again, whole."
)


def parse_token(text: str) -> str:
    """The token in `tok_…`, `“tok_…”` or `Authorization: Bearer tok_…`."""
    found = _HEADER.fullmatch(unquote(text))
    return unquote(found[1]) if found else ""


def is_valid_token(token: str) -> bool:
    """Whether a header can contain it (RFC 9110, 5.5). Whether it is accepted, only ATZ knows."""
    return token.isascii() and token.isprintable() and bool(token) and " " not in token
