"""Reads the signed release file: same HTTP client, proxy and certificates as the API, but no token,
no cookie, and nothing about the user or the computer.

The file is JSON, `{"release": "<JSON text>", "signature": "<Base64>"}`. The Ed25519 signature
covers the UTF-8 bytes of the text, so that no canonical JSON is needed. The text contains
 `product`, `version`, `released` (a date), `notes` (plain text) and `link` (https).
"""

from __future__ import annotations

import asyncio
import base64
import json
import re
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from atz_desktop.api.errors import Cause, InvalidResponse, NotSent, UnusableProxy
from atz_desktop.api.requests import Request, Timeouts
from atz_desktop.domain.quick_dataclass import dataclass
from atz_desktop.domain.urls import is_loopback

if TYPE_CHECKING:
    import httpx

    from atz_desktop.api.requests import Response
    from atz_desktop.api.transport import Exchange

PRODUCT = "atz-desktop"
MAX_SIZE = 64 * 1024
"""Bytes of the file."""
_VERSION = re.compile(r"\d{1,6}(\.\d{1,6}){0,3}")

Proxy = str | Callable[[str], str | None] | None
"""As `AtzClient` takes it."""


@dataclass(frozen=True)
class Release:
    """A published version. Not trusted before the signature was checked."""

    version: str
    released: str
    notes: str
    link: str


class UntrustedReleaseError(Exception):
    """The file is not signed with the publisher's key, or is for another product."""


async def latest_release(
    address: str, key: str, proxy: Proxy, timeouts: Timeouts | None = None
) -> Release:
    """The newest version. Raises AtzError when the file cannot be fetched, UntrustedReleaseError.

    `address` is https, or http on this computer; `key` an Ed25519 public key, Base64.
    """
    response = await _fetch(address, proxy, timeouts or Timeouts())
    return await asyncio.to_thread(read_release, response.body, key)


async def _fetch(address: str, proxy: Proxy, timeouts: Timeouts) -> Response:
    parts = urlsplit(address)
    base, local = f"{parts.scheme}://{parts.netloc}", is_loopback(parts.hostname or "")
    request = Request("GET", parts.path or "/", parts.query, background=True)
    if parts.scheme != "https" and not (parts.scheme == "http" and local):
        raise NotSent(
            request.method, request.path, cause=Cause.TLS, detail="the address is not https"
        )

    def connect() -> tuple[httpx.AsyncClient, Exchange]:
        from atz_desktop.api.transport import Exchange, create_http_client

        chosen = proxy(address) if callable(proxy) and not local else proxy
        http = create_http_client(base, timeouts, None, None if callable(chosen) else chosen)
        return http, Exchange(http, base, request, timeouts)

    try:
        http, exchange = await asyncio.to_thread(connect)
    except ValueError as unusable:
        why = unusable.cause if isinstance(unusable, UnusableProxy) else Cause.PROXY_SETTING
        raise NotSent(request.method, request.path, cause=why) from None
    async with http:
        response = await exchange.run({}, None)
    if len(response.body) > MAX_SIZE:
        raise InvalidResponse(
            request.method, request.path, status=response.status, detail="too large"
        )
    return response


def read_release(content: bytes, key: str) -> Release:
    """Verify the signature and parse the file. Raises UntrustedReleaseError."""
    from nacl.exceptions import BadSignatureError, CryptoError
    from nacl.signing import VerifyKey

    try:
        envelope = json.loads(content)
        text = str(envelope["release"]).encode()
        signature = base64.b64decode(str(envelope["signature"]), validate=True)
        VerifyKey(base64.b64decode(key, validate=True)).verify(text, signature)
        found = json.loads(text)
        release = Release(*(str(found[name]) for name in Release.__dataclass_fields__))
        is_ours = found["product"] == PRODUCT
    except BadSignatureError:
        raise UntrustedReleaseError("the signature does not fit") from None
    except (CryptoError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise UntrustedReleaseError(type(error).__name__) from None
    link = urlsplit(release.link)
    if not (is_ours and _VERSION.fullmatch(release.version) and link.scheme == "https"):
        raise UntrustedReleaseError("a signed file of another product or form")
    return release


def is_newer(version: str, than: str) -> bool:
    """Compare dotted version numbers: 0.10 is newer than 0.9.1."""
    return _version_tuple(version) > _version_tuple(than)


def _version_tuple(version: str) -> tuple[int, ...]:
    found = _VERSION.match(version)
    numbers = [int(each) for each in found[0].split(".")] if found else []
    return tuple(numbers + [0] * (4 - len(numbers)))
