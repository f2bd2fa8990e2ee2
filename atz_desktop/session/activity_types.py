"""The account's list of activity types, where ATZ answers for it.

That "Get Activity Types" exists is documented, its path is not (ATZ_API.md): it is tried once a day
at `api.requests.TYPES_PATH` and taken if it answers; all else is learned from activities.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from atz_desktop.api.errors import AtzError, Rejected
from atz_desktop.session.name_extraction import name_of_type
from atz_desktop.store.errors import StoreError

if TYPE_CHECKING:
    from atz_desktop.session.lookups import Lookups
    from atz_desktop.session.services import Services

TOPIC = "types asked on"


async def ask_types(services: Services, lookups: Lookups, now: datetime | None = None) -> None:
    """Ask for the list unless that was done today (UTC). Every failure is silent."""
    today = (now or datetime.now(UTC)).date().isoformat()
    try:
        if await services.directory.get_note(services.account, TOPIC) == today:
            return
        try:
            page = await services.client.list_types(background=True)
        except Rejected:
            await services.directory.set_note(services.account, TOPIC, today)
            return
        names = [name for name in map(name_of_type, page.items) if name is not None]
        lookups.take(names)
        lookups.learned.emit()
        await services.directory.learn(services.account, names)
        await services.directory.set_note(services.account, TOPIC, today)
    except (AtzError, StoreError):
        return
