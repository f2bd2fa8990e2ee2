"""What each activity was at any moment of the last minutes, for reads that lag behind writes."""

from __future__ import annotations

from collections.abc import Iterable

from atz_desktop.sandbox.validation import Record

HISTORY_SECONDS = 600.0
"""Seconds for which the past is known; older reads show the oldest state that is still known."""

Version = tuple[float, Record | None]
"""Since when an activity is so; None: it is not there."""


class Timeline:
    """Activities over time. Records are kept as they are handed in, and never changed."""

    def __init__(self, activities: Iterable[Record] = ()) -> None:
        self._versions: dict[int, list[Version]] = {}
        for activity in activities:
            self.begin(activity)

    def begin(self, activity: Record) -> None:
        """The activity was always so."""
        self._versions[activity["id"]] = [(float("-inf"), activity)]

    def change(self, activity_id: int, activity: Record | None, since: float) -> None:
        """From this moment on it is so, which is not before its last change."""
        versions = self._versions.setdefault(activity_id, [(float("-inf"), None)])
        versions.append((since, activity))
        while versions[1][0] < since - HISTORY_SECONDS:
            del versions[0]

    def at(self, moment: float) -> dict[int, Record]:
        """The activities that were there at this moment, by their IDs."""
        found = {number: self.one_at(number, moment) for number in sorted(self._versions)}
        return {number: activity for number, activity in found.items() if activity is not None}

    def one_at(self, activity_id: int, moment: float) -> Record | None:
        """The activity as it was at this moment."""
        versions = self._versions.get(activity_id, [])
        then = [activity for since, activity in versions if since <= moment]
        return then[-1] if then else versions[0][1] if versions else None
