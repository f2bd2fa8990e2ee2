"""Where the activities of a work list come from: text, files, the form, a search."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from itertools import count
from typing import TYPE_CHECKING, Any

from atz_desktop.domain.id_list import parse_id_list
from atz_desktop.domain.work_list import NewRow
from atz_desktop.session.list_texts import ListInput
from atz_desktop.session.search import ActivityQuery, ListCollector
from atz_desktop.session.tables import TableFile
from atz_desktop.view.worklist.pane_head import AddFrom

if TYPE_CHECKING:
    from pathlib import Path

    from atz_desktop.app.list_files import ListFiles
    from atz_desktop.session.jobs import Jobs
    from atz_desktop.session.record_session import RecordSession
    from atz_desktop.view.windows.main_window import MainWindow
    from atz_desktop.view.worklist.pane import CollectBar


class ListSources:
    """Makes rows of what is given, and hands them to `add`."""

    def __init__(
        self,
        window: MainWindow,
        session: RecordSession,
        jobs: Jobs,
        add: Callable[[ListInput], None],
        files: ListFiles,
    ) -> None:
        self._window = window
        self._session = session
        self._jobs = jobs
        self._add = add
        self._files = files
        self._numbers = count()
        self._name = ""
        self._bar: CollectBar | None = None
        self._collector = ListCollector(jobs, session.services)
        self._collector.collected.connect(self._take_collected)
        self._collector.notified.connect(window.messages.show_notice)

    def close(self) -> None:
        """The account is left: what is being read belongs to it."""
        if self._bar is not None:
            self._bar.hide()
            self._bar.deleteLater()
            self._bar = None

    def add_from(self, source: AddFrom) -> None:
        """Add what the window shows."""
        if source is AddFrom.SHOWN:
            self.add_shown()
        elif source is AddFrom.RECORD:
            self.add_record()
        elif source is AddFrom.FILE:
            self.choose_file()

    def add_text(self, text: str) -> None:
        """Add the activities in a text."""
        self._start(self._read_text(text))

    def add_pasted(self, text: str) -> None:
        """Add the activities of a text that was pasted into the field for the ID.

        One that is no table and has not several is put there.
        """
        self._start(self._read_text(text, least=2))

    def choose_file(self) -> None:
        """Ask for a file and add the activities in it."""
        self._files.choose(lambda path: self.add_files([path]))

    def add_files(self, paths: list[Path]) -> None:
        """Add the activities in files, one after the other."""
        self._start(self._read_files(paths))

    def add_seen(self, activities: Iterable[tuple[int, str]]) -> None:
        """Add activities by their IDs, with their titles; each once."""
        titles = dict(activities)
        self._add(ListInput(tuple(NewRow(*each) for each in titles.items())))

    def add_shown(self) -> None:
        """Add the activity in the form."""
        activity = self._session.activity
        if activity is not None:
            self.add_seen([(activity.id, activity.title)])

    def add_record(self) -> None:
        """Add all activities of the record of the one in the form."""
        record = self._session.state.related_record
        if record is not None and record.slug:
            name = self._session.lookups.record_name(record) or record.slug
            kind = record.entity if isinstance(record.entity, int) else None
            self.add_found(ActivityQuery(entity=kind, record=record.slug), name)

    def add_found(self, query: ActivityQuery, name: str = "") -> None:
        """Add all that a search finds, page by page; a newer one takes its place."""
        from atz_desktop.view.worklist.pane import CollectBar

        self._name = name or query.search
        if self._bar is None:
            self._bar = CollectBar(self._collector, self._window)
            self._window.body.add_bar(self._bar)
        self._collector.start(query)

    def _take_collected(self, rows: tuple[NewRow, ...]) -> None:
        self._add(ListInput(rows, name=self._name))

    async def _read_text(self, text: str, least: int = 0) -> None:
        found = await asyncio.to_thread(parse_id_list, text)
        if found.table is not None:
            given = await self._files.ask(TableFile(found.table))
            if given is not None:
                self._add(given)
            return
        if len(found.rows) + len(found.doubles) < least:
            self._window.id_bar.insert(text)
            return
        rows = tuple(NewRow(each.activity_id, note=each.note) for each in found.rows)
        self._add(ListInput(rows, found.doubles, found.junk))

    async def _read_files(self, paths: list[Path]) -> None:
        for path in paths:
            given = await self._files.read(path)
            if given is not None:
                self._add(given)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        # Not a write: it may wait for an answer, which an end of the program must not wait for.
        self._jobs.start(f"list source {next(self._numbers)}", work)
