from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from atz_desktop.domain.activity import Activity
from atz_desktop.domain.edit import Edit
from atz_desktop.domain.fields import ACTIVITY
from atz_desktop.domain.values import Attachment, LocalFile, Option, Person, Span
from atz_desktop.domain.verify import FieldResult, verify
from tests.domain.strategies import RESPONSE, ZONES, answered, colleagues, edits
from tests.lengths import examples

CV = LocalFile(Path("/home/ada/cv.pdf"), 1234)
NEW_SPAN = Span(
    datetime.fromisoformat("2024-06-16T09:00"), datetime.fromisoformat("2024-06-16T11:00")
)


def read(zone: str = "UTC", **changed: Any) -> Activity:
    return Activity.from_response({**RESPONSE, **changed}, zone)


def results(edit: Edit, answer: Activity) -> dict[str, FieldResult]:
    return {v.field.name: v.result for v in verify(edit, answer).verdicts}


@settings(max_examples=examples(60))
@given(edits(files=False))
def test_what_atz_stored_is_called_stored_and_nothing_else_is_reported(edit: Edit) -> None:
    zone = edit.base.zone
    proof = verify(edit, Activity.from_response(answered(edit.base.body, edit.body(), zone), zone))
    assert {v.field.name for v in proof.verdicts} == set(edit.pending)
    assert all(v.result is FieldResult.STORED for v in proof.verdicts)
    assert proof.is_ok
    assert proof.other_changes == ()
    assert not proof.not_applied
    assert not proof.times_changed


@settings(max_examples=examples(60))
@given(edits())
def test_what_atz_ignored_is_called_ignored(edit: Edit) -> None:
    proof = verify(edit, edit.base)
    expected = {FieldResult.IGNORED, FieldResult.UNPROVEN}
    assert all(v.result in expected for v in proof.verdicts)
    assert proof.is_ok is not edit.dirty
    told = {name for name in edit.pending if name != "attachment"}
    assert proof.not_applied or not told


@settings(max_examples=examples(60))
@given(st.data())
def test_good_means_that_every_sent_field_holds_what_was_meant(data: st.DataObject) -> None:
    edit = data.draw(edits())
    answer = data.draw(colleagues(edit.base))
    proof = verify(edit, answer)
    for verdict in proof.verdicts:
        meant, now, same = verdict.sent, verdict.actual, verdict.field.kind.equal
        if verdict.result is FieldResult.STORED:
            assert verdict.field.kind.matches_server(meant, now)
        if verdict.result is FieldResult.ALTERED:
            assert not same(meant, now)
            assert not same(verdict.before, now)
        if verdict.result is FieldResult.IGNORED:
            assert same(verdict.before, now)
    assert proof.is_ok is all(verdict.is_ok for verdict in proof.verdicts)
    others = {change.field.name for change in proof.other_changes}
    for field in ACTIVITY.fields:
        moved = not field.kind.equal(edit.base.value(field.name), answer.value(field.name))
        assert (field.name in others) is (moved and field.name not in edit.pending)


def test_an_altered_field_says_what_atz_holds_instead() -> None:
    edit = Edit(read()).with_value("title", "  New  ").with_value("location", "Room 7")
    proof = verify(edit, read(title="New", location="Room 7"))
    title, location = proof.verdicts
    assert (title.before, title.sent, title.actual) == ("Updated Team Sync", "  New  ", "New")
    assert (title.result, location.result) == (FieldResult.ALTERED, FieldResult.STORED)
    assert not title.is_ok
    assert not proof.is_ok
    assert not proof.not_applied


def test_a_field_that_the_answer_leaves_out_is_not_called_stored() -> None:
    body = {key: value for key, value in RESPONSE.items() if key != "attendees"}
    before = read(attendees={"candidates": [], "contacts": [], "users": [{"id": 7}]})
    edit = Edit(before).with_value("users", ())
    assert results(edit, Activity.from_response(body)) == {"users": FieldResult.ALTERED}


def test_a_list_to_which_atz_only_added_is_altered() -> None:
    """ATZ_API.md: whether `collaborators` replaces or adds is not documented."""
    before = read(collaborators=[{"id": 1}])
    edit = Edit(before).with_value("collaborators", (Person("2"),))
    assert results(edit, read(collaborators=[{"id": 1}, {"id": 2}])) == {
        "collaborators": FieldResult.ALTERED
    }
    assert results(edit, read(collaborators=[{"id": "2", "full_name": "Bo"}])) == {
        "collaborators": FieldResult.STORED
    }


def test_a_new_label_of_the_type_is_no_difference() -> None:
    edit = Edit(read()).with_value("type", Option(31))
    assert results(edit, read(activity_type={"id": 31, "label": "Coffee"})) == {
        "type": FieldResult.STORED
    }


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_other_line_ends_are_no_difference(end: str) -> None:
    edit = Edit(read()).with_value("description", "one\ntwo")
    assert results(edit, read(description=f"one{end}two")) == {"description": FieldResult.STORED}


class TestFiles:
    HELD = Attachment("cv.pdf", "https://files.example/1")

    def test_of_a_new_file_the_name_is_all_that_can_be_proved(self) -> None:
        edit = Edit(read()).with_value("attachment", CV)
        held = {"file_name": "cv.pdf", "file_link": "https://files.example/2"}
        proof = verify(edit, read(attachment=held))
        assert [v.result for v in proof.verdicts] == [FieldResult.NAME_STORED]
        assert proof.is_ok

    def test_a_newer_file_of_the_same_name_at_the_same_address_is_unproven(self) -> None:
        held = {"file_name": "cv.pdf", "file_link": "https://files.example/1"}
        edit = Edit(read(attachment=held)).with_value("attachment", CV)
        proof = verify(edit, read(attachment=held))
        assert [v.result for v in proof.verdicts] == [FieldResult.UNPROVEN]
        assert not proof.is_ok
        assert not proof.not_applied

    def test_a_newer_file_of_the_same_name_at_another_address_is_there(self) -> None:
        held = {"file_name": "cv.pdf", "file_link": "https://files.example/1"}
        edit = Edit(read(attachment=held)).with_value("attachment", CV)
        proof = verify(edit, read(attachment={**held, "file_link": "https://files.example/2"}))
        assert [v.result for v in proof.verdicts] == [FieldResult.NAME_STORED]

    def test_the_other_fields_tell_whether_anything_was_applied(self) -> None:
        held = {"file_name": "cv.pdf", "file_link": "https://files.example/1"}
        edit = Edit(read(attachment=held)).with_value("attachment", CV).with_value("title", "New")
        assert verify(edit, read(attachment=held)).not_applied
        assert not verify(edit, read(attachment=held, title="New")).not_applied

    def test_another_file_and_no_file_are_told_apart(self) -> None:
        edit = Edit(read()).with_value("attachment", CV)
        other = {"file_name": "other.pdf", "file_link": "https://files.example/3"}
        assert results(edit, read(attachment=other)) == {"attachment": FieldResult.ALTERED}
        assert results(edit, read(attachment=None)) == {"attachment": FieldResult.IGNORED}


class TestTimes:
    @pytest.mark.parametrize("zone", [zone for zone in ZONES if zone != "UTC"])
    def test_a_wrong_time_zone_is_recognised(self, zone: str) -> None:
        """ATZ works in UTC here, and another zone was chosen."""
        edit = Edit(read(zone)).with_value("when", NEW_SPAN)
        after = Activity.from_response(answered(RESPONSE, edit.body(), "UTC"), zone)
        proof = verify(edit, after)
        assert proof.times_changed
        assert not proof.is_ok

    def test_the_right_time_zone_is_not_suspected(self) -> None:
        edit = Edit(read("Europe/Berlin")).with_value("when", NEW_SPAN)
        after = answered(RESPONSE, edit.body(), "Europe/Berlin")
        proof = verify(edit, Activity.from_response(after, "Europe/Berlin"))
        assert proof.is_ok
        assert not proof.times_changed

    def test_times_that_atz_ignored_say_nothing_of_the_zone(self) -> None:
        edit = Edit(read()).with_value("when", NEW_SPAN)
        assert results(edit, read()) == {"when": FieldResult.IGNORED}
        assert not verify(edit, read()).times_changed

    def test_a_start_that_was_not_sent_says_nothing_of_the_zone(self) -> None:
        edit = Edit(read()).with_value("when", NEW_SPAN)
        assert set(edit.body()) == {"end_datetime"}
        moved = verify(edit, read(start_time="08:00", end_time="11:00"))
        assert [v.result for v in moved.verdicts] == [FieldResult.ALTERED]
        assert not moved.times_changed
        assert verify(edit, read(end_time="13:00")).times_changed

    def test_times_that_cannot_be_read_back_say_nothing_of_the_zone(self) -> None:
        edit = Edit(read()).with_value("when", NEW_SPAN)
        proof = verify(edit, read(start_time="9 am"))
        assert [v.result for v in proof.verdicts] == [FieldResult.ALTERED]
        assert not proof.times_changed

    def test_times_where_there_were_none_are_compared_whole(self) -> None:
        before = read(start_date=None, start_time=None, end_time=None)
        edit = Edit(before).with_value("when", NEW_SPAN)
        assert results(edit, read(end_time="11:00")) == {"when": FieldResult.STORED}
        assert verify(edit, read(start_time="11:00", end_time="13:00")).times_changed


def test_nothing_sent_proves_nothing() -> None:
    proof = verify(Edit(read()), read(title="theirs"))
    assert proof.verdicts == ()
    assert proof.is_ok
    assert not proof.not_applied
    assert [change.field.name for change in proof.other_changes] == ["title"]
