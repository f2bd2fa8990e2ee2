"""What a session works with, and whom it asks; both are handed in by the composition root."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import field
from enum import Enum
from typing import TYPE_CHECKING, Protocol

from atz_desktop.domain.clock import monotonic_seconds
from atz_desktop.domain.quick_dataclass import dataclass
from atz_desktop.session.reads import MonotonicReads, parse_activity

if TYPE_CHECKING:
    from atz_desktop.api.client import AtzClient
    from atz_desktop.domain.activity import Activity
    from atz_desktop.domain.edit import Edit
    from atz_desktop.domain.merge import FieldResolution, Merge, Restore
    from atz_desktop.store.drafts import Drafts, Recent
    from atz_desktop.store.journal import Journal
    from atz_desktop.store.names import NameStore

CHECK_DELAYS = (1.0, 3.0, 10.0, 30.0, 60.0, 90.0)
"""Ages in seconds, see `Services`. A slow server goes on although nobody waits any more: gateways
commonly end a request after 60. Replicas were seen to lag by 30 (ATZ_API.md, "Risks learned")."""

WRITE_DELAY = 0.15
"""Seconds between a change and its draft, so that fast typing is not one write a key."""

RETRY_DELAYS = (1.0, 30.0)
"""Seconds after which a draft that was not written is tried again: at first, doubled each time, at
most."""


class BooleanFormat:
    """How booleans are written in requests to one account: as JSON, or as "0" and "1".

    `remember` is called when the account took the second form after it had refused the first.
    """

    def __init__(
        self, numeric: bool = False, remember: Callable[[], object] = lambda: None
    ) -> None:
        self.numeric = numeric
        self.remember = remember


@dataclass(frozen=True)
class Services:
    """One account's server and this computer's store.

    `account` names the account in the store.
    `clock` gives seconds and cannot be set, `sleep` waits for some. `check_delays` are the ages, in
    seconds, at which a save that is not confirmed is looked up again; after the last one its
    outcome is what ATZ holds then. `write_delay` and `retry_delays` are those of a
    draft. `monotonic_reads` and `unconfirmed` are what this run knows of activities that were read,
    and of journal entries: when each was last known to be under way, by `clock`. `seen_with` maps
    an entry's number to the client's `token_renewals` when its record was last read or written:
    with another token, the number may be another account's.
    """

    account: str
    client: AtzClient
    journal: Journal
    drafts: Drafts
    names: NameStore
    recent: Recent
    boolean_format: BooleanFormat = field(default_factory=BooleanFormat)
    clock: Callable[[], float] = monotonic_seconds
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    check_delays: tuple[float, ...] = CHECK_DELAYS
    write_delay: float = WRITE_DELAY
    retry_delays: tuple[float, float] = RETRY_DELAYS
    monotonic_reads: MonotonicReads = field(
        default_factory=lambda: MonotonicReads(monotonic_seconds)
    )
    unconfirmed: dict[int, float] = field(default_factory=dict)
    seen_with: dict[int, int] = field(default_factory=dict)

    async def fetch_activity(
        self, activity_id: int, zone: str, *, background: bool = False
    ) -> Activity:
        """The activity as it is now, or a newer version that was read before. Raises AtzError.

        `zone` is the IANA name of the one that ATZ's times are read in.
        """
        body = await self.client.get_activity(activity_id, background=background)
        return self.monotonic_reads.latest(await parse_activity(body, zone))

    @property
    def grace_period(self) -> float:
        """Seconds for which a change may still come, or a read may lag behind it."""
        return self.check_delays[-1]


class UnsavedChoice(Enum):
    """What to do with unsaved changes when the user goes elsewhere."""

    STAY = "stay"
    SAVE = "save"
    """Save; then go on if it was checked."""
    KEEP_DRAFT = "keep draft"
    DISCARD = "discard"


@dataclass(frozen=True)
class ReviewResult:
    """A save that the user looked through: the edit to send, and an optional reason."""

    edit: Edit
    reason: str | None = None


class Prompts(Protocol):
    """What only the user can decide. Every answer of None or False means: stop, lose nothing."""

    async def unsaved_changes(self, edit: Edit, typed: Mapping[str, str]) -> UnsavedChoice:
        """Unsaved changes stand in the way."""

    async def review(self, edit: Edit, *, quiet: bool = False) -> ReviewResult | None:
        """Look through what will be sent; `quiet`: ATZ mails nobody unless the user says so."""

    async def resolve_conflicts(self, merge: Merge) -> Mapping[str, FieldResolution] | None:
        """A colleague changed the same fields: one choice for each."""

    async def restore(self, undo: Restore) -> Mapping[str, FieldResolution] | None:
        """Values that a save wrote are no longer there: one choice for each."""

    async def save_without_journal(self, why: str) -> bool:
        """The journal cannot be written: save to ATZ all the same?"""
