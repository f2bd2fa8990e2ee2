"""What each column of a table is: the activity ID, a note, a field that is to get its values."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import pairwise

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton, QScrollArea, QWidget

from atz_desktop.domain.characters import single_line
from atz_desktop.domain.column_mapping import ColumnMapping, MappedRow, map_rows, targets
from atz_desktop.domain.table import Table, cell_text
from atz_desktop.session.notices import Level
from atz_desktop.view.theme import CONTROL_HEIGHT, INSIDE, NEAR
from atz_desktop.view.widgets.combo_box import NoWheelComboBox
from atz_desktop.view.widgets.dialog import BaseDialog
from atz_desktop.view.widgets.labels import Callout, ElidingLabel, plain_label
from atz_desktop.view.widgets.layouts import hbox

_WIDTH = 760
_LOWEST = 120
_SAMPLES = 3
_HELP = (
    "A column that is mapped to a field gives each activity its own new value. It is laid over the "
    "activity as an unsaved change when its row is opened; nothing is sent before you save."
)


class MappingDialog(BaseDialog):
    """Accepted with a `mapping` that can be used."""

    sheet_chosen = Signal(object)
    """The name of another sheet of the workbook (str), whose table is to be shown."""

    def __init__(
        self, name: str, sheets: Sequence[str] = (), parent: QWidget | None = None
    ) -> None:
        """`name` of the file, or what else the table is from; `sheets` of a workbook."""
        super().__init__("Add to work list", _WIDTH, parent)
        self.table = Table((), ())
        self.mapping = ColumnMapping(())
        self._targets = targets()
        self._combos: list[NoWheelComboBox] = []
        self._sheets = NoWheelComboBox(wide=False)
        self._area = QScrollArea()
        self._note = Callout(Level.WARNING)
        self._counts = plain_label("")
        self._take = QPushButton()
        self.add_heading("What are these columns?", name)
        self.add_text(_HELP)
        self._add_sheets(sheets)
        self._area.setWidgetResizable(True)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setMinimumHeight(_LOWEST)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.page.addWidget(self._area, 1)
        self.page.addWidget(self._note)
        self.page.addWidget(self._counts)
        self._cancel = QPushButton("Cancel")
        self._cancel.clicked.connect(self.reject)
        self._take.clicked.connect(self.accept)
        self.add_buttons((), (self._cancel, self._take), self._take)

    def show_table(
        self, table: Table, mapping: ColumnMapping, *, sheet: str = "", note: str = ""
    ) -> None:
        """Show the columns of a table; `note` is to be looked at."""
        self.table, self.mapping = table, mapping
        self._note.set_message(Level.WARNING, note)
        self._note.setVisible(bool(note))
        self._sheets.blockSignals(True)
        self._sheets.setCurrentText(sheet)
        self._sheets.blockSignals(False)
        page = QWidget()
        grid = QGridLayout(page)
        grid.setContentsMargins(INSIDE, INSIDE, INSIDE, INSIDE)
        grid.setSpacing(NEAR)
        self._combos = [self._add_column(grid, place) for place in range(len(table.columns))]
        grid.setRowStretch(len(table.columns), 1)
        for column, share in enumerate((2, 3, 2)):
            grid.setColumnStretch(column, share)
        self._area.setWidget(page)
        self._show_mapping()
        for before, after in pairwise((*self._combos, self._cancel, self._take)):
            QWidget.setTabOrder(before, after)
        (self._take if self._take.isEnabled() else self._combos[0]).setFocus()

    def _add_sheets(self, sheets: Sequence[str]) -> None:
        self._sheets.setAccessibleName("Sheet")
        self._sheets.addItems([single_line(each) for each in sheets])
        self._sheets.currentIndexChanged.connect(
            lambda place: self.sheet_chosen.emit(sheets[place])
        )
        label = QLabel("&Sheet")
        label.setBuddy(self._sheets)
        line = QWidget()
        hbox(line, label, self._sheets, 1)
        line.setVisible(len(sheets) > 1)
        self.page.addWidget(line)

    def _add_column(self, grid: QGridLayout, place: int) -> NoWheelComboBox:
        heading = single_line(self.table.columns[place])
        name = ElidingLabel(role="heading")
        name.set_text(heading)
        sample = ElidingLabel("muted", "caption")
        cells = (cell_text(row[place]) for row in self.table.rows)
        shown = [text for text, _ in zip(filter(None, cells), range(_SAMPLES), strict=False)]
        sample.set_text(" · ".join(map(single_line, shown)))
        combo = NoWheelComboBox()
        combo.setAccessibleName(heading)
        combo.setMinimumHeight(CONTROL_HEIGHT)
        combo.addItems(list(self._targets.values()))
        combo.currentIndexChanged.connect(partial(self._choose, place))
        for column, widget in enumerate((name, sample, combo)):
            grid.addWidget(widget, place, column)
        return combo

    def _choose(self, place: int, index: int) -> None:
        self.mapping = self.mapping.with_target(place, list(self._targets)[index])
        self._show_mapping()

    def _show_mapping(self) -> None:
        """Show the target of each column: one that another column got is ignored."""
        known = list(self._targets)
        for combo, target in zip(self._combos, self.mapping.targets, strict=True):
            combo.blockSignals(True)
            combo.setCurrentIndex(known.index(target))
            combo.blockSignals(False)
        problem = self.mapping.problem()
        found = 0 if problem else sum(row.activity_id is not None for row in self.rows)
        total = len(self.table.rows)
        self._counts.setText(problem or f"{found:,} of {total:,} rows hold an activity ID.")
        self._take.setText(f"Add {found:,} to the work list" if found else "Add to the work list")
        self._take.setEnabled(found > 0)

    @property
    def rows(self) -> tuple[MappedRow, ...]:
        """The rows of the table as the columns are chosen. Requires a mapping without a problem."""
        return map_rows(self.table, self.mapping)
