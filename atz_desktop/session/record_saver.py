"""Saving from the form, and what becomes of unsaved changes when the user goes elsewhere."""

from __future__ import annotations

import logging
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from atz_desktop.domain.edit import Edit
from atz_desktop.domain.history import JournalEntry, Outcome
from atz_desktop.session import messages
from atz_desktop.session.after_save import after_save
from atz_desktop.session.jobs import Stop
from atz_desktop.session.journal_entries import BaseReading, saves_from_base_or_none
from atz_desktop.session.phase import Phase, SaveState
from atz_desktop.session.saving import SaveRequest, SaveResult, save_edit
from atz_desktop.session.services import UnsavedChoice

if TYPE_CHECKING:
    from atz_desktop.api.multipart import Upload
    from atz_desktop.session.reconcile import UnconfirmedSaves
    from atz_desktop.session.record_context import RecordContext
    from atz_desktop.session.settled_saves import SettledSaves

_log = logging.getLogger(__name__)


class RecordSaver:
    """One save at a time, in the form's name. See `saving.save_edit` for its course."""

    def __init__(
        self, context: RecordContext, settled: SettledSaves, unconfirmed: UnconfirmedSaves
    ) -> None:
        self._context = context
        self._settled = settled
        self._unconfirmed = unconfirmed
        self._upload: Upload | None = None
        self._stop: Stop | None = None
        self._result: SaveResult | None = None
        """Of the last save; None as long as nothing was tried."""

    def start(self, *, review: bool = False) -> None:
        """Save what changed; with `review` (or when so set) the user looks through it first."""
        context = self._context
        if context.state.save_state is SaveState.READY:
            work = self._save(review=review or context.review_first)
            context.jobs.start("save", work, finish=True)

    async def confirm_leave(self, *, in_save: bool = False, keep_draft: bool = False) -> bool:
        """Ask what to do with unsaved changes, if there are any; False: stay.

        `in_save`: it is the job of a save that asks, and no other can begin. `keep_draft`: they are
        kept without asking.
        """
        context, answer = self._context, UnsavedChoice.KEEP_DRAFT
        context.deferred_save.give_up()
        context.leaving.emit()
        form = context.model.state
        if form is not None and form.dirty and not keep_draft:
            edit = context.lookups.with_names(form.edit)
            answer = await context.prompts.unsaved_changes(edit, form.unparsed)
        if answer is UnsavedChoice.DISCARD:
            context.reading = BaseReading()  # nothing of it is to come back after a save
            context.model.revert_all()
        if answer is UnsavedChoice.SAVE and not await self.save_to_leave(in_save=in_save):
            return False
        return answer is not UnsavedChoice.STAY and await context.keep_draft()

    async def _save(self, *, review: bool) -> None:
        context = self._context
        if context.edit is None:
            return
        edit, reason = context.lookups.with_names(context.edit), None
        if review:
            reviewed = await context.prompts.review(edit)
            if reviewed is None:
                return
            if reviewed.edit != edit:
                context.model.push(reviewed.edit)
            edit, reason = reviewed.edit, reviewed.reason
        by_default = context.model.state is not None and context.model.state.mails_nobody_by_default
        await self.send(SaveRequest(edit, reason=reason, mails_nobody_by_default=by_default))

    async def save_to_leave(self, *, in_save: bool = False, confirmed: bool = True) -> bool:
        """Save; whether nothing is left that the user should see before they go on.

        `in_save`: this is awaited in the job of a save. Unless it has to be `confirmed`, a save may
        be one that is looked up later; what it sent stays as a draft until then.
        """
        context, self._result = self._context, None
        if in_save:
            await self._save(review=context.review_first)
        else:
            await context.wait_saved()  # of the history, which may have begun one meanwhile
            self.start()
            await context.wait_saved()
        result = self._result
        outcome = result.outcome if result else None
        if result and outcome is Outcome.UNKNOWN and not confirmed:
            return not result.without_journal and self._holds_only(result)
        return not context.state.dirty and outcome in {None, Outcome.VERIFIED}

    def _holds_only(self, result: SaveResult) -> bool:
        """Whether nothing was typed since that save began."""
        form = self._context.model.state
        return (
            form is not None
            and not any(form.unparsed.values())
            and all(
                name in result.unconfirmed and form.edit.has_same_value(result.sent, name)
                for name in form.edit.pending
            )
        )

    def stop(self) -> None:
        """Give up the save before it leaves, or else the sending of its file; that works until the
        last of it was handed over.
        """
        stopped = self._stop is not None and self._stop.request()
        if self._upload is not None and not stopped:
            self._upload.stop()

    async def send(self, request: SaveRequest) -> None:
        """Save what is requested, in the name of the form, and show what became of it."""
        context = self._context
        before, context.failed_load_id = context.edit, None
        # What was said of the last save must not be taken for an answer to this one.
        context.show_notice(None)
        context.set_phase(Phase.SAVING, "Saving…", can_stop=True)
        self._upload = self._create_upload(request.edit)
        self._stop = Stop(partial(context.update, can_stop=False))
        request = replace(
            request,
            renewals=context.renewals,
            upload=self._upload,
            base_key=context.reading.key,
            entry_key=context.reading.entry_key,
            on_step=self._show_progress,
            stop=self._stop,
        )
        if request.undoes is None:
            context.reading = context.reading.with_fields(request.edit.pending)
        reading = context.reading
        own = await saves_from_base_or_none(reading.key, context.services)
        try:
            result, after = await self._send_and_record(request, own)
        finally:
            self._upload = self._stop = None
            context.set_phase(Phase.READY, upload_progress=None, can_stop=False)
        context.reading = after
        self._show_result(request.edit, result, before, own, reading.seen)

    async def _send_and_record(
        self, request: SaveRequest, own: list[JournalEntry]
    ) -> tuple[SaveResult, BaseReading]:
        """What became of the save, and what the form stands on now; `own` are the earlier saves."""
        context, reading = self._context, self._context.reading
        # Should the program end in the middle, the draft must not be older than the save.
        await context.drafts.flush()
        if context.drafts.is_stale:  # an older draft is no part of this save
            context.reading = reading.with_other_key()
            request = replace(request, entry_key=context.reading.entry_key)
        result = await save_edit(request, context.services, context.prompts)
        if result.outcome in {None, Outcome.NOT_SENT}:
            context.reading = reading
        after = await self._reading_after_save(request, result, own)
        if result.fresh is not None:
            await context.record_visit(result.fresh, saved=result.applied)
        return result, after

    async def _reading_after_save(
        self, request: SaveRequest, result: SaveResult, own: list[JournalEntry]
    ) -> BaseReading:
        """What the form stands on after a save; `own` are the earlier ones as they were before."""
        reading = self._context.reading
        if result.sent.base is request.edit.base:  # it could not be read
            return reading
        if result.outcome is Outcome.UNKNOWN:
            return reading.with_seen(own)
        after, earlier = reading.after_reading(own), {save.id for save in own}
        saves = await saves_from_base_or_none(after.key, self._context.services)
        return after.with_seen(save for save in saves if save.id not in earlier)

    def _show_result(
        self,
        sent: Edit,
        result: SaveResult,
        before: Edit | None,
        own: list[JournalEntry],
        seen: frozenset[int],
    ) -> None:
        """Show what the server answered; what was typed or put back since `before` stays on top."""
        context, self._result = self._context, result
        _log.info("saving ended: %s", result.outcome.value if result.outcome else "nothing sent")
        context.saved.emit(sent.base.id, result)
        now, zone = context.edit, context.model.zone
        if now is None or before is None:
            return
        # Another zone may be chosen by now.
        update = after_save(now, before.in_zone(zone), sent.in_zone(zone), result, own, seen=seen)
        context.model.rebase(*update)
        context.loaded.emit(update.edit.base)
        notice = messages.after_saving(result)
        context.show_notice(notice)
        if result.outcome is Outcome.UNKNOWN:
            self._settled.not_confirmed = notice
        if result.outcome is Outcome.UNKNOWN or context.services.journal.has_unwritten:
            self._unconfirmed.start_checking(at_once=False)

    def _show_progress(self, text: str) -> None:
        context = self._context
        if context.state.phase is Phase.SAVING:
            context.update(progress_text=text)

    def _create_upload(self, edit: Edit) -> Upload | None:
        from atz_desktop.api.multipart import Upload

        return Upload(self._on_progress) if edit.new_file is not None else None

    def _on_progress(self, done: int, total: int) -> None:
        self._context.update(upload_progress=(done, total))
