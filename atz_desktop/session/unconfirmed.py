"""Looks up saves that are not confirmed, at growing intervals, until their outcome is known."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Collection, Iterable
from contextlib import suppress
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from atz_desktop.domain.history import JournalEntry
from atz_desktop.session.reconcile import (
    OFFLINE_DELAY,
    TIMER_TOLERANCE,
    pending_entries,
    reconcile_pending,
    seconds_to_next_check,
)
from atz_desktop.store.errors import StoreError

if TYPE_CHECKING:
    from atz_desktop.session.jobs import Jobs
    from atz_desktop.session.services import Services


class UnconfirmedSaves(QObject):
    """The open journal entries of the account, and when they are checked again.

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
        self._due: dict[int, float] = {}
        """When each activity with an open entry is checked again, by `Services.clock`."""
        self._planned_at = 0.0

    def seconds_to_next_check(self, activity_id: int) -> int | None:
        """Seconds, as planned last, to the next look at an activity's save; None if it has none."""
        due = self._due.get(activity_id)
        return None if due is None else math.ceil(round(due - self._planned_at, 3))

    @property
    def is_checking(self) -> bool:
        """Whether saves are checked, now or at the next interval."""
        return self._jobs.running("look up")

    def start_checking(self, *, at_once: bool = True) -> None:
        """Look until every outcome is known; `at_once` at all, then at each when it is due."""
        self._jobs.start("look up", self._run(at_once))

    async def reconcile_once(self, only: Collection[int] | None = None) -> int:
        """Look once, at all or at these activities; the number of saves whose outcome is still not
        known.
        """
        found = await reconcile_pending(self._services, self._zone(), only=only)
        if found.settled:
            await self._on_settled(found.settled)
        left = {entry.activity_id for entry in found.unconfirmed}
        self._due = {each: at for each, at in self._due.items() if each in left}
        self.changed.emit()
        return found.remaining

    async def _run(self, at_once: bool) -> None:
        checked: Collection[int] | None = None if at_once else ()
        while not at_once or await self.reconcile_once(checked):
            at_once = True
            entries: list[JournalEntry] = []  # those of a disk that is busy or full are read later
            with suppress(StoreError):
                entries = await pending_entries(self._services)
            wait = self._plan(entries, checked)
            await self._services.sleep(wait)
            until = max(self._planned_at + wait, self._services.clock()) + TIMER_TOLERANCE
            checked = {each for each, at in self._due.items() if at <= until} or None
        self._due = {}
        self.changed.emit()

    def _plan(self, entries: Iterable[JournalEntry], checked: Collection[int] | None) -> float:
        """Note when each activity is due, of which some were `checked` (None: all) just now; the
        seconds until the first one is.
        """
        now, kept = self._services.clock(), {} if checked is None else self._due
        self._planned_at, self._due = now, {}
        for each in entries:
            number, at = each.activity_id, now + seconds_to_next_check([each], self._services)
            if number not in (checked or ()):  # what was planned may not be put off again and again
                at = min(at, kept.get(number, at))
            self._due[number] = min(at, self._due.get(number, at))
        self.changed.emit()
        return max(0.0, min(self._due.values(), default=now + OFFLINE_DELAY) - now)
