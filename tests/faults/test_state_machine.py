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
import random
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import ClassVar

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
from atz_desktop.session.services import UnsavedChoice
from tests.faults.chronicle import TEXTS
from tests.faults.ground import IDS, NAMES
from tests.faults.mishaps import HELD, LAGS, MISHAPS
from tests.faults.sending import CALM, Course
from tests.faults.sending import STEPS as STEPS_OF_A_SAVE
from tests.faults.troubles import DISK_TROUBLES, Troubles

CI = bool(os.environ.get("CI"))
SHORT = 1000
LONG = os.environ.get("STATE_MACHINE_STEPS")
STEPS = int(LONG or (30_000 if CI else 100))
"""So many steps at least are made in one run; STATE_MACHINE_STEPS=100000 makes so many."""
SEED = int(os.environ.get("STATE_MACHINE_SEED") or (random.randrange(1, 10**9) if LONG else 1))
"""Of the first round. Without STATE_MACHINE_STEPS the rounds are the same each time, so that a test
run says something about the program and nothing about luck.
"""
LANES = int(os.environ.get("STATE_MACHINE_LANES") or 2)
"""Processes that make many steps side by side."""
LANE = 1_000_000
"""Seeds between the first rounds of two of them."""

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
LEAVES = st.sampled_from([each for each in UnsavedChoice if each is not UnsavedChoice.SAVE])
"""How one may leave without a save, of which there are rules of their own."""
MISHAP = st.sampled_from(sorted(MISHAPS))


def shown(work: Work) -> bool:
    """Whether there is something on the screen to work on."""
    return work.world.shown is not None


class Work(RuleBasedStateMachine):
    """The rules; what they do and what must be true stands in world.py and truths.py."""

    steps = 0
    course: ClassVar[list[tuple[object, ...]]] = []
    """What was asked of ATZ, and when."""

    def __init__(self) -> None:
        super().__init__()
        self.world = Troubles()

    @initialize()
    def begin(self) -> None:
        self.world.load(IDS[0], UnsavedChoice.STAY)

    @rule(activity_id=ACTIVITIES, leaves=LEAVES)
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
    @rule(names=SOME_NAMES, then=ACTIVITIES, mishap=MISHAP, pick=PICK)
    def save_and_go_on(
        self, names: list[str], then: int, mishap: str, pick: Resolution | None
    ) -> None:
        self.edit(names)
        self.world.save_and_go_on(then, MISHAPS[mishap], pick)

    @precondition(shown)
    @rule(
        names=SOME_NAMES,
        trouble=st.sampled_from(DISK_TROUBLES),
        goes_on=st.booleans(),
        pick=PICK,
        course=COURSES,
    )
    def save_on_a_bad_disk(
        self, names: list[str], trouble: str, goes_on: bool, pick: Resolution | None, course: Course
    ) -> None:
        self.edit(names)
        self.world.save_on_bad_disk(trouble, goes_on, pick, course)

    @precondition(shown)
    @rule(
        names=SOME_NAMES,
        at=st.sampled_from(("GET", "PUT")),
        other=st.booleans(),
        pick=PICK,
        course=COURSES,
    )
    def save_with_a_new_token(
        self, names: list[str], at: str, other: bool, pick: Resolution | None, course: Course
    ) -> None:
        self.edit(names)
        self.world.save_with_new_token(at, other=other, pick=pick, course=course)

    @precondition(shown)
    @rule(replaced=st.booleans())
    def save_a_file(self, replaced: bool) -> None:
        shown = self.world.now_shown
        self.world.save_a_file(replaced=replaced)
        self.world.load(shown, UnsavedChoice.STAY)

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

    @rule(seconds=st.sampled_from((-3600.0, -5.0, 3600.0)))
    def clock_of_atz_is_set(self, seconds: float) -> None:
        self.world.set_clock(seconds)

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
        Work.course += [
            (each.at, each.method, each.path, each.answered) for each in self.world.sandbox.requests
        ]


def make(steps: int, first_seed: int) -> None:
    """Make so many steps at least, from one start of the world to the next."""
    Work.steps, Work.course, seeds = 0, [], itertools.count(first_seed)
    while Work.steps < steps:
        number = next(seeds)
        try:
            run_state_machine_as_test(
                seed(number)(Work),
                settings=settings(
                    max_examples=3,
                    stateful_step_count=50,
                    deadline=None,
                    database=None,
                    report_multiple_bugs=False,
                    suppress_health_check=list(HealthCheck),
                ),
            )
        except BaseException as error:
            error.add_note(f"Once more: STATE_MACHINE_SEED={number} STATE_MACHINE_STEPS=1")
            raise


def _make_elsewhere(steps: int, first_seed: int) -> subprocess.CompletedProcess[str]:
    """… in a process of its own: one runs on one core."""
    command = [sys.executable, "-m", "tests.faults.test_state_machine", str(steps), str(first_seed)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.timeout(7200)
@pytest.mark.xdist_group("many processes")
def test_whatever_happens_nothing_is_lost_and_every_word_is_true() -> None:
    if STEPS <= SHORT:
        make(STEPS, SEED)
        return
    seeds = [SEED + lane * LANE for lane in range(LANES)]
    with ThreadPoolExecutor(LANES) as pool:
        for ended in pool.map(_make_elsewhere, [STEPS // LANES] * LANES, seeds):
            assert ended.returncode == 0, ended.stdout + ended.stderr


@pytest.mark.slow
def test_the_same_steps_take_the_same_course() -> None:
    """Else what fails once cannot be made again, and what passes is luck."""
    courses = []
    for _ in range(2):
        make(1, SEED)
        courses.append(Work.course)
    assert courses[0] == courses[1]


if __name__ == "__main__":
    make(int(sys.argv[1]), int(sys.argv[2]))
