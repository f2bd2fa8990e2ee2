"""Reading an activity into the form: another one, or the same one again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import TYPE_CHECKING

from atz_desktop.api.errors import AtzError, NotFound
from atz_desktop.domain.activity import Activity
from atz_desktop.domain.edit import Edit
from atz_desktop.domain.merge import merge, rebase_on_own_saves
from atz_desktop.session import messages
from atz_desktop.session.form_model import ALL_FIELDS
from atz_desktop.session.journal_entries import saves_from_base_or_empty
from atz_desktop.session.notices import error_notice
from atz_desktop.session.opening import LoadResult, read_activity, restore_draft
from atz_desktop.session.phase import Phase
from atz_desktop.session.reads import require_same_record

if TYPE_CHECKING:
    from atz_desktop.session.record_context import RecordContext
    from atz_desktop.session.record_saver import RecordSaver


class RecordLoader:
    """One load at a time; a newer one takes the place of one that is under way."""

    def __init__(self, context: RecordContext, saver: RecordSaver) -> None:
        self._context = context
        self._saver = saver
        self._load_count = 0

    async def open(self, activity_id: int, *, keep_draft: bool) -> None:
        """Show another activity, unless another window has it, or the user wants to stay."""
        context = self._context
        await context.wait_saved()
        if await self._may_open(activity_id, keep_draft=keep_draft):
            await self.load(activity_id)
        else:
            context.stayed.emit()

    async def load(self, activity_id: int) -> None:
        """Show another activity, whatever is shown now."""
        await self._run(activity_id, self._read_and_show(activity_id))

    async def reload(self, activity_id: int) -> None:
        """Read the shown activity again; what was typed stays on top."""
        await self._run(activity_id, self._read_and_merge(activity_id))

    async def _may_open(self, activity_id: int, *, keep_draft: bool) -> bool:
        context = self._context
        if await context.shown_elsewhere(activity_id):
            return False
        if not await self._saver.confirm_leave(keep_draft=keep_draft):
            return False
        # While it was asked, a save may have been put back from the history.
        await context.wait_saved()
        return not await context.shown_elsewhere(activity_id)

    async def _run(self, activity_id: int, work: Awaitable[None]) -> None:
        context = self._context
        self._load_count += 1
        this, context.failed_load_id = self._load_count, None
        text = f"Loading activity {activity_id}…"
        context.set_phase(Phase.OPENING, text, loading_id=activity_id)
        try:
            await work
        except AtzError as error:
            context.failed_load_id = activity_id
            if isinstance(error, NotFound):
                context.missing.emit(activity_id)
            context.notified.emit(error_notice(error, f"Activity {activity_id} was not loaded"))
        finally:
            # Of a read that a newer one replaced, the end says nothing.
            if this == self._load_count:
                phase = Phase.READY if context.state.form_state else Phase.EMPTY
                context.set_phase(phase, loading_id=None)

    async def _read_and_show(self, activity_id: int) -> None:
        context, services = self._context, self._context.services
        renewals = services.client.token_renewals
        zone = context.model.zone
        record = await context.prefetch.take(activity_id, zone)
        if record is None:
            record = await read_activity(activity_id, zone, services)
        while True:
            # What was typed while the answer was on its way waits as a draft, too.
            await context.drafts.flush()
            opened = await restore_draft(record, services)
            if not context.drafts.is_pending:
                break
        if context.report_unwritten_draft():
            return
        context.renewals = renewals
        self._show(opened)
        # A job of its own: it is noted that the activity was seen, too, where it is left at once.
        visit = f"visit {self._load_count}"
        context.jobs.start(visit, self._note_visit(opened), finish=True)
        await context.jobs.wait(visit)

    async def _note_visit(self, opened: LoadResult) -> None:
        context = self._context
        await asyncio.sleep(0)  # what is shown is painted before anything else is done with it
        before = context.lookups.revision
        unnoted = await context.record_visit(opened.edit.base)
        context.visited.emit()
        if context.lookups.revision != before:
            context.lookups.names_learned.emit()
        if unnoted is not None and messages.after_opening(opened) is None:
            context.notified.emit(unnoted)

    def _show(self, opened: LoadResult) -> None:
        context = self._context
        context.reading = opened.reading
        context.drafts.reset(
            opened.edit.base.id, opened.has_draft, unread=opened.draft_error is not None
        )
        context.model.load(opened.edit, opened.unparsed)  # in its zone, which may be another by now
        context.loaded.emit(opened.edit.base)
        context.opened.emit(opened.edit.base)
        context.show_notice(messages.after_opening(opened))

    async def _read_and_merge(self, activity_id: int) -> None:
        context, reading = self._context, self._context.reading
        renewals = context.services.client.token_renewals
        own = await saves_from_base_or_empty(reading.key, context.services)
        fresh = await context.services.fetch_activity(activity_id, context.model.zone)
        if context.edit is None:
            return
        now = context.edit
        require_same_record(now.base, fresh, context.services.client, context.renewals)
        context.renewals = renewals
        context.reading = reading.after_reading(own)
        known = rebase_on_own_saves(now, own, fresh, reading.seen)
        merged = merge(known, fresh)
        context.model.rebase(merged.with_open_conflicts, _changed_fields(now.base, known.base))
        context.loaded.emit(fresh)
        context.show_notice(messages.after_reload(merged))


def _changed_fields(old: Activity, new: Activity) -> list[str]:
    return [name for name in ALL_FIELDS if not Edit(old).has_same_value(Edit(new), name)]
