"""An event loop whose time stands still while there is work, and jumps when everybody waits.

So half a minute of waiting takes no time, a busy computer lets nothing time out, and the same steps
take the same course, each time and everywhere: what a thread does is done when it was begun, and a
connection is a pair of sockets, on which nothing is ever on its way. Files, threads and HTTP are
real; what is to be in the loop's time must ask it (`loop.time`, `asyncio.sleep`). The server that
the program talks to runs on this very loop.
"""

from __future__ import annotations

import asyncio
import contextvars
import selectors
import socket
import sys
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from contextvars import Context, ContextVar
from threading import Thread
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch
from weakref import WeakSet

A_WHILE = 30.0
"""Seconds after which a loop that waits for a thread or for nothing at all counts as hanging."""

GRACE = 0.0005 if sys.platform == "win32" else 0.0
"""Seconds that the kernel may take to hand over what was sent: there a pair of sockets is TCP."""

_serving: ContextVar[bool] = ContextVar("_serving", default=False)


class _Patient:
    """A selector that makes the loop's time jump when nothing is ready."""

    def __init__(self) -> None:
        self._real = selectors.DefaultSelector()
        self.now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        # Without a time-out it is a thread that is waited for: the end of the pool, of the loop.
        ready = self._real.select(A_WHILE if timeout is None else min(GRACE, max(timeout, 0.0)))
        if not ready:
            assert timeout is not None, "nobody will ever wake this loop"
            self.now += max(timeout, 0.0)
        return ready

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


class _Accepted(socket.socket):
    """The server's end of a pair, which says that it was accepted at a port of this computer."""

    port = 0

    def getsockname(self) -> tuple[str, int]:
        return "127.0.0.1", self.port


class JumpingLoop(asyncio.SelectorEventLoop):
    """Made by `asyncio.Runner(loop_factory=JumpingLoop)`; what else it needs holds inside `ruling`.

    Servers must be made on this loop, and have an address in numbers.
    """

    def __init__(self) -> None:
        self._patient = _Patient()
        super().__init__(self._patient)  # type: ignore[arg-type]  # it is one, by __getattr__
        self._clock_resolution = 1e-9
        self._servers: WeakSet[asyncio.Task[Any]] = WeakSet()
        self._listening: dict[int, tuple[asyncio.Server, Callable[[], Any], Context]] = {}
        """By port."""
        self.set_task_factory(self._task)

    def time(self) -> float:
        return self._patient.now

    def serve(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run a server beside the program, which outlives it."""
        token = _serving.set(True)
        try:
            return self.create_task(work)
        finally:
            _serving.reset(token)

    def tasks_of_program(self) -> list[asyncio.Task[Any]]:
        """What is under way but for the servers and the task that asks, the oldest first."""
        current = asyncio.current_task(self)
        tasks = asyncio.all_tasks(self)
        mine = [each for each in tasks if each is not current and each not in self._servers]
        return sorted(mine, key=lambda each: (len(each.get_name()), each.get_name()))

    async def create_server(  # type: ignore[override]  # as it is called here
        self, factory: Callable[[], Any], host: str, port: int
    ) -> asyncio.Server:
        server = await super().create_server(factory, host, port)
        port = server.sockets[0].getsockname()[1]
        self._listening[port] = server, factory, contextvars.copy_context()
        return server

    async def create_connection(  # type: ignore[override]  # as it is called here
        self, factory: Callable[[], Any], host: str, port: int, **_: Any
    ) -> tuple[asyncio.Transport, Any]:
        server, theirs, context = self._listening[port]
        if not server.is_serving():
            raise ConnectionRefusedError(f"nobody listens at {host}:{port}")
        mine, other = socket.socketpair()
        accepted = _Accepted(other.family, other.type, other.proto, other.detach())
        accepted.port = port
        for each in (mine, accepted):
            each.setblocking(False)
        await context.copy().run(self.create_task, self.connect_accepted_socket(theirs, accepted))
        return await super().create_connection(factory, sock=mine)

    def _task(
        self,
        loop: asyncio.AbstractEventLoop,
        work: Any,
        context: Context | None = None,
    ) -> asyncio.Task[Any]:
        task = asyncio.Task(work, loop=loop, context=context)
        if _serving.get():
            self._servers.add(task)
        return task

    @contextmanager
    def ruling(self) -> Iterator[None]:
        """Let every thread do at once what it is given, and the HTTP client go by this time."""
        start = Thread.start

        def done(
            _pool: ThreadPoolExecutor, fn: Callable[..., Any], /, *args: Any, **kwargs: Any
        ) -> Future[Any]:
            future: Future[Any] = Future()
            try:
                future.set_result(fn(*args, **kwargs))
            except BaseException as error:
                future.set_exception(error)
            return future

        def ended(thread: Thread) -> None:
            start(thread)
            if thread.daemon:  # the workers of a pool, which go on, are none
                thread.join(A_WHILE)

        with ExitStack() as stack:
            stack.enter_context(patch.object(ThreadPoolExecutor, "submit", done))
            stack.enter_context(patch.object(Thread, "start", ended))
            clock = SimpleNamespace(monotonic=self.time)
            stack.enter_context(patch("httpcore._async.http11.time", clock))
            yield
