"""Made-up bulk edits: any rules that can be chosen for some fields, filled in so that they work."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import cache
from types import MappingProxyType
from typing import Any

from hypothesis import strategies as st

from atz_desktop.domain.bulk_edit import (
    BulkEdit,
    Condition,
    Includes,
    IsEmpty,
    IsNow,
    IsOver,
    choices_for,
)
from atz_desktop.domain.bulk_rules import (
    AddPeople,
    BulkContext,
    Clear,
    FindReplace,
    FromTable,
    How,
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
from atz_desktop.domain.fields import ACTIVITY, Field
from atz_desktop.domain.kinds import People
from tests.domain.strategies import NAMES, ZONES, new_values, people

CONTEXT = BulkContext(datetime(2024, 7, 1, tzinfo=UTC), lambda kind, key: f"{kind} {key}")

_TEXTS = st.text(min_size=1, max_size=8)
_DAYS = st.dates(date(2019, 1, 1), date(2031, 12, 31))
_CLOCKS = st.times().map(lambda clock: clock.replace(second=0, microsecond=0))
_TIMES = st.builds(
    Times,
    st.none() | _DAYS,
    st.none() | _CLOCKS,
    st.none() | _CLOCKS,
) | st.builds(Times, minutes=st.integers(1, 24 * 60))


def times() -> st.SearchStrategy[Times]:
    return _TIMES.filter(lambda each: each != Times())


def shifts() -> st.SearchStrategy[ShiftBy]:
    return st.builds(ShiftBy, st.integers(-300, 300).filter(bool), st.sampled_from(UNITS))


def _rules(rule: type[Rule], field: Field) -> st.SearchStrategy[Rule]:
    somebody = people(field.name).filter(bool) if isinstance(field.kind, People) else st.nothing()
    person = somebody.map(lambda each: each[0])
    hows: tuple[How, ...] = ("set", "add", "remove") if isinstance(field.kind, People) else ("set",)
    made: dict[type[Rule], st.SearchStrategy[Rule]] = {
        Set: new_values(field.name).map(Set),
        Clear: st.just(Clear()),
        AddPeople: somebody.map(AddPeople),
        RemovePeople: somebody.map(RemovePeople),
        SwapPeople: st.builds(SwapPeople, person, person),
        SetTimes: times().map(SetTimes),
        ShiftBy: shifts(),
        SameClockOn: _DAYS.map(SameClockOn),
        MeantAsZone: st.sampled_from(ZONES).map(MeantAsZone),
        FindReplace: st.builds(FindReplace, _TEXTS, st.text(max_size=8), st.booleans()),
        Prefix: _TEXTS.map(Prefix),
        Suffix: _TEXTS.map(Suffix),
        Template: st.sampled_from(sorted(PLACEHOLDERS)).map(lambda name: Template(f"A {{{name}}}")),
        FromTable: st.sampled_from(hows).map(FromTable),
    }
    return made[rule]


@cache
def rules_for(name: str) -> st.SearchStrategy[Rule]:
    """Any rule that can be chosen for the field and is filled in."""
    field = ACTIVITY.by_name[name]
    any_rule = st.one_of(*(_rules(rule, field) for rule in choices_for(field)))
    return any_rule.filter(lambda rule: rule.problem(field) is None)


@cache
def conditions() -> st.SearchStrategy[Condition]:
    names = st.sampled_from(NAMES)
    is_now = names.flatmap(lambda name: st.builds(IsNow, st.just(name), new_values(name)))
    includes = st.builds(Includes, st.just("title"), _TEXTS) | people("users").filter(bool).map(
        lambda each: Includes("users", each[0])
    )
    any_condition: st.SearchStrategy[Condition] = st.one_of(
        is_now, names.map(IsEmpty), includes, st.just(IsOver())
    )
    return any_condition.filter(lambda each: each.problem(ACTIVITY) is None)


@st.composite
def bulk_edits(draw: st.DrawFn, with_conditions: bool = True) -> BulkEdit:
    """A bulk edit without problems."""
    names = sorted(draw(st.sets(st.sampled_from(NAMES), min_size=1, max_size=4)))
    rules: dict[str, Any] = {name: draw(rules_for(name)) for name in names}
    where = draw(st.lists(conditions(), max_size=2)) if with_conditions else []
    return BulkEdit(
        MappingProxyType(rules), tuple(where), draw(st.text(max_size=5)), draw(st.booleans())
    )
