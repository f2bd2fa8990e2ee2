"""What is to be changed: a row for each field of the table, and which activities are meant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtWidgets import QCheckBox, QFrame, QLabel, QScrollArea, QWidget

from atz_desktop.domain.bulk_edit import BulkEdit, choices_for, value_counts
from atz_desktop.domain.bulk_rules import AddPeople, FromTable, Rule
from atz_desktop.domain.characters import single_line
from atz_desktop.domain.fields import ACTIVITY, Field
from atz_desktop.domain.kinds import People
from atz_desktop.view.theme import AROUND, CONTROL_HEIGHT, INSIDE, NEAR, TIGHT
from atz_desktop.view.widgets.combo_box import NoWheelComboBox
from atz_desktop.view.widgets.labels import ElidingLabel, Hint
from atz_desktop.view.widgets.layouts import hbox, order_tab_stops, vbox
from atz_desktop.view.worklist.condition_rows import ConditionRows
from atz_desktop.view.worklist.rule_editors import RULE_EDITORS, RuleEditor

if TYPE_CHECKING:
    from atz_desktop.session.bulk_edit import BulkPreview
    from atz_desktop.session.lookups import Lookups

_COUNTED_EVERY = 300
"""Milliseconds between two countings while activities are being read."""


class RulesPage(QWidget):
    """Nothing is ticked at first, so nothing is changed."""

    changed = Signal()
    committed = Signal(object)
    """What was asked for with `commit`: a BulkEdit without problems."""

    def __init__(
        self, preview: BulkPreview, lookups: Lookups, rows: Mapping[str, FieldRule]
    ) -> None:
        """`rows` by the name of their field, in the order of the form."""
        super().__init__()
        self._preview = preview
        self._lookups = lookups
        self.mail_nobody = False
        """Whether ATZ is to be asked to mail nobody; the preview asks for that."""
        self._recipe = BulkEdit()
        """What was filled in last."""
        self._waiting = False
        self._uncounted: list[FieldRule] = []
        self.rows = rows
        self.conditions = ConditionRows(lookups)
        for row in self.rows.values():
            row.changed.connect(partial(self._on_rule_changed, row))
        self.conditions.changed.connect(self._on_changed)
        self._counting = QTimer(self, singleShot=True, interval=_COUNTED_EVERY)
        self._counting.timeout.connect(self._count)
        self._build_layout()
        self.setFocusProxy(next(iter(self.rows.values())))
        preview.progressed.connect(self._want_counts)
        lookups.names_learned.connect(self._show_names)
        self._count()

    @property
    def bulk(self) -> BulkEdit:
        """What is filled in by now."""
        rules = {name: row.rule for name, row in self.rows.items()}
        found = {name: rule for name, rule in rules.items() if rule is not None}
        where, recipe = self.conditions.conditions, self._recipe
        known = (found, where) == (dict(recipe.rules), recipe.only_where)
        name = recipe.name if known or _has_blanks(recipe) else ""
        return BulkEdit(MappingProxyType(found), where, name, self.mail_nobody)

    @property
    def has_rules(self) -> bool:
        """Whether anything is ticked."""
        return any(row.is_ticked for row in self.rows.values())

    def show_bulk(self, bulk: BulkEdit) -> None:
        """Fill in a recipe in the place of what is there."""
        self._recipe, self.mail_nobody = bulk, bulk.mail_nobody
        for name, row in self.rows.items():
            row.show_rule(bulk.rules.get(name))
        self.conditions.show_conditions(bulk.only_where)
        self.changed.emit()
        first = next((row for row in self.rows.values() if row.is_ticked), None)
        if first is not None:
            first.focus_first()
            self._scroll.ensureWidgetVisible(first, 0, 0)

    def commit(self) -> None:
        """Take over what is half typed and tell it; where it can't be used, go there instead."""
        for row in self.rows.values():
            row.commit()
        self.conditions.commit()
        # Who is meant may have to be found out first; then it goes on by itself.
        self._waiting = any(self._lookups.is_resolving(name) for name in self.rows)
        if not self._waiting:
            self._finish()

    def _finish(self) -> None:
        wrong = next((row for row in self.rows.values() if row.problem), None)
        if wrong is not None:
            self._scroll.ensureWidgetVisible(wrong)
            wrong.focus_first()
        elif self.conditions.problem:
            self._scroll.ensureWidgetVisible(self.conditions)
            self.conditions.focus_problem()
        elif self.has_rules:
            self.committed.emit(self.bulk)

    def _on_rule_changed(self, row: FieldRule) -> None:
        self._fill_twins(row)
        self._on_changed()

    def _fill_twins(self, row: FieldRule) -> None:
        """The same blank of a recipe in several fields, as who hands over, is filled in once."""
        blank, rule = self._recipe.rules.get(row.field.name), row.rule
        if blank is None or rule is None or row.problem:
            return
        for name, other in self.rows.items():
            is_twin = other is not row and self._recipe.rules.get(name) == blank
            if is_twin and other.is_ticked and other.rule is None and other.can_show(rule):
                other.show_rule(rule)

    def _on_changed(self) -> None:
        self.changed.emit()
        if self._waiting:
            self.commit()

    # What the activities hold now

    def _want_counts(self) -> None:
        if not self._counting.isActive():
            self._counting.start()

    def _count(self) -> None:
        """Count anew, one field in each turn of the event loop."""
        if not self._uncounted:
            self._uncounted = list(self.rows.values())
            self._count_next()

    def _count_next(self) -> None:
        if self._uncounted:
            row = self._uncounted.pop(0)
            row.show_values(value_counts(row.field, self._preview.activities))
            QTimer.singleShot(0, self, self._count_next)

    def _show_names(self) -> None:
        for row in self.rows.values():
            row.show_names()
        self.conditions.show_names()
        self._want_counts()

    def _build_layout(self) -> None:
        inside = QWidget()
        about = QLabel("Tick what is to be changed; everything else stays as it is.")
        about.setContentsMargins(INSIDE, 0, 0, 0)
        vbox(
            inside, about, self.conditions, *self.rows.values(), 1, spacing=0,
            margins=(0, NEAR, AROUND, NEAR),
        )  # fmt: skip
        self._scroll = QScrollArea()
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidgetResizable(True)
        self._scroll.setWidget(inside)
        vbox(self, (self._scroll, 1))


def _has_blanks(recipe: BulkEdit) -> bool:
    return bool(recipe.problems())


_AROUND_LABEL: Final = 44
"""Pixels beside the longest label: the box of the tick, and room before the rule."""
_LEAST_RULE_WIDTH: Final = 120
_RULE_WIDTH: Final = 190
_SAID: Final = 4
"""Different values that are named; of the others, it is said how many there are."""
_NO_TABLE: Final = (
    "The recipe takes this from a table, and these activities have no values of their own for it. "
    "It is kept as it is."
)


class FieldRule(QFrame):
    """Keeps its field as long as it is not ticked, whatever was chosen or typed in it before."""

    changed = Signal()

    def __init__(self, field: Field, lookups: Lookups, *, in_table: bool = False) -> None:
        """`in_table`: the activities have values of their own for this field."""
        super().__init__()
        self.field = field
        self._lookups = lookups
        self._rules = [r for r in choices_for(field) if r is not FromTable or in_table]
        self._editors: dict[type[Rule], RuleEditor] = {}
        self._tick = QCheckBox(field.label.replace("&", "&&"))
        self._tick.setAccessibleName(field.label)
        longest = max(self._tick.fontMetrics().horizontalAdvance(f.label) for f in ACTIVITY.fields)
        self._tick.setFixedWidth(longest + _AROUND_LABEL)
        self._tick.setMinimumHeight(CONTROL_HEIGHT)
        self._how = NoWheelComboBox(wide=False)
        self._how.setAccessibleName(f"{field.label}: how")
        self._how.set_widths(_LEAST_RULE_WIDTH, _RULE_WIDTH)
        self._how.addItems([rule.label for rule in self._rules])
        self._how.setCurrentIndex(self._rules.index(self._usual_rule(in_table)))
        self._values = ElidingLabel("muted")
        self._now = ElidingLabel("muted", "caption")
        self._hint = Hint(lines=2)
        self._tried = False
        self._build_layout()
        self.setFocusProxy(self._tick)
        self._tick.toggled.connect(self._on_ticked)
        self._how.currentIndexChanged.connect(self._on_rule_chosen)
        self._show()

    # What the page asks

    @property
    def is_ticked(self) -> bool:
        return self._tick.isChecked()

    @property
    def rule(self) -> Rule | None:
        """The rule; None where the field is kept, or nothing is filled in yet."""
        editor = self._editor
        return editor.rule if editor is not None and self.is_ticked else None

    @property
    def problem(self) -> str:
        """Why the rule can't be used yet; "" for none."""
        editor = self._editor
        if editor is None or not self.is_ticked:
            return ""
        if editor.error or editor.rule is None:
            return editor.error or "Fill in what is to be done, or take the tick away."
        return editor.rule.problem(self.field) or ""

    def show_rule(self, rule: Rule | None) -> None:
        """Show a rule, or (None) keep the field; never emits.

        A rule that needs a table is not shown where there is none: the field is kept, and says so.
        """
        left_out = rule is not None and not self.can_show(rule)
        if left_out:
            rule = None
        with QSignalBlocker(self._tick), QSignalBlocker(self._how):
            self._tick.setChecked(rule is not None)
            if rule is not None:
                self._how.setCurrentIndex(self._rules.index(type(rule)))
        self._tried = False
        self._show()
        if left_out:
            self._hint.set_text(_NO_TABLE, "warning")
        editor = self._editor
        if rule is not None and editor is not None:
            editor.show_rule(rule)
            self._update_hint()

    def can_show(self, rule: Rule) -> bool:
        """Whether the rule is among those that can be chosen here."""
        return type(rule) in self._rules

    def show_values(self, counts: Sequence[tuple[Any, int]]) -> None:
        """Say what the activities hold now, with how many hold it; nothing before one is read."""
        words = values_text(self.field, [(self._named(value), n) for value, n in counts])
        self._values.set_text(words)
        self._now.set_text(words)
        self._values.setAccessibleName(f"{self.field.label} now: {words}")
        self._show_now()

    def show_names(self) -> None:
        for editor in self._editors.values():
            editor.show_names()

    def commit(self) -> None:
        """Take over what is half typed, and complain about what is wrong from now on."""
        if self.is_ticked and self._editor is not None:
            self._editor.commit()
        self._tried = True
        self._update_hint()

    def focus_first(self) -> None:
        editor = self._editor
        if self.is_ticked and editor is not None:
            editor.focus_first()
        else:
            self._tick.setFocus(Qt.FocusReason.OtherFocusReason)

    # How it changes

    def _usual_rule(self, in_table: bool) -> type[Rule]:
        if in_table:
            return FromTable
        return AddPeople if isinstance(self.field.kind, People) else self._rules[0]

    @property
    def _editor(self) -> RuleEditor | None:
        return self._editors.get(self._rules[self._how.currentIndex()])

    def _on_ticked(self) -> None:
        self._tried = False
        self._show()
        self.changed.emit()

    def _on_rule_chosen(self) -> None:
        self._tried = False
        self._show()
        self.changed.emit()

    def _on_edited(self) -> None:
        self._update_hint()
        self.changed.emit()

    def _show(self) -> None:
        """Have the editor of the chosen rule there, made when it is first wanted."""
        chosen = self._rules[self._how.currentIndex()]
        if self.is_ticked and chosen not in self._editors:
            editor = self._editors[chosen] = RULE_EDITORS[chosen](self.field, self._lookups)
            editor.changed.connect(self._on_edited)
            self._line.insertWidget(self._line.count() - 1, editor, 1)
            order_tab_stops(self._how, editor)
        for rule, each in self._editors.items():
            each.setVisible(self.is_ticked and rule is chosen)
        self._how.setVisible(self.is_ticked)
        self._show_now()
        self._update_hint()

    def _show_now(self) -> None:
        self._values.setVisible(not self.is_ticked)
        self._now.setVisible(self.is_ticked and bool(self._now.text()))

    def _update_hint(self) -> None:
        problem = self.problem if self._tried else ""
        editor = self._editor
        remark = editor.remark if editor is not None and self.is_ticked else ""
        error = editor.error if editor is not None and self.is_ticked and self._tried else ""
        if problem or error:
            self._hint.set_text(problem or error, "problem")
        else:
            self._hint.set_text(remark, "warning")
        self._tick.setAccessibleDescription(problem or self._values.text())

    def _named(self, value: Any) -> Any:
        return self._lookups.value_with_names(self.field.name, value)

    def _build_layout(self) -> None:
        self._line = hbox(None, (self._values, 1), spacing=NEAR)
        below = vbox(None, self._line, self._now, self._hint, spacing=2)
        top = Qt.AlignmentFlag.AlignTop
        margins = (INSIDE, TIGHT, INSIDE, TIGHT)
        hbox(self, (self._tick, 0, top), (self._how, 0, top), (below, 1), margins=margins)


def values_text(field: Field, counts: Sequence[tuple[Any, int]]) -> str:
    """Meeting (12), Task (5); with more than a few: “9 values: …”."""
    if not counts:
        return ""
    said = [f"{_words(field, value)} ({number:,})" for value, number in counts[:_SAID]]
    if len(counts) == 1:
        return f"All: {_words(field, counts[0][0])}"
    more = len(counts) - _SAID
    listed = ", ".join(said) + (f" and {more:,} more" if more > 0 else "")
    return f"{len(counts):,} values: {listed}"


def _words(field: Field, value: Any) -> str:
    words = single_line(field.kind.format(value))
    return words if len(words) <= 40 else f"{words[:39]}…"
