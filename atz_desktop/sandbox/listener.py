"""The sockets of the sandbox: uvicorn's HTTP on a loop of its own, and how it stops in no time."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Coroutine
from typing import Any

from uvicorn.config import Config
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from atz_desktop.sandbox.exchange import Application, ClientConnection, Delays

LOG = logging.getLogger("atz_desktop.sandbox")
LOG.setLevel(logging.WARNING)
LOG.addHandler(logging.NullHandler())  # else Python prints to stderr what nobody listens to

HOST = "127.0.0.1"

_TURNS_TO_ACCEPT = 3
"""Turns of the loop from a client's knock until its connection is made."""

STOPS_IN = 5.0
"""Seconds that open connections may take to end; they have nothing to wait for."""


class Connection(H11Protocol, ClientConnection):
    """One connection, which the applications find in the state of their scope."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.logger = LOG
        self.lost = self.loop.create_future()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """The client is there."""
        self.app_state = {"connection": self}
        super().connection_made(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """It is gone, whoever wished so."""
        super().connection_lost(exc)
        self.lost.set_result(None)


class Listener:
    """Serves an application on a port of loopback, until it is told to stop."""

    def __init__(self, app: Application, waits: Delays) -> None:
        self.port = 0
        """Where it listens."""
        self._waits = waits
        self._state = ServerState()
        self._open: set[Connection] = set()
        self._server: asyncio.Server | None = None
        self._config = Config(
            app,
            http=Connection,
            ws="none",
            loop="none",
            lifespan="off",
            interface="asgi3",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            # an idle connection that closes just when a request leaves is a fault nobody chose
            timeout_keep_alive=600,
        )
        self._config.load()

    async def serve(self, port: int, listening: Callable[[Listener], None]) -> None:
        """Serve on this port (0: any) until `stop`; call `listening` when it does.

        OSError if the port is taken.
        """
        self.port = port
        self._loop, self._thread = asyncio.get_running_loop(), threading.get_ident()
        self._stopping = asyncio.Event()
        await self._listen()
        listening(self)
        await self._stopping.wait()
        await self._end()

    # For any thread, once it listens. On the loop's own, what is said to be done when it returns is
    # done in the next turns of the loop if that is running.

    def stop(self) -> None:
        """End `serve`, and with it every connection."""
        self._loop.call_soon_threadsafe(self._stopping.set)

    def set_refusing(self, refusing: bool) -> None:
        """Refuse connections, or listen again; done when this returns."""
        self._do(self._refuse() if refusing else self._listen())

    def release(self) -> None:
        """End what is held open; done when this returns."""
        self._do(self._waits.release())

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        doing = asyncio.run_coroutine_threadsafe(work, self._loop)
        if self._thread != threading.get_ident():
            doing.result(STOPS_IN)
        elif not self._loop.is_running():
            self._loop.run_until_complete(asyncio.wrap_future(doing, loop=self._loop))

    # For the loop's own thread

    async def _listen(self) -> None:
        if self._server is None:
            self._server = await self._loop.create_server(self._connection, HOST, self.port)
            self.port = self._server.sockets[0].getsockname()[1]

    def _connection(self) -> Connection:
        connection = Connection(config=self._config, server_state=self._state, app_state={})
        connection.stop_listening = self._stop_listening
        self._open.add(connection)
        connection.lost.add_done_callback(lambda _: self._open.discard(connection))
        return connection

    def _stop_listening(self) -> None:
        """Listen no more; close idle connections at once, and the others after their answer."""
        if self._server:
            self._server.close()
            self._server = None
        for connection in list(self._state.connections):
            connection.shutdown()

    async def _accept_no_more(self) -> None:
        """See those in who are just being accepted: a server that is closed meanwhile leaves them
        half-made, with a socket that nobody closes.
        """
        for listening in self._server.sockets if self._server else ():
            self._loop.remove_reader(listening.fileno())
        for _ in range(_TURNS_TO_ACCEPT):
            await asyncio.sleep(0)

    async def _refuse(self) -> None:
        await self._accept_no_more()
        self._stop_listening()

    async def _end(self) -> None:
        """Stop listening, end every wait and every connection, and see them gone."""
        self._waits.stop()
        await self._accept_no_more()
        self._stop_listening()
        async with asyncio.timeout(STOPS_IN):
            while self._open or self._state.tasks:
                for connection in [each for each in self._open if each.transport]:
                    connection.transport.abort()
                await asyncio.sleep(0)
