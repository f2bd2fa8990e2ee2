"""A field for several people or things: a chip for each, and a box in which to type the next.

It knows nothing of what its chips stand for: a parser that is handed in turns text into chips, and
whoever knows names hands in suggestions. It behaves like the To: field of a good mail program.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Final, NamedTuple

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from atz_desktop.domain.characters import LINE_ENDS, SEPARATORS
from atz_desktop.view.widgets.chip import Chip, accessible_text
from atz_desktop.view.widgets.chip_field import ChipField
from atz_desktop.view.widgets.chip_fold import is_counted, spoken_names
from atz_desktop.view.widgets.chip_paint import Mark, one_line
from atz_desktop.view.widgets.completer import Completer
from atz_desktop.view.widgets.exact_text import common_affixes
from atz_desktop.view.widgets.labels import announce
from atz_desktop.view.widgets.updating import Updating

__all__ = ["AmbiguousText", "Chip", "ChipInput", "ChipParseResult"]

_SEPARATOR: Final = re.compile(f"[\t{SEPARATORS}{LINE_ENDS}]")
_MOST_SAID: Final = 20
_ENTER: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class AmbiguousText(NamedTuple):
    """A text that may mean any of `choices`, and what is said of that."""

    text: str
    choices: tuple[Chip, ...]
    problem: str


class ChipParseResult(NamedTuple):
    """What a parser made of a text: chips, what it did not understand, and why not."""

    chips: tuple[Chip, ...] = ()
    unparsed: str = ""
    problem: str | None = None
    ambiguous: tuple[AmbiguousText, ...] = ()
    resolve: Callable[[], None] | None = None
    """Begins to find out what the rest may mean, once it stands in the box."""


class ChipInput(ChipField):
    """A field of chips that takes typed and pasted text over with the parser `parse`.

    Enter, a comma, a semicolon, Tab or leaving the field takes the text over. What `parse` does not
    understand stays in the box with its problem; typed text is never dropped. What may mean several
    becomes a chip that lists them. With `single` there is one chip at most, the last one, and any
    text without a line end may be a name. `text_changed` tells of the text that is no value yet,
    `problem_changed` of what is wrong with it.
    """

    text_changed = Signal()
    problem_changed = Signal()
    done = Signal()
    """Enter was pressed or the field was left."""

    def __init__(
        self,
        parse: Callable[[str], ChipParseResult],
        parent: QWidget | None = None,
        *,
        single: bool = False,
    ) -> None:
        super().__init__(parent)
        self._parse = parse
        self._single = single
        self._completer: Completer | None = None
        self._text = ""
        self._updating = Updating()
        self._problem: str | None = None
        self._told_problem: str | None = None
        self._ambiguous: dict[str, AmbiguousText] = {}
        self._choosing = ""
        self._remark = ""
        """What was said last about something harmless, such as that a person is listed."""
        self._placeholder = ""
        self._box.textChanged.connect(self._on_text_changed)

    def pending_text(self) -> str:
        """All text that is no value yet: what is to be chosen, and what stands in the box."""
        return ", ".join(filter(None, (*self._ambiguous, self._box.text())))

    def box_text(self) -> str:
        return self._box.text()

    def show_text(self, text: str) -> None:
        """Show text that a draft kept; it is taken over when the user leaves the box."""
        if text != self.pending_text():
            self._set_ambiguous({})
            self._write_text(text)

    def clear_text(self) -> None:
        """Empty the box: the form shows another record, and has asked before."""
        self._set_ambiguous({})
        self._write_text("")
        self._set_problem(None)

    def problem(self) -> str | None:
        """What is wrong with the text in the box, else what is to be chosen."""
        several = next(iter(self._ambiguous.values()), None)
        return self._problem or (several.problem if several else None)

    def show_chips(self, chips: Iterable[Chip]) -> None:
        super().show_chips((*chips, *self._ambiguous_chips()))

    def _ambiguous_chips(self) -> Iterator[Chip]:
        return (Chip(text, text, mark=Mark.AMBIGUOUS) for text in self._ambiguous)

    def _set_ambiguous(self, ambiguous: dict[str, AmbiguousText]) -> None:
        if ambiguous != self._ambiguous:
            self._ambiguous = ambiguous
            self.show_chips(chip for chip in self.listed() if chip.mark is not Mark.AMBIGUOUS)
            self._tell_problem()

    def set_placeholder(self, words: str) -> None:
        self._placeholder = words
        self._show_hint(self._remark)

    def commit_text(self) -> bool:
        """Take over what is typed; whether nothing is left in the box. Call it before saving."""
        text = self._box.text()
        if not text.strip():
            self._write_text("")
            return True
        if self.is_read_only():
            return False
        taken = self._parse(text)
        self._close_list()
        several = {each.text: each for each in taken.ambiguous}
        self._set_ambiguous(self._ambiguous | several)
        rest = taken.unparsed if taken.unparsed.strip() else ""
        if taken.resolve is not None and _SEPARATOR.search(text[-1]):
            rest += ", "  # somebody types on meanwhile, and that is another name
        self._write_text(rest)
        self._add(taken.chips)
        left = bool(self._box.text())
        if left and taken.resolve is not None:
            taken.resolve()  # first, so that who hears of the problem knows that it is looked into
        self._set_problem((taken.problem or "This was not understood.") if left else None)
        if several and self._box.hasFocus():
            self._choose(next(iter(several)))
        return not left and not several

    def _choose(self, text: str) -> None:
        """List those that a text may mean."""
        self._box.setFocus()
        if self._completer is not None and text in self._ambiguous and not self.is_read_only():
            choices = self._ambiguous[text].choices
            self._completer.show_suggestions(self._box.text(), choices, preselect=False)
            self._choosing = text

    def _activate(self, place: int) -> None:
        chip = self._row.chips[place]
        if chip.mark is Mark.AMBIGUOUS:
            self._choose(chip.key)
        else:
            super()._activate(place)

    def _on_removed(self, gone: list[Chip]) -> None:
        left = {chip.key for chip in gone if chip.mark is Mark.AMBIGUOUS}
        if left:
            self._set_ambiguous({t: each for t, each in self._ambiguous.items() if t not in left})
            self.text_changed.emit()
        super()._on_removed(gone)

    def _add(self, chips: tuple[Chip, ...]) -> None:
        """Add what is new, for the user, and say what is not."""
        if self._single:
            self._replace(chips[-1:])
            return
        listed = {chip.key: chip for chip in self.chips()}
        new: dict[str, Chip] = {}
        again: list[Chip] = []
        for chip in chips:
            if chip.key in listed:
                again.append(listed[chip.key])
            else:
                new[chip.key] = listed[chip.key] = chip
        if new:
            # Who was removed comes back where they were.
            kept = tuple(c if is_counted(c) else new.get(c.key, c) for c in self.listed())
            there = {chip.key for chip in kept}
            shown = (*kept, *(chip for key, chip in new.items() if key not in there))
            self._list(tuple(sorted(shown, key=lambda chip: chip.mark is Mark.AMBIGUOUS)))
            announce(self, f"Added {_spoken_list(list(new.values()))}")
        if again:
            names = ", ".join(dict.fromkeys(one_line(chip.text) for chip in again))
            self._show_hint(f"{names}: already in the list")
            announce(self, self._remark)
        if new:
            self.edited.emit(self.chips())
            self._show(self._listed)

    def _replace(self, chips: tuple[Chip, ...]) -> None:
        if chips:
            self._set_ambiguous({})
            self._list(chips)
            announce(self, f"Chose {spoken_names(chips)}")
            self.edited.emit(chips)
            self._show(self._listed)

    def _show_hint(self, remark: str) -> None:
        """Say something harmless where the user looks: in the empty box."""
        self._remark = remark
        if self._box.placeholderText() != (remark or self._placeholder):
            self._box.setPlaceholderText(remark or self._placeholder)
            self._arrange()

    def reject(self, problem: str) -> None:
        """Say why the text in the box is not taken over."""
        self._set_problem(problem)

    def _set_problem(self, problem: str | None) -> None:
        self._problem = problem
        self._tell_problem()

    def _tell_problem(self) -> None:
        problem = self.problem()
        if problem != self._told_problem:
            self._told_problem = problem
            self.problem_changed.emit()

    def _set_text(self, text: str) -> None:
        with self._updating:
            self._box.setText(text)
        self._text = text

    def _write_text(self, text: str) -> None:
        if text != self._box.text():
            self._set_text(text)
            self.text_changed.emit()

    def _on_text_changed(self, text: str) -> None:
        """The text in the box is another one: typed, pasted, dictated or set by a tool."""
        if self._updating:
            return
        start, end = common_affixes(self._text, text, self._box.cursorPosition())
        put_in = text[start : len(text) - end]
        self._text = text
        self._choosing = ""
        self._show_hint("")
        self._set_problem(None)
        self.text_changed.emit()
        if self._box.is_set_programmatically() or self._is_complete(text, put_in):
            self.commit_text()
        elif self._completer is not None:
            self._completer.on_text_edited()

    def _is_complete(self, text: str, put_in: str) -> bool:
        """Whether the text ends with what was put in, a separator or a pasted key, say."""
        if not self._single:
            return bool(_SEPARATOR.search(put_in))
        return put_in == text and len(text) > 1 and bool(self._parse(text).chips)

    def box_focus_moved(self, reason: Qt.FocusReason) -> None:
        if self._box.hasFocus():
            self._show_hint("")
        super().box_focus_moved(reason)

    def _on_focus_left(self) -> None:
        super()._on_focus_left()
        self._close_list()
        self.commit_text()
        self.done.emit()

    def move_focus_out(self, *, forward: bool) -> bool:
        # Text that was not understood holds Tab back once, to show what is wrong; not for ever.
        if forward and self._problem is None and not self.commit_text():
            self._box.setFocus()
            return True
        return super().move_focus_out(forward=forward)

    def box_key(self, event: QKeyEvent) -> bool:
        if event.key() in _ENTER:
            # In an empty box too: Enter must not press a button of the window.
            self.commit_text()
            self.done.emit()
            return True
        return super().box_key(event)

    # Suggestions

    def set_completer_source(self, find: Callable[[str], None]) -> None:
        """`find` is called with the text as it is typed; answer with `show_suggestions`, now or
        later.
        """
        self._completer = Completer(self._box, find, self)
        self._completer.chosen.connect(self._chosen)

    def show_suggestions(self, text: str, suggestions: tuple[Chip, ...]) -> None:
        """Suggestions for `text`; they are dropped if the box holds another text by now."""
        if self._completer is None or self.is_read_only():
            return
        self._choosing = ""
        listed = {chip.key for chip in self.chips()}
        new = tuple(chip for chip in suggestions if chip.key not in listed)
        # A text that stands for itself is taken as it is: nothing is guessed over it, nor between
        # people of one name.
        taken = self._parse(text)
        complete = bool(taken.chips) and not taken.unparsed.strip()
        meant = sum(chip.text.casefold() == text.strip().casefold() for chip in new)
        self._completer.show_suggestions(text, new, preselect=not complete and meant < 2)

    def _close_list(self) -> None:
        if self._completer is not None:
            self._completer.close()

    def _chosen(self, chip: Chip) -> None:
        meant, self._choosing = self._choosing, ""
        if meant in self._ambiguous:
            self._set_ambiguous({t: each for t, each in self._ambiguous.items() if t != meant})
            self.text_changed.emit()
        else:
            self._write_text("")
            self._set_problem(None)
        self._add((chip,))


def _spoken_list(chips: list[Chip]) -> str:
    """Chips for a screen reader; of very many the first ones, and how many more."""
    said = [accessible_text(chip) for chip in chips[:_MOST_SAID]]
    more = len(chips) - len(said)
    return "; ".join([*said, f"and {more:,} more"] if more else said)
