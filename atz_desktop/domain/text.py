"""Values as English text: dates, spans, sizes, record types."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from atz_desktop.domain.characters import pluralize, single_line
from atz_desktop.domain.values import DAY, Span, is_ambiguous
from atz_desktop.domain.vocabulary import ENTITIES


def quoted(text: str) -> str:
    """Untrusted text in quotes for use in a sentence, at most 60 characters."""
    return f"“{single_line(text if len(text) <= 60 else f'{text[:59]}…')}”"


def entity_label(entity: int | str | None) -> str:
    """The record type as text; an unknown one as the server wrote it."""
    if isinstance(entity, int):
        return ENTITIES[entity].label if entity in ENTITIES else f"No. {entity}"
    return entity or "No kind"


# Not strftime: Qt sets the C locale of the process to that of the computer.
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def format_date(wall: datetime) -> str:
    """An unambiguous English date: Sun 16 Jun 2024."""
    return f"{_DAYS[wall.weekday()]} {wall.day} {MONTHS[wall.month - 1][:3]} {wall.year}"


def short_day(wall: datetime) -> str:
    """A date without its weekday, for a narrow column: 16 Jun 2024."""
    return format_date(wall).partition(" ")[2]


def format_day(day: date, today: date) -> str:
    """20 April; 20 April 2024 in another year than today's."""
    words = f"{day.day} {MONTHS[day.month - 1]}"
    return words if day.year == today.year else f"{words} {day.year}"


def format_span(span: Span) -> str:
    """Sun 16 Jun 2024, 23:00 – 00:30 the next day (UTC)."""
    if span.start is None:
        return (
            f"until {format_date(span.end)}, {span.end:%H:%M} ({span.zone})"
            if span.end
            else "empty"
        )
    start = f"{format_date(span.start)}, {span.start:%H:%M}"
    if span.end is None:
        return f"{start} ({span.zone})"
    later = span.days_after_start or 0
    end = f"{span.end:%H:%M}"
    if later == 1:
        end += " the next day"
    elif later:
        end += f" on {format_date(span.end)}"
    return f"{start} – {end} ({span.zone})"


def format_duration(duration: timedelta) -> str:
    """1 h 30 min; "" for none or a negative one."""
    minutes = int(duration.total_seconds()) // 60
    hours, minutes = divmod(max(minutes, 0), 60)
    parts = ((hours, "h"), (minutes, "min"))
    return " ".join(f"{number} {unit}" for number, unit in parts if number)


def format_age(age: timedelta) -> str:
    """2 h ago; one in the future, after a clock was set back, is just now."""
    minutes = int(age.total_seconds()) // 60
    if minutes < 1:
        return "just now"
    if minutes < 60:
        return f"{minutes} min ago"
    if minutes < 24 * 60:
        return f"{minutes // 60} h ago"
    return f"{pluralize(minutes // (24 * 60), 'day')} ago"


def ambiguous_time_note(span: Span) -> str | None:
    """A note if start or end is in the hour that is repeated when clocks go back."""
    for wall in (span.start, span.end):
        if wall is not None and is_ambiguous(wall, span.zone):
            return f"{wall:%H:%M} comes twice on {format_date(wall)}: the first is meant."
    return None


def same_time_note(span: Span) -> str | None:
    """A note if the span is exactly 24 hours: ATZ returns the end without its date."""
    if span.start is None or span.end is None or span.end - span.start != DAY:
        return None
    return (
        f"ATZ shows {span.start:%H:%M} – {span.end:%H:%M} and no date of the end: "
        "that is 24 hours, or no time at all."
    )


def format_size(size: int) -> str:
    """A file size in decimal units (kB = 1000 bytes), as file managers show it."""
    amount = float(size)
    for unit in ("bytes", "kB", "MB", "GB"):
        if amount < 999.5 or unit == "GB":
            break
        amount /= 1000
    if unit == "bytes":
        return pluralize(size, "byte")
    return f"{amount:.0f} {unit}" if amount >= 100 else f"{amount:.1f} {unit}"
