"""What was saved, what came of it, and how to put it back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from atz_desktop.domain.activity import Activity
from atz_desktop.domain.edit import Edit
from atz_desktop.domain.merge import Merge, merge
from atz_desktop.domain.values import Attachment, LocalFile


class Outcome(Enum):
    """What became of a save."""

    VERIFIED = "VERIFIED"
    """Read back, and every sent field holds what was meant."""
    DIFFERENT = "DIFFERENT"
    """Read back, and at least one sent field holds something else."""
    REFUSED = "REFUSED"
    """The server said no, and no read after it showed the change."""
    NOT_SENT = "NOT_SENT"
    """Nothing reached the server, or it was read back and nothing had been applied."""
    UNKNOWN = "UNKNOWN"
    """It went out and nobody knows yet whether it was applied: it is looked up again."""


@dataclass(frozen=True)
class JournalEntry:
    """One save in the journal. `before`, `sent` and `after` map field name → value.

    `outcome` is None between the intention and the answer. `base_key` names the reading of the
    record that the save was made from (see serialize.Draft).
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

    @property
    def settled(self) -> bool:
        """Whether it is known what became of it."""
        return self.outcome not in {None, Outcome.UNKNOWN}


def rebase_on_known_saves(
    edit: Edit, entries: Iterable[JournalEntry], fresh: Activity | None = None
) -> Edit:
    """The edit on a base that holds what our own saves are known to have written since.

    So a save whose answer was lost is never taken for somebody else's change later. `entries` were
    made from the edit's own base (the same `base_key`), the oldest first: an earlier save, or one
    of another window, says nothing about what the edit stands on. Where somebody else's value stood
    in between, nothing is known. Of a save that is not settled, what the record holds as it was
    sent is its own. Nor does anything have to be known where the record, as `fresh`, holds what it
    held when the edit began.
    """
    known: dict[str, Any] = {}
    for entry in entries:
        for name, sent in entry.sent.items():
            kind, held = edit.field(name).kind, (entry.after or entry.before).get(name)
            if (
                fresh is not None
                and not entry.settled
                and kind.matches_server(sent, fresh.value(name))
            ):
                held = fresh.value(name)
            if not kind.matches_server(sent, held):
                continue
            stood = (edit.original(name), known.pop(name, edit.original(name)))
            if any(kind.equal(value, entry.before.get(name)) for value in stood):
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
    edit: Edit, entries: Sequence[JournalEntry], fresh: Activity, *, saw_settled: bool = False
) -> Edit:
    """The edit on what its own saves have written into `fresh` (see `rebase_on_known_saves`).

    A field that such a save had set, and that shows its old value again, was put back since: that
    is a change by now. `saw_settled`: the edit was laid on a read after each save that is settled;
    where it shows the old value of one of these, somebody else had put that back.
    """
    known = rebase_on_known_saves(edit, entries, fresh)
    unseen = [each for each in entries if not (saw_settled and each.settled)]
    typed = {name for entry in unseen if entry.undoes is None for name in entry.sent}
    return edit.rebased(known.base, typed, known.originals)


@dataclass(frozen=True)
class Restore:
    """How to put a save back: `merge` on the record as it stands now, and what cannot go back.

    A conflict of the merge is a field that no longer holds what we wrote. `kept` maps the name of
    a field that cannot be put back to the reason, as a sentence.
    """

    merge: Merge
    not_restorable: Mapping[str, str]


def restore_entry(
    entry: JournalEntry, fresh: Activity, names: frozenset[str] | None = None
) -> Restore:
    """The edit that puts a whole save back, or only the fields in `names`."""
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
