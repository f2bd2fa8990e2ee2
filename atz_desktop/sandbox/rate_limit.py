"""The limit of ATZ: 60 requests in any 60 seconds per token (ATZ_API.md, "Limits and errors")."""

from __future__ import annotations

import time
from collections import defaultdict, deque
from collections.abc import Callable

WINDOW = 60.0
"""Seconds."""


class RateLimit:
    """Counts the requests of each token; `clock` gives seconds that never go back.

    `limit` may be changed at any time; None lets everything pass. A request that was turned away
    does not count.
    """

    def __init__(self, limit: int | None, clock: Callable[[], float] = time.monotonic) -> None:
        self.limit = limit
        self._clock = clock
        self._passed: defaultdict[str, deque[float]] = defaultdict(deque)

    def check(self, token: str) -> float:
        """Count one request and answer 0.0, or turn it away and answer the seconds to wait."""
        now, passed = self._clock(), self._passed[token]
        while passed and now - passed[0] >= WINDOW:
            passed.popleft()
        if self.limit is not None and len(passed) >= self.limit:
            return WINDOW - (now - passed[0])
        passed.append(now)
        return 0.0
