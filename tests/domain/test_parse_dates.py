"""Dates and times of day out of typed text."""

from __future__ import annotations

from datetime import date, time

import pytest

from atz_desktop.domain.parse_dates import (
    is_end_of_day,
    parse_date,
    parse_time,
)

JUNE = date(2024, 6, 30)


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
