"""Changes that come late and reads that lag, by a clock that the test moves on."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from atz_desktop.sandbox.account import Account
from atz_desktop.sandbox.data import made_up_account
from atz_desktop.sandbox.faults import Fault, FaultName
from atz_desktop.sandbox.server import Sandbox
from atz_desktop.sandbox.timeline import HISTORY_SECONDS
from tests.sandbox.asking import ONE, ask, get, multipart, put, put_parts

NEW = {"title": "A new title"}
LIST = "/v1/activity"


class Clock:
    """Shows what the test wants."""

    def __init__(self) -> None:
        self.now = 5000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sandbox(clock: Clock) -> Iterator[Sandbox]:
    with Sandbox(pace_limit=None, clock=clock) as running:
        yield running


def title(sandbox: Sandbox) -> str:
    text: str = sandbox.account.get(42)["title"]
    return text


# Changes that come late


@pytest.mark.parametrize(
    "answer",
    ["200", "202", "403", "409", "422", "500", "502", "503", "504", "reset", "old_record", "empty"],
)
def test_a_change_comes_late_whatever_was_answered(
    sandbox: Sandbox, clock: Clock, answer: Any
) -> None:
    before = sandbox.account.get(42)
    sandbox.faults.on(Fault("delayed", "PUT", seconds=30))
    if answer != "200":
        sandbox.faults.on(Fault(answer, "PUT"))
    if answer == "reset":
        with pytest.raises(ConnectionResetError):
            put(sandbox, NEW)
    else:
        reply = put(sandbox, NEW)
        assert reply.status == (200 if answer in ("old_record", "empty") else int(answer))
        if answer == "200":
            assert reply.json()["title"] == NEW["title"]
        if answer == "old_record":
            assert reply.json() == before
    clock.now += 29.9
    assert get(sandbox).json() == sandbox.account.get(42) == before
    clock.now += 0.1
    assert get(sandbox).json()["title"] == title(sandbox) == NEW["title"]


def test_a_change_comes_late_although_the_client_was_held_and_left(
    sandbox: Sandbox, clock: Clock
) -> None:
    sandbox.faults.on(Fault("delayed", "PUT", seconds=2))
    switch = sandbox.faults.on(Fault("timeout", "PUT"))
    with pytest.raises(TimeoutError):
        put(sandbox, NEW, timeout=0.2)
    assert switch.wait()
    assert title(sandbox) != NEW["title"]
    clock.now += 2
    assert title(sandbox) == NEW["title"]


def test_a_late_change_is_made_once_and_upon_what_others_did_meanwhile(
    sandbox: Sandbox, clock: Clock
) -> None:
    now = datetime.fromisoformat("2026-08-01T12:00:00Z")
    sandbox.account.now = lambda: now + timedelta(seconds=clock.now - 5000)
    sandbox.faults.on(Fault("delayed", "PUT", seconds=10, times=1))
    sandbox.faults.on(Fault("500", "PUT", applied=True, times=1))
    put(sandbox, NEW)
    sandbox.account.edit_as_colleague(42, title="Theirs", location="Theirs")
    clock.now += 15
    after = get(sandbox).json()
    assert (after["title"], after["location"]) == (NEW["title"], "Theirs")
    assert (after["updated_at"], after["updated_by"]["id"]) == ("2026-08-01T12:00:10Z", 1)
    sandbox.account.edit_as_colleague(42, title="Theirs again")
    clock.now += 100
    assert title(sandbox) == "Theirs again"


def test_late_changes_are_made_in_the_order_in_which_they_are_due(
    sandbox: Sandbox, clock: Clock
) -> None:
    for seconds in (20, 5, 10):
        sandbox.faults.on(Fault("delayed", "PUT", seconds=seconds, times=1))
        put(sandbox, {"title": f"after {seconds}", "location": f"{seconds}"})
        sandbox.faults.off()
    seen = []
    for _ in range(3):
        clock.now += 7
        seen.append(title(sandbox))
    assert seen == ["after 5", "after 10", "after 20"]


def test_a_late_change_of_what_is_gone_is_not_made(sandbox: Sandbox, clock: Clock) -> None:
    sandbox.faults.on(Fault("delayed", "PUT", seconds=10))
    assert put(sandbox, NEW).status == 200
    sandbox.account.remove(42)
    clock.now += 10
    assert get(sandbox).status == 404


def test_a_late_change_is_checked_when_it_is_asked_for(sandbox: Sandbox, clock: Clock) -> None:
    sandbox.faults.on(Fault("delayed", "PUT", seconds=1))
    assert put(sandbox, {"title": "x" * 101}).status == 400
    assert put(sandbox, NEW, "/v1/activity/4711").status == 404
    before = sandbox.account.get(42)
    clock.now += 1
    assert sandbox.account.get(42) == before


def test_what_is_still_to_come_is_made_when_the_server_stops(tmp_path: Path) -> None:
    file = tmp_path / "account.json"
    with Sandbox(file=file, pace_limit=None) as sandbox:
        sandbox.faults.on(Fault("delayed", "PUT", seconds=3600))
        put(sandbox, NEW)
        assert title(sandbox) != NEW["title"]
    kept = made_up_account()
    kept.persist_to(file)
    assert kept.get(42)["title"] == title(sandbox) == NEW["title"]


@pytest.mark.parametrize("status", ["403", "409", "422"])
def test_a_change_may_be_refused_and_made_in_part(sandbox: Sandbox, status: FaultName) -> None:
    before = title(sandbox)
    sandbox.faults.on(Fault("ignored", "PUT", fields=("title",)))
    sandbox.faults.on(Fault(status, "PUT", applied=True))
    assert put(sandbox, {**NEW, "location": "Taken"}).status == int(status)
    after = sandbox.account.get(42)
    assert (after["title"], after["location"]) == (before, "Taken")


# Reads that lag


def test_a_read_shows_what_was_and_the_answer_to_the_change_what_is(
    sandbox: Sandbox, clock: Clock
) -> None:
    before = sandbox.account.get(42)
    sandbox.faults.on(Fault("lagging", "GET", LIST, seconds=30))
    after = put(sandbox, NEW).json()
    assert after["title"] == NEW["title"]
    clock.now += 29.9
    assert get(sandbox).json() == before
    assert listed(sandbox) == before["title"]
    assert after["updated_at"] > before["updated_at"]
    clock.now += 0.1
    assert get(sandbox).json() == after
    assert listed(sandbox) == NEW["title"]


def listed(sandbox: Sandbox) -> str:
    items = get(sandbox, f"{LIST}?search=interview&sort_by=created_at").json()["data"]
    items += get(sandbox, f"{LIST}?search=new+title").json()["data"]
    text: str = next(each["title"] for each in items if each["id"] == 42)
    return text


def test_replicas_answer_in_turn_each_with_its_own_lag(sandbox: Sandbox, clock: Clock) -> None:
    for number in range(4):
        put(sandbox, {"title": f"{number}"})
        clock.now += 10
    sandbox.faults.on(Fault("lagging", "GET", lags=(0, 25, 15)))
    assert [get(sandbox).json()["title"] for _ in range(6)] == ["3", "1", "2"] * 2


def test_a_lagging_read_still_shows_what_was_deleted(sandbox: Sandbox, clock: Clock) -> None:
    sandbox.faults.on(Fault("lagging", "GET", seconds=30))
    sandbox.account.remove(42)
    assert get(sandbox).status == 200
    clock.now += 30
    assert get(sandbox).status == 404


def test_a_lagging_read_knows_when_a_late_change_was_really_made(
    sandbox: Sandbox, clock: Clock
) -> None:
    sandbox.faults.on(Fault("delayed", "PUT", seconds=10))
    sandbox.faults.on(Fault("lagging", "GET", seconds=10))
    put(sandbox, NEW)
    seen = []
    for _ in range(4):
        clock.now += 6
        seen.append(get(sandbox).json()["title"] == NEW["title"])
    assert seen == [False, False, False, True]


def test_old_states_are_forgotten_after_a_while(sandbox: Sandbox, clock: Clock) -> None:
    for number in range(3):
        put(sandbox, {"title": f"{number}"})
        clock.now += HISTORY_SECONDS
    sandbox.account.update(42, {"title": "last"})
    assert sandbox.account.get(42, ago=10 * HISTORY_SECONDS)["title"] == "1"


def test_a_faster_clock_shortens_what_is_late() -> None:
    with Sandbox(pace_limit=None, clock=lambda: time.monotonic() * 1000) as sandbox:
        sandbox.faults.on(Fault("lagging", "GET", seconds=90))
        put(sandbox, NEW)
        deadline = time.monotonic() + 5
        while get(sandbox).json()["title"] != NEW["title"]:
            assert time.monotonic() < deadline


# False, and another account


@pytest.mark.parametrize("value", [True, 0, "0", 1, "1"])
def test_false_is_refused_and_every_other_form_of_a_flag_is_taken(
    sandbox: Sandbox, value: Any
) -> None:
    sandbox.account.update(42, {"mark_as_done": not int(value)})
    before = sandbox.account.get(42)
    sandbox.faults.on(Fault("false_refused", "PUT"))
    reply = put(sandbox, {**NEW, "mark_as_done": False, "do_not_send_calendar_invite": True})
    assert (reply.status, list(reply.errors)) == (422, ["mark_as_done"])
    assert sandbox.account.get(42) == before
    reply = put(sandbox, {**NEW, "mark_as_done": value})
    assert (reply.status, reply.json()["mark_as_done"]) == (200, bool(int(value)))
    assert reply.json()["title"] == NEW["title"]


@pytest.mark.parametrize("text", ["false", "0"])
def test_false_as_a_part_of_a_form_is_taken(sandbox: Sandbox, text: str) -> None:
    sandbox.account.update(42, {"mark_as_done": True})
    sandbox.faults.on(Fault("false_refused", "PUT"))
    assert put_parts(sandbox, {"mark_as_done": text}).json()["mark_as_done"] is False


def test_another_token_opens_another_account(sandbox: Sandbox) -> None:
    other = Account([{"id": 42, "title": "Another record"}])
    sandbox.serve("second-token", other)
    second = {"Authorization": "Bearer second-token"}
    assert ask(sandbox, "GET", ONE, headers=second).json()["title"] == "Another record"
    assert ask(sandbox, "GET", "/v1/activity/43", headers=second).status == 404
    before = sandbox.account.get(42)
    sandbox.faults.on(Fault("colleague", "PUT", values={"location": "Theirs"}))
    body = json.dumps(NEW).encode()
    ask(sandbox, "PUT", ONE, body, {**second, "Content-Type": "application/json"})
    assert (other.get(42)["title"], other.get(42)["location"]) == (NEW["title"], "Theirs")
    assert get(sandbox).json() == before


def test_each_token_has_sixty_requests_a_minute() -> None:
    with Sandbox() as sandbox:
        sandbox.serve("second-token", made_up_account())
        assert {get(sandbox).status for _ in range(60)} == {200}
        second = {"Authorization": "Bearer second-token"}
        assert ask(sandbox, "GET", ONE, headers=second).status == 200
        assert get(sandbox).status == 429


def test_the_log_says_when_and_what_was_answered_about_one_activity(
    sandbox: Sandbox, clock: Clock
) -> None:
    get(sandbox, f"{LIST}?page=2")
    clock.now += 5
    body, headers = multipart(NEW)
    reply = ask(sandbox, "PUT", ONE, body, headers)
    sandbox.faults.on(Fault("truncated"))
    with pytest.raises(http.client.IncompleteRead):
        get(sandbox)
    a_list, change, broken = sandbox.requests
    assert (a_list.at, a_list.answer) == (5000.0, None)
    assert change.answer is not None
    assert (change.at, change.answered) == (5005.0, 5005.0)
    assert (change.answer.status, change.answer.body) == (200, reply.body)
    assert broken.answer is None
