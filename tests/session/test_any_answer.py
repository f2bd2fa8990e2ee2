"""Whatever a server answers to a load or a save, the person sees words and never a traceback."""

from __future__ import annotations

import asyncio
import copy
import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from atz_desktop.api.client import AtzClient
from atz_desktop.api.rate_limiter import RateLimiter
from atz_desktop.sandbox.data import made_up_account
from atz_desktop.session.jobs import Jobs
from atz_desktop.session.notices import Notice
from atz_desktop.session.phase import Phase
from atz_desktop.session.services import Services
from atz_desktop.store.database import Database
from atz_desktop.store.drafts import Drafts, Recent
from atz_desktop.store.errors import StoreError
from atz_desktop.store.journal import Journal
from atz_desktop.store.names import NameStore
from tests.api.fakes import InstantTime
from tests.session.conftest import Person, new_session, shown

ANSWERS_EACH = 3
MANY = 10_000 // ANSWERS_EACH + 1 if os.environ.get("CI") else 60
"""Loads with a save after them; 10,000 answers where time costs nobody's patience."""

GOOD: dict[str, Any] = made_up_account().get(42)

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats()
    | st.text()
    | st.sampled_from(["2026-13-45", "25:61", "\x00", "\ud800", "<b>x</b>", "9" * 400]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def _paths(body: object, path: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
    found = [path] if path else []
    if isinstance(body, dict):
        items: list[tuple[object, object]] = list(body.items())
    elif isinstance(body, list):
        items = list(enumerate(body))
    else:
        items = []
    return [*found, *(deep for key, inner in items for deep in _paths(inner, (*path, key)))]


@st.composite
def nearly_good(draw: st.DrawFn) -> bytes:
    """An activity in which a few values, at any depth, are something else or missing."""
    body = copy.deepcopy(GOOD)
    for path in draw(st.lists(st.sampled_from(_paths(GOOD)), min_size=1, max_size=3)):
        holder: Any = body
        for step in path[:-1]:
            holder = holder[step] if _has(holder, step) else None
        if not _has(holder, path[-1]):
            continue
        if draw(st.booleans()):
            holder[path[-1]] = draw(JSON)
        else:
            del holder[path[-1]]
    return json.dumps(body).encode("utf-8", "surrogatepass")


def _has(holder: object, step: object) -> bool:
    if isinstance(holder, dict):
        return step in holder
    return isinstance(holder, list) and isinstance(step, int) and step < len(holder)


ANSWERS = st.tuples(
    st.sampled_from([200, 200, 200, 200, 201, 204, 301, 400, 404, 409, 422, 429, 500, 503]),
    st.one_of(
        nearly_good(),
        JSON.map(lambda value: json.dumps(value).encode("utf-8", "surrogatepass")),
        st.binary(max_size=200),
        st.integers(0, 400).map(lambda cut: json.dumps(GOOD).encode()[:cut]),
        st.just(json.dumps(GOOD).encode()),
    ),
)


class Server:
    """Gives these answers, one after the other, and good ones after them."""

    def __init__(self, answers: list[tuple[int, bytes]]) -> None:
        self._left = list(answers)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        status, body = self._left.pop(0) if self._left else (200, json.dumps(GOOD).encode())
        return httpx.Response(status, content=body)


async def _load_and_save(answers: list[tuple[int, bytes]]) -> None:
    time = InstantTime()
    database = Database.in_memory(StoreError(Path("none"), "no disk"))
    client = AtzClient(
        "https://api.atzcrm.com",
        "fuzz-token",
        transport=httpx.MockTransport(Server(answers)),
        rate_limiter=RateLimiter(limit=10_000, clock=time.clock, sleep=time.sleep),
        sleep=time.sleep,
    )
    bugs: list[BaseException] = []
    notices: list[Notice] = []
    jobs = Jobs(bugs.append)
    person = Person(goes_without_journal=True)
    services = Services(
        "fuzz",
        client,
        Journal(database),
        Drafts(database),
        NameStore(database),
        Recent(database),
    )
    session = new_session(services, jobs, person)
    session.notified.connect(lambda notice: notices.extend([notice] if notice else []))
    try:
        session.open(42)
        await jobs.wait("open")
        session.model.set_value("title", "A new title")
        session.model.set_value("location", "Room 9")
        session.save()
        await jobs.wait("save")
        assert session.state.phase in {Phase.EMPTY, Phase.READY}
        assert session.edit is not None or notices, "nothing was loaded, and nothing was said"
        for notice in notices:
            assert "Traceback" not in notice.title + notice.text
            assert "Error" not in notice.title
    finally:
        await jobs.drain()
        await session.close()
        await client.close()
        database.close()
    assert not bugs, bugs


@pytest.mark.timeout(1800)  # 10,000 take minutes
@settings(max_examples=MANY, suppress_health_check=list(HealthCheck))
@given(answers=st.lists(ANSWERS, min_size=ANSWERS_EACH, max_size=ANSWERS_EACH + 1))
def test_no_answer_whatever_to_a_load_or_a_save_is_a_traceback(
    answers: list[tuple[int, bytes]],
) -> None:
    asyncio.run(_load_and_save(answers))


NO_NUMBERS = ("NaN", "Infinity", "-Infinity", "1e400", "-1e400", "9" * 5_000)


@pytest.mark.parametrize("number", NO_NUMBERS, ids=lambda number: number[:9])
async def test_a_number_that_nobody_can_hold_stops_no_load_and_no_save_of_other_fields(
    services: Services, number: str
) -> None:
    """In a field that nobody knows, and in every one that nobody edits."""
    left_alone = GOOD.keys() - {"id", "title"}
    odd = ", ".join(f"{json.dumps(name)}: {number}" for name in sorted({*left_alone, "colour"}))
    held = {"title": "Old"}
    sent: list[bytes] = []

    def answer(request: httpx.Request) -> httpx.Response:
        if request.method == "PUT":
            sent.append(request.content)
            held.update(json.loads(request.content))
        return httpx.Response(200, content=f'{{"id": 42, "title": "{held["title"]}", {odd}}}')

    client = AtzClient("https://api.atzcrm.com", "t", transport=httpx.MockTransport(answer))
    bugs: list[BaseException] = []
    jobs = Jobs(bugs.append)
    session = new_session(replace(services, client=client), jobs, Person())
    session.open(42)
    await jobs.wait("open")
    session.model.set_value("title", "New")
    session.save()
    await jobs.wait("save")
    assert (sent, bugs) == ([b'{"title": "New"}'], [])
    verdict = shown(session).verdicts.get("title")
    assert verdict is not None
    assert verdict.is_ok
    await jobs.drain()
    await session.close()
    await client.close()
