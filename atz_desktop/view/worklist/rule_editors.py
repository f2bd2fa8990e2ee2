"""What a rule of a bulk edit is filled in with: `RULE_EDITORS` has an editor for each rule."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QWidget

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
)
from atz_desktop.domain.fields import Field
from atz_desktop.domain.identifiers import parse_int
from atz_desktop.domain.kinds import People, Text
from atz_desktop.domain.parse_when import parse_date, parse_time
from atz_desktop.domain.text import quoted
from atz_desktop.domain.values import Person
from atz_desktop.view.editors.date_time_edit import day_comes_first
from atz_desktop.view.theme import NEAR
from atz_desktop.view.widgets.combo_box import NoWheelComboBox
from atz_desktop.view.widgets.exact_text import ExactLineEdit, ExactTextEdit
from atz_desktop.view.widgets.labels import ElidingLabel
from atz_desktop.view.widgets.layouts import hbox, vbox
from atz_desktop.view.widgets.zone_box import ZoneBox
from atz_desktop.view.worklist.value_editors import BulkInput, ValueEditor, value_editor

if TYPE_CHECKING:
    from atz_desktop.session.lookups import Lookups

_LINES: Final = 3
_W = TypeVar("_W", bound=QWidget)


class RuleEditor(BulkInput):
    """`rule` is what is filled in, None as long as that says nothing.

    What the rule itself finds wrong with it, `Rule.problem` tells. Subclasses make their controls
    with `add_…`: what happens in those is told, and the first of them takes the focus.
    """

    def __init__(self, field: Field, lookups: Lookups) -> None:
        super().__init__()
        self.field = field
        self._lookups = lookups
        self._first: QWidget | None = None
        self._values: list[ValueEditor] = []

    @property
    def rule(self) -> Rule | None:
        raise NotImplementedError

    def show_rule(self, rule: Any) -> None:
        """Show what a rule of this kind is filled in with. Never emits."""
        raise NotImplementedError

    @property
    def error(self) -> str:
        return next((each.error for each in self._values if each.error), "")

    @property
    def remark(self) -> str:
        return next((each.remark for each in self._values if each.remark), "")

    def show_names(self) -> None:
        for each in self._values:
            each.show_names()

    def commit(self) -> None:
        for each in self._values:
            each.commit()

    def focus_first(self) -> None:
        if isinstance(self._first, BulkInput):
            self._first.focus_first()
        elif self._first is not None:
            self._first.setFocus()

    # Controls; `part` is what screen readers call one beside the field

    def add_value(self, part: str) -> ValueEditor:
        value = value_editor(self.field, self._lookups, f"{self.field.label}: {part}")
        value.changed.connect(self.changed)
        self._values.append(value)
        self._take_first(value)
        return value

    def add_line(self, part: str, placeholder: str, *, letters: int = 0) -> ExactLineEdit:
        line = ExactLineEdit()
        line.setPlaceholderText(placeholder)
        if letters:
            line.setFixedWidth(line.fontMetrics().averageCharWidth() * (letters + 4))
        line.edited.connect(self.changed)
        return self._named(line, part)

    def add_choice(self, part: str, words: tuple[str, ...]) -> NoWheelComboBox:
        combo = NoWheelComboBox(wide=False)
        combo.addItems(list(words))
        combo.currentIndexChanged.connect(self.changed)
        return self._named(combo, part)

    def _named(self, control: _W, part: str) -> _W:
        control.setAccessibleName(f"{self.field.label}: {part}")
        self._take_first(control)
        return control

    def _take_first(self, control: QWidget) -> None:
        if self._first is None:
            self._first = control


class ValueRule(RuleEditor):
    """A rule that is made of one value of the field."""

    def __init__(
        self, field: Field, lookups: Lookups, make: Callable[[Any], Rule], part: str
    ) -> None:
        super().__init__(field, lookups)
        self._make = make
        self._value = self.add_value(part)
        hbox(self, (self._value, 1))

    @property
    def rule(self) -> Rule | None:
        return None if self._value.value is None else self._make(self._value.value)

    def show_rule(self, rule: Any) -> None:
        self._value.show_value(rule.people if hasattr(rule, "people") else rule.value)


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


class FromTableRule(RuleEditor):
    """Each activity's own value; people can also be added or removed."""

    _HOWS: Final = {"set": "Replace all by", "add": "Add", "remove": "Remove"}

    def __init__(self, field: Field, lookups: Lookups) -> None:
        super().__init__(field, lookups)
        words = tuple(self._HOWS.values())
        self._how = self.add_choice("what to do with the people of the table", words)
        said = ElidingLabel("muted")
        said.set_text("what its row in the table says; without a value it stays as it is")
        hbox(self, self._how, (said, 1))
        self._how.setVisible(isinstance(field.kind, People))

    @property
    def rule(self) -> Rule | None:
        return FromTable(cast("Any", list(self._HOWS)[self._how.currentIndex()]))

    def show_rule(self, rule: Any) -> None:
        _set_index(self._how, list(self._HOWS).index(rule.how))


class SwapRule(RuleEditor):
    """One person in the place of another."""

    def __init__(self, field: Field, lookups: Lookups) -> None:
        super().__init__(field, lookups)
        self._old, self._new = self.add_value("who goes"), self.add_value("who comes")
        hbox(self, (self._old, 1), QLabel("for"), (self._new, 1))

    @property
    def rule(self) -> Rule | None:
        old, new = _only(self._old), _only(self._new)
        return None if old is None or new is None else SwapPeople(old, new)

    @property
    def error(self) -> str:
        for part in (self._old, self._new):
            if part.error:
                return part.error
            if len(part.value) > 1:
                return "Choose one person, who is swapped for one other."
        return ""

    def show_rule(self, rule: Any) -> None:
        for part, person in ((self._old, rule.old), (self._new, rule.new)):
            part.show_value((person,) if person.key else ())


def _only(part: ValueEditor) -> Person | None:
    return part.value[0] if len(part.value) == 1 else None


def _set_index(combo: QComboBox, index: int) -> None:
    with QSignalBlocker(combo):
        combo.setCurrentIndex(index)


# Texts


class TextRule(RuleEditor):
    """A rule that is made of one text."""

    def __init__(
        self, field: Field, lookups: Lookups, make: Callable[[str], Rule], part: str
    ) -> None:
        super().__init__(field, lookups)
        self._make = make
        self._text = ""
        is_long = isinstance(field.kind, Text) and field.kind.multiline
        self._box = self._named(
            ExactTextEdit(min_lines=_LINES) if is_long else ExactLineEdit(), part
        )
        self._box.edited.connect(self._on_edited)
        column = vbox(self, self._box, spacing=2)
        if make is Template:
            self._box.setPlaceholderText("Interview {candidate}, {date}")
            known = ElidingLabel("muted", "caption", lines=2)
            known.set_text(f"You can use {', '.join(f'{{{name}}}' for name in PLACEHOLDERS)}.")
            column.addWidget(known)

    @property
    def rule(self) -> Rule | None:
        return self._make(self._text)

    def show_rule(self, rule: Any) -> None:
        self._text = rule.text
        self._box.show_value(rule.text)

    def _on_edited(self, text: str | None) -> None:
        self._text = text or ""
        self._box.show_value(self._text)
        self.changed.emit()


class FindReplaceRule(RuleEditor):
    """What to look for, and what comes in its place."""

    def __init__(self, field: Field, lookups: Lookups) -> None:
        super().__init__(field, lookups)
        self._find = self.add_line("text to find", "Find")
        self._by = self.add_line("text to put in its place", "Nothing: take it out")
        self._case = self._named(QCheckBox("Same capitals"), "only with the same capitals")
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


# Times


class ShiftRule(RuleEditor):
    """How far, in which unit, and whether later or earlier."""

    def __init__(self, field: Field, lookups: Lookups) -> None:
        super().__init__(field, lookups)
        self._amount = self.add_line("how far", "1", letters=6)
        self._unit = self.add_choice("unit", UNITS)
        self._way = self.add_choice("later or earlier", ("later", "earlier"))
        self._unit.setCurrentIndex(UNITS.index("days"))
        hbox(self, self._amount, self._unit, self._way, 1)

    @property
    def rule(self) -> Rule | None:
        number = parse_int(self._amount.text().strip().lstrip("-"))
        if number is None:
            return None
        earlier = (self._way.currentIndex() == 1) != self._amount.text().strip().startswith("-")
        return ShiftBy(-number if earlier else number, UNITS[self._unit.currentIndex()])

    @property
    def error(self) -> str:
        typed = self._amount.text().strip()
        return f"{quoted(typed)} is no whole number." if typed and self.rule is None else ""

    def show_rule(self, rule: Any) -> None:
        self._amount.show_value(str(abs(rule.amount)) if rule.amount else None)
        _set_index(self._unit, UNITS.index(rule.unit))
        _set_index(self._way, int(rule.amount < 0))


class DayRule(RuleEditor):
    """A day, typed as in the form."""

    def __init__(self, field: Field, lookups: Lookups) -> None:
        super().__init__(field, lookups)
        self._day = self.add_line("new day", "16 Jun 2026", letters=18)
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


class TimesRule(RuleEditor):
    """Day, start, and an end or a duration; what is left empty stays."""

    def __init__(self, field: Field, lookups: Lookups) -> None:
        super().__init__(field, lookups)
        self._day = self.add_line("new day", "Day stays", letters=14)
        self._start = self.add_line("new start", "Start stays", letters=12)
        self._end = self.add_line("new end", "End", letters=8)
        self._minutes = self.add_line("new duration in minutes", "Minutes", letters=9)
        hbox(
            self, self._day, self._start, self._end, QLabel("or"), self._minutes, 1, spacing=NEAR
        )  # fmt: skip

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


class ZoneRule(RuleEditor):
    """The zone whose clock was meant."""

    def __init__(self, field: Field, lookups: Lookups) -> None:
        super().__init__(field, lookups)
        self._zone = self._named(ZoneBox(""), "the zone that was meant")
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


def _day(line: ExactLineEdit) -> date | None:
    today = datetime.now().astimezone().date()
    return parse_date(line.text(), today, day_comes_first()) if line.text().strip() else None


def _unread_day(line: ExactLineEdit) -> str:
    unread = line.text().strip() and _day(line) is None
    return f"{quoted(line.text())} is no date: type one such as 16 Jun 2026." if unread else ""


RULE_EDITORS: Final[dict[type[Rule], Callable[[Field, Lookups], RuleEditor]]] = {
    Set: partial(ValueRule, make=Set, part="new value"),
    SetTimes: TimesRule,
    Clear: ClearRule,
    AddPeople: partial(ValueRule, make=AddPeople, part="whom to add"),
    RemovePeople: partial(ValueRule, make=RemovePeople, part="whom to remove"),
    SwapPeople: SwapRule,
    ShiftBy: ShiftRule,
    SameClockOn: DayRule,
    MeantAsZone: ZoneRule,
    FindReplace: FindReplaceRule,
    Prefix: partial(TextRule, make=Prefix, part="text to put in front"),
    Suffix: partial(TextRule, make=Suffix, part="text to put at the end"),
    Template: partial(TextRule, make=Template, part="text with names in braces"),
    FromTable: FromTableRule,
}
