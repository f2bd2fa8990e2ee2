"""One request and the connection that it came on: how an answer leaves, whole or in pieces."""

from __future__ import annotations

import asyncio
import socket
import struct
import sys
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any

from atz_desktop.sandbox.request_log import ReceivedRequest, Response

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]


class Delays:
    """What the requests of one running server wait for; all of it ends at once with the server."""

    def __init__(self) -> None:
        self._pauses: set[asyncio.Future[None]] = set()
        self._held: dict[asyncio.Future[None], asyncio.Future[None]] = {}
        self.stopping = False

    async def pause(self, seconds: float, connection: ClientConnection | None = None) -> None:
        """Wait so long, or until the server stops or the connection is lost."""
        waiting = self._until(connection)
        timer = asyncio.get_running_loop().call_later(seconds, _settle, waiting)
        self._pauses.add(waiting)
        await waiting
        self._pauses.discard(waiting)
        timer.cancel()

    @contextmanager
    def held(self, connection: ClientConnection | None = None) -> Iterator[asyncio.Future[None]]:
        """A future that `release` settles, which then waits for the end of this block."""
        waiting = self._until(connection)
        ended = asyncio.get_running_loop().create_future()
        self._held[waiting] = ended
        try:
            yield waiting
        finally:
            del self._held[waiting]
            _settle(ended)

    def _until(self, connection: ClientConnection | None) -> asyncio.Future[None]:
        waiting: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        if connection:
            connection.lost.add_done_callback(lambda _: _settle(waiting))
        if self.stopping:
            _settle(waiting)
        return waiting

    async def release(self) -> None:
        """End what is held, and see it ended."""
        ended = list(self._held.values())
        for waiting in self._held:
            _settle(waiting)
        if ended:
            await asyncio.wait(ended)

    def stop(self) -> None:
        """End every wait, and those that come later as they come."""
        self.stopping = True
        for waiting in (*self._pauses, *self._held):
            _settle(waiting)


def _settle(waiting: asyncio.Future[None]) -> None:
    if not waiting.done():
        waiting.set_result(None)


class ClientConnection:
    """A connection of a client, as far as faults need it."""

    lost: asyncio.Future[None]
    transport: asyncio.Transport
    stop_listening: Callable[[], None]
    """Makes the server refuse every other connection."""

    async def reset(self) -> None:
        """Drop the connection at once with an RST, and see it gone."""
        linger = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)
        raw = self.transport.get_extra_info("socket")
        if raw is not None and not self.transport.is_closing():
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.transport.abort()
        await self.lost

    async def close(self) -> None:
        """Close the connection when what was written has left, and see it gone."""
        self.transport.close()
        await self.lost


class Exchange:
    """One request on its connection. Exactly one of the methods that answer is called, once."""

    def __init__(self, scope: Message, receive: Receive, send: Send) -> None:
        self.scope = scope
        self.receive = receive
        self._send = send
        self.method: str = scope["method"]
        self.path: str = scope["path"]
        self.headers = {
            name.decode("latin-1").lower(): value.decode("latin-1")
            for name, value in scope["headers"]
        }
        self.received: ReceivedRequest | None = None
        """What the log says of it, once it came in full or was broken off."""
        self.connection: ClientConnection = scope["state"]["connection"]
        self.closes = False
        """Whether the answer is the last one on this connection, and says so."""

    async def answer(self, answer: Response) -> None:
        """Send it as it should be."""
        await self._start(answer, len(answer.body))
        await self._body(answer.body, more=False)

    async def answer_half(self, answer: Response) -> None:
        """Promise all of it, send half, and close."""
        await self._start(answer, max(2, len(answer.body)))
        await self._body(answer.body[: len(answer.body) // 2], more=True)
        await self.connection.close()

    async def answer_slowly(self, answer: Response, pause: Callable[[], Awaitable[None]]) -> None:
        """Send one byte of the body after each pause, as long as there is somebody to read it."""
        await self._start(answer, len(answer.body))
        for index in range(len(answer.body)):
            await pause()
            if self.connection.lost.done():
                return
            await self._body(answer.body[index : index + 1], more=True)
        await self._body(b"", more=False)

    async def _start(self, answer: Response, length: int) -> None:
        headers = {**answer.headers, "content-length": str(length)}
        if self.closes:
            headers["connection"] = "close"
        lines = [(name.encode("latin-1"), headers[name].encode("latin-1")) for name in headers]
        await self._send({"type": "http.response.start", "status": answer.status, "headers": lines})

    async def _body(self, piece: bytes, *, more: bool) -> None:
        await self._send({"type": "http.response.body", "body": piece, "more_body": more})
