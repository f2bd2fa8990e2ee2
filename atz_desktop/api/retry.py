"""Retry policy: whether a failed request may be repeated, and after how many seconds."""

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
from atz_desktop.api.rate_limiter import WINDOW

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_RETRY_AFTER = 90.0
"""Seconds; after a longer Retry-After the request is not repeated: the user decides."""

MAX_ATTEMPTS = 3
INITIAL_BACKOFF = 0.5
MAX_BACKOFF = 8.0
"""Seconds before the second request, doubled each time, and at most."""

_NOT_RETRYABLE = frozenset(
    {
        Cause.CERTIFICATE,
        Cause.TLS,
        Cause.PROXY,
        Cause.PROXY_SETTING,
        Cause.SOCKS,
        Cause.CANCELLED,
        Cause.INVALID_REQUEST,
        Cause.CLOSED,
        Cause.OUTDATED,
    }
)


def may_repeat(
    method: str, error: AtzError, attempts: int, jitter: Callable[[], float] = random.random
) -> float | None:
    """Seconds to wait before the same request may be sent once more, or None: not at all.

    `attempts` counts the requests sent so far (1 after the first failure); `jitter` returns 0 ≤ x
    < 1. A write that may have been applied is never repeated, whatever else holds.
    """
    if error.may_have_been_applied or attempts >= MAX_ATTEMPTS:
        return None
    if isinstance(error, RateLimited):
        return _retry_after_delay(
            WINDOW if error.retry_after is None else max(error.retry_after, 1.0), jitter
        )
    if isinstance(error, NotSent):
        return None if _is_not_retryable(error.cause, attempts) else _back_off(attempts, jitter)
    if method != "GET":
        return None
    if isinstance(error, OutcomeUnknown):
        return None if _is_not_retryable(error.cause, attempts) else _back_off(attempts, jitter)
    if isinstance(error, ServerError):
        back_off = _back_off(attempts, jitter)
        return (
            back_off
            if error.retry_after is None
            else _retry_after_delay(max(error.retry_after, back_off), jitter)
        )
    return None


def _is_not_retryable(why: Cause, attempts: int) -> bool:
    """Time-outs are retried only once: the user has been waiting already."""
    return why in _NOT_RETRYABLE or (why in (Cause.TIMED_OUT, Cause.POOL_TIMEOUT) and attempts >= 2)


def _retry_after_delay(wait: float, jitter: Callable[[], float]) -> float | None:
    if wait > MAX_RETRY_AFTER:
        return None
    # Never earlier than requested; jitter spreads several requests.
    return wait + 0.1 + jitter()


def _back_off(attempts: int, jitter: Callable[[], float]) -> float:
    """Exponential backoff with 50 % jitter."""
    full = min(INITIAL_BACKOFF * 2.0 ** (attempts - 1), MAX_BACKOFF)
    return full / 2 + full / 2 * jitter()
