"""How long the tests are: CI=1 in the environment makes each of them as long as it can be."""

from __future__ import annotations

import os

IS_LONG = bool(os.environ.get("CI"))


def examples(number: int) -> int:
    """How many examples of a property are tried: so many in CI, a quarter of them here."""
    return number if IS_LONG else max(20, number // 4)
