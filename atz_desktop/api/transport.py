"""Transport.send(): token, rate limit, delays, retries where that is safe, and each try (Exchange)
within its time and size. The one place where httpx sends.

Nothing here follows a redirect, keeps a cookie, or trusts a certificate that the system does not.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import AsyncExitStack
from http.cookiejar import CookieJar
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx

from atz_desktop import __version__
from atz_desktop.api.error_mapping import map_error, map_status, map_timeout
from atz_desktop.api.errors import (
    AtzError,
    Cause,
    InvalidResponse,
    NotSent,
    RateLimited,
    Unauthorized,
    UploadCancelled,
)
from atz_desktop.api.multipart import MultipartBody
from atz_desktop.api.network import environment_proxy, normalize_proxy_url, tls_context
from atz_desktop.api.rate_limiter import WINDOW
from atz_desktop.api.redact import register_secret
from atz_desktop.api.requests import DelayReason, PendingDelay, RequestTrace, Response
from atz_desktop.api.response_body import ACCEPT_ENCODING, Decompressor, TooLargeError, excerpt
from atz_desktop.api.retry import MAX_RETRY_AFTER, may_repeat
from atz_desktop.domain.token_text import is_valid_token
from atz_desktop.domain.urls import is_loopback

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from atz_desktop.api.requests import Request, Timeouts, TransportOptions

_LARGEST_ANSWER = 20 * 1024 * 1024
"""Bytes, unpacked. A page of 25 activities has well under one MiB."""
_MOMENT = 0.1
"""Seconds in which a response that is too large may come to its end."""

# Their lines hold whole addresses, and so the words that a user searched for.
for _name in ("httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.WARNING)


class Transport:
    """HTTP transport for one API URL and one token, for one event loop."""

    def __init__(self, address: str, http: httpx.AsyncClient, options: TransportOptions) -> None:
        """`address` as returned by `normalize_api_url`. It closes the HTTP client with itself."""
        self._address = address
        self._http = http
        self._options = options
        self._closed = False
        self._delays_cancelled = False
        self._delays: set[PendingDelay] = set()
        self._known_token = ""
        """The last one that was checked, and registered for redaction."""

    def cancel_delays(self) -> None:
        """Cancel current and future delays, for the end of the program.

        Requests in flight go on, and so do those that need no delay.
        """
        self._delays_cancelled = True
        for pause in list(self._delays):
            pause.stop()

    async def close(self) -> None:
        """Close every connection. What is under way is cut off, what waits raises NotSent."""
        self._closed = True
        await self._http.aclose()

    async def send(self, request: Request) -> Response:
        """Send a request, retry where that is safe, and return the 2xx response.

        After a 401 a new token is requested (`renew`) and the request repeated: a 401 was not
        applied, so that is safe for a write too. Background requests do not ask. Raises AtzError.
        Cancelling is safe for a read; a cancelled write may have been applied.
        """
        while True:
            used = (self._options.token() or "") if self._options.renew else ""
            try:
                response = await self._send_with_retries(request)
            except AtzError as error:
                refused = isinstance(error, Unauthorized) and not request.background
                if refused and self._options.renew is not None and await self._options.renew(used):
                    continue
                self._options.on_end(error)
                raise
            self._options.on_end(None)
            return response

    async def _send_with_retries(self, request: Request) -> Response:
        tries = 0
        while True:
            tries += 1
            try:
                return await self._send_in_slot(request, tries)
            except AtzError as error:
                delay = may_repeat(request.method, error, tries, self._options.jitter)
                if isinstance(error, RateLimited):
                    # Everybody who uses this token waits, not only this request.
                    wait = WINDOW if error.retry_after is None else error.retry_after
                    self._options.rate_limiter.pause(min(wait, MAX_RETRY_AFTER))
                if delay is None:
                    raise
                failure = error
            what = DelayReason.RETRY if failure.retry_after is None else DelayReason.RETRY_AFTER
            what = DelayReason.TOO_MANY_REQUESTS if isinstance(failure, RateLimited) else what
            pause = PendingDelay(
                what, delay, error=failure, attempts=tries, background=request.background
            )
            await self._wait_cancellably(request, pause, self._sleep_through(pause))
            if pause.stopped:
                raise failure

    async def _sleep_through(self, pause: PendingDelay) -> None:
        self._announce(pause)
        await self._options.sleep(pause.seconds)

    def _announce(self, pause: PendingDelay) -> None:
        """A pause begins."""
        self._delays.add(pause)
        self._options.on_wait(pause)
        if self._delays_cancelled:
            pause.stop()

    async def _send_in_slot(self, request: Request, tries: int) -> Response:
        """Wait for a rate limiter slot and send. A request cancelled meanwhile takes none."""
        _check_stop(request)
        pause = PendingDelay(
            DelayReason.RATE_LIMIT,
            0.0,
            error=None,
            attempts=tries - 1,
            background=request.background,
        )

        def tell(seconds: float) -> None:
            pause.seconds = seconds
            self._announce(pause)

        async with AsyncExitStack() as occupied:
            slot = self._options.rate_limiter.slot(
                background=request.background,
                slots=request.slots,
                follows=request.precondition is not None,
                on_delay=tell,
            )
            await self._wait_cancellably(request, pause, occupied.enter_async_context(slot))
            if pause.stopped:
                raise NotSent(request.method, request.path, cause=Cause.CANCELLED)
            return await self._attempt(request)

    async def _wait_cancellably(
        self, request: Request, pause: PendingDelay, until: Awaitable[object]
    ) -> None:
        """Await something in a way that the user can cancel. Raises UploadCancelled."""
        upload = request.form.upload if request.form else None
        try:
            async with asyncio.timeout(None) as scope:
                allow = _allowing(scope)
                pause.begin(lambda: allow(0))
                if upload is not None:
                    upload.begin(lambda: allow(0))
                await until
        except TimeoutError:
            if not scope.expired():
                raise
        finally:
            pause.end()
            self._delays.discard(pause)
            if upload is not None:
                upload.begin(None)
        _check_stop(request)

    async def _attempt(self, request: Request) -> Response:
        """One attempt, including opening the file."""
        if request.precondition is not None:
            await request.precondition()
        # The token is read only now: a renewed one may be another account's, and
        # the precondition has seen whose record it shows.
        headers = {"Authorization": f"Bearer {self._valid_token(request)}"}
        if request.form is None:
            if request.json is not None:
                headers["Content-Type"] = "application/json"
            return await self._exchange(request).run(headers, request.json)
        body = MultipartBody(request.form, request.method, request.path, request.precondition)
        try:
            await body.open()
            headers["Content-Type"] = body.content_type
            headers["Content-Length"] = str(body.length)
            return await self._exchange(request).run(headers, body)
        finally:
            body.close()

    def _exchange(self, request: Request) -> Exchange:
        if self._closed:  # while the file was opened
            raise NotSent(request.method, request.path, cause=Cause.CLOSED)
        _check_stop(request)
        return Exchange(self._http, self._address, request, self._options.timeouts)

    def _valid_token(self, request: Request) -> str:
        if self._closed:
            raise NotSent(request.method, request.path, cause=Cause.CLOSED)
        token = (self._options.token() or "").strip()
        if not token:
            raise Unauthorized(request.method, request.path, detail="there is no token")
        if token != self._known_token:
            if not is_valid_token(token):
                detail = "no token has such characters"
                raise Unauthorized(request.method, request.path, detail=detail)
            register_secret(token)
            self._known_token = token
        return token


class Exchange:
    """One try. Made for it and thrown away after `run`."""

    def __init__(
        self, http: httpx.AsyncClient, address: str, request: Request, timeouts: Timeouts
    ) -> None:
        self._http = http
        self._request = request
        self._url = address + request.path + (f"?{request.query}" if request.query else "")
        self._timeouts = timeouts
        self._host = urlsplit(address).hostname or ""
        self._trace = RequestTrace(self._host)
        self._status: int | None = None
        self._headers = httpx.Headers()
        self._compressed: list[bytes] = []
        self._body = bytearray()
        self._too_large = False
        self._allow: Callable[[float], None] = lambda seconds: None

    async def run(self, headers: dict[str, str], content: bytes | MultipartBody | None) -> Response:
        """Send and read. Raises AtzError, and keeps no exception of httpx alive in it."""
        upload = self._request.form.upload if self._request.form else None
        scope = asyncio.timeout(self._timeouts.total)
        failure: AtzError | None = None
        try:
            async with scope:
                self._allow = _allowing(scope)
                self._trace.on_sent = lambda: self._allow(self._timeouts.total)
                if upload is not None:
                    # How long a file takes depends on the user's line: no bound on that.
                    self._trace.on_sending = lambda: scope.reschedule(None)
                    upload.begin(lambda: self._allow(0))
                await self._send(headers, content)
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError, OSError) as error:
            failure = self._mapped(error, is_late=scope.expired())
        finally:
            if upload is not None:
                upload.begin(None)
        if failure is not None and upload is not None and upload.stopped:
            began = isinstance(content, MultipartBody) and content.began
            failure = UploadCancelled(self._request.method, self._request.path, started=began)
        wrong = await self._decompress()
        return self._answer(failure or wrong)

    async def _send(self, headers: dict[str, str], content: bytes | MultipartBody | None) -> None:
        steps = self._timeouts
        # The last part of a file may still be on its way when the wait for the response begins.
        silence = steps.total if isinstance(content, MultipartBody) else steps.read
        request = self._http.build_request(
            self._request.method,
            self._url,
            headers=headers,
            content=content if isinstance(content, bytes) else None,
            timeout=httpx.Timeout(
                connect=steps.connect, read=silence, write=steps.write, pool=steps.pool
            ),
            extensions={"trace": self._trace.trace},
        )
        if isinstance(content, MultipartBody):
            request = httpx.Request(
                request.method,
                request.url,
                headers=request.headers,
                stream=_Stream(content),
                extensions=request.extensions,
            )
        response = await self._http.send(request, stream=True)
        self._status, self._headers = response.status_code, response.headers
        try:
            await self._read(response.stream)
        finally:
            await response.aclose()

    async def _read(self, stream: httpx.SyncByteStream | httpx.AsyncByteStream) -> None:
        """Collect the body as it comes. Nothing in the loop waits or fails.

        The stream is five generators deep, and only what is raised in the innermost of them ends
        them all. When the loop is left in another way, each needs a task and a turn of the event
        loop to end, and at the end of the program there are none. For the same reason a body that
        is too large is not left: it has a moment to end by itself, then its read is cancelled.
        """
        assert isinstance(stream, httpx.AsyncByteStream)
        size = 0
        async for chunk in stream:
            size += len(chunk)
            if size <= _LARGEST_ANSWER:
                self._compressed.append(chunk)
            elif not self._too_large:
                self._too_large = True
                self._allow(_MOMENT)

    async def _decompress(self) -> AtzError | None:
        """Unpack what came of the body, also when it was cut off."""
        try:
            unpacked = Decompressor(self._headers.get("content-encoding", ""), _LARGEST_ANSWER)
            for chunk in self._compressed:
                for piece in unpacked.feed(chunk):
                    self._body += piece
                    if len(self._body) > _LARGEST_ANSWER:
                        raise TooLargeError
                    await asyncio.sleep(0)  # the window stays alive while much is unpacked
        except TooLargeError:
            self._too_large = True
        except httpx.DecodingError as error:
            return self._mapped(error, is_late=False)
        return None

    def _mapped(self, error: Exception, *, is_late: bool) -> AtzError:
        if is_late and isinstance(error, TimeoutError):
            return map_timeout(self._request, self._trace, self._status)
        return map_error(self._request, self._trace, error, self._status)

    def _answer(self, failure: AtzError | None) -> Response:
        """What the status says goes before what went wrong while the body was read."""
        status, body = self._status, bytes(self._body)
        if status is not None and not 200 <= status < 300:
            raise map_status(self._request, status, self._headers, body, self._host)
        if status is not None and self._too_large:
            raise self._oversized(status, body)
        if failure is not None:
            raise failure
        assert status is not None
        return Response(status, body)

    def _oversized(self, status: int, body: bytes) -> InvalidResponse:
        return InvalidResponse(
            self._request.method,
            self._request.path,
            status=status,
            body_excerpt=excerpt(body),
            detail="larger than any answer of this API",
        )


def create_http_client(
    address: str, timeouts: Timeouts, transport: httpx.AsyncBaseTransport | None, proxy: str | None
) -> httpx.AsyncClient:
    """Raises UnusableProxy for proxy settings, ours or the system's. Blocks."""
    # What is on this computer is never looked for behind a proxy.
    if is_loopback(urlsplit(address).hostname or ""):
        proxy_url = ""
    elif proxy is None:
        proxy_url = environment_proxy(address)
    else:
        proxy_url = proxy and normalize_proxy_url(proxy)
    return httpx.AsyncClient(
        verify=tls_context(address),
        trust_env=False,
        proxy=proxy_url or None,
        transport=transport,
        cookies=_NoCookies(),
        follow_redirects=False,
        headers={
            "User-Agent": f"ATZ-Desktop/{__version__}",
            "Accept": "application/json",
            "Accept-Encoding": ACCEPT_ENCODING,
        },
        limits=httpx.Limits(keepalive_expiry=15.0),
        timeout=timeouts.read,
    )


class _NoCookies(CookieJar):
    """A cookie jar that stores nothing."""

    def extract_cookies(self, response: object, request: object) -> None:
        """Ignore cookies, invalid ones too."""


class _Stream(httpx.AsyncByteStream):
    """Our own body in the form that httpx takes."""

    def __init__(self, body: MultipartBody) -> None:
        self._body = body

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self._body


def _allowing(scope: asyncio.Timeout) -> Callable[[float], None]:
    """A function that gives what runs in the scope so many seconds from now; 0 ends it at once."""
    loop = asyncio.get_running_loop()

    def allow(seconds: float) -> None:
        if not scope.expired():  # it may still be cleaning up when it is ended for the second time
            scope.reschedule(loop.time() + seconds)

    return allow


def _check_stop(request: Request) -> None:
    if request.form is not None and request.form.upload.stopped:
        raise UploadCancelled(request.method, request.path)
