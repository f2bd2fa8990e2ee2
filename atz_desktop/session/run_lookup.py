"""Rows of a run that went out and are not confirmed, and when each is looked up again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from atz_desktop.api.errors import AtzError, InvalidResponse, NotFound, Rejected, ServerError
from atz_desktop.session.journal_entries import saves_from_base
from atz_desktop.session.reads import fetch_activity
from atz_desktop.session.reconcile import (
    entry_age,
    reconcile_activity,
    reconcile_pending,
    seconds_to_next_check,
)

if TYPE_CHECKING:
    from atz_desktop.domain.history import JournalEntry
    from atz_desktop.session.services import Services
    from atz_desktop.store.runs import StoredRunRow


class RunLookup:
    """Looks up one activity at a time, at the ages of `Services.check_delays`.

    `zone` (IANA name) is the one that ATZ's times are read in.
    """

    def __init__(self, services: Services, zone: str) -> None:
        self._services = services
        self._zone = zone
        self._due: dict[int, float] = {}

    def __bool__(self) -> bool:
        return bool(self._due)

    @property
    def seconds(self) -> float:
        """How long until the next row is due; 0 if one is."""
        return max(0.0, min(self._due.values()) - self._services.clock())

    def next_due(self) -> int | None:
        """The position of a row that is to be looked up now."""
        if not self._due or self.seconds > 0:
            return None
        return min(self._due, key=lambda position: self._due[position])

    async def add(self, row: StoredRunRow) -> None:
        """Look this row up when its newest save is old enough. Raises StoreError."""
        wait = seconds_to_next_check(await self._open_saves(row), self._services)
        self._due[row.position] = self._services.clock() + wait

    async def look(self, row: StoredRunRow) -> tuple[JournalEntry, ...]:
        """Read a row's activity; the saves of it that are settled by that. Raises StoreError.

        It is waited for no more if everything is known, or if ATZ can be reached and still does not
        tell: then whoever looks it up later finds it out.
        """
        del self._due[row.position]
        settled: tuple[JournalEntry, ...] = ()
        is_answered = True
        try:
            settled = await self._read(row.activity_id)
        except NotFound:
            mine = {row.activity_id}
            settled = (await reconcile_pending(self._services, self._zone, only=mine)).settled
        except AtzError as error:
            is_answered = isinstance(error, Rejected | ServerError | InvalidResponse)
        left = await self._open_saves(row)
        grace = self._services.grace_period
        if any(not is_answered or entry_age(each, self._services) < grace for each in left):
            await self.add(row)
        return settled

    def waits_for(self, position: int) -> bool:
        """Whether this row is to be looked up."""
        return position in self._due

    async def _read(self, activity_id: int) -> tuple[JournalEntry, ...]:
        services = self._services
        renewals = services.client.token_renewals
        fresh = await fetch_activity(activity_id, self._zone, services, background=True)
        return await reconcile_activity(fresh, services, renewals)

    async def _open_saves(self, row: StoredRunRow) -> list[JournalEntry]:
        saves = await saves_from_base(row.base_key, self._services)
        left = [save for save in saves if not save.settled]
        # Of one that an earlier program left, the time counts from now, also if no read succeeds.
        for save in left:
            self._services.unconfirmed.setdefault(save.id, self._services.clock())
        return left
