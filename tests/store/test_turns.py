"""Two programs count one token's requests together: a real file, pacers and processes."""

from __future__ import annotations

import asyncio
import math
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from atz_desktop.api.rate_limiter import RateLimiter
from atz_desktop.store.turns import Others, Turns, TurnsFile
from tests.api.fakes import InstantTime
from tests.store.conftest import OpenDatabase, StartProgram

HOLD = 60.25
NOBODY = Others()

Program = Callable[..., Turns]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "turns.sqlite3"


@pytest.fixture
def program(file: Path) -> Iterator[Program]:
    """Opens the file as one more program would; `alive` says whether an owner lives."""
    with ExitStack() as opened:

        def open_one(
            owner: str, account: str = "Agency", alive: Callable[[str], bool] = lambda owner: True
        ) -> Turns:
            shared = TurnsFile(file)
            opened.callback(shared.close)
            return Turns(shared, account, owner, alive, HOLD)

        yield open_one


async def test_each_program_sees_what_the_others_took_and_not_its_own(program: Program) -> None:
    one, other = program("one"), program("other")
    assert await one.take(1, 60, 100.0) == (True, NOBODY)
    assert await other.look(100.0) == Others((math.inf,))
    assert await one.look(100.0) == NOBODY
    one.give_back(1, 161.0)
    await one.look(100.0)  # written in its turn
    assert await other.look(101.0) == Others((161.0,))
    assert await other.look(161.0) == NOBODY


async def test_accounts_do_not_count_for_each_other(program: Program) -> None:
    assert await program("one").take(1, 60, 100.0) == (True, NOBODY)
    assert await program("other", account="Another").look(100.0) == NOBODY


async def test_the_file_does_not_say_of_which_account(program: Program, file: Path) -> None:
    one = program("one")
    await one.take(1, 60, 100.0)
    one.pause(160.0)
    await one.look(100.0)
    left = [each.read_bytes() for each in file.parent.iterdir()]
    assert left
    assert not [content for content in left if b"Agency" in content]


async def test_no_place_is_taken_that_the_others_hold(program: Program) -> None:
    one, other = program("one"), program("other")
    await one.take(1, 2, 100.0)
    taken, others = await other.take(1, 1, 100.0)
    assert (taken, others) == (False, Others((math.inf,)))
    assert await one.look(100.0) == NOBODY


async def test_a_pause_holds_the_other_programs_too(program: Program) -> None:
    one, other = program("one"), program("other")
    one.pause(112.0)
    one.pause(105.0)
    await one.look(100.0)
    assert await other.take(1, 60, 104.0) == (False, Others((), 112.0))
    assert await other.take(1, 60, 112.0) == (True, NOBODY)


async def test_what_a_dead_program_had_under_way_is_free_a_window_later(program: Program) -> None:
    living = {"one", "other"}
    one, other = program("one"), program("other", alive=living.__contains__)
    await one.take(1, 60, 100.0)
    assert await other.look(500.0) == Others((math.inf,))
    living.discard("one")
    assert await other.look(500.0) == Others((500.0 + HOLD,))
    assert await other.look(500.0 + HOLD) == NOBODY


@pytest.mark.parametrize("up", [300.0, 90_000.0])
async def test_times_from_before_the_computer_was_started_anew_count_no_more(
    program: Program, up: float
) -> None:
    one, other = program("one"), program("other")
    await one.take(1, 60, up)
    one.give_back(1, up + 60.0)
    one.pause(up + 90.0)
    await one.look(up)
    assert await one.look(up + 1.0) == Others((), up + 90.0)
    assert await other.look(40.0) == NOBODY


async def test_programs_that_are_started_at_the_same_moment_count_together(tmp_path: Path) -> None:
    for number in range(40):
        shared = [TurnsFile(tmp_path / f"{number}.sqlite3") for _ in range(3)]
        turns = [Turns(each, "A", f"{id(each)}", lambda _: True, HOLD) for each in shared]
        await asyncio.gather(*(each.take(1, 60, 100.0) for each in turns))
        assert [len((await each.look(100.0)).back) for each in turns] == [2, 2, 2]
        for each in shared:
            each.close()


@pytest.fixture
def damaged(file: Path) -> None:
    file.write_bytes(b"no database at all " * 500)


@pytest.mark.usefixtures("damaged")
async def test_a_damaged_file_is_begun_anew_and_holds_nobody_up(
    program: Program, caplog: pytest.LogCaptureFixture
) -> None:
    one, other = program("one"), program("other")
    assert await one.take(1, 60, 100.0) == (True, NOBODY)
    assert await one.take(2, 60, 100.0) == (True, NOBODY)
    assert await other.look(100.0) == Others((math.inf,))
    assert "Damaged" in caplog.text


async def test_where_nothing_can_be_written_each_goes_by_its_own_count(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    shared = TurnsFile(tmp_path / "away" / "turns.sqlite3")
    turns = Turns(shared, "Agency", "one", lambda owner: True, HOLD)
    time = InstantTime()
    pacer = RateLimiter(clock=time.clock, sleep=time.sleep, ledger=turns)
    for _ in range(61):
        async with pacer.turn():
            pass
    assert time.now > 1_060.0, "sixty at once, and no more"
    shared.close()
    assert caplog.text.count("turns are not shared") == 1, "said once, not each time"


async def test_a_program_that_holds_the_file_for_long_holds_nobody_up(
    program: Program, file: Path
) -> None:
    one = program("one")
    await one.look(100.0)
    with closing(sqlite3.connect(file, isolation_level=None)) as stuck:
        stuck.execute("BEGIN IMMEDIATE")
        async with asyncio.timeout(10):
            assert await one.take(1, 60, 100.0) == (True, NOBODY)


# Together with the pacer


def pacers(time: InstantTime, program: Program, limit: int = 60) -> tuple[RateLimiter, RateLimiter]:
    one, other = (
        RateLimiter(
            limit=limit, reserve=limit // 3, clock=time.clock, sleep=time.sleep, ledger=ledger
        )
        for ledger in (program("one"), program("other"))
    )
    return one, other


async def ask(pacer: RateLimiter, *, background: bool = False) -> None:
    async with pacer.turn(background=background):
        pass


async def test_two_programs_together_keep_the_limit(program: Program) -> None:
    time = InstantTime()
    one, other = pacers(time, program)
    for _ in range(30):
        await ask(one)
        await ask(other)
    assert time.now == 1_000.0
    await one.look()
    assert one.left() == other.left() == 0
    await ask(one)
    assert 1_060.0 < time.now < 1_062.0


@pytest.mark.slow
async def test_turns_asked_for_at_the_same_moment_are_not_given_twice(program: Program) -> None:
    # A clock that really runs, if 30 times as fast: programs that wait do not move it on.
    def clock() -> float:
        return time.monotonic() * 30

    async def sleep(seconds: float) -> None:
        await asyncio.sleep(seconds / 30)

    one, other = (
        RateLimiter(limit=6, reserve=2, clock=clock, sleep=sleep, ledger=program(name))
        for name in ("one", "other")
    )
    at = list[float]()

    async def asked(pacer: RateLimiter) -> None:
        async with pacer.turn():
            at.append(clock())

    await asyncio.gather(*(asked(pacer) for pacer in (one, other) for _ in range(7)))
    assert len(at) == 14
    for first, last in zip(at, at[6:], strict=False):
        assert last - first > 60.0


async def test_background_work_of_one_program_leaves_places_for_the_person_at_another(
    program: Program,
) -> None:
    time = InstantTime()
    one, other = pacers(time, program)
    for _ in range(40):
        await ask(one, background=True)
    await one.look()
    assert one.delay(background=True) > 0
    for _ in range(20):
        await ask(other)
    assert time.now == 1_000.0


async def test_a_turn_that_is_cancelled_while_it_is_taken_leaves_no_place_taken(
    program: Program, file: Path
) -> None:
    time = InstantTime()
    one, other = pacers(time, program)
    await other.look()
    with closing(sqlite3.connect(file, isolation_level=None)) as slow:
        slow.execute("BEGIN IMMEDIATE")
        impatient = asyncio.ensure_future(ask(one))
        for _ in range(3):
            await asyncio.sleep(0)
        impatient.cancel()
        with pytest.raises(asyncio.CancelledError):
            await impatient
        slow.execute("ROLLBACK")
    await one.look()
    await other.look()
    assert one.left() == other.left() == 60


TAKES = """
import asyncio, sys, time
from pathlib import Path
from atz_desktop.store.database import Database
from atz_desktop.store.turns import Turns, TurnsFile

async def main():
    database, _ = Database.open(Path(sys.argv[1]))
    turns = Turns(TurnsFile(Path(sys.argv[2])), "Agency", database.here, database.is_running, 60.25)
    now = time.monotonic()
    for ticket in range(3):
        await turns.take(ticket, 60, now)
    print(now)
    input()

asyncio.run(main())
"""


async def test_a_killed_program_holds_its_places_for_a_window_and_no_longer(
    start_program: StartProgram, open_database: OpenDatabase, path: Path, file: Path
) -> None:
    killed = start_program(TAKES, path, file)
    now = float(killed.line())
    database, shared = open_database(), TurnsFile(file)
    turns = Turns(shared, "Agency", database.here, database.is_running, HOLD)
    assert await turns.look(now) == Others((math.inf,) * 3)
    killed.kill()
    assert await turns.look(now + 1) == Others((now + 1 + HOLD,) * 3)
    assert await turns.look(now + 1 + HOLD) == NOBODY
    shared.close()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps an open file in its place")
async def test_programs_count_together_again_after_the_file_was_taken_away(
    program: Program, file: Path
) -> None:
    one, other = program("one"), program("other")
    await one.look(100.0)
    for left in file.parent.glob(f"{file.name}*"):
        left.unlink()
    assert await other.take(1, 60, 100.0) == (True, NOBODY)
    assert await one.look(100.0) == Others((math.inf,))
