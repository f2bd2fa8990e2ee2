"""A colleague changed the same fields: original, now in ATZ and yours, one choice for each."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from PySide6.QtWidgets import QPushButton, QWidget

from atz_desktop.domain.characters import single_line
from atz_desktop.domain.merge import FieldResolution, Merge, Resolution
from atz_desktop.domain.text import format_date
from atz_desktop.view.dialogs.conflict_box import ColumnTitles, ConflictList
from atz_desktop.view.widgets.dialog import BaseDialog, about_activity
from atz_desktop.view.widgets.eliding_label import ElidingLabel

if TYPE_CHECKING:
    from atz_desktop.domain.activity import Activity

WIDTH = 900
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
        title = base.title
        self.add_heading(
            _heading(base),
            about_activity(base.id, title if isinstance(title, str) else ""),
        )
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
