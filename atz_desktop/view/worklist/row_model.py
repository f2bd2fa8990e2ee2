"""The rows of a work list as they are shown: filtered and sorted when the user says so, and then
left where they are, whatever becomes of them."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable
from enum import Enum
from typing import Any, Final, NamedTuple

from PySide6.QtCore import (
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QStringListModel,
    Qt,
    QTimer,
)

from atz_desktop.domain.characters import fold, single_line
from atz_desktop.domain.work_list import RowState, WorkListCounts, WorkListRow
from atz_desktop.view.widgets.labels import plain_tip

_Index = QModelIndex | QPersistentModelIndex


class RowOrder(Enum):
    """What the rows are sorted by; the value is for people."""

    ADDED = "As added"
    NUMBER = "By number"
    TITLE = "By title"
    STATE = "By state"


class _Folded(NamedTuple):
    """The texts of a row without case and accents."""

    title: str
    text: str
    """All that the words of a filter are looked for in."""

    @classmethod
    def of(cls, row: WorkListRow) -> _Folded:
        title = fold(row.title)
        return cls(title, f"{row.activity_id} {title} {fold(row.note)}")


_FOLDED_AT_ONCE: Final = 250
"""Rows whose texts are folded in one turn of the loop: about 2 ms."""

_STATES = {state: place for place, state in enumerate(RowState)}


class WorkListModel(QStringListModel):
    """The rows of one list. A row that changes is drawn anew where it stands.

    Its texts are made on demand. That it has strings at all saves a call of Python for each row as
    often as the view lays them out.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: dict[int, WorkListRow] = {}
        """By the ID of the activity, in the order in which they were added."""
        self._numbers: dict[int, int] = {}
        self._counts: Counter[RowState] = Counter()
        self._folded: dict[int, _Folded] = {}
        self._unfolded: deque[int] = deque()
        self._folding = QTimer(self, interval=0)
        self._folding.timeout.connect(self._fold_some)
        self._shown: list[int] = []
        self._places: dict[int, int] = {}
        self._words = ""
        self._states: frozenset[RowState] = frozenset()
        self._order = RowOrder.ADDED

    def set_rows(self, rows: Iterable[WorkListRow]) -> None:
        """Show the list as it is now; rows that are new come at the end, filtered or not."""
        before, self._rows = self._rows, {row.activity_id: row for row in rows}
        self._numbers = {number: place for place, number in enumerate(self._rows, 1)}
        self._counts = Counter([row.state for row in self._rows.values()])
        self._fold_later([each for each, row in self._rows.items() if before.get(each) != row])
        if not before:
            self._show(self._arranged())
            return
        if before.keys() - self._rows.keys():
            self._show([each for each in self._shown if each in self._rows])
        self._append([each for each in self._rows if each not in before])
        if self._shown:
            self.dataChanged.emit(self.index(0), self.index(len(self._shown) - 1))

    def update_rows(self, rows: Iterable[WorkListRow]) -> None:
        """Show these rows as they are now; those that the list does not have are passed over."""
        for row in rows:
            number = row.activity_id
            if (before := self._rows.get(number)) is None:
                continue
            self._rows[number] = row
            self._counts[before.state] -= 1
            self._counts[row.state] += 1
            self._folded[number] = _Folded.of(row)
            if (place := self._places.get(number)) is not None:
                self.dataChanged.emit(self.index(place), self.index(place))

    def begin(self) -> None:
        """Another list comes: nothing of this one stays."""
        self._rows, self._numbers, self._folded = {}, {}, {}
        self._counts.clear()
        self._unfolded.clear()
        self._show([])

    def arrange(
        self, words: str, states: frozenset[RowState], order: RowOrder = RowOrder.ADDED
    ) -> None:
        """Show the rows that have all of the words and (if any are given) one of the states now."""
        self._words, self._states, self._order = words, states, order
        self._show(self._arranged())

    def row(self, place: int) -> WorkListRow:
        return self._rows[self._shown[place]]

    def of(self, activity_id: int) -> WorkListRow | None:
        """The row of that activity, shown or filtered out."""
        return self._rows.get(activity_id)

    def place(self, activity_id: int | None) -> int | None:
        """Where the activity stands among those shown."""
        return self._places.get(activity_id) if activity_id is not None else None

    def number(self, activity_id: int | None) -> int | None:
        """Its place in the whole list, from 1, in the order in which rows were added."""
        return self._numbers.get(activity_id) if activity_id is not None else None

    @property
    def total(self) -> int:
        """How many rows the list has, shown or filtered out."""
        return len(self._rows)

    @property
    def shown_rows(self) -> tuple[WorkListRow, ...]:
        return self.rows_of(self._shown)

    def rows_of(self, activity_ids: Iterable[int]) -> tuple[WorkListRow, ...]:
        """The rows of these activities of the list."""
        return tuple(map(self._rows.__getitem__, activity_ids))

    @property
    def counts(self) -> WorkListCounts:
        """How many rows of the whole list are in which state."""
        return WorkListCounts(dict(self._counts))

    def step_from(self, activity_id: int | None, by: int, *, undone: bool = False) -> int | None:
        """The next shown activity in that direction, with `undone` the next where something is to
        be done; from the start (or end) where `activity_id` is not shown."""
        place = self.place(activity_id)
        if place is None:
            place = -1 if by > 0 else len(self._shown)
        places = range(place + by, len(self._shown) if by > 0 else -1, by)
        found = (self._shown[each] for each in places if not undone or self.row(each).state.is_open)
        return next(found, None)

    def _arranged(self) -> list[int]:
        words = fold(self._words).split()
        if words or self._order is RowOrder.TITLE:
            self._fold(len(self._unfolded))
        rows, texts = self._rows, self._folded
        ids = [each for each, row in rows.items() if not self._states or row.state in self._states]
        for word in words:
            ids = [each for each in ids if word in texts[each].text]
        match self._order:
            case RowOrder.NUMBER:
                ids.sort()
            case RowOrder.TITLE:
                ids.sort(key=lambda each: texts[each].title)
            case RowOrder.STATE:
                ids.sort(key=lambda each: _STATES[rows[each].state])
        return ids

    def _fold_later(self, ids: Iterable[int]) -> None:
        """So that the first key in the filter finds them folded: 5,000 take longer than a frame."""
        self._unfolded.extend(ids)
        self._folding.start()

    def _fold_some(self) -> None:
        self._fold(_FOLDED_AT_ONCE)
        if not self._unfolded:
            self._folding.stop()

    def _fold(self, count: int) -> None:
        for _row in range(min(count, len(self._unfolded))):
            if (row := self._rows.get(self._unfolded.popleft())) is not None:
                self._folded[row.activity_id] = _Folded.of(row)

    def _show(self, ids: list[int]) -> None:
        self._shown = ids
        self._places = {each: place for place, each in enumerate(ids)}
        self.setStringList([""] * len(ids))

    def _append(self, ids: list[int]) -> None:
        if ids:
            first = len(self._shown)
            self._places.update((each, first + n) for n, each in enumerate(ids))
            self._shown += ids
            self.insertRows(first, len(ids))

    # Qt overrides

    def flags(self, _index: _Index) -> Qt.ItemFlag:
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row = self.row(index.row())
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip("\n".join(filter(None, (row.title, row.note))))
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            said = (str(row.activity_id), single_line(row.title), row.state.value, row.note)
            return ", ".join(filter(None, map(single_line, said)))
        return None
