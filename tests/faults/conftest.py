"""A made-up ATZ account on real sockets, and a desk at it, for every test of what can go wrong."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from atz_desktop.sandbox.server import Sandbox
from tests.faults.desk import QUICK, Desk, Person
from tests.faults.elsewhere import Elsewhere


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(pace_limit=None) as running:
        yield running


@pytest.fixture
def elsewhere() -> Iterator[Elsewhere]:
    """A server on another host, where nothing of ours may ever arrive."""
    with Elsewhere() as running:
        yield running


@pytest.fixture
def person() -> Person:
    return Person()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "atz.sqlite3"


@pytest_asyncio.fixture
async def desk(sandbox: Sandbox, person: Person, file: Path) -> AsyncIterator[Desk]:
    """A running program with activity 42 loaded."""
    made = Desk(sandbox, file, person, QUICK)
    await made.open(42)
    yield made
    await made.crash()
    assert not made.failures
