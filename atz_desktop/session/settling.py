"""Finds out what became of saves whose answer nobody saw: by looking, never by sending again."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from atz_desktop.api.errors import AtzError, Missing
from atz_desktop.domain.activity import Activity
from atz_desktop.domain.edit import Edit
from atz_desktop.domain.history import Entry, Outcome
from atz_desktop.domain.verify import Proof, verify
from atz_desktop.session.entries import after_text, entry_of, now, verdicts_text
from atz_desktop.store.errors import StoreError

if TYPE_CHECKING:
    from atz_desktop.session.services import Services


@dataclass(frozen=True)
class LookedUp:
    """The entries that are settled now, and how many could not be looked up yet."""

    settled: tuple[Entry, ...] = ()
    left: int = 0


async def settle_with(fresh: Activity, services: Services) -> tuple[Entry, ...]:
    """Settle this activity's open journal entries by what ATZ holds now; returns them settled."""
    settled: list[Entry] = []
    with suppress(StoreError):
        for entry in await _open_entries(services):
            if entry.activity_id == fresh.id:
                settled += [await _settle(entry, fresh, services)]
    return tuple(settled)


async def settle_all(services: Services, zone: str) -> LookedUp:
    """Look up every open entry of the account, one request for each activity."""
    settled: list[Entry] = []
    left = 0
    try:
        entries = await _open_entries(services)
    except StoreError:
        return LookedUp()
    for activity_id in dict.fromkeys(entry.activity_id for entry in entries):
        mine = [entry for entry in entries if entry.activity_id == activity_id]
        try:
            settled += await _look_up(activity_id, mine, services, zone)
        except (AtzError, StoreError):
            left += len(mine)
    return LookedUp(tuple(settled), left)


async def _look_up(
    activity_id: int, entries: Iterable[Entry], services: Services, zone: str
) -> list[Entry]:
    try:
        body = await services.client.get_activity(activity_id, background=True)
    except Missing:
        return [await _gone(entry, services) for entry in entries]
    fresh = Activity.read(body, zone)
    return [await _settle(entry, fresh, services) for entry in entries]


async def _open_entries(services: Services) -> list[Entry]:
    return [entry_of(row) for row in await services.journal.unsettled(services.account)]


async def _gone(entry: Entry, services: Services) -> Entry:
    """The activity was deleted meanwhile: whatever was saved, ATZ no longer holds it."""
    await services.journal.settle(entry.id, Outcome.DIFFERENT.value, None, None, now())
    return replace(entry, outcome=Outcome.DIFFERENT)


async def _settle(entry: Entry, fresh: Activity, services: Services) -> Entry:
    proof = proof_of(entry, fresh)
    outcome = outcome_of(proof, lost=True)
    after = after_text(proof)
    await services.journal.settle(entry.id, outcome.value, after, verdicts_text(proof), now())
    held = {verdict.field.name: verdict.now for verdict in proof.verdicts}
    return replace(entry, outcome=outcome, after=held)


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
