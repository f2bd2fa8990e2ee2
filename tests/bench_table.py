"""The figures of `./dev bench`, and the one table that it ends with.

Parts run in processes of their own; each appends its figures to the file that FILE names.
"""

from __future__ import annotations

import json
import os
import statistics
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

FILE = "ATZ_BENCH_FIGURES"


class Figure(NamedTuple):
    """What was measured, what it shall be at most, and beside it what is for information."""

    what: str
    value: float
    unit: str
    aim: float | None = None
    details: str = ""

    @property
    def verdict(self) -> str:
        """Whether the aim is met, as the table says it."""
        if self.aim is None:
            return ""
        return "met" if self.value <= self.aim else "NOT MET"


def record(figure: Figure) -> None:
    """Keep a figure for the table, if one is wanted."""
    file = os.environ.get(FILE)
    if file:
        with Path(file).open("a", encoding="utf-8") as lines:
            lines.write(json.dumps(figure) + "\n")


def recorded(file: Path) -> list[Figure]:
    """All figures so far, in the order in which they were measured."""
    if not file.exists():
        return []
    return [Figure(*json.loads(line)) for line in file.read_text(encoding="utf-8").splitlines()]


def paired_ratio(ours: Sequence[float], bare: Sequence[float]) -> float:
    """The median of the ratios within each round: what slows a whole round down cancels out."""
    return statistics.median(a / b for a, b in zip(ours, bare, strict=True))


def table(figures: Sequence[Figure]) -> str:
    """One line for each figure: what, value, aim, met or not."""
    rows = [("figure", "value", "aim", "met?", "")]
    for each in figures:
        aim = "" if each.aim is None else f"≤ {each.aim:g} {each.unit}"
        rows.append((each.what, f"{each.value:.2f} {each.unit}", aim, each.verdict, each.details))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )
