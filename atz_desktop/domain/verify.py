"""Verification: compares a later response with what was sent, before success is reported."""

from __future__ import annotations

from enum import Enum
from typing import Any

from atz_desktop.domain.activity import Activity
from atz_desktop.domain.edit import Change, Edit
from atz_desktop.domain.fields import Field
from atz_desktop.domain.quick_dataclass import dataclass
from atz_desktop.domain.values import Span


class FieldResult(Enum):
    """Result of verifying one sent field."""

    STORED = "stored"
    NAME_STORED = "name stored"
    """A file: its name is there; its contents cannot be compared (ATZ_API.md, GET: attachment)."""
    UNPROVEN = "unproven"
    """A file of the same name with the same URL as before: whether it was replaced is unknown."""
    ALTERED = "altered"
    IGNORED = "ignored"


@dataclass(frozen=True)
class Verdict:
    """One sent field: value before the save, sent value, value in the response."""

    field: Field
    before: Any
    sent: Any
    actual: Any
    result: FieldResult

    @property
    def is_ok(self) -> bool:
        """Whether the field was stored, as far as that can be checked."""
        return self.result in {FieldResult.STORED, FieldResult.NAME_STORED}


@dataclass(frozen=True)
class Verification:
    """The verdicts of a save, and changes to other fields.

    `other_changes` are fields that were not sent: a colleague, or ATZ itself, changed them
    meanwhile.
    """

    verdicts: tuple[Verdict, ...]
    other_changes: tuple[Change, ...] = ()

    @property
    def is_ok(self) -> bool:
        return all(verdict.is_ok for verdict in self.verdicts)

    @property
    def not_applied(self) -> bool:
        """Whether every comparable sent field still has its old value."""
        telling = [
            verdict for verdict in self.verdicts if verdict.result is not FieldResult.UNPROVEN
        ]
        return bool(telling) and all(
            verdict.field.kind.equal(verdict.before, verdict.actual) for verdict in telling
        )

    def has_same_values(self, other: Verification) -> bool:
        """Whether both verifications of the same edit found the same values."""
        return all(
            mine.field.kind.equal(mine.actual, theirs.actual)
            for mine, theirs in zip(self.verdicts, other.verdicts, strict=True)
        )

    @property
    def times_changed(self) -> bool:
        """Whether a sent time came back changed: most likely the wrong time zone is chosen."""
        return any(v.result is FieldResult.ALTERED and _sent_time_changed(v) for v in self.verdicts)


def verify(edit: Edit, answer: Activity) -> Verification:
    """Compare each field that `edit` sent with the response."""
    verdicts = []
    for change in edit.changes():
        f, now = change.field, answer.value(change.field.name)
        verdicts.append(Verdict(f, change.old, change.new, now, _result(f, change, now)))
    others = tuple(
        Change(f, edit.base.value(f.name), answer.value(f.name))
        for f in edit.record_type.fields
        if f.name not in edit.pending
        and not f.kind.equal(edit.base.value(f.name), answer.value(f.name))
    )
    return Verification(tuple(verdicts), others)


def _result(f: Field, change: Change, now: Any) -> FieldResult:
    unmoved = f.kind.equal(change.old, now)
    if f.kind.matches_server(change.new, now):
        if f.kind.is_comparable(change.new):
            return FieldResult.STORED
        return FieldResult.UNPROVEN if unmoved else FieldResult.NAME_STORED
    return FieldResult.IGNORED if unmoved else FieldResult.ALTERED


def _sent_time_changed(verdict: Verdict) -> bool:
    """False if only the part that was not sent differs: somebody else changed it."""
    before, meant, now = verdict.before, verdict.sent, verdict.actual
    if not (isinstance(meant, Span) and isinstance(now, Span)):
        return False
    old = before if isinstance(before, Span) else Span()
    start_sent, end_sent = meant.start != old.start, meant.end != old.end
    return (start_sent and now.start != meant.start) or (end_sent and now.end != meant.end)
