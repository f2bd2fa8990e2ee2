"""Validation of pages: lenient about extra or missing fields, strict about structure.

Responses are checked, never converted: items are returned exactly as received, because a field
that a model dropped or changed could no longer be compared.

Importing this costs 80 ms, most of it pydantic: the first page does, on a worker thread.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ValidationError, WrapValidator

from atz_desktop.api.requests import Page


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

    Items that are no objects are left out: one broken line must not hide the others. Raises
    ValueError.
    """
    if isinstance(value, list):
        return Page(_only_objects(value))
    try:
        found = _Envelope.model_validate(value)
    except ValidationError as wrong:
        # Only where and which rule: the value itself may be somebody's name.
        first = wrong.errors(include_url=False, include_context=False, include_input=False)[0]
        place = ".".join(str(step) for step in first["loc"]) or "the answer"
        raise ValueError(f"{place}: {first['type']}") from None
    more: bool | None = None
    if found.current_page is not None and found.last_page is not None:
        more = found.current_page < found.last_page
    elif isinstance(value, dict) and "next_page_url" in value:
        more = bool(found.next_page_url)
    return Page(_only_objects(found.data), found.current_page, found.last_page, found.total, more)


def _only_objects(values: list[Any]) -> tuple[dict[str, object], ...]:
    return tuple(item for item in values if isinstance(item, dict))
