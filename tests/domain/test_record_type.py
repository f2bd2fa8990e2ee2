"""A second kind of record is a table: nothing in the domain knows the activity's fields by name."""

from __future__ import annotations

from datetime import UTC, datetime

from atz_desktop.domain.activity import Activity
from atz_desktop.domain.edit import Edit
from atz_desktop.domain.fields import ACTIVITY, Field, RecordType
from atz_desktop.domain.kinds import Flag, People, Text
from atz_desktop.domain.mapping import PeopleList, Scalar
from atz_desktop.domain.merge import merge
from atz_desktop.domain.review import preview_request, review_save
from atz_desktop.domain.values import Person
from atz_desktop.domain.verify import verify

NOTE = RecordType(
    name="note",
    path="/v1/note",
    update_method="PATCH",
    title="heading",
    fields=(
        Field("heading", "Heading", Text(20, required=True), Scalar("title", str, False), "What"),
        Field("pinned", "Pinned", Flag(), Scalar("is_pinned", bool, False), "What"),
        Field(
            "readers",
            "Readers",
            People("id", "user"),
            PeopleList("readers", "readers", "id"),
            "Who",
            triggers_mail=True,
        ),
    ),
)


def note(
    heading: str = "Call back", pinned: bool = False, readers: tuple[int, ...] = ()
) -> Activity:
    body = {"id": 7, "title": heading, "is_pinned": pinned, "readers": [{"id": n} for n in readers]}
    return Activity.from_response(body, record_type=NOTE)


def test_a_note_is_read_and_its_changes_make_a_request_with_nothing_else() -> None:
    edit = Edit(note()).with_value("heading", "Call back on Friday").with_value("pinned", True)

    assert edit.base.title == "Call back"
    assert edit.body() == {"title": "Call back on Friday", "is_pinned": True}
    request = preview_request(edit)
    assert (request.method, request.path) == ("PATCH", "/v1/note/7")


def test_what_a_note_must_not_hold_is_said_in_the_order_of_its_fields() -> None:
    edit = Edit(note()).with_value("readers", (Person("x"),)).with_value("heading", "n" * 21)

    assert [problem.name for problem in edit.problems()] == ["heading", "readers"]


def test_changes_of_a_colleague_and_ones_own_are_merged_and_conflicts_found() -> None:
    mine = Edit(note(readers=(1,))).with_value("heading", "Mine").with_value("pinned", True)

    merged = merge(mine, note(heading="Theirs", readers=(1, 2)))

    assert [conflict.field.name for conflict in merged.conflicts] == ["heading"]
    assert [change.field.name for change in merged.remote_changes] == ["readers"]
    assert merged.edit.body() == {"title": "Mine", "is_pinned": True}


def test_a_saved_note_is_compared_with_what_was_sent() -> None:
    edit = Edit(note()).with_value("heading", "Mine").with_value("pinned", True)

    proof = verify(edit, note(heading="Mine", readers=(3,)))

    assert {each.field.name: each.is_ok for each in proof.verdicts} == {
        "heading": True,
        "pinned": False,
    }
    assert [change.field.name for change in proof.other_changes] == ["readers"]


def test_a_review_says_who_may_be_mailed_although_a_note_has_no_time_and_no_switch() -> None:
    edit = Edit(note(readers=(1,))).with_value("readers", (Person("1"), Person("2")))

    review = review_save(edit, datetime(2026, 6, 16, tzinfo=UTC))

    assert review.title == "Call back"
    assert review.mail is not None
    assert review.mail.people == 2
    assert edit.without_mail() == edit, "a note has no switch for it"


def test_every_role_of_the_activity_names_one_of_its_fields() -> None:
    roles = (
        ACTIVITY.title,
        ACTIVITY.category,
        ACTIVITY.span,
        ACTIVITY.related,
        ACTIVITY.attachment,
        ACTIVITY.mail_off,
    )
    assert set(roles) <= ACTIVITY.names
