"""Showing what became of saves whose outcome was found out later, here or in another window."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from atz_desktop.api.errors import AtzError
from atz_desktop.domain.history import JournalEntry
from atz_desktop.session import messages
from atz_desktop.session.after_save import after_reconciling
from atz_desktop.session.journal_entries import saves_from_base_or_none
from atz_desktop.session.notices import Level, Notice
from atz_desktop.session.phase import Phase
from atz_desktop.session.reads import fetch_activity, require_same_record

if TYPE_CHECKING:
    from atz_desktop.session.record_context import RecordContext


class SettledSaves:
    """`not_confirmed` is the notice that said last that a save was not confirmed."""

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
            saves = await saves_from_base_or_none(reading.key, context.services)
            fresh = await fetch_activity(activity.id, context.model.zone, context.services)
            require_same_record(activity, fresh, context.services, context.renewals)
            edit = context.edit if context.state.phase is Phase.READY else None
            # Else the form was read again meanwhile, in the knowledge of what is settled.
            if edit is not None and context.reading is reading:
                own = [e for e in mine if reading.has(e) and e.id not in reading.seen]
                context.reading = reading.after_reading(saves)
                context.model.rebase(*after_reconciling(edit, fresh, own, saves))
                context.loaded.emit(fresh)

    def _concerns(self, entry: JournalEntry) -> bool:
        activity = self._context.activity
        return activity is not None and activity.id == entry.activity_id
