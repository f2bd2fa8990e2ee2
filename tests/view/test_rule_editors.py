"""What fills in the rules of a bulk edit: what goes in comes out; what is half typed is none."""

from __future__ import annotations

from datetime import date, time

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from atz_desktop.domain.bulk_edit import (
    RULES,
    BulkEdit,
    Condition,
    Includes,
    IsEmpty,
    IsNow,
    IsOver,
    choices_for,
)
from atz_desktop.domain.bulk_recipes import RECIPES
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
from atz_desktop.domain.bulk_template import Template
from atz_desktop.domain.bulk_times import MeantAsZone, SameClockOn, SetTimes, ShiftBy, Times
from atz_desktop.domain.fields import ACTIVITY
from atz_desktop.domain.values import Attachment, Option, Person, RecordRef
from atz_desktop.session.lookups import Lookups
from atz_desktop.view.widgets.buttons import LinkButton
from atz_desktop.view.widgets.labels import Hint
from atz_desktop.view.widgets.layouts import vbox
from atz_desktop.view.worklist.condition_rows import ConditionRows
from atz_desktop.view.worklist.rule_editors import RULE_EDITORS, RuleEditor
from atz_desktop.view.worklist.rules_page import FieldRule

ANA, BO = Person("7", "Ana"), Person("8", "Bo")
FILLED: tuple[tuple[str, Rule], ...] = (
    ("title", Set("Call")),
    ("description", Set("Two\nlines")),
    ("type", Set(Option(5, "Interview"))),
    ("importance", Set(Option("high", "High"))),
    ("done", Set(True)),
    ("done", Set(False)),
    ("link", Set("https://meet.example/a")),
    ("attachment", Set(Attachment(None, "https://files.example/a.pdf"))),
    ("record", Set(RecordRef(2, "job_1"))),
    ("users", Set((ANA,))),
    ("users", AddPeople((ANA, BO))),
    ("users", RemovePeople((ANA,))),
    ("users", SwapPeople(ANA, BO)),
    ("location", Clear()),
    ("title", FindReplace("Call", "Talk", match_case=True)),
    ("title", Prefix("Moved: ")),
    ("description", Suffix("\nBye")),
    ("title", Template("Interview {candidate}")),
    ("when", ShiftBy(-2, "working days")),
    ("when", ShiftBy(3, "minutes")),
    ("when", SameClockOn(date(2026, 6, 16))),
    ("when", MeantAsZone("Europe/Berlin")),
    ("when", SetTimes(Times(date(2026, 6, 16), time(9, 30), None, 45))),
    ("when", SetTimes(Times(end=time(11)))),
    ("title", FromTable()),
    ("users", FromTable("add")),
)


def row_of(qtbot: QtBot, name: str, *, in_table: bool = True) -> FieldRule:
    row = FieldRule(ACTIVITY.by_name[name], Lookups(), in_table=in_table)
    qtbot.addWidget(row)
    row.show()
    return row


def test_every_rule_has_an_editor() -> None:
    assert set(RULE_EDITORS) == set(RULES)


@pytest.mark.parametrize(("name", "rule"), FILLED, ids=str)
def test_a_rule_comes_back_as_it_was_filled_in(qtbot: QtBot, name: str, rule: Rule) -> None:
    row = row_of(qtbot, name)
    row.show_rule(rule)
    assert row.rule == rule
    assert not row.problem


@pytest.mark.parametrize("name", ACTIVITY.by_name)
def test_a_tick_alone_changes_nothing_where_a_value_must_be_chosen(qtbot: QtBot, name: str) -> None:
    row = row_of(qtbot, name)
    QTest.keyClick(row.findChildren(QCheckBox)[0], Qt.Key.Key_Space)
    combo = row.findChildren(QComboBox)[0]
    for place, rule in enumerate(choices_for(ACTIVITY.by_name[name])):
        combo.setCurrentIndex(place)
        says_all = rule in {Clear, FromTable} or (rule is Set and name in {"done", "no_invite"})
        assert bool(row.problem) != says_all, rule


def test_a_field_without_a_tick_has_no_rule_whatever_was_typed(qtbot: QtBot) -> None:
    row = row_of(qtbot, "location")
    row.show_rule(Set("Room 9"))
    box = row.findChildren(QCheckBox)[0]
    QTest.keyClick(box, Qt.Key.Key_Space)
    assert row.rule is None
    QTest.keyClick(box, Qt.Key.Key_Space)
    assert row.rule == Set("Room 9"), "what was typed is still there"


def test_a_recipe_for_tables_keeps_a_field_of_which_there_is_no_table(qtbot: QtBot) -> None:
    row = row_of(qtbot, "title", in_table=False)
    row.show_rule(FromTable())
    assert row.rule is None
    assert not row.is_ticked
    (hint,) = row.findChildren(Hint)
    assert "takes this from a table" in hint.text
    row.show_rule(Set("Call"))
    assert row.rule == Set("Call")
    assert not hint.text


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.name)
def test_the_blanks_of_a_recipe_are_complained_about_until_they_are_filled_in(
    qtbot: QtBot, recipe: BulkEdit
) -> None:
    for name, rule in recipe.rules.items():
        row = row_of(qtbot, name)
        row.show_rule(rule)
        is_blank = rule.problem(ACTIVITY.by_name[name]) is not None
        assert bool(row.problem) == is_blank


def test_a_number_that_is_none_is_told(qtbot: QtBot) -> None:
    row = row_of(qtbot, "when")
    row.show_rule(ShiftBy(0, "days"))
    line = row.findChildren(QLineEdit)[0]
    QTest.keyClicks(line, "two")
    assert row.rule is None
    assert "“two” is no whole number" in row.problem


@pytest.mark.parametrize(
    ("name", "rule", "chosen"),
    [
        ("candidates", AddPeople(()), AddPeople((Person("Mueller2"),))),
        ("record", Set(RecordRef(1)), Set(RecordRef(1, "Mueller2"))),
    ],
)
def test_what_may_be_a_name_is_no_slug_before_that_was_said(
    qtbot: QtBot, name: str, rule: Rule, chosen: Rule
) -> None:
    row = row_of(qtbot, name)
    row.show_rule(rule)
    line = row.findChildren(QLineEdit)[0]
    QTest.keyClicks(line, "Mueller2")
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert "Is it a slug?" in row.problem
    offers = [each for each in row.findChildren(LinkButton) if not each.isHidden()]
    [offer] = [each for each in offers if each.text() == "Use “Mueller2” as the slug"]
    offer.click()
    assert (row.problem, row.rule) == ("", chosen)
    assert offer.isHidden()


CONDITIONS: tuple[Condition, ...] = (
    IsNow("importance", Option("high", "High")),
    IsNow("done", False),
    IsNow("title", "Call"),
    IsEmpty("location"),
    Includes("title", "call"),
    Includes("users", ANA),
    IsOver(),
)


def test_conditions_come_back_as_they_were_filled_in(qtbot: QtBot) -> None:
    rows = ConditionRows(Lookups())
    qtbot.addWidget(rows)
    rows.show_conditions(CONDITIONS)
    assert rows.conditions == CONDITIONS
    assert not rows.problem
    rows.show_conditions([])
    assert rows.conditions == ()


def _tab_stops(start: QWidget, end: QWidget) -> list[QWidget]:
    """What Tab comes to after `start`, up to `end`."""
    start.setFocus(Qt.FocusReason.TabFocusReason)
    found: list[QWidget] = []
    for _ in range(30):
        focused = QApplication.focusWidget()
        assert focused is not None
        QTest.keyClick(focused, Qt.Key.Key_Tab)
        after = QApplication.focusWidget()
        assert after is not None
        if after is end:
            return found
        found.append(after)
    raise AssertionError("Tab does not come to the end")


@pytest.mark.parametrize(("name", "rule"), FILLED)
def test_tab_goes_from_a_field_into_what_is_to_be_done_with_it(
    qtbot: QtBot, name: str, rule: Rule
) -> None:
    in_table = isinstance(rule, FromTable)
    row = FieldRule(ACTIVITY.by_name[name], Lookups(), in_table=in_table)
    window, after = QWidget(), QLineEdit()
    vbox(window, row, after)
    qtbot.addWidget(window)
    with qtbot.waitActive(window):
        window.show()
    row.show_rule(rule)
    stops = _tab_stops(row.findChildren(QCheckBox)[0], after)
    assert isinstance(stops[0], QComboBox)
    inside = {
        each
        for each in row.findChildren(RuleEditor)[0].findChildren(QWidget)
        if each.isVisible() and each.focusPolicy() & Qt.FocusPolicy.TabFocus and each.isEnabled()
    }
    assert set(stops[1:]) >= {each for each in inside if each.focusProxy() is None}
    places = [each.mapTo(row, QPoint()).x() for each in stops]
    assert places == sorted(places)


@pytest.mark.parametrize(
    "condition", [IsNow("type", Option(5, "Interview")), Includes("title", "Call"), IsOver()]
)
def test_tab_goes_through_the_conditions_before_what_is_below_them(
    qtbot: QtBot, condition: Condition
) -> None:
    window, before, rows, after = QWidget(), QLineEdit(), ConditionRows(Lookups()), QLineEdit()
    vbox(window, before, rows, after)
    qtbot.addWidget(window)
    with qtbot.waitActive(window):
        window.show()
    rows.show_conditions((condition, condition))
    heard = [each.accessibleName() for each in _tab_stops(before, after)]
    first = heard.index("Condition: field")
    again = heard.index("Condition: field", first + 1)
    assert heard[first:again] == heard[again:-1]
    assert heard[first + 1] == "Condition: what about it"
    assert heard[again - 1] == "Remove this condition"
    assert (again - first > 3) is not isinstance(condition, IsOver)
    assert heard[-1] == "Add a condition"
