"""Field values: frozen and comparable, standard library only.

Values that only mean something together are one value: `Span` (start, end and the zone that both
are read in) and `RecordRef` (entity and slug). Behind them: wall clocks, zones and UTC.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import MAXYEAR, MINYEAR, UTC, datetime, time, timedelta
from os import stat_result
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from atz_desktop.domain.quick_dataclass import dataclass

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in a list of people.

    `key` is what ATZ calls them: the slug of a candidate or contact, the numeric ID of a user
    (kept as text, because that is how requests carry it). Name and e-mail are only for showing.
    """

    key: str
    name: str | None = None
    email: str | None = None

    @property
    def display_name(self) -> str:
        """Name, else e-mail address, else key."""
        return self.name or self.email or self.key


@dataclass(frozen=True, slots=True)
class Option:
    """One entry of a drop-down: what ATZ calls it, and its label when it is known."""

    key: int | str
    label: str | None = None

    @property
    def display_name(self) -> str:
        """The label, else the key (numbers as "No. 7")."""
        if self.label:
            return self.label
        return f"No. {self.key}" if isinstance(self.key, int) else self.key


@dataclass(frozen=True, slots=True)
class RecordRef:
    """The record that an activity belongs to.

    `entity` is the number that requests use (1 Candidate … 10 Other), or the server's own word
    when it is one that the API docs do not list. `name` is only for showing.
    """

    entity: int | str | None = None
    slug: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """Start and end as wall-clock times of `zone` (an IANA name), without tzinfo.

    ATZ answers with a date and two times of day and names no zone (ATZ_API.md, GET): so the wall
    clock is what is known, and the instant follows from the zone that the user chose.
    """

    start: datetime | None = None
    end: datetime | None = None
    zone: str = "UTC"

    def with_start(self, start: datetime) -> Span:
        """Move the start; the end moves along, keeping the duration."""
        if self.start is None or self.end is None:
            return replace(self, start=start)
        try:
            return replace(self, start=start, end=self.end + (start - self.start))
        except OverflowError:
            # Past the last day of the calendar: the end stays, and the field's error reports it.
            return replace(self, start=start)

    def with_end(self, end: datetime) -> Span:
        return replace(self, end=end)

    def in_zone(self, zone: str) -> Span:
        """The same wall-clock times in another zone."""
        return replace(self, zone=zone)

    @property
    def duration(self) -> timedelta | None:
        """Elapsed time, taking clock changes into account.

        None when start or end is unknown.
        """
        if self.start is None or self.end is None:
            return None
        try:
            return to_utc(self.end, self.zone) - to_utc(self.start, self.zone)
        except OverflowError:
            return self.end - self.start

    @property
    def days_after_start(self) -> int | None:
        """Number of midnights between start and end; None if either is unknown."""
        if self.start is None or self.end is None:
            return None
        return (self.end.date() - self.start.date()).days

    def is_over(self, now: datetime) -> bool:
        """Whether its end (without one, its start) is past. `now` is aware."""
        last = self.end or self.start
        ended = instant(last, self.zone) if last is not None else None
        return ended is not None and ended < now


@dataclass(frozen=True, slots=True)
class Attachment:
    """An attachment as returned by ATZ, or a URL to be attached (then without a name)."""

    name: str | None = None
    link: str | None = None


@dataclass(frozen=True, slots=True)
class LocalFile:
    """A local file as it was when the user chose it.

    `size` in bytes, `modified_ns` since 1970; `file_id` is the number by which the file system
    knows it (inode, file index). Of the last two, 0 means that it is not known.
    """

    path: Path
    size: int
    modified_ns: int = 0
    file_id: int = 0

    @classmethod
    def from_stat(cls, path: Path, status: stat_result) -> LocalFile:
        """Create from the result of `os.stat`."""
        return cls(path, status.st_size, status.st_mtime_ns, status.st_ino)

    def is_unchanged(self, status: stat_result) -> bool:
        """Whether this is still the chosen file, with the same size and modification time."""
        return (
            status.st_size == self.size
            and self.modified_ns in (0, status.st_mtime_ns)
            and (not status.st_ino or self.file_id in (0, status.st_ino))
        )

    @property
    def name(self) -> str:
        """The file's name, which is all that ATZ shows of it afterwards."""
        return self.path.name


@dataclass(frozen=True, slots=True)
class Unparsed:
    """A value of the response that could not be parsed; `text` is its raw form.

    Displayed as received and never sent, so that one odd field does not fail the whole load.
    """

    text: str


def to_utc(wall: datetime, zone: str) -> datetime:
    """Convert a wall-clock time to UTC; an ambiguous one means the first (fold=0).

    Raises OverflowError if the time is not `is_representable`.
    """
    return wall.replace(tzinfo=ZoneInfo(zone), fold=0).astimezone(UTC)


def to_utc_text(at: datetime | str) -> str:
    """A moment, or an ISO 8601 time, in UTC and in a fixed format that sorts as text.

    Raises ValueError if it is invalid or has no zone.
    """
    moment = datetime.fromisoformat(at) if isinstance(at, str) else at
    if moment.tzinfo is None:
        raise ValueError(f"A time without a zone: {at}")
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def instant(wall: datetime, zone: str) -> datetime | None:
    """A wall-clock time in UTC; None if the zone is unknown or the time out of range."""
    try:
        return to_utc(wall, zone)
    except (ZoneInfoNotFoundError, ValueError, OverflowError):
        return None


def is_representable(wall: datetime) -> bool:
    """False in the first and last year of the calendar, where a zone conversion could overflow."""
    return MINYEAR < wall.year < MAXYEAR


def is_nonexistent(wall: datetime, zone: str) -> bool:
    """Whether the clocks skip this wall-clock time in spring (a gap, PEP 495)."""
    back = to_utc(wall, zone).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    return back != wall


def is_ambiguous(wall: datetime, zone: str) -> bool:
    """Whether the clocks repeat this wall-clock time in autumn (a fold, PEP 495)."""
    first = wall.replace(tzinfo=ZoneInfo(zone), fold=0).utcoffset()
    second = wall.replace(tzinfo=ZoneInfo(zone), fold=1).utcoffset()
    return first != second and not is_nonexistent(wall, zone)


def fitting_zones(read: datetime, seen: time, own_zone: str) -> list[str]:
    """The likely zones (IANA names) in which the wall clock `read` is the moment that a clock of
    `own_zone` shows as `seen`: that one, UTC, both or none.

    ATZ names no zone (ATZ_API.md, "Time zone is unknown"). Its web page is taken to show the clock
    of whoever looks at it, by the zone of their computer.
    """
    here = ZoneInfo(own_zone)
    likely = ["UTC"] if _is_always_utc(own_zone, read.year) else [own_zone, "UTC"]
    return [zone for zone in likely if to_utc(read, zone).astimezone(here).time() == seen]


def _is_always_utc(zone: str, year: int) -> bool:
    winter_and_summer = (datetime(year, month, 15, tzinfo=ZoneInfo(zone)) for month in (1, 7))
    return not any(each.utcoffset() for each in winter_and_summer)
