"""Put a save back: what will change, what cannot go back, and what has moved on since."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtWidgets import QPushButton, QWidget

from atz_desktop.domain.characters import pluralize
from atz_desktop.domain.fields import ACTIVITY
from atz_desktop.domain.merge import FieldResolution, Resolution, Restore
from atz_desktop.domain.review import review_unsaved
from atz_desktop.session.notices import Level
from atz_desktop.view.dialogs.conflict_dialog import ColumnTitles, ConflictList
from atz_desktop.view.widgets.dialog import BaseDialog, about_activity
from atz_desktop.view.widgets.labels import Callout
from atz_desktop.view.widgets.review_text import ReviewText

WIDTH = 720
_WIDTH_WITH_CHOICES = 900
_COLUMNS = ColumnTitles(
    original="Written by that save",
    theirs="Leave what ATZ has now",
    mine="Put back what was there before",
    both="Both: take that save's change out of what ATZ has now",
    manual="Write it yourself",
)


class RestoreDialog(BaseDialog):
    """`answer` is None unless the person agreed; else one choice for each conflict, maybe none."""

    def __init__(self, undo: Restore, parent: QWidget | None = None) -> None:
        merge = undo.merge
        width = _WIDTH_WITH_CHOICES if merge.conflicts else WIDTH
        super().__init__("Put back", width, parent)
        self.answer: Mapping[str, FieldResolution] | None = None
        moved_on = {conflict.field.name for conflict in merge.conflicts}
        self._review = review_unsaved(merge.edit.without(*moved_on), {})
        self.add_heading(
            "Put the earlier values back",
            about_activity(self._review.activity_id, self._review.title),
        )
        if undo.not_restorable:
            self.page.addWidget(_kept_box(undo.not_restorable))
        self.sheet = ReviewText("What will be put back", self.inner_width)
        self.sheet.set_review(self._review)
        if self._review.diffs:
            self.page.addWidget(self.sheet, 0 if merge.conflicts else 1)
        else:
            self.sheet.setParent(self)
            self.sheet.hide()
        self.choices = ConflictList(merge.conflicts, _COLUMNS, self.inner_width)
        self._build_choices()
        self._close = QPushButton("Cancel")
        self._close.clicked.connect(self.reject)
        self._agreed = QPushButton()
        self._agreed.clicked.connect(self._on_accept)
        self.add_buttons((), (self._close, self._agreed), self._agreed)
        self.choices.chosen.connect(self._show)
        self._show()

    def _build_choices(self) -> None:
        if not self.choices.boxes:
            self.choices.setParent(self)
            self.choices.hide()
            if not self._review.diffs:
                self.add_text("There is nothing to put back: ATZ holds the earlier values already.")
            return
        self.add_text(
            "Since that save, these fields were changed again. Choose for each what to keep."
        )
        self.page.addWidget(self.choices, 1)
        self.choices.focus_first()

    def _show(self) -> None:
        picked = [
            pick for pick in self.choices.resolutions.values() if pick is not Resolution.THEIRS
        ]
        count = len(self._review.diffs) + len(picked)
        anything = bool(self._review.diffs or self.choices.boxes)
        self._agreed.setVisible(anything)
        self._agreed.setText(f"Put back {pluralize(count, 'field')}")
        self._agreed.setEnabled(
            count > 0 and self.choices.open_count == 0 and not self.choices.problem
        )
        self._close.setText("Cancel" if anything else "Close")

    def _on_accept(self) -> None:
        self.answer = self.choices.resolutions
        self.accept()


def _kept_box(kept: Mapping[str, str]) -> Callout:
    lines = [
        f"{ACTIVITY.by_name[name].label} stays as it is now. {why}" for name, why in kept.items()
    ]
    return Callout(Level.WARNING, "\n".join(lines))
