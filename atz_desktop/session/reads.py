"""Reading an activity: never an earlier version than before, and just before a PUT a fresh one.

A replica of ATZ may lag (ATZ_API.md, "Risks learned"): the old value was read for up to about 30 s
after a write. And ATZ has no If-Match ("Limits and errors"): whatever holds a PUT up, a question, a
rate limit, a new token, a sleeping computer or a long file, leads to another read just before it
leaves.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from atz_desktop.api.errors import AtzError, Cause, NotSent, Outdated
from atz_desktop.domain.activity import Activity
from atz_desktop.domain.edit import Edit
from atz_desktop.session.jobs import offload_if_many

if TYPE_CHECKING:
    from atz_desktop.api.client import AtzClient

MAX_LAG = 60.0
"""Seconds for which a read that equals a superseded version counts as lagging.

Twice the lag that was seen. Once ATZ's clock was set, stamps tell the newer of two versions
wrongly: so the last look at a save that is not confirmed (`CHECK_DELAYS`) believes what it reads.
"""

MAX_ACTIVITIES = 200
"""Activities whose versions are remembered; a version has a few KiB."""

MAX_AGE = 1.0
"""Seconds for which a read counts as fresh. A PUT follows its read in milliseconds."""


async def parse_activity(body: Mapping[str, Any], zone: str) -> Activity:
    """`Activity.from_response`, on a thread where it is long."""
    attendees = body.get("attendees")
    lists = [*attendees.values()] if isinstance(attendees, Mapping) else []
    lists.append(body.get("collaborators"))
    people = sum(len(each) for each in lists if isinstance(each, list))
    return await offload_if_many(people, lambda: Activity.from_response(body, zone))


class MonotonicReads:
    """The versions of activities that were read lately. `clock` gives seconds.

    A version is what one read showed: every field, and `updated_at`, which has whole seconds
    (ATZ_API.md). Without it, or within one second, nothing tells an old version from a colleague
    who put the old values back: every read counts then. A read that is not known, but has an
    earlier stamp than another, may lag behind (`may_lag`), or come after a clock was set back.
    Where ATZ does not tell by what to know a record, none that another token has read is compared:
    it may be another account's. `renewals` gives `AtzClient.token_renewals`.
    """

    def __init__(self, clock: Callable[[], float], renewals: Callable[[], int] = lambda: 0) -> None:
        self.clock = clock
        self._renewals = renewals
        self._read_with: dict[int, int] = {}
        """By activity: what `renewals` gave when its latest version was read."""
        self._latest: OrderedDict[int, Activity] = OrderedDict()
        self._superseded: dict[int, list[tuple[float, Activity]]] = {}
        self._stamps: dict[int, tuple[float, datetime]] = {}
        """By activity: the latest `updated_at` that was read, and when it was read last."""

    def latest(self, read: Activity) -> Activity:
        """The newest version that is known: this one, unless it is known to be an earlier one."""
        newest = self.newest_for(read)
        if newest is not read or self.is_other_record(read):
            return newest
        known = self._latest.get(read.id)
        if known is not None and _is_later_version(read, known):
            self._superseded[read.id] = [
                *self._recently_superseded(read.id),
                (self.clock(), known),
            ]
        self._note_stamp(read)
        self._latest[read.id], self._read_with[read.id] = read, self._renewals()
        self._latest.move_to_end(read.id)
        while len(self._latest) > MAX_ACTIVITIES:
            self._forget(next(iter(self._latest)))
        return read

    def newest_for(self, answer: Activity) -> Activity:
        """What `latest` returns, without remembering `answer`: no read has shown it yet."""
        self._forget_unknown(answer)
        known = self._latest.get(answer.id)
        if known is None or self.is_other_record(answer):
            return answer
        old = self._recently_superseded(answer.id)
        is_old = any(_is_same_version(answer, each) for _, each in old)
        return known.in_zone(answer.zone) if is_old else answer

    def newest(self, activity_id: int) -> Activity | None:
        """The newest version that any read has shown so far."""
        return self._latest.get(activity_id)

    def is_other_record(self, read: Activity) -> bool:
        """Whether it is known that this is another account's, as after a new token."""
        known = self._latest.get(read.id)
        return known is not None and known.is_same_record(read) is False

    def may_lag(self, read: Activity) -> bool:
        """Whether a read with a later stamp was made lately: what this one shows may be old."""
        if read.updated_at is None or read.id not in self._stamps:
            return False
        at, stamp = self._stamps[read.id]
        return self.clock() - at < MAX_LAG and read.updated_at < stamp

    def supersede(self, earlier: Activity, read: Activity) -> None:
        """Remember a version of an earlier run, as its draft tells it, if `read` is a later one."""
        if _is_later_version(read, earlier):
            self._superseded.setdefault(read.id, []).append((self.clock(), earlier))

    def _forget_unknown(self, read: Activity) -> None:
        """Forget the known version if the token changed and nothing shows it is this record."""
        known = self._latest.get(read.id)
        is_unknown = known is not None and known.is_same_record(read) is None
        if is_unknown and self._read_with[read.id] != self._renewals():
            self._forget(read.id)

    def _forget(self, activity_id: int) -> None:
        for each in (self._latest, self._superseded, self._stamps, self._read_with):
            each.pop(activity_id, None)

    def _recently_superseded(self, activity_id: int) -> list[tuple[float, Activity]]:
        now = self.clock()
        return [each for each in self._superseded.get(activity_id, ()) if now - each[0] < MAX_LAG]

    def _note_stamp(self, read: Activity) -> None:
        if read.updated_at is not None and not self.may_lag(read):
            self._stamps[read.id] = (self.clock(), read.updated_at)


def _is_later_version(one: Activity, other: Activity) -> bool:
    return bool(one.updated_at and other.updated_at and one.updated_at > other.updated_at)


def _is_same_version(one: Activity, other: Activity) -> bool:
    if one.updated_at is None or one.updated_at != other.updated_at:
        return False
    mine, theirs = Edit(one), Edit(other.in_zone(one.zone))
    return all(mine.has_same_value(theirs, field.name) for field in mine.record_type.fields)


class FreshRead:
    """The record as just read; `check` is the precondition of the PUT that follows.

    `renewals` is the client's `token_renewals` of the token that read it. `error` is why the record
    could not be read again, after a check that failed for that reason.
    """

    def __init__(
        self,
        activity: Activity,
        client: AtzClient,
        reads: MonotonicReads,
        renewals: int,
        *,
        background: bool,
    ) -> None:
        self.activity = activity
        self.renewals = renewals
        self.error: AtzError | None = None
        self._edit = Edit(activity)
        self._client = client
        self._reads = reads
        self._background = background
        self._mark_fresh()

    @classmethod
    async def read(
        cls,
        base: Activity,
        client: AtzClient,
        reads: MonotonicReads,
        renewals: int,
        *,
        background: bool,
    ) -> FreshRead:
        """Read the record of `base`, which was read when the client had `renewals` renewals.

        Raises AtzError; NotSent with Cause.DIFFERENT_RECORD when that number is another record now.
        """
        # The rate limiter must have room for the PUT as well, or it would wait and be outdated.
        fresh, renewals_now = await _read(base, client, reads, slots=2, background=background)
        require_same_record(base, fresh, client, renewals)
        return cls(fresh, client, reads, renewals_now, background=background)

    @property
    def is_fresh(self) -> bool:
        """Whether a PUT may leave without another read."""
        age = self._reads.clock() - self._at
        return age <= MAX_AGE and self._client.token_renewals == self.renewals

    def set_edit(self, edit: Edit) -> None:
        """The edit, on this record, whose fields `check` has to compare."""
        self._edit = edit

    async def check(self) -> None:
        """Read again unless this is fresh. Raises Outdated when a field of the edit has moved.

        Another read since then (a look-up, say) may have shown that already; then nothing is read.
        """
        base = self.activity
        newest = self._reads.newest(base.id)
        if newest is not None and self._has_moved(newest.in_zone(base.zone)):
            raise Outdated(*base.update_target)
        if self.is_fresh:
            return
        try:
            now, renewals = await _read(
                base, self._client, self._reads, background=self._background
            )
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
        self._at = self._reads.clock()


def require_same_record(shown: Activity, fresh: Activity, client: AtzClient, renewals: int) -> None:
    """Raises NotSent with Cause.DIFFERENT_RECORD when these are two records, as far as is known.

    `renewals` is `AtzClient.token_renewals` when `shown` was read. Where ATZ does not tell by what
    to know a record and the token is another by now, only one that holds the same is the same.
    """
    is_same = shown.is_same_record(fresh)
    if is_same is None and client.token_renewals != renewals:
        is_same = shown.values == fresh.in_zone(shown.zone).values
    if is_same is False:
        raise NotSent(*shown.update_target, cause=Cause.DIFFERENT_RECORD)


async def _read(
    base: Activity, client: AtzClient, reads: MonotonicReads, *, slots: int = 1, background: bool
) -> tuple[Activity, int]:
    """The record as it is now, and the client's `token_renewals` of the token that read it.

    Where another one was typed meanwhile, for this request or another, nothing tells which of the
    two has read it: it is read once more.
    """
    while True:
        renewals = client.token_renewals
        body = await client.get_activity(base.id, slots=slots, background=background)
        if client.token_renewals == renewals:
            read = await parse_activity(body, base.zone)
            return reads.latest(read), renewals
