"""Where the fields stand: which share a line, and which groups stand where in a window of a size.

A field or group that is not named here has a line of its own, in the first column.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, auto
from typing import Final

from atz_desktop.view.theme import AROUND

SAME_LINE: Final = ({"type": 9, "importance": 12, "done": 12},)
"""Names of fields that stand beside each other, and their shares of the line."""

_SECOND_COLUMN: Final = frozenset({"Who", "Notes"})
_BELOW_IF_TALL: Final = frozenset({"Notes"})
"""A tall window gives them all the room below both columns."""

# Of the form, in device-independent pixels. 1366 × 768 has two columns, also beside a work list.
_WIDE: Final = 1080
_ROOMY: Final = 1250
_TALL: Final = 780
_ONE_COLUMN: Final = 860
_TWO_COLUMNS: Final = 2000


class Place(Enum):
    """Where a group stands."""

    FIRST = auto()
    SECOND = auto()
    BELOW = auto()


def line_of(name: str) -> Mapping[str, int]:
    """The fields in the line of the field called `name`, and their shares of it."""
    return next((line for line in SAME_LINE if name in line), {name: 1})


def is_wide(width: int) -> bool:
    return width >= _WIDE


def place_of(group: str, width: int, height: int) -> Place:
    """Where a group stands in a form of that size."""
    if not is_wide(width) or group not in _SECOND_COLUMN:
        return Place.FIRST
    return Place.BELOW if group in _BELOW_IF_TALL and height >= _TALL else Place.SECOND


def column_shares(width: int) -> tuple[int, int]:
    """The shares of both columns in a form so wide: where room is scarce, times need more."""
    return (1, 1) if width >= _ROOMY else (11, 8)


def page_inset(width: int) -> int:
    """The room at either side of the page in a window so wide: it stands in the middle."""
    most = _TWO_COLUMNS if is_wide(width) else _ONE_COLUMN
    return max(AROUND, (width - most) // 2)
