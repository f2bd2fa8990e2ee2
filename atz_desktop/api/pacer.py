"""At most 60 requests in any 60 seconds, the person's first (ATZ_API.md: Limits and errors).

The server counts a request at some moment between its sending and its answer. So a request takes
its place when it is sent and gives it back 60 s after it was answered: however slow the network,
the server never sees more than the limit in any window, and so never has to say 429 to us alone.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

LIMIT = 60
WINDOW = 60.0
MARGIN = 0.25
"""Seconds on top of the window: the clocks of two machines do not run alike."""

RESERVE = 20
"""Places that background work leaves free, so that the person's own next requests go at once."""

LOOK_AGAIN = 1.0
"""Timers are coarse and machines fall asleep: nobody sleeps longer than this without a look."""


class Pacer:
    """The turns of one token. Lives on one thread; `clock` is monotonic, in seconds."""

    def __init__(
        self,
        *,
        limit: int = LIMIT,
        window: float = WINDOW,
        reserve: int = RESERVE,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._limit = limit
        self._window = window + MARGIN
        self._reserve = min(reserve, limit - 1)
        self._clock = clock
        self._sleep = sleep
        self._flying = 0
        self._answered: deque[float] = deque()
        self._paused_until = float("-inf")
        self._waiting: tuple[list[object], list[object]] = ([], [])

    def left(self) -> int:
        """Requests that could be sent at this moment."""
        if self._clock() < self._paused_until:
            return 0
        return max(0, self._limit - self._taken())

    def pause(self, seconds: float) -> None:
        """Send nothing for so long: the server said 429, perhaps because of another program."""
        self._paused_until = max(self._paused_until, self._clock() + seconds)

    def delay(self, *, background: bool = False) -> float:
        """Seconds, by what is known now, until a request that asks now gets its turn."""
        return self._delay(len(self._ahead(None, background)), background)

    @asynccontextmanager
    async def turn(self, *, background: bool = False) -> AsyncIterator[None]:
        """Wait for a turn, and hold its place while the block sends the request.

        The person's requests go first come, first served; background work goes after all of
        them and leaves RESERVE places free. Cancelling while waiting takes no place.
        """
        await self._wait(background)
        try:
            yield
        finally:
            self._flying -= 1
            self._answered.append(self._clock())

    async def _wait(self, background: bool) -> None:
        ticket = object()
        queue = self._waiting[background]
        queue.append(ticket)
        try:
            while (delay := self._delay(len(self._ahead(ticket, background)), background)) > 0:
                await self._sleep(min(delay, LOOK_AGAIN))
            self._flying += 1
        finally:
            queue.remove(ticket)

    def _ahead(self, ticket: object | None, background: bool) -> list[object]:
        """Who goes before this ticket; before a new one, everybody of its kind."""
        own = self._waiting[background]
        before = own if ticket is None else own[: own.index(ticket)]
        return [*self._waiting[False], *before] if background else before

    def _delay(self, ahead: int, background: bool) -> float:
        """Seconds until there are places for `ahead` others and one more."""
        now = self._clock()
        must_free = self._taken() + ahead + 1 - self._limit + (self._reserve if background else 0)
        at = now
        if must_free > len(self._answered):
            # Requests that are still under way, or not even sent, free their places later than
            # anything that is known now: at least a whole window away.
            at = now + self._window
        elif must_free > 0:
            at = self._answered[must_free - 1] + self._window
        return max(at, self._paused_until) - now

    def _taken(self) -> int:
        past = self._clock() - self._window
        while self._answered and self._answered[0] <= past:
            self._answered.popleft()
        return self._flying + len(self._answered)
