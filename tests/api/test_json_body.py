from __future__ import annotations

import pytest

from atz_desktop.api.json_body import decode_json, parse_record
from atz_desktop.domain.activity import validate_response


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


def test_a_record_is_read_bare_or_under_data() -> None:
    assert parse_record({"slug": "a"}) == {"slug": "a"}
    assert parse_record({"data": {"slug": "a"}}) == {"slug": "a"}
    assert parse_record({"slug": "a", "data": "x"}) == {"slug": "a", "data": "x"}
    with pytest.raises(ValueError, match="not an object"):
        parse_record([])
