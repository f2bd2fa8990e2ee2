from __future__ import annotations

import sys
import unicodedata

import pytest

from atz_desktop.domain.characters import (
    SPACES,
    bidi_isolate,
    is_blank,
    remove_bidi_overrides,
    single_line,
    strip_invisible,
    strip_wrapping,
    to_half_width,
)


def test_every_blank_that_python_knows_is_a_blank() -> None:
    assert set(SPACES) == {chr(code) for code in range(sys.maxunicode + 1) if chr(code).isspace()}


@pytest.mark.parametrize("text", ["", " ", "\u200b", "\u2800", "\u3164", "\u2066\u2069", "\ufe0f"])
def test_a_text_of_which_nothing_is_seen_is_blank(text: str) -> None:
    assert is_blank(text)
    assert strip_invisible(f"{text}a{text}b{text}") == f"a{text}b"


@pytest.mark.parametrize("text", ["a", "\u200b.", "❤\ufe0f", "\u0600", "0"])
def test_a_text_with_anything_to_see_is_not(text: str) -> None:
    assert not is_blank(text)


def test_no_control_and_no_space_is_left_at_an_end() -> None:
    for each in map(chr, range(sys.maxunicode + 1)):
        if unicodedata.category(each) in {"Cc", "Zs", "Zl", "Zp"}:
            assert strip_wrapping(f"{each}7{each}") == "7"


def test_full_width_letters_and_signs_are_plain_ones() -> None:
    assert to_half_width("９：３０　ＡＭ，ｘ＠") == "9:30 AM,x@"
    assert to_half_width("9½²") == "9½²"


TURNING = [*map(chr, range(0x202A, 0x202F)), *map(chr, range(0x2066, 0x206A))]


@pytest.mark.parametrize("mark", TURNING, ids=lambda mark: f"U+{ord(mark):04X}")
@pytest.mark.parametrize("text", ["cv{}fdp.exe", "{}{}Call", "Call{}\n{} now", "\u05d0{}\u05d1"])
def test_no_foreign_text_turns_or_breaks_the_line_that_it_stands_in(mark: str, text: str) -> None:
    line = single_line(text.format(mark, mark))
    inside = line.removeprefix("\u2068").removesuffix("\u2069")
    assert not set(inside) & set(TURNING)
    assert len(inside.splitlines()) == 1
    assert ("\u05d0" in text) == line.startswith("\u2068") == line.endswith("\u2069")


@pytest.mark.parametrize("text", ["Call with Ana", "Łódź – 42 (2)", "通話", ""])
def test_a_plain_text_stands_in_a_line_as_it_is(text: str) -> None:
    assert single_line(text) == text
    assert remove_bidi_overrides(text) == text


@pytest.mark.parametrize("text", ["\u200b", "\u2800 \u2800", "\u202e\ufe0f"])
def test_of_what_nobody_sees_nothing_stands_in_a_line(text: str) -> None:
    assert single_line(text) == ""


def test_a_text_cannot_leave_its_isolate() -> None:
    assert bidi_isolate("a\u2069\u202eb") == "\u2068a\u202eb\u2069"
