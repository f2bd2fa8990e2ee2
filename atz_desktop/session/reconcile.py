"""Finds out what became of saves that are not confirmed: by looking, never by sending again.

A save is confirmed when a read shows what was meant. Until its entry is older than
`Services.grace_period`, a value that is not there yet may still come: a server goes on although the
program gave up waiting, and a replica may lag behind. Nothing final is written before.
`UnconfirmedSaves` looks at growing intervals until every outcome is known.
"""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Collection, Container, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from atz_desktop.api.errors import AtzError, NotFound
from atz_desktop.domain.activity import Activity
from atz_desktop.domain.edit import Edit
from atz_desktop.domain.fields import ACTIVITY
from atz_desktop.domain.history import JournalEntry, Outcome
from atz_desktop.domain.quick_dataclass import dataclass
from atz_desktop.domain.serialize import holds_only
from atz_desktop.domain.verify import FieldResult, Verification, verify
from atz_desktop.session.journal_entries import (
    after_text,
    entry_from_row,
    utc_now_text,
    verdicts_text,
)
from atz_desktop.store.errors import StoreError

if TYPE_CHECKING:
    from atz_desktop.session.jobs import Jobs
    from atz_desktop.session.services import Services

TIMER_TOLERANCE = 0.05
"""Seconds by which a timer may be early."""

OFFLINE_DELAY = 20.0
"""Seconds between looks at what could not be read although its time is over."""


@dataclass(frozen=True)
class ReconcileResult:
    """The entries that are settled now, and those that are not yet and are to be looked up again.

    `readable` says whether the disk gave them at all: then what is left is not known. Of entries
    whose time is over and whose activity ATZ does not show, or perhaps another one, nothing more is
    to be found out with this token: they stay open.
    """

    settled: tuple[JournalEntry, ...] = ()
    unconfirmed: tuple[JournalEntry, ...] = ()
    readable: bool = True

    @property
    def remaining(self) -> int:
        """How many are not settled yet; one stands for those that cannot be read."""
        return len(self.unconfirmed) if self.readable else 1


async def reconcile_activity(
    fresh: Activity, services: Services, renewals: int
) -> tuple[JournalEntry, ...]:
    """Settle this activity's open journal entries by what ATZ holds now; returns them settled.

    `renewals` is `AtzClient.token_renewals` from before it was read.
    """
    with suppress(StoreError):
        return await _settle(await pending_entries(services, fresh.id), fresh, services, renewals)
    return ()


async def reconcile_pending(
    services: Services,
    zone: str,
    *,
    only: Container[int] | None = None,
) -> ReconcileResult:
    """Look up every open entry of the account, or those of the activities `only`, one request for
    each activity.
    """
    settled, done = list[JournalEntry](), set[int]()
    try:
        entries = await pending_entries(services)
    except StoreError:
        return ReconcileResult(readable=False)
    for activity_id in dict.fromkeys(entry.activity_id for entry in entries):
        if only is not None and activity_id not in only:
            continue
        mine = [entry for entry in entries if entry.activity_id == activity_id]
        due = [entry for entry in mine if _is_due(entry, services)]
        try:
            settled += await _read_and_settle(mine, services, zone)
            done |= {entry.id for entry in due}  # what is left of them is another record's
        except NotFound:
            due = [entry for entry in mine if _is_due(entry, services)]
            done |= {entry.id for entry in due}
            with suppress(StoreError):
                settled += [
                    await _settle_deleted(e, services) for e in due if _is_seen(e, services)
                ]
        except (AtzError, StoreError):
            continue
    done |= {entry.id for entry in settled}
    return ReconcileResult(tuple(settled), tuple(each for each in entries if each.id not in done))


class UnconfirmedSaves(QObject):
    """The open journal entries of the account, and when they are checked again.

    `zone` gives the IANA name of the zone that ATZ's times are read in; `on_settled` is awaited
    with the entries that a look settled.
    """

    changed = Signal()
    """`seconds_to_next_check` may be another now."""

    def __init__(
        self,
        jobs: Jobs,
        services: Services,
        zone: Callable[[], str],
        on_settled: Callable[[tuple[JournalEntry, ...]], Awaitable[None]],
    ) -> None:
        super().__init__()
        self._jobs = jobs
        self._services = services
        self._zone = zone
        self._on_settled = on_settled
        self._due: dict[int, float] = {}
        """When each activity with an open entry is checked again, by `Services.clock`."""
        self._planned_at = 0.0

    def seconds_to_next_check(self, activity_id: int) -> int | None:
        """Seconds, as planned last, to the next look at an activity's save; None if it has none."""
        due = self._due.get(activity_id)
        return None if due is None else math.ceil(round(due - self._planned_at, 3))

    @property
    def is_checking(self) -> bool:
        """Whether saves are checked, now or at the next interval."""
        return self._jobs.running("look up")

    def start_checking(self, *, at_once: bool = True) -> None:
        """Look until every outcome is known; `at_once` at all, then at each when it is due."""
        self._jobs.start("look up", self._run(at_once))

    async def reconcile_once(self, only: Collection[int] | None = None) -> int:
        """Look once, at all or at these activities; the number of saves whose outcome is still not
        known.
        """
        found = await reconcile_pending(self._services, self._zone(), only=only)
        if found.settled:
            await self._on_settled(found.settled)
        left = {entry.activity_id for entry in found.unconfirmed}
        self._due = {each: at for each, at in self._due.items() if each in left}
        self.changed.emit()
        return found.remaining

    async def _run(self, at_once: bool) -> None:
        checked: Collection[int] | None = None if at_once else ()
        while not at_once or await self.reconcile_once(checked):
            at_once = True
            entries: list[JournalEntry] = []  # those of a disk that is busy or full are read later
            with suppress(StoreError):
                entries = await pending_entries(self._services)
            wait = self._plan(entries, checked)
            await self._services.sleep(wait)
            until = max(self._planned_at + wait, self._services.clock()) + TIMER_TOLERANCE
            checked = {each for each, at in self._due.items() if at <= until} or None
        self._due = {}
        self.changed.emit()

    def _plan(self, entries: Iterable[JournalEntry], checked: Collection[int] | None) -> float:
        """Note when each activity is due, of which some were `checked` (None: all) just now; the
        seconds until the first one is.
        """
        now, kept = self._services.clock(), {} if checked is None else self._due
        self._planned_at, self._due = now, {}
        for each in entries:
            number, at = each.activity_id, now + seconds_to_next_check([each], self._services)
            if number not in (checked or ()):  # what was planned may not be put off again and again
                at = min(at, kept.get(number, at))
            self._due[number] = min(at, self._due.get(number, at))
        self.changed.emit()
        return max(0.0, min(self._due.values(), default=now + OFFLINE_DELAY) - now)


async def pending_entries(services: Services, activity_id: int | None = None) -> list[JournalEntry]:
    """The account's saves (of one activity) whose outcome is not known, the oldest first.

    A damaged entry that cannot be read stays open and is left out. Raises StoreError.
    """
    entries: list[JournalEntry] = []
    for row in await services.journal.unsettled(services.account):
        with suppress(ValueError):
            entries.append(entry_from_row(row))
    for entry in entries:
        services.unconfirmed.setdefault(entry.id, services.clock())
    return [entry for entry in entries if activity_id in (None, entry.activity_id)]


def entry_age(entry: JournalEntry, services: Services) -> float:
    """Seconds since the entry was last known to be under way, or since this run first saw it.

    How long ago an earlier run left it is not known: the wall clock may have been set since.
    """
    now = services.clock()
    return now - services.unconfirmed.get(entry.id, now)


def seconds_to_next_check(entries: Sequence[JournalEntry], services: Services) -> float:
    """In how many seconds one of these entries is to be looked up again, by
    `Services.check_delays`.
    """
    ages = [entry_age(entry, services) for entry in entries]
    waits = [
        min(
            [at - age for at in services.check_delays if at > age + TIMER_TOLERANCE]
            or [OFFLINE_DELAY]
        )
        for age in ages
    ]
    return min(waits, default=OFFLINE_DELAY)


async def may_be_overwritten(sent: Edit, services: Services, but: int | None) -> bool:
    """Whether an earlier save that may still come would put another value into a sent field.

    `but` is the journal's number of this save itself.
    """
    with suppress(StoreError):
        for entry in await pending_entries(services, sent.base.id):
            is_young = entry_age(entry, services) < services.grace_period
            if entry.id != but and is_young and _overlaps(entry, sent.pending):
                return True
    return False


def verify_entry(entry: JournalEntry, fresh: Activity) -> Verification:
    """What became of an entry's fields, judged by the record as it stands now."""
    edit = Edit(fresh.with_values(entry.before))
    for name, value in entry.sent.items():
        edit = edit.with_value(name, value)
    return verify(edit, fresh)


async def _read_and_settle(
    entries: list[JournalEntry], services: Services, zone: str
) -> tuple[JournalEntry, ...]:
    renewals = services.client.token_renewals
    fresh = await services.fetch_activity(entries[0].activity_id, zone, background=True)
    return await _settle(entries, fresh, services, renewals)


async def _settle_deleted(entry: JournalEntry, services: Services) -> JournalEntry:
    """The activity was deleted meanwhile: whatever was saved, ATZ no longer holds it."""
    await services.journal.settle(entry.id, Outcome.DIFFERENT.value, None, None, utc_now_text())
    return replace(entry, outcome=Outcome.DIFFERENT)


async def _settle(
    entries: list[JournalEntry],
    fresh: Activity,
    services: Services,
    renewals: int,
) -> tuple[JournalEntry, ...]:
    """The entries of one activity, the oldest first, that a read of it settles."""
    settled, open_before = [], list[JournalEntry]()
    may_lag = services.monotonic_reads.may_lag(fresh)
    for entry in entries:
        if _is_of_other_record(entry, fresh, services, renewals):
            continue
        verification = verify_entry(entry, fresh)
        is_current = not may_lag and not any(_overlaps(e, entry.sent) for e in open_before)
        is_certain = verification.is_ok and is_current
        if is_certain or _is_due(entry, services):
            outcome = _final_outcome(entry, verification)
            await _write(entry, outcome, verification, services)
            if outcome is Outcome.VERIFIED:
                await _drop_saved_draft(entry, services)
            held = {verdict.field.name: verdict.actual for verdict in verification.verdicts}
            settled.append(replace(entry, outcome=outcome, after=held))
            continue
        open_before.append(entry)
        is_unseen = entry.after is None and not may_lag
        if is_unseen and any(v.result is FieldResult.STORED for v in verification.verdicts):
            # Should it be changed again before the last look, it did arrive all the same.
            await _write(entry, Outcome.UNKNOWN, verification, services)
    return tuple(settled)


async def _write(
    entry: JournalEntry, outcome: Outcome, verification: Verification, services: Services
) -> None:
    after, verdicts = after_text(verification), verdicts_text(verification)
    await services.journal.settle(entry.id, outcome.value, after, verdicts, utc_now_text())


async def _drop_saved_draft(entry: JournalEntry, services: Services) -> None:
    """Forget a draft that holds nothing but what is saved; no form may show it by now."""
    drafts, account, number = services.drafts, services.account, entry.activity_id
    await drafts.delete_if(account, number, lambda text: holds_only(text, entry.sent))


def _is_of_other_record(
    entry: JournalEntry, fresh: Activity, services: Services, renewals: int
) -> bool:
    """Whether it is known that a read says nothing about this save, as after a wrong token; or not
    known that it does, as where ATZ does not tell by what to know a record and the token is new.
    """
    is_same = entry.is_of(fresh)
    if is_same:
        services.seen_with[entry.id] = renewals
    if is_same is None:
        seen = services.seen_with.get(entry.id, 0)  # an earlier run's: with the token of the start
        is_doubtful = {seen} != {renewals, services.client.token_renewals}
        return is_doubtful or services.monotonic_reads.is_other_record(fresh)
    return not is_same


def _is_seen(entry: JournalEntry, services: Services) -> bool:
    """Whether the token of now has read or written the very record of a save.

    A token of another account says of any number that there is none.
    """
    return services.seen_with.get(entry.id) == services.client.token_renewals


def _is_due(entry: JournalEntry, services: Services) -> bool:
    return entry_age(entry, services) + TIMER_TOLERANCE >= services.grace_period


def _overlaps(earlier: JournalEntry, wishes: Mapping[str, Any]) -> bool:
    """Whether a save would change what a later one has set."""
    both = earlier.sent.keys() & wishes.keys()
    return any(
        not ACTIVITY.by_name[name].kind.equal(earlier.sent[name], wishes[name]) for name in both
    )


def _final_outcome(entry: JournalEntry, verification: Verification) -> Outcome:
    """The outcome that a last look shows. `entry.after` is what the answer to the PUT, or an
    earlier look, showed of it.
    """
    if verification.is_ok:
        return Outcome.VERIFIED
    if entry.after is None and verification.not_applied:
        return Outcome.NOT_SENT
    return Outcome.DIFFERENT
