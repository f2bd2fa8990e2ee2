"""Success is said only after what ATZ holds was compared with what was meant."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any

from atz_desktop.domain.activity import Activity
from atz_desktop.domain.edit import Change, Edit
from atz_desktop.domain.fields import FIELDS, Field


class Result(Enum):
    """What became of one sent field."""

    STORED = "stored"
    NAME_STORED = "name stored"
    """A file: its name is there; its contents cannot be compared (ATZ_API.md, GET: attachment)."""
    ALTERED = "altered"
    IGNORED = "ignored"


@dataclass(frozen=True)
class Verdict:
    """One sent field: what ATZ held before, what was meant, and what it holds now."""

    field: Field
    before: Any
    meant: Any
    now: Any
    result: Result

    @property
    def good(self) -> bool:
        """Whether nothing speaks against the field having been stored."""
        return self.result in {Result.STORED, Result.NAME_STORED}


@dataclass(frozen=True)
class Proof:
    """The verdicts of a save, and what else is different from just before it.

    `others` are fields that were not sent: a colleague, or ATZ itself, changed them meanwhile.
    """

    verdicts: tuple[Verdict, ...]
    others: tuple[Change, ...] = ()

    @property
    def good(self) -> bool:
        """Whether every sent field was stored."""
        return all(verdict.good for verdict in self.verdicts)

    @property
    def nothing_applied(self) -> bool:
        """Whether every sent field still is as it was before."""
        return bool(self.verdicts) and all(
            verdict.field.kind.same(verdict.before, verdict.now) for verdict in self.verdicts
        )

    @property
    def times_differ(self) -> bool:
        """Whether the times came back as others: most likely the wrong time zone is chosen."""
        return any(v.field.name == "when" and v.result is Result.ALTERED for v in self.verdicts)


def verify(edit: Edit, answer: Activity) -> Proof:
    """Compare each field that `edit` sent with what `answer` holds."""
    verdicts = []
    for change in edit.changes():
        f, now = change.field, answer.value(change.field.name)
        verdicts.append(Verdict(f, change.old, change.new, now, _result(f, change, now)))
    others = tuple(
        Change(f, edit.base.value(f.name), answer.value(f.name))
        for f in FIELDS
        if f.name not in edit.pending
        and not f.kind.same(edit.base.value(f.name), answer.value(f.name))
    )
    return Proof(tuple(verdicts), others)


def _result(f: Field, change: Change, now: Any) -> Result:
    if f.kind.stored(change.new, now):
        return Result.STORED if f.kind.provable(change.new) else Result.NAME_STORED
    return Result.IGNORED if f.kind.same(change.old, now) else Result.ALTERED
