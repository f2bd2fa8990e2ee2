"""The activity that a window shows: what is known of it, its draft on disk, and who hears of it."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from atz_desktop.domain.serialize import Draft
from atz_desktop.session import messages
from atz_desktop.session.autosave import Autosave
from atz_desktop.session.deferred_save import DeferredSave
from atz_desktop.session.journal_entries import BaseReading
from atz_desktop.session.opening import Prefetch
from atz_desktop.session.record_state import RecordState
from atz_desktop.store.errors import StoreError

if TYPE_CHECKING:
    from atz_desktop.domain.activity import Activity
    from atz_desktop.domain.edit import Edit
    from atz_desktop.session.form_model import FormModel
    from atz_desktop.session.jobs import Jobs
    from atz_desktop.session.lookups import Lookups
    from atz_desktop.session.notices import Notice
    from atz_desktop.session.phase import Phase
    from atz_desktop.session.services import Prompts, Services

_log = logging.getLogger(__name__)


class RecordContext(QObject):
    """What loading, saving and looking again work on; `RecordSession` has the commands.

    Every task that asks the server or the disk for it is in the scope `jobs`. `model` holds what is
    shown; it belongs to the window.
    """

    changed = Signal(object)
    """The RecordState; not emitted while only the letters of a value change."""
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
        self.reading = BaseReading()
        self.renewals = 0
        """`AtzClient.token_renewals` when the shown record was read."""
        self.review_first = False
        self.shown_elsewhere: Callable[[int], Awaitable[bool]] = _shown_nowhere
        """Brings the window forward that has this activity, if another one has it."""
        self.drafts = Autosave(jobs, services, self._current_draft)
        self.deferred_save = DeferredSave(jobs, lookups, model)
        self.prefetch = Prefetch(services, jobs)
        self.failed_load_id: int | None = None
        """What was asked for, if the last load failed."""
        self._draft_notice: Notice | None = None
        self.drafts.failed.connect(self._on_draft_failed)
        self.drafts.recovered.connect(self._on_draft_recovered)
        self.deferred_save.changed.connect(self._show_wait)
        self.deferred_save.notified.connect(self.notified)
        model.changed.connect(self.drafts.schedule)
        model.summary_changed.connect(self.update)

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

    async def wait_saved(self, max_seconds: float | None = None) -> bool:
        """Wait until no save is under way, at most `max_seconds`; whether none is."""
        await self.jobs.wait("save", max_seconds)
        return not self.jobs.running("save")

    async def wait_idle(self) -> None:
        """Wait until nothing is saved or opened, and neither is begun meanwhile."""
        while self.jobs.running("save") or self.jobs.running("open"):
            await self.jobs.wait("save")
            await self.jobs.wait("open")

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
        self.model.summary_changed.disconnect(self.update)
        await self.jobs.close()

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

    def _show_wait(self, text: str) -> None:
        self.update(waits_for=text)


async def _shown_nowhere(_activity_id: int) -> bool:
    return False
