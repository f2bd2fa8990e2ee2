"""The exported history: whole, harmless in a spreadsheet, and never half a file."""

from __future__ import annotations

import asyncio
import csv
import json
import os
import re
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest
import pytest_asyncio

from atz_desktop.domain.edit import Edit
from atz_desktop.domain.history import HistoryQuery, Outcome
from atz_desktop.domain.serialize import decode
from atz_desktop.domain.values import LocalFile, Person
from atz_desktop.session.export import BATCH_SIZE, export_history, safe_cell
from atz_desktop.session.history import History
from atz_desktop.session.jobs import Jobs
from atz_desktop.session.journal_entries import new_entry
from atz_desktop.session.notices import Level, Notice
from atz_desktop.session.services import Services
from atz_desktop.store.errors import StoreError

START = datetime(2024, 6, 15, 10, tzinfo=UTC)


@pytest_asyncio.fixture
async def jobs() -> AsyncIterator[Jobs]:
    jobs = Jobs()
    yield jobs
    await jobs.drain()


@pytest.fixture
def history(jobs: Jobs, services: Services) -> History:
    return History(jobs, services)


def _names(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.glob("history*"))


async def _write(services: Services, edit: Edit, place: int = 0, reason: str | None = None) -> int:
    new = new_entry(services, edit, reason, None)
    at = (START + timedelta(minutes=place)).isoformat()
    number = await services.journal.begin(new._replace(at=at))
    await services.journal.settle(number, Outcome.VERIFIED.value, new.sent, None, at)
    return number


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


async def test_csv_has_a_line_for_each_field_in_words(
    history: History, services: Services, loaded: Edit, tmp_path: Path
) -> None:
    people = (Person("candidate_1", "Ana; “Lovelace”"), Person("candidate_2"))
    edit = loaded.with_value("title", "Two\nlines, “quoted”").with_value("candidates", people)
    number = await _write(services, edit, reason="TICKET-7")
    path = tmp_path / "history.csv"
    assert await export_history(history.page, HistoryQuery(), path) == 1
    rows = _rows(path)
    assert [row["Field"] for row in rows] == ["Title", "Candidates"]
    assert {row["Save"] for row in rows} == {str(number)}
    assert rows[0] == {
        "Save": str(number),
        "When (UTC)": "2024-06-15T10:00:00+00:00",
        "Account": "test",
        "Activity": "42",
        "Title": loaded.value("title"),
        "Field": "Title",
        "Before": loaded.value("title"),
        "Sent": "Two\nlines, “quoted”",
        "ATZ held afterwards": "Two\nlines, “quoted”",
        "Outcome": "Saved and checked",
        "Reason": "TICKET-7",
        "Puts back save": "",
    }
    assert rows[1]["Sent"] == "Ana; “Lovelace”, candidate_2"
    assert path.read_bytes().startswith(b"\xef\xbb\xbf"), "spreadsheets take it for UTF-8 by this"


@pytest.mark.parametrize(
    "cell",
    [
        "=1+1",
        "+49 30 123",
        "-2+3",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "＝1+1",
        '=HYPERLINK("http://x")',
    ],
)
def test_no_cell_can_be_run_by_a_spreadsheet(cell: str) -> None:
    assert safe_cell(cell) == cell[: -len(cell.lstrip())] + f"'{cell.lstrip()}"


@pytest.mark.parametrize("separator", [",", ";", "\t", "|", "\n", "\r\n"])
def test_no_cell_begins_a_formula_where_another_separator_splits_it(separator: str) -> None:
    for around in ("Call{}{}", "{}{}", 'a "b"{}"{}"', "x{} {}", "1,2{}\u00a0{},-"):
        for formula in ("=HYPERLINK(A1)", "@SUM(A1)", "＝1"):
            safe = safe_cell(around.format(separator, formula))
            parts = re.split(r"[,;\t|\r\n]", safe)
            assert not [part for part in parts if _begins_a_formula(part)], safe


def _begins_a_formula(part: str) -> bool:
    return part.strip('" \u00a0').startswith(("=", "@", "+", "-", "＝"))


@pytest.mark.parametrize("sign", ["+", "-"])
def test_a_number_after_a_comma_and_a_blank_stays_as_people_write_it(sign: str) -> None:
    assert safe_cell(f"Room 5, {sign}2 floors") == f"Room 5, {sign}2 floors"
    assert safe_cell(f"Room 5,{sign}2+cmd|x") == f"Room 5,'{sign}2+cmd|x"


def test_a_long_cell_is_made_harmless_in_a_moment() -> None:
    hostile = "\t" * 200_000 + ' "' * 200_000 + "="
    assert len(safe_cell(hostile)) == len(hostile) + 1


@pytest.mark.parametrize("cell", ["", "a=b", "1-2", "'=1", "Ana", " x", "a;b|c\td,e", "\tx"])
def test_other_cells_stay_as_they_are(cell: str) -> None:
    assert safe_cell(cell) == cell


async def test_foreign_text_in_any_column_is_made_harmless(
    history: History, services: Services, loaded: Edit, tmp_path: Path
) -> None:
    await _write(services, loaded.with_value("title", "=cmd|' /C calc'!A0"), reason="@x")
    path = tmp_path / "history.csv"
    await export_history(history.page, HistoryQuery(), path)
    [row] = _rows(path)
    assert (row["Sent"], row["Reason"]) == ("'=cmd|' /C calc'!A0", "'@x")


async def test_a_file_for_excel_has_its_separator(
    history: History, services: Services, loaded: Edit, tmp_path: Path
) -> None:
    await _write(services, loaded.with_value("title", "Call;=HYPERLINK(A1),=2"))
    path = tmp_path / "history.csv"
    await export_history(history.page, HistoryQuery(), path, ";")
    with path.open(encoding="utf-8-sig", newline="") as file:
        [row] = list(csv.DictReader(file, delimiter=";"))
    assert row["Sent"] == "Call;'=HYPERLINK(A1),'=2"
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize(
    ("locale", "separator"), [("de_DE", ";"), ("fr_FR", ";"), ("en_GB", ","), ("C", ",")]
)
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has a setting of its own for it")
def test_the_separator_is_the_one_of_this_computer(locale: str, separator: str) -> None:
    code = "from atz_desktop.session.export import list_separator; print(list_separator())"
    environment = {**os.environ, "LC_ALL": locale, "LANG": locale}
    told = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, check=True
    )
    assert told.stdout.decode().strip() == separator


async def test_json_holds_every_value_as_it_is_kept_and_in_words(
    history: History, services: Services, loaded: Edit, tmp_path: Path
) -> None:
    edit = loaded.with_value("users", (Person("7", "=Bo"),))
    number = await _write(services, edit.with_value("attachment", _odd_file()))
    path = tmp_path / "history.JSON"
    assert await export_history(history.page, HistoryQuery(), path) == 1
    [found] = json.loads(path.read_text(encoding="utf-8"))
    assert (found["save"], found["outcome"], found["activity_id"]) == (number, "VERIFIED", 42)
    fields = {each["name"]: each for each in found["fields"]}
    assert fields["users"]["sent"]["words"] == "=Bo"
    assert decode(fields["users"]["sent"]["value"]) == (Person("7", "=Bo"),)
    assert decode(fields["attachment"]["sent"]["value"]) == _odd_file()


def _odd_file() -> LocalFile:
    """A name that is no UTF-8, as a file of Linux can have it."""
    return LocalFile(Path("cv-\udcff.pdf"), 3)


async def test_a_name_that_is_no_text_does_not_stop_a_spreadsheet(
    history: History, services: Services, loaded: Edit, tmp_path: Path
) -> None:
    await _write(services, loaded.with_value("attachment", _odd_file()))
    path = tmp_path / "history.csv"
    await export_history(history.page, HistoryQuery(), path)
    assert "cv-\\udcff.pdf" in _rows(path)[0]["Sent"]


async def test_every_page_is_written_the_newest_first(
    history: History, services: Services, loaded: Edit, tmp_path: Path
) -> None:
    edit = loaded.with_value("title", "x")
    numbers = [await _write(services, edit, place) for place in range(BATCH_SIZE + 3)]
    for name in ("all.csv", "all.json"):
        assert await export_history(history.page, HistoryQuery(), tmp_path / name) == len(numbers)
    found = [int(row["Save"]) for row in _rows(tmp_path / "all.csv")]
    assert found == numbers[::-1]
    assert [each["save"] for each in json.loads((tmp_path / "all.json").read_text())] == found


async def test_only_what_the_window_lists_is_exported(
    history: History, services: Services, loaded: Edit, tmp_path: Path
) -> None:
    await _write(services, loaded.with_value("title", "wanted"))
    await _write(services, loaded.with_value("title", "other"))
    path = tmp_path / "some.csv"
    assert await export_history(history.page, HistoryQuery("wanted"), path) == 1
    assert [row["Sent"] for row in _rows(path)] == ["wanted"]


async def test_nothing_found_makes_a_file_that_says_so(history: History, tmp_path: Path) -> None:
    assert await export_history(history.page, HistoryQuery(), tmp_path / "none.json") == 0
    assert json.loads((tmp_path / "none.json").read_text()) == []
    assert await export_history(history.page, HistoryQuery(), tmp_path / "none.csv") == 0
    assert _rows(tmp_path / "none.csv") == []


@pytest.mark.skipif(sys.platform == "win32", reason="links and modes of POSIX")
async def test_an_export_destroys_nothing_beside_it_and_keeps_what_the_file_was(
    history: History, services: Services, loaded: Edit, tmp_path: Path
) -> None:
    await _write(services, loaded.with_value("title", "x"))
    path, part, target = (tmp_path / name for name in ("history.csv", "history.csv.part", "t.csv"))
    part.write_text("somebody's")
    target.write_text("the earlier one")
    target.chmod(0o600)
    path.symlink_to(target)
    assert await export_history(history.page, HistoryQuery(), path) == 1
    assert part.read_text() == "somebody's"
    assert path.is_symlink()
    assert [row["Sent"] for row in _rows(target)] == ["x"]
    assert target.stat().st_mode & 0o777 == 0o600


async def test_a_failure_in_the_middle_leaves_the_earlier_file_and_no_half_one(
    history: History, services: Services, loaded: Edit, tmp_path: Path
) -> None:
    await _write(services, loaded.with_value("title", "x"))
    path = tmp_path / "history.csv"
    path.write_text("the earlier one")

    async def breaks(wanted: HistoryQuery, before: int | None, limit: int) -> Any:
        if before is not None:
            raise StoreError(path, "gone")
        return await history.page(wanted, before, limit)

    with pytest.raises(StoreError):
        await export_history(breaks, HistoryQuery(), path)
    assert path.read_text() == "the earlier one"
    assert _names(tmp_path) == ["history.csv"]


async def test_the_person_hears_how_many_were_written_or_why_none_were(
    history: History, jobs: Jobs, services: Services, loaded: Edit, tmp_path: Path
) -> None:
    await _write(services, loaded.with_value("title", "x"))
    heard: list[Notice] = []
    history.notified.connect(heard.append)
    history.export(tmp_path / "history.csv")
    await jobs.wait("export")
    history.export(tmp_path / "no such folder" / "history.csv")
    await jobs.wait("export")
    assert [notice.level for notice in heard] == [Level.GOOD, Level.PROBLEM]
    assert "1 save written to" in heard[0].text
    assert heard[0].text.endswith(", separated by commas.")
    assert "could not be" in heard[1].text


async def test_the_window_stays_alive_while_much_is_written(
    history: History, services: Services, loaded: Edit, tmp_path: Path
) -> None:
    edit = loaded.with_value("description", "A long text. " * 2_000)
    for place in range(150):
        await _write(services, edit, place)
    gaps: list[float] = []

    async def watch() -> None:
        while True:
            began = perf_counter()
            await asyncio.sleep(0.001)
            gaps.append(perf_counter() - began)

    watching = asyncio.ensure_future(watch())
    began = perf_counter()
    await export_history(history.page, HistoryQuery(), tmp_path / "history.json")
    took = perf_counter() - began
    watching.cancel()
    assert max(gaps) < 0.25 or max(gaps) < took / 4
