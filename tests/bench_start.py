"""Part of `./dev bench`: from the command to the window and to the form of an activity.

Each round starts a bare PySide6 window and each kind of start of the program, one after the other;
ratios are taken within a round, also of the processor's time (`_cpu`), which a busy machine hardly
stretches. On a display of one's own (Xvfb with openbox, where they are) the moments are those at
which pixels changed; elsewhere those that the program itself tells.

    python -m tests.bench_start [--rounds N] [--program FILE]   an installed program, say
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import NamedTuple

from tests.bench_screen import Change, Screen, own_display, painted_at
from tests.bench_store import fill_store
from tests.bench_table import Figure, paired_ratio, record

ROOT = Path(__file__).parent.parent
ROUNDS = 11
PATIENCE = 60.0
REST = 0.4
"""Seconds that a form is left alone, before its memory is read."""
WINDOW_AIM, FORM_AIM, SANDBOX_AIM, MEMORY_AIM = 1.0, 2.5, 4.0, 1.7
"""Times a bare window."""

BARE_WINDOW = """
import sys, time
from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication, QLineEdit, QMainWindow
app = QApplication([])
window = QMainWindow()
window.setCentralWidget(QLineEdit())
window.show()
waking = QTimer()
waking.start(4)
while not window.windowHandle().isExposed():
    app.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
app.processEvents()
open(sys.argv[1], "w").write(f"painted {time.monotonic():.4f} 0 {time.process_time():.4f}\\n")
app.exec()
"""
SERVER = """
import sys
from atz_desktop.sandbox.server import Sandbox
with Sandbox(pace_limit=None) as sandbox:
    print(sandbox.url, sandbox.token, flush=True)
    sys.stdin.read()
"""


class Mark(NamedTuple):
    """A line of `--startup-trace`: a moment, and the processor's time until then."""

    at: float
    cpu: float


class Start(NamedTuple):
    """One start: seconds from before the process was made, and MiB with what it shows at the end.

    `form` is when the last of it was shown: of a bare window, itself.
    """

    window: float
    form: float
    window_cpu: float
    form_cpu: float
    peak: float
    private: float


class Case(NamedTuple):
    """One kind of start: what is made ready before (it gives the data folder), and how it is told
    where to work."""

    what: str
    folder: Callable[[], Path]
    arguments: tuple[str, ...]
    environment: dict[str, str]
    aim: float | None


def main() -> int:
    read = argparse.ArgumentParser()
    read.add_argument("--rounds", type=int, default=ROUNDS)
    read.add_argument("--program", nargs="+", default=[sys.executable, "-m", "atz_desktop"])
    options = read.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        own_display() as screen,
        served() as (url, token),
    ):
        where = "pixels of Xvfb" if screen else "the program's own word, without a display"
        _say(f"Starts, {options.rounds} rounds, moments: {where}.")
        cases = _cases(Path(folder), url, token)
        _report(_rounds(options, cases, Path(folder), screen), cases)
    return 0


def _cases(folder: Path, url: str, token: str) -> list[Case]:
    grown = folder / "grown"
    fill_store(grown / "atz.sqlite3")
    shutil.copytree(grown, folder / "later-grown")
    account = {"ATZ_API_URL": url, "ATZ_API_TOKEN": token}
    number = iter(range(10**6))

    def new() -> Path:
        return folder / f"new{next(number)}"

    def new_day() -> Path:
        return shutil.copytree(grown, folder / "day", dirs_exist_ok=True)

    return [
        Case("later start", lambda: folder / "later", (), account, FORM_AIM),
        Case("first start ever", new, (), account, None),
        Case("later start, grown store", lambda: folder / "later-grown", (), account, FORM_AIM),
        Case("first start of a day, grown store", new_day, (), account, None),
        Case("sandbox", lambda: folder / "sandbox", ("--sandbox",), {}, SANDBOX_AIM),
    ]


def _rounds(
    options: argparse.Namespace, cases: list[Case], folder: Path, screen: Screen | None
) -> dict[str, list[Start]]:
    starts: dict[str, list[Start]] = {"bare": [], **{case.what: [] for case in cases}}
    trace = folder / "trace"
    for number in range(options.rounds + 1):
        bare = _start([sys.executable, "-c", BARE_WINDOW, str(trace)], {}, trace, "painted", screen)
        taken = [("bare", bare)]
        for case in cases:
            told = ["42", "--data-dir", str(case.folder()), "--startup-trace", str(trace)]
            command = [*options.program, *told, *case.arguments]
            taken.append((case.what, _start(command, case.environment, trace, "shown", screen)))
            shutil.rmtree(folder / "day", ignore_errors=True)
        if number:  # the first round warms the caches
            for what, start in taken:
                starts[what].append(start)
    return starts


def _start(
    command: list[str], more: dict[str, str], trace: Path, last: str, screen: Screen | None
) -> Start:
    trace.unlink(missing_ok=True)
    begun = time.monotonic()
    watched = screen.watched() if screen else nullcontext(list[Change]())
    with watched as changes:
        process = subprocess.Popen(command, cwd=ROOT, env=environment() | more)
        try:
            while last not in (marks := _marks(trace)):
                if time.monotonic() - begun > PATIENCE or process.poll() is not None:
                    raise SystemExit(f"It did not start: {' '.join(command)}")
                time.sleep(0.005)
            time.sleep(REST)
            peak, private = _memory(process.pid)
        finally:
            process.terminate()
            process.wait(PATIENCE)
    window, form = _moments(changes, marks, last)
    cpu = marks["painted"].cpu, marks[last].cpu
    return Start(window - begun, form - begun, *cpu, peak, private)


def _moments(changes: list[Change], marks: dict[str, Mark], last: str) -> tuple[float, float]:
    """When the window stood there, and when what was shown last did."""
    if not changes:
        return marks["painted"].at, marks[last].at
    window = painted_at(changes)
    if last == "painted":
        return window, window
    return window, next((each.at for each in changes if each.at > marks[last].at), marks[last].at)


def _marks(file: Path) -> dict[str, Mark]:
    if not file.exists():
        return {}
    rows = [line.split() for line in file.read_text(encoding="utf-8").splitlines()]
    return {row[0]: Mark(float(row[1]), float(row[3])) for row in rows if len(row) == 4}


def _memory(pid: int) -> tuple[float, float]:
    """MiB at most until now, and those that it shares with no other program; 0: not told."""
    folder = Path("/proc") / str(pid)
    if not (folder / "smaps_rollup").exists():
        return 0.0, 0.0
    status = (folder / "status").read_text().splitlines()
    maps = (folder / "smaps_rollup").read_text().splitlines()
    peak = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
    return peak / 1024, sum(int(x.split()[1]) for x in maps if x.startswith("Private_")) / 1024


def _report(starts: dict[str, list[Start]], cases: list[Case]) -> None:
    bare = starts["bare"]
    for what, found in starts.items():
        _say(f"  {what}:")
        for name in Start._fields:
            values = [getattr(each, name) for each in found]
            ratio = paired_ratio(values, [getattr(each, name) or 1.0 for each in bare])
            _say(f"    {name:10} {_words(name, values)}, {ratio:.2f} times a bare window")
    for case in cases:
        _record(case.what, "form", starts, case.aim)
        _record(case.what, "form_cpu", starts, case.aim)
    usual = cases[0].what
    _record(usual, "window", starts, WINDOW_AIM)
    _record(usual, "window_cpu", starts, WINDOW_AIM)
    _record(usual, "peak", starts, MEMORY_AIM)
    _record(usual, "private", starts, None)


def _record(what: str, name: str, starts: dict[str, list[Start]], aim: float | None) -> None:
    ours = [getattr(each, name) for each in starts[what]]
    bare = [getattr(each, name) for each in starts["bare"]]
    if all(bare):
        ratio = paired_ratio(ours, bare)
        record(Figure(f"{what}: {name}", ratio, "× bare", aim, _words(name, ours)))


def _words(name: str, values: Sequence[float]) -> str:
    factor, unit = (1, "MiB") if name in {"peak", "private"} else (1000, "ms")
    middle, least = statistics.median(values) * factor, min(values) * factor
    return f"median {middle:.0f} {unit}, least {least:.0f} {unit}"


@contextmanager
def served() -> Iterator[tuple[str, str]]:
    """Address and token of a made-up account, served by a process of its own."""
    command = [sys.executable, "-c", SERVER]
    with subprocess.Popen(command, cwd=ROOT, stdin=-1, stdout=-1, text=True) as server:
        assert server.stdout is not None
        url, token = server.stdout.readline().split()
        yield url, token
        server.communicate()


def environment() -> dict[str, str]:
    """What a measured process is told."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("ATZ_")}
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    if sys.platform == "linux":
        kept.setdefault("QT_QPA_PLATFORM", "offscreen")
    return kept


def _say(words: str) -> None:
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
