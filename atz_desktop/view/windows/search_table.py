"""The two lists of the search window: activities of ATZ, and those seen here."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView

from atz_desktop.domain.characters import single_line
from atz_desktop.domain.text import short_day
from atz_desktop.view.theme import NEAR
from atz_desktop.view.widgets.row_table import PagedRowModel, RowModel, RowTable

if TYPE_CHECKING:
    from atz_desktop.domain.local_records import RecentActivity
    from atz_desktop.session.search import ActivityHit, ActivitySearch

_SHARES: Final = {
    "Title": 30,
    "Type": 13,
    "When": 27,
    "Related to": 22,
    "Last changed": 19,
    "Activity": 9,
    "Kept for later": 24,
    "Loaded here": 19,
    "Changed here": 19,
}
"""Of the width; so no column is lost in a narrow window."""

_WHOLE: Final = {
    "When": "28 May 2024, 00:00 – 00:00",
    "Last changed": "28 May 2024, 00:00",
    "Activity": "00000000",
    "Loaded here": "28 May 2024, 00:00",
    "Changed here": "28 May 2024, 00:00",
}
"""What is shown whole where there is room: half a time of day says nothing."""
_ENOUGH: Final = 0.5
"""Of the width, which the other columns must keep for that."""
FOUND = ("Title", "Type", "When", "Related to", "Last changed", "Activity")
RECENT = ("Title", "Kept for later", "Loaded here", "Changed here", "Activity")
_MOST_LETTERS = 300
_UNTITLED = "(without a title)"
ActivityRow = tuple[int, tuple[str, ...]]
"""The ID of an activity, and its cells."""


class SearchTableView(RowTable):
    """A list of activities; several can be marked, with Ctrl or Shift."""

    def __init__(self, name: str, model: RowModel[ActivityRow]) -> None:
        super().__init__(name, model)
        self._columns = model.columns
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.horizontalHeader().setStretchLastSection(True)

    # Qt overrides

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        width = self.viewport().width()
        whole = {name: self._width_of(_WHOLE[name]) for name in self._columns if name in _WHOLE}
        if width - sum(whole.values()) < width * _ENOUGH:
            whole = {}
        left = width - sum(whole.values())
        shares = {name: _SHARES[name] for name in self._columns if name not in whole}
        for column, name in enumerate(self._columns):
            share = left * shares.get(name, 0) // sum(shares.values())
            self.horizontalHeader().resizeSection(column, whole.get(name, share))

    def _width_of(self, text: str) -> int:
        return self.fontMetrics().horizontalAdvance(text) + 2 * NEAR + 2


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
