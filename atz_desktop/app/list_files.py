"""Tables for the work list, from files and from what was pasted: their columns are asked about."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog
from shiboken6 import isValid

from atz_desktop.domain.column_mapping import ColumnMapping, MappedRow, guess, map_rows, targets
from atz_desktop.domain.table import Table, TableError, cell_text
from atz_desktop.domain.work_list import NewRow
from atz_desktop.session.list_texts import ListInput, unreadable_notice
from atz_desktop.session.tables import SUFFIXES, TableFile, read_table_file
from atz_desktop.view.dialogs.prompts import show_dialog

if TYPE_CHECKING:
    from collections.abc import Callable

    from atz_desktop.app.settings import AppSettings
    from atz_desktop.session.jobs import Jobs
    from atz_desktop.view.dialogs.mapping_dialog import MappingDialog
    from atz_desktop.view.windows.main_window import MainWindow

_MOST_REMEMBERED = 200


class ListFiles:
    """Each coroutine ends when the user has chosen."""

    def __init__(self, window: MainWindow, jobs: Jobs, settings: AppSettings) -> None:
        self._window = window
        self._jobs = jobs
        self._settings = settings

    def choose(self, chosen: Callable[[Path], None]) -> None:
        """Ask for a file."""
        dialog = QFileDialog(self._window, "Add a list of activities")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        patterns = " ".join(f"*{suffix}" for suffix in SUFFIXES)
        dialog.setNameFilters([f"Lists and tables ({patterns})", "All files (*)"])
        dialog.fileSelected.connect(lambda name: chosen(Path(name)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

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
