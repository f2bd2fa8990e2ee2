"""Waiting, in an async test, for what has no event of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

PATIENCE = 30.0
"""Seconds."""


async def until(true: Callable[[], object], what: str = "") -> None:
    """Wait until something is so; fails after PATIENCE seconds."""
    try:
        async with asyncio.timeout(PATIENCE):
            while not true():  # noqa: ASYNC110 - a thread, a server or a window has no event for us
                await asyncio.sleep(0.003)
    except TimeoutError:
        raise AssertionError(f"not within {PATIENCE} s: {what or true}") from None
