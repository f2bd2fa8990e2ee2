"""Looks up saves that are not confirmed, at growing intervals, until their outcome is known."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from atz_desktop.domain.history import JournalEntry
from atz_desktop.session.reconcile import pending_entries, reconcile_pending, seconds_to_next_check
from atz_desktop.store.errors import StoreError

if TYPE_CHECKING:
    from atz_desktop.session.jobs import Jobs
    from atz_desktop.session.services import Services


class UnconfirmedSaves(QObject):
    """The open journal entries of the account, and when they are looked up again.

    `zone` gives the IANA name of the zone that ATZ's times are read in; `on_settled` is awaited
    with the entries that a look settled.
    """

    changed = Signal()
    """`seconds_to_next_check` may be another now."""

    def __init__(
        self,
        jobs: Jobs,
        services: Services,
        zone: Callable[[], str],
        on_settled: Callable[[tuple[JournalEntry, ...]], Awaitable[None]],
    ) -> None:
        super().__init__()
        self._jobs = jobs
        self._services = services
        self._zone = zone
        self._on_settled = on_settled
        self._activities: frozenset[int] = frozenset()
        self._seconds: int | None = None

    def seconds_to_next_check(self, activity_id: int) -> int | None:
        """Seconds, as planned last, to the next look at an activity's save; None if it has none."""
        return self._seconds if activity_id in self._activities else None

    def start(self, *, at_once: bool) -> None:
        """Look until every outcome is known; `at_once` or when the youngest save is due."""
        self._jobs.start("look up", self._run(at_once))

    async def reconcile_once(self) -> int:
        """Look once; the number of saves whose outcome is still not known."""
        found = await reconcile_pending(self._services, self._zone())
        if found.settled:
            await self._on_settled(found.settled)
        self._activities = frozenset(entry.activity_id for entry in found.unconfirmed)
        self.changed.emit()
        return found.remaining

    async def _run(self, at_once: bool) -> None:
        while not at_once or await self.reconcile_once():
            at_once = True
            entries: list[JournalEntry] = []  # those of a disk that is busy or full are read later
            with suppress(StoreError):
                entries = await pending_entries(self._services)
            wait = seconds_to_next_check(entries, self._services)
            self._activities = frozenset(entry.activity_id for entry in entries)
            self._set_seconds(math.ceil(wait))
            await self._services.sleep(wait)
        self._set_seconds(None)

    def _set_seconds(self, seconds: int | None) -> None:
        self._seconds = seconds
        self.changed.emit()
