"""The strip above the save bar while names are fetched: how far, pause, stop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QProgressBar, QPushButton, QWidget

from atz_desktop.session.name_sync import SyncState
from atz_desktop.view.theme import AROUND, NEAR
from atz_desktop.view.widgets.labels import ElidingLabel
from atz_desktop.view.widgets.layouts import Bar, hbox

if TYPE_CHECKING:
    from atz_desktop.session.name_sync import NameSync


class NameSyncBar(Bar):
    """Shows what `fetching` does, and lets the person hold it; hidden when there is nothing."""

    edge = "top"

    def __init__(self, fetching: NameSync, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._fetching = fetching
        self._words = ElidingLabel(lines=2)
        self._words.setAccessibleName("Fetching names")
        self._bar = QProgressBar()
        self._bar.setAccessibleName("Names fetched")
        self._bar.setTextVisible(False)
        self._bar.setFixedSize(140, 6)
        self._hold = QPushButton()
        self._hold.clicked.connect(self._toggle_pause)
        self._end = QPushButton()
        self._end.clicked.connect(fetching.stop)
        hbox(
            self,
            (self._words, 1),
            self._bar,
            self._hold,
            self._end,
            margins=(AROUND, NEAR, AROUND, NEAR),
        )
        fetching.changed.connect(self._show_state)
        self._show_state()

    def _show_state(self) -> None:
        state, progress = self._fetching.state, self._fetching.progress
        self.setVisible(state is not SyncState.IDLE)
        self._words.set_text(self._fetching.status_text)
        self._words.setAccessibleDescription(self._fetching.status_text)
        done = state is SyncState.DONE
        self._bar.setVisible(not done)
        self._bar.setRange(0, progress[1] if progress else 0)
        if progress:
            self._bar.setValue(progress[0])
        self._hold.setVisible(not done)
        paused = state is SyncState.PAUSED
        self._hold.setText("Go on" if paused else "Pause")
        self._hold.setAccessibleName("Go on fetching names" if paused else "Pause fetching names")
        self._end.setText("Close" if done else "Stop")
        self._end.setAccessibleName("Close this line" if done else "Stop fetching names")

    def _toggle_pause(self) -> None:
        if self._fetching.state is SyncState.PAUSED:
            self._fetching.start()
        else:
            self._fetching.pause()
