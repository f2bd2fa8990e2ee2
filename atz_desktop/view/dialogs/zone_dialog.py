"""Asks which time the ATZ web page shows for an activity, and so finds out the zone of ATZ."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QWidget

from atz_desktop.domain.parse_when import parse_time
from atz_desktop.domain.text import format_date
from atz_desktop.domain.values import fitting_zones
from atz_desktop.view.widgets.dialog import BaseDialog, about_activity
from atz_desktop.view.widgets.labels import plain_label
from atz_desktop.view.widgets.layouts import hbox

if TYPE_CHECKING:
    from datetime import datetime

    from atz_desktop.domain.activity import Activity

_WIDTH = 520


class ZoneDialog(BaseDialog):
    """Compares a time as it is read with the one on the web page; accepted with a zone that fits.

    `start` is the activity's start by the wall clock of ATZ's answer, `own_zone` the zone of this
    computer, whose clock the web page is taken to show.
    """

    chosen = Signal(object)
    """The zone (str, an IANA name) that ATZ gives its times in."""
    settings_requested = Signal()
    """The user wants to choose another zone by its name."""

    def __init__(
        self, activity: Activity, start: datetime, own_zone: str, parent: QWidget | None
    ) -> None:
        super().__init__("Time zone of ATZ", _WIDTH, parent)
        self._start, self._own_zone = start, own_zone
        self.add_heading(
            f"This activity shows {start:%H:%M} here. Which time does ATZ show?",
            about_activity(activity.id, activity.title),
        )
        self.add_text(
            f"ATZ names no time zone. Look at this activity, on {format_date(start)}, on the web "
            "page of ATZ and type the time at which it starts there: then the program knows."
        )
        self._time = QLineEdit()
        self._time.setAccessibleName("Time that ATZ shows")
        self._time.setPlaceholderText("Such as 9:30")
        self._time.setFixedWidth(self._time.fontMetrics().horizontalAdvance("Such as 12:30") + 40)
        self._time.textChanged.connect(self._check)
        label = QLabel("It starts there at")
        label.setBuddy(self._time)
        self.page.addLayout(hbox(None, label, self._time, 1))
        self._verdict = plain_label("")
        self._verdict.setMinimumHeight(2 * self._verdict.fontMetrics().lineSpacing())
        self.page.addWidget(self._verdict)
        self.page.addStretch(1)
        self._other, self._later = QPushButton("Choose by name…"), QPushButton("Not now")
        self._use = QPushButton()
        self._other.clicked.connect(self._on_other)
        self._later.clicked.connect(self.reject)
        self._use.clicked.connect(self._on_use)
        self.add_buttons((self._other,), (self._later, self._use), self._use)
        self._zone = ""
        self._check()
        self._time.setFocus()

    def _check(self) -> None:
        text = self._time.text().strip()
        seen = parse_time(text)
        zones = [] if seen is None else fitting_zones(self._start, seen, self._own_zone)
        self._zone = zones[0] if len(zones) == 1 else ""
        self._use.setText(f"Use {self._zone}" if self._zone else "Use it")
        self._use.setEnabled(bool(self._zone))
        if seen is None:
            self._verdict.setText("Type a time such as 9:30." if text else "")
        elif self._zone:
            self._verdict.setText(f"So ATZ gives its times in the zone {self._zone}.")
        elif zones:
            self._verdict.setText(
                f"At that date the clock of {self._own_zone} is that of UTC: this activity can't "
                "tell which is meant. Compare one of another season."
            )
        else:
            self._verdict.setText(
                f"That is neither {self._own_zone}, the zone of this computer, nor UTC. If it is "
                "right, choose the zone of your ATZ account by its name."
            )

    def _on_use(self) -> None:
        self.chosen.emit(self._zone)
        self.accept()

    def _on_other(self) -> None:
        self.settings_requested.emit()
        self.reject()
