"""Which read is taken for a version that was read before, and which for news."""

from __future__ import annotations

from typing import Any

from atz_desktop.domain.activity import Activity
from atz_desktop.session.reads import MAX_ACTIVITIES, MAX_LAG, MonotonicReads

FIRST, SECOND = "2026-04-20T15:03:11Z", "2026-04-20T15:03:12Z"


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def read(title: str, updated_at: str | None, activity_id: int = 42, **more: Any) -> Activity:
    return Activity.from_response(
        {"id": activity_id, "title": title, "updated_at": updated_at, **more}
    )


def test_an_earlier_version_is_answered_with_the_latest() -> None:
    reads = MonotonicReads(Clock())
    reads.latest(read("old", FIRST))
    latest = reads.latest(read("new", SECOND))
    assert reads.latest(read("old", FIRST)) == latest


def test_a_version_of_an_earlier_run_is_answered_with_the_latest() -> None:
    reads = MonotonicReads(Clock())
    latest = reads.latest(read("new", SECOND))
    reads.supersede(read("old", FIRST), latest)
    assert reads.latest(read("old", FIRST)) == latest


def test_an_activity_of_another_account_is_no_earlier_version() -> None:
    reads = MonotonicReads(Clock())
    reads.latest(read("old", FIRST, created_at=FIRST))
    reads.latest(read("new", SECOND, created_at=FIRST))
    foreign = read("old", FIRST, created_at=SECOND)
    assert reads.latest(foreign) is foreign
    assert reads.latest(read("old", FIRST, created_at=FIRST)).value("title") == "new"


def test_old_values_with_a_new_stamp_are_somebodys_change() -> None:
    reads = MonotonicReads(Clock())
    reads.latest(read("old", FIRST))
    reads.latest(read("new", SECOND))
    put_back = read("old", "2026-04-20T15:03:13Z")
    assert reads.latest(put_back) is put_back


def test_another_value_with_an_old_stamp_is_never_hidden() -> None:
    """The clocks of two servers differ: an older stamp alone proves nothing."""
    reads = MonotonicReads(Clock())
    reads.latest(read("old", FIRST))
    reads.latest(read("new", SECOND))
    theirs = read("theirs", FIRST)
    assert reads.latest(theirs) is theirs


def test_without_stamps_or_within_a_second_every_read_counts() -> None:
    for stamp in (None, FIRST):
        reads = MonotonicReads(Clock())
        reads.latest(read("old", stamp))
        reads.latest(read("new", stamp))
        again = read("old", stamp)
        assert reads.latest(again) is again


def test_what_is_still_old_after_the_longest_lag_is_believed() -> None:
    clock = Clock()
    reads = MonotonicReads(clock)
    reads.latest(read("old", FIRST))
    reads.latest(read("new", SECOND))
    clock.now += MAX_LAG
    restored = read("old", FIRST)
    assert reads.latest(restored) is restored


def test_only_so_many_activities_are_remembered() -> None:
    reads = MonotonicReads(Clock())
    reads.latest(read("old", FIRST))
    reads.latest(read("new", SECOND))
    for number in range(1000, 1000 + MAX_ACTIVITIES):
        reads.latest(read("x", FIRST, number))
    again = read("old", FIRST)
    assert reads.latest(again) is again
