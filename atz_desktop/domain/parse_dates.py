"""Dates and times of day out of typed or pasted text. Pure; it never guesses.

An editor reads the same text several times while it draws: the last readings are kept.
"""

from __future__ import annotations

import re
from datetime import date, time
from functools import lru_cache

from atz_desktop.domain.characters import strip_invisible, to_half_width

_MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july", "august"),
    *("september", "october", "november", "december"),
)
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
_WEEKDAY = r"([^\W\d_]{2,})([.,]*)\s+(?=\w)"


def parse_time(text: str) -> time | None:
    """The time of day in 9, 9h, 9:30, 0930, 9.30, 9:30:00, 2pm or noon; else None.

    ATZ holds no seconds, so a time with any is none.
    """
    text = plain(text)
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
    return bool(re.fullmatch(_MIDNIGHT, plain(text)))


@lru_cache(64)
def parse_date(text: str, near: date, day_first: bool) -> date | None:
    """The date in 16 Jun 2024, June 16th, 16-Jun-2024, 2024-6-16, 16.6. or 16/6/2024; else None.

    A year that is left out is that of `near`. `day_first` is the order of this computer for
    numbers between slashes; dots and a number above 12 leave no choice.
    """
    text = plain(text)
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


def plain(text: str) -> str:
    """The text in lower case and half width; "" where it is too long for a date."""
    text = strip_invisible(to_half_width(text)) if len(text) <= 2 * _LONGEST else ""
    return text.lower() if len(text) <= _LONGEST else ""


def _without_weekday(text: str) -> str:
    """The text without the day of the week that it begins with, of any language with a comma."""
    found = re.match(_WEEKDAY, text)
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
