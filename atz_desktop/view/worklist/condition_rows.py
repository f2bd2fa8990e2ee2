"""Which of the activities a bulk edit is for: “Only where …”, any number of conditions."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QToolButton, QWidget

from atz_desktop.domain.bulk_edit import (
    Condition,
    Includes,
    IsEmpty,
    IsNow,
    IsOver,
    conditions_for,
)
from atz_desktop.domain.fields import ACTIVITY, Field
from atz_desktop.domain.kinds import Text
from atz_desktop.domain.values import Person
from atz_desktop.view.icons import icon
from atz_desktop.view.theme import INSIDE, NEAR, TIGHT
from atz_desktop.view.widgets.buttons import LinkButton
from atz_desktop.view.widgets.combo_box import NoWheelComboBox
from atz_desktop.view.widgets.exact_text import ExactLineEdit
from atz_desktop.view.widgets.labels import Hint
from atz_desktop.view.widgets.layouts import hbox, order_tab_stops, vbox
from atz_desktop.view.worklist.value_editors import ValueEditor, value_editor

if TYPE_CHECKING:
    from atz_desktop.session.lookups import Lookups

_LEAST_WIDTH: Final = 120
_WIDTH: Final = 190


class ConditionRows(QWidget):
    """All conditions must hold; without one, all activities are meant."""

    changed = Signal()

    def __init__(self, lookups: Lookups) -> None:
        super().__init__()
        self._lookups = lookups
        self._rows: list[ConditionRow] = []
        self._add = LinkButton("Only where…", "filter")
        self._add.setAccessibleName("Add a condition")
        self._add.clicked.connect(self._add_row)
        side = Qt.AlignmentFlag.AlignLeading
        self._column = vbox(self, (self._add, 0, side), margins=(INSIDE, TIGHT, INSIDE, NEAR))

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """Those that are filled in."""
        found = (row.condition for row in self._rows)
        return tuple(each for each in found if each is not None)

    @property
    def problem(self) -> str:
        """Why one of them can't be used yet."""
        return next(filter(None, (row.problem for row in self._rows)), "")

    def show_conditions(self, conditions: Iterable[Condition]) -> None:
        """Show these in the place of those that are there; never emits."""
        for row in list(self._rows):
            self._drop(row)
        for each in conditions:
            self._new_row().show_condition(each)

    def show_names(self) -> None:
        for row in self._rows:
            row.show_names()

    def commit(self) -> None:
        for row in self._rows:
            row.commit()

    def focus_problem(self) -> None:
        row = next(row for row in self._rows if row.problem)
        row.focus_first()

    def _add_row(self) -> None:
        self._new_row().focus_first()
        self.changed.emit()

    def _new_row(self) -> ConditionRow:
        row = ConditionRow(self._lookups)
        row.changed.connect(self.changed)
        row.removed.connect(partial(self._remove, row))
        self._rows.append(row)
        self._column.insertWidget(self._column.count() - 1, row)
        order_tab_stops(_tab_stop_before(self._add), row)
        row.show()  # now, so that it can have the keyboard
        self._show_words()
        return row

    def _remove(self, row: ConditionRow) -> None:
        self._drop(row)
        self._add.setFocus()
        self.changed.emit()

    def _drop(self, row: ConditionRow) -> None:
        self._rows.remove(row)
        self._column.removeWidget(row)
        row.hide()
        row.deleteLater()
        self._show_words()

    def _show_words(self) -> None:
        self._add.setText("and only where…" if self._rows else "Only where…")


class ConditionRow(QWidget):
    """One condition: of which field, what about it, and the value where there is one."""

    changed = Signal()
    removed = Signal()

    def __init__(self, lookups: Lookups) -> None:
        super().__init__()
        self._lookups = lookups
        self._tried = False
        self._value: ValueEditor | None = None
        self._text = ExactLineEdit()
        self._text.setAccessibleName("Text that is included")
        self._text.edited.connect(self._on_edited)
        self._field = _combo("Condition: field", ["The activity", *_labels()])
        self._test = _combo("Condition: what about it", [])
        self._hint = Hint(lines=2)
        self._remove = QToolButton()
        self._remove.setIcon(icon("close", "muted"))
        self._remove.setAutoRaise(True)
        self._remove.setAccessibleName("Remove this condition")
        self._remove.clicked.connect(self.removed)
        self._gap = QWidget()
        self._line = hbox(
            None, self._field, self._test, (self._text, 1), (self._gap, 1), self._remove
        )
        vbox(self, self._line, self._hint, spacing=2)
        self._field.currentIndexChanged.connect(self._on_field_chosen)
        self._test.currentIndexChanged.connect(self._on_test_chosen)
        self._fill_tests()

    @property
    def condition(self) -> Condition | None:
        """The condition; None as long as a part is missing."""
        field, test = self._chosen_field, self._chosen_test
        if field is None:
            return IsOver()
        if test is IsEmpty:
            return IsEmpty(field.name)
        value = self._chosen_value
        if value is None:
            return None
        return IsNow(field.name, value) if test is IsNow else Includes(field.name, value)

    @property
    def problem(self) -> str:
        if self._value is not None and self._value.error:
            return self._value.error
        if self.condition is None:
            return "Fill in the condition, or remove it."
        return self.condition.problem(ACTIVITY) or ""

    def show_condition(self, condition: Condition) -> None:
        """Never emits."""
        name = getattr(condition, "field", None)
        names = [None, *(field.name for field in ACTIVITY.fields)]
        with QSignalBlocker(self._field):
            self._field.setCurrentIndex(names.index(name))
        self._fill_tests()
        with QSignalBlocker(self._test):
            self._test.setCurrentIndex(self._tests.index(type(condition)))
        self._show_editor()
        value: Any = getattr(condition, "value", None)
        if self._value is not None:
            self._value.show_value((value,) if isinstance(value, Person) else value)
        elif isinstance(value, str):
            self._text.show_value(value)

    def show_names(self) -> None:
        if self._value is not None:
            self._value.show_names()

    def commit(self) -> None:
        if self._value is not None:
            self._value.commit()
        self._tried = True
        self._update_hint()

    def focus_first(self) -> None:
        self._field.setFocus()

    @property
    def _chosen_field(self) -> Field | None:
        place = self._field.currentIndex()
        return ACTIVITY.fields[place - 1] if place > 0 else None

    @property
    def _chosen_test(self) -> type[Condition]:
        return self._tests[max(0, self._test.currentIndex())]

    @property
    def _chosen_value(self) -> Any:
        if self._value is None:
            return self._text.text() or None
        value = self._value.value
        if self._chosen_test is not Includes:
            return value
        return value[0] if value and len(value) == 1 else None

    def _on_field_chosen(self) -> None:
        self._fill_tests()
        self.changed.emit()

    def _on_test_chosen(self) -> None:
        self._show_editor()
        self.changed.emit()

    def _on_edited(self) -> None:
        self._text.show_value(self._text.text())
        self._update_hint()
        self.changed.emit()

    def _fill_tests(self) -> None:
        field = self._chosen_field
        self._tests = conditions_for(field)
        with QSignalBlocker(self._test):
            self._test.clear()
            self._test.addItems([test.label for test in self._tests])
        self._show_editor()

    def _show_editor(self) -> None:
        """Have the editor of a value there, where the condition has one."""
        if self._value is not None:
            self._line.removeWidget(self._value)
            self._value.hide()
            self._value.deleteLater()
            self._value = None
        field, test = self._chosen_field, self._chosen_test
        takes_text = field is not None and isinstance(field.kind, Text) and test is not IsEmpty
        has_value = field is not None and test is not IsEmpty and not takes_text
        if field is not None and has_value:
            name = f"Condition: {field.label} {test.label}"
            self._value = value_editor(field, self._lookups, name)
            self._value.changed.connect(self._on_value_changed)
            self._line.insertWidget(2, self._value, 1)
            order_tab_stops(self._test, self._value)
            self._value.show()
        self._text.setVisible(takes_text)
        self._gap.setVisible(not (takes_text or has_value))
        self._tried = False
        self._update_hint()

    def _on_value_changed(self) -> None:
        self._update_hint()
        self.changed.emit()

    def _update_hint(self) -> None:
        remark = self._value.remark if self._value is not None else ""
        problem = self.problem if self._tried else ""
        self._hint.set_text(problem or remark, "problem" if problem else "warning")


def _tab_stop_before(control: QWidget) -> QWidget:
    before = control.previousInFocusChain() or control
    while not before.focusPolicy() & Qt.FocusPolicy.TabFocus:
        before = before.previousInFocusChain() or control
    return before


def _labels() -> list[str]:
    return [field.label for field in ACTIVITY.fields]


def _combo(name: str, words: list[str]) -> NoWheelComboBox:
    combo = NoWheelComboBox(wide=False)
    combo.setAccessibleName(name)
    combo.set_widths(_LEAST_WIDTH, _WIDTH)
    combo.addItems(words)
    return combo
