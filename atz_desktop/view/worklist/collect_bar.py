"""The strip above the save bar while the results of a search are read for the work list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QProgressBar, QPushButton, QWidget

from atz_desktop.view.theme import AROUND, NEAR
from atz_desktop.view.widgets.eliding_label import ElidingLabel
from atz_desktop.view.widgets.layouts import hbox
from atz_desktop.view.widgets.panels import Bar

if TYPE_CHECKING:
    from atz_desktop.session.list_collector import ListCollector


class CollectBar(Bar):
    """Says how many were read, and lets the user stop; hidden while nothing is read."""

    edge = "top"

    def __init__(self, collector: ListCollector, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._collector = collector
        self._words = ElidingLabel()
        self._progress = QProgressBar()
        self._progress.setAccessibleName("Activities read for the work list")
        self._progress.setTextVisible(False)
        self._progress.setFixedSize(140, 6)
        stop = QPushButton("Stop")
        stop.setAccessibleName("Stop reading for the work list")
        stop.clicked.connect(collector.stop)
        margins = (AROUND, NEAR, AROUND, NEAR)
        hbox(self, (self._words, 1), self._progress, stop, margins=margins)
        collector.changed.connect(self._show_state)
        self._show_state()

    def _show_state(self) -> None:
        read, total = self._collector.read, self._collector.total
        self.setVisible(self._collector.running)
        of = f" of {total:,}" if total is not None else ""
        self._words.set_text(f"Reading activities for the work list: {read:,}{of}")
        self._progress.setRange(0, total or 0)
        self._progress.setValue(min(read, total or 0))
