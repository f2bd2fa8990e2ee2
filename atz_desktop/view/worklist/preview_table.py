"""The rows of a preview: what each activity holds and what it would hold, in words when shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

from PySide6.QtCore import QObject, Qt, Signal

from atz_desktop.domain.characters import single_line
from atz_desktop.domain.edit import Edit
from atz_desktop.domain.review import FieldDiff, field_diff
from atz_desktop.session.bulk_preview import PreviewRow, PreviewState
from atz_desktop.view.icons import icon
from atz_desktop.view.theme import LEVELS
from atz_desktop.view.widgets.row_table import Index, RowModel

COLUMNS: Final = ("Title", "Activity", "What changes", "State")
_MOST_LETTERS: Final = 300
_LEVELS: Final = {
    PreviewState.READY: "info",
    PreviewState.PROBLEM: "problem",
    PreviewState.UNREADABLE: "warning",
}
_TICK: Final = int(Qt.ItemDataRole.CheckStateRole)
_PLAIN: Final = Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEnabled
_TICKED: Final = _PLAIN | Qt.ItemFlag.ItemIsUserCheckable
_ICON: Final = int(Qt.ItemDataRole.DecorationRole)


class PreviewModel(RowModel[PreviewRow]):
    """Rows that will be changed have a tick; without it an activity is left out."""

    ticked = Signal()
    """Other rows are to be changed now."""

    def __init__(self, shown: Callable[[Edit], Edit], parent: QObject | None = None) -> None:
        """`shown` puts names to what is only to be looked at."""
        super().__init__(COLUMNS, self._words, parent)
        self._shown = shown
        self._all: tuple[PreviewRow, ...] = ()
        self._state: PreviewState | None = None
        self._left_out: set[int] = set()
        self._chosen: tuple[PreviewRow, ...] = ()
        self._changes: dict[int, str] = {}

    def show_all(self, rows: tuple[PreviewRow, ...]) -> None:
        """Show other rows; what was left out stays left out."""
        self._all = rows
        self._changes.clear()
        self._choose()
        self._fill()

    def show_state(self, state: PreviewState | None) -> None:
        """Show only the rows in this state; None: all."""
        self._state = state
        self._fill()

    def forget_names(self) -> None:
        """Better names are known: say the changes anew."""
        self._changes.clear()
        if self._rows:
            self.dataChanged.emit(
                self.index(0, 0), self.index(len(self._rows) - 1, len(COLUMNS) - 1)
            )

    @property
    def chosen(self) -> tuple[PreviewRow, ...]:
        """The rows that are to be changed, shown or not."""
        return self._chosen

    def _choose(self) -> None:
        """Once for a change: it is asked for at twenty places, and there may be thousands."""
        self._chosen = tuple(
            row
            for row in self._all
            if row.state is PreviewState.READY and row.activity_id not in self._left_out
        )

    def _fill(self) -> None:
        self.set_rows(row for row in self._all if self._state in {None, row.state})

    def _words(self, row: PreviewRow, column: int) -> str:
        match COLUMNS[column]:
            case "Title":
                return single_line(row.title[:_MOST_LETTERS]) or "(without a title)"
            case "Activity":
                return str(row.activity_id)
            case "What changes":
                return self._change_words(row)
            case _:
                left_out = row.activity_id in self._left_out and row.state is PreviewState.READY
                return "left out" if left_out else row.state.value

    def _change_words(self, row: PreviewRow) -> str:
        if row.activity_id not in self._changes:
            edit = row.applied.edit if row.applied is not None else None
            diffs = change_texts(self._shown(edit)) if edit is not None and edit.dirty else ()
            words = "; ".join(diffs) if row.state is PreviewState.READY else row.detail
            self._changes[row.activity_id] = words[:_MOST_LETTERS]
        return self._changes[row.activity_id]

    def _can_tick(self, row: PreviewRow | None, column: int) -> bool:
        return column == 0 and row is not None and row.state is PreviewState.READY

    # Qt overrides

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role not in (_TICK, _ICON):
            return super().data(index, role)
        row, column = self.row(index.row()), index.column()
        if row is not None and role == _TICK and self._can_tick(row, column):
            out = row.activity_id in self._left_out
            return Qt.CheckState.Unchecked if out else Qt.CheckState.Checked
        if row is not None and role == _ICON and column == len(COLUMNS) - 1:
            look = LEVELS.get(_LEVELS.get(row.state, ""))
            return icon(look.icon, look.colour) if look else None
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        can_tick = index.column() == 0 and self._can_tick(self.row(index.row()), 0)
        return _TICKED if can_tick else _PLAIN

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        row = self.row(index.row())
        if row is None or role != _TICK or not self._can_tick(row, index.column()):
            return False
        on = Qt.CheckState(value) is Qt.CheckState.Checked
        (self._left_out.discard if on else self._left_out.add)(row.activity_id)
        self._choose()
        place = index.row()
        self.dataChanged.emit(self.index(place, 0), self.index(place, len(COLUMNS) - 1))
        self.ticked.emit()
        return True


def change_texts(edit: Edit) -> Iterable[str]:
    """Title: Call → Call, moved."""
    for change in edit.changes():
        yield _one_line(field_diff(change.field, change.old, change.new))


def _one_line(diff: FieldDiff) -> str:
    if diff.is_people_diff:
        parts = [f"without {name}" for name in diff.removed]
        parts += [f"with {name}" for name in diff.added]
        return single_line(f"{diff.label}: {', '.join(parts)}")
    return single_line(f"{diff.label}: {_short(diff.old)} → {_short(diff.new)}")


def _short(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:79]}…"
