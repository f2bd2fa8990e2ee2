"""Opening an activity: the record, the draft laid over it, and what earlier saves left open."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from atz_desktop.domain.activity import Activity
from atz_desktop.domain.edit import Change, Edit
from atz_desktop.domain.history import JournalEntry, rebase_on_own_saves
from atz_desktop.domain.merge import Conflict, merge
from atz_desktop.domain.serialize import load_draft
from atz_desktop.session.chosen_file import FileState, LostFile, check_file
from atz_desktop.session.journal_entries import new_base_key, saves_from_base
from atz_desktop.session.reconcile import reconcile_activity
from atz_desktop.store.errors import StoreError

if TYPE_CHECKING:
    from atz_desktop.session.services import Services

_OTHER_RECORD = (
    "They were made on another activity of this number, which belongs to another ATZ account."
)


@dataclass(frozen=True)
class LoadResult:
    """What to show: the edit (with a draft's changes, if there was one) and what to say about it.

    `has_draft` says that a draft is on this computer, `restored` that something of it is not in ATZ
    yet: after a crash in the middle of a save, all of it may have arrived. `remote_changes` and
    `conflicts` are what changed in ATZ under the draft. `raw_text` maps a field's name to text that
    was typed but was no value yet. `lost_file` is a chosen file that is gone or changed.
    `base_key`: see serialize.Draft. `draft_error` is why the disk did not tell whether there is a
    draft.
    """

    edit: Edit
    base_key: str = field(default_factory=new_base_key)
    raw_text: Mapping[str, str] = field(default_factory=dict)
    has_draft: bool = False
    restored: bool = False
    remote_changes: tuple[Change, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    settled: tuple[JournalEntry, ...] = ()
    lost_file: LostFile | None = None
    store_problem: str | None = None
    draft_error: StoreError | None = None


async def read_activity(
    activity_id: int, zone: str, services: Services
) -> tuple[Activity, tuple[JournalEntry, ...]]:
    """The activity as it stands now, and its earlier saves that this settled.

    Raises AtzError when the activity cannot be read.
    """
    body = await services.client.get_activity(activity_id)
    fresh = services.monotonic_reads.latest(Activity.from_response(body, zone))
    return fresh, await reconcile_activity(fresh, services)


async def restore_draft(
    fresh: Activity, settled: tuple[JournalEntry, ...], services: Services
) -> LoadResult:
    """Lay this computer's draft on the activity. A store that cannot be read never stops it."""
    try:
        stored = await services.drafts.get(services.account, fresh.id)
        draft = load_draft(stored.draft) if stored else None
        saves = await saves_from_base(draft.base_key, services) if draft else []
    except StoreError as error:
        return LoadResult(Edit(fresh), settled=settled, draft_error=error)
    except ValueError:
        return await _without_draft(fresh, settled, services, "They could not be read.")
    if draft and draft.edit.base.is_same_record(fresh) is False:
        return await _without_draft(fresh, settled, services, _OTHER_RECORD)
    if draft is None or draft.is_empty:
        return LoadResult(Edit(fresh), settled=settled)
    services.monotonic_reads.supersede(draft.edit.base, fresh)
    merged = merge(rebase_on_own_saves(draft.edit.in_zone(fresh.zone), saves, fresh), fresh)
    edit, lost = await _without_lost_file(merged.with_open_conflicts)
    open_saves = any(not save.settled for save in saves)
    return LoadResult(
        edit,
        draft.base_key if open_saves else new_base_key(),
        draft.unparsed,
        has_draft=True,
        restored=edit.dirty or lost is not None or any(draft.unparsed.values()),
        remote_changes=merged.remote_changes,
        conflicts=merged.conflicts,
        settled=settled,
        lost_file=lost,
    )


async def _without_draft(
    fresh: Activity, settled: tuple[JournalEntry, ...], services: Services, why: str
) -> LoadResult:
    """Let go of the draft, or what is typed from now on would take its place."""
    with suppress(StoreError):
        await services.drafts.quarantine(services.account, fresh.id)
    return LoadResult(
        Edit(fresh), settled=settled, store_problem=f"{why} They are kept as they are."
    )


async def _without_lost_file(edit: Edit) -> tuple[Edit, LostFile | None]:
    """Without a file that is no longer the one that was chosen: it would be sent as if it were.

    Where the drive does not answer it stays chosen: before it is sent it is compared once more.
    """
    name, chosen = edit.record_type.attachment, edit.new_file
    if name is None or chosen is None:
        return edit, None
    state = await check_file(chosen)
    if state in {FileState.SAME, FileState.SILENT}:
        return edit, None
    return edit.without(name), LostFile(chosen.path, state)
