"""Journal entries of saves, their outcome, and how to restore earlier values."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from enum import Enum
from typing import Any

from atz_desktop.domain.activity import Activity
from atz_desktop.domain.edit import Edit
from atz_desktop.domain.merge import Merge, merge
from atz_desktop.domain.quick_dataclass import dataclass
from atz_desktop.domain.values import Attachment, LocalFile, Person


class Outcome(Enum):
    """Outcome of a save."""

    VERIFIED = "VERIFIED"
    """Read back: every sent field has the sent value."""
    DIFFERENT = "DIFFERENT"
    """Read back: at least one sent field has another value."""
    REFUSED = "REFUSED"
    """The server rejected it, and no later read showed the change."""
    NOT_SENT = "NOT_SENT"
    """Nothing reached the server, or it was read back and nothing had been applied."""
    UNKNOWN = "UNKNOWN"
    """It was sent, and whether it was applied is not known yet: to be reconciled."""


NOT_APPLIED = frozenset({Outcome.NOT_SENT, Outcome.REFUSED})
"""Outcomes of saves that wrote nothing, as far as any read shows."""


@dataclass(frozen=True)
class JournalEntry:
    """One save in the journal. `before`, `sent` and `after` map field name → value.

    `outcome` is None between the intention and the answer. `base_key` names the reading of the
    record that the save was made from (see serialize.Draft). `created_at` and `created_by`
    are those of the record; None in entries of earlier versions, and where ATZ did not tell.
    """

    id: int
    at: datetime
    account: str
    activity_id: int
    title: str
    before: Mapping[str, Any]
    sent: Mapping[str, Any]
    after: Mapping[str, Any] | None = None
    outcome: Outcome | None = None
    reason: str | None = None
    undoes: int | None = None
    base_key: str | None = None
    created_at: datetime | None = None
    created_by: Person | None = None

    def is_of(self, record: Activity) -> bool | None:
        """Whether the save was made on this record; see `Activity.is_same_record`."""
        saved = replace(record, created_at=self.created_at, created_by=self.created_by)
        return saved.is_same_record(record)

    @property
    def settled(self) -> bool:
        """Whether the outcome is final."""
        return self.outcome not in {None, Outcome.UNKNOWN}


def rebase_on_known_saves(
    edit: Edit, entries: Iterable[JournalEntry], fresh: Activity | None = None
) -> Edit:
    """Rebase the edit on what our own saves are known to have written since.

    So a save whose response was lost is not mistaken for somebody else's change. `entries` were
    made from the edit's own base (same `base_key`), oldest first; other saves say nothing about
    this base. If another value was there in between, nothing is assumed. Of an unsettled save, a
    field of `fresh` that has the sent value counts as written by it. The answer to its PUT alone is
    not confirmed: what the edit shows of it stays pending, or a lagging read would take its place.
    Fields of `fresh` that have their original value need no rebase.
    """
    known: dict[str, Any] = {}
    written: dict[str, Any] = {}  # the same, as if every answer were confirmed
    for entry in entries:
        for name, sent in entry.sent.items():
            kind, held = edit.field(name).kind, (entry.after or entry.before).get(name)
            is_known = entry.settled or not kind.equal(held, edit.value(name))
            if (
                fresh is not None
                and not entry.settled
                and kind.matches_server(sent, fresh.value(name))
            ):
                is_known, held = True, fresh.value(name)
            if not kind.matches_server(sent, held):
                continue
            # A conflict that was open in the edit had been decided where a save went over the base.
            known_base = (edit.original(name), edit.base.value(name))
            stood = (*known_base, written.pop(name, edit.original(name)))
            if not any(kind.equal(value, entry.before.get(name)) for value in stood):
                known.pop(name, None)
                continue
            written[name] = held
            if is_known:
                known[name] = held
    if fresh is not None:
        known = {
            name: held
            for name, held in known.items()
            if not edit.field(name).kind.equal(edit.original(name), fresh.value(name))
        }
    left = {name: value for name, value in edit.originals.items() if name not in known}
    return edit.rebased(edit.base.with_values(known), originals=left)


def rebase_on_own_saves(
    edit: Edit, entries: Sequence[JournalEntry], fresh: Activity, seen: Container[int] = ()
) -> Edit:
    """The edit on what its own saves have written into `fresh` (see `rebase_on_known_saves`).

    A field that such a save had set and that has its old value again was reverted by the user:
    that is a pending change. `seen` has the ids of saves on whose outcome the edit was rebased
    already, so there an old value was restored by somebody else.
    """
    known = rebase_on_known_saves(edit, entries, fresh)
    unseen = [each for each in entries if each.id not in seen]
    typed = {name for entry in unseen if entry.undoes is None for name in entry.sent}
    taken = {name for name in typed if _is_taken(edit, name, entries, fresh)}
    return edit.rebased(known.base, typed - taken, known.originals)


def _is_taken(edit: Edit, name: str, entries: Sequence[JournalEntry], fresh: Activity) -> bool:
    """Whether somebody else changed what the edit shows as stored by the last of its own saves."""
    if name in edit.pending:
        return False
    kind, shown, now = edit.field(name).kind, edit.base.value(name), fresh.value(name)
    tried = [entry for entry in entries if entry.outcome not in NOT_APPLIED]
    sent = [entry.sent[name] for entry in tried if name in entry.sent]
    is_stored = bool(sent) and kind.matches_server(sent[-1], shown)
    return is_stored and not any(kind.matches_server(each, now) for each in (shown, *sent))


@dataclass(frozen=True)
class Restore:
    """Plan to undo a save: a `merge` on the current record, and what cannot be restored.

    A conflict is a field that no longer has the value we wrote. `not_restorable` maps field name →
    error text.
    """

    merge: Merge
    not_restorable: Mapping[str, str]


def restore_entry(
    entry: JournalEntry, fresh: Activity, names: frozenset[str] | None = None
) -> Restore:
    """Plan to restore the values before a save: of all fields, or only of `names`."""
    wanted = [name for name in entry.before if names is None or name in names]
    kept = {
        name: why for name in wanted if (why := _restore_error(name, entry.before[name], fresh))
    }
    written = {**entry.sent, **(entry.after or {})}
    back = [name for name in wanted if name not in kept]
    edit = Edit(fresh.with_values({name: written[name] for name in back if name in written}))
    for name in back:
        edit = edit.with_value(name, entry.before[name])
    return Restore(merge(edit, fresh), kept)


def _restore_error(name: str, before: Any, fresh: Activity) -> str | None:
    wish = Edit(fresh).with_value(name, before)
    if not wish.dirty:
        return None
    if isinstance(before, LocalFile) or (isinstance(before, Attachment) and before.name):
        return "The earlier file is no longer in ATZ, so it can't be brought back from here."
    problems = wish.problems()
    return f"The earlier value can't be sent again. {problems[0].text}" if problems else None
