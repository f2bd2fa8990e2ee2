"""Rules of a bulk edit for start and end. All of them count by the wall clock of the activity."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any, Literal, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from atz_desktop.domain.bulk_rules import PartialValue, Row, Rule, RuleError
from atz_desktop.domain.fields import Field
from atz_desktop.domain.kinds import When
from atz_desktop.domain.quick_dataclass import dataclass
from atz_desktop.domain.text import format_date, format_duration, quoted
from atz_desktop.domain.values import DAY, Span, is_ambiguous, is_nonexistent, to_utc

Unit = Literal["minutes", "hours", "days", "weeks", "working days"]
UNITS: tuple[Unit, ...] = get_args(Unit)
MAX_SHIFT = timedelta(days=3660)
"""A longer shift is a slip of the keyboard."""


@dataclass(frozen=True)
class Times(PartialValue):
    """What is to be said of start and end; None for what stays. `minutes` is the duration.

    Without an end and a duration, the duration stays. An end that is not after the start is the
    next day's, as ATZ's own are (ATZ_API.md, "End before start on the clock").
    """

    day: date | None = None
    start: time | None = None
    end: time | None = None
    minutes: int | None = None

    def on(self, old: Any) -> Span:
        """The whole span. Raises RuleError."""
        span = old if isinstance(old, Span) else Span()
        day = self.day or (span.start.date() if span.start else None)
        clock = self.start or (span.start.time() if span.start else None)
        if day is None or clock is None:
            missing = "date" if day is None else "start"
            raise RuleError(f"This activity has no {missing} that could stay.")
        start = datetime.combine(day, clock)
        if self.minutes is not None:
            return Span(start, _plus(start, timedelta(minutes=self.minutes)), span.zone)
        if self.end is None:
            return span.with_start(start)
        end = datetime.combine(day, self.end)
        return Span(start, end if end > start else _plus(end, DAY), span.zone)


@dataclass(frozen=True)
class SetTimes(Rule):
    """Set day, start, end or duration; what is not set stays."""

    label = "Set"
    kinds = When

    times: Times

    def problem(self, field: Field) -> str | None:
        if self.times == Times():
            return "Choose a day, a start, an end or a duration."
        if self.times.end is not None and self.times.minutes is not None:
            return "Choose an end or a duration, not both."
        if self.times.minutes is not None and not 0 < self.times.minutes <= 24 * 60:
            return "A duration is between 1 minute and 24 hours."
        return None

    def new_value(self, field: Field, row: Row) -> Any:
        return self.times.on(row.old(field))

    def describe(self, field: Field) -> str:
        times = self.times
        said = (
            f"on {_day(times.day)}" if times.day else "",
            f"start at {times.start:%H:%M}" if times.start else "",
            f"end at {times.end:%H:%M}" if times.end else "",
            f"last {format_duration(timedelta(minutes=times.minutes or 0))}"
            if times.minutes
            else "",
        )
        return ", ".join(filter(None, said))


@dataclass(frozen=True)
class SameClockOn(Rule):
    """The same times of day on another day."""

    label = "Same clock on another day"
    kinds = When

    day: date

    def new_value(self, field: Field, row: Row) -> Any:
        return Times(day=self.day).on(row.old(field))

    def describe(self, field: Field) -> str:
        return f"same times on {_day(self.day)}"


@dataclass(frozen=True)
class ShiftBy(Rule):
    """Move start and end by the wall clock, so the duration on the clock stays.

    Working days are Monday to Friday; holidays are not known. From a weekend, the first working
    day later is Monday, and the first one earlier is Friday.
    """

    label = "Shift by"
    kinds = When

    amount: int
    unit: Unit

    def problem(self, field: Field) -> str | None:
        if not self.amount:
            return "Type how far to move: a whole number, with a minus for earlier."
        if abs(self.amount) > MAX_SHIFT // _step(self.unit):
            return "That is more than ten years."
        return None

    def new_value(self, field: Field, row: Row) -> Any:
        old = row.old(field)
        if not isinstance(old, Span) or old.start is None:
            raise RuleError("This activity has no start that could be moved.")
        if self.unit == "working days":
            return old.with_start(_plus_working_days(old.start, self.amount))
        return old.with_start(_plus(old.start, self.amount * _step(self.unit)))

    def describe(self, field: Field) -> str:
        number = abs(self.amount)
        unit = self.unit if number != 1 else self.unit.removesuffix("s")
        return f"{number} {unit} {'later' if self.amount > 0 else 'earlier'}"


@dataclass(frozen=True)
class MeantAsZone(Rule):
    """The clock of ATZ shows what was meant as the clock of `zone` (IANA name).

    Each activity has the offset of its own day. Daylight saving decides whether a time exists
    there at all, or comes twice.
    """

    label = "Times were meant as"
    kinds = When

    zone: str

    def problem(self, field: Field) -> str | None:
        try:
            ZoneInfo(self.zone)
        except (ZoneInfoNotFoundError, ValueError):
            return f"{quoted(self.zone)} is no time zone that is known here."
        return None

    def new_value(self, field: Field, row: Row) -> Any:
        old = row.old(field)
        if not isinstance(old, Span) or old.start is None:
            raise RuleError("This activity has no start that could be moved.")
        return Span(self._meant(old.start, old.zone), self._meant(old.end, old.zone), old.zone)

    def describe(self, field: Field) -> str:
        return f"the times were meant as those of {self.zone}"

    def note(self, field: Field, row: Row) -> str | None:
        old = row.old(field)
        for wall in (old.start, old.end) if isinstance(old, Span) else ():
            if wall is not None and is_ambiguous(wall, self.zone):
                day = f"on {format_date(wall)} in {self.zone}"
                return f"{wall:%H:%M} comes twice {day}: the first is meant."
        return None

    def _meant(self, wall: datetime | None, zone: str) -> datetime | None:
        if wall is None:
            return None
        if is_nonexistent(wall, self.zone):
            day = f"on {format_date(wall)} in {self.zone}"
            raise RuleError(f"{wall:%H:%M} does not exist {day}: the clocks go forward.")
        return to_utc(wall, self.zone).astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def _step(unit: Unit) -> timedelta:
    return DAY if unit == "working days" else timedelta(**{unit: 1})


def _plus(wall: datetime, by: timedelta) -> datetime:
    try:
        return wall + by
    except OverflowError:
        raise RuleError("That is beyond the end of the calendar.") from None


def _plus_working_days(wall: datetime, amount: int) -> datetime:
    """The working day that is so many working days away."""
    step = DAY if amount > 0 else -DAY
    for _ in range(abs(amount)):
        wall = _plus(wall, step)
        while wall.weekday() > 4:
            wall = _plus(wall, step)
    return wall


def _day(day: date) -> str:
    return format_date(datetime.combine(day, time()))
