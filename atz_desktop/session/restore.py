"""Putting an earlier save back, or single fields of it: a request for one more save."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from atz_desktop.api.errors import AtzError
from atz_desktop.domain.edit import mail_warning
from atz_desktop.domain.history import JournalEntry, Outcome
from atz_desktop.domain.merge import Restore, restore_entry
from atz_desktop.session.jobs import offload_if_many
from atz_desktop.session.notices import error_notice
from atz_desktop.session.reads import require_same_record
from atz_desktop.session.saving import SaveRequest

if TYPE_CHECKING:
    from datetime import datetime

    from atz_desktop.session.record_context import RecordContext
    from atz_desktop.session.record_loader import RecordLoader
    from atz_desktop.session.record_saver import RecordSaver
    from atz_desktop.session.services import Prompts, Services


def why_not_restorable(entry: JournalEntry, account: str | None) -> str | None:
    """Why a save cannot be put back, as a sentence; None when it may be tried."""
    if not entry.sent:
        return "The values of this save can't be read, so they can't be put back."
    if entry.account != account:
        return "This save was made with another account. Connect that one to put it back."
    if entry.outcome is Outcome.REFUSED:
        return "ATZ refused this save. Load the activity to see what it holds."
    if entry.outcome is Outcome.NOT_SENT:
        return "ATZ holds the values from before this save, so there is nothing to put back."
    if not entry.settled:
        return "First it has to be known what became of this save: load the activity."
    return None


async def prepare_restore(
    entry: JournalEntry,
    names: frozenset[str] | None,
    services: Services,
    zone: str,
    *,
    background: bool = False,
) -> Restore:
    """How to put a save back, or only the fields in `names`, on the record as it stands now.

    `zone` (IANA name) is the one that ATZ's times are read in. Raises AtzError when the activity
    cannot be read, ValueError for a save that was made with another account.
    """
    if entry.account != services.account:
        raise ValueError("an entry of another account")
    fresh = await services.fetch_activity(entry.activity_id, zone, background=background)
    return await offload_if_many(fresh.people_count, partial(restore_entry, entry, fresh, names))


async def restore_request(  # noqa: PLR0913 - what is put back, and who decides when
    entry: JournalEntry,
    names: frozenset[str] | None,
    services: Services,
    prompts: Prompts,
    zone: str,
    *,
    now: datetime,
) -> SaveRequest | None:
    """What to save so that an earlier save is put back; None when the user does not want it.

    Asks what to do with values that moved on. When ATZ may mail attendees about it, the user
    reviews it too, and can suppress that: the default where the activity is over. Raises as
    `prepare_restore` does.
    """
    undo = await prepare_restore(entry, names, services, zone)
    picks = await prompts.restore(undo)
    if picks is None:
        return None
    request = SaveRequest(undo.merge.resolve(picks), undoes=entry.id)
    if not request.edit.dirty:
        return None
    mail = mail_warning(request.edit, now)
    if mail is None:
        return request
    reviewed = await prompts.review(request.edit, quiet=mail.past)
    if reviewed is None:
        return None
    return replace(request, edit=reviewed.edit, reason=reviewed.reason)


class RecordRestorer:
    """Puts earlier saves back, from the window that shows the activity."""

    def __init__(self, context: RecordContext, loader: RecordLoader, saver: RecordSaver) -> None:
        self._context = context
        self._loader = loader
        self._saver = saver

    async def restore(self, entry: JournalEntry, names: frozenset[str] | None) -> None:
        """Put an earlier save back, or the fields in `names`; its activity is loaded if need be."""
        request = await self._request(entry, names)
        if request is not None:
            await self._saver.send(request)

    async def _request(
        self, entry: JournalEntry, names: frozenset[str] | None
    ) -> SaveRequest | None:
        context = self._context
        if not self._shows(entry):
            left = await self._saver.confirm_leave(in_save=True)
            if not left or await context.shown_elsewhere(entry.activity_id):
                return None
            await self._loader.load(entry.activity_id)
        if context.activity is None or not self._shows(entry):
            return None
        try:
            request = await restore_request(
                entry,
                names,
                context.services,
                context.prompts,
                context.model.zone,
                now=context.model.utc_now(),
            )
            if request is not None:
                require_same_record(
                    context.activity, request.edit.base, context.services.client, context.renewals
                )
        except AtzError as error:
            context.notified.emit(error_notice(error, "Nothing was put back"))
            return None
        return request

    def _shows(self, entry: JournalEntry) -> bool:
        activity = self._context.activity
        return activity is not None and activity.id == entry.activity_id
