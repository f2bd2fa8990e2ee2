"""The line to ATZ, as whoever shows it hears of it."""

from __future__ import annotations

import pytest

from atz_desktop.api.errors import AtzError, Cause, NotSent
from atz_desktop.api.rate_limiter import RateLimiter
from atz_desktop.api.requests import DelayReason, PendingDelay
from atz_desktop.session.account_session import ConnectionStatus

AWAY = NotSent("GET", "/v1/activity/42", cause=Cause.NO_NETWORK)


def status_of(limit: int) -> tuple[ConnectionStatus, list[tuple[bool, bool, bool]]]:
    """The status of an account with `limit` requests a minute, and what was told of it since."""
    status = ConnectionStatus(RateLimiter(limit=limit))
    status.on_request_end(None)
    told: list[tuple[bool, bool, bool]] = []
    status.changed.connect(
        lambda: told.append(
            (status.pending_delay is not None, status.few_left is not None, status.offline)
        )
    )
    return status, told


def test_a_request_that_changes_nothing_to_be_shown_is_told_to_nobody() -> None:
    status, told = status_of(60)
    status.on_request_end(None)
    assert not told


@pytest.mark.parametrize("error", [None, AWAY])
def test_each_request_is_told_while_few_are_left(error: AtzError | None) -> None:
    status, told = status_of(3)
    status.on_request_end(error)
    status.on_request_end(error)
    assert told == [(False, True, error is not None)] * 2


def test_a_pause_is_told_at_its_begin_and_at_its_end() -> None:
    status, told = status_of(60)
    wait = PendingDelay(DelayReason.RETRY, 1.0, error=None, attempts=1, background=False)
    status.on_delay(wait)
    wait.end()
    status.on_request_end(None)
    status.on_request_end(None)
    assert told == [(True, False, False), (False, False, False)]


def test_a_line_that_is_gone_is_told_until_it_is_there_again() -> None:
    status, told = status_of(60)
    status.on_request_end(AWAY)
    status.on_request_end(None)
    status.on_request_end(None)
    assert told == [(False, False, True), (False, False, False)]
