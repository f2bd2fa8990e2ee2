from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atz_desktop.domain.values import (
    Option,
    Person,
    Span,
    fitting_zones,
    is_ambiguous,
    is_nonexistent,
    is_representable,
    to_utc,
)
from tests.domain.strategies import ZONES, spans


def wall(text: str) -> datetime:
    return datetime.fromisoformat(text)


@given(spans(), st.datetimes(datetime(2000, 1, 1), datetime(2099, 1, 1)))  # noqa: DTZ001
def test_moving_the_start_keeps_the_duration(span: Span, start: datetime) -> None:
    assert span.start is not None
    assert span.end is not None
    moved = span.with_start(start)
    assert moved.start == start
    assert moved.end is not None
    assert moved.end - start == span.end - span.start
    assert moved.zone == span.zone


def test_moving_the_start_of_a_span_without_an_end_gives_it_none() -> None:
    assert Span(None, None, "Europe/Berlin").with_start(wall("2024-06-16T09:00")) == Span(
        wall("2024-06-16T09:00"), None, "Europe/Berlin"
    )


def test_moving_the_start_to_the_last_day_of_the_calendar_breaks_nothing() -> None:
    span = Span(wall("2024-06-16T09:00"), wall("2024-06-16T11:00"))
    last = wall("9999-12-31T23:00")
    assert span.with_start(last) == Span(last, span.end)


def test_moving_the_end_leaves_the_start_alone() -> None:
    span = Span(wall("2024-06-16T09:00"), wall("2024-06-16T10:00"))
    assert span.with_end(wall("2024-06-16T12:00")) == Span(span.start, wall("2024-06-16T12:00"))


def test_another_zone_keeps_the_wall_clock() -> None:
    span = Span(wall("2024-06-16T09:00"), wall("2024-06-16T10:00"))
    moved = span.in_zone("Asia/Kolkata")
    assert (moved.start, moved.end, moved.zone) == (span.start, span.end, "Asia/Kolkata")


@pytest.mark.parametrize(
    ("end", "days"), [("2024-06-16T23:59", 0), ("2024-06-17T00:00", 1), ("2024-06-18T00:00", 2)]
)
def test_days_later_counts_midnights(end: str, days: int) -> None:
    assert Span(wall("2024-06-16T23:00"), wall(end)).days_after_start == days


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        ("2026-03-28T22:00", "2026-03-29T04:00", 5),
        ("2026-10-24T22:00", "2026-10-25T04:00", 7),
        ("2026-06-16T22:00", "2026-06-17T04:00", 6),
    ],
)
def test_in_the_night_when_clocks_change_it_takes_an_hour_more_or_less(
    start: str, end: str, hours: int
) -> None:
    assert Span(wall(start), wall(end), "Europe/Berlin").duration == timedelta(hours=hours)


def test_how_long_it_takes_is_known_at_the_end_of_the_calendar_and_not_without_an_end() -> None:
    last = wall("9999-12-31T22:00")
    assert Span(last, last + timedelta(hours=1), "Europe/Berlin").duration == timedelta(hours=1)
    assert Span(last, None).duration is None


def test_days_later_is_unknown_without_an_end() -> None:
    assert Span(wall("2024-06-16T23:00")).days_after_start is None


@pytest.mark.parametrize(
    ("local", "zone", "instant"),
    [
        ("2024-06-16T09:00", "UTC", "2024-06-16T09:00"),
        ("2024-06-16T09:00", "Europe/Berlin", "2024-06-16T07:00"),
        ("2024-01-16T09:00", "Europe/Berlin", "2024-01-16T08:00"),
        ("2024-06-16T09:00", "Asia/Kolkata", "2024-06-16T03:30"),
        ("2024-06-16T20:00", "America/New_York", "2024-06-17T00:00"),
    ],
)
def test_the_offset_is_that_of_the_day(local: str, zone: str, instant: str) -> None:
    assert to_utc(wall(local), zone) == wall(instant).replace(tzinfo=UTC)


def test_of_an_hour_that_comes_twice_the_first_is_meant_whatever_the_widget_says() -> None:
    twice = wall("2024-10-27T02:30")
    first = wall("2024-10-27T00:30").replace(tzinfo=UTC)
    assert to_utc(twice, "Europe/Berlin") == first
    assert to_utc(twice.replace(fold=1), "Europe/Berlin") == first


@pytest.mark.parametrize(
    ("local", "zone", "there", "twice"),
    [
        ("2024-03-31T01:59", "Europe/Berlin", True, False),
        ("2024-03-31T02:00", "Europe/Berlin", False, False),
        ("2024-03-31T02:59", "Europe/Berlin", False, False),
        ("2024-03-31T03:00", "Europe/Berlin", True, False),
        ("2024-10-27T01:59", "Europe/Berlin", True, False),
        ("2024-10-27T02:00", "Europe/Berlin", True, True),
        ("2024-10-27T02:59", "Europe/Berlin", True, True),
        ("2024-10-27T03:00", "Europe/Berlin", True, False),
        ("2024-10-06T02:15", "Australia/Lord_Howe", False, False),
        ("2024-10-06T02:30", "Australia/Lord_Howe", True, False),
        ("2024-04-07T01:45", "Australia/Lord_Howe", True, True),
        ("2024-03-31T02:30", "UTC", True, False),
    ],
)
def test_hours_that_are_left_out_or_repeated(
    local: str, zone: str, there: bool, twice: bool
) -> None:
    assert is_nonexistent(wall(local), zone) is not there
    assert is_ambiguous(wall(local), zone) is twice


@given(st.datetimes().filter(is_representable), st.sampled_from(ZONES))
def test_every_tellable_time_has_an_instant(local: datetime, zone: str) -> None:
    assert abs(to_utc(local, zone).replace(tzinfo=None) - local) < timedelta(days=1)
    is_nonexistent(local, zone)
    is_ambiguous(local, zone)


def test_the_ends_of_the_calendar_are_not_tellable() -> None:
    assert not is_representable(wall("0001-12-31T23:59"))
    assert not is_representable(wall("9999-01-01T00:00"))


def test_a_person_is_shown_by_the_best_name_known() -> None:
    assert Person("7", "Ada", "ada@example.com").display_name == "Ada"
    assert Person("7", None, "ada@example.com").display_name == "ada@example.com"
    assert Person("7").display_name == "7"


def test_an_option_without_a_label_cannot_be_taken_for_a_label() -> None:
    assert Option(31, "Coffee").display_name == "Coffee"
    assert Option(31).display_name == "No. 31"
    assert Option("urgent").display_name == "urgent"


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
