"""Opening an activity: the record, the draft laid over it, and what earlier saves left open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from atz_desktop.domain.activity import Activity
from atz_desktop.domain.codec import draft_from
from atz_desktop.domain.edit import Change, Edit
from atz_desktop.domain.history import Entry
from atz_desktop.domain.merge import Conflict, merge
from atz_desktop.domain.values import LocalFile
from atz_desktop.session.settling import settle_with
from atz_desktop.store.errors import StoreError

if TYPE_CHECKING:
    from atz_desktop.session.services import Services


@dataclass(frozen=True)
class Opened:
    """What to show: the edit (with a draft's changes, if there was one) and what to say about it.

    `moved` and `conflicts` are what changed in ATZ under the draft. `typed` maps a field's name
    to text that was typed but was no value yet. `lost_file` is a chosen file that is gone.
    """

    edit: Edit
    typed: Mapping[str, str] = field(default_factory=dict)
    restored: bool = False
    moved: tuple[Change, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    settled: tuple[Entry, ...] = ()
    lost_file: Path | None = None
    store_problem: str | None = None


async def open_activity(activity_id: int, zone: str, services: Services) -> Opened:
    """Read an activity and lay this computer's draft of it on top.

    Raises AtzError when the activity cannot be read. A store that cannot be read never stops it.
    """
    body = await services.client.get_activity(activity_id)
    fresh = Activity.read(body, zone)
    settled = await settle_with(fresh, services)
    try:
        stored = await services.drafts.get(services.account, activity_id, services.owner)
        draft = draft_from(stored.draft) if stored else None
    except StoreError as error:
        return Opened(Edit(fresh), settled=settled, store_problem=error.words)
    except ValueError:
        return Opened(Edit(fresh), settled=settled, store_problem="It is kept as it is.")
    if draft is None or draft.empty:
        return Opened(Edit(fresh), settled=settled)
    merged = merge(draft.edit.in_zone(zone), fresh)
    edit, lost = _without_lost_file(merged.undecided)
    return Opened(edit, draft.typed, True, merged.taken, merged.conflicts, settled, lost_file=lost)


def _without_lost_file(edit: Edit) -> tuple[Edit, Path | None]:
    chosen = edit.pending.get("attachment")
    if not isinstance(chosen, LocalFile):
        return edit, None
    try:
        found = chosen.path.stat()
    except OSError:
        return edit.without("attachment"), chosen.path
    now = LocalFile(chosen.path, found.st_size, found.st_mtime_ns)
    return edit.with_value("attachment", now), None
