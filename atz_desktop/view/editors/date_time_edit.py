"""A date and a time of day that can be empty, which Qt's own date editors cannot be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from PySide6.QtCore import QDate, QLocale, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from atz_desktop.domain.characters import strip_invisible
from atz_desktop.domain.text import format_date as day_words
from atz_desktop.domain.text import quoted
from atz_desktop.view.editors.calendar_popup import CalendarPopup
from atz_desktop.view.editors.parse_dates import (
    is_end_of_day,
    parse_date,
    parse_date_time,
    parse_time,
)
from atz_desktop.view.icons import icon
from atz_desktop.view.widgets.exact_text import ExactLineEdit
from atz_desktop.view.widgets.layouts import hbox

_LONGEST_DATE, _LONGEST_TIME = "Wed 30 May 2024", "12:30 pm"
_AROUND_DATE, _AROUND_TIME = 56, 32  # frames, and the picture in the box
_MORNING = time(9)


@dataclass(frozen=True)
class ParseResult:
    """What the two texts say: a moment or none, or why they say neither."""

    moment: datetime | None = None
    error: str = ""


class DateTimeEdit(QWidget):
    """A line for the date, with a calendar, and a line for the time of day.

    `name` is the visible label ("Start"). Up and Down step a day or a quarter of an hour. The line
    for the date takes both together, typed or pasted; on leaving it each goes into its own line.
    """

    changed = Signal(object)
    """The person changed a text; True: only the time of day was typed, and no date with it."""
    completed = Signal()
    """After `changed`: the moment is complete, chosen by steps, in the calendar or from outside."""
    editing_finished = Signal()
    """The cursor left one of the lines, or Enter was pressed."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self._moment: datetime | None = None
        self._fallback: date | None = None
        self._popup: CalendarPopup | None = None
        self.date_line = _SteppedLineEdit("Date", _LONGEST_DATE, _AROUND_DATE)
        self.time_line = _SteppedLineEdit("Time", _LONGEST_TIME, _AROUND_TIME)
        opener = QAction(icon("calendar", "muted"), f"Choose the date of {name}", self)
        opener.triggered.connect(self.open_calendar)
        self.date_line.addAction(opener, QLineEdit.ActionPosition.TrailingPosition)
        self.date_line.setToolTip("Such as 16 Jun 2024 or 2024-06-16. Alt+Down opens a calendar.")
        self.time_line.setToolTip("Such as 9, 9:30, 0930 or 2pm")
        hbox(self, self.date_line, self.time_line)
        for line in (self.date_line, self.time_line):
            line.editingFinished.connect(self.editing_finished)
            line.stepped.connect(self._step)
        self.date_line.edited.connect(self._on_date_edited)
        self.time_line.edited.connect(self._on_time_edited)
        self.date_line.calendar_requested.connect(self.open_calendar)
        self.setFocusProxy(self.date_line)

    def show_moment(self, moment: datetime | None, fallback: date | None = None) -> None:
        """Show a moment. A line that means it already is left alone while the person is in it.

        What is half typed stays as long as the moment does. `fallback` is the day that a time
        without a date belongs to.
        """
        half_typed = bool(self.parse().error) and moment == self._moment
        self._moment, self._fallback = moment, fallback
        if half_typed:
            return
        said = self.parse().moment
        day_text, clock_text = _texts(moment)
        means_day = moment and said and said.date() == moment.date()
        means_clock = moment and said and said.time() == moment.time()
        if not (means_day and self.date_line.hasFocus()):
            self.date_line.show_value(day_text)
        if not (means_clock and self.time_line.hasFocus()):
            self.time_line.show_value(clock_text)

    def restore_moment(self, moment: datetime | None) -> None:
        """What is typed into one line is refused: the other shows `moment` again."""
        self._moment = moment
        if moment is None:
            return
        day_text, clock_text = _texts(moment)
        if self._day(self._day_text) is not None and not self.date_line.hasFocus():
            self.date_line.show_value(day_text)
        if parse_time(self._clock_text) is not None and not self.time_line.hasFocus():
            self.time_line.show_value(clock_text)

    def show_texts(self, day: str, clock: str) -> None:
        """Show texts that are no moment yet."""
        self.date_line.show_value(day)
        self.time_line.show_value(clock)

    def reset(self) -> None:
        """Show the moment again, whatever was half typed."""
        self.show_texts(*_texts(self._moment))

    def normalize(self) -> None:
        """Write what the texts mean in the form that all dates have here."""
        said = self.parse()
        if not said.error:
            self.show_texts(*_texts(said.moment))

    @property
    def texts(self) -> tuple[str, str]:
        return self.date_line.value() or "", self.time_line.value() or ""

    def parse(self) -> ParseResult:
        day_text, clock_text = self._day_text, self._clock_text
        if not day_text and not clock_text:
            return ParseResult()
        if both := parse_date_time(day_text, self._near(), day_comes_first()):
            return ParseResult(datetime.combine(*both))
        day, clock = self._day(day_text), parse_time(clock_text)
        if day_text and day is None:
            return ParseResult(
                None, f"{quoted(day_text)} is no date: type one such as 16 Jun 2024."
            )
        if is_end_of_day(clock_text):
            return ParseResult(None, f"{quoted(clock_text)} is 00:00 of the next day: type that.")
        if clock_text and clock is None:
            return ParseResult(
                None, f"{quoted(clock_text)} is no time of day: type one such as 9:30."
            )
        if clock is None:
            return ParseResult(None, f"{self._name} needs a time of day, too.")
        if day is None:
            return ParseResult(None, f"{self._name} needs a date, too.")
        return ParseResult(datetime.combine(day, clock))

    @property
    def first_invalid_line(self) -> QLineEdit:
        """The line to go to: the one that says no moment, else that of the date."""
        good_date = self._day(self._day_text) is not None
        return self.time_line if good_date and self.parse().error else self.date_line

    @property
    def _day_text(self) -> str:
        return strip_invisible(self.texts[0])

    @property
    def _clock_text(self) -> str:
        return strip_invisible(self.texts[1])

    def open_calendar(self) -> None:
        if not self.date_line.isEnabled():
            return
        if self._popup is None:
            self._popup = CalendarPopup(self.date_line, f"Date of {self._name}")
            self._popup.picked.connect(self._pick)
        self._popup.open_at(self._parsed_day() or self._near())

    def _day(self, text: str) -> date | None:
        if self._moment is not None and text == day_words(self._moment):
            return self._moment.date()
        if not text:
            return self._fallback
        return parse_date(text, self._near(), day_comes_first())

    def _parsed_day(self) -> date | None:
        said = self.parse().moment
        return said.date() if said else self._day(self._day_text)

    def _near(self) -> date:
        today = QDate.currentDate()
        known = self._moment.date() if self._moment else self._fallback
        return known or date(today.year(), today.month(), today.day())

    def _on_date_edited(self) -> None:
        self.changed.emit(False)
        self._complete_if_set(self.date_line)

    def _on_time_edited(self) -> None:
        self.changed.emit(True)
        self._complete_if_set(self.time_line)

    def _complete_if_set(self, line: QLineEdit) -> None:
        """Assistive tools set a whole text at once, and never leave the line."""
        if not line.hasFocus():
            self.completed.emit()

    def _pick(self, day: date) -> None:
        self.date_line.show_value(_day_text(day))
        self.date_line.setFocus(Qt.FocusReason.PopupFocusReason)
        self.changed.emit(False)
        self.completed.emit()

    def _step(self, steps: int) -> None:
        """Step the date by days or the time by quarters of an hour; empty lines begin today."""
        by_day = self.date_line.hasFocus()
        said = self.parse().moment
        if said is None:
            day = self._day(self._day_text) or self._near()
            self.show_texts(_day_text(day), self._clock_text or f"{_MORNING:%H:%M}")
        else:
            step = timedelta(days=steps) if by_day else timedelta(minutes=15 * steps)
            try:
                moment = said + step
            except OverflowError:
                return
            self.show_texts(*_texts(moment))
        self.changed.emit(False)
        self.completed.emit()


def _texts(moment: datetime | None) -> tuple[str, str]:
    return (day_words(moment), f"{moment:%H:%M}") if moment else ("", "")


def _day_text(day: date) -> str:
    return day_words(datetime.combine(day, time()))


class _SteppedLineEdit(ExactLineEdit):
    """A short line that tells when it is to step up or down."""

    stepped = Signal(object)
    calendar_requested = Signal()

    def __init__(self, placeholder: str, longest: str, around: int) -> None:
        super().__init__()
        self.setPlaceholderText(placeholder)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFixedWidth(self.fontMetrics().horizontalAdvance(longest) + around)

    # Qt overrides

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, held = event.key(), event.modifiers()
        plain = not held & ~Qt.KeyboardModifier.KeypadModifier
        if key in (Qt.Key.Key_Up, Qt.Key.Key_Down) and plain:
            self.stepped.emit(1 if key == Qt.Key.Key_Up else -1)
        elif key == Qt.Key.Key_F4 or (
            key == Qt.Key.Key_Down and held & Qt.KeyboardModifier.AltModifier
        ):
            self.calendar_requested.emit()
        else:
            super().keyPressEvent(event)


def day_comes_first() -> bool:
    """Whether this computer writes 16/6 rather than 6/16."""
    pattern = QLocale.system().dateFormat(QLocale.FormatType.ShortFormat)
    return pattern.find("d") < pattern.find("M")
