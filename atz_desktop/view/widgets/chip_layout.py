"""Where chips go: from left to right in lines, the text box behind the last. Whole numbers only."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class ChipPosition(NamedTuple):
    """A place in the flow: the left edge, the line (from 0) and the width."""

    left: int
    line: int
    width: int


class ChipLayout(NamedTuple):
    """The places of all chips in lines `room` wide, and where the next one would begin."""

    chips: list[ChipPosition]
    left: int
    line: int
    room: int

    def box(self, least: int) -> ChipPosition:
        """The place of the text box: what the last line leaves, or a line of its own where that
        would be narrower than `least`."""
        if self.left and self.room - self.left < least:
            return ChipPosition(0, self.line + 1, self.room)
        return ChipPosition(self.left, self.line, max(0, self.room - self.left))


def flow(widths: Iterable[int], room: int, gap: int) -> ChipLayout:
    """Set chips of these widths into lines `room` wide, `gap` apart.

    A chip wider than a line gets a whole line.
    """
    spots = []
    left = line = 0
    for wished in widths:
        width = min(wished, room)
        if left and left + width > room:
            left, line = 0, line + 1
        spots.append(ChipPosition(left, line, width))
        left += width + gap
    return ChipLayout(spots, left, line, room)
