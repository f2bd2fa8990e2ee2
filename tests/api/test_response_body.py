"""Bytes that came, whatever they are."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atz_desktop.api.redact import register_secret
from atz_desktop.api.response_body import decode_json, excerpt, parse_error_body
from atz_desktop.domain.activity import validate_response

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=15,
)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" \n",
        b"<html>",
        b'{"id": 42',
        b"\xff\xfe\x00",
        b"[" * 100_000,
        b"[" * 100 + b"]" * 100,
    ],
)
def test_what_is_no_json_for_us_is_said_to_be_none(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        decode_json(body)


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e400", "1" * 10_000])
def test_a_number_that_nobody_can_hold_stops_no_other_field(number: str) -> None:
    came = decode_json(f'{{"id": 42, "title": "A", "odd": {number}}}'.encode())
    assert validate_response(came, 42) is came
    assert isinstance(came["odd"], float)
    with pytest.raises(ValueError, match="id"):
        validate_response(decode_json(f'{{"id": {number}}}'.encode()), 42)


def test_json_with_a_byte_order_mark_is_read() -> None:
    assert decode_json(b'\xef\xbb\xbf{"id": 42}') == {"id": 42}


def test_an_excerpt_does_not_end_in_half_a_secret() -> None:
    register_secret("echoed-secret-1")
    text = "x" * 1_995 + "echoed-secret-1"
    assert excerpt(text.encode()) == "x" * 1_995 + "•••"


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
