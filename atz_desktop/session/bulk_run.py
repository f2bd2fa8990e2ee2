"""The runs of an account: the same change on many activities, behind the user's own requests."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from atz_desktop.api.rate_limiter import LIMIT
from atz_desktop.domain.runs import REQUESTS, Run, RunCounts, RunPhase, RunProgress, RunRow
from atz_desktop.domain.serialize import load_draft
from atz_desktop.session.journal_entries import saves_from_base
from atz_desktop.session.phase import Phase
from atz_desktop.store.runs import NewRun

if TYPE_CHECKING:
    from atz_desktop.domain.edit import Edit
    from atz_desktop.domain.history import JournalEntry
    from atz_desktop.domain.review import Review
    from atz_desktop.session.jobs import Jobs
    from atz_desktop.session.record_session import RecordSession
    from atz_desktop.session.run_loop import RunLoop
    from atz_desktop.session.run_report import Report
    from atz_desktop.session.saving import SaveResult
    from atz_desktop.session.services import Services
    from atz_desktop.store.runs import NewRunRow, RunStore

RECENT = 120.0
"""Seconds within which a row may have been tried whose requests ATZ still counts."""

SPARE_REQUESTS = 4
"""Of one row beyond those that it needs: reads that were repeated, and look-ups."""

_UNKNOWN_RENEWALS = -1
"""Of a run that an earlier program began: then a record is compared by what it holds."""


class BulkRuns(QObject):
    """One for each account; one run at a time. Coroutines raise StoreError.

    What only a run needs is imported when one is begun or shown: each start of the program makes
    one of these.

    `sessions` are those of the windows that work on the account, the last one last.
    """

    changed = Signal()
    """`progress` is another."""
    row_changed = Signal(object)
    """A row of the run that goes on: the RunRow."""
    halted = Signal(object)
    """The run paused, and not because the user said so, or it is over: its RunProgress."""
    saved = Signal(object, object)
    """A row was tried: the activity's ID and the SaveResult."""
    settled = Signal(object)
    """Journal entries whose outcome was found out here."""

    def __init__(
        self,
        services: Services,
        store: RunStore,
        jobs: Jobs,
        renew_token: Callable[[], Awaitable[bool]],
    ) -> None:
        super().__init__()
        self.sessions: list[RecordSession] = []
        self.renew_token = renew_token
        self._services = services
        self._store = store
        self._jobs = jobs
        self._loop: RunLoop | None = None
        self._recalled = False

    # Which runs there are

    async def runs(self) -> list[Run]:
        """All runs of the account, the newest first."""
        return await self._store.runs(self._services.account)

    async def unfinished(self) -> list[Run]:
        """Those that can go on, but for the one that does."""
        found = await self._store.runs(self._services.account, unfinished=True)
        return [run for run in found if self._loop is None or run.id != self._loop.run.id]

    async def recall_requests(self) -> None:
        """Let the rate limiter know what an earlier program sent for a run a moment ago, before
        anything else is sent: ATZ counts that still. Before a run began its activities were read,
        at full pace as far as is known. Does nothing the second time.
        """
        if self._recalled:
            return
        self._recalled = True
        ages = await self._store.last_tries(self._services.account, RECENT)
        sent = [age for age in ages for _ in range(REQUESTS + SPARE_REQUESTS)]
        starts = await self._store.last_starts(self._services.account, RECENT)
        sent += [age for age in starts for _ in range(LIMIT)]
        self._services.client.rate_limiter.recall(sent)

    async def rows(self, run_id: int) -> list[RunRow]:
        """The rows of a run in their order."""
        return [row.shown for row in await self._store.rows(run_id)]

    async def review(self, run_id: int, position: int) -> Review | None:
        """What became of a row's change, or else what was to be changed; None for nothing."""
        from atz_desktop.domain.review import review_entry, review_unsaved

        row = await self._store.row(run_id, position, with_draft=True)
        saves = await saves_from_base(row.base_key, self._services)
        if saves:
            return await asyncio.to_thread(review_entry, saves[-1])
        try:
            draft = await asyncio.to_thread(load_draft, row.draft) if row.draft else None
        except ValueError:
            return None
        return review_unsaved(draft.edit, {}) if draft else None

    async def report(self, run: Run, account: str, what: tuple[str, ...]) -> Report:
        """The evidence of a run, with the account's name and the rules in words."""
        from atz_desktop.session.run_report import run_report

        return await run_report(run, account, what, self._store, self._services)

    @property
    def is_running(self) -> bool:
        """Whether a run goes on, or is paused: another cannot begin."""
        return self._jobs.running("run")

    @property
    def run(self) -> Run | None:
        """The run that was begun or resumed last; None without one."""
        return self._loop.run if self._loop is not None else None

    @property
    def progress(self) -> RunProgress | None:
        """Where the run stands that was begun or resumed last; None without one."""
        loop = self._loop
        if loop is None:
            return None
        current = loop.rows[loop.current].shown if loop.current is not None else None
        counts = RunCounts.of(row.shown for row in loop.rows.values())
        return RunProgress(
            loop.run, loop.phase, loop.reason, current, counts, self._seconds_left(loop)
        )

    # Beginning

    async def start(  # noqa: PLR0913 - what is known of a run, by name
        self,
        title: str,
        edits: Sequence[Edit],
        *,
        list_id: int | None = None,
        reason: str | None = None,
        bulk: str | None = None,
        pause_after: int | None = None,
        renewals: int | None = None,
    ) -> int:
        """Freeze these edits, one for each activity, and save them; the run's number.

        `bulk` is the JSON of the rules, `pause_after` the number of rows to try first, `renewals`
        is `AtzClient.token_renewals` when the activities were read; None: now. Raises RuntimeError
        while another run goes on.
        """
        from atz_desktop.session.run_row import freeze_edits

        rows = await asyncio.to_thread(freeze_edits, edits)
        new = NewRun(self._services.account, title, list_id, reason, bulk)
        return await self._begin(new, rows, pause_after, renewals)

    async def undo(
        self,
        run_id: int,
        *,
        positions: Collection[int] | None = None,
        names: Collection[str] | None = None,
        reason: str | None = None,
    ) -> int:
        """Put back what a run did, as a run of its own: all rows, or those at `positions`; all
        fields, or those in `names`. What somebody changed since is left and named.

        Raises as `start` does, and ValueError where there is no such run.
        """
        from atz_desktop.session.run_row import freeze_undo

        run = await self._require_run(run_id)
        stored = await self._store.rows(run_id)
        rows = freeze_undo((r for r in stored if _is_selected(r.position, positions)), names)
        title = f"Undo: {run.title}"
        new = NewRun(self._services.account, title, run.list_id, reason, None, run_id)
        return await self._begin(new, rows)

    async def retry(self, run_id: int, *, positions: Collection[int] | None = None) -> int | None:
        """Send again what is known not to have arrived, as it was; None if there is nothing.

        Raises as `undo` does.
        """
        from atz_desktop.session.run_row import freeze_retry

        run = await self._require_run(run_id)
        stored = await self._store.rows(run_id, with_drafts=True)
        rows = freeze_retry(r for r in stored if _is_selected(r.position, positions))
        if not rows:
            return None
        new = NewRun(
            self._services.account, run.title, run.list_id, run.reason, run.bulk, run.undoes
        )
        return await self._begin(new, rows)

    async def resume(self, run_id: int) -> None:
        """Go on with a run that an earlier program began, or that was left when all windows were.

        Raises as `undo` does.
        """
        await self._start_loop(await self._require_run(run_id), _UNKNOWN_RENEWALS)

    async def abandon(self, run_id: int) -> None:
        """End a run that is not to go on: what was not reached never will be."""
        await self._store.end(run_id)
        self.changed.emit()

    async def fix(self, run_id: int, position: int) -> int:
        """Put a row's change on disk as the draft of its activity; the activity's ID, to open it.

        An earlier draft of it waits behind that.
        """
        row = await self._store.row(run_id, position, with_draft=True)
        drafts, account = self._services.drafts, self._services.account
        if row.draft is not None:
            await drafts.quarantine(account, row.activity_id)
            await drafts.save(account, row.activity_id, row.draft)
        return row.activity_id

    # While it goes on

    def pause(self) -> None:
        """Pause after the row in flight."""
        if self._loop is not None:
            self._loop.pause()

    def go_on(self) -> None:
        """Go on after a pause."""
        if self._loop is not None:
            self._loop.go_on()
            self.changed.emit()

    def stop(self) -> None:
        """End after the row in flight, which `progress.current` names."""
        if self._loop is not None:
            self._loop.stop()
            self.changed.emit()

    def suspend(self) -> None:
        """The account is left: end after the row in flight, so that the run can go on later."""
        if self._loop is not None:
            self._loop.suspend()

    def on_reconnected(self) -> None:
        """ATZ can be reached again."""
        if self._loop is not None:
            self._loop.on_reconnected()
            self.changed.emit()

    # What a run asks and tells (RunHooks)

    def is_edited(self, activity_id: int) -> bool:
        """Whether somebody types into this activity or saves it."""
        return any(
            each.activity is not None
            and each.activity.id == activity_id
            and (each.state.dirty or each.state.phase is Phase.SAVING)
            for each in self.sessions
        )

    def on_row(self, position: int) -> None:
        """A row, or where the run stands, is another."""
        if self._loop is not None and position in self._loop.rows:
            self.row_changed.emit(self._loop.rows[position].shown)
        self.changed.emit()

    def on_pause(self) -> None:
        """The run paused, and not because the user said so."""
        self.halted.emit(self.progress)

    def on_saved(self, activity_id: int, result: SaveResult) -> None:
        """A window that shows the activity reads it again."""
        self.saved.emit(activity_id, result)
        for each in self.sessions:
            shown = each.activity is not None and each.activity.id == activity_id
            if shown and result.outcome is not None and not each.state.dirty:
                each.reload()

    def on_settled(self, entries: tuple[JournalEntry, ...]) -> None:
        """Windows that show one of the activities hear of it."""
        self.settled.emit(entries)
        for each in self.sessions:
            each.on_settled_elsewhere(entries)

    # Inside

    async def _require_run(self, run_id: int) -> Run:
        run = await self._store.run(run_id)
        if run is None:
            raise ValueError(f"no run {run_id}")
        return run

    async def _begin(
        self,
        new: NewRun,
        rows: Sequence[NewRunRow],
        pause_after: int | None = None,
        renewals: int | None = None,
    ) -> int:
        self._require_idle()
        run_id = await self._store.begin(new, rows)
        if renewals is None:
            renewals = self._services.client.token_renewals
        await self._start_loop(await self._require_run(run_id), renewals, pause_after)
        return run_id

    async def _start_loop(self, run: Run, renewals: int, pause_after: int | None = None) -> None:
        from atz_desktop.session.run_loop import RunLoop
        from atz_desktop.session.run_row import RunOptions

        rows = await self._store.rows(run.id)
        self._require_idle()
        zone = self.sessions[-1].model.zone if self.sessions else "UTC"
        options = RunOptions(run.reason, zone, renewals, pause_after)
        loop = RunLoop(run, rows, options, services=self._services, store=self._store, hooks=self)
        self._loop = loop
        self._jobs.start("run", self._work(loop), finish=True)
        self.changed.emit()

    async def _work(self, loop: RunLoop) -> None:
        await loop.work()
        self.changed.emit()
        if loop.phase is RunPhase.ENDED:
            self.halted.emit(self.progress)
        if loop.waits and self.sessions:  # it was stopped, and they are looked up all the same
            self.sessions[-1].unconfirmed_saves.start_checking(at_once=False)

    def _require_idle(self) -> None:
        if self.is_running:
            raise RuntimeError("another run goes on")

    def _seconds_left(self, loop: RunLoop) -> float | None:
        """The slower of the rate limit and the rows so far."""
        if loop.phase is not RunPhase.RUNNING:
            return None
        limiter = self._services.client.rate_limiter
        requests = max(0, loop.left * REQUESTS - limiter.available())
        measured = loop.seconds / loop.tried if loop.tried else 0.0
        return max(requests * limiter.seconds_per_request, loop.left * measured)


def _is_selected(position: int, positions: Collection[int] | None) -> bool:
    return positions is None or position in positions
