"""Opening an activity: the record, the draft laid over it, and what earlier saves left open.

A draft's file is looked at on a thread of its own, since a drive may take its time. `Prefetch`
reads the activity that will most likely be opened next, so that it is there at once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import field, replace
from enum import Enum
from functools import partial
from threading import Thread
from typing import TYPE_CHECKING, NamedTuple

from atz_desktop.api.errors import AtzError
from atz_desktop.api.rate_limiter import RESERVE
from atz_desktop.domain.activity import Activity
from atz_desktop.domain.edit import Change, Edit
from atz_desktop.domain.history import JournalEntry
from atz_desktop.domain.merge import Conflict, merge, rebase_on_own_saves
from atz_desktop.domain.quick_dataclass import dataclass
from atz_desktop.domain.serialize import load_draft
from atz_desktop.session.jobs import offload_if_many
from atz_desktop.session.journal_entries import BaseReading, saves_from_base
from atz_desktop.session.reconcile import pending_entries, reconcile_activity
from atz_desktop.store.errors import StoreError

if TYPE_CHECKING:
    from pathlib import Path

    from atz_desktop.domain.values import LocalFile
    from atz_desktop.session.jobs import Jobs
    from atz_desktop.session.services import Services

FILE_TIMEOUT = 2.0
"""Seconds that the load of an activity waits for a drive that does not answer."""
PREFETCH_MAX_AGE = 5.0
"""Seconds for which what was read ahead is shown as the record is now. A save reads it again in any
case."""
_OTHER_RECORD = (
    "They were made on another activity of this number, which belongs to another ATZ account."
)


@dataclass(frozen=True)
class LoadResult:
    """What to show: the edit (with a draft's changes, if there was one) and what to say about it.

    `has_draft` says that a draft is on this computer, `restored` that something of it is not in ATZ
    yet: after a crash in the middle of a save, all of it may have arrived. `remote_changes` and
    `conflicts` are what changed in ATZ under the draft. `unparsed` maps a field's name to text that
    was typed but was no value yet. `lost_file` is a chosen file that is gone or changed. `reading`
    is what the edit stands on. `draft_error` is why the disk did not tell whether there is a draft.
    """

    edit: Edit
    reading: BaseReading = field(default_factory=BaseReading)
    unparsed: Mapping[str, str] = field(default_factory=dict)
    has_draft: bool = False
    restored: bool = False
    remote_changes: tuple[Change, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    settled: tuple[JournalEntry, ...] = ()
    lost_file: LostFile | None = None
    store_problem: str | None = None
    draft_error: StoreError | None = None


class CurrentRecord(NamedTuple):
    """An activity as it stands now; `settled` are the earlier saves whose outcome it showed.

    `unsettled` has the journal's numbers of those whose outcome it did not show: known by now or
    not, they may not stand in it.
    """

    activity: Activity
    settled: tuple[JournalEntry, ...]
    unsettled: frozenset[int]


async def read_activity(
    activity_id: int, zone: str, services: Services, *, background: bool = False
) -> CurrentRecord:
    """Read an activity. Raises AtzError when that fails."""
    pending: list[JournalEntry] = []
    with suppress(StoreError):
        pending = await pending_entries(services, activity_id)
    renewals = services.client.token_renewals
    fresh = await services.fetch_activity(activity_id, zone, background=background)
    settled = await reconcile_activity(fresh, services, renewals)
    left = {entry.id for entry in pending} - {entry.id for entry in settled}
    return CurrentRecord(fresh, settled, frozenset(left))


async def restore_draft(record: CurrentRecord, services: Services) -> LoadResult:
    """Lay this computer's draft on the activity. A store that cannot be read never stops it."""
    fresh, settled, _ = record
    try:
        stored = await services.drafts.get(services.account, fresh.id)
        draft = (
            await offload_if_many(fresh.people_count, partial(load_draft, stored.draft))
            if stored
            else None
        )
        saves = await saves_from_base(draft.base_key, services) if draft else []
    except StoreError as error:
        return LoadResult(Edit(fresh), settled=settled, draft_error=error)
    except ValueError:
        return await _without_draft(record, services, "They could not be read.")
    if draft and draft.edit.base.is_same_record(fresh) is False:
        return await _without_draft(record, services, _OTHER_RECORD)
    if draft is None or draft.is_empty:
        return LoadResult(Edit(fresh), settled=settled)
    services.monotonic_reads.supersede(draft.edit.base, fresh)
    merged = merge(rebase_on_own_saves(draft.edit.in_zone(fresh.zone), saves, fresh), fresh)
    edit, lost = await _without_lost_file(merged.with_open_conflicts)
    seen_open = [replace(s, outcome=None) if s.id in record.unsettled else s for s in saves]
    return LoadResult(
        edit,
        BaseReading(draft.base_key, draft.sending).after_reading(seen_open),
        draft.unparsed,
        has_draft=True,
        restored=edit.dirty or lost is not None or any(draft.unparsed.values()),
        remote_changes=merged.remote_changes,
        conflicts=merged.conflicts,
        settled=settled,
        lost_file=lost,
    )


async def _without_draft(record: CurrentRecord, services: Services, why: str) -> LoadResult:
    """Let go of the draft, or what is typed from now on would take its place."""
    fresh = record.activity
    with suppress(StoreError):
        await services.drafts.quarantine(services.account, fresh.id)
    return LoadResult(
        Edit(fresh), settled=record.settled, store_problem=f"{why} They are kept as they are."
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


class FileState(Enum):
    """What is in the place of a chosen file now."""

    SAME = "the file that was chosen"
    CHANGED = "another file, or it was written to"
    GONE = "nothing, or nothing that can be looked at"
    SILENT = "the drive does not answer"


class LostFile(NamedTuple):
    """A chosen file that must be chosen again, and why."""

    path: Path
    state: FileState


async def check_file(file: LocalFile, patience: float = FILE_TIMEOUT) -> FileState:
    """Whether the file is still the one that was chosen. Raises nothing.

    The thread is a daemon: a drive that never answers must not keep the program from ending.
    """
    found: Future[FileState] = Future()
    found.set_running_or_notify_cancel()
    Thread(target=_look, args=(file, found), name="chosen file", daemon=True).start()
    waiting = asyncio.wrap_future(found)
    await asyncio.wait([waiting], timeout=patience)
    return waiting.result() if waiting.done() else FileState.SILENT


def _look(file: LocalFile, found: Future[FileState]) -> None:
    try:
        status = file.path.stat()
    except (OSError, ValueError):
        found.set_result(FileState.GONE)
    else:
        found.set_result(FileState.SAME if file.is_unchanged(status) else FileState.CHANGED)


class _Prefetched(NamedTuple):
    """A record, the clock before it was asked for, and `AtzClient.token_renewals` then."""

    record: CurrentRecord
    at: float
    renewals: int


class Prefetch:
    """One activity at a time, in the background, as long as requests are left for the user."""

    def __init__(self, services: Services, jobs: Jobs) -> None:
        self._services = services
        self._jobs = jobs
        self._wanted: int | None = None
        self._found: _Prefetched | None = None

    def start(self, activity_id: int, zone: str) -> None:
        """Read this activity, in place of another one; `zone` as in `read_activity`."""
        self._wanted = self._found = None
        if self._services.client.rate_limiter.available() > RESERVE:
            self._wanted = activity_id
            self._jobs.start("prefetch", self._read(activity_id, zone))

    async def take(self, activity_id: int, zone: str) -> CurrentRecord | None:
        """The record, once, if it was read just now; None: it is to be read."""
        if self._wanted != activity_id:
            return None
        await self._jobs.wait("prefetch")
        found, self._wanted, self._found = self._found, None, None
        if found is None or found.record.activity.zone != zone:
            return None
        client, latest = self._services.client, self._services.monotonic_reads.latest
        is_young = self._services.clock() - found.at <= PREFETCH_MAX_AGE
        is_same_token = found.renewals == client.token_renewals
        is_newest = latest(found.record.activity) is found.record.activity
        return found.record if is_young and is_same_token and is_newest else None

    async def _read(self, activity_id: int, zone: str) -> None:
        at, renewals = self._services.clock(), self._services.client.token_renewals
        with suppress(AtzError):  # the load itself says what is wrong
            record = await read_activity(activity_id, zone, self._services, background=True)
            self._found = _Prefetched(record, at, renewals)
