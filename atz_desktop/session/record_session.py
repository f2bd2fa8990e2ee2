"""One window's work on one account: the commands on the activity that it shows.

How one is read, saved and put back stands in `record_loader`, `record_saver` and `restore`; what
they work on is the `RecordContext`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from atz_desktop.session.phase import Phase
from atz_desktop.session.reconcile import UnconfirmedSaves
from atz_desktop.session.record_context import RecordContext
from atz_desktop.session.record_loader import RecordLoader
from atz_desktop.session.record_saver import RecordSaver, SettledSaves
from atz_desktop.session.restore import RecordRestorer

if TYPE_CHECKING:
    from atz_desktop.domain.history import JournalEntry
    from atz_desktop.session.form_model import FormModel
    from atz_desktop.session.jobs import Jobs
    from atz_desktop.session.lookups import Lookups
    from atz_desktop.session.services import Prompts, Services


class RecordSession(RecordContext):
    """From sign-in to sign-out, one activity at a time: the commands on it."""

    def __init__(
        self,
        services: Services,
        model: FormModel,
        lookups: Lookups,
        jobs: Jobs,
        prompts: Prompts,
    ) -> None:
        super().__init__(services, model, lookups, jobs, prompts)
        settled = SettledSaves(self)
        self.unconfirmed_saves = UnconfirmedSaves(
            jobs, services, lambda: self.model.zone, settled.show_settled_here
        )
        self._saver = RecordSaver(self, settled, self.unconfirmed_saves)
        # The saver's own commands, as this session's: see there.
        self.save = self._saver.save
        self.stop_save = self._saver.stop_save
        self.confirm_leave = self._saver.confirm_leave
        self.on_settled_elsewhere = settled.add
        self._loader = RecordLoader(self, self._saver)
        self._restorer = RecordRestorer(self, self._loader, self._saver)
        self.unconfirmed_saves.changed.connect(self._show_next_check)
        self.opened.connect(self._show_next_check)

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

    def retry(self) -> None:
        """Do once more what failed last: the load, or else the save."""
        failed = self.failed_load_id
        if failed is None:
            self.save()
        elif self.activity is not None and self.activity.id == failed:
            self.reload()
        else:
            self.open(failed)

    # Saving: see also `RecordSaver`

    async def save_to_go_on(self) -> bool:
        """Save what changed, and wait for it; whether nothing is left that the user should see
        before they go on. What is not confirmed yet is looked up meanwhile.
        """
        return not self.state.dirty or await self._saver.save_to_leave(confirmed=False)

    def restore(self, entry: JournalEntry, names: frozenset[str] | None = None) -> None:
        """Put an earlier save back, or only the fields in `names`; it is a save like any other.

        Values that moved on since are asked about; what is typed at other fields stays.
        """
        if self.state.phase in {Phase.EMPTY, Phase.READY}:
            self.deferred_save.give_up()
            self.jobs.start("save", self._restorer.restore(entry, names), finish=True)

    def _show_next_check(self) -> None:
        activity = self.activity
        check_in = self.unconfirmed_saves.seconds_to_next_check(activity.id) if activity else None
        if check_in != self.state.check_in:
            self.update(check_in=check_in)
