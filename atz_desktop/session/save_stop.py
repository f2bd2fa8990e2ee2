"""Giving up a save as long as nothing of it has left this computer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager


class SaveStoppedError(Exception):
    """The user gave the save up before anything left."""


class SaveStop:
    """What is waited for in a `scope` ends as soon as the user asks for it; `close` ends that.

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
        """Raises SaveStoppedError in the place of what is waited for in it; it cannot be nested."""
        self._loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(0 if self.requested else None) as self._scope:
                yield
        except TimeoutError:
            if not self.requested:
                raise
            raise SaveStoppedError from None
        finally:
            self._scope = None

    def _end(self, scope: asyncio.Timeout) -> None:
        if self._scope is scope:
            scope.reschedule(0.0)
