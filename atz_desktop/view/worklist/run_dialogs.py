"""What is asked before many activities are changed once more, and before a run is left."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Final

from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QWidget

from atz_desktop.domain.validators import parse_int
from atz_desktop.view.widgets.dialog import BaseDialog
from atz_desktop.view.widgets.field_checkboxes import FieldCheckBoxes
from atz_desktop.view.widgets.layouts import hbox
from atz_desktop.view.worklist.account_label import AccountLabel, AccountLook
from atz_desktop.view.worklist.preview_page import TYPED_FROM

_WIDTH: Final = 560


class AgainDialog(BaseDialog):
    """Asks before a run begins that follows from an earlier one: an undo, or a retry."""

    def __init__(  # noqa: PLR0913 - what is asked, and about what
        self,
        title: str,
        text: str,
        count: int,
        account: AccountLook,
        *,
        fields: Mapping[str, str] | None = None,
        asks_reason: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        """`count` activities; `fields`, name → label, are those that can be chosen among."""
        super().__init__(title, _WIDTH, parent)
        self._count = count
        self.add_heading(title)
        self.page.addWidget(AccountLabel(account))
        self.add_text(text)
        self._fields = FieldCheckBoxes("Fields to put back")
        self._fields.set_fields(dict(fields or {}), self)
        self._fields.setVisible(len(fields or {}) > 1)
        self._fields.changed.connect(self._check)
        self.page.addWidget(self._fields)
        self._reason, self._number = QLineEdit(), QLineEdit()
        self._reason.setAccessibleName("Reason or ticket number")
        self._reason.setPlaceholderText("Optional; kept in the history on this computer")
        self._number.setAccessibleName("Number of activities to change")
        self._number.textChanged.connect(self._check)
        if asks_reason:
            label = QLabel("Reason or ticket number")
            label.setBuddy(self._reason)
            self.page.addLayout(hbox(None, label, (self._reason, 1)))
        if count >= TYPED_FROM:
            typed = QLabel(f"Type {count} to change so many:")
            self.page.addLayout(hbox(None, typed, self._number, 1))
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
        return self._reason.text().strip() or None

    def _check(self) -> None:
        typed = parse_int(self._number.text().strip().replace(",", ""))
        enough = self._count < TYPED_FROM or typed == self._count
        self._go.setEnabled(enough and (self._fields.all_checked or bool(self._fields.checked)))


class LeaveRun(Enum):
    """What becomes of a run when its last window is closed."""

    STAY = "stay"
    LATER = "later"
    STOP = "stop"


class LeaveRunDialog(BaseDialog):
    """A run goes on, and its window is to be closed."""

    def __init__(self, done: int, total: int, parent: QWidget | None) -> None:
        super().__init__("A run is not finished", _WIDTH, parent)
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
