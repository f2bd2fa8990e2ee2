"""The rows of a run: frozen before its first request, then saved one by one.

Each is a save like any other, with nobody to ask and the user's own requests first.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from atz_desktop.api.errors import (
    AtzError,
    CaptivePortal,
    Cause,
    NotFound,
    NotSent,
    RateLimited,
    Unauthorized,
)
from atz_desktop.domain.edit import with_mail_default
from atz_desktop.domain.history import Outcome
from atz_desktop.domain.merge import Resolution
from atz_desktop.domain.runs import RunVerdict
from atz_desktop.domain.serialize import Draft, dump_draft, load_draft
from atz_desktop.session import messages
from atz_desktop.session.journal_entries import new_base_key, saves_from_base
from atz_desktop.session.notices import error_notice
from atz_desktop.session.restore import prepare_restore, why_not_restorable
from atz_desktop.session.saving import SaveRequest, SaveResult, save_edit
from atz_desktop.session.services import ReviewResult, UnsavedChoice
from atz_desktop.store.runs import DONE, SENDING, TO_DO, NewRunRow

if TYPE_CHECKING:
    from atz_desktop.domain.edit import Edit
    from atz_desktop.domain.merge import FieldResolution, Merge, Restore
    from atz_desktop.session.services import Services
    from atz_desktop.store.runs import StoredRunRow

_NOT_SAVED = "There is nothing to put back: {}."
_OPEN = "It is not known yet whether it arrived. Undo it once that is found out."


def freeze_edits(edits: Iterable[Edit]) -> list[NewRunRow]:
    """A row for each edit. Blocks: a change holds the activity as it was read."""
    rows = []
    for edit in edits:
        key = new_base_key()
        draft = dump_draft(Draft(edit, base_key=key))
        rows.append(NewRunRow(edit.base.id, edit.base.title, key, draft))
    return rows


def freeze_retry(rows: Iterable[StoredRunRow]) -> list[NewRunRow]:
    """The rows of an earlier run whose change may be sent again, as it was."""
    return [
        NewRunRow(row.activity_id, row.title, new_base_key(), row.draft, row.undoes, row.fields)
        for row in rows
        if row.verdict is not None and row.verdict.can_retry
    ]


def freeze_undo(
    rows: Iterable[StoredRunRow], names: Collection[str] | None = None
) -> list[NewRunRow]:
    """A row for each row of a run, to put back all fields or those in `names`.

    What was not saved has its verdict from the beginning, so that the counts add up.
    """
    fields = None if names is None else frozenset(names)
    return [
        NewRunRow(
            row.activity_id,
            row.title,
            new_base_key(),
            undoes=row.base_key,
            fields=fields,
            verdict=verdict,
            detail=detail,
        )
        for row in rows
        for verdict, detail in [_nothing_to_undo(row.verdict)]
    ]


def _nothing_to_undo(verdict: RunVerdict | None) -> tuple[RunVerdict | None, str]:
    if verdict is not None and verdict.applied:
        return None, ""
    if verdict is None or verdict is RunVerdict.NOT_CONFIRMED:
        return RunVerdict.NOT_SENT, _OPEN
    return RunVerdict.UNCHANGED, _NOT_SAVED.format(verdict.value)


_STAYS_QUIET = "It is over, so ATZ is still asked to mail nobody about it."

_ABOUT_THE_ROW = {Cause.DIFFERENT_RECORD, Cause.INVALID_REQUEST, Cause.OUTDATED}
"""Causes for which nothing was sent that another row would not have."""


class RunOptions(NamedTuple):
    """What all rows of a run have in common.

    `zone` is that in which ATZ's times are read, `renewals` as in SaveRequest. It pauses after
    `pause_after` rows.
    """

    reason: str | None
    zone: str
    renewals: int
    pause_after: int | None = None


class RowEnd(NamedTuple):
    """Where a row stands after it was tried; `state` and `verdict` as in RunStore.

    `pause` says why the run cannot go on now, `offline` that it can when ATZ is reachable again,
    `needs_token` that it can with another token.
    """

    state: str
    verdict: RunVerdict | None = None
    detail: str = ""
    pause: str = ""
    offline: bool = False
    needs_token: bool = False
    result: SaveResult | None = None


class RunPrompts:
    """Decides nothing: what only the user can decide ends the row, or the run."""

    def __init__(self) -> None:
        self.conflicts: tuple[str, ...] = ()
        """Labels of the fields that somebody else changed, too."""
        self.journal_error = ""

    async def unsaved_changes(self, edit: Edit, typed: Mapping[str, str]) -> UnsavedChoice:
        """No window is left."""
        del edit, typed
        return UnsavedChoice.STAY

    async def review(self, edit: Edit, *, quiet: bool = False) -> ReviewResult | None:
        """It was reviewed before the run."""
        del quiet
        return ReviewResult(edit)

    async def resolve_conflicts(self, merge: Merge) -> Mapping[str, FieldResolution] | None:
        """Nothing is decided for the user."""
        self.conflicts = tuple(conflict.field.label for conflict in merge.conflicts)
        return None

    async def restore(self, undo: Restore) -> Mapping[str, FieldResolution] | None:
        """What somebody changed since is left."""
        return dict.fromkeys((c.field.name for c in undo.merge.conflicts), Resolution.THEIRS)

    async def save_without_journal(self, why: str) -> bool:
        """Nothing is sent that is not written down."""
        self.journal_error = why
        return False


async def save_row(row: StoredRunRow, options: RunOptions, services: Services) -> RowEnd:
    """Save a row's change (its draft), or put back what another row did. Raises StoreError."""
    try:
        prepared = await (_undo(row, options, services) if row.undoes else _change(row, options))
    except AtzError as error:
        return _unsent(error)
    if isinstance(prepared, RowEnd):
        return prepared
    request, left = prepared
    prompts = RunPrompts()
    result = await save_edit(request, services, prompts)
    end = _end(result, prompts)
    detail = " ".join(filter(None, (end.detail, left)))
    return end._replace(detail=detail, result=result)


_Prepared = tuple[SaveRequest, str]
"""What to save, and a sentence about what is left as it is."""


async def _change(row: StoredRunRow, options: RunOptions) -> _Prepared | RowEnd:
    try:
        draft = await asyncio.to_thread(load_draft, row.draft or "")
    except ValueError:
        return RowEnd(DONE, RunVerdict.NOT_SENT, "The change can't be read from the disk any more.")
    return _request(draft.edit, row, options), ""


async def _undo(row: StoredRunRow, options: RunOptions, services: Services) -> _Prepared | RowEnd:
    saves = [s for s in await saves_from_base(row.undoes or "", services) if s.sent]
    done = [s for s in saves if s.outcome in {Outcome.VERIFIED, Outcome.DIFFERENT}]
    if not done:
        return RowEnd(DONE, RunVerdict.UNCHANGED, "There is nothing to put back.")
    entry = done[-1]
    if why := why_not_restorable(entry, services.account):
        return RowEnd(DONE, RunVerdict.UNCHANGED, why)
    undo = await prepare_restore(entry, row.fields, services, options.zone, background=True)
    left = _left_text(undo)
    wanted = undo.merge.resolve(await RunPrompts().restore(undo) or {})
    edit = with_mail_default(wanted, datetime.now(UTC))
    if len(edit.pending) < len(wanted.pending):
        left = f"{left} {_STAYS_QUIET}".strip()
    if entry.is_of(edit.base) is False:
        other = NotSent(*edit.base.update_target, cause=Cause.DIFFERENT_RECORD)
        return RowEnd(DONE, RunVerdict.NOT_SENT, error_notice(other, "").text)
    if not edit.dirty:
        return RowEnd(DONE, RunVerdict.LEFT if left else RunVerdict.UNCHANGED, left)
    return _request(edit, row, options, undoes=entry.id), left


def _request(
    edit: Edit, row: StoredRunRow, options: RunOptions, undoes: int | None = None
) -> SaveRequest:
    return SaveRequest(
        edit,
        renewals=options.renewals,
        reason=options.reason,
        undoes=undoes,
        base_key=row.base_key,
        entry_key=row.base_key,
        background=True,
    )


def _left_text(undo: Restore) -> str:
    """What is not put back, and why."""
    changed = ", ".join(conflict.field.label for conflict in undo.merge.conflicts)
    parts = [f"Changed since, and left as it is: {changed}."] if changed else []
    labels = {f.name: f.label for f in undo.merge.edit.record_type.fields}
    parts += [f"{labels[name]}: {why}" for name, why in undo.not_restorable.items()]
    return " ".join(parts)


def _end(result: SaveResult, prompts: RunPrompts) -> RowEnd:
    """What a save means for its row. What the journal tells by itself is no verdict here."""
    if isinstance(result.error, Unauthorized):
        return _unsent(result.error)
    if result.outcome is Outcome.UNKNOWN:
        return RowEnd(SENDING)
    if result.outcome is Outcome.NOT_SENT and result.error is not None:
        return _unsent(result.error)
    if result.outcome is not None:
        notice = None if result.outcome is Outcome.VERIFIED else messages.after_saving(result)
        return RowEnd(DONE, detail=notice.text if notice else "")
    if prompts.conflicts:
        names = ", ".join(prompts.conflicts)
        return RowEnd(DONE, RunVerdict.CONFLICT, f"Somebody changed this in ATZ, too: {names}.")
    if prompts.journal_error:
        return RowEnd(TO_DO, pause=prompts.journal_error)
    if result.cancelled:
        text = " ".join(problem.text for problem in result.sent.problems())
        return RowEnd(DONE, RunVerdict.NOT_SENT, text)
    return RowEnd(DONE, RunVerdict.UNCHANGED, "ATZ holds these values already.")


def _unsent(error: AtzError) -> RowEnd:
    """The row of a request that changed nothing."""
    text = error_notice(error, "").text
    if isinstance(error, Unauthorized):
        return RowEnd(TO_DO, pause=text, needs_token=True)
    if isinstance(error, NotFound):
        return RowEnd(DONE, RunVerdict.GONE, text)
    if isinstance(error, RateLimited):  # the rate limiter waits before the next try
        return RowEnd(TO_DO)
    unreachable = isinstance(error, NotSent) and error.cause not in _ABOUT_THE_ROW
    if unreachable or isinstance(error, CaptivePortal):
        return RowEnd(TO_DO, pause=text, offline=True)
    return RowEnd(DONE, RunVerdict.NOT_SENT, text)
