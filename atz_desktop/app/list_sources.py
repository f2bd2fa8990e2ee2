"""Where the activities of a work list come from: text, files, the form, a search."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QFileDialog
from shiboken6 import isValid

from atz_desktop.domain.column_mapping import ColumnMapping, MappedRow, guess, map_rows, targets
from atz_desktop.domain.id_list import parse_id_list
from atz_desktop.domain.table import Table, TableError, cell_text
from atz_desktop.domain.work_list import NewRow
from atz_desktop.session.list_texts import ListInput, unreadable_notice
from atz_desktop.session.search import ActivityQuery, ListCollector
from atz_desktop.session.tables import SUFFIXES, TableFile, read_table_file
from atz_desktop.view.dialogs.prompts import show_dialog
from atz_desktop.view.worklist.pane_head import AddFrom

if TYPE_CHECKING:
    from atz_desktop.app.settings import AppSettings
    from atz_desktop.session.jobs import Jobs
    from atz_desktop.session.record_session import RecordSession
    from atz_desktop.view.dialogs.mapping_dialog import MappingDialog
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
        settings: AppSettings,
    ) -> None:
        self._window = window
        self._session = session
        self._jobs = jobs
        self._add = add
        self._files = ListFiles(window, jobs, settings)
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
        self._start(self._choose_file())

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

    async def _choose_file(self) -> None:
        path = await self._files.choose()
        if path is not None:
            await self._read_files([path])

    async def _read_files(self, paths: list[Path]) -> None:
        for path in paths:
            given = await self._files.read(path)
            if given is not None:
                self._add(given)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        # Not a write: it may wait for an answer, which an end of the program must not wait for.
        self._jobs.start(f"list source {next(self._numbers)}", work)


_MOST_REMEMBERED = 200


class ListFiles:
    """Tables, from files and from what was pasted: their columns are asked about.

    Each coroutine ends when the user has chosen.
    """

    def __init__(self, window: MainWindow, jobs: Jobs, settings: AppSettings) -> None:
        self._window = window
        self._jobs = jobs
        self._settings = settings

    async def choose(self) -> Path | None:
        """Ask for a file; None where the user gave up."""
        dialog = QFileDialog(self._window, "Add a list of activities")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        patterns = " ".join(f"*{suffix}" for suffix in SUFFIXES)
        dialog.setNameFilters([f"Lists and tables ({patterns})", "All files (*)"])
        chosen: list[str] = []
        dialog.fileSelected.connect(chosen.append)
        await show_dialog(dialog)
        return Path(chosen[0]) if chosen else None

    async def read(self, path: Path) -> ListInput | None:
        """What a file gives for the list; None where the user gave up, or it can't be read."""
        try:
            found = await read_table_file(path)
        except TableError as error:
            self._window.messages.show_notice(unreadable_notice(path.name, str(error)))
            return None
        return await self.ask(found, path)

    async def ask(self, found: TableFile, path: Path | None = None) -> ListInput | None:
        """What a table gives for the list; of one column nothing is asked."""
        mapping, name = self._guess(found.table), path.stem if path else ""
        if len(found.table.columns) == 1 and mapping.problem() is None:
            return _given(map_rows(found.table, mapping), name)
        from atz_desktop.view.dialogs.mapping_dialog import MappingDialog

        dialog = MappingDialog(path.name if path else "", found.sheets, self._window)
        dialog.show_table(found.table, mapping, sheet=found.sheet, note=found.note)
        if path is not None:
            dialog.sheet_chosen.connect(
                lambda sheet: self._jobs.start("read sheet", self._read_sheet(dialog, path, sheet))
            )
        taken: list[ListInput] = []
        dialog.accepted.connect(lambda: taken.append(self._take(dialog, name)))
        await show_dialog(dialog)
        return taken[0] if taken else None

    async def _read_sheet(self, dialog: MappingDialog, path: Path, sheet: str) -> None:
        try:
            found = await read_table_file(path, sheet)
        except TableError as error:
            found = TableFile(Table((), ()), sheet, note=str(error))
        if isValid(dialog):
            mapping = self._guess(found.table)
            dialog.show_table(found.table, mapping, sheet=sheet, note=found.note)

    def _take(self, dialog: MappingDialog, name: str) -> ListInput:
        self._remember(dialog.table, dialog.mapping)
        return _given(dialog.rows, name)

    # What was chosen for columns of the same headings before

    def _guess(self, table: Table) -> ColumnMapping:
        mapping, known = guess(table), self._remembered
        if all(heading in known for heading in table.columns):
            for place, heading in enumerate(table.columns):
                mapping = mapping.with_target(place, known[heading])
        return mapping

    @property
    def _remembered(self) -> dict[str, str]:
        """Heading → target."""
        pairs = (each.split("=", 1) for each in self._settings.current.list_columns if "=" in each)
        return {heading: target for target, heading in pairs if target in targets()}

    def _remember(self, table: Table, mapping: ColumnMapping) -> None:
        chosen = dict(zip(table.columns, mapping.targets, strict=True))
        known = {heading: t for heading, t in self._remembered.items() if heading not in chosen}
        lines = [f"{target}={heading}" for heading, target in (known | chosen).items()]
        settings = self._settings.current
        self._settings.update(settings._replace(list_columns=tuple(lines[-_MOST_REMEMBERED:])))


def _given(rows: tuple[MappedRow, ...], name: str) -> ListInput:
    """The rows of a table, each activity once; rows without an ID are named."""
    found: dict[int, NewRow] = {}
    doubles, junk = [], []
    for row in rows:
        if row.activity_id is None:
            junk.append(f"row {row.number}: {row.id_text}" if row.id_text else f"row {row.number}")
        elif row.activity_id in found:
            doubles.append(row.activity_id)
        else:
            cells = {target: cell_text(cell) for target, cell in row.cells.items()}
            found[row.activity_id] = NewRow(row.activity_id, note=row.note, cells=cells)
    return ListInput(tuple(found.values()), tuple(doubles), tuple(junk), name)
