"""Saves as the journal keeps them, their outcomes, and which of them a list shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from enum import Enum
from typing import Any

from atz_desktop.domain.activity import Activity
from atz_desktop.domain.quick_dataclass import dataclass
from atz_desktop.domain.values import Person


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


@dataclass(frozen=True)
class HistoryQuery:
    """Which entries to list. `outcome` is a word of the journal; None means any."""

    search: str = ""
    outcome: str | None = None
    activity_id: int | None = None
    all_accounts: bool = False
