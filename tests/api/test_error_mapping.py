from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atz_desktop.api import errors
from atz_desktop.api.error_mapping import map_status, parse_retry_after
from atz_desktop.api.redact import register_secret
from atz_desktop.api.requests import Request

PUT = Request("PUT", "/v1/activity/42")


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (301, errors.InvalidResponse),
        (307, errors.InvalidResponse),
        (400, errors.Rejected),
        (401, errors.Unauthorized),
        (403, errors.Forbidden),
        (404, errors.NotFound),
        (408, errors.OutcomeUnknown),
        (409, errors.Conflict),
        (413, errors.TooLarge),
        (422, errors.Rejected),
        (429, errors.RateLimited),
        (500, errors.ServerError),
        (502, errors.ServerError),
        (504, errors.ServerError),
        (511, errors.CaptivePortal),
        (599, errors.ServerError),
        (101, errors.InvalidResponse),
        (999, errors.InvalidResponse),
    ],
)
def test_each_status_has_its_error(status: int, kind: type[errors.AtzError]) -> None:
    error = map_status(PUT, status, {}, b"")
    assert type(error) is kind
    assert (error.method, error.path, error.status) == ("PUT", "/v1/activity/42", status)


@pytest.mark.parametrize(
    ("location", "kind"),
    [
        ("https://login.hotel.example/?from=api.atzcrm.com", errors.CaptivePortal),
        ("http://10.0.0.1:8080/", errors.CaptivePortal),
        ("//portal.example", errors.CaptivePortal),
        ("/v1/activity/42/", errors.InvalidResponse),
        ("https://API.atzcrm.com/v2", errors.InvalidResponse),
        ("https://[", errors.InvalidResponse),
        ("", errors.InvalidResponse),
    ],
)
def test_a_redirect_to_another_host_is_the_sign_of_a_sign_in_page(
    location: str, kind: type[errors.AtzError]
) -> None:
    error = map_status(PUT, 302, {"location": location}, b"", "api.atzcrm.com")
    assert type(error) is kind
    assert error.may_have_been_applied


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
@pytest.mark.parametrize("after", ["8", "Wed, 21 Oct 2015 07:28:08 GMT"])
def test_every_status_that_means_later_carries_the_wish(status: int, after: str) -> None:
    headers = {"retry-after": after, "date": "Wed, 21 Oct 2015 07:28:00 GMT"}
    error = map_status(PUT, status, headers, b"")
    assert error.retry_after == 8.0


def test_a_refusal_says_what_the_server_said_of_each_field() -> None:
    body = b'{"message": "Invalid", "errors": {"title": ["too long"]}}'
    error = map_status(PUT, 422, {}, body)
    assert isinstance(error, errors.Rejected)
    assert error.message == "Invalid"
    assert error.fields == {"title": ("too long",)}
    assert error.body_excerpt == body.decode()


def test_a_secret_that_the_server_repeats_is_in_no_part_of_the_error() -> None:
    register_secret("echoed-secret-1")
    body = b'{"message": "bad token echoed-secret-1", "errors": {"x": "echoed-secret-1"}}'
    error = map_status(PUT, 401, {}, body)
    assert isinstance(error, errors.Unauthorized)
    assert error.message == "bad token •••"
    assert "echoed-secret-1" not in f"{vars(error)} {error} {error!r} {dict(error.fields)}"


@pytest.mark.parametrize(
    ("text", "wait"),
    [
        ("7", 7.0),
        (" 1.5 ", 1.5),
        ("0", 0.0),
        ("", None),
        ("soon", None),
        ("-3", None),
        ("nan", None),
        ("1e99", None),
        ("9" * 400, None),
    ],
)
def test_retry_after_in_seconds(text: str, wait: float | None) -> None:
    assert parse_retry_after({"retry-after": text}) == wait


def test_retry_after_as_a_date_is_measured_by_the_servers_own_clock() -> None:
    there = datetime(2031, 5, 1, 12, tzinfo=UTC)
    headers = {
        "date": format_datetime(there, usegmt=True),
        "retry-after": format_datetime(there + timedelta(seconds=25), usegmt=True),
    }
    assert parse_retry_after(headers) == 25.0


def test_retry_after_as_a_date_without_the_servers_clock_is_measured_by_ours() -> None:
    then = datetime.now(UTC) + timedelta(seconds=30)
    wait = parse_retry_after({"retry-after": format_datetime(then, usegmt=True)})
    assert wait is not None
    assert 25.0 < wait <= 30.0


def test_a_date_in_the_past_asks_for_no_wait() -> None:
    assert parse_retry_after({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}) == 0.0


@given(st.text(), st.text())
def test_no_header_breaks_the_reading_of_it(after: str, date: str) -> None:
    wait = parse_retry_after({"retry-after": after, "date": date})
    assert wait is None or wait >= 0.0
