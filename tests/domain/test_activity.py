from __future__ import annotations

import copy
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings

from atz_desktop.domain.activity import Activity, validate_response
from atz_desktop.domain.edit import Edit
from atz_desktop.domain.fields import ACTIVITY
from atz_desktop.domain.values import Option, Person, RecordRef, Span, Unparsed
from tests.domain.strategies import RESPONSE, ZONES, bodies, odd_bodies
from tests.lengths import examples


def test_the_example_of_atz_is_read_as_it_stands() -> None:
    activity = Activity.from_response(RESPONSE, "Europe/Berlin")
    john = Person("1", "John Doe", "john@example.com")
    assert activity.id == 42
    assert dict(activity.values) == {
        "title": "Updated Team Sync",
        "type": Option(3, "Task"),
        "importance": Option("normal", "Normal"),
        "done": False,
        "when": Span(
            datetime.fromisoformat("2024-06-16T09:00"),
            datetime.fromisoformat("2024-06-16T10:00"),
            "Europe/Berlin",
        ),
        "record": RecordRef(1, "candidate_abc123"),
        "collaborators": (),
        "candidates": (),
        "contacts": (),
        "users": (),
        "no_invite": True,
        "link": "",
        "location": "Zoom",
        "description": "Rescheduled sync",
        "attachment": None,
    }
    assert (activity.created_by, activity.updated_by) == (john, john)
    assert activity.created_at == datetime(2024, 6, 15, 10, tzinfo=UTC)
    assert activity.updated_at == datetime(2024, 6, 16, 8, 30, tzinfo=UTC)
    assert dict(activity.body) == RESPONSE
    assert Edit(activity).body() == {}


@given(odd_bodies)
def test_no_field_of_an_answer_can_stop_a_load(body: dict[str, Any]) -> None:
    before = copy.deepcopy(body)
    activity = Activity.from_response(body)
    assert activity.id == body["id"]
    assert set(activity.values) == {field.name for field in ACTIVITY.fields}
    assert Edit(activity).body() == {}
    assert body == before


@pytest.mark.parametrize("key", sorted(set(RESPONSE) - {"id"}))
def test_a_field_that_is_null_missing_or_odd_leaves_the_others_as_they_are(key: str) -> None:
    whole = Activity.from_response(RESPONSE)
    missing = {name: value for name, value in RESPONSE.items() if name != key}
    odd: tuple[Any, ...] = (None, "", [], {}, 0, "?")
    for body in (missing, *({**missing, key: value} for value in odd)):
        activity = Activity.from_response(body)
        others = {name for name in whole.values if whole.value(name) != activity.value(name)}
        assert len(others) <= (3 if key == "attendees" else 1)


def test_nothing_but_an_id_is_an_activity() -> None:
    activity = Activity.from_response({"id": 7})
    assert activity.value("title") is None
    assert activity.value("candidates") == Unparsed("not said")
    assert activity.span == Span()
    assert activity.created_by is None
    assert activity.updated_at is None


def test_fields_that_nobody_knows_are_kept_in_the_answer() -> None:
    assert Activity.from_response({**RESPONSE, "color": {"red": 1}}).body["color"] == {"red": 1}


def test_what_was_read_does_not_change_with_the_answer() -> None:
    body = copy.deepcopy(RESPONSE)
    activity = Activity.from_response(body)
    body["title"] = "changed"
    body["activity_type"]["id"] = 99
    assert activity == Activity.from_response(RESPONSE)
    assert dict(activity.body) == RESPONSE
    with pytest.raises(TypeError):
        activity.values["title"] = "changed"  # type: ignore[index]


def test_half_of_a_character_can_be_shown_and_kept() -> None:
    candidate = {"slug": "candidate_1", "full_name": "Z\udfff"}
    body = {"id": 7, "title": "a\ud83d", "attendees": {"candidates": [candidate]}}
    activity = Activity.from_response(body)
    assert activity.value("title") == "a\ufffd"
    assert activity.value("candidates") == (Person("candidate_1", "Z\ufffd"),)
    assert repr(activity).encode()


@pytest.mark.parametrize(
    ("found", "instant"),
    [
        ("2024-06-15T10:00:00Z", datetime(2024, 6, 15, 10, tzinfo=UTC)),
        ("2024-06-15T12:00:00.123+02:00", datetime(2024, 6, 15, 10, 0, 0, 123000, UTC)),
        ("2024-06-15T10:00:00", None),
        ("0001-01-01T00:00:00Z", None),
        ("9999-12-31T23:59:59Z", None),
        ("yesterday", None),
        (1718445600, None),
        (None, None),
    ],
)
def test_a_stamp_is_an_instant_or_nothing(found: Any, instant: datetime | None) -> None:
    assert Activity.from_response({"id": 7, "updated_at": found}).updated_at == instant


@pytest.mark.parametrize("found", [None, "John", {}, {"id": None}, {"full_name": "John"}, [1]])
def test_somebody_without_an_id_is_nobody(found: Any) -> None:
    assert Activity.from_response({"id": 7, "created_by": found}).created_by is None


@settings(max_examples=examples(40))
@given(bodies)
def test_another_zone_changes_nothing_but_the_zone(body: dict[str, Any]) -> None:
    activity = Activity.from_response(body)
    for zone in ZONES:
        moved = activity.in_zone(zone)
        assert moved == Activity.from_response(body, zone)
        assert Edit(activity).rebased(moved).body() == {}
        for field in ACTIVITY.fields:
            assert field.kind.equal(activity.value(field.name), moved.value(field.name))


def test_another_zone_keeps_values_that_were_laid_over_the_answer() -> None:
    activity = Activity.from_response(RESPONSE).with_values({"title": "mine"})
    assert activity.in_zone("Asia/Kolkata").value("title") == "mine"
    assert activity.value("location") == "Zoom"


def test_an_activity_is_handed_on_exactly_as_it_came() -> None:
    came = {"id": 42, "title": None, "colour": [1, {"a": 2.0}], "attendees": "gone"}
    assert validate_response(came, 42) is came


@pytest.mark.parametrize(
    "value",
    [None, [], "42", 42, {}, {"id": "42"}, {"id": True}, {"id": 42.0}, {"id": None}, [{"id": 42}]],
)
def test_what_has_no_integer_id_is_no_activity(value: object) -> None:
    with pytest.raises(ValueError, match=r"id|the answer"):
        validate_response(value, 42)


def test_another_activity_than_the_one_asked_for_is_no_answer() -> None:
    with pytest.raises(ValueError, match="activity 43 instead of 42"):
        validate_response({"id": 43}, 42)


def test_what_is_said_of_a_wrong_answer_holds_nothing_of_it() -> None:
    with pytest.raises(ValueError, match="id") as caught:
        validate_response({"id": "Jane Doe"}, 42)
    assert "Jane" not in str(caught.value)
