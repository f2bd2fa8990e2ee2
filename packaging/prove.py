"""Tries what `./dev package linux` and `./dev package windows` built; keeps what it measures.

prove.py linux windows start
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

from proof import linux, start, windows
from steps.figures import keep
from steps.project import Project, StepError, read_project, say

PROOFS: dict[str, Callable[[Project], dict[str, float]]] = {
    "linux": linux.prove,
    "windows": windows.prove,
    "start": start.prove,
}


def main(names: list[str]) -> int:
    """Run the proofs named; the exit code."""
    project, failed = read_project(), list[str]()
    for name in names:
        started = time.monotonic()
        try:
            keep(PROOFS[name](project))
        except StepError as error:
            say(str(error))
            failed.append(name)
        outcome = "FAILED" if name in failed else "passed"
        say(f"the proof of {name} {outcome} after {time.monotonic() - started:.0f} s")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
