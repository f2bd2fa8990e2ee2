"""At most 60 requests in any 60 seconds, the user's first (ATZ_API.md: Limits and errors).

The server counts a request at some time between sending and response. So a request occupies a slot
from sending until 60 s after its response: however slow the network, the server never sees more
than the limit in any window, and never answers 429 because of us alone.
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
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterable

LIMIT = 60
WINDOW = 60.0
"""Seconds in which so many are taken; after them a 429 that names no wait is over, too."""
MARGIN = 0.25
"""Seconds on top of the window: the clocks of two machines do not run alike."""

RESERVE = 20
"""Slots that background work leaves free for the next requests of a user who is at work. While they
do nothing it takes these, too, spread over the time until others are free again: whenever the user
comes back, there are some, or there is one soon."""

LOOK_AGAIN = 1.0
"""Maximum seconds of one sleep: timers are coarse and computers get suspended."""


class RateLimiter:
    """The request slots of one token. Lives on one thread; `clock` is monotonic, in seconds."""

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
        self._user_at = -math.inf
        self._background_at = -math.inf
        """When the last request of the user, and of background work, was sent."""
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

    @property
    def seconds_per_request(self) -> float:
        """The pace in the long run."""
        return self._window / self._limit

    def recall(self, ages: Iterable[float]) -> None:
        """Count requests that an earlier program sent so many seconds ago: the server does, too."""
        now = self._clock()
        known = sorted([*self._answered, *(now - age for age in ages)])
        self._answered = deque(known[-self._limit :])

    def pause(self, seconds: float) -> None:
        """Send nothing for this long: after a 429, perhaps caused by another computer."""
        self._paused_until = max(self._paused_until, self._clock() + seconds)

    @asynccontextmanager
    async def slot(
        self,
        *,
        background: bool = False,
        slots: int = 1,
        follows: bool = False,
        on_delay: Callable[[float], None] = lambda seconds: None,
    ) -> AsyncIterator[None]:
        """Wait for a slot, and occupy it while the block sends the request.

        With `slots` above 1 it waits until that many slots are free, and takes one: a write right
        after its read does not wait then.

        The user's requests are served in order; background work comes after all of them, and see
        RESERVE. `follows`: a background write whose read has waited for both does not wait again.
        Cancelling while waiting takes no slot. `on_delay` is called once with the estimated seconds
        if no slot is free.
        """
        await self._wait(background and not follows, min(slots, self._limit), on_delay)
        if background:
            self._background_at = self._clock()
        else:
            self._user_at = self._clock()
        try:
            yield
        finally:
            self._in_flight -= 1
            self._answered.append(self._clock())

    async def _wait(self, background: bool, slots: int, on_delay: Callable[[float], None]) -> None:
        ticket = next(self._tickets)
        queue = self._waiting[background]
        queue.append(ticket)
        told = False
        try:
            while (delay := self._delay_of(ticket, background, slots)) > 0:
                if not told:
                    on_delay(delay)
                told = True
                await self._sleep(min(delay, LOOK_AGAIN))
            self._in_flight += 1
        finally:
            queue.remove(ticket)

    def _delay_of(self, ticket: int, background: bool, slots: int) -> float:
        return self._delay(len(self._ahead(ticket, background)) + slots - 1, background)

    def _ahead(self, ticket: int, background: bool) -> list[int]:
        """Tickets that are served before this one."""
        own = self._waiting[background]
        before = own[: own.index(ticket)]
        return [*self._waiting[False], *before] if background else before

    def _delay(self, ahead: int, background: bool) -> float:
        """Seconds until there are slots for `ahead` others and one more."""
        now = self._clock()
        must_free = self._taken() + ahead + 1 - self._limit
        at = self._free_at(must_free)
        if background and must_free + self._reserve > 0:
            is_at_work = now - self._user_at < self._window
            spread = self._background_at + (self._free_at(1) - now) / max(1, 1 - must_free)
            at = self._free_at(must_free + self._reserve) if is_at_work else max(at, spread)
        return max(now, at, self._paused_until) - now

    def _free_at(self, count: int) -> float:
        """When so many of the taken slots will be free again; in the past for none."""
        if count <= 0:
            return -math.inf
        # Requests that are still under way, or not even sent, free their places later than
        # anything that is known now: at least a whole window away.
        known = len(self._answered)
        return (self._answered[count - 1] if count <= known else self._clock()) + self._window

    def _taken(self) -> int:
        past = self._clock() - self._window
        while self._answered and self._answered[0] <= past:
            self._answered.popleft()
        return self._in_flight + len(self._answered)
