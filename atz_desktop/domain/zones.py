"""Which time zone ATZ gives its times in, found out by comparing one of them with its web page."""

from __future__ import annotations

from datetime import datetime, time
from zoneinfo import ZoneInfo

from atz_desktop.domain.values import to_utc

UTC_NAME = "UTC"


def fitting_zones(read: datetime, seen: time, own_zone: str) -> list[str]:
    """The likely zones (IANA names) in which the wall clock `read` is the moment that a clock of
    `own_zone` shows as `seen`: that one, UTC, both or none.

    ATZ names no zone (ATZ_API.md, "Time zone is unknown"). Its web page is taken to show the clock
    of whoever looks at it, by the zone of their computer.
    """
    here = ZoneInfo(own_zone)
    likely = [UTC_NAME] if _is_always_utc(own_zone, read.year) else [own_zone, UTC_NAME]
    return [zone for zone in likely if to_utc(read, zone).astimezone(here).time() == seen]


def _is_always_utc(zone: str, year: int) -> bool:
    winter_and_summer = (datetime(year, month, 15, tzinfo=ZoneInfo(zone)) for month in (1, 7))
    return not any(each.utcoffset() for each in winter_and_summer)
