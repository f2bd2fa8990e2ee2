"""A running sandbox for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from atz_desktop.sandbox.server import Sandbox


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """The made-up account on loopback, without a limit of requests."""
    with Sandbox(pace_limit=None) as running:
        yield running
