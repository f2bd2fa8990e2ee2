"""IDs out of pasted text: order is kept, nothing is dropped in silence, nothing is guessed."""

from __future__ import annotations

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from atz_desktop.domain.characters import strip_invisible
from atz_desktop.domain.id_list import ID_HEADING, ListedId, parse_id_list

ids = st.integers(1, 2**63 - 1)


def numbers(text: str) -> list[int]:
    return [each.activity_id for each in parse_id_list(text).rows]


@given(st.lists(ids, unique=True, min_size=1), st.sampled_from(["\n", "\r\n", "\r", "\n\n "]))
def test_a_column_of_ids_comes_in_its_order(wanted: list[int], between: str) -> None:
    found = parse_id_list(between.join(map(str, wanted)))
    assert [each.activity_id for each in found.rows] == wanted
    assert (found.doubles, found.junk, found.table) == ((), (), None)


@given(st.lists(ids, min_size=2), st.sampled_from([", ", "; ", ";", "\n", ",\n"]))
def test_each_id_that_comes_again_is_reported_as_often_as_it_does(
    wanted: list[int], between: str
) -> None:
    found = parse_id_list(between.join(map(str, wanted)))
    assert [each.activity_id for each in found.rows] == list(dict.fromkeys(wanted))
    assert sorted([*(each.activity_id for each in found.rows), *found.doubles]) == sorted(wanted)


@given(st.text(st.sampled_from("0123456789 #,;.\n\"'-/:@abactivity ID"), max_size=80))
def test_whatever_is_pasted_every_line_gives_an_id_or_is_reported(text: str) -> None:
    found = parse_id_list(text)
    assume(found.table is None)
    taken = {str(each.activity_id) for each in found.rows}
    for line in filter(None, map(strip_invisible, text.splitlines())):
        digits = {number.lstrip("0") for number in re.findall(r"\d+", line)}
        assert line in found.junk or digits & taken or ID_HEADING.fullmatch(line)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("42", [42]),
        ("#42", [42]),
        ("  Activity 42 ", [42]),
        ("“42”", [42]),
        ("ID\n42\n43", [42, 43]),
        ("Activity ID\n42", [42]),
        ("42, 43,44; 45", [42, 43, 44, 45]),
        ("42;43", [42, 43]),
        ("1,2,3\n4,5,6", [1, 2, 3, 4, 5, 6]),
        ("10001 10002 10003", [10001, 10002, 10003]),
        ("https://app.atzcrm.com/activity/42?tab=1", [42]),
        ("See https://app.atzcrm.com/activities/42, please.", [42]),
        ("Please look at #42 and #43.", [42, 43]),
        ("activities 5, 6 & 7 and 8", [5, 6, 7, 8]),
        ("#42, 43 and 44", [42, 43, 44]),
        ("#42 & 43: wrong room", [42, 43]),
        ("#42, #43 and #44 are wrong", [42, 43, 44]),
        ("activity 42, 30 minutes late", [42]),
        ("activity 42, 15 June", [42]),
        ("#42 and 3 others", [42]),
        ("#42 to 10:30", [42]),
        ("activity 42 - 2 people are missing", [42]),
        ("> Activity no. 42: wrong time", [42]),
        ("\ufeff42", [42]),
    ],
)
def test_what_is_an_id_by_its_shape_is_taken(text: str, wanted: list[int]) -> None:
    found = parse_id_list(text)
    assert [each.activity_id for each in found.rows] == wanted
    assert not found.junk


@pytest.mark.parametrize(
    "text",
    [
        "+49 30 123456",
        "030 123 456",
        "0171 1234567",
        "(555) 123-4567",
        "555 123 4567",
        "2024-06-15",
        "15.06.2024",
        "12,345",
        "10:30",
        "0",
        "42.5",
        "-42",
        "12345678901234567890",
        "Call 5551234567 in 2024",
        "ticket #99",
        "Candidate #5",
        "room: #12",
        "#42.5 and #4f and #2024-06",
        "ana42@example.com",
        "reactivity/42",
        "Hi Ana,",
        "42–45",
        "#42–45",
        "#42–#45",
        "#42 - #45",
        "#42 to #45",
        "activities 42 to 45",
        "activities 42 – 45",
        "activities 42, 43 and 12 more",
        "see #42, 43, 44 please",
        "#1,234",
        "activity 1,234",
    ],
)
def test_any_other_number_is_reported_and_not_taken(text: str) -> None:
    found = parse_id_list(text)
    assert found.rows == ()
    assert found.junk == (text,)


def test_a_mail_gives_the_ids_in_it_with_what_is_said_of_them() -> None:
    found = parse_id_list(
        "Hi Ana,\n\nplease correct these by 15 June 2024 (call 030 1234567):\n"
        "- #42 wrong candidate\n- https://app.atzcrm.com/activity/43 - time is off\n"
        "#44\n42\nThanks, Bob"
    )
    assert found.rows == (
        ListedId(42, "wrong candidate"),
        ListedId(43, "time is off"),
        ListedId(44),
    )
    assert found.doubles == (42,)
    assert [line.split()[0] for line in found.junk] == ["Hi", "please", "Thanks,"]


def test_a_pasted_table_gives_its_other_columns_as_notes_and_itself_for_a_mapping() -> None:
    found = parse_id_list(
        "Candidate\tActivity ID\tPhone\nAna Lima\t42\t5551234567\nBob\tnone\t7\nCy\t43\t\n"
    )
    assert found.rows == (ListedId(42, "Ana Lima · 5551234567"), ListedId(43, "Cy"))
    assert found.junk == ("none · Bob · 7",)
    assert found.table is not None
    assert found.table.columns == ("Candidate", "Activity ID", "Phone")


def test_without_headings_the_first_column_of_ids_alone_counts() -> None:
    assert parse_id_list("Ana\t42\t7\nBob\t43\t8").rows == (
        ListedId(42, "Ana · 7"),
        ListedId(43, "Bob · 8"),
    )
    assert numbers("42;Call with Ana;2024-01-01\n43;Meet;2024-01-02") == [42, 43]


@pytest.mark.parametrize("counted", ["No", "#", "ID", "Record ID", "Number"])
def test_the_heading_that_says_most_about_activities_is_that_of_the_ids(counted: str) -> None:
    assert numbers(f"{counted}\tActivity ID\n1\t42\n2\t43") == [42, 43]


def test_a_heading_with_id_comes_before_one_that_may_count_the_rows() -> None:
    assert numbers("No.\tID\n1\t42\n2\t43") == [42, 43]


@pytest.mark.parametrize("heading", ["Candidate ID", "user ids", "Phone", "Job", "Deal No."])
@pytest.mark.parametrize("beside", ["", "\tTitle"])
def test_numbers_below_the_heading_of_something_else_are_reported_and_not_taken(
    heading: str, beside: str
) -> None:
    found = parse_id_list(f"{heading}{beside}\n42{beside}\n43{beside}")
    assert found.rows == ()
    assert found.junk == (f"{heading}{beside}", f"42{beside}", f"43{beside}")


def test_a_table_without_ids_is_read_as_text() -> None:
    found = parse_id_list("Name\tTown\nAna\tBonn\nsee #42\t\n")
    assert found.rows == (ListedId(42, "see"),)
    assert found.junk == ("Name\tTown", "Ana\tBonn")
    assert found.table is None
    assert parse_id_list("") == parse_id_list(" \n\t\n")


@pytest.mark.parametrize(
    "text", ["Name\tTown\nAna\tBonn", "Ana\tBonn\n\tKiel", "Name;Town\nAna;Bonn\nBob;Kiel"]
)
def test_a_table_in_which_no_id_can_be_told_can_be_asked_about(text: str) -> None:
    found = parse_id_list(text)
    assert found.rows == ()
    assert found.table is not None
    assert len(found.table.columns) == 2


@pytest.mark.parametrize("text", ["Hi Ana,\nsee you, Bob", "A, B\nC", "A call.\nA, b, c.\nD, e."])
def test_prose_with_commas_is_no_table(text: str) -> None:
    assert parse_id_list(text).table is None


@pytest.mark.parametrize(
    "text",
    [
        *("x" * 200_000, "activity/" * 40_000, "#1 " * 60_000, "1 " * 100_000),
        *(
            "activity " * 40_000,
            "activity 1," * 30_000,
            "a\tb\n" * 15_000,
            ('"' + "a," * 9) * 9_000,
        ),
    ],
    ids=["word", "addresses", "marks", "numbers", "words", "chain", "table", "quotes"],
)
def test_a_long_text_is_read_in_linear_time(text: str) -> None:
    """In quadratic time the test would be stopped."""
    parse_id_list(text)
