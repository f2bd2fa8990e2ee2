"""Redaction of secrets in text for display, files and logs."""

from __future__ import annotations

import re
from urllib.parse import quote

MASK = "•••"

_MIN_LENGTH = 4
"""Shorter secrets would mask parts of ordinary words."""

_PATTERNS = (
    # A bearer token wherever it stands, in a header, a command line or a repr.
    (re.compile(r"(\bBearer\s+)[^\s\"'\\,;<>]+", re.IGNORECASE), rf"\1{MASK}"),
    # The same header with another scheme or none, and the one that proxies want.
    (
        re.compile(
            r"(\bAuthorization['\"]?\s*[:=,]\s*(?:b(?=['\"]))?['\"]?(?:(?:Bearer|Basic)\s+)?)"
            r"[^\s\"'\\,;<>]+",
            re.IGNORECASE,
        ),
        rf"\1{MASK}",
    ),
    # User name and password in an address, as proxies are often written; the password may hold
    # an "@" itself. Begun at the slashes, because a search for a scheme before them starts again
    # at every word, and so takes minutes for a long text of dotted words.
    (re.compile(r"(://)[^\s/]+@"), rf"\1{MASK}@"),
)

_secrets: set[str] = set()


def register_secret(secret: str) -> None:
    """Register a text for `redact` to mask, also in its URL-encoded form."""
    for form in (secret, secret.strip(), quote(secret.strip(), safe="", errors="replace")):
        if len(form) >= _MIN_LENGTH:
            _secrets.add(form)


def redact(text: str) -> str:
    """Mask registered secrets, bearer tokens and passwords in URLs."""
    for secret in sorted(_secrets, key=len, reverse=True):
        text = text.replace(secret, MASK)
    for pattern, replacement in _PATTERNS:
        text = pattern.sub(replacement, text)
    return text
