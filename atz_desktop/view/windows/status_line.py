"""What the save bar says of the connection: pauses, counted down, no network, few requests."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from atz_desktop.session.account_session import LIMIT, DelayReason
from atz_desktop.view.widgets.labels import ElidingLabel, announce
from atz_desktop.view.widgets.layouts import hbox

if TYPE_CHECKING:
    from atz_desktop.session.account_session import ConnectionStatus, PendingDelay

_TICK = 500
"""Milliseconds between two looks at the clock, while time changes what is shown."""

_AWAY = "No connection to ATZ. You can go on typing; it is tried again by itself."
_WHY = {
    DelayReason.RATE_LIMIT: f"ATZ allows {LIMIT} requests a minute. Going on",
    DelayReason.TOO_MANY_REQUESTS: (
        "ATZ asked to wait, because there were too many requests. Going on"
    ),
    DelayReason.RETRY_AFTER: "ATZ cannot answer just now and asked to wait. Trying again",
    DelayReason.RETRY: "That did not work. Trying again",
}


class StatusLine(QWidget):
    """Asks `traffic` what it is now, and counts down while something waits.

    It is not shown while there is nothing to say.
    """

    def __init__(self, traffic: ConnectionStatus) -> None:
        super().__init__()
        self._traffic = traffic
        self._wait: PendingDelay | None = None
        self._due = 0.0
        self._said = ""
        self._words = ElidingLabel("warning")
        self._words.setAccessibleName("Connection")
        self._stop = QPushButton("Stop waiting")
        self._stop.clicked.connect(self._stop_waiting)
        self._left = ElidingLabel("muted", "caption")
        self._left.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        hbox(self, self._words, self._stop, self._left)
        self._clock = QTimer(self, interval=_TICK)
        self._clock.timeout.connect(self._show)
        traffic.changed.connect(self._show)
        self._show()

    def follow(self, traffic: ConnectionStatus) -> None:
        """Tell of another line from now on: another account is connected."""
        self._traffic.changed.disconnect(self._show)
        self._traffic = traffic
        traffic.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        wait, few = self._traffic.pending_delay, self._traffic.few_left
        if wait is not self._wait:
            self._wait = wait
            self._due = time.monotonic() + (wait.seconds if wait else 0.0)
        self._stop.setVisible(wait is not None)
        left = f"{few} of {LIMIT} requests left this minute"
        self._left.set_text(left if few is not None else "")
        if wait is not None:
            self._show_text(
                _delay_text(wait), f" in {max(1, math.ceil(self._due - time.monotonic()))} s."
            )
        else:
            self._show_text(_AWAY if self._traffic.offline else "")
        self.setVisible(bool(self._words.text() or self._left.text()))
        if self._traffic.is_changing != self._clock.isActive():
            self._clock.start() if self._traffic.is_changing else self._clock.stop()

    def _show_text(self, words: str, rest: str = "") -> None:
        """Only `words` are read out, not every second of a countdown."""
        self._words.set_text(words + rest)
        if words and words != self._said:
            announce(self, words + rest)
        self._said = words

    def _stop_waiting(self) -> None:
        if self._wait is not None:
            self._wait.stop()


def _delay_text(wait: PendingDelay) -> str:
    again = wait.reason in {DelayReason.RETRY, DelayReason.RETRY_AFTER}
    tries = f" (attempt {wait.attempts + 1})" if again else ""
    return _WHY[wait.reason] + tries
