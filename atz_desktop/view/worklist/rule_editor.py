"""The base of the editors of rules, and the controls that they are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSignalBlocker

from atz_desktop.domain.bulk_rules import Rule
from atz_desktop.domain.schema import Field
from atz_desktop.view.widgets.combo_box import NoWheelComboBox
from atz_desktop.view.widgets.exact_text import ExactLineEdit
from atz_desktop.view.worklist.bulk_input import BulkInput

if TYPE_CHECKING:
    from atz_desktop.session.lookups import Lookups


class RuleEditor(BulkInput):
    """`rule` is what is filled in, None as long as that says nothing.

    What the rule itself finds wrong with it, `Rule.problem` tells.
    """

    def __init__(self, field: Field, lookups: Lookups) -> None:
        super().__init__()
        self.field = field
        self.lookups = lookups

    @property
    def rule(self) -> Rule | None:
        raise NotImplementedError

    def show_rule(self, rule: Any) -> None:
        """Show what a rule of this kind is filled in with. Never emits."""
        raise NotImplementedError

    def name_of(self, part: str) -> str:
        """What a control is called by screen readers."""
        return f"{self.field.label}: {part}"


def typed_line(name: str, placeholder: str, *, letters: int = 0) -> ExactLineEdit:
    line = ExactLineEdit()
    line.setAccessibleName(name)
    line.setPlaceholderText(placeholder)
    if letters:
        line.setFixedWidth(line.fontMetrics().averageCharWidth() * (letters + 4))
    return line


def choice(name: str, words: tuple[str, ...]) -> NoWheelComboBox:
    combo = NoWheelComboBox(wide=False)
    combo.setAccessibleName(name)
    combo.addItems(list(words))
    return combo


def set_index(combo: NoWheelComboBox, index: int) -> None:
    with QSignalBlocker(combo):
        combo.setCurrentIndex(index)
