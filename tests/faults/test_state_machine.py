"""Anything may happen in any order: load, edit, a colleague, save, faults, crash, restart, undo.

A real session, the sandbox over real sockets, a real file, and a time that jumps over every wait:
answers that come late, changes that are made later still, replicas that lag, questions that stay
open while a colleague saves. After every step: no typing is lost, no field is sent that nobody
changed, no PUT left without being merged with a look of the last two seconds, no save of one's own
is taken for a colleague's, and no final word is contradicted within 90 seconds. In the end the
journal tells of all that we changed in ATZ.
"""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from atz_desktop.domain.merge import Resolution
from atz_desktop.sandbox.faults import Fault
from atz_desktop.session.services import UnsavedChoice
from tests.faults.chronicle import TEXTS
from tests.faults.ground import IDS, NAMES
from tests.faults.world import CALM, Course, World
from tests.faults.world import STEPS as STEPS_OF_A_SAVE

CI = bool(os.environ.get("CI"))
SHORT = 1000
LONG = os.environ.get("STATE_MACHINE_STEPS")
STEPS = int(LONG or (600 if CI else 100))
"""So many steps at least are made in one run, the same ones each time; STATE_MACHINE_STEPS=100000
makes so many, and others in each run."""
LANES = 2
"""Processes that make many steps side by side."""

AT = "/v1/activity/"


def _soon(seconds: float) -> Fault:
    """The change of a PUT comes so much later."""
    return Fault("delayed", "PUT", AT, seconds=seconds)


_BLIND = Fault("500", "GET", AT, skip=1)
_SOME = Fault("ignored", "PUT", AT, fields=("title", "done", "mark_as_done", "collaborators"))
_LAGGING = Fault("lagging", "GET", AT, seconds=10)
MISHAPS: dict[str, tuple[Fault, ...]] = {
    "none": (),
    "refused": (Fault("refused", "GET", AT, skip=1),),
    "time-out before": (Fault("timeout", "PUT", AT),),
    "time-out after": (Fault("timeout", "PUT", AT, applied=True),),
    "late": (_soon(40), Fault("timeout", "PUT", AT)),
    "reset before": (Fault("reset", "PUT", AT),),
    "reset after": (Fault("reset", "PUT", AT, applied=True),),
    "502 before": (Fault("502", "PUT", AT),),
    "500 after": (Fault("500", "PUT", AT, applied=True),),
    "empty after": (Fault("empty", "PUT", AT),),
    "garbage before": (Fault("bad_json", "PUT", AT, applied=False),),
    "wrong activity": (Fault("wrong_activity", "PUT", AT),),
    "401": (Fault("401", "PUT", AT),),
    "422": (Fault("422", "PUT", AT),),
    "429": (Fault("429", "PUT", AT, times=1),),
    "ignored": (Fault("ignored", "PUT", AT),),
    "partly ignored": (Fault("ignored", "PUT", AT, fields=("title", "location")),),
    "altered": (Fault("altered", "PUT", AT),),
    "HTML at first": (Fault("html", "GET", AT, times=1),),
    "no read-back": (_BLIND,),
    "reset after, no read-back": (Fault("reset", "PUT", AT, applied=True), _BLIND),
    "reset before, no read-back": (Fault("reset", "PUT", AT), _BLIND),
    "late, no read-back": (_soon(40), Fault("timeout", "PUT", AT), _BLIND),
    "403 after": (Fault("403", "PUT", AT, applied=True),),
    "409 after": (Fault("409", "PUT", AT, applied=True),),
    "422 after some of it": (_SOME, Fault("422", "PUT", AT, applied=True)),
    "202 before": (Fault("202", "PUT", AT),),
    "202 after": (Fault("202", "PUT", AT, applied=True),),
    "the old record": (Fault("old_record", "PUT", AT),),
    "200, late": (_soon(4),),
    "200, very late": (_soon(45),),
    "the old record, late": (_soon(20), Fault("old_record", "PUT", AT)),
    "202, late": (_soon(2), Fault("202", "PUT", AT)),
    "reset, late": (_soon(2), Fault("reset", "PUT", AT)),
    "500, late": (_soon(8), Fault("500", "PUT", AT)),
    "502, late": (_soon(25), Fault("502", "PUT", AT)),
    "503, late": (_soon(2), Fault("503", "PUT", AT)),
    "504, late": (_soon(50), Fault("504", "PUT", AT)),
    "422 after, no read-back": (Fault("422", "PUT", AT, applied=True), _BLIND),
    "reads lag": (_LAGGING,),
    "reads lag on one replica": (replace(_LAGGING, lags=(0.0, 20.0)),),
    "reset after, reads lag": (Fault("reset", "PUT", AT, applied=True), _LAGGING),
    "502 after, reads lag on two replicas": (
        Fault("502", "PUT", AT, applied=True),
        replace(_LAGGING, lags=(25.0, 0.0, 4.0)),
    ),
}
"""What strikes one save."""

HELD: dict[str, tuple[Fault, ...]] = {
    "the read before": (Fault("timeout", "GET", AT),),
    "the PUT, before the write": (Fault("timeout", "PUT", AT),),
    "the PUT, after the write": (Fault("timeout", "PUT", AT, applied=True),),
    "the PUT, written late": (_soon(20), Fault("timeout", "PUT", AT)),
    "the read-back": (Fault("timeout", "GET", AT, skip=1),),
}
"""Which request of a save is never answered before the program is gone."""

LAGS: tuple[tuple[float, ...], ...] = ((), (), (3.0,), (30.0,), (0.0, 30.0), (0.0, 12.0, 3.0))
"""Seconds by which reads lag behind, on each replica in its turn."""

NAME = st.sampled_from(NAMES)
SOME_NAMES = st.lists(NAME, max_size=3, unique=True)
THEIR_NAME = st.sampled_from((*TEXTS, "collaborators", "when"))
ACTIVITIES = st.sampled_from((*IDS[:1] * 3, *IDS))
"""Mostly the same one: there the most meets."""
COURSES = st.builds(
    Course,
    types=st.none() | NAME,
    colleague=st.none() | THEIR_NAME,
    at_step=st.sampled_from(STEPS_OF_A_SAVE),
    thinks=st.sampled_from((0.0, 0.5, 5.0, 70.0)),
)
PICK = st.none() | st.sampled_from(Resolution)
MISHAP = st.sampled_from(sorted(MISHAPS))


def shown(work: Work) -> bool:
    """Whether there is something on the screen to work on."""
    return work.world.shown is not None


class Work(RuleBasedStateMachine):
    """The rules; what they do and what must be true stands in world.py and truths.py."""

    steps = 0

    def __init__(self) -> None:
        super().__init__()
        self.world = World()

    @initialize()
    def begin(self) -> None:
        self.world.load(IDS[0], UnsavedChoice.STAY)

    @rule(activity_id=ACTIVITIES, leaves=st.sampled_from(UnsavedChoice))
    def load(self, activity_id: int, leaves: UnsavedChoice) -> None:
        self.world.load(activity_id, leaves)

    @precondition(shown)
    @rule(names=SOME_NAMES)
    def edit(self, names: list[str]) -> None:
        for name in names:
            self.world.type_(name)

    @precondition(shown)
    @rule(name=NAME)
    def put_typing_back(self, name: str) -> None:
        self.world.put_typing_back(name)

    @precondition(shown)
    @rule(back=st.booleans())
    def undo_or_redo(self, back: bool) -> None:
        self.world.walk(back)

    @rule(activity_id=ACTIVITIES, name=THEIR_NAME, back=st.booleans())
    def colleague_edits(self, activity_id: int, name: str, back: bool) -> None:
        self.world.colleague(activity_id, name, back)

    @precondition(shown)
    @rule(name=THEIR_NAME, pick=PICK, mishap=MISHAP)
    def colleague_edits_the_same_field_just_before_the_save(
        self, name: str, pick: Resolution | None, mishap: str
    ) -> None:
        self.world.type_(name)
        self.world.colleague(self.world.now_shown, name)
        self.world.save(MISHAPS[mishap], pick, CALM)

    @precondition(shown)
    @rule(names=SOME_NAMES, pick=PICK, course=COURSES)
    def save(self, names: list[str], pick: Resolution | None, course: Course) -> None:
        self.edit(names)
        self.world.save((), pick, course)

    @precondition(shown)
    @rule(names=SOME_NAMES, mishap=MISHAP, pick=PICK, course=COURSES)
    def save_with_a_fault(
        self, names: list[str], mishap: str, pick: Resolution | None, course: Course
    ) -> None:
        self.edit(names)
        self.world.save(MISHAPS[mishap], pick, course)

    @precondition(shown)
    @rule(names=SOME_NAMES, goes_on=st.booleans(), pick=PICK)
    def save_on_a_locked_disk(
        self, names: list[str], goes_on: bool, pick: Resolution | None
    ) -> None:
        self.edit(names)
        self.world.save_on_locked_disk(goes_on, pick)

    @precondition(shown)
    @rule(names=SOME_NAMES, held=st.sampled_from(sorted(HELD)), then=ACTIVITIES)
    def crash_while_saving(self, names: list[str], held: str, then: int) -> None:
        self.edit(names)
        self.world.crash_while_saving(HELD[held])
        self.world.load(then, UnsavedChoice.STAY)

    @rule(then=ACTIVITIES)
    def crash(self, then: int) -> None:
        self.world.crash()
        self.world.load(then, UnsavedChoice.STAY)

    @rule(then=ACTIVITIES)
    def close_and_open(self, then: int) -> None:
        self.world.close_and_open()
        self.world.load(then, UnsavedChoice.STAY)

    @rule()
    def look_up(self) -> None:
        self.world.look_up()

    @rule(lags=st.sampled_from(LAGS))
    def reads_lag(self, lags: tuple[float, ...]) -> None:
        self.world.reads_lag(lags)

    @rule(seconds=st.sampled_from((0.5, 2, 5, 12, 35, 100)))
    def time_passes(self, seconds: float) -> None:
        self.world.pass_time(seconds)

    @precondition(shown)
    @rule()
    def reload(self) -> None:
        self.world.reload()

    @rule(which=st.integers(0, 3), pick=PICK)
    def undo_after_save(self, which: int, pick: Resolution | None) -> None:
        if entries := self.world.returnable():
            self.world.put_back(entries[-1 - which % len(entries)], pick)

    @invariant()
    def all_is_well(self) -> None:
        Work.steps += 1
        self.world.look()

    def teardown(self) -> None:
        self.world.look_at_the_end()
        self.world.close()


def make(steps: int) -> None:
    """Make so many steps at least, from one start of the world to the next."""
    Work.steps, rounds = 0, itertools.count(1)
    while Work.steps < steps:
        if not LONG:
            seed(next(rounds))(Work)
        run_state_machine_as_test(
            Work,
            settings=settings(
                max_examples=20 if steps > SHORT else 3,
                stateful_step_count=50,
                deadline=None,
                report_multiple_bugs=False,
                suppress_health_check=list(HealthCheck),
            ),
        )


def _make_elsewhere(steps: int) -> subprocess.CompletedProcess[str]:
    """… in a process of its own: one runs on one core."""
    command = [sys.executable, "-m", "tests.faults.test_state_machine", str(steps)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.timeout(7200)
@pytest.mark.xdist_group("many processes")
def test_whatever_happens_nothing_is_lost_and_every_word_is_true() -> None:
    if STEPS <= SHORT:
        make(STEPS)
        return
    with ThreadPoolExecutor(LANES) as pool:
        for ended in pool.map(_make_elsewhere, [STEPS // LANES] * LANES):
            assert ended.returncode == 0, ended.stdout + ended.stderr


if __name__ == "__main__":
    make(int(sys.argv[1]))
