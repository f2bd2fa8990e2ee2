"""A date, a time of day or both out of one line, as calendars understand it. Pure; no guessing.

Words for a day (`tomorrow`, `next tuesday`) count from today, a bare number (`24`) is a day of the
month that is shown.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, time, timedelta
from functools import lru_cache

from atz_desktop.domain.parse_dates import WEEKDAYS, parse_date, parse_time, plain
from atz_desktop.domain.quick_dataclass import dataclass

_DAYS = {"today": 0, "tomorrow": 1, "yesterday": -1}
# `re` compiles and keeps a pattern when it is first used: a start of the program needs none.
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
    times = _times(text) if re.search(_CLOCK, plain(text)) else None
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
    if found is None and (number := re.fullmatch(_DAY_OF_MONTH, plain(text))):
        try:
            return calendar.shown.replace(day=int(number[1]))
        except ValueError:
            return None
    return found


def _named_day(text: str, today: date) -> date | None:
    """today, fri (the next one, today included), next fri (of next week), last fri."""
    text = plain(text)
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
    parts = re.split(_TO, plain(text))
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
    found = re.fullmatch(_SHIFT, plain(text).replace("−", "-"))
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
    text = plain(text)
    gaps = list(re.finditer(_BETWEEN, text))
    gaps.sort(key=lambda gap: not re.search(_YEAR_AT_END, text[: gap.start()]))
    for gap in gaps:
        before, behind = text[: gap.start()], text[gap.end() :]
        day, times = _day(before, calendar), _times(behind)
        said = gap[1].strip() in {"at", "t"} or re.search(_CLOCK, behind)
        if day and times and (said or _named_day(before, calendar.today)):
            return replace(times, day=day)
    return None
