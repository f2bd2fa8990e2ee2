"""Validation of responses: lenient about extra or missing fields, strict about structure.

Responses are checked, never converted: values are returned exactly as received, because a field
that a model dropped or changed could no longer be compared.
"""

from __future__ import annotations

import json
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError, WrapValidator

from atz_desktop.api.redact import redact
from atz_desktop.api.requests import Page

MAX_DEPTH = 64
"""Levels of nesting; a real response has five."""

_MAX_DIGITS = 1_000
_MAX_MESSAGE_LENGTH = 500
_MAX_MESSAGES = 20
_MAX_ERROR_BODY = 256 * 1024
"""Bytes; parsing more would block the event loop."""


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


class _Activity(BaseModel):
    model_config = ConfigDict(strict=True)
    id: int


def parse_activity(value: object, expected_id: int) -> dict[str, object]:
    """Validate an activity and its ID. Raises ValueError."""
    found = _validate(_Activity, value)
    if found.id != expected_id:
        raise ValueError(f"activity {found.id} instead of {expected_id}")
    assert isinstance(value, dict)
    return value


def parse_record(value: object) -> dict[str, object]:
    """One record, bare or under `data` (ATZ_API.md: the form is not documented)."""
    if not isinstance(value, dict):
        raise ValueError("not an object")
    inner = value.get("data")
    return inner if isinstance(inner, dict) and "slug" not in value else value


def _or_none(value: object, handler: Any) -> object:
    try:
        return handler(value)
    except ValidationError:
        return None


_Count = Annotated[int | None, WrapValidator(_or_none)]


class _Envelope(BaseModel):
    data: list[Any]
    total: _Count = None
    current_page: _Count = None
    last_page: _Count = None
    next_page_url: Any = None


def parse_page(value: object) -> Page:
    """A page in any of its three forms: a bare array, `{data: […]}`, or the paging envelope.

    Items that are no objects are left out: one broken line must not hide the others.
    """
    if isinstance(value, list):
        return Page(_only_objects(value))
    found = _validate(_Envelope, value)
    more: bool | None = None
    if found.current_page is not None and found.last_page is not None:
        more = found.current_page < found.last_page
    elif isinstance(value, dict) and "next_page_url" in value:
        more = bool(found.next_page_url)
    return Page(_only_objects(found.data), found.current_page, found.last_page, found.total, more)


def _only_objects(values: list[Any]) -> tuple[dict[str, object], ...]:
    return tuple(item for item in values if isinstance(item, dict))


_Model = TypeVar("_Model", bound=BaseModel)


def _validate(model: type[_Model], value: object) -> _Model:
    try:
        return model.model_validate(value)
    except ValidationError as wrong:
        # Only where and which rule: the value itself may be somebody's name.
        first = wrong.errors(include_url=False, include_context=False, include_input=False)[0]
        place = ".".join(str(step) for step in first["loc"]) or "the answer"
        raise ValueError(f"{place}: {first['type']}") from None


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
