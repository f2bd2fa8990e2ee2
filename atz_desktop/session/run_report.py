"""Evidence of a run, or of a preview that stops before it: a page for people, CSV or JSON.

Who, when, why, and for each activity what it held, what it was to hold, and the verdict.
"""

from __future__ import annotations

import asyncio
import csv
import getpass
import html
import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple, TextIO

from atz_desktop.domain.edit import Edit
from atz_desktop.domain.fields import ACTIVITY
from atz_desktop.domain.history import JournalEntry
from atz_desktop.domain.quick_dataclass import dataclass
from atz_desktop.domain.runs import Run, RunCounts
from atz_desktop.domain.serialize import load_draft
from atz_desktop.session.export import list_separator, safe_cell
from atz_desktop.session.journal_entries import saves_from_base
from atz_desktop.store.atomic import AtomicFile
from atz_desktop.store.errors import map_errors

if TYPE_CHECKING:
    from atz_desktop.session.bulk_edit import PreviewRow
    from atz_desktop.session.known_names import KnownNames
    from atz_desktop.session.services import Services
    from atz_desktop.store.runs import RunStore, StoredRunRow


class ReportChange(NamedTuple):
    """One field in words; `found` is what ATZ held afterwards, as far as that was read."""

    label: str
    before: str
    after: str
    found: str = ""


class ReportRow(NamedTuple):
    """One activity; `save` is the number of its save in the history, `at` when that was (UTC)."""

    activity_id: int
    title: str
    verdict: str
    detail: str
    changes: tuple[ReportChange, ...]
    save: int | None = None
    at: str = ""


@dataclass(frozen=True)
class Report:
    """`began` and `ended` are UTC, ISO 8601; a rehearsal has not begun. `what` are the rules."""

    title: str
    account: str
    who: str
    reason: str
    began: str
    ended: str
    what: tuple[str, ...]
    summary: str
    rows: tuple[ReportRow, ...]

    @property
    def facts(self) -> tuple[tuple[str, str], ...]:
        """What is said about all of it, with labels."""
        found = (
            ("Account", self.account),
            ("Who", self.who),
            ("Began (UTC)", self.began),
            ("Ended (UTC)", self.ended),
            ("Reason", self.reason),
            ("What", "; ".join(self.what)),
            ("Result", self.summary),
        )
        return tuple((label, text) for label, text in found if text)


def computer_user() -> str:
    """Who works at this computer, by the name of the login; "" where that can't be told."""
    with suppress(OSError, KeyError, ImportError):
        return getpass.getuser()
    return ""


# What a report is made of


async def run_report(
    run: Run, account: str, what: tuple[str, ...], store: RunStore, services: Services
) -> Report:
    """The report of a run as it stands now. Raises StoreError."""
    stored = await store.rows(run.id, with_drafts=True)
    rows = []
    for row in stored:
        saves = await saves_from_base(row.base_key, services)
        rows.append(await asyncio.to_thread(_run_row, row, saves[-1] if saves else None))
    counts = RunCounts.of(row.shown for row in stored)
    return Report(
        run.title,
        account,
        computer_user(),
        run.reason or "",
        run.started_at,
        run.ended_at or "",
        what,
        counts.text,
        tuple(rows),
    )


def rehearsal_report(
    title: str, account: str, what: tuple[str, ...], rows: Iterable[PreviewRow], lookups: KnownNames
) -> Report:
    """What a run would do, of which nothing was sent."""
    made = tuple(_preview_row(row, lookups) for row in rows)
    now = datetime.now(UTC).isoformat(timespec="seconds")
    summary = f"Rehearsed at {now}: nothing was sent"
    return Report(title, account, computer_user(), "", "", "", what, summary, made)


def _run_row(row: StoredRunRow, entry: JournalEntry | None) -> ReportRow:
    verdict = row.verdict.value if row.verdict else "not done yet"
    head = (row.activity_id, row.title, verdict, row.detail)
    if entry is not None:
        return ReportRow(*head, _entry_changes(entry), entry.id, entry.at.isoformat())
    try:
        edit = load_draft(row.draft).edit if row.draft else None
    except ValueError:
        edit = None
    return ReportRow(*head, _edit_changes(edit) if edit else ())


def _preview_row(row: PreviewRow, lookups: KnownNames) -> ReportRow:
    edit = row.applied.edit if row.applied is not None else None
    changes = _edit_changes(lookups.for_display(edit)) if edit is not None else ()
    return ReportRow(row.activity_id, row.title, row.state.value, row.detail, changes)


def _edit_changes(edit: Edit) -> tuple[ReportChange, ...]:
    return tuple(
        ReportChange(c.field.label, c.field.kind.format(c.old), c.field.kind.format(c.new))
        for c in edit.changes()
    )


def _entry_changes(entry: JournalEntry) -> tuple[ReportChange, ...]:
    after = entry.after or {}
    return tuple(
        ReportChange(
            field.label,
            field.kind.format(entry.before.get(field.name)),
            field.kind.format(entry.sent[field.name]),
            field.kind.format(after[field.name]) if field.name in after else "",
        )
        for field in ACTIVITY.fields
        if field.name in entry.sent
    )


# How it is written


async def write_report(report: Report, path: Path) -> None:
    """Write a report off the UI thread: `.csv`, `.json`, all else as a page (HTML).

    `path` is there with all of it, or as it was before. Raises StoreError.
    """
    await asyncio.to_thread(_write, report, path)


def _write(report: Report, path: Path) -> None:
    writer = {".csv": _write_csv, ".json": _write_json}.get(path.suffix.lower(), _write_page)
    with map_errors(path):
        file = AtomicFile(path, errors="backslashreplace")
        try:
            writer(report, file.stream)
            file.commit()
        finally:
            file.discard()


_CSV_COLUMNS: Final = (
    *("Activity", "Title", "Verdict", "Field", "Before", "After", "ATZ held afterwards"),
    *("Details", "When (UTC)", "Save", "Run", "Reason", "Account", "Who"),
)


def _write_csv(report: Report, file: TextIO) -> None:
    """A line for each field of each activity, with the mark by which Excel knows UTF-8."""
    file.write("\ufeff")
    lines = csv.writer(file, delimiter=list_separator())
    lines.writerow(_CSV_COLUMNS)
    tail = (report.title, report.reason, report.account, report.who)
    for row in report.rows:
        for change in row.changes or (ReportChange("", "", ""),):
            head = (str(row.activity_id), row.title, row.verdict, *change)
            cells = (*head, row.detail, row.at, str(row.save or ""), *tail)
            lines.writerow([safe_cell(cell) for cell in cells])


def _write_json(report: Report, file: TextIO) -> None:
    facts = dict(report.facts)
    rows = [
        row._asdict() | {"changes": [change._asdict() for change in row.changes]}
        for row in report.rows
    ]
    found = {"title": report.title, **facts, "activities": rows}
    json.dump(found, file, ensure_ascii=False, indent=1)
    file.write("\n")


_STYLE: Final = (
    "body{font:14px/1.45 system-ui,sans-serif;margin:2rem;color:#1b1f27;background:#fff}"
    "h1{font-size:1.3rem}dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1rem}"
    "dt{color:#5b6472}dd{margin:0}table{border-collapse:collapse;width:100%;margin-top:1rem}"
    "th,td{border-top:1px solid #dfe2e7;padding:.3rem .6rem;text-align:left;vertical-align:top;"
    "overflow-wrap:anywhere}th{color:#5b6472;font-weight:normal}"
)
_PAGE_COLUMNS: Final = ("Activity", "Title", "Verdict", "Field", "Before", "After")


def _write_page(report: Report, file: TextIO) -> None:
    file.writelines(_page(report))


def _page(report: Report) -> Iterator[str]:
    """One page without anything from elsewhere. Every text is foreign, so it is escaped."""
    title = html.escape(report.title)
    yield '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
    yield f"<title>{title}</title><style>{_STYLE}</style></head>\n<body><h1>{title}</h1>\n<dl>"
    for label, text in report.facts:
        yield f"<dt>{html.escape(label)}</dt><dd>{_bdi(text)}</dd>"
    yield "</dl>\n<table><thead><tr>"
    yield "".join(f"<th>{heading}</th>" for heading in _PAGE_COLUMNS)
    yield "</tr></thead><tbody>\n"
    for row in report.rows:
        yield from _page_rows(row)
    yield "</tbody></table></body></html>\n"


def _page_rows(row: ReportRow) -> Iterator[str]:
    changes = row.changes or (ReportChange("", "", ""),)
    span = f' rowspan="{len(changes)}"' if len(changes) > 1 else ""
    verdict = html.escape(row.verdict) + (f"<br>{_bdi(row.detail)}" if row.detail else "")
    head = f"<td{span}>{row.activity_id}</td><td{span}>{_bdi(row.title)}</td>"
    head += f"<td{span}>{verdict}</td>"
    for change in changes:
        after = _bdi(change.after)
        if change.found and change.found != change.after:
            after += f"<br>ATZ held afterwards: {_bdi(change.found)}"
        yield f"<tr>{head}<td>{html.escape(change.label)}</td><td>{_bdi(change.before)}</td>"
        yield f"<td>{after}</td></tr>\n"
        head = ""


def _bdi(text: str) -> str:
    """Text that may run in another direction than the page."""
    return f"<bdi>{html.escape(text)}</bdi>" if text else ""
