"""Part of `./dev bench`: long lists and bulk edits, without what ATZ takes.

What is measured is the time of the processor: it does not depend on what else the machine does.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from tests.bench_table import Figure, record

ROUNDS = 7
LISTED, MAPPED, APPLIED = 5_000, 1_000, 500
EXAMPLES = Path(__file__).parent / "examples"


def bench_bulk() -> None:
    """Lists of IDs, a workbook, its cells as values, and a bulk edit on what was read."""
    from atz_desktop.domain.id_list import parse_id_list

    column = "\n".join(str(100_000 + number) for number in range(LISTED))
    _say(f"a pasted column of {LISTED:,} IDs", lambda: parse_id_list(column), 50)
    table = "\n".join(f"{100_000 + n}\tCall {n}\t2024-06-16" for n in range(LISTED))
    _say(f"a pasted table of {LISTED:,} rows", lambda: parse_id_list(table), 200)
    _stored_list()
    _workbook()
    _bulk_edit()


def _workbook() -> None:
    from atz_desktop.domain.cell_values import CellContext, CellFormat, read_values
    from atz_desktop.domain.column_mapping import guess, map_rows
    from atz_desktop.domain.values import Person
    from atz_desktop.domain.vocabulary import TYPES
    from atz_desktop.session.tables import read_workbook

    content = _content()
    _say(f"a workbook of {MAPPED:,} rows, read", lambda: read_workbook(content), 300)
    found = read_workbook(content).table
    ana = (Person("7", "Ana Lima"),)
    form = CellFormat(TYPES, "UTC", date(2026, 3, 4), day_first=True)
    context = CellContext(form, lambda *_: ana, lambda *_: ana, lambda _: ())

    def map_all() -> None:
        for row in map_rows(found, guess(found)):
            read_values(row.cells, context)

    _say("its cells as values of fields", map_all, 500)


def _content() -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    book.active.append(["Activity ID", "Title", "Start", "End", "Users", "Importance", "Who"])
    for number in range(MAPPED):
        start = datetime(2024, 6, 16, 10, tzinfo=UTC).replace(tzinfo=None)
        row = [100_000 + number, f"Call {number}", start, "11:30", "Ana Lima; 8", "high", "Bob"]
        book.active.append(row)
    packed = BytesIO()
    book.save(packed)
    return packed.getvalue()


def _bulk_edit() -> None:
    from atz_desktop.domain.activity import Activity
    from atz_desktop.domain.bulk_edit import BulkEdit, apply
    from atz_desktop.domain.bulk_rules import BulkContext, Prefix, SwapPeople
    from atz_desktop.domain.bulk_times import ShiftBy
    from atz_desktop.domain.values import Person

    body: dict[str, Any] = json.loads((EXAMPLES / "put_activity_response.json").read_text("utf-8"))
    people = [{"id": number, "full_name": f"User {number}"} for number in range(1, 21)]
    body["attendees"] = {"candidates": [], "contacts": [], "users": people}
    read = [Activity.from_response({**body, "id": number}) for number in range(1, APPLIED + 1)]
    swap = SwapPeople(Person("1"), Person("99"))
    bulk = BulkEdit(
        {"title": Prefix("[Moved] "), "when": ShiftBy(3, "working days"), "users": swap}
    )
    context = BulkContext(datetime.now(UTC))

    def apply_all() -> None:
        for activity in read:
            apply(bulk, activity, context)

    what = f"the preview of {APPLIED:,} activities (local part): three rules on each"
    _say(what, apply_all, 200)


def _stored_list() -> None:
    """What opening a list takes of the database's thread, with a save and a draft of every fifth
    row.
    """
    from atz_desktop.domain.work_list import NewRow
    from atz_desktop.store.database import Database
    from atz_desktop.store.drafts import Drafts
    from atz_desktop.store.journal import Journal, NewEntry
    from atz_desktop.store.work_lists import WorkListStore

    at, some = "2024-06-15T10:00:00.000Z", range(1, LISTED + 1, 5)

    async def fill(database: Database) -> int:
        lists, journal, drafts = WorkListStore(database), Journal(database), Drafts(database)
        number = await lists.create("me", "Long")
        await lists.add(number, [NewRow(n, f"Call {n}", "ask Zoë") for n in range(1, LISTED + 1)])
        for each in some:
            entry = await journal.begin(
                NewEntry("me", each, "Call", "{}", "{}", "{}", None, None, at)
            )
            await journal.settle(entry, "VERIFIED", None, None, at)
            await drafts.save("me", each + 1, "{}")
        return number

    with tempfile.TemporaryDirectory() as folder, asyncio.Runner() as runner:
        database, _ = Database.open(Path(folder) / "atz.sqlite3")
        number, lists = runner.run(fill(database)), WorkListStore(database)
        what = f"a list of {LISTED:,} rows from the disk, with their states"
        _say(what, lambda: runner.run(lists.rows(number)), 100)
        database.close()


def _say(what: str, work: Callable[[], object], aim: float) -> None:
    """`aim`: milliseconds."""
    took = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        work()
        took.append((time.process_time() - begun) * 1000)
    middle = statistics.median(took)
    sys.stdout.write(f"{what}: {middle:.0f} ms of the processor\n")
    sys.stdout.flush()
    record(Figure(f"many: {what}", middle, "ms", aim, f"least {min(took):.0f} ms"))


if __name__ == "__main__":
    bench_bulk()
