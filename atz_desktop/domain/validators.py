"""Validation of text for requests: numbers and slugs."""

from __future__ import annotations

import re

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
