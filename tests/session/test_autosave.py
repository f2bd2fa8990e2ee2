from __future__ import annotations

from atz_desktop.session.autosave import seconds_to_retry


def test_the_wait_grows_to_half_a_minute_and_never_overflows() -> None:
    assert [seconds_to_retry(number) for number in (1, 2, 3)] == [1.0, 2.0, 4.0]
    assert seconds_to_retry(6) == 30.0
    assert seconds_to_retry(100_000) == 30.0
