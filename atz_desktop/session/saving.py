"""One save, from what is asked of it to how it ended: read, merge, intend, PUT, read back, verify,
settle. `save_edit` is a plain coroutine.

Whatever the network does, the answer is one of five outcomes, and the journal holds the same one.
Nothing that may be applied is called failed; nothing that may be lost is called saved.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import field, replace
from functools import partial
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
from atz_desktop.domain.edit import Change, Edit, without_idle_mail_off
from atz_desktop.domain.history import Outcome
from atz_desktop.domain.merge import Merge, merge, rebase_on_known_saves
from atz_desktop.domain.quick_dataclass import dataclass
from atz_desktop.domain.verify import FieldResult, Verification, verify
from atz_desktop.session.jobs import Stop, StoppedError, offload_if_many
from atz_desktop.session.journal_entries import (
    after_text,
    new_entry,
    saves_from_base_or_empty,
    utc_now_text,
    verdicts_text,
)
from atz_desktop.session.reads import FreshRead, parse_activity, require_same_record
from atz_desktop.session.reconcile import may_be_overwritten, reconcile_activity
from atz_desktop.store.errors import StoreError

if TYPE_CHECKING:
    from atz_desktop.api.multipart import Upload
    from atz_desktop.domain.history import JournalEntry
    from atz_desktop.session.services import Prompts, Services
    from atz_desktop.store.journal import NewEntry

MAX_READS = 8
"""Reads of one save before it gives up: a server that says 429 to each PUT, while reads of it show
now this and now that, would keep it for ever."""
WAITING = "Waiting for your answer…"
"""What is said of a save while the user is asked something."""


@dataclass(frozen=True)
class SaveRequest:
    """What to save, and how: a reason, the entry it undoes, and what to call at each step.

    `base_key` names the reading that the form stands on (serialize.Draft). `entry_key` is the one
    for the journal entry: a new one if the draft on the disk is older than the form.
    `renewals` is `AtzClient.token_renewals` when that was read. `mails_nobody_by_default`: that ATZ
    mails nobody was set by the program, not by the user, and is dropped if nothing else would mail.
    `background`: the user does not wait for it, so that their own requests go first.
    """

    edit: Edit
    renewals: int = 0
    upload: Upload | None = None
    reason: str | None = None
    undoes: int | None = None
    base_key: str = ""
    entry_key: str = ""
    mails_nobody_by_default: bool = False
    background: bool = False
    on_step: Callable[[str], None] = lambda step: None
    stop: Stop = field(default_factory=Stop)


@dataclass(frozen=True)
class SaveResult:
    """How a save ended.

    `outcome` is None when nothing was to be sent or the user stopped it. `sent` is the edit that
    went out, standing on the record as it was just before; `fresh` is the record as last read, None
    when it could not be read. `verification` compares what was meant with that read, when it was
    applied; `response_verification` compares it with the answer to the PUT itself. `remote_changes`
    are a colleague's changes to other fields. `stopped`: the user gave it up before anything left,
    by `SaveRequest.stop`. `without_journal` says that no journal entry holds this save.
    """

    outcome: Outcome | None
    sent: Edit
    fresh: Activity | None = None
    verification: Verification | None = None
    response_verification: Verification | None = None
    error: AtzError | None = None
    remote_changes: tuple[Change, ...] = ()
    cancelled: bool = False
    stopped: bool = False
    without_journal: bool = False

    @property
    def applied(self) -> bool:
        """Whether ATZ is known to have taken it, if not quite as it was meant."""
        return self.outcome in {Outcome.VERIFIED, Outcome.DIFFERENT}

    @property
    def unconfirmed(self) -> frozenset[str]:
        """The sent fields that stay as typed: nothing shows that they arrived.

        Of a file under the name of the earlier one nothing can, once the answer was lost.
        """
        if not self.applied:
            return frozenset(self.sent.pending)
        verdicts = self.verification.verdicts if self.verification and self.error else ()
        return frozenset(v.field.name for v in verdicts if v.result is FieldResult.UNPROVEN)

    @property
    def field_errors(self) -> dict[str, str]:
        """Field name → what ATZ said against it.

        The form of an error is not documented (ATZ_API.md): a sentence that names exactly one
        field's key counts for that field.
        """
        if not isinstance(self.error, Rejected):
            return {}
        by_key = self.sent.record_type.by_key
        found = {
            by_key[key].name: " ".join(texts)
            for key, texts in self.error.fields.items()
            if key in by_key and texts
        }
        if found or not self.error.message:
            return found
        said = self.error.message.lower()
        named = {field.name for key, field in by_key.items() if _mentions(said, key)}
        return {named.pop(): self.error.message} if len(named) == 1 else {}

    @property
    def rejects_false(self) -> bool:
        """Whether it was refused for a boolean sent as `false` (ATZ_API.md, "Risks learned")."""
        is_refused = self.outcome is Outcome.REFUSED
        return is_refused and any(self.sent.pending.get(n) is False for n in self.field_errors)


def _mentions(said: str, key: str) -> bool:
    words = f" {''.join(c if c.isalnum() or c == '_' else ' ' for c in said)} "
    return f" {key} " in words or f" {key.replace('_', ' ')} " in words


async def save_edit(request: SaveRequest, services: Services, prompts: Prompts) -> SaveResult:
    """Save an edit so that its outcome is known, or known to be unknown.

    Whatever takes time between the read and the PUT leads to another read (`FreshRead`). Raises
    nothing of the API: an error before anything was sent stands in `SaveResult.error`.
    """
    save = _Save(request, services, prompts)
    for _ in range(MAX_READS):
        result = await save.read_and_send()
        if result is not None:
            return save.with_remote_changes(result)
    return save.with_remote_changes(await save.end_outdated())


class _Save:
    """The state of one save between its reads: `edit` is what it would send by now."""

    def __init__(self, request: SaveRequest, services: Services, prompts: Prompts) -> None:
        self._request = request
        self._services = services
        self._prompts = prompts
        self._edit = request.edit
        self._entry = _EntryWriter(services, request)
        self._remote_changes: dict[str, Change] = {}
        self._flags_retried = False

    async def read_and_send(self) -> SaveResult | None:
        """Read, merge, write down and send; None: this has to be done once more."""
        self._request.on_step("Reading the activity again…")
        try:
            async with self._request.stop.scope():
                read = await FreshRead.read(
                    self._edit.base,
                    self._services.client,
                    self._services.monotonic_reads,
                    self._request.renewals,
                    background=self._request.background,
                )
        except StoppedError:
            await self._entry.drop()
            return SaveResult(None, self._edit, cancelled=True, stopped=True)
        except AtzError as error:
            return await self._end_unsent(error)
        await reconcile_activity(read.activity, self._services, read.renewals)
        stopped = await self._prepare(read.activity)
        if stopped is not None:
            await self._entry.drop()
            return stopped
        self._request.on_step("Saving…")
        read.set_edit(self._edit)
        sent = await _put(replace(self._request, edit=self._edit), self._services, read)
        if sent is not None:
            return await self._settle(sent)
        return await self._end_unsent(read.error) if read.error is not None else None

    def with_remote_changes(self, result: SaveResult) -> SaveResult:
        """The result, with what colleagues were found to have changed in other fields."""
        return replace(result, remote_changes=tuple(self._remote_changes.values()))

    async def end_outdated(self) -> SaveResult:
        """Nothing was sent, since the record moved on at each read."""
        return await self._end_unsent(Outdated(*self._edit.base.update_target))

    async def _end_unsent(self, error: AtzError) -> SaveResult:
        await self._entry.drop()
        return SaveResult(Outcome.NOT_SENT, self._edit, error=error)

    async def _prepare(self, fresh: Activity) -> SaveResult | None:
        """Merge the edit with the record as read and write down what is about to be sent.

        The result where nothing is to be sent: there is nothing left, or the user wants it so.
        """
        own = await saves_from_base_or_empty(self._request.base_key, self._services)
        merged = await offload_if_many(
            fresh.people_count, partial(_merge_known, self._edit, own, fresh)
        )
        for change in merged.remote_changes:
            first = self._remote_changes.get(change.field.name, change)
            self._remote_changes[change.field.name] = replace(change, old=first.old)
        if merged.conflicts:
            self._request.on_step(WAITING)
        decided = await _resolve_conflicts(merged, self._prompts)
        if decided is None:
            return SaveResult(None, merged.with_open_conflicts, fresh, cancelled=True)
        keeps_flag = not self._request.mails_nobody_by_default
        self._edit = edit = decided if keeps_flag else without_idle_mail_off(decided)
        if not edit.dirty or edit.problems():
            return SaveResult(None, edit, fresh, cancelled=bool(edit.problems()))
        if not await self._entry.write(edit, self._prompts):
            return SaveResult(None, edit, fresh, cancelled=True)
        return None

    async def _settle(self, sent: SaveResult) -> SaveResult | None:
        """Write down what became of the PUT; None: it is sent once more with booleans in the other
        form, because ATZ may have refused those.

        It is not confirmed as long as an earlier save may still come and change it again.
        """
        result = sent
        if sent.applied and await may_be_overwritten(sent.sent, self._services, self._entry.id):
            result = replace(
                sent,
                outcome=Outcome.UNKNOWN,
                fresh=sent.sent.base,
                response_verification=sent.verification,
                verification=None,
            )
        await self._entry.settle(result)
        flags = self._services.boolean_format
        if result.rejects_false:
            flags.numeric = not flags.numeric
            if not self._flags_retried:
                self._entry = _EntryWriter(self._services, self._request)
                self._flags_retried = True
                return None
        elif self._flags_retried:
            flags.remember()
        return replace(result, without_journal=self._entry.without_journal)


def _merge_known(edit: Edit, own: list[JournalEntry], fresh: Activity) -> Merge:
    return merge(rebase_on_known_saves(edit, own, fresh), fresh)


async def _resolve_conflicts(merged: Merge, prompts: Prompts) -> Edit | None:
    if not merged.conflicts:
        return merged.edit
    picks = await prompts.resolve_conflicts(merged)
    return None if picks is None else merged.resolve(picks)


async def _put(request: SaveRequest, services: Services, read: FreshRead) -> SaveResult | None:
    """Send the edit and find out what became of it; None when it is outdated and did not leave."""
    edit, reads = request.edit, services.monotonic_reads
    error: AtzError | None = None
    answered: Verification | None = None
    answer_may_lag = False
    try:
        async with request.stop.scope():
            body = await services.client.update_activity(
                edit.base.id,
                edit.body(numeric_flags=services.boolean_format.numeric),
                request.upload,
                partial(_check_and_leave, read, request.stop),
                background=request.background,
            )
        answer = reads.newest_for(await parse_activity(body, edit.base.zone))
        answered = await offload_if_many(answer.people_count, partial(verify, edit, answer))
        answer_may_lag = reads.may_lag(answer)
    except (Outdated, StoppedError):
        return None
    except AtzError as caught:
        error = caught
        if not _needs_read_back(caught):
            return SaveResult(_outcome_of_error(caught), edit, edit.base, error=caught)
    request.on_step("Reading back…")
    try:
        body = await services.client.get_activity(edit.base.id, background=request.background)
        fresh = await parse_activity(body, edit.base.zone)
        require_same_record(edit.base, fresh, services.client, read.renewals)
    except AtzError as unread:
        return SaveResult(
            Outcome.UNKNOWN, edit, response_verification=answered, error=error or unread
        )
    fresh = reads.latest(fresh)
    verification = await offload_if_many(fresh.people_count, partial(verify, edit, fresh))
    outcome = _outcome_after_put(verification, None if answer_may_lag else answered, error)
    if reads.may_lag(fresh):
        outcome = Outcome.UNKNOWN
    saved = SaveResult(outcome, edit, fresh, verification, answered, error)
    return saved if saved.applied else replace(saved, verification=None)


async def _check_and_leave(read: FreshRead, stop: Stop) -> None:
    """The precondition of the PUT. Raises Outdated where that may not leave; of a save that was
    stopped, the read that follows ends it.
    """
    await read.check()
    if not stop.close():
        raise Outdated(*read.activity.update_target)


def _outcome_after_put(
    verification: Verification, answered: Verification | None, error: AtzError | None
) -> Outcome:
    """What is certain right after a PUT: `verification` by a read, `answered` by its own answer.

    A read that does not show the change is no proof against it: it may lag behind, or the server
    may still be at work. ATZ has surely dealt with the request where its answer shows more than
    the old values, and a read agrees with that answer.
    """
    if verification.is_ok:
        return Outcome.VERIFIED
    if error is not None:
        not_applied = verification.not_applied and not error.may_have_been_applied
        return _outcome_of_error(error) if not_applied else Outcome.UNKNOWN
    is_dealt_with = answered is not None and not answered.not_applied
    if answered is not None and is_dealt_with and answered.has_same_values(verification):
        return Outcome.DIFFERENT
    return Outcome.UNKNOWN


def _needs_read_back(error: AtzError) -> bool:
    """A refusal is no proof that nothing happened, least of all one of a gateway in between."""
    if isinstance(error, Rejected):
        return not isinstance(error, Unauthorized)
    began = isinstance(error, UploadCancelled) and error.started
    return began or error.may_have_been_applied


def _outcome_of_error(error: AtzError) -> Outcome:
    """The outcome of a request that changed nothing."""
    # Without a status the server never saw it: there was no token to send.
    unsent = isinstance(error, Unauthorized) and error.status is None
    not_sent = unsent or isinstance(error, NotSent | UploadCancelled | RateLimited)
    return Outcome.NOT_SENT if not_sent else Outcome.REFUSED


class _EntryWriter:
    """The journal's entry of one save, written before its PUT leaves."""

    def __init__(self, services: Services, request: SaveRequest) -> None:
        self._services = services
        self._request = request
        self._entry: NewEntry | None = None
        self._renewals = 0
        self.id: int | None = None
        """The journal's number of it; None while nothing is written down."""
        self.without_journal = False
        """The user wants to save although the journal cannot be written."""

    async def write(self, edit: Edit, prompts: Prompts) -> bool:
        """Write down what is about to be sent; False when that fails and nothing shall be sent.

        What was intended before the record was read again, and is another change now, was not sent.
        """
        if self.without_journal:
            return True
        services, request = self._services, self._request
        self._renewals = services.client.token_renewals
        entry = await asyncio.to_thread(  # a list may be long
            new_entry, services, edit, request.reason, request.undoes, request.entry_key or None
        )
        if self._entry is not None and entry._replace(at=self._entry.at) == self._entry:
            return True
        await self.drop()
        try:
            self.id = await services.journal.begin(entry)
        except StoreError as error:
            request.on_step(WAITING)
            self.without_journal = await prompts.save_without_journal(error.message)
            return self.without_journal
        self._entry = entry
        return True

    async def settle(self, result: SaveResult) -> None:
        """Write down what became of the save; if that fails, the next look-up settles the entry."""
        if self.id is None or result.outcome is None:
            return
        if result.outcome is Outcome.UNKNOWN:
            self._services.unconfirmed[self.id] = self._services.clock()
            self._services.seen_with[self.id] = self._renewals
        verification = result.verification or result.response_verification
        after = verdicts = None
        if verification:
            people = result.sent.base.people_count
            after = await offload_if_many(people, partial(after_text, verification))
            verdicts = await offload_if_many(people, partial(verdicts_text, verification))
        with suppress(StoreError):
            await self._services.journal.settle(
                self.id, result.outcome.value, after, verdicts, utc_now_text()
            )

    async def drop(self) -> None:
        """What was intended has not been sent, and will not be."""
        if self.id is not None:
            with suppress(StoreError):
                await self._services.journal.settle(
                    self.id, Outcome.NOT_SENT.value, None, None, utc_now_text()
                )
        self.id = self._entry = None
