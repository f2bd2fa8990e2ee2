"""Dates, times of day, or both, out of typed text."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time, timedelta

import pytest

from atz_desktop.domain.parse_when import (
    Calendar,
    Reading,
    is_end_of_day,
    parse_date,
    parse_time,
    read_date_line,
    read_time_line,
)

JUNE = date(2024, 6, 30)
THURSDAY = date(2026, 11, 26)
CALENDAR = Calendar(shown=date(2024, 6, 30), today=THURSDAY, day_first=True)
Reader = Callable[[str, Calendar], Reading | None]
READERS: tuple[Reader, ...] = (read_date_line, read_time_line)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("9", time(9)),
        ("9:30", time(9, 30)),
        ("09:30", time(9, 30)),
        ("0930", time(9, 30)),
        ("930", time(9, 30)),
        ("9.30", time(9, 30)),
        ("14h30", time(14, 30)),
        ("2pm", time(14)),
        ("2 p.m.", time(14)),
        ("2:15 PM", time(14, 15)),
        ("12am", time(0)),
        ("12pm", time(12)),
        (" 00:00 ", time(0)),
        ("9h", time(9)),
        ("9 h", time(9)),
        ("9h00", time(9)),
        ("9:30:00", time(9, 30)),
        ("9:30:00.000", time(9, 30)),
        ("9:30:00 pm", time(21, 30)),
        ("noon", time(12)),
        ("９：３０", time(9, 30)),
        ("９ＰＭ", time(21)),
        ("2:30\u202fPM", time(14, 30)),
        ("\u200e14:30\u200f", time(14, 30)),
    ],
)
def test_a_time_is_understood_as_people_write_it(text: str, meant: time) -> None:
    assert parse_time(text) == meant


@pytest.mark.parametrize(
    "text",
    [
        "",
        "9:",
        "9:3",
        "24",
        "25:00",
        "9:60",
        "13pm",
        "0am",
        "soon",
        "1 2",
        "12345",
        "24:00",
        "2400",
        "9:30:15",
        "9:30:0",
        "9hh",
        "9:30 xm",
        "9½",
        "9" * 500,
    ],
)
def test_what_is_no_time_is_never_guessed_at(text: str) -> None:
    assert parse_time(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "16 Jun 2024",
        "Sun 16 Jun 2024",
        "16 june 2024",
        "June 16, 2024",
        "2024-06-16",
        "20240616",
        "16.6.2024",
        "16.06.24",
        "16/6/2024",
        "6/16/2024",
        "16 Jun",
        "Jun 16",
        "16.6.",
        "16.6",
        "Mon 16 Jun 2024",
        "16-Jun-2024",
        "16-jun-24",
        "16/Jun/2024",
        "Jun-16-2024",
        "2024-6-16",
        "2024/6/16",
        "2024-Jun-16",
        "2024 June 16",
        "16th June",
        "16th of June 2024",
        "June 16th, 2024",
        "16. June 2024",
        "16. Juni 2024",
        "So., 16. Juni 2024",
        "Sunday, June 16 2024",
        "16Jun2024",
        "16 Jun '24",
        "１６．６．２０２４",
        "\u206616 Jun\u2069",
    ],
)
def test_a_date_is_understood_as_people_write_it(text: str) -> None:
    assert parse_date(text, JUNE, day_first=True) == date(2024, 6, 16)


def test_numbers_between_slashes_are_read_in_the_order_of_the_computer() -> None:
    assert parse_date("6/7/2024", JUNE, day_first=True) == date(2024, 7, 6)
    assert parse_date("6/7/2024", JUNE, day_first=False) == date(2024, 6, 7)
    assert parse_date("6.7.2024", JUNE, day_first=False) == date(2024, 7, 6)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "16",
        "16 J",
        "16 Juli2",
        "31.2.2024",
        "2024-13-01",
        "16.6.202",
        "16 Jun 2",
        "1.1.0999",
        "Jun 2027",
        "Jun 2024",
        "June 123",
        "June 1234",
        "16 Marble",
        "Marble 16",
        "Junk 16",
        "16 Ju",
        "Jun 16-17",
        "16 Jun-17",
        "16-Jun 2024",
        "Jun-2027",
        "Jun-16-24",
        "40 Jun",
        "2024-6-31",
        "2024-6",
        "16th",
        "before 16 Jun",
        "16 of 2024",
        "16 Jun 20245",
        "16 Jun" * 20,
    ],
)
def test_what_is_no_date_is_never_guessed_at(text: str) -> None:
    assert parse_date(text, JUNE, day_first=True) is None


def test_the_end_of_a_day_is_told_from_nonsense() -> None:
    assert all(
        map(
            is_end_of_day,
            (
                "24:00",
                "24",
                "2400",
                "24h",
                "24.00",
                "midnight",
                "12 midnight",
                "２４：００",
                "24:00:00",
            ),
        )
    )
    assert not any(map(is_end_of_day, ("25:00", "24:01", "240", "2:400", "")))


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize(
    ("text", "clock"),
    [
        ("2024-06-16T10:00", time(10)),
        ("2024-06-16 10:00", time(10)),
        ("2024-06-16T14:30:00", time(14, 30)),
        ("2024-06-16t1430", time(14, 30)),
        ("16 Jun 2024, 14:00", time(14)),
        ("16.6.2024 at 2pm", time(14)),
        ("16 June 2024 at 2:30 pm", time(14, 30)),
        ("16 June at 14", time(14)),
        ("16th at 14", time(14)),
        ("6/16/2024 2:30 PM", time(14, 30)),
        ("6/16/2024, 2:30:00\u202fAM", time(2, 30)),
        ("June 16 2:30 p.m.", time(14, 30)),
        ("Sun 16 Jun 2024 · 14h30", time(14, 30)),
        ("16-Jun-2024 - 9h", time(9)),
        ("16 June noon", time(12)),
        ("16 June 12 noon", time(12)),
        ("16 Jun 2024 - 14:30", time(14, 30)),
        ("June 16, 2024 – 9:15", time(9, 15)),
        ("Jun 16 2024 14h", time(14)),
        ("２０２４－０６－１６　９：３０", time(9, 30)),
    ],
)
def test_a_date_with_a_time_is_understood_whole_in_either_line(
    reader: Reader, text: str, clock: time
) -> None:
    assert reader(text, CALENDAR) == Reading(date(2024, 6, 16), clock)


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize(
    "text",
    [
        "2024-06-16T10:00:00Z",
        "2024-06-16T10:00+02:00",
        "2024-06-16T10:00:15",
        "Jun 2027 10:00",
        "16 Jun 2024 24:00",
        "16 Jun 2024 14",
        "16 Jun 2024 10-9",
        "at 14:00",
        "fry 9",
        "next",
        "next june",
        "mar",
        "+1d30",
        "+1y",
        "1-",
        "–",
        "fri" * 200,
    ],
)
def test_what_is_neither_is_never_guessed_at(reader: Reader, text: str) -> None:
    assert reader(text, CALENDAR) is None


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("today", THURSDAY),
        ("Tomorrow", date(2026, 11, 27)),
        ("yesterday", date(2026, 11, 25)),
        ("thu", THURSDAY),
        ("fri", date(2026, 11, 27)),
        ("wednesday", date(2026, 12, 2)),
        ("next tuesday", date(2026, 12, 1)),
        ("next fri", date(2026, 12, 4)),
        ("this mon", date(2026, 11, 23)),
        ("last fri", date(2026, 11, 20)),
        ("last wed", date(2026, 11, 25)),
        ("16 Jun", date(2024, 6, 16)),
    ],
)
def test_words_for_a_day_count_from_today(reader: Reader, text: str, day: date) -> None:
    assert reader(text, CALENDAR) == Reading(day)
    assert reader(f"{text} noon", CALENDAR) == Reading(day, time(12))
    if text != "16 Jun":
        assert reader(f"{text} 9", CALENDAR) == Reading(day, time(9))


@pytest.mark.parametrize("text", ["24", "24th", "24."])
def test_a_number_is_a_day_of_the_month_that_is_shown(text: str) -> None:
    assert read_date_line(text, CALENDAR) == Reading(date(2024, 6, 24))
    assert read_date_line(f"{text} 9:30", CALENDAR) == Reading(date(2024, 6, 24), time(9, 30))
    assert read_date_line("31", CALENDAR) is None


@pytest.mark.parametrize(
    ("text", "clock", "until"),
    [
        ("14:30–15:30", time(14, 30), time(15, 30)),
        ("14:30 - 15:30", time(14, 30), time(15, 30)),
        ("9h-10h30", time(9), time(10, 30)),
        ("9 to 10:30", time(9), time(10, 30)),
        ("2-3pm", time(14), time(15)),
        ("11-1pm", time(11), time(13)),
        ("9 - 10 am", time(9), time(10)),
        ("10pm-1am", time(22), time(1)),
        ("22:00-01:00", time(22), time(1)),
        ("10-11:30", time(10), time(11, 30)),
    ],
)
def test_a_range_of_times_is_understood(text: str, clock: time, until: time) -> None:
    meant = Reading(clock=clock, until=until)
    assert read_time_line(text, CALENDAR) == meant
    assert read_date_line(f"fri {text}", CALENDAR) == Reading(date(2026, 11, 27), clock, until)


@pytest.mark.parametrize(
    "text", ["11-1", "11am-1", "10pm-6", "10-9", "9-9", "9-24:00", "1-2-3", "16.6."]
)
def test_numbers_that_are_no_range_are_no_time_and_no_day_in_the_line_for_a_time(
    text: str,
) -> None:
    assert read_time_line(text, CALENDAR) is None


@pytest.mark.parametrize(
    ("text", "shift"),
    [
        ("+1h", timedelta(hours=1)),
        ("+1h30", timedelta(minutes=90)),
        ("+ 1:30", timedelta(minutes=90)),
        ("−15 min", timedelta(minutes=-15)),
        ("-2 hours", timedelta(hours=-2)),
        ("+3d", timedelta(days=3)),
        ("+2 weeks", timedelta(weeks=2)),
    ],
)
def test_a_sign_means_from_what_is_shown(text: str, shift: timedelta) -> None:
    assert {reader(text, CALENDAR) for reader in READERS} == {Reading(shift=shift)}


def test_a_bare_number_behind_a_sign_counts_what_the_line_holds() -> None:
    assert read_date_line("+3", CALENDAR) == Reading(shift=timedelta(days=3))
    assert read_time_line("+30", CALENDAR) == Reading(shift=timedelta(minutes=30))


def test_the_line_for_a_date_takes_a_time_alone_where_it_looks_like_one() -> None:
    assert read_date_line("noon", CALENDAR) == Reading(clock=time(12))
    assert read_date_line("12 noon", CALENDAR) == Reading(clock=time(12))
    assert read_date_line("2pm", CALENDAR) == Reading(clock=time(14))
    assert read_date_line("9:30", CALENDAR) == Reading(clock=time(9, 30))
    assert read_date_line("930", CALENDAR) is None
