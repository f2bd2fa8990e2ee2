"""What a rule of a bulk edit is filled in with: an editor for each kind of rule."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, cast

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QCheckBox, QLabel

from atz_desktop.domain.bulk_rules import (
    AddPeople,
    Clear,
    FromTable,
    RemovePeople,
    Rule,
    Set,
    SwapPeople,
)
from atz_desktop.domain.bulk_template import PLACEHOLDERS, Template
from atz_desktop.domain.bulk_texts import FindReplace, Prefix, Suffix
from atz_desktop.domain.bulk_times import (
    MeantAsZone,
    SameClockOn,
    SetTimes,
    ShiftBy,
)
from atz_desktop.domain.kinds import People, Text
from atz_desktop.domain.schema import Field
from atz_desktop.domain.values import Person
from atz_desktop.view.widgets.combo_box import NoWheelComboBox
from atz_desktop.view.widgets.eliding_label import ElidingLabel
from atz_desktop.view.widgets.exact_text import ExactLineEdit, ExactTextEdit
from atz_desktop.view.widgets.layouts import hbox, vbox
from atz_desktop.view.worklist.rule_editor import RuleEditor, set_index, typed_line
from atz_desktop.view.worklist.time_rule_editors import DayRule, ShiftRule, TimesRule, ZoneRule
from atz_desktop.view.worklist.value_editors import ValueEditor, value_editor

if TYPE_CHECKING:
    from atz_desktop.session.lookups import Lookups

_LINES: Final = 3


class ValueRule(RuleEditor):
    """A rule that is made of one value of the field."""

    make: Callable[[Any], Rule] = Set
    part = "new value"

    def __init__(self, field: Field, lookups: Lookups) -> None:
        super().__init__(field, lookups)
        self._value = value_editor(field, lookups, self.name_of(self.part))
        self._value.changed.connect(self.changed)
        hbox(self, (self._value, 1))

    @property
    def rule(self) -> Rule | None:
        return None if self._value.value is None else type(self).make(self._value.value)

    @property
    def error(self) -> str:
        return self._value.error

    @property
    def remark(self) -> str:
        return self._value.remark

    def show_rule(self, rule: Any) -> None:
        self._value.show_value(rule.people if hasattr(rule, "people") else rule.value)

    def show_names(self) -> None:
        self._value.show_names()

    def commit(self) -> None:
        self._value.commit()

    def focus_first(self) -> None:
        self._value.focus_first()


class AddRule(ValueRule):
    make = AddPeople
    part = "whom to add"


class RemoveRule(ValueRule):
    make = RemovePeople
    part = "whom to remove"


class ClearRule(RuleEditor):
    """Nothing to fill in."""

    def __init__(self, field: Field, lookups: Lookups) -> None:
        super().__init__(field, lookups)
        said = ElidingLabel("muted")
        is_people = isinstance(field.kind, People)
        said.set_text("Everybody is taken out." if is_people else "The field is emptied.")
        hbox(self, (said, 1))

    @property
    def rule(self) -> Rule | None:
        return Clear()

    def show_rule(self, rule: Any) -> None:
        del rule

    def focus_first(self) -> None:
        return


class FromTableRule(RuleEditor):
    """Each activity's own value; people can also be added or removed."""

    _HOWS: Final = (("set", "Replace all by"), ("add", "Add"), ("remove", "Remove"))

    def __init__(self, field: Field, lookups: Lookups) -> None:
        super().__init__(field, lookups)
        self._how = NoWheelComboBox(wide=False)
        self._how.setAccessibleName(self.name_of("what to do with the people of the table"))
        self._how.addItems([words for _, words in self._HOWS])
        self._how.currentIndexChanged.connect(self.changed)
        said = ElidingLabel("muted")
        said.set_text("what its row in the table says; without a value it stays as it is")
        hbox(self, self._how, (said, 1))
        self._how.setVisible(isinstance(field.kind, People))

    @property
    def rule(self) -> Rule | None:
        return FromTable(cast("Any", self._HOWS[self._how.currentIndex()][0]))

    def show_rule(self, rule: Any) -> None:
        set_index(self._how, [how for how, _ in self._HOWS].index(rule.how))

    def focus_first(self) -> None:
        self._how.setFocus()


class SwapRule(RuleEditor):
    """One person in the place of another."""

    def __init__(self, field: Field, lookups: Lookups) -> None:
        super().__init__(field, lookups)
        self._old = value_editor(field, lookups, self.name_of("who goes"))
        self._new = value_editor(field, lookups, self.name_of("who comes"))
        for part in (self._old, self._new):
            part.changed.connect(self.changed)
        hbox(self, (self._old, 1), QLabel("for"), (self._new, 1))

    @property
    def rule(self) -> Rule | None:
        old, new = (_only(part) for part in (self._old, self._new))
        return None if old is None or new is None else SwapPeople(old, new)

    @property
    def error(self) -> str:
        for part in (self._old, self._new):
            if part.error:
                return part.error
            if len(part.value) > 1:
                return "Choose one person, who is swapped for one other."
        return ""

    @property
    def remark(self) -> str:
        return self._old.remark or self._new.remark

    def show_rule(self, rule: Any) -> None:
        for part, person in ((self._old, rule.old), (self._new, rule.new)):
            part.show_value((person,) if person.key else ())

    def show_names(self) -> None:
        self._old.show_names()
        self._new.show_names()

    def commit(self) -> None:
        self._old.commit()
        self._new.commit()

    def focus_first(self) -> None:
        self._old.focus_first()


# Texts


class TextRule(RuleEditor):
    """A rule that is made of one text."""

    make: Callable[[str], Rule] = Prefix
    part = "text to put in front"

    def __init__(self, field: Field, lookups: Lookups) -> None:
        super().__init__(field, lookups)
        self._text = ""
        is_long = isinstance(field.kind, Text) and field.kind.multiline
        self._box = ExactTextEdit(min_lines=_LINES) if is_long else ExactLineEdit()
        self._box.setAccessibleName(self.name_of(self.part))
        self._box.edited.connect(self._on_edited)
        self.column = vbox(self, self._box, spacing=2)

    @property
    def rule(self) -> Rule | None:
        return type(self).make(self._text)

    def show_rule(self, rule: Any) -> None:
        self._text = rule.text
        self._box.show_value(rule.text)

    def focus_first(self) -> None:
        self._box.setFocus()

    def _on_edited(self, text: str | None) -> None:
        self._text = text or ""
        self._box.show_value(self._text)
        self.changed.emit()


class SuffixRule(TextRule):
    make = Suffix
    part = "text to put at the end"


class TemplateRule(TextRule):
    """A text with names in braces, which are told below it."""

    make = Template
    part = "text with names in braces"

    def __init__(self, field: Field, lookups: Lookups) -> None:
        super().__init__(field, lookups)
        self._box.setPlaceholderText("Interview {candidate}, {date}")
        known = ElidingLabel("muted", "caption", lines=2)
        known.set_text(f"You can use {', '.join(f'{{{name}}}' for name in PLACEHOLDERS)}.")
        self.column.addWidget(known)


class FindReplaceRule(RuleEditor):
    """What to look for, and what comes in its place."""

    def __init__(self, field: Field, lookups: Lookups) -> None:
        super().__init__(field, lookups)
        self._find = typed_line(self.name_of("text to find"), "Find")
        self._by = typed_line(self.name_of("text to put in its place"), "Nothing: take it out")
        self._case = QCheckBox("Same capitals")
        self._case.setAccessibleName(self.name_of("only with the same capitals"))
        for line in (self._find, self._by):
            line.edited.connect(self.changed)
        self._case.toggled.connect(self.changed)
        hbox(self, (self._find, 1), QLabel("by"), (self._by, 1), self._case)

    @property
    def rule(self) -> Rule | None:
        return FindReplace(self._find.text(), self._by.text(), self._case.isChecked())

    def show_rule(self, rule: Any) -> None:
        self._find.show_value(rule.find)
        self._by.show_value(rule.replacement)
        with QSignalBlocker(self._case):
            self._case.setChecked(rule.match_case)

    def focus_first(self) -> None:
        self._find.setFocus()


RULE_EDITORS: Final[dict[type[Rule], type[RuleEditor]]] = {
    Set: ValueRule,
    SetTimes: TimesRule,
    Clear: ClearRule,
    AddPeople: AddRule,
    RemovePeople: RemoveRule,
    SwapPeople: SwapRule,
    ShiftBy: ShiftRule,
    SameClockOn: DayRule,
    MeantAsZone: ZoneRule,
    FindReplace: FindReplaceRule,
    Prefix: TextRule,
    Suffix: SuffixRule,
    Template: TemplateRule,
    FromTable: FromTableRule,
}


def _only(part: ValueEditor) -> Person | None:
    return part.value[0] if len(part.value) == 1 else None
