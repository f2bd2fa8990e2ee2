"""What is asked about lists, recipes and runs: a name, and whether something is really meant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Final

from PySide6.QtWidgets import QLineEdit, QPushButton, QWidget

from atz_desktop.domain.settings import Account
from atz_desktop.domain.work_list import WorkList
from atz_desktop.view.theme import CONTROL_HEIGHT
from atz_desktop.view.widgets.dialog import BaseDialog
from atz_desktop.view.widgets.field_checkboxes import FieldCheckBoxes
from atz_desktop.view.widgets.labels import Hint
from atz_desktop.view.widgets.layouts import hbox
from atz_desktop.view.worklist.bulk_window import (
    AccountLabel,
    NumberBox,
    ReasonBox,
)

_WIDTH: Final = 440
_WIDTH_OF_RUN: Final = 560


class NameDialog(BaseDialog):
    """Accepted with a name that is not blank."""

    def __init__(  # noqa: PLR0913 - what is asked, and about what
        self,
        heading: str,
        what: str,
        name: str,
        parent: QWidget | None,
        *,
        taken: Sequence[str] = (),
        take: str = "OK",
    ) -> None:
        """`what` is named, until now `name`; one of the names `taken` may be given once more, and
        that is said. `take` stands on the button.
        """
        super().__init__(heading, _WIDTH, parent)
        self._what = what
        self._taken = {each.casefold() for each in taken}
        self._line = QLineEdit(name)
        self._line.setAccessibleName(f"Name of the {what}")
        self._line.setMinimumHeight(CONTROL_HEIGHT)
        self._hint = Hint()
        self._take, cancel = QPushButton(take), QPushButton("Cancel")
        self._take.clicked.connect(self.accept)
        cancel.clicked.connect(self.reject)
        self.add_heading(heading)
        self.page.addWidget(self._line)
        self.page.addWidget(self._hint)
        self.add_buttons((), (cancel, self._take), self._take)
        self._line.textChanged.connect(self._check)
        self._check()
        self._line.selectAll()
        self._line.setFocus()

    @property
    def name(self) -> str:
        return " ".join(self._line.text().split())

    def _check(self) -> None:
        self._take.setEnabled(bool(self.name))
        taken = self.name.casefold() in self._taken
        self._hint.set_text(f"It takes the place of your {self._what} of this name." * taken)


class DeleteListDialog(BaseDialog):
    """Accepted where the list may be forgotten."""

    def __init__(self, doomed: WorkList, left: int, parent: QWidget | None) -> None:
        """`left`: so many of its activities are still to be done."""
        super().__init__("Delete this list", _WIDTH, parent)
        self.add_heading("Delete this list?", doomed.name)
        self.add_text(
            f"It has {doomed.size:,} activities, {left:,} of which are still to be done. What was "
            "saved stays in ATZ and in the history, and unsaved changes stay kept for later."
        )
        delete, keep = QPushButton("Delete the list"), QPushButton("Keep it")
        delete.clicked.connect(self.accept)
        keep.clicked.connect(self.reject)
        self.add_buttons((delete,), (keep,), keep)


class AgainDialog(BaseDialog):
    """Asks before a run begins that follows from an earlier one: an undo, or a retry."""

    def __init__(  # noqa: PLR0913 - what is asked, and about what
        self,
        title: str,
        text: str,
        count: int,
        account: Account,
        *,
        fields: Mapping[str, str] | None = None,
        asks_reason: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        """`count` activities; `fields`, name → label, are those that can be chosen among."""
        super().__init__(title, _WIDTH_OF_RUN, parent)
        self.add_heading(title)
        self.page.addWidget(AccountLabel(account))
        self.add_text(text)
        self._fields = FieldCheckBoxes("Fields to put back")
        self._fields.set_fields(dict(fields or {}), self)
        self._fields.setVisible(len(fields or {}) > 1)
        self._fields.changed.connect(self._check)
        self.page.addWidget(self._fields)
        self._reason, self._number = ReasonBox(), NumberBox()
        self.page.addWidget(self._reason)
        self.page.addLayout(hbox(None, self._number, 1))
        self._reason.setVisible(asks_reason)
        self._number.set_count(count)
        self._number.changed.connect(self._check)
        self._go, cancel = QPushButton(f"Run on {count:,}"), QPushButton("Cancel")
        self._go.setAccessibleName("Run")
        self._go.clicked.connect(self.accept)
        cancel.clicked.connect(self.reject)
        self.add_buttons((), (cancel, self._go), cancel)
        self._check()

    @property
    def names(self) -> frozenset[str] | None:
        """The fields that are ticked; None: all of them."""
        return None if self._fields.all_checked else self._fields.checked

    @property
    def reason(self) -> str | None:
        return self._reason.reason

    def _check(self) -> None:
        some = self._fields.all_checked or bool(self._fields.checked)
        self._go.setEnabled(some and self._number.is_right)


class LeaveRun(Enum):
    """What becomes of a run when its last window is closed."""

    STAY = "stay"
    LATER = "later"
    STOP = "stop"


class LeaveRunDialog(BaseDialog):
    """A run goes on, and its window is to be closed."""

    def __init__(self, done: int, total: int, parent: QWidget | None) -> None:
        super().__init__("A run is not finished", _WIDTH_OF_RUN, parent)
        self.answer = LeaveRun.STAY
        self.add_heading("A run is not finished")
        self.add_text(
            f"{done:,} of {total:,} activities are done. The one in flight is finished in any "
            "case. The others can wait: the next start offers to go on."
        )
        later = self._button("Go on later", LeaveRun.LATER)
        stop = self._button("Stop the run", LeaveRun.STOP)
        stay = QPushButton("Don't close")
        stay.clicked.connect(self.reject)
        self.add_buttons((stop,), (stay, later), stay)

    def _button(self, words: str, answer: LeaveRun) -> QPushButton:
        button = QPushButton(words)

        def take() -> None:
            self.answer = answer
            self.accept()

        button.clicked.connect(take)
        return button
