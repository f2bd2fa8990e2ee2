"""An event loop whose time stands still while there is work, and jumps when everybody waits.

So half a minute of waiting takes no time, a busy computer lets nothing time out, and the same
steps take the same course. Sockets, files and threads are real; what is to be in the loop's time
must ask it (`loop.time`, `asyncio.sleep`). The server that the program talks to runs on this very
loop, for nobody can tell whether another thread has nothing to say.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import Context, ContextVar
from threading import Lock
from typing import Any
from unittest.mock import patch
from weakref import WeakSet

GRACE = 0.0005
"""Seconds that the kernel may take to hand over what was sent on this computer."""

A_WHILE = 30.0
"""Seconds after which a loop that waits for a thread or for nothing at all counts as hanging."""

_serving: ContextVar[bool] = ContextVar("_serving", default=False)


class _Patient:
    """A selector that makes the loop's time jump when nothing is ready and no thread works."""

    def __init__(self) -> None:
        self._real = selectors.DefaultSelector()
        self._lock = Lock()
        self._threads = 0
        self.now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is not None and timeout <= 0:
            return self._real.select(0)
        if ready := self._real.select(GRACE):
            return ready
        while self._threads or timeout is None:
            ready = self._real.select(A_WHILE)
            if ready or timeout is None:
                assert ready, "nobody will ever wake this loop"
                return ready
        self.now += timeout
        return []

    def work(self, begins: bool) -> None:
        """A thread begins or ends something that the loop may wait for."""
        with self._lock:
            self._threads += 1 if begins else -1

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


class JumpingLoop(asyncio.SelectorEventLoop):
    """Made by `asyncio.Runner(loop_factory=JumpingLoop)`; counts threads inside `counting`."""

    def __init__(self) -> None:
        self._patient = _Patient()
        super().__init__(self._patient)  # type: ignore[arg-type]  # it is one, by __getattr__
        self._clock_resolution = 1e-9
        self._servers: WeakSet[asyncio.Task[Any]] = WeakSet()
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

    def tasks_of_program(self) -> set[asyncio.Task[Any]]:
        """What is under way but for the servers and the task that asks."""
        current = asyncio.current_task(self)
        tasks = asyncio.all_tasks(self)
        return {each for each in tasks if each is not current and each not in self._servers}

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
    def counting(self) -> Iterator[None]:
        """Let no time pass while a thread pool works for this loop."""
        submit = ThreadPoolExecutor.submit

        def counted(
            pool: ThreadPoolExecutor, fn: Callable[..., Any], /, *args: Any, **kwargs: Any
        ) -> Future[Any]:
            self._patient.work(begins=True)
            try:
                future = submit(pool, fn, *args, **kwargs)
            except BaseException:
                self._patient.work(begins=False)
                raise
            # In the next turn, so that whoever waits for the result hears of it first.
            self.call_soon(future.add_done_callback, lambda _: self._end_soon())
            return future

        with patch.object(ThreadPoolExecutor, "submit", counted):
            yield

    def _end_soon(self) -> None:
        if not self.is_closed():
            self.call_soon_threadsafe(self.call_soon, self._patient.work, False)
