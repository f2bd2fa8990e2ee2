"""Activity IDs out of pasted text: a column, a table, a mail. It never guesses.

A number alone in its line or cell is an ID, and so is one that is marked (`#42`, `activity 42`, an
address of an activity). Any other number may be a year, a telephone number or a price.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from atz_desktop.domain.parse_input import parse_activity_id
from atz_desktop.domain.table import Cell, cell_text


@dataclass(frozen=True)
class ListedId:
    """An activity on a list, and what was written beside its ID."""

    activity_id: int
    note: str = ""


@dataclass(frozen=True)
class IdList:
    """`rows` in the order of the text, each ID once. `doubles` are the IDs that came again, as
    often as they did; `junk` the lines and cells without an ID, as they were written.
    """

    rows: tuple[ListedId, ...] = ()
    doubles: tuple[int, ...] = ()
    junk: tuple[str, ...] = ()


def parse_id_list(text: str) -> IdList:
    """The activities in a text."""
    found: list[ListedId] = []
    junk: list[str] = []
    for line in text.splitlines():
        number = parse_activity_id(line)
        if number is not None:
            found.append(ListedId(number))
        elif line.strip():
            junk.append(line.strip())
    return without_doubles(found, junk)


def without_doubles(found: Iterable[ListedId], junk: Iterable[str] = ()) -> IdList:
    """The list with each ID once, where it came first."""
    rows: dict[int, ListedId] = {}
    doubles = []
    for each in found:
        if each.activity_id in rows:
            doubles.append(each.activity_id)
        else:
            rows[each.activity_id] = each
    return IdList(tuple(rows.values()), tuple(doubles), tuple(junk))


def cell_id(cell: Cell) -> int | None:
    """The ID in a cell that holds nothing else; None for any other."""
    return None if isinstance(cell, bool) else parse_activity_id(cell_text(cell))
