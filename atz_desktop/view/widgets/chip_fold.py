"""What a chip field shows of a long list: its beginning, what is changed, and "+48 more"."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import Final, NamedTuple

from atz_desktop.view.widgets.chip import Chip
from atz_desktop.view.widgets.chip_paint import Mark, one_line

SHOWN: Final = 12
"""Chips of a list that are always shown, from its beginning."""
_CHANGED_SHOWN: Final = 12
"""Chips behind them that are shown because they are changed, from the end."""
_MOST_SAID: Final = 20
_MORE_KEY: Final = "\0more"
_KEPT, _ADDED = Mark.NONE, Mark.ADDED  # to name a member of an enum costs as much as to call


class Fold(NamedTuple):
    """The chips to show. `places` says for each which ones of the list it stands for, and `spoken`
    what screen readers hear of its place."""

    chips: tuple[Chip, ...] = ()
    places: tuple[tuple[int, ...], ...] = ()
    spoken: tuple[str, ...] = ()

    def of(self, shown: frozenset[int]) -> frozenset[int]:
        """The places in the list of the chips shown there. "+48 more" counts only between others:
        a key on it alone must not take out 48 people."""
        alone = len(shown) == 1
        return frozenset(
            place
            for at in shown
            if not (alone and self.chips[at].mark is Mark.MORE)
            for place in self.places[at]
        )


def is_counted(chip: Chip) -> bool:
    """Whether the chip is in the list as it would be saved."""
    return chip.mark is _KEPT or chip.mark is _ADDED


def fold(chips: tuple[Chip, ...]) -> Fold:
    """Fold a list of more than `SHOWN` chips; linear time."""
    places = range(len(chips))
    marks = [chip.mark for chip in chips]
    counted = [mark is _KEPT or mark is _ADDED for mark in marks]
    changed = [place for place in places[SHOWN:] if marks[place] is not _KEPT]
    behind = changed[-_CHANGED_SHOWN:]
    kept = frozenset(behind)
    hidden = tuple(place for place in places[SHOWN:] if place not in kept)
    numbers = list(accumulate(counted, initial=0))
    total = numbers[-1]

    def show(place: int) -> tuple[tuple[int, ...], Chip, str]:
        spoken = f"chip {numbers[place + 1]} of {total}" if counted[place] else ""
        return (place,), chips[place], spoken

    shown = [show(place) for place in places[:SHOWN]]
    if hidden:
        more = _more(len(hidden), sum(counted[place] for place in hidden))
        shown.append((hidden, more, f"press Enter to see all {total}"))
    shown += [show(place) for place in behind]
    return Fold(
        tuple(chip for _places, chip, _words in shown),
        tuple(stands_for for stands_for, _chip, _words in shown),
        tuple(words for _places, _chip, words in shown),
    )


def _more(hidden: int, counted: int) -> Chip:
    gone = hidden - counted
    words = [f"+{counted:,} more" if counted else "", f"{gone:,} removed" if gone else ""]
    return Chip(_MORE_KEY, ", ".join(filter(None, words)), "Show all", mark=Mark.MORE)


def spoken_names(chips: Sequence[Chip]) -> str:
    """Names for a screen reader; of very many the first ones, and how many more."""
    names = [one_line(chip.text) for chip in chips[:_MOST_SAID]]
    more = len(chips) - len(names)
    return ", ".join([*names, f"and {more:,} more"] if more else names)
