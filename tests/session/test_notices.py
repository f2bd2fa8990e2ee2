"""The words for each error: what happened, not a name or a number of the program."""

from __future__ import annotations

import re

import pytest

from atz_desktop.api.errors import (
    AtzError,
    CaptivePortal,
    Cause,
    InvalidResponse,
    NotFound,
    NotSent,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    ServerError,
    UploadCancelled,
)
from atz_desktop.session.notices import error_notice

AT = ("GET", "/v1/activity/42")


@pytest.mark.parametrize(
    ("wait", "words"),
    [
        (None, "in a minute"),
        (0.0, "in a minute"),
        (0.2, "in about 2 seconds"),
        (60.0, "in a minute"),
        (75.0, "in about 75 seconds"),
        (3_600.0, "in about 60 minutes"),
        (36_000.0, "in about 10 hours"),
        (999_999_999.0, "in some days"),
    ],
)
def test_a_wait_is_said_as_people_say_it(wait: float | None, words: str) -> None:
    assert error_notice(RateLimited(*AT, retry_after=wait), "Not loaded").text.endswith(
        f"Try again {words}."
    )


def test_a_fault_says_when_the_server_wants_to_be_asked_again() -> None:
    words = error_notice(ServerError(*AT, status=503, retry_after=300.0), "Not loaded").text
    assert words.endswith("It asks to try again in about 5 minutes.")


@pytest.mark.parametrize("status", [511, 302, 200])
def test_a_sign_in_page_of_the_network_is_not_called_a_fault_of_atz(status: int) -> None:
    words = error_notice(CaptivePortal(*AT, status=status), "Not loaded").text
    assert "sign in" in words
    assert "fault" not in words
    assert ("API address" in words) == (status != 511)


def test_the_servers_words_cannot_turn_ours_round() -> None:
    refused = Rejected(*AT, status=422, message="No\u202e\u2069 way")
    assert error_notice(refused, "Not saved").text.endswith("It says: “No way”")


def test_who_stopped_a_wait_is_not_told_that_atz_is_away() -> None:
    text = error_notice(NotSent(*AT, cause=Cause.CANCELLED), "Not loaded").text
    assert text == "You stopped the wait, so ATZ was not asked."


def test_a_list_that_is_not_there_is_not_called_a_missing_activity() -> None:
    assert "no activity with this ID" in error_notice(NotFound(*AT, status=404), "Not loaded").text
    listed = NotFound("GET", "/v1/activity", status=404)
    assert "API address" in error_notice(listed, "Not connected").text


@pytest.mark.parametrize(
    "error",
    [
        *(NotSent(*AT, cause=why) for why in Cause),
        *(OutcomeUnknown(*AT, cause=why, status=408) for why in Cause),
        *(UploadCancelled(*AT, cause=why) for why in Cause),
        ServerError(*AT, status=503),
        InvalidResponse(*AT, status=302, detail="a redirect"),
        CaptivePortal(*AT, status=511),
        CaptivePortal(*AT, status=200),
        Rejected(*AT, status=418),
    ],
    ids=repr,
)
def test_no_notice_speaks_of_status_codes_classes_or_paths(error: AtzError) -> None:
    text = error_notice(error, "").text
    assert not re.search(r"\b[1-5]\d\d\b|/v1/|[a-z][A-Z]|_", text)
    assert text.endswith((".", "?"))
