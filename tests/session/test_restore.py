"""Putting saves back in the sandbox over real sockets.

An undo reads first, asks where something moved on, and is a save like any other.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from atz_desktop.domain.activity import Activity
from atz_desktop.domain.edit import Edit
from atz_desktop.domain.history import JournalEntry, Outcome
from atz_desktop.domain.merge import Resolution
from atz_desktop.domain.values import LocalFile, Option
from atz_desktop.sandbox.server import Sandbox
from atz_desktop.session.journal_entries import entry_or_empty, new_entry, utc_now_text
from atz_desktop.session.restore import prepare_restore, restore_request, why_not_restorable
from atz_desktop.session.saving import SaveRequest, SaveResult, save_edit
from atz_desktop.session.services import ReviewResult, Services
from tests.session.conftest import Person

NOW = datetime(2026, 1, 1, tzinfo=UTC)


async def _saved(edit: Edit, services: Services, person: Person) -> JournalEntry:
    saved = await save_edit(SaveRequest(edit, reason="first"), services, person)
    assert saved.outcome is Outcome.VERIFIED
    return await _last(services)


async def _last(services: Services) -> JournalEntry:
    [row] = await services.journal.entries(account=services.account, limit=1)
    return entry_or_empty(row)


async def _undone(
    entry: JournalEntry, services: Services, person: Person, *names: str
) -> SaveResult | None:
    chosen = frozenset(names) or None
    request = await restore_request(entry, chosen, services, person, "UTC", now=NOW)
    return await save_edit(request, services, person) if request else None


async def test_a_whole_save_goes_back_and_the_undo_is_an_entry_that_can_be_undone(
    sandbox: Sandbox, services: Services, person: Person, loaded: Edit
) -> None:
    before = sandbox.account.get(42)
    edit = loaded.with_value("title", "Changed").with_value("importance", Option("critical"))
    entry = await _saved(edit, services, person)
    person.picks = {}
    saved = await _undone(entry, services, person)
    assert saved is not None
    assert saved.outcome is Outcome.VERIFIED
    held = sandbox.account.get(42)
    assert (held["title"], held["importance"]) == (before["title"], before["importance"])
    undo = await _last(services)
    assert undo.undoes == entry.id
    again = await _undone(undo, services, person)
    assert again is not None
    assert sandbox.account.get(42)["title"] == "Changed"


async def test_single_fields_go_back_alone(
    sandbox: Sandbox, services: Services, person: Person, loaded: Edit
) -> None:
    edit = loaded.with_value("title", "Changed").with_value("importance", Option("critical"))
    entry = await _saved(edit, services, person)
    person.picks = {}
    saved = await _undone(entry, services, person, "title")
    assert saved is not None
    assert list(saved.sent.pending) == ["title"]
    assert sandbox.account.get(42)["importance"] == "critical"


async def test_a_value_that_moved_on_is_asked_about(
    sandbox: Sandbox, services: Services, person: Person, loaded: Edit
) -> None:
    entry = await _saved(loaded.with_value("title", "Changed"), services, person)
    sandbox.account.edit_as_colleague(42, title="A colleague's")
    person.picks = {"title": Resolution.THEIRS}
    assert await _undone(entry, services, person) is None
    [(kind, undo)] = person.asked
    assert kind == "undo"
    assert [(c.original, c.theirs, c.mine) for c in undo.merge.conflicts] == [
        ("Changed", "A colleague's", loaded.value("title"))
    ]
    assert sandbox.account.get(42)["title"] == "A colleague's"
    person.picks = {"title": Resolution.MINE}
    assert await _undone(entry, services, person) is not None
    assert sandbox.account.get(42)["title"] == loaded.value("title")


async def test_no_means_that_nothing_is_sent(
    sandbox: Sandbox, services: Services, person: Person, loaded: Edit
) -> None:
    entry = await _saved(loaded.with_value("title", "Changed"), services, person)
    person.picks = None
    assert await _undone(entry, services, person) is None
    assert [each.method for each in sandbox.requests].count("PUT") == 1


async def test_an_undo_that_may_mail_attendees_is_reviewed_and_can_suppress_it(
    sandbox: Sandbox, services: Services, person: Person, loaded: Edit
) -> None:
    entry = await _saved(loaded.with_value("location", "Room 99"), services, person)
    person.picks = {}
    person.reviewed = None
    assert await _undone(entry, services, person) is None
    assert [kind for kind, *_ in person.asked] == ["undo", "review"]
    back = Edit(Activity.from_response(sandbox.account.get(42))).with_value(
        "location", loaded.value("location")
    )
    person.reviewed = ReviewResult(back.with_value("no_invite", True), "wrong room")
    saved = await _undone(entry, services, person)
    assert saved is not None
    assert saved.sent.body() == {
        "location": loaded.value("location"),
        "do_not_send_calendar_invite": True,
    }
    undo = await _last(services)
    assert (undo.undoes, undo.reason) == (entry.id, "wrong room")


@pytest.mark.parametrize(("year", "quiet"), [("2025", True), ("2027", False)])
async def test_an_undo_about_an_activity_that_is_over_mails_nobody_by_default(
    year: str, quiet: bool, sandbox: Sandbox, services: Services, person: Person
) -> None:
    sandbox.account.set({**sandbox.account.get(42), "start_date": f"{year}-06-16"})
    edit = Edit(Activity.from_response(sandbox.account.get(42)))
    entry = await _saved(edit.with_value("location", "Room 99"), services, person)
    person.picks = {}
    await _undone(entry, services, person)
    assert person.asked[-1][0] == "review"
    assert person.asked_quietly == quiet


async def test_a_replaced_file_stays_and_the_reason_is_told(
    services: Services, person: Person, loaded: Edit, tmp_path: Path
) -> None:
    for name in ("one.pdf", "two.pdf"):
        (tmp_path / name).write_bytes(name.encode())
        file = LocalFile.from_stat(tmp_path / name, (tmp_path / name).stat())
        body = await services.client.get_activity(42)
        edit = Edit(Activity.from_response(body)).with_value("attachment", file)
        entry = await _saved(edit.with_value("title", name), services, person)
    undo = await prepare_restore(entry, None, services, "UTC")
    assert list(undo.not_restorable) == ["attachment"]
    assert "can't be brought back" in undo.not_restorable["attachment"]
    assert list(undo.merge.edit.pending) == ["title"]


async def test_an_entry_of_another_account_is_never_put_back(
    sandbox: Sandbox, services: Services, person: Person, loaded: Edit
) -> None:
    entry = await _saved(loaded.with_value("title", "Changed"), services, person)
    foreign = replace(entry, account="another")
    count = len(sandbox.requests)
    with pytest.raises(ValueError, match="another account"):
        await restore_request(foreign, None, services, person, "UTC", now=NOW)
    assert len(sandbox.requests) == count
    assert why_not_restorable(foreign, "test") is not None
    assert why_not_restorable(entry, "test") is None


@pytest.mark.parametrize(
    ("outcome", "possible"),
    [
        (Outcome.VERIFIED, True),
        (Outcome.DIFFERENT, True),
        (Outcome.REFUSED, False),
        (Outcome.NOT_SENT, False),
        (Outcome.UNKNOWN, False),
        (None, False),
    ],
)
async def test_only_what_was_applied_can_be_put_back(
    services: Services, loaded: Edit, outcome: Outcome | None, possible: bool
) -> None:
    edit = loaded.with_value("title", "x")
    number = await services.journal.begin(new_entry(services, edit, None, None))
    if outcome is not None:
        await services.journal.settle(number, outcome.value, None, None, utc_now_text())
    entry = await _last(services)
    assert (why_not_restorable(entry, "test") is None) is possible
