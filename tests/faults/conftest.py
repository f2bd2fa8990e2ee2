"""A made-up ATZ account on real sockets, for every test of what can go wrong."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from atz_desktop.sandbox.server import Sandbox
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
