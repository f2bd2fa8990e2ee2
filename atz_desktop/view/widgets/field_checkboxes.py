"""A check box for each of some fields, several beside each other."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QWidget

from atz_desktop.view.theme import AROUND, TIGHT

_ACROSS = 4


class FieldCheckBoxes(QWidget):
    """All fields are picked at first."""

    changed = Signal()

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self._boxes: dict[str, QCheckBox] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(AROUND)
        self._grid.setVerticalSpacing(TIGHT)
        self._grid.setColumnStretch(_ACROSS, 1)

    def set_fields(self, labels: dict[str, str], after: QWidget) -> None:
        """Offer other fields: name → label. Tab reaches them from `after`."""
        for box in self._boxes.values():
            self._grid.removeWidget(box)
            box.hide()
            box.deleteLater()
        self._boxes = {name: QCheckBox(label) for name, label in labels.items()}
        before = after
        for place, box in enumerate(self._boxes.values()):
            box.setChecked(True)
            box.toggled.connect(self.changed)
            self._grid.addWidget(box, *divmod(place, _ACROSS))
            # A widget made later would come last when one goes on by Tab.
            self.setTabOrder(before, box)
            before = box

    @property
    def checked(self) -> frozenset[str]:
        return frozenset(name for name, box in self._boxes.items() if box.isChecked())

    @property
    def all_checked(self) -> bool:
        return len(self.checked) == len(self._boxes)
