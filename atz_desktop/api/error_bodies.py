"""Reads what a server says in the body of an error, whatever form it has."""

from __future__ import annotations

from typing import Any

from atz_desktop.api.json_body import decode_json
from atz_desktop.api.redact import redact

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
