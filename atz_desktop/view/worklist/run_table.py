"""The rows of a run, each with its one verdict."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from PySide6.QtCore import QObject, Qt

from atz_desktop.domain.characters import single_line
from atz_desktop.domain.runs import RunCounts, RunRow, RunVerdict
from atz_desktop.view.icons import icon
from atz_desktop.view.theme import LEVELS
from atz_desktop.view.widgets.row_table import Index, RowModel

COLUMNS: Final = ("Title", "Activity", "Verdict", "What happened")
_MOST_LETTERS: Final = 300
_LEVELS: Final = {
    RunVerdict.CHECKED: "good",
    RunVerdict.DIFFERENT: "warning",
    RunVerdict.REFUSED: "problem",
    RunVerdict.NOT_SENT: "problem",
    RunVerdict.NOT_CONFIRMED: "warning",
    RunVerdict.CONFLICT: "warning",
    RunVerdict.LEFT: "warning",
    RunVerdict.GONE: "problem",
}
"""How a verdict is drawn; of the others there is nothing to see."""
_ICON: Final = int(Qt.ItemDataRole.DecorationRole)


class RunModel(RowModel[RunRow]):
    """A row stays where it is while its verdict changes, also under a filter."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(COLUMNS, cell, parent)
        self._all: dict[int, RunRow] = {}
        self._places: dict[int, int] = {}
        self._verdict: RunVerdict | None = None

    def show_all(self, rows: Iterable[RunRow]) -> None:
        """Show the rows of a run."""
        self._all = {row.position: row for row in rows}
        self._fill()

    def show_verdict(self, verdict: RunVerdict | None) -> None:
        """Show only the rows that have this verdict by now; None: all."""
        self._verdict = verdict
        self._fill()

    def update_row(self, row: RunRow) -> None:
        """A row has another verdict."""
        if row.position not in self._all:
            return
        self._all[row.position] = row
        place = self._places.get(row.position)
        if place is not None:
            self._rows[place] = row
            self.dataChanged.emit(self.index(place, 0), self.index(place, len(COLUMNS) - 1))

    def update_rows(self, rows: Iterable[RunRow]) -> None:
        """These rows have other verdicts, perhaps: the whole table is drawn anew once."""
        for row in rows:
            if row.position in self._all:
                self._all[row.position] = row
                if (place := self._places.get(row.position)) is not None:
                    self._rows[place] = row
        if self._rows:
            last = self.index(len(self._rows) - 1, len(COLUMNS) - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    @property
    def all_rows(self) -> tuple[RunRow, ...]:
        """Every row of the run, shown or not."""
        return tuple(self._all.values())

    @property
    def counts(self) -> RunCounts:
        return RunCounts.of(self._all.values())

    def place_of(self, position: int) -> int | None:
        """Where the row with that number in the run is shown."""
        return self._places.get(position)

    def _fill(self) -> None:
        rows = [row for row in self._all.values() if self._verdict in {None, row.verdict}]
        self._places = {row.position: place for place, row in enumerate(rows)}
        self.set_rows(rows)

    # Qt overrides

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role != _ICON:
            return super().data(index, role)
        row = self.row(index.row())
        if row is not None and COLUMNS[index.column()] == "Verdict":
            look = LEVELS.get(_LEVELS.get(row.verdict, "") if row.verdict else "")
            return icon(look.icon, look.colour) if look else None
        return None


def cell(row: RunRow, column: int) -> str:
    """What stands in one column of a row."""
    match COLUMNS[column]:
        case "Title":
            return single_line(row.title[:_MOST_LETTERS]) or "(without a title)"
        case "Activity":
            return str(row.activity_id)
        case "Verdict":
            return row.verdict.value if row.verdict else ""
        case _:
            return single_line(row.detail[:_MOST_LETTERS])
