"""A colleague changed the same fields: original, now in ATZ and yours, one choice for each."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QTextCursor
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QGridLayout,
    QPushButton,
    QRadioButton,
    QScrollArea,
    QSizePolicy,
    QWidget,
)

from atz_desktop.domain.characters import single_line
from atz_desktop.domain.fields import Field
from atz_desktop.domain.kinds import People, Text
from atz_desktop.domain.merge import Conflict, FieldResolution, ManualMerge, Merge, Resolution
from atz_desktop.domain.quick_dataclass import dataclass
from atz_desktop.domain.review import FieldDiff, field_diff
from atz_desktop.domain.text import format_date
from atz_desktop.view.theme import AROUND, INSIDE, NEAR
from atz_desktop.view.widgets.dialog import BaseDialog, about_activity
from atz_desktop.view.widgets.exact_text import ExactLineEdit, ExactTextEdit
from atz_desktop.view.widgets.labels import ElidingLabel
from atz_desktop.view.widgets.layouts import Card, vbox
from atz_desktop.view.widgets.review_text import AutoHeightText, DiffWriter

if TYPE_CHECKING:
    from atz_desktop.domain.activity import Activity

WIDTH = 900
_MOST_LIST_HEIGHT = 520
_WIDTH = 220
_MOST_HEIGHT = 220


@dataclass(frozen=True)
class ColumnTitles:
    """The words above the three versions, and before the joined and the written one."""

    original: str
    theirs: str
    mine: str
    both: str
    manual: str


_COLUMNS = ColumnTitles(
    original="When you began",
    theirs="Now in ATZ",
    mine="Yours",
    both="Both: what each of you changed, together",
    manual="Write it yourself",
)


class ConflictDialog(BaseDialog):
    """`answer` is None unless every field has a choice and Save was pressed.

    Cancel loses nothing: the typing stays as it is.
    """

    def __init__(self, merge: Merge, parent: QWidget | None = None) -> None:
        super().__init__("Changed by somebody else too", WIDTH, parent)
        self.answer: Mapping[str, FieldResolution] | None = None
        base = merge.edit.base
        self.add_heading(_heading(base), about_activity(base.id, base.title))
        self.add_text(
            f"{_when(base)}Choose for each field what to keep. Until you press Save nothing is "
            "sent, and with Cancel everything you typed stays as it is."
        )
        self.choices = ConflictList(merge.conflicts, _COLUMNS, self.inner_width)
        self.page.addWidget(self.choices, 1)
        self._left = ElidingLabel("muted")
        self._all_theirs = QPushButton("Take all from ATZ")
        self._all_theirs.clicked.connect(partial(self.choices.choose_all, Resolution.THEIRS))
        self._all_mine = QPushButton("Keep all of yours")
        self._all_mine.clicked.connect(partial(self.choices.choose_all, Resolution.MINE))
        self._cancel = QPushButton("Cancel")
        self._cancel.clicked.connect(self.reject)
        self._save = QPushButton("Save")
        self._save.clicked.connect(self._on_accept)
        self.page.addWidget(self._left)
        both = (self._all_theirs, self._all_mine) if len(merge.conflicts) > 1 else ()
        for button in (self._all_theirs, self._all_mine):
            button.setVisible(bool(both))
        self.add_buttons(both, (self._cancel, self._save), self._save)
        self.choices.chosen.connect(self._show)
        self._show()
        self.choices.focus_first()

    def _show(self) -> None:
        left, problem = self.choices.open_count, self.choices.problem
        self._save.setEnabled(left == 0 and not problem)
        told = f"Still to choose: {left}" if left else "Everything is chosen"
        self._left.set_text(problem or told, "problem" if problem else "muted")

    def _on_accept(self) -> None:
        self.answer = self.choices.resolutions
        self.accept()


def _heading(record: Activity) -> str:
    by = record.updated_by
    who = single_line(by.name) if by is not None and by.name else "Somebody"
    return f"{who} changed this activity in ATZ, too"


def _when(record: Activity) -> str:
    """When the last change was made, as a sentence; "" if ATZ does not tell."""
    if record.updated_at is None:
        return ""
    at = record.updated_at.astimezone(ZoneInfo(record.zone))
    return f"The last change there was made on {format_date(at)} at {at:%H:%M} ({record.zone}). "


class ConflictList(QScrollArea):
    """A box for each conflict; scrolls when they do not fit. It knows how many are still open."""

    chosen = Signal()
    """`resolutions` are others now."""

    def __init__(self, conflicts: tuple[Conflict, ...], columns: ColumnTitles, width: int) -> None:
        super().__init__()
        self._width = width
        self.boxes = tuple(ConflictBox(conflict, columns) for conflict in conflicts)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        inside = QWidget()
        self._column = vbox(inside, *self.boxes, 1, spacing=INSIDE)
        for box in self.boxes:
            box.chosen.connect(self.chosen)
        self.setWidget(inside)
        # Page up and down come here from the choices; a stop of its own nobody could see.
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    @property
    def resolutions(self) -> Mapping[str, FieldResolution]:
        """What was chosen so far, by the field's name."""
        return {box.name: box.pick for box in self.boxes if box.pick is not None}

    @property
    def open_count(self) -> int:
        """How many fields have no choice yet."""
        return len(self.boxes) - len(self.resolutions)

    @property
    def problem(self) -> str:
        """Why what was written by hand cannot be sent, as a sentence; "" if it can."""
        return next(filter(None, (box.problem for box in self.boxes)), "")

    def choose_all(self, pick: Resolution) -> None:
        """Choose the same for every field."""
        for box in self.boxes:
            box.choose(pick)

    def focus_first(self) -> None:
        if self.boxes:
            self.boxes[0].focus_first()

    # Qt overrides

    def sizeHint(self) -> QSize:
        boxes = self._column
        height = max(boxes.totalHeightForWidth(self._width), boxes.totalSizeHint().height())
        return QSize(self._width, min(height, _MOST_LIST_HEIGHT))


class ConflictBox(Card):
    """Original, theirs, mine; a radio button for each choice, none of them chosen at first.

    A text can also be written by hand.
    """

    chosen = Signal()
    """`pick` is another now."""

    def __init__(self, conflict: Conflict, columns: ColumnTitles) -> None:
        super().__init__()
        self.name = conflict.field.name
        self.set_border("warning")
        self._pick: Resolution | None = None
        self._manual: ExactLineEdit | ExactTextEdit | None = None
        self._conflict = conflict
        self._group = QButtonGroup(self)
        self._picks: list[Resolution | None] = []
        """What each button stands for; None: what is written by hand."""
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(AROUND, INSIDE, AROUND, INSIDE)
        self._grid.setHorizontalSpacing(AROUND)
        self._grid.setVerticalSpacing(NEAR)
        self._build_layout(columns)
        self._group.idClicked.connect(self._choose)

    @property
    def pick(self) -> FieldResolution | None:
        """The choice; None while there is none."""
        if self._manual is not None and self._is_manual:
            return ManualMerge(self._manual.value())
        return self._pick

    @property
    def problem(self) -> str:
        """Why what was written by hand cannot be sent, as a sentence; "" if it can."""
        pick, conflict = self.pick, self._conflict
        if not isinstance(pick, ManualMerge):
            return ""
        error = conflict.field.error(pick.value, conflict.theirs)
        return f"{conflict.field.label}: {error}" if error else ""

    def choose(self, pick: Resolution) -> None:
        """Choose one of the versions, as a click does."""
        self._group.button(self._picks.index(pick)).click()

    @property
    def _is_manual(self) -> bool:
        return self._group.checkedId() >= 0 and self._picks[self._group.checkedId()] is None

    def focus_first(self) -> None:
        self._group.button(0).setFocus()

    def _build_layout(self, columns: ColumnTitles) -> None:
        conflict = self._conflict
        label = ElidingLabel(role="heading")
        label.set_text(conflict.field.label)
        self._grid.addWidget(label, 0, 0, 1, 3)
        heading = ElidingLabel("muted")
        heading.set_text(columns.original)
        self._grid.addWidget(heading, 1, 0)
        self._grid.addWidget(self._value(conflict.original, columns.original), 2, 0)
        self._add_choice(Resolution.THEIRS, columns.theirs, conflict.theirs, (1, 1))
        self._add_choice(Resolution.MINE, columns.mine, conflict.mine, (1, 2))
        if conflict.both is not None:
            self._add_choice(Resolution.BOTH, columns.both, conflict.both, (3, 0))
        if isinstance(conflict.field.kind, Text) and isinstance(conflict.mine, str | None):
            self._add_manual(conflict.field.kind, columns.manual)
        for column in range(3):
            self._grid.setColumnStretch(column, 1)

    def _add_choice(self, pick: Resolution, words: str, value: Any, place: tuple[int, int]) -> None:
        row, column = place
        width = 1 if row == 1 else 3
        radio = self._add_button(pick, words)
        radio.setAccessibleDescription(field_diff(self._conflict.field, None, value).new)
        shown = self._value(value, words)
        shown.clicked.connect(radio.click)
        self._grid.addWidget(radio, row, column, 1, width)
        self._grid.addWidget(shown, row + 1, column, 1, width)

    def _add_manual(self, kind: Text, words: str) -> None:
        """A box that begins with the user's own version: the other one stands above it."""
        conflict = self._conflict
        radio = self._add_button(None, words)
        box = self._manual = ExactTextEdit(min_lines=3) if kind.multiline else ExactLineEdit()
        box.setAccessibleName(f"{conflict.field.label}: {words}, text")
        box.show_value(conflict.mine)
        box.edited.connect(partial(self._on_written, radio))
        if isinstance(box, ExactTextEdit):
            box.setTabChangesFocus(True)
        self._grid.addWidget(radio, 5, 0, 1, 3)
        self._grid.addWidget(box, 6, 0, 1, 3)

    def _add_button(self, pick: Resolution | None, words: str) -> QRadioButton:
        radio = QRadioButton(words)
        radio.setAccessibleName(f"{self._conflict.field.label}: {words}")
        self._group.addButton(radio, len(self._picks))
        self._picks.append(pick)
        return radio

    def _on_written(self, radio: QRadioButton, _text: object) -> None:
        radio.setChecked(True)
        self._choose(self._group.id(radio))

    def _value(self, value: Any, words: str) -> ValueText:
        shown = ValueText(self._conflict.field, self._conflict.original, value)
        shown.setAccessibleName(f"{self._conflict.field.label}: {words}")
        return shown

    def _choose(self, number: int) -> None:
        self._pick = self._picks[number]
        self.chosen.emit()
        self.set_border("card_border")


class ValueText(AutoHeightText):
    """A value in words, and in it what differs from the original. A click on it chooses it."""

    clicked = Signal()

    def __init__(self, field: Field, original: Any, value: Any) -> None:
        super().__init__(_WIDTH, _MOST_HEIGHT)
        self._of_people = isinstance(field.kind, People)
        self._line = field_diff(field, original, value)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.set_content(self._write_value)

    def _write_value(self, cursor: QTextCursor) -> None:
        line, paragraphs = self._line, DiffWriter(cursor)
        if self._of_people and (line.unchanged or line.added or line.removed):
            _write_people(paragraphs, line)
        elif line.segments:
            paragraphs.difference(line.segments)
        else:
            paragraphs.plain(line.new, nothing=line.becomes_empty)
            if line.new_utc:
                paragraphs.note(line.new_utc, "muted")

    # Qt overrides

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self.height_at(width)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        left = event.button() == Qt.MouseButton.LeftButton
        if left and not self.textCursor().hasSelection():
            self.clicked.emit()


def _write_people(paragraphs: DiffWriter, line: FieldDiff) -> None:
    for name in line.unchanged:
        paragraphs.plain(name, hanging=True)
    for name in line.removed:
        paragraphs.removed(name)
    for name in line.added:
        paragraphs.added(name)
