from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atz_desktop.domain.kinds import People
from atz_desktop.domain.pasted import activity_id, people, piece_problem, search_words
from atz_desktop.domain.values import Person

CANDIDATES = People("slug", "candidate")
USERS = People("id", "user")
ADA, BOB = "candidate_2f0ea5cd69a6cd6c7163", "candidate_d86c343cf49040381fc7"


@pytest.mark.parametrize(
    "text",
    [
        "42",
        " 42\n",
        "042",
        "#42",
        "# 42",
        "No. 42",
        "ID: 42",
        "id 42",
        "Activity 42",
        "activity #42",
        "\u00a042\u202f",
        "\u200b42\ufeff",
        "\u202a42\u202c",
        "<42>",
        "< 42 >",
        "“42”",
        "'42'",
        "(#42)",
        "https://api.atzcrm.com/v1/activity/42",
        "https://api.atzcrm.com/v1/activity/42/",
        "HTTPS://API.ATZCRM.COM/V1/ACTIVITY/42",
        "<https://api.atzcrm.com/v1/activity/42>",
        "https://app.example/activities/42?tab=7#top",
        "https://app.example/#/activity/42/notes",
        "/activity/42",
        "activity/42",
        "Please look at https://api.atzcrm.com/v1/activity/42.",
        "see (https://api.atzcrm.com/v1/activity/42), thanks",
        "/activity/42 is the same as https://api.atzcrm.com/v1/activity/42",
    ],
)
def test_one_id_is_found(text: str) -> None:
    assert activity_id(text) == 42


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "#",
        "0",
        "-42",
        "+42",
        "4 2",
        "42,43",
        "42 43",
        "42.0",
        "1.000",
        "1e3",
        "0x2a",
        "42a",
        "٤٢",
        "４２",
        "⁴²",
        "Call at 10:30",
        "Interview",
        "candidate_42",
        "https://api.atzcrm.com/v1/activity",
        "https://api.atzcrm.com/v1/activity/",
        "https://api.atzcrm.com/v1/activity/0",
        "https://api.atzcrm.com/v1/activity/42a",
        "https://api.atzcrm.com/v1/activity/42,43",
        "https://api.atzcrm.com/v1/activity/42-43",
        "https://api.atzcrm.com/v1/activity/42/activity/43",
        "https://api.atzcrm.com/v1/activity/42\nhttps://api.atzcrm.com/v1/activity/43",
        "/activity/42 and then /activity/43",
        "7 https://api.atzcrm.com/v1/activity/42",
        "at 10:30, https://api.atzcrm.com/v1/activity/42",
        "https://api.atzcrm.com/v1/inactivity/42",
        "9223372036854775808",
        "9" * 5000,
        f"https://api.atzcrm.com/v1/activity/{'9' * 5000}",
    ],
)
def test_no_id_is_guessed(text: str) -> None:
    assert activity_id(text) is None


def test_the_highest_id_that_a_database_holds_is_found() -> None:
    assert activity_id("9223372036854775807") == 2**63 - 1


@given(st.text(max_size=60))
def test_an_id_stands_in_the_text_and_nowhere_else(text: str) -> None:
    found = activity_id(text)
    assert found is None or (found > 0 and str(found) in text)


@pytest.mark.parametrize("between", [",", ", ", ";", "\t", "\n", "\r\n", " ", "\u00a0", "\u2028"])
def test_a_pasted_list_of_slugs_becomes_many_people(between: str) -> None:
    found = people(f"{ADA}{between}{BOB}", CANDIDATES)
    assert found.people == (Person(ADA), Person(BOB))
    assert (found.rest, found.problem) == ("", None)


@pytest.mark.parametrize("between", [",", "; ", "\t", "\n", "\r\n\r\n", " ", "   "])
def test_a_pasted_list_of_ids_becomes_many_people(between: str) -> None:
    found = people(f"7{between}12{between}300", USERS)
    assert found.people == (Person("7"), Person("12"), Person("300"))
    assert (found.rest, found.problem) == ("", None)


@pytest.mark.parametrize(
    "text", [f"<{ADA}>", f'"{ADA}"', f"“{ADA}”", f"({ADA})", f"\u200b{ADA}\ufeff", f" {ADA}\u202f"]
)
def test_what_a_mail_program_puts_around_a_slug_is_no_part_of_it(text: str) -> None:
    assert people(text, CANDIDATES).people == (Person(ADA),)


def test_nobody_is_added_twice() -> None:
    assert people(f"{ADA}, {BOB}, {ADA}", CANDIDATES).people == (Person(ADA), Person(BOB))
    assert people("7, 007, 7", USERS).people == (Person("7"),)


@pytest.mark.parametrize(
    "name",
    [
        "Anna",
        "Anna Müller",
        "Anne-Marie",
        "O'Brien",
        "Anna Müller <anna@example.com>",
        "anna@example.com",
        "42",
        "2024-06-16",
        "0171-234567",
        "candidate 1",
        f"Anna <{ADA}>",
        f"Anna {ADA}",
        "https://atz.example/candidate_1",
        "f" * 40 + "0" * 24,
        "candidate_\u200b1",
        "kandidat_ü1",
    ],
)
def test_what_is_no_slug_stays_in_the_box_as_it_was_with_a_message(name: str) -> None:
    found = people(f"{ADA}; {name}", CANDIDATES)
    assert found.people == (Person(ADA),)
    assert found.rest == name
    assert found.problem is not None
    assert piece_problem(name, CANDIDATES) == found.problem


@pytest.mark.parametrize(
    "text",
    [
        "Anna",
        "user_7",
        "0",
        "-7",
        "7.5",
        "٧",
        "７",
        "0171 234567",
        "1\u00a0234",
        "1\u202f234\u202f567",
        "A1 2",
        "9" * 20,
        "9" * 5000,
    ],
)
def test_what_is_no_user_id_stays_in_the_box(text: str) -> None:
    found = people(text, USERS)
    assert (found.people, found.rest) == ((), text)
    assert found.problem is not None
    assert len(found.problem) < 200


def test_the_first_problem_is_told_and_the_order_is_kept() -> None:
    found = people(f"Anna, {ADA}, Bob", CANDIDATES)
    assert found.rest == "Anna, Bob"
    assert found.problem is not None
    assert "“Anna”" in found.problem


def test_separators_and_empty_quotes_alone_are_nothing() -> None:
    found = people(' ,;\t\r\n "" , <> ', CANDIDATES)
    assert (found.people, found.rest, found.problem) == ((), "", None)


_SOUP = st.lists(
    st.sampled_from((ADA, BOB, "7", "007", "Anna", "<", ">", '"', " ", "\u00a0", ",", ";", "\n"))
    | st.text(max_size=4),
    max_size=12,
).map("".join)


@given(_SOUP, st.sampled_from((CANDIDATES, USERS)))
def test_nothing_that_was_pasted_is_lost(text: str, kind: People) -> None:
    found = people(text, kind)
    keys = {person.key for person in found.people}
    kept = found.rest + " ".join(keys)
    for word in re.findall(r"[A-Za-z0-9_ÄÖÜäöüß]+", text):
        assert word in kept or word.lstrip("0") in keys
    assert all(kind.key_problem(key) is None for key in keys)
    assert bool(found.rest) == bool(found.problem)


@given(_SOUP, st.sampled_from((CANDIDATES, USERS)))
def test_what_stayed_in_the_box_is_not_taken_over_at_the_next_try(text: str, kind: People) -> None:
    rest = people(text, kind).rest
    again = people(rest, kind)
    assert (again.people, again.rest) == ((), rest)


def test_a_long_text_is_read_at_once() -> None:
    text = "word " * 50_000 + " " * 200_000 + "x"
    assert activity_id(text) is None
    assert people(text, CANDIDATES).people == ()


OWNERS = {
    "ana@x.example": (Person(ADA, "Ana Lima"),),
    "john@x.example": (Person(BOB, "John Doe"),),
    "twins@x.example": (Person("c_1"), Person("c_2")),
    "nobody@x.example": (),
}


def owners(email: str) -> tuple[Person, ...] | None:
    return OWNERS.get(email.lower())


@pytest.mark.parametrize(
    "text",
    [
        "ana@x.example",
        "ANA@X.example.",
        "<ana@x.example>",
        "mailto:ana@x.example",
        "Ana Lima <ana@x.example>",
        '"Lima, Ana" <ana@x.example>',
        "Lima, Ana <ana@x.example>",
        "Ana Lima (ana@x.example)",
        "Ana Lima\tana@x.example",
        "ana lima;ana@x.example",
        "'Ana Lima' <ana@x.example>;",
        "Somebody Else <ana@x.example>",
        f"Ana <{ADA}>",
        "ana@x.example, ana@x.example",
        "\u200eana@x.example\u200f",
        "\u202aana@x.example\u202c",
        "Ana Lima <\ufeffana@x.example\u200b>",
        "Ana Lima, Ana Lima <ana@x.example>",
    ],
)
def test_an_address_that_one_person_has_is_understood_in_every_form(text: str) -> None:
    found = people(text, CANDIDATES, owners)
    assert [person.key for person in found.people] == [ADA]
    assert (found.rest, found.problem, found.asked) == ("", None, ())


def test_a_whole_line_of_recipients_is_understood() -> None:
    text = f"Ana Lima <ana@x.example> John Doe <john@x.example>, {ADA}\ncandidate_9"
    found = people(text, CANDIDATES, owners)
    assert [person.key for person in found.people] == [ADA, BOB, "candidate_9"]
    assert not found.rest


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("twins@x.example", "more than one candidate"),
        ("Twin One <twins@x.example>", "more than one candidate"),
        ("nobody@x.example", "No candidate with the address “nobody@x.example” is known"),
        ("new@x.example", "Looking up who has the address “new@x.example”"),
        ("Bob", "no slug"),
        ("Bob, John <bob>", "no slug"),
        ("ana@x.example and john@x.example", "no slug"),
    ],
)
def test_nothing_is_guessed_and_what_is_not_sure_stays(text: str, why: str) -> None:
    found = people(text, CANDIDATES, owners)
    assert (found.people, found.rest) == ((), text)
    assert why in (found.problem or "")


def test_addresses_whose_owners_are_not_known_yet_are_asked_for() -> None:
    found = people("New <new@x.example>; ana@x.example; new@x.example; b@x.example", USERS, owners)
    assert found.asked == ("new@x.example", "b@x.example")
    assert found.rest == "New <new@x.example>, new@x.example, b@x.example"


def test_somebody_elses_name_beside_an_address_is_not_swallowed() -> None:
    found = people("Bob\tAna Lima <ana@x.example>", CANDIDATES, owners)
    assert ([person.key for person in found.people], found.rest) == ([ADA], "Bob")


def test_another_one_of_the_same_first_name_is_not_swallowed() -> None:
    found = people("Ana Lima <ana@x.example>; Ana", CANDIDATES, owners)
    assert ([person.key for person in found.people], found.rest) == ([ADA], "Ana")


_RECIPIENT = st.sampled_from(
    (*OWNERS, ADA, "Bob", "Ana Lima", "new@x.example", "Bob <new@x.example>", '"Bob, Jr" <b>')
)


@given(
    st.lists(_RECIPIENT, max_size=8),
    st.sampled_from((", ", "; ", "\n", "\t")),
    st.sampled_from((CANDIDATES, USERS)),
)
def test_what_stays_says_why_and_is_not_taken_over_at_the_next_try(
    pieces: list[str], separator: str, kind: People
) -> None:
    found = people(separator.join(pieces), kind, owners)
    again = people(found.rest, kind, owners)
    assert (again.people, again.rest) == ((), found.rest)
    assert bool(found.rest) == bool(found.problem)
    assert ("Bob" in pieces) <= ("Bob" in found.rest)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("the interview ", "the interview"),
        ("interview  with 3", "interview with 3"),
        ("日本", "日本"),
        ("12 / 13", None),
        ("", None),
        ("https://atz.example/candidate/7", None),
    ],
)
def test_words_are_looked_for_and_numbers_and_addresses_are_not(
    text: str, words: str | None
) -> None:
    assert search_words(text) == words
