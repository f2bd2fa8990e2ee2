from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from atz_desktop.domain.activity import Activity
from atz_desktop.domain.edit import Edit
from atz_desktop.domain.fields import ACTIVITY
from atz_desktop.domain.values import (
    Attachment,
    LocalFile,
    Option,
    Person,
    RecordRef,
    Span,
    Unparsed,
)
from tests.domain.strategies import (
    NAMES,
    REQUEST,
    RESPONSE,
    ZONES,
    answered,
    edits,
    new_values,
    odd_bodies,
)
from tests.lengths import examples


def wall(text: str) -> datetime:
    return datetime.fromisoformat(text)


EXAMPLE = {
    "title": "Client Demo Call Updated",
    "type": Option(3, "Task"),
    "record": RecordRef(1, "candidate_2f0ea5cd69a6cd6c7163"),
    "collaborators": (Person("1"),),
    "when": Span(wall("2026-04-25T10:00"), wall("2026-04-25T11:00")),
    "candidates": (Person("candidate_2f0ea5cd69a6cd6c7163"),),
    "contacts": (Person("contact_d86c343cf49040381fc7"),),
    "users": (Person("1"),),
    "link": "https://meet.google.com/xyz-abcd-efg",
    "importance": Option("normal", "Normal"),
    "location": "Zoom",
    "description": "Discuss product demo and onboarding",
    "no_invite": True,
    "done": True,
    "attachment": Attachment(None, "https://example.com/files/sample-agenda.pdf"),
}
"""What a person types so that ATZ's own example of a request goes out."""

NOTHING = {"id": 42, "attendees": None, "collaborators": None}


def typed(base: dict[str, Any]) -> Edit:
    edit = Edit(Activity.from_response(base))
    for name, value in EXAMPLE.items():
        edit = edit.with_value(name, value)
    return edit


class TestTheExamplesOfAtz:
    def test_the_answer_is_read_and_nothing_is_sent(self) -> None:
        assert Edit(Activity.from_response(RESPONSE)).body() == {}

    def test_the_request_is_written_to_the_letter(self) -> None:
        edit = typed(NOTHING)
        assert edit.problems() == ()
        assert json.loads(json.dumps(edit.body())) == REQUEST

    def test_from_the_answer_it_is_the_request_without_what_atz_holds_already(self) -> None:
        held = {
            "activity_type_id": RESPONSE["activity_type"]["id"],
            "related_to_entity": 1,
            "importance": RESPONSE["importance"],
            "location": RESPONSE["location"],
            "do_not_send_calendar_invite": RESPONSE["do_not_send_calendar_invite"],
        }
        edit = typed(RESPONSE)
        assert edit.problems() == ()
        assert edit.body() | held == REQUEST
        assert not set(edit.body()) & set(held)

    def test_what_the_request_made_is_read_as_it_was_typed(self) -> None:
        after = Activity.from_response(answered(RESPONSE, REQUEST))
        for name, value in EXAMPLE.items():
            assert ACTIVITY.by_name[name].kind.matches_server(value, after.value(name)), name
        assert typed(answered(RESPONSE, REQUEST)).body() == {}


@settings(max_examples=examples(80))
@given(edits())
def test_only_what_differs_is_sent_and_every_change_is(edit: Edit) -> None:
    assert edit.problems() == ()
    body = edit.body()
    for field in ACTIVITY.fields:
        own = set(body) & set(field.mapping.keys)
        assert bool(own) is (field.name in edit.pending)
        differs = not field.kind.equal(edit.value(field.name), edit.base.value(field.name))
        assert differs is (field.name in edit.pending)
    assert len(edit.changes()) == len(edit.pending)


@settings(max_examples=examples(80))
@given(edits())
def test_after_the_request_atz_holds_what_the_form_shows(edit: Edit) -> None:
    after = Activity.from_response(
        answered(edit.base.body, edit.body(), edit.base.zone), edit.base.zone
    )
    for field in ACTIVITY.fields:
        if field.name in edit.pending:
            assert field.kind.matches_server(edit.value(field.name), after.value(field.name)), (
                field.name
            )
        else:
            assert after.value(field.name) == edit.base.value(field.name), field.name
    files = {name for name, value in edit.pending.items() if isinstance(value, LocalFile)}
    bare = {name for name, value in edit.pending.items() if value == RecordRef(10)}
    assert set(edit.rebased(after).pending) <= files | bare


@settings(max_examples=examples(40))
@given(edits(), st.data())
def test_the_order_of_changes_does_not_matter(edit: Edit, data: st.DataObject) -> None:
    again = Edit(edit.base)
    for name in data.draw(st.permutations(sorted(edit.pending))):
        again = again.with_value(name, edit.pending[name])
    assert again == edit
    assert again.body() == edit.body()


@settings(max_examples=examples(40))
@given(edits())
def test_putting_everything_back_leaves_nothing(edit: Edit) -> None:
    back = edit.without(*edit.pending)
    assert back == Edit(edit.base)
    for name in NAMES:
        edit = edit.with_value(name, edit.base.value(name))
    assert (edit.body(), edit.dirty) == ({}, False)


@settings(max_examples=examples(40))
@given(edits(), st.sets(st.sampled_from(NAMES)))
def test_single_fields_can_be_put_back(edit: Edit, names: set[str]) -> None:
    assert set(edit.without(*names).pending) == set(edit.pending) - names
    assert edit.without() == edit


@given(odd_bodies, st.data())
def test_one_change_of_an_odd_answer_sends_its_own_keys_or_says_why_not(
    body: dict[str, Any], data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from(NAMES))
    edit = Edit(Activity.from_response(body)).with_value(name, data.draw(new_values(name)))
    if not edit.problems():
        sent = edit.body()
        assert set(sent) <= set(ACTIVITY.by_name[name].mapping.keys)
        assert bool(sent) is edit.dirty
        assert not any(isinstance(value, Unparsed) for value in sent.values())


@settings(max_examples=examples(40))
@given(edits(), st.sampled_from(ZONES))
def test_choosing_another_zone_is_no_change_and_moves_the_instants(edit: Edit, zone: str) -> None:
    moved = edit.in_zone(zone)
    assert set(moved.pending) == set(edit.pending)
    for name in set(NAMES) - {"when"}:
        assert moved.value(name) == edit.value(name)
    when = moved.value("when")
    if isinstance(when, Span):
        assert when.zone == zone
        assert ACTIVITY.by_name["when"].kind.equal(when, edit.value("when"))


def test_an_edit_is_never_changed_by_another() -> None:
    first = Edit(Activity.from_response(RESPONSE)).with_value("title", "one")
    second = first.with_value("title", "two").with_value("location", "x")
    assert dict(first.pending) == {"title": "one"}
    assert dict(second.pending) == {"title": "two", "location": "x"}
    with pytest.raises(TypeError):
        first.pending["title"] = "three"  # type: ignore[index]


def test_times_are_meant_in_the_zone_of_the_record_whatever_zone_they_were_kept_in() -> None:
    """A draft or a journal entry may be older than the choice of the zone."""
    base = Activity.from_response(RESPONSE, "Europe/Berlin")
    kept = Span(wall("2024-06-16T12:00"), wall("2024-06-16T13:00"), "UTC")
    edit = Edit(base).with_value("when", kept)
    assert edit.value("when").zone == "Europe/Berlin"
    assert edit.body() == {
        "start_datetime": "2024-06-16T10:00:00Z",
        "end_datetime": "2024-06-16T11:00:00Z",
    }
    in_utc = Edit(Activity.from_response(RESPONSE)).with_value("when", kept)
    assert in_utc.rebased(base) == edit


def test_an_end_that_is_taken_away_is_a_problem_and_no_empty_request() -> None:
    base = Activity.from_response(RESPONSE)
    edit = Edit(base).with_value("when", Span(base.span.start, None))
    assert [problem.text for problem in edit.problems()] == [
        "ATZ is not known to let End be emptied."
    ]
    moved = Edit(base).with_value("when", Span(wall("2024-06-16T08:00"), None))
    assert moved.problems() != ()


def test_a_start_can_be_moved_where_atz_holds_no_end() -> None:
    base = Activity.from_response({**RESPONSE, "end_time": None})
    edit = Edit(base).with_value("when", base.span.with_start(wall("2024-06-16T08:00")))
    assert edit.problems() == ()
    assert edit.body() == {"start_datetime": "2024-06-16T08:00:00Z"}


def test_a_record_that_is_taken_away_is_a_problem_and_no_empty_request() -> None:
    base = Activity.from_response({**RESPONSE, "related_to_type": "other"})
    edit = Edit(base).with_value("record", RecordRef(10))
    assert [problem.name for problem in edit.problems()] == ["record"]


def test_adding_one_guest_to_a_list_that_cannot_be_read_is_a_problem() -> None:
    for attendees in ({}, {"users": [{"full_name": "Ada"}]}):
        base = Activity.from_response({**RESPONSE, "attendees": attendees})
        edit = Edit(base).with_value("users", (Person("7"),))
        assert [problem.text for problem in edit.problems()] == [
            ACTIVITY.by_name["users"].lock_reason(base.value("users"))
        ]


def test_an_untouched_field_is_never_a_problem() -> None:
    odd = {**RESPONSE, "title": "x" * 300, "location": "y" * 300, "meeting_link": "phone"}
    edit = Edit(Activity.from_response(odd)).with_value("description", "new")
    assert edit.problems() == ()
    assert edit.body() == {"description": "new"}
    assert [p.name for p in edit.with_value("title", "x" * 299).problems()] == ["title"]


def test_changes_stand_in_the_order_of_the_form_with_both_values() -> None:
    edit = Edit(Activity.from_response(RESPONSE))
    edit = edit.with_value("location", "").with_value("done", True).with_value("title", "New")
    assert [(change.field.name, change.old, change.new) for change in edit.changes()] == [
        ("title", "Updated Team Sync", "New"),
        ("done", False, True),
        ("location", "Zoom", ""),
    ]


def test_going_back_over_a_save_wishes_the_earlier_values_again() -> None:
    before = Edit(Activity.from_response(RESPONSE))
    saved = Activity.from_response(answered(RESPONSE, {"title": "New", "location": "Room 7"}))
    back = before.rebased(saved, also=("title", "location"))
    assert back.body() == {"title": "Updated Team Sync", "location": "Zoom"}
    assert before.rebased(saved).body() == {}


def test_going_back_over_a_save_to_what_could_not_be_read_is_said() -> None:
    before = Edit(Activity.from_response({**RESPONSE, "title": {"en": "Call"}}))
    back = before.rebased(Activity.from_response(RESPONSE), also=("title",))
    assert [problem.name for problem in back.problems()] == ["title"]
