from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from atz_desktop.domain.identifiers import parse_int, slug_problem
from atz_desktop.domain.kinds import Choice, File, Flag, Link, People, Record, Text, When
from atz_desktop.domain.text import (
    ambiguous_time_note,
    format_date,
    format_size,
    format_span,
    quoted,
)
from atz_desktop.domain.urls import is_web_url
from atz_desktop.domain.values import (
    Attachment,
    LocalFile,
    Option,
    Person,
    RecordRef,
    Span,
    Unparsed,
)
from atz_desktop.domain.vocabulary import IMPORTANCES, TYPES
from tests.domain.strategies import people

USERS = People("id", "user")
CANDIDATES = People("slug", "candidate")


def span(start: str | None, end: str | None, zone: str = "UTC") -> Span:
    return Span(
        datetime.fromisoformat(start) if start else None,
        datetime.fromisoformat(end) if end else None,
        zone,
    )


class TestText:
    def test_nothing_and_an_empty_text_are_the_same(self) -> None:
        assert Text().equal(None, "")
        assert not Text().equal(None, " ")

    @pytest.mark.parametrize("character", ["a", "ß", "😀", "語", "\u0301"])
    def test_the_limit_counts_characters(self, character: str) -> None:
        assert Text(100).check(character * 100) is None
        assert Text(100).check(character * 101) == ("1 character too long: ATZ takes at most 100.")
        assert Text(100).check(character * 102) == ("2 characters too long: ATZ takes at most 100.")

    def test_no_limit_is_made_up(self) -> None:
        assert Text(multiline=True).check("x" * 1_000_000) is None

    @pytest.mark.parametrize("value", [None, "", "  ", "\n\t"])
    def test_a_required_text_must_say_something(self, value: str | None) -> None:
        assert Text(100, required=True).check(value) == "This can't be left empty."
        assert Text(100).check(value) is None

    @pytest.mark.parametrize("end", ["\r\n", "\r", "\u2028", "\u2029"])
    def test_typing_a_text_back_is_no_change_whatever_its_line_ends_were(self, end: str) -> None:
        assert Text(multiline=True).equal(f"one{end}two\u00a0three", "one\ntwo three")
        assert not Text(multiline=True).equal(f"one{end}two", "one two")

    def test_in_a_single_line_every_character_counts(self) -> None:
        assert not Text(100).equal("10\u00a0000", "10 000")

    def test_half_of_a_character_is_said_before_it_breaks_a_request(self) -> None:
        assert Text().check("a\ud83d") is not None

    def test_what_is_not_a_text_is_never_the_same_as_one(self) -> None:
        assert not Text(multiline=True).equal(Unparsed("7"), "7")


class TestLink:
    @pytest.mark.parametrize(
        "address",
        [
            "https://meet.google.com/xyz-abcd-efg",
            "HTTP://localhost:8000",
            "https://ü.example/ä?q=1#f",
            "https://[::1]:8443/",
        ],
    )
    def test_web_addresses_are_allowed(self, address: str) -> None:
        assert Link(100).check(address) is None

    @pytest.mark.parametrize(
        "text",
        [
            "meet.google.com/x",
            "javascript:alert(1)",
            "file:///etc/passwd",
            "ftp://example.com",
            "https://",
            "https:///path",
            "https://exa mple.com",
            "https://example.com/\n",
            " https://example.com",
            "https://example.com:99999",
            "https://[::1",
            "https://example.com/\u202e",
            "https://example.com/\ud800",
            "Dial-in 0800 123 456",
        ],
    )
    def test_anything_else_is_not(self, text: str) -> None:
        assert not is_web_url(text)
        assert Link(100).check(text) == (
            "This is no web address: it must start with https:// or http://."
        )

    def test_an_empty_link_is_allowed_and_a_long_one_is_not(self) -> None:
        assert Link(100).check("") is None
        assert Link(100).check(None) is None
        address = "https://example.com/"
        assert Link(100).check(address.ljust(100, "x")) is None
        assert Link(100).check(address.ljust(101, "x")) is not None


class TestFlag:
    def test_not_said_is_neither_yes_nor_no(self) -> None:
        assert [Flag().format(value) for value in (True, False, None)] == ["yes", "no", "not said"]
        assert not Flag().equal(None, False)

    def test_an_unknown_form_is_shown_as_it_came(self) -> None:
        assert Flag().format(Unparsed('"maybe"')) == '"maybe"'


class TestChoice:
    def test_options_are_told_apart_by_key_alone(self) -> None:
        assert Choice().equal(Option(3, "Task"), Option(3, None))
        assert not Choice().equal(Option(3), Option(4))
        assert not Choice().equal(Option(3), None)

    def test_only_the_documented_words_may_be_sent(self) -> None:
        importance = Choice(IMPORTANCES)
        assert [importance.check(option) for option in IMPORTANCES] == [None] * 4
        assert importance.check(Option("urgent")) is not None
        assert importance.check(None) is not None
        assert importance.check(Unparsed("7")) is not None

    @pytest.mark.parametrize(("number", "allowed"), [(2, True), (4711, True), (0, False)])
    def test_a_type_is_any_positive_number(self, number: int, allowed: bool) -> None:
        assert (Choice(TYPES, True).check(Option(number)) is None) is allowed

    def test_a_word_is_no_type(self) -> None:
        assert Choice(TYPES, True).check(Option("Meeting")) is not None

    def test_an_unknown_value_is_shown_as_it_came(self) -> None:
        assert Choice(IMPORTANCES).format(Option("urgent")) == "urgent"
        assert Choice(TYPES, True).format(Option(31)) == "No. 31"
        assert Choice(TYPES, True).format(None) == "empty"


class TestPeople:
    def test_order_and_names_mean_nothing(self) -> None:
        one = (Person("a_1", "Ada"), Person("b_2"))
        other = (Person("b_2", "Bob"), Person("a_1"))
        assert CANDIDATES.equal(one, other)
        assert CANDIDATES.equal((), None)
        assert not CANDIDATES.equal(one, one[:1])

    @pytest.mark.parametrize("key", ["1", "42", "9223372036854775807"])
    def test_a_user_is_a_whole_number_above_0(self, key: str) -> None:
        assert USERS.check((Person(key),)) is None

    @pytest.mark.parametrize(
        "key", ["0", "-1", "1.5", "", "12a", "٤٢", "４２", "²", "1,2", "9" * 20, "9" * 5000]
    )
    def test_anything_else_is_no_user(self, key: str) -> None:
        assert USERS.check((Person("1"), Person(key))) is not None

    @pytest.mark.parametrize(
        "slug",
        ["candidate_2f0ea5cd69a6cd6c7163", "deal-7", "x", "müller_1", "a.b", "c" * 80],
    )
    def test_a_slug_is_not_refused_for_its_shape(self, slug: str) -> None:
        assert CANDIDATES.check((Person(slug),)) is None

    @pytest.mark.parametrize("slug", ["", "a,b", "a b", "a\u00a0b", "a;b", "a\nb", "a\u200bb"])
    def test_a_slug_that_a_list_would_tear_apart_is_refused(self, slug: str) -> None:
        assert CANDIDATES.check((Person(slug),)) is not None

    def test_thousands_of_people_are_merged_in_linear_time(self) -> None:
        """In quadratic time the test would be stopped."""
        crowd = tuple(Person(f"c_{n}") for n in range(30_000))
        mine, theirs = (*crowd, Person("mine")), (Person("theirs"), *crowd)
        assert CANDIDATES.merge(crowd, theirs, mine) == (*theirs, Person("mine"))

    def test_a_list_is_said_by_names(self) -> None:
        assert CANDIDATES.format((Person("a_1", "Ada"), Person("b_2"))) == "Ada, b_2"
        assert CANDIDATES.format(()) == "nobody"
        assert CANDIDATES.format(Unparsed("[7]")) == "[7]"

    @given(people("users"), people("users"), people("users"))
    def test_both_is_their_list_with_my_additions_and_without_my_removals(
        self, base: tuple[Person, ...], theirs: tuple[Person, ...], mine: tuple[Person, ...]
    ) -> None:
        both = USERS.merge(base, theirs, mine)
        removed, added = set(base) - set(mine), set(mine) - set(base)
        assert both is not None
        assert set(both) == (set(theirs) - removed) | added
        assert len(both) == len(set(both))

    def test_a_list_that_cannot_be_read_cannot_be_joined(self) -> None:
        assert USERS.merge((), Unparsed("[7]"), (Person("1"),)) is None


class TestWhen:
    def test_the_zone_alone_makes_no_difference(self) -> None:
        one = span("2024-06-16T09:00", "2024-06-16T10:00")
        assert When().equal(one, one.in_zone("Asia/Kolkata"))

    @pytest.mark.parametrize(
        ("start", "end"),
        [
            ("2024-06-16T09:00", "2024-06-16T09:01"),
            ("2024-06-16T23:00", "2024-06-17T00:30"),
            ("2024-06-16T09:00", "2024-06-17T08:59"),
            ("2024-06-16T09:00", "2024-06-17T09:00"),
            ("2024-06-16T09:00", None),
        ],
    )
    def test_up_to_a_day_is_allowed(self, start: str, end: str | None) -> None:
        assert When().check(span(start, end)) is None

    def test_the_end_must_be_after_the_start(self) -> None:
        for end in ("2024-06-16T09:00", "2024-06-16T08:59"):
            assert When().check(span("2024-06-16T09:00", end)) == (
                "The end must be after the start."
            )

    def test_more_than_a_day_could_not_be_checked(self) -> None:
        problem = When().check(span("2024-06-16T09:00", "2024-06-17T09:01"))
        assert problem is not None
        assert "24 hours after the start at most" in problem

    def test_a_start_is_needed(self) -> None:
        assert When().check(span(None, "2024-06-16T09:00")) == "Choose a start."
        assert When().check(None) == "Choose a start."
        assert When().check(Unparsed("noon")) == "Choose a start."

    def test_an_hour_that_the_clocks_leave_out_is_said(self) -> None:
        gap = span("2024-03-31T02:30", "2024-03-31T03:30", "Europe/Berlin")
        assert When().check(gap) == (
            "02:30 does not exist on Sun 31 Mar 2024 in Europe/Berlin: the clocks go forward."
        )
        assert When().check(gap.in_zone("UTC")) is None
        into = span("2024-03-31T01:30", "2024-03-31T02:30", "Europe/Berlin")
        assert When().check(into) is not None

    def test_a_year_at_the_end_of_the_calendar_is_said(self) -> None:
        last = span("9999-12-31T22:00", "9999-12-31T23:00", "America/New_York")
        assert When().check(last) == "Choose another year than 9999."
        assert When().check(span("0001-01-01T00:00", None, "Asia/Kolkata")) is not None

    def test_a_start_moved_by_one_and_an_end_by_the_other_are_joined(self) -> None:
        base = span("2024-06-16T09:00", "2024-06-16T10:00")
        later = span("2024-06-16T09:00", "2024-06-16T11:00")
        earlier = span("2024-06-16T08:00", "2024-06-16T10:00")
        joined = span("2024-06-16T08:00", "2024-06-16T11:00")
        assert When().merge(base, earlier, later) == joined
        assert When().merge(base, later, earlier) == joined

    def test_what_was_moved_as_a_whole_is_not_joined(self) -> None:
        base = span("2024-06-16T09:00", "2024-06-16T10:00")
        moved = span("2024-06-16T12:00", "2024-06-16T13:00")
        later = span("2024-06-16T09:00", "2024-06-16T11:00")
        earlier = span("2024-06-16T08:00", "2024-06-16T10:00")
        for other in (later, earlier, moved):
            assert When().merge(base, moved, other) is None
            assert When().merge(base, other, moved) is None

    def test_no_times_are_said_to_be_none(self) -> None:
        assert When().is_empty(Span())
        assert When().is_empty(None)
        assert When().format(Span()) == "empty"
        assert not When().is_empty(span("2024-06-16T09:00", None))
        assert not When().is_empty(span(None, "2024-06-16T09:00"))

    def test_a_join_that_would_be_refused_is_none(self) -> None:
        base = span("2024-06-16T09:00", "2024-06-16T12:00")
        later = span("2024-06-16T11:00", "2024-06-16T12:00")
        shorter = span("2024-06-16T09:00", "2024-06-16T10:00")
        assert When().merge(base, later, shorter) is None

    def test_a_join_is_read_in_the_zone_of_the_record(self) -> None:
        base = span("2024-06-16T09:00", "2024-06-16T10:00", "Europe/Berlin")
        theirs = span("2024-06-16T09:00", "2024-06-16T11:00", "Europe/Berlin")
        mine = span("2024-06-16T08:00", "2024-06-16T10:00", "UTC")
        assert When().merge(base, theirs, mine) == span(
            "2024-06-16T08:00", "2024-06-16T11:00", "Europe/Berlin"
        )


class TestRecord:
    def test_the_name_makes_no_difference(self) -> None:
        assert Record().equal(RecordRef(1, "a_1", "Ada"), RecordRef(1, "a_1"))
        assert not Record().equal(RecordRef(1, "a_1"), RecordRef(2, "a_1"))

    @pytest.mark.parametrize(
        "value",
        [None, RecordRef(), RecordRef(7, "x_1"), RecordRef("project", "x_1"), Unparsed("7")],
    )
    def test_the_entity_must_be_a_documented_one(self, value: Any) -> None:
        assert Record().check(value) == ("Choose what kind of record this activity belongs to.")

    def test_a_record_is_needed_except_for_other(self) -> None:
        assert Record().check(RecordRef(2)) == "Choose the job: type or paste its slug."
        assert Record().check(RecordRef(10)) is None

    def test_the_slug_is_one_word_of_at_most_50_characters(self) -> None:
        assert Record().check(RecordRef(1, "c" * 50)) is None
        assert Record().check(RecordRef(1, "c" * 51)) is not None
        for text in ("Ada Lovelace", "ada@example.com", "https://atz.example/a_1"):
            assert Record().check(RecordRef(1, text)) is not None

    def test_of_a_record_without_a_slug_only_the_entity_is_compared(self) -> None:
        assert Record().matches_server(RecordRef(10), RecordRef(10, "left_over"))
        assert not Record().matches_server(RecordRef(10), RecordRef(1, "left_over"))
        assert not Record().matches_server(RecordRef(1, "a_1"), RecordRef(1, "b_2"))

    def test_it_is_said_by_name(self) -> None:
        assert Record().format(RecordRef(1, "a_1", "Ada")) == "Candidate: Ada"
        assert Record().format(RecordRef(1, "a_1")) == "Candidate: a_1"
        assert Record().format(RecordRef("project", "p_1")) == "project: p_1"
        assert Record().format(RecordRef(10)) == "Other"
        assert Record().format(RecordRef()) == "empty"


class TestFile:
    @pytest.mark.parametrize("signed", ["X-Amz-Date={}&X-Amz-Signature={}", "se={}&sig={}"])
    def test_an_address_that_is_signed_at_each_reading_is_no_change(self, signed: str) -> None:
        one, other = (f"https://files.example/cv.pdf?{signed.format(n, n)}" for n in (1, 2))
        same = File().equal
        assert same(Attachment("cv.pdf", one), Attachment("cv.pdf", other))
        elsewhere = other.replace("/cv.pdf", "/2/cv.pdf")
        assert not same(Attachment("cv.pdf", one), Attachment("cv.pdf", elsewhere))
        # A typed address is meant to the last letter: the old one may have run out.
        assert not same(Attachment("cv.pdf", one), Attachment(None, other))

    CV = LocalFile(Path("/home/ada/cv.pdf"), 1234)

    def test_an_address_has_at_most_350_characters(self) -> None:
        address = "https://example.com/"
        assert File().check(Attachment(None, address.ljust(350, "x"))) is None
        assert File().check(Attachment(None, address.ljust(351, "x"))) is not None
        assert File().check(Attachment(None, "cv.pdf")) is not None
        assert File().check(None) is not None

    def test_a_file_whose_name_no_request_can_hold_must_be_renamed(self) -> None:
        assert File().check(self.CV) is None
        assert File().check(LocalFile(Path("/home/ada/cv\udce4.pdf"), 1)) is not None

    def test_only_the_name_of_a_file_can_be_compared(self) -> None:
        assert File().matches_server(self.CV, Attachment("cv.pdf", "https://files.example/1"))
        assert not File().matches_server(
            self.CV, Attachment("other.pdf", "https://files.example/1")
        )
        assert not File().matches_server(self.CV, None)
        assert not File().is_comparable(self.CV)
        assert File().is_comparable(Attachment(None, "https://example.com/a"))

    def test_accents_that_macos_takes_apart_are_the_same_name(self) -> None:
        apart = LocalFile(Path("/home/ada/Zoe\u0308.pdf"), 1)
        assert File().matches_server(apart, Attachment("Zo\u00eb.pdf", "https://files.example/1"))

    def test_attachments_are_told_apart_by_address_and_else_by_name(self) -> None:
        same = File().equal
        assert same(Attachment("a", "https://x/1"), Attachment(None, "https://x/1"))
        assert not same(Attachment("a", "https://x/1"), Attachment("a", "https://x/2"))
        assert not same(
            Attachment("a", "https://x/get?id=1"), Attachment("a", "https://x/get?id=2")
        )
        assert same(Attachment("a"), Attachment("a"))
        assert not same(Attachment("a"), Attachment("b"))
        assert not same(self.CV, Attachment("cv.pdf"))

    def test_it_is_said_with_its_size(self) -> None:
        assert File().format(self.CV) == "cv.pdf (1.2 kB)"
        assert File().format(Attachment(None, "https://x/1")) == "https://x/1"
        assert File().format(None) == "no attachment"


class TestWords:
    def test_days_are_in_english_whatever_the_locale(self) -> None:
        class Elsewhere(datetime):
            def strftime(self, format: str, /) -> str:  # noqa: A002 - the name of the standard library
                return "dimanche 16 juin"

        assert format_date(Elsewhere(2024, 6, 16)) == "Sun 16 Jun 2024"

    @pytest.mark.parametrize(
        ("start", "end", "words"),
        [
            ("2024-06-16T09:00", "2024-06-16T10:00", "Sun 16 Jun 2024, 09:00 – 10:00 (UTC)"),
            (
                "2024-06-16T23:00",
                "2024-06-17T00:30",
                "Sun 16 Jun 2024, 23:00 – 00:30 the next day (UTC)",
            ),
            (
                "2024-06-16T23:00",
                "2024-06-18T00:30",
                "Sun 16 Jun 2024, 23:00 – 00:30 on Tue 18 Jun 2024 (UTC)",
            ),
            ("2024-06-16T09:00", None, "Sun 16 Jun 2024, 09:00 (UTC)"),
            (None, "2024-06-16T10:00", "until Sun 16 Jun 2024, 10:00 (UTC)"),
            (None, None, "empty"),
        ],
    )
    def test_a_span_is_said_with_its_zone(
        self, start: str | None, end: str | None, words: str
    ) -> None:
        assert format_span(span(start, end)) == words

    def test_a_repeated_hour_is_said(self) -> None:
        twice = span("2024-10-27T02:30", "2024-10-27T03:30", "Europe/Berlin")
        assert (
            ambiguous_time_note(twice)
            == "02:30 comes twice on Sun 27 Oct 2024: the first is meant."
        )
        assert ambiguous_time_note(twice.in_zone("UTC")) is None
        assert ambiguous_time_note(span(None, None)) is None

    @pytest.mark.parametrize(
        ("size", "words"),
        [
            (0, "0 bytes"),
            (1, "1 byte"),
            (999, "999 bytes"),
            (1000, "1.0 kB"),
            (30_000_000, "30.0 MB"),
            (999_999, "1.0 MB"),
            (99_900_000, "99.9 MB"),
            (100_000_000, "100 MB"),
            (5_000_000_000_000, "5000 GB"),
        ],
    )
    def test_sizes_are_said_as_file_managers_do(self, size: int, words: str) -> None:
        assert format_size(size) == words

    def test_a_long_text_is_cut_inside_a_sentence(self) -> None:
        assert quoted("x" * 60) == f"“{'x' * 60}”"
        assert len(quoted("x" * 10_000)) < 70
        problem = slug_problem("x y" * 10_000)
        assert problem is not None
        assert len(problem) < 200


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("42", 42),
        ("007", 7),
        ("0", 0),
        ("9223372036854775807", 2**63 - 1),
        ("9223372036854775808", None),
        ("0" * 5000 + "1", 1),
        ("9" * 5000, None),
        ("٤٢", None),
        ("-1", None),
        ("+1", None),
        ("1_000", None),
        (" 1", None),
        ("", None),
    ],
)
def test_whole_numbers_are_those_that_a_database_holds(text: str, number: int | None) -> None:
    assert parse_int(text) == number
