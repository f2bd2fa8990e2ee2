"""Three-way merge of the user's edit with changes made on the server meanwhile.

With it, an edit is rebased on what its own saves wrote, and earlier values are restored.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import replace
from enum import Enum
from typing import Any

from atz_desktop.domain.activity import Activity
from atz_desktop.domain.edit import Change, Edit
from atz_desktop.domain.fields import Field
from atz_desktop.domain.history import NOT_APPLIED, JournalEntry
from atz_desktop.domain.quick_dataclass import dataclass
from atz_desktop.domain.values import Attachment, LocalFile


class Resolution(Enum):
    """Which value a conflicting field gets."""

    MINE = "mine"
    THEIRS = "theirs"
    BOTH = "both"


@dataclass(frozen=True)
class ManualMerge:
    """The value that a conflicting field gets, as the user wrote it out of both."""

    value: Any


FieldResolution = Resolution | ManualMerge


@dataclass(frozen=True)
class Conflict:
    """A field that both changed differently; `both` is the merged value, if there is one."""

    field: Field
    original: Any
    theirs: Any
    mine: Any
    both: Any | None


@dataclass(frozen=True)
class Merge:
    """`edit` is based on the fresh record and contains all pending changes.

    `remote_changes` are changes to fields that the user did not change.
    """

    edit: Edit
    remote_changes: tuple[Change, ...] = ()
    conflicts: tuple[Conflict, ...] = ()

    @property
    def with_open_conflicts(self) -> Edit:
        """The edit with every conflict left open: the next merge finds it again."""
        return self.edit.with_originals({c.field.name: c.original for c in self.conflicts})

    def resolve(self, resolutions: Mapping[str, FieldResolution]) -> Edit:
        """The edit after resolving every conflict.

        Raises KeyError when a conflict has no choice, and ValueError for BOTH where the values
        cannot be joined: nothing is ever decided for the user.
        """
        edit = self.edit
        for conflict in self.conflicts:
            name, pick = conflict.field.name, resolutions[conflict.field.name]
            if isinstance(pick, ManualMerge):
                edit = edit.with_value(name, pick.value)
            elif pick is Resolution.THEIRS:
                edit = edit.without(name)
            elif pick is Resolution.BOTH:
                if conflict.both is None:
                    raise ValueError(f"the values of {name} cannot be joined")
                edit = edit.with_value(name, conflict.both)
        return edit


def merge(edit: Edit, fresh: Activity) -> Merge:
    """Rebase an edit on the current record.

    A field changed only on the server is updated; one changed only here stays pending; one that
    both changed differently is a conflict, and stays pending until it is resolved.
    """
    fresh = _without_lagging_agreement(edit, fresh)
    taken, conflicts, agreed = [], [], []
    for f in edit.record_type.fields:
        base, now = edit.original(f.name), fresh.value(f.name)
        if f.kind.equal(base, now):
            continue
        if f.name not in edit.pending:
            taken.append(Change(f, base, now))
            continue
        mine = edit.pending[f.name]
        if f.kind.is_comparable(mine) and f.kind.matches_server(mine, now):
            agreed.append(f.name)
        else:
            conflicts.append(Conflict(f, base, now, mine, f.kind.merge(base, now, mine)))
    rebased = edit.rebased(fresh, originals={}).without(*agreed)
    return Merge(rebased, tuple(taken), tuple(conflicts))


def _without_lagging_agreement(edit: Edit, fresh: Activity) -> Activity:
    """The record without what it only seems to agree on with the edit.

    A record older than the edit's base was read from a lagging replica: a value there may equal the
    pending one although the server has another by now, and would then never be sent.
    """
    is_older = fresh.updated_at and edit.base.updated_at and fresh.updated_at < edit.base.updated_at
    names = [
        name
        for name, mine in (edit.pending.items() if is_older else ())
        if edit.field(name).kind.matches_server(mine, fresh.value(name))
    ]
    if not names:
        return fresh
    held = fresh.with_values({name: edit.base.value(name) for name in names})
    return replace(held, updated_at=edit.base.updated_at)  # so the next one is known as older, too


def rebase_after_save(
    edit: Edit, fresh: Activity, sent_names: Iterable[str], touched: Iterable[str] = ()
) -> Edit:
    """Rebase what the user typed during a save onto the record as saved.

    The save has resolved conflicts of the `sent_names` fields. In any other field the user may have
    changed a value that is outdated: that conflict stays open for the next check. `touched` fields
    were changed during the save: one that has its old value again was reverted, and stays so.
    """
    return rebase_on_saved(edit, fresh, {name: fresh.value(name) for name in sent_names}, touched)


def rebase_on_saved(
    edit: Edit, fresh: Activity, saved: Mapping[str, Any], touched: Iterable[str] = ()
) -> Edit:
    """The same for a save that an earlier read than `fresh` had shown: `saved` is what it showed.

    What stands there by now may be a colleague's.
    """
    left = {name: value for name, value in edit.originals.items() if name not in saved}
    return merge(
        edit.rebased(edit.base.with_values(saved), touched, left), fresh
    ).with_open_conflicts


def rebase_on_known_saves(edit: Edit, entries: Iterable[JournalEntry], fresh: Activity) -> Edit:
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
            if not entry.settled and kind.matches_server(sent, fresh.value(name)):
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
