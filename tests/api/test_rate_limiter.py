from __future__ import annotations

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from atz_desktop.api.rate_limiter import RESERVE, RateLimiter
from tests.api.fakes import FakeTime
from tests.lengths import examples


def limiter_on(time: FakeTime) -> RateLimiter:
    return RateLimiter(clock=time.clock, sleep=time.sleep)


async def ask(rate_limiter: RateLimiter, *, background: bool = False) -> None:
    async with rate_limiter.slot(background=background):
        pass


async def test_sixty_requests_go_at_once_and_the_next_waits_for_the_window() -> None:
    time = FakeTime()
    rate_limiter = limiter_on(time)
    for _ in range(60):
        await ask(rate_limiter)
    assert time.now == 1_000.0
    assert rate_limiter.available() == 0
    await time.run(ask(rate_limiter))
    assert 1_060.0 < time.now < 1_061.0


async def test_a_place_comes_back_a_window_after_the_answer_not_after_the_question() -> None:
    time = FakeTime()
    rate_limiter = limiter_on(time)
    async with rate_limiter.slot():
        time.now += 30.0
    time.now += 45.0
    assert rate_limiter.available() == 59
    time.now += 16.0
    assert rate_limiter.available() == 60


async def test_the_person_goes_before_background_work_that_waits_longer() -> None:
    time = FakeTime()
    rate_limiter = RateLimiter(reserve=0, clock=time.clock, sleep=time.sleep)
    for _ in range(60):
        await ask(rate_limiter)
        time.now += 0.5  # so that the places come back one by one
    order: list[str] = []

    async def named(name: str, *, background: bool) -> None:
        async with rate_limiter.slot(background=background):
            order.append(name)

    waiting = [
        asyncio.ensure_future(named("names 1", background=True)),
        asyncio.ensure_future(named("names 2", background=True)),
    ]
    await asyncio.sleep(0)
    waiting.append(asyncio.ensure_future(named("load", background=False)))
    await time.run(asyncio.gather(*waiting))
    assert order == ["load", "names 1", "names 2"]


async def test_background_work_leaves_places_for_the_next_requests_of_who_is_at_work() -> None:
    time = FakeTime()
    rate_limiter = limiter_on(time)
    await ask(rate_limiter)
    for _ in range(59 - RESERVE):
        await ask(rate_limiter, background=True)
    assert time.now == 1_000.0
    one_more = asyncio.ensure_future(ask(rate_limiter, background=True))
    await time.run(asyncio.sleep(0))
    await time.run(time.sleep(50))
    assert not one_more.done()
    for _ in range(RESERVE):
        await ask(rate_limiter)
    assert time.now == 1_050.0
    one_more.cancel()


async def test_background_work_uses_the_whole_pace_while_nobody_else_does_anything() -> None:
    time = FakeTime()
    rate_limiter = limiter_on(time)
    sent: list[float] = []
    await time.run(_rows_of_a_run(rate_limiter, time, sent, rows=200))
    assert len(sent) >= 0.97 * (sent[-1] - sent[0])
    for first, last in zip(sent, sent[60:], strict=False):
        assert last - first > 60.0


async def test_who_comes_back_in_the_middle_of_a_run_finds_places_soon() -> None:
    time = FakeTime()
    rate_limiter = limiter_on(time)
    waits: list[float] = []

    async def come_back_now_and_then() -> None:
        for _ in range(5):
            await time.sleep(97.0)  # longer than a window: then they do nothing again
            since = time.now
            await ask(rate_limiter)
            waits.append(time.now - since)

    await time.run(
        asyncio.gather(_rows_of_a_run(rate_limiter, time, [], rows=160), come_back_now_and_then())
    )
    assert max(waits) < 3.0


async def test_a_background_write_goes_right_after_its_read() -> None:
    time = FakeTime()
    rate_limiter = limiter_on(time)
    gaps: list[float] = []

    async def pairs() -> None:
        for _ in range(60):
            async with rate_limiter.slot(background=True, slots=2):
                pass
            since = time.now
            async with rate_limiter.slot(background=True, follows=True):
                gaps.append(time.now - since)

    await time.run(pairs())
    assert max(gaps) == 0.0


async def _rows_of_a_run(
    rate_limiter: RateLimiter, time: FakeTime, sent: list[float], rows: int
) -> None:
    """A read that leaves room for its write, the write, and the read-back; a network's pace."""
    for _ in range(rows):
        for slots, follows in ((2, False), (1, True), (1, False)):
            async with rate_limiter.slot(background=True, slots=slots, follows=follows):
                await time.sleep(0.05)
                sent.append(time.now)
                await time.sleep(0.05)


async def test_a_pause_holds_everybody_until_it_is_over() -> None:
    time = FakeTime()
    rate_limiter = limiter_on(time)
    rate_limiter.pause(12.0)
    assert rate_limiter.available() == 0
    await time.run(ask(rate_limiter))
    assert time.now == pytest.approx(1_012.0)


async def test_a_shorter_pause_does_not_end_a_longer_one() -> None:
    time = FakeTime()
    rate_limiter = limiter_on(time)
    rate_limiter.pause(12.0)
    rate_limiter.pause(1.0)
    await time.run(ask(rate_limiter))
    assert time.now == pytest.approx(1_012.0)


async def test_who_gives_up_waiting_takes_no_place_and_delays_nobody() -> None:
    time = FakeTime()
    rate_limiter = limiter_on(time)
    rate_limiter.pause(5.0)
    impatient = asyncio.ensure_future(ask(rate_limiter))
    await asyncio.sleep(0)
    impatient.cancel()
    with pytest.raises(asyncio.CancelledError):
        await impatient
    time.now += 5.0
    assert rate_limiter.available() == 60
    await ask(rate_limiter)
    assert time.now == 1_005.0


async def test_a_request_that_failed_has_taken_its_place_all_the_same() -> None:
    rate_limiter = limiter_on(FakeTime())

    async def failing() -> None:
        async with rate_limiter.slot():
            raise LookupError

    with pytest.raises(LookupError):
        await failing()
    assert rate_limiter.available() == 59


async def test_a_timer_that_fires_early_does_not_let_a_request_through_early() -> None:
    time = FakeTime()

    async def early(seconds: float) -> None:
        await time.sleep(seconds * 0.9)

    rate_limiter = RateLimiter(clock=time.clock, sleep=early)
    rate_limiter.pause(10.0)
    await time.run(ask(rate_limiter))
    assert time.now >= 1_010.0


@settings(max_examples=examples(80), deadline=None)
@given(
    st.lists(
        st.tuples(
            st.floats(0, 20),  # seconds until the next one asks
            st.floats(0, 5),  # how long its answer takes
            st.floats(0, 1),  # at which part of that time the server counts it
            st.booleans(),
        ),
        min_size=7,
        max_size=25,
    )
)
def test_the_server_never_counts_more_than_the_limit_in_any_window(
    asks: list[tuple[float, float, float, bool]],
) -> None:
    counted = asyncio.run(_counted(asks, limit=6))
    assert len(counted) == len(asks)
    counted.sort()
    for first, last in zip(counted, counted[6:], strict=False):
        assert last - first > 60.0


async def _counted(asks: list[tuple[float, float, float, bool]], limit: int) -> list[float]:
    time = FakeTime()
    rate_limiter = RateLimiter(limit=limit, reserve=2, clock=time.clock, sleep=time.sleep)
    counted: list[float] = []

    async def one(start: float, takes: float, part: float, background: bool) -> None:
        await time.sleep(start)
        async with rate_limiter.slot(background=background):
            await time.sleep(takes * part)
            counted.append(time.now)
            await time.sleep(takes * (1 - part))

    start, jobs = 0.0, []
    for gap, takes, part, background in asks:
        start += gap
        jobs.append(one(start, takes, part, background))
    await time.run(asyncio.gather(*jobs))
    return counted
