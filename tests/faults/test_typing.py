"""What a person typed stays, or comes back, whatever happens around it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from atz_desktop.domain.history import Outcome
from atz_desktop.domain.merge import Resolution
from atz_desktop.domain.values import LocalFile
from atz_desktop.domain.values import Person as Somebody
from atz_desktop.sandbox.faults import Fault
from atz_desktop.sandbox.server import Sandbox
from atz_desktop.session.journal_entries import new_entry, utc_now_text
from atz_desktop.session.notices import Level
from atz_desktop.session.reconcile import reconcile_pending
from atz_desktop.session.services import UnsavedChoice
from tests.faults.desk import ACCOUNT, QUICK, Desk, Person
from tests.faults.full_disk import full_disk
from tests.store.conftest import all_drafts
from tests.waiting import until

ID, OTHER = 42, 7
PATH = f"/v1/activity/{ID}"
UNREADABLE = Fault("500", "GET", PATH, skip=1)
LOST = Fault("reset", "PUT", PATH, applied=True)


def value(desk: Desk, name: str) -> Any:
    assert desk.session.edit is not None
    return desk.session.edit.value(name)


def pending(desk: Desk) -> dict[str, Any]:
    assert desk.session.edit is not None
    return dict(desk.session.edit.pending)


# While something is under way


@pytest.mark.parametrize("wanted", [OTHER, ID], ids=["another", "the same"])
async def test_what_is_typed_while_an_activity_loads_waits_as_a_draft(
    wanted: int, desk: Desk, sandbox: Sandbox
) -> None:
    slow = sandbox.faults.on(Fault("slow", "GET", seconds=0.05))
    desk.session.open(wanted)
    await until(lambda: slow.count)
    desk.session.model.set_value("title", "Typed while it loaded")
    await desk.jobs.wait("open")
    sandbox.faults.off()
    if wanted != ID:
        assert not pending(desk)
        await desk.open(ID)
    assert pending(desk) == {"title": "Typed while it loaded"}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit for the size of a file")
async def test_nobody_is_let_go_with_a_draft_that_cannot_be_kept(
    desk: Desk, person: Person
) -> None:
    person.leaves = UnsavedChoice.KEEP_DRAFT
    with full_disk():
        desk.session.model.set_value("title", "Typed")
        await desk.on_disk()
        for _ in range(2):
            desk.notices.clear()
            await desk.open(OTHER)
            assert value(desk, "title") == "Typed"
            assert "can't be kept" in desk.notices[-1].title
    await desk.open(OTHER)
    assert not pending(desk)
    await desk.open(ID)
    assert pending(desk) == {"title": "Typed"}


@pytest.mark.skipif(sys.platform == "win32", reason="no limit for the size of a file")
async def test_what_is_typed_while_an_activity_loads_stays_if_it_cannot_be_kept(
    desk: Desk, sandbox: Sandbox
) -> None:
    sandbox.faults.on(Fault("slow", "GET", f"/v1/activity/{OTHER}", seconds=0.3))
    with full_disk():
        desk.session.open(OTHER)
        await until(lambda: sandbox.requests[-1].path.endswith(f"/{OTHER}"))
        desk.session.model.set_value("title", "Typed")
        await desk.jobs.wait("open")
        assert value(desk, "title") == "Typed"
        assert "can't be kept" in desk.notices[-1].title
    await desk.on_disk()
    await desk.open(OTHER)
    assert not pending(desk)


async def test_a_draft_that_cannot_be_read_is_kept_while_one_types(
    desk: Desk, sandbox: Sandbox, tmp_path: Path
) -> None:
    await desk.services.drafts.save(ACCOUNT, ID, "written by a later version")
    await desk.crash()
    again = Desk(sandbox, tmp_path / "atz.sqlite3", Person(), QUICK)
    await again.open(ID)
    assert again.notices[-1].title == "The draft is not shown"
    again.session.model.set_value("title", "Typed")
    await again.on_disk()
    kept = await all_drafts(again.database, ACCOUNT)
    assert len(kept) == 2
    assert "written by a later version" in kept
    await again.crash()


# After a decision


async def test_a_value_that_was_given_up_for_a_colleagues_is_not_sent_by_the_next_save(
    desk: Desk, person: Person, sandbox: Sandbox
) -> None:
    person.pick = Resolution.THEIRS
    desk.session.model.set_value("title", "Mine")
    desk.session.model.set_value("location", "Room 9")
    sandbox.account.edit_as_colleague(ID, title="Theirs")
    await desk.save()
    assert value(desk, "title") == "Theirs"
    assert not pending(desk)
    desk.session.model.undo()
    assert pending(desk)["title"] == "Mine", "what was typed can be had back"


async def test_two_lists_that_were_joined_stay_joined(
    desk: Desk, person: Person, sandbox: Sandbox
) -> None:
    person.pick = Resolution.BOTH
    desk.session.model.set_value("collaborators", (*value(desk, "collaborators"), Somebody("5")))
    sandbox.account.edit_as_colleague(ID, collaborators="3,6,1")
    await desk.save()
    assert {each.key for each in value(desk, "collaborators")} == {"3", "6", "1", "5"}
    assert not pending(desk)


async def test_a_decision_outlives_a_save_that_failed(
    desk: Desk, person: Person, sandbox: Sandbox
) -> None:
    person.pick = Resolution.THEIRS
    desk.session.model.set_value("title", "Mine")
    desk.session.model.set_value("location", "Room 9")
    sandbox.account.edit_as_colleague(ID, title="Theirs")
    sandbox.faults.on(Fault("422", "PUT", times=1))
    await desk.save()
    assert pending(desk) == {"location": "Room 9"}
    await desk.save()
    assert sandbox.account.get(ID)["title"] == "Theirs"
    assert person.asked == ["conflicts"]


async def test_a_decision_outlives_a_save_that_is_not_confirmed(
    desk: Desk, person: Person, sandbox: Sandbox
) -> None:
    person.pick = Resolution.MINE
    sandbox.account.edit_as_colleague(ID, title="Theirs")
    await _lose(desk, sandbox)
    desk.session.model.set_value("title", "Sent, and then some")
    await desk.save()
    assert person.asked == ["conflicts"], "and not once more"
    assert sandbox.account.get(ID)["title"] == "Sent, and then some"


async def test_what_atz_did_not_store_as_typed_comes_back_with_undo(
    desk: Desk, sandbox: Sandbox
) -> None:
    sandbox.faults.on(Fault("altered", "PUT"))
    desk.session.model.set_value("title", "A long title that the server does not want")
    await desk.save()
    assert value(desk, "title") == sandbox.account.get(ID)["title"]
    desk.session.model.undo()
    assert pending(desk) == {"title": "A long title that the server does not want"}


@pytest.mark.parametrize("name", ["another.pdf", "the same"])
@pytest.mark.parametrize(
    "fault", [Fault("500", "PUT"), Fault("reset", "PUT")], ids=lambda fault: fault.name
)
async def test_a_file_that_may_not_have_arrived_stays_chosen(
    fault: Fault, name: str, desk: Desk, sandbox: Sandbox, tmp_path: Path
) -> None:
    """Under the name of the earlier file nothing shows whether it was replaced."""
    held = next(n for n in sandbox.account.ids() if sandbox.account.get(n)["attachment"])
    await desk.open(held)
    file = tmp_path / (value(desk, "attachment").name if name == "the same" else name)
    file.write_bytes(b"%PDF-1.7")
    chosen = LocalFile.from_stat(file, file.stat())
    desk.session.model.set_value("attachment", chosen)
    sandbox.faults.on(fault)
    await desk.save()
    assert pending(desk) == {"attachment": chosen}
    assert "Saved" not in desk.notices[-1].title
    sandbox.faults.off()
    await desk.save()
    assert not pending(desk)
    assert desk.notices[-1].title == "Saved and checked"


# One's own save is nobody else's change


async def test_typing_on_after_an_unconfirmed_save_is_no_conflict_at_the_next_one(
    desk: Desk, person: Person, sandbox: Sandbox
) -> None:
    await _lose(desk, sandbox)
    desk.session.model.set_value("title", "Sent, and then some")
    await desk.save()
    assert not person.asked
    assert sandbox.account.get(ID)["title"] == "Sent, and then some"
    assert [each.outcome for each in await desk.entries()] == [Outcome.VERIFIED] * 2


async def test_typing_on_while_the_program_looks_up_by_itself_is_no_conflict(
    desk: Desk, person: Person, sandbox: Sandbox
) -> None:
    await _lose(desk, sandbox)
    desk.session.model.set_value("title", "Sent, and then some")
    assert await desk.session.unconfirmed_saves.reconcile_once() == 0
    told = desk.notices[-1]
    assert (told.level, told.title) == (Level.INFO, "Your earlier save is checked")
    assert pending(desk) == {"title": "Sent, and then some"}
    await desk.save()
    assert not person.asked
    assert desk.notices[-1].title == "Saved and checked"
    desk.session.model.undo()
    assert value(desk, "title") == "Sent", "undo steps over each save"


async def test_typing_on_before_a_crash_is_no_conflict_after_it(
    desk: Desk, person: Person, sandbox: Sandbox, tmp_path: Path
) -> None:
    await _lose(desk, sandbox)
    desk.session.model.set_value("title", "Sent, and then some")
    await desk.on_disk()
    await desk.crash()
    again = Desk(sandbox, tmp_path / "atz.sqlite3", person, QUICK)
    assert await again.session.unconfirmed_saves.reconcile_once() == 0
    await again.open(ID)
    assert "Also changed in ATZ" not in again.notices[-1].text
    await again.save()
    assert not person.asked
    assert sandbox.account.get(ID)["title"] == "Sent, and then some"
    await again.crash()


async def test_a_colleague_after_an_unconfirmed_save_is_a_conflict_all_the_same(
    desk: Desk, person: Person, sandbox: Sandbox
) -> None:
    await _lose(desk, sandbox)
    assert await desk.session.unconfirmed_saves.reconcile_once() == 0
    desk.session.model.set_value("title", "Mine")
    sandbox.account.edit_as_colleague(ID, title="Theirs")
    await desk.save()
    assert person.asked == ["conflicts"]
    assert sandbox.account.get(ID)["title"] == "Theirs"


async def _lose(desk: Desk, sandbox: Sandbox) -> None:
    """Save a title that arrives, without the program learning of it."""
    desk.session.model.set_value("title", "Sent")
    sandbox.faults.on(UNREADABLE)
    sandbox.faults.on(LOST)
    await desk.save()
    sandbox.faults.off()
    assert desk.notices[-1].title == "Not confirmed yet"
    assert sandbox.account.get(ID)["title"] == "Sent"


# Words and buttons


async def test_a_save_that_timed_out_is_called_failed_only_when_it_cannot_come_any_more(
    desk: Desk, sandbox: Sandbox
) -> None:
    desk.session.model.set_value("title", "Slow")
    sandbox.faults.on(Fault("timeout", "PUT", times=1))
    await desk.save()
    assert desk.notices[-1].title == "Not confirmed yet"
    assert await desk.session.unconfirmed_saves.reconcile_once() == 1, "it may still come"
    assert (await desk.settle(patience=0)).remaining == 0
    assert [each.outcome for each in await desk.entries()] == [Outcome.NOT_SENT]


async def test_what_may_still_come_is_counted_from_when_it_was_sent_not_from_when_it_was_meant(
    desk: Desk,
) -> None:
    """A save may wait for minutes, for its turn or for a new token, before it goes out."""
    edit = desk.session.edit
    assert edit is not None
    meant = new_entry(desk.services, edit.with_value("title", "Slow"), None, None)
    journal = desk.services.journal
    number = await journal.begin(meant._replace(at="2024-06-15T10:00:00+00:00"))
    await journal.settle(number, "UNKNOWN", None, None, utc_now_text())
    assert (await reconcile_pending(desk.services, "UTC")).remaining == 1


async def test_a_draft_of_which_all_arrived_is_not_called_unsaved(
    desk: Desk, sandbox: Sandbox, tmp_path: Path
) -> None:
    desk.session.model.set_value("title", "Sent")
    await desk.on_disk()
    held = sandbox.faults.on(Fault("timeout", "PUT", applied=True, times=1))
    desk.session.save()
    await until(lambda: held.count)
    await desk.crash()
    again = Desk(sandbox, tmp_path / "atz.sqlite3", Person(), QUICK)
    await again.open(ID)
    assert not pending(again)
    assert [notice.title for notice in again.notices] == ["Saved and checked"]
    await again.on_disk()
    assert not await all_drafts(again.database, ACCOUNT), "and the draft is gone"
    await again.crash()


async def test_try_again_does_what_failed_last(desk: Desk, sandbox: Sandbox) -> None:
    sandbox.faults.on(Fault("404", "GET", f"/v1/activity/{OTHER}", times=1))
    await desk.open(OTHER)
    desk.session.model.set_value("title", "Typed")
    sandbox.faults.on(Fault("401", "PUT", PATH, times=1))
    await desk.save()
    desk.session.retry()
    await desk.jobs.wait("save")
    assert sandbox.account.get(ID)["title"] == "Typed"
    assert value(desk, "title") == "Typed"
