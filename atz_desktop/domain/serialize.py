"""JSON serialization of values for drafts and the journal; it round-trips."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import field, fields, is_dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, get_type_hints

from atz_desktop.domain.activity import Activity
from atz_desktop.domain.characters import escape_surrogates
from atz_desktop.domain.edit import Edit
from atz_desktop.domain.fields import ACTIVITY
from atz_desktop.domain.quick_dataclass import dataclass
from atz_desktop.domain.values import (
    Attachment,
    LocalFile,
    Option,
    Person,
    RecordRef,
    Span,
    Unparsed,
)

_CLASSES: dict[str, type] = {
    "Attachment": Attachment,
    "LocalFile": LocalFile,
    "Option": Option,
    "Person": Person,
    "RecordRef": RecordRef,
    "Span": Span,
    "Unreadable": Unparsed,
}
"""Stored tag → class. Tags are part of the file format: never rename one."""
_STORED_NAMES = {cls: name for name, cls in _CLASSES.items()}
_PARTS = {name: get_type_hints(cls) for name, cls in _CLASSES.items()}
_TAG = "is"


def encode(value: Any) -> Any:
    """Convert a value to JSON types."""
    if isinstance(value, tuple):
        return [encode(each) for each in value]
    if isinstance(value, datetime):
        return {_TAG: "datetime", "at": value.isoformat()}
    if isinstance(value, date):
        return {_TAG: "date", "on": value.isoformat()}
    if isinstance(value, time):
        return {_TAG: "time", "at": value.isoformat()}
    if isinstance(value, Path):
        return {_TAG: "Path", "path": str(value)}
    if is_dataclass(value) and not isinstance(value, type):
        parts = {f.name: encode(getattr(value, f.name)) for f in fields(value)}
        return {_TAG: _STORED_NAMES[type(value)], **parts}
    return value


def decode(found: Any) -> Any:
    """Inverse of `encode`. Raises ValueError."""
    if isinstance(found, list):
        return tuple(decode(each) for each in found)
    if not isinstance(found, dict):
        return found
    try:
        parts = dict(found)
        name = parts.pop(_TAG)
        if name == "datetime":
            return datetime.fromisoformat(parts["at"]).replace(tzinfo=None)
        if name == "date":
            return date.fromisoformat(parts["on"])
        if name == "time":
            return time.fromisoformat(parts["at"]).replace(tzinfo=None)
        if name == "Path":
            return Path(parts["path"])
        value = _CLASSES[name](**{key: decode(part) for key, part in parts.items()})
        for part, form in _PARTS[name].items():
            if not isinstance(getattr(value, part), form):
                raise TypeError(f"{part} of another form")
        return value
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"not a stored value: {error}") from error


def to_json(found: Any) -> str:
    """JSON with lone surrogates (of a file name, say) escaped, as UTF-8 can't hold them."""
    return escape_surrogates(json.dumps(found, ensure_ascii=False))


def dump_values(values: Mapping[str, Any]) -> str:
    """Serialize a mapping of field name → value."""
    return to_json({name: encode(value) for name, value in values.items()})


def load_values(text: str) -> dict[str, Any]:
    """Inverse of `dump_values`; unknown fields are dropped.

    An invalid value becomes `Unparsed`, so that the rest of the entry stays readable.
    Raises ValueError.
    """
    found = json.loads(text)
    if not isinstance(found, dict):
        raise ValueError("not a set of values")
    return {
        name: _value_or_unparsed(name, value)
        for name, value in found.items()
        if name in ACTIVITY.by_name
    }


def _value_or_unparsed(name: str, found: Any) -> Any:
    try:
        return _decode_value(name, found)
    except ValueError:
        return Unparsed(to_json(found))


def _decode_value(name: str, found: Any) -> Any:
    value = decode(found)
    if not ACTIVITY.by_name[name].kind.accepts(value):
        raise ValueError(f"no value of {name}")
    return value


@dataclass(frozen=True)
class Draft:
    """Unsaved work on one activity: the edit, and typed text that is not a valid value yet.

    `unparsed` maps field name → text in its box (half a slug among the attendees, say).
    `base_key` identifies the read that the edit is based on: only saves with the same key were
    made from this edit, and their effect is not in its base yet. There are several, the newest
    last, after a time in which the draft could not be written; "" in drafts of earlier versions.
    `sending` names fields of unconfirmed saves: one that has its old value again was reverted.
    """

    edit: Edit
    unparsed: Mapping[str, str] = field(default_factory=dict)
    base_key: str = ""
    sending: frozenset[str] = frozenset()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to keep."""
        return not self.edit.dirty and not any(self.unparsed.values()) and not self.sending


def dump_draft(draft: Draft) -> str:
    """Serialize a draft: base response, pending changes, unparsed text."""
    edit = draft.edit
    found = {
        "body": dict(edit.base.body),
        "zone": edit.base.zone,
        "base": {name: encode(edit.base.value(name)) for name in edit.pending},
        "pending": {name: encode(value) for name, value in edit.pending.items()},
        "originals": {name: encode(value) for name, value in edit.originals.items()},
        "typed": {name: text for name, text in draft.unparsed.items() if text},
        "base_key": draft.base_key,
        "sending": sorted(draft.sending),
    }
    return to_json(found)


def load_draft(text: str) -> Draft:
    """Inverse of `dump_draft`. Raises ValueError."""
    found = json.loads(text)
    try:
        base = {
            name: _decode_value(name, value)
            for name, value in found["base"].items()
            if name in ACTIVITY.by_name
        }
        edit = Edit(Activity.from_response(found["body"], str(found["zone"])).with_values(base))
        for name, value in found["pending"].items():
            if name in ACTIVITY.by_name:
                edit = edit.with_value(name, _decode_value(name, value))
        originals = found.get("originals", {}).items()
        edit = edit.with_originals(
            {n: _decode_value(n, each) for n, each in originals if n in ACTIVITY.by_name}
        )
        return Draft(
            edit,
            {name: str(typed) for name, typed in found["typed"].items()},
            str(found.get("base_key", "")),
            frozenset(name for name in found.get("sending", ()) if name in ACTIVITY.by_name),
        )
    except (KeyError, TypeError, AttributeError, OverflowError) as error:
        raise ValueError(f"not a draft: {error}") from error


def holds_only(text: str, sent: Mapping[str, Any]) -> bool:
    """Whether a draft has no wish but those that a save `sent`; False for one that is unreadable.

    One that put back what was being sent has a wish of its own, and so has an open conflict.
    """
    try:
        draft = load_draft(text)
    except ValueError:
        return False
    edit = draft.edit
    has_more = any(draft.unparsed.values()) or edit.originals or draft.sending - edit.pending.keys()
    return not has_more and all(
        name in sent and edit.field(name).kind.equal(value, sent[name])
        for name, value in edit.pending.items()
    )


def summarize_draft(text: str) -> tuple[str, tuple[str, ...]]:
    """The title of the activity and the labels of what the draft changes. Raises ValueError."""
    found = json.loads(text)
    try:
        title = found["body"].get("title")
        names = {*found["pending"], *found["typed"]}
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not a draft: {error}") from error
    labels = tuple(field.label for field in ACTIVITY.fields if field.name in names)
    return title if isinstance(title, str) else "", labels
