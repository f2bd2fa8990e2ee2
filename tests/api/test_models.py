from __future__ import annotations

import pytest

from atz_desktop.api.models import parse_page


def test_a_page_is_read_from_the_paging_envelope() -> None:
    found = parse_page(
        {
            "total": 51,
            "per_page": 25,
            "current_page": 2,
            "last_page": 3,
            "next_page_url": "https://elsewhere.example/steal",
            "from": 26,
            "to": 50,
            "data": [{"id": 1}, {"id": 2}],
        }
    )
    assert found.items == ({"id": 1}, {"id": 2})
    assert (found.number, found.last, found.total, found.more) == (2, 3, 51, True)


def test_a_page_is_read_from_a_bare_array() -> None:
    found = parse_page([{"slug": "a"}])
    assert found.items == ({"slug": "a"},)
    assert found.more is None


def test_a_page_is_read_from_an_object_with_data_alone() -> None:
    assert parse_page({"data": [{"slug": "a"}]}).items == ({"slug": "a"},)


def test_the_last_page_says_that_there_is_no_more() -> None:
    assert parse_page({"data": [], "current_page": 3, "last_page": 3}).more is False
    assert parse_page({"data": [], "next_page_url": None}).more is False
    assert parse_page({"data": [], "next_page_url": "/x"}).more is True


def test_odd_counts_and_broken_items_do_not_hide_the_rest_of_a_page() -> None:
    found = parse_page({"data": [None, {"id": 1}, "x"], "total": "many", "current_page": "2"})
    assert found.items == ({"id": 1},)
    assert (found.number, found.total) == (2, None)


@pytest.mark.parametrize("value", [None, 1, "x", {}, {"data": None}, {"data": {"id": 1}}])
def test_what_holds_no_list_is_no_page(value: object) -> None:
    with pytest.raises(ValueError, match=r"data|the answer"):
        parse_page(value)
