from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from atz_desktop.domain.fields import ACTIVITY
from atz_desktop.domain.mapping import read_person
from atz_desktop.domain.values import (
    Attachment,
    LocalFile,
    Option,
    Person,
    RecordRef,
    Span,
    Unparsed,
)
from tests.domain.strategies import ZONES, answered, json_values, spans
from tests.lengths import IS_LONG


def read(name: str, zone: str = "UTC", **body: Any) -> Any:
    return ACTIVITY.by_name[name].mapping.read(body, zone)


def write(name: str, value: Any, base: Any = None) -> dict[str, Any]:
    return ACTIVITY.by_name[name].mapping.write(value, base)


def wall(text: str) -> datetime:
    return datetime.fromisoformat(text)


KEYS = {
    "title": ("title",),
    "type": ("activity_type",),
    "importance": ("importance",),
    "done": ("mark_as_done",),
    "when": ("start_date", "start_time", "end_time"),
    "record": ("related_to_type", "related_to", "related_record"),
    "collaborators": ("collaborators",),
    "candidates": ("attendees",),
    "contacts": ("attendees",),
    "users": ("attendees",),
    "no_invite": ("do_not_send_calendar_invite",),
    "link": ("meeting_link",),
    "location": ("location",),
    "description": ("description",),
    "attachment": ("attachment",),
}


DEEP = json_values | st.dictionaries(
    st.sampled_from(("id", "label", "slug", "file_name", "file_link", "candidates", "users")),
    json_values | st.lists(st.dictionaries(st.sampled_from(("id", "slug")), json_values)),
)


@pytest.mark.parametrize("field", ACTIVITY.fields, ids=lambda field: field.name)
@settings(max_examples=25 if IS_LONG else 8)
@given(data=st.data())
def test_whatever_stands_in_an_answer_is_read_and_can_be_shown(
    field: Any, data: st.DataObject
) -> None:
    body = {key: data.draw(DEEP) for key in KEYS[field.name] if data.draw(st.booleans())}
    value = field.mapping.read(body, data.draw(st.sampled_from(ZONES)))
    assert isinstance(field.kind.format(value), str)
    assert field.kind.equal(value, value)
    field.lock_reason(value)
    field.error(value, value)


class TestTexts:
    @pytest.mark.parametrize("name", ["title", "link", "location", "description"])
    def test_a_text_is_read_and_written_as_it_is(self, name: str) -> None:
        (key,) = ACTIVITY.by_name[name].mapping.keys
        assert read(name, **{key: " <b>x</b>\r\n"}) == " <b>x</b>\r\n"
        assert write(name, " x ") == {key: " x "}

    def test_nothing_and_no_key_are_nothing(self) -> None:
        assert read("location", location=None) is None
        assert read("location") is None

    def test_another_form_is_kept_as_it_came(self) -> None:
        assert read("title", title={"en": "Ü"}) == Unparsed('{"en": "Ü"}')

    def test_a_text_is_emptied_by_an_empty_one(self) -> None:
        assert write("description", None, "old") == {"description": ""}

    def test_a_number_is_not_taken_for_a_flag_or_a_flag_for_a_text(self) -> None:
        assert read("done", mark_as_done=1) == Unparsed("1")
        assert read("title", title=True) == Unparsed("true")
        assert read("done", mark_as_done=False) is False
        assert read("done", mark_as_done="") is None


class TestImportance:
    def test_a_documented_word_gets_its_label(self) -> None:
        assert read("importance", importance="high") == Option("high", "High")
        assert write("importance", Option("high", "High")) == {"importance": "high"}

    def test_an_unknown_word_is_kept_and_an_empty_one_is_nothing(self) -> None:
        assert read("importance", importance="urgent") == Option("urgent")
        assert read("importance", importance="") is None
        assert read("importance", importance=None) is None
        assert read("importance", importance=3) == Unparsed("3")


class TestType:
    @pytest.mark.parametrize(
        ("found", "value"),
        [
            ({"id": 3, "label": "Task"}, Option(3, "Task")),
            ({"id": 31, "label": None}, Option(31)),
            ({"id": "31", "label": 7}, Option(31)),
            (31, Option(31)),
            ({"id": 0, "label": "None"}, Option(0, "None")),
            (None, None),
            ({}, None),
            ("", None),
            ({"label": "Task"}, Unparsed('{"label": "Task"}')),
            ({"id": True}, Unparsed('{"id": true}')),
            ({"id": 2.0}, Unparsed('{"id": 2.0}')),
            ({"id": 2**63 - 1}, Option(2**63 - 1)),
            ({"id": 2**63}, Unparsed('{"id": 9223372036854775808}')),
            ("Task", Unparsed("Task")),
            ([3], Unparsed("[3]")),
        ],
    )
    def test_it_is_read_in_every_form(self, found: Any, value: Any) -> None:
        assert read("type", activity_type=found) == value

    def test_an_endless_number_is_no_type(self) -> None:
        assert isinstance(read("type", activity_type={"id": "9" * 5000}), Unparsed)

    def test_only_the_number_is_written(self) -> None:
        assert write("type", Option(31, "Coffee")) == {"activity_type_id": 31}


class TestPeople:
    def test_users_are_read_by_number_and_candidates_by_slug(self) -> None:
        user = {"id": 7, "slug": "user_7", "full_name": "Ada", "email": "ada@example.com"}
        assert read("collaborators", collaborators=[user]) == (
            Person("7", "Ada", "ada@example.com"),
        )
        candidate = {"slug": "candidate_1", "full_name": " "}
        assert read("candidates", attendees={"candidates": [candidate]}) == (Person("candidate_1"),)

    @pytest.mark.parametrize("number", [7, "7", "007"])
    def test_one_user_has_one_key_however_the_number_is_written(self, number: Any) -> None:
        assert read_person({"id": number}, "id") == Person("7")

    @pytest.mark.parametrize(
        "body",
        [
            {"attendees": None},
            {"attendees": []},
            {"attendees": {"candidates": None}},
            {"attendees": {"candidates": []}},
        ],
    )
    def test_a_list_that_is_said_to_be_empty_is_nobody(self, body: dict[str, Any]) -> None:
        assert read("candidates", **body) == ()
        assert ACTIVITY.by_name["candidates"].lock_reason(()) is None

    @pytest.mark.parametrize("body", [{}, {"attendees": {}}, {"attendees": {"users": []}}])
    def test_a_list_that_is_left_out_is_not_taken_for_an_empty_one(
        self, body: dict[str, Any]
    ) -> None:
        """Adding one guest would replace a list that nobody has seen."""
        value = read("candidates", **body)
        assert value == Unparsed("not said")
        assert ACTIVITY.by_name["candidates"].lock_reason(value) is not None

    @pytest.mark.parametrize(
        "member", [None, 7, "candidate_1", {}, {"slug": None}, {"slug": ""}, {"slug": 7}, []]
    )
    def test_one_member_without_a_slug_makes_the_list_unreadable(self, member: Any) -> None:
        found = [{"slug": "candidate_1"}, member]
        value = read("candidates", attendees={"candidates": found})
        assert isinstance(value, Unparsed)
        assert ACTIVITY.by_name["candidates"].lock_reason(value) is not None

    @pytest.mark.parametrize("name", ["candidates", "contacts", "users"])
    def test_one_list_for_all_kinds_of_attendees_is_nobodys_own(self, name: str) -> None:
        everybody = [{"id": 1, "slug": "candidate_1"}, {"id": 2, "slug": "contact_2"}]
        value = read(name, attendees=everybody)
        assert isinstance(value, Unparsed)
        assert ACTIVITY.by_name[name].lock_reason(value) is not None

    @pytest.mark.parametrize("found", ["1,2", {"1": {}}, 7, True])
    def test_what_is_no_list_is_unreadable(self, found: Any) -> None:
        assert isinstance(read("users", attendees={"users": found}), Unparsed)

    def test_somebody_who_is_listed_twice_stands_there_once(self) -> None:
        twice = [{"slug": "a_1"}, {"slug": "b_2"}, {"slug": "a_1", "full_name": "Ada"}]
        value = read("candidates", attendees={"candidates": twice})
        assert [person.key for person in value] == ["a_1", "b_2"]

    def test_a_list_is_written_whole_without_repeating_anybody(self) -> None:
        people = (Person("3"), Person("1"), Person("3", "Ada"))
        assert write("users", people) == {"users_as_attendees": "3,1"}

    @pytest.mark.parametrize("name", ["candidates", "contacts", "users", "collaborators"])
    def test_an_emptied_list_is_written_as_an_empty_text(self, name: str) -> None:
        (key,) = ACTIVITY.by_name[name].mapping.keys
        assert write(name, (), (Person("1"),)) == {key: ""}


class TestSpan:
    def read(self, start_date: Any, start_time: Any, end_time: Any, zone: str = "UTC") -> Any:
        return read("when", zone, start_date=start_date, start_time=start_time, end_time=end_time)

    def test_the_pieces_become_a_start_and_an_end(self) -> None:
        assert self.read("2024-06-16", "09:00", "10:00", "Europe/Berlin") == Span(
            wall("2024-06-16T09:00"), wall("2024-06-16T10:00"), "Europe/Berlin"
        )

    def test_seconds_are_left_out(self) -> None:
        assert self.read("2024-06-16", "09:00:00", "10:00:59.5") == Span(
            wall("2024-06-16T09:00"), wall("2024-06-16T10:00")
        )

    def test_an_end_before_the_start_on_the_clock_is_the_next_day(self) -> None:
        assert self.read("2024-12-31", "23:00", "00:30") == Span(
            wall("2024-12-31T23:00"), wall("2025-01-01T00:30")
        )

    @pytest.mark.parametrize("clock", ["00:00", "09:00", "23:59"])
    def test_an_end_at_the_very_time_of_the_start_is_the_next_day_too(self, clock: str) -> None:
        assert self.read("2024-06-16", clock, clock) == Span(
            wall(f"2024-06-16T{clock}"), wall(f"2024-06-17T{clock}")
        )

    @pytest.mark.parametrize("nothing", [None, ""])
    def test_no_pieces_are_no_times(self, nothing: Any) -> None:
        assert self.read(nothing, nothing, nothing, "Asia/Kolkata") == Span(zone="Asia/Kolkata")

    def test_a_start_without_an_end_is_one(self) -> None:
        assert self.read("2024-06-16", "09:00", None) == Span(wall("2024-06-16T09:00"))

    @pytest.mark.parametrize(
        ("pieces", "shown"),
        [
            ((None, None, "10:00"), "10:00"),
            (("2024-06-16", None, None), "2024-06-16"),
            (("2024-06-16", "9 am", "10:00"), "2024-06-16, 9 am, 10:00"),
            (("16.06.2024", "09:00", "10:00"), "16.06.2024, 09:00, 10:00"),
            (("2024-06-16", "24:00", "10:00"), "2024-06-16, 24:00, 10:00"),
            ((20240616, "09:00", [10]), "20240616, 09:00, [10]"),
        ],
    )
    def test_anything_less_is_kept_as_it_came(self, pieces: tuple[Any, ...], shown: str) -> None:
        assert self.read(*pieces) == Unparsed(shown)

    @pytest.mark.parametrize("start_time", ["09:00Z", "09:00+02:00"])
    def test_a_time_with_an_offset_is_not_read_as_if_it_had_none(self, start_time: str) -> None:
        assert isinstance(self.read("2024-06-16", start_time, "10:00"), Unparsed)

    @pytest.mark.parametrize("date", ["0001-01-01", "9999-12-31"])
    def test_a_date_at_the_end_of_the_calendar_is_no_reason_to_fail(self, date: str) -> None:
        assert self.read(date, "10:00", "09:00", "Asia/Kolkata") == Unparsed(
            f"{date}, 10:00, 09:00"
        )

    def test_the_end_alone_sends_only_the_end(self) -> None:
        base = Span(wall("2024-06-16T09:00"), wall("2024-06-16T10:00"))
        assert write("when", base.with_end(wall("2024-06-16T11:30")), base) == {
            "end_datetime": "2024-06-16T11:30:00Z"
        }

    def test_a_moved_start_carries_the_end_along_so_that_both_are_sent(self) -> None:
        base = Span(wall("2024-06-16T23:30"), wall("2024-06-17T00:30"))
        assert write("when", base.with_start(wall("2024-06-17T08:00")), base) == {
            "start_datetime": "2024-06-17T08:00:00Z",
            "end_datetime": "2024-06-17T09:00:00Z",
        }

    def test_both_are_sent_where_atz_holds_none(self) -> None:
        value = Span(wall("2024-06-16T09:00"), wall("2024-06-16T10:00"))
        for base in (None, Span(), Unparsed("10:00")):
            assert set(write("when", value, base)) == {"start_datetime", "end_datetime"}

    @pytest.mark.parametrize(
        ("zone", "local", "stamp"),
        [
            ("UTC", "2024-06-16T09:00", "2024-06-16T09:00:00Z"),
            ("Europe/Berlin", "2024-06-16T09:00", "2024-06-16T07:00:00Z"),
            ("Europe/Berlin", "2024-12-16T00:30", "2024-12-15T23:30:00Z"),
            ("Europe/Berlin", "2024-03-31T03:00", "2024-03-31T01:00:00Z"),
            ("Europe/Berlin", "2024-10-27T02:30", "2024-10-27T00:30:00Z"),
            ("America/New_York", "2024-11-03T01:30", "2024-11-03T05:30:00Z"),
            ("Australia/Lord_Howe", "2024-01-01T12:00", "2024-01-01T01:00:00Z"),
            ("UTC", "0999-01-01T00:00", "0999-01-01T00:00:00Z"),
        ],
    )
    def test_a_time_is_sent_in_utc_by_the_rules_of_its_day(
        self, zone: str, local: str, stamp: str
    ) -> None:
        assert write("when", Span(wall(local), None, zone)) == {"start_datetime": stamp}

    @given(st.data(), st.sampled_from(ZONES))
    def test_what_is_written_is_read_back_the_same(self, data: st.DataObject, zone: str) -> None:
        value = data.draw(spans(zone))
        body = answered({}, write("when", value), zone)
        assert read("when", zone, **body) == value

    @given(st.data(), st.sampled_from(ZONES), st.sampled_from(ZONES))
    def test_another_zone_writes_nothing(self, data: st.DataObject, one: str, other: str) -> None:
        base = data.draw(spans(one))
        assert write("when", base.in_zone(other), base) == {}


class TestRecord:
    @pytest.mark.parametrize(
        ("word", "entity"),
        [
            ("candidate", 1),
            ("Job", 2),
            ("organization", 3),
            ("contact", 4),
            ("DEAL", 5),
            ("other", 10),
            ("project", "project"),
            ("", None),
            (None, None),
        ],
    )
    def test_the_word_of_an_answer_becomes_the_number_of_a_request(
        self, word: str | None, entity: Any
    ) -> None:
        assert read("record", related_to_type=word, related_to="x_1") == RecordRef(entity, "x_1")

    @pytest.mark.parametrize("key", ["full_name", "position_name", "name"])
    def test_the_name_is_found_under_the_key_of_its_entity(self, key: str) -> None:
        record = {"slug": "x_1", key: "Ada"}
        value = read("record", related_to_type="job", related_to="x_1", related_record=record)
        assert value == RecordRef(2, "x_1", "Ada")

    def test_the_slug_is_taken_from_the_record_where_it_stands_nowhere_else(self) -> None:
        assert read("record", related_to=None, related_record={"slug": "x_1"}) == RecordRef(
            None, "x_1"
        )

    @pytest.mark.parametrize("record", [None, [], "x", {"slug": 7}, {"name": 7}])
    def test_a_record_of_another_form_does_no_harm(self, record: Any) -> None:
        value = read("record", related_to_type="job", related_to="x_1", related_record=record)
        assert value == RecordRef(2, "x_1")

    def test_a_word_or_slug_of_another_form_is_kept_as_it_came(self) -> None:
        assert read("record", related_to_type=1, related_to="x_1") == Unparsed('[1, "x_1"]')
        assert read("record", related_to={"slug": "x_1"}) == Unparsed('[null, {"slug": "x_1"}]')

    def test_only_the_part_that_differs_is_written(self) -> None:
        base = RecordRef(1, "a_1")
        assert write("record", RecordRef(1, "b_2"), base) == {"related_to": "b_2"}
        assert write("record", RecordRef(2, "a_1"), base) == {"related_to_entity": 2}
        assert write("record", RecordRef(10), base) == {"related_to_entity": 10}
        assert write("record", RecordRef(2, "b_2"), base) == {
            "related_to_entity": 2,
            "related_to": "b_2",
        }

    def test_both_parts_are_written_where_atz_holds_nothing_readable(self) -> None:
        for base in (None, RecordRef(), Unparsed("[1]")):
            assert write("record", RecordRef(1, "a_1"), base) == {
                "related_to_entity": 1,
                "related_to": "a_1",
            }


class TestAttachment:
    @pytest.mark.parametrize(
        ("found", "value"),
        [
            (
                {"file_name": "cv.pdf", "file_link": "https://x/1"},
                Attachment("cv.pdf", "https://x/1"),
            ),
            ({"file_name": "cv.pdf", "file_link": None}, Attachment("cv.pdf")),
            ({"file_name": None, "file_link": None}, None),
            ("https://x/1", Attachment(None, "https://x/1")),
            (None, None),
            ("", None),
            ({}, None),
            ([], None),
            ([{"file_name": "a"}], Unparsed('[{"file_name": "a"}]')),
            ({"file_name": 7}, Unparsed('{"file_name": 7}')),
        ],
    )
    def test_it_is_read_in_every_form(self, found: Any, value: Any) -> None:
        assert read("attachment", attachment=found) == value

    def test_several_attachments_are_not_replaced_by_one(self) -> None:
        value = read("attachment", attachment=[{"file_name": "a"}, {"file_name": "b"}])
        assert ACTIVITY.by_name["attachment"].lock_reason(value) is not None

    def test_a_file_is_handed_on_and_an_address_is_written_as_text(self) -> None:
        file = LocalFile(Path("/home/ada/cv.pdf"), 7)
        assert write("attachment", file) == {"attachment": file}
        assert write("attachment", Attachment(None, "https://x/1")) == {"attachment": "https://x/1"}
