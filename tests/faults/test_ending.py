"""The real program is told to end in the middle of a save: it ends, and nothing is lost or sent."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from atz_desktop.domain.history import Outcome
from atz_desktop.sandbox.faults import Fault
from atz_desktop.sandbox.server import Sandbox
from tests.faults.running import Running, environment
from tests.faults.test_kill import settled

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no such signals")

ID = 42
PATH = f"/v1/activity/{ID}"
SOON = 12.0
"""Seconds: five on a computer that has nothing else to do."""
LONG = 80.0
"""Seconds that the server wants to be left alone: less than that is waited for."""

WAYS = {"SIGTERM": "SIGTERM", "SIGINT": "SIGINT", "the window is closed": "SIGUSR1"}
ALL = bool(os.environ.get("CI"))
"""Each case starts the program twice."""
PAUSES = {
    "too many requests": Fault("429", "PUT", PATH, retry_after=LONG),
    "too many before the save": Fault("429", "GET", PATH, retry_after=LONG, skip=1),
}


def puts(sandbox: Sandbox) -> int:
    return sum(each.method == "PUT" for each in sandbox.requests)


@pytest.mark.parametrize("way", WAYS if ALL else ["the window is closed"])
@pytest.mark.parametrize("pause", PAUSES if ALL else ["too many requests"])
def test_a_save_that_waits_is_given_up_at_once_and_comes_back_as_a_draft(
    pause: str, way: str, sandbox: Sandbox, tmp_path: Path
) -> None:
    env = environment(sandbox, tmp_path)
    switch = sandbox.faults.on(PAUSES[pause])
    with Running("tests.faults.driven", "end", ID, env=env) as program:
        program.line("saves")
        assert switch.wait()
        program.line("waits")
        program.process.send_signal(signal.Signals[WAYS[way]])
        assert program.end(SOON) == 0, program.errors.decode()
    sent = puts(sandbox)
    sandbox.faults.off()
    with Running("tests.faults.driven", "see", ID, env=env) as program:
        found = program.line("found")
        assert program.end() == 0, program.errors.decode()
    assert found["form"] == {"title": "Title 1", "location": "Room 1"}
    assert found["dirty"]
    assert all(outcome == "NOT_SENT" for _, outcome in found["outcomes"])
    assert puts(sandbox) == sent == (pause == "too many requests")


@pytest.mark.parametrize("way", ["SIGTERM", "the window is closed"] if ALL else ["SIGTERM"])
@pytest.mark.parametrize("applied", [False, True] if ALL else [True])
def test_a_put_that_hangs_is_cut_off_and_looked_up_at_the_next_start(
    applied: bool, way: str, sandbox: Sandbox, tmp_path: Path
) -> None:
    env = environment(sandbox, tmp_path)
    switch = sandbox.faults.on(Fault("timeout", "PUT", PATH, applied=applied))
    with Running("tests.faults.driven", "end", ID, env=env) as program:
        program.line("saves")
        assert switch.wait()
        program.process.send_signal(signal.Signals[WAYS[way]])
        assert program.end(SOON) == 0, program.errors.decode()
    sandbox.faults.off()
    with Running("tests.faults.driven", "look", ID, env=env) as program:
        found = program.line("found")
        assert program.end() == 0, program.errors.decode()
    assert found["form"] == {"title": "Title 1", "location": "Room 1"}
    assert found["dirty"] == (not applied)
    assert puts(sandbox) == 1
    (entry,) = asyncio.run(settled(sandbox, tmp_path))
    assert entry.outcome is (Outcome.VERIFIED if applied else Outcome.NOT_SENT)


@pytest.mark.parametrize("way", ["SIGTERM", "the window is closed"] if ALL else ["SIGTERM"])
def test_a_save_whose_answer_is_on_its_way_is_finished_first(
    way: str, sandbox: Sandbox, tmp_path: Path
) -> None:
    env = environment(sandbox, tmp_path)
    switch = sandbox.faults.on(Fault("slow", "PUT", PATH, seconds=0.5))
    with Running("tests.faults.driven", "end", ID, env=env) as program:
        program.line("saves")
        assert switch.wait()
        program.process.send_signal(signal.Signals[WAYS[way]])
        assert program.end(SOON) == 0, program.errors.decode()
    (entry,) = asyncio.run(settled(sandbox, tmp_path))
    assert entry.outcome is Outcome.VERIFIED


def test_a_thread_that_hangs_does_not_keep_the_program_from_ending(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    with Running("tests.faults.driven", "hang", env=environment(sandbox, tmp_path)) as program:
        program.line("hangs")
        assert program.end(SOON) == 0, program.errors.decode()
