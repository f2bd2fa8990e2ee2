"""The tables of activities in a preview and in a run: each with its models, and what narrows it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, TypeVar

from PySide6.QtCore import QObject, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QSplitter, QWidget

from atz_desktop.domain.characters import single_line
from atz_desktop.domain.edit import Edit
from atz_desktop.domain.review import FieldDiff, field_diff
from atz_desktop.domain.runs import RunCounts, RunRow, RunVerdict
from atz_desktop.session.bulk_edit import PreviewRow, PreviewState
from atz_desktop.view.icons import icon
from atz_desktop.view.theme import LEVELS, NEAR
from atz_desktop.view.widgets.combo_box import NoWheelComboBox
from atz_desktop.view.widgets.row_table import Index, RowModel, RowTable

_ROOM: Final = 520
"""Pixels from which on all columns are shown."""
_WIDEST: Final = {"Title": ("Interview with Amara Nwosu",), "Activity": ("Activity", "00000000")}
_MOST_LETTERS: Final = 300
_TICK: Final = int(Qt.ItemDataRole.CheckStateRole)
_ICON: Final = int(Qt.ItemDataRole.DecorationRole)
_PLAIN: Final = Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEnabled
_TICKED: Final = _PLAIN | Qt.ItemFlag.ItemIsUserCheckable

_Row = TypeVar("_Row", bound=PreviewRow | RunRow)


class WideTable(RowTable):
    """One row is the current one. `spare` is the column that a narrow table does without: what it
    says stands beside the table, too."""

    def __init__(
        self, name: str, model: RowModel[Any], widest: Mapping[str, Sequence[str]], spare: str
    ) -> None:
        """`widest`: column → what it shows uncut, but for title and number."""
        super().__init__(name, model)
        self._spare = model.columns.index(spare)
        self._title = model.columns.index("Title")
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.horizontalHeader().setFixedHeight(self.fontMetrics().lineSpacing() + 2 * NEAR)
        self.fit_columns(model.columns, {**_WIDEST, **widest})
        self._title_width = self.columnWidth(self._title)

    def beside(self, side: QWidget) -> QSplitter:
        """The table, and at its right what is to be seen of its current row."""
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        for part, stretch in ((self, 3), (side, 2)):
            split.addWidget(part)
            split.setStretchFactor(split.count() - 1, stretch)
        return split

    # Qt overrides

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self.viewport().width() < _ROOM
        if narrow == self.isColumnHidden(self._spare):
            return
        header, mode = self.horizontalHeader(), QHeaderView.ResizeMode
        if narrow:
            self._title_width = self.columnWidth(self._title)
        self.setColumnHidden(self._spare, narrow)
        header.setSectionResizeMode(self._title, mode.Stretch if narrow else mode.Interactive)
        if not narrow:  # stretched, it would push the others out of sight
            header.resizeSection(self._title, self._title_width)


class RowFilterBox(NoWheelComboBox):
    """Which rows to show: all, or those of one kind, with how many there are. `chosen` is the kind;
    None: all."""

    changed = Signal()
    """The user chose another kind."""

    def __init__(self) -> None:
        super().__init__(wide=False)
        self.setAccessibleName("Which activities to show")
        self.chosen: Any = None
        self._shown: list[tuple[Any, str]] = []
        self.currentIndexChanged.connect(self._choose)

    def show_counts(self, total: int, counts: Sequence[tuple[Any, str, int]]) -> None:
        """Offer kinds (kind, word, how many); the chosen one stays, also without any rows."""
        shown: list[tuple[Any, str]] = [(None, f"All ({total:,})")]
        shown += [
            (kind, f"{word.capitalize()} ({number:,})")
            for kind, word, number in counts
            if number or kind is self.chosen
        ]
        if shown == self._shown:
            return
        same_kinds = [kind for kind, _ in shown] == [kind for kind, _ in self._shown]
        self._shown = shown
        with QSignalBlocker(self):
            if not same_kinds:
                self.clear()
                self.addItems([words for _, words in shown])
            for place, (_, words) in enumerate(shown):
                self.setItemText(place, words)
            self.setCurrentIndex([kind for kind, _ in shown].index(self.chosen))

    def choose_all(self) -> None:
        """Show all rows again; never emits."""
        self.chosen = None
        with QSignalBlocker(self):
            self.setCurrentIndex(0)

    def _choose(self, index: int) -> None:
        if index >= 0:
            self.chosen = self._shown[index][0]
            self.changed.emit()


class _ActivityModel(RowModel[_Row]):
    """Title and number of each activity; subclasses say the other columns, and draw an icon in that
    of `kind_column`."""

    def __init__(self, kind_column: str, columns: tuple[str, ...], parent: QObject | None) -> None:
        super().__init__(("Title", "Activity", *columns), self._text, parent)
        self._kind_column = self.columns.index(kind_column)

    def _text(self, row: _Row, column: int) -> str:
        match self.columns[column]:
            case "Title":
                return single_line(row.title[:_MOST_LETTERS]) or "(without a title)"
            case "Activity":
                return str(row.activity_id)
            case other:
                return self._words(row, other)

    def _words(self, row: _Row, column: str) -> str:
        raise NotImplementedError

    def _level(self, row: _Row) -> str:
        """How the kind of a row is drawn (a key of `LEVELS`); "": there is nothing to see."""
        raise NotImplementedError

    def _redraw(self, place: int | None = None) -> None:
        """Draw the row at that place anew; None: all of them."""
        first, last = (0, len(self._rows) - 1) if place is None else (place, place)
        if self._rows:
            self.dataChanged.emit(self.index(first, 0), self.index(last, len(self.columns) - 1))

    # Qt overrides

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role != _ICON:
            return super().data(index, role)
        row = self.row(index.row()) if index.column() == self._kind_column else None
        look = LEVELS.get(self._level(row)) if row is not None else None
        return icon(look.icon, look.colour) if look else None


# A preview: what each activity holds and what it would hold, in words when shown

_STATE_LEVELS: Final = {
    PreviewState.READY: "info",
    PreviewState.PROBLEM: "problem",
    PreviewState.UNREADABLE: "warning",
}


class PreviewModel(_ActivityModel[PreviewRow]):
    """Rows that will be changed have a tick; without it an activity is left out."""

    ticked = Signal()
    """Other rows are to be changed now."""

    def __init__(self, shown: Callable[[Edit], Edit], parent: QObject | None = None) -> None:
        """`shown` puts names to what is only to be looked at."""
        super().__init__("State", ("What changes", "State"), parent)
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
        self._redraw()

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

    def _words(self, row: PreviewRow, column: str) -> str:
        if column == "What changes":
            return self._change_words(row)
        left_out = row.activity_id in self._left_out and row.state is PreviewState.READY
        return "left out" if left_out else row.state.value

    def _level(self, row: PreviewRow) -> str:
        return _STATE_LEVELS.get(row.state, "")

    def _change_words(self, row: PreviewRow) -> str:
        if row.activity_id not in self._changes:
            edit = row.applied.edit if row.applied is not None else None
            diffs = _change_texts(self._shown(edit)) if edit is not None and edit.dirty else ()
            words = "; ".join(diffs) if row.state is PreviewState.READY else row.detail
            self._changes[row.activity_id] = words[:_MOST_LETTERS]
        return self._changes[row.activity_id]

    def _can_tick(self, row: PreviewRow | None, column: int) -> bool:
        return column == 0 and row is not None and row.state is PreviewState.READY

    # Qt overrides

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role != _TICK:
            return super().data(index, role)
        row = self.row(index.row())
        if row is None or not self._can_tick(row, index.column()):
            return None
        out = row.activity_id in self._left_out
        return Qt.CheckState.Unchecked if out else Qt.CheckState.Checked

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
        self._redraw(index.row())
        self.ticked.emit()
        return True


def _change_texts(edit: Edit) -> Iterable[str]:
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


# A run: each activity with its one verdict

_VERDICT_LEVELS: Final = {
    RunVerdict.CHECKED: "good",
    RunVerdict.DIFFERENT: "warning",
    RunVerdict.REFUSED: "problem",
    RunVerdict.NOT_SENT: "problem",
    RunVerdict.NOT_CONFIRMED: "warning",
    RunVerdict.CONFLICT: "warning",
    RunVerdict.LEFT: "warning",
    RunVerdict.GONE: "problem",
}


class RunModel(_ActivityModel[RunRow]):
    """A row stays where it is while its verdict changes, also under a filter."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__("Verdict", ("Verdict", "What happened"), parent)
        self._all: dict[int, RunRow] = {}
        self._places: dict[int, int] = {}
        self._verdict: RunVerdict | None = None

    def show_all(self, rows: Iterable[RunRow]) -> None:
        """Show the rows of a run."""
        self._all = {row.position: row for row in rows}
        self._fill()

    def show_verdict(self, verdict: RunVerdict | None) -> None:
        """Show only the rows that have this verdict by now; None: all."""
        self._verdict = verdict
        self._fill()

    def update_row(self, row: RunRow) -> None:
        """A row has another verdict."""
        if (place := self._take(row)) is not None:
            self._redraw(place)

    def update_rows(self, rows: Iterable[RunRow]) -> None:
        """These rows have other verdicts, perhaps: the whole table is drawn anew once."""
        for row in rows:
            self._take(row)
        self._redraw()

    @property
    def all_rows(self) -> tuple[RunRow, ...]:
        """Every row of the run, shown or not."""
        return tuple(self._all.values())

    @property
    def counts(self) -> RunCounts:
        return RunCounts.of(self._all.values())

    def _take(self, row: RunRow) -> int | None:
        """Take a row in the place of the one before; where it is shown."""
        if row.position not in self._all:
            return None
        self._all[row.position] = row
        place = self._places.get(row.position)
        if place is not None:
            self._rows[place] = row
        return place

    def _fill(self) -> None:
        rows = [row for row in self._all.values() if self._verdict in {None, row.verdict}]
        self._places = {row.position: place for place, row in enumerate(rows)}
        self.set_rows(rows)

    def _words(self, row: RunRow, column: str) -> str:
        if column == "Verdict":
            return row.verdict.value if row.verdict else ""
        return single_line(row.detail[:_MOST_LETTERS])

    def _level(self, row: RunRow) -> str:
        return _VERDICT_LEVELS.get(row.verdict, "") if row.verdict else ""
