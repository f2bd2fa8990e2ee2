"""What a rule of a bulk edit is filled in with: an editor for each kind of rule."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final, cast

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QCheckBox, QLabel, QWidget

from atz_desktop.domain.bulk_rules import (
    AddPeople,
    Clear,
    FindReplace,
    FromTable,
    Prefix,
    RemovePeople,
    Rule,
    Set,
    Suffix,
    SwapPeople,
)
from atz_desktop.domain.bulk_template import PLACEHOLDERS, Template
from atz_desktop.domain.bulk_times import (
    UNITS,
    MeantAsZone,
    SameClockOn,
    SetTimes,
    ShiftBy,
    Times,
    Unit,
)
from atz_desktop.domain.kinds import People, Text
from atz_desktop.domain.parse_dates import parse_date, parse_time
from atz_desktop.domain.schema import Field
from atz_desktop.domain.text import quoted
from atz_desktop.domain.validators import parse_int
from atz_desktop.domain.values import Person
from atz_desktop.view.editors.date_time_edit import day_comes_first
from atz_desktop.view.theme import NEAR
from atz_desktop.view.widgets.combo_box import NoWheelComboBox
from atz_desktop.view.widgets.eliding_label import ElidingLabel
from atz_desktop.view.widgets.exact_text import ExactLineEdit, ExactTextEdit
from atz_desktop.view.widgets.layouts import hbox, vbox
from atz_desktop.view.widgets.zone_box import ZoneBox
from atz_desktop.view.worklist.value_editors import ValueEditor, value_editor

if TYPE_CHECKING:
    from atz_desktop.session.lookups import Lookups

_LINES: Final = 3


class RuleEditor(QWidget):
    """Base of all: `rule` is what is filled in, None as long as that says nothing.

    `error` is why what stands there can't be read; what the rule itself finds wrong with it,
    `Rule.problem` tells.
    """

    changed = Signal()

    def __init__(self, field: Field, lookups: Lookups) -> None:
        super().__init__()
        self.field = field
        self.lookups = lookups

    @property
    def rule(self) -> Rule | None:
        raise NotImplementedError

    @property
    def error(self) -> str:
        return ""

    @property
    def remark(self) -> str:
        """What there is to say about what is filled in."""
        return ""

    def show_rule(self, rule: Any) -> None:
        """Show what a rule of this kind is filled in with. Never emits."""
        raise NotImplementedError

    def show_names(self) -> None:
        """Better names are known."""

    def commit(self) -> None:
        """Take over what is typed, as leaving the box would."""

    def focus_first(self) -> None:
        raise NotImplementedError

    def name_of(self, part: str) -> str:
        """What a control is called by screen readers."""
        return f"{self.field.label}: {part}"


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
        _set_index(self._how, [how for how, _ in self._HOWS].index(rule.how))

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
        self._find = _line(self.name_of("text to find"), "Find")
        self._by = _line(self.name_of("text to put in its place"), "Nothing: take it out")
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


# Times


class ShiftRule(RuleEditor):
    """How far, in which unit, and whether later or earlier."""

    _WAYS: Final = ("later", "earlier")

    def __init__(self, field: Field, lookups: Lookups) -> None:
        super().__init__(field, lookups)
        self._amount = _line(self.name_of("how far"), "1", letters=6)
        self._unit = _choice(self.name_of("unit"), UNITS)
        self._way = _choice(self.name_of("later or earlier"), self._WAYS)
        self._unit.setCurrentIndex(UNITS.index("days"))
        self._amount.edited.connect(self.changed)
        self._unit.currentIndexChanged.connect(self.changed)
        self._way.currentIndexChanged.connect(self.changed)
        hbox(self, self._amount, self._unit, self._way, 1)

    @property
    def rule(self) -> Rule | None:
        number = parse_int(self._amount.text().strip().lstrip("-"))
        if number is None:
            return None
        earlier = (self._way.currentIndex() == 1) != self._amount.text().strip().startswith("-")
        unit: Unit = UNITS[self._unit.currentIndex()]
        return ShiftBy(-number if earlier else number, unit)

    @property
    def error(self) -> str:
        typed = self._amount.text().strip()
        return f"{quoted(typed)} is no whole number." if typed and self.rule is None else ""

    def show_rule(self, rule: Any) -> None:
        self._amount.show_value(str(abs(rule.amount)) if rule.amount else None)
        _set_index(self._unit, UNITS.index(rule.unit))
        _set_index(self._way, int(rule.amount < 0))

    def focus_first(self) -> None:
        self._amount.setFocus()


class DayRule(RuleEditor):
    """A day, typed as in the form."""

    def __init__(self, field: Field, lookups: Lookups) -> None:
        super().__init__(field, lookups)
        self._day = _line(self.name_of("new day"), "16 Jun 2026", letters=18)
        self._day.edited.connect(self.changed)
        hbox(self, self._day, 1)

    @property
    def rule(self) -> Rule | None:
        day = _day(self._day)
        return None if day is None else SameClockOn(day)

    @property
    def error(self) -> str:
        return _unread_day(self._day)

    def show_rule(self, rule: Any) -> None:
        self._day.show_value(rule.day.isoformat())

    def focus_first(self) -> None:
        self._day.setFocus()


class TimesRule(RuleEditor):
    """Day, start, and an end or a duration; what is left empty stays."""

    def __init__(self, field: Field, lookups: Lookups) -> None:
        super().__init__(field, lookups)
        self._day = _line(self.name_of("new day"), "Day stays", letters=14)
        self._start = _line(self.name_of("new start"), "Start stays", letters=12)
        self._end = _line(self.name_of("new end"), "End", letters=8)
        self._minutes = _line(self.name_of("new duration in minutes"), "Minutes", letters=9)
        lines = (self._day, self._start, self._end, self._minutes)
        for line in lines:
            line.edited.connect(self.changed)
        hbox(self, *lines[:3], QLabel("or"), lines[3], 1, spacing=NEAR)

    @property
    def rule(self) -> Rule | None:
        minutes = parse_int(self._minutes.text().strip())
        start, end = parse_time(self._start.text()), parse_time(self._end.text())
        return None if self.error else SetTimes(Times(_day(self._day), start, end, minutes))

    @property
    def error(self) -> str:
        for line in (self._start, self._end):
            if line.text().strip() and parse_time(line.text()) is None:
                return f"{quoted(line.text())} is no time: type one such as 9:30."
        typed = self._minutes.text().strip()
        if typed and parse_int(typed) is None:
            return f"{quoted(typed)} is no number of minutes."
        return _unread_day(self._day)

    def show_rule(self, rule: Any) -> None:
        times = rule.times
        self._day.show_value(times.day.isoformat() if times.day else None)
        self._start.show_value(f"{times.start:%H:%M}" if times.start else None)
        self._end.show_value(f"{times.end:%H:%M}" if times.end else None)
        self._minutes.show_value(str(times.minutes) if times.minutes else None)

    def focus_first(self) -> None:
        self._day.setFocus()


class ZoneRule(RuleEditor):
    """The zone whose clock was meant."""

    def __init__(self, field: Field, lookups: Lookups) -> None:
        super().__init__(field, lookups)
        self._zone = ZoneBox("")
        self._zone.setAccessibleName(self.name_of("the zone that was meant"))
        self._zone.currentTextChanged.connect(self.changed)
        hbox(self, self._zone, 1)

    @property
    def rule(self) -> Rule | None:
        return MeantAsZone(self._zone.zone) if self._zone.zone else None

    @property
    def error(self) -> str:
        typed = self._zone.currentText().strip()
        known = self._zone.zone is not None or not typed
        return "" if known else "Choose a time zone of the list, such as Europe/Berlin."

    def show_rule(self, rule: Any) -> None:
        with QSignalBlocker(self._zone):
            self._zone.setCurrentText(rule.zone)

    def focus_first(self) -> None:
        self._zone.setFocus()


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


def _line(name: str, placeholder: str, *, letters: int = 0) -> ExactLineEdit:
    line = ExactLineEdit()
    line.setAccessibleName(name)
    line.setPlaceholderText(placeholder)
    if letters:
        line.setFixedWidth(line.fontMetrics().averageCharWidth() * (letters + 4))
    return line


def _choice(name: str, words: tuple[str, ...]) -> NoWheelComboBox:
    combo = NoWheelComboBox(wide=False)
    combo.setAccessibleName(name)
    combo.addItems(list(words))
    return combo


def _set_index(combo: NoWheelComboBox, index: int) -> None:
    with QSignalBlocker(combo):
        combo.setCurrentIndex(index)


def _only(part: ValueEditor) -> Person | None:
    return part.value[0] if len(part.value) == 1 else None


def _day(line: ExactLineEdit) -> date | None:
    today = datetime.now().astimezone().date()
    return parse_date(line.text(), today, day_comes_first()) if line.text().strip() else None


def _unread_day(line: ExactLineEdit) -> str:
    unread = line.text().strip() and _day(line) is None
    return f"{quoted(line.text())} is no date: type one such as 16 Jun 2026." if unread else ""
