"""One walk over the field table: each field touched, changed, put back, answered and compared.

The sockets are walked elsewhere; here it is the table itself that is held to its word.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from atz_desktop.domain.activity import Activity
from atz_desktop.domain.edit import Edit
from atz_desktop.domain.fields import ACTIVITY, Field
from atz_desktop.domain.merge import merge
from atz_desktop.domain.values import Attachment, LocalFile, Option, Person, RecordRef, Span
from atz_desktop.domain.verify import FieldResult, verify
from tests.domain.strategies import RESPONSE, answered

BEFORE: dict[str, Any] = {
    **RESPONSE,
    "collaborators": [{"id": 1, "slug": "user_1", "full_name": "Ada", "email": "ada@example.com"}],
    "attendees": {
        "candidates": [{"slug": "candidate_1", "full_name": "Cleo"}],
        "contacts": [{"slug": "contact_1", "full_name": "Carl"}],
        "users": [{"id": 1, "full_name": "Ada", "email": "ada@example.com"}],
    },
    "meeting_link": "https://meet.example/old",
    "attachment": {"file_name": "old.pdf", "file_link": "https://files.example/old"},
}
FILE = LocalFile(Path("/home/ada/new.pdf"), 1234, 7)


def _span(start: str, end: str) -> Span:
    return Span(datetime.fromisoformat(start), datetime.fromisoformat(end))


CHANGES: list[tuple[str, Any, dict[str, Any]]] = [
    ("title", "New", {"title": "New"}),
    ("type", Option(31, "Coffee"), {"activity_type_id": 31}),
    ("importance", Option("critical", "Critical"), {"importance": "critical"}),
    ("done", True, {"mark_as_done": True}),
    (
        "when",
        _span("2024-06-16T09:00", "2024-06-17T00:30"),
        {"end_datetime": "2024-06-17T00:30:00Z"},
    ),
    (
        "when",
        _span("2024-06-16T08:45", "2024-06-16T10:00"),
        {"start_datetime": "2024-06-16T08:45:00Z"},
    ),
    (
        "when",
        _span("2024-06-18T09:00", "2024-06-18T10:00"),
        {"start_datetime": "2024-06-18T09:00:00Z", "end_datetime": "2024-06-18T10:00:00Z"},
    ),
    ("record", RecordRef(1, "candidate_9"), {"related_to": "candidate_9"}),
    ("record", RecordRef(2, "candidate_abc123"), {"related_to_entity": 2}),
    ("record", RecordRef(2, "job_1"), {"related_to_entity": 2, "related_to": "job_1"}),
    ("record", RecordRef(10), {"related_to_entity": 10}),
    ("collaborators", (Person("1"), Person("7")), {"collaborators": "1,7"}),
    ("collaborators", (), {"collaborators": ""}),
    (
        "candidates",
        (Person("candidate_1"), Person("candidate_2")),
        {"candidates_as_attendees": "candidate_1,candidate_2"},
    ),
    ("candidates", (), {"candidates_as_attendees": ""}),
    ("contacts", (Person("contact_2"),), {"contacts_as_attendees": "contact_2"}),
    ("contacts", (), {"contacts_as_attendees": ""}),
    ("users", (Person("7"), Person("1")), {"users_as_attendees": "7,1"}),
    ("users", (), {"users_as_attendees": ""}),
    ("no_invite", False, {"do_not_send_calendar_invite": False}),
    ("link", "https://meet.example/new", {"meeting_link": "https://meet.example/new"}),
    ("link", "", {"meeting_link": ""}),
    ("location", "Room 7", {"location": "Room 7"}),
    ("location", None, {"location": ""}),
    ("description", "Two\nlines", {"description": "Two\nlines"}),
    ("description", "", {"description": ""}),
    ("attachment", FILE, {"attachment": FILE}),
    (
        "attachment",
        Attachment(None, "https://example.com/new.pdf"),
        {"attachment": "https://example.com/new.pdf"},
    ),
]
every_field = pytest.mark.parametrize("field", ACTIVITY.fields, ids=lambda field: field.name)
every_change = pytest.mark.parametrize(("name", "value", "sent"), CHANGES)


def test_the_walk_leaves_no_field_and_no_key_out() -> None:
    assert {name for name, _, _ in CHANGES} == set(ACTIVITY.by_name)
    assert {key for _, _, sent in CHANGES for key in sent} == {
        key for field in ACTIVITY.fields for key in field.mapping.keys
    }


@every_field
def test_a_field_that_nobody_touched_is_not_sent(field: Field) -> None:
    base = Activity.from_response(BEFORE)
    assert Edit(base).body() == {}
    touched = Edit(base).with_value(field.name, base.value(field.name))
    assert (touched.body(), touched.problems(), touched.dirty) == ({}, (), False)


@every_change
def test_a_changed_field_sends_exactly_its_own_keys(
    name: str, value: Any, sent: dict[str, Any]
) -> None:
    edit = Edit(Activity.from_response(BEFORE)).with_value(name, value)
    assert edit.body() == sent
    assert edit.problems() == ()
    assert set(sent) <= set(ACTIVITY.by_name[name].mapping.keys)


@every_change
def test_a_field_that_is_put_back_is_not_sent(name: str, value: Any, sent: dict[str, Any]) -> None:
    base = Activity.from_response(BEFORE)
    edit = Edit(base).with_value(name, value)
    typed_back = edit.with_value(name, Activity.from_response(BEFORE).value(name))
    for back in (edit.without(name), typed_back):
        assert (back.body(), back.dirty) == ({}, False)
        assert back.value(name) == base.value(name)


@every_change
def test_a_field_that_was_stored_is_read_back_as_meant_and_nothing_else_moved(
    name: str, value: Any, sent: dict[str, Any]
) -> None:
    edit = Edit(Activity.from_response(BEFORE)).with_value(name, value)
    proof = verify(edit, Activity.from_response(answered(BEFORE, edit.body())))
    (verdict,) = proof.verdicts
    assert verdict.result is (FieldResult.NAME_STORED if value is FILE else FieldResult.STORED)
    assert proof.is_ok
    assert proof.other_changes == ()


@every_change
def test_a_field_that_was_ignored_is_never_called_saved(
    name: str, value: Any, sent: dict[str, Any]
) -> None:
    edit = Edit(Activity.from_response(BEFORE)).with_value(name, value)
    proof = verify(edit, Activity.from_response(BEFORE))
    assert [verdict.result for verdict in proof.verdicts] == [FieldResult.IGNORED]
    assert not proof.is_ok
    assert proof.not_applied


@every_change
def test_after_its_save_a_field_is_clean_and_can_be_put_back(
    name: str, value: Any, sent: dict[str, Any]
) -> None:
    before = Activity.from_response(BEFORE)
    edit = Edit(before).with_value(name, value)
    after = Activity.from_response(answered(BEFORE, edit.body()))
    again = merge(edit, after)
    assert not again.conflicts or value is FILE
    assert not again.edit.dirty or value is FILE
    back = Edit(after).with_value(name, before.value(name))
    assert set(back.body()) <= set(ACTIVITY.by_name[name].mapping.keys)
    assert set(back.pending) == {name}
