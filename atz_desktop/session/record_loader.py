"""Reading an activity into the form: another one, or the same one again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import TYPE_CHECKING

from atz_desktop.api.errors import AtzError, NotFound
from atz_desktop.domain.activity import Activity
from atz_desktop.domain.edit import Edit
from atz_desktop.domain.history import rebase_on_own_saves
from atz_desktop.domain.merge import merge
from atz_desktop.session import messages
from atz_desktop.session.base_reading import saves_from_base_or_none
from atz_desktop.session.form_model import ALL_FIELDS
from atz_desktop.session.fresh_read import require_same_record
from atz_desktop.session.monotonic_reads import fetch_activity
from atz_desktop.session.notices import error_notice
from atz_desktop.session.opening import LoadResult, read_activity, restore_draft
from atz_desktop.session.phase import Phase

if TYPE_CHECKING:
    from atz_desktop.session.record_session import RecordSession


class RecordLoader:
    """The loads of a record session. Of a load that fails, `failed_id` is what was asked for."""

    def __init__(self, session: RecordSession) -> None:
        self._session = session
        self._load_count = 0
        self.failed_id: int | None = None

    async def open(self, activity_id: int, *, keep_draft: bool) -> None:
        """Show another activity, unless another window has it, or the user wants to stay."""
        session = self._session
        await session.wait_saved()
        if await self._may_open(activity_id, keep_draft=keep_draft):
            await self.load(activity_id)
        else:
            session.stayed.emit()

    async def load(self, activity_id: int) -> None:
        """Show another activity, whatever is shown now."""
        await self._run(activity_id, self._read_and_show(activity_id))

    async def reload(self, activity_id: int) -> None:
        """Read the shown activity again; what was typed stays on top."""
        await self._run(activity_id, self._read_and_merge(activity_id))

    async def _may_open(self, activity_id: int, *, keep_draft: bool) -> bool:
        session = self._session
        if await session.shown_elsewhere(activity_id):
            return False
        if not await session.confirm_leave(keep_draft=keep_draft):
            return False
        # While it was asked, a save may have been put back from the history.
        await session.wait_saved()
        return not await session.shown_elsewhere(activity_id)

    async def _run(self, activity_id: int, work: Awaitable[None]) -> None:
        session = self._session
        self._load_count += 1
        this, self.failed_id = self._load_count, None
        text = f"Loading activity {activity_id}…"
        session.set_phase(Phase.OPENING, text, loading_id=activity_id)
        try:
            await work
        except AtzError as error:
            self.failed_id = activity_id
            if isinstance(error, NotFound):
                session.missing.emit(activity_id)
            session.notified.emit(error_notice(error, f"Activity {activity_id} was not loaded"))
        finally:
            # Of a read that a newer one replaced, the end says nothing.
            if this == self._load_count:
                phase = Phase.READY if session.state.form_state else Phase.EMPTY
                session.set_phase(phase, loading_id=None)

    async def _read_and_show(self, activity_id: int) -> None:
        session, services = self._session, self._session.services
        renewals = services.client.token_renewals
        zone = session.model.zone
        record = await session.prefetch.take(activity_id, zone)
        if record is None:
            record = await read_activity(activity_id, zone, services)
        while True:
            # What was typed while the answer was on its way waits as a draft, too.
            await session.drafts.flush()
            opened = await restore_draft(record, services)
            if not session.drafts.is_pending:
                break
        if session.report_unwritten_draft():
            return
        session.renewals = renewals
        self._show(opened)
        # A job of its own: it is noted that the activity was seen, too, where it is left at once.
        visit = f"visit {self._load_count}"
        session.jobs.start(visit, self._note_visit(opened), finish=True)
        await session.jobs.wait(visit)

    async def _note_visit(self, opened: LoadResult) -> None:
        session = self._session
        await asyncio.sleep(0)  # what is shown is painted before anything else is done with it
        before = session.lookups.revision
        unnoted = await session.record_visit(opened.edit.base)
        session.visited.emit()
        if session.lookups.revision != before:
            session.lookups.names_learned.emit()
        if unnoted is not None and messages.after_opening(opened) is None:
            session.notified.emit(unnoted)

    def _show(self, opened: LoadResult) -> None:
        session = self._session
        session.reading = opened.reading
        session.drafts.reset(
            opened.edit.base.id, opened.has_draft, unread=opened.draft_error is not None
        )
        session.model.load(opened.edit, opened.unparsed)  # in its zone, which may be another by now
        session.loaded.emit(opened.edit.base)
        session.opened.emit(opened.edit.base)
        session.show_notice(messages.after_opening(opened))

    async def _read_and_merge(self, activity_id: int) -> None:
        session, reading = self._session, self._session.reading
        renewals = session.services.client.token_renewals
        own = await saves_from_base_or_none(reading.key, session.services)
        fresh = await fetch_activity(activity_id, session.model.zone, session.services)
        if session.edit is None:
            return
        now = session.edit
        require_same_record(now.base, fresh, session.services, session.renewals)
        session.renewals = renewals
        session.reading = reading.after_reading(own)
        known = rebase_on_own_saves(now, own, fresh, reading.seen)
        merged = merge(known, fresh)
        session.model.rebase(merged.with_open_conflicts, _changed_fields(now.base, known.base))
        session.loaded.emit(fresh)
        session.show_notice(messages.after_reload(merged))


def _changed_fields(old: Activity, new: Activity) -> list[str]:
    return [name for name in ALL_FIELDS if not Edit(old).has_same_value(Edit(new), name)]
