from __future__ import annotations

import json
from pathlib import Path

import pytest

from atz_desktop.api import requests
from atz_desktop.api.errors import Cause, NotSent
from tests.api.fakes import chosen


def test_a_put_without_fields_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="without fields"):
        requests.put("/v1/activity/42", {})


@pytest.mark.parametrize("value", [None, 1.5, ["1"], {"id": 1}, b"1"])
def test_a_value_that_the_api_does_not_know_cannot_be_sent(value: object) -> None:
    with pytest.raises(ValueError, match="cannot be"):
        requests.put("/v1/activity/42", {"title": value})


def test_json_holds_exactly_the_fields_in_readable_utf8() -> None:
    call = requests.put("/v1/activity/42", {"title": "Café 🎉", "mark_as_done": True})
    assert call.json == '{"title": "Café 🎉", "mark_as_done": true}'.encode()
    assert call.form is None


def test_half_a_surrogate_pair_goes_out_as_it_came_in() -> None:
    call = requests.put("/v1/activity/42", {"title": "\ud83c"})
    assert call.json == b'{"title": "\\ud83c"}'
    assert json.loads(call.json) == {"title": "\ud83c"}


def test_a_form_writes_booleans_and_numbers_as_words(tmp_path: Path) -> None:
    (tmp_path / "cv.pdf").write_bytes(b"%PDF")
    fields = {
        "mark_as_done": True,
        "activity_type_id": 3,
        "attachment": chosen(tmp_path / "cv.pdf"),
        "users_as_attendees": "",
    }
    call = requests.put("/v1/activity/42", fields)
    assert call.json is None
    assert call.form is not None
    assert call.form.texts == {
        "mark_as_done": "true",
        "activity_type_id": "3",
        "users_as_attendees": "",
    }
    assert call.form.file_field == "attachment"


def test_a_text_that_no_form_can_carry_is_not_sent_changed(tmp_path: Path) -> None:
    (tmp_path / "cv.pdf").write_bytes(b"%PDF")
    with pytest.raises(NotSent) as caught:
        requests.put("/", {"title": "\ud83c", "attachment": chosen(tmp_path / "cv.pdf")})
    assert caught.value.cause is Cause.INVALID_REQUEST


def test_two_files_do_not_fit_into_one_request(tmp_path: Path) -> None:
    (tmp_path / "cv.pdf").write_bytes(b"%PDF")
    file = chosen(tmp_path / "cv.pdf")
    with pytest.raises(ValueError, match="only one file"):
        requests.put("/", {"attachment": file, "other": file})


@pytest.mark.parametrize(
    ("key", "path"),
    [
        ("candidate_abc123", "/v1/candidate/candidate_abc123"),
        ("../activity/42", "/v1/candidate/%2E%2E%2Factivity%2F42"),
        ("..", "/v1/candidate/%2E%2E"),
        ("a?b#c d", "/v1/candidate/a%3Fb%23c%20d"),
        ("É", "/v1/candidate/%C3%89"),
        ("\ud83c", "/v1/candidate/%3F"),
    ],
)
def test_a_pasted_slug_stays_one_step_of_the_path(key: str, path: str) -> None:
    assert requests.resource_path("candidate", key) == path


@pytest.mark.parametrize("entity", ["", "../activity", "Candidate", "a/b", "a?b"])
def test_an_entity_is_a_plain_word(entity: str) -> None:
    with pytest.raises(ValueError, match="no entity"):
        requests.resource_path(entity)


def test_an_empty_slug_does_not_ask_for_the_whole_list() -> None:
    with pytest.raises(ValueError, match="empty key"):
        requests.resource_path("candidate", "")


def test_a_query_leaves_out_what_is_none_and_writes_booleans_as_words() -> None:
    call = requests.get("/v1/activity", {"page": 2, "search": "é & ü", "flag": False, "type": None})
    assert call.query == "page=2&search=%C3%A9+%26+%C3%BC&flag=false"
