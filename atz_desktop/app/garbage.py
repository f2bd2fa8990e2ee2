"""When Python looks for objects that are only kept by each other: not while somebody works."""

from __future__ import annotations

import gc
from functools import partial

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication

_MIDDLE_BEFORE_ALL = 300
"""Collections of the two young generations before one of all objects."""
_AWAY = 500
"""Milliseconds; between two windows of this program none of them is active for a moment."""


def collect_seldom(app: QGuiApplication) -> None:
    """Collect, but all objects only when the user looks at another program.

    That takes 30 to 40 ms where a work list of 5,000 is there, and came every few seconds of a run.
    What is there by now stays out of it.
    """
    gc.freeze()
    young, middle, _ = gc.get_threshold()
    gc.set_threshold(young, middle, _MIDDLE_BEFORE_ALL)
    gc.enable()
    away = QTimer(app, singleShot=True, interval=_AWAY)
    away.timeout.connect(_collect)
    app.applicationStateChanged.connect(partial(_on_state, away))


def _on_state(away: QTimer, state: Qt.ApplicationState) -> None:
    if state is Qt.ApplicationState.ApplicationInactive:
        away.start()
    else:
        away.stop()


def _collect() -> None:
    gc.collect()
