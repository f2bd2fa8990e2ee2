"""Tables out of files: .csv, .tsv and workbooks of Excel, and the values in them, read off the UI
thread.

A file comes from anybody, so what it may cost is bounded before it is unpacked: a workbook is an
archive, and 40 kB of it can hold gigabytes.
"""

from __future__ import annotations

import asyncio
import re
import zlib
from collections.abc import Awaitable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from zipfile import BadZipFile, ZipFile

from atz_desktop.domain.bulk_rules import RowValues
from atz_desktop.domain.cell_values import CellContext, CellFormat, read_values
from atz_desktop.domain.local_records import Name
from atz_desktop.domain.table import Cell, Table, TableError, parse_delimited, table_of_rows
from atz_desktop.domain.text import format_size, quoted
from atz_desktop.domain.values import Person, RecordRef
from atz_desktop.domain.vocabulary import ENTITY_OF_KIND, NameKind
from atz_desktop.session.known_names import person_from_name
from atz_desktop.store.errors import StoreError

if TYPE_CHECKING:
    from atz_desktop.session.services import Services

MAX_FILE: Final = 20_000_000
"""Bytes. 20,000 rows of 20 columns are 3 MB as a workbook, and 5 MB as CSV."""
MAX_UNPACKED: Final = 150_000_000
"""Bytes of all parts of a workbook, unpacked. It is read piece by piece, but for the texts."""
MAX_PARTS: Final = 2_000
MAX_SHEET_ROWS: Final = 1_048_576
"""Excel's own limit: a row beyond is none."""

WORKBOOK_SUFFIXES: Final = (".xlsx", ".xlsm")
SUFFIXES: Final = (".csv", ".tsv", ".txt", *WORKBOOK_SUFFIXES)

_OLE = b"\xd0\xcf\x11\xe0"
"""How a workbook with a password begins, and one of Excel 97 (.xls)."""
_DAMAGED: Final = (
    *(ArithmeticError, AssertionError, AttributeError, EOFError, LookupError, RuntimeError),
    *(SyntaxError, TypeError, ValueError, BadZipFile, zlib.error),
)
"""What reading a damaged workbook raises; XML's ParseError is a SyntaxError."""

_NO_SHEET = "The workbook has no sheet with cells."
_NO_RESULTS = (
    "The workbook holds formulas without their results, which are read as empty cells: open it in "
    "a spreadsheet and save it there."
)


class TableFile(NamedTuple):
    """The table of a file; of a workbook, that of `sheet`. `note` is to be looked at."""

    table: Table
    sheet: str = ""
    sheets: tuple[str, ...] = ()
    note: str = ""


async def read_table_file(path: Path, sheet: str | None = None) -> TableFile:
    """Read a table; without a `sheet`, of the one that was shown when the workbook was saved.

    Formulas give the values that the workbook holds of them. Raises TableError.
    """
    return await asyncio.to_thread(_read, path, sheet)


def _read(path: Path, sheet: str | None) -> TableFile:
    try:
        size = path.stat().st_size
        if size > MAX_FILE:
            limit = f"At most {format_size(MAX_FILE)} can be read."
            raise TableError(f"The file is too large ({format_size(size)}). {limit}")
        with path.open("rb") as file:
            content = file.read(MAX_FILE + 1)
    except OSError as error:
        raise TableError(f"The file can't be read: {error.strerror or error}.") from error
    if path.suffix.lower() in WORKBOOK_SUFFIXES or content.startswith(b"PK\x03\x04"):
        return read_workbook(content, sheet)
    if content.startswith(_OLE):
        raise TableError(
            "This workbook has a password, or it is of an old version (.xls). "
            "Save it as .xlsx without a password."
        )
    text, note = _decoded(content)
    return TableFile(parse_delimited(text), note=note)


def _decoded(content: bytes) -> tuple[str, str]:
    """The text, and a note where its encoding had to be assumed."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return content.decode("utf-16"), ""
        except UnicodeDecodeError as error:
            raise TableError("The file is damaged: its text can't be read.") from error
    try:
        return content.decode("utf-8-sig"), ""
    except UnicodeDecodeError:
        # What Excel writes as “CSV” on a Windows of Western Europe and America.
        text = content.decode("cp1252", errors="replace")
        return text, "The file does not say how its letters are encoded: look at the accents."


def read_workbook(content: bytes, sheet: str | None = None) -> TableFile:
    """The table of a sheet; see `read_table_file`. Raises TableError."""
    _check_archive(content)
    import warnings

    import openpyxl  # half of a second

    # Excel writes more than openpyxl knows, and it says so.
    warnings.filterwarnings("ignore", module="openpyxl")
    try:
        book = openpyxl.load_workbook(
            BytesIO(content), read_only=True, data_only=True, keep_links=False
        )
        names = tuple(each.title for each in book.worksheets)
        chosen = sheet if sheet is not None else _shown(book)
        if chosen not in names:
            missing = f"The workbook has no sheet {quoted(chosen)}." if chosen else _NO_SHEET
            raise TableError(missing)
        table = table_of_rows(_rows(book[chosen]))
        note = _NO_RESULTS if _has_formula_without_result(content) else ""
        return TableFile(table, chosen, names, note)
    except TableError:
        raise
    except _DAMAGED as error:
        raise TableError("The workbook is damaged: it can't be read.") from error


_FORMULA_WITHOUT_RESULT: Final = re.compile(
    rb'<c(?![^>]*\bt="str")[^>]*>\s*<f\b(?:[^>]*/>|[^>]*>[^<]*</f>)\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>'
)
"""A program that does not calculate leaves it out; an empty text is a result ("str")."""
_PIECE: Final = 1_000_000
_LONGEST_CELL: Final = 10_000
"""Bytes that are searched at once, and those of them that are searched again with the next."""


def _has_formula_without_result(content: bytes) -> bool:
    with ZipFile(BytesIO(content)) as archive:
        for part in archive.namelist():
            if not part.startswith("xl/worksheets/"):
                continue
            with archive.open(part) as file:
                before = b""
                while piece := file.read(_PIECE):
                    if _FORMULA_WITHOUT_RESULT.search(before + piece):
                        return True
                    before = piece[-_LONGEST_CELL:]
    return False


def _shown(book: Any) -> str:
    """The sheet that was shown last; a chart has no cells, then it is the first that has."""
    shown = book.active
    cells = book.worksheets
    return str((shown if shown in cells else cells[0]).title) if cells else ""


def _check_archive(content: bytes) -> None:
    """Raise TableError where unpacking would cost too much, or XML defines things of its own.

    The sizes are those of the directory, and zipfile unpacks no more than they say.
    """
    try:
        with ZipFile(BytesIO(content)) as archive:
            parts = archive.infolist()
            if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
                raise TableError("The workbook is too large when it is unpacked.")
            if any(part.flag_bits & 1 for part in parts):
                raise TableError("The workbook has a password. Save it without one.")
            for part in parts:
                if part.filename.endswith((".xml", ".rels")):
                    with archive.open(part) as file:
                        start = file.read(2_000)
                    if b"<!" in start.replace(b"<!--", b""):
                        raise TableError("The workbook holds definitions that Excel never writes.")
    except (*_DAMAGED, NotImplementedError) as error:
        if isinstance(error, TableError):
            raise
        raise TableError("The file is no workbook, or it is damaged.") from error


def _rows(sheet: Any) -> Iterator[tuple[Cell, ...]]:
    sheet.reset_dimensions()  # what is told of its size may be wrong, either way
    for number, row in enumerate(sheet.iter_rows(values_only=True)):
        if number >= MAX_SHEET_ROWS:
            raise TableError("The sheet has rows that no sheet can have.")
        if row:
            yield tuple(map(_cell, row))


_ANY_DAY: Final = date(2000, 1, 1)
"""What a time of day stands on while it is rounded."""


def _cell(value: Any) -> Cell:
    """Times to the minute: a workbook holds fractions of a day, which are not exact."""
    match value:
        case datetime():
            return _to_minute(value)
        case time():
            return _to_minute(datetime.combine(_ANY_DAY, value)).time()
        case timedelta():
            minutes = round(value.total_seconds() / 60)
            return time(*divmod(minutes, 60)) if 0 <= minutes < 24 * 60 else str(value)
        case None | str() | bool() | int() | float():
            return value
    return str(value)


def _to_minute(moment: datetime) -> datetime:
    return (moment + timedelta(seconds=30)).replace(second=0, microsecond=0)


async def read_table_values(
    rows: Sequence[Mapping[str, Cell]], form: CellFormat, services: Services
) -> list[RowValues]:
    """The values of each row (target → cell, see `column_mapping.MappedRow`), in their order.

    Off the UI thread, and with few questions to the database however long the table is. A name
    that nobody has, or several, becomes a problem of its row. Where the database can't be read,
    nobody is known.
    """
    known = _Known()
    context = CellContext(form, known.by_email, known.by_name, known.record_named)

    def read() -> list[RowValues]:
        return [read_values(cells, context) for cells in rows]

    while True:
        # An address may only be seen when those before it are known: each pass asks for new ones.
        values = await asyncio.to_thread(read)
        if not known.has_questions:
            return values
        await known.look_up(services)


class _Known:
    """What the directory answered, and what it has to be asked: (kind, text) of each."""

    def __init__(self) -> None:
        self._emails: dict[tuple[NameKind, str], tuple[Person, ...]] = {}
        self._names: dict[tuple[NameKind, str], tuple[Person, ...]] = {}
        self._records: dict[str, tuple[RecordRef, ...]] = {}
        self._new_emails: dict[NameKind, set[str]] = {}
        self._new_names: dict[NameKind, set[str]] = {}
        self._new_records: set[str] = set()

    def by_email(self, kind: NameKind, email: str) -> tuple[Person, ...] | None:
        if (kind, email) not in self._emails:
            self._new_emails.setdefault(kind, set()).add(email)
        return self._emails.get((kind, email))

    def by_name(self, kind: NameKind, name: str) -> tuple[Person, ...] | None:
        if (kind, name) not in self._names:
            self._new_names.setdefault(kind, set()).add(name)
        return self._names.get((kind, name))

    def record_named(self, name: str) -> tuple[RecordRef, ...] | None:
        if name not in self._records:
            self._new_records.add(name)
        return self._records.get(name)

    @property
    def has_questions(self) -> bool:
        return bool(self._new_emails or self._new_names or self._new_records)

    async def look_up(self, services: Services) -> None:
        """Answer all that was asked for."""
        directory, account = services.names, services.account
        for kind, emails in self._new_emails.items():
            found = await _or_nothing(directory.by_emails(account, kind, emails))
            for email in emails:
                self._emails[kind, email] = tuple(map(person_from_name, found.get(email, ())))
        for kind, names in self._new_names.items():
            found = await _or_nothing(directory.by_exact_names(account, (kind,), names))
            for name in names:
                self._names[kind, name] = tuple(map(person_from_name, found.get(name, ())))
        kinds = tuple(ENTITY_OF_KIND)
        found = await _or_nothing(directory.by_exact_names(account, kinds, self._new_records))
        for name in self._new_records:
            self._records[name] = tuple(map(_record, found.get(name, ())))
        self._new_emails, self._new_names, self._new_records = {}, {}, set()


async def _or_nothing(asked: Awaitable[dict[str, list[Name]]]) -> dict[str, list[Name]]:
    try:
        return await asked
    except StoreError:
        return {}


def _record(name: Name) -> RecordRef:
    return RecordRef(ENTITY_OF_KIND[name.kind].number, name.key, name.name)
