"""One run from its first row to its last: save, look up what is not confirmed, wait, end.

A row is SENDING on disk before its first request, and ends as the journal tells. So whatever ends
the program, the row in flight is looked up, none is left out, and none is written twice.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING, Protocol

from atz_desktop.api.errors import AtzError, InvalidResponse, NotFound, Rejected, ServerError
from atz_desktop.domain.history import Outcome
from atz_desktop.domain.runs import Run, RunPhase, RunVerdict
from atz_desktop.session.journal_entries import saves_from_base
from atz_desktop.session.messages import OUTCOMES
from atz_desktop.session.reconcile import (
    entry_age,
    reconcile_activity,
    reconcile_pending,
    seconds_to_next_check,
)
from atz_desktop.session.run_row import RowEnd, RunOptions, save_row
from atz_desktop.store.errors import StoreError
from atz_desktop.store.runs import DONE, SENDING, TO_DO

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from atz_desktop.domain.history import JournalEntry
    from atz_desktop.session.saving import SaveResult
    from atz_desktop.session.services import Services
    from atz_desktop.store.runs import RunStore, StoredRunRow

EQUAL_ENDS = 3
"""So many rows in a row that end badly for the same reason pause the run."""

OFFLINE_DELAY = 20.0
"""Seconds between two tries while ATZ cannot be reached."""

STEP = 1.0
"""Seconds of one sleep at most, so that the user's wish is heard soon."""

_BAD = {RunVerdict.REFUSED, RunVerdict.NOT_SENT, RunVerdict.DIFFERENT}
_BEING_EDITED = "You are editing it in a window: save or discard that first."


class RunHooks(Protocol):
    """Who is told about a run, and asked what only a window knows."""

    def is_edited(self, activity_id: int) -> bool:
        """Whether somebody types into this activity or saves it."""

    def on_row(self, position: int) -> None:
        """A row, or where the run stands, is another."""

    def on_pause(self) -> None:
        """The run paused, and not because the user said so."""

    def on_saved(self, activity_id: int, result: SaveResult) -> None:
        """A row was tried."""

    def on_settled(self, entries: tuple[JournalEntry, ...]) -> None:
        """It was found out what became of these saves."""

    renew_token: Callable[[], Awaitable[bool]]
    """Asks for another token; whether there is one."""


class RunLoop:
    """`rows` by position, as stored, without their drafts: each is read when it is sent. Of a run
    that an earlier program began, some are SENDING.
    """

    def __init__(  # noqa: PLR0913 - what a run needs, by name
        self,
        run: Run,
        rows: Iterable[StoredRunRow],
        options: RunOptions,
        *,
        services: Services,
        store: RunStore,
        hooks: RunHooks,
    ) -> None:
        self.run = run
        self.rows = {row.position: row for row in rows}
        self.phase = RunPhase.RUNNING
        self.reason = ""
        self.current: int | None = None
        self.tried = 0
        self.seconds = 0.0
        """How long the tried rows took."""
        self._options = options
        self._services = services
        self._store = store
        self._hooks = hooks
        self._pause_after = options.pause_after
        self._lookup = RunLookup(services, options.zone)
        states = {TO_DO: deque[int](), SENDING: deque[int](), DONE: deque[int]()}
        for position, row in self.rows.items():
            states[row.state].append(position)
        self._to_do = states[TO_DO]
        self._interrupted = states[SENDING]
        """Rows of which it is to be found out where they stand."""
        self._recovered: set[int] = set()
        """Rows that an earlier program, or a full disk, left SENDING."""
        self._postponed: set[int] = set()
        self._equal_ends: list[tuple[RunVerdict, str]] = []
        self._go = asyncio.Event()
        self._offline_until: float | None = None
        self._suspended = False

    @property
    def left(self) -> int:
        """Rows that are still to be sent."""
        return len(self._to_do) + len(self._interrupted)

    @property
    def waits(self) -> bool:
        """Whether rows went out that are not confirmed."""
        return bool(self._lookup)

    # The user's wishes

    def pause(self) -> None:
        """Pause after the row in flight."""
        if self.phase is RunPhase.RUNNING:
            self._set_paused("")

    def go_on(self) -> None:
        """Go on after a pause."""
        if self.phase is RunPhase.PAUSED:
            self.phase, self.reason, self._offline_until = RunPhase.RUNNING, "", None
            self._equal_ends.clear()
            self._pause_after = None
            self._go.set()

    def on_reconnected(self) -> None:
        """ATZ can be reached again."""
        if self._offline_until is not None:
            self.go_on()

    def stop(self) -> None:
        """End after the row in flight; what was not reached never will be."""
        if self.phase is not RunPhase.ENDED:
            self.phase = RunPhase.STOPPING
            self._go.set()

    def suspend(self) -> None:
        """The program ends: stop after the row in flight, so that the run can go on later."""
        self._suspended = True
        self._go.set()

    # The work

    async def work(self) -> None:
        """All of it. A disk that does not take what is to be written down pauses the run."""
        while not self._suspended:
            try:
                if not await self._step():
                    return
            except StoreError as error:
                if self.phase is RunPhase.STOPPING:  # the next start offers to go on
                    self.phase = RunPhase.ENDED
                    return
                self._pause(error.message)

    async def _step(self) -> bool:
        """Do the next thing; False when the run is over."""
        if self.phase is RunPhase.PAUSED:
            await self._wait()
        elif self.phase is RunPhase.STOPPING:
            return await self._end()
        elif self._interrupted:
            await self._recover(self._interrupted[0])
            self._interrupted.popleft()
        elif (due := self._lookup.next_due()) is not None:
            await self._look_up(due)
        elif self._to_do:
            await self._process_row(self._to_do.popleft())
        elif self._lookup:
            await self._services.sleep(min(self._lookup.seconds, STEP))
        else:
            return await self._end()
        return True

    async def _end(self) -> bool:
        await self._store.end(self.run.id)
        self.phase = RunPhase.ENDED
        self.rows = {row.position: row for row in await self._store.rows(self.run.id)}
        return False

    async def _wait(self) -> None:
        """Wait until the user, or the network, says go."""
        if self._offline_until is None:
            self._go.clear()
            await self._go.wait()
        elif (left := self._offline_until - self._services.clock()) > 0:
            await self._services.sleep(min(left, STEP))
        else:
            self.go_on()

    async def _recover(self, position: int) -> None:
        """Find out where a row stands of which only the disk knows something."""
        row = await self._reread(position)
        if row.state == SENDING:
            saves = await saves_from_base(row.base_key, self._services)
            if all(save.outcome is Outcome.NOT_SENT for save in saves):
                row = await self._set_state(position, TO_DO)
            elif all(save.settled for save in saves):
                row = await self._set_state(position, DONE)
        if row.state == TO_DO:
            self._to_do.appendleft(position)
        elif row.state == SENDING or row.verdict is RunVerdict.NOT_CONFIRMED:
            self._recovered.add(position)
            await self._lookup.add(row)

    async def _look_up(self, position: int) -> None:
        try:
            settled = await self._lookup.look(self.rows[position])
        except StoreError:
            self._interrupted.append(position)
            raise
        if settled:
            self._hooks.on_settled(settled)
        row = await self._reread(position)
        if self._lookup.waits_for(position) or row.state != SENDING:
            return
        if row.outcome == Outcome.NOT_SENT.value and position in self._recovered:
            self._recovered.discard(position)
            await self._set_state(position, TO_DO)
            self._to_do.append(position)
        else:
            await self._set_state(position, DONE, detail=_outcome_text(row.outcome))

    async def _process_row(self, position: int) -> None:
        row = self.rows[position]
        if self._hooks.is_edited(row.activity_id):
            await self._postpone(position)
            return
        self.current, began = position, self._services.clock()
        try:
            await self._set_state(position, SENDING)
            change = await self._store.row(self.run.id, position, with_draft=True)
            end = await save_row(change, self._options, self._services)
            await self._note(position, end)
        except StoreError:
            self._interrupted.append(position)
            raise
        self.tried += 1
        self.seconds += self._services.clock() - began
        if end.result is not None:
            self._hooks.on_saved(row.activity_id, end.result)
        await self._pause_for(position, end)

    async def _postpone(self, position: int) -> None:
        """Try it when all others are done; then it is left as it is."""
        if position in self._postponed:
            await self._set_state(position, DONE, RunVerdict.SKIPPED, _BEING_EDITED)
        else:
            self._postponed.add(position)
            self._to_do.append(position)

    async def _note(self, position: int, end: RowEnd) -> None:
        """Write down how a row ended."""
        row = await self._set_state(position, end.state, end.verdict, end.detail)
        if end.state == TO_DO:
            self._to_do.appendleft(position)
        elif row.verdict is RunVerdict.NOT_CONFIRMED:
            await self._lookup.add(row)

    async def _pause_for(self, position: int, end: RowEnd) -> None:
        """Pause if there is a reason to."""
        if end.needs_token and await self._hooks.renew_token():
            return
        if end.pause:
            self._pause(end.pause, offline=end.offline)
        elif end.state == DONE and self._ends_equally(position):
            verdict, detail = self._equal_ends[-1]
            self._pause(f"{EQUAL_ENDS} in a row: {verdict.value}. {detail}".strip())
        elif end.state != TO_DO and self._pause_after is not None:
            self._pause_after -= 1
            if self._pause_after <= 0:
                self._pause("")

    def _ends_equally(self, position: int) -> bool:
        """Whether the last rows all ended badly, and for the same reason."""
        row = self.rows[position]
        if row.verdict not in _BAD:
            self._equal_ends.clear()
            return False
        assert row.verdict is not None
        end = (row.verdict, row.detail)
        self._equal_ends = [each for each in self._equal_ends if each == end] + [end]
        return len(self._equal_ends) >= EQUAL_ENDS

    def _pause(self, reason: str, *, offline: bool = False) -> None:
        if self.phase is not RunPhase.RUNNING:
            return
        self._set_paused(reason, offline=offline)
        self._hooks.on_pause()

    def _set_paused(self, reason: str, *, offline: bool = False) -> None:
        self.phase, self.reason = RunPhase.PAUSED, reason
        self._offline_until = self._services.clock() + OFFLINE_DELAY if offline else None
        self._hooks.on_row(self.current or 0)

    async def _set_state(
        self, position: int, state: str, verdict: RunVerdict | None = None, detail: str = ""
    ) -> StoredRunRow:
        await self._store.set_state(self.run.id, position, state, verdict, detail)
        return await self._reread(position)

    async def _reread(self, position: int) -> StoredRunRow:
        row = await self._store.row(self.run.id, position)
        self.rows[position] = row
        self._hooks.on_row(position)
        return row


def _outcome_text(word: str | None) -> str:
    """What became of a save, in words; "" where it went well."""
    outcome = Outcome.__members__.get(word or "")
    return "" if outcome is Outcome.VERIFIED else OUTCOMES[outcome].text


class RunLookup:
    """Looks up one activity at a time, at the ages of `Services.check_delays`.

    `zone` (IANA name) is the one that ATZ's times are read in.
    """

    def __init__(self, services: Services, zone: str) -> None:
        self._services = services
        self._zone = zone
        self._due: dict[int, float] = {}

    def __bool__(self) -> bool:
        return bool(self._due)

    @property
    def seconds(self) -> float:
        """How long until the next row is due; 0 if one is."""
        return max(0.0, min(self._due.values()) - self._services.clock())

    def next_due(self) -> int | None:
        """The position of a row that is to be looked up now."""
        if not self._due or self.seconds > 0:
            return None
        return min(self._due, key=lambda position: self._due[position])

    async def add(self, row: StoredRunRow) -> None:
        """Look this row up when its newest save is old enough. Raises StoreError."""
        wait = seconds_to_next_check(await self._open_saves(row), self._services)
        self._due[row.position] = self._services.clock() + wait

    async def look(self, row: StoredRunRow) -> tuple[JournalEntry, ...]:
        """Read a row's activity; the saves of it that are settled by that. Raises StoreError.

        It is waited for no more if everything is known, or if ATZ can be reached and still does not
        tell: then whoever looks it up later finds it out.
        """
        del self._due[row.position]
        settled: tuple[JournalEntry, ...] = ()
        is_answered = True
        try:
            settled = await self._read(row.activity_id)
        except NotFound:
            mine = {row.activity_id}
            settled = (await reconcile_pending(self._services, self._zone, only=mine)).settled
        except AtzError as error:
            is_answered = isinstance(error, Rejected | ServerError | InvalidResponse)
        left = await self._open_saves(row)
        grace = self._services.grace_period
        if any(not is_answered or entry_age(each, self._services) < grace for each in left):
            await self.add(row)
        return settled

    def waits_for(self, position: int) -> bool:
        """Whether this row is to be looked up."""
        return position in self._due

    async def _read(self, activity_id: int) -> tuple[JournalEntry, ...]:
        services = self._services
        renewals = services.client.token_renewals
        fresh = await services.fetch_activity(activity_id, self._zone, background=True)
        return await reconcile_activity(fresh, services, renewals)

    async def _open_saves(self, row: StoredRunRow) -> list[JournalEntry]:
        saves = await saves_from_base(row.base_key, self._services)
        left = [save for save in saves if not save.settled]
        # Of one that an earlier program left, the time counts from now, also if no read succeeds.
        for save in left:
            self._services.unconfirmed.setdefault(save.id, self._services.clock())
        return left
