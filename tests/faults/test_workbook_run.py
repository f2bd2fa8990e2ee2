"""A workbook with values of its own for each row: mapped, previewed, run, stopped and gone on with.

The server enforces 60 requests a minute, by a clock that jumps when everybody waits.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from openpyxl import Workbook

from atz_desktop.domain.bulk_edit import BulkEdit
from atz_desktop.domain.bulk_rules import FromTable
from atz_desktop.domain.cell_values import CellFormat
from atz_desktop.domain.column_mapping import guess, map_rows
from atz_desktop.domain.edit import Edit
from atz_desktop.domain.runs import RunVerdict
from atz_desktop.domain.table import cell_text
from atz_desktop.domain.vocabulary import TYPES
from atz_desktop.domain.work_list import NewRow, RowState, WorkListRow
from atz_desktop.session.bulk_edit import BulkPreview, BulkTarget, PreviewState
from atz_desktop.session.lookups import Lookups
from atz_desktop.session.tables import read_table_file, read_table_values
from atz_desktop.store.work_lists import WorkListStore
from tests.conftest import before_the_meetings
from tests.faults.desk import ACCOUNT, ZONE
from tests.faults.many import FIRST_ID
from tests.faults.test_bulk_run import Office

ROWS = 1_000 if os.environ.get("CI") else 30
STOPPED_AT = ROWS // 3
STAMPS = ("start_date", "start_time", "end_time")
KEYS = {"title", "location", "importance", "start_datetime", "end_datetime"}
MIDNIGHT = datetime(2026, 9, 1)  # noqa: DTZ001 - as a workbook has it
LEVELS = ("low", "high", "critical")


@pytest.fixture
def office() -> Iterator[Office]:
    made = Office(ROWS)
    yield made
    made.close()
    assert not made.desk.failures


def title(place: int) -> str:
    return f"Gespräch {place} mit Łukasz"


def begins(place: int) -> datetime:
    return MIDNIGHT + timedelta(days=place % 60, hours=8 + place % 9, minutes=15 * (place % 4))


def workbook(folder: Path) -> Path:
    """As Excel writes it: numbers, texts, dates with a time, and a time alone."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(("Activity ID", "Title", "Location", "Start", "End", "Importance", "Why"))
    for place in range(ROWS):
        start = begins(place)
        end = start + timedelta(minutes=45)
        level, why = LEVELS[place % 3].capitalize(), f"row {place}"
        sheet.append((FIRST_ID + place, title(place), f"Room {place}", start, end, level, why))
    file = folder / "september.xlsx"
    book.save(file)
    return file


async def listed(office: Office, file: Path) -> list[WorkListRow]:
    """The workbook as a work list, as it is read from the disk."""
    table = (await read_table_file(file)).table
    mapping = guess(table)
    assert mapping.problem() is None
    rows = [
        NewRow(row.activity_id, "", row.note, {t: cell_text(cell) for t, cell in row.cells.items()})
        for row in map_rows(table, mapping)
        if row.activity_id is not None
    ]
    lists = WorkListStore(office.desk.database)
    number = await lists.create(ACCOUNT, file.stem)
    assert len((await lists.add(number, rows)).added) == ROWS
    return await lists.rows(number)


async def previewed(office: Office, rows: list[WorkListRow]) -> list[Edit]:
    """What would be saved of each, after each was read once."""
    desk = office.desk
    form = CellFormat(TYPES, ZONE, date(2026, 8, 1), day_first=True)
    own = await read_table_values([row.cells for row in rows], form, desk.services)
    targets = [
        BulkTarget(row.activity_id, row.title, values)
        for row, values in zip(rows, own, strict=True)
    ]
    preview = BulkPreview(
        targets, desk.services, desk.jobs, Lookups(desk.services, desk.jobs), ZONE
    )
    preview.utc_now = before_the_meetings
    names = ("title", "location", "when", "importance")
    preview.set_bulk(BulkEdit(dict.fromkeys(names, FromTable())))
    preview.start_reading()
    await preview.wait()
    await preview.close()
    assert Counter(row.state for row in preview.rows) == {PreviewState.READY: ROWS}
    return [row.applied.edit for row in preview.rows if row.applied]


def holds(office: Office, place: int) -> tuple[object, ...]:
    record = office.atz.account.get(FIRST_ID + place)
    return tuple(record[key] for key in ("title", "location", "importance", *STAMPS))


def meant(place: int) -> tuple[object, ...]:
    start = begins(place)
    stamps = (f"{start:%Y-%m-%d}", f"{start:%H:%M}", f"{start + timedelta(minutes=45):%H:%M}")
    return (title(place), f"Room {place}", LEVELS[place % 3], *stamps)


@pytest.mark.timeout(900)
@pytest.mark.slow
def test_a_workbook_is_mapped_previewed_run_stopped_and_gone_on_with(
    office: Office, tmp_path: Path
) -> None:
    rows = office.do(listed(office, workbook(tmp_path)))
    edits = office.do(previewed(office, rows))
    run_id = office.do(office.runs.start("From september.xlsx", edits))
    while done_of(office) < STOPPED_AT // 2:
        office.pass_time(5)
    office.crash()
    while done_of(office) < STOPPED_AT:
        office.pass_time(5)
    office.runs.stop()
    office.finish()
    verdicts = [row.verdict for row in office.rows(run_id)]
    reached = verdicts.index(RunVerdict.STOPPED)
    assert verdicts == [RunVerdict.CHECKED] * reached + [RunVerdict.STOPPED] * (ROWS - reached)
    assert [holds(office, place) for place in range(reached)] == list(map(meant, range(reached)))
    written = set(office.atz.written)
    assert written == set(range(FIRST_ID, FIRST_ID + reached)), "the next one is untouched"

    rest_id = office.do(office.runs.retry(run_id))
    assert rest_id is not None
    office.finish()
    rest = office.rows(rest_id)
    assert Counter(row.verdict for row in rest) == {RunVerdict.CHECKED: ROWS - reached}
    assert [holds(office, place) for place in range(ROWS)] == list(map(meant, range(ROWS)))
    assert office.atz.limit.turned_away == 0
    assert set(office.atz.written.values()) == {1}
    states = office.do(WorkListStore(office.desk.database).rows(1))
    assert {row.state for row in states} == {RowState.CHECKED}
    puts = [each.json() for each in office.atz.sandbox.requests if each.method == "PUT"]
    assert all(set(body) <= KEYS for body in puts)


def done_of(office: Office) -> int:
    assert office.runs.progress is not None
    return office.runs.progress.counts.done
