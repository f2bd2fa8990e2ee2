"""Dates and times of day out of typed text. Pure; it never guesses."""

from __future__ import annotations

import re
from datetime import date, time

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_EARLIEST, _LATEST = 1900, 2199

_TIME = re.compile(r"(\d{1,2})(?:\s*[:.h]\s*(\d{2}))?\s*(?:([ap])\.?\s*m?\.?)?")
_DIGITS = re.compile(r"(\d{1,2})(\d{2})\s*(?:([ap])\.?\s*m?\.?)?")
_ISO = re.compile(r"(\d{4})([-/.]?)(\d{2})\2(\d{2})")
_NUMBERS = re.compile(r"(\d{1,2})([./-])\s*(\d{1,2})(?:\2\s*(\d{4}|\d{2})?)?")
_NAMED = re.compile(
    r"(?:[a-z]+\.?,?\s+)??(?:(\d{1,2})\.?\s*([a-z]{3,})\.?|([a-z]{3,})\.?\s*(\d{1,2}))"
    r"(?:,?\s*(\d{4}|\d{2}))?",
)
_MOMENT = re.compile(r"(.*\d)(?:,\s*|\s+at\s+|t|\s+)(\d{1,2}(?::\d{2}(?:\s*[ap]m)?|\s*[ap]m))")


def time_from(text: str) -> time | None:
    """The time of day in 9, 9:30, 0930, 9.30 or 2pm; None when it is none of these."""
    text = text.strip().lower()
    found = _DIGITS.fullmatch(text) or _TIME.fullmatch(text)
    if not found:
        return None
    hour, minute, half = int(found[1]), int(found[2] or 0), found[3]
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "p" else 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None


def date_from(text: str, near: date, day_first: bool = True) -> date | None:
    """The date in 16 Jun 2024, June 16, 2024-06-16, 16.6. or 16/6/2024; None for anything else.

    A year that is left out is that of `near`. `day_first` is the order of this computer for
    numbers between slashes; dots and a number above 12 leave no choice.
    """
    text = text.strip().lower()
    if found := _ISO.fullmatch(text):
        return _date(int(found[1]), int(found[3]), int(found[4]))
    if found := _NUMBERS.fullmatch(text):
        return _from_numbers(found, near, day_first or found[2] == ".")
    if found := _NAMED.fullmatch(text):
        month = _month(found[2] or found[3])
        day = int(found[1] or found[4])
        return _date(_year(found[5], near), month, day) if month else None
    return None


def split_moment(text: str) -> tuple[str, str] | None:
    """A pasted date with a time of day as two texts: 2024-06-16T10:00 is 2024-06-16 and 10:00.

    None when it is not both. A zone in the text is no part of a wall clock: it is left alone.
    """
    found = _MOMENT.fullmatch(text.strip().lower())
    return (found[1], found[2]) if found else None


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
    starts = [month.lower() for month in _MONTHS]
    return starts.index(name[:3]) + 1 if name[:3] in starts else None


def _date(year: int, month: int, day: int) -> date | None:
    if not _EARLIEST <= year <= _LATEST:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None
