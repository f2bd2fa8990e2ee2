"""The outcome of a save may be found out at any moment: what the form stands on knows of it or not.

A save counts as the form's own until the form was shown what became of it; the last save of a field
decides what shows there; and what was once seen of a save stays known.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from atz_desktop.domain.history import Outcome
from atz_desktop.domain.merge import Merge, Resolution
from atz_desktop.sandbox.faults import Fault
from atz_desktop.sandbox.server import Sandbox
from atz_desktop.session.notices import NoticeAction
from tests.faults.desk import QUICK, Clockless, Desk, Person
from tests.faults.full_disk import full_disk
from tests.faults.test_typing import ID, pending, value

AT = f"/v1/activity/{ID}"
OLD, MINE, MORE, THEIRS = "The old title", "My title", "Typed on", "A colleague's title"


class Hesitant(Person):
    """Something happens while the question about conflicts is open."""

    meanwhile: Callable[[], Awaitable[object]] | None = None

    async def resolve_conflicts(self, merge: Merge) -> Mapping[str, Resolution] | None:
        if self.meanwhile is not None:
            await self.meanwhile()
        return await super().resolve_conflicts(merge)


@pytest.fixture
def person() -> Hesitant:
    return Hesitant()


@pytest.fixture
def sandbox(sandbox: Sandbox) -> Sandbox:
    sandbox.account.edit_as_colleague(ID, title=OLD, mark_as_done=False)
    return sandbox


def _earlier(sandbox: Sandbox, **changes: str) -> Fault:
    """Every read shows the activity as it stands, but for these changes."""
    body = json.dumps({**sandbox.account.get(ID), **changes}).encode()
    return Fault("answer", "GET", AT, body=body)


async def _arrive_unseen(desk: Desk, sandbox: Sandbox) -> Fault:
    """Save a title that arrives, while the answer and the read after it are lost; the reads as
    they were before it.
    """
    before = _earlier(sandbox)
    sandbox.faults.on(Fault("reset", "PUT", applied=True))
    sandbox.faults.on(Fault("500", "GET", skip=1))
    desk.session.model.set_value("title", MINE)
    await desk.save()
    desk.jobs.cancel("look up")
    sandbox.faults.off()
    assert desk.notices[-1].title == "Not confirmed yet"
    return before


async def test_a_save_that_could_not_read_the_record_forgets_no_earlier_one(
    desk: Desk, person: Person, sandbox: Sandbox
) -> None:
    await _arrive_unseen(desk, sandbox)
    await desk.settle(patience=0.0)
    desk.session.model.set_value("title", MORE)
    sandbox.faults.on(Fault("500", "GET"))
    await desk.save()
    assert desk.notices[-1].title == "Not saved"
    sandbox.faults.off()
    await desk.save()
    assert not person.asked
    assert sandbox.account.get(ID)["title"] == MORE


async def test_a_save_that_is_settled_after_another_one_read_is_no_colleagues(
    desk: Desk, person: Hesitant, sandbox: Sandbox
) -> None:
    await _arrive_unseen(desk, sandbox)
    desk.session.model.set_value("title", MORE)
    desk.session.model.set_value("location", "My room")
    lagging = _earlier(sandbox, title=OLD, location="A colleague's room")
    sandbox.faults.on(lagging)

    async def look() -> None:
        sandbox.faults.off()
        assert (await desk.settle(patience=0.0)).settled

    person.meanwhile = look
    await desk.save()
    assert person.conflicting == ["location"]
    person.meanwhile = None
    await desk.save()
    assert "title" not in person.conflicting


@pytest.mark.parametrize("again", ["reload", "save"])
async def test_what_was_put_back_stays_so_although_the_save_was_settled_before_the_next_read(
    again: str, desk: Desk, sandbox: Sandbox
) -> None:
    await _arrive_unseen(desk, sandbox)
    desk.session.model.revert("title")
    await desk.settle(patience=0.0)
    if again == "reload":
        desk.session.reload()
        await desk.jobs.wait("open")
    else:
        desk.session.model.set_value("location", "Room 9")
        await desk.save()
    assert pending(desk) == {"title": OLD}


@pytest.mark.parametrize("arrives", [True, False])
async def test_what_was_put_back_stays_so_when_the_earlier_of_two_saves_is_settled_first(
    arrives: bool, desk: Desk, sandbox: Sandbox
) -> None:
    """Else it would show, and send, what the earlier one had set."""
    for text in (MINE, MORE):
        sandbox.faults.off()
        sandbox.faults.on(Fault("reset", "PUT"))
        desk.session.model.set_value("title", text)
        await desk.save()
        desk.jobs.cancel("look up")
    sandbox.faults.off()
    desk.session.model.revert("title")
    for text in (MINE, MORE) if arrives else (MINE,):
        sandbox.account.update(ID, {"title": text})
        assert await desk.session.unconfirmed_saves.reconcile_once() == (text == MINE)
        await desk.jobs.wait("settled")
        assert (value(desk, "title"), pending(desk)) == (OLD, {"title": OLD})
    await desk.save()
    assert sandbox.account.get(ID)["title"] == OLD


async def test_what_was_put_back_stays_so_over_two_restarts(
    desk: Desk, person: Person, sandbox: Sandbox, file: Path
) -> None:
    lagging = await _arrive_unseen(desk, sandbox)
    desk.session.model.revert("title")
    for fault in (lagging, None):
        await desk.on_disk()
        await desk.crash()
        sandbox.faults.off()
        if fault is not None:
            sandbox.faults.on(fault)
        desk = Desk(sandbox, file, person, QUICK)
        await desk.open(ID)
        assert value(desk, "title") == OLD
    assert pending(desk) == {"title": OLD}
    await desk.crash()


async def test_a_colleagues_value_over_the_later_of_two_saves_is_no_wish_of_ours(
    sandbox: Sandbox, person: Person, file: Path
) -> None:
    time = Clockless()
    desk = Desk(sandbox, file, person, QUICK, time)
    await desk.open(ID)
    ignored = Fault("ignored", "PUT")
    sandbox.faults.on(ignored)
    desk.session.model.set_value("title", MINE)
    await desk.save()
    sandbox.faults.off()
    await time.sleep(60)
    desk.session.model.set_value("title", MORE)
    await desk.save()
    assert [each.outcome for each in await desk.entries()] == [Outcome.UNKNOWN] * 2
    desk.session.reload()
    await desk.jobs.wait("open")
    sandbox.account.edit_as_colleague(ID, title=THEIRS)
    await time.sleep(40)
    assert await desk.session.unconfirmed_saves.reconcile_once() == 1
    assert (value(desk, "title"), pending(desk)) == (THEIRS, {})
    await desk.crash()


async def test_a_save_that_was_seen_once_is_never_said_not_to_have_arrived(
    desk: Desk, sandbox: Sandbox
) -> None:
    await _lose(desk, sandbox, MINE, arrives=False)
    await _lose(desk, sandbox, MORE, arrives=True)
    assert not (await desk.settle(patience=90.0)).settled  # the first may still come over it
    sandbox.account.edit_as_colleague(ID, title=OLD)
    await desk.settle(patience=0.0)
    outcomes = [each.outcome for each in await desk.entries()]
    assert outcomes == [Outcome.NOT_SENT, Outcome.DIFFERENT]


async def _lose(desk: Desk, sandbox: Sandbox, title: str, *, arrives: bool) -> None:
    """Save a title without an answer, and without a read after it."""
    sandbox.faults.on(Fault("reset", "PUT", applied=arrives))
    sandbox.faults.on(Fault("500", "GET", skip=1))
    desk.session.model.set_value("title", title)
    await desk.save()
    desk.jobs.cancel("look up")
    sandbox.faults.off()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit for a file's size")
async def test_a_save_that_the_disk_did_not_take_lets_the_form_forget_no_earlier_one(
    desk: Desk, person: Person, sandbox: Sandbox
) -> None:
    person.goes_without_journal = True
    lagging = await _arrive_unseen(desk, sandbox)
    sandbox.faults.on(lagging)
    with full_disk():
        desk.session.model.set_value("location", "Room 9")
        sandbox.faults.on(Fault("reset", "PUT", applied=True))
        await desk.save()
    assert person.asked == ["without journal"]
    told = [each for each in desk.notices if not each.aside][-1]
    assert (told.title, told.action) == ("Not confirmed yet", NoticeAction.RELOAD)
    assert "not looked up by itself" in told.text
    desk.jobs.cancel("look up")
    sandbox.faults.off()
    desk.session.model.set_value("title", MORE)
    await desk.save()
    assert "title" not in person.conflicting
    assert sandbox.account.get(ID)["title"] == MORE


async def test_a_colleague_right_after_a_save_was_confirmed_is_not_written_over_unasked(
    desk: Desk, person: Person, sandbox: Sandbox
) -> None:
    await _arrive_unseen(desk, sandbox)
    desk.session.model.set_value("title", MORE)
    desk.session.settled.connect(lambda _: sandbox.account.edit_as_colleague(ID, title=THEIRS))
    assert await desk.session.unconfirmed_saves.reconcile_once() == 0
    assert pending(desk) == {"title": MORE}
    await desk.save()
    assert person.theirs == [("title", THEIRS)]
    assert sandbox.account.get(ID)["title"] == THEIRS


async def test_undo_past_a_save_asks_about_a_colleague_right_after_it_was_confirmed(
    desk: Desk, person: Person, sandbox: Sandbox
) -> None:
    await _arrive_unseen(desk, sandbox)
    desk.session.settled.connect(lambda _: sandbox.account.edit_as_colleague(ID, title=THEIRS))
    assert await desk.session.unconfirmed_saves.reconcile_once() == 0
    assert (value(desk, "title"), pending(desk)) == (THEIRS, {})
    desk.session.model.undo()
    assert value(desk, "title") in {OLD, MINE}
    await desk.save()
    assert person.theirs == [("title", THEIRS)]
    assert sandbox.account.get(ID)["title"] == THEIRS


async def _settled(desk: Desk, how: str, sandbox: Sandbox, file: Path) -> Desk:
    """Find out what became of the saves: by a look, or when the program was started again."""
    assert isinstance(desk.passing, Clockless)
    if how == "restart":
        await desk.on_disk()
        await desk.crash()
        desk = Desk(sandbox, file, desk.person, QUICK, desk.passing)
        await desk.open(ID)
    await desk.passing.sleep(100)
    assert await desk.session.unconfirmed_saves.reconcile_once() == 0
    assert [each.outcome for each in await desk.entries()][-1] is Outcome.DIFFERENT
    return desk


@pytest.mark.parametrize("how", ["look", "restart"])
@pytest.mark.parametrize("wish", [MINE, MORE])
async def test_a_colleague_over_a_save_is_asked_about_whether_more_was_typed_or_not(
    wish: str, how: str, sandbox: Sandbox, person: Person, file: Path
) -> None:
    """What ATZ holds in place of a save's value was never in sight: nobody agreed to go over it."""
    desk = Desk(sandbox, file, person, QUICK, Clockless())
    await desk.open(ID)
    await _arrive_unseen(desk, sandbox)
    desk.session.model.set_value("title", wish)
    sandbox.account.edit_as_colleague(ID, title=THEIRS)
    desk = await _settled(desk, how, sandbox, file)
    assert pending(desk) == {"title": wish}
    await desk.save()
    assert person.theirs == [("title", THEIRS)]
    assert sandbox.account.get(ID)["title"] == THEIRS
    await desk.crash()


@pytest.mark.parametrize("how", ["look", "restart"])
async def test_an_own_save_that_came_late_over_a_later_one_is_not_asked_about(
    how: str, sandbox: Sandbox, person: Person, file: Path
) -> None:
    desk = Desk(sandbox, file, person, QUICK, Clockless())
    await desk.open(ID)
    await _lose(desk, sandbox, MINE, arrives=False)
    await _lose(desk, sandbox, MORE, arrives=True)
    sandbox.account.update(ID, {"title": MINE})
    desk = await _settled(desk, how, sandbox, file)
    assert pending(desk) == {"title": MORE}
    await desk.save()
    assert not person.asked
    assert sandbox.account.get(ID)["title"] == MORE
    await desk.crash()


async def test_a_save_of_another_window_over_an_unconfirmed_one_is_asked_about(
    sandbox: Sandbox, person: Person, file: Path
) -> None:
    """It is one's own, but was not made from what stands in this form."""
    time = Clockless()
    desk = Desk(sandbox, file, person, QUICK, time)
    await desk.open(ID)
    await _arrive_unseen(desk, sandbox)
    desk.session.model.set_value("title", MORE)
    other = Desk(sandbox, file, Person(), QUICK, time)
    await other.open(ID)
    other.session.model.set_value("title", "Typed elsewhere")
    await other.save()
    await other.crash()
    await time.sleep(100)
    await desk.session.unconfirmed_saves.reconcile_once()
    assert pending(desk) == {"title": MORE}
    await desk.save()
    assert person.theirs == [("title", "Typed elsewhere")]
    assert sandbox.account.get(ID)["title"] == "Typed elsewhere"
    await desk.crash()


@pytest.mark.parametrize("types_on", [False, True])
async def test_a_colleague_between_look_and_put_is_asked_about_while_the_put_is_not_confirmed(
    types_on: bool, desk: Desk, person: Person, sandbox: Sandbox
) -> None:
    """ATZ says yes and does it later, perhaps never: what it holds until then is a colleague's."""

    def act(step: str) -> None:
        if step == "Saving…" and sandbox.requests[-1:] != before:
            sandbox.account.edit_as_colleague(ID, title=THEIRS)
        if step == "Reading back…" and types_on:
            desk.session.model.set_value("title", MORE)

    desk.at_step, before = act, sandbox.requests[-1:]
    sandbox.faults.on(Fault("202", "PUT", applied=False))
    desk.session.model.set_value("title", MINE)
    await desk.save()
    desk.jobs.cancel("look up")
    sandbox.faults.off()
    assert desk.notices[-1].title == "Not confirmed yet"
    assert pending(desk) == {"title": MORE if types_on else MINE}
    await desk.save()
    assert person.theirs == [("title", THEIRS)]
    assert sandbox.account.get(ID)["title"] == THEIRS


async def test_what_was_typed_over_what_atz_made_of_a_save_is_asked_about(
    desk: Desk, person: Person, sandbox: Sandbox
) -> None:
    """Nothing tells what ATZ made of a value from what a colleague put there at that moment."""

    def act(step: str) -> None:
        if step == "Reading back…":
            desk.session.model.set_value("title", MORE)

    desk.at_step = act
    sandbox.faults.on(Fault("altered", "PUT", values={"title": THEIRS}))
    desk.session.model.set_value("title", MINE)
    await desk.save()
    sandbox.faults.off()
    assert pending(desk) == {"title": MORE}
    await desk.save()
    assert person.theirs == [("title", THEIRS)]


@pytest.mark.parametrize("answer", ["401", "422", None])
async def test_a_second_thought_of_a_colleague_whose_first_was_chosen_is_asked_about(
    answer: Any, desk: Desk, person: Hesitant, sandbox: Sandbox
) -> None:
    """Their first value was agreed to, and more was typed over it; their second one nobody saw. It
    is read before the PUT that follows a new token, or after the only PUT.
    """

    def act(step: str) -> None:
        if step == "Reading back…":
            desk.session.model.set_value("title", MORE)

    sandbox.serve("new", sandbox.account)
    desk.at_step, person.next_token, person.pick = act, "new", Resolution.THEIRS
    desk.session.model.set_value("title", MINE)
    desk.session.model.set_value("location", "Room 9")
    sandbox.account.edit_as_colleague(ID, title=THEIRS)
    if answer is not None:
        sandbox.faults.on(Fault(answer, "PUT", times=1))
    again = Fault("colleague", "GET", skip=1, times=1, values={"title": "Their second thought"})
    sandbox.faults.on(again)
    await desk.save()
    assert pending(desk) == {"title": MORE} | ({"location": "Room 9"} if answer == "422" else {})
    await desk.save()
    assert person.theirs == [("title", THEIRS), ("title", "Their second thought")]
    assert sandbox.account.get(ID)["title"] == "Their second thought"
