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
    Outdated,
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
from atz_desktop.session.fresh_read import FreshRead
from atz_desktop.session.settling import outcome_of, settle_with
from atz_desktop.store.errors import StoreError

if TYPE_CHECKING:
    from atz_desktop.api.client import Upload
    from atz_desktop.session.services import Questions, Services
    from atz_desktop.store.journal import NewEntry


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
    """What to save, and how: a reason, the entry it undoes, and what to call at each step.

    `base_key` names the reading that the form stands on (codec.Draft), `renewals` is
    `AtzClient.renewals` when that was read.
    """

    edit: Edit
    renewals: int = 0
    upload: Upload | None = None
    reason: str | None = None
    undoes: int | None = None
    base_key: str = ""
    on_step: Callable[[str], None] = lambda step: None


async def save_edit(order: Order, services: Services, questions: Questions) -> Saved:
    """Save an edit so that its outcome is known, or known to be unknown.

    Whatever takes time between the read and the PUT leads to another read (`FreshRead`). Raises
    nothing of the API: an error before anything was sent stands in `Saved.error`.
    """
    edit, intent, taken = order.edit, _Intent(services, order), dict[str, Change]()

    async def ended(saved: Saved) -> Saved:
        await intent.drop()
        return replace(saved, taken=tuple(taken.values()))

    while True:
        order.on_step("Reading the activity again…")
        try:
            read = await FreshRead.of(edit.base, services, order.renewals)
        except AtzError as error:
            return await ended(Saved(Outcome.NOT_SENT, edit, error=error))
        fresh = read.activity
        await settle_with(fresh, services)
        merged = merge(knowing(edit, await _own(order, services), fresh), fresh)
        taken |= {change.field.name: change for change in merged.taken}
        decided = await _decided(merged, questions)
        if decided is None:
            return await ended(Saved(None, edit, merged.undecided.base, stopped=True))
        edit = decided
        if not edit.dirty or edit.problems():
            return await ended(Saved(None, edit, fresh, stopped=bool(edit.problems())))
        if not read.is_fresh:
            continue
        if not await intent.write(edit, questions):
            return await ended(Saved(None, edit, fresh, stopped=True))
        order.on_step("Saving…")
        read.will_send(edit)
        saved = await _put(replace(order, edit=edit), services, read)
        if saved is not None:
            await intent.settle(saved)
            return replace(saved, taken=tuple(taken.values()), unlisted=intent.is_unlisted)
        if read.error is not None:
            return await ended(Saved(Outcome.NOT_SENT, edit, error=read.error))


class _Intent:
    """The journal's entry of one save, written before its PUT leaves."""

    def __init__(self, services: Services, order: Order) -> None:
        self._services = services
        self._order = order
        self._entry: NewEntry | None = None
        self._id: int | None = None
        self.is_unlisted = False
        """The user wants to save although the journal cannot be written."""

    async def write(self, edit: Edit, questions: Questions) -> bool:
        """Write down what is about to be sent; False when that fails and nothing shall be sent.

        What was intended before the record was read again, and is another change now, was not sent.
        """
        if self.is_unlisted:
            return True
        order = self._order
        entry = intention(self._services, edit, order.reason, order.undoes, order.base_key or None)
        if self._entry is not None and entry._replace(at=self._entry.at) == self._entry:
            return True
        await self.drop()
        try:
            self._id = await self._services.journal.intend(entry)
        except StoreError as error:
            self.is_unlisted = await questions.without_journal(error.words)
            return self.is_unlisted
        self._entry = entry
        return True

    async def settle(self, saved: Saved) -> None:
        """Write down what became of a save; if that fails, the next look-up settles the entry."""
        if self._id is None or saved.outcome is None:
            return
        after = after_text(saved.proof) if saved.proof else None
        verdicts = verdicts_text(saved.proof) if saved.proof else None
        with suppress(StoreError):
            await self._services.journal.settle(
                self._id, saved.outcome.value, after, verdicts, now()
            )

    async def drop(self) -> None:
        """What was intended has not been sent, and will not be."""
        if self._id is not None:
            with suppress(StoreError):
                await self._services.journal.settle(
                    self._id, Outcome.NOT_SENT.value, None, None, now()
                )
        self._id = self._entry = None


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


async def _put(order: Order, services: Services, read: FreshRead) -> Saved | None:
    """Send the edit and find out what became of it; None when it is outdated and did not leave."""
    edit = order.edit
    error: AtzError | None = None
    try:
        await services.client.update_activity(edit.base.id, edit.body(), order.upload, read.check)
    except Outdated:
        return None
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
