"""Bodies, however they are cut into pieces on their way."""

from __future__ import annotations

import asyncio
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.types import Message

from atz_desktop.sandbox.request_body import END, MAX_MEMORY, WHOLE, BadBodyError, RequestBody
from tests.sandbox.asking import multipart


def fed(content_type: str, body: bytes, size: int) -> RequestBody:
    """What is read of this body, which comes in pieces of so many bytes."""
    starts = [*range(0, len(body), size)] or [0]

    async def receive() -> Message:
        start = starts.pop(0)
        piece = body[start : start + size]
        return {"type": "http.request", "body": piece, "more_body": bool(starts)}

    headers = [(b"content-type", content_type.encode())]
    read = RequestBody({"type": "http", "headers": headers}, receive, keep=True)
    assert asyncio.run(read.read())
    assert not starts
    return read


@given(
    st.dictionaries(st.from_regex("[a-z_]{1,9}", fullmatch=True), st.text(), max_size=3),
    st.binary(max_size=300),
    st.integers(1, 50),
)
def test_a_form_is_read_the_same_in_pieces_of_any_size(
    fields: dict[str, str], content: bytes, size: int
) -> None:
    body, headers = multipart(fields, {"FILE": ("Ö 日本.pdf", content)})
    read = fed(headers["Content-Type"], body, size)
    form = read.form()
    upload = form.pop("FILE")
    assert form == fields
    assert (upload.file_name, upload.size) == ("Ö 日本.pdf", len(content))
    assert upload.sha256 == hashlib.sha256(content).hexdigest()
    assert read.uploads == (upload,)
    assert read.trace.kept == body


@pytest.mark.parametrize("size", [WHOLE, WHOLE + 1, WHOLE + END // 2, 3 * WHOLE])
@pytest.mark.parametrize("piece", [END // 3, 2 * WHOLE])
def test_of_a_long_body_both_ends_are_kept(size: int, piece: int) -> None:
    body = bytes(index * 7 % 251 for index in range(size))
    trace = fed("text/plain", body, piece).trace
    assert trace.kept == (body if size <= WHOLE else body[:END] + body[-END:])
    assert trace.size == size


def test_texts_that_would_fill_the_memory_are_refused_but_a_file_is_not() -> None:
    long = b"x" * (MAX_MEMORY + 1)
    with pytest.raises(BadBodyError, match="too large") as error:
        fed("application/json", b'"' + long + b'"', 100_000).form()
    assert error.value.status == 413
    body, headers = multipart({"description": long.decode()})
    with pytest.raises(BadBodyError, match="exceeded maximum size"):
        fed(headers["Content-Type"], body, 100_000).form()
    body, headers = multipart({}, {"attachment": ("a", long)})
    assert fed(headers["Content-Type"], body, 100_000).form()["attachment"].size == len(long)


def test_two_parts_of_one_name_are_refused() -> None:
    part = b'--x\r\nContent-Disposition: form-data; name="title"\r\n\r\na\r\n'
    with pytest.raises(BadBodyError):
        fed("multipart/form-data; boundary=x", part + part + b"--x--\r\n", 10).form()


def test_a_file_without_a_name_is_refused() -> None:
    body, headers = multipart({}, {"attachment": ("", b"x")})
    with pytest.raises(BadBodyError):
        fed(headers["Content-Type"], body, 10).form()


@pytest.mark.parametrize("end", [b"", b"--x", b"--x\r\n"])
def test_a_form_that_breaks_off_between_two_parts_is_refused(end: bytes) -> None:
    part = b'--x\r\nContent-Disposition: form-data; name="title"\r\n\r\na\r\n'
    with pytest.raises(BadBodyError, match="no end"):
        fed("multipart/form-data; boundary=x", part + end, 10).form()
    assert fed("multipart/form-data; boundary=x", part + b"--x--", 10).form() == {"title": "a"}
