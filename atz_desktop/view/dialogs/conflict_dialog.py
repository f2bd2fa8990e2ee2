"""A colleague changed the same fields: original, now in ATZ and yours, one choice for each."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtWidgets import QPushButton, QWidget

from atz_desktop.domain.merge import Merge, Resolution
from atz_desktop.view.dialogs.conflict_box import ColumnTitles
from atz_desktop.view.dialogs.conflict_list import ConflictList
from atz_desktop.view.widgets.dialog import BaseDialog, about_activity
from atz_desktop.view.widgets.eliding_label import ElidingLabel

WIDTH = 900
_COLUMNS = ColumnTitles(
    original="When you began",
    theirs="Now in ATZ",
    mine="Yours",
    both="Both: what each of you changed, together",
)


class ConflictDialog(BaseDialog):
    """`answer` is None unless every field has a choice and Save was pressed.

    Cancel loses nothing: the typing stays as it is.
    """

    def __init__(self, merge: Merge, parent: QWidget | None = None) -> None:
        super().__init__("Changed by somebody else too", WIDTH, parent)
        self.answer: Mapping[str, Resolution] | None = None
        base = merge.edit.base
        title = base.title
        self.add_heading(
            "Somebody changed the same fields in ATZ",
            about_activity(base.id, title if isinstance(title, str) else ""),
        )
        self.add_text(
            "Choose for each field what to keep. Until you press Save nothing is sent, and with "
            "Cancel everything you typed stays as it is."
        )
        self.choices = ConflictList(merge.conflicts, _COLUMNS, self.inner_width)
        self.page.addWidget(self.choices, 1)
        self._left = ElidingLabel("muted")
        self._cancel = QPushButton("Cancel")
        self._cancel.clicked.connect(self.reject)
        self._save = QPushButton("Save")
        self._save.clicked.connect(self._on_accept)
        self.page.addWidget(self._left)
        self.add_buttons((), (self._cancel, self._save), self._save)
        self.choices.chosen.connect(self._show)
        self._show()
        self.choices.focus_first()

    def _show(self) -> None:
        left = self.choices.open_count
        self._save.setEnabled(left == 0)
        self._left.set_text(f"Still to choose: {left}" if left else "Everything is chosen")

    def _on_accept(self) -> None:
        self.answer = self.choices.resolutions
        self.accept()
