"""What stays of an activity that was seen: its names, and its place among the recent ones."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from atz_desktop.session import messages
from atz_desktop.session.jobs import MANY
from atz_desktop.store.errors import StoreError

if TYPE_CHECKING:
    from atz_desktop.domain.activity import Activity
    from atz_desktop.session.lookups import Lookups
    from atz_desktop.session.notices import Notice
    from atz_desktop.session.services import Services


async def record_visit(
    services: Services, lookups: Lookups, activity: Activity, saved: bool = False
) -> Notice | None:
    """Learn the names of an activity and note that it was seen (or changed) here.

    What to say if the disk does not take them, where nothing else is to be said.
    """
    title = activity.title
    try:
        names = await lookups.learn_from_activity(activity)
        await services.names.learn(services.account, names[:MANY])
        lookups.store_later(names[MANY:])
        note = services.recent.mark_changed if saved else services.recent.mark_loaded
        at = datetime.now(UTC).isoformat()  # two loads within a second keep their order
        await note(services.account, activity.id, title, at)
    except StoreError as error:
        return messages.visit_not_noted(error)
    return None
