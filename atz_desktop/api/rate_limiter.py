"""At most 60 requests in any 60 seconds, the person's first (ATZ_API.md: Limits and errors).

The server counts a request at some moment between its sending and its answer. So a request takes
its place when it is sent and gives it back 60 s after it was answered: however slow the network,
the server never sees more than the limit in any window, and so never has to say 429 to us alone.

Several programs may use one token: a `Ledger` tells each what the others have taken.
"""

from __future__ import annotations

import asyncio
import itertools
import math
import time
from collections import deque
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

LIMIT = 60
WINDOW = 60.0
MARGIN = 0.25
"""Seconds on top of the window: the clocks of two machines do not run alike."""

RESERVE = 20
"""Places that background work leaves free, so that the person's own next requests go at once."""

LOOK_AGAIN = 1.0
"""Timers are coarse and machines fall asleep: nobody sleeps longer than this without a look."""


class Others(Protocol):
    """What other programs have taken of the same token's turns."""

    @property
    def back(self) -> Sequence[float]:
        """For each of their places, when it is free again; inf while its request is under way."""

    @property
    def paused_until(self) -> float:
        """Before this moment the server wants to hear of nobody."""


class Ledger(Protocol):
    """Where the programs of this computer that use one token write down their turns.

    All times are those of the pacer's clock, which all of them share. It never raises: who cannot
    read or write it goes by their own count alone.
    """

    async def look(self, now: float) -> Others:
        """What the others have taken."""

    async def take(self, ticket: int, places: int, now: float) -> tuple[bool, Others]:
        """Take a place if the others hold fewer than `places`; whether it was taken."""

    def give_back(self, ticket: int, at: float) -> None:
        """The place of this ticket, if it was taken, is free from `at` on. Does not wait."""

    def pause(self, until: float) -> None:
        """Tell the others to send nothing before `until`. Does not wait."""


class _Nobody:
    """The others, as long as none are known of."""

    back = ()
    paused_until = -math.inf


class RateLimiter:
    """The turns of one token. Lives on one thread; `clock` is monotonic, in seconds."""

    def __init__(  # noqa: PLR0913  each has its usual value and is named where it is given
        self,
        *,
        limit: int = LIMIT,
        window: float = WINDOW,
        reserve: int = RESERVE,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        ledger: Ledger | None = None,
    ) -> None:
        self._limit = limit
        self._window = window + MARGIN
        self._reserve = min(reserve, limit - 1)
        self._clock = clock
        self._sleep = sleep
        self._ledger = ledger
        self._others: Others = _Nobody()
        self._flying = 0
        self._answered: deque[float] = deque()
        self._paused_until = -math.inf
        self._tickets = itertools.count(1)
        self._waiting: tuple[list[int], list[int]] = ([], [])

    @property
    def shared(self) -> bool:
        """Whether other programs may take turns: only a `look` shows what they took."""
        return self._ledger is not None

    async def look(self) -> None:
        """See what other programs have taken meanwhile."""
        if self._ledger is not None:
            self._others = await self._ledger.look(self._clock())

    def left(self) -> int:
        """Requests that could be sent at this moment."""
        now = self._clock()
        if now < max(self._paused_until, self._others.paused_until):
            return 0
        return max(0, self._limit - self._taken() - len(self._theirs(now)))

    def pause(self, seconds: float) -> None:
        """Send nothing for so long: the server said 429, perhaps because of another computer."""
        self._paused_until = max(self._paused_until, self._clock() + seconds)
        if self._ledger is not None:
            self._ledger.pause(self._paused_until)

    def delay(self, *, background: bool = False, places: int = 1) -> float:
        """Seconds, by what is known now, until a request that asks now gets its turn."""
        return self._delay(len(self._ahead(None, background)) + places - 1, background)

    @asynccontextmanager
    async def turn(
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
        hears once, and about how long it takes, if there is no place at once: that may be known
        only when the ledger was asked.
        """
        ticket = await self._wait(background, min(places, self._limit), on_delay)
        try:
            yield
        finally:
            self._flying -= 1
            now = self._clock()
            self._answered.append(now)
            if self._ledger is not None:
                self._ledger.give_back(ticket, now + self._window)

    async def _wait(self, background: bool, places: int, on_delay: Callable[[float], None]) -> int:
        ticket = next(self._tickets)
        queue = self._waiting[background]
        queue.append(ticket)
        told = False
        try:
            while True:
                delay = self._delay(len(self._ahead(ticket, background)) + places - 1, background)
                if delay > 0:
                    if not told:
                        on_delay(delay)
                    told = True
                    await self._sleep(min(delay, LOOK_AGAIN))
                    await self.look()
                elif await self._take(ticket, background):
                    return ticket
        finally:
            queue.remove(ticket)

    async def _take(self, ticket: int, background: bool) -> bool:
        places = self._limit - self._taken() - (self._reserve if background else 0)
        self._flying += 1  # before anything is awaited: nobody here takes the same place
        if self._ledger is None:
            return True
        taken = False
        try:
            taken, self._others = await self._ledger.take(ticket, places, self._clock())
        finally:
            if not taken:
                self._flying -= 1
                self._ledger.give_back(ticket, self._clock())  # cancelled: it may be written yet
        return taken

    def _ahead(self, ticket: int | None, background: bool) -> list[int]:
        """Who goes before this ticket; before a new one, everybody of its kind."""
        own = self._waiting[background]
        before = own if ticket is None else own[: own.index(ticket)]
        return [*self._waiting[False], *before] if background else before

    def _delay(self, ahead: int, background: bool) -> float:
        """Seconds until there are places for `ahead` others and one more."""
        now = self._clock()
        theirs = self._theirs(now)
        taken = self._taken() + len(theirs)
        must_free = taken + ahead + 1 - self._limit + (self._reserve if background else 0)
        at = now
        if must_free > 0:
            known = [at + self._window for at in self._answered]
            known = sorted([*known, *(at for at in theirs if at < math.inf)])
            # Requests that are still under way, or not even sent, free their places later than
            # anything that is known now: at least a whole window away.
            at = known[must_free - 1] if must_free <= len(known) else now + self._window
        return max(at, self._paused_until, self._others.paused_until) - now

    def _theirs(self, now: float) -> list[float]:
        return [at for at in self._others.back if at > now]

    def _taken(self) -> int:
        past = self._clock() - self._window
        while self._answered and self._answered[0] <= past:
            self._answered.popleft()
        return self._flying + len(self._answered)
