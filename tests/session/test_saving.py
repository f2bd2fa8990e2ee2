"""Saves against the sandbox over real sockets, with a real journal."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from atz_desktop.api.client import AtzClient
from atz_desktop.domain.activity import Activity
from atz_desktop.domain.edit import Edit
from atz_desktop.domain.history import Outcome
from atz_desktop.domain.merge import Resolution
from atz_desktop.domain.serialize import load_values
from atz_desktop.domain.values import LocalFile, Option
from atz_desktop.domain.values import Person as Somebody
from atz_desktop.sandbox.faults import Fault
from atz_desktop.sandbox.server import Sandbox
from atz_desktop.session.journal_entries import entry_from_row
from atz_desktop.session.notices import error_notice
from atz_desktop.session.saving import SaveRequest, SaveResult, save_edit
from atz_desktop.session.services import Services
from atz_desktop.store.journal import JournalRow
from tests.session.conftest import Person


def _puts(sandbox: Sandbox) -> list[dict[str, object]]:
    return [json.loads(each.body) for each in sandbox.requests if each.method == "PUT"]


async def _last(services: Services) -> JournalRow:
    return (await services.journal.entries())[0]


async def _save(edit: Edit, services: Services, person: Person) -> SaveResult:
    return await save_edit(SaveRequest(edit), services, person)


async def test_only_the_changed_fields_are_sent_and_read_back(
    sandbox: Sandbox, services: Services, person: Person, loaded: Edit
) -> None:
    before = sandbox.account.get(42)
    saved = await _save(loaded.with_value("importance", Option("high")), services, person)
    after = sandbox.account.get(42)
    assert _puts(sandbox) == [{"importance": "high"}]
    assert saved.outcome is Outcome.VERIFIED
    assert after["importance"] == "high"
    untouched = before.keys() - {"importance", "updated_at", "updated_by"}
    assert {key: after[key] for key in untouched} == {key: before[key] for key in untouched}
    assert [each.method for each in sandbox.requests] == ["GET", "PUT", "GET"]


async def test_nothing_changed_sends_no_put(
    sandbox: Sandbox, services: Services, person: Person, loaded: Edit
) -> None:
    saved = await _save(loaded, services, person)
    assert saved.outcome is None
    assert not _puts(sandbox)
    assert not await services.journal.entries()


async def test_the_journal_knows_before_after_and_outcome(
    services: Services, person: Person, loaded: Edit
) -> None:
    await save_edit(
        SaveRequest(loaded.with_value("title", "Corrected"), reason="TICKET-7"), services, person
    )
    row = await _last(services)
    assert (row.outcome, row.reason, row.activity_id) == ("VERIFIED", "TICKET-7", 42)
    assert json.loads(row.request) == {"title": "Corrected"}
    assert json.loads(row.sent) == {"title": "Corrected"}
    assert load_values(row.before) == {"title": loaded.value("title")}
    assert entry_from_row(row).is_of(loaded.base)
    assert json.loads(row.after or "") == {"title": "Corrected"}


async def test_a_lost_reply_is_looked_up_before_anything_is_sent_again(
    sandbox: Sandbox, services: Services, person: Person, loaded: Edit
) -> None:
    sandbox.faults.on(Fault("reset", "PUT", applied=True, times=1))
    saved = await _save(loaded.with_value("title", "Corrected"), services, person)
    assert saved.outcome is Outcome.VERIFIED
    assert saved.error is not None
    assert len(_puts(sandbox)) == 1
    assert (await _last(services)).outcome == "VERIFIED"


async def test_a_lost_request_is_not_confirmed_and_not_repeated(
    sandbox: Sandbox, services: Services, person: Person, loaded: Edit
) -> None:
    sandbox.faults.on(Fault("reset", "PUT", applied=False, times=1))
    saved = await _save(loaded.with_value("title", "Corrected"), services, person)
    assert saved.outcome is Outcome.UNKNOWN
    assert sandbox.account.get(42)["title"] == loaded.value("title")
    assert len([each for each in sandbox.requests if each.method == "PUT"]) <= 1


async def test_an_answer_that_cannot_be_looked_up_stays_unknown_and_settles_later(
    sandbox: Sandbox, services: Services, person: Person, loaded: Edit
) -> None:
    switch = sandbox.faults.on(Fault("502", "GET", skip=1))
    sandbox.faults.on(Fault("reset", "PUT", applied=True, times=1))
    saved = await _save(loaded.with_value("title", "Corrected"), services, person)
    assert saved.outcome is Outcome.UNKNOWN
    assert (await _last(services)).outcome == "UNKNOWN"
    sandbox.faults.off(switch.fault)
    again = await _save(loaded.with_value("title", "Corrected"), services, person)
    assert again.outcome is None
    assert (await _last(services)).outcome == "VERIFIED"
    assert len(_puts(sandbox)) == 1


async def test_a_field_that_the_server_ignored_is_not_called_saved(
    sandbox: Sandbox, services: Services, person: Person, loaded: Edit
) -> None:
    sandbox.faults.on(Fault("ignored", "PUT", fields=("title",)))
    edit = loaded.with_value("title", "Corrected").with_value("location", "Room 9")
    saved = await _save(edit, services, person)
    assert saved.outcome is Outcome.DIFFERENT
    assert saved.verification is not None
    assert {v.field.name: v.is_ok for v in saved.verification.verdicts} == {
        "title": False,
        "location": True,
    }


async def test_a_refusal_changes_nothing_and_keeps_the_servers_words(
    sandbox: Sandbox, services: Services, person: Person, loaded: Edit
) -> None:
    body = b'{"message": "The title is reserved.", "errors": {"title": ["Reserved."]}}'
    sandbox.faults.on(Fault("422", "PUT", body=body))
    saved = await _save(loaded.with_value("title", "Corrected"), services, person)
    assert saved.outcome is Outcome.REFUSED
    assert saved.sent.pending == {"title": "Corrected"}
    assert (await _last(services)).outcome == "REFUSED"


@pytest.mark.parametrize("token", ["", "two words", "tök"])
async def test_what_was_never_sent_for_want_of_a_token_was_not_refused_by_atz(
    sandbox: Sandbox, services: Services, person: Person, loaded: Edit, token: str
) -> None:
    tokens = {"": sandbox.token, "Saving…": token}
    steps = [""]
    client = AtzClient(sandbox.url, lambda: tokens.get(steps[-1], sandbox.token))
    request = SaveRequest(loaded.with_value("title", "Corrected"), on_step=steps.append)
    saved = await save_edit(request, replace(services, client=client), person)
    await client.close()
    assert (saved.outcome, _puts(sandbox)) == (Outcome.NOT_SENT, [])
    assert (await _last(services)).outcome == "NOT_SENT"
    assert saved.error is not None
    words = error_notice(saved.error, "Not saved").text
    assert words == "This account has no token that could be sent, so nothing was."


async def test_a_colleagues_change_of_another_field_is_taken_over(
    sandbox: Sandbox, services: Services, person: Person, loaded: Edit
) -> None:
    sandbox.account.edit_as_colleague(42, location="Room 12")
    saved = await _save(loaded.with_value("title", "Corrected"), services, person)
    assert saved.outcome is Outcome.VERIFIED
    assert [change.field.name for change in saved.remote_changes] == ["location"]
    assert _puts(sandbox) == [{"title": "Corrected"}]
    assert sandbox.account.get(42)["location"] == "Room 12"


async def test_a_conflict_is_asked_about_and_cancel_sends_nothing(
    sandbox: Sandbox, services: Services, person: Person, loaded: Edit
) -> None:
    sandbox.account.edit_as_colleague(42, title="Theirs")
    saved = await _save(loaded.with_value("title", "Mine"), services, person)
    assert saved.cancelled
    assert not _puts(sandbox)
    assert person.asked[0][0] == "conflicts"
    assert not await services.journal.entries()


@pytest.mark.parametrize(
    ("pick", "title"), [(Resolution.MINE, "Mine"), (Resolution.THEIRS, "Theirs")]
)
async def test_a_conflict_ends_as_the_person_chose(
    pick: Resolution, title: str, sandbox: Sandbox, services: Services, person: Person, loaded: Edit
) -> None:
    sandbox.account.edit_as_colleague(42, title="Theirs")
    person.picks = {"title": pick}
    edit = loaded.with_value("title", "Mine").with_value("location", "Room 9")
    saved = await _save(edit, services, person)
    assert saved.outcome is Outcome.VERIFIED
    assert sandbox.account.get(42)["title"] == title
    assert sandbox.account.get(42)["location"] == "Room 9"


async def test_both_adds_my_people_to_their_list(
    sandbox: Sandbox, services: Services, person: Person, loaded: Edit
) -> None:
    theirs = [*sandbox.account.get(42)["collaborators"]]
    sandbox.account.edit_as_colleague(42, collaborators="3,6,1")
    person.picks = {"collaborators": Resolution.BOTH}
    mine = (*loaded.value("collaborators"), Somebody("5"))
    saved = await _save(loaded.with_value("collaborators", mine), services, person)
    assert len(theirs) == 2
    assert saved.outcome is Outcome.VERIFIED
    assert _puts(sandbox) == [{"collaborators": "3,6,1,5"}]


async def test_ones_own_second_save_is_no_conflict(
    sandbox: Sandbox, services: Services, person: Person, loaded: Edit
) -> None:
    first = await _save(loaded.with_value("title", "One"), services, person)
    assert first.fresh is not None
    second = await _save(Edit(first.fresh).with_value("title", "Two"), services, person)
    assert second.outcome is Outcome.VERIFIED
    assert not person.asked


async def test_a_file_goes_as_multipart_and_only_its_name_is_called_checked(
    sandbox: Sandbox, services: Services, person: Person, loaded: Edit, tmp_path: Path
) -> None:
    file = tmp_path / "Agenda – Zürich.pdf"
    file.write_bytes(b"%PDF-1.7 " + bytes(range(256)))
    chosen = LocalFile.from_stat(file, file.stat())
    edit = loaded.with_value("attachment", chosen).with_value("done", True)
    saved = await _save(edit, services, person)
    assert saved.outcome is Outcome.VERIFIED
    assert saved.verification is not None
    results = {v.field.name: v.result.value for v in saved.verification.verdicts}
    assert results == {"attachment": "name stored", "done": "stored"}
    put = next(each for each in sandbox.requests if each.method == "PUT")
    assert file.read_bytes() in put.body
    assert b'name="mark_as_done"\r\n\r\ntrue\r\n' in put.body


async def test_a_wrong_zone_shows_in_the_times_that_come_back(
    sandbox: Sandbox, services: Services, person: Person
) -> None:
    loaded = Edit(Activity.from_response(sandbox.account.get(42), "Asia/Tokyo"))
    span = loaded.base.span
    assert span.start is not None
    moved = span.with_start(span.start.replace(minute=45))
    saved = await _save(loaded.with_value("when", moved), services, person)
    assert saved.outcome is Outcome.DIFFERENT
    assert saved.verification is not None
    assert saved.verification.times_changed


async def test_without_a_journal_nothing_is_sent_unless_the_person_agrees(
    sandbox: Sandbox, services: Services, person: Person, loaded: Edit
) -> None:
    from dataclasses import replace

    from atz_desktop.store.database import Database
    from atz_desktop.store.errors import DiskFull
    from atz_desktop.store.journal import Journal

    memory = Database.in_memory(DiskFull(Path("full.sqlite3")))
    try:
        bare = replace(services, journal=Journal(memory))
        edit = loaded.with_value("title", "Corrected")
        refused = await _save(edit, bare, person)
        assert refused.cancelled
        assert not _puts(sandbox)
        person.goes_without_journal = True
        saved = await _save(edit, bare, person)
        assert saved.outcome is Outcome.VERIFIED
        assert saved.without_journal
    finally:
        memory.close()
