"""What the line to ATZ is doing: pauses, requests left, and whether there is a line at all."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from atz_desktop.api.errors import UNREACHABLE_CAUSES, AtzError, CaptivePortal, NotSent
from atz_desktop.api.rate_limiter import LIMIT, RateLimiter
from atz_desktop.api.requests import DelayReason, PendingDelay, Timeouts

_FEW = 15
"""So few requests left are told of: before, nobody needs to know the number."""

__all__ = ["LIMIT", "ConnectionStatus", "DelayReason", "PendingDelay", "Timeouts"]


class ConnectionStatus(QObject):
    """Told by the client, asked by the window. `rate_limiter` is that of the current account."""

    changed = Signal()
    """`pending_delay`, `few_left` or `offline` may be another now."""
    went_offline = Signal()
    went_online = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.rate_limiter: RateLimiter | None = None
        self.offline = False
        self._delays: list[PendingDelay] = []
        self._was_quiet = False
        """Whether nothing was to be shown when `changed` was told last."""

    @property
    def pending_delay(self) -> PendingDelay | None:
        """The pause that somebody is waiting for, the newest if there are several."""
        self._delays = [wait for wait in self._delays if not wait.finished]
        return self._delays[-1] if self._delays else None

    @property
    def available(self) -> int | None:
        """Requests that may be sent at once; None without an account. LIMIT is all there are."""
        return self.rate_limiter.available() if self.rate_limiter else None

    @property
    def few_left(self) -> int | None:
        """`available` where that is worth telling; None while there are plenty."""
        left = self.available
        return left if left is not None and left < _FEW else None

    @property
    def is_changing(self) -> bool:
        """Whether time alone changes what is to be shown."""
        return self.pending_delay is not None or self.few_left is not None

    def attach(self, rate_limiter: RateLimiter) -> None:
        """Another account is connected."""
        self.rate_limiter, self.offline = rate_limiter, False
        self._tell()

    def detach(self) -> None:
        """No account is connected any more."""
        self.rate_limiter, self.offline = None, False
        self._tell()

    def on_delay(self, wait: PendingDelay) -> None:
        """A request begins to wait."""
        if not wait.background:
            self._delays.append(wait)
        self._tell()

    def on_request_end(self, error: AtzError | None) -> None:
        """A request is over: it shows whether ATZ can be reached."""
        if isinstance(error, CaptivePortal):
            offline = error.is_certain
        else:
            offline = isinstance(error, NotSent) and error.cause in UNREACHABLE_CAUSES
        is_unclear = isinstance(error, CaptivePortal | NotSent) and not offline
        was_offline = self.offline
        if not is_unclear:
            self.offline = offline
        self._tell()
        if self.offline and not was_offline:
            self.went_offline.emit()
        elif was_offline and not self.offline:
            self.went_online.emit()

    def _tell(self) -> None:
        is_quiet = not self.offline and not self.is_changing
        if not is_quiet or not self._was_quiet:
            self.changed.emit()
        self._was_quiet = is_quiet
