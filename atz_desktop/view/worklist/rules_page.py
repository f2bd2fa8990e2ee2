"""What is to be changed: a row for each field of the table, and which activities are meant."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QWidget

from atz_desktop.domain.bulk_edit import BulkEdit, value_counts
from atz_desktop.view.theme import AROUND, INSIDE, NEAR
from atz_desktop.view.widgets.layouts import vbox
from atz_desktop.view.worklist.condition_rows import ConditionRows
from atz_desktop.view.worklist.field_rule import FieldRule

if TYPE_CHECKING:
    from atz_desktop.session.bulk_preview import BulkPreview
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
