"""Values as JSON, for drafts and the journal: what goes in comes out equal."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from atz_desktop.domain.activity import Activity
from atz_desktop.domain.edit import Edit
from atz_desktop.domain.fields import FIELD
from atz_desktop.domain.values import (
    Attachment,
    LocalFile,
    Option,
    Person,
    RecordRef,
    Span,
    Unreadable,
)

_CLASSES = {
    cls.__name__: cls
    for cls in (Attachment, LocalFile, Option, Person, RecordRef, Span, Unreadable)
}
_TAG = "is"


def encode(value: Any) -> Any:
    """A value as something that json can write."""
    if isinstance(value, tuple):
        return [encode(each) for each in value]
    if isinstance(value, datetime):
        return {_TAG: "datetime", "at": value.isoformat()}
    if isinstance(value, Path):
        return {_TAG: "Path", "path": str(value)}
    if is_dataclass(value) and not isinstance(value, type):
        parts = {f.name: encode(getattr(value, f.name)) for f in fields(value)}
        return {_TAG: type(value).__name__, **parts}
    return value


def decode(found: Any) -> Any:
    """The value that `encode` wrote. Raises ValueError when it is none of ours."""
    if isinstance(found, list):
        return tuple(decode(each) for each in found)
    if not isinstance(found, dict):
        return found
    try:
        parts = dict(found)
        name = parts.pop(_TAG)
        if name == "datetime":
            return datetime.fromisoformat(parts["at"])
        if name == "Path":
            return Path(parts["path"])
        return _CLASSES[name](**{key: decode(part) for key, part in parts.items()})
    except (KeyError, TypeError) as error:
        raise ValueError(f"not a stored value: {error}") from error


def values_text(values: Mapping[str, Any]) -> str:
    """Field name → value, as text for the journal."""
    return json.dumps({name: encode(value) for name, value in values.items()}, ensure_ascii=False)


def values_from(text: str) -> dict[str, Any]:
    """What `values_text` wrote; fields that this version does not know are left out.

    Raises ValueError when the text is none of ours.
    """
    found = json.loads(text)
    if not isinstance(found, dict):
        raise ValueError("not a set of values")
    return {name: decode(value) for name, value in found.items() if name in FIELD}


def edit_text(edit: Edit) -> str:
    """An edit as text for a draft: the answer that it stands on and what is pending."""
    pending = {name: encode(value) for name, value in edit.pending.items()}
    return json.dumps(
        {"base": dict(edit.base.body), "zone": edit.base.zone, "pending": pending},
        ensure_ascii=False,
    )


def edit_from(text: str) -> Edit:
    """What `edit_text` wrote. Raises ValueError when the text is none of ours."""
    found = json.loads(text)
    try:
        edit = Edit(Activity.read(found["base"], found["zone"]))
        for name, value in found["pending"].items():
            if name in FIELD:
                edit = edit.with_value(name, decode(value))
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not a draft: {error}") from error
    return edit
