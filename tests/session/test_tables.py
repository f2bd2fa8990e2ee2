"""Tables out of files: what a spreadsheet wrote comes in as it was meant, and no file can harm."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from atz_desktop.domain.cell_values import CellFormat
from atz_desktop.domain.column_mapping import guess, map_rows
from atz_desktop.domain.local_records import Name
from atz_desktop.domain.table import Cell, Table, TableError
from atz_desktop.domain.values import Person, RecordRef
from atz_desktop.domain.vocabulary import TYPES
from atz_desktop.session import tables
from atz_desktop.session.services import Services
from atz_desktop.session.tables import read_table_file, read_table_values
from atz_desktop.store.database import Database
from atz_desktop.store.errors import StoreError
from atz_desktop.store.names import NameStore


def wall(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.fixture
def book(tmp_path: Path) -> Any:
    """A workbook to be filled, and `save`d as a file with that name."""
    return openpyxl.Workbook()


def saved(book: Any, folder: Path, name: str = "list.xlsx") -> Path:
    book.save(folder / name)
    return folder / name


async def test_a_workbook_gives_its_numbers_texts_and_times(book: Any, tmp_path: Path) -> None:
    sheet = book.active
    sheet.append(["Activity ID", "Title", "Done", "Start", "On", "At", "Length"])
    on, at = date(2024, 6, 16), time(10, 30)
    sheet.append([42, "Call\nAna", True, wall("2024-06-16T10:00"), on, at, timedelta(minutes=45)])
    sheet.append([43.0, None, False])
    found = await read_table_file(saved(book, tmp_path))
    assert found.table.columns[:2] == ("Activity ID", "Title")
    moment, midnight = wall("2024-06-16T10:00"), wall("2024-06-16T00:00")
    assert found.table.rows[0] == (42, "Call\nAna", True, moment, midnight, at, time(0, 45))
    assert found.table.rows[1] == (43, None, False, None, None, None, None)
    assert found.sheets == (found.sheet,) == ("Sheet",)


@pytest.mark.parametrize(
    ("cell", "noted"),
    [
        ("<c r='B2'><f>A2*2</f><v/></c>", True),
        ('<c r="B2" s="1"><f>A2*2</f></c>', True),
        ('<c r="B2"><f t="shared" si="0"/><v></v></c>', True),
        ('<c r="B2"><f>A2*2</f><v>84</v></c>', False),
        ('<c r="B2" t="str"><f>""</f><v></v></c>', False),
        ('<c r="B2" s="1"/>', False),
    ],
)
async def test_formulas_without_their_results_are_named(
    cell: str, noted: bool, book: Any, tmp_path: Path
) -> None:
    """A program that does not calculate wrote them; each would be an empty cell without a word."""
    book.active.append(["ID", "Location"])
    book.active.append([42, "here"])
    path, sheet = saved(book, tmp_path), "xl/worksheets/sheet1.xml"
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    written = re.sub(rb'<c r="B2".*?</c>', cell.encode(), parts[sheet])
    with zipfile.ZipFile(path, "w") as archive:
        for name, part in (parts | {sheet: written}).items():
            archive.writestr(name, part)
    found = await read_table_file(path)
    assert found.table.columns == ("ID", "Location")
    assert ("formulas" in found.note) == noted


async def test_times_are_whole_minutes_although_a_workbook_holds_fractions_of_a_day(
    book: Any, tmp_path: Path
) -> None:
    cell = book.active["A1"]
    cell.value, cell.number_format = 45_459 + 10.999999 / 24, "yyyy-mm-dd hh:mm"
    book.active["A2"].value, book.active["A2"].number_format = 0.99999999, "hh:mm"
    rows = (await read_table_file(saved(book, tmp_path))).table.rows
    assert rows == ((wall("2024-06-16T11:00"),), (time(0),))


async def test_the_sheet_that_was_shown_is_read_or_the_one_that_is_asked_for(
    book: Any, tmp_path: Path
) -> None:
    book.active.append(["first"])
    book.create_sheet("Second").append(["second"])
    book.active = 1
    path = saved(book, tmp_path)
    shown = await read_table_file(path)
    assert (shown.sheet, shown.table.rows) == ("Second", (("second",),))
    assert shown.sheets == ("Sheet", "Second")
    assert (await read_table_file(path, "Sheet")).table.rows == (("first",),)
    with pytest.raises(TableError, match="no sheet “Third”"):
        await read_table_file(path, "Third")


async def test_a_formula_gives_the_value_that_the_workbook_holds_of_it(
    book: Any, tmp_path: Path
) -> None:
    book.active.append(["=40+2", 7])
    path = saved(book, tmp_path)
    with_values = replaced(path, "xl/worksheets/sheet1.xml", b"<v></v>", b"<v>42</v>")
    with_values = replaced(with_values, "xl/worksheets/sheet1.xml", b"<v />", b"<v>42</v>")
    assert (await read_table_file(with_values)).table.rows == ((42, 7),)


def replaced(path: Path, part: str, old: bytes, new: bytes) -> Path:
    """The workbook with other bytes in one of its parts."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[part] = parts[part].replace(old, new)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


@pytest.mark.parametrize(
    ("content", "note"),
    [
        ("ID;Title\r\n42;Zoë\r\n".encode(), False),
        ("\ufeffID;Title\r\n42;Zoë\r\n".encode(), False),
        ("ID\tTitle\n42\tZoë\n".encode("utf-16"), False),
        ("ID,Title\n42,Zoë\n".encode("cp1252"), True),
    ],
    ids=["UTF-8", "with a mark", "UTF-16", "Windows"],
)
async def test_a_text_is_read_in_its_encoding_and_it_is_said_when_that_is_assumed(
    content: bytes, note: bool, tmp_path: Path
) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(content)
    found = await read_table_file(path)
    assert (found.table.columns, found.table.rows) == (("ID", "Title"), (("42", "Zoë"),))
    assert bool(found.note) == note


async def test_a_workbook_under_another_name_is_a_workbook(book: Any, tmp_path: Path) -> None:
    book.active.append([42])
    assert (await read_table_file(saved(book, tmp_path, "list.csv"))).table.rows == ((42,),)


# What no file can do


def archive_of(parts: list[tuple[str, bytes]]) -> bytes:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts:
            archive.writestr(f"{name}.xml", content)
    return packed.getvalue()


BOMB = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]><x>&a;</x>'


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        (lambda: [("a", b"<x/>")], "damaged"),
        (lambda: [("a", bytes(160_000_000))], "too large when it is unpacked"),
        (lambda: [(f"a{n}", b"") for n in range(2_001)], "too large"),
        (lambda: [("a", BOMB)], "definitions"),
    ],
    ids=["another archive", "a bomb", "many parts", "entities"],
)
async def test_an_archive_that_is_no_workbook_is_refused_in_words(
    parts: Callable[[], list[tuple[str, bytes]]], said: str, tmp_path: Path
) -> None:
    path = tmp_path / "list.xlsx"
    path.write_bytes(archive_of(parts()))
    with pytest.raises(TableError, match=said):
        await read_table_file(path)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("list.xlsx", b"no archive at all", "no workbook"),
        ("list.xls", b"\xd0\xcf\x11\xe0" + bytes(600), "password, or it is of an old version"),
        ("list.csv", b"\xff\xfe\x00", "damaged"),
        ("list.csv", b"\n \r\n;;\n", "nothing in this table"),
    ],
    ids=["no archive", "old", "half a letter", "empty"],
)
async def test_a_file_that_is_no_table_is_refused_in_words(
    name: str, content: bytes, said: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(TableError, match=said):
        await read_table_file(path)


async def test_a_damaged_workbook_is_refused_wherever_it_is_cut_or_changed(
    book: Any, tmp_path: Path
) -> None:
    for number in range(20):
        book.active.append([number, f"Title {number}"])
    whole = saved(book, tmp_path).read_bytes()
    path = tmp_path / "damaged.xlsx"
    for place in range(30, len(whole), len(whole) // 40):
        path.write_bytes(whole[:place])
        with pytest.raises(TableError):
            await read_table_file(path)
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1 :])
        with suppress(TableError):  # nothing else
            await read_table_file(path)


async def test_rows_and_cells_beyond_all_sheets_end_the_reading(book: Any, tmp_path: Path) -> None:
    book.active.append([1])
    path = saved(book, tmp_path)
    far = replaced(path, "xl/worksheets/sheet1.xml", b'<row r="1"', b'<row r="99999999999"')
    with pytest.raises(TableError, match="rows that no sheet can have"):
        await read_table_file(far)


async def test_a_file_that_is_too_large_or_not_there_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    with path.open("wb") as file:
        file.truncate(tables.MAX_FILE + 1)
    with pytest.raises(TableError, match="too large"):
        await read_table_file(path)
    with pytest.raises(TableError, match="can't be read: No such file"):
        await read_table_file(tmp_path / "none.csv")
    with pytest.raises(TableError, match="can't be read"):
        await read_table_file(tmp_path)


ANA = Name("user", "7", "Ana Lima", "ana@example.com")
FORM = CellFormat(TYPES, "UTC", date(2026, 3, 4), day_first=True)


async def test_names_and_addresses_are_looked_up_for_all_rows(services: Services) -> None:
    job = Name("job", "job_12", "Baker, Bonn")
    await services.names.learn("test", [ANA, job, Name("candidate", "candidate_1", "Ana Lima")])
    rows: list[dict[str, Cell]] = [
        {"users": "Ana Lima", "record": "Baker, Bonn"},
        {"users": "ANA@example.com, Ana Lima; 8", "candidates": "ana lima"},
        {"users": "Eve Fox", "record": "Nobody's"},
    ]
    first, second, third = await read_table_values(rows, FORM, services)
    ana = Person("7", "Ana Lima", "ana@example.com")
    assert first.values == {"users": (ana,), "record": RecordRef(2, "job_12", "Baker, Bonn")}
    assert second.values["users"] == (ana, Person("8"))
    assert second.values["candidates"] == (Person("candidate_1", "Ana Lima"),)
    assert not first.problems
    assert not second.problems
    assert "Nobody called “Eve Fox” is known here" in third.problems["users"]
    assert "No record called “Nobody's” is known here" in third.problems["record"]


async def test_somebody_of_another_account_is_not_known(services: Services) -> None:
    await services.names.learn("other", [ANA])
    (found,) = await read_table_values([{"users": "ana@example.com"}], FORM, services)
    assert "No user with the address" in found.problems["users"]


class GoneNames(NameStore):
    """The directory on a disk that is gone."""

    async def by_emails(self, *_: object) -> dict[str, list[Name]]:
        raise StoreError(Path("atz.sqlite3"), "gone")

    async def by_exact_names(self, *_: object) -> dict[str, list[Name]]:
        raise StoreError(Path("atz.sqlite3"), "gone")


async def test_without_a_database_nobody_is_known_and_all_else_is_read(
    services: Services, database: Database
) -> None:
    without = replace(services, names=GoneNames(database))
    (found,) = await read_table_values([{"users": "Ana Lima", "done": "yes"}], FORM, without)
    assert found.values == {"done": True}
    assert "Nobody called “Ana Lima” is known here" in found.problems["users"]


async def test_a_thousand_rows_with_names_are_mapped_and_read(services: Services) -> None:
    people = [Name("user", str(n), f"User {n}", f"u{n}@example.com") for n in range(1, 201)]
    await services.names.learn("test", people)
    table = Table(
        ("Activity ID", "Title", "Start", "Users", "Candidate"),
        tuple(
            (n, f"Title {n}", "2024-06-16 10:00", f"u{n % 200 + 1}@example.com", f"Name {n}")
            for n in range(1, 1_001)
        ),
    )
    rows = map_rows(table, guess(table))
    values = await read_table_values([row.cells for row in rows], FORM, services)
    assert [row.activity_id for row in rows] == list(range(1, 1_001))
    assert {row.note for row in rows} == {f"Name {n}" for n in range(1, 1_001)}
    assert not any(each.problems for each in values)
    assert [each.values["users"][0].key for each in values[:3]] == ["2", "3", "4"]
