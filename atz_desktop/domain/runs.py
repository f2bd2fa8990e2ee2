"""Runs: the same change on many activities, and the one verdict that each row ends with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from enum import Enum
from typing import NamedTuple

from atz_desktop.domain.quick_dataclass import dataclass

REQUESTS = 3
"""Of one row: a read, the PUT, and the read-back."""


class RunVerdict(Enum):
    """How a row of a run ended; the value says it in words."""

    CHECKED = "checked"
    DIFFERENT = "different"
    """ATZ stored something else."""
    REFUSED = "refused"
    NOT_SENT = "not sent"
    """Nothing of it is in ATZ."""
    NOT_CONFIRMED = "not confirmed"
    """It went out; not known yet whether it arrived."""
    CONFLICT = "conflict"
    """Somebody changed the same fields since the preview: nothing was sent."""
    UNCHANGED = "nothing to change"
    """ATZ held these values already, or there was nothing to put back."""
    LEFT = "changed since, left as it is"
    """Of an undo: somebody changed what was to be put back."""
    GONE = "gone"
    SKIPPED = "being edited"
    """It was being edited in a window."""
    STOPPED = "not reached"
    """The run was stopped before it."""

    __hash__ = object.__hash__  # as that of RowState

    @property
    def applied(self) -> bool:
        """Whether ATZ is known to have taken it, if not quite as it was meant."""
        return self in {RunVerdict.CHECKED, RunVerdict.DIFFERENT}

    @property
    def can_retry(self) -> bool:
        """Whether its change may be sent again: ATZ said no to it, or it did not go out."""
        return self in _RETRYABLE


_RETRYABLE = {
    RunVerdict.REFUSED,
    RunVerdict.NOT_SENT,
    RunVerdict.CONFLICT,
    RunVerdict.SKIPPED,
    RunVerdict.STOPPED,
}


class RunPhase(Enum):
    """Where a run stands."""

    RUNNING = "running"
    PAUSED = "paused"
    """It goes on when the user, or the network, says so."""
    STOPPING = "stopping"
    """It ends after the row in flight."""
    ENDED = "ended"


class RunRow(NamedTuple):
    """One row. `verdict` is None as long as nothing is known; `entry_id` is its save's number in
    the journal.
    """

    position: int
    activity_id: int
    title: str
    verdict: RunVerdict | None
    detail: str = ""
    entry_id: int | None = None


class Run(NamedTuple):
    """A run without its rows. Times are UTC, ISO 8601; `ended_at` is None while it can go on."""

    id: int
    list_id: int | None
    title: str
    reason: str | None
    bulk: str | None
    undoes: int | None
    started_at: str
    ended_at: str | None
    size: int


class RunProgress(NamedTuple):
    """Where the run of an account stands.

    `reason` says why it is paused, if not because the user wanted it. `current` is the row in
    flight, or else the last one. `seconds_left` is an estimate; None: it goes on when somebody
    says so.
    """

    run: Run
    phase: RunPhase
    reason: str
    current: RunRow | None
    counts: RunCounts
    seconds_left: float | None


@dataclass(frozen=True)
class RunCounts:
    """How many rows have which verdict; None: none yet."""

    by_verdict: Mapping[RunVerdict | None, int]

    @classmethod
    def of(cls, rows: Iterable[RunRow]) -> RunCounts:
        return cls(Counter(row.verdict for row in rows))

    @property
    def total(self) -> int:
        return sum(self.by_verdict.values())

    @property
    def done(self) -> int:
        """Rows with a final verdict."""
        open_ = (None, RunVerdict.NOT_CONFIRMED)
        return self.total - sum(self.by_verdict.get(each, 0) for each in open_)

    @property
    def tried(self) -> int:
        """Rows with any verdict."""
        return self.total - self.by_verdict.get(None, 0)

    @property
    def reached(self) -> int:
        """Rows that were tried, or need no try."""
        return self.total - sum(self.by_verdict.get(e, 0) for e in (None, RunVerdict.STOPPED))

    @property
    def text(self) -> str:
        """493 checked, 7 conflict."""
        found = ((verdict, self.by_verdict.get(verdict, 0)) for verdict in RunVerdict)
        return ", ".join(f"{count:,} {verdict.value}" for verdict, count in found if count)
