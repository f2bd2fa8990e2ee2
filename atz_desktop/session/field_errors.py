"""Which fields a refusal of ATZ is about."""

from __future__ import annotations

from atz_desktop.api.errors import AtzError, Rejected
from atz_desktop.domain.edit import Edit
from atz_desktop.domain.fields import ACTIVITY


def field_errors(error: AtzError | None) -> dict[str, str]:
    """Field name → what ATZ said against it.

    The form of an error is not documented (ATZ_API.md): a sentence that names exactly one field's
    key counts for that field.
    """
    if not isinstance(error, Rejected):
        return {}
    found = {
        ACTIVITY.by_key[key].name: " ".join(texts)
        for key, texts in error.fields.items()
        if key in ACTIVITY.by_key and texts
    }
    if found or not error.message:
        return found
    said = error.message.lower()
    named = {f.name for key, f in ACTIVITY.by_key.items() if _mentions(said, key)}
    return {named.pop(): error.message} if len(named) == 1 else {}


def _mentions(said: str, key: str) -> bool:
    words = f" {''.join(c if c.isalnum() or c == '_' else ' ' for c in said)} "
    return f" {key} " in words or f" {key.replace('_', ' ')} " in words


def rejects_false(error: AtzError | None, edit: Edit) -> bool:
    """Whether it is about a boolean that was sent as `false` (ATZ_API.md, "Risks learned")."""
    return any(edit.pending.get(name) is False for name in field_errors(error))
