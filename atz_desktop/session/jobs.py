"""The one owner of every task: it has a name, an end, and somebody who hears of its failure.

Also what a task does on a thread (`offload_if_many`), and how it is given up from outside (`Stop`).
"""

from __future__ import annotations

import asyncio
import sys
import weakref
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar

_T = TypeVar("_T")
Work = Coroutine[Any, Any, object]

MANY = 300
"""People of one activity, of all kinds; they take about two milliseconds at each step of a load or
save. 5,000 would hold the window for several frames at each."""


class Jobs:
    """Starts, replaces, refuses, awaits and reports tasks. The only place that makes one.

    Reads are replaced by a newer read of the same name, so a late answer can never overwrite.
    Writes (`finish=True`) are never cancelled or replaced: a second one of the same name is
    refused. `report` hears of a failure that nobody handled; it is the crash hook unless handed in.
    Made inside the running loop; what Qt calls between two turns of it may start jobs all the same.
    """

    def __init__(
        self,
        report: Callable[[BaseException], None] | None = None,
        loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        self._report = report or _to_excepthook
        self._loop = loop or asyncio.get_running_loop()
        self._tasks: dict[str, asyncio.Task[object]] = {}
        self._alive: set[asyncio.Task[object]] = set()
        self._writes: set[str] = set()
        self._scopes: weakref.WeakSet[Jobs] = weakref.WeakSet()
        self._closed = False

    def scope(self) -> Jobs:
        """Jobs with names of their own, as of one window; draining this one drains them, too."""
        inner = Jobs(self._report, self._loop)
        self._scopes.add(inner)
        return inner

    def start(self, name: str, work: Work, *, finish: bool = False) -> bool:
        """Start a job; False (and the work never begins) when a write of that name runs, or when
        this scope is closed.
        """
        if self._closed or (self.running(name) and (finish or name in self._writes)):
            work.close()
            return False
        self.cancel(name)
        task = self._loop.create_task(work, name=name)
        self._tasks[name] = task
        self._alive.add(task)
        if finish:
            self._writes.add(name)
        task.add_done_callback(self._ended)
        return True

    def running(self, name: str) -> bool:
        """Whether a job of this name has not ended yet."""
        task = self._tasks.get(name)
        return task is not None and not task.done()

    def cancel(self, name: str) -> None:
        """Stop a read; a write goes on."""
        if name not in self._writes and name in self._tasks:
            self._tasks[name].cancel()

    async def wait(self, name: str, max_seconds: float | None = None) -> None:
        """Wait until the job of this name has ended, however it ended; at most `max_seconds`."""
        task = self._tasks.get(name)
        if task is not None:
            await asyncio.wait({task}, timeout=max_seconds)

    async def drain(self, max_seconds: float | None = None) -> bool:
        """Stop the reads, let the writes finish, and wait until nothing is left.

        For at most `max_seconds`, if given. Returns whether nothing is left.
        """
        until = None if max_seconds is None else self._loop.time() + max_seconds
        while left := self._left():
            self._cancel_reads()
            seconds = None if until is None else until - self._loop.time()
            if seconds is not None and seconds <= 0:
                return False
            await asyncio.wait(left, timeout=seconds)
        return True

    async def close(self) -> None:
        """Drain, and start nothing from now on."""
        await self.drain()
        self._closed = True

    def _left(self) -> set[asyncio.Task[object]]:
        own = {task for task in self._alive if not task.done()}
        return own.union(*(inner._left() for inner in self._scopes))

    def _cancel_reads(self) -> None:
        for name in list(self._tasks):
            self.cancel(name)
        for inner in list(self._scopes):
            inner._cancel_reads()

    def _ended(self, task: asyncio.Task[object]) -> None:
        name = task.get_name()
        self._alive.discard(task)
        if self._tasks.get(name) is task:
            del self._tasks[name]
            self._writes.discard(name)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._report(error)


async def offload_if_many(people: int, work: Callable[[], _T]) -> _T:
    """Run pure `work` on a thread if it concerns more than MANY people, else at once.

    A few take microseconds, less than it takes to get to a thread and back.
    """
    return await asyncio.to_thread(work) if people > MANY else work()


class StoppedError(Exception):
    """The user gave up what was waited for."""


class Stop:
    """A cancellation token: `request` cancels what is awaited in a `scope`, until `close`.

    `on_close` is called once, when it can be stopped no more.
    """

    def __init__(self, on_close: Callable[[], None] = lambda: None) -> None:
        self.requested = False
        self._on_close = on_close
        self._is_open = True
        self._scope: asyncio.Timeout | None = None
        self._loop: asyncio.AbstractEventLoop

    def request(self) -> bool:
        """Stop; False where something may have left already."""
        if self._is_open and not self.requested:
            self.requested = True
            if self._scope is not None:
                self._loop.call_soon(self._end, self._scope)
        return self._is_open

    def close(self) -> bool:
        """From now on it goes on to its end; False where it was stopped before."""
        if self.requested:
            return False
        if self._is_open:
            self._is_open = False
            self._on_close()
        return True

    @asynccontextmanager
    async def scope(self) -> AsyncIterator[None]:
        """Raises StoppedError in the place of what is waited for in it; it cannot be nested."""
        self._loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(0 if self.requested else None) as self._scope:
                yield
        except TimeoutError:
            if not self.requested:
                raise
            raise StoppedError from None
        finally:
            self._scope = None

    def _end(self, scope: asyncio.Timeout) -> None:
        if self._scope is scope:
            scope.reschedule(0.0)


def _to_excepthook(error: BaseException) -> None:
    sys.excepthook(type(error), error, error.__traceback__)
