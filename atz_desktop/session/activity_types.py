"""The account's list of activity types, where ATZ answers for it.

That "Get Activity Types" exists is documented, its path is not (ATZ_API.md): it is tried once a day
at `api.requests.TYPES_PATH` and taken if it answers; all else is learned from activities.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from atz_desktop.api.errors import AtzError, Rejected, Unauthorized
from atz_desktop.session.name_extraction import name_from_type
from atz_desktop.store.errors import StoreError

if TYPE_CHECKING:
    from atz_desktop.session.known_names import KnownNames
    from atz_desktop.session.services import Services

LAST_FETCH_KEY = "types asked on"


async def fetch_types(services: Services, lookups: KnownNames, now: datetime | None = None) -> None:
    """Ask for the list unless that was done today (UTC). Every failure is silent."""
    today = (now or datetime.now(UTC)).date().isoformat()
    try:
        if await services.names.get_note(services.account, LAST_FETCH_KEY) == today:
            return
        try:
            page = await services.client.list_types(background=True)
        except Unauthorized:
            return  # says nothing of the path: it is tried again with the next token
        except Rejected:
            await services.names.set_note(services.account, LAST_FETCH_KEY, today)
            return
        names = [name for name in map(name_from_type, page.items) if name is not None]
        lookups.add_names(names)
        lookups.names_learned.emit()
        await services.names.learn(services.account, names)
        await services.names.set_note(services.account, LAST_FETCH_KEY, today)
    except (AtzError, StoreError):
        return
