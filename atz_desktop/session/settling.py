"""Finds out what became of saves whose answer nobody saw: by looking, never by sending again."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from atz_desktop.api.errors import AtzError, Missing
from atz_desktop.domain.activity import Activity
from atz_desktop.domain.edit import Edit
from atz_desktop.domain.history import Entry, Outcome
from atz_desktop.domain.verify import Proof, verify
from atz_desktop.session.entries import after_text, entry_of, moment, now, verdicts_text
from atz_desktop.store.errors import StoreError

if TYPE_CHECKING:
    from atz_desktop.session.services import Services

PATIENCE = 90.0
"""Seconds after which a save that nobody answered is no longer at work in ATZ.

Until then a value that does not stand there yet may still come: a slow server goes on although
the program gave up waiting, or was ended. Gateways commonly end a request after 60 seconds.
"""


@dataclass(frozen=True)
class LookedUp:
    """The entries that are settled now, and how many could not be looked up yet."""

    settled: tuple[Entry, ...] = ()
    left: int = 0


async def settle_with(
    fresh: Activity, services: Services, patience: float = PATIENCE
) -> tuple[Entry, ...]:
    """Settle this activity's open journal entries by what ATZ holds now; returns them settled.

    One that may still arrive (see PATIENCE) stays open.
    """
    settled: list[Entry] = []
    with suppress(StoreError):
        for each in await _open_entries(services):
            if each.entry.activity_id == fresh.id:
                settled += await _settle(each, fresh, services, patience)
    return tuple(settled)


async def settle_all(services: Services, zone: str, patience: float = PATIENCE) -> LookedUp:
    """Look up every open entry of the account, one request for each activity."""
    settled: list[Entry] = []
    try:
        entries = await _open_entries(services)
    except StoreError:
        return LookedUp()
    for activity_id in dict.fromkeys(each.entry.activity_id for each in entries):
        mine = [each for each in entries if each.entry.activity_id == activity_id]
        with suppress(AtzError, StoreError):
            settled += await _look_up(mine, services, zone, patience)
    return LookedUp(tuple(settled), len(entries) - len(settled))


@dataclass(frozen=True)
class _Open:
    """An entry that nobody has settled; `heard` is when we last knew that it was under way."""

    entry: Entry
    heard: datetime


async def _look_up(
    entries: list[_Open], services: Services, zone: str, patience: float
) -> list[Entry]:
    activity_id = entries[0].entry.activity_id
    try:
        body = await services.client.get_activity(activity_id, background=True)
    except Missing:
        return [await _gone(each.entry, services) for each in entries]
    fresh = Activity.read(body, zone)
    return [done for each in entries for done in await _settle(each, fresh, services, patience)]


async def _open_entries(services: Services) -> list[_Open]:
    """Those that can be read: a damaged one stays open and stands in no other's way."""
    found: list[_Open] = []
    for row in await services.journal.unsettled(services.account):
        with suppress(ValueError):
            found.append(_Open(entry_of(row), moment(row.settled_at or row.at)))
    return found


async def _gone(entry: Entry, services: Services) -> Entry:
    """The activity was deleted meanwhile: whatever was saved, ATZ no longer holds it."""
    await services.journal.settle(entry.id, Outcome.DIFFERENT.value, None, None, now())
    return replace(entry, outcome=Outcome.DIFFERENT)


async def _settle(
    found: _Open, fresh: Activity, services: Services, patience: float
) -> list[Entry]:
    """The entry settled; nothing while it may still arrive."""
    entry = found.entry
    proof = proof_of(entry, fresh)
    outcome = outcome_of(proof, lost=True)
    if outcome is Outcome.NOT_SENT and _is_young(found.heard, patience):
        return []
    after = after_text(proof)
    await services.journal.settle(entry.id, outcome.value, after, verdicts_text(proof), now())
    held = {verdict.field.name: verdict.now for verdict in proof.verdicts}
    return [replace(entry, outcome=outcome, after=held)]


def _is_young(heard: datetime, patience: float) -> bool:
    """Whether that was so recently; not so when the clock was set back meanwhile."""
    return 0 <= (datetime.now(UTC) - heard).total_seconds() < patience


def proof_of(entry: Entry, fresh: Activity) -> Proof:
    """What became of an entry's fields, judged by the record as it stands now."""
    edit = Edit(fresh.with_values(entry.before))
    for name, value in entry.sent.items():
        edit = edit.with_value(name, value)
    return verify(edit, fresh)


def outcome_of(proof: Proof, lost: bool) -> Outcome:
    """The outcome that a proof shows; `lost` says that no answer to the PUT was seen."""
    if proof.good:
        return Outcome.VERIFIED
    if lost and proof.nothing_applied:
        return Outcome.NOT_SENT
    return Outcome.DIFFERENT
