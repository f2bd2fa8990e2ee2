from __future__ import annotations

from atz_desktop.session.autosave import retry_delay
from atz_desktop.session.services import RETRY_DELAYS


def test_the_wait_grows_to_half_a_minute_and_never_overflows() -> None:
    assert [retry_delay(number, RETRY_DELAYS) for number in (1, 2, 3)] == [1.0, 2.0, 4.0]
    assert retry_delay(6, RETRY_DELAYS) == 30.0
    assert retry_delay(100_000, RETRY_DELAYS) == 30.0
