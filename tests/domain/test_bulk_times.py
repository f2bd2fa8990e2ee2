"""Rules for start and end: they count by the wall clock, whatever daylight saving does."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from atz_desktop.domain.activity import Activity
from atz_desktop.domain.bulk_edit import Applied, BulkEdit, apply
from atz_desktop.domain.bulk_rules import Rule
from atz_desktop.domain.bulk_times import (
    MeantAsZone,
    SameClockOn,
    SetTimes,
    ShiftBy,
    Times,
)
from atz_desktop.domain.values import Span, is_ambiguous, is_nonexistent, to_utc
from tests.domain.bulk_strategies import CONTEXT, shifts, times
from tests.domain.strategies import RESPONSE, ZONES, spans

zones = st.sampled_from(ZONES)


def wall(text: str) -> datetime:
    return datetime.fromisoformat(text)


def span(start: str, end: str | None = None, zone: str = "UTC") -> Span:
    return Span(wall(start), None if end is None else wall(end), zone)


def applied(rule: Rule, old: Any, zone: str = "UTC") -> Applied:
    base = Activity.from_response(RESPONSE, zone).with_values({"when": old})
    return apply(BulkEdit(MappingProxyType({"when": rule})), base, CONTEXT)


def new(rule: Rule, old: Span) -> Span:
    """The new times, which must be allowed."""
    done = applied(rule, old, old.zone)
    assert not done.problems
    found = done.edit.value("when")
    assert isinstance(found, Span)
    return found


def length(found: Span) -> timedelta:
    assert found.start is not None
    assert found.end is not None
    return found.end - found.start


# Shift


@given(shifts(), st.data(), zones)
def test_a_shift_keeps_the_duration_on_the_clock_across_daylight_saving(
    rule: ShiftBy, data: st.DataObject, zone: str
) -> None:
    old = data.draw(spans(zone))
    found = applied(rule, old, zone).edit.value("when")
    assert length(found) == length(old)
    if rule.unit in {"days", "weeks", "working days"}:
        assert found.start.time() == old.start.time()  # type: ignore[union-attr]


@given(shifts(), st.data())
def test_a_shift_back_gives_the_old_times_but_for_weekends(
    rule: ShiftBy, data: st.DataObject
) -> None:
    old = data.draw(spans())
    assert old.start is not None
    assume(rule.unit != "working days" or old.start.weekday() < 5)
    there = applied(rule, old).edit.value("when")
    assert applied(ShiftBy(-rule.amount, rule.unit), there).edit.value("when") == old


@given(st.integers(-200, 200).filter(bool), st.data())
def test_working_days_are_counted_from_monday_to_friday(amount: int, data: st.DataObject) -> None:
    old = data.draw(spans())
    found = applied(ShiftBy(amount, "working days"), old).edit.value("when")
    assert old.start is not None
    days = [old.start.date() + timedelta(days=n) for n in range(-300, 301)]
    first, last = sorted((found.start.date(), old.start.date()))
    between = [day for day in days if first <= day <= last and day != old.start.date()]
    assert sum(day.weekday() < 5 for day in between) == abs(amount)
    assert found.start.weekday() < 5


@pytest.mark.parametrize(
    ("rule", "start"),
    [
        (ShiftBy(90, "minutes"), "2024-06-14T11:30"),
        (ShiftBy(-11, "hours"), "2024-06-13T23:00"),
        (ShiftBy(1, "working days"), "2024-06-17T10:00"),
        (ShiftBy(-5, "working days"), "2024-06-07T10:00"),
        (ShiftBy(2, "weeks"), "2024-06-28T10:00"),
    ],
)
def test_a_friday_at_ten_is_moved(rule: ShiftBy, start: str) -> None:
    found = new(rule, span("2024-06-14T10:00", "2024-06-14T11:00"))
    assert (found.start, length(found)) == (wall(start), timedelta(hours=1))


def test_from_a_weekend_the_first_working_day_is_monday_or_friday() -> None:
    sunday = span("2024-06-16T10:00", "2024-06-16T11:00")
    assert new(ShiftBy(1, "working days"), sunday).start == wall("2024-06-17T10:00")
    assert new(ShiftBy(-1, "working days"), sunday).start == wall("2024-06-14T10:00")


def test_a_time_that_the_clocks_skip_is_a_problem_and_one_that_comes_twice_a_note() -> None:
    day = timedelta(days=1)
    for rule, old in ((ShiftBy(1, "days"), "2024-03-30"), (SameClockOn(date(2024, 3, 31)), "2024")):
        start = wall("2024-03-30T02:30") if old != "2024" else wall("2024-05-01T02:30")
        done = applied(rule, Span(start, start + day / 24, "Europe/Berlin"), "Europe/Berlin")
        assert "02:30 does not exist on Sun 31 Mar 2024" in done.problems[0].text
    twice = span("2024-10-26T02:30", "2024-10-26T04:00", "Europe/Berlin")
    done = applied(ShiftBy(1, "days"), twice, "Europe/Berlin")
    assert not done.problems
    assert done.notes == ("02:30 comes twice on Sun 27 Oct 2024: the first is meant.",)


@pytest.mark.parametrize(
    "rule", [ShiftBy(1, "days"), MeantAsZone("UTC"), SameClockOn(date(2024, 1, 1))]
)
@pytest.mark.parametrize("old", [Span(), None])
def test_an_activity_without_times_is_named(rule: Rule, old: Any) -> None:
    done = applied(rule, old)
    assert len(done.problems) == 1
    assert "This activity has no" in done.problems[0].text


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (ShiftBy(0, "days"), "Type how far"),
        (ShiftBy(600, "weeks"), "more than ten years"),
        (ShiftBy(-6_000_000, "minutes"), "more than ten years"),
        (MeantAsZone("Mars/Base"), "“Mars/Base” is no time zone"),
        (MeantAsZone("../etc"), "no time zone"),
        (SetTimes(Times()), "Choose a day, a start"),
        (SetTimes(Times(end=time(9), minutes=5)), "not both"),
        (SetTimes(Times(minutes=0)), "between 1 minute and 24 hours"),
        (SetTimes(Times(minutes=1441)), "between 1 minute and 24 hours"),
    ],
)
def test_a_rule_that_cannot_work_is_said_before_anything_is_tried(rule: Rule, said: str) -> None:
    (problem,) = BulkEdit(MappingProxyType({"when": rule})).problems()
    assert said in problem.text


def test_the_end_of_the_calendar_is_a_problem_of_its_row() -> None:
    done = applied(ShiftBy(500, "weeks"), span("9990-01-01T10:00", "9990-01-01T11:00"))
    assert done.problems


# Set


@given(times(), st.data(), zones)
def test_what_is_not_set_stays_and_the_end_is_after_the_start(
    said: Times, data: st.DataObject, zone: str
) -> None:
    old = data.draw(spans(zone))
    found = applied(SetTimes(said), old, zone).edit.value("when")
    assert old.start is not None
    assert found.start == datetime.combine(
        said.day or old.start.date(), said.start or old.start.time()
    )
    if said.minutes is not None:
        assert length(found) == timedelta(minutes=said.minutes)
    elif said.end is None:
        assert length(found) == length(old)
    else:
        assert found.end.time() == said.end
        assert timedelta() < length(found) <= timedelta(days=1)


def test_the_same_clock_on_another_day_moves_the_day_alone() -> None:
    found = new(SameClockOn(date(2024, 12, 24)), span("2024-06-14T23:00", "2024-06-15T00:30"))
    assert found == span("2024-12-24T23:00", "2024-12-25T00:30")


def test_a_day_and_a_start_are_enough_where_there_was_no_time() -> None:
    assert applied(SetTimes(Times(date(2024, 1, 2), time(9))), Span()).edit.value("when") == span(
        "2024-01-02T09:00"
    )


# Zone


@given(st.data(), zones, zones)
def test_times_that_were_meant_as_another_zone_are_the_moments_that_were_meant(
    data: st.DataObject, zone: str, meant: str
) -> None:
    old = data.draw(spans(zone))
    assert old.start is not None
    done = applied(MeantAsZone(meant), old, zone)
    if is_nonexistent(old.start, meant) or is_nonexistent(old.end or old.start, meant):
        assert "does not exist" in done.problems[0].text
        return
    found = done.edit.value("when")
    back = found.start.replace(tzinfo=ZoneInfo(zone))
    candidates = {back.replace(fold=fold).astimezone(ZoneInfo("UTC")) for fold in (0, 1)}
    assert to_utc(old.start, meant) in candidates
    if is_ambiguous(old.start, meant):
        assert any("comes twice" in note for note in done.notes)


def test_each_day_has_its_own_offset() -> None:
    winter = new(MeantAsZone("Europe/Berlin"), span("2024-01-15T10:00", "2024-01-15T11:00"))
    summer = new(MeantAsZone("Europe/Berlin"), span("2024-07-15T10:00", "2024-07-15T11:00"))
    assert winter == span("2024-01-15T09:00", "2024-01-15T10:00")
    assert summer == span("2024-07-15T08:00", "2024-07-15T09:00")
