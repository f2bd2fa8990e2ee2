"""Which column of a table is the activity ID, a note, a field, or ignored."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from atz_desktop.domain.characters import fold
from atz_desktop.domain.fields import ACTIVITY, RecordType
from atz_desktop.domain.id_list import cell_id, id_column
from atz_desktop.domain.kinds import When
from atz_desktop.domain.quick_dataclass import dataclass
from atz_desktop.domain.table import Cell, Table, cell_text

ID: Final = "#id"
NOTE: Final = "#note"
IGNORED: Final = ""
"""Targets of columns besides fields. A field's target is its name, or `name.part`."""

TIME_PARTS: Final = {
    "day": ("Date", "start_date"),
    "start": ("Start", "start_time", "start_datetime"),
    "end": ("End", "end_time", "end_datetime"),
    "minutes": ("Duration (minutes)", "duration", "minutes"),
}
"""Parts of a field of start and end, each of which may have a column: its label, other headings."""
_NO_ID_COLUMN: Final = (
    "Choose the column that holds the activity IDs. A table without one can't be added."
)
_DATED_PARTS: Final = (".day", ".start", ".end")
_NUMERIC_DATE: Final = re.compile(r"(?<!\d)(\d{1,2})([/-])(\d{1,2})\2(\d{4}|(?<=/)\d{2})(?!\d)")


@dataclass(frozen=True)
class ColumnMapping:
    """The target of each column, in the order of the columns."""

    targets: tuple[str, ...]

    def with_target(self, column: int, target: str) -> ColumnMapping:
        """A copy with another target for a column; one that had it before is ignored then."""
        return ColumnMapping(
            tuple(
                target
                if place == column
                else IGNORED
                if each == target and target != NOTE
                else each
                for place, each in enumerate(self.targets)
            )
        )

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of the fields that have a column, each once."""
        named = (target.partition(".")[0] for target in self.targets)
        return tuple(dict.fromkeys(name for name in named if name and name not in {ID, NOTE}))

    def problem(self) -> str | None:
        """Why the table can't be taken over so, as a sentence; None if it can."""
        if ID not in self.targets:
            return _NO_ID_COLUMN
        return None


@dataclass(frozen=True)
class MappedRow:
    """One row of a table. `cells` maps target → cell, for the columns that are fields.

    `number` counts the rows from 1; `activity_id` is None where the cell of the ID holds none,
    `id_text` is what it holds.
    """

    number: int
    activity_id: int | None
    id_text: str
    note: str
    cells: Mapping[str, Cell]


def targets(record_type: RecordType = ACTIVITY) -> dict[str, str]:
    """All that a column can be, with labels, in the order of a list of choices."""
    found = {ID: "Activity ID", NOTE: "Note", IGNORED: "Ignore"}
    for field in record_type.fields:
        if isinstance(field.kind, When):
            found |= {f"{field.name}.{part}": names[0] for part, names in TIME_PARTS.items()}
        else:
            found[field.name] = field.label
    return found


def guess(table: Table, record_type: RecordType = ACTIVITY) -> ColumnMapping:
    """What the columns probably are, by their headings, and the ID else by its cells.

    What is not known by its heading comes along as a note.
    """
    named, ids = _by_heading(record_type), id_column(table)
    mapping = ColumnMapping((NOTE,) * len(table.columns))
    for place, heading in enumerate(table.columns):
        target = ID if place == ids else named.get(fold(heading), NOTE)
        if target not in mapping.targets:
            mapping = mapping.with_target(place, target)
    return mapping


def _by_heading(record_type: RecordType) -> dict[str, str]:
    """Folded heading → target: the labels on screen, and the names in the API."""
    found: dict[str, str] = {}
    for field in record_type.fields:
        if isinstance(field.kind, When):
            for part, names in TIME_PARTS.items():
                found |= {fold(name): f"{field.name}.{part}" for name in names}
        else:
            found |= {fold(name): field.name for name in (field.label, *field.mapping.keys)}
    return found


def map_rows(table: Table, mapping: ColumnMapping) -> tuple[MappedRow, ...]:
    """The rows of the table, read so. Requires a mapping without a `problem`.

    Where one of its dates shows whether day or month comes first (`6/25/2026`), all are read so,
    and not by the order of this computer.
    """
    rows = tuple(_mapped(row, number, mapping) for number, row in enumerate(table.rows, 1))
    day_first = _day_first(cell for row in rows for cell in _times_of(row).values())
    if day_first is None:
        return rows
    return tuple(
        replace(row, cells={**row.cells, **_with_iso_dates(_times_of(row), day_first)})
        for row in rows
    )


def _mapped(row: tuple[Cell, ...], number: int, mapping: ColumnMapping) -> MappedRow:
    pairs = list(zip(mapping.targets, row, strict=True))
    found = next(cell for target, cell in pairs if target == ID)
    notes = (cell_text(cell) for target, cell in pairs if target == NOTE)
    cells = {t: cell for t, cell in pairs if t not in {ID, NOTE, IGNORED} and cell is not None}
    note = " · ".join(filter(None, notes))
    return MappedRow(number, cell_id(found), cell_text(found), note, cells)


def _times_of(row: MappedRow) -> dict[str, str]:
    """The cells of dates and times that are texts."""
    cells = row.cells.items()
    return {t: cell for t, cell in cells if t.endswith(_DATED_PARTS) and isinstance(cell, str)}


def _day_first(texts: Iterable[str]) -> bool | None:
    """The order of day and month in all these texts; None where none shows it, or they differ."""
    dates = [found for text in texts if (found := _NUMERIC_DATE.search(text))]
    orders = {int(date[1]) > 12 for date in dates if (int(date[1]) > 12) != (int(date[3]) > 12)}
    return orders.pop() if len(orders) == 1 else None


def _with_iso_dates(cells: Mapping[str, str], day_first: bool) -> dict[str, str]:
    def iso(date: re.Match[str]) -> str:
        day, month = (date[1], date[3]) if day_first else (date[3], date[1])
        year = f"20{date[4]}"[-4:]
        return f"{year}-{month}-{day}"

    return {target: _NUMERIC_DATE.sub(iso, text, count=1) for target, text in cells.items()}
