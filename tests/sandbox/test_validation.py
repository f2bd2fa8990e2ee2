"""What PUT takes, field by field, as ATZ_API.md says."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atz_desktop.sandbox.validation import CHECKS, is_url, read_form

TAKEN: list[tuple[str, object, object]] = [
    ("title", "x" * 100, "x" * 100),
    ("title", "👩🏽‍💻" * 25, "👩🏽‍💻" * 25),
    ("activity_type_id", 17, 17),
    ("start_datetime", "2024-06-15T10:00:00Z", datetime(2024, 6, 15, 10, tzinfo=UTC)),
    ("end_datetime", "2024-06-15T10:00:00+00:00", datetime(2024, 6, 15, 10, tzinfo=UTC)),
    ("end_datetime", "2024-06-15T10:00", datetime(2024, 6, 15, 10)),  # noqa: DTZ001 - no offset
    ("related_to_entity", 10, 10),
    ("related_to", "a" * 50, "a" * 50),
    ("collaborators", "1,2,3", [1, 2, 3]),
    ("collaborators", "", []),
    ("users_as_attendees", "7,7", [7]),
    ("candidates_as_attendees", "candidate_a,candidate_b", ["candidate_a", "candidate_b"]),
    ("contacts_as_attendees", "", []),
    ("meeting_link", "https://meet.example/" + "a" * 79, "https://meet.example/" + "a" * 79),
    ("meeting_link", "", ""),
    ("importance", "critical", "critical"),
    ("location", "", ""),
    ("location", "l" * 50, "l" * 50),
    ("description", "a\r\nb\u2028c\u00a0" * 5000, "a\r\nb\u2028c\u00a0" * 5000),
    ("mark_as_done", True, True),
    ("do_not_send_calendar_invite", False, False),
    ("attachment", "https://example.com/" + "a" * 330, "https://example.com/" + "a" * 330),
]

NOT_TAKEN: list[tuple[str, object]] = [
    ("title", "x" * 101),
    ("title", None),
    ("title", 7),
    ("title", "\ud800"),
    ("activity_type_id", 0),
    ("activity_type_id", -3),
    ("activity_type_id", "3"),
    ("activity_type_id", True),
    ("activity_type_id", 3.0),
    ("start_datetime", "2024-06-15"),
    ("start_datetime", "15.06.2024 10:00"),
    ("start_datetime", "2024-06-31T10:00:00Z"),
    ("start_datetime", "2024-06-15T24:30:00Z"),
    ("end_datetime", ""),
    ("end_datetime", None),
    ("related_to_entity", 6),
    ("related_to_entity", "1"),
    ("related_to", "a" * 51),
    ("collaborators", "1, 2"),
    ("collaborators", "1,,2"),
    ("collaborators", "1,2,"),
    ("collaborators", "0"),
    ("collaborators", "user_abc"),
    ("collaborators", [1, 2]),
    ("users_as_attendees", 1),
    ("candidates_as_attendees", ["candidate_a"]),
    ("candidates_as_attendees", "candidate a"),
    ("contacts_as_attendees", None),
    ("meeting_link", "https://meet.example/" + "a" * 80),
    ("meeting_link", "Dial-in 0800"),
    ("meeting_link", "javascript:alert(1)"),
    ("importance", "urgent"),
    ("importance", ""),
    ("importance", "Normal"),
    ("location", "l" * 51),
    ("description", None),
    ("mark_as_done", "true"),
    ("mark_as_done", 1),
    ("do_not_send_calendar_invite", None),
    ("attachment", "https://example.com/" + "a" * 331),
    ("attachment", "cv.pdf"),
    ("attachment", None),
]


@pytest.mark.parametrize(("name", "sent", "value"), TAKEN)
def test_a_value_within_its_limits_is_taken(name: str, sent: object, value: object) -> None:
    assert read_form({name: sent}, as_text=False) == ({name: value}, {})


@pytest.mark.parametrize(("name", "sent"), NOT_TAKEN)
def test_a_value_beyond_its_limits_is_a_problem_of_its_field(name: str, sent: object) -> None:
    values, problems = read_form({name: sent}, as_text=False)
    assert values == {}
    assert list(problems) == [name]


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("mark_as_done", "true", True),
        ("do_not_send_calendar_invite", "false", False),
        ("activity_type_id", "17", 17),
        ("related_to_entity", "2", 2),
        ("title", "true", "true"),
        ("collaborators", "1,2", [1, 2]),
    ],
)
def test_in_a_form_numbers_and_booleans_are_text(name: str, text: str, value: object) -> None:
    assert read_form({name: text}, as_text=True) == ({name: value}, {})


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("mark_as_done", "True"),
        ("mark_as_done", "1"),
        ("activity_type_id", "٣"),
        ("title", "x" * 101),
    ],
)
def test_in_a_form_other_ways_to_write_them_are_not_taken(name: str, text: str) -> None:
    values, problems = read_form({name: text}, as_text=True)
    assert values == {}
    assert list(problems) == [name]


def test_a_field_that_the_documents_do_not_name_is_passed_over() -> None:
    assert read_form({"colour": 7, "id": "x"}, as_text=False) == ({}, {})


@pytest.mark.parametrize("text", ["https://[::1", "https://host:99999/", "https://", "https:///x"])
def test_an_address_without_a_sound_host_is_no_url(text: str) -> None:
    assert not is_url(text)


ANYTHING: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from([*CHECKS, "unknown"]), ANYTHING), st.booleans())
def test_each_known_field_ends_as_a_value_or_as_a_problem(
    form: dict[str, Any], as_text: bool
) -> None:
    values, problems = read_form(form, as_text=as_text)
    assert set(values) | set(problems) == set(form) & set(CHECKS)
    assert not set(values) & set(problems)
