"""Asks what to do with unsaved changes, and shows which they are."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtWidgets import QPushButton, QWidget

from atz_desktop.domain.edit import Edit
from atz_desktop.domain.review import review_unsaved
from atz_desktop.session.services import UnsavedChoice
from atz_desktop.view.widgets.dialog import BaseDialog, about_activity
from atz_desktop.view.widgets.review_text import ReviewText

WIDTH = 640


class UnsavedChangesDialog(BaseDialog):
    """`answer` is to stay, unless the person chose something else. Enter keeps for later."""

    def __init__(self, edit: Edit, typed: Mapping[str, str], parent: QWidget | None = None) -> None:
        super().__init__("Unsaved changes", WIDTH, parent)
        self.answer = UnsavedChoice.STAY
        review = review_unsaved(edit, typed)
        count = len(review.diffs) + len(review.unparsed)
        unsaved = "1 change is" if count == 1 else f"{count} changes are"
        self.add_heading(
            f"{unsaved} not saved yet", about_activity(review.activity_id, review.title)
        )
        self.sheet = ReviewText("Unsaved changes", self.inner_width)
        self.sheet.set_review(review)
        self.page.addWidget(self.sheet, 1)
        self.add_text(_about_keeping(count))
        self._build_buttons()

    def _build_buttons(self) -> None:
        discard = QPushButton("Discard changes")
        discard.clicked.connect(self._discard)
        stay = QPushButton("Stay here")
        stay.clicked.connect(self.reject)
        keep = QPushButton("Keep for later")
        keep.clicked.connect(self._keep_draft)
        self.add_buttons((discard,), (stay, keep), keep)
        keep.setFocus()

    def _keep_draft(self) -> None:
        self.answer = UnsavedChoice.KEEP_DRAFT
        self.accept()

    def _discard(self) -> None:
        self.answer = UnsavedChoice.DISCARD
        self.accept()


def _about_keeping(count: int) -> str:
    waits, it = ("it waits", "it") if count == 1 else ("they wait", "them")
    back = "is back" if count == 1 else "are back"
    return (
        f"Kept for later, {waits} on this computer and {back} when you load this activity again. "
        f"ATZ itself does not know of {it}."
    )
