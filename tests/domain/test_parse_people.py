from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atz_desktop.domain.identifiers import parse_activity_id
from atz_desktop.domain.kinds import People
from atz_desktop.domain.parse_people import normalize_name, parse_people
from atz_desktop.domain.people_items import key_text_problem
from atz_desktop.domain.values import Person

CANDIDATES = People("slug", "candidate")
USERS = People("id", "user")
ADA, BOB = "candidate_2f0ea5cd69a6cd6c7163", "candidate_d86c343cf49040381fc7"


@pytest.mark.parametrize("between", [",", ", ", ";", "\t", "\n", "\r\n", " ", "\u00a0", "\u2028"])
def test_a_pasted_list_of_slugs_becomes_many_people(between: str) -> None:
    found = parse_people(f"{ADA}{between}{BOB}", CANDIDATES)
    assert found.people == (Person(ADA), Person(BOB))
    assert (found.unparsed, found.problem) == ("", None)


@pytest.mark.parametrize("between", [",", "; ", "\t", "\n", "\r\n\r\n", " ", "   "])
def test_a_pasted_list_of_ids_becomes_many_people(between: str) -> None:
    found = parse_people(f"7{between}12{between}300", USERS)
    assert found.people == (Person("7"), Person("12"), Person("300"))
    assert (found.unparsed, found.problem) == ("", None)


@pytest.mark.parametrize(
    "text", [f"<{ADA}>", f'"{ADA}"', f"“{ADA}”", f"({ADA})", f"\u200b{ADA}\ufeff", f" {ADA}\u202f"]
)
def test_what_a_mail_program_puts_around_a_slug_is_no_part_of_it(text: str) -> None:
    assert parse_people(text, CANDIDATES).people == (Person(ADA),)


def test_nobody_is_added_twice() -> None:
    assert parse_people(f"{ADA}, {BOB}, {ADA}", CANDIDATES).people == (Person(ADA), Person(BOB))
    assert parse_people("7, 007, 7", USERS).people == (Person("7"),)


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
    found = parse_people(f"{ADA}; {name}", CANDIDATES)
    assert found.people == (Person(ADA),)
    assert found.unparsed == name
    assert found.problem is not None
    assert key_text_problem(name, CANDIDATES) == found.problem


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
    found = parse_people(text, USERS)
    assert (found.people, found.unparsed) == ((), text)
    assert found.problem is not None
    assert len(found.problem) < 200


def test_the_first_problem_is_told_and_the_order_is_kept() -> None:
    found = parse_people(f"Anna, {ADA}, Bob", CANDIDATES)
    assert found.unparsed == "Anna, Bob"
    assert found.problem is not None
    assert "“Anna”" in found.problem


@pytest.mark.parametrize("text", ["", ";", ' ,;\t\r\n "" , <> '])
def test_separators_and_empty_quotes_alone_are_nothing(text: str) -> None:
    for found in (
        parse_people(text, CANDIDATES),
        parse_people(text, CANDIDATES, lambda _email: (), lambda _name: ()),
    ):
        assert (found.people, found.unparsed, found.problem) == ((), "", None)


_SOUP = st.lists(
    st.sampled_from((ADA, BOB, "7", "007", "Anna", "<", ">", '"', " ", "\u00a0", ",", ";", "\n"))
    | st.text(max_size=4),
    max_size=12,
).map("".join)


@given(_SOUP, st.sampled_from((CANDIDATES, USERS)))
def test_nothing_that_was_pasted_is_lost(text: str, kind: People) -> None:
    found = parse_people(text, kind)
    keys = {person.key for person in found.people}
    kept = found.unparsed + " ".join(keys)
    for word in re.findall(r"[A-Za-z0-9_ÄÖÜäöüß]+", text):
        assert word in kept or word.lstrip("0") in keys
    assert all(kind.key_problem(key) is None for key in keys)
    assert bool(found.unparsed) == bool(found.problem)


@given(_SOUP, st.sampled_from((CANDIDATES, USERS)))
def test_what_stayed_in_the_box_is_not_taken_over_at_the_next_try(text: str, kind: People) -> None:
    rest = parse_people(text, kind).unparsed
    again = parse_people(rest, kind)
    assert (again.people, again.unparsed) == ((), rest)


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
    found = parse_people(text, CANDIDATES, owners)
    assert [person.key for person in found.people] == [ADA]
    assert (found.unparsed, found.problem, found.pending_emails) == ("", None, ())


def test_a_whole_line_of_recipients_is_understood() -> None:
    text = f"Ana Lima <ana@x.example> John Doe <john@x.example>, {ADA}\ncandidate_9"
    found = parse_people(text, CANDIDATES, owners)
    assert [person.key for person in found.people] == [ADA, BOB, "candidate_9"]
    assert not found.unparsed


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("nobody@x.example", "No candidate with the address “nobody@x.example” is known"),
        ("new@x.example", "Looking up who has the address “new@x.example”"),
        ("Bob", "looks like a name"),
        ("Bob, John <bob>", "looks like a name"),
        ("ana@x.example and john@x.example", "several addresses: put a comma"),
    ],
)
def test_nothing_is_guessed_and_what_is_not_sure_stays(text: str, why: str) -> None:
    found = parse_people(text, CANDIDATES, owners)
    assert (found.people, found.unparsed) == ((), text)
    assert why in (found.problem or "")


def test_addresses_whose_owners_are_not_known_yet_are_asked_for() -> None:
    found = parse_people(
        "New <new@x.example>; ana@x.example; new@x.example; b@x.example", USERS, owners
    )
    assert found.pending_emails == ("new@x.example", "b@x.example")
    assert found.unparsed == "New <new@x.example>, new@x.example, b@x.example"


def test_somebody_elses_name_beside_an_address_is_not_swallowed() -> None:
    found = parse_people("Bob\tAna Lima <ana@x.example>", CANDIDATES, owners)
    assert ([person.key for person in found.people], found.unparsed) == ([ADA], "Bob")


def test_another_one_of_the_same_first_name_is_not_swallowed() -> None:
    found = parse_people("Ana Lima <ana@x.example>; Ana", CANDIDATES, owners)
    assert ([person.key for person in found.people], found.unparsed) == ([ADA], "Ana")


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
    found = parse_people(separator.join(pieces), kind, owners)
    again = parse_people(found.unparsed, kind, owners)
    assert (again.people, again.unparsed) == ((), found.unparsed)
    assert bool(found.unparsed) == bool(found.problem)
    assert ("Bob" in pieces) <= ("Bob" in found.unparsed)


SHEA = "pat.o'shea@x.example"
KNOWN = OWNERS | {
    SHEA: (Person("candidate_pat", "Pat O'Shea"),),
    "shea@x.example": (Person("candidate_shea", "Sam Shea"),),
    "a@x.example": (Person("candidate_a", "A"),),
    "a+b@x.example": (Person("candidate_ab"),),
    "x.example@x.example": (Person("candidate_wrong"),),
}


def understood(text: str, kind: People = CANDIDATES) -> tuple[list[str], str]:
    """The keys that were found in a text, and what was not understood."""
    found = parse_people(text, kind, lambda email: KNOWN.get(email.lower(), ()))
    assert bool(found.unparsed) == bool(found.problem)
    return [person.key for person in found.people], found.unparsed


@pytest.mark.parametrize(
    "text",
    [
        SHEA,
        *(f"pat.o{mark}shea@x.example" for mark in "’‘‛ʼ´`＇′"),
        f"Pat O'Shea <{SHEA}>",
        f'"O\'Shea, Pat" <{SHEA}>',
        f"O'Shea, Pat <{SHEA}>",
        f"'{SHEA}'",
        f"‘{SHEA}’",
        f"{SHEA}'s",
        f"mailto:{SHEA}",
        "mailto:pat.o%27shea@x.example?subject=Hi",
        f"Pat O'Shea ({SHEA})",
    ],
)
def test_an_address_with_an_apostrophe_is_never_cut(text: str) -> None:
    assert understood(text) == (["candidate_pat"], "")


@pytest.mark.parametrize("mark", '"“”„«»「')
def test_an_address_with_a_quote_in_it_is_refused_whole(mark: str) -> None:
    text = f"pat.o{mark}shea@x.example"
    assert understood(text) == ([], text)


@pytest.mark.parametrize("written", ["Pat O’Shea", "pat oʼshea", "PAT O´SHEA", "Pat O‘Shea"])
def test_a_name_is_the_same_with_every_apostrophe(written: str) -> None:
    assert normalize_name(written) == normalize_name("Pat O'Shea")


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Mary‐Ann Smith", "Mary-Ann Smith"),
        ("Mary–Ann  Smith", "Mary-Ann Smith"),
        ("Ju\u0308rgen Groß", "Jürgen Groß"),
        ("Jose Lopez", "José López"),
    ],
)
def test_a_name_is_compared_as_the_directory_of_names_does(written: str, name: str) -> None:
    assert normalize_name(written) == normalize_name(name)


@pytest.mark.parametrize(
    "text",
    [
        "'a@x.example'",
        "a@x.example's",
        "a@x.example’s",
        "“a@x.example”",
        "`a@x.example´",
        "«a@x.example».",
    ],
)
def test_quotes_around_an_address_and_a_possessive_are_no_part_of_it(text: str) -> None:
    assert understood(text) == (["candidate_a"], "")


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("a+b@x.example", "candidate_ab"),
        ("A B <a+b@x.example>", "candidate_ab"),
        ("x.example@x.example", "candidate_wrong"),
        ("a@x.example", "candidate_a"),
    ],
)
def test_plus_and_dots_belong_to_the_address(text: str, key: str) -> None:
    assert understood(text) == ([key], "")


@pytest.mark.parametrize(
    "text",
    [
        "ana@x.example <john@x.example>",
        '"ana@x.example" <john@x.example>',
        '"Lima, ana@x.example" <john@x.example>',
        "ana@x.example<mailto:john@x.example>",
        "'ana@x.example' <john@x.example>;",
        f"{ADA} <john@x.example>",
    ],
)
def test_the_address_in_angle_brackets_is_meant(text: str) -> None:
    assert understood(text) == ([BOB], "")


@pytest.mark.parametrize(
    "text",
    [
        "ana@x.example <john@x.example",
        "<ana@x.example <john@x.example>>",
        "ana@x.example and john@x.example",
        "ana@x.example (john@x.example)",
    ],
)
def test_of_two_addresses_in_one_piece_none_is_taken(text: str) -> None:
    assert understood(text) == ([], text)


@pytest.mark.parametrize(
    "text",
    [
        "john@x.example<mailto:john@x.example>",
        "John Doe <john@x.example<mailto:john@x.example>>",
        "mailto:john@x.example?subject=Hi",
        "MAILTO:john@x.example?subject=Hi;%20there&cc=ana@x.example",
        "<mailto:john@x.example>",
        "John <mailto:john@x.example?body=a,b>",
        "[john@x.example](mailto:john@x.example)",
    ],
)
def test_a_link_to_an_address_is_the_address(text: str) -> None:
    assert understood(text) == ([BOB], "")


def test_a_link_to_two_addresses_is_both() -> None:
    assert understood("mailto:john@x.example,ana@x.example?subject=x") == ([BOB, ADA], "")


@pytest.mark.parametrize(
    "text",
    [
        "john@x.example\t5551234",
        "5551234\tjohn@x.example",
        "John Doe\tjohn@x.example\t5551234",
        "John Doe\t+49 (171) 555-1234\tjohn@x.example",
        "1\tJohn Doe\tjohn@x.example\t0171 5551234\t34",
        "John Doe <john@x.example>\t5551234",
    ],
)
@pytest.mark.parametrize("kind", [USERS, CANDIDATES])
def test_a_number_in_a_cell_beside_an_address_is_nobody(text: str, kind: People) -> None:
    assert understood(text, kind) == ([BOB], "")
    assert understood(f"{text}\r\nAna Lima\tana@x.example\t7\r\n", kind) == ([BOB, ADA], "")


@pytest.mark.parametrize("between", ["\t", " ", "  "])
def test_a_number_beside_an_address_that_nobody_has_never_becomes_a_user(between: str) -> None:
    text = f"nobody@x.example{between}5551234"
    keys, rest = understood(f"7\n{text}\nnew@x.example{between}300", USERS)
    assert keys == ["7"]
    assert understood(rest, USERS) == ([], rest), "nor at the next try"


def test_a_number_beside_an_address_without_a_comma_is_asked_about() -> None:
    found = parse_people("john@x.example 5551234", USERS, owners)
    assert (found.people, found.unparsed) == ((), "john@x.example 5551234")
    assert "“5551234” beside an address may be a user ID or a telephone number" in str(
        found.problem
    )


@pytest.mark.parametrize("text", ["john@x.example, 5551234", "Jo 2; 5551234", "5551234, Jo 2"])
def test_a_long_number_in_a_line_with_a_name_or_an_address_is_asked_about(text: str) -> None:
    found = parse_people(f"3\n{text}\n12, 13", USERS, owners, CALLED.get)
    assert [person.key for person in found.people] == ["3", BOB if "@" in text else "7", "12", "13"]
    assert (found.unparsed, found.doubtful_keys) == ("5551234", ("5551234",))
    assert found.problem == (
        "No user with the ID “5551234” is known here. Is it one, or a telephone number?"
    )
    again = parse_people(found.unparsed, USERS, doubted={"5551234"})
    assert (again.people, again.unparsed) == ((), "5551234")


def test_a_number_that_is_settled_or_has_its_name_before_it_is_an_id() -> None:
    known = {"5551234"}.__contains__
    settled = parse_people("Jo 2, 5551234", USERS, owners, CALLED.get, is_key=known)
    assert [person.key for person in settled.people] == ["7", "5551234"]
    assert understood("john@x.example, Ana <5551234>", USERS) == ([BOB, "5551234"], "")


def test_a_slug_in_a_cell_beside_an_address_is_still_somebody() -> None:
    assert understood(f"{ADA}\tAna Lima\tana@x.example") == ([ADA], "")
    assert understood("candidate_9\tX\tnobody@x.example")[0] == ["candidate_9"]
    assert understood("Room_5\tJohn Doe\tjohn@x.example") == ([BOB], "")


@pytest.mark.parametrize("between", ["，", "；", "、", "､", "，\u3000", "،"])
def test_the_commas_of_input_methods_separate(between: str) -> None:
    assert understood(f"john@x.example{between}{ADA}") == ([BOB, ADA], "")
    assert understood(f"3{between}4", USERS) == (["3", "4"], "")


@pytest.mark.parametrize(
    "mark", [*"\u2066\u2067\u2068\u2069\u061c\ufe0d\u200b\u2060\u2800\u00ad", "\U000e0020"]
)
def test_invisible_marks_around_anybody_are_dropped(mark: str) -> None:
    assert understood(f"{mark}{ADA}{mark}") == ([ADA], "")
    assert understood(f"{mark}7{mark}", USERS) == (["7"], "")
    assert understood(f"{mark}john@x.example{mark}") == ([BOB], "")
    assert understood(f"John <{mark}john@x.example{mark}>") == ([BOB], "")


@pytest.mark.parametrize("quotes", ["“”", "„“", "‘’", "«»", "「」", "''", "``"])
def test_quotes_of_every_script_around_a_slug_are_no_part_of_it(quotes: str) -> None:
    assert understood(f"{quotes[0]}candidate_1{quotes[1]}") == (["candidate_1"], "")


def _sheet(length: int) -> str:
    rows = (f"Name {i}\tn{i}@x.example\t555{i}\n" for i in range(length // 24))
    return "".join(rows)


@pytest.mark.parametrize(
    "text",
    [
        lambda n: "x" * n,
        lambda n: "7" * n,
        lambda n: "a@" * (n // 2),
        lambda n: f"a@{'b.' * (n // 2)}@",
        lambda n: '"' * n,
        lambda n: "<> " * (n // 3),
        lambda n: "mailto:" * (n // 7),
        lambda n: "Ana, " * (n // 5),
        lambda n: "7 " * (n // 2),
        lambda n: "a@x.example\t5" + "\t5" * (n // 2),
        lambda n: f"activity{' ' * n}x",
        _sheet,
    ],
)
def test_ten_times_the_text_takes_about_ten_times_as_long(text: Callable[[int], str]) -> None:
    """A quadratic step would take a hundred times as long."""

    def seconds(length: int) -> float:
        written = text(length)
        began = time.process_time()
        for kind in (CANDIDATES, USERS):
            parse_people(written, kind, lambda email: (Person(f"c_{email}", f"Ana {email}"),))
        parse_activity_id(written)
        return time.process_time() - began

    short = max(min(seconds(2_000) for _ in range(3)), 0.0005)
    assert any(seconds(20_000) < 45 * short for _ in range(2))


def test_the_name_of_somebody_who_is_listed_is_that_person() -> None:
    ana = Person(ADA, "Ana  Lima")
    here = {normalize_name(str(ana.name)): (ana,)}

    def namesakes(name: str) -> tuple[Person, ...]:
        return here.get(name, ())

    for text in ("Ana Lima", " “ANA lima” ", "ana\u00a0lima"):
        found = parse_people(text, CANDIDATES, owners, namesakes)
        assert (found.people, found.unparsed) == ((ana,), "")
    for text in ("Ana", "Lima", "Ana Lima Jr", "Lima Ana"):
        assert parse_people(text, CANDIDATES, owners, namesakes).people == ()


CALLED = {
    "jo 2": (Person("7", "Jo 2"),),
    "jo 8": (Person("8", "Jo 8"),),
    "lima": (Person("9", "Lima"),),
    "ana": (Person("10", "Ana"),),
    "sam lee": (Person("11", "Sam Lee"), Person("12", "Sam Lee")),
    "nobody": (),
}


@pytest.mark.parametrize("kind", [CANDIDATES, USERS])
@pytest.mark.parametrize("text", ["Jo 2\nJo 8", "JO  2; “jo 8”", "Jo 2\u200b,\u00a0Jo\u00a08"])
def test_whole_names_that_one_person_has_are_people(text: str, kind: People) -> None:
    found = parse_people(text, kind, owners, CALLED.get)
    assert [person.key for person in found.people] == ["7", "8"]
    assert (found.unparsed, found.problem, found.pending_names) == ("", None, ())


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Nobody", "Nobody called “Nobody” is known here: fetch names, or paste the e-mail"),
        ("New One", "Looking up who is called “New One”…"),
    ],
)
def test_a_name_of_nobody_stays_and_says_why(text: str, why: str) -> None:
    found = parse_people(f"{text}, Jo 2", USERS, owners, CALLED.get)
    assert ([person.key for person in found.people], found.unparsed) == (["7"], text)
    assert (found.problem or "").startswith(why)
    assert found.pending_names == (("new one",) if text == "New One" else ())
    assert found.has_unknown is (text == "Nobody")


@pytest.mark.parametrize(
    ("text", "keys", "why"),
    [
        ("Sam Lee", ["11", "12"], "Several people called “Sam Lee” are known: choose one."),
        (
            "twins@x.example",
            ["c_1", "c_2"],
            "“twins@x.example” is the address of more than one user: choose one.",
        ),
        (
            "Twin One <twins@x.example>",
            ["c_1", "c_2"],
            "“twins@x.example” is the address of more than one user: choose one.",
        ),
    ],
)
def test_who_is_meant_by_a_name_or_address_of_several_is_to_be_chosen(
    text: str, keys: list[str], why: str
) -> None:
    found = parse_people(f"{text}, 7, {text}", USERS, owners, CALLED.get)
    assert ([person.key for person in found.people], found.unparsed) == (["7"], "")
    [several] = found.ambiguous
    assert (several.text, several.problem) == (text, why)
    assert [person.key for person in several.people] == keys


@pytest.mark.parametrize(
    "text",
    [
        "Lima, Ana <new@x.example>",  # it is not known yet whose address that is
        "Lima, Ana <nobody@x.example>",
        "Ana\tLima\tnobody@x.example",
        "Ana <lima>",
    ],
)
def test_a_part_of_somebody_elses_name_is_never_another_person(text: str) -> None:
    found = parse_people(text, CANDIDATES, owners, CALLED.get)
    assert (found.people, found.pending_names) == ((), ())
    assert found.problem


@pytest.mark.parametrize("kind", [CANDIDATES, USERS])
@pytest.mark.parametrize("number", ["5551234", "+49 171 2345", "(555) 123-4567", "7"])
def test_a_number_in_a_cell_beside_a_name_is_nobody(number: str, kind: People) -> None:
    for text in (f"Jo 2\t{number}\nJo 8\t{number}", f"{number}\tJo 2\n\tJo 8"):
        found = parse_people(text, kind, owners, CALLED.get)
        assert ([person.key for person in found.people], found.unparsed) == (["7", "8"], "")


def test_a_number_beside_a_name_of_several_or_nobody_is_asked_about_or_tells_who_is_meant() -> None:
    for name in ("Sam Lee", "Nobody"):
        found = parse_people(f"{name}\t5551234", USERS, owners, CALLED.get)
        assert (found.people, found.unparsed) == ((), f"{name}\t5551234")
        assert "“5551234” beside a name may be a user ID or a telephone number" in str(
            found.problem
        )
    assert parse_people("Sam Lee\t12", USERS, owners, CALLED.get).people == (
        Person("12", "Sam Lee"),
    )


@pytest.mark.parametrize("text", ["Ana\tLima\tana@x.example", "Lima\tAna\tana@x.example\t0171"])
def test_first_and_last_name_in_cells_of_their_own_belong_to_the_address(text: str) -> None:
    found = parse_people(text, CANDIDATES, owners, CALLED.get)
    assert ([person.key for person in found.people], found.unparsed) == ([ADA], "")
