"""What the rules for times are filled in with."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QLabel

from atz_desktop.domain.bulk_rules import Rule
from atz_desktop.domain.bulk_times import (
    UNITS,
    MeantAsZone,
    SameClockOn,
    SetTimes,
    ShiftBy,
    Times,
    Unit,
)
from atz_desktop.domain.parse_dates import parse_date, parse_time
from atz_desktop.domain.schema import Field
from atz_desktop.domain.text import quoted
from atz_desktop.domain.validators import parse_int
from atz_desktop.view.editors.date_time_edit import day_comes_first
from atz_desktop.view.theme import NEAR
from atz_desktop.view.widgets.exact_text import ExactLineEdit
from atz_desktop.view.widgets.layouts import hbox
from atz_desktop.view.widgets.zone_box import ZoneBox
from atz_desktop.view.worklist.rule_editor import RuleEditor, choice, set_index, typed_line

if TYPE_CHECKING:
    from atz_desktop.session.lookups import Lookups


class ShiftRule(RuleEditor):
    """How far, in which unit, and whether later or earlier."""

    _WAYS: Final = ("later", "earlier")

    def __init__(self, field: Field, lookups: Lookups) -> None:
        super().__init__(field, lookups)
        self._amount = typed_line(self.name_of("how far"), "1", letters=6)
        self._unit = choice(self.name_of("unit"), UNITS)
        self._way = choice(self.name_of("later or earlier"), self._WAYS)
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
        set_index(self._unit, UNITS.index(rule.unit))
        set_index(self._way, int(rule.amount < 0))

    def focus_first(self) -> None:
        self._amount.setFocus()


class DayRule(RuleEditor):
    """A day, typed as in the form."""

    def __init__(self, field: Field, lookups: Lookups) -> None:
        super().__init__(field, lookups)
        self._day = typed_line(self.name_of("new day"), "16 Jun 2026", letters=18)
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
        self._day = typed_line(self.name_of("new day"), "Day stays", letters=14)
        self._start = typed_line(self.name_of("new start"), "Start stays", letters=12)
        self._end = typed_line(self.name_of("new end"), "End", letters=8)
        self._minutes = typed_line(self.name_of("new duration in minutes"), "Minutes", letters=9)
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


def _day(line: ExactLineEdit) -> date | None:
    today = datetime.now().astimezone().date()
    return parse_date(line.text(), today, day_comes_first()) if line.text().strip() else None


def _unread_day(line: ExactLineEdit) -> str:
    unread = line.text().strip() and _day(line) is None
    return f"{quoted(line.text())} is no date: type one such as 16 Jun 2026." if unread else ""
