"""A whole session over real sockets and a real file, without a window."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from atz_desktop.domain.activity import Activity
from atz_desktop.domain.edit import Edit
from atz_desktop.domain.fields import ACTIVITY
from atz_desktop.domain.history import Outcome
from atz_desktop.domain.local_records import Name
from atz_desktop.domain.values import Attachment, LocalFile, Option, RecordRef
from atz_desktop.domain.values import Person as Somebody
from atz_desktop.sandbox.faults import Fault
from atz_desktop.sandbox.server import Sandbox
from atz_desktop.session.jobs import Jobs
from atz_desktop.session.journal_entries import entry_from_row, entry_or_empty
from atz_desktop.session.notices import Level, Notice, NoticeAction
from atz_desktop.session.phase import Phase, SaveState
from atz_desktop.session.record_state import RecordState
from atz_desktop.session.services import Services, UnsavedChoice
from atz_desktop.store.database import Database
from atz_desktop.store.drafts import Drafts, StoredDraft
from atz_desktop.store.errors import StoreError
from tests.session.conftest import Person, new_session, save_state, shown
from tests.waiting import until


class Desk:
    """A session, what it told, and what it did with its jobs."""

    def __init__(self, services: Services, person: Person) -> None:
        self.jobs = Jobs()
        self.session = new_session(services, self.jobs, person)
        self.notices: list[Notice | None] = []
        self.told: list[frozenset[str]] = []
        self.session.notified.connect(self.notices.append)
        self.session.model.changed.connect(lambda _state, names: self.told.append(names))

    async def open(self, activity_id: int = 42) -> None:
        self.session.open(activity_id)
        await self.jobs.wait("open")

    async def save(self) -> None:
        self.session.save()
        await self.jobs.wait("save")

    @property
    def notice(self) -> Notice:
        assert self.notices
        last = self.notices[-1]
        assert last is not None
        return last


@pytest_asyncio.fixture
async def desk(services: Services, person: Person) -> AsyncIterator[Desk]:
    made = Desk(services, person)
    yield made
    await made.jobs.drain()


def _puts(sandbox: Sandbox) -> list[dict[str, Any]]:
    return [json.loads(each.body) for each in sandbox.requests if each.method == "PUT"]


async def test_loading_changes_nothing_and_saving_then_sends_nothing(
    desk: Desk, sandbox: Sandbox, person: Person
) -> None:
    for activity_id in range(1, 60):
        await desk.open(activity_id)
        assert not desk.session.state.dirty
        assert save_state(desk.session) is not SaveState.READY
        await desk.save()
    assert person.asked == []
    assert {each.method for each in sandbox.requests} == {"GET"}


async def test_every_field_sends_its_own_keys_alone_and_is_compared(
    desk: Desk, sandbox: Sandbox
) -> None:
    await desk.open()
    for field in ACTIVITY.fields:
        edit = desk.session.edit
        assert edit is not None
        value = _other(sandbox, field.name, edit.value(field.name))
        desk.session.model.set_value(field.name, value)
        desk.session.model.revert(field.name)
        assert not desk.session.state.dirty, field.name
        desk.session.model.set_value(field.name, value)
        await desk.save()
        assert set(_puts(sandbox)[-1]) <= set(field.mapping.keys), field.name
        verdict = shown(desk.session).verdicts.get(field.name)
        assert verdict is not None, (field.name, desk.notice)
        assert verdict.is_ok, (field.name, desk.notice)
        assert desk.notice.level is Level.GOOD


def _other(sandbox: Sandbox, name: str, value: Any) -> Any:
    """Another value that the made-up account can hold."""
    held = [
        Activity.from_response(sandbox.account.get(number)).value(name) for number in range(1, 150)
    ]
    made: dict[str, Any] = {
        "title": "Another title",
        "type": Option(3),
        "importance": Option("critical"),
        "link": "https://meet.example/another",
        "location": "Elsewhere",
        "description": "Line one\r\nline two",
        "attachment": Attachment(None, "https://files.example/agenda.pdf"),
    }
    if name == "record":
        return next(each for each in held if each.entity == 2 and each.slug)
    if name in {"done", "no_invite"}:
        return not value
    if name == "when":
        return value.with_end(value.end + timedelta(minutes=15))
    if name in made:
        return made[name]
    known = {person.key for person in value}
    others = (each for list_ in held if isinstance(list_, tuple) for each in list_)
    return (*value, next(person for person in others if person.key not in known))


async def test_a_late_answer_never_overwrites_a_newer_load(desk: Desk, sandbox: Sandbox) -> None:
    sandbox.faults.on(Fault("slow", path="/v1/activity/7", seconds=0.3))
    desk.session.open(7)
    await sandbox_received(sandbox, 1)
    await desk.open(42)
    await desk.jobs.drain()
    assert desk.session.activity is not None
    assert desk.session.activity.id == 42


async def sandbox_received(sandbox: Sandbox, count: int) -> None:
    import asyncio

    async with asyncio.timeout(5):
        while len(sandbox.requests) < count:  # noqa: ASYNC110 - another thread counts
            await asyncio.sleep(0.005)


async def test_a_load_that_is_asked_for_twice_is_one_load(desk: Desk, sandbox: Sandbox) -> None:
    sandbox.faults.on(Fault("slow", seconds=0.3))
    desk.session.open(42)
    await sandbox_received(sandbox, 1)
    desk.session.open(42)
    await sandbox_received(sandbox, 2)
    during = desk.session.state.phase, desk.session.state.loading_id
    assert during == (Phase.OPENING, 42)
    await desk.jobs.wait("open")
    assert desk.session.state.phase is Phase.READY
    assert desk.session.state.loading_id is None


async def test_a_stopped_load_leaves_what_was_there(desk: Desk, sandbox: Sandbox) -> None:
    await desk.open(42)
    sandbox.faults.on(Fault("slow", seconds=0.3))
    desk.session.open(7)
    await sandbox_received(sandbox, 2)
    desk.session.cancel_load()
    await desk.jobs.drain()
    assert desk.session.state.phase is Phase.READY
    assert desk.session.activity is not None
    assert desk.session.activity.id == 42


async def test_loading_another_id_asks_and_staying_keeps_everything(
    desk: Desk, person: Person
) -> None:
    await desk.open(42)
    desk.session.model.set_value("title", "Typed")
    await desk.open(7)
    assert [question[0] for question in person.asked] == ["leave"]
    assert desk.session.activity is not None
    assert desk.session.activity.id == 42
    assert desk.session.edit is not None
    assert desk.session.edit.value("title") == "Typed"


async def test_saving_before_leaving_saves_and_then_goes_on(
    desk: Desk, person: Person, sandbox: Sandbox
) -> None:
    await desk.open(42)
    desk.session.model.set_value("title", "Typed")
    person.leaves = UnsavedChoice.SAVE
    await desk.open(7)
    assert desk.session.activity is not None
    assert desk.session.activity.id == 7
    assert sandbox.account.get(42)["title"] == "Typed"
    await desk.open(42)
    assert not desk.session.state.dirty, "and no draft of it is left"


@pytest.mark.parametrize("fault", [Fault("400", "PUT"), Fault("ignored", "PUT")])
async def test_who_saves_before_leaving_stays_where_the_save_did_not_do_what_was_meant(
    desk: Desk, person: Person, sandbox: Sandbox, fault: Fault
) -> None:
    sandbox.faults.on(fault)
    stayed: list[bool] = []
    await desk.open(42)
    desk.session.stayed.connect(lambda: stayed.append(True))
    desk.session.model.set_value("location", "Typed")
    person.leaves = UnsavedChoice.SAVE
    await desk.open(7)
    assert desk.session.activity is not None
    assert desk.session.activity.id == 42
    assert stayed == [True]
    assert desk.notice.level is not Level.GOOD


async def test_what_is_put_back_elsewhere_comes_after_what_is_saved_here(
    desk: Desk, person: Person, sandbox: Sandbox, services: Services
) -> None:
    """The job of that save asks, and the one of the changes here can't be another job."""
    await desk.open(42)
    desk.session.model.set_value("title", "Once")
    await desk.save()
    (row,) = await services.journal.entries(account="test")
    await desk.open(7)
    desk.session.model.set_value("title", "Of the other")
    person.leaves = UnsavedChoice.SAVE
    desk.session.restore(entry_or_empty(row))
    await desk.jobs.wait("save")
    assert sandbox.account.get(7)["title"] == "Of the other"
    assert desk.session.activity is not None
    assert desk.session.activity.id == 42


async def test_a_load_waits_for_what_was_put_back_while_it_asked(
    desk: Desk,
    person: Person,
    sandbox: Sandbox,
    services: Services,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await desk.open(42)
    before = sandbox.account.get(42)["title"]
    desk.session.model.set_value("title", "Once")
    await desk.save()
    (row,) = await services.journal.entries(account="test")
    desk.session.model.set_value("location", "Typed")

    async def put_back(_edit: Edit, _typed: Mapping[str, str]) -> UnsavedChoice:
        desk.session.restore(entry_or_empty(row))
        return UnsavedChoice.KEEP_DRAFT

    person.picks = {}
    monkeypatch.setattr(person, "unsaved_changes", put_back)
    sandbox.faults.on(Fault("slow", "PUT", seconds=0.3))
    await desk.open(7)
    sent = [(each.method, each.path) for each in sandbox.requests]
    last_put = max(place for place, (method, _path) in enumerate(sent) if method == "PUT")
    assert last_put < sent.index(("GET", "/v1/activity/7"))
    assert sandbox.account.get(42)["title"] == before
    assert desk.session.activity is not None
    assert desk.session.activity.id == 7
    await desk.open(42)
    assert desk.session.edit is not None
    assert dict(desk.session.edit.pending) == {"location": "Typed"}


async def test_what_another_window_opened_while_it_asked_is_not_opened_here_too(
    desk: Desk, person: Person, sandbox: Sandbox
) -> None:
    async def shown_elsewhere(_activity_id: int) -> bool:
        return bool(person.asked)

    stayed: list[bool] = []
    desk.session.shown_elsewhere = shown_elsewhere
    desk.session.stayed.connect(lambda: stayed.append(True))
    await desk.open(42)
    desk.session.model.set_value("location", "Typed")
    person.leaves = UnsavedChoice.KEEP_DRAFT
    await desk.open(7)
    assert stayed == [True]
    assert desk.session.activity is not None
    assert desk.session.activity.id == 42
    assert not any(each.path.endswith("/7") for each in sandbox.requests)


async def test_a_kept_draft_comes_back_over_a_fresh_copy(
    desk: Desk, person: Person, sandbox: Sandbox
) -> None:
    await desk.open(42)
    desk.session.model.set_value("title", "Typed")
    desk.session.model.set_unparsed("candidates", "half a sl")
    person.leaves = UnsavedChoice.KEEP_DRAFT
    await desk.open(7)
    assert not desk.session.state.dirty
    sandbox.account.edit_as_colleague(42, location="Moved")
    await desk.open(42)
    assert desk.session.edit is not None
    assert dict(desk.session.edit.pending) == {"title": "Typed"}
    assert desk.session.edit.value("location") == "Moved"
    assert shown(desk.session).unparsed == {"candidates": "half a sl"}
    assert "unsaved changes are back" in desk.notice.title
    assert "Location" in desk.notice.text


async def test_a_draft_is_not_laid_over_an_activity_of_that_number_in_another_account(
    desk: Desk, person: Person, sandbox: Sandbox
) -> None:
    person.leaves = UnsavedChoice.KEEP_DRAFT
    await desk.open(42)
    desk.session.model.set_value("title", "Meant for the other one")
    await desk.open(7)
    other = {**sandbox.account.get(42), "created_at": "2020-02-02T02:02:02Z"}
    sandbox.account.set(other)
    await desk.open(42)
    assert desk.session.edit is not None
    assert not desk.session.edit.dirty
    assert desk.session.edit.value("title") == other["title"]
    assert "another ATZ account" in desk.notice.text


async def test_a_discarded_draft_does_not_come_back(desk: Desk, person: Person) -> None:
    await desk.open(42)
    desk.session.model.set_value("title", "Typed")
    await desk.jobs.wait("draft")
    person.leaves = UnsavedChoice.DISCARD
    await desk.open(7)
    await desk.open(42)
    assert not desk.session.state.dirty


async def test_text_that_is_no_value_yet_is_discarded_for_good(desk: Desk, person: Person) -> None:
    await desk.open(42)
    desk.session.model.set_unparsed("candidates", "half a sl")
    await desk.jobs.wait("draft")
    person.leaves = UnsavedChoice.DISCARD
    desk.told.clear()
    await desk.open(999_999)
    assert frozenset({"candidates"}) in desk.told
    await desk.open(7)
    await desk.open(42)
    assert not any(shown(desk.session).unparsed.values())


async def test_putting_everything_back_leaves_no_text_in_a_box(desk: Desk) -> None:
    await desk.open(42)
    desk.session.model.set_value("title", "Typed")
    desk.session.model.set_unparsed("candidates", "half a sl")
    desk.session.model.revert_all()
    assert not desk.session.state.dirty


async def test_what_was_typed_a_moment_before_the_account_goes_is_kept(
    desk: Desk, services: Services
) -> None:
    await desk.open(42)
    desk.session.model.set_value("title", "Typed")
    await desk.session.close()
    stored = await services.drafts.get("test", 42)
    assert stored is not None
    assert "Typed" in stored.draft


async def test_that_a_draft_is_kept_of_other_fields_is_told_once_and_not_at_each_letter(
    desk: Desk,
) -> None:
    await desk.open()
    told: list[set[str]] = []
    desk.session.drafts.fields_changed.connect(
        lambda: told.append(set(desk.session.edit.pending if desk.session.edit else ()))
    )
    for title in ("T", "Ty"):
        desk.session.model.set_value("title", title)
        await desk.session.drafts.flush()
    desk.session.model.set_value("location", "Room 9")
    await desk.session.drafts.flush()
    desk.session.model.revert_all()
    await desk.session.drafts.flush()
    assert told == [{"title"}, {"title", "location"}, set()]


async def test_a_restored_draft_that_is_put_back_is_gone_for_good(
    desk: Desk, person: Person
) -> None:
    await desk.open(42)
    desk.session.model.set_value("title", "Typed")
    person.leaves = UnsavedChoice.KEEP_DRAFT
    await desk.open(7)
    await desk.open(42)
    desk.session.model.revert_all()
    await desk.jobs.wait("draft")
    await desk.open(7)
    await desk.open(42)
    assert not desk.session.state.dirty


async def test_changes_put_back_a_moment_before_leaving_do_not_come_back(desk: Desk) -> None:
    await desk.open(42)
    desk.session.model.set_value("title", "Typed")
    await desk.jobs.wait("draft")
    desk.session.model.revert_all()
    await desk.open(7)
    await desk.open(42)
    assert not desk.session.state.dirty


async def test_typing_while_saving_is_carried_over(desk: Desk, sandbox: Sandbox) -> None:
    await desk.open(42)
    sandbox.faults.on(Fault("slow", "PUT", seconds=0.2))
    desk.session.model.set_value("title", "Saved")
    desk.session.save()
    await sandbox_received(sandbox, 3)
    desk.session.model.set_value("location", "Typed meanwhile")
    desk.session.model.set_value("title", "Saved, and then some")
    await desk.jobs.wait("save")
    assert desk.session.edit is not None
    assert dict(desk.session.edit.pending) == {
        "location": "Typed meanwhile",
        "title": "Saved, and then some",
    }
    assert _puts(sandbox) == [{"title": "Saved"}]


async def test_typing_while_saving_never_goes_over_a_colleagues_change_unasked(
    desk: Desk, sandbox: Sandbox, person: Person
) -> None:
    await desk.open(42)
    sandbox.account.edit_as_colleague(42, location="Theirs")
    sandbox.faults.on(Fault("slow", "PUT", seconds=0.2))
    desk.session.model.set_value("title", "Saved")
    desk.session.save()
    await sandbox_received(sandbox, 3)
    desk.session.model.set_value("location", "Mine")
    await desk.jobs.wait("save")
    await desk.save()
    assert [question[0] for question in person.asked] == ["conflicts"]
    assert sandbox.account.get(42)["location"] == "Theirs"
    assert desk.session.edit is not None
    assert dict(desk.session.edit.pending) == {"location": "Mine"}


async def test_putting_back_leaves_a_conflict_at_other_fields_open(
    desk: Desk, sandbox: Sandbox, person: Person, services: Services
) -> None:
    await desk.open(42)
    desk.session.model.set_value("title", "Saved")
    await desk.save()
    desk.session.model.set_value("location", "Mine")
    sandbox.account.edit_as_colleague(42, location="Theirs")
    person.picks = {}
    desk.session.restore(entry_from_row((await services.journal.entries())[0]))
    await desk.jobs.wait("save")
    person.picks = None
    person.asked.clear()
    await desk.save()
    assert [question[0] for question in person.asked] == ["conflicts"]
    assert sandbox.account.get(42)["location"] == "Theirs"


async def test_a_second_save_while_one_runs_is_refused(desk: Desk, sandbox: Sandbox) -> None:
    await desk.open(42)
    sandbox.faults.on(Fault("slow", "PUT", seconds=0.1))
    desk.session.model.set_value("title", "Once")
    desk.session.save()
    desk.session.save()
    await desk.jobs.wait("save")
    assert len(_puts(sandbox)) == 1


async def test_a_field_that_others_changed_twice_is_named_once(
    desk: Desk, sandbox: Sandbox
) -> None:
    await desk.open()
    sandbox.faults.on(Fault("colleague", "GET"))
    desk.session.model.set_value("title", "Mine")
    await desk.save()
    assert desk.notice.title == "Saved and checked"
    assert desk.notice.text.endswith("Changed by others meanwhile: Location.")


async def test_what_was_said_of_the_last_save_goes_when_the_next_one_begins(desk: Desk) -> None:
    await desk.open()
    desk.session.model.set_value("title", "First")
    await desk.save()
    assert desk.notice.title == "Saved and checked"
    desk.session.model.set_value("title", "Second")
    desk.notices.clear()
    await desk.save()
    assert [notice and notice.title for notice in desk.notices] == [None, "Saved and checked"]


async def test_undo_after_a_save_offers_the_earlier_value_as_a_change(desk: Desk) -> None:
    await desk.open(42)
    assert desk.session.edit is not None
    old = desk.session.edit.value("title")
    desk.session.model.set_value("title", "Saved")
    await desk.save()
    desk.session.model.undo()
    assert desk.session.edit is not None
    assert dict(desk.session.edit.pending) == {"title": old}


async def test_undo_after_a_new_file_says_that_the_earlier_one_is_gone(
    desk: Desk, sandbox: Sandbox, tmp_path: Path
) -> None:
    held = {"file_name": "old.pdf", "file_link": "https://files.example/old.pdf"}
    sandbox.account.set({**sandbox.account.get(42), "attachment": held})
    await desk.open(42)
    file = tmp_path / "new.pdf"
    file.write_bytes(b"new")
    chosen = LocalFile.from_stat(file, file.stat())
    desk.session.model.set_value("attachment", chosen)
    await desk.save()
    desk.session.model.undo()
    assert [problem.name for problem in desk.session.state.problems] == ["attachment"]
    assert save_state(desk.session) is not SaveState.READY
    desk.session.model.revert("attachment")
    assert not desk.session.state.dirty


async def test_a_refusal_stands_at_its_field_until_it_is_touched(
    desk: Desk, sandbox: Sandbox
) -> None:
    await desk.open(42)
    body = b'{"errors": {"meeting_link": ["The host is not allowed."]}}'
    sandbox.faults.on(Fault("400", "PUT", body=body, times=1))
    desk.session.model.set_value("link", "https://bad.example/x")
    await desk.save()
    assert shown(desk.session).server_errors.get("link") == "The host is not allowed."
    assert desk.session.edit is not None
    assert desk.session.edit.value("link") == "https://bad.example/x"
    desk.session.model.set_value("link", "https://bad.example/xy")
    assert shown(desk.session).server_errors.get("link") is None


async def test_a_message_that_names_one_field_counts_for_it(desk: Desk, sandbox: Sandbox) -> None:
    await desk.open(42)
    sandbox.faults.on(Fault("400", "PUT", body=b'{"message": "location is full"}', times=1))
    desk.session.model.set_value("location", "Room 1")
    await desk.save()
    assert shown(desk.session).server_errors.get("location") == "location is full"


async def test_a_failed_load_says_what_to_do_and_keeps_the_form(
    desk: Desk, sandbox: Sandbox
) -> None:
    await desk.open(42)
    await desk.open(999_999)
    assert desk.notice.level is Level.PROBLEM
    assert "999999 was not loaded" in desk.notice.title
    assert "no activity with this ID" in desk.notice.text
    assert desk.session.activity is not None
    assert desk.session.activity.id == 42
    sandbox.faults.on(Fault("401", times=1))
    await desk.open(7)
    assert desk.notice.action is NoticeAction.SIGN_IN


async def test_reloading_keeps_the_typing_and_takes_over_the_rest(
    desk: Desk, sandbox: Sandbox
) -> None:
    await desk.open(42)
    desk.session.model.set_value("title", "Mine")
    sandbox.account.edit_as_colleague(42, location="Moved", title="Theirs")
    desk.session.reload()
    await desk.jobs.wait("open")
    assert desk.session.edit is not None
    assert desk.session.edit.value("title") == "Mine"
    assert desk.session.edit.value("location") == "Moved"
    assert "same fields" in desk.notice.title


async def test_a_conflict_seen_at_reload_is_still_asked_about_at_the_save(
    desk: Desk, sandbox: Sandbox, person: Person
) -> None:
    await desk.open(42)
    desk.session.model.set_value("title", "Mine")
    sandbox.account.edit_as_colleague(42, title="Theirs")
    desk.session.reload()
    await desk.jobs.wait("open")
    await desk.save()
    assert [question[0] for question in person.asked] == ["conflicts"]
    assert not _puts(sandbox)


async def test_text_that_is_no_value_yet_keeps_the_save_off(desk: Desk, sandbox: Sandbox) -> None:
    await desk.open(42)
    desk.session.model.set_value("title", "Typed")
    desk.session.model.set_unparsed("candidates", "Ana")
    assert save_state(desk.session) is not SaveState.READY
    desk.session.save()
    await desk.jobs.wait("save")
    assert not _puts(sandbox)
    desk.session.model.set_unparsed("candidates", "")
    assert save_state(desk.session) is SaveState.READY


async def test_text_is_no_mistake_before_it_could_not_be_taken_over(desk: Desk) -> None:
    await desk.open(42)
    assert save_state(desk.session) is SaveState.OFF
    desk.session.model.set_unparsed("candidates", "Ana")
    assert not desk.session.state.problems
    assert save_state(desk.session) is SaveState.UNPARSED, "it is taken over first"
    desk.session.model.mark_invalid("candidates")
    assert [problem.name for problem in desk.session.state.problems] == ["candidates"]
    assert save_state(desk.session) is SaveState.INVALID
    desk.session.model.set_unparsed("candidates", "Anaï")
    assert not desk.session.state.problems


async def test_what_stands_half_typed_at_a_save_is_a_problem(desk: Desk) -> None:
    await desk.open(42)
    desk.session.model.set_unparsed("candidates", "Ana")
    desk.session.model.set_unparsed("when", "End time: 25:99")
    desk.session.model.set_unparsed("users", "")
    desk.session.model.mark_invalid()
    assert [problem.name for problem in desk.session.state.problems] == ["when", "candidates"]


async def test_save_is_off_while_a_value_is_wrong(desk: Desk) -> None:
    await desk.open(42)
    assert save_state(desk.session) is SaveState.OFF
    desk.session.model.set_value("link", "no address")
    assert save_state(desk.session) is SaveState.INVALID


async def test_undo_takes_half_typed_text_before_an_older_change_elsewhere(desk: Desk) -> None:
    await desk.open(42)
    session = desk.session
    session.model.set_value("title", "Changed")
    session.model.set_unparsed("users", "Ana")
    session.model.undo()
    assert session.edit is not None
    assert (shown(session).unparsed, set(session.edit.pending)) == ({}, {"title"})
    assert session.state.can_redo
    session.model.undo()
    assert not session.edit.pending
    session.model.redo()
    session.model.redo()
    assert shown(session).unparsed == {"users": "Ana"}
    assert set(session.edit.pending) == {"title"}
    session.model.set_value("location", "Newer")
    session.model.undo()
    assert shown(session).unparsed == {"users": "Ana"}, "the newest change goes first"


async def test_undo_shows_the_earlier_value_and_not_what_was_half_typed_over_it(
    desk: Desk,
) -> None:
    await desk.open(42)
    session = desk.session
    assert session.edit is not None
    session.model.set_unparsed("users", "Ana")
    session.model.set_unparsed("when", "End date: \nEnd time: 25:99")
    session.model.set_value("when", session.edit.value("when").with_end(None))
    session.model.undo()
    assert not session.edit.pending
    assert shown(session).unparsed == {"users": "Ana"}


async def test_putting_everything_back_clears_what_is_half_typed(desk: Desk) -> None:
    await desk.open(42)
    desk.session.model.set_unparsed("when", "End date: \nEnd time: 25:99")
    assert desk.session.state.dirty
    desk.told.clear()
    desk.session.model.revert_all()
    assert not desk.session.state.dirty
    assert desk.told == [{"when"}]
    assert not desk.session.state.can_undo


async def test_another_zone_is_no_change(desk: Desk) -> None:
    await desk.open(42)
    desk.session.model.set_zone("Europe/Berlin")
    assert not desk.session.state.dirty
    assert desk.session.edit is not None
    assert desk.session.edit.value("when").zone == "Europe/Berlin"


async def test_somebody_typed_by_slug_is_reviewed_by_the_name_learned_since(
    desk: Desk, person: Person, sandbox: Sandbox
) -> None:
    await desk.open(42)
    assert desk.session.edit is not None
    ana = desk.session.edit.value("candidates")[0]
    desk.session.model.set_value("candidates", (Somebody(ana.key), Somebody("candidate_new")))
    desk.session.model.set_value("record", RecordRef(2, "job_new"))
    names = Name("candidate", "candidate_new", "Bo Lind"), Name("job", "job_new", "Cook")
    desk.session.lookups.add_names(names)
    desk.session.save(review=True)
    await desk.jobs.wait("save")
    _word, reviewed = person.asked[-1]
    assert [each.name for each in reviewed.value("candidates")] == [ana.name, "Bo Lind"]
    assert reviewed.value("record").name == "Cook"
    assert not _puts(sandbox)


async def test_a_name_learned_during_a_save_leaves_nothing_to_save(
    desk: Desk, sandbox: Sandbox
) -> None:
    await desk.open(42)
    sandbox.faults.on(Fault("slow", "PUT", seconds=0.2))
    desk.session.model.set_value("users", (Somebody("1"),))
    desk.session.lookups.add_names((Name("user", "1", "Somebody Known"),))
    await desk.save()
    assert not desk.session.state.dirty
    assert shown(desk.session).verdicts.get("users") is not None


async def test_a_zone_chosen_during_a_load_counts_for_what_is_loaded(
    desk: Desk, sandbox: Sandbox
) -> None:
    sandbox.faults.on(Fault("slow", seconds=0.2))
    desk.session.open(42)
    await sandbox_received(sandbox, 1)
    desk.session.model.set_zone("Europe/Berlin")
    await desk.jobs.wait("open")
    assert desk.session.edit is not None
    assert desk.session.edit.base.zone == "Europe/Berlin"


async def test_a_zone_chosen_during_a_save_counts_for_the_next_one(
    desk: Desk, sandbox: Sandbox
) -> None:
    await desk.open(42)
    assert desk.session.edit is not None
    span = desk.session.edit.value("when")
    sandbox.faults.on(Fault("slow", "PUT", seconds=0.2))
    desk.session.model.set_value("when", span.with_end(span.end + timedelta(minutes=15)))
    desk.session.save()
    await sandbox_received(sandbox, 3)
    desk.session.model.set_zone("Europe/Berlin")
    await desk.jobs.wait("save")
    assert not desk.session.state.dirty
    span = desk.session.edit.value("when")
    assert span.zone == "Europe/Berlin"
    desk.session.model.set_value("when", span.with_end(span.end + timedelta(minutes=15)))
    assert desk.session.edit.pending["when"].zone == "Europe/Berlin"


async def test_an_upload_can_be_stopped_and_nothing_was_changed(
    desk: Desk, sandbox: Sandbox, tmp_path: Path
) -> None:
    await desk.open(42)
    before = sandbox.account.get(42)
    file = tmp_path / "large.bin"
    file.write_bytes(b"x" * 8_000_000)
    chosen = LocalFile.from_stat(file, file.stat())
    desk.session.model.set_value("attachment", chosen)

    def stop(state: RecordState) -> None:
        if state.upload_progress is not None:
            desk.session.stop_save()

    desk.session.changed.connect(stop)
    await desk.save()
    assert sandbox.account.get(42) == before
    assert desk.session.edit is not None
    assert desk.session.edit.value("attachment") == chosen
    assert desk.session.state.phase is Phase.READY


async def test_a_save_can_be_stopped_until_it_leaves_and_nothing_was_sent(
    desk: Desk, sandbox: Sandbox
) -> None:
    await desk.open(42)
    desk.session.model.set_value("title", "Typed")
    slow = Fault("slow", "GET", seconds=30)
    held = sandbox.faults.on(slow)
    desk.session.save()
    await until(lambda: held.count and desk.session.state.can_stop)
    desk.session.stop_save()
    await desk.jobs.wait("save")
    assert desk.notice.title == "Stopped"
    assert save_state(desk.session) is SaveState.READY
    assert not desk.session.state.can_stop
    sandbox.faults.off(slow)
    await desk.save()
    assert desk.notice.title == "Saved and checked"
    assert _puts(sandbox) == [{"title": "Typed"}]


async def test_a_save_that_was_stopped_while_it_was_written_down_does_not_leave(
    desk: Desk, sandbox: Sandbox
) -> None:
    await desk.open(42)
    desk.session.model.set_value("title", "Typed")

    def stop(state: RecordState) -> None:
        if sandbox.requests[-1].method == "GET" and state.progress_text == "Saving…":
            desk.session.stop_save()

    desk.session.changed.connect(stop)
    await desk.save()
    assert desk.notice.title == "Stopped"
    assert not _puts(sandbox)
    entries = await desk.session.services.journal.entries(limit=-1)
    assert [entry_from_row(each).outcome for each in entries] == [Outcome.NOT_SENT]


async def test_what_has_left_is_not_stopped_and_ends_as_it_would(
    desk: Desk, sandbox: Sandbox
) -> None:
    await desk.open(42)
    desk.session.model.set_value("title", "Typed")
    held = sandbox.faults.on(Fault("slow", "PUT", times=1, seconds=0.2))
    desk.session.save()
    await until(lambda: held.count)
    assert not desk.session.state.can_stop
    desk.session.stop_save()
    await desk.jobs.wait("save")
    assert desk.notice.title == "Saved and checked"


async def test_the_types_of_loaded_activities_are_offered(desk: Desk, sandbox: Sandbox) -> None:
    for activity_id in range(1, 41):
        await desk.open(activity_id)
    assert "Reference check" in {option.label for option in desk.session.lookups.types()}


async def test_an_activity_that_is_left_as_soon_as_it_shows_was_seen_all_the_same(
    desk: Desk, services: Services
) -> None:
    desk.session.opened.connect(lambda shown: desk.session.open(43) if shown.id == 42 else None)
    desk.session.open(42)
    await until(lambda: desk.session.activity is not None and desk.session.activity.id == 43)
    await desk.jobs.wait("open")
    seen = [each.activity_id for each in await services.recent.list(services.account)]
    assert sorted(seen) == [42, 43]


class _DraftsReadWhileTyping(Drafts):
    """Drafts of which one is read while somebody types on."""

    types: Callable[[], None] | None = None

    async def get(self, account: str, activity_id: int) -> StoredDraft | None:
        types, self.types = self.types, None
        if types is not None:
            types()
        return await super().get(account, activity_id)


async def test_what_is_typed_while_the_draft_of_the_next_activity_is_read_is_kept(
    services: Services, database: Database, person: Person
) -> None:
    drafts = _DraftsReadWhileTyping(database)
    desk = Desk(replace(services, drafts=drafts), person)
    person.leaves = UnsavedChoice.KEEP_DRAFT
    await desk.open(42)
    desk.session.model.set_value("title", "First")
    drafts.types = lambda: desk.session.model.set_value("title", "First and last")
    await desk.open(7)
    await desk.open(42)
    assert shown(desk.session).edit.value("title") == "First and last"
    await desk.jobs.drain()


class _DraftsReadAtTheSecondTry(Drafts):
    """Drafts on a disk that does not answer at first."""

    answers = False

    async def get(self, account: str, activity_id: int) -> StoredDraft | None:
        if not self.answers:
            self.answers = True
            raise StoreError(Path("drafts"))
        return await super().get(account, activity_id)


async def test_a_draft_that_could_not_be_read_is_not_written_over(
    services: Services, database: Database, person: Person
) -> None:
    person.leaves = UnsavedChoice.KEEP_DRAFT
    first = Desk(services, person)
    await first.open(42)
    first.session.model.set_value("title", "Of an earlier run")
    await first.open(7)
    await first.jobs.drain()
    desk = Desk(replace(services, drafts=_DraftsReadAtTheSecondTry(database)), person)
    await desk.open(42)
    assert desk.session.edit is not None
    assert not desk.session.edit.dirty
    desk.session.model.set_value("location", "Typed since")
    await desk.jobs.wait("draft")
    desk.session.model.revert_all()
    await desk.jobs.wait("draft")
    await desk.open(7)
    await desk.open(42)
    assert shown(desk.session).edit.value("title") == "Of an earlier run"
    await desk.jobs.drain()
