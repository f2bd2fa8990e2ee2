"""Waiting, in an async test, for what has no event of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

PATIENCE = 30.0
"""Seconds."""
PAUSES = (0.001, 0.01)
"""Seconds between two looks: at first, doubled each time, at most. Who looks at every widget of a
window each millisecond keeps the processor from what is waited for. What lasts for a moment only
may be over at the next look: wait for what stays.
"""


async def until(true: Callable[[], object], what: str = "") -> None:
    """Wait until something is so; fails after PATIENCE seconds."""
    pause, longest = PAUSES
    try:
        async with asyncio.timeout(PATIENCE):
            while not true():
                await asyncio.sleep(pause)
                pause = min(2 * pause, longest)
    except TimeoutError:
        raise AssertionError(f"not within {PATIENCE} s: {what or true}") from None
