"""A pause before a request, as the person sees it: how long, why, and a way to end it."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from atz_desktop.api.errors import AtzError


class WaitFor(enum.Enum):
    """What a request waits for."""

    TURN = "our own 60 requests a minute are used up"
    LIMIT = "the server said that there were too many requests"
    LATER = "the server has a fault and said when to come back"
    REPEAT = "the last try failed, and the next one comes soon"


class Wait:
    """One pause. `seconds` is an estimate; `over` turns True when the pause has ended.

    `error` is the failure that made the pause necessary (None for TURN), `tries` the number of
    requests made so far, `background` whether a person is waiting for the answer.
    """

    def __init__(
        self, what: WaitFor, seconds: float, *, error: AtzError | None, tries: int, background: bool
    ) -> None:
        self.what = what
        self.seconds = seconds
        self.error = error
        self.tries = tries
        self.background = background
        self.over = False
        self.stopped = False
        self._wake: Callable[[], None] | None = None

    def stop(self) -> None:
        """End the pause and give the request up: nothing more of it is sent. Idempotent."""
        if self.over or self.stopped:
            return
        self.stopped = True
        if self._wake is not None:
            self._wake()

    def begin(self, wake: Callable[[], None]) -> None:
        """The transport's side: how to wake the request that is paused."""
        self._wake = wake

    def end(self) -> None:
        """The transport's side: the pause is over, however it ended."""
        self.over = True
        self._wake = None
