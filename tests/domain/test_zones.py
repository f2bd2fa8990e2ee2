"""The zone that ATZ gives its times in, out of one time on its web page."""

from __future__ import annotations

from datetime import datetime, time

import pytest

from atz_desktop.domain.zones import fitting_zones

SUMMER = datetime.fromisoformat("2026-07-01 13:00")
WINTER = datetime.fromisoformat("2026-01-14 13:00")
LATE = datetime.fromisoformat("2026-07-01 23:30")


@pytest.mark.parametrize(
    ("read", "seen", "own_zone", "zones"),
    [
        (SUMMER, time(13), "Europe/Berlin", ["Europe/Berlin"]),
        (SUMMER, time(15), "Europe/Berlin", ["UTC"]),
        (WINTER, time(14), "Europe/Berlin", ["UTC"]),
        (SUMMER, time(14), "Europe/Berlin", []),
        (LATE, time(1, 30), "Europe/Berlin", ["UTC"]),
        (SUMMER, time(18, 30), "Asia/Kolkata", ["UTC"]),
        (SUMMER, time(9), "America/New_York", ["UTC"]),
        (SUMMER, time(14), "Europe/London", ["UTC"]),
        (WINTER, time(13), "Europe/London", ["Europe/London", "UTC"]),
        (WINTER, time(13), "Etc/UTC", ["UTC"]),
        (WINTER, time(13), "Africa/Abidjan", ["UTC"]),
    ],
)
def test_the_zone_follows_from_the_time_that_the_web_page_shows(
    read: datetime, seen: time, own_zone: str, zones: list[str]
) -> None:
    assert fitting_zones(read, seen, own_zone) == zones
