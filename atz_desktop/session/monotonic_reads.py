"""Reads of one activity never go back in time, although ATZ may answer from a replica that lags.

ATZ_API.md, "Risks learned": the old value was read for up to about 30 s after a write.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

from atz_desktop.domain.activity import Activity
from atz_desktop.domain.edit import Edit

MAX_LAG = 120.0
"""Seconds for which a version that a newer one took the place of is taken for a lagging read."""

MAX_ACTIVITIES = 200
"""Activities whose versions are remembered; a version has a few KiB."""


class MonotonicReads:
    """The versions of activities that were read lately. `clock` gives seconds.

    A version is what one read showed: every field, and `updated_at`, which has whole seconds
    (ATZ_API.md). Without it, or within one second, nothing tells an old version from a colleague
    who put the old values back: every read counts then.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._latest: OrderedDict[int, Activity] = OrderedDict()
        self._superseded: dict[int, list[tuple[float, Activity]]] = {}

    def latest(self, read: Activity) -> Activity:
        """The newest version that is known: this one, unless it is known to be an earlier one."""
        now, known = self._clock(), self._latest.get(read.id)
        if self.is_other_record(read):
            return read
        old = [each for each in self._superseded.get(read.id, ()) if now - each[0] < MAX_LAG]
        if known is not None and any(_is_same_version(read, each) for _, each in old):
            return known.in_zone(read.zone)
        if known is not None and _is_later_version(read, known):
            self._superseded[read.id] = [*old, (now, known)]
        self._latest[read.id] = read
        self._latest.move_to_end(read.id)
        while len(self._latest) > MAX_ACTIVITIES:
            forgotten, _ = self._latest.popitem(last=False)
            self._superseded.pop(forgotten, None)
        return read

    def newest(self, activity_id: int) -> Activity | None:
        """The newest version that any read has shown so far."""
        return self._latest.get(activity_id)

    def is_other_record(self, read: Activity) -> bool:
        """Whether it is known that this is another account's, as after a new token."""
        known = self._latest.get(read.id)
        return known is not None and known.is_same_record(read) is False

    def supersede(self, earlier: Activity, read: Activity) -> None:
        """Remember a version of an earlier run, as its draft tells it, if `read` is a later one."""
        if _is_later_version(read, earlier):
            self._superseded.setdefault(read.id, []).append((self._clock(), earlier))


def _is_later_version(one: Activity, other: Activity) -> bool:
    return bool(one.updated_at and other.updated_at and one.updated_at > other.updated_at)


def _is_same_version(one: Activity, other: Activity) -> bool:
    if one.updated_at is None or one.updated_at != other.updated_at:
        return False
    mine, theirs = Edit(one), Edit(other.in_zone(one.zone))
    return all(mine.has_same_value(theirs, field.name) for field in mine.record_type.fields)
