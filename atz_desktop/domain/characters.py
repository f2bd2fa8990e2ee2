"""Characters of untrusted text: lone surrogates, blanks and what wraps a pasted item, directions,
and comparison without case and accents; last the words for a number of things.

Python's `str.strip` knows no zero-width or formatting characters, and its `isspace` no blank
letters; mail programs, chats and input methods bring both along. Read before the first paint.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import filterfalse
from typing import Final

LONE_SURROGATE: Final = re.compile("[\ud800-\udfff]")
"""JSON and file names can contain one; UTF-8, and so requests and the database, cannot."""


def is_valid_unicode(text: str) -> bool:
    """False if the text contains a lone surrogate."""
    return not LONE_SURROGATE.search(text)


def escape_surrogates(text: str) -> str:
    """Escape lone surrogates (`\\ud83d`), which UTF-8 cannot hold.

    A server may send such halves. Inside JSON the result means the same as before.
    """
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _chars(*ranges: tuple[int, int]) -> str:
    return "".join(chr(code) for first, last in ranges for code in range(first, last + 1))


SPACES: Final = _chars(
    (0x09, 0x0D), (0x1C, 0x20), (0x85, 0x85), (0xA0, 0xA0), (0x1680, 0x1680), (0x2000, 0x200A)
) + _chars((0x2028, 0x2029), (0x202F, 0x202F), (0x205F, 0x205F), (0x3000, 0x3000))
"""All that `str.isspace` knows."""

_INVISIBLE: Final = (
    # Controls, soft hyphen, combining joiner, Arabic letter mark, Hangul and Khmer fillers.
    _chars((0x00, 0x08), (0x0E, 0x1B), (0x7F, 0x84), (0x86, 0x9F), (0xAD, 0xAD), (0x34F, 0x34F))
    + _chars((0x61C, 0x61C), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F))
    # Zero-width and direction marks, embeddings and isolates, word joiner, invisible operators.
    + _chars((0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F))
    # Braille blank, Hangul fillers, variation selectors, byte-order mark, tags.
    + _chars((0x2800, 0x2800), (0x3164, 0x3164), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF))
    + _chars((0xFFA0, 0xFFA0), (0xFFF9, 0xFFFB), (0xE0000, 0xE01EF))
)
"""Invisible characters that are not whitespace."""

QUOTES: Final = "\"'`´“”„‟‘’‚‛«»‹›「」『』＂＇"
_BRACKETS: Final = "<>()[]{}＜＞（）"

SEPARATORS: Final = ",;，；、､﹐﹑﹔،؛"
"""List separators, including those of East Asian input methods."""

LINE_ENDS: Final = "\r\n\v\f\x1c\x1d\x1e\x85\u2028\u2029"

_BLANK: Final = SPACES + _INVISIBLE
_WRAPPING: Final = _BLANK + QUOTES + _BRACKETS


def strip_invisible(text: str) -> str:
    """Strip whitespace and invisible characters from both ends."""
    return text.strip(_BLANK)


def is_blank(text: str) -> bool:
    """Whether the text has no visible character."""
    return not strip_invisible(text)


def strip_wrapping(text: str) -> str:
    """Like `strip_invisible`, and strip quotes and brackets too."""
    return text.strip(_WRAPPING)


_PAIRS: Final = ('""', "''", "``", "“”", "„“", "‘’", "«»", "<>")


def unquote(text: str) -> str:
    """Strip whitespace, and one matching pair of quotes or angle brackets.

    A quote at one end alone may belong to the text.
    """
    text = strip_invisible(text)
    paired = len(text) > 2 and text[0] + text[-1] in _PAIRS
    return strip_invisible(text[1:-1]) if paired else text


_NO_OVERRIDES: Final = dict.fromkeys(range(0x202A, 0x202F))
_NO_ISOLATES: Final = dict.fromkeys(range(0x2066, 0x206A))


def remove_bidi_overrides(text: str) -> str:
    """Remove bidirectional overrides, which can hide the extension of a file name."""
    return text.translate(_NO_OVERRIDES)


def bidi_isolate(text: str) -> str:
    """Untrusted text in bidi isolates, so that its direction does not affect what follows."""
    return f"\u2068{text.translate(_NO_ISOLATES)}\u2069"


def single_line(text: str) -> str:
    """Untrusted text for use inside a line of our own: no line breaks, no bidi overrides.

    Right-to-left text is isolated. Text without visible characters becomes "".
    """
    flat = " ".join(remove_bidi_overrides(text).translate(_NO_ISOLATES).split())
    if is_blank(flat):
        return ""
    if flat.isascii():  # a list of people may be 100,000 letters long
        return flat
    leftward = any(unicodedata.bidirectional(letter) in {"R", "AL", "AN"} for letter in flat)
    return bidi_isolate(flat) if leftward else flat


_TO_ASCII: Final = {0x3000: 0x20, **{code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}}


def to_half_width(text: str) -> str:
    """Full-width letters, digits and punctuation (East Asian input methods) as ASCII."""
    return text.translate(_TO_ASCII)


APOSTROPHES: Final = "'’‘‛ʼ´`＇′"
"""What stands for an apostrophe: word processors, input methods and keyboards differ."""
_TO_TYPEWRITER: Final = str.maketrans(
    dict.fromkeys(APOSTROPHES, "'") | dict.fromkeys("‐‑‒–—−", "-")
)
_UNDECOMPOSED: Final = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ŧ": "t", "ı": "i", "æ": "ae", "œ": "oe"}
    | {"þ": "th"}
)
"""Letters without a Unicode decomposition, as typed on a keyboard that lacks them."""


def fold(text: str) -> str:
    """Remove case, accents and typography for comparison: `Łukasz O’Shea` → `lukasz o'shea`."""
    if text.isascii():  # most texts, and thousands of them for each key in a filter
        return text.casefold()
    apart = unicodedata.normalize("NFKD", text.translate(_TO_TYPEWRITER).casefold())
    bare = "".join(filterfalse(unicodedata.combining, apart))
    return bare if bare.isascii() else bare.translate(_UNDECOMPOSED)


def pluralize(count: int, noun: str, plural: str = "") -> str:
    """1 field, 1,200 fields; `plural` where it is not the noun with an s."""
    return f"{count:,} {noun if count == 1 else plural or f'{noun}s'}"


def length_problem(text: str, limit: int | None) -> str | None:
    if limit is None or len(text) <= limit:
        return None
    over = pluralize(len(text) - limit, "character")
    return f"{over} too long: ATZ takes at most {limit}."
