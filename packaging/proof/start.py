"""How long the installed program takes to start, against the checkout, in turn in one run."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from steps.project import BUILD, ROOT, Project, fresh_folder, say

from proof.checking import running, wait_for
from proof.linux import unpacked

ROUNDS = 20
AIM = 1.2
"""Times the start from the checkout that the start of the installed program shall take at most."""
MOMENTS = ("painted", "shown")


def prove(project: Project) -> dict[str, float]:
    """Measures and says; a time is no proof, because whatever else the machine does changes it."""
    installed = [str(unpacked(project))]
    checkout = [sys.executable, "-P", "-c", f"{_IN_CHECKOUT.format(root=str(ROOT))}"]
    both: dict[str, list[dict[str, float]]] = {"installed": [], "checkout": []}
    for _round in range(ROUNDS):
        both["installed"].append(_start(installed))
        both["checkout"].append(_start(checkout))
    figures = dict[str, float]()
    for moment in MOMENTS:
        # The quickest: whatever else the computer does makes a start slower, never quicker.
        times = {which: min(one[moment] for one in starts) for which, starts in both.items()}
        ratio = times["installed"] / times["checkout"]
        words = f"{moment} after {times['installed'] * 1000:.0f} ms, {ratio:.2f} times the checkout"
        say(f"installed: {words}")
        figures |= {f"start_{moment}_ratio": round(ratio, 3)}
        figures |= {f"start_{moment}_{k}_ms": round(v * 1000, 1) for k, v in times.items()}
    worst = max(figures[f"start_{moment}_ratio"] for moment in MOMENTS)
    verdict = "within" if worst <= AIM else "ABOVE"
    say(f"installed: the worse ratio is {worst:.2f}, {verdict} the aim of {AIM}")
    return figures


_IN_CHECKOUT = (
    "import sys; sys.path.insert(0, {root!r}); from atz_desktop.__main__ import main; main()"
)


def _start(command: list[str]) -> dict[str, float]:
    """Seconds until each moment, from before the process was made."""
    folder = fresh_folder(BUILD / "start")
    trace = folder / "trace.txt"
    told = ["--sandbox", "--data-dir", str(folder / "data"), "--startup-trace", str(trace), "42"]
    began = time.monotonic()
    with running([*command, *told], {"QT_QPA_PLATFORM": "offscreen"}):
        wait_for(lambda: MOMENTS[-1] in _moments(trace), "the activity is shown")
    return {what: at - began for what, at in _moments(trace).items()}


def _moments(trace: Path) -> dict[str, float]:
    lines = trace.read_text().splitlines() if trace.exists() else []
    words = [line.split() for line in lines if len(line.split()) == 4]
    return {what: float(at) for what, at, *_ in words}
