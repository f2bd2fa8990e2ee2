from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atz_desktop.api.error_bodies import parse_error_body

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=15,
)


@pytest.mark.parametrize(
    ("body", "message", "fields"),
    [
        ({"message": "Invalid ID"}, "Invalid ID", {}),
        ({"error": "Unauthorized"}, "Unauthorized", {}),
        ({"error": {"code": "E7", "message": "No such type"}}, "No such type", {}),
        ({"message": ["a", "b"], "error": "Bad Request"}, "a b", {}),
        ({"errors": "Too long"}, "Too long", {}),
        ({"errors": ["Too long", "Too late"]}, "Too long Too late", {}),
        (
            {"message": "Bad.", "errors": {"title": ["Too long.", "Too dull."], "location": "No."}},
            "Bad.",
            {"title": ("Too long.", "Too dull."), "location": ("No.",)},
        ),
        (
            {"errors": [{"field": "title", "message": "Too long"}, "And more"]},
            "And more",
            {"title": ("Too long",)},
        ),
        ({"message": {"title": ["Too long"]}}, None, {"title": ("Too long",)}),
        ([{"param": "title", "msg": "Too long"}], None, {"title": ("Too long",)}),
        ("Activity not found", "Activity not found", {}),
        ({"statusCode": 400}, None, {}),
        (None, None, {}),
        (17, None, {}),
    ],
)
def test_every_form_of_an_error_body_is_understood(
    body: object, message: str | None, fields: dict[str, tuple[str, ...]]
) -> None:
    assert parse_error_body(json.dumps(body).encode()) == (message, fields)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", None),
        (b"<!DOCTYPE html><h1>502 Bad Gateway</h1>", None),
        (b"\x00\xff\xfe", None),
        (b'{"message": "cut o', None),
        (b"Activity not found\n", "Activity not found"),
    ],
)
def test_a_body_that_is_no_json_is_a_sentence_or_nothing(body: bytes, message: str | None) -> None:
    assert parse_error_body(body) == (message, {})


def test_a_sentence_is_one_line_of_bounded_length() -> None:
    said, _ = parse_error_body(json.dumps({"message": "a\n\tb\x1b[31m " + "x" * 9_999}).encode())
    assert said is not None
    assert said.startswith("a b [31m xxx")
    assert len(said) == 500


@given(JSON)
def test_no_error_body_breaks_the_reading_of_it(value: object) -> None:
    message, fields = parse_error_body(json.dumps(value).encode())
    assert message is None or len(message) <= 500
    assert all(sentences for sentences in fields.values())


@pytest.mark.parametrize(
    "body",
    [
        b'{"errors": [' + b",".join([b"[]"] * 400_000) + b"]}",
        b'{"errors": {' + b",".join(b'"f%d": [{}]' % n for n in range(100_000)) + b"}}",
        b'{"message": "' + b"a.b." * 1_000_000 + b'"}',
        b'"' + b"a.b." * 1_000_000 + b'"',
        b"a.b." * 1_000_000,
    ],
)
def test_a_huge_error_body_is_read_at_once(body: bytes) -> None:
    began = time.perf_counter()
    parse_error_body(body)
    parse_error_body(body[:200_000])
    assert time.perf_counter() - began < 1.0, "a window stands still meanwhile"
