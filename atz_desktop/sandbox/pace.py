"""The limit of ATZ: 60 requests in any 60 seconds per token (ATZ_API.md, "Limits and errors")."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

WINDOW = 60.0
"""Seconds."""


class Pace:
    """Counts the requests of the one token there is; `clock` gives seconds that never go back.

    `limit` may be changed at any time; None lets everything pass. A request that was turned away
    does not count.
    """

    def __init__(self, limit: int | None, clock: Callable[[], float] = time.monotonic) -> None:
        self.limit = limit
        self._clock = clock
        self._passed: deque[float] = deque()

    def admit(self) -> float:
        """Count one request and answer 0.0, or turn it away and answer the seconds to wait."""
        now = self._clock()
        while self._passed and now - self._passed[0] >= WINDOW:
            self._passed.popleft()
        if self.limit is not None and len(self._passed) >= self.limit:
            return WINDOW - (now - self._passed[0])
        self._passed.append(now)
        return 0.0
