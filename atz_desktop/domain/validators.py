"""Validation of text for requests: numbers, slugs, URLs, lengths."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from atz_desktop.domain.characters import SEPARATORS, length_problem
from atz_desktop.domain.text import quoted

MAX_INT64 = 2**63 - 1
"""The largest ID that fits a 64-bit database column."""


def parse_int(text: str) -> int | None:
    """Parse ASCII digits, up to `MAX_INT64`; None for anything else."""
    if not (text.isascii() and text.isdigit()):
        return None
    digits = text.lstrip("0") or "0"
    number = int(digits) if len(digits) <= len(str(MAX_INT64)) else MAX_INT64 + 1
    return number if number <= MAX_INT64 else None


SLUG_PATTERN = re.compile(rf"[^\s:@/\\<>\"'{SEPARATORS}]+")
"""One word without list separators or URL characters."""


def slug_problem(slug: str, limit: int | None = 50) -> str | None:
    """Error text if this cannot be a slug; its prefix is never checked (ATZ_API.md, slugs)."""
    if not (SLUG_PATTERN.fullmatch(slug) and slug.isprintable()):
        return (
            f"{quoted(slug)} is no slug: a slug is one word, "
            "such as candidate_2f0ea5cd69a6cd6c7163."
        )
    return length_problem(slug, limit)


def is_web_url(text: str) -> bool:
    """Whether text is a complete http or https URL, safe to open in a browser."""
    if any(c.isspace() or not c.isprintable() for c in text):
        return False
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname)


def add_https(text: str) -> str | None:
    """Add https:// to text such as `zoom.us/j/1`; None if that gives no URL with a domain."""
    address = f"https://{text.removeprefix('//')}"
    host = urlsplit(address).hostname if is_web_url(address) else None
    has_domain = bool(host) and "." in str(host).strip(".")
    return address if has_domain and "://" not in text and "@" not in text else None


def url_problem(text: str) -> str | None:
    if is_web_url(text):
        return None
    return "This is no web address: it must start with https:// or http://."
