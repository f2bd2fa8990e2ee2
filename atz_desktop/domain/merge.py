"""Three-way merge of the user's edit with changes made on the server meanwhile."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from enum import Enum
from typing import Any

from atz_desktop.domain.activity import Activity
from atz_desktop.domain.edit import Change, Edit
from atz_desktop.domain.quick_dataclass import dataclass
from atz_desktop.domain.schema import Field


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
