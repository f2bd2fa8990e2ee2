"""The History window: made when it is first wanted, one for each account.

What it wants done is asked about and told in it: the window below it may be hidden.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from shiboken6 import isValid

from atz_desktop.session.history import History
from atz_desktop.session.journal_entries import entry_or_empty
from atz_desktop.store.errors import StoreError
from atz_desktop.view.widgets.paint_later import bring_to_front

if TYPE_CHECKING:
    from atz_desktop.domain.history import JournalEntry
    from atz_desktop.session.account_session import ConnectionStatus
    from atz_desktop.session.notices import Notice
    from atz_desktop.session.record_session import RecordSession
    from atz_desktop.view.dialogs.prompts import DialogPrompts
    from atz_desktop.view.windows.command_palette import CommandPalette
    from atz_desktop.view.windows.history_window import HistoryEntryView, HistoryWindow
    from atz_desktop.view.windows.main_window import MainWindow

AddToList = Callable[[Iterable[tuple[int, str]]], None]
"""Takes IDs of activities, with their titles, for the work list."""
_MOST_IN_PALETTE = 8


class HistoryController:
    """Shows the saves of the account and passes on what is to be put back or loaded."""

    def __init__(  # noqa: PLR0913 - what it tells whom, by name
        self,
        window: MainWindow,
        session: RecordSession,
        prompts: DialogPrompts,
        *,
        put_back_elsewhere: Callable[[JournalEntry, frozenset[str] | None], bool],
        add_to_list: AddToList,
        status: ConnectionStatus,
    ) -> None:
        """`put_back_elsewhere` does it in the window that has the activity, if another one has."""
        self._window = window
        self._scope = session.jobs.scope()
        self._session = session
        self._prompts = prompts
        self._put_back_elsewhere = put_back_elsewhere
        self._add_to_list = add_to_list
        self._status = status
        self._history_window: HistoryWindow | None = None
        window.palette_opened.connect(self._serve_palette)

    def show(self) -> None:
        """Show it, in front of everything else of the program."""
        self._scope.start("history window", self._show())

    async def _show(self, entry: JournalEntry | None = None) -> None:
        """Made when first wanted: its two halves and the showing each in a turn of its own."""
        if self._history_window is None:
            from atz_desktop.view.windows.history_window import HistoryEntryView

            lower = HistoryEntryView()
            await asyncio.sleep(0)
            self._history_window = self._create_window(lower)
        if entry is not None:
            self._history_window.show_entry(entry)
        await asyncio.sleep(0)
        bring_to_front(self._history_window)

    def _serve_palette(self, palette: CommandPalette) -> None:
        palette.words_changed.connect(partial(self._find_for, palette))

    def _find_for(self, palette: CommandPalette, words: str) -> None:
        if words.strip():
            self._scope.start("palette", self._offer_saves(palette, words))

    async def _offer_saves(self, palette: CommandPalette, words: str) -> None:
        services = self._session.services
        with suppress(StoreError):
            from atz_desktop.view.windows.command_palette import saved_item

            rows = await services.journal.entries(
                account=services.account, search=words.strip(), limit=_MOST_IN_PALETTE
            )
            entries = [entry_or_empty(row) for row in rows]
            if isValid(palette):
                palette.add_items(
                    words, [saved_item(e, partial(self._show_entry, e)) for e in entries]
                )

    def _show_entry(self, entry: JournalEntry) -> None:
        self._scope.start("history window", self._show(entry))

    async def close(self) -> None:
        """Let it go: what it lists belongs to the account that is left."""
        self._window.palette_opened.disconnect(self._serve_palette)
        await self._scope.close()
        if self._history_window is not None:
            self._history_window.hide()
            self._history_window.deleteLater()
            self._history_window = None

    def _create_window(self, lower: HistoryEntryView) -> HistoryWindow:
        from atz_desktop.view.windows.history_window import HistoryWindow
        from atz_desktop.view.windows.status_line import StatusLine

        listed = History(self._scope, self._session.services)
        panel = HistoryWindow(listed, self._window, lower)
        panel.add_status(StatusLine(self._status))
        panel.entry.restore_requested.connect(self._restore)
        panel.entry.load_requested.connect(self._load)
        panel.rows_chosen.connect(self._add_to_list)
        self._session.loaded.connect(listed.refresh)
        self._session.notified.connect(self._show_notice)
        return panel

    def _restore(self, entry: JournalEntry, names: frozenset[str] | None) -> None:
        if not self._put_back_elsewhere(entry, names):
            self._route_prompts_here()
            self._session.restore(entry, names)

    def _load(self, activity_id: int) -> None:
        self._route_prompts_here()
        self._session.open(activity_id)

    def _route_prompts_here(self) -> None:
        self._prompts.parent_window = self._history_window
        if not self._scope.running("ask here"):
            self._scope.start("ask here", self._route_prompts_until_done())

    async def _route_prompts_until_done(self) -> None:
        try:
            await self._session.wait_idle()
        finally:
            self._prompts.parent_window = None

    def _show_notice(self, notice: Notice | None) -> None:
        if notice is not None and notice.aside:
            return  # it is no answer to what was asked for here
        if self._history_window is not None and self._prompts.parent_window is self._history_window:
            self._history_window.show_notice(notice)
