"""Activity IDs out of pasted text: a column, a table, a mail, a chat. It never guesses.

A number alone in its line or cell is an ID, and so is one that is marked: `#42`, `activity 42`, an
address of an activity. Any other number may be a year, a telephone number or a price.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from atz_desktop.domain.characters import LINE_ENDS, SEPARATORS, strip_invisible, strip_wrapping
from atz_desktop.domain.identifiers import parse_activity_id, parse_int
from atz_desktop.domain.quick_dataclass import dataclass
from atz_desktop.domain.table import Cell, Table, TableError, cell_text, parse_delimited
from atz_desktop.domain.vocabulary import ENTITY_OF_KIND

MIN_SPACED_DIGITS: Final = 5
"""Numbers with nothing but spaces between are a list of IDs from here on, all of them; shorter ones
may be the groups of a telephone number, or a date."""

_LINE_END = re.compile(f"[{LINE_ENDS}]+")
_SEPARATOR = re.compile(rf"\s*[{SEPARATORS}\t]\s*")
_THOUSANDS = re.compile(r"[^\d,，]*\d{1,3}(?:[,，]\d{3})+")
_DASH = "[-‐‑‒–—−~]"
_END = rf"(?![\w@]|(?:[.,:/]|{_DASH})\d)"
_BESIDE = r"(?:\s*[,;&]|\s+and)\s*"
_WORD = r"\s+(?!and\b)[^\W\d_]"
_MORE = rf"(?:{_BESIDE}\#?\d+{_END}(?!{_WORD}))*"
_TO = r"\b(?:to|till|until|through|thru|bis)\b"
_COUNT_BEHIND = re.compile(rf"{_BESIDE}\d+{_END}{_WORD}", re.IGNORECASE)
"""A number that may count something: `and 3 others`."""
_RANGE_BEHIND = re.compile(
    rf"\s*(?:(?:{_DASH}|\.{{2,3}}|…)\s*\#|{_TO}\s*\#?)\s*\d+{_END}", re.IGNORECASE
)
_NUMBER_BEHIND = re.compile(rf"\s*{_DASH}\s*\d+{_END}")
_OTHERS = "|".join((*ENTITY_OF_KIND, "user"))
_NUMBER = re.compile(r"(?:(?:activity|id|no)\b[\s.:#]*|#\s*)?\d+", re.IGNORECASE)
_MARKED = re.compile(
    rf"(?<![\w-])activit(?:y|ies)/(?P<address>\d+)(?:[/?#]\S*+)?"
    rf"|\bactivit(?:y|(?P<several>ies))\b(?:\s*(?:ids?|nos?|numbers?)\b\.?)?[\s:#]*"
    rf"(?P<listed>\d+{_END}{_MORE})"
    rf"|(?<![\w#])\#\s?(?P<numbers>\d+{_END}{_MORE})",
    re.IGNORECASE,
)
_OF_SOMETHING_ELSE = re.compile(
    rf"\b(?:{_OTHERS}|case|invoice|issue|order|room|ticket)s?[\s:.]*$", re.IGNORECASE
)
"""What a number sign after it counts: no activities."""
_OTHER_HEADING = re.compile(
    rf"(?:{_OTHERS}|phone|tel(?:ephone)?|mobile)s?(?:[ _-]?(?:ids?|no\.?|numbers?|\#))?",
    re.IGNORECASE,
)
"""The headings of columns of numbers that are no activities."""
_LONGEST_WORD = 20
_EDGES = " \t-–—:·|,;.()[]<>"
_JOINERS = {"", "and", "&", "und", "or"}
ID_HEADING = re.compile(
    r"(?:(?:activity|atz|crm|record)[ _-]?)*(?:ids?|no\.?|number|activity|activities|#)",
    re.IGNORECASE,
)
"""The headings of a column of IDs."""


@dataclass(frozen=True)
class ListedId:
    """An activity on a list, and what was written beside its ID."""

    activity_id: int
    note: str = ""


@dataclass(frozen=True)
class IdList:
    """`rows` in the order of the text, each ID once. `doubles` are the IDs that came again, as
    often as they did; `junk` the lines without an ID, as they were written.

    `table` is the table that the text is, if it has more columns than that of the IDs, or holds no
    ID that can be told: then its columns can be asked about (see `column_mapping`).
    """

    rows: tuple[ListedId, ...] = ()
    doubles: tuple[int, ...] = ()
    junk: tuple[str, ...] = ()
    table: Table | None = None


def parse_id_list(text: str) -> IdList:
    """The activities in a text. Linear time; 5,000 rows of a table take 0.1 s, so use a thread."""
    table = _table(text)
    if table is not None and (column := id_column(table)) is not None:
        return _from_table(table, column)
    found: list[ListedId] = []
    junk: list[str] = []
    lines = list(map(strip_invisible, _LINE_END.split(text)))
    first = next(filter(None, lines), "")
    of_others = _OTHER_HEADING.fullmatch(first)
    for line in lines:
        ids = [] if of_others and _numbers(line) else list(_ids_in_line(line))
        found += ids
        if line and not ids and not ID_HEADING.fullmatch(line):
            junk.append(line)
    if found or (table is not None and "\t" not in text and _is_prose(table, first)):
        table = None
    return without_doubles(found, junk, table)


def without_doubles(
    found: Iterable[ListedId], junk: Iterable[str] = (), table: Table | None = None
) -> IdList:
    """The list with each ID once, where it came first."""
    rows: dict[int, ListedId] = {}
    doubles = []
    for each in found:
        if each.activity_id in rows:
            doubles.append(each.activity_id)
        else:
            rows[each.activity_id] = each
    return IdList(tuple(rows.values()), tuple(doubles), tuple(junk), table)


def cell_id(cell: Cell) -> int | None:
    """The ID in a cell that holds nothing else; None for any other."""
    if isinstance(cell, bool) or not isinstance(cell, str | int | float):
        return None
    return parse_activity_id(cell_text(cell))


def id_column(table: Table) -> int | None:
    """The column of the activity IDs: by its heading, else the first that holds nothing else.

    `Activity ID` comes before `ID`, and that before “No.”, which may just count the rows.
    """
    headings = {place: text.lower() for place, text in enumerate(table.columns)}
    headed = [place for place, text in headings.items() if ID_HEADING.fullmatch(text)]
    headed.sort(key=lambda place: ("activit" not in headings[place], "id" not in headings[place]))
    by_heading = (place for place in headed if any(_ids_of(table, place)))
    others = (place for place, text in headings.items() if not _OTHER_HEADING.fullmatch(text))
    by_cells = (place for place in others if all(_ids_of(table, place)))
    return next((place for places in (by_heading, by_cells) for place in places), None)


def _ids_of(table: Table, column: int) -> Iterator[int | None]:
    return (cell_id(row[column]) for row in table.rows)


def _table(text: str) -> Table | None:
    """The table that the text is; None for a list, in whatever form."""
    lines = [line for line in _LINE_END.split(text) if line.strip()]
    if "\t" not in text and (len(lines) < 2 or all(map(_numbers, lines))):
        return None
    try:
        table = parse_delimited(text)
    except TableError:
        return None
    is_table = "\t" in text or table.has_header or _is_even(table)
    return table if len(table.columns) > 1 and is_table else None


def _is_prose(table: Table, first: str) -> bool:
    """Whether the separators are rather those of sentences; `first` is the first line."""
    return first.endswith((",", ";")) or not _is_even(table)


def _is_even(table: Table) -> bool:
    return all(row[-1] is not None for row in table.rows)


def _from_table(table: Table, column: int) -> IdList:
    found, junk = [], []
    for row in table.rows:
        number = cell_id(row[column])
        beside = [cell_text(cell) for place, cell in enumerate(row) if place != column]
        if number is None:
            junk.append(" · ".join(filter(None, [cell_text(row[column]), *beside])))
        else:
            found.append(ListedId(number, " · ".join(filter(None, beside))))
    return without_doubles(found, junk, table)


def _ids_in_line(line: str) -> Iterator[ListedId]:
    if numbers := _numbers(line):
        yield from map(ListedId, numbers)
        return
    marked = [mark for mark in _MARKED.finditer(line) if not _counts_something_else(mark)]
    if any(map(_is_doubtful, marked)):
        return
    note = _without(line, marked)
    for mark in marked:
        for digits in _digits(mark):
            if number := parse_int(digits):
                yield ListedId(number, note)


def _digits(mark: re.Match[str]) -> list[str]:
    return re.findall(r"\d+", mark["address"] or mark["listed"] or mark["numbers"])


def _is_doubtful(mark: re.Match[str]) -> bool:
    """Whether more than the numbers in it may be meant: `#42–#45`, `activities 5, 6 and 7 more`."""
    if mark["address"]:
        return False
    line, end, several = mark.string, mark.end(), mark["several"]
    return bool(
        _RANGE_BEHIND.match(line, end)
        or (several and _NUMBER_BEHIND.match(line, end))
        or ((several or len(_digits(mark)) > 1) and _COUNT_BEHIND.match(line, end))
    )


def _numbers(line: str) -> list[int]:
    """The IDs of a line that holds nothing else; none where there is anything else."""
    if number := parse_int(line):
        return [number]
    if _THOUSANDS.fullmatch(line):  # one number, or several?
        return []
    pieces = list(filter(None, map(strip_wrapping, _SEPARATOR.split(line))))
    words = line.split() if len(pieces) == 1 else []
    if len(words) > 1 and all(_is_long_number(word) for word in words):
        pieces = words
    ids = [_NUMBER.fullmatch(piece) and parse_activity_id(piece) for piece in pieces]
    return [number for number in ids if number] if all(ids) else []


def _counts_something_else(mark: re.Match[str]) -> bool:
    before = mark.string[max(0, mark.start() - _LONGEST_WORD) : mark.start()]
    return bool(mark["numbers"] and _OF_SOMETHING_ELSE.search(before))


def _without(line: str, marks: list[re.Match[str]]) -> str:
    """What stands beside the IDs; "" for words that only join them."""
    ends = (0, *(mark.end() for mark in marks))
    starts = (*(_start(mark) for mark in marks), len(line))
    pieces = (line[end:start].strip(_EDGES) for end, start in zip(ends, starts, strict=True))
    return " ".join(piece for piece in pieces if piece.lower() not in _JOINERS)


def _start(mark: re.Match[str]) -> int:
    """Where the mark begins; an address begins with its word."""
    if mark["address"] is None:
        return mark.start()
    return mark.string.rfind(" ", 0, mark.start()) + 1


def _is_long_number(word: str) -> bool:
    return (word.isdigit() and len(word) >= MIN_SPACED_DIGITS) or word[0] == "#"
