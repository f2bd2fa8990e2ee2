"""What changed between two texts, word by word, in bounded time."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import Enum


class ChangeType(Enum):
    """What a piece of text is in the difference."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"
    LEFT_OUT = "left out"
    """Stands for text that is not shown; says how much."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of text, and whether it stays, goes or comes."""

    text: str
    mark: ChangeType

    @property
    def shown(self) -> str:
        """The text; in what goes or comes, line ends and lone blanks are made visible."""
        if self.mark not in {ChangeType.REMOVED, ChangeType.ADDED}:
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
_MOST_WORDS = 1500
_MOST_PAIRS = 30_000
_MOST_WORDS_OF_A_BLOCK = 200
_MOST_PAIRS_OF_A_BLOCK = 2_000


def word_diff(old: str, new: str) -> tuple[Segment, ...]:
    """The pieces that stay, go and come, in reading order; each change is removed, then added.

    What stays and goes is exactly `old`, what stays and comes is exactly `new`. Of texts too long
    to be compared by words or lines, all between the first and the last change counts as changed.
    """
    before, after = _WORD.findall(old), _WORD.findall(new)
    head = _common(before, after)
    tail = _common(before[head:][::-1], after[head:][::-1])
    start = "".join(before[:head])
    end = "".join(before[len(before) - tail :])
    middle = _middle(before[head : len(before) - tail], after[head : len(after) - tail])
    return _joined([Segment(start, ChangeType.SAME), *middle, Segment(end, ChangeType.SAME)])


def _middle(before: list[str], after: list[str]) -> list[Segment]:
    if _quick(before, after, _MOST_WORDS, _MOST_PAIRS):
        return _compared(before, after)
    old, new = "".join(before), "".join(after)
    old_lines, new_lines = old.splitlines(keepends=True), new.splitlines(keepends=True)
    if _quick(old_lines, new_lines, _MOST_WORDS, _MOST_PAIRS):
        return _by_lines(old_lines, new_lines)
    return _replaced(old, new)


def _by_lines(before: list[str], after: list[str]) -> list[Segment]:
    found: list[Segment] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, before, after, False).get_opcodes():
        old, new = "".join(before[i1:i2]), "".join(after[j1:j2])
        words, new_words = _WORD.findall(old), _WORD.findall(new)
        if tag == "equal":
            found.append(Segment(old, ChangeType.SAME))
        elif _quick(words, new_words, _MOST_WORDS_OF_A_BLOCK, _MOST_PAIRS_OF_A_BLOCK):
            found += _compared(words, new_words)
        else:
            found += _replaced(old, new)
    return found


def _compared(before: list[str], after: list[str]) -> list[Segment]:
    found: list[Segment] = []
    matcher = SequenceMatcher(None, _bare(before), _bare(after), False)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            for old, new in zip(before[i1:i2], after[j1:j2], strict=True):
                found += _same_word(old, new)
        else:
            found += _replaced("".join(before[i1:i2]), "".join(after[j1:j2]))
    return found


def _same_word(old: str, new: str) -> list[Segment]:
    """The word stays; the blanks behind it may differ."""
    if old == new:
        return [Segment(old, ChangeType.SAME)]
    word = old.rstrip()
    return [Segment(word, ChangeType.SAME), *_replaced(old[len(word) :], new[len(word) :])]


def _replaced(old: str, new: str) -> list[Segment]:
    return [Segment(old, ChangeType.REMOVED), Segment(new, ChangeType.ADDED)]


def _joined(segments: Iterable[Segment]) -> tuple[Segment, ...]:
    """Neighbours of one mark in one piece; of a run of changes, all that goes before what comes.

    Blanks that a run of changes ends with on both sides stay.
    """
    found: list[Segment] = []
    pieces: dict[ChangeType, list[str]] = {mark: [] for mark in ChangeType}

    def flush() -> None:
        same, old, new = (
            "".join(pieces[mark])
            for mark in (ChangeType.SAME, ChangeType.REMOVED, ChangeType.ADDED)
        )
        blanks = _common_blanks(old, new)
        told = (
            Segment(same, ChangeType.SAME),
            Segment(old[: len(old) - blanks], ChangeType.REMOVED),
            Segment(new[: len(new) - blanks], ChangeType.ADDED),
        )
        found.extend(segment for segment in told if segment.text)
        for each in pieces.values():
            each.clear()
        pieces[ChangeType.SAME].append(old[len(old) - blanks :])

    for segment in segments:
        if segment.mark is ChangeType.SAME and (
            pieces[ChangeType.REMOVED] or pieces[ChangeType.ADDED]
        ):
            flush()
        if segment.text:
            pieces[segment.mark].append(segment.text)
    flush()
    flush()
    return tuple(found)


def _common_blanks(old: str, new: str) -> int:
    count = 0
    for one, other in zip(reversed(old), reversed(new), strict=False):
        if one != other or not one.isspace():
            break
        count += 1
    return count


def _common(before: Sequence[str], after: Sequence[str]) -> int:
    count = 0
    for one, other in zip(before, after, strict=False):
        if one != other:
            break
        count += 1
    return count


def _bare(words: list[str]) -> list[str]:
    return [word.rstrip() or word for word in words]


def _quick(before: list[str], after: list[str], most: int, most_pairs: int) -> bool:
    if max(len(before), len(after)) > most:
        return False
    times = Counter(_bare(after))
    return sum(times[word] for word in _bare(before)) <= most_pairs


AROUND = 160
"""Characters of unchanged text that are shown on each side of a change."""
MOST_SHOWN = 6000
"""Characters of one changed piece that are shown at most."""


def shortened(segments: tuple[Segment, ...]) -> tuple[Segment, ...]:
    """The difference with long unchanged stretches left out, so that the changes are in sight."""
    found: list[Segment] = []
    last = len(segments) - 1
    for place, segment in enumerate(segments):
        if segment.mark is ChangeType.SAME:
            head = 0 if place == 0 else AROUND
            tail = 0 if place == last else AROUND
            found += _cut(segment, head, tail, "unchanged")
        else:
            found += _cut(segment, MOST_SHOWN // 2, MOST_SHOWN // 2, "more")
    return tuple(found)


def clipped(text: str, most: int = MOST_SHOWN) -> str:
    """A text of more than about `most` characters with its middle left out."""
    segment = Segment(text, ChangeType.SAME)
    return "".join(s.text for s in _cut(segment, most // 2, most // 2, "more"))


def _cut(segment: Segment, head: int, tail: int, what: str) -> list[Segment]:
    text = segment.text
    if len(text) <= head + tail + AROUND // 2:
        return [segment]
    start = text.rfind(" ", max(0, head - 30), head) + 1 or head
    end = text.find(" ", len(text) - tail, len(text) - tail + 30)
    end = len(text) - tail if end < 0 else end
    left_out = f" … {end - start:,} {what} characters … "
    return [
        Segment(text[:start], segment.mark),
        Segment(left_out, ChangeType.LEFT_OUT),
        Segment(text[end:], segment.mark),
    ]
