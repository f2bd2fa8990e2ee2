"""One person at one computer, without a window: a session, a store on the disk, and ATZ beyond
real sockets. The program can crash in the middle of anything and start again on the same files.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from atz_desktop.api.client import AtzClient
from atz_desktop.api.rate_limiter import RateLimiter
from atz_desktop.api.requests import Timeouts
from atz_desktop.domain.edit import Edit
from atz_desktop.domain.history import JournalEntry
from atz_desktop.domain.merge import Merge, Resolution, Restore
from atz_desktop.sandbox.server import Sandbox
from atz_desktop.session.form_model import FormModel
from atz_desktop.session.jobs import Jobs
from atz_desktop.session.journal_entries import entry_from_row
from atz_desktop.session.lookups import Lookups
from atz_desktop.session.notices import Notice
from atz_desktop.session.reads import MonotonicReads
from atz_desktop.session.reconcile import ReconcileResult, reconcile_pending
from atz_desktop.session.record_session import RecordSession
from atz_desktop.session.services import ReviewResult, Services, UnsavedChoice
from atz_desktop.store.database import Database
from atz_desktop.store.drafts import Drafts, Recent
from atz_desktop.store.journal import Journal
from atz_desktop.store.names import NameStore
from tests.conftest import before_the_meetings
from tests.faults.jumping_loop import JumpingLoop

ACCOUNT = "test"
ZONE = "UTC"

_entry = lru_cache(maxsize=1000)(entry_from_row)
"""Whoever asks after each step asks for the same rows again and again."""

QUICK = Timeouts(connect=2.0, read=0.8, write=2.0, pool=2.0, total=1.2)
"""A test waits for a silent server, but not for half a minute."""

QUICK_DRAFTS: dict[str, Any] = {"write_delay": 0.01, "retry_delays": (0.05, 1.0)}
"""Where time passes by itself, a draft is written as soon as a test looks for it."""


class Person:
    """Answers what only a person can, as a test tells it to, and remembers what was asked."""

    def __init__(self) -> None:
        self.pick: Resolution | None = None
        """The choice for every conflict; None: Cancel."""
        self.leaves = UnsavedChoice.KEEP_DRAFT
        self.goes_without_journal = False
        self.asked: list[str] = []
        self.conflicting: list[str] = []
        """Fields that a conflict was about, so far."""
        self.theirs: list[tuple[str, Any]] = []
        """What they were shown as somebody else's value, so far, by the field's name."""
        self.weighed: list[tuple[str, Any]] = []
        """What they were shown of now, whosever, when an earlier save was to be put back."""
        self.token: str | None = None
        """The token in use; None: the sandbox's own."""
        self.next_token: str | None = None
        """The one to type when the token is refused; None: Cancel."""
        self.types_token = False
        """Whether they are being asked for one."""
        self.thinks = 0.0
        """Seconds for which a question stays open."""
        self.while_thinking: Callable[[], None] = lambda: None

    async def unsaved_changes(self, edit: Edit, typed: Mapping[str, str]) -> UnsavedChoice:
        self.asked.append("leave")
        return self.leaves

    async def review(self, edit: Edit, *, quiet: bool = False) -> ReviewResult | None:
        del quiet
        self.asked.append("review")
        return ReviewResult(edit)

    async def resolve_conflicts(self, merge: Merge) -> Mapping[str, Resolution] | None:
        self.asked.append("conflicts")
        self.conflicting += [conflict.field.name for conflict in merge.conflicts]
        self.theirs += [(conflict.field.name, conflict.theirs) for conflict in merge.conflicts]
        await self._think()
        return self._picks(merge)

    async def restore(self, undo: Restore) -> Mapping[str, Resolution] | None:
        self.asked.append("undo")
        self.weighed += [(each.field.name, each.theirs) for each in undo.merge.conflicts]
        await self._think()
        return self._picks(undo.merge)

    async def save_without_journal(self, why: str) -> bool:
        self.asked.append("without journal")
        await self._think()
        return self.goes_without_journal

    async def renew(self, refused: str) -> bool:
        """A token was refused; whether another one was typed."""
        new, self.next_token = self.next_token, None
        if new is not None:
            self.asked.append("token")
            self.types_token = True
            try:
                await self._think()
                self.token = new
            finally:
                self.types_token = False
        return new is not None

    async def _think(self) -> None:
        if self.thinks:
            await asyncio.sleep(self.thinks)
            self.while_thinking()

    def _picks(self, merge: Merge) -> Mapping[str, Resolution] | None:
        if self.pick is None:
            return {} if not merge.conflicts else None
        return {
            conflict.field.name: Resolution.MINE
            if self.pick is Resolution.BOTH and conflict.both is None
            else self.pick
            for conflict in merge.conflicts
        }


class Clockless:
    """Time that passes only while somebody waits for it, so that no pause takes any."""

    def __init__(self) -> None:
        self._now = 0.0

    def read(self) -> float:
        return self._now

    async def sleep(self, seconds: float) -> None:
        self._now += max(seconds, 0.001)
        await asyncio.sleep(0)


class LoopTime:
    """The time of the running loop, which may jump (jumping_loop.py)."""

    def __init__(self) -> None:
        self.read = asyncio.get_running_loop().time

    async def sleep(self, seconds: float) -> None:
        """At least so long that the clock shows it: who asks again what time it is would go on
        asking for ever.
        """
        await asyncio.sleep(max(seconds, 0.001))


class Desk:
    """A running program. Made inside the running loop; ended by `crash` or `unsaved_changes`."""

    def __init__(
        self,
        sandbox: Sandbox,
        file: Path,
        person: Person,
        timeouts: Timeouts,
        time: Clockless | LoopTime | None = None,
        sleep: Callable[[float], Awaitable[None]] | None = None,
        limit: int = 10_000,
    ) -> None:
        """`sleep` is awaited before a save that is not confirmed is looked up; `limit` is how many
        requests a minute it sends.
        """
        database, self.opening_notice = Database.open(file)
        self.database = database
        self.person = person
        self.passing = time = time or Clockless()
        self.client = AtzClient(
            sandbox.url,
            lambda: person.token or sandbox.token,
            timeouts=timeouts,
            rate_limiter=RateLimiter(limit=limit, clock=time.read, sleep=time.sleep),
            sleep=time.sleep,
            jitter=lambda: 0.5,
            renew_token=person.renew,
        )
        self.services = Services(
            account=ACCOUNT,
            client=self.client,
            journal=Journal(database),
            drafts=Drafts(database),
            names=NameStore(database),
            recent=Recent(database),
            clock=time.read,
            **({} if isinstance(time, LoopTime) else QUICK_DRAFTS),
            # A save that is not confirmed is looked up by hand where time does not pass by itself.
            sleep=sleep or (time.sleep if isinstance(time, LoopTime) else asyncio.sleep),
            monotonic_reads=MonotonicReads(time.read, lambda: self.client.token_renewals),
        )
        self.failures: list[BaseException] = []
        self.jobs = Jobs(self.failures.append)
        lookups = Lookups(self.services, self.jobs)
        form = FormModel(ZONE, time.read, before_the_meetings)
        self.session = RecordSession(self.services, form, lookups, self.jobs, person)
        self.notices: list[Notice] = []
        self.session.notified.connect(self._hear)
        self.at_step: Callable[[str], None] = lambda step: None
        """Called whenever a save says what it does now."""
        self.session.changed.connect(self._look)
        self._step = ""

    async def open(self, activity_id: int) -> None:
        self.session.open(activity_id)
        await self.jobs.wait("open")

    async def save(self) -> None:
        self.session.save()
        await self.jobs.wait("save")

    async def on_disk(self) -> None:
        """Wait until what was typed is on the disk, as it is half a second after the last key."""
        await self.jobs.wait("draft")

    async def entries(self) -> list[JournalEntry]:
        """The journal, the oldest entry first."""
        return [_entry(row) for row in reversed(await self.services.journal.entries(limit=-1))]

    async def settle(self, patience: float) -> ReconcileResult:
        """Look up every save whose outcome nobody knows yet."""
        return await reconcile_pending(replace(self.services, check_delays=(patience,)), ZONE)

    async def crash(self) -> None:
        """End as kill -9 would: nothing is finished, tidied up or said; the locks are gone."""
        await self._cancel_everything()
        self.database.close()
        await self.client.close()

    async def leave(self) -> None:
        """End as a closed window does."""
        await self.jobs.drain()
        await self.session.close()
        await self.jobs.drain()
        self.database.close()
        await self.client.close()

    async def _cancel_everything(self) -> None:
        while tasks := self._tasks():
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)

    def _tasks(self) -> list[asyncio.Task[Any]]:
        """What the program has under way."""
        loop = asyncio.get_running_loop()
        if isinstance(loop, JumpingLoop):
            return loop.tasks_of_program()
        return [each for each in asyncio.all_tasks() if each is not asyncio.current_task()]

    def _hear(self, notice: Any) -> None:
        if isinstance(notice, Notice):
            self.notices.append(notice)

    def _look(self) -> None:
        if self.session.state.progress_text != self._step:
            self._step = self.session.state.progress_text
            self.at_step(self._step)
