"""Word diff of two texts in bounded time."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from enum import Enum

from atz_desktop.domain.quick_dataclass import dataclass


class ChangeType(Enum):
    """How a segment differs."""

    UNCHANGED = "same"
    REMOVED = "removed"
    ADDED = "added"
    ELIDED = "left out"
    """A placeholder for omitted text; contains its length."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of text: unchanged, removed or added."""

    text: str
    type: ChangeType

    @property
    def display_text(self) -> str:
        """The text; whitespace that was added or removed is made visible."""
        if self.type not in {ChangeType.REMOVED, ChangeType.ADDED}:
            return self.text
        text = self.text.translate(_VISIBLE_BLANKS) if self.text.isspace() else self.text
        return _LINE_END.sub("↵\n", text)


_VISIBLE_BLANKS = str.maketrans({" ": "·", "\t": "→", "\u00a0": "⍽", "\u202f": "⍽"})
_LINE_END = re.compile("\r\n|[\r\n\u2028\u2029]")

# A word with the blanks behind it. Chinese and Japanese set no blanks: each character counts.
_CJK = "\u3040-\u30ff\u3400-\u9fff"
_WORD = re.compile(rf"[{_CJK}]\s*|[^\s{_CJK}]+\s*|\s+")

# difflib's time grows with the pairs of equal words, and with the number of words times that of
# changes. With these limits the worst text takes well under half a second, a usual one a few
# milliseconds. Longer ones are compared by lines, and within lines that differ by words.
_MAX_WORDS = 1500
_MAX_PAIRS = 30_000
_MAX_BLOCK_WORDS = 200
_MAX_BLOCK_PAIRS = 2_000


def word_diff(old: str, new: str) -> tuple[Segment, ...]:
    """Segments in reading order; of each change, removed before added.

    UNCHANGED + REMOVED is exactly `old`, UNCHANGED + ADDED exactly `new`. In texts beyond the
    limits, everything between the first and the last change counts as changed.
    """
    before, after = _WORD.findall(old), _WORD.findall(new)
    head = _common_prefix_length(before, after)
    tail = _common_prefix_length(before[head:][::-1], after[head:][::-1])
    start = "".join(before[:head])
    end = "".join(before[len(before) - tail :])
    middle = _diff_middle(before[head : len(before) - tail], after[head : len(after) - tail])
    return _coalesce(
        [Segment(start, ChangeType.UNCHANGED), *middle, Segment(end, ChangeType.UNCHANGED)]
    )


def _diff_middle(before: list[str], after: list[str]) -> list[Segment]:
    if _within_limits(before, after, _MAX_WORDS, _MAX_PAIRS):
        return _diff_words(before, after)
    old, new = "".join(before), "".join(after)
    old_lines, new_lines = old.splitlines(keepends=True), new.splitlines(keepends=True)
    if _within_limits(old_lines, new_lines, _MAX_WORDS, _MAX_PAIRS):
        return _diff_lines(old_lines, new_lines)
    return _replacement(old, new)


def _diff_lines(before: list[str], after: list[str]) -> list[Segment]:
    found: list[Segment] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, before, after, False).get_opcodes():
        old, new = "".join(before[i1:i2]), "".join(after[j1:j2])
        words, new_words = _WORD.findall(old), _WORD.findall(new)
        if tag == "equal":
            found.append(Segment(old, ChangeType.UNCHANGED))
        elif _within_limits(words, new_words, _MAX_BLOCK_WORDS, _MAX_BLOCK_PAIRS):
            found += _diff_words(words, new_words)
        else:
            found += _replacement(old, new)
    return found


def _diff_words(before: list[str], after: list[str]) -> list[Segment]:
    found: list[Segment] = []
    matcher = SequenceMatcher(None, _stripped(before), _stripped(after), False)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            for old, new in zip(before[i1:i2], after[j1:j2], strict=True):
                found += _equal_word(old, new)
        else:
            found += _replacement("".join(before[i1:i2]), "".join(after[j1:j2]))
    return found


def _equal_word(old: str, new: str) -> list[Segment]:
    """Equal words; the whitespace after them may differ."""
    if old == new:
        return [Segment(old, ChangeType.UNCHANGED)]
    word = old.rstrip()
    return [Segment(word, ChangeType.UNCHANGED), *_replacement(old[len(word) :], new[len(word) :])]


def _replacement(old: str, new: str) -> list[Segment]:
    return [Segment(old, ChangeType.REMOVED), Segment(new, ChangeType.ADDED)]


def _coalesce(segments: Iterable[Segment]) -> tuple[Segment, ...]:
    """Merge neighbours of one type; within a run of changes, removed before added.

    Common trailing whitespace of a run counts as unchanged.
    """
    found: list[Segment] = []
    pieces: dict[ChangeType, list[str]] = {mark: [] for mark in ChangeType}

    def flush() -> None:
        same, old, new = (
            "".join(pieces[mark])
            for mark in (ChangeType.UNCHANGED, ChangeType.REMOVED, ChangeType.ADDED)
        )
        blanks = _common_trailing_space(old, new)
        told = (
            Segment(same, ChangeType.UNCHANGED),
            Segment(old[: len(old) - blanks], ChangeType.REMOVED),
            Segment(new[: len(new) - blanks], ChangeType.ADDED),
        )
        found.extend(segment for segment in told if segment.text)
        for each in pieces.values():
            each.clear()
        pieces[ChangeType.UNCHANGED].append(old[len(old) - blanks :])

    for segment in segments:
        if segment.type is ChangeType.UNCHANGED and (
            pieces[ChangeType.REMOVED] or pieces[ChangeType.ADDED]
        ):
            flush()
        if segment.text:
            pieces[segment.type].append(segment.text)
    flush()
    flush()
    return tuple(found)


def _common_trailing_space(old: str, new: str) -> int:
    count = 0
    for one, other in zip(reversed(old), reversed(new), strict=False):
        if one != other or not one.isspace():
            break
        count += 1
    return count


def _common_prefix_length(before: Sequence[str], after: Sequence[str]) -> int:
    count = 0
    for one, other in zip(before, after, strict=False):
        if one != other:
            break
        count += 1
    return count


def _stripped(words: list[str]) -> list[str]:
    return [word.rstrip() or word for word in words]


def _within_limits(before: list[str], after: list[str], max_items: int, max_pairs: int) -> bool:
    if max(len(before), len(after)) > max_items:
        return False
    times = Counter(_stripped(after))
    return sum(times[word] for word in _stripped(before)) <= max_pairs


CONTEXT_LENGTH = 160
"""Characters of unchanged context around a change."""
MAX_LENGTH = 6000
"""Maximum length of one changed segment."""


def elide(segments: tuple[Segment, ...]) -> tuple[Segment, ...]:
    """Replace long unchanged stretches by ELIDED segments."""
    found: list[Segment] = []
    last = len(segments) - 1
    for place, segment in enumerate(segments):
        if segment.type is ChangeType.UNCHANGED:
            head = 0 if place == 0 else CONTEXT_LENGTH
            tail = 0 if place == last else CONTEXT_LENGTH
            found += _cut(segment, head, tail, "unchanged")
        else:
            found += _cut(segment, MAX_LENGTH // 2, MAX_LENGTH // 2, "more")
    return tuple(found)


def elide_text(text: str, max_length: int = MAX_LENGTH) -> str:
    """Elide the middle of a text of more than about `max_length` characters."""
    segment = Segment(text, ChangeType.UNCHANGED)
    return "".join(s.text for s in _cut(segment, max_length // 2, max_length // 2, "more"))


def _cut(segment: Segment, head: int, tail: int, what: str) -> list[Segment]:
    text = segment.text
    if len(text) <= head + tail + CONTEXT_LENGTH // 2:
        return [segment]
    start = text.rfind(" ", max(0, head - 30), head) + 1 or head
    end = text.find(" ", len(text) - tail, len(text) - tail + 30)
    end = len(text) - tail if end < 0 else end
    left_out = f" … {end - start:,} {what} characters … "
    return [
        Segment(text[:start], segment.type),
        Segment(left_out, ChangeType.ELIDED),
        Segment(text[end:], segment.type),
    ]
