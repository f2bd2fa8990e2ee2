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
    Outdated,
    RateLimited,
    Rejected,
    Unauthorized,
    UploadCancelled,
)
from atz_desktop.domain.activity import Activity
from atz_desktop.domain.edit import Change, Edit
from atz_desktop.domain.history import Outcome, rebase_on_known_saves
from atz_desktop.domain.merge import Merge, merge
from atz_desktop.domain.verify import FieldResult, Verification, verify
from atz_desktop.session.field_errors import refuses_false
from atz_desktop.session.fresh_read import FreshRead, require_same_record
from atz_desktop.session.journal_entries import (
    after_text,
    intention,
    now,
    own_saves,
    request_text,
    verdicts_text,
)
from atz_desktop.session.reconcile import may_be_overwritten, settle_with
from atz_desktop.store.errors import StoreError

if TYPE_CHECKING:
    from atz_desktop.api.client import Upload
    from atz_desktop.session.services import Prompts, Services
    from atz_desktop.store.journal import NewEntry


MAX_LOOKS = 8
"""Reads of one save before it gives up: a server that says 429 to each PUT, while reads of it show
now this and now that, would keep it for ever."""


@dataclass(frozen=True)
class SaveResult:
    """How a save ended.

    `outcome` is None when nothing was to be sent or the person stopped it. `sent` is the edit that
    went out, standing on the record as it was just before; `fresh` is the record as last read,
    None when it could not be read.
    `proof` compares what was meant with that read, when it was applied; `answered` compares it with
    the answer to the PUT itself.
    `taken` are a colleague's changes to other fields. `unlisted` says that no journal entry holds
    this save.
    """

    outcome: Outcome | None
    sent: Edit
    fresh: Activity | None = None
    proof: Verification | None = None
    answered: Verification | None = None
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
        return frozenset(v.field.name for v in verdicts if v.result is FieldResult.UNPROVEN)


@dataclass(frozen=True)
class SaveRequest:
    """What to save, and how: a reason, the entry it undoes, and what to call at each step.

    `base_key` names the reading that the form stands on (serialize.Draft), `entry_key` is what the
    journal has in its place: another where this save must not explain an older draft on the disk.
    `renewals` is `AtzClient.token_renewals` when that was read.
    """

    edit: Edit
    renewals: int = 0
    upload: Upload | None = None
    reason: str | None = None
    undoes: int | None = None
    base_key: str = ""
    entry_key: str = ""
    on_step: Callable[[str], None] = lambda step: None


async def save_edit(order: SaveRequest, services: Services, questions: Prompts) -> SaveResult:
    """Save an edit so that its outcome is known, or known to be unknown.

    Whatever takes time between the read and the PUT leads to another read (`FreshRead`). Raises
    nothing of the API: an error before anything was sent stands in `Saved.error`.
    """
    edit, intent, taken = order.edit, _JournalWriter(services, order), dict[str, Change]()
    flags, flags_retried = services.flags, False

    async def ended(saved: SaveResult) -> SaveResult:
        await intent.drop()
        return replace(saved, taken=tuple(taken.values()))

    for _ in range(MAX_LOOKS):
        order.on_step("Reading the activity again…")
        try:
            read = await FreshRead.of(edit.base, services, order.renewals)
        except AtzError as error:
            return await ended(SaveResult(Outcome.NOT_SENT, edit, error=error))
        fresh = read.activity
        await settle_with(fresh, services)
        merged = merge(
            rebase_on_known_saves(edit, await own_saves(order.base_key, services), fresh), fresh
        )
        taken |= {change.field.name: change for change in merged.remote_changes}
        decided = await _decided(merged, questions)
        if decided is None:
            return await ended(SaveResult(None, merged.with_open_conflicts, fresh, stopped=True))
        edit = decided
        if not edit.dirty or edit.problems():
            return await ended(SaveResult(None, edit, fresh, stopped=bool(edit.problems())))
        if not await intent.write(edit, questions):
            return await ended(SaveResult(None, edit, fresh, stopped=True))
        order.on_step("Saving…")
        read.will_send(edit)
        saved = await _put(replace(order, edit=edit), services, read)
        if saved is not None:
            saved = await intent.settle(saved)
            if saved.outcome is Outcome.REFUSED and refuses_false(saved.error, edit):
                flags.numeric = not flags.numeric
                if not flags_retried:
                    intent, flags_retried = _JournalWriter(services, order), True
                    continue
            elif flags_retried:
                flags.learn()
            return replace(saved, taken=tuple(taken.values()), unlisted=intent.is_unlisted)
        if read.error is not None:
            return await ended(SaveResult(Outcome.NOT_SENT, edit, error=read.error))
    outdated = Outdated(*edit.base.update_target)
    return await ended(SaveResult(Outcome.NOT_SENT, edit, error=outdated))


class _JournalWriter:
    """The journal's entry of one save, written before its PUT leaves."""

    def __init__(self, services: Services, order: SaveRequest) -> None:
        self._services = services
        self._order = order
        self._entry: NewEntry | None = None
        self._id: int | None = None
        self.is_unlisted = False
        """The user wants to save although the journal cannot be written."""

    async def write(self, edit: Edit, questions: Prompts) -> bool:
        """Write down what is about to be sent; False when that fails and nothing shall be sent.

        What was intended before the record was read again, and is another change now, was not sent.
        """
        if self.is_unlisted:
            return True
        order, flags = self._order, self._services.flags
        entry = intention(self._services, edit, order.reason, order.undoes, order.entry_key or None)
        entry = entry._replace(request=request_text(edit.body(numeric_flags=flags.numeric)))
        if self._entry is not None and entry._replace(at=self._entry.at) == self._entry:
            return True
        await self.drop()
        try:
            self._id = await self._services.journal.begin(entry)
        except StoreError as error:
            self.is_unlisted = await questions.without_journal(error.message)
            return self.is_unlisted
        self._entry = entry
        return True

    async def settle(self, saved: SaveResult) -> SaveResult:
        """Write down what became of a save; if that fails, the next look-up settles the entry.

        It is not confirmed as long as an earlier save may still come and change it again.
        """
        if saved.applied and await may_be_overwritten(saved.sent, self._services, self._id):
            base, proof = saved.sent.base, saved.proof
            saved = replace(saved, outcome=Outcome.UNKNOWN, fresh=base, answered=proof, proof=None)
        if self._id is None or saved.outcome is None:
            return saved
        if saved.outcome is Outcome.UNKNOWN:
            self._services.unconfirmed[self._id] = self._services.clock()
        proof = saved.proof or saved.answered
        after, verdicts = (after_text(proof), verdicts_text(proof)) if proof else (None, None)
        outcome = saved.outcome.value
        with suppress(StoreError):
            await self._services.journal.settle(self._id, outcome, after, verdicts, now())
        return saved

    async def drop(self) -> None:
        """What was intended has not been sent, and will not be."""
        if self._id is not None:
            with suppress(StoreError):
                await self._services.journal.settle(
                    self._id, Outcome.NOT_SENT.value, None, None, now()
                )
        self._id = self._entry = None


async def _decided(merged: Merge, questions: Prompts) -> Edit | None:
    if not merged.conflicts:
        return merged.edit
    picks = await questions.conflicts(merged)
    return None if picks is None else merged.resolve(picks)


async def _put(order: SaveRequest, services: Services, read: FreshRead) -> SaveResult | None:
    """Send the edit and find out what became of it; None when it is outdated and did not leave."""
    edit = order.edit
    error: AtzError | None = None
    answered: Verification | None = None
    try:
        body = await services.client.update_activity(
            edit.base.id,
            edit.body(numeric_flags=services.flags.numeric),
            order.upload,
            read.check,
        )
        answered = verify(edit, Activity.from_response(body, edit.base.zone))
    except Outdated:
        return None
    except AtzError as caught:
        error = caught
        if not _is_worth_a_look(caught):
            return SaveResult(_outcome_of(caught), edit, edit.base, error=caught)
    order.on_step("Reading back…")
    try:
        fresh = Activity.from_response(
            await services.client.get_activity(edit.base.id), edit.base.zone
        )
        require_same_record(edit.base, fresh)
    except AtzError as unread:
        return SaveResult(Outcome.UNKNOWN, edit, answered=answered, error=error or unread)
    proof = verify(edit, fresh)
    outcome = _judged(proof, answered, error)
    fresh = services.reads.latest(fresh)
    saved = SaveResult(outcome, edit, fresh, proof, answered, error)
    return saved if saved.applied else replace(saved, proof=None)


def _judged(proof: Verification, answered: Verification | None, error: AtzError | None) -> Outcome:
    """What is certain right after a PUT: `proof` by a read, `answered` by the PUT's own answer.

    A read that does not show the change is no proof against it: it may lag behind, or the server
    may still be at work. ATZ has surely dealt with the request where its answer shows more than
    the old values, and a read agrees with that answer.
    """
    if proof.is_ok:
        return Outcome.VERIFIED
    if error is not None:
        not_applied = proof.not_applied and not error.may_have_been_applied
        return _outcome_of(error) if not_applied else Outcome.UNKNOWN
    is_dealt_with = answered is not None and not answered.not_applied
    if answered is not None and is_dealt_with and answered.has_same_values(proof):
        return Outcome.DIFFERENT
    return Outcome.UNKNOWN


def _is_worth_a_look(error: AtzError) -> bool:
    """A refusal is no proof that nothing happened, least of all one of a gateway in between."""
    if isinstance(error, Rejected):
        return not isinstance(error, Unauthorized)
    began = isinstance(error, UploadCancelled) and error.started
    return began or error.may_have_been_applied


def _outcome_of(error: AtzError) -> Outcome:
    """The outcome of a request that changed nothing."""
    # Without a status the server never saw it: there was no token to send.
    unsent = isinstance(error, Unauthorized) and error.status is None
    not_sent = unsent or isinstance(error, NotSent | UploadCancelled | RateLimited)
    return Outcome.NOT_SENT if not_sent else Outcome.REFUSED
