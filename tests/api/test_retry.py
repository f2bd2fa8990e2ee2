from __future__ import annotations

import pytest

from atz_desktop.api.errors import (
    AtzError,
    CaptivePortal,
    Cause,
    FileUnreadable,
    InvalidResponse,
    NotFound,
    NotSent,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    ServerError,
    Unauthorized,
    UploadCancelled,
)
from atz_desktop.api.retry import MAX_ATTEMPTS, may_repeat


def often(method: str, error: AtzError) -> int:
    """How many requests are made when every one ends like this."""
    tries = 1
    while may_repeat(method, error, tries) is not None:
        tries += 1
    return tries


@pytest.mark.parametrize("why", list(Cause))
def test_a_write_whose_answer_was_lost_is_never_repeated(why: Cause) -> None:
    assert often("PUT", OutcomeUnknown("PUT", "/", cause=why)) == 1


@pytest.mark.parametrize(
    "error", [ServerError("PUT", "/", status=503), InvalidResponse("PUT", "/")]
)
def test_a_write_with_an_unusable_answer_is_never_repeated(error: AtzError) -> None:
    assert often("PUT", error) == 1


def test_the_error_of_a_write_is_not_repeated_as_if_it_were_one_of_a_read() -> None:
    assert may_repeat("GET", OutcomeUnknown("PUT", "/"), 1) is None


@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_what_was_not_sent_is_repeated_a_few_times(method: str) -> None:
    assert often(method, NotSent(method, "/", cause=Cause.CONNECTION_REFUSED)) == MAX_ATTEMPTS


@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_too_many_requests_are_repeated_later(method: str) -> None:
    assert often(method, RateLimited(method, "/")) == MAX_ATTEMPTS


def test_a_read_is_repeated_after_a_server_fault_and_a_lost_answer() -> None:
    assert often("GET", ServerError("GET", "/", status=500)) == MAX_ATTEMPTS
    assert often("GET", OutcomeUnknown("GET", "/", cause=Cause.DISCONNECTED)) == MAX_ATTEMPTS


def test_a_time_out_has_kept_the_person_waiting_and_is_repeated_only_once() -> None:
    assert often("GET", OutcomeUnknown("GET", "/", cause=Cause.TIMED_OUT)) == 2
    assert often("PUT", NotSent("PUT", "/", cause=Cause.TIMED_OUT)) == 2


@pytest.mark.parametrize(
    "why", [Cause.CERTIFICATE, Cause.TLS, Cause.PROXY, Cause.CANCELLED, Cause.CLOSED]
)
def test_what_cannot_get_better_by_itself_is_said_at_once(why: Cause) -> None:
    assert often("GET", NotSent("GET", "/", cause=why)) == 1


@pytest.mark.parametrize(
    "error",
    [
        Unauthorized("GET", "/", status=401),
        NotFound("GET", "/", status=404),
        Rejected("GET", "/", status=422),
        InvalidResponse("GET", "/"),
        CaptivePortal("GET", "/", status=511),
        UploadCancelled("PUT", "/"),
        FileUnreadable("PUT", "/"),
    ],
)
def test_a_clear_no_is_not_asked_again(error: AtzError) -> None:
    assert often(error.method, error) == 1


@pytest.mark.parametrize("kind", [RateLimited, ServerError])
def test_the_server_is_never_asked_sooner_than_it_wished(
    kind: type[RateLimited] | type[ServerError],
) -> None:
    delay = may_repeat("GET", kind("GET", "/", status=503, retry_after=7.0), 1, jitter=lambda: 0.0)
    assert delay is not None
    assert 7.0 < delay < 8.0


def test_a_fault_that_asks_for_no_wait_is_not_asked_again_at_once() -> None:
    delay = may_repeat("GET", ServerError("GET", "/", status=503, retry_after=0.0), 1, lambda: 0.0)
    assert delay is not None
    assert delay >= 0.25


def test_a_write_is_not_repeated_because_the_server_named_a_time() -> None:
    assert may_repeat("PUT", ServerError("PUT", "/", status=503, retry_after=1.0), 1) is None


def test_without_a_wish_the_whole_window_is_waited_for() -> None:
    delay = may_repeat("GET", RateLimited("GET", "/", retry_after=None), 1, jitter=lambda: 0.0)
    assert delay is not None
    assert 60.0 < delay < 61.0


@pytest.mark.parametrize("kind", [RateLimited, ServerError])
def test_a_wait_of_an_hour_is_left_to_the_person(
    kind: type[RateLimited] | type[ServerError],
) -> None:
    assert may_repeat("GET", kind("GET", "/", status=503, retry_after=3600.0), 1) is None


def test_the_delay_doubles_and_half_of_it_is_chance() -> None:
    error = ServerError("GET", "/", status=500)
    lowest = [may_repeat("GET", error, tries, jitter=lambda: 0.0) for tries in (1, 2)]
    highest = [may_repeat("GET", error, tries, jitter=lambda: 1.0) for tries in (1, 2)]
    assert lowest == [0.25, 0.5]
    assert highest == [0.5, 1.0]
