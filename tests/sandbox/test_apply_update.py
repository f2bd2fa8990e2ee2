"""What a PUT does to an activity, and what it leaves alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atz_desktop.sandbox.apply_update import apply_put, as_response
from atz_desktop.sandbox.data import made_up_activities
from atz_desktop.sandbox.people import made_up_book, slug_of
from atz_desktop.sandbox.request_log import Upload
from atz_desktop.sandbox.validation import Problems, Record, ServerOptions, read_form

BOOK = made_up_book()
ACTIVITIES = {activity["id"]: activity for activity in made_up_activities(BOOK)}
KNOWN = slug_of("candidate", 3)
UTC_HABITS = ServerOptions()


def write(
    form: dict[str, Any], activity: Record | None = None, habits: ServerOptions = UTC_HABITS
) -> tuple[Record, Problems]:
    values, problems = read_form(form, as_text=False)
    assert not problems
    draft, problems = apply_put(activity or ACTIVITIES[42], values, BOOK, habits)
    return as_response(draft), problems


def changed(form: dict[str, Any], number: int = 42, habits: ServerOptions = UTC_HABITS) -> Record:
    """What differs afterwards, in the form of GET."""
    after, problems = write(form, ACTIVITIES[number], habits)
    assert problems == {}
    before = as_response(ACTIVITIES[number])
    return {key: after[key] for key in after if key not in before or after[key] != before[key]}


def test_each_field_arrives_in_the_form_of_get_and_nothing_else_changes() -> None:
    assert changed({"title": "New"}) == {"title": "New"}
    assert changed({"activity_type_id": 17}) == {
        "activity_type": {"id": 17, "label": "Reference check"}
    }
    assert changed({"mark_as_done": True}) == {"mark_as_done": True}
    assert changed({"importance": "high", "location": ""}) == {"importance": "high", "location": ""}
    assert changed({"collaborators": "2"}) == {
        "collaborators": [
            {
                "id": 2,
                "slug": slug_of("user", 2),
                "full_name": "Ayşe Yıldırım",
                "email": "user2@agency.example",
            }
        ]
    }
    assert changed({"attachment": "https://example.com/a/Two%20words.pdf?x=1"}) == {
        "attachment": {
            "file_name": "Two words.pdf",
            "file_link": "https://example.com/a/Two%20words.pdf?x=1",
        }
    }


def test_a_list_replaces_its_kind_and_leaves_the_other_kinds() -> None:
    before = ACTIVITIES[42]["attendees"]
    after = changed({"candidates_as_attendees": KNOWN})["attendees"]
    assert after == {
        **before,
        "candidates": [{"slug": KNOWN, "full_name": "José Ángel Muñoz Pérez"}],
    }
    assert changed({"contacts_as_attendees": ""})["attendees"] == {**before, "contacts": []}


def test_a_list_of_an_activity_that_has_none_makes_only_that_list() -> None:
    nothing = {"id": 900}
    assert write({"users_as_attendees": "1"}, nothing)[0] == {
        "id": 900,
        "attendees": {"users": [{"id": 1, "full_name": "John Doe", "email": "john@example.com"}]},
    }


def test_who_stands_in_a_list_already_stays_as_written_there() -> None:
    deleted = ACTIVITIES[27]["attendees"]["candidates"][0]
    form = {"candidates_as_attendees": f"{KNOWN},{deleted['slug']}"}
    assert changed(form, 27)["attendees"]["candidates"][1] == deleted


def test_an_uploaded_file_shows_its_name_and_an_https_link() -> None:
    upload = Upload("attachment", "Zeugnis Ä.pdf", 3, "ab" * 32)
    draft, _ = apply_put(ACTIVITIES[42], {"attachment": upload}, BOOK, UTC_HABITS)
    assert draft["attachment"]["file_name"] == "Zeugnis Ä.pdf"
    assert draft["attachment"]["file_link"].startswith("https://")


def test_a_record_brings_its_kind_and_its_name() -> None:
    job = slug_of("job", 4)
    assert changed({"related_to_entity": 2, "related_to": job}) == {
        "related_to": job,
        "related_record": {"slug": job, "position_name": "UX Researcher"},
        "related_to_type": "job",
    }


def test_a_record_alone_is_looked_for_among_the_kind_that_stands_there() -> None:
    assert changed({"related_to": KNOWN})["related_record"]["full_name"] == "José Ángel Muñoz Pérez"
    assert write({"related_to": slug_of("job", 4)})[1] == {
        "related_to": ["The selected related to is invalid."]
    }


def test_a_kind_alone_must_fit_the_record_that_stands_there() -> None:
    assert list(write({"related_to_entity": 5})[1]) == ["related_to"]
    assert changed({"related_to_entity": 10})["related_to_type"] == "other"


def test_other_takes_any_record_and_none() -> None:
    assert changed({"related_to_entity": 10, "related_to": ""})["related_record"] is None
    assert changed({"related_to_entity": 10, "related_to": "x"})["related_record"] == {"slug": "x"}


@pytest.mark.parametrize("name", ["title", "related_to", "attachment"])
def test_what_is_not_documented_as_clearable_is_refused_done_or_passed_over(name: str) -> None:
    assert list(write({name: ""})[1]) == [name]
    assert changed({name: ""}, habits=ServerOptions(clearing="ignore")) == {}
    assert not changed({name: ""}, habits=ServerOptions(clearing="accept"))[name]


UNKNOWN: list[tuple[dict[str, Any], str, object]] = [
    (
        {"candidates_as_attendees": "candidate_x"},
        "attendees",
        [{"slug": "candidate_x", "full_name": None}],
    ),
    ({"activity_type_id": 4711}, "activity_type", {"id": 4711, "label": None}),
    ({"related_to": "candidate_x"}, "related_record", {"slug": "candidate_x"}),
]


@pytest.mark.parametrize(("form", "key", "stored"), UNKNOWN)
def test_an_unknown_name_is_refused_stored_or_left_out(
    form: dict[str, Any], key: str, stored: object
) -> None:
    (field,) = form
    assert list(write(form)[1]) == [field]
    after = changed(form, habits=ServerOptions(unknown="accept"))[key]
    assert (after["candidates"] if key == "attendees" else after) == stored
    dropped = changed(form, habits=ServerOptions(unknown="drop"))
    assert not dropped or dropped["attendees"]["candidates"] == []


def test_collaborators_may_be_added_instead_of_replaced() -> None:
    added = changed({"collaborators": "1,6"}, habits=ServerOptions(collaborators="add"))
    assert [user["id"] for user in added["collaborators"]] == [3, 6, 1]


def test_times_are_read_and_written_in_the_zone_of_the_account() -> None:
    form = {"start_datetime": "2026-07-01T10:00:00Z", "end_datetime": "2026-07-01T13:15:59+02:00"}
    clock = ("start_date", "start_time", "end_time")
    for zone, expected in {
        "UTC": ("2026-07-01", "10:00", "11:15"),
        "Asia/Kolkata": ("2026-07-01", "15:30", "16:45"),
        "Pacific/Auckland": ("2026-07-01", "22:00", "23:15"),
        "America/Los_Angeles": ("2026-07-01", "03:00", "04:15"),
    }.items():
        after, problems = write(form, habits=ServerOptions(zone=zone))
        assert not problems
        assert tuple(after[key] for key in clock) == expected
    naive = {"start_datetime": "2026-07-01T10:00", "end_datetime": "2026-07-01T11:00"}
    assert write(naive, habits=ServerOptions(zone="Asia/Kolkata"))[0]["start_time"] == "10:00"


@pytest.mark.parametrize(
    "form",
    [
        {"start_datetime": "2026-04-23T10:30:00Z"},
        {"start_datetime": "2026-04-24T08:00:00Z"},
        {"end_datetime": "2026-04-23T09:30:00Z"},
        {"end_datetime": "2026-04-22T23:00:00Z"},
        {"start_datetime": "2026-01-01T10:00:00Z", "end_datetime": "2026-01-01T10:00:30Z"},
    ],
)
def test_an_end_that_is_not_after_the_start_is_refused(form: dict[str, Any]) -> None:
    problems = write(form)[1]
    assert list(problems) == ["end_datetime" if "end_datetime" in form else "start_datetime"]


def test_one_end_of_a_span_alone_keeps_the_other_even_across_midnight() -> None:
    assert changed({"end_datetime": "2026-04-24T01:00:00Z"}) == {"end_time": "01:00"}
    assert changed({"start_datetime": "2026-03-11T08:00:00Z"}, 11) == {
        "start_date": "2026-03-11",
        "start_time": "08:00",
    }
    assert list(write({"start_datetime": "2026-03-13T02:00:00Z"}, ACTIVITIES[11])[1])
    assert changed({"start_datetime": "2026-03-13T01:00:00Z"}, 11)


def test_an_account_knows_the_day_on_which_a_long_activity_ends() -> None:
    values, _ = read_form({"start_datetime": "2026-05-10T15:00:00Z"}, as_text=False)
    once, problems = apply_put(ACTIVITIES[12], values, BOOK, UTC_HABITS)
    assert problems == {}
    assert as_response(once)["end_time"] == "16:00"
    assert "_end_date" not in as_response(once)


def test_a_time_off_the_calendar_is_a_problem_and_no_crash() -> None:
    form = {"start_datetime": "0001-01-01T00:00:00+14:00"}
    assert list(write(form, habits=ServerOptions(zone="America/New_York"))[1]) == ["start_datetime"]


def test_an_activity_without_times_takes_either_end() -> None:
    empty = ACTIVITIES[36]
    assert write({"start_datetime": "2026-01-01T10:00Z"}, empty)[0]["start_time"] == "10:00"
    assert write({"end_datetime": "2026-01-01T10:00Z"}, empty)[0]["end_time"] == "10:00"


FORMS = st.fixed_dictionaries(
    {},
    optional={
        "title": st.text(min_size=1, max_size=100),
        "description": st.text(),
        "location": st.text(max_size=50),
        "importance": st.sampled_from(["low", "normal", "high", "critical"]),
        "mark_as_done": st.booleans(),
        "activity_type_id": st.sampled_from([2, 3, 4, 5, 17, 23]),
        "meeting_link": st.sampled_from(["", "https://a.example/b"]),
        "collaborators": st.sampled_from(["", "1", "3,2"]),
        "users_as_attendees": st.sampled_from(["", "12,1"]),
        "candidates_as_attendees": st.sampled_from(["", KNOWN]),
        "end_datetime": st.sampled_from(["2100-01-01T00:00:00Z"]),
        "attachment": st.sampled_from(["https://a.example/c.pdf"]),
    },
)

SHOWN_AS = {
    "activity_type_id": "activity_type",
    "end_datetime": "end_time",
    "users_as_attendees": "attendees",
    "candidates_as_attendees": "attendees",
}

Reaction = Literal["reject", "accept", "drop"]


@given(st.sampled_from(sorted(ACTIVITIES)), FORMS, st.sampled_from(["reject", "accept", "drop"]))
def test_a_put_touches_its_own_fields_and_does_the_same_when_repeated(
    number: int, form: dict[str, Any], unknown: Reaction
) -> None:
    habits = replace(UTC_HABITS, unknown=unknown)
    before = as_response(ACTIVITIES[number])
    after, problems = write(form, ACTIVITIES[number], habits)
    assert problems == {}
    touched = {SHOWN_AS.get(name, name) for name in form}
    assert {k: v for k, v in after.items() if k not in touched} == {
        k: v for k, v in before.items() if k not in touched
    }
    assert write(form, after, habits)[0] == after
