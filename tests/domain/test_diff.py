"""Word by word: nothing lost, readable, and never slow."""

from __future__ import annotations

import random
from itertools import pairwise
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atz_desktop.domain.diff import (
    CONTEXT_LENGTH,
    ChangeType,
    Segment,
    elide,
    elide_text,
    word_diff,
)

SAME, REMOVED, ADDED, LEFT_OUT = (
    ChangeType.UNCHANGED,
    ChangeType.REMOVED,
    ChangeType.ADDED,
    ChangeType.ELIDED,
)

_TEXTS = st.lists(
    st.sampled_from(
        ("alpha", "beta", "gamma", " ", "  ", "\n", "\r\n", "\t", "漢", "字", "é", "👩‍💻")
    )
    | st.text(max_size=4),
    max_size=30,
).map("".join)


def _told(old: str, new: str) -> list[tuple[str, ChangeType]]:
    return [(segment.text, segment.type) for segment in word_diff(old, new)]


def _both_sides(segments: tuple[Segment, ...]) -> tuple[str, str]:
    old = "".join(s.text for s in segments if s.type is not ADDED)
    new = "".join(s.text for s in segments if s.type is not REMOVED)
    return old, new


@given(_TEXTS, _TEXTS)
def test_what_stays_and_goes_is_the_old_text_and_what_stays_and_comes_the_new(
    old: str, new: str
) -> None:
    assert _both_sides(word_diff(old, new)) == (old, new)


@given(_TEXTS, _TEXTS)
def test_of_each_change_what_goes_stands_before_what_comes_and_no_piece_is_empty(
    old: str, new: str
) -> None:
    marks = [segment.type for segment in word_diff(old, new)]
    assert all(segment.text for segment in word_diff(old, new))
    assert (ADDED, REMOVED) not in set(pairwise(marks))
    assert all(one is not other for one, other in pairwise(marks))


def test_one_word_for_another_leaves_the_blanks_alone() -> None:
    assert _told("meet Anna today", "meet Hanna today") == [
        ("meet ", SAME),
        ("Anna", REMOVED),
        ("Hanna", ADDED),
        (" today", SAME),
    ]


def test_words_at_the_end_are_added_without_touching_the_word_before() -> None:
    assert _told("at the office", "at the office, 2nd floor") == [
        ("at the ", SAME),
        ("office", REMOVED),
        ("office, 2nd floor", ADDED),
    ]
    assert _told("at the office", "at the office now") == [
        ("at the office", SAME),
        (" now", ADDED),
    ]


def test_a_word_in_between_is_found_in_text_that_sets_no_blanks() -> None:
    assert _told("面接は東京です", "面接は大阪です") == [
        ("面接は", SAME),
        ("東京", REMOVED),
        ("大阪", ADDED),
        ("です", SAME),
    ]


def test_letters_keep_their_accents_and_emoji_their_parts() -> None:
    told = _told("Zoe\u0308 👩‍💻 ok", "Zoe\u0308 👩‍🔬 ok")
    assert ("👩‍💻", REMOVED) in told
    assert ("👩‍🔬", ADDED) in told


def test_changed_blanks_and_line_ends_are_made_visible() -> None:
    told = word_diff("one  two\nthree", "one two three")
    assert [s.display_text for s in told if s.type is not SAME] == ["·", "↵\n", "·"]


def test_blanks_that_stay_are_shown_as_they_are() -> None:
    assert Segment("a b\nc", SAME).display_text == "a b\nc"


def _words(count: int) -> list[str]:
    return [f"word{n}" for n in range(count)]


def _unlike(count: int) -> tuple[str, str]:
    return " ".join(_words(count)), " ".join(w + "x" * (n % 2) for n, w in enumerate(_words(count)))


def _shuffled(count: int) -> tuple[str, str]:
    chance = random.Random(4)
    letters = [chance.choices("abc", k=count) for _ in range(2)]
    return " ".join(letters[0]), " ".join(letters[1])


def _lines(count: int) -> tuple[str, str]:
    lines = [f"line {n} of a long text" for n in range(count)]
    return "\n".join(lines), "\n".join(line + " x" * (n % 3 == 0) for n, line in enumerate(lines))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        _unlike(1_400),
        _unlike(200_000),
        _shuffled(300),
        ("a b " * 700, "b b a " * 480),
        _shuffled(100_000),
        _lines(1_400),
        _lines(40_000),
        ("a b " * 100_000, "b a c " * 100_000),
        ("x" * 1_000_000, "y" * 1_000_000),
    ],
    ids=[
        "words",
        "many words",
        "few letters",
        "period",
        "letters",
        "lines",
        "many lines",
        "periodic",
        "one",
    ],
)
def test_no_text_takes_long(old: str, new: str) -> None:
    began = process_time()
    segments = word_diff(old, new)
    assert process_time() - began < 3.0
    assert _both_sides(segments) == (old, new)


def test_one_changed_word_is_found_in_a_book() -> None:
    words = _words(100_000)
    changed = [*words[:50_000], "other", *words[50_001:]]
    marks = [s for s in word_diff(" ".join(words), " ".join(changed)) if s.type is not SAME]
    assert marks == [Segment("word50000", REMOVED), Segment("other", ADDED)]


def test_words_are_still_found_within_the_lines_of_a_long_text() -> None:
    old, new = _lines(1_000)
    told = word_diff(old, new)
    assert {s.text for s in told if s.type is not SAME} == {" x"}


def test_only_what_is_near_a_change_is_shown_of_a_long_text() -> None:
    words = _words(3_000)
    changed = [*words[:1_500], "other", *words[1_501:]]
    segments = elide(word_diff(" ".join(words), " ".join(changed)))
    shown = "".join(s.text for s in segments if s.type is not LEFT_OUT)
    assert {(s.text, s.type) for s in segments} >= {("word1500", REMOVED), ("other", ADDED)}
    assert len(shown) < 3 * CONTEXT_LENGTH
    left_out = [s.text for s in segments if s.type is LEFT_OUT]
    assert len(left_out) == 2
    assert all("unchanged characters" in text for text in left_out)


def test_a_short_text_is_shown_whole() -> None:
    segments = word_diff("one two three", "one 2 three")
    assert elide(segments) == segments


def test_a_huge_text_is_clipped_and_says_how_much_is_missing() -> None:
    text = "word " * 10_000
    shown = elide_text(text)
    assert len(shown) < 7_000
    assert shown.startswith("word word")
    assert "more characters" in shown
    assert elide_text("short") == "short"
