"""Work that grows with the people of an activity: on a thread where there are many.

A few people take microseconds, less than it takes to get to a thread and back. 5,000 would hold the
window for several frames at each of these steps.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from atz_desktop.domain.activity import Activity

T = TypeVar("T")

MANY = 300
"""People of one activity, of all kinds; they take about two milliseconds at each step."""


async def parse_activity(body: Mapping[str, Any], zone: str) -> Activity:
    """`Activity.from_response`, on a thread where it is long."""
    attendees = body.get("attendees")
    lists = [*attendees.values()] if isinstance(attendees, Mapping) else []
    lists.append(body.get("collaborators"))
    people = sum(len(each) for each in lists if isinstance(each, list))
    return await _call(people, lambda: Activity.from_response(body, zone))


async def call_for(activity: Activity, work: Callable[[], T]) -> T:
    """Call what takes time for each of the people of this activity; it must be pure."""
    people = sum(len(each) for each in activity.values.values() if isinstance(each, tuple))
    return await _call(people, work)


async def _call(people: int, work: Callable[[], T]) -> T:
    return await asyncio.to_thread(work) if people > MANY else work()
