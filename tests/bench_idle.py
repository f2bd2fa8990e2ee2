"""Part of `./dev bench`: how often the program wakes up while nobody does anything.

An activity is shown and has the keyboard, so its cursor blinks: twice a second. Only Linux tells
how often a thread went to sleep of its own will.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.bench_start import environment, served
from tests.bench_table import Figure, record

REST, WATCHED = 12.0, 10.0
"""Seconds until what follows a start is over, and that are watched then."""
AIM = 3.0


def bench_idle() -> None:
    """Nothing is measured on a system that does not tell."""
    if not Path("/proc/self/status").exists():
        return
    with tempfile.TemporaryDirectory() as folder, served() as (url, token):
        told = ["42", "--data-dir", folder]
        account = {"ATZ_API_URL": url, "ATZ_API_TOKEN": token}
        ours = _wake_ups([sys.executable, "-m", "atz_desktop", *told], account)
    what = "wake-ups of an idle window"
    sys.stdout.write(f"  {what}: {ours:.1f} a second\n")
    record(Figure(what, ours, "/s", AIM))


def _wake_ups(command: list[str], more: dict[str, str]) -> float:
    """Of the window's thread, a second."""
    with subprocess.Popen(command, env=environment() | more) as process:
        try:
            time.sleep(REST)
            status = Path(f"/proc/{process.pid}/status")
            before, begun = _sleeps(status), time.monotonic()
            time.sleep(WATCHED)
            return (_sleeps(status) - before) / (time.monotonic() - begun)
        finally:
            process.terminate()


def _sleeps(status: Path) -> int:
    lines = status.read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("voluntary_"))
