"""Moments of the start, written to a file for the benchmark (`--startup-trace`)."""

from __future__ import annotations

from pathlib import Path
from time import monotonic, process_time


def trace(file: Path | None, what: str) -> None:
    """Write a moment (seconds of the system's steady clock), and the peak memory (KiB) and the
    processor's time (seconds) until then.

    Without a file nothing happens. Systems that do not tell their peak memory write 0.
    """
    if file is None:
        return
    at, cpu = monotonic(), process_time()
    try:
        import resource

        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    except ImportError:
        peak = 0
    with file.open("a", encoding="utf-8") as lines:
        lines.write(f"{what} {at:.4f} {peak} {cpu:.4f}\n")
