"""One request and its answer, within their time and size: the one place where httpx sends."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx

from atz_desktop.api.decompression import Decompressor, TooLargeError
from atz_desktop.api.error_mapping import RequestTrace, excerpt, map_error, map_status, map_timeout
from atz_desktop.api.errors import AtzError, InvalidResponse, UploadCancelled
from atz_desktop.api.multipart import MultipartBody
from atz_desktop.api.requests import Response

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from atz_desktop.api.requests import Request, Timeouts

LARGEST_ANSWER = 20 * 1024 * 1024
"""Bytes, unpacked. A page of 25 activities has well under one MiB."""


MOMENT = 0.1
"""Seconds in which a response that is too large may come to its end."""


def allowing(scope: asyncio.Timeout) -> Callable[[float], None]:
    """A function that gives what runs in the scope so many seconds from now; 0 ends it at once."""
    loop = asyncio.get_running_loop()

    def allow(seconds: float) -> None:
        if not scope.expired():  # it may still be cleaning up when it is ended for the second time
            scope.reschedule(loop.time() + seconds)

    return allow


class _Stream(httpx.AsyncByteStream):
    """Our own body in the form that httpx takes."""

    def __init__(self, body: MultipartBody) -> None:
        self._body = body

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self._body


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
        self._decompressor: Decompressor | None = None
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
                self._allow = allowing(scope)
                self._trace.on_sent = lambda: self._allow(self._timeouts.total)
                if upload is not None:
                    # How long a file takes depends on the user's line: no bound on that.
                    self._trace.on_sending = lambda: scope.reschedule(None)
                    upload.begin(lambda: self._allow(0))
                await self._send(headers, content)
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError, OSError) as error:
            failure = self._sorted(error, is_late=scope.expired())
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
        self._decompressor = Decompressor(self._headers.get("content-encoding", ""), LARGEST_ANSWER)
        size = 0
        async for chunk in stream:
            size += len(chunk)
            if size <= LARGEST_ANSWER:
                self._compressed.append(chunk)
            elif not self._too_large:
                self._too_large = True
                self._allow(MOMENT)

    async def _decompress(self) -> AtzError | None:
        """Unpack what came of the body, also when it was cut off."""
        try:
            for chunk in self._compressed:
                assert self._decompressor is not None
                for piece in self._decompressor.feed(chunk):
                    self._body += piece
                    if len(self._body) > LARGEST_ANSWER:
                        raise TooLargeError
                    await asyncio.sleep(0)  # the window stays alive while much is unpacked
        except TooLargeError:
            self._too_large = True
        except httpx.DecodingError as error:
            return self._sorted(error, is_late=False)
        return None

    def _sorted(self, error: Exception, *, is_late: bool) -> AtzError:
        if is_late and isinstance(error, TimeoutError):
            return map_timeout(self._request, self._trace, self._status)
        return map_error(self._request, self._trace, error, self._status)

    def _answer(self, failure: AtzError | None) -> Response:
        """What the status says goes before what went wrong while the body was read."""
        body = bytes(self._body)
        if self._status is not None:
            wrong = map_status(self._request, self._status, self._headers, body, self._host)
            failure = wrong or failure
            if self._too_large and 200 <= self._status < 300:
                failure = self._oversized(self._status, body)
        if failure is not None:
            raise failure
        assert self._status is not None
        return Response(self._status, body)

    def _oversized(self, status: int, body: bytes) -> InvalidResponse:
        return InvalidResponse(
            self._request.method,
            self._request.path,
            status=status,
            body_excerpt=excerpt(body),
            detail="larger than any answer of this API",
        )
