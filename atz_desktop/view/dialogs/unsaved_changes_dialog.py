"""Asks what to do with unsaved changes, and shows which they are."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial

from PySide6.QtWidgets import QPushButton, QWidget

from atz_desktop.domain.edit import Edit, mail_warning
from atz_desktop.domain.review import review_unsaved
from atz_desktop.session.notices import Level
from atz_desktop.session.services import UnsavedChoice
from atz_desktop.view.widgets.dialog import BaseDialog, about_activity
from atz_desktop.view.widgets.labels import Callout
from atz_desktop.view.widgets.review_text import ReviewText

WIDTH = 640


class UnsavedChangesDialog(BaseDialog):
    """`answer` is to stay, unless the user chose something else. Enter saves and goes on.

    What can't be saved as it is can only be kept or discarded: then Enter keeps it.
    """

    def __init__(
        self,
        edit: Edit,
        typed: Mapping[str, str],
        parent: QWidget | None = None,
        now: datetime | None = None,
    ) -> None:
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
        can_save = not edit.problems() and not review.unparsed
        mail = mail_warning(edit, now or datetime.now(UTC)) if can_save else None
        if mail is not None:
            self.page.addWidget(Callout(Level.WARNING, f"Saved now: {mail.text}"))
        self.add_text(
            _about_keeping(count) if can_save else f"{_UNSAVABLE} {_about_keeping(count)}"
        )
        self._build_buttons(can_save)

    def _build_buttons(self, can_save: bool) -> None:
        discard = self._button("&Discard changes", UnsavedChoice.DISCARD)
        stay = QPushButton("Stay here")
        stay.clicked.connect(self.reject)
        keep = self._button("&Keep for later", UnsavedChoice.KEEP_DRAFT)
        save = self._button("&Save and go on", UnsavedChoice.SAVE)
        save.setEnabled(can_save)
        usual = save if can_save else keep
        self.add_buttons((discard,), (stay, keep, save), usual)
        usual.setFocus()

    def _button(self, text: str, answer: UnsavedChoice) -> QPushButton:
        button = QPushButton(text)
        button.clicked.connect(partial(self._choose, answer))
        return button

    def _choose(self, answer: UnsavedChoice) -> None:
        self.answer = answer
        self.accept()


_UNSAVABLE = "What is no value yet, or not a valid one, can't be saved."


def _about_keeping(count: int) -> str:
    waits, it = ("it waits", "it") if count == 1 else ("they wait", "them")
    back = "is back" if count == 1 else "are back"
    return (
        f"Kept for later, {waits} on this computer and {back} when you load this activity again. "
        f"ATZ itself does not know of {it}."
    )
