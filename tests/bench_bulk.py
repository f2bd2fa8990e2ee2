"""Part of `./dev bench`: long lists and bulk edits, without what ATZ takes.

What is measured is the time of the processor: it does not depend on what else the machine does.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

ROUNDS = 7
LISTED, MAPPED, APPLIED = 5_000, 1_000, 500
EXAMPLES = Path(__file__).parent / "examples"


def bench_bulk() -> None:
    """Lists of IDs, a workbook, its cells as values, and a bulk edit on what was read."""
    from atz_desktop.domain.id_list import parse_id_list

    column = "\n".join(str(100_000 + number) for number in range(LISTED))
    _say(f"a pasted column of {LISTED:,} IDs", lambda: parse_id_list(column))
    table = "\n".join(f"{100_000 + n}\tCall {n}\t2024-06-16" for n in range(LISTED))
    _say(f"a pasted table of {LISTED:,} rows", lambda: parse_id_list(table))
    _workbook()
    _bulk_edit()


def _workbook() -> None:
    from atz_desktop.domain.cell_values import CellContext, CellFormat, read_values
    from atz_desktop.domain.column_mapping import guess, map_rows
    from atz_desktop.domain.values import Person
    from atz_desktop.domain.vocabulary import TYPES
    from atz_desktop.session.table_file import read_workbook

    content = _content()
    _say(f"a workbook of {MAPPED:,} rows, read", lambda: read_workbook(content))
    found = read_workbook(content).table
    ana = (Person("7", "Ana Lima"),)
    form = CellFormat(TYPES, "UTC", date(2026, 3, 4), day_first=True)
    context = CellContext(form, lambda *_: ana, lambda *_: ana, lambda _: ())

    def map_all() -> None:
        for row in map_rows(found, guess(found)):
            read_values(row.cells, context)

    _say("its cells as values of fields", map_all)


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

    _say(f"three rules on {APPLIED:,} activities", apply_all)


def _say(what: str, work: Callable[[], object]) -> None:
    took = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        work()
        took.append((time.process_time() - begun) * 1000)
    sys.stdout.write(f"{what}: {statistics.median(took):.0f} ms of the processor\n")
    sys.stdout.flush()


if __name__ == "__main__":
    bench_bulk()
