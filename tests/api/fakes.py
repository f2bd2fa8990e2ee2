"""Time that passes when it is told to, and clients whose server is a function."""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx

from atz_desktop.api.client import AtzClient
from atz_desktop.api.rate_limiter import RateLimiter
from atz_desktop.api.requests import PendingDelay
from atz_desktop.domain.quick_dataclass import dataclass
from atz_desktop.domain.values import LocalFile

TOKEN = "secret-token-5f2b9c"
ACTIVITY: dict[str, object] = {"id": 42, "title": "Team Sync"}

Answerer = Callable[[httpx.Request], httpx.Response]


class FakeTime:
    """A clock and a sleep that belong together: time moves on when everybody sleeps."""

    def __init__(self) -> None:
        self.now = 1_000.0
        self.slept: list[float] = []
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._order = itertools.count()

    def clock(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        """Sleeps in fake time; `run` wakes the sleepers in their order."""
        self.slept.append(seconds)
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self.now + seconds, next(self._order), done))
        await done

    async def run(self, until: Awaitable[object]) -> None:
        """Let time pass until the awaitable is done; its failure is raised."""
        goal = asyncio.ensure_future(until)
        while not goal.done():
            for _ in range(20):
                await asyncio.sleep(0)
            if self._sleepers and not goal.done():
                at, _, done = heapq.heappop(self._sleepers)
                if not done.done():
                    self.now = max(self.now, at)
                    done.set_result(None)
        await goal


class InstantTime:
    """A clock that a sleep moves on at once: for tests in which one thing happens at a time."""

    def __init__(self) -> None:
        self.now = 1_000.0
        self.slept: list[float] = []

    def clock(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)


@dataclass(frozen=True)
class Renamed(LocalFile):
    """A chosen file with a name that not every system lets a file have."""

    other_name: str = ""

    @property
    def name(self) -> str:
        return self.other_name


def chosen(path: Path) -> LocalFile:
    """A file as it is now."""
    return LocalFile.from_stat(path, path.stat())


def client_of(
    server: Answerer,
    *,
    token: str | Callable[[], str | None] = TOKEN,
    on_wait: Callable[[PendingDelay], None] | None = None,
    time: InstantTime | FakeTime | None = None,
) -> AtzClient:
    """A client whose requests go to a function and whose pauses take no real time."""
    time = time or InstantTime()
    return AtzClient(
        "https://api.atzcrm.com",
        token,
        transport=httpx.MockTransport(server),
        on_wait=on_wait,
        rate_limiter=RateLimiter(clock=time.clock, sleep=time.sleep),
        sleep=time.sleep,
        jitter=lambda: 0.5,
    )
