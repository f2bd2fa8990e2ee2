"""Makes `packaging/` importable, as `packaging/build.py` does for itself."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

PACKAGING = Path(__file__).resolve().parents[2] / "packaging"


@pytest.fixture
def step() -> Iterator[Callable[[str], ModuleType]]:
    """Imports `packaging/steps/NAME.py`."""
    sys.path.insert(0, str(PACKAGING))
    try:
        yield lambda name: importlib.import_module(f"steps.{name}")
    finally:
        sys.path.remove(str(PACKAGING))
