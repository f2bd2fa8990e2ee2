"""Tiny servers on real sockets, each of which misbehaves in exactly the way that a test says."""

from __future__ import annotations

import asyncio
import json
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from ssl import SSLContext

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Server:
    """Where it listens, how often somebody connected, and what its conversations failed with."""

    port: int
    connections: int = 0
    failures: list[BaseException] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@asynccontextmanager
async def serving(talk: Talk, tls: SSLContext | None = None) -> AsyncIterator[Server]:
    """A server whose every connection is one `talk`. A talk that fails fails the test."""
    talks: set[asyncio.Task[None]] = set()
    found = Server(0)

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        talks.add(task)
        found.connections += 1
        try:
            await talk(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            writer.transport.abort()
        except BaseException as failure:
            found.failures.append(failure)
        finally:
            writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", 0, ssl=tls)
    found.port = server.sockets[0].getsockname()[1]
    try:
        yield found
    finally:
        server.close()
        for task in talks:
            task.cancel()
        await asyncio.gather(*talks, return_exceptions=True)
        if found.failures:
            raise found.failures[0]


@dataclass(frozen=True)
class Asked:
    """One request as the server got it."""

    line: str
    headers: dict[str, str]
    body: bytes


async def asked(reader: asyncio.StreamReader) -> Asked:
    """Read one whole request; IncompleteReadError when the client goes away before its end."""
    line, headers = await asked_head(reader)
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Asked(line, headers, body)


async def asked_head(reader: asyncio.StreamReader) -> tuple[str, dict[str, str]]:
    """Read the first line and the headers of a request."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    line, *rest = head.rstrip().split("\r\n")
    pairs = (item.split(": ", 1) for item in rest)
    return line, {name.lower(): value for name, value in pairs}


def answer(body: object, status: str = "200 OK", headers: str = "") -> bytes:
    """The bytes of one answer; a body that is not bytes becomes JSON."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return (
        f"HTTP/1.1 {status}\r\nContent-Length: {len(content)}\r\n{headers}\r\n".encode() + content
    )


def reset(writer: asyncio.StreamWriter) -> None:
    """Cut the connection the hard way: the other side sees "connection reset by peer"."""
    sock: socket.socket = writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
