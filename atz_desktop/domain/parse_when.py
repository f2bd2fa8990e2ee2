"""Dates and times of day out of typed or pasted text, and what else a line about them may say
(today, next fri, 9–11, +1h). Pure; it never guesses.

An editor reads the same text several times while it draws: the last readings are kept.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, time, timedelta
from functools import lru_cache

from atz_desktop.domain.characters import strip_invisible, to_half_width
from atz_desktop.domain.quick_dataclass import dataclass
from atz_desktop.domain.text import MONTHS

_MONTHS = tuple(map(str.lower, MONTHS))
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_ALSO = {"juni": 6, "juli": 7}
"""Months of German and Dutch that are no beginning of an English one."""
_EARLIEST, _LATEST = 1900, 2199
_LONGEST = 60
"""Characters. No date is longer."""

# `re` compiles and keeps a pattern when it is first used: a start of the program needs none.
_HALF = r"(?:([ap])\.?\s*m?\.?)?"
_TIME = rf"(\d{{1,2}})(?:\s*[:.h]\s*(\d{{2}})(?::00(?:[.,]0+)?)?|\s*h)?\s*{_HALF}"
_DIGITS = rf"(\d{{1,2}})(\d{{2}})\s*{_HALF}"
_MIDNIGHT = r"24(?:[:.h]?(?:00(?::00)?)?)?|(?:12\s)?midnight"
_NOON = {"noon", "midday", "12 noon", "12 midday"}
_ISO = r"(\d{4})(?:([-/.])(\d{1,2})\2(\d{1,2})|(\d{2})(\d{2}))"
_NUMBERS = r"(\d{1,2})([./-])\s*(\d{1,2})(?:\2\s*(\d{4}|\d{2})?)?"

_DAY = r"(?P<day>\d{1,2})"
_ORDINAL = r"(?:\.|st|nd|rd|th)?"
_MONTH = r"(?P<month>[^\W\d_]{3,})"
_YEAR = r"'?(?P<year>\d{4}|\d{2})"
# Between the numbers of a day and a year stands something, or “Jun 2027” would be the 20th.
_NAMED = (
    rf"{_DAY}{_ORDINAL}\s*(?:of\s+)?{_MONTH}\.?(?:,?\s*{_YEAR})?",
    rf"{_DAY}(?P<sep>[-/.]){_MONTH}(?:(?P=sep){_YEAR})?",
    rf"{_MONTH}\.?\s*{_DAY}{_ORDINAL}(?:(?:,\s*|\s+){_YEAR})?",
    rf"{_MONTH}-{_DAY}-(?P<year>\d{{4}})",
    rf"(?P<year>\d{{4}})([\s-]){_MONTH}\.?\2{_DAY}",
)
_LEADING_WEEKDAY = r"([^\W\d_]{2,})([.,]*)\s+(?=\w)"


def parse_time(text: str) -> time | None:
    """The time of day in 9, 9h, 9:30, 0930, 9.30, 9:30:00, 2pm or noon; else None.

    ATZ holds no seconds, so a time with any is none.
    """
    text = _plain(text)
    if text in _NOON:
        return time(12)
    found = re.fullmatch(_DIGITS, text) or re.fullmatch(_TIME, text)
    if not found:
        return None
    hour, minute, half = int(found[1]), int(found[2] or 0), found[3]
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "p" else 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None


def is_end_of_day(text: str) -> bool:
    """Whether the text says 24:00, which is 00:00 of the next day and so no time of this one."""
    return bool(re.fullmatch(_MIDNIGHT, _plain(text)))


@lru_cache(64)
def parse_date(text: str, near: date, day_first: bool) -> date | None:
    """The date in 16 Jun 2024, June 16th, 16-Jun-2024, 2024-6-16, 16.6. or 16/6/2024; else None.

    A year that is left out is that of `near`. `day_first` is the order of this computer for
    numbers between slashes; dots and a number above 12 leave no choice.
    """
    text = _plain(text)
    if found := re.fullmatch(_ISO, text):
        return _date(int(found[1]), int(found[3] or found[5]), int(found[4] or found[6]))
    if found := re.fullmatch(_NUMBERS, text):
        return _from_numbers(found, near, day_first or found[2] == ".")
    text = _without_weekday(text)
    for pattern in _NAMED:
        if found := re.fullmatch(pattern, text):
            month = _month(found["month"])
            return _date(_year(found["year"], near), month, int(found["day"])) if month else None
    return None


def _plain(text: str) -> str:
    """The text in lower case and half width; "" where it is too long for a date."""
    text = strip_invisible(to_half_width(text)) if len(text) <= 2 * _LONGEST else ""
    return text.lower() if len(text) <= _LONGEST else ""


def _without_weekday(text: str) -> str:
    """The text without the day of the week that it begins with, of any language with a comma."""
    found = re.match(_LEADING_WEEKDAY, text)
    if not found or _month(found[1]):
        return text
    known = any(name.startswith(found[1]) for name in WEEKDAYS)
    return text[found.end() :] if known or found[2] else text


def _from_numbers(found: re.Match[str], near: date, day_first: bool) -> date | None:
    one, other, year = int(found[1]), int(found[3]), _year(found[4], near)
    if found[2] == ".":
        return _date(year, other, one)
    orders = [(other, one), (one, other)] if day_first else [(one, other), (other, one)]
    readings = (_date(year, month, day) for month, day in orders)
    return next((reading for reading in readings if reading), None)


def _year(digits: str | None, near: date) -> int:
    if digits is None:
        return near.year
    return int(digits) if len(digits) == 4 else 2000 + int(digits)


def _month(name: str) -> int | None:
    """The month with this name, or with one that begins so, in three letters at least."""
    if len(name) < 3:
        return None
    starts = (place for place, month in enumerate(_MONTHS, 1) if month.startswith(name))
    return _ALSO.get(name) or next(starts, None)


def _date(year: int, month: int, day: int) -> date | None:
    if not _EARLIEST <= year <= _LATEST:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


_DAYS = {"today": 0, "tomorrow": 1, "yesterday": -1}
_DAY_OF_MONTH = r"(\d{1,2})(?:\.|st|nd|rd|th)?"
_WEEKDAY = r"(?:(next|this|last)\s+)?([a-z]{3,})\.?"
_TO = r"\s*(?:[-–—]|\s(?:to|until|till)\s)\s*"
_BETWEEN = r"(,\s*|\s+at\s+|\s*[·|]\s*|\s+[-–—]\s+|\s+|t(?=\d))(?=\d|noon|midday)"
_CLOCK = r"[:h]|[ap]\.?\s*m?\.?$|noon|midday"
"""What makes a number a time of day."""
_YEAR_AT_END = r"[^\W\d_].*\b\d{4}$"
_SHIFT = (
    r"([+-])\s*(?:(\d{1,3}):(\d{2})|(\d{1,4})\s*"
    r"(m|mins?|minutes?|h|hrs?|hours?|d|days?|w|weeks?)?(?:\s*(\d{1,2})\s*(?:m|mins?|minutes?)?)?)"
)
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


@dataclass(frozen=True)
class Reading:
    """What a line says; None for what it does not. `until` is the end of a range of times.

    `shift` is how far to move from what is shown, by wall clock.
    """

    day: date | None = None
    clock: time | None = None
    until: time | None = None
    shift: timedelta | None = None


@dataclass(frozen=True)
class Calendar:
    """What a reading depends on: the day that is shown, today, and the order of day and month."""

    shown: date
    today: date
    day_first: bool


@lru_cache(64)
def read_date_line(text: str, calendar: Calendar) -> Reading | None:
    """The reading of a line for a date, which takes a time with it or alone; None: no reading."""
    if day := _day(text, calendar):
        return Reading(day)
    times = _times(text) if re.search(_CLOCK, _plain(text)) else None
    return _shift(text, "d") or times or _day_and_times(text, calendar)


@lru_cache(64)
def read_time_line(text: str, calendar: Calendar) -> Reading | None:
    """The reading of a line for a time of day, which takes a day with it; None: no reading."""
    found = _times(text) or _shift(text, "m") or _day_and_times(text, calendar)
    spelt = any(map(str.isalpha, text))  # 11-1 is no range, and so no day either
    if found is None and spelt and (day := _day(text, calendar)):
        return Reading(day)
    return found


def _day(text: str, calendar: Calendar) -> date | None:
    found = parse_date(text, calendar.shown, calendar.day_first) or _named_day(text, calendar.today)
    if found is None and (number := re.fullmatch(_DAY_OF_MONTH, _plain(text))):
        try:
            return calendar.shown.replace(day=int(number[1]))
        except ValueError:
            return None
    return found


def _named_day(text: str, today: date) -> date | None:
    """today, fri (the next one, today included), next fri (of next week), last fri."""
    text = _plain(text)
    if text in _DAYS:
        return today + timedelta(days=_DAYS[text])
    if not (found := re.fullmatch(_WEEKDAY, text)):
        return None
    place = next((at for at, name in enumerate(WEEKDAYS) if name.startswith(found[2])), None)
    if place is None:
        return None
    ahead = timedelta(days=place - today.weekday())  # in this week, which begins on Monday
    week = timedelta(weeks=1)
    match found[1]:
        case "next":
            return today + ahead + week
        case "this":
            return today + ahead
        case "last":
            return today + ahead - (week if ahead >= timedelta() else timedelta())
    return today + ahead + (week if ahead < timedelta() else timedelta())


def _times(text: str) -> Reading | None:
    """9:30, or 9:30–11; am or pm behind the second counts for the first too."""
    if clock := parse_time(text):
        return Reading(clock=clock)
    parts = re.split(_TO, _plain(text))
    if len(parts) != 2 or not (until := parse_time(parts[1])):
        return None
    begin = parse_time(parts[0])
    if half := re.search(r"[ap]\.?\s*m?\.?$", parts[1]):
        begin = parse_time(parts[0] + half[0]) or begin
        if begin is not None and begin >= until and not re.search(_CLOCK, parts[0]):
            begin = time((begin.hour + 12) % 24, begin.minute)  # 11–1pm
    if begin is None or (until <= begin and not re.search("[:ap]", parts[1])):
        return None  # 11-1, 11am-1: in the night, or in the afternoon?
    return Reading(clock=begin, until=until)


def _shift(text: str, unit: str) -> Reading | None:
    """+1h, +1h30, +1:30, -15, +2 weeks; a bare number counts in `unit`."""
    found = re.fullmatch(_SHIFT, _plain(text).replace("−", "-"))
    if not found:
        return None
    sign, hours, minutes, number, given, rest = found.groups()
    if hours:
        moved = timedelta(hours=int(hours), minutes=int(minutes))
    else:
        by = (given or unit)[0]
        if rest and by != "h":
            return None
        moved = timedelta(minutes=int(rest or 0)) + timedelta(**{_UNITS[by]: int(number)})
    return Reading(shift=-moved if sign == "-" else moved)


def _day_and_times(text: str, calendar: Calendar) -> Reading | None:
    """A day with a time or a range behind it: 2024-06-16T10:00, 16 June at 2pm, fri 9.

    A number behind a mere blank is a time only after a word for a day, or where it looks like one:
    with a colon, an h, or am and pm. Four digits behind a month are its year before they are a
    time. A zone in the text is no part of a wall clock: such a text is not understood.
    """
    text = _plain(text)
    gaps = list(re.finditer(_BETWEEN, text))
    gaps.sort(key=lambda gap: not re.search(_YEAR_AT_END, text[: gap.start()]))
    for gap in gaps:
        before, behind = text[: gap.start()], text[gap.end() :]
        day, times = _day(before, calendar), _times(behind)
        said = gap[1].strip() in {"at", "t"} or re.search(_CLOCK, behind)
        if day and times and (said or _named_day(before, calendar.today)):
            return replace(times, day=day)
    return None
