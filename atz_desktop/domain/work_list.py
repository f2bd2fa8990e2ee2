"""Work lists: many activities, one after the other, and what became of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from enum import Enum
from typing import NamedTuple

from atz_desktop.domain.quick_dataclass import dataclass


class RowState(Enum):
    """What became of a row; the value says it in words."""

    TO_DO = "to do"
    CHANGED = "changed"
    """It has unsaved changes (a draft)."""
    CHECKED = "checked"
    DIFFERENT = "different"
    """ATZ stored something else."""
    REFUSED = "refused"
    CONFLICT = "conflict"
    NOT_CONFIRMED = "not confirmed"
    GONE = "gone"
    """ATZ has no activity of this number."""
    SKIPPED = "skipped"
    PARKED = "parked"

    # By identity: that of an enum runs in Python, and 5,000 rows are counted at each change.
    __hash__ = object.__hash__

    @property
    def is_open(self) -> bool:
        """Whether "next" stops at such a row."""
        return self in {RowState.TO_DO, RowState.CHANGED}


class RowMark(Enum):
    """The states of a row that are kept because nothing else tells them."""

    SKIPPED = "SKIPPED"
    PARKED = "PARKED"
    GONE = "GONE"
    CONFLICT = "CONFLICT"


class NewRow(NamedTuple):
    """An activity to add to a list. `cells` maps the columns of its table to their texts."""

    activity_id: int
    title: str = ""
    note: str = ""
    cells: Mapping[str, str] = {}


class WorkListRow(NamedTuple):
    """One activity of a list."""

    activity_id: int
    title: str
    note: str
    cells: Mapping[str, str]
    state: RowState


class WorkList(NamedTuple):
    """A list without its rows. `created_at` is UTC, ISO 8601."""

    id: int
    name: str
    created_at: str
    closed: bool
    size: int


class BulkScope(NamedTuple):
    """The activities that a change is for: the rows of a list, or those of them that are marked."""

    list_id: int | None
    rows: tuple[WorkListRow, ...]


class Added(NamedTuple):
    """What became of rows that were to be added; `doubles` were in the list already."""

    added: tuple[int, ...]
    doubles: tuple[int, ...]


@dataclass(frozen=True)
class WorkListCounts:
    """How many rows are in which state."""

    by_state: Mapping[RowState, int]

    @classmethod
    def of(cls, rows: Iterable[WorkListRow]) -> WorkListCounts:
        return cls(Counter(row.state for row in rows))

    @property
    def total(self) -> int:
        return sum(self.by_state.values())

    @property
    def left(self) -> int:
        """Rows where there is something to do yet."""
        return sum(count for state, count in self.by_state.items() if state.is_open)

    @property
    def text(self) -> str:
        """18 checked, 1 conflict, 1 skipped: what is done comes first."""
        found = ((state, self.by_state.get(state, 0)) for state in _SUMMARY_ORDER)
        return ", ".join(f"{count:,} {state.value}" for state, count in found if count)


_SUMMARY_ORDER = (*(s for s in RowState if not s.is_open), *(s for s in RowState if s.is_open))


def row_state(
    mark: RowMark | None, outcome: str | None, *, has_draft: bool, saved_since: bool
) -> RowState:
    """The state of a row. `outcome` is the journal's word for the newest save since it was added;
    `saved_since`: that save is newer than the mark; `has_draft`: there are unsaved changes beside
    what that save sent, all of which stays where it was refused, or ignored.
    """
    if mark is not None and not saved_since:
        return RowState[mark.value]
    if outcome in {"PENDING", "UNKNOWN"}:
        return RowState.NOT_CONFIRMED  # its draft stays until it is confirmed
    if has_draft:
        return RowState.CHANGED
    return _STATES.get(outcome or "", RowState.TO_DO)


_STATES = {
    "VERIFIED": RowState.CHECKED,
    "DIFFERENT": RowState.DIFFERENT,
    "REFUSED": RowState.REFUSED,
}
