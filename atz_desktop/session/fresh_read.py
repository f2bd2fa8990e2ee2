"""The read that a save is merged with, and the precondition that it still holds at the PUT.

ATZ has no If-Match (ATZ_API.md: Limits and errors). So whatever holds a PUT up, a question, a rate
limit, a new token, a sleeping computer or a long file, leads to another read just before it leaves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from atz_desktop.api.errors import AtzError, Cause, NotSent, Outdated
from atz_desktop.domain.activity import Activity
from atz_desktop.domain.edit import Edit
from atz_desktop.session.monotonic_reads import parse_activity

if TYPE_CHECKING:
    from atz_desktop.session.services import Services

MAX_AGE = 1.0
"""Seconds for which a read counts as fresh. A PUT follows its read in milliseconds."""


class FreshRead:
    """The record as just read; `check` is the precondition of the PUT that follows.

    `renewals` is the client's `token_renewals` of the token that read it. `error` is why the record
    could not be read again, after a check that failed for that reason.
    """

    def __init__(
        self, activity: Activity, services: Services, renewals: int, *, background: bool
    ) -> None:
        self.activity = activity
        self.renewals = renewals
        self.error: AtzError | None = None
        self._edit = Edit(activity)
        self._services = services
        self._background = background
        self._mark_fresh()

    @classmethod
    async def read(
        cls, base: Activity, services: Services, renewals: int, *, background: bool = False
    ) -> FreshRead:
        """Read the record of `base`, which was read when the client had `renewals` renewals.

        Raises AtzError; NotSent with Cause.DIFFERENT_RECORD when that number is another record now.
        """
        # The rate limiter must have room for the PUT as well, or it would wait and be outdated.
        fresh, renewals_now = await _read(base, services, slots=2, background=background)
        require_same_record(base, fresh, services, renewals)
        return cls(fresh, services, renewals_now, background=background)

    @property
    def is_fresh(self) -> bool:
        """Whether a PUT may leave without another read."""
        age = self._services.clock() - self._at
        return age <= MAX_AGE and self._services.client.token_renewals == self.renewals

    def set_edit(self, edit: Edit) -> None:
        """The edit, on this record, whose fields `check` has to compare."""
        self._edit = edit

    async def check(self) -> None:
        """Read again unless this is fresh. Raises Outdated when a field of the edit has moved.

        That something else, a look at an unconfirmed save say, read the record since then may have
        shown it already.
        """
        base = self.activity
        newest = self._services.monotonic_reads.newest(base.id)
        if newest is not None and self._has_moved(newest.in_zone(base.zone)):
            raise Outdated(*base.update_target)
        if self.is_fresh:
            return
        try:
            now, renewals = await _read(base, self._services, background=self._background)
        except AtzError as error:
            self.error = error
            raise Outdated(*base.update_target) from None
        if self._has_moved(now) or renewals != self.renewals or base.is_same_record(now) is False:
            raise Outdated(*base.update_target)
        self._mark_fresh()

    def _has_moved(self, now: Activity) -> bool:
        base = Edit(self.activity)
        return any(not base.has_same_value(Edit(now), name) for name in self._edit.pending)

    def _mark_fresh(self) -> None:
        self._at = self._services.clock()


def require_same_record(
    shown: Activity, fresh: Activity, services: Services, renewals: int
) -> None:
    """Raises NotSent with Cause.DIFFERENT_RECORD when these are two records, as far as is known.

    `renewals` is `AtzClient.token_renewals` when `shown` was read. Where ATZ does not tell by what
    to know a record and the token is another by now, only one that holds the same is the same.
    """
    is_same = shown.is_same_record(fresh)
    if is_same is None and services.client.token_renewals != renewals:
        is_same = shown.values == fresh.in_zone(shown.zone).values
    if is_same is False:
        raise _other_record_error(shown)


def _other_record_error(base: Activity) -> NotSent:
    return NotSent(*base.update_target, cause=Cause.DIFFERENT_RECORD)


async def _read(
    base: Activity, services: Services, *, slots: int = 1, background: bool
) -> tuple[Activity, int]:
    """The record as it is now, and the client's `token_renewals` of the token that read it.

    Where another one was typed meanwhile, for this request or another, nothing tells which of the
    two has read it: it is read once more.
    """
    while True:
        renewals = services.client.token_renewals
        body = await services.client.get_activity(base.id, slots=slots, background=background)
        if services.client.token_renewals == renewals:
            read = await parse_activity(body, base.zone)
            return services.monotonic_reads.latest(read), renewals
