"""A row's own values: the cells of its columns, read as the fields they are mapped to.

The parsers are those of the form, and what they need to know of names comes from the outside.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, time
from types import MappingProxyType
from typing import Any, Final
from zoneinfo import ZoneInfo

from atz_desktop.domain.bulk_rules import RowValues, SlugAlone
from atz_desktop.domain.bulk_times import Times
from atz_desktop.domain.characters import fold
from atz_desktop.domain.fields import ACTIVITY, Field, RecordType
from atz_desktop.domain.identifiers import may_be_name, parse_int, parse_record, slug_problem
from atz_desktop.domain.kinds import Choice, File, Flag, People, Record, When
from atz_desktop.domain.parse_people import normalize_name, parse_people
from atz_desktop.domain.parse_when import Calendar, Reading, read_date_line, read_time_line
from atz_desktop.domain.people_items import KEY_LABELS
from atz_desktop.domain.quick_dataclass import dataclass
from atz_desktop.domain.table import Cell, cell_text
from atz_desktop.domain.text import quoted
from atz_desktop.domain.values import Attachment, Option, Person, RecordRef
from atz_desktop.domain.vocabulary import ENTITIES, NameKind

PeopleLookup = Callable[[NameKind, str], tuple[Person, ...] | None]
RecordLookup = Callable[[str], tuple[RecordRef, ...] | None]


class CellError(ValueError):
    """The cells give no value; the text is a sentence for the user."""


@dataclass(frozen=True)
class CellFormat:
    """How cells are written. `types` are all that are known; `zone` (IANA name) is the one that
    ATZ's times are read in; `day_first` is the order of day and month on this computer. `today`
    only rules out days that depend on it.
    """

    types: tuple[Option, ...]
    zone: str
    today: date
    day_first: bool


@dataclass(frozen=True)
class CellContext:
    """What a cell may mean. The lookups answer None for what they do not know yet.

    `by_email` and `by_name` (see `normalize_name`) find people, `record_named` records of any kind.
    """

    form: CellFormat
    by_email: PeopleLookup
    by_name: PeopleLookup
    record_named: RecordLookup


def read_values(
    cells: Mapping[str, Cell], context: CellContext, record_type: RecordType = ACTIVITY
) -> RowValues:
    """The values of one row; `cells` maps targets of columns (see `column_mapping`) → cell.

    An empty cell says nothing, so its field is kept.
    """
    values: dict[str, Any] = {}
    problems: dict[str, str] = {}
    for field in record_type.fields:
        own = _cells_of(field, cells)
        if not own:
            continue
        try:
            values[field.name] = value = _read(field, own, context)
            if not isinstance(value, Times | SlugAlone) and (wrong := field.kind.check(value)):
                problems[field.name] = wrong
        except CellError as error:
            problems[field.name] = str(error)
    return RowValues(MappingProxyType(values), MappingProxyType(problems))


_ERRORS: Final = {"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#SPILL!"}


def _cells_of(field: Field, cells: Mapping[str, Cell]) -> dict[str, Cell]:
    """The cells of one field by part, "" for the whole of it; without empty ones."""
    found = {}
    for target, cell in cells.items():
        name, _, part = target.partition(".")
        if name == field.name and cell_text(cell):
            found[part] = cell
    return found


def _read(field: Field, cells: Mapping[str, Cell], context: CellContext) -> Any:
    """Raises CellError."""
    wrong = next((text for text in map(cell_text, cells.values()) if text in _ERRORS), None)
    if wrong is not None:
        raise CellError(f"The cell holds an error of the spreadsheet: {wrong}")
    match field.kind:
        case When():
            return _times(cells, context)
        case Flag():
            return _flag(cells[""])
        case Choice() as kind:
            return _option(kind, cell_text(cells[""]), context)
        case People() as kind:
            return _people(kind, cell_text(cells[""]), context)
        case Record():
            return _record(cell_text(cells[""]), context)
        case File():
            return Attachment(None, cell_text(cells[""]))
    return cell_text(cells[""])


# Flags, choices, people, records

_YES: Final = {"yes", "y", "true", "1", "x", "✓", "✔"}
_NO: Final = {"no", "n", "false", "0"}


def _flag(cell: Cell) -> bool:
    text = fold(cell_text(cell))
    if text in _YES | _NO:
        return text in _YES
    raise CellError(f"{quoted(cell_text(cell))} is neither yes nor no.")


def _option(kind: Choice, text: str, context: CellContext) -> Option:
    known = context.form.types if kind.open_ended else kind.options
    named = [each for each in known if fold(text) in {fold(each.display_name), fold(str(each.key))}]
    if len({option.key for option in named}) == 1:
        return named[0]
    if named:
        raise CellError(f"{quoted(text)} is the name of several: give the number.")
    number = parse_int(text) if kind.open_ended else None
    if number:
        return Option(number)
    listed = ", ".join(option.display_name for option in known)
    raise CellError(f"{quoted(text)} is none of: {listed}.")


def _people(kind: People, text: str, context: CellContext) -> tuple[Person, ...]:
    found = parse_people(
        text,
        kind,
        lambda email: context.by_email(kind.noun, email.lower()),
        lambda name: context.by_name(kind.noun, name),
    )
    if found.doubtful_keys:
        key = quoted(found.doubtful_keys[0])
        if kind.by == "id":
            doubt = f"{key} beside a name may be a telephone number"
            raise CellError(f"{doubt}: take it out, or give IDs without names.")
        unknown = f"No {kind.noun} called {key} is known here"
        raise CellError(f"{unknown}: give the e-mail address, or fetch names.")
    if found.problem:
        raise CellError(found.problem)
    if found.ambiguous:
        several, key = found.ambiguous[0].text, KEY_LABELS[kind.by]
        raise CellError(f"Several people are known as {quoted(several)}: give the {key} instead.")
    return found.people


def _record(text: str, context: CellContext) -> RecordRef | SlugAlone:
    slug, entity = parse_record(text)
    if entity is not None:
        return RecordRef(entity, slug)
    if not may_be_name(slug) and not slug_problem(slug):
        prefix = slug.partition("_")[0]
        known = next((each for each in ENTITIES.values() if each.kind == prefix), None)
        return RecordRef(known.number, slug) if known else SlugAlone(slug)
    named = context.record_named(normalize_name(text))
    if named is None:
        raise CellError(f"Looking up what is called {quoted(text)}…")
    if len(named) == 1:
        return named[0]
    if named:
        raise CellError(f"Several records are called {quoted(text)}: give the slug.")
    raise CellError(
        f"No record called {quoted(text)} is known here: give its address, or fetch names."
    )


# Times


def _times(cells: Mapping[str, Cell], context: CellContext) -> Times:
    day = _moment(cells.get("day"), context, "date")
    start = _moment(cells.get("start"), context, "time")
    end = _moment(cells.get("end"), context, "time")
    minutes = _minutes(cells["minutes"]) if "minutes" in cells else None
    days = {each for each in (day.day, start.day) if each is not None}
    if len(days) > 1:
        raise CellError("The date and the start are on different days.")
    on = next(iter(days), None)
    clock = start.clock or day.clock
    if end.clock is not None and minutes is not None:
        raise CellError("There is an end and a duration: one of them is enough.")
    if end.day is None or end.clock is None:
        return Times(on, clock, end.clock or start.until or day.until, minutes)
    if on is None or clock is None:
        raise CellError("The end has a date, so the start must have a date and a time, too.")
    length = datetime.combine(end.day, end.clock) - datetime.combine(on, clock)
    if length.total_seconds() <= 0:
        raise CellError("The end must be after the start.")
    return Times(on, clock, minutes=int(length.total_seconds()) // 60)


def _moment(cell: Cell, context: CellContext, what: str) -> Reading:
    """A date, a time of day, or both; neither for no cell at all."""
    if cell is None:
        return Reading()
    text = cell_text(cell)
    found = _instant(text, context.form.zone) or _reading(text, context, what)
    if found is None:
        raise CellError(f"{quoted(text)} is no {what} that can be read. 2024-06-16 10:00 can.")
    if what == "date" and found.clock == time():
        return replace(found, clock=None)  # a workbook holds a date as its midnight
    return found


def _instant(text: str, zone: str) -> Reading | None:
    """The wall clock of an ISO 8601 time with an offset, such as the API's own."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.tzinfo is not None:
        try:
            moment = moment.astimezone(ZoneInfo(zone))
        except OverflowError:
            return None
    elif "T" not in text and " " not in text:
        return None
    return Reading(moment.date(), moment.time().replace(second=0, microsecond=0))


def _reading(text: str, context: CellContext, what: str) -> Reading | None:
    """What a line of the form would take it for, if that does not depend on today."""
    read = read_date_line if what == "date" else read_time_line
    today = context.form.today
    days = (today, date(today.year - 3, 1, 1))
    found, other = (read(text, Calendar(day, day, context.form.day_first)) for day in days)
    return found if found == other and found is not None and found.shift is None else None


_CLOCK_LENGTH = re.compile(r"(\d{1,2}):(\d{2})(?::00)?")


def _minutes(cell: Cell) -> int:
    if isinstance(cell, time):
        return cell.hour * 60 + cell.minute
    text = cell_text(cell)
    if found := _CLOCK_LENGTH.fullmatch(text):
        return int(found[1]) * 60 + int(found[2])
    number = parse_int(text.removesuffix("min").strip())
    if not number or number > 24 * 60:
        raise CellError(f"{quoted(text)} is no duration in minutes, of 24 hours at most.")
    return number
