"""The exact text that was loaded, kept beside the form of it that a text widget can show.

Qt's text widgets rewrite what they are given: CR LF becomes one paragraph end, some characters
are dropped. So the text is kept in units, one for each character on the screen, and a person's
change is carried over to the units that it touched, and to no other.
"""

from __future__ import annotations

import re
from typing import Final

_BREAKS: Final = frozenset("\n\r\v\f\x85\u2028\u2029")
_ONE_LINE_BREAKS: Final = re.compile(f"[{''.join(_BREAKS)}]+")
_STAND_IN: Final = "\ufffd"
# Qt ends a paragraph at the first two, takes the next two for byte-order marks and drops them (with
# all that follows, or turns it round), and cannot hold half of a surrogate pair.
_UNSHOWABLE: Final = re.compile("[\ufdd0\ufdd1\ufeff\ufffe\ud800-\udfff]")
PARAGRAPH: Final = "\u2029"


class TextBuffer:
    """One text, loaded or edited. With `lines`, breaks are shown as the ends of paragraphs."""

    def __init__(self, text: str | None, *, lines: bool) -> None:
        self._loaded = text
        self._lines = lines
        self._loaded_units = _units(text or "")
        self._units = self._loaded_units
        self.value = text
        """The loaded text with the user's changes; if it looks as loaded, exactly the loaded."""
        self._break = _usual_break(text or "")
        self.shown = self._loaded_shown = _showable(text or "", lines=lines)

    def update(self, shown: str, caret: int) -> bool:
        """Take over what stands on the screen now; whether that was a change.

        `caret` (in code points) says which of two equal neighbours was typed or deleted. A single
        line joins the lines of what was put in: `shown` may differ from what was given.
        """
        if shown == self.shown:
            return False
        start, rest = common_affixes(self.shown, shown, caret)
        put_in = shown[start : len(shown) - rest]
        if not self._lines:
            put_in = _ONE_LINE_BREAKS.sub(" ", _trimmed(put_in))
        tail = len(self.shown) - rest
        self.shown = self.shown[:start] + put_in + self.shown[tail:]
        if self.shown == self._loaded_shown:
            self._units, self.value = self._loaded_units, self._loaded
        else:
            typed = [self._break if each in _BREAKS else each for each in put_in]
            if self._units is self._loaded_units:
                self._units = self._loaded_units.copy()
            self._units[start:tail] = typed
            self.value = "".join(self._units)
        return True


# Without regular expressions: those take a second for a text of 5 MB.


def _units(text: str) -> list[str]:
    """Each character; CR LF is one."""
    first, *rest = text.split("\r\n")
    units = list(first)
    for piece in rest:
        units.append("\r\n")
        units.extend(piece)
    return units


def _showable(text: str, *, lines: bool) -> str:
    """The text as Qt keeps it, one character for each unit."""
    if not text.isascii():
        text = _UNSHOWABLE.sub(_STAND_IN, text)
    text = text.replace("\r\n", "\n")
    return text.replace("\n", PARAGRAPH).replace("\r", PARAGRAPH) if lines else text


def common_affixes(old: str, new: str, caret: int) -> tuple[int, int]:
    """Where two texts part: the length of their common beginning, and of their common end.

    Where several answers are right (one of two equal letters is new), the one that leaves alone
    what stands behind the caret of the new text.
    """
    least = min(len(old), len(new))
    start = _common(old[:least], new[:least])
    end = _common(old[len(old) - least :][::-1], new[len(new) - least :][::-1])
    if start + end > least:
        end = min(max(len(new) - caret, least - start), end)
        start = least - end
    return start, end


def _common(one: str, other: str) -> int:
    """Length of the common beginning of two texts of equal length, found by halving."""
    low, high = 0, len(one)
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _usual_break(text: str) -> str:
    both = text.count("\r\n")
    counts = {"\n": text.count("\n") - both, "\r\n": both, "\r": text.count("\r") - both}
    return max(counts, key=lambda each: counts[each])


def _trimmed(text: str) -> str:
    """Without the line breaks at both ends: a cell copied from a spreadsheet brings one along."""
    first, last = 0, len(text)
    while first < last and text[first] in _BREAKS:
        first += 1
    while last > first and text[last - 1] in _BREAKS:
        last -= 1
    return text[first:last]


def code_points(text: str, position: int) -> int:
    """Qt counts UTF-16 units, Python code points: the position of a cursor in Python's terms."""
    return len(
        text.encode("utf-16-le", "surrogatepass")[: 2 * position].decode("utf-16-le", "ignore")
    )


def utf16_units(text: str, position: int) -> int:
    """The same the other way round."""
    return len(text[:position].encode("utf-16-le", "surrogatepass")) // 2
