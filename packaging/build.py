"""Builds an installer from the checkout into dist/ (`./dev package windows | linux | macos`)."""

from __future__ import annotations

import hashlib
import sys
import time
from collections.abc import Callable
from pathlib import Path

from steps.figures import keep
from steps.project import StepError, megabytes, read_project, say


def build_linux() -> list[Path]:
    from steps.linux import build

    return build(read_project())


def build_windows() -> list[Path]:
    from steps.windows import build

    return build(read_project())


def build_macos() -> list[Path]:
    from steps.macos import build

    return build(read_project())


BUILDERS: dict[str, Callable[[], list[Path]]] = {
    "linux": build_linux,
    "windows": build_windows,
    "macos": build_macos,
}


def main(arguments: list[str]) -> int:
    """Build for the system named; the exit code."""
    if len(arguments) != 1 or arguments[0] not in BUILDERS:
        say(f"say for which system: {' | '.join(BUILDERS)}")
        return 2
    started = time.monotonic()
    try:
        made = BUILDERS[arguments[0]]()
    except StepError as error:
        say(str(error))
        return 1
    for file in made:
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
        say(f"{megabytes(file):>8}  {digest}  dist/{file.name}")
    took = time.monotonic() - started
    keep({f"build_{arguments[0]}_s": round(took, 1)})
    say(f"built in {took:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
