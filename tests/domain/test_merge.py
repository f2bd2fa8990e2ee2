from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from atz_desktop.domain.activity import Activity
from atz_desktop.domain.edit import Edit
from atz_desktop.domain.fields import ACTIVITY
from atz_desktop.domain.merge import Resolution, merge, rebase_after_save
from atz_desktop.domain.values import Option, Person, RecordRef, Span, Unparsed
from tests.domain.strategies import RESPONSE, answered, colleagues, edits
from tests.lengths import examples

ADA, BOB, CLEO = Person("candidate_1", "Ada"), Person("candidate_2"), Person("candidate_3")


def read(**changed: Any) -> Activity:
    return Activity.from_response({**RESPONSE, **changed})


def candidates(*people: Person) -> dict[str, Any]:
    found = [{"slug": person.key, "full_name": person.name} for person in people]
    return {"attendees": {**RESPONSE["attendees"], "candidates": found}}


@st.composite
def both_at_work(draw: st.DrawFn) -> tuple[Edit, Activity]:
    edit = draw(edits())
    return edit, draw(colleagues(edit.base))


def same(name: str, one: Any, other: Any) -> bool:
    return ACTIVITY.by_name[name].kind.equal(one, other)


@settings(max_examples=examples(80))
@given(both_at_work())
def test_nothing_that_was_typed_is_lost_and_nothing_else_is_kept_back(
    work: tuple[Edit, Activity],
) -> None:
    edit, fresh = work
    merged = merge(edit, fresh)
    conflicting = {conflict.field.name for conflict in merged.conflicts}
    taken = {change.field.name for change in merged.remote_changes}
    assert merged.edit.base == fresh
    for field in ACTIVITY.fields:
        name, mine = field.name, edit.pending.get(field.name)
        moved = not field.kind.equal(edit.base.value(name), fresh.value(name))
        if name in edit.pending:
            agreed = name not in merged.edit.pending
            assert agreed or same(name, merged.edit.value(name), mine)
            assert (name in conflicting or agreed) is moved
            assert not (name in conflicting and agreed)
        else:
            assert merged.edit.value(name) == fresh.value(name)
            assert (name in taken) is moved
    assert not conflicting & taken


@settings(max_examples=examples(60))
@given(both_at_work())
def test_all_theirs_leaves_their_values_and_all_mine_leaves_mine(
    work: tuple[Edit, Activity],
) -> None:
    edit, fresh = work
    merged = merge(edit, fresh)
    names = {conflict.field.name for conflict in merged.conflicts}
    theirs = merged.resolve(dict.fromkeys(names, Resolution.THEIRS))
    mine = merged.resolve(dict.fromkeys(names, Resolution.MINE))
    for name in names:
        assert theirs.value(name) == fresh.value(name)
        assert same(name, mine.value(name), edit.pending[name])
    assert set(theirs.pending) == set(merged.edit.pending) - names
    if names == set(merged.edit.pending):
        assert theirs == Edit(fresh)


@settings(max_examples=examples(60))
@given(both_at_work())
def test_both_holds_what_each_did_to_a_list(work: tuple[Edit, Activity]) -> None:
    edit, fresh = work
    for conflict in merge(edit, fresh).conflicts:
        if conflict.field.name not in {"candidates", "contacts", "users", "collaborators"}:
            continue
        base, theirs, mine = (
            {person.key for person in people or ()}
            for people in (conflict.original, conflict.theirs, conflict.mine)
        )
        both = {person.key for person in conflict.both or ()}
        assert both == (theirs - (base - mine)) | (mine - base)


@settings(max_examples=examples(60))
@given(both_at_work())
def test_an_open_conflict_is_found_again_at_the_next_check(work: tuple[Edit, Activity]) -> None:
    edit, fresh = work
    merged = merge(edit, fresh)
    again = merge(merged.with_open_conflicts, fresh)
    assert again.edit == merged.edit
    assert again.conflicts == merged.conflicts
    assert again.remote_changes == ()


@settings(max_examples=examples(60))
@given(both_at_work())
def test_a_decided_conflict_is_not_asked_again(work: tuple[Edit, Activity]) -> None:
    edit, fresh = work
    merged = merge(edit, fresh)
    decided = merged.resolve(
        {conflict.field.name: Resolution.MINE for conflict in merged.conflicts}
    )
    assert merge(decided, fresh).conflicts == ()
    assert merge(decided, fresh).edit == decided


@settings(max_examples=examples(40))
@given(edits())
def test_the_same_record_again_changes_nothing(edit: Edit) -> None:
    merged = merge(edit, edit.base)
    assert merged.edit == edit
    assert (merged.remote_changes, merged.conflicts) == ((), ())


@settings(max_examples=examples(60))
@given(edits(files=False))
def test_after_ones_own_save_there_is_no_false_conflict(edit: Edit) -> None:
    """… even where the program never heard the answer and still stands on the old base."""
    zone = edit.base.zone
    after = Activity.from_response(answered(edit.base.body, edit.body(), zone), zone)
    merged = merge(edit, after)
    assert merged.conflicts == ()
    assert not merged.edit.dirty


def test_a_colleagues_change_to_another_field_is_taken_over() -> None:
    edit = Edit(read()).with_value("title", "mine")
    merged = merge(edit, read(location="Room 7"))
    assert merged.edit.body() == {"title": "mine"}
    assert merged.edit.value("location") == "Room 7"
    assert [(c.field.name, c.old, c.new) for c in merged.remote_changes] == [
        ("location", "Zoom", "Room 7")
    ]


def test_the_same_change_by_both_is_agreed() -> None:
    merged = merge(Edit(read()).with_value("title", "new"), read(title="new"))
    assert merged.conflicts == ()
    assert not merged.edit.dirty


def test_nothing_is_decided_for_the_person() -> None:
    merged = merge(Edit(read()).with_value("title", "mine"), read(title="theirs"))
    (conflict,) = merged.conflicts
    assert (conflict.original, conflict.theirs, conflict.mine, conflict.both) == (
        "Updated Team Sync",
        "theirs",
        "mine",
        None,
    )
    with pytest.raises(KeyError):
        merged.resolve({})
    with pytest.raises(ValueError, match="cannot be joined"):
        merged.resolve({"title": Resolution.BOTH})


def test_a_guest_of_mine_and_one_of_theirs_both_come() -> None:
    edit = Edit(read(**candidates(ADA))).with_value("candidates", (ADA, BOB))
    merged = merge(edit, read(**candidates(ADA, CLEO)))
    both = merged.resolve({"candidates": Resolution.BOTH})
    assert both.body() == {"candidates_as_attendees": "candidate_1,candidate_3,candidate_2"}
    mine = merged.resolve({"candidates": Resolution.MINE})
    assert mine.body() == {"candidates_as_attendees": "candidate_1,candidate_2"}


def test_somebody_whom_they_removed_does_not_come_back_with_my_addition() -> None:
    edit = Edit(read(**candidates(ADA))).with_value("candidates", (ADA, BOB))
    merged = merge(edit, read(**candidates(CLEO)))
    both = merged.resolve({"candidates": Resolution.BOTH})
    assert {person.key for person in both.value("candidates")} == {CLEO.key, BOB.key}


def test_a_start_moved_by_them_and_an_end_by_me_are_joined_on_request() -> None:
    def at(text: str) -> datetime:
        return datetime.fromisoformat(f"2024-06-16T{text}")

    edit = Edit(read()).with_value("when", Span(at("09:00"), at("11:00")))
    merged = merge(edit, read(start_time="08:00"))
    both = merged.resolve({"when": Resolution.BOTH})
    assert both.value("when") == Span(at("08:00"), at("11:00"))
    assert both.body() == {"end_datetime": "2024-06-16T11:00:00Z"}
    mine = merged.resolve({"when": Resolution.MINE})
    assert mine.body() == {
        "start_datetime": "2024-06-16T09:00:00Z",
        "end_datetime": "2024-06-16T11:00:00Z",
    }


def test_my_record_over_theirs_sends_each_part_that_differs_from_theirs() -> None:
    edit = Edit(read()).with_value("record", RecordRef(1, "candidate_9"))
    fresh = read(related_to_type="job", related_to="job_1", related_record=None)
    mine = merge(edit, fresh).resolve({"record": Resolution.MINE})
    assert mine.body() == {"related_to_entity": 1, "related_to": "candidate_9"}


def test_a_list_that_became_unreadable_under_my_change_cannot_be_replaced() -> None:
    edit = Edit(read(**candidates(ADA))).with_value("candidates", (ADA, BOB))
    merged = merge(edit, read(attendees={**RESPONSE["attendees"], "candidates": [{"name": "?"}]}))
    (conflict,) = merged.conflicts
    assert isinstance(conflict.theirs, Unparsed)
    assert conflict.both is None
    assert merged.resolve({"candidates": Resolution.MINE}).problems() != ()


def test_a_new_name_for_the_same_person_or_type_is_no_change() -> None:
    base = read(**candidates(ADA))
    renamed = read(**candidates(Person(ADA.key, "Ada Lovelace")), activity_type={"id": 3})
    merged = merge(Edit(base).with_value("candidates", (ADA, BOB)), renamed)
    assert (merged.remote_changes, merged.conflicts) == ((), ())
    assert merged.edit.value("type") == Option(3)


def test_what_was_typed_during_a_save_over_a_colleagues_change_is_a_conflict_later() -> None:
    edit = Edit(read()).with_value("title", "mine").with_value("location", "my room")
    fresh = read(title="theirs", location="their room")
    carried = rebase_after_save(edit, fresh, ["title"])
    assert dict(carried.pending) == {"title": "mine", "location": "my room"}
    assert carried.base.value("title") == "theirs"
    (conflict,) = merge(carried, fresh).conflicts
    assert (conflict.field.name, conflict.theirs) == ("location", "their room")


EARLIER, LATER = "2024-06-10T08:00:00Z", "2024-06-10T09:00:00Z"
OLD = {"location": "Room 1", "candidates": (ADA,)}
"""What ATZ held before the edit was begun, and what the user wants back."""


@pytest.mark.parametrize("name", ["location", "candidates"])
def test_a_replica_that_lags_agrees_to_nothing_however_often_it_is_read(name: str) -> None:
    """It shows what was there before: taken for agreement, what was typed would never be sent."""
    lagging = read(updated_at=EARLIER, location="Room 1", **candidates(ADA))
    newer = read(updated_at=LATER, location="Room 2", **candidates(ADA, BOB))
    edit = Edit(newer).with_value(name, OLD[name])
    for _again in range(2):
        merged = merge(edit, lagging)
        edit = merged.edit
        assert edit.pending == {name: OLD[name]}
        assert not merged.conflicts
        assert edit.base.value(name) == newer.value(name)


@pytest.mark.parametrize("stamp", [LATER, "2024-06-10T10:00:00Z", None])
def test_what_a_read_agrees_to_that_is_no_older_is_sent_no_more(stamp: str | None) -> None:
    edit = Edit(read(updated_at=LATER, location="Room 2")).with_value("location", "Room 1")
    merged = merge(edit, read(updated_at=stamp, location="Room 1"))
    assert not merged.edit.dirty
    assert not merged.conflicts
