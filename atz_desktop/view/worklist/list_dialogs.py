"""Asks for the name of a work list, and whether one may be forgotten."""

from __future__ import annotations

from PySide6.QtWidgets import QLineEdit, QPushButton, QWidget

from atz_desktop.domain.work_list import WorkList
from atz_desktop.view.theme import CONTROL_HEIGHT
from atz_desktop.view.widgets.dialog import BaseDialog

_WIDTH = 440


class NameDialog(BaseDialog):
    """Accepted with a name that is not blank."""

    def __init__(self, heading: str, name: str, parent: QWidget | None) -> None:
        super().__init__(heading, _WIDTH, parent)
        self.add_heading(heading)
        self._line = QLineEdit(name)
        self._line.setAccessibleName("Name of the list")
        self._line.setMinimumHeight(CONTROL_HEIGHT)
        self._line.selectAll()
        self.page.addWidget(self._line)
        cancel, take = QPushButton("Cancel"), QPushButton("OK")
        cancel.clicked.connect(self.reject)
        take.clicked.connect(self.accept)
        self._line.textChanged.connect(lambda text: take.setEnabled(bool(text.strip())))
        take.setEnabled(bool(name.strip()))
        self.add_buttons((), (cancel, take), take)

    @property
    def name(self) -> str:
        return self._line.text().strip()


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
