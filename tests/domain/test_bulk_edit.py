"""The same change on many: what is kept is never sent, and what is changed is what was said."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from atz_desktop.domain.activity import Activity
from atz_desktop.domain.bulk_edit import (
    BulkEdit,
    Includes,
    IsEmpty,
    IsNow,
    IsOver,
    apply,
    choices_for,
    value_counts,
)
from atz_desktop.domain.bulk_recipes import RECIPES
from atz_desktop.domain.bulk_rules import (
    AddPeople,
    BulkContext,
    Clear,
    FindReplace,
    FromTable,
    Prefix,
    RemovePeople,
    RowValues,
    Rule,
    Set,
    SlugAlone,
    Suffix,
    SwapPeople,
)
from atz_desktop.domain.bulk_template import Template
from atz_desktop.domain.bulk_times import (
    MeantAsZone,
    SetTimes,
    ShiftBy,
    Times,
)
from atz_desktop.domain.edit import Edit, Problem
from atz_desktop.domain.fields import ACTIVITY, Field
from atz_desktop.domain.kinds import Text
from atz_desktop.domain.mapping import Scalar
from atz_desktop.domain.values import Option, Person, RecordRef
from tests.domain.bulk_strategies import CONTEXT, bulk_edits
from tests.domain.strategies import RESPONSE, bodies, edits, odd_bodies, people

ANA, BOB, CY = Person("1", "Ana"), Person("2", "Bob"), Person("3", "Cy")
NOW = CONTEXT.now


def activity(**body: Any) -> Activity:
    """ATZ's own example, with other values in its answer."""
    return Activity.from_response({**RESPONSE, **body})


def bulk(*only_where: Any, **rules: Rule) -> BulkEdit:
    return BulkEdit(MappingProxyType(rules), only_where)


def body_of(made: BulkEdit, base: Activity, own: RowValues | None = None) -> dict[str, Any]:
    """What would be sent for the activity; there must be no problem with it."""
    done = apply(made, base, CONTEXT, own or RowValues())
    assert not done.problems
    return done.edit.body()


def users(*people: Person) -> dict[str, Any]:
    found = [{"id": int(each.key), "full_name": each.name} for each in people]
    return {"attendees": {"candidates": [], "contacts": [], "users": found}}


# Any bulk edit on any activity


@given(bulk_edits(), edits())
def test_what_is_kept_is_never_sent(made: BulkEdit, edit: Edit) -> None:
    done = apply(made, edit.base, CONTEXT)
    allowed = {*made.rules, "no_invite"}
    assert set(done.edit.pending) <= allowed
    if not done.problems:
        keys = {key for name in allowed for key in ACTIVITY.by_name[name].mapping.keys}
        assert set(done.edit.body()) <= keys


@given(bulk_edits(), odd_bodies)
def test_whatever_ATZ_answers_a_bulk_edit_makes_an_edit_or_says_why_not(
    made: BulkEdit, body: dict[str, Any]
) -> None:
    base = Activity.from_response(body)
    done = apply(made, base, CONTEXT)
    assert done.edit.base is base
    assert {problem.name for problem in done.problems} <= set(made.rules)
    assert all(problem.text for problem in done.problems)


@given(bulk_edits(), edits())
def test_only_activities_that_fit_all_conditions_are_changed(made: BulkEdit, edit: Edit) -> None:
    fit = all(condition.holds(edit.base, NOW) for condition in made.only_where)
    done = apply(made, edit.base, CONTEXT)
    assert (done.excluded is None) == fit
    assert fit or not done.edit.dirty


@given(bulk_edits(with_conditions=False), edits())
def test_setting_values_a_second_time_changes_nothing(made: BulkEdit, edit: Edit) -> None:
    sets = {n: rule for n, rule in made.rules.items() if isinstance(rule, Set | Clear | SetTimes)}
    first = apply(replace(made, rules=sets), edit.base, CONTEXT)
    assume(not first.problems)
    after = edit.base.with_values(first.edit.pending)
    assert not apply(replace(made, rules=sets), after, CONTEXT).edit.dirty


@given(st.data(), bodies)
def test_a_list_of_people_never_has_a_double_and_loses_nobody_unnamed(
    data: st.DataObject, body: dict[str, Any]
) -> None:
    base, some = Activity.from_response(body), data.draw(people("users").filter(bool))
    old = base.value("users")
    assume(isinstance(old, tuple))
    for rule in (AddPeople(some), RemovePeople(some), SwapPeople(some[0], some[-1])):
        edit = apply(bulk(users=rule), base, CONTEXT).edit
        keys = [person.key for person in edit.value("users")]
        assert len(keys) == len(set(keys))
        named = {person.key for person in some}
        assert {person.key for person in old} - named <= set(keys)


# People


def test_a_swap_keeps_the_place_in_the_list_and_makes_no_double() -> None:
    swap = bulk(users=SwapPeople(ANA, CY))
    assert body_of(swap, activity(**users(ANA, BOB))) == {"users_as_attendees": "3,2"}
    assert body_of(swap, activity(**users(ANA, BOB, CY))) == {"users_as_attendees": "2,3"}
    assert body_of(swap, activity(**users(BOB))) == {}


def test_people_are_added_behind_the_others_and_removed_from_among_them() -> None:
    base = activity(**users(ANA, BOB))
    assert body_of(bulk(users=AddPeople((BOB, CY))), base) == {"users_as_attendees": "1,2,3"}
    assert body_of(bulk(users=RemovePeople((ANA, CY))), base) == {"users_as_attendees": "2"}
    assert body_of(bulk(users=RemovePeople((ANA, BOB))), base) == {"users_as_attendees": ""}
    assert body_of(bulk(users=Set((CY,))), base) == {"users_as_attendees": "3"}
    assert body_of(bulk(users=Clear()), base) == {"users_as_attendees": ""}


@pytest.mark.parametrize("attendees", [None, {"users": [{"name": "no ID"}]}, "two people"])
@pytest.mark.parametrize("rule", [AddPeople((ANA,)), RemovePeople((ANA,)), Set((ANA,)), Clear()])
def test_a_list_that_cannot_be_read_is_never_replaced(rule: Rule, attendees: Any) -> None:
    body = {key: value for key, value in RESPONSE.items() if key != "attendees"}
    base = Activity.from_response(body if attendees is None else {**body, "attendees": attendees})
    done = apply(bulk(users=rule), base, CONTEXT)
    assert not done.edit.dirty
    assert [problem.name for problem in done.problems] == ["users"]
    assert "could remove somebody" in done.problems[0].text


# Texts


@pytest.mark.parametrize(
    ("rule", "title"),
    [
        (FindReplace("team", "Crew"), "Updated Crew Sync"),
        (FindReplace("team", "Crew", match_case=True), "Updated Team Sync"),
        (FindReplace("t", "\\1"), "Upda\\1ed \\1eam Sync"),
        (FindReplace(" Sync"), "Updated Team"),
        (Prefix("[A] "), "[A] Updated Team Sync"),
        (Prefix("Upd"), "Updated Team Sync"),
        (Suffix(" (moved)"), "Updated Team Sync (moved)"),
        (Suffix("Sync"), "Updated Team Sync"),
    ],
)
def test_a_text_is_changed_as_it_was_said(rule: Rule, title: str) -> None:
    assert apply(bulk(title=rule), activity(), CONTEXT).edit.value("title") == title


def test_a_text_that_gets_too_long_is_a_problem_of_its_row_and_can_be_corrected_by_hand() -> None:
    done = apply(bulk(title=Prefix("x" * 90)), activity(), CONTEXT)
    assert done.problems == (Problem("title", "7 characters too long: ATZ takes at most 100."),)
    assert done.edit.value("title").endswith("xUpdated Team Sync")


def test_a_title_can_not_be_emptied_by_taking_its_text_out() -> None:
    done = apply(bulk(title=FindReplace("Updated Team Sync")), activity(), CONTEXT)
    assert [problem.text for problem in done.problems] == ["This can't be left empty."]


# Names in texts

CANDIDATE = {"slug": "candidate_abc123", "full_name": "Zoë Ω"}


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("{title}!", "Updated Team Sync!"),
        ("{ Candidate } / {record}", "Zoë Ω / Zoë Ω"),
        ("{candidates}", "Zoë Ω, Candidate B"),
        ("{contact}: {contacts}", "Contact C: Contact C"),
        ("{type} on {date} at {time}", "Task on Sun 16 Jun 2024 at 09:00"),
        ("{} and { } stay", "{} and { } stay"),
    ],
)
def test_a_template_is_filled_in_from_the_activity(text: str, title: str) -> None:
    attendees = {
        "candidates": [CANDIDATE, {"slug": "candidate_b", "full_name": "Candidate B"}],
        "contacts": [{"slug": "contact_c", "full_name": "Contact  C\n"}],
        "users": [],
    }
    base = activity(related_record=CANDIDATE, attendees=attendees)
    assert apply(bulk(title=Template(text)), base, CONTEXT).edit.value("title") == title


def test_a_template_takes_the_new_values_of_other_fields_but_the_title_that_ATZ_holds() -> None:
    made = bulk(
        title=Template("{title}: {type}, {date}"),
        type=Set(Option(2, "Meeting")),
        when=ShiftBy(1, "days"),
    )
    title = apply(made, activity(), CONTEXT).edit.value("title")
    assert title == "Updated Team Sync: Meeting, Mon 17 Jun 2024"
    both = bulk(title=Prefix("[A] "), description=Template("{title}"))
    assert body_of(both, activity())["description"] == "Updated Team Sync"


def test_a_template_takes_names_that_were_learned_and_says_which_are_not_known() -> None:
    made, base = bulk(title=Template("For {candidate}")), activity()
    known = {("candidate", "candidate_abc123"): "Zoë"}
    learned = BulkContext(NOW, lambda kind, key: known.get((kind, key)))
    assert apply(made, base, learned).edit.value("title") == "For Zoë"
    nameless = apply(made, base, BulkContext(NOW))
    assert "“candidate_abc123” is not known here" in nameless.problems[0].text
    nobody = apply(bulk(title=Template("{job}")), base, CONTEXT)
    assert nobody.problems[0].text == "There is nothing to put in the place of {job}."


def test_an_unknown_name_in_braces_is_said_before_anything_is_tried() -> None:
    (problem,) = bulk(title=Template("For {candidat}")).problems()
    assert problem.text.startswith("“{candidat}” is not known. You can use {title}, {candidate}")


# Any field


def test_the_rules_of_a_field_follow_from_its_kind() -> None:
    offered = {field.name: [rule.label for rule in choices_for(field)] for field in ACTIVITY.fields}
    texts = ["Find and replace", "Put in front", "Put at the end", "Template"]
    assert offered["title"] == ["Set", *texts, "From the table"]
    assert offered["location"] == ["Set", "Clear", *texts, "From the table"]
    assert offered["users"] == ["Set", "Clear", "Add", "Remove", "Swap", "From the table"]
    assert offered["done"] == offered["type"] == offered["record"] == ["Set", "From the table"]
    times = ["Set", "Shift by", "Same clock on another day", "Times were meant as"]
    assert offered["when"] == [*times, "From the table"]
    new = Field("phone", "Phone", Text(30), Scalar("phone", str), "Who")
    assert [rule.label for rule in choices_for(new)] == offered["location"]


def test_only_what_the_API_is_known_to_clear_can_be_cleared() -> None:
    cleared = {field.name for field in ACTIVITY.fields if Clear in choices_for(field)}
    assert cleared == {
        *("link", "location", "description"),
        *("collaborators", "candidates", "contacts", "users"),
    }
    base = activity(location="Zoom", **users(ANA))
    sent = body_of(bulk(location=Clear(), users=Clear(), link=Clear()), base)
    assert sent == {"location": "", "users_as_attendees": ""}


@pytest.mark.parametrize(
    ("field", "rule", "said"),
    [
        ("title", Set(None), "Choose a value."),
        ("title", Set(" "), "This can't be left empty."),
        ("title", Set(7), "Choose a value."),
        ("location", Set(""), "Choose a value, or Clear to empty the field."),
        ("location", Set("x" * 51), "1 character too long: ATZ takes at most 50."),
        ("link", Set("zoom"), "This is no web address: it must start with https:// or http://."),
        ("importance", Set(Option("urgent")), "Choose one of the list."),
        ("record", Set(RecordRef(1)), "Choose the candidate: type or paste its slug."),
        ("users", Set((Person("Ana"),)), "“Ana” is no user ID: a user ID is a whole number"),
        ("users", AddPeople(()), "Choose somebody."),
        ("users", SwapPeople(ANA, Person("")), "Choose somebody."),
        ("users", SwapPeople(ANA, Person("1")), "Choose two different people."),
        ("title", FindReplace(""), "Type what to look for."),
        ("title", Suffix(""), "Type what to put at the end."),
        ("title", AddPeople((ANA,)), "“Add” is not possible for Title."),
        ("title", FromTable("add"), "Only people can be added or removed"),
        ("phone", Set("1"), "There is no such field."),
    ],
)
def test_a_rule_that_is_not_filled_in_is_said_before_anything_is_tried(
    field: str, rule: Rule, said: str
) -> None:
    (problem,) = bulk(**{field: rule}).problems()
    assert problem.name == field
    assert problem.text.startswith(said)


def test_a_bulk_edit_says_itself_in_words() -> None:
    made = bulk(
        IsNow("importance", Option("low", "Low")),
        IsOver(),
        users=SwapPeople(ANA, BOB),
        title=FindReplace("a", "b"),
        when=ShiftBy(-1, "weeks"),
    )
    assert made.describe() == (
        "Title: replace “a” by “b”",
        "When: 1 week earlier",
        "Users: swap Ana for Bob",
        "Only where Importance is now Low",
        "Only where the activity is over",
    )


# Conditions


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        (IsNow("type", Option(3)), True),
        (IsNow("type", Option(2)), False),
        (IsNow("record", RecordRef(1, "candidate_abc123", "Any name")), True),
        (IsNow("users", (BOB, ANA)), True),
        (IsNow("users", (ANA,)), False),
        (IsEmpty("link"), True),
        (IsEmpty("contacts"), True),
        (IsEmpty("title"), False),
        (Includes("users", Person("2")), True),
        (Includes("users", CY), False),
        (Includes("title", "team s"), True),
        (Includes("title", "Crew"), False),
        (IsOver(), True),
    ],
)
def test_a_condition_looks_at_what_ATZ_holds(condition: Any, holds: bool) -> None:
    done = apply(bulk(condition, done=Set(True)), activity(**users(ANA, BOB)), CONTEXT)
    assert done.edit.dirty == holds
    assert (done.excluded is None) == holds


def test_a_field_that_cannot_be_read_is_neither_empty_nor_includes_somebody() -> None:
    base = activity(attendees="two people")
    for condition in (IsEmpty("users"), Includes("users", ANA), IsNow("users", ())):
        assert not condition.holds(base, NOW)


def test_over_is_what_ended_and_not_what_has_no_time() -> None:
    now = datetime(2024, 6, 16, 9, 30, tzinfo=UTC)
    assert not IsOver().holds(activity(), now)  # until 10:00
    assert IsOver().holds(activity(end_time=None), now)
    assert not IsOver().holds(activity(start_date=None, start_time=None, end_time=None), now)


@pytest.mark.parametrize(
    "condition",
    [
        IsNow("record", RecordRef()),
        IsNow("title", 7),
        IsNow("phone", "1"),
        IsEmpty("phone"),
        Includes("users", "Ana"),
        Includes("title", ""),
        Includes("done", "yes"),
    ],
)
def test_a_condition_that_is_not_filled_in_is_said_before_anything_is_tried(condition: Any) -> None:
    (problem,) = bulk(condition, done=Set(True)).problems()
    assert problem.text.endswith((".", "something."))


# Mail


def quiet(made: BulkEdit, **body: Any) -> bool:
    base = activity(do_not_send_calendar_invite=False, **users(ANA), **body)
    return bool(apply(made, base, CONTEXT).edit.value("no_invite"))


def test_nobody_is_mailed_about_what_is_over_and_about_the_rest_only_if_it_was_asked_for() -> None:
    moved, far = bulk(location=Set("Room 7")), {"start_date": "2031-01-01"}
    assert quiet(moved)
    assert not quiet(moved, **far)
    assert quiet(replace(moved, mail_nobody=True), **far)
    assert not quiet(replace(bulk(title=Prefix("A")), mail_nobody=True), **far)
    assert not quiet(bulk(location=Set("Room 7"), no_invite=Set(False)))


# Values of a table


def own(**values: Any) -> RowValues:
    return RowValues(values)


def test_each_row_gets_its_own_values_and_one_without_stays_as_it_is() -> None:
    made, base = bulk(title=FromTable(), when=FromTable(), record=FromTable()), activity()
    values = own(title="New", when=Times(minutes=30), record=SlugAlone("candidate_9"))
    assert body_of(made, base, values) == {
        "title": "New",
        "end_datetime": "2024-06-16T09:30:00Z",
        "related_to": "candidate_9",
    }
    assert body_of(made, base) == {}
    assert body_of(bulk(title=FromTable()), base, own(title="New", location="?")) == {
        "title": "New"
    }


def test_people_of_a_table_replace_the_list_or_are_added_or_removed_as_it_was_said() -> None:
    base, values = activity(**users(ANA, BOB)), own(users=(BOB, CY))
    for how, sent in (("set", "2,3"), ("add", "1,2,3"), ("remove", "1")):
        made = bulk(users=FromTable(how))  # type: ignore[arg-type]
        assert body_of(made, base, values) == {"users_as_attendees": sent}


def test_a_cell_that_could_not_be_read_is_a_problem_of_its_row_where_its_column_is_used() -> None:
    values = RowValues({"title": "New"}, {"done": "“maybe” is neither yes nor no."})
    done = apply(bulk(title=FromTable(), done=FromTable()), activity(), CONTEXT, values)
    assert done.problems == (Problem("done", "“maybe” is neither yes nor no."),)
    assert not apply(bulk(title=FromTable()), activity(), CONTEXT, values).problems


def test_a_slug_alone_needs_a_record_of_some_kind_in_its_place() -> None:
    base = activity(related_to=None, related_record=None, related_to_type=None)
    done = apply(bulk(record=FromTable()), base, CONTEXT, own(record=SlugAlone("x1")))
    assert done.problems[0].text == "It is not said what kind of record “x1” is."


# Recipes and counts

FILLED: dict[str, BulkEdit] = {
    "Hand over to another user": bulk(
        collaborators=SwapPeople(ANA, BOB), users=SwapPeople(ANA, BOB)
    ),
    "Move the times": bulk(when=ShiftBy(2, "working days")),
    "Correct the time zone": bulk(when=MeantAsZone("Europe/Berlin")),
    "Point to another record, after two were merged": bulk(
        IsNow("record", RecordRef(1, "candidate_abc123")), record=Set(RecordRef(1, "candidate_9"))
    ),
    "Add an attendee": bulk(users=AddPeople((CY,))),
    "Remove an attendee": bulk(users=RemovePeople((ANA,))),
    "Type, importance and title by one scheme": bulk(
        type=Set(Option(2)), importance=Set(Option("low")), title=Template("{type}: {candidate}")
    ),
    "The same meeting link": bulk(link=Set("https://meet.example/a")),
}


def test_each_recipe_says_what_is_to_be_filled_in_and_works_when_it_is() -> None:
    base = activity(**users(ANA), related_record=CANDIDATE)
    ready = {recipe.name for recipe in RECIPES if not recipe.problems()}
    assert ready == {"Mark as done", "Mark as not done", "Log past ones quietly"}
    blank = {recipe.name: recipe for recipe in RECIPES if recipe.problems()}
    assert blank.keys() - FILLED.keys() == {"The same attachment"}
    for name, filled in FILLED.items():
        assert [*blank[name].rules] == [*filled.rules]
        assert [*map(type, blank[name].rules.values())] == [*map(type, filled.rules.values())]
        assert {each.name for each in blank[name].problems()} - {""} <= set(filled.rules)
        assert not filled.problems()
        assert body_of(filled, base)


def test_several_values_are_counted_whatever_names_they_were_read_with() -> None:
    found = [
        activity(**users(ANA, BOB)),
        activity(**users(BOB, Person("1"))),
        activity(**users()),
        activity(attendees=None),
    ]
    counted = value_counts(ACTIVITY.by_name["users"], found)
    assert [(len(value or ()), number) for value, number in counted] == [(2, 2), (0, 2)]
    types = value_counts(ACTIVITY.by_name["type"], [*found, activity(activity_type=None)])
    assert types == ((Option(3, "Task"), 4), (None, 1))
