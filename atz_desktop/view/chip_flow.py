"""Where chips go: from left to right in lines, the text box behind the last. Whole numbers only."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Spot(NamedTuple):
    """A place in the flow: the left edge, the line (from 0) and the width."""

    left: int
    line: int
    width: int


class Flow(NamedTuple):
    """The places of all chips, of the text box behind them, and how many lines that makes."""

    chips: list[Spot]
    box: Spot
    lines: int


def flow(widths: Iterable[int], room: int, gap: int, box: int) -> Flow:
    """Set chips of these widths into lines `room` wide, `gap` apart.

    A chip wider than a line gets a whole line. The box takes what the last line leaves, or a line
    of its own where that would be narrower than `box`.
    """
    spots = []
    left = line = 0
    for wished in widths:
        width = min(wished, room)
        if left and left + width > room:
            left, line = 0, line + 1
        spots.append(Spot(left, line, width))
        left += width + gap
    if left and room - left < box:
        left, line = 0, line + 1
    return Flow(spots, Spot(left, line, max(0, room - left)), line + 1)
