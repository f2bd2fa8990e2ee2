"""Saving from the form: who starts it, and what the form shows once an outcome is known, at once or
later.

What was typed or put back meanwhile stays on top, and no effect of one's own saves is taken for a
colleague's change.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from atz_desktop.api.errors import AtzError
from atz_desktop.domain.activity import Activity
from atz_desktop.domain.edit import Edit
from atz_desktop.domain.history import NOT_APPLIED, JournalEntry, Outcome
from atz_desktop.domain.merge import rebase_after_save, rebase_on_own_saves, rebase_on_saved
from atz_desktop.domain.values import Span
from atz_desktop.domain.verify import Verdict
from atz_desktop.session import messages
from atz_desktop.session.form_state import NOTHING
from atz_desktop.session.jobs import Stop
from atz_desktop.session.journal_entries import BaseReading, saves_from_base_or_empty
from atz_desktop.session.notices import Level, Notice
from atz_desktop.session.phase import Phase, SaveState
from atz_desktop.session.reads import require_same_record
from atz_desktop.session.reconcile import verify_entry
from atz_desktop.session.saving import SaveRequest, SaveResult, save_edit
from atz_desktop.session.services import UnsavedChoice

if TYPE_CHECKING:
    from atz_desktop.api.multipart import Upload
    from atz_desktop.session.reconcile import UnconfirmedSaves
    from atz_desktop.session.record_context import RecordContext

_log = logging.getLogger(__name__)


class RecordSaver:
    """One save at a time, in the form's name. See `saving.save_edit` for its course."""

    def __init__(
        self, context: RecordContext, settled: SettledSaves, unconfirmed: UnconfirmedSaves
    ) -> None:
        self._context = context
        self._settled = settled
        self._unconfirmed = unconfirmed
        self._upload: Upload | None = None
        self._stop: Stop | None = None
        self._result: SaveResult | None = None
        """Of the last save; None as long as nothing was tried."""

    def save(self, *, review: bool = False) -> None:
        """Save what changed; with `review` (or when so set) the user looks through it first."""
        context = self._context
        if context.state.save_state is SaveState.READY:
            work = self._save(review=review or context.review_first)
            context.jobs.start("save", work, finish=True)

    async def confirm_leave(self, *, in_save: bool = False, keep_draft: bool = False) -> bool:
        """Ask what to do with unsaved changes, if there are any; False: stay.

        `in_save`: it is the job of a save that asks, and no other can begin. `keep_draft`: they are
        kept without asking.
        """
        context, answer = self._context, UnsavedChoice.KEEP_DRAFT
        context.deferred_save.give_up()
        context.leaving.emit()
        form = context.model.state
        if form is not None and form.dirty and not keep_draft:
            edit = context.lookups.with_names(form.edit)
            answer = await context.prompts.unsaved_changes(edit, form.unparsed)
        if answer is UnsavedChoice.DISCARD:
            context.reading = BaseReading()  # nothing of it is to come back after a save
            context.model.revert_all()
        if answer is UnsavedChoice.SAVE and not await self.save_to_leave(in_save=in_save):
            return False
        return answer is not UnsavedChoice.STAY and await context.keep_draft()

    async def save_to_leave(self, *, in_save: bool = False, confirmed: bool = True) -> bool:
        """Save; whether nothing is left that the user should see before they go on.

        `in_save`: this is awaited in the job of a save. Unless it has to be `confirmed`, a save may
        be one that is looked up later; what it sent stays as a draft until then.
        """
        context, self._result = self._context, None
        if in_save:
            await self._save(review=context.review_first)
        else:
            await context.wait_saved()  # of the history, which may have begun one meanwhile
            self.save()
            await context.wait_saved()
        result = self._result
        outcome = result.outcome if result else None
        if result and outcome is Outcome.UNKNOWN and not confirmed:
            return not result.without_journal and self._holds_only(result)
        return not context.state.dirty and outcome in {None, Outcome.VERIFIED}

    def stop_save(self) -> None:
        """Give up the save before it leaves, or else the sending of its file; that works until the
        last of it was handed over.
        """
        stopped = self._stop is not None and self._stop.request()
        if self._upload is not None and not stopped:
            self._upload.stop()

    async def send(self, request: SaveRequest) -> None:
        """Save what is requested, in the name of the form, and show what became of it."""
        context = self._context
        before, context.failed_load_id = context.edit, None
        # What was said of the last save must not be taken for an answer to this one.
        context.show_notice(None)
        context.set_phase(Phase.SAVING, "Saving…", can_stop=True)
        self._upload = self._create_upload(request.edit)
        self._stop = Stop(partial(context.update, can_stop=False))
        request = replace(
            request,
            renewals=context.renewals,
            upload=self._upload,
            base_key=context.reading.key,
            entry_key=context.reading.entry_key,
            on_step=self._show_progress,
            stop=self._stop,
        )
        if request.undoes is None:
            context.reading = context.reading.with_fields(request.edit.pending)
        reading = context.reading
        own = await saves_from_base_or_empty(reading.key, context.services)
        try:
            result, after = await self._send_and_record(request, own)
        finally:
            self._upload = self._stop = None
            context.set_phase(Phase.READY, upload_progress=None, can_stop=False)
        context.reading = after
        self._show_result(request.edit, result, before, own, reading.seen)

    async def _save(self, *, review: bool) -> None:
        context = self._context
        if context.edit is None:
            return
        edit, reason = context.lookups.with_names(context.edit), None
        if review:
            reviewed = await context.prompts.review(edit)
            if reviewed is None:
                return
            if reviewed.edit != edit:
                context.model.push(reviewed.edit)
            edit, reason = reviewed.edit, reviewed.reason
        by_default = context.model.state is not None and context.model.state.mails_nobody_by_default
        await self.send(SaveRequest(edit, reason=reason, mails_nobody_by_default=by_default))

    def _holds_only(self, result: SaveResult) -> bool:
        """Whether nothing was typed since that save began."""
        form = self._context.model.state
        return (
            form is not None
            and not any(form.unparsed.values())
            and all(
                name in result.unconfirmed and form.edit.has_same_value(result.sent, name)
                for name in form.edit.pending
            )
        )

    async def _send_and_record(
        self, request: SaveRequest, own: list[JournalEntry]
    ) -> tuple[SaveResult, BaseReading]:
        """What became of the save, and what the form stands on now; `own` are the earlier saves."""
        context, reading = self._context, self._context.reading
        # Should the program end in the middle, the draft must not be older than the save.
        await context.drafts.flush()
        if context.drafts.is_stale:  # an older draft is no part of this save
            context.reading = reading.with_other_key()
            request = replace(request, entry_key=context.reading.entry_key)
        result = await save_edit(request, context.services, context.prompts)
        if result.outcome in {None, Outcome.NOT_SENT}:
            context.reading = reading
        after = await self._reading_after_save(request, result, own)
        if result.fresh is not None:
            await context.record_visit(result.fresh, saved=result.applied)
        return result, after

    async def _reading_after_save(
        self, request: SaveRequest, result: SaveResult, own: list[JournalEntry]
    ) -> BaseReading:
        """What the form stands on after a save; `own` are the earlier ones as they were before."""
        reading = self._context.reading
        if result.sent.base is request.edit.base:  # it could not be read
            return reading
        if result.outcome is Outcome.UNKNOWN:
            return reading.with_seen(own)
        after, earlier = reading.after_reading(own), {save.id for save in own}
        saves = await saves_from_base_or_empty(after.key, self._context.services)
        return after.with_seen(save for save in saves if save.id not in earlier)

    def _show_result(
        self,
        sent: Edit,
        result: SaveResult,
        before: Edit | None,
        own: list[JournalEntry],
        seen: frozenset[int],
    ) -> None:
        """Show what the server answered; what was typed or put back since `before` stays on top."""
        context, self._result = self._context, result
        _log.info("saving ended: %s", result.outcome.value if result.outcome else "nothing sent")
        context.saved.emit(sent.base.id, result)
        now, zone = context.edit, context.model.zone
        if now is None or before is None:
            return
        # Another zone may be chosen by now.
        update = _after_save(now, before.in_zone(zone), sent.in_zone(zone), result, own, seen=seen)
        context.model.rebase(*update)
        context.loaded.emit(update.edit.base)
        notice = messages.after_saving(result)
        context.show_notice(notice)
        if result.outcome is Outcome.UNKNOWN:
            self._settled.not_confirmed = notice
        if result.outcome is Outcome.UNKNOWN or context.services.journal.has_unwritten:
            self._unconfirmed.start_checking(at_once=False)

    def _show_progress(self, text: str) -> None:
        context = self._context
        if context.state.phase is Phase.SAVING:
            context.update(progress_text=text)

    def _create_upload(self, edit: Edit) -> Upload | None:
        from atz_desktop.api.multipart import Upload

        return Upload(self._on_progress) if edit.new_file is not None else None

    def _on_progress(self, done: int, total: int) -> None:
        self._context.update(upload_progress=(done, total))


class SettledSaves:
    """Shows what became of saves whose outcome was found out later, here or in another window.

    `not_confirmed` is the notice that said last that a save was not confirmed.
    """

    def __init__(self, context: RecordContext) -> None:
        self._context = context
        self._received: list[JournalEntry] = []
        self.not_confirmed: Notice | None = None

    def add(self, entries: tuple[JournalEntry, ...]) -> None:
        """Show entries of this activity that another window found out about."""
        jobs = self._context.jobs
        self._received += [each for each in entries if self._concerns(each)]
        if self._received and not jobs.running("settled"):
            jobs.start("settled", self._show_received())

    async def show_settled_here(self, entries: tuple[JournalEntry, ...]) -> None:
        """Show, and tell, what a look of this session settled."""
        self._context.settled.emit(entries)
        await self._rebase_form(entries)
        self._notify(entries)

    async def _show_received(self) -> None:
        while entries := tuple(each for each in self._received if self._concerns(each)):
            self._received.clear()
            await self._rebase_form(entries)
            self._notify(entries)

    def _notify(self, entries: tuple[JournalEntry, ...]) -> None:
        """Aside: it comes by itself, and must not replace the result of a later save."""
        context = self._context
        if self.not_confirmed is not None:
            context.notice_withdrawn.emit(self.not_confirmed)
        told = messages.after_reconciling(entries, typed_since=context.state.dirty)
        lasting = told.level is Level.WARNING
        context.notified.emit(replace(told, aside=True, persistent=lasting))

    async def _rebase_form(self, entries: tuple[JournalEntry, ...]) -> None:
        """Show what became of saves of this activity; what was typed stays on top.

        What stands in fields that were saved from this form is no colleague's change.
        """
        context = self._context
        while context.state.phase in {Phase.OPENING, Phase.SAVING}:
            await context.wait_idle()
        activity = context.activity
        mine = [each for each in entries if self._concerns(each)]
        if activity is None or not mine:
            return
        reading = context.reading
        with suppress(AtzError):
            saves = await saves_from_base_or_empty(reading.key, context.services)
            fresh = await context.services.fetch_activity(activity.id, context.model.zone)
            require_same_record(activity, fresh, context.services.client, context.renewals)
            edit = context.edit if context.state.phase is Phase.READY else None
            # Else the form was read again meanwhile, in the knowledge of what is settled.
            if edit is not None and context.reading is reading:
                own = [e for e in mine if reading.has(e) and e.id not in reading.seen]
                context.reading = reading.after_reading(saves)
                context.model.rebase(*_after_reconciling(edit, fresh, own, saves))
                context.loaded.emit(fresh)

    def _concerns(self, entry: JournalEntry) -> bool:
        activity = self._context.activity
        return activity is not None and activity.id == entry.activity_id


# What the form shows: pure, so that it can be read alone


class FormUpdate(NamedTuple):
    """The arguments of `FormModel.rebase`."""

    edit: Edit
    saved: Collection[str]
    verdicts: Mapping[str, Verdict]
    server_errors: Mapping[str, str] = NOTHING


def _after_save(  # noqa: PLR0913 - what the form shows follows from all of them
    now: Edit,
    before: Edit,
    requested: Edit,
    result: SaveResult,
    own: Sequence[JournalEntry],
    *,
    seen: Container[int] = (),
) -> FormUpdate:
    """The form after the server's answer. All edits are in the zone of `now`.

    `requested` is what was to be saved, `before` what the form showed then, `now` what it shows.
    What still stands as it was requested becomes what was sent: a conflict may have been decided,
    or found and left open. `own` are earlier saves from this form, perhaps not confirmed yet; for
    `seen` see `rebase_on_own_saves`.
    """
    names = now.record_type.names
    touched = {name for name in names if not now.has_same_value(before, name)}
    answered = [name for name in requested.pending if requested.has_same_value(now, name)]
    asked = [
        name
        for name in requested.pending.keys() - result.sent.originals.keys()
        if result.applied or requested.has_same_value(before, name)
    ]
    fresh = (result.fresh or result.sent.base).in_zone(now.base.zone)
    unseen = _unseen(requested, result, fresh, own)
    known = rebase_on_own_saves(now, own, fresh, seen).without(*answered)
    asked = [name for name in asked if name not in unseen]
    shown = rebase_after_save(known, fresh, asked, touched.difference(answered))
    stays = set(answered)
    if result.outcome is Outcome.UNKNOWN:  # a restore, which was not typed, shows from now on
        stays |= requested.pending.keys() - now.pending.keys() - touched
    for name in result.unconfirmed & stays:
        shown = shown.with_value(name, result.sent.value(name))
    verdicts = result.verification.verdicts if result.verification else ()
    retyped = {name for name in names if now.value(name) != before.value(name)}
    return FormUpdate(
        shown.with_originals({**shown.originals, **unseen, **result.sent.originals}),
        result.sent.pending.keys() if result.applied else (),
        _by_name(each for each in verdicts if each.field.name not in retyped),
        {n: text for n, text in result.field_errors.items() if n not in retyped},
    )


def _after_reconciling(
    now: Edit, fresh: Activity, own: Iterable[JournalEntry], saves: Iterable[JournalEntry]
) -> FormUpdate:
    """The form after the outcome of `own`, earlier saves from it, was found out in `fresh`.

    `saves` are all that were made from it: what shows in a field follows from the last one of it,
    and an earlier one that is settled says nothing. `fresh` was read after the outcome was found
    out: where it holds something else than was seen then, somebody else was at it. So was somebody
    where a save ended with a value that none of them sent: over that, a wish is an open conflict.
    What was put back while a later save is open stays put back over what an earlier one wrote.
    """
    own, saves, last = tuple(own), tuple(saves), dict[str, int]()
    for each in saves:
        if each.outcome not in NOT_APPLIED:
            last |= dict.fromkeys(each.sent, each.id)
    sent, held = dict[str, Any](), dict[str, Any]()
    for each in own:
        for name in (name for name in each.sent if last.get(name) == each.id):
            sent[name] = each.sent[name]
            held[name] = (each.after or {}).get(name, fresh.value(name))
    equal = {name: now.field(name).kind.equal for name in sent}
    others = {name for name in held if not equal[name](held[name], fresh.value(name))}
    ours = {name: value for name, value in held.items() if _is_own(now, name, value, saves)}
    moved_on = {name for name in ours if not equal[name](sent[name], now.value(name))}
    opened = {save.id for save in saves if not save.settled}
    put_back = {
        name: fresh.value(name)
        for name, number in last.items()
        if number in opened
        and name not in now.pending
        and _is_own(now, name, fresh.value(name), own)
    }
    return FormUpdate(
        rebase_on_saved(now, fresh, {**put_back, **ours}, moved_on | put_back.keys()),
        ours.keys() - others,
        _by_name(
            verdict
            for each in own
            for verdict in verify_entry(each, fresh).verdicts
            if last.get(verdict.field.name, 0) <= each.id and verdict.field.name not in others
        ),
    )


def _unseen(
    requested: Edit, result: SaveResult, fresh: Activity, own: Iterable[JournalEntry]
) -> dict[str, Any]:
    """The fields to be saved where ATZ holds what was in nobody's sight, and what was seen last.

    It may be a colleague's: who saved just then is in no read before the PUT, or in a second one
    after their earlier value was chosen.
    """
    own, zone, sent = tuple(own), fresh.zone, result.sent.in_zone(fresh.zone)
    seen_last = {
        name: sent.base.value(name)
        for name, value in sent.pending.items()
        if not sent.field(name).kind.matches_server(value, fresh.value(name))
        and not requested.field(name).kind.equal(requested.original(name), fresh.value(name))
        and not sent.field(name).kind.equal(sent.base.value(name), fresh.value(name))
        and not _is_own(sent, name, fresh.value(name), own)
    }
    for name in requested.pending.keys() - sent.pending.keys():
        seen, now = sent.base.value(name), fresh.value(name)
        if not sent.field(name).kind.equal(seen, now) and not _is_own(sent, name, now, own):
            seen_last[name] = seen
    for change in result.remote_changes:
        if change.field.name in requested.pending.keys() - sent.pending.keys():
            old = change.old
            seen_last[change.field.name] = old.in_zone(zone) if isinstance(old, Span) else old
    return seen_last


def _is_own(edit: Edit, name: str, value: Any, saves: Iterable[JournalEntry]) -> bool:
    """Whether one of these saves may have written a value."""
    matches = edit.field(name).kind.matches_server
    tried = (each for each in saves if each.outcome not in NOT_APPLIED and name in each.sent)
    return any(matches(each.sent[name], value) for each in tried)


def _by_name(verdicts: Iterable[Verdict]) -> dict[str, Verdict]:
    return {verdict.field.name: verdict for verdict in verdicts}
