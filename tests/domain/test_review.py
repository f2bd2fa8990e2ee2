"""What a save will do, what leaving would lose, what an earlier save did."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atz_desktop.domain.activity import Activity
from atz_desktop.domain.diff import ChangeType
from atz_desktop.domain.edit import Change, Edit
from atz_desktop.domain.fields import ACTIVITY
from atz_desktop.domain.history import JournalEntry, Outcome
from atz_desktop.domain.review import (
    FieldDiff,
    Review,
    review_entry,
    review_save,
    review_unsaved,
)
from atz_desktop.domain.values import (
    Attachment,
    LocalFile,
    Option,
    Person,
    RecordRef,
    Span,
    Unparsed,
)
from atz_desktop.domain.verify import FieldResult
from tests.domain.strategies import NAMES, edits, new_values

BEFORE = datetime(2024, 1, 1, tzinfo=UTC)
AFTERWARDS = datetime(2030, 1, 1, tzinfo=UTC)

BODY: dict[str, Any] = {
    "id": 42,
    "title": "Interview with Ana",
    "activity_type": {"id": 5, "label": "Interview"},
    "start_date": "2024-06-16",
    "start_time": "10:00",
    "end_time": "11:00",
    "attendees": {
        "candidates": [{"slug": "candidate_1", "full_name": "Ana Lovelace"}],
        "contacts": [],
        "users": [{"id": 7, "full_name": "Bo", "email": "bo@example.com"}],
    },
    "location": "Room 1",
    "description": "The first line.\n" + "Please bring your papers. " * 10 + "See you there.",
    "do_not_send_calendar_invite": False,
    "attachment": {"file_name": "old.pdf", "file_link": "https://f.example/old.pdf"},
}


_NOBODY: dict[str, Any] = {"candidates": [], "contacts": [], "users": []}


def _edit(zone: str = "UTC", body: dict[str, Any] | None = None, **values: Any) -> Edit:
    edit = Edit(Activity.from_response({**BODY, **(body or {})}, zone))
    for name, value in values.items():
        edit = edit.with_value(name, value)
    return edit


def _line(review: Review, name: str) -> FieldDiff:
    return next(line for line in review.diffs if line.name == name)


def test_each_changed_field_is_told_old_and_new_in_the_forms_order() -> None:
    review = review_save(_edit(location="Room 2", title="Interview with Bea"), BEFORE)
    assert [(line.label, line.old, line.new) for line in review.diffs] == [
        ("Title", "Interview with Ana", "Interview with Bea"),
        ("Location", "Room 1", "Room 2"),
    ]
    assert (review.activity_id, review.title) == (42, "Interview with Ana")


def test_people_are_told_by_name_with_who_goes_comes_and_stays() -> None:
    people = (Person("candidate_1", "Ana Lovelace"), Person("candidate_2", "Cid"))
    line = _line(review_save(_edit(candidates=people, users=()), BEFORE), "candidates")
    assert (line.removed, line.added, line.unchanged) == ((), ("Cid",), ("Ana Lovelace",))
    line = _line(review_save(_edit(users=(Person("8"),)), BEFORE), "users")
    assert (line.removed, line.added, line.unchanged) == (("Bo",), ("8",), ())
    assert line.text() == "Users: Removes Bo. Adds 8."


def test_two_people_of_one_name_are_told_apart() -> None:
    people = (Person("candidate_1", "Ana Lovelace"), Person("candidate_9", "Ana Lovelace"))
    line = _line(review_save(_edit(candidates=people), BEFORE), "candidates")
    assert line.added == ("Ana Lovelace (candidate_9)",)


def test_a_long_text_is_told_by_its_changed_words() -> None:
    text = BODY["description"].replace("See you there.", "See you here.")
    line = _line(review_save(_edit(description=text), BEFORE), "description")
    changed = [
        (s.text, s.type) for s in line.segments if s.type in {ChangeType.REMOVED, ChangeType.ADDED}
    ]
    assert changed == [("there.", ChangeType.REMOVED), ("here.", ChangeType.ADDED)]
    assert line.text() == "Description: Removes “there.”. Adds “here.”."


def test_texts_that_have_little_in_common_are_told_whole() -> None:
    line = _line(review_save(_edit(description="Cancelled. " * 20), BEFORE), "description")
    assert not line.segments
    assert line.old.startswith("The first line.")
    assert line.new.startswith("Cancelled.")


def test_a_change_of_nothing_but_blanks_can_be_seen() -> None:
    line = _line(review_save(_edit(title="Interview  with Ana"), BEFORE), "title")
    assert [s.display_text for s in line.segments if s.type is ChangeType.ADDED] == ["·"]


def test_times_are_told_in_the_chosen_zone_and_in_utc() -> None:
    edit = _edit("Europe/Berlin")
    moved = edit.with_value("when", edit.base.span.with_end(datetime(2024, 6, 17, 1, 30)))  # noqa: DTZ001
    line = _line(review_save(moved, BEFORE), "when")
    assert (line.label, line.new, line.new_utc) == (
        "End",
        "Sun 16 Jun 2024, 10:00 – 01:30 the next day (Europe/Berlin)",
        "in UTC: Sun 16 Jun 2024, 08:00 – 23:30",
    )


def test_utc_is_not_said_twice() -> None:
    edit = _edit()
    moved = edit.with_value("when", edit.base.span.with_start(datetime(2024, 6, 17, 9)))  # noqa: DTZ001
    line = _line(review_save(moved, BEFORE), "when")
    assert (line.label, line.old_utc, line.new_utc) == ("When", None, None)


def test_an_hour_that_comes_twice_is_mentioned() -> None:
    edit = _edit("Europe/Berlin")
    twice = edit.base.span.with_start(datetime(2024, 10, 27, 2, 30))  # noqa: DTZ001
    line = _line(review_save(edit.with_value("when", twice), BEFORE), "when")
    assert "comes twice" in line.notes[0]


def test_the_label_is_that_of_the_part_which_alone_differs() -> None:
    record = ACTIVITY.by_name["record"]
    job = RecordRef(2, "job_1")
    assert Change(record, job, RecordRef(2, "job_2")).label == "Related record"
    assert Change(record, job, RecordRef(5, "deal_2")).label == "Related to"
    assert Change(record, None, job).label == "Related to"


def test_a_replaced_file_is_said_to_be_gone_for_good_before_saving() -> None:
    file = LocalFile(Path("new.pdf"), 1200)
    line = _line(review_save(_edit(attachment=file), BEFORE), "attachment")
    assert (line.old, line.new) == ("old.pdf", "new.pdf (1.2 kB)")
    assert line.notes == (
        "After saving, only the name of the file can be checked.",
        "The earlier file can't be brought back from here.",
    )


def test_a_replaced_address_can_be_put_back_so_nothing_is_said() -> None:
    body = {"attachment": "https://f.example/a"}
    edit = _edit(body=body, attachment=Attachment(None, "https://f.example/b"))
    assert _line(review_save(edit, BEFORE), "attachment").notes == ()


def test_what_could_not_be_sent_again_is_said_before_saving() -> None:
    edit = _edit(body={"title": "x" * 101, "importance": None}, title="Short")
    edit = edit.with_value("importance", Option("high", "High"))
    notes = [line.notes[0] for line in review_save(edit, BEFORE).diffs]
    assert notes == [
        f"Once saved, “{'x' * 59}…” can't be put back from here.",
        "Once saved, Importance can't be emptied again from here.",
    ]


class TestMailWarning:
    """ATZ_API.md, "Calendar mail": a PUT may make ATZ send mail."""

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("location", "Room 2"),
            ("link", "https://meet.example/x"),
            ("candidates", ()),
            ("contacts", (Person("contact_1"),)),
            ("users", ()),
            ("when", Span(datetime(2024, 6, 16, 9), datetime(2024, 6, 16, 11))),  # noqa: DTZ001
        ],
    )
    def test_time_place_link_and_attendees_may_mail(self, name: str, value: Any) -> None:
        mail = review_save(_edit(**{name: value}), BEFORE).mail
        assert mail is not None
        assert mail.labels == ("Start" if name == "when" else ACTIVITY.by_name[name].label,)

    @pytest.mark.parametrize(
        ("name", "value"),
        [("title", "x"), ("description", "x"), ("done", True), ("collaborators", (Person("1"),))],
    )
    def test_nothing_else_does(self, name: str, value: Any) -> None:
        assert review_save(_edit(**{name: value}), BEFORE).mail is None

    def test_everybody_is_counted_who_is_or_was_in_the_lists_each_once(self) -> None:
        edit = _edit(candidates=(Person("candidate_2"),), contacts=(Person("candidate_2"),))
        mail = review_save(edit, BEFORE).mail
        assert mail is not None
        assert mail.people == 4
        assert mail.text == (
            "ATZ may mail 4 people about this save, because it changes: Candidates, Contacts."
        )

    def test_without_attendees_there_is_nobody_to_mail(self) -> None:
        assert review_save(_edit(body={"attendees": _NOBODY}, location="x"), BEFORE).mail is None

    def test_of_a_list_that_cannot_be_read_nobody_knows_how_many(self) -> None:
        attendees = {"candidates": [{"slug": None}], "contacts": [], "users": []}
        mail = review_save(_edit(body={"attendees": attendees}, location="x"), BEFORE).mail
        assert mail is not None
        assert mail.people is None
        assert "ATZ may mail the attendees" in mail.text

    def test_suppressed_invites_mail_nobody_whether_held_or_wished(self) -> None:
        held = _edit(body={"do_not_send_calendar_invite": True}, location="x")
        assert review_save(held, BEFORE).mail is None
        assert review_save(_edit(location="x", no_invite=True), BEFORE).mail is None
        taken_back = held.with_value("no_invite", False)
        assert review_save(taken_back, BEFORE).mail is not None

    def test_it_says_when_the_activity_is_over(self) -> None:
        end = datetime(2024, 6, 16, 9, tzinfo=UTC)
        edit = _edit("Europe/Berlin", location="x")
        early = review_save(edit, end).mail
        late = review_save(edit, end + timedelta(minutes=1)).mail
        assert early is not None
        assert late is not None
        assert not early.past
        assert late.text.endswith("The activity is already over.")


def test_a_review_holds_the_exact_request() -> None:
    request = review_save(_edit(title="x"), BEFORE).request
    assert request is not None
    assert (request.method, request.path, request.fields) == (
        "PUT",
        "/v1/activity/42",
        {"title": "x"},
    )


def test_leaving_lists_wrong_values_and_half_typed_text_too() -> None:
    edit = _edit(title="", importance=Option("unheard of"))
    review = review_unsaved(edit, {"users": "Ann", "contacts": ""})
    assert [line.label for line in review.diffs] == ["Title", "Importance"]
    assert [(each.label, each.text) for each in review.unparsed] == [("Users", "Ann")]
    assert review.text().endswith("Users: “Ann” is typed but not finished.")


_HELD = st.fixed_dictionaries(
    {},
    optional={
        name: new_values(name) | st.none() | st.builds(Unparsed, st.text()) for name in NAMES
    },
)
_SENT = st.fixed_dictionaries({}, optional={name: new_values(name) for name in NAMES})


class TestThePast:
    """An entry of the journal, shown like a review."""

    @staticmethod
    def _entry(after: dict[str, Any] | None) -> JournalEntry:
        return JournalEntry(
            id=3,
            at=BEFORE,
            account="a",
            activity_id=42,
            title="Interview",
            before={"title": "Old", "location": "Here", "users": (Person("1", "Bo"),)},
            sent={"title": "New", "location": "There", "users": ()},
            after=after,
            outcome=Outcome.DIFFERENT,
        )

    def test_it_says_what_was_found_of_each_field(self) -> None:
        after = {"title": "New", "location": "Here", "users": (Person("2"),)}
        lines = review_entry(self._entry(after)).diffs
        assert [(line.name, line.verdict.result) for line in lines if line.verdict] == [
            ("title", FieldResult.STORED),
            ("location", FieldResult.IGNORED),
            ("users", FieldResult.ALTERED),
        ]

    def test_without_an_answer_nothing_is_claimed(self) -> None:
        assert [line.verdict for line in review_entry(self._entry(None)).diffs] == [None] * 3

    @given(_HELD, _SENT, st.none() | _HELD)
    def test_whatever_the_journal_holds_can_be_shown(
        self, before: dict[str, Any], sent: dict[str, Any], after: dict[str, Any] | None
    ) -> None:
        entry = JournalEntry(1, BEFORE, "a", 42, "t", before, sent, after, Outcome.VERIFIED)
        review = review_entry(entry)
        assert {line.name for line in review.diffs} == set(sent)
        assert review.text() is not None


@given(edits())
def test_any_allowed_edit_can_be_reviewed_and_every_change_is_told(edit: Edit) -> None:
    review = review_save(edit, AFTERWARDS)
    assert [line.name for line in review.diffs] == [c.field.name for c in edit.changes()]
    assert all(line.label in line.text() for line in review.diffs)


def test_a_zone_that_this_computer_does_not_know_hides_only_the_utc_time() -> None:
    span = Span(datetime(2024, 6, 16, 9), datetime(2024, 6, 16, 10), "Mars/Olympus")  # noqa: DTZ001
    entry = JournalEntry(1, BEFORE, "a", 42, "t", {"when": None}, {"when": span})
    line = review_entry(entry).diffs[0]
    assert line.new == "Sun 16 Jun 2024, 09:00 – 10:00 (Mars/Olympus)"
    assert line.new_utc is None


def test_what_cannot_be_read_is_shown_as_it_came() -> None:
    entry = JournalEntry(1, BEFORE, "a", 42, "t", {"users": Unparsed("{}")}, {"users": ()})
    line = review_entry(entry).diffs[0]
    assert (line.old, line.new) == ("{}", "nobody")


def test_of_a_save_found_as_meant_only_the_unproven_file_is_mentioned() -> None:
    before = {"title": "Old", "attachment": None}
    sent = {"title": "New", "attachment": LocalFile(Path("a.pdf"), 1)}
    after = {"title": "New", "attachment": Attachment("a.pdf", "https://f.example/a")}
    entry = JournalEntry(1, BEFORE, "a", 42, "t", before, sent, after, Outcome.VERIFIED)
    lines = review_entry(entry).diffs
    assert [line.verdict and line.verdict.result for line in lines] == [
        None,
        FieldResult.NAME_STORED,
    ]
