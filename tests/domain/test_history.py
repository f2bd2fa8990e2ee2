from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from atz_desktop.domain.activity import Activity
from atz_desktop.domain.edit import Edit
from atz_desktop.domain.fields import ACTIVITY
from atz_desktop.domain.history import JournalEntry, Outcome
from atz_desktop.domain.merge import (
    Resolution,
    merge,
    rebase_on_known_saves,
    rebase_on_own_saves,
    restore_entry,
)
from atz_desktop.domain.serialize import dump_values, load_values
from atz_desktop.domain.values import Attachment, LocalFile, Option, Person, Span, Unparsed
from tests.domain.strategies import RESPONSE, answered, edits
from tests.lengths import examples

AT = datetime(2024, 6, 16, 8, 30, tzinfo=UTC)


def read(**changed: Any) -> Activity:
    return Activity.from_response({**RESPONSE, **changed})


def entry_of(
    before: Mapping[str, Any], sent: Mapping[str, Any], after: Mapping[str, Any] | None = None
) -> JournalEntry:
    return JournalEntry(1, AT, "account", 42, "Call", before, sent, after, Outcome.VERIFIED)


def saved(edit: Edit, zone: str | None = None) -> tuple[JournalEntry, Activity]:
    """A save that arrived, kept in the journal, and the record as it stood then."""
    zone = zone or edit.base.zone
    after = Activity.from_response(answered(edit.base.body, edit.body(), edit.base.zone), zone)
    entry = entry_of(
        {name: edit.base.value(name) for name in edit.pending},
        edit.pending,
        {name: after.value(name) for name in edit.pending},
    )
    return entry, after


@settings(max_examples=examples(80))
@given(edits())
def test_after_an_undo_atz_holds_what_it_held_before(edit: Edit) -> None:
    entry, after = saved(edit)
    undo = restore_entry(entry, after)
    _, again = saved(undo.merge.edit)
    for change in edit.changes():
        name = change.field.name
        if name in undo.not_restorable:
            assert again.value(name) == after.value(name)
        else:
            assert change.field.kind.matches_server(edit.base.value(name), again.value(name)), name
    untouched = set(edit.base.values) - set(edit.pending)
    assert all(again.value(name) == edit.base.value(name) for name in untouched)


@settings(max_examples=examples(80))
@given(edits())
def test_an_undo_can_be_undone(edit: Edit) -> None:
    entry, after = saved(edit)
    entry_of_undo, again = saved(restore_entry(entry, after).merge.edit)
    redo = restore_entry(entry_of_undo, again)
    assert redo.merge.conflicts == ()
    _, at_last = saved(redo.merge.edit)
    for name in entry_of_undo.sent:
        if name not in redo.not_restorable:
            meant, now = after.value(name), at_last.value(name)
            assert ACTIVITY.by_name[name].kind.matches_server(meant, now), name


@settings(max_examples=examples(40))
@given(edits())
def test_an_undo_works_from_what_the_journal_kept(edit: Edit) -> None:
    entry, after = saved(edit)
    assert entry.after is not None
    kept = entry_of(
        load_values(dump_values(entry.before)),
        load_values(dump_values(entry.sent)),
        load_values(dump_values(entry.after)),
    )
    assert restore_entry(kept, after) == restore_entry(entry, after)


def test_a_colleagues_later_change_to_another_field_stays() -> None:
    entry, _ = saved(Edit(read()).with_value("title", "New"))
    undo = restore_entry(entry, read(title="New", location="Room 7"))
    assert undo.merge.edit.body() == {"title": "Updated Team Sync"}
    assert undo.merge.edit.value("location") == "Room 7"


def test_a_value_that_is_no_longer_ours_is_put_to_the_person() -> None:
    entry, _ = saved(Edit(read()).with_value("title", "New"))
    undo = restore_entry(entry, read(title="Newer"))
    (conflict,) = undo.merge.conflicts
    assert (conflict.original, conflict.theirs, conflict.mine) == (
        "New",
        "Newer",
        "Updated Team Sync",
    )
    assert undo.merge.resolve({"title": Resolution.MINE}).body() == {"title": "Updated Team Sync"}
    assert undo.merge.resolve({"title": Resolution.THEIRS}).body() == {}


def test_a_guest_of_mine_is_taken_back_without_touching_later_guests() -> None:
    def guests(*slugs: str) -> dict[str, Any]:
        found = [{"slug": slug} for slug in slugs]
        return {"attendees": {**RESPONSE["attendees"], "candidates": found}}

    edit = Edit(read(**guests("a_1"))).with_value("candidates", (Person("a_1"), Person("b_2")))
    entry, _ = saved(edit)
    undo = restore_entry(entry, read(**guests("a_1", "b_2", "c_3")))
    both = undo.merge.resolve({"candidates": Resolution.BOTH})
    assert both.body() == {"candidates_as_attendees": "a_1,c_3"}


def test_an_end_is_put_back_under_a_start_that_was_moved_since() -> None:
    def span(start: str, end: str) -> Span:
        day = "2024-06-16T"
        return Span(datetime.fromisoformat(day + start), datetime.fromisoformat(day + end))

    entry, _ = saved(Edit(read()).with_value("when", span("09:00", "11:00")))
    undo = restore_entry(entry, read(start_time="08:00", end_time="11:00"))
    both = undo.merge.resolve({"when": Resolution.BOTH})
    assert both.value("when") == span("08:00", "10:00")
    assert both.body() == {"end_datetime": "2024-06-16T10:00:00Z"}


def test_single_fields_can_be_put_back() -> None:
    entry, after = saved(Edit(read()).with_value("title", "New").with_value("location", "Room 7"))
    undo = restore_entry(entry, after, frozenset({"location"}))
    assert undo.merge.edit.body() == {"location": "Zoom"}


def test_what_was_put_back_already_is_not_sent_again() -> None:
    entry, _ = saved(Edit(read()).with_value("title", "New"))
    undo = restore_entry(entry, read())
    assert not undo.merge.edit.dirty
    assert undo.merge.conflicts == ()
    assert undo.not_restorable == {}


def test_what_atz_made_of_a_value_is_what_it_is_compared_with() -> None:
    """ATZ stored "New" where " New " was sent: that is still ours to put back."""
    entry = entry_of({"title": "Old"}, {"title": " New "}, {"title": "New"})
    undo = restore_entry(entry, read(title="New"))
    assert undo.merge.conflicts == ()
    assert undo.merge.edit.body() == {"title": "Old"}


def test_times_kept_under_another_zone_are_put_back_as_the_record_shows_them() -> None:
    entry, _ = saved(
        Edit(read()).with_value(
            "when",
            Span(
                datetime.fromisoformat("2024-06-16T12:00"),
                datetime.fromisoformat("2024-06-16T13:00"),
            ),
        )
    )
    body = {**RESPONSE, "start_time": "12:00", "end_time": "13:00"}
    undo = restore_entry(entry, Activity.from_response(body, "Europe/Berlin"))
    assert undo.merge.conflicts == ()
    assert undo.merge.edit.body() == {
        "start_datetime": "2024-06-16T07:00:00Z",
        "end_datetime": "2024-06-16T08:00:00Z",
    }


class TestWhatCannotGoBack:
    def undo(self, name: str, before: Any, sent: Any, fresh: Activity) -> tuple[Any, Any]:
        undo = restore_entry(entry_of({name: before}, {name: sent}), fresh)
        return undo.not_restorable, undo.merge

    def test_a_replaced_file_is_gone(self) -> None:
        before = Attachment("cv.pdf", "https://files.example/1")
        held = {"file_name": "new.pdf", "file_link": "https://files.example/2"}
        sent = LocalFile(Path("/home/ada/new.pdf"), 7)
        kept, merged = self.undo("attachment", before, sent, read(attachment=held))
        assert set(kept) == {"attachment"}
        assert not merged.edit.dirty
        assert (merged.remote_changes, merged.conflicts) == ((), ())

    def test_an_attached_address_can_be_sent_again(self) -> None:
        before = Attachment(None, "https://example.com/old.pdf")
        sent = Attachment(None, "https://example.com/new.pdf")
        fresh = read(attachment="https://example.com/new.pdf")
        kept, merged = self.undo("attachment", before, sent, fresh)
        assert kept == {}
        assert merged.edit.body() == {"attachment": "https://example.com/old.pdf"}

    @pytest.mark.parametrize(
        ("name", "before", "sent", "fresh"),
        [
            ("attachment", None, Attachment(None, "https://x/1"), {"attachment": "https://x/1"}),
            ("title", "", "New", {"title": "New"}),
            ("title", Unparsed('{"en": "Call"}'), "New", {"title": "New"}),
            ("importance", Option("urgent"), Option("low"), {"importance": "low"}),
            ("importance", None, Option("low"), {"importance": "low"}),
            ("done", None, True, {"mark_as_done": True}),
            ("when", Span(), Span(), {}),
            ("when", Unparsed("9 am"), Span(), {}),
        ],
    )
    def test_what_no_request_can_say_is_told_and_nothing_else_is_sent(
        self, name: str, before: Any, sent: Any, fresh: dict[str, Any]
    ) -> None:
        kept, merged = self.undo(name, before, sent, read(**fresh))
        assert set(kept) == {name}
        assert not merged.edit.dirty

    def test_a_list_that_has_become_unreadable_is_left_alone(self) -> None:
        fresh = read(collaborators=[{"full_name": "?"}])
        kept, merged = self.undo("collaborators", (), (Person("1"),), fresh)
        assert set(kept) == {"collaborators"}
        assert not merged.edit.dirty

    def test_a_missing_end_cannot_be_made_missing_again(self) -> None:
        start = datetime.fromisoformat("2024-06-16T09:00")
        sent = Span(start, start.replace(hour=10))
        kept, _ = self.undo("when", Span(start), sent, read())
        assert set(kept) == {"when"}


@pytest.mark.parametrize(
    ("outcome", "settled"),
    [
        (None, False),
        (Outcome.UNKNOWN, False),
        (Outcome.VERIFIED, True),
        (Outcome.DIFFERENT, True),
        (Outcome.REFUSED, True),
        (Outcome.NOT_SENT, True),
    ],
)
def test_an_entry_is_settled_when_it_is_known_what_became_of_it(
    outcome: Outcome | None, settled: bool
) -> None:
    assert JournalEntry(1, AT, "a", 42, "Call", {}, {}, outcome=outcome).settled is settled


def test_a_save_of_ours_whose_answer_was_lost_is_no_colleagues_change() -> None:
    edit = Edit(read(title="old")).with_value("title", "typed on")
    saves = [
        entry_of({"title": "old"}, {"title": "first"}),
        entry_of({"title": "first"}, {"title": "second"}),
    ]
    saves = [replace(each, after=each.sent) for each in saves]
    known = rebase_on_known_saves(edit, saves, read(title="second"))
    assert known.base.value("title") == "second"


def test_an_old_save_from_the_same_value_hides_no_wish_and_no_colleague() -> None:
    edit = Edit(read(title="old")).with_value("title", "first")
    saves = [
        entry_of({"title": "old"}, {"title": "first"}),
        entry_of({"title": "theirs"}, {"title": "old"}),
    ]
    saves = [replace(each, after=each.sent) for each in saves]
    known = rebase_on_known_saves(edit, saves, read(title="theirs again"))
    assert dict(known.pending) == {"title": "first"}
    assert known.base.value("title") == "old"


def test_nothing_has_to_be_known_where_the_record_holds_what_it_held_at_the_beginning() -> None:
    edit = Edit(read(title="A")).with_value("title", "mine")
    there_and_back = [
        entry_of({"title": "A"}, {"title": "B"}),
        entry_of({"title": "B"}, {"title": "A"}),
        entry_of({"title": "A"}, {"title": "B"}),
    ]
    saves = [replace(each, after=each.sent) for each in there_and_back]
    assert rebase_on_known_saves(edit, saves, read(title="A")).base.value("title") == "A"
    assert rebase_on_known_saves(edit, saves, read(title="B")).base.value("title") == "B"


@pytest.mark.parametrize(
    ("held", "wished"), [("theirs", {}), ("there", {"title": "back"}), ("back", {})]
)
def test_what_shows_as_stored_by_the_last_save_is_a_wish_only_while_an_own_save_may_undo_it(
    held: str, wished: dict[str, str]
) -> None:
    """Neither of two open saves is confirmed: the first may come late, a colleague may be at it."""
    saves = [
        entry_of({"title": "back"}, {"title": "there"}, {"title": "there"}),
        entry_of({"title": "there"}, {"title": "back"}, {"title": "back"}),
    ]
    saves = [replace(each, outcome=Outcome.UNKNOWN) for each in saves]
    fresh = read(title=held)
    merged = merge(rebase_on_own_saves(Edit(read(title="back")), saves, fresh), fresh)
    assert (dict(merged.edit.pending), merged.conflicts) == (wished, ())


def test_a_save_that_decided_a_conflict_is_known_from_an_edit_in_which_it_is_still_open() -> None:
    """The program ended before the draft of before the save was written anew."""
    edit = Edit(read(title="theirs")).with_value("title", "mine").with_originals({"title": "old"})
    save = entry_of({"title": "theirs"}, {"title": "mine"}, {"title": "mine"})
    fresh = read(title="theirs again")
    merged = merge(rebase_on_own_saves(edit, [save], fresh), fresh)
    assert (dict(merged.edit.pending), merged.conflicts) == ({}, ())
