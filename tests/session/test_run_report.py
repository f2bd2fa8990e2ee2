"""Reports of runs and rehearsals: everything foreign in them stays text."""

from __future__ import annotations

import csv
import json
from pathlib import Path

from atz_desktop.session.export import list_separator
from atz_desktop.session.run_report import Report, ReportChange, ReportRow, write_report

CHANGE = ReportChange("Title", "=1+1", '<b>"new"</b>', "<i>other</i>")
REPORT = Report(
    "<script>alert(1)</script>",
    "Agency",
    "ana",
    "T-1",
    "2026-11-27T08:00:00Z",
    "2026-11-27T08:05:00Z",
    ("Title: set to “new”",),
    "1 checked, 1 refused",
    (
        ReportRow(42, "<img src=x>", "checked", "", (CHANGE,), 7, "2026-11-27T08:01:00+00:00"),
        ReportRow(7, "@SUM(A1)", "refused", "ATZ refused it.", ()),
    ),
)


async def test_the_page_shows_foreign_text_letter_by_letter(tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    await write_report(REPORT, path)
    page = path.read_text(encoding="utf-8")
    for markup in ("<script", "<img", "<b>", "<i>"):
        assert markup not in page
    for words in ("&lt;b&gt;", "ATZ held afterwards", "T-1", "1 checked, 1 refused", "ATZ refused"):
        assert words in page


async def test_no_cell_of_the_table_is_a_formula(tmp_path: Path) -> None:
    path = tmp_path / "report.csv"
    await write_report(REPORT, path)
    text = path.read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(text.splitlines(), delimiter=list_separator()))
    assert [row["Before"] for row in rows] == ["'=1+1", ""]
    assert rows[1]["Title"] == "'@SUM(A1)"
    assert [(row["Activity"], row["Verdict"]) for row in rows] == [
        ("42", "checked"),
        ("7", "refused"),
    ]


async def test_programs_get_all_of_it(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    await write_report(REPORT, path)
    found = json.loads(path.read_text(encoding="utf-8"))
    assert found["Reason"] == "T-1"
    assert found["activities"][0]["changes"][0]["before"] == "=1+1"
    assert [row["activity_id"] for row in found["activities"]] == [42, 7]
