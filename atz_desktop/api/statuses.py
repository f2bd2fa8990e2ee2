"""From a status that is no success to our own errors, and how long the server asks to wait."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from atz_desktop.api.errors import (
    EXCERPT_LIMIT,
    AtzError,
    BadAnswer,
    BadToken,
    CaptivePortal,
    Conflict,
    Forbidden,
    Missing,
    OutcomeUnknown,
    Refused,
    ServerFault,
    TooLarge,
    TooMany,
    Why,
)
from atz_desktop.api.models import complaint
from atz_desktop.api.redact import redact

if TYPE_CHECKING:
    from collections.abc import Mapping

    from atz_desktop.api.messages import Call

_REFUSALS: dict[int, type[Refused]] = {
    401: BadToken,
    403: Forbidden,
    404: Missing,
    409: Conflict,
    413: TooLarge,
}

_SECONDS = re.compile(r"\d{1,9}(\.\d{1,9})?")


def error_of(
    call: Call, status: int, headers: Mapping[str, str], body: bytes, host: str = ""
) -> AtzError | None:
    """The error that a status means; None for a success (2xx). `host` is whom the request went to:
    a redirect away from there is a sign-in page's, one within it merely not in the documents.
    """
    if 200 <= status < 300:
        return None
    at, text = (call.method, call.path), excerpt(body)
    if status == 429:
        return TooMany(*at, wait=wait_of(headers), body_excerpt=text)
    if status == 408:
        # Some gateways say this of the server behind them, which then had the request.
        return OutcomeUnknown(*at, why=Why.TIMED_OUT, status=status)
    if 400 <= status < 500:
        message, fields = complaint(body)
        refusal = _REFUSALS.get(status, Refused)
        return refusal(*at, status=status, message=message, fields=fields, body_excerpt=text)
    if status == 511 or (300 <= status < 400 and _leads_away(headers, host)):
        return CaptivePortal(*at, status=status, body_excerpt=text)
    if 500 <= status < 600:
        return ServerFault(*at, status=status, wait=wait_of(headers), body_excerpt=text)
    kind = "a redirect" if 300 <= status < 400 else "no final status"
    # Never followed: the token belongs to one host only, and a write is not sent twice.
    return BadAnswer(*at, status=status, body_excerpt=text, detail=kind)


def is_web_page(body: bytes) -> bool:
    """Whether a body is markup: no JSON begins so."""
    return body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")


def _leads_away(headers: Mapping[str, str], host: str) -> bool:
    try:
        target = urlsplit(headers.get("location", "").strip()).hostname
    except ValueError:
        return False
    return target is not None and target != host.lower()


def excerpt(body: bytes) -> str:
    """The beginning of a body as text, without secrets."""
    # Redacted before it is cut, so that half a secret at the end is not left standing.
    return redact(body[: 32 * EXCERPT_LIMIT].decode("utf-8", "replace"))[:EXCERPT_LIMIT]


def wait_of(headers: Mapping[str, str]) -> float | None:
    """Retry-After in seconds, from either of its forms; None if there is none that one can read.

    A date is measured against the answer's own Date, because this computer's clock may be wrong.
    """
    text = headers.get("retry-after", "").strip()
    if _SECONDS.fullmatch(text):
        return float(text)
    until = _instant(text)
    if until is None:
        return None
    now = _instant(headers.get("date", "")) or datetime.now(UTC)
    return max(0.0, (until - now).total_seconds())


def _instant(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
