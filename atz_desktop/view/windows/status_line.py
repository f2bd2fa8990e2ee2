"""The last line of the window: pauses with their countdown, no network, requests left."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QLabel, QPushButton

from atz_desktop.session.connection_status import LIMIT, DelayReason
from atz_desktop.view.theme import AROUND, TIGHT, set_text_colour, type_font
from atz_desktop.view.widgets.dialog import plain_label
from atz_desktop.view.widgets.layouts import hbox
from atz_desktop.view.widgets.panels import Bar

if TYPE_CHECKING:
    from atz_desktop.session.connection_status import ConnectionStatus, PendingDelay

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


class StatusLine(Bar):
    """Asks `traffic` what it is now, and counts down while something waits."""

    def __init__(self, traffic: ConnectionStatus) -> None:
        super().__init__()
        self._traffic = traffic
        self._wait: PendingDelay | None = None
        self._due = 0.0
        self._said = ""
        self._words = plain_label("")
        self._words.setAccessibleName("Connection")
        self._stop = QPushButton("Stop waiting")
        self._stop.clicked.connect(self._stop_waiting)
        self._left = QLabel()
        for label in (self._words, self._left):
            label.setFont(type_font("caption"))
        self._left.setToolTip(f"ATZ allows {LIMIT} requests in any 60 seconds for each token")
        hbox(self, (self._words, 1), self._stop, self._left, margins=(AROUND, TIGHT, AROUND, TIGHT))
        self._clock = QTimer(self)
        self._clock.setInterval(_TICK)
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
        wait, left = self._traffic.pending_delay, self._traffic.available
        if wait is not self._wait:
            self._wait = wait
            self._due = time.monotonic() + (wait.seconds if wait else 0.0)
        self._stop.setVisible(wait is not None)
        self._left.setText("" if left is None else f"{left} of {LIMIT} requests left this minute")
        if wait is not None:
            self._show_text(
                _delay_text(wait), f" in {max(1, math.ceil(self._due - time.monotonic()))} s."
            )
        else:
            self._show_text(_AWAY if self._traffic.offline else "")
        if self._traffic.is_changing != self._clock.isActive():
            self._clock.start() if self._traffic.is_changing else self._clock.stop()

    def _show_text(self, words: str, rest: str = "") -> None:
        """Only `words` are read out, not every second of a countdown."""
        self._words.setText(words + rest)
        set_text_colour(self._words, "warning")
        if words and words != self._said:
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, words + rest))
        self._said = words

    def _stop_waiting(self) -> None:
        if self._wait is not None:
            self._wait.stop()


def _delay_text(wait: PendingDelay) -> str:
    again = wait.reason in {DelayReason.RETRY, DelayReason.RETRY_AFTER}
    tries = f" (attempt {wait.attempts + 1})" if again else ""
    return _WHY[wait.reason] + tries
