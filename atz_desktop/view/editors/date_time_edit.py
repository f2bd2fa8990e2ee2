"""A date and a time of day that can be empty, which Qt's own date editors cannot be."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale, Qt, Signal
from PySide6.QtGui import QAction, QFocusEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from atz_desktop.domain.characters import strip_invisible
from atz_desktop.domain.parse_when import (
    Calendar,
    Reading,
    is_end_of_day,
    read_date_line,
    read_time_line,
)
from atz_desktop.domain.quick_dataclass import dataclass
from atz_desktop.domain.text import format_date as day_words
from atz_desktop.domain.text import quoted
from atz_desktop.view.icons import icon
from atz_desktop.view.widgets.exact_text import ExactLineEdit
from atz_desktop.view.widgets.layouts import hbox

if TYPE_CHECKING:
    from atz_desktop.view.editors.date_time_popups import CalendarPopup, TimeList

_LONGEST_DATE, _LONGEST_TIME = "Wed 30 May 2024", "12:30 pm"
_AROUND_DATE, _AROUND_TIME = 36, 17  # frames, and the picture in the box
_MORNING = time(9)
_WORKING_HOURS = timedelta(hours=9)
_QUARTER = timedelta(minutes=15)


@dataclass(frozen=True)
class ParseResult:
    """What the two texts say: a moment or none, or why they say neither.

    `until` is the end, where they say a range of times.
    """

    moment: datetime | None = None
    error: str = ""
    until: time | None = None


class DateTimeEdit(QWidget):
    """A line for the date, with a calendar, and a line for the time of day, with a list.

    `name` is the visible label ("Start"), `today` the day in the zone of the times. Up and Down
    step a day or a quarter of an hour, with Ctrl a day in both. Each line understands a date and a
    time together, and words (`tomorrow`, `fri 9`, `+1h`).
    """

    typed = Signal()
    """The user changed a text: what it says is no value before `committed`."""
    committed = Signal()
    """The user is done with the texts: they left a line, pressed Enter, stepped or picked."""

    def __init__(
        self,
        name: str,
        today: Callable[[], date],
        describe: Callable[[datetime], str] = lambda _time: "",
    ) -> None:
        """`describe` says what is worth knowing of a time that is offered."""
        super().__init__()
        self._name = name
        self._today = today
        self._describe = describe
        self._moment: datetime | None = None
        self._start: datetime | None = None
        self._popup: CalendarPopup | None = None
        self._times: TimeList | None = None
        self.date_line = _SteppedLineEdit("Date", _LONGEST_DATE, _AROUND_DATE)
        self.time_line = _SteppedLineEdit("Time", _LONGEST_TIME, _AROUND_TIME)
        opener = QAction(icon("calendar", "muted"), f"Choose the date of {name}", self)
        opener.triggered.connect(self.open_calendar)
        self.date_line.addAction(opener, QLineEdit.ActionPosition.TrailingPosition)
        self.date_line.setToolTip(
            "Such as 16 Jun 2024, 24, fri or tomorrow 9. F4 opens a calendar."
        )
        self.time_line.setToolTip("Such as 9, 0930, 2pm, 9:30–11 or +1h. F4 opens a list of times.")
        hbox(self, self.date_line, self.time_line)
        for line in (self.date_line, self.time_line):
            line.editingFinished.connect(self.committed)
            line.stepped.connect(self._step)
            line.edited.connect(partial(self._on_edited, line))
        self.date_line.list_requested.connect(self.open_calendar)
        self.time_line.list_requested.connect(self.open_times)
        self.time_line.clicked.connect(self.open_times)
        self.setFocusProxy(self.date_line)

    def show_moment(self, moment: datetime | None, start: datetime | None = None) -> None:
        """Show a moment; what is half typed stays until it is committed or `reset`.

        `start` is what an end counts from: its day is that of a time without a date.
        """
        kept = self.is_edited
        if self._times is not None and (moment, start) != (self._moment, self._start):
            self._times.close()  # it was made for another one
        self._moment, self._start = moment, start
        if not kept:
            self.reset()

    def commit_moment(self, moment: datetime | None) -> None:
        """The texts were taken for `moment`, or for what follows from it: write it out."""
        self._moment = moment
        self.reset()

    def show_texts(self, day: str, clock: str) -> None:
        """Show texts that are no moment yet."""
        self.date_line.show_value(day)
        self.time_line.show_value(clock)

    def reset(self) -> None:
        """Show the moment again, whatever was half typed."""
        self.show_texts(*moment_texts(self._moment))

    @property
    def is_edited(self) -> bool:
        """Whether the texts are other ones than those of the moment."""
        return (self._day_text, self._clock_text) != moment_texts(self._moment)

    @property
    def texts(self) -> tuple[str, str]:
        return self.date_line.value() or "", self.time_line.value() or ""

    @property
    def only_clock_edited(self) -> bool:
        """Whether a time of day was typed, and no date with it."""
        said = self._clock_reading()
        same_day = self._day_text == moment_texts(self._moment)[0]
        return same_day and said is not None and (said.day, said.shift) == (None, None)

    def parse(self) -> ParseResult:
        """What the texts say; by wall clock, counted from the moment where they say how far."""
        if not self._day_text and not self._clock_text:
            return ParseResult()
        on, at = self._day_reading(), self._clock_reading()
        if on is None:
            return ParseResult(
                None, f"{quoted(self._day_text)} is no date: type one such as 16 Jun 2024."
            )
        if at is None:
            return ParseResult(None, self._clock_error())
        return self._combine(on, at)

    def _combine(self, on: Reading, at: Reading) -> ParseResult:
        """The moment that both lines say; the one for the date was written last if it was
        edited.
        """
        day_edited = self._day_text != moment_texts(self._moment)[0]
        day = (on.day or at.day) if day_edited else (at.day or on.day)
        clock, until = (on.clock, on.until) if on.clock else (at.clock, at.until)
        shift = sum((said.shift for said in (on, at) if said.shift), timedelta())
        shown = self._moment or self._start
        if shift and shown is None:
            return ParseResult(None, f"{self._name} has no time yet to count from.")
        if shown is not None and (shift or on.clock):
            day, clock = day or shown.date(), clock or shown.time()
        if clock is None:
            return ParseResult(None, f"{self._name} needs a time of day, too.")
        if day is None:
            return ParseResult(None, f"{self._name} needs a date, too.")
        try:
            return ParseResult(datetime.combine(day, clock) + shift, until=until)
        except OverflowError:
            return ParseResult(None, f"{self._name} would be beyond the calendar.")

    @property
    def lacks_only_a_part(self) -> bool:
        """Whether one line is empty and the keyboard is in it: it may come yet."""
        empty = self.time_line if self._day_text else self.date_line
        return empty.hasFocus() and not strip_invisible(empty.value() or "")

    @property
    def first_invalid_line(self) -> QLineEdit:
        """The line to go to: the one that says no moment, else that of the date."""
        reading = self._day_reading()
        good_date = reading is not None and bool(self._day_text or self._start)
        return self.time_line if good_date and self.parse().error else self.date_line

    @property
    def _day_text(self) -> str:
        return strip_invisible(self.texts[0])

    @property
    def _clock_text(self) -> str:
        return strip_invisible(self.texts[1])

    def _clock_error(self) -> str:
        text = self._clock_text
        if is_end_of_day(text):
            return f"{quoted(text)} is 00:00 of the next day: type that."
        return f"{quoted(text)} is no time of day: type one such as 9:30."

    def _day_reading(self) -> Reading | None:
        text, moment = self._day_text, self._moment
        if moment is not None and text == day_words(moment):
            return Reading(moment.date())
        if not text:
            return Reading(self._start.date() if self._start else None)
        return read_date_line(text, self._calendar())

    def _clock_reading(self) -> Reading | None:
        text = self._clock_text
        return read_time_line(text, self._calendar()) if text else Reading()

    def _calendar(self) -> Calendar:
        return Calendar(self._shown_day(), self._today(), day_comes_first())

    def _shown_day(self) -> date:
        known = self._moment or self._start
        return known.date() if known else self._today()

    # What the user does

    def open_calendar(self) -> None:
        """Let the user pick the day from a month."""
        if not self.date_line.isEnabled():
            return
        if self._popup is None:
            from atz_desktop.view.editors.date_time_popups import CalendarPopup

            self._popup = CalendarPopup(self.date_line, f"Date of {self._name}")
            self._popup.picked.connect(self._pick_day)
        said, reading = self.parse().moment, self._day_reading()
        day = said.date() if said else reading.day if reading else None
        self._popup.open_at(day or self._shown_day())

    def open_times(self) -> None:
        """Let the user pick the time from quarters of an hour."""
        if self.time_line.isReadOnly() or not self.time_line.isEnabled():
            return
        if self._times is None:
            from atz_desktop.view.editors.date_time_popups import TimeList

            self._times = TimeList(self.time_line)
            self._times.picked.connect(self._pick_moment)
        day = datetime.combine(self._shown_day(), time())
        shown = self.parse().moment or self._moment or self._start or day + _WORKING_HOURS
        first = self._start + _QUARTER if self._start else datetime.combine(shown.date(), time())
        self._times.open_at(first, shown, self._describe)

    def _on_edited(self, line: QLineEdit, _text: object) -> None:
        if self._times is not None:
            self._times.close()
        self.typed.emit()
        if not line.hasFocus():
            self.committed.emit()  # assistive tools set a whole text at once, and never leave it

    def _pick_day(self, day: date) -> None:
        self.date_line.show_value(_day_text(day))
        self.date_line.setFocus(Qt.FocusReason.PopupFocusReason)
        self.typed.emit()
        self.committed.emit()

    def _pick_moment(self, moment: datetime) -> None:
        self.show_texts(*moment_texts(moment))
        self.typed.emit()
        self.committed.emit()

    def _step(self, steps: int, by_day: bool) -> None:
        """Step by days or by quarters of an hour; empty lines begin today."""
        said = self.parse().moment
        if said is None:
            reading = self._day_reading()
            day = (reading.day if reading else None) or self._shown_day()
            self.show_texts(_day_text(day), self._clock_text or f"{_MORNING:%H:%M}")
        else:
            whole_days = by_day or self.date_line.hasFocus()
            step = timedelta(days=steps) if whole_days else steps * _QUARTER
            try:
                moment = said + step
            except OverflowError:
                return
            self.show_texts(*moment_texts(moment))
        self.typed.emit()
        self.committed.emit()


def moment_texts(moment: datetime | None) -> tuple[str, str]:
    """How the two lines write a moment."""
    return (day_words(moment), f"{moment:%H:%M}") if moment else ("", "")


def _day_text(day: date) -> str:
    return day_words(datetime.combine(day, time()))


class _SteppedLineEdit(ExactLineEdit):
    """A short line that tells when it is to step, and is selected whole by the first click."""

    stepped = Signal(object, object)
    """Steps up (int, negative: down), and whether each is a day wherever the cursor is (bool)."""
    list_requested = Signal()
    clicked = Signal()
    """The click that brought the keyboard here."""

    def __init__(self, placeholder: str, longest: str, around: int) -> None:
        super().__init__()
        self._entered = False
        self.setPlaceholderText(placeholder)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFixedWidth(self.fontMetrics().horizontalAdvance(longest) + around)

    # Qt overrides

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._entered = event.reason() == Qt.FocusReason.MouseFocusReason

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        entered, self._entered = self._entered, False
        if entered and event.button() == Qt.MouseButton.LeftButton:
            if not self.hasSelectedText():
                self.selectAll()
            self.clicked.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, held = event.key(), event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        up_or_down = key in (Qt.Key.Key_Up, Qt.Key.Key_Down)
        control = held == Qt.KeyboardModifier.ControlModifier
        if up_or_down and not self.isReadOnly() and (not held or control):
            self.stepped.emit(1 if key == Qt.Key.Key_Up else -1, control)
        elif key == Qt.Key.Key_F4 or (
            key == Qt.Key.Key_Down and held & Qt.KeyboardModifier.AltModifier
        ):
            self.list_requested.emit()
        else:
            super().keyPressEvent(event)


def day_comes_first() -> bool:
    """Whether this computer writes 16/6 rather than 6/16."""
    pattern = QLocale.system().dateFormat(QLocale.FormatType.ShortFormat)
    return pattern.find("d") < pattern.find("M")
