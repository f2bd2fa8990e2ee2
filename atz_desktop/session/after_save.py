"""What the form shows once it is known what became of a save: pure, so that it can be read alone.

What was typed or put back meanwhile stays on top, and no effect of one's own saves is taken for a
colleague's change.
"""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from atz_desktop.domain.activity import Activity
from atz_desktop.domain.edit import Edit
from atz_desktop.domain.history import NOT_APPLIED, JournalEntry, Outcome
from atz_desktop.domain.merge import rebase_after_save, rebase_on_own_saves, rebase_on_saved
from atz_desktop.domain.values import Span
from atz_desktop.domain.verify import Verdict
from atz_desktop.session.form_state import NOTHING
from atz_desktop.session.reconcile import verify_entry
from atz_desktop.session.saving import SaveResult


class FormUpdate(NamedTuple):
    """The arguments of `FormModel.rebase`."""

    edit: Edit
    saved: Collection[str]
    verdicts: Mapping[str, Verdict]
    server_errors: Mapping[str, str] = NOTHING


def after_save(  # noqa: PLR0913 - what the form shows follows from all of them
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


def after_reconciling(
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
