"""What the bytes of a response body are: unpacked, decoded, and what they say of an error.

`Content-Encoding` is undone in small pieces, so that a few bytes cannot become a full memory: httpx
unpacks whatever one read brought at once, and each layer of several wholly. 661 bytes of a gzip in
a gzip took 605 MiB before any limit could be looked at.
"""

from __future__ import annotations

import json
import zlib
from typing import TYPE_CHECKING, Any

import httpx

from atz_desktop.api.errors import EXCERPT_LIMIT
from atz_desktop.api.redact import redact

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ACCEPT_ENCODING = "gzip, deflate"
"""The header `Accept-Encoding` that belongs to this."""

CHUNK_SIZE = 64 * 1024
"""Bytes per step of one layer: well under a millisecond."""

MAX_LAYERS = 3

_BITS = {"gzip": zlib.MAX_WBITS | 16, "deflate": zlib.MAX_WBITS}


class TooLargeError(Exception):
    """A layer exceeded its size limit."""


class Decompressor:
    """Streaming decoder for one `Content-Encoding`."""

    def __init__(self, encoding: str, largest: int) -> None:
        """Raises httpx.DecodingError for an encoding that was not asked for."""
        codings = [coding.strip().lower().removeprefix("x-") for coding in encoding.split(",")]
        codings = [coding for coding in codings if coding not in ("", "identity")]
        if len(codings) > MAX_LAYERS or not set(codings) <= _BITS.keys():
            raise httpx.DecodingError("not an encoding that was asked for")
        # Named in the order in which they were put on.
        self._layers = [_Layer(_BITS[coding], largest) for coding in reversed(codings)]

    def feed(self, data: bytes) -> Iterator[bytes]:
        """What these bytes give: pieces of at most CHUNK_SIZE, some empty; or they, without layers.

        Raises TooLargeError when any layer gives more than `largest` bytes altogether, and
        httpx.DecodingError for what is not packed as it should be.
        """
        return _feed_layers(self._layers, data)


class _Layer:
    """One coding with bounded output."""

    def __init__(self, bits: int, largest: int) -> None:
        self._bits = bits
        self._inflate = zlib.decompressobj(self._bits)
        self._left = largest
        self._begun = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        is_full = False  # zlib may hold more back than the input that it has not read
        while (data or is_full) and not self._inflate.eof:
            piece = self._decompress(data)
            data = self._inflate.unconsumed_tail
            is_full = len(piece) == CHUNK_SIZE
            self._left -= len(piece)
            if self._left < 0:
                raise TooLargeError
            yield piece

    def _decompress(self, data: bytes) -> bytes:
        try:
            piece = self._inflate.decompress(data, CHUNK_SIZE)
        except zlib.error as error:
            if self._begun or self._bits != zlib.MAX_WBITS:
                raise httpx.DecodingError(str(error)) from None
            # Some servers send "deflate" without the envelope that belongs to it.
            self._inflate = zlib.decompressobj(-zlib.MAX_WBITS)
            self._begun = True
            return self._decompress(data)
        self._begun = True
        return piece


def _feed_layers(layers: Sequence[_Layer], data: bytes) -> Iterator[bytes]:
    if not layers:
        yield data
        return
    for piece in layers[0].feed(data):
        yield b""  # lets the caller yield to the event loop between layers too
        yield from _feed_layers(layers[1:], piece)


MAX_DEPTH = 64
"""Levels of nesting; a real response has five."""

_MAX_DIGITS = 1_000


def decode_json(body: bytes) -> Any:
    """Decode a JSON body. Raises ValueError.

    NaN and huge numbers are accepted: they must not fail the load of a record whose other fields
    are valid, and no field accepts one.
    """
    if not body.strip():
        raise ValueError("the body is empty")
    try:
        value = json.loads(body, parse_int=_parse_int)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if _is_too_deep(value):
        raise ValueError("nested too deeply")
    return value


def _parse_int(digits: str) -> int | float:
    """int() raises for thousands of digits."""
    return int(digits) if len(digits) <= _MAX_DIGITS else float(digits)


def _is_too_deep(value: object) -> bool:
    level = [value]
    for _ in range(MAX_DEPTH):
        containers = [item for item in level if isinstance(item, (dict, list))]
        if not containers:
            return False
        level = [
            inner
            for item in containers
            for inner in (item.values() if isinstance(item, dict) else item)
        ]
    return True


def is_html(body: bytes) -> bool:
    """Whether the body is markup, not JSON."""
    return body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")


def excerpt(body: bytes) -> str:
    """The start of a body as text, redacted."""
    # Redacted before it is cut, so that half a secret at the end is not left standing.
    return redact(body[: 32 * EXCERPT_LIMIT].decode("utf-8", "replace"))[:EXCERPT_LIMIT]


_MAX_MESSAGE_LENGTH = 500
_MAX_MESSAGES = 20
_MAX_ERROR_BODY = 256 * 1024
"""Bytes; parsing more would block the event loop."""


def parse_error_body(body: bytes) -> tuple[str | None, dict[str, tuple[str, ...]]]:
    """Parse an error body: a general message, and messages by field name.

    ATZ_API.md: the form is not documented, so `message`, `error`, `errors` (string, list, or
    field → messages), a bare string, HTML and nothing are all understood.
    """
    if len(body) > _MAX_ERROR_BODY:
        return _plain_text(body), {}
    try:
        value = decode_json(body)
    except ValueError:
        return _plain_text(body), {}
    if isinstance(value, dict):
        return _parse_error_object(value)
    if isinstance(value, list):
        return _parse_error_object({"errors": value})
    return (_join_messages(_collect_texts(value)), {})


def _parse_error_object(value: dict[str, Any]) -> tuple[str | None, dict[str, tuple[str, ...]]]:
    fields: dict[str, tuple[str, ...]] = {}
    general: list[str] = []
    for key in ("message", "error", "detail", "errors"):
        sentences = _collect_texts(_collect_field_errors(_unwrap_message(value.get(key)), fields))
        if sentences and (not general or key == "errors"):
            general = [*general, *(text for text in sentences if text not in general)]
    return _join_messages(general), fields


def _unwrap_message(said: object) -> object:
    """`{"error": {"message": …, "code": …}}` is a sentence in a box, no field called "message"."""
    if isinstance(said, dict) and isinstance(said.get("message"), str):
        return said["message"]
    return said


def _collect_field_errors(said: Any, fields: dict[str, tuple[str, ...]]) -> object:
    """Move messages about single fields into `fields`, and return the rest."""
    if isinstance(said, dict):
        for name, about in said.items():
            _add_field_error(fields, name, about)
        return None
    if not isinstance(said, list):
        return said
    left: list[object] = []
    for item in said:
        name = _field_name(item)
        if name is None:
            left.append(item)
        else:
            _add_field_error(fields, name, {key: item[key] for key in _MESSAGE_KEYS if key in item})
    return left


_FIELD_KEYS = ("field", "param", "path", "property", "name")
_MESSAGE_KEYS = ("message", "messages", "msg", "error", "errors", "detail")


def _field_name(item: object) -> str | None:
    if not isinstance(item, dict):
        return None
    names = (item.get(key) for key in _FIELD_KEYS)
    return next((name for name in names if isinstance(name, str) and name), None)


def _add_field_error(fields: dict[str, tuple[str, ...]], name: str, about: object) -> None:
    name, sentences = _clean(name), _collect_texts(about)
    if sentences and (name in fields or len(fields) < _MAX_MESSAGES):
        fields[name] = (*fields.get(name, ()), *sentences)


def _collect_texts(value: object) -> list[str]:
    """All strings in a JSON value, in order, each as one line."""
    found: list[str] = []
    left = [value]
    while left and len(found) < _MAX_MESSAGES:
        item = left.pop()
        if isinstance(item, str):
            found.extend(filter(None, [_clean(item)]))
        elif isinstance(item, dict):
            left.extend(reversed(item.values()))
        elif isinstance(item, list):
            left.extend(reversed(item))
    return found


def _join_messages(sentences: list[str]) -> str | None:
    return _clean(" ".join(sentences)) or None


def _plain_text(body: bytes) -> str | None:
    """A non-JSON body if it is plain text; None for HTML and binary data."""
    text = body[: 4 * _MAX_MESSAGE_LENGTH].decode("utf-8", "replace").strip()
    if text[:1] in ("<", "{", "[") or "\ufffd" in text or "\x00" in text:
        return None
    return _clean(text) or None


def _clean(text: str) -> str:
    """One line of bounded length, redacted."""
    text = redact(text)
    text = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return text if len(text) <= _MAX_MESSAGE_LENGTH else text[: _MAX_MESSAGE_LENGTH - 1] + "…"
