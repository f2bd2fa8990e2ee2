"""One save: read, merge, intend, PUT, read back, verify, settle. A plain coroutine.

Whatever the network does, the answer is one of five outcomes, and the journal holds the same one.
Nothing that may be applied is called failed; nothing that may be lost is called saved.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from atz_desktop.api.errors import (
    AtzError,
    NotSent,
    OutcomeUnknown,
    ServerFault,
    TooMany,
    UploadStopped,
    Why,
)
from atz_desktop.domain.activity import Activity
from atz_desktop.domain.edit import Change, Edit
from atz_desktop.domain.history import Entry, Outcome, knowing
from atz_desktop.domain.merge import Merge, merge
from atz_desktop.domain.verify import Proof, Result, verify
from atz_desktop.session.entries import after_text, intention, now, saves_from, verdicts_text
from atz_desktop.session.settling import outcome_of, settle_with
from atz_desktop.store.errors import StoreError

if TYPE_CHECKING:
    from atz_desktop.api.client import Upload
    from atz_desktop.session.services import Questions, Services


@dataclass(frozen=True)
class Saved:
    """How a save ended.

    `outcome` is None when nothing was to be sent or the person stopped it. `sent` is the edit that
    went out, standing on the record as it was just before; `fresh` is the record as last read,
    None when it could not be read.
    `taken` are a colleague's changes to other fields. `unlisted` says that no journal entry holds
    this save.
    """

    outcome: Outcome | None
    sent: Edit
    fresh: Activity | None = None
    proof: Proof | None = None
    error: AtzError | None = None
    taken: tuple[Change, ...] = ()
    stopped: bool = False
    unlisted: bool = False

    @property
    def applied(self) -> bool:
        """Whether ATZ is known to have taken it, if not quite as it was meant."""
        return self.outcome in {Outcome.VERIFIED, Outcome.DIFFERENT}

    @property
    def still_wished(self) -> frozenset[str]:
        """The sent fields that stay as typed: nothing shows that they arrived.

        Of a file under the name of the earlier one nothing can, once the answer was lost.
        """
        if not self.applied:
            return frozenset(self.sent.pending)
        verdicts = self.proof.verdicts if self.proof and self.error else ()
        return frozenset(v.field.name for v in verdicts if v.result is Result.UNPROVEN)


@dataclass(frozen=True)
class Order:
    """What to save, and how: a reason, the entry it undoes.

    `base_key` names the reading that the form stands on (codec.Draft).
    """

    edit: Edit
    upload: Upload | None = None
    reason: str | None = None
    undoes: int | None = None
    base_key: str = ""
    on_step: Callable[[str], None] = lambda step: None


async def save_edit(order: Order, services: Services, questions: Questions) -> Saved:
    """Save an edit so that its outcome is known, or known to be unknown.

    Raises nothing of the API: an error before anything was sent stands in `Saved.error`.
    """
    order.on_step("Reading the activity again…")
    try:
        fresh = await _read(services, order.edit)
    except AtzError as error:
        return Saved(Outcome.NOT_SENT, order.edit, error=error)
    await settle_with(fresh, services)
    merged = merge(knowing(order.edit, await _own(order, services), fresh), fresh)
    edit = await _decided(merged, questions)
    if edit is None:
        return Saved(None, order.edit, merged.undecided.base, taken=merged.taken, stopped=True)
    if not edit.dirty or edit.problems():
        return Saved(None, edit, fresh, taken=merged.taken, stopped=bool(edit.problems()))
    entry = await _intend(edit, order, services, questions)
    if entry is None:
        return Saved(None, edit, fresh, taken=merged.taken, stopped=True)
    order.on_step("Saving…")
    saved = await _put(replace(order, edit=edit), services)
    await _settle(entry, saved, services)
    return replace(saved, taken=merged.taken, unlisted=entry.id < 0)


@dataclass(frozen=True)
class _Intent:
    """The journal's number of this save; below zero when it is saved without a journal."""

    id: int


async def _read(services: Services, edit: Edit) -> Activity:
    body = await services.client.get_activity(edit.base.id)
    return Activity.read(body, edit.base.zone)


async def _own(order: Order, services: Services) -> list[Entry]:
    """The saves that were made from the same form: what they wrote is no colleague's change."""
    with suppress(StoreError):
        return await saves_from(order.base_key, services)
    return []


async def _decided(merged: Merge, questions: Questions) -> Edit | None:
    if not merged.conflicts:
        return merged.edit
    picks = await questions.conflicts(merged)
    return None if picks is None else merged.resolved(picks)


async def _intend(
    edit: Edit, order: Order, services: Services, questions: Questions
) -> _Intent | None:
    try:
        entry = intention(services, edit, order.reason, order.undoes, order.base_key or None)
        return _Intent(await services.journal.intend(entry))
    except StoreError as error:
        agreed = await questions.without_journal(error.words)
        return _Intent(-1) if agreed else None


async def _put(order: Order, services: Services) -> Saved:
    edit = order.edit
    error: AtzError | None = None
    try:
        await services.client.update_activity(edit.base.id, edit.body(), order.upload)
    except AtzError as caught:
        error = caught
        if not caught.may_have_been_applied and not _worth_a_look(caught):
            return Saved(_refusal(caught), edit, edit.base, error=caught)
    order.on_step("Reading back…")
    try:
        answer = await _read(services, edit)
    except AtzError as unread:
        return Saved(Outcome.UNKNOWN, edit, error=error or unread)
    proof = verify(edit, answer)
    outcome = outcome_of(proof, lost=error is not None)
    if outcome is Outcome.NOT_SENT and _may_come_late(error):
        return Saved(Outcome.UNKNOWN, edit, answer, error=error)
    return Saved(outcome, edit, answer, proof, error)


def _worth_a_look(error: AtzError) -> bool:
    return isinstance(error, UploadStopped) and error.began


def _may_come_late(error: AtzError | None) -> bool:
    """Whether it was not ATZ that gave up: it may be at work on it still (settling.PATIENCE)."""
    if isinstance(error, ServerFault):
        return error.status == 504
    return isinstance(error, OutcomeUnknown) and error.why is Why.TIMED_OUT


def _refusal(error: AtzError) -> Outcome:
    not_sent = isinstance(error, NotSent | UploadStopped | TooMany)
    return Outcome.NOT_SENT if not_sent else Outcome.REFUSED


async def _settle(entry: _Intent, saved: Saved, services: Services) -> None:
    """Write down what became of a save; if that fails, the next look-up settles the entry."""
    if entry.id < 0 or saved.outcome is None:
        return
    after = after_text(saved.proof) if saved.proof else None
    verdicts = verdicts_text(saved.proof) if saved.proof else None
    with suppress(StoreError):
        await services.journal.settle(entry.id, saved.outcome.value, after, verdicts, now())
