"""AtzClient: one method per endpoint of ATZ_API.md.

Importing this loads neither httpx nor pydantic. The first request loads httpx, the first page
pydantic; both on a worker thread, so that the window stays alive meanwhile.
"""

from __future__ import annotations

import asyncio
import random
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple, TypeVar
from urllib.parse import urlsplit

from atz_desktop.api import requests
from atz_desktop.api.errors import (
    UNREACHABLE_CAUSES,
    AtzError,
    CaptivePortal,
    Cause,
    InvalidResponse,
    NotSent,
    UnusableProxy,
)
from atz_desktop.api.multipart import Upload
from atz_desktop.api.rate_limiter import RateLimiter
from atz_desktop.api.redact import redact, register_secret
from atz_desktop.api.requests import Page, PendingDelay, Request, Timeouts, TransportOptions
from atz_desktop.domain.activity import validate_response
from atz_desktop.domain.fields import ACTIVITY
from atz_desktop.domain.urls import is_loopback, normalize_api_url

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    import httpx

    from atz_desktop.api.network import CertificatesVersion
    from atz_desktop.api.transport import Transport

INLINE_PARSE_LIMIT = 64 * 1024
"""Bytes; larger responses are parsed in a thread (these take a few milliseconds)."""

_T = TypeVar("_T")


class _Network(NamedTuple):
    """What decides how the server is reached: for another one, connections are made anew."""

    proxy: str | None
    certificates: CertificatesVersion


class AtzClient:
    """API client of one account, for one event loop. Methods raise AtzError."""

    def __init__(  # noqa: PLR0913  what differs between one account and another, by name
        self,
        api_url: str,
        token: str | Callable[[], str | None],
        *,
        rate_limiter: RateLimiter | None = None,
        timeouts: Timeouts | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        proxy: str | Callable[[str], str | None] | None = None,
        on_wait: Callable[[PendingDelay], None] | None = None,
        renew_token: Callable[[str], Awaitable[bool]] | None = None,
        on_end: Callable[[AtzError | None], None] | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        """`token` may be a function, called for each request. `rate_limiter` is shared by all
        clients of one token. `proxy`: None for the system settings, "" for none, or a function from
        URL to one of these, called on a worker thread, again after ATZ was unreachable. `on_wait`
        is called at the start of each delay (`PendingDelay.finished`: its end). `renew_token` gets
        a token that was rejected and returns whether there is a new one. `on_end` is called after
        each request with its error, if any.

        Raises ValueError if the token must not be sent to this URL (`normalize_api_url`).
        """
        self._address = normalize_api_url(api_url)
        if isinstance(token, str):
            register_secret(token)
        self.rate_limiter = rate_limiter or RateLimiter()
        self._renew_token = renew_token
        self._options = TransportOptions(
            token=(lambda: token) if isinstance(token, str) else token,
            rate_limiter=self.rate_limiter,
            timeouts=timeouts or Timeouts(),
            on_wait=on_wait or (lambda delay: None),
            renew=self._count_renewal if renew_token else None,
            on_end=on_end or (lambda error: None),
            sleep=sleep,
            jitter=jitter,
        )
        self._http_transport = transport
        self._proxy = proxy
        self._network: _Network | None = None
        self._is_unreachable = False
        self._in_flight = 0
        self._token_changes = 0
        self._token_hash: int | None = None
        self._transport: Transport | None = None
        self._transport_lock = asyncio.Lock()
        self._closed = False
        self._delays_cancelled = False

    async def get_activity(
        self, activity_id: int, *, background: bool = False, slots: int = 1
    ) -> dict[str, object]:
        """GET /v1/activity/:id, exactly as received. `slots`: see `Request`."""
        path = requests.resource_path(ACTIVITY.name, str(activity_id))
        request = replace(requests.get(path, background=background), slots=slots)
        return await self._activity(request, activity_id)

    async def update_activity(
        self,
        activity_id: int,
        fields: Mapping[str, object],
        upload: Upload | None = None,
        precondition: Callable[[], Awaitable[None]] | None = None,
        *,
        background: bool = False,
    ) -> dict[str, object]:
        """PUT /v1/activity/:id with exactly these fields; returns the activity of the response.

        Values are str, int and bool; at most one is a `LocalFile`: then the request is multipart,
        with progress and cancellation through `upload`. `precondition`: see `Request`. Raises
        ValueError (a programming error) for no fields and for other values.
        """
        path = requests.resource_path(ACTIVITY.name, str(activity_id))
        request = replace(
            requests.put(path, fields, upload), precondition=precondition, background=background
        )
        return await self._activity(request, activity_id)

    async def list_activities(
        self, query: Mapping[str, object], *, background: bool = False
    ) -> Page:
        """GET /v1/activity. Keys as in ATZ_API.md; None is left out, booleans are true/false."""
        return await self._page(requests.get(ACTIVITY.path, query, background=background))

    async def list_records(self, entity: str, page: int, *, background: bool = False) -> Page:
        """GET /v1/{entity}, 25 at a time from page 1: candidate, deal; others may not exist."""
        query = {"page": page, "limit": requests.PAGE_SIZE}
        return await self._page(
            requests.get(requests.resource_path(entity), query, background=background)
        )

    async def list_types(self, *, background: bool = False) -> Page:
        """GET the account's activity types at `requests.TYPES_PATH`, which may not exist."""
        return await self._page(requests.get(requests.TYPES_PATH, background=background))

    async def get_record(
        self, entity: str, slug: str, *, background: bool = False
    ) -> dict[str, object]:
        """GET /v1/{entity}/:slug: job and deal are documented, others may not exist."""
        return await self._send_and_parse(
            requests.get(requests.resource_path(entity, slug), background=background), _parse_record
        )

    async def check(self, *, background: bool = False) -> None:
        """Send a minimal request to test URL and token."""
        query = {"page": 1, "limit": 1}
        await self._page(requests.get(ACTIVITY.path, query, background=background))

    @property
    def token_renewals(self) -> int:
        """Another number whenever the token may be another, and so another account's."""
        known = self._token_hash
        self._token_hash = hash(self._options.token())
        self._token_changes += known not in {None, self._token_hash}
        return self._token_changes

    def cancel_delays(self) -> None:
        """Cancel current and future delays: delayed requests raise their error."""
        self._delays_cancelled = True
        if self._transport is not None:
            self._transport.cancel_delays()

    async def close(self) -> None:
        """Close all connections. Requests in flight are cut off; later ones raise NotSent."""
        self._closed = True
        await self._close_transport()

    async def _count_renewal(self, refused: str) -> bool:
        assert self._renew_token is not None
        renewed = await self._renew_token(refused)
        self._token_changes += renewed  # even the same one may have been given to another account
        return renewed

    async def _activity(self, request: Request, activity_id: int) -> dict[str, object]:
        return await self._send_and_parse(
            request, lambda value: validate_response(value, activity_id)
        )

    async def _page(self, request: Request) -> Page:
        return await self._send_and_parse(request, _parse_page, in_thread=True)

    async def _send_and_parse(
        self, request: Request, parse: Callable[[object], _T], *, in_thread: bool = False
    ) -> _T:
        """Send, decode and check. `parse` raises ValueError for what is not in the API docs."""
        transport = await self._ensure_transport(request)
        self._in_flight += 1
        try:
            response = await transport.send(request)
        except NotSent as error:
            self._is_unreachable = error.cause in {*UNREACHABLE_CAUSES, Cause.CERTIFICATE}
            raise
        finally:
            self._in_flight -= 1

        from atz_desktop.api.response_body import decode_json, excerpt, is_html

        def read() -> _T:
            return parse(decode_json(response.body))

        try:
            if in_thread or len(response.body) > INLINE_PARSE_LIMIT:
                return await asyncio.to_thread(read)
            return read()
        except ValueError as wrong:
            detail = redact(str(wrong))
        raise (CaptivePortal if is_html(response.body) else InvalidResponse)(
            request.method,
            request.path,
            status=response.status,
            body_excerpt=excerpt(response.body),
            detail=detail,
        )

    async def _ensure_transport(self, request: Request) -> Transport:
        why = Cause.CLOSED
        async with self._transport_lock:
            try:
                if self._is_unreachable and not self._in_flight and not self._closed:
                    await self._recheck_network()
                if self._transport is None and not self._closed:
                    self._transport = await asyncio.to_thread(self._create_transport)
            except UnusableProxy as unusable:
                why = unusable.cause
            except ValueError:  # what the system named as proxy was no address
                why = Cause.PROXY_SETTING
            if self._closed:  # perhaps only now: finding the proxy may have taken seconds
                await self._close_transport()
                raise NotSent(request.method, request.path, cause=Cause.CLOSED)
            if self._transport is None:
                raise NotSent(request.method, request.path, cause=why)
            return self._transport

    async def _close_transport(self) -> None:
        if self._transport is not None:
            await self._transport.close()

    async def _recheck_network(self) -> None:
        """Reconnect if the computer is on another network now, or trusts other certificates."""
        self._is_unreachable = False
        if (
            self._transport is not None
            and await asyncio.to_thread(self._find_network) != self._network
        ):
            old, self._transport = self._transport, None
            await old.close()

    def _find_network(self) -> _Network:
        from atz_desktop.api.network import certificates_version

        return _Network(self._find_proxy(), certificates_version())

    def _find_proxy(self) -> str | None:
        """The proxy to use. May block (system settings)."""
        if not callable(self._proxy):
            return self._proxy
        if is_loopback(urlsplit(self._address).hostname or ""):
            return ""  # this computer itself: a script about it would cost seconds for nothing
        return self._proxy(self._address)

    def _create_transport(self) -> Transport:
        """Runs on a worker thread: importing httpx takes about 45 ms."""
        from atz_desktop.api.transport import Transport, create_http_client

        self._network = self._find_network()
        http = create_http_client(
            self._address, self._options.timeouts, self._http_transport, self._network.proxy
        )
        made = Transport(self._address, http, self._options)
        if self._delays_cancelled:
            made.cancel_delays()
        return made


def _parse_page(value: object) -> Page:
    """Runs on a worker thread: the first one imports pydantic, which takes 80 ms."""
    from atz_desktop.api.models import parse_page

    return parse_page(value)


def _parse_record(value: object) -> dict[str, object]:
    """One record, bare or under `data` (ATZ_API.md: the form is not documented)."""
    if not isinstance(value, dict):
        raise ValueError("not an object")
    inner = value.get("data")
    return inner if isinstance(inner, dict) and "slug" not in value else value
