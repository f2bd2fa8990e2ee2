"""Whether a failed request may be sent again, and after how many seconds: a pure decision."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from atz_desktop.api.errors import (
    AtzError,
    Cause,
    NotSent,
    OutcomeUnknown,
    RateLimited,
    ServerError,
)

if TYPE_CHECKING:
    from collections.abc import Callable

WINDOW = 60.0
"""Seconds after which a 429 that names no wait is over (ATZ_API.md: 60 requests per 60 s)."""

LONGEST_WAIT = 90.0
"""Seconds; who is told to wait longer than this decides for themselves, so it is not repeated."""

MAX_TRIES = 3
FIRST_DELAY = 0.5
LONGEST_DELAY = 8.0

_HOPELESS = frozenset(
    {
        Cause.CERTIFICATE,
        Cause.TLS,
        Cause.PROXY,
        Cause.PROXY_SETTING,
        Cause.SOCKS,
        Cause.STOPPED,
        Cause.UNSENDABLE,
        Cause.CLOSED,
        Cause.OUTDATED,
    }
)


def may_repeat(
    method: str, error: AtzError, tries: int, jitter: Callable[[], float] = random.random
) -> float | None:
    """Seconds to wait before the same request may be sent once more, or None: not at all.

    `tries` counts the requests made so far (1 after the first failure); `jitter` gives numbers
    from 0 up to 1. A write that may have been applied is never repeated, whatever else holds.
    """
    if error.may_have_been_applied or tries >= MAX_TRIES:
        return None
    if isinstance(error, RateLimited):
        return _as_asked(WINDOW if error.wait is None else max(error.wait, 1.0), jitter)
    if isinstance(error, NotSent):
        return None if _is_hopeless(error.why, tries) else _back_off(tries, jitter)
    if method != "GET":
        return None
    if isinstance(error, OutcomeUnknown):
        return None if _is_hopeless(error.why, tries) else _back_off(tries, jitter)
    if isinstance(error, ServerError):
        back_off = _back_off(tries, jitter)
        return back_off if error.wait is None else _as_asked(max(error.wait, back_off), jitter)
    return None


def _is_hopeless(why: Cause, tries: int) -> bool:
    """A time-out has kept the person waiting already: it is tried only once more."""
    return why in _HOPELESS or (why in (Cause.TIMED_OUT, Cause.BUSY) and tries >= 2)


def _as_asked(wait: float, jitter: Callable[[], float]) -> float | None:
    if wait > LONGEST_WAIT:
        return None
    # Never sooner than asked for, and not all windows of one person in the same instant.
    return wait + 0.1 + jitter()


def _back_off(tries: int, jitter: Callable[[], float]) -> float:
    """Doubles with each try; half of it is chance, so that programs do not march in step."""
    full = min(FIRST_DELAY * 2.0 ** (tries - 1), LONGEST_DELAY)
    return full / 2 + full / 2 * jitter()
