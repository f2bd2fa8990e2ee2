"""Maps httpx exceptions and HTTP status codes to `AtzError`: was anything sent, and the cause."""

from __future__ import annotations

import errno
import re
import socket
import ssl
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx

from atz_desktop.api.errors import (
    AtzError,
    CaptivePortal,
    Cause,
    Conflict,
    Forbidden,
    InvalidResponse,
    NotFound,
    NotSent,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    ServerError,
    TooLarge,
    Unauthorized,
)
from atz_desktop.api.redact import redact
from atz_desktop.api.response_body import excerpt, parse_error_body

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from atz_desktop.api.requests import Request, RequestTrace

_NEVER_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.InvalidURL,
    UnicodeError,  # a host that cannot be written down
)

_DISCONNECTED_MESSAGES = ("without sending", "peer closed", "incomplete")
"""httpx messages for a connection that ended too early (others mean invalid HTTP)."""

_NO_NETWORK_ERRNOS = frozenset(
    number
    for name in ("ENETUNREACH", "ENETDOWN", "EHOSTUNREACH", "EHOSTDOWN", "EADDRNOTAVAIL")
    for number in (getattr(errno, name, None), getattr(errno, "WSA" + name[1:], None))
    if number is not None
) | {10050, 10051, 10064, 10065}  # … and Windows' own numbers, where Python has no names for them

_TEMPORARY_DNS_FAILURES = frozenset({getattr(socket, "EAI_AGAIN", None), 11002})


def map_timeout(request: Request, trace: RequestTrace, status: int | None = None) -> AtzError:
    """The error for a response that was not complete after `Timeouts.total`."""
    if trace.definitely_not_sent:
        return NotSent(request.method, request.path, cause=Cause.TIMED_OUT)
    return OutcomeUnknown(request.method, request.path, cause=Cause.TIMED_OUT, status=status)


def map_error(
    request: Request, trace: RequestTrace, error: Exception, status: int | None = None
) -> AtzError:
    """Map an exception of httpx. The result keeps no reference to it: the exception references
    the request, and that contains the token.
    """
    roots = list(_exception_chain(error))
    detail = redact("; ".join(f"{type(root).__name__}: {root}" for root in roots))
    why = _cause(error, roots)
    if isinstance(error, _NEVER_SENT) or trace.definitely_not_sent:
        if trace.through_proxy and why not in (Cause.CERTIFICATE, Cause.TIMED_OUT):
            why = Cause.PROXY
        return NotSent(request.method, request.path, cause=why, detail=detail)
    if isinstance(error, httpx.DecodingError):
        return InvalidResponse(request.method, request.path, status=status, detail=detail)
    return OutcomeUnknown(request.method, request.path, cause=why, status=status, detail=detail)


def _cause(error: Exception, roots: list[BaseException]) -> Cause:
    if isinstance(error, httpx.PoolTimeout):
        return Cause.POOL_TIMEOUT
    if isinstance(error, httpx.TimeoutException):
        return Cause.TIMED_OUT
    if isinstance(error, httpx.ProxyError):
        return Cause.PROXY
    if isinstance(error, (httpx.InvalidURL, httpx.UnsupportedProtocol, UnicodeError)):
        return Cause.INVALID_REQUEST
    if isinstance(error, httpx.ProtocolError):
        return (
            Cause.DISCONNECTED
            if any(word in str(error) for word in _DISCONNECTED_MESSAGES)
            else Cause.NOT_HTTP
        )
    found = {why for why in map(_cause_of, roots) if why is not None}
    # A name with two addresses fails twice: report the most specific cause.
    for why in (Cause.CERTIFICATE, Cause.TLS, Cause.NAME_NOT_FOUND, Cause.CONNECTION_REFUSED):
        if why in found:
            return why
    if Cause.NO_NETWORK in found or isinstance(error, httpx.ConnectError):
        return Cause.NO_NETWORK
    return Cause.DISCONNECTED


def _cause_of(root: BaseException) -> Cause | None:
    if isinstance(root, ssl.SSLCertVerificationError):
        return Cause.CERTIFICATE
    if isinstance(root, ssl.SSLError):
        return Cause.TLS
    if isinstance(root, socket.gaierror):
        # "Try again" is what a machine without any network answers.
        return Cause.NO_NETWORK if root.errno in _TEMPORARY_DNS_FAILURES else Cause.NAME_NOT_FOUND
    if isinstance(root, ConnectionRefusedError):
        return Cause.CONNECTION_REFUSED
    if isinstance(root, OSError) and root.errno in _NO_NETWORK_ERRNOS:
        return Cause.NO_NETWORK
    return None


def _exception_chain(error: BaseException) -> Iterator[BaseException]:
    """The exception and its causes and contexts, including exception groups."""
    seen: set[int] = set()
    left: list[BaseException | None] = [error]
    while left:
        item = left.pop(0)
        if item is None or id(item) in seen:
            continue
        seen.add(id(item))
        if isinstance(item, BaseExceptionGroup):
            left.extend(item.exceptions)
        else:
            yield item
        left.append(item.__cause__ or item.__context__)


_REJECTIONS: dict[int, type[Rejected]] = {
    401: Unauthorized,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
    413: TooLarge,
}

_SECONDS = re.compile(r"\d{1,9}(\.\d{1,9})?")


def map_status(
    request: Request, status: int, headers: Mapping[str, str], body: bytes, host: str = ""
) -> AtzError:
    """The error that a status means which is no success (2xx). `host` is whom the request went to:
    a redirect away from there is a sign-in page's, one within it merely not in the API docs.
    """
    at, text = (request.method, request.path), excerpt(body)
    if status == 429:
        wait = parse_retry_after(headers)
        return RateLimited(*at, status=status, retry_after=wait, body_excerpt=text)
    if status == 408:
        # Some gateways answer this for the server behind them, which may have got the request.
        return OutcomeUnknown(*at, cause=Cause.TIMED_OUT, status=status)
    if 400 <= status < 500:
        message, fields = parse_error_body(body)
        refusal = _REJECTIONS.get(status, Rejected)
        return refusal(*at, status=status, message=message, fields=fields, body_excerpt=text)
    if status == 511 or (300 <= status < 400 and _redirects_elsewhere(headers, host)):
        return CaptivePortal(*at, status=status, body_excerpt=text)
    if 500 <= status < 600:
        wait = parse_retry_after(headers)
        return ServerError(*at, status=status, retry_after=wait, body_excerpt=text)
    kind = "a redirect" if 300 <= status < 400 else "no final status"
    # Never followed: the token belongs to one host only, and a write is not sent twice.
    return InvalidResponse(*at, status=status, body_excerpt=text, detail=kind)


def _redirects_elsewhere(headers: Mapping[str, str], host: str) -> bool:
    try:
        target = urlsplit(headers.get("location", "").strip()).hostname
    except ValueError:
        return False
    return target is not None and target != host.lower()


def parse_retry_after(headers: Mapping[str, str]) -> float | None:
    """Retry-After in seconds (number or date); None if missing or invalid.

    A date is measured against the response's own Date, because this computer's clock may be wrong.
    """
    text = headers.get("retry-after", "").strip()
    if _SECONDS.fullmatch(text):
        return float(text)
    until = _parse_http_date(text)
    if until is None:
        return None
    now = _parse_http_date(headers.get("date", "")) or datetime.now(UTC)
    return max(0.0, (until - now).total_seconds())


def _parse_http_date(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
