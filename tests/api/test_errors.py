from __future__ import annotations

import re
import subprocess
import sys

import pytest

from atz_desktop.api import errors
from atz_desktop.api.errors import (
    AtzError,
    Conflict,
    FileUnreadable,
    Forbidden,
    InvalidResponse,
    NotFound,
    NotSent,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    ServerError,
    TooLarge,
    Unauthorized,
    UploadCancelled,
)

SETTLED = [
    NotSent,
    UploadCancelled,
    FileUnreadable,
    Rejected,
    Unauthorized,
    Forbidden,
    NotFound,
    Conflict,
    TooLarge,
    RateLimited,
]
OPEN = [OutcomeUnknown, ServerError, InvalidResponse]


@pytest.mark.parametrize("kind", SETTLED)
def test_a_write_that_ended_so_was_not_applied(kind: type[AtzError]) -> None:
    assert not kind("PUT", "/v1/activity/42").may_have_been_applied


@pytest.mark.parametrize("kind", OPEN)
def test_a_write_that_ended_so_may_have_been_applied(kind: type[AtzError]) -> None:
    assert kind("PUT", "/v1/activity/42").may_have_been_applied


@pytest.mark.parametrize("kind", OPEN)
def test_a_read_changes_nothing_however_it_ended(kind: type[AtzError]) -> None:
    assert not kind("GET", "/v1/activity/42").may_have_been_applied


def test_the_tree_at_the_top_of_the_file_is_the_real_one() -> None:
    drawn = re.findall(r"^[│├└─\s]*([A-Z][A-Za-z]+)", errors.__doc__ or "", re.MULTILINE)
    real = {
        name
        for name, kind in vars(errors).items()
        if isinstance(kind, type) and issubclass(kind, AtzError) and not name.startswith("_")
    }
    assert real <= set(drawn)
    for line in (errors.__doc__ or "").splitlines():
        found = re.match(r"^│   [├└]── (\w+)", line)
        if found:
            assert getattr(errors, found[1]).__base__ in (NotSent, Rejected, UploadCancelled)


def test_an_excerpt_has_a_limit() -> None:
    assert len(InvalidResponse("GET", "/", body_excerpt="x" * 9_999).body_excerpt) == 2_000


def test_the_fields_of_a_refusal_cannot_be_changed_by_who_catches_it() -> None:
    refused = Rejected("PUT", "/", fields={"title": ("too long",)})
    with pytest.raises(TypeError):
        refused.fields["title"] = ()  # type: ignore[index]


@pytest.mark.parametrize(
    ("module", "banned"),
    [
        ("atz_desktop.api", ["httpx", "pydantic", "asyncio"]),
        ("atz_desktop.api.errors", ["httpx", "pydantic", "asyncio", "dataclasses"]),
        ("atz_desktop.api.client", ["httpx", "pydantic", "truststore"]),
    ],
)
def test_what_the_window_needs_before_its_first_paint_is_light(
    module: str, banned: list[str]
) -> None:
    code = f"import sys, {module}; print(*(set({banned!r}) & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
