"""Tables out of pasted text or a file: headings and rows of cells."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import date, datetime, time
from typing import Final

from atz_desktop.domain.characters import strip_invisible
from atz_desktop.domain.quick_dataclass import dataclass

Cell = str | int | float | bool | date | datetime | time | None
"""A cell of a workbook; those of a text are all texts."""

MAX_ROWS: Final = 20_000
MAX_COLUMNS: Final = 200
MAX_CELL: Final = 32_767
"""Characters. Excel's own limit for a cell."""
_SAMPLE: Final = 50
"""Lines that are looked at to find out what separates the cells."""
_SEPARATORS: Final = "\t;,|"
_SAID_SEPARATOR = re.compile(r'"?sep=([\t;,|])"?\r?\n', re.IGNORECASE)
"""The first line of a table for Excel."""
_VALUE = re.compile(r"[#(+-]?\s*[\d.,:/\s()+-]*\d[\d.,:/\s()%-]*|https?://\S+")
"""A number, a date, a time or an address: no heading is one."""


class TableError(ValueError):
    """The table can't be read; the text is a sentence for the user."""


@dataclass(frozen=True)
class Table:
    """Rows of equal length. `columns` are the headings; without a header "Column A" and so on."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    has_header: bool = True


def parse_delimited(text: str) -> Table:
    """The table in a text with tabs, semicolons, commas or bars. Raises TableError.

    Cells may be in double quotes, and then hold separators and line breaks (RFC 4180). One column
    needs no separator.
    """
    text = text.removeprefix("\ufeff")
    if said := _SAID_SEPARATOR.match(text):
        return table_of_rows(_read(text[said.end() :], said[1]))
    lines = [line for line in text.splitlines()[:_SAMPLE] if line.strip()]
    return table_of_rows(_read(text, _separator(lines)))


def table_of_rows(rows: Iterable[tuple[Cell, ...]]) -> Table:
    """A table of rows as they were found: empty ones go, all others get the same length.

    The first row is a header when nothing in it is a number, a date or an address and more rows
    follow. Raises TableError.
    """
    found: list[tuple[Cell, ...]] = []
    for row in rows:
        cells = _trimmed(row)
        if not cells:
            continue
        if len(found) > MAX_ROWS:
            raise TableError(f"The table has more than {MAX_ROWS:,} rows. Please split it.")
        if len(cells) > MAX_COLUMNS:
            raise TableError(f"The table has more than {MAX_COLUMNS} columns.")
        if any(isinstance(cell, str) and len(cell) > MAX_CELL for cell in cells):
            raise TableError(f"A cell holds more than {MAX_CELL:,} characters.")
        found.append(cells)
    if not found:
        raise TableError("There is nothing in this table.")
    width = max(map(len, found))
    full = [row + (None,) * (width - len(row)) for row in found]
    if len(full) > 1 and _is_header(full[0]):
        return Table(_headings(full[0]), tuple(full[1:]))
    if len(full) > MAX_ROWS:
        raise TableError(f"The table has more than {MAX_ROWS:,} rows. Please split it.")
    return Table(tuple(map(_column_name, range(width))), tuple(full), has_header=False)


def cell_text(cell: Cell) -> str:
    """The cell as text: 42 for 42.0, ISO 8601 for dates and times, "" for an empty one."""
    match cell:
        case None:
            return ""
        case bool():
            return "yes" if cell else "no"
        case float() if cell.is_integer():
            return str(int(cell))
        case datetime():
            return cell.isoformat(" ", "minutes")
        case time():
            return cell.isoformat("minutes")
        case date():
            return cell.isoformat()
    return strip_invisible(str(cell))


def _separator(lines: list[str]) -> str:
    """The separator that splits most lines into the same number of cells, more than one.

    Those count before the first line in which something else follows a closing quote: there a
    separator stands inside of cells. Where that is so with each, quotes are read as they come.
    """
    for strict in (True, False):
        best, score = "\t", 0
        for separator in _SEPARATORS:
            counts = Counter(map(len, _sample(lines, separator, strict=strict)))
            width, often = counts.most_common(1)[0] if counts else (1, 0)
            if width > 1 and often > score:
                best, score = separator, often
        if score:
            return best
    return "\t"


def _sample(lines: list[str], separator: str, *, strict: bool) -> Iterator[list[str]]:
    with suppress(csv.Error):
        yield from csv.reader(lines, delimiter=separator, strict=strict)


def _read(text: str, separator: str) -> Iterable[tuple[Cell, ...]]:
    try:
        for row in csv.reader(text.splitlines(keepends=True), delimiter=separator):
            yield tuple(row)
    except csv.Error as error:
        raise TableError("The table can't be read: a cell does not end.") from error


def _trimmed(row: tuple[Cell, ...]) -> tuple[Cell, ...]:
    """The row without its empty cells at the end; blank texts are empty."""
    cells = [None if isinstance(cell, str) and not strip_invisible(cell) else cell for cell in row]
    while cells and cells[-1] is None:
        cells.pop()
    return tuple(cells)


def _is_header(row: tuple[Cell, ...]) -> bool:
    texts = [cell for cell in row if cell is not None]
    return all(
        isinstance(cell, str) and not _VALUE.fullmatch(strip_invisible(cell)) for cell in texts
    )


def _headings(row: tuple[Cell, ...]) -> tuple[str, ...]:
    return tuple(cell_text(cell) or _column_name(place) for place, cell in enumerate(row))


def _column_name(place: int) -> str:
    """Column A … Column Z, Column AA …, as spreadsheets count."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return f"Column {letters}"
