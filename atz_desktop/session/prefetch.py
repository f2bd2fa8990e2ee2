"""Reads the activity that will most likely be opened next, so that it is there at once."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from atz_desktop.api.errors import AtzError
from atz_desktop.api.rate_limiter import RESERVE
from atz_desktop.session.opening import CurrentRecord, read_activity

if TYPE_CHECKING:
    from atz_desktop.session.jobs import Jobs
    from atz_desktop.session.services import Services

MAX_AGE = 5.0
"""Seconds for which it is shown as the record is now. A save reads it again in any case."""


class _Prefetched(NamedTuple):
    """A record, the clock before it was asked for, and `AtzClient.token_renewals` then."""

    record: CurrentRecord
    at: float
    renewals: int


class Prefetch:
    """One activity at a time, in the background, as long as requests are left for the user."""

    def __init__(self, services: Services, jobs: Jobs) -> None:
        self._services = services
        self._jobs = jobs
        self._wanted: int | None = None
        self._found: _Prefetched | None = None

    def start(self, activity_id: int, zone: str) -> None:
        """Read this activity, in place of another one; `zone` as in `read_activity`."""
        self._wanted = self._found = None
        if self._services.client.rate_limiter.available() > RESERVE:
            self._wanted = activity_id
            self._jobs.start("prefetch", self._read(activity_id, zone))

    async def take(self, activity_id: int, zone: str) -> CurrentRecord | None:
        """The record, once, if it was read just now; None: it is to be read."""
        if self._wanted != activity_id:
            return None
        await self._jobs.wait("prefetch")
        found, self._wanted, self._found = self._found, None, None
        if found is None or found.record.activity.zone != zone:
            return None
        client, latest = self._services.client, self._services.monotonic_reads.latest
        is_young = self._services.clock() - found.at <= MAX_AGE
        is_same_token = found.renewals == client.token_renewals
        is_newest = latest(found.record.activity) is found.record.activity
        return found.record if is_young and is_same_token and is_newest else None

    async def _read(self, activity_id: int, zone: str) -> None:
        at, renewals = self._services.clock(), self._services.client.token_renewals
        with suppress(AtzError):  # the load itself says what is wrong
            record = await read_activity(activity_id, zone, self._services, background=True)
            self._found = _Prefetched(record, at, renewals)
