"""The two lists of the find panel as table models: activities of ATZ, and those seen here."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from atz_desktop.domain.characters import single_line
from atz_desktop.session.search import short_day
from atz_desktop.view.widgets.row_table import PagedRowModel, RowModel

if TYPE_CHECKING:
    from atz_desktop.domain.local_records import RecentActivity
    from atz_desktop.session.search import ActivityHit, ActivitySearch

FOUND = ("Title", "Type", "When", "Related to", "Last changed", "Activity")
RECENT = ("Title", "Kept for later", "Loaded here", "Changed here", "Activity")
_MOST_LETTERS = 300
_UNTITLED = "(without a title)"

ActivityRow = tuple[int, tuple[str, ...]]
"""The ID of an activity, and its cells."""


def recent_model(parent: QObject | None = None) -> RowModel[ActivityRow]:
    return RowModel(RECENT, _cell, parent)


def search_results_model(
    search: ActivitySearch, parent: QObject | None = None
) -> RowModel[ActivityRow]:
    def rows(first: int) -> Iterable[ActivityRow]:
        return map(_found_row, search.hits[first:])

    model = PagedRowModel(FOUND, _cell, search, rows, parent)
    model.set_rows(rows(0))
    return model


def _cell(row: ActivityRow, column: int) -> str:
    return row[1][column]


def _found_row(found: ActivityHit) -> ActivityRow:
    changed = _local(found.changed) if found.changed else ""
    title = single_line(found.title[:_MOST_LETTERS]) or _UNTITLED
    cells = (title, found.type, found.when, single_line(found.record), changed, str(found.id))
    return found.id, tuple(cell[:_MOST_LETTERS] for cell in cells)


def recent_row(seen: RecentActivity) -> ActivityRow:
    """The row of an activity that this computer loaded or changed."""
    title = single_line(seen.title[:_MOST_LETTERS]) or _UNTITLED
    kept = seen.unsaved_text(datetime.now(UTC))
    cells = (title, kept, _at(seen.loaded_at), _at(seen.changed_at), str(seen.activity_id))
    return seen.activity_id, cells


def _at(text: str | None) -> str:
    with suppress(ValueError, OverflowError):  # where the file was damaged
        return _local(datetime.fromisoformat(text or ""))
    return ""


def _local(at: datetime) -> str:
    """A moment as the clock of this computer shows it."""
    here = at.astimezone()
    return f"{short_day(here)}, {here:%H:%M}"
