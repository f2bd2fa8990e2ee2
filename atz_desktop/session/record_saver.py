"""Saving from the form: what changed, or an earlier save that is put back."""

from __future__ import annotations

import logging
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from atz_desktop.api.errors import AtzError
from atz_desktop.domain.edit import Edit
from atz_desktop.domain.history import JournalEntry, Outcome
from atz_desktop.session import messages
from atz_desktop.session.after_save import after_save
from atz_desktop.session.base_reading import BaseReading, saves_from_base_or_none
from atz_desktop.session.fresh_read import require_same_record
from atz_desktop.session.notices import error_notice
from atz_desktop.session.phase import Phase
from atz_desktop.session.restore import restore_request
from atz_desktop.session.save_request import SaveRequest, SaveResult, SaveStop
from atz_desktop.session.saving import save_edit

if TYPE_CHECKING:
    from atz_desktop.api.multipart import Upload
    from atz_desktop.session.record_loader import RecordLoader
    from atz_desktop.session.record_session import RecordSession

_log = logging.getLogger(__name__)


class RecordSaver:
    """The saves of a record session: one at a time, in the form's name."""

    def __init__(self, session: RecordSession, loader: RecordLoader) -> None:
        self._session = session
        self._loader = loader
        self._upload: Upload | None = None
        self._stop: SaveStop | None = None
        self._result: SaveResult | None = None
        """Of the last save; None as long as nothing was tried."""

    async def save(self, *, review: bool) -> None:
        """Save what changed; with `review` the user looks through it first."""
        session = self._session
        if session.edit is None:
            return
        edit, reason = session.lookups.with_names(session.edit), None
        if review:
            reviewed = await session.prompts.review(edit)
            if reviewed is None:
                return
            if reviewed.edit != edit:
                session.model.push(reviewed.edit)
            edit, reason = reviewed.edit, reviewed.reason
        by_default = session.model.state is not None and session.model.state.mails_nobody_by_default
        await self._send(SaveRequest(edit, reason=reason, mails_nobody_by_default=by_default))

    async def save_to_leave(self, *, in_save: bool, confirmed: bool = True) -> bool:
        """Save; whether nothing is left that the user should see before they go on.

        `in_save`: this is awaited in the job of a save. Unless it has to be `confirmed`, a save may
        be one that is looked up later; what it sent stays as a draft until then.
        """
        session, self._result = self._session, None
        if in_save:
            await self.save(review=session.review_first)
        else:
            await session.wait_saved()  # of the history, which may have begun one meanwhile
            session.save()
            await session.wait_saved()
        result = self._result
        outcome = result.outcome if result else None
        if result and outcome is Outcome.UNKNOWN and not confirmed:
            return not result.without_journal and self._holds_only(result)
        return not session.state.dirty and outcome in {None, Outcome.VERIFIED}

    def _holds_only(self, result: SaveResult) -> bool:
        """Whether nothing was typed since that save began."""
        form = self._session.model.state
        return (
            form is not None
            and not any(form.unparsed.values())
            and all(
                name in result.unconfirmed and form.edit.has_same_value(result.sent, name)
                for name in form.edit.pending
            )
        )

    async def restore(self, entry: JournalEntry, names: frozenset[str] | None) -> None:
        """Put an earlier save back, or the fields in `names`; its activity is loaded if need be."""
        request = await self._restore_request(entry, names)
        if request is not None:
            await self._send(request)

    def stop(self) -> None:
        """Give up the save before it leaves, or else the sending of its file; that works until the
        last of it was handed over.
        """
        stopped = self._stop is not None and self._stop.request()
        if self._upload is not None and not stopped:
            self._upload.stop()

    async def _restore_request(
        self, entry: JournalEntry, names: frozenset[str] | None
    ) -> SaveRequest | None:
        session = self._session
        if not self._shows(entry):
            left = await session.confirm_leave(in_save=True)
            if not left or await session.shown_elsewhere(entry.activity_id):
                return None
            await self._loader.load(entry.activity_id)
        if session.activity is None or not self._shows(entry):
            return None
        try:
            request = await restore_request(
                entry, names, session.services, session.prompts, session.model.zone
            )
            if request is not None:
                require_same_record(
                    session.activity, request.edit.base, session.services, session.renewals
                )
        except AtzError as error:
            session.notified.emit(error_notice(error, "Nothing was put back"))
            return None
        return request

    def _shows(self, entry: JournalEntry) -> bool:
        activity = self._session.activity
        return activity is not None and activity.id == entry.activity_id

    async def _send(self, request: SaveRequest) -> None:
        session = self._session
        before, self._loader.failed_id = session.edit, None
        # What was said of the last save must not be taken for an answer to this one.
        session.show_notice(None)
        session.set_phase(Phase.SAVING, "Saving…", can_stop=True)
        self._upload = self._create_upload(request.edit)
        self._stop = SaveStop(partial(session.update, can_stop=False))
        request = replace(
            request,
            renewals=session.renewals,
            upload=self._upload,
            base_key=session.reading.key,
            entry_key=session.reading.entry_key,
            on_step=self._show_progress,
            stop=self._stop,
        )
        if request.undoes is None:
            session.reading = session.reading.with_fields(request.edit.pending)
        reading = session.reading
        own = await saves_from_base_or_none(reading.key, session.services)
        try:
            result, after = await self._send_and_record(request, own)
        finally:
            self._upload = self._stop = None
            session.set_phase(Phase.READY, upload_progress=None, can_stop=False)
        session.reading = after
        self._show_result(request.edit, result, before, own, reading.seen)

    async def _send_and_record(
        self, request: SaveRequest, own: list[JournalEntry]
    ) -> tuple[SaveResult, BaseReading]:
        """What became of the save, and what the form stands on now; `own` are the earlier saves."""
        session, reading = self._session, self._session.reading
        # Should the program end in the middle, the draft must not be older than the save.
        await session.drafts.flush()
        if session.drafts.is_stale:  # an older draft is no part of this save
            session.reading = reading.with_other_key()
            request = replace(request, entry_key=session.reading.entry_key)
        result = await save_edit(request, session.services, session.prompts)
        if result.outcome in {None, Outcome.NOT_SENT}:
            session.reading = reading
        after = await self._reading_after_save(request, result, own)
        if result.fresh is not None:
            await session.record_visit(result.fresh, saved=result.applied)
        return result, after

    async def _reading_after_save(
        self, request: SaveRequest, result: SaveResult, own: list[JournalEntry]
    ) -> BaseReading:
        """What the form stands on after a save; `own` are the earlier ones as they were before."""
        reading = self._session.reading
        if result.sent.base is request.edit.base:  # it could not be read
            return reading
        if result.outcome is Outcome.UNKNOWN:
            return reading.with_seen(own)
        after, earlier = reading.after_reading(own), {save.id for save in own}
        saves = await saves_from_base_or_none(after.key, self._session.services)
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
        session, self._result = self._session, result
        _log.info("saving ended: %s", result.outcome.value if result.outcome else "nothing sent")
        session.saved.emit(sent.base.id, result)
        now, zone = session.edit, session.model.zone
        if now is None or before is None:
            return
        # Another zone may be chosen by now.
        update = after_save(now, before.in_zone(zone), sent.in_zone(zone), result, own, seen=seen)
        session.model.rebase(*update)
        session.loaded.emit(update.edit.base)
        session.show_saved(messages.after_saving(result), result.outcome)

    def _show_progress(self, text: str) -> None:
        session = self._session
        if session.state.phase is Phase.SAVING:
            session.update(progress_text=text)

    def _create_upload(self, edit: Edit) -> Upload | None:
        from atz_desktop.api.multipart import Upload

        return Upload(self._on_progress) if edit.new_file is not None else None

    def _on_progress(self, done: int, total: int) -> None:
        self._session.update(upload_progress=(done, total))
