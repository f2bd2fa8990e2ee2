from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atz_desktop.domain.identifiers import (
    may_be_name,
    parse_activity_id,
    parse_record,
    parse_search_text,
    slug_problem,
)


@pytest.mark.parametrize(
    "text",
    [
        "42",
        " 42\n",
        "042",
        "#42",
        "# 42",
        "No. 42",
        "ID: 42",
        "id 42",
        "Activity 42",
        "activity #42",
        "\u00a042\u202f",
        "\u200b42\ufeff",
        "\u202a42\u202c",
        "<42>",
        "< 42 >",
        "“42”",
        "'42'",
        "(#42)",
        "https://api.atzcrm.com/v1/activity/42",
        "https://api.atzcrm.com/v1/activity/42/",
        "HTTPS://API.ATZCRM.COM/V1/ACTIVITY/42",
        "<https://api.atzcrm.com/v1/activity/42>",
        "https://app.example/activities/42?tab=7#top",
        "https://app.example/#/activity/42/notes",
        "/activity/42",
        "activity/42",
        "Please look at https://api.atzcrm.com/v1/activity/42.",
        "see (https://api.atzcrm.com/v1/activity/42), thanks",
        "/activity/42 is the same as https://api.atzcrm.com/v1/activity/42",
    ],
)
def test_one_id_is_found(text: str) -> None:
    assert parse_activity_id(text) == 42


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "#",
        "0",
        "-42",
        "+42",
        "4 2",
        "42,43",
        "42 43",
        "42.0",
        "1.000",
        "1e3",
        "0x2a",
        "42a",
        "٤٢",
        "４２",
        "⁴²",
        "Call at 10:30",
        "Interview",
        "candidate_42",
        "https://api.atzcrm.com/v1/activity",
        "https://api.atzcrm.com/v1/activity/",
        "https://api.atzcrm.com/v1/activity/0",
        "https://api.atzcrm.com/v1/activity/42a",
        "https://api.atzcrm.com/v1/activity/42,43",
        "https://api.atzcrm.com/v1/activity/42-43",
        "https://api.atzcrm.com/v1/activity/42/activity/43",
        "https://api.atzcrm.com/v1/activity/42\nhttps://api.atzcrm.com/v1/activity/43",
        "/activity/42 and then /activity/43",
        "7 https://api.atzcrm.com/v1/activity/42",
        "at 10:30, https://api.atzcrm.com/v1/activity/42",
        "https://api.atzcrm.com/v1/inactivity/42",
        "9223372036854775808",
        "9" * 5000,
        f"https://api.atzcrm.com/v1/activity/{'9' * 5000}",
    ],
)
def test_no_id_is_guessed(text: str) -> None:
    assert parse_activity_id(text) is None


def test_the_highest_id_that_a_database_holds_is_found() -> None:
    assert parse_activity_id("9223372036854775807") == 2**63 - 1


@given(st.text(max_size=60))
def test_an_id_stands_in_the_text_and_nowhere_else(text: str) -> None:
    found = parse_activity_id(text)
    assert found is None or (found > 0 and str(found) in text)


@pytest.mark.parametrize(
    "text",
    [
        "\u2066\u206742\u2068\u2069",
        "\u061c42\u061c",
        "42\ufe0d",
        "\u200b\u200b42\u200b",
        "\u206042\u2800",
        "‘42’",
        "«42»",
        "「42」",
        "activity\u2003 \u00a042",
    ],
)
def test_invisible_marks_and_quotes_around_an_id_are_no_part_of_it(text: str) -> None:
    assert parse_activity_id(text) == 42


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("the interview ", "the interview"),
        ("interview  with 3", "interview with 3"),
        ("日本", "日本"),
        ("12 / 13", None),
        ("", None),
        ("https://atz.example/candidate/7", None),
    ],
)
def test_words_are_looked_for_and_numbers_and_addresses_are_not(
    text: str, words: str | None
) -> None:
    assert parse_search_text(text) == words


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
