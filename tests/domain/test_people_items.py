from __future__ import annotations

import pytest

from atz_desktop.domain.people_items import (
    expand_mailto,
    find_email_addresses,
    sole_email_address,
)


def addresses(text: str) -> list[str]:
    return [each.address for each in find_email_addresses(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("write to pat.o'shea@x.example, please", ["pat.o'shea@x.example"]),
        ("a+b@x.example.", ["a+b@x.example"]),
        ("müller@bücher.example", ["müller@bücher.example"]),
        ("first_last-x@mail.x-y.example", ["first_last-x@mail.x-y.example"]),
        ("a@x.example;b@y.example", ["a@x.example", "b@y.example"]),
        ("E-Mail：a@x.example，b@y.example", ["a@x.example", "b@y.example"]),
        ("a@b.example@c.example", []),
        ("a@@x.example", []),
        ("a@x..example", []),
        ("a@localhost", []),
        ("@x.example", []),
        ("'@x.example", []),
        ('"john doe"@x.example', []),
    ],
)
def test_addresses_are_found_whole_or_not_at_all(text: str, found: list[str]) -> None:
    assert addresses(text) == found


def test_where_an_address_stands_is_told() -> None:
    text = "Ana <a@x.example>"
    (found,) = find_email_addresses(text)
    assert text[found.start : found.end] == "a@x.example"


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("(a@x.example).", "a@x.example"),
        ("a@x.example's", "a@x.example"),
        ("Ana a@x.example", None),
        ("a@x.example,b@x.example", None),
        ("a@x.example/s", None),
    ],
)
def test_a_text_is_an_address_or_more_than_that(text: str, address: str | None) -> None:
    assert sole_email_address(text) == address


def test_links_become_the_addresses_that_they_lead_to() -> None:
    text = "<mailto:a%2Bb@x.example?subject=a@c.example> or Mailto:c@x.example"
    assert expand_mailto(text) == "<a+b@x.example> or c@x.example"
