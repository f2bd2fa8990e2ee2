"""Dates and times of day out of typed text."""

from __future__ import annotations

from datetime import date, time

import pytest

from atz_desktop.view.editors.dates import date_from, split_moment, time_from

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
    ],
)
def test_a_time_is_understood_as_people_write_it(text: str, meant: time) -> None:
    assert time_from(text) == meant


@pytest.mark.parametrize(
    "text", ["", "9:", "9:3", "24", "25:00", "9:60", "13pm", "0am", "soon", "1 2", "12345"]
)
def test_what_is_no_time_is_never_guessed_at(text: str) -> None:
    assert time_from(text) is None


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
    ],
)
def test_a_date_is_understood_as_people_write_it(text: str) -> None:
    assert date_from(text, JUNE) == date(2024, 6, 16)


def test_numbers_between_slashes_are_read_in_the_order_of_the_computer() -> None:
    assert date_from("6/7/2024", JUNE, day_first=True) == date(2024, 7, 6)
    assert date_from("6/7/2024", JUNE, day_first=False) == date(2024, 6, 7)
    assert date_from("6.7.2024", JUNE, day_first=False) == date(2024, 7, 6)


@pytest.mark.parametrize(
    "text",
    ["", "16", "16 J", "16 Juli2", "31.2.2024", "2024-13-01", "16.6.202", "16 Jun 2", "1.1.0999"],
)
def test_what_is_no_date_is_never_guessed_at(text: str) -> None:
    assert date_from(text, JUNE) is None


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("2024-06-16T10:00", ("2024-06-16", "10:00")),
        ("2024-06-16 10:00", ("2024-06-16", "10:00")),
        ("16 Jun 2024, 14:00", ("16 jun 2024", "14:00")),
        ("16.6.2024 at 2pm", ("16.6.2024", "2pm")),
        ("16 Jun 2024", None),
        ("2024-06-16T10:00:00Z", None),
        ("10:00", None),
    ],
)
def test_a_pasted_date_with_a_time_falls_into_two(
    text: str, pieces: tuple[str, str] | None
) -> None:
    assert split_moment(text) == pieces
