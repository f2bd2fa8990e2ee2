"""Tables out of pasted text and mappings of their columns."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atz_desktop.domain.characters import strip_invisible
from atz_desktop.domain.column_mapping import (
    ID,
    IGNORED,
    NOTE,
    ColumnMapping,
    guess,
    map_rows,
    targets,
)
from atz_desktop.domain.fields import ACTIVITY
from atz_desktop.domain.table import (
    MAX_CELL,
    MAX_COLUMNS,
    MAX_ROWS,
    Cell,
    Table,
    TableError,
    cell_text,
    parse_delimited,
    table_of_rows,
)

_CELLS = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=8).filter(
    # A cell of invisible marks alone is empty, and a heading comes without those at its ends.
    lambda cell: strip_invisible(cell) == cell and not any(char.isdigit() for char in cell)
)


def test_a_cell_of_invisible_marks_alone_is_empty() -> None:
    assert parse_delimited("ID;Title\n42;\U000e0100\n").rows == (("42", None),)


def test_a_heading_comes_without_the_invisible_marks_at_its_ends() -> None:
    assert parse_delimited("\u200bID;Title\u200b\n42;Call\n").columns == ("ID", "Title")


@given(
    st.lists(st.tuples(_CELLS, _CELLS, _CELLS), min_size=2, max_size=6), st.sampled_from("\t;,|")
)
def test_what_a_spreadsheet_writes_is_read_whatever_it_puts_between(
    rows: list[tuple[str, str, str]], separator: str
) -> None:
    written = io.StringIO()
    csv.writer(written, delimiter=separator, quoting=csv.QUOTE_ALL).writerows(rows)
    table = parse_delimited(written.getvalue())
    assert (table.columns, table.rows) == (rows[0], tuple(rows[1:]))


@pytest.mark.parametrize(
    ("text", "columns", "rows"),
    [
        ("ID;Title\n42;Call, Ana\n", ("ID", "Title"), [("42", "Call, Ana")]),
        ("ID,Title\n42,Call; Ana\n", ("ID", "Title"), [("42", "Call; Ana")]),
        ('"ID","Who","A;B"\n"42","Ana",";"\n', ("ID", "Who", "A;B"), [("42", "Ana", ";")]),
        ('"ID";"Who";"A,B"\n"42";"Ana";","\n', ("ID", "Who", "A,B"), [("42", "Ana", ",")]),
        ('ID,Title\n42,"Call" Ana\n', ("ID", "Title"), [("42", "Call Ana")]),
        ("sep=;\nID;Title\n42;a,b\n43;c,d\n", ("ID", "Title"), [("42", "a,b"), ("43", "c,d")]),
        ('"sep=|"\r\nID|Title\r\n42|a\r\n', ("ID", "Title"), [("42", "a")]),
        ("\ufeffID\tTitle\r\n42\tCall\r\n", ("ID", "Title"), [("42", "Call")]),
        (
            'ID,Title\n42,"Two\nlines, ""quoted"""\n',
            ("ID", "Title"),
            [("42", 'Two\nlines, "quoted"')],
        ),
        ("42\tCall\n43\tMeet", ("Column A", "Column B"), [("42", "Call"), ("43", "Meet")]),
        ("ID\n42\n43\n", ("ID",), [("42",), ("43",)]),
        ("ID\tTitle\n\n42\n \t \n", ("ID", "Title"), [("42", None)]),
        ("ID\t\tTitle\n1\t2\t3", ("ID", "Column B", "Title"), [("1", "2", "3")]),
        (
            "16.06.2024;a\n17.06.2024;b",
            ("Column A", "Column B"),
            [("16.06.2024", "a"), ("17.06.2024", "b")],
        ),
    ],
)
def test_a_pasted_table_is_read(
    text: str, columns: tuple[str, ...], rows: list[tuple[str, ...]]
) -> None:
    table = parse_delimited(text)
    assert (table.columns, list(table.rows)) == (columns, rows)


def test_columns_without_headings_are_called_as_spreadsheets_call_them() -> None:
    names = table_of_rows([tuple(range(60))]).columns
    assert (names[0], names[25], names[26], names[59]) == (
        *("Column A", "Column Z", "Column AA", "Column BH"),
    )


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([], "nothing in this table"),
        ([(None, ""), (" ",)], "nothing in this table"),
        ([(1,)] * (MAX_ROWS + 1), "more than 20,000 rows"),
        ([("ID",), *[(1,)] * (MAX_ROWS + 1)], "more than 20,000 rows"),
        ([(1,) * (MAX_COLUMNS + 1)], "more than 200 columns"),
        ([("x" * (MAX_CELL + 1),)], "more than 32,767 characters"),
    ],
)
def test_a_table_without_cells_or_beyond_measure_is_refused_in_words(
    rows: list[tuple[object, ...]], said: str
) -> None:
    with pytest.raises(TableError, match=said):
        table_of_rows(rows)  # type: ignore[arg-type]


def test_the_largest_table_has_a_header_besides() -> None:
    assert len(table_of_rows([("ID",), *[(1,)] * MAX_ROWS]).rows) == MAX_ROWS


def test_a_cell_that_never_ends_is_refused() -> None:
    with pytest.raises(TableError, match="a cell does not end"):
        parse_delimited('ID,"' + "x\n" * 100_000)


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (None, ""),
        (42, "42"),
        (42.0, "42"),
        (0.5, "0.5"),
        (True, "yes"),
        (" Ana\u200b ", "Ana"),
        (datetime.fromisoformat("2024-06-16T10:00"), "2024-06-16 10:00"),
        (date(2024, 6, 16), "2024-06-16"),
        (time(9, 5), "09:05"),
    ],
)
def test_a_cell_as_text(cell: object, text: str) -> None:
    assert cell_text(cell) == text  # type: ignore[arg-type]


# Columns

HEADED = Table(
    ("Who", "Activity ID", "Meeting link", "start", "meeting_link", "Title"),
    (
        ("Ana", 42.0, "https://x.example", "10:00", "https://y.example", None),
        ("Bob", "?", *[None] * 4),
    ),
)


def test_columns_are_guessed_by_their_headings_and_the_rest_comes_along_as_notes() -> None:
    mapping = guess(HEADED)
    assert mapping.targets == (NOTE, ID, "link", "when.start", NOTE, "title")
    assert mapping.fields == ("link", "when", "title")
    assert mapping.problem() is None


def test_rows_have_their_id_their_note_and_the_cells_of_fields() -> None:
    first, second = map_rows(HEADED, guess(HEADED))
    assert (first.number, first.activity_id, first.note) == (1, 42, "Ana · https://y.example")
    assert first.cells == {"link": "https://x.example", "when.start": "10:00"}
    assert (second.number, second.activity_id, second.id_text) == (2, None, "?")


def test_the_ids_are_found_by_their_cells_where_no_heading_names_them() -> None:
    table = Table(("Name", "Reference"), (("Ana", 42), ("Bob", 43)))
    assert guess(table).targets == (NOTE, ID)
    without = Table(("Name", "Town"), (("Ana", "Bonn"),))
    assert guess(without).problem() == (
        "Choose the column that holds the activity IDs. A table without one can't be added."
    )


def test_the_names_that_the_API_uses_are_known_as_headings() -> None:
    names = ("id", "start_date", "start_time", "end_datetime", "Duration", "mark_as_done")
    found = guess(Table(names, ((42, *["x"] * 5),))).targets
    assert found == (ID, "when.day", "when.start", "when.end", "when.minutes", "done")


def test_a_target_belongs_to_one_column_and_notes_to_any() -> None:
    mapping = ColumnMapping((ID, "title", NOTE)).with_target(2, "title").with_target(1, NOTE)
    assert mapping.targets == (ID, NOTE, "title")
    assert mapping.with_target(2, ID).targets == (IGNORED, NOTE, ID)
    assert mapping.with_target(2, NOTE).targets == (ID, NOTE, NOTE)


def test_every_field_can_have_a_column_and_the_labels_are_different() -> None:
    found = targets()
    assert {name.partition(".")[0] for name in found} >= {field.name for field in ACTIVITY.fields}
    assert len(set(found.values())) == len(found)


def _dates(*written: str) -> list[Cell]:
    table = Table(("ID", "Date"), tuple((number, text) for number, text in enumerate(written, 1)))
    mapped = map_rows(table, ColumnMapping((ID, "when.day")))
    return [row.cells["when.day"] for row in mapped]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (["6/5/2026", "6/25/2026"], ["2026-6-5", "2026-6-25"]),
        (["5/6/2026", "25/6/26"], ["2026-6-5", "2026-6-25"]),
        (
            ["12-11-2026 2:30 PM", "12-31-2026 9:00 AM"],
            ["2026-12-11 2:30 PM", "2026-12-31 9:00 AM"],
        ),
    ],
)
def test_one_date_that_shows_the_order_of_day_and_month_decides_for_the_whole_table(
    written: list[str], read: list[str]
) -> None:
    assert _dates(*written) == read


@pytest.mark.parametrize(
    "written",
    [
        ["6/5/2026", "7/5/2026"],
        ["6/5/2026", "25/6/2026", "6/26/2026"],
        ["2026-06-05", "26-06-05", "5.6.2026"],
    ],
)
def test_dates_that_show_no_order_or_two_are_left_to_that_of_the_computer(
    written: list[str],
) -> None:
    assert _dates(*written) == written


def test_the_order_in_one_column_of_dates_holds_for_the_others() -> None:
    table = Table(("ID", "Start", "End"), ((1, "6/5/2026 9:00", "6/25/2026 10:00"),))
    (row,) = map_rows(table, ColumnMapping((ID, "when.start", "when.end")))
    assert row.cells == {"when.start": "2026-6-5 9:00", "when.end": "2026-6-25 10:00"}
