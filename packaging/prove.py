"""Tries what `./dev package linux` and `./dev package windows` built; figures go to build/.

prove.py linux windows start
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable

from proof import linux, start, windows
from steps.project import BUILD, Project, StepError, read_project, say

PROOFS: dict[str, Callable[[Project], dict[str, float]]] = {
    "linux": linux.prove,
    "windows": windows.prove,
    "start": start.prove,
}
FIGURES = BUILD / "figures.json"


def main(names: list[str]) -> int:
    """Run the proofs named; the exit code."""
    project, figures, failed = read_project(), dict[str, float](), list[str]()
    if FIGURES.exists():
        figures = json.loads(FIGURES.read_text(encoding="utf-8"))
    for name in names:
        started = time.monotonic()
        try:
            figures |= PROOFS[name](project)
        except StepError as error:
            say(str(error))
            failed.append(name)
        outcome = "FAILED" if name in failed else "passed"
        say(f"the proof of {name} {outcome} after {time.monotonic() - started:.0f} s")
    FIGURES.write_text(json.dumps(figures, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
