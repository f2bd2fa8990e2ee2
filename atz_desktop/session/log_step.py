"""One line of the log, for the report for support: the log itself needs no more than this."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple


class LogStep(NamedTuple):
    """A line in parts: `template` is a literal of our source code."""

    at: datetime
    level: str
    template: str
    values: tuple[object, ...] = ()
    error: str = ""
    """The classes of an exception and of what led to it."""
