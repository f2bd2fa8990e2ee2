"""The strip that says how far the names are fetched."""

from __future__ import annotations

from typing import Any, cast

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from atz_desktop.session.name_sync import SyncState
from atz_desktop.view.windows.main_window import LEAST_WIDTH
from atz_desktop.view.windows.name_sync_bar import NameSyncBar


class _NameSync(QObject):
    """What the strip asks of a NameSync that has trouble."""

    changed = Signal()
    state = SyncState.PAUSED
    progress = (3, 8)
    status_text = "Paused: candidates, page 4 of 8. " + "A sign-in page can be the reason. " * 5

    def stop(self) -> None: ...


def test_a_long_trouble_fits_into_the_smallest_window_and_is_heard(qtbot: QtBot) -> None:
    strip = NameSyncBar(cast(Any, _NameSync()))
    qtbot.addWidget(strip)
    assert strip.minimumSizeHint().width() <= LEAST_WIDTH
    [label] = strip.findChildren(QLabel)
    assert label.accessibleDescription() == _NameSync.status_text
