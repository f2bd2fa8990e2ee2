"""A monotonic clock that also counts the time the computer is suspended."""

from __future__ import annotations

import time

# time.monotonic stands still while a Linux computer sleeps; CLOCK_BOOTTIME does not. Elsewhere the
# monotonic clock of the system counts sleep (macOS: clock_gettime; Windows: time.monotonic).
_CLOCK = getattr(time, "CLOCK_BOOTTIME", None) or getattr(time, "CLOCK_MONOTONIC", None)


def monotonic_seconds() -> float:
    """Seconds since an arbitrary point in the past, including suspended time."""
    return time.monotonic() if _CLOCK is None else time.clock_gettime(_CLOCK)
