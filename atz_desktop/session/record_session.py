"""The work on one activity: opening, reading again, saving and putting back."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from atz_desktop.api.errors import AtzError
from atz_desktop.domain.activity import Activity
from atz_desktop.domain.edit import Edit
from atz_desktop.domain.history import JournalEntry, Outcome, rebase_on_own_saves
from atz_desktop.domain.merge import merge
from atz_desktop.domain.serialize import Draft
from atz_desktop.session import messages
from atz_desktop.session.after_save import after_reconciling, after_save
from atz_desktop.session.autosave import Autosave
from atz_desktop.session.base_reading import BaseReading
from atz_desktop.session.deferred_save import DeferredSave
from atz_desktop.session.form_model import ALL_FIELDS, FormModel
from atz_desktop.session.form_state import FormState
from atz_desktop.session.fresh_read import require_same_record
from atz_desktop.session.journal_entries import saves_from_base_or_none
from atz_desktop.session.lookups import Lookups
from atz_desktop.session.notices import Level, Notice, error_notice
from atz_desktop.session.opening import LoadResult, read_activity, restore_draft
from atz_desktop.session.record_state import Phase, RecordState, SaveState
from atz_desktop.session.restore import restore_request
from atz_desktop.session.saving import SaveRequest, SaveResult, save_edit
from atz_desktop.session.services import Prompts, Services, UnsavedChoice
from atz_desktop.session.unconfirmed import UnconfirmedSaves

if TYPE_CHECKING:
    from atz_desktop.api.client import Upload
    from atz_desktop.session.jobs import Jobs
    from atz_desktop.store.errors import StoreError

_log = logging.getLogger(__name__)


class RecordSession(QObject):
    """One window's work on an account, one activity at a time: from sign-in to sign-out.

    What needs the server is asked for here, in tasks of the scope `jobs`. `form` holds what is
    shown; it belongs to the window.
    """

    changed = Signal(object)
    """The RecordState, whenever anything of it is another."""
    settled = Signal(object)
    """Journal entries of the account whose outcome was found out here."""
    notified = Signal(object)
    """A Notice to show, or None: the last one has been dealt with."""
    notice_withdrawn = Signal(object)
    """A Notice that no longer holds: if it is still shown, it goes."""
    loaded = Signal(object)
    """The Activity that is shown from now on, or the same one as it was read again."""
    opened = Signal(object)
    """The same, after `loaded`, where it was asked for by its ID."""
    leaving = Signal()
    """The user may go elsewhere: what is half typed is to be taken over now."""
    stayed = Signal()
    """An activity was asked for, and what is shown stays."""

    def __init__(
        self,
        services: Services,
        form: FormModel,
        lookups: Lookups,
        jobs: Jobs,
        prompts: Prompts,
    ) -> None:
        super().__init__()
        self.services = services
        self.form = form
        self.lookups = lookups
        self.jobs = jobs
        self.state = RecordState()
        self.review_first = False
        self.shown_elsewhere: Callable[[int], Awaitable[bool]] = _shown_nowhere
        """Brings the window forward that has this activity, if another one has it."""
        self._prompts = prompts
        self._upload: Upload | None = None
        self._failed_id: int | None = None
        self._outcome: Outcome | None = None
        """Of the last save; None as long as nothing was sent."""
        self._not_confirmed: Notice | None = None
        self._renewals = 0
        self._load_count = 0
        self._heard: list[JournalEntry] = []
        self._reading = BaseReading()
        self._draft_notice: Notice | None = None
        self._drafts = Autosave(jobs, services, self._current_draft)
        self._drafts.failed.connect(self._on_draft_failed)
        self._drafts.recovered.connect(self._on_draft_recovered)
        self._unconfirmed = UnconfirmedSaves(
            jobs, services, lambda: self.form.zone, self._on_reconciled
        )
        self._unconfirmed.changed.connect(self._show_next_check)
        self.deferred_save = DeferredSave(jobs, lookups, form)
        self.deferred_save.changed.connect(self._show_wait)
        self.deferred_save.noticed.connect(self.notified)
        form.changed.connect(self._on_form_changed)

    @property
    def edit(self) -> Edit | None:
        """The edit as the form shows it; None while no activity is shown."""
        return self.state.edit

    @property
    def activity(self) -> Activity | None:
        """The record as it was last read."""
        return self.state.activity

    def _update(self, **changes: Any) -> None:
        self.state = self.state._replace(**changes)
        self.changed.emit(self.state)

    def _on_form_changed(self, form: FormState | None) -> None:
        self._drafts.schedule()
        if form is not None and self.activity is not form.activity:
            check_in = self._unconfirmed.seconds_to_next_check(form.activity.id)
            self._update(form=form, check_in=check_in)
        else:
            self._update(form=form)

    def _set_phase(self, phase: Phase, progress_text: str = "", **changes: Any) -> None:
        self._update(phase=phase, progress_text=progress_text, **changes)
        shown = self.activity.id if self.activity else None
        _log.info("%s, activity %s", phase.value, self.state.loading_id or shown)

    def _show_progress(self, text: str) -> None:
        """Say what is being waited for, while something is under way."""
        if self.state.phase in {Phase.OPENING, Phase.SAVING}:
            self._update(progress_text=text)

    def _show_wait(self, text: str) -> None:
        self._update(waits_for=text)

    def _show_next_check(self) -> None:
        activity = self.activity
        check_in = self._unconfirmed.seconds_to_next_check(activity.id) if activity else None
        self._update(check_in=check_in)

    # Drafts

    @property
    def draft_error(self) -> StoreError | None:
        """Why what is typed is not on the disk, if it was tried and is not."""
        return self._drafts.problem if self.state.dirty else None

    async def rewrite_draft(self) -> None:
        """Put on disk what is to be kept, into a file that was made anew."""
        await self._drafts.rewrite()

    async def keep_draft(self) -> bool:
        """Put on disk what is typed; False where that fails, which is said."""
        await self._drafts.flush()
        return not self._report_unwritten_draft()

    async def close(self) -> None:
        """End what is under way (a save is finished), put on disk what is not there yet, and start
        nothing from now on.
        """
        self.deferred_save.give_up()
        await self.jobs.drain()
        await self._drafts.close()
        self.form.changed.disconnect(self._on_form_changed)
        await self.jobs.close()

    def _current_draft(self) -> Draft | None:
        form = self.form.state
        if form is None:
            return None
        return Draft(form.edit, form.unparsed, self._reading.key, self._reading.sending)

    def _on_draft_failed(self, error: StoreError) -> None:
        self._draft_notice = messages.draft_not_saved(error)
        self.notified.emit(self._draft_notice)

    def _on_draft_recovered(self) -> None:
        self.notice_withdrawn.emit(self._draft_notice)

    def _show_notice(self, notice: Notice | None) -> None:
        """Show a notice, and aside that of a draft that is still not on the disk."""
        self.notified.emit(notice)
        if self._drafts.problem is not None:
            self.notified.emit(self._draft_notice)

    # Opening

    def open(self, activity_id: int) -> None:
        """Load an activity; a newer load replaces this one. Asks first if typing would be lost."""
        self.jobs.start("open", self._open(activity_id))

    def retry(self) -> None:
        """Do once more what failed last: the load, or else the save."""
        if self._failed_id is None:
            self.save()
        elif self.activity is not None and self.activity.id == self._failed_id:
            self.reload()
        else:
            self.open(self._failed_id)

    @property
    def load_failed(self) -> bool:
        """Whether the last load failed, so that `retry` would load."""
        return self._failed_id is not None

    def cancel_load(self) -> None:
        """Give up a load that is under way."""
        self.jobs.cancel("open")

    def reload(self) -> None:
        """Read the activity again; what was typed stays on top."""
        if self.activity is not None and self.state.phase is Phase.READY:
            self.deferred_save.give_up()
            self.jobs.start("open", self._reload(self.activity.id))

    async def confirm_leave(self, *, in_save: bool = False) -> bool:
        """Ask what to do with unsaved changes, if there are any; False: stay.

        `in_save`: it is the job of a save that asks, and no other can begin.
        """
        answer = UnsavedChoice.KEEP_DRAFT
        self.deferred_save.give_up()
        self.leaving.emit()
        form = self.form.state
        if form is not None and form.dirty:
            edit = self.lookups.with_names(form.edit)
            answer = await self._prompts.unsaved_changes(edit, form.unparsed)
        if answer is UnsavedChoice.DISCARD:
            self._reading = BaseReading()  # nothing of it is to come back after a save
            self.form.revert_all()
        stays = answer is UnsavedChoice.STAY
        if stays or (answer is UnsavedChoice.SAVE and not await self._save_to_leave(in_save)):
            return False
        return await self.keep_draft()

    async def _save_to_leave(self, in_save: bool) -> bool:
        """Save; whether nothing is left that the user should see before they go on."""
        self._outcome = None
        if in_save:
            await self._save(self.review_first)
        else:
            await self.jobs.wait("save")  # of the history, which may have begun one meanwhile
            self.save()
            await self.jobs.wait("save")
        return not self.state.dirty and self._outcome in {None, Outcome.VERIFIED}

    def _report_unwritten_draft(self) -> bool:
        """Whether what is typed is not on the disk, because that failed; then it is said."""
        if self.draft_error is not None:
            self._on_draft_failed(self.draft_error)
        return self.draft_error is not None

    async def _open(self, activity_id: int) -> None:
        await self.jobs.wait("save")
        if await self._may_open(activity_id):
            await self._run_load(activity_id, self._load(activity_id))
        else:
            self.stayed.emit()

    async def _may_open(self, activity_id: int) -> bool:
        if await self.shown_elsewhere(activity_id) or not await self.confirm_leave():
            return False
        # While it was asked, a save may have been put back from the history.
        await self.jobs.wait("save")
        return not await self.shown_elsewhere(activity_id)

    async def _load(self, activity_id: int) -> None:
        services = self.services
        renewals = services.client.token_renewals
        record = await read_activity(activity_id, self.form.zone, services)
        while True:
            # What was typed while the answer was on its way waits as a draft, too.
            await self._drafts.flush()
            opened = await restore_draft(record, services)
            if not self._drafts.is_pending:
                break
        if self._report_unwritten_draft():
            return
        self._renewals = renewals
        self._show_loaded(opened)
        await asyncio.sleep(0)  # what is shown is painted before anything else is done with it
        before = self.lookups.revision
        unnoted = await messages.record_visit(services, self.lookups, opened.edit.base)
        if self.lookups.revision != before:
            self.lookups.names_learned.emit()
        if unnoted is not None and messages.after_opening(opened) is None:
            self.notified.emit(unnoted)

    async def _reload(self, activity_id: int) -> None:
        await self._run_load(activity_id, self._reload_and_merge(activity_id))

    async def _reload_and_merge(self, activity_id: int) -> None:
        renewals, reading = self.services.client.token_renewals, self._reading
        own = await saves_from_base_or_none(reading.key, self.services)
        fresh = await self._fetch(activity_id)
        if self.edit is None:
            return
        now = self.edit
        require_same_record(now.base, fresh)
        self._renewals = renewals
        self._reading = reading.after_reading(own)
        known = rebase_on_own_saves(now, own, fresh, reading.seen)
        merged = merge(known, fresh)
        self.form.rebase(merged.with_open_conflicts, _changed_fields(now.base, known.base))
        self.loaded.emit(fresh)
        self._show_notice(messages.after_reload(merged))

    async def _fetch(self, activity_id: int) -> Activity:
        body = await self.services.client.get_activity(activity_id)
        return self.services.monotonic_reads.latest(Activity.from_response(body, self.form.zone))

    async def _run_load(self, activity_id: int, work: Any) -> None:
        self._load_count += 1
        this, self._failed_id = self._load_count, None
        text = f"Loading activity {activity_id}…"
        self._set_phase(Phase.OPENING, text, loading_id=activity_id)
        try:
            await work
        except AtzError as error:
            self._failed_id = activity_id
            self.notified.emit(error_notice(error, f"Activity {activity_id} was not loaded"))
        finally:
            # Of a read that a newer one replaced, the end says nothing.
            if this == self._load_count:
                phase = Phase.READY if self.state.form else Phase.EMPTY
                self._set_phase(phase, loading_id=None)

    def _show_loaded(self, opened: LoadResult) -> None:
        self._reading = opened.reading
        self._drafts.reset(opened.edit.base.id, opened.has_draft, opened.draft_error is not None)
        self.form.load(opened.edit, opened.raw_text)  # in the zone of now: it may be another one
        self.loaded.emit(opened.edit.base)
        self.opened.emit(opened.edit.base)
        self._show_notice(messages.after_opening(opened))

    # Saves that are not confirmed

    def start_reconciling(self, at_once: bool = True) -> None:
        """Look up saves that are not confirmed, again and again until their outcome is known."""
        self._unconfirmed.start(at_once=at_once)

    async def reconcile_once(self) -> int:
        """Look once; the number of saves whose outcome is still not known."""
        return await self._unconfirmed.reconcile_once()

    def on_settled_elsewhere(self, entries: tuple[JournalEntry, ...]) -> None:
        """Another window of the account found out what became of these saves."""
        self._heard += [each for each in entries if self._concerns(each)]
        if self._heard and not self.jobs.running("settled"):
            self.jobs.start("settled", self._apply_settled_elsewhere())

    async def _apply_settled_elsewhere(self) -> None:
        while entries := tuple(each for each in self._heard if self._concerns(each)):
            self._heard.clear()
            await self._apply_reconciled(entries)
            self._notify_reconciled(entries)

    async def wait_saved(self, max_seconds: float | None = None) -> bool:
        """Wait until no save is under way, at most `max_seconds`; whether none is."""
        await self.jobs.wait("save", max_seconds)
        return not self.jobs.running("save")

    async def wait_idle(self) -> None:
        """Wait until nothing is saved or opened, and neither is begun meanwhile."""
        while self.jobs.running("save") or self.jobs.running("open"):
            await self.jobs.wait("save")
            await self.jobs.wait("open")

    @property
    def is_reconciling(self) -> bool:
        """Whether saves that are not confirmed are looked up, now or at the next interval."""
        return self.jobs.running("look up")

    def _concerns(self, entry: JournalEntry) -> bool:
        return self.activity is not None and self.activity.id == entry.activity_id

    async def _on_reconciled(self, entries: tuple[JournalEntry, ...]) -> None:
        self.settled.emit(entries)
        await self._apply_reconciled(entries)
        self._notify_reconciled(entries)

    def _notify_reconciled(self, entries: tuple[JournalEntry, ...]) -> None:
        """Aside: it comes by itself, and must not replace the result of a later save."""
        if self._not_confirmed is not None:
            self.notice_withdrawn.emit(self._not_confirmed)
        told = messages.after_reconciling(entries)
        self.notified.emit(replace(told, aside=True, persistent=told.level is Level.WARNING))

    async def _apply_reconciled(self, entries: tuple[JournalEntry, ...]) -> None:
        """Show what became of saves of this activity; what was typed stays on top.

        What stands in fields that were saved from this form is no colleague's change.
        """
        while self.state.phase in {Phase.OPENING, Phase.SAVING}:
            await self.jobs.wait("save")
            await self.jobs.wait("open")
        activity = self.activity
        mine = [each for each in entries if activity and each.activity_id == activity.id]
        if activity is None or not mine:
            return
        reading = self._reading
        with suppress(AtzError):
            saves = await saves_from_base_or_none(reading.key, self.services)
            fresh = await self._fetch(activity.id)
            require_same_record(activity, fresh)
            edit = self.edit if self.state.phase is Phase.READY else None
            # Else the form was read again meanwhile, in the knowledge of what is settled.
            if edit is not None and self._reading is reading:
                own = [e for e in mine if reading.has(e) and e.id not in reading.seen]
                self._reading = reading.after_reading(saves)
                self.form.rebase(*after_reconciling(edit, fresh, own, saves))
                self.loaded.emit(fresh)

    # Saving

    def save(self, review: bool = False) -> None:
        """Save what changed; with `review` (or when so set) the person looks through it first."""
        if self.state.save_state is SaveState.READY:
            self.jobs.start("save", self._save(review or self.review_first), finish=True)

    def restore(self, entry: JournalEntry, names: frozenset[str] | None = None) -> None:
        """Put an earlier save back, or only the fields in `names`; it is a save like any other.

        Values that moved on since are asked about; what is typed at other fields stays.
        """
        if self.state.phase in {Phase.EMPTY, Phase.READY}:
            self.deferred_save.give_up()
            self.jobs.start("save", self._restore(entry, names), finish=True)

    def cancel_upload(self) -> None:
        """Stop sending a file; it works until the last of it was handed over."""
        if self._upload is not None:
            self._upload.stop()

    async def _save(self, review: bool) -> None:
        if self.edit is None:
            return
        edit, reason = self.lookups.with_names(self.edit), None
        if review:
            reviewed = await self._prompts.review(edit)
            if reviewed is None:
                return
            if reviewed.edit != edit:
                self.form.push(reviewed.edit)
            edit, reason = reviewed.edit, reviewed.reason
        await self._send(SaveRequest(edit, reason=reason))

    async def _restore(self, entry: JournalEntry, names: frozenset[str] | None) -> None:
        if self.activity is None or self.activity.id != entry.activity_id:
            left = await self.confirm_leave(in_save=True)
            if not left or await self.shown_elsewhere(entry.activity_id):
                return
            await self._run_load(entry.activity_id, self._load(entry.activity_id))
            if self.activity is None or self.activity.id != entry.activity_id:
                return
        try:
            order = await restore_request(
                entry, names, self.services, self._prompts, self.form.zone
            )
            if order is not None:
                require_same_record(self.activity, order.edit.base)
        except AtzError as error:
            self.notified.emit(error_notice(error, "Nothing was put back"))
            return
        if order is not None:
            await self._send(order)

    async def _send(self, order: SaveRequest) -> None:
        services = self.services
        before, self._failed_id = self.edit, None
        # What was said of the last save must not be taken for an answer to this one.
        self._show_notice(None)
        self._set_phase(Phase.SAVING, "Saving…")
        self._upload = self._create_upload(order.edit)
        order = replace(
            order,
            renewals=self._renewals,
            upload=self._upload,
            base_key=self._reading.key,
            entry_key=self._reading.entry_key,
            on_step=self._show_progress,
        )
        if order.undoes is None:
            self._reading = self._reading.with_fields(order.edit.pending)
        reading = self._reading
        own = await saves_from_base_or_none(reading.key, services)
        try:
            # Should the program end in the middle, the draft must not be older than the save.
            await self._drafts.flush()
            if self._drafts.is_stale:  # an older draft is no part of this save
                self._reading = reading.with_other_key()
                order = replace(order, entry_key=self._reading.entry_key)
            saved = await save_edit(order, services, self._prompts)
            if saved.outcome in {None, Outcome.NOT_SENT}:
                self._reading = reading
            after = await self._reading_after_save(order, saved, own)
            if saved.fresh is not None:
                await messages.record_visit(services, self.lookups, saved.fresh, saved.applied)
        finally:
            self._upload = None
            self._set_phase(Phase.READY, upload_progress=None)
        self._reading = after
        self._apply_save_result(order.edit, saved, before, own, reading.seen)

    async def _reading_after_save(
        self, order: SaveRequest, saved: SaveResult, own: list[JournalEntry]
    ) -> BaseReading:
        """What the form stands on after a save; `own` are the earlier ones as they were before."""
        if saved.sent.base is order.edit.base:  # it could not be read
            return self._reading
        if saved.outcome is Outcome.UNKNOWN:
            return self._reading.with_seen(own)
        after, earlier = self._reading.after_reading(own), {save.id for save in own}
        saves = await saves_from_base_or_none(after.key, self.services)
        return after.with_seen(save for save in saves if save.id not in earlier)

    def _apply_save_result(
        self,
        ordered: Edit,
        saved: SaveResult,
        before: Edit | None,
        own: list[JournalEntry],
        seen: frozenset[int],
    ) -> None:
        """Show what the server answered; what was typed or put back since `before` stays on top."""
        self._outcome = saved.outcome
        _log.info("saving ended: %s", saved.outcome.value if saved.outcome else "nothing sent")
        now, zone = self.edit, self.form.zone
        if now is None or before is None:
            return
        # Another zone may be chosen by now.
        update = after_save(now, before.in_zone(zone), ordered.in_zone(zone), saved, own, seen=seen)
        self.form.rebase(*update)
        self.loaded.emit(update.edit.base)
        told = messages.after_saving(saved)
        self._show_notice(told)
        if saved.outcome is Outcome.UNKNOWN:
            self._not_confirmed = told
            self.start_reconciling(at_once=False)

    def _create_upload(self, edit: Edit) -> Upload | None:
        from atz_desktop.api.client import Upload

        return Upload(self._on_progress) if edit.new_file is not None else None

    def _on_progress(self, done: int, total: int) -> None:
        self._update(upload_progress=(done, total))


async def _shown_nowhere(_activity_id: int) -> bool:
    return False


def _changed_fields(old: Activity, new: Activity) -> list[str]:
    return [name for name in ALL_FIELDS if not Edit(old).has_same_value(Edit(new), name)]
