from __future__ import annotations

import pytest

from atz_desktop.domain.parse_input import may_be_name, parse_record
from atz_desktop.domain.validators import slug_problem


@pytest.mark.parametrize(
    ("text", "slug", "entity"),
    [
        ("job_7", "job_7", None),
        (" “job_7” ", "job_7", None),
        ("https://x.example/v1/candidate/candidate_1", "candidate_1", 1),
        ("HTTPS://X.EXAMPLE/Organizations/o-1/", "o-1", 3),
        ("contacts/c1#notes", "c1", 4),
        ("https://x.example/jobs/", "https://x.example/jobs/", None),
        ("https://x.example/activity/7", "https://x.example/activity/7", None),
        ("https://x.example/jobs/two words", "https://x.example/jobs/two words", None),
        ("Anna Nowhere", "Anna Nowhere", None),
        ("", "", None),
    ],
)
def test_a_slug_is_found_in_an_address_and_in_quotes(
    text: str, slug: str, entity: int | None
) -> None:
    assert parse_record(text) == (slug, entity)


def test_a_name_has_no_underscore_and_begins_with_no_digit() -> None:
    assert all(map(may_be_name, ("Mueller", "Mueller2", "O'Brien", "Anne-Marie", "李")))
    assert not any(map(may_be_name, ("", "job_7", "7", "٧x", "a_b")))


@pytest.mark.parametrize("separator", [",", ";", "，", "、", "؛"])
def test_a_list_is_no_slug(separator: str) -> None:
    assert slug_problem(f"job_1{separator}job_2") is not None
