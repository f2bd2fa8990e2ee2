"""Quarters of an hour to pick a time of day from, with the duration from the start."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QListView, QWidget

from atz_desktop.view.widgets.chip import Chip
from atz_desktop.view.widgets.suggestion_list import SuggestionList

_QUARTER = timedelta(minutes=15)
_DAY = 96  # quarters of an hour
_LAST = datetime(9999, 12, 31)  # noqa: DTZ001 - a wall clock
_TEXT = ""  # the list is not made for what is typed: typing closes it


class TimeList(QObject):
    """Hangs below its line and takes Up, Down, Page keys, Enter and Escape while it is open."""

    picked = Signal(object)
    """The moment (datetime) that the user picked."""

    def __init__(self, line: QWidget) -> None:
        super().__init__(line)
        self._line = line
        self._list = SuggestionList(line, compact=True)
        self._list.setAccessibleName("Times")
        self._list.chosen.connect(self._pick)
        line.installEventFilter(self)

    def open_at(
        self, first: datetime, shown: datetime, describe: Callable[[datetime], str]
    ) -> None:
        """Offer a day of times from `first` on, beginning to look at `shown`.

        Nothing is offered to a line without the keyboard: nothing would close that again.
        """
        if not self._line.hasFocus():
            return
        steps = min(_DAY, (_LAST - first) // _QUARTER)
        times = [first + at * _QUARTER for at in range(steps)]
        offered = tuple(Chip(at.isoformat(), f"{at:%H:%M}", describe(at)) for at in times)
        if not offered:
            return
        self._list.open_at(self._line, _TEXT, offered, preselect=False)
        nearest = min(range(len(times)), key=lambda at: abs(times[at] - shown))
        index = self._list.model().index(nearest, 0)
        self._list.setCurrentIndex(index)
        self._list.scrollTo(index, QListView.ScrollHint.PositionAtCenter)

    def close(self) -> None:
        self._list.hide_list()

    def _pick(self, chip: Chip) -> None:
        self.close()
        self.picked.emit(datetime.fromisoformat(chip.key))

    # Qt overrides

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusOut:
            self.close()
        if not self._list.isVisible() or event.type() != QEvent.Type.KeyPress:
            return False
        assert isinstance(event, QKeyEvent)
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            return False
        return self._list.handle_key(_TEXT, event.key())
