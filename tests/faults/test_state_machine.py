"""Anything may happen in any order: load, edit, a colleague, save, faults, crash, restart, undo.

A real session, the sandbox over real sockets, a real file. After every step: no typing is lost,
no field is sent that nobody changed, nothing is falsely called saved or failed, no save of one's
own is taken for a colleague's; and in the end the journal's replay is what ATZ holds.
"""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from atz_desktop.domain.merge import Pick
from atz_desktop.sandbox.faults import Fault
from atz_desktop.session.services import Leave
from tests.faults.chronicle import TEXTS
from tests.faults.world import IDS, NAMES, World

CI = bool(os.environ.get("CI"))
EXAMPLES, LENGTH = (60, 50) if CI else (5, 30)
STEPS = 2000 if CI else 50
"""So many steps at least are made in one run."""

AT = "/v1/activity/"


_BLIND = Fault("500", "GET", AT, skip=1)
MISHAPS: dict[str, tuple[Fault, ...]] = {
    "none": (),
    "refused": (Fault("refused", "GET", AT, skip=1),),
    "time-out before": (Fault("timeout", "PUT", AT),),
    "time-out after": (Fault("timeout", "PUT", AT, applied=True),),
    "late": (Fault("late", "PUT", AT),),
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
    "late, no read-back": (Fault("late", "PUT", AT), _BLIND),
}
"""What strikes one save."""

HELD = {
    "the read before": Fault("timeout", "GET", AT),
    "the PUT, before the write": Fault("timeout", "PUT", AT),
    "the PUT, after the write": Fault("timeout", "PUT", AT, applied=True),
    "the PUT, written late": Fault("late", "PUT", AT),
    "the read-back": Fault("timeout", "GET", AT, skip=1),
}
"""Which request of a save is never answered before the program is gone."""

NAME = st.sampled_from(NAMES)
SOME_NAMES = st.lists(NAME, max_size=3, unique=True)
THEIR_NAME = st.sampled_from((*TEXTS, "collaborators", "when"))
ACTIVITIES = st.sampled_from((*IDS[:1] * 3, *IDS))
"""Mostly the same one: there the most meets."""
PICK = st.none() | st.sampled_from(Pick)
MISHAP = st.sampled_from(sorted(MISHAPS))


def shown(work: Work) -> bool:
    """Whether there is something on the screen to work on."""
    return work.world.shown is not None


class Work(RuleBasedStateMachine):
    """The rules; what they do and what must be true stands in world.py."""

    steps = 0

    def __init__(self) -> None:
        super().__init__()
        self.world = World()

    @initialize()
    def begin(self) -> None:
        self.world.load(IDS[0], Leave.STAY)

    @rule(activity_id=ACTIVITIES, leaves=st.sampled_from(Leave))
    def load(self, activity_id: int, leaves: Leave) -> None:
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

    @rule(activity_id=ACTIVITIES, name=THEIR_NAME)
    def colleague_edits(self, activity_id: int, name: str) -> None:
        self.world.colleague(activity_id, name)

    @precondition(shown)
    @rule(name=THEIR_NAME, pick=PICK, mishap=MISHAP)
    def colleague_edits_the_same_field_just_before_the_save(
        self, name: str, pick: Pick | None, mishap: str
    ) -> None:
        self.world.type_(name)
        self.world.colleague(self.world.now_shown, name)
        self.world.save(MISHAPS[mishap], pick, None)

    @precondition(shown)
    @rule(names=SOME_NAMES, pick=PICK)
    def save(self, names: list[str], pick: Pick | None) -> None:
        self.edit(names)
        self.world.save((), pick, None)

    @precondition(shown)
    @rule(names=SOME_NAMES, mishap=MISHAP, pick=PICK, meanwhile=st.none() | NAME)
    def save_with_a_fault(
        self,
        names: list[str],
        mishap: str,
        pick: Pick | None,
        meanwhile: str | None,
    ) -> None:
        self.edit(names)
        self.world.save(MISHAPS[mishap], pick, meanwhile)

    @precondition(shown)
    @rule(names=SOME_NAMES, held=st.sampled_from(sorted(HELD)), then=ACTIVITIES)
    def crash_while_saving(self, names: list[str], held: str, then: int) -> None:
        self.edit(names)
        self.world.crash_while_saving(HELD[held])
        self.world.load(then, Leave.STAY)

    @rule(then=ACTIVITIES)
    def crash(self, then: int) -> None:
        self.world.crash()
        self.world.load(then, Leave.STAY)

    @rule(then=ACTIVITIES)
    def close_and_open(self, then: int) -> None:
        self.world.close_and_open()
        self.world.load(then, Leave.STAY)

    @rule()
    def look_up(self) -> None:
        self.world.look_up()

    @rule()
    def the_slow_server_catches_up(self) -> None:
        self.world.catch_up()

    @precondition(shown)
    @rule()
    def reload(self) -> None:
        self.world.reload()

    @rule(which=st.integers(0, 3), pick=PICK)
    def undo_after_save(self, which: int, pick: Pick | None) -> None:
        if entries := self.world.returnable():
            self.world.put_back(entries[-1 - which % len(entries)], pick)

    @invariant()
    def all_is_well(self) -> None:
        Work.steps += 1
        self.world.look()

    def teardown(self) -> None:
        self.world.look_at_replay()
        self.world.close()


@pytest.mark.timeout(900)
def test_whatever_happens_nothing_is_lost_and_every_word_is_true() -> None:
    Work.steps = 0
    run_state_machine_as_test(
        Work,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=LENGTH,
            deadline=None,
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert Work.steps >= STEPS
