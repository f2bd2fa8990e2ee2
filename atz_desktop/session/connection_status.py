"""What the line to ATZ is doing: pauses, requests left, and whether there is a line at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from atz_desktop.api.errors import UNREACHABLE_CAUSES, AtzError, CaptivePortal, NotSent
from atz_desktop.api.rate_limiter import LIMIT, RateLimiter
from atz_desktop.api.requests import DelayReason, PendingDelay, Timeouts

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["LIMIT", "ConnectionStatus", "DelayReason", "PendingDelay", "Timeouts"]


class ConnectionStatus(QObject):
    """Told by the client, asked by the window. `pacer` gives the turns of the current account."""

    changed = Signal()
    """`wait`, `left` or `away` may be another now."""
    went_away = Signal()
    came_back = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.pacer: RateLimiter | None = None
        self.away = False
        self._waits: list[PendingDelay] = []

    @property
    def wait(self) -> PendingDelay | None:
        """The pause that somebody is waiting for, the newest if there are several."""
        self._waits = [wait for wait in self._waits if not wait.finished]
        return self._waits[-1] if self._waits else None

    @property
    def left(self) -> int | None:
        """Requests that may be sent at once; None without an account. LIMIT is all there are."""
        return self.pacer.available() if self.pacer else None

    @property
    def moving(self) -> bool:
        """Whether time alone changes what is to be shown."""
        return self.wait is not None or self.left not in {None, LIMIT}

    def use(self, pacer: RateLimiter) -> None:
        """Another account is connected."""
        self.pacer, self.away = pacer, False
        self.changed.emit()

    def leave(self) -> None:
        """No account is connected any more."""
        self.pacer, self.away = None, False
        self.changed.emit()

    def paused(self, wait: PendingDelay) -> None:
        """A request begins to wait."""
        if not wait.background:
            self._waits.append(wait)
        self.changed.emit()

    def ended(self, error: AtzError | None) -> None:
        """A request is over: it shows whether ATZ can be reached."""
        if isinstance(error, CaptivePortal):
            away = error.is_certain
        else:
            away = isinstance(error, NotSent) and error.cause in UNREACHABLE_CAUSES
        unclear = isinstance(error, CaptivePortal | NotSent) and not away
        if unclear or away == self.away:
            self.changed.emit()
            return
        self.away = away
        self.changed.emit()
        tell: Callable[[], None] = self.went_away.emit if away else self.came_back.emit
        tell()
