"""The rows of a new run, as they are frozen before its first request."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from atz_desktop.domain.runs import RunVerdict
from atz_desktop.domain.serialize import Draft, dump_draft
from atz_desktop.session.journal_entries import new_base_key
from atz_desktop.store.runs import NewRunRow

if TYPE_CHECKING:
    from atz_desktop.domain.edit import Edit
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
