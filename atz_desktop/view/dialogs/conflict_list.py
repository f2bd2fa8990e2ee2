"""Several conflicts below each other, and how many of them are still open."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from atz_desktop.domain.merge import Conflict, FieldResolution, Resolution
from atz_desktop.view.dialogs.conflict_box import ColumnTitles, ConflictBox
from atz_desktop.view.theme import INSIDE
from atz_desktop.view.widgets.layouts import vbox

_MOST_HEIGHT = 520


class ConflictList(QScrollArea):
    """A box for each conflict; scrolls when they do not fit."""

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
        return QSize(self._width, min(height, _MOST_HEIGHT))
