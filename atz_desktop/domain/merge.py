"""What a colleague changed meanwhile, laid beside what the person changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from atz_desktop.domain.activity import Activity
from atz_desktop.domain.edit import Change, Edit
from atz_desktop.domain.schema import Field


class Resolution(Enum):
    """Whose value a conflicting field shall take."""

    MINE = "mine"
    THEIRS = "theirs"
    BOTH = "both"


@dataclass(frozen=True)
class Conflict:
    """A field that both changed, each to something else; `both` joins them where that can be."""

    field: Field
    original: Any
    theirs: Any
    mine: Any
    both: Any | None


@dataclass(frozen=True)
class Merge:
    """`edit` stands on the fresh record and still holds everything the person typed.

    `taken` are changes of a colleague to fields that the person did not touch, `agreed` names the
    fields that both changed to the same value.
    """

    edit: Edit
    remote_changes: tuple[Change, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    already_equal: tuple[str, ...] = ()

    @property
    def with_open_conflicts(self) -> Edit:
        """The edit with every conflict still open, so that the next merge finds it again."""
        return self.edit.with_originals({c.field.name: c.original for c in self.conflicts})

    def resolve(self, resolutions: Mapping[str, Resolution]) -> Edit:
        """The edit after one choice for each conflict.

        Raises KeyError when a conflict has no choice, and ValueError for BOTH where the values
        cannot be joined: nothing is ever decided for the person.
        """
        edit = self.edit
        for conflict in self.conflicts:
            name, pick = conflict.field.name, resolutions[conflict.field.name]
            if pick is Resolution.THEIRS:
                edit = edit.without(name)
            elif pick is Resolution.BOTH:
                if conflict.both is None:
                    raise ValueError(f"the values of {name} cannot be joined")
                edit = edit.with_value(name, conflict.both)
        return edit


def merge(edit: Edit, fresh: Activity) -> Merge:
    """Lay an edit over the record as it stands now.

    A field that only they changed is taken over; one that only the person changed stays pending;
    one that both changed differently is a conflict, and stays pending as typed until it is decided.
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
    return Merge(rebased, tuple(taken), tuple(conflicts), tuple(agreed))


def _without_lagging_agreement(edit: Edit, fresh: Activity) -> Activity:
    """The record without what it only seems to agree on with the edit.

    A record that is older than the edit's base was read from a replica that lags behind. What was
    typed stands there from before, but in ATZ no longer: as agreed it would never be sent.
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
    """What is still typed after a save, laid over the record as the save left it.

    Of the `asked` fields the save has settled what a colleague did. Any other field may have been
    typed over a value that is no longer there: that conflict stays open for the next check.
    `touched` fields were changed while the save ran: one that shows its old value again was put
    back, and stays so.
    """
    settled = {name: fresh.value(name) for name in sent_names}
    left = {name: value for name, value in edit.originals.items() if name not in settled}
    return merge(
        edit.rebased(edit.base.with_values(settled), touched, left), fresh
    ).with_open_conflicts
