"""At most 60 requests in any 60 seconds, the person's first (ATZ_API.md: Limits and errors).

The server counts a request at some moment between its sending and its answer. So a request takes
its place when it is sent and gives it back 60 s after it was answered: however slow the network,
the server never sees more than the limit in any window, and so never has to say 429 to us alone.
"""

from __future__ import annotations

import asyncio
import itertools
import math
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


class RateLimiter:
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
        self._in_flight = 0
        self._answered: deque[float] = deque()
        self._paused_until = -math.inf
        self._tickets = itertools.count(1)
        self._waiting: tuple[list[int], list[int]] = ([], [])

    def available(self) -> int:
        """Requests that could be sent at this moment."""
        if self._clock() < self._paused_until:
            return 0
        return max(0, self._limit - self._taken())

    def pause(self, seconds: float) -> None:
        """Send nothing for so long: the server said 429, perhaps because of another computer."""
        self._paused_until = max(self._paused_until, self._clock() + seconds)

    def estimated_delay(self, *, background: bool = False, places: int = 1) -> float:
        """Seconds, by what is known now, until a request that asks now gets its turn."""
        return self._delay(len(self._ahead(None, background)) + places - 1, background)

    @asynccontextmanager
    async def slot(
        self,
        *,
        background: bool = False,
        places: int = 1,
        on_delay: Callable[[float], None] = lambda seconds: None,
    ) -> AsyncIterator[None]:
        """Wait for a turn, and hold its place while the block sends the request.

        With `places` above 1 it waits until so many requests could go at once, and takes one: what
        follows at once, a write after its read, does not wait then (background work leaves RESERVE
        places free).

        The person's requests go first come, first served; background work goes after all of
        them and leaves RESERVE places free. Cancelling while waiting takes no place. `on_delay`
        hears once, and about how long it takes, if there is no place at once.
        """
        await self._wait(background, min(places, self._limit), on_delay)
        try:
            yield
        finally:
            self._in_flight -= 1
            self._answered.append(self._clock())

    async def _wait(self, background: bool, places: int, on_delay: Callable[[float], None]) -> None:
        ticket = next(self._tickets)
        queue = self._waiting[background]
        queue.append(ticket)
        told = False
        try:
            while (delay := self._delay_of(ticket, background, places)) > 0:
                if not told:
                    on_delay(delay)
                told = True
                await self._sleep(min(delay, LOOK_AGAIN))
            self._in_flight += 1
        finally:
            queue.remove(ticket)

    def _delay_of(self, ticket: int, background: bool, places: int) -> float:
        return self._delay(len(self._ahead(ticket, background)) + places - 1, background)

    def _ahead(self, ticket: int | None, background: bool) -> list[int]:
        """Who goes before this ticket; before a new one, everybody of its kind."""
        own = self._waiting[background]
        before = own if ticket is None else own[: own.index(ticket)]
        return [*self._waiting[False], *before] if background else before

    def _delay(self, ahead: int, background: bool) -> float:
        """Seconds until there are places for `ahead` others and one more."""
        now = self._clock()
        reserve = self._reserve if background else 0
        must_free = self._taken() + ahead + 1 - self._limit + reserve
        at = now
        if must_free > 0:
            # Requests that are still under way, or not even sent, free their places later than
            # anything that is known now: at least a whole window away.
            known = [answered + self._window for answered in self._answered]
            at = known[must_free - 1] if must_free <= len(known) else now + self._window
        return max(at, self._paused_until) - now

    def _taken(self) -> int:
        past = self._clock() - self._window
        while self._answered and self._answered[0] <= past:
            self._answered.popleft()
        return self._in_flight + len(self._answered)
