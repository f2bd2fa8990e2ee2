"""The list of saves as a table model; rows are fetched as the person scrolls."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from PySide6.QtCore import QObject, Qt

from atz_desktop.domain.characters import single_line
from atz_desktop.domain.fields import ACTIVITY
from atz_desktop.domain.history import JournalEntry
from atz_desktop.domain.text import format_date
from atz_desktop.session.history import History
from atz_desktop.session.messages import OUTCOMES
from atz_desktop.view.icons import icon
from atz_desktop.view.theme import LEVELS
from atz_desktop.view.widgets.row_table import Index, PagedRowModel

COLUMNS = ("When", "Activity", "Title", "Changed", "Outcome")

_MOST_LETTERS = 300
_ICON = int(Qt.ItemDataRole.DecorationRole)


class HistoryTableModel(PagedRowModel[JournalEntry]):
    """The entries of `history`, at most 300 letters in a cell."""

    def __init__(self, history: History, parent: QObject | None = None) -> None:
        super().__init__(COLUMNS, cell, history, lambda first: history.entries[first:], parent)

    def row_of(self, entry_id: int) -> int | None:
        """The row of the entry with that number, if it was fetched."""
        found = (row for row, entry in enumerate(self._rows) if entry.id == entry_id)
        return next(found, None)

    # Qt overrides

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role != _ICON:
            return super().data(index, role)
        entry = self.row(index.row())
        if entry is None or COLUMNS[index.column()] != "Outcome":
            return None
        look = LEVELS[OUTCOMES[entry.outcome].level.value]
        return icon(look.icon, look.colour)


def cell(entry: JournalEntry, column: int) -> str:
    """What stands in one column of an entry's row."""
    match COLUMNS[column]:
        case "When":
            return local_time(entry.at)
        case "Activity":
            return str(entry.activity_id)
        case "Title":
            return single_line(entry.title[:_MOST_LETTERS])
        case "Changed":
            return ", ".join(
                ACTIVITY.by_name[name].label for name in ACTIVITY.by_name if name in entry.sent
            )
        case _:
            return OUTCOMES[entry.outcome].label


def local_time(at: datetime) -> str:
    """A moment as the clock of this computer shows it."""
    here = at.astimezone()
    return f"{format_date(here)}, {here:%H:%M}"
