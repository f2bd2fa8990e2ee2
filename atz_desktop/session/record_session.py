"""One window's work on one account: its state, its draft on disk, and the commands on it."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from atz_desktop.domain.activity import Activity
from atz_desktop.domain.edit import Edit
from atz_desktop.domain.history import JournalEntry, Outcome
from atz_desktop.domain.serialize import Draft
from atz_desktop.session import messages
from atz_desktop.session.autosave import Autosave
from atz_desktop.session.base_reading import BaseReading
from atz_desktop.session.deferred_save import DeferredSave
from atz_desktop.session.form_model import FormModel
from atz_desktop.session.lookups import Lookups
from atz_desktop.session.notices import Notice
from atz_desktop.session.phase import Phase, SaveState
from atz_desktop.session.prefetch import Prefetch
from atz_desktop.session.record_loader import RecordLoader
from atz_desktop.session.record_saver import RecordSaver
from atz_desktop.session.record_state import RecordState
from atz_desktop.session.services import Prompts, Services, UnsavedChoice
from atz_desktop.session.settled_saves import SettledSaves
from atz_desktop.session.unconfirmed import UnconfirmedSaves
from atz_desktop.store.errors import StoreError

if TYPE_CHECKING:
    from atz_desktop.session.jobs import Jobs

_log = logging.getLogger(__name__)


class RecordSession(QObject):
    """From sign-in to sign-out, one activity at a time.

    Every task that asks the server or the disk for it is in the scope `jobs`. `model` holds what is
    shown; it belongs to the window. How an activity is read, saved and reconciled stands in
    record_loader.py, record_saver.py and settled_saves.py, which call `update` and its kin.
    """

    changed = Signal(object)
    """The RecordState, where more of it is another than the letters of a value."""
    missing = Signal(object)
    """ATZ has no activity of this ID, which was asked for."""
    saved = Signal(object, object)
    """A save ended, or was given up: the activity's ID and the SaveResult."""
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
    visited = Signal()
    """It was written down that an activity was loaded here."""
    leaving = Signal()
    """The user may go elsewhere: what is half typed is to be taken over now."""
    stayed = Signal()
    """An activity was asked for, and what is shown stays."""

    def __init__(
        self,
        services: Services,
        model: FormModel,
        lookups: Lookups,
        jobs: Jobs,
        prompts: Prompts,
    ) -> None:
        super().__init__()
        self.services = services
        self.model = model
        self.lookups = lookups
        self.jobs = jobs
        self.prompts = prompts
        self._state = RecordState()
        self._shown_id: int | None = None
        self.reading = BaseReading()
        self.renewals = 0
        """`AtzClient.token_renewals` when the shown record was read."""
        self.review_first = False
        self.shown_elsewhere: Callable[[int], Awaitable[bool]] = _shown_nowhere
        """Brings the window forward that has this activity, if another one has it."""
        self.drafts = Autosave(jobs, services, self._current_draft)
        self.deferred_save = DeferredSave(jobs, lookups, model)
        self.prefetch = Prefetch(services, jobs)
        self._draft_notice: Notice | None = None
        self._loader = RecordLoader(self)
        self._saver = RecordSaver(self, self._loader)
        self._settled_saves = SettledSaves(self)
        self.unconfirmed_saves = UnconfirmedSaves(
            jobs, services, lambda: self.model.zone, self._settled_saves.show_settled_here
        )
        self._connect_signals()

    @property
    def state(self) -> RecordState:
        """What is shown, and what is under way."""
        return self._state._replace(form_state=self.model.state)

    @property
    def edit(self) -> Edit | None:
        """The edit as the form shows it; None while no activity is shown."""
        return self.state.edit

    @property
    def activity(self) -> Activity | None:
        """The record as it was last read."""
        return self.state.activity

    # Opening

    def open(self, activity_id: int, *, keep_draft: bool = False) -> None:
        """Load an activity; a newer load replaces this one. Asks first what to do with unsaved
        changes, or (with `keep_draft`) keeps them for later.
        """
        self.jobs.start("open", self._loader.open(activity_id, keep_draft=keep_draft))

    def reload(self) -> None:
        """Read the activity again; what was typed stays on top."""
        if self.activity is not None and self.state.can_reload:
            self.deferred_save.give_up()
            self.jobs.start("open", self._loader.reload(self.activity.id))

    def cancel_load(self) -> None:
        """Give up a load that is under way."""
        self.jobs.cancel("open")

    @property
    def load_failed(self) -> bool:
        """Whether the last load failed, so that `retry` would load."""
        return self._loader.failed_id is not None

    def retry(self) -> None:
        """Do once more what failed last: the load, or else the save."""
        failed = self._loader.failed_id
        if failed is None:
            self.save()
        elif self.activity is not None and self.activity.id == failed:
            self.reload()
        else:
            self.open(failed)

    async def confirm_leave(self, *, in_save: bool = False, keep_draft: bool = False) -> bool:
        """Ask what to do with unsaved changes, if there are any; False: stay.

        `in_save`: it is the job of a save that asks, and no other can begin. `keep_draft`: they are
        kept without asking.
        """
        answer = UnsavedChoice.KEEP_DRAFT
        self.deferred_save.give_up()
        self.leaving.emit()
        form = self.model.state
        if form is not None and form.dirty and not keep_draft:
            edit = self.lookups.with_names(form.edit)
            answer = await self.prompts.unsaved_changes(edit, form.unparsed)
        if answer is UnsavedChoice.DISCARD:
            self.reading = BaseReading()  # nothing of it is to come back after a save
            self.model.revert_all()
        if answer is UnsavedChoice.SAVE and not await self._saver.save_to_leave(in_save=in_save):
            return False
        return answer is not UnsavedChoice.STAY and await self.keep_draft()

    # Saving

    def save(self, review: bool = False) -> None:
        """Save what changed; with `review` (or when so set) the user looks through it first."""
        if self.state.save_state is SaveState.READY:
            work = self._saver.save(review=review or self.review_first)
            self.jobs.start("save", work, finish=True)

    async def save_to_go_on(self) -> bool:
        """Save what changed, and wait for it; whether nothing is left that the user should see
        before they go on. What is not confirmed yet is looked up meanwhile.
        """
        if not self.state.dirty:
            return True
        return await self._saver.save_to_leave(in_save=False, confirmed=False)

    def restore(self, entry: JournalEntry, names: frozenset[str] | None = None) -> None:
        """Put an earlier save back, or only the fields in `names`; it is a save like any other.

        Values that moved on since are asked about; what is typed at other fields stays.
        """
        if self.state.phase in {Phase.EMPTY, Phase.READY}:
            self.deferred_save.give_up()
            self.jobs.start("save", self._saver.restore(entry, names), finish=True)

    def stop_save(self) -> None:
        """Give up a save before it leaves, or else the sending of its file."""
        self._saver.stop()

    def show_saved(self, notice: Notice | None, outcome: Outcome | None) -> None:
        """Say how a save ended; while that is not known, or not on the disk, go on with it."""
        self.show_notice(notice)
        if outcome is Outcome.UNKNOWN:
            self._settled_saves.not_confirmed = notice
        if outcome is Outcome.UNKNOWN or self.services.journal.has_unwritten:
            self.unconfirmed_saves.start_checking(at_once=False)

    async def wait_saved(self, max_seconds: float | None = None) -> bool:
        """Wait until no save is under way, at most `max_seconds`; whether none is."""
        await self.jobs.wait("save", max_seconds)
        return not self.jobs.running("save")

    async def wait_idle(self) -> None:
        """Wait until nothing is saved or opened, and neither is begun meanwhile."""
        while self.jobs.running("save") or self.jobs.running("open"):
            await self.jobs.wait("save")
            await self.jobs.wait("open")

    def on_settled_elsewhere(self, entries: tuple[JournalEntry, ...]) -> None:
        """Another window of the account found out what became of these saves."""
        self._settled_saves.add(entries)

    # Drafts

    @property
    def draft_error(self) -> StoreError | None:
        """Why what is typed is not on the disk, if it was tried and is not."""
        return self.drafts.problem if self.state.dirty else None

    async def keep_draft(self) -> bool:
        """Put on disk what is typed; False where that fails, which is said."""
        await self.drafts.flush()
        return not self.report_unwritten_draft()

    def report_unwritten_draft(self) -> bool:
        """Whether what is typed is not on the disk, because that failed; then it is said."""
        if self.draft_error is not None:
            self._on_draft_failed(self.draft_error)
        return self.draft_error is not None

    async def close(self) -> None:
        """End what is under way (a save is finished), put on disk what is not there yet, and start
        nothing from now on.
        """
        self.deferred_save.give_up()
        await self.jobs.drain()
        await self.drafts.close()
        self.model.changed.disconnect(self.drafts.schedule)
        self.model.summary_changed.disconnect(self._on_summary_changed)
        await self.jobs.close()

    def _current_draft(self) -> Draft | None:
        form = self.model.state
        if form is None:
            return None
        return Draft(form.edit, form.unparsed, self.reading.key, self.reading.sending)

    def _on_draft_failed(self, error: StoreError) -> None:
        self._draft_notice = messages.draft_not_saved(error)
        self.notified.emit(self._draft_notice)

    def _on_draft_recovered(self) -> None:
        self.notice_withdrawn.emit(self._draft_notice)

    async def record_visit(self, activity: Activity, *, saved: bool = False) -> Notice | None:
        """Keep what stays of an activity that was seen (or changed) here: its names, and its place
        among the recent ones. What to say if the disk does not take it, where nothing else is.
        """
        account, recent = self.services.account, self.services.recent
        note = recent.mark_changed if saved else recent.mark_loaded
        try:
            await self.lookups.learn_from_activity(activity)
            at = datetime.now(UTC).isoformat()  # two loads within a second keep their order
            await note(account, activity.id, activity.title, at)
        except StoreError as error:
            return messages.visit_not_noted(error)
        return None

    # The state and what is said of it

    def update(self, **changes: Any) -> None:
        """Make the next RecordState and tell it."""
        self._state = self._state._replace(**changes)
        self.changed.emit(self.state)

    def set_phase(self, phase: Phase, progress_text: str = "", **changes: Any) -> None:
        """Another thing is under way now, or nothing."""
        self.update(phase=phase, progress_text=progress_text, **changes)
        shown = self.activity.id if self.activity else None
        _log.info("%s, activity %s", phase.value, self.state.loading_id or shown)

    def show_notice(self, notice: Notice | None) -> None:
        """Show a notice, and aside that of a draft that is still not on the disk."""
        self.notified.emit(notice)
        if self.drafts.problem is not None:
            self.notified.emit(self._draft_notice)

    def _connect_signals(self) -> None:
        self.drafts.failed.connect(self._on_draft_failed)
        self.drafts.recovered.connect(self._on_draft_recovered)
        self.unconfirmed_saves.changed.connect(self._show_next_check)
        self.deferred_save.changed.connect(self._show_wait)
        self.deferred_save.noticed.connect(self.notified)
        self.model.changed.connect(self.drafts.schedule)
        self.model.summary_changed.connect(self._on_summary_changed)

    def _show_wait(self, text: str) -> None:
        self.update(waits_for=text)

    def _on_summary_changed(self) -> None:
        shown = self.activity.id if self.activity else None
        if shown != self._shown_id:
            self._shown_id = shown
            self.update(check_in=self._check_in)
        else:
            self.update()

    def _show_next_check(self) -> None:
        if self._check_in != self._state.check_in:
            self.update(check_in=self._check_in)

    @property
    def _check_in(self) -> int | None:
        activity = self.activity
        return self.unconfirmed_saves.seconds_to_next_check(activity.id) if activity else None


async def _shown_nowhere(_activity_id: int) -> bool:
    return False
