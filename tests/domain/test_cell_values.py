"""Cells as values of fields: what the form would take, and a sentence for everything else."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atz_desktop.domain.bulk_rules import RowValues, SlugAlone
from atz_desktop.domain.bulk_times import Times
from atz_desktop.domain.cell_values import CellContext, CellFormat, read_values
from atz_desktop.domain.column_mapping import targets
from atz_desktop.domain.table import Cell, cell_text
from atz_desktop.domain.values import Attachment, Option, Person, RecordRef
from atz_desktop.domain.vocabulary import TYPES, NameKind

ANA = Person("7", "Ana Lima", "ana@example.com")
NAMESAKES = (Person("8", "Bob Ray"), Person("9", "Bob Ray"))
PEOPLE = {"ana lima": (ANA,), "bob ray": NAMESAKES}
RECORDS = {"acme": (RecordRef(3, "organization_1", "Acme"),), "twin": (RecordRef(1), RecordRef(2))}


def by_email(kind: NameKind, email: str) -> tuple[Person, ...]:
    return (ANA,) if (kind, email) == ("user", "ana@example.com") else ()


def context(zone: str = "UTC", day_first: bool = True) -> CellContext:
    form = CellFormat((*TYPES, Option(31, "Coffee")), zone, date(2026, 3, 4), day_first)
    return CellContext(
        form,
        by_email,
        lambda kind, name: PEOPLE.get(name, ()) if kind == "user" else (),
        lambda name: RECORDS.get(name, ()),
    )


def read(cells: dict[str, Cell], zone: str = "UTC", day_first: bool = True) -> RowValues:
    return read_values(cells, context(zone, day_first))


def value(target: str, cell: Cell) -> Any:
    """The value of the one field, of which there must be one."""
    found = read({target: cell})
    assert not found.problems
    return found.values[target.partition(".")[0]]


def problem(cells: dict[str, Cell], **form: Any) -> str:
    (text,) = read(cells, **form).problems.values()
    return text


@pytest.mark.parametrize(
    ("target", "cell", "wanted"),
    [
        ("title", " Call Ana ", "Call Ana"),
        ("title", 2024.0, "2024"),
        ("description", "Two\nlines", "Two\nlines"),
        ("done", True, True),
        ("done", "No", False),
        ("done", "x", True),
        ("done", 0, False),
        ("importance", "HIGH", Option("high", "High")),
        ("type", "interview", Option(5, "Interview")),
        ("type", "Coffee", Option(31, "Coffee")),
        ("type", 31.0, Option(31, "Coffee")),
        ("type", "77", Option(77)),
        ("link", "https://x.example/a", "https://x.example/a"),
        ("attachment", "https://x.example/a.pdf", Attachment(None, "https://x.example/a.pdf")),
        ("users", 7.0, (Person("7"),)),
        ("users", "ana@example.com; 8", (ANA, Person("8"))),
        ("users", "Ana  LIMA", (ANA,)),
        ("candidates", "candidate_1, candidate_2", (Person("candidate_1"), Person("candidate_2"))),
        ("record", "job_12", RecordRef(2, "job_12")),
        ("record", "https://app.atzcrm.com/deals/d1", RecordRef(5, "d1")),
        ("record", "1abc23", SlugAlone("1abc23")),
        ("record", "https://app.atzcrm.com/jobs/abc123", RecordRef(2, "abc123")),
        ("record", "Acme", RecordRef(3, "organization_1", "Acme")),
    ],
)
def test_a_cell_is_read_as_the_form_would_read_it(target: str, cell: Cell, wanted: Any) -> None:
    assert value(target, cell) == wanted


@pytest.mark.parametrize(
    ("target", "cell", "said"),
    [
        ("title", "#N/A", "The cell holds an error of the spreadsheet: #N/A"),
        ("title", "x" * 101, "1 character too long: ATZ takes at most 100."),
        ("done", "maybe", "“maybe” is neither yes nor no."),
        ("importance", "urgent", "“urgent” is none of: Low, Normal, High, Critical."),
        ("type", "Lunch", "“Lunch” is none of: Meeting, Task, Email, Interview, Coffee."),
        ("link", "zoom", "This is no web address: it must start with https:// or http://."),
        ("attachment", "cv.pdf", "This is no web address: it must start with https:// or http://."),
        ("users", "Bob Ray", "Several people are known as “Bob Ray”: give the user ID instead."),
        ("users", "Ana Lima, Bob Ray", "Several people are known as “Bob Ray”"),
        ("users", "Ana Lima,5551234", "“5551234” beside a name may be a telephone number"),
        ("users", "Eve Fox", "Nobody called “Eve Fox” is known here"),
        ("candidates", "Ana", "Nobody called “Ana” is known here"),
        ("candidates", "Mueller2", "No candidate called “Mueller2” is known here: give the e-mail"),
        ("contacts", "contact_1\njob7", "No contact called “job7” is known here: give the e-mail"),
        ("record", "twin", "Several records are called “twin”: give the slug."),
        ("record", "Unknown", "No record called “Unknown” is known here: give its address"),
        ("record", "Mueller2", "No record called “Mueller2” is known here"),
        ("record", "abc123", "No record called “abc123” is known here"),
        ("when.day", "soon", "“soon” is no date that can be read. 2024-06-16 10:00 can."),
        ("when.start", "25:00", "“25:00” is no time that can be read."),
        ("when.minutes", "long", "“long” is no duration in minutes"),
    ],
)
def test_a_cell_that_cannot_be_read_is_a_sentence(target: str, cell: Cell, said: str) -> None:
    assert problem({target: cell}).startswith(said)


def test_an_empty_cell_says_nothing() -> None:
    empty: dict[str, Cell] = dict.fromkeys(targets(), None) | {"title": " \u200b "}
    assert read(empty) == RowValues()


@given(
    st.dictionaries(st.sampled_from(sorted(targets())), st.text() | st.floats() | st.datetimes())
)
def test_whatever_is_in_a_row_each_field_has_a_value_or_a_problem(cells: dict[str, Cell]) -> None:
    found = read(cells)
    named = {target.partition(".")[0] for target in cells}
    assert {*found.values, *found.problems} <= named
    assert all(found.problems.values())


# Times

TEN = time(10)
DAY = date(2024, 6, 16)


@pytest.mark.parametrize(
    ("cells", "wanted"),
    [
        ({"start": datetime(2024, 6, 16, 10)}, Times(DAY, TEN)),  # noqa: DTZ001
        ({"start": "2024-06-16 10:00"}, Times(DAY, TEN)),
        ({"start": "16 June 2024 at 10:00"}, Times(DAY, TEN)),
        ({"day": "16.6.2024", "start": "10:00"}, Times(DAY, TEN)),
        ({"day": datetime(2024, 6, 16), "start": TEN}, Times(DAY, TEN)),  # noqa: DTZ001
        ({"day": "2024-06-16"}, Times(DAY)),
        ({"day": "16 June 2024, 10:00"}, Times(DAY, TEN)),
        ({"start": "10:00"}, Times(start=TEN)),
        ({"start": "10:00 - 11:30"}, Times(start=TEN, end=time(11, 30))),
        ({"end": "9am"}, Times(end=time(9))),
        ({"minutes": 45.0}, Times(minutes=45)),
        ({"minutes": "90 min"}, Times(minutes=90)),
        ({"minutes": "1:30"}, Times(minutes=90)),
        ({"minutes": time(0, 45)}, Times(minutes=45)),
        ({"start": "2024-06-16T10:00", "end": "2024-06-17T01:00"}, Times(DAY, TEN, minutes=900)),
        ({"day": DAY, "start": TEN, "end": "2024-06-16T10:45"}, Times(DAY, TEN, minutes=45)),
    ],
)
def test_date_start_end_and_duration_come_together(cells: dict[str, Cell], wanted: Times) -> None:
    assert value_of_times(cells) == wanted
    as_texts: dict[str, Cell] = {part: cell_text(cell) for part, cell in cells.items()}
    assert value_of_times(as_texts) == wanted  # a work list keeps its cells as texts


def value_of_times(cells: dict[str, Cell], **form: Any) -> Any:
    found = read({f"when.{part}": cell for part, cell in cells.items()}, **form)
    assert not found.problems
    return found.values["when"]


def test_a_moment_with_an_offset_is_the_clock_of_the_zone_that_ATZ_is_read_in() -> None:
    cells: dict[str, Cell] = {"start": "2024-06-16T10:00:00Z", "end": "2024-06-16T12:30:00+02:00"}
    assert value_of_times(cells, zone="Europe/Berlin") == Times(DAY, time(12), minutes=30)
    assert value_of_times(cells) == Times(DAY, TEN, minutes=30)


def test_the_order_of_day_and_month_is_that_of_this_computer() -> None:
    assert value_of_times({"day": "4/5/2024"}) == Times(date(2024, 5, 4))
    assert value_of_times({"day": "4/5/2024"}, day_first=False) == Times(date(2024, 4, 5))


@pytest.mark.parametrize("text", ["today", "next tuesday", "16.6.", "16 June", "24", "+1h"])
def test_a_day_that_depends_on_today_is_no_day_of_a_table(text: str) -> None:
    assert "is no date" in problem({"when.day": text})


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"day": "2024-06-16", "start": "2024-06-17 10:00"}, "on different days"),
        ({"end": "11:00", "minutes": 30}, "one of them is enough"),
        ({"start": "10:00", "end": "2024-06-16 11:00"}, "the start must have a date and a time"),
        ({"start": "2024-06-16 10:00", "end": "2024-06-16 10:00"}, "must be after the start"),
        ({"minutes": 0}, "no duration"),
        ({"minutes": 1441}, "of 24 hours at most"),
    ],
)
def test_times_that_contradict_each_other_are_a_problem(cells: dict[str, Cell], said: str) -> None:
    assert said in problem({f"when.{part}": cell for part, cell in cells.items()})
