"""The history as a file for spreadsheets (CSV) or programs (JSON), written off the UI thread.

A spreadsheet that opens a file by itself splits it at the list separator of its own computer, and
takes UTF-8 for what it is by the mark at its beginning. So the one for Excel is written with the
separator of this computer. A line `sep=;` instead would go with every computer, but Excel then no
longer looks at the mark and shows wrong letters, and other programs take the line for data.
"""

from __future__ import annotations

import asyncio
import csv
import re
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TextIO

from atz_desktop.domain.fields import ACTIVITY
from atz_desktop.domain.history import HistoryQuery, JournalEntry
from atz_desktop.domain.serialize import encode, to_json
from atz_desktop.session.journal_entries import entry_or_empty
from atz_desktop.session.messages import OUTCOMES
from atz_desktop.store.atomic import AtomicFile
from atz_desktop.store.errors import map_errors

if TYPE_CHECKING:
    from atz_desktop.store.journal import JournalRow

BATCH_SIZE = 500
"""Entries that are read and written at once."""

_HEADINGS = (
    "Save",
    "When (UTC)",
    "Account",
    "Activity",
    "Title",
    "Field",
    "Before",
    "Sent",
    "ATZ held afterwards",
    "Outcome",
    "Reason",
    "Puts back save",
)

SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
"""What spreadsheets split a line at, and its name."""

# A spreadsheet takes a cell that begins so for a formula and runs it (CSV injection); the
# full-width forms count where Asian input methods are used. One with another separator than the
# file's begins cells, and lines, in the middle of ours, whatever quotation marks are around them.
_BEGINS_A_FORMULA = re.compile(r'(?:^|(?<=[,;|\t\r\n]))(?=(?:"|[^\S\t\r\n])*[=@＝＠]|"*[+\-＋－])')

Page = Callable[[HistoryQuery, int | None, int], Awaitable[tuple["JournalRow", ...]]]


class _Format(Protocol):
    def begin(self, file: TextIO) -> None: ...
    def write(self, file: TextIO, entries: list[JournalEntry]) -> None: ...
    def end(self, file: TextIO) -> None: ...


async def export_history(page: Page, query: HistoryQuery, path: Path, separator: str = ",") -> int:
    """Write everything that fits into `path`; `.json` makes JSON, all else CSV. How many saves.

    `separator` is that of CSV, one of SEPARATORS. `path` is there with all of it, or as it was
    before. Raises StoreError when the journal cannot be read or the file cannot be written.
    """
    export = _Export(path, separator)
    try:
        await asyncio.to_thread(export.begin)
        last: int | None = None
        while rows := await page(query, last, BATCH_SIZE):
            await asyncio.to_thread(export.write, rows)
            last = rows[-1].id
        await asyncio.to_thread(export.end)
    finally:
        export.clean_up()
    return export.count


class _Export:
    """One file in the making, under another name until it is whole."""

    def __init__(self, path: Path, separator: str) -> None:
        self.count = 0
        self._path = path
        self._format: _Format = _Json() if is_json(path) else _Csv(separator)
        self._file: AtomicFile | None = None

    def begin(self) -> None:
        with map_errors(self._path):
            self._file = AtomicFile(self._path, errors="backslashreplace")
            self._format.begin(self._file.stream)

    def write(self, rows: tuple[JournalRow, ...]) -> None:
        with map_errors(self._path):
            if self._file is not None:
                self._format.write(self._file.stream, [entry_or_empty(row) for row in rows])
        self.count += len(rows)

    def end(self) -> None:
        with map_errors(self._path):
            if self._file is not None:
                self._format.end(self._file.stream)
                self._file.commit()

    def clean_up(self) -> None:
        """After an error or a stop: no half file stays."""
        if self._file is not None:
            self._file.discard()


class _Csv:
    """A line for each field of each save."""

    def __init__(self, separator: str) -> None:
        self._separator = separator

    def begin(self, file: TextIO) -> None:
        file.write("\ufeff")
        csv.writer(file, delimiter=self._separator).writerow(_HEADINGS)

    def write(self, file: TextIO, entries: list[JournalEntry]) -> None:
        lines = csv.writer(file, delimiter=self._separator)
        for entry in entries:
            lines.writerows([safe_cell(cell) for cell in line] for line in _lines(entry))

    def end(self, file: TextIO) -> None:
        file.flush()


class _Json:
    """A list of saves, values both as the program keeps them and in words."""

    def __init__(self) -> None:
        self._begun = False

    def begin(self, file: TextIO) -> None:
        file.write("[")

    def write(self, file: TextIO, entries: list[JournalEntry]) -> None:
        for entry in entries:
            file.write(",\n" if self._begun else "\n")
            file.write(to_json(_entry_object(entry)))
            self._begun = True

    def end(self, file: TextIO) -> None:
        file.write("\n]\n")
        file.flush()


def safe_cell(cell: str) -> str:
    """The cell as text for a spreadsheet: an apostrophe before what would be run as a formula,
    whichever of SEPARATORS it splits a line at.
    """
    return _BEGINS_A_FORMULA.sub("'", cell)


def is_json(path: Path) -> bool:
    """Whether the name of the file asks for JSON."""
    return path.suffix.lower() == ".json"


def list_separator() -> str:
    """What Excel on this computer splits a CSV file at: one of SEPARATORS.

    Windows has it in its region settings; elsewhere it follows from the decimal point.
    """
    from PySide6.QtCore import QLocale

    if sys.platform == "win32":
        import winreg

        with (
            suppress(OSError),
            winreg.OpenKey(winreg.HKEY_CURRENT_USER, r"Control Panel\International") as region,
        ):
            found = winreg.QueryValueEx(region, "sList")[0]
            if found in SEPARATORS:
                return str(found)
    return ";" if QLocale.system().decimalPoint() == "," else ","


def _lines(entry: JournalEntry) -> Iterator[list[str]]:
    head = [str(entry.id), _time_text(entry), entry.account, str(entry.activity_id), entry.title]
    tail = [OUTCOMES[entry.outcome].label, entry.reason or "", str(entry.undoes or "")]
    if not entry.sent:
        yield [*head, "", "", "", "", *tail]
    for name in entry.sent:
        values = (_display_values(name, part) for part in (entry.before, entry.sent, entry.after))
        yield [*head, ACTIVITY.by_name[name].label, *values, *tail]


def _entry_object(entry: JournalEntry) -> dict[str, Any]:
    return {
        "save": entry.id,
        "at": _time_text(entry),
        "account": entry.account,
        "activity_id": entry.activity_id,
        "title": entry.title,
        "outcome": entry.outcome.value if entry.outcome else None,
        "reason": entry.reason,
        "puts_back_save": entry.undoes,
        "fields": [_field(entry, name) for name in entry.sent],
    }


def _field(entry: JournalEntry, name: str) -> dict[str, Any]:
    found: dict[str, Any] = {"name": name, "label": ACTIVITY.by_name[name].label}
    for part, values in (("before", entry.before), ("sent", entry.sent), ("after", entry.after)):
        if values is not None and name in values:
            found[part] = {"value": encode(values[name]), "words": _display_values(name, values)}
    return found


def _display_values(name: str, values: Any) -> str:
    return ACTIVITY.by_name[name].kind.format(values[name]) if values and name in values else ""


def _time_text(entry: JournalEntry) -> str:
    return entry.at.isoformat(timespec="seconds")
