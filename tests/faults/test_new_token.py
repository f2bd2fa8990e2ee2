"""A token of another account, typed by mistake in the middle of a save, mixes nothing up."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from atz_desktop.domain.history import Outcome
from atz_desktop.domain.merge import Resolution
from atz_desktop.sandbox.account import Account
from atz_desktop.sandbox.faults import Fault
from atz_desktop.sandbox.server import Sandbox
from tests.faults.desk import QUICK, ZONE, Desk, Person
from tests.faults.ground import small_account
from tests.faults.test_typing import pending

ID = 42
AT = f"/v1/activity/{ID}"
OTHER = "token-of-another-account"


@pytest.fixture
def written(sandbox: Sandbox) -> list[Any]:
    """What is changed in the other account, where another activity has the same number."""
    changes: list[Any] = []
    other = small_account()
    other.set({**other.get(ID), "created_at": "2020-02-02T02:02:02Z", "title": "Another record"})
    other.on_change = changes.append
    sandbox.serve(OTHER, other)
    return changes


async def _goes_on(desk: Desk, person: Person, sandbox: Sandbox, written: list[Any]) -> None:
    """With the right token again, all that was typed is saved where it belongs."""
    assert desk.session.activity
    assert desk.session.activity.value("title") != "Another record"
    person.token = None
    sandbox.faults.off()
    desk.session.model.set_value("location", "Room 9")
    await desk.save()
    held = sandbox.account.get(ID)
    assert (held["title"], held["location"]) == ("Mine", "Room 9")
    assert not written
    assert not person.conflicting


async def test_a_look_up_with_it_neither_settles_a_save_nor_changes_the_form(
    desk: Desk, person: Person, sandbox: Sandbox, written: list[Any]
) -> None:
    sandbox.faults.on(Fault("500", "GET", AT, skip=1))
    sandbox.faults.on(Fault("reset", "PUT", AT, applied=True))
    desk.session.model.set_value("title", "Mine")
    await desk.save()
    assert desk.notices[-1].title == "Not confirmed yet"
    sandbox.faults.off()
    person.next_token = OTHER
    sandbox.faults.on(Fault("401", "GET", AT, times=1))
    desk.session.model.set_value("description", "More")
    await desk.save()
    assert desk.notices[-1].title == "Not saved"
    settled = await desk.settle(patience=0.0)
    assert not settled.settled
    assert await desk.session.unconfirmed_saves.reconcile_once() == 1
    await _goes_on(desk, person, sandbox, written)
    assert sandbox.account.get(ID)["description"] == "More"


async def _type_a_token_during_a_read(desk: Desk, sandbox: Sandbox) -> None:
    before = len(sandbox.requests)
    async with asyncio.timeout(5):
        while len(sandbox.requests) == before:  # noqa: ASYNC110 - the log is no event of this loop
            await asyncio.sleep(0)
    await desk.client.get_activity(7)


async def test_a_save_whose_read_the_right_token_made_does_not_leave_with_it(
    desk: Desk, person: Person, sandbox: Sandbox, written: list[Any]
) -> None:
    """It is typed for another request while the read before the PUT is on its way."""
    person.next_token = OTHER
    sandbox.faults.on(Fault("slow", "GET", AT, times=1, seconds=0.3))
    sandbox.faults.on(Fault("401", "GET", "/v1/activity/7", times=1))
    desk.session.model.set_value("title", "Mine")
    await asyncio.gather(desk.save(), _type_a_token_during_a_read(desk, sandbox))
    assert person.asked == ["token"]
    assert desk.notices[-1].title == "Not saved"
    assert not written
    await _goes_on(desk, person, sandbox, written)


async def test_after_a_look_that_the_right_token_made_its_404_proves_nothing(
    desk: Desk, person: Person, sandbox: Sandbox
) -> None:
    other = small_account()
    other.remove(ID)
    sandbox.serve(OTHER, other)
    sandbox.faults.on(Fault("500", "GET", AT, skip=1))
    sandbox.faults.on(Fault("reset", "PUT", AT))
    desk.session.model.set_value("title", "Mine")
    await desk.save()
    desk.jobs.cancel("look up")
    sandbox.faults.off()
    person.next_token = OTHER
    sandbox.faults.on(Fault("slow", "GET", AT, times=1, seconds=0.3))
    sandbox.faults.on(Fault("401", "GET", "/v1/activity/7", times=1))
    looking = desk.session.unconfirmed_saves.reconcile_once()
    await asyncio.gather(looking, _type_a_token_during_a_read(desk, sandbox))
    assert person.asked == ["token"]
    found = await desk.settle(patience=0.0)
    assert not found.settled
    assert [each.outcome for each in await desk.entries()] == [Outcome.UNKNOWN]


async def test_a_read_back_with_it_confirms_nothing_and_does_not_change_the_form(
    desk: Desk, person: Person, sandbox: Sandbox, written: list[Any]
) -> None:
    person.next_token = OTHER
    sandbox.faults.on(Fault("401", "GET", AT, skip=1, times=1))
    desk.session.model.set_value("title", "Mine")
    await desk.save()
    assert [each.outcome for each in await desk.entries()] == [Outcome.UNKNOWN]
    await _goes_on(desk, person, sandbox, written)


async def test_the_form_is_not_laid_on_it_when_a_save_is_settled_meanwhile(
    desk: Desk, person: Person, sandbox: Sandbox, written: list[Any]
) -> None:
    sandbox.faults.on(Fault("500", "GET", AT, skip=1))
    desk.session.model.set_value("title", "Mine")
    await desk.save()
    sandbox.faults.off()
    person.next_token = OTHER
    sandbox.faults.on(Fault("401", "GET", AT, skip=1, times=1))
    assert await desk.session.unconfirmed_saves.reconcile_once() == 0
    assert person.token == OTHER
    await _goes_on(desk, person, sandbox, written)


async def test_nothing_is_put_back_in_the_other_account_with_it(
    desk: Desk, person: Person, sandbox: Sandbox, written: list[Any]
) -> None:
    desk.session.model.set_value("title", "Mine")
    await desk.save()
    [entry] = await desk.entries()
    person.next_token, person.pick = OTHER, Resolution.MINE
    sandbox.faults.on(Fault("401", "GET", AT, times=1))
    desk.session.restore(entry)
    await desk.jobs.wait("save")
    assert person.asked[0] == "token"
    assert desk.notices[-1].title == "Nothing was put back"
    assert not written
    assert len(await desk.entries()) == 1


@pytest.mark.parametrize("way", ["looked up", "loaded"])
async def test_a_new_run_with_it_settles_no_save_of_the_other_record(
    way: str, desk: Desk, person: Person, sandbox: Sandbox, file: Path, written: list[Any]
) -> None:
    sandbox.faults.on(Fault("500", "GET", AT, skip=1))
    sandbox.faults.on(Fault("reset", "PUT", AT, applied=True))
    desk.session.model.set_value("title", "Mine")
    await desk.save()
    await desk.on_disk()
    await desk.crash()
    sandbox.faults.off()
    person.token = OTHER
    again = Desk(sandbox, file, person, QUICK)
    if way == "loaded":
        await again.open(ID)
    assert not (await again.settle(patience=0.0)).settled
    assert [each.outcome for each in await again.entries()] == [Outcome.UNKNOWN]
    person.token = None
    settled = await again.settle(patience=0.0)
    assert [each.outcome for each in settled.settled] == [Outcome.VERIFIED]
    assert not written
    await again.crash()


async def _leave_open(desk: Desk, sandbox: Sandbox) -> None:
    """Save a title without hearing what became of it."""
    sandbox.faults.on(Fault("500", "GET", AT, skip=1))
    sandbox.faults.on(Fault("reset", "PUT", AT, applied=True))
    desk.session.model.set_value("title", "Mine")
    await desk.save()
    desk.jobs.cancel("look up")
    sandbox.faults.off()


async def _outcomes(desk: Desk) -> list[Outcome | None]:
    return [each.outcome for each in await desk.entries()]


@pytest.mark.parametrize("restarted", [False, True])
async def test_an_account_without_this_activity_does_not_settle_its_save(
    restarted: bool, desk: Desk, person: Person, sandbox: Sandbox, file: Path
) -> None:
    sandbox.serve(OTHER, Account([]))
    await _leave_open(desk, sandbox)
    if restarted:
        await desk.on_disk()
        await desk.crash()
        desk = Desk(sandbox, file, person, QUICK)
    person.token = OTHER
    found = await desk.settle(patience=0.0)
    assert (found.settled, found.remaining) == ((), 0)
    assert await _outcomes(desk) == [Outcome.UNKNOWN]
    person.token = None
    await desk.settle(patience=0.0)
    assert await _outcomes(desk) == [Outcome.VERIFIED]
    await desk.crash()


async def test_an_activity_that_is_deleted_settles_its_save_with_the_token_that_has_read_it(
    desk: Desk, sandbox: Sandbox
) -> None:
    await _leave_open(desk, sandbox)
    sandbox.account.remove(ID)
    assert (await desk.settle(patience=90.0)).remaining == 1
    assert (await desk.settle(patience=0.0)).settled
    assert await _outcomes(desk) == [Outcome.DIFFERENT]


@pytest.mark.parametrize("fault", [Fault("403", "GET", AT), Fault("404", "GET", AT)])
async def test_no_refusal_of_a_token_that_has_not_read_it_settles_a_save(
    fault: Fault, desk: Desk, person: Person, sandbox: Sandbox
) -> None:
    await _leave_open(desk, sandbox)
    person.token = OTHER
    sandbox.serve(OTHER, sandbox.account)
    sandbox.faults.on(fault)
    await desk.settle(patience=0.0)
    assert await _outcomes(desk) == [Outcome.UNKNOWN]


# Records of which ATZ does not tell when and by whom they were made


@pytest.fixture
def written_elsewhere() -> list[Any]:
    return []


@pytest_asyncio.fixture
async def nameless(
    desk: Desk, sandbox: Sandbox, written_elsewhere: list[Any]
) -> AsyncIterator[dict[str, Any]]:
    """What ATZ holds of such a one, which is loaded; the OTHER token shows another under its ID."""
    held = {**sandbox.account.get(ID), "created_at": None, "created_by": None}
    sandbox.account.set(held)
    await desk.open(ID)
    differs = {"title": "Another record", "location": "Elsewhere"}
    other = Account([{**held, **differs, "updated_at": "2030-02-02T02:02:02Z"}])
    other.on_change = written_elsewhere.append
    sandbox.serve(OTHER, other)
    yield held
    assert not written_elsewhere


async def test_a_record_that_cannot_be_known_does_not_settle_a_save_with_another_token(
    desk: Desk, person: Person, sandbox: Sandbox, nameless: dict[str, Any]
) -> None:
    await _leave_open(desk, sandbox)
    person.token = OTHER
    found = await desk.settle(patience=0.0)
    assert (found.settled, found.remaining) == ((), 0)
    assert await _outcomes(desk) == [Outcome.UNKNOWN]


@pytest.mark.parametrize("text", ["Mine", "Another record"])
async def test_a_token_between_put_and_read_back_proves_nothing_where_no_record_can_be_known(
    text: str,
    desk: Desk,
    person: Person,
    sandbox: Sandbox,
    file: Path,
    nameless: dict[str, Any],
) -> None:
    """Not even where the other record happens to hold what was sent. The next start has the right
    token again, and finds it out.
    """
    person.next_token = OTHER
    sandbox.faults.on(Fault("401", "GET", AT, skip=1, times=1))
    desk.session.model.set_value("title", text)
    await desk.save()
    desk.jobs.cancel("look up")
    assert person.token == OTHER
    assert desk.notices[-1].title == "Not confirmed yet"
    assert await _outcomes(desk) == [Outcome.UNKNOWN]
    assert pending(desk) == {"title": text}
    assert desk.session.activity is not None
    assert desk.session.activity.value("title") == nameless["title"]
    assert not (await desk.settle(patience=0.0)).settled
    await desk.crash()
    person.token = None
    again = Desk(sandbox, file, person, QUICK)
    assert (await again.settle(patience=0.0)).settled
    assert await _outcomes(again) == [Outcome.VERIFIED]
    await again.crash()


@pytest.mark.parametrize("way", ["reload", "restore", "settled"])
async def test_the_form_is_not_laid_on_what_may_be_another_record(
    way: str, desk: Desk, person: Person, sandbox: Sandbox, nameless: dict[str, Any]
) -> None:
    if way == "settled":
        await _leave_open(desk, sandbox)
    else:
        desk.session.model.set_value("title", "Another record")
        await desk.save()
    shown = pending(desk), desk.session.activity
    person.next_token = OTHER
    sandbox.faults.on(Fault("401", "GET", AT, skip=1 if way == "settled" else 0, times=1))
    if way == "reload":
        desk.session.reload()
        await desk.jobs.wait("open")
    elif way == "restore":
        desk.session.restore((await desk.entries())[0])
        await desk.jobs.wait("save")
    else:
        await desk.session.unconfirmed_saves.reconcile_once()
    assert person.token == OTHER
    assert (pending(desk), desk.session.activity) == shown


async def test_an_earlier_runs_save_is_not_settled_by_a_new_token_where_no_record_can_be_known(
    desk: Desk, person: Person, sandbox: Sandbox, file: Path, nameless: dict[str, Any]
) -> None:
    await _leave_open(desk, sandbox)
    await desk.on_disk()
    await desk.crash()
    again = Desk(sandbox, file, person, QUICK)
    await again.open(7)
    person.token = OTHER
    assert not (await again.settle(patience=0.0)).settled
    assert await _outcomes(again) == [Outcome.UNKNOWN]
    await again.crash()


async def test_with_the_right_token_again_no_read_is_taken_for_the_other_record(
    desk: Desk, person: Person, sandbox: Sandbox, nameless: dict[str, Any]
) -> None:
    """Which, by its stamp, would be the later version of the two."""
    person.token = OTHER
    await desk.services.fetch_activity(ID, ZONE)
    person.token = None
    assert (await desk.services.fetch_activity(ID, ZONE)).value("title") == nameless["title"]
