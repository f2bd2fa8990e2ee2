"""A field of chips: selecting, moving, removing and copying them with keys and mouse.

What is typed into the box behind them is the business of ChipInput (chip_input.py).
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QPoint, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QInputMethodEvent,
    QKeyEvent,
    QKeySequence,
)
from PySide6.QtWidgets import (
    QApplication,
    QWidget,
)

from atz_desktop.view.widgets.chip import Chip, open_chip_menu
from atz_desktop.view.widgets.chip_fold import Fold, fold, is_counted, spoken_names
from atz_desktop.view.widgets.chip_frame import ChipFrame, ChipRow
from atz_desktop.view.widgets.chip_line import ChipLineEdit, copy_chips
from atz_desktop.view.widgets.chip_paint import Mark, one_line
from atz_desktop.view.widgets.labels import announce
from atz_desktop.view.widgets.window_commands import LOOKING_ELSEWHERE

if TYPE_CHECKING:
    from atz_desktop.view.widgets.chip_popup import ChipPopup

_FAR: Final = 10**9
_STEPS: Final = {
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_Home: -_FAR,
    Qt.Key.Key_End: _FAR,
}
_PRESSES: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)
_COMMAND: Final = (
    Qt.KeyboardModifier.ControlModifier
    | Qt.KeyboardModifier.AltModifier
    | Qt.KeyboardModifier.MetaModifier
)
_ALT_GR: Final = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
_MIRRORED: Final = Qt.LayoutDirection.RightToLeft


class ChipField(ChipFrame):
    """Chips in lines with a box behind them. `edited` carries the tuple of chips, and is emitted
    only when the user changed it."""

    edited = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row = ChipRow(self, self)
        self._box = ChipLineEdit(self, self)
        self._anchor = 0
        self._listed: tuple[Chip, ...] = ()
        self._fold = Fold()
        self._popup: ChipPopup | None = None
        self._key_name = "slug"
        self.setFocusProxy(self._box)
        self._box.textChanged.connect(self._arrange)

    def chips(self) -> tuple[Chip, ...]:
        """Who is in the list: without what was removed and what is still to be chosen."""
        return tuple(filter(is_counted, self._listed))

    def listed(self) -> tuple[Chip, ...]:
        """All chips, those that are marked as removed or are folded away included."""
        return self._listed

    def show_chips(self, chips: Iterable[Chip]) -> None:
        """Show these chips, which the program brings; never emits, keeps focus and typed text."""
        self._show(tuple(chips))
        self._show_in_popup()

    def set_read_only(self, read_only: bool) -> None:
        """Chips can be looked at and copied, and nothing changes them."""
        self._box.setReadOnly(read_only)
        self._show(self._listed)

    def _list(self, chips: tuple[Chip, ...]) -> None:
        """Have these from now on. After the user's doing `_show` draws them when it was told: who
        hears of it mostly shows them again, marked as new or removed."""
        if chips != self._listed:
            self._listed, self._fold = chips, fold(chips)

    def _show(self, chips: tuple[Chip, ...]) -> None:
        inside = self._has_keys()
        self._list(chips)
        shown, _places, spoken = self._fold
        self._row.show_chips(shown, spoken, removable=not self.is_read_only())
        self._arrange()
        if inside and not self._has_keys():
            self._box.setFocus()

    # Selecting

    def _select(self, places: Iterable[int], focus: int) -> None:
        self._row.select(frozenset(places))
        button = self._row.button(focus)
        button.setFocus()
        self._scroll_to(button)

    def _select_only(self, place: int) -> None:
        self._anchor = place
        self._select((place,), place)

    def _extend_to(self, place: int) -> None:
        first, last = sorted((self._anchor, place))
        self._select(range(first, last + 1), place)

    def _select_all(self) -> None:
        self._anchor = 0
        self._extend_to(len(self._row.chips) - 1)

    # What the chips and the box tell

    def chip_clicked(self, place: int, modifiers: Qt.KeyboardModifier) -> None:
        """A chip was clicked, or pressed by an assistive tool: it is selected."""
        if modifiers & Qt.KeyboardModifier.ShiftModifier and self._row.selected:
            self._extend_to(place)
        elif modifiers & Qt.KeyboardModifier.ControlModifier:
            self._anchor = place
            self._select(self._row.selected ^ {place}, place)
        else:
            self._select_only(place)
            if self._row.chips[place].mark in (Mark.MORE, Mark.AMBIGUOUS):
                self._activate(place)

    def chip_button_clicked(self, place: int) -> None:
        """The button at the end of a chip: out with it, or in again."""
        places = self._fold.of(frozenset({place}))
        if self._row.chips[place].mark is Mark.REMOVED:
            self._put_back(places)
        else:
            self._remove(places)

    def set_key_name(self, name: str) -> None:
        """What the keys of the chips are called in the menu of each: slug, user ID."""
        self._key_name = name

    def chip_menu(self, place: int, at: QPoint) -> None:
        """A chip was asked for its menu, by mouse or key."""
        self._select_only(place)
        chip = self._row.chips[place]
        pressed = chip.mark in (Mark.MORE, Mark.AMBIGUOUS)
        change = partial(self._activate if pressed else self.chip_button_clicked, place)
        reads = self.is_read_only() and chip.mark is not Mark.MORE
        open_chip_menu(self, at, chip, self._key_name, None if reads else change)

    def _activate(self, place: int) -> None:
        """Enter on a chip, or a click on one that is there for being pressed."""
        mark = self._row.chips[place].mark
        if mark is Mark.REMOVED and not self.is_read_only():
            self._put_back(self._fold.of(frozenset({place})))
        elif mark is Mark.MORE:
            self._open_popup()

    def _open_popup(self) -> None:
        if self._popup is None:
            from atz_desktop.view.widgets.chip_popup import ChipPopup

            self._popup = ChipPopup(self)
            self._popup.remove_requested.connect(self._remove_at)
            self._popup.put_back_requested.connect(self._put_back_at)
        self._popup.open(self._listed, removable=not self.is_read_only())

    def _show_in_popup(self) -> None:
        if self._popup is not None and self._popup.isVisible():
            self._popup.show_chips(self._listed)

    def _remove_at(self, place: int) -> None:
        self._remove(frozenset({place}))

    def _put_back_at(self, place: int) -> None:
        self._put_back(frozenset({place}))

    def chip_key(self, place: int, event: QKeyEvent) -> bool:
        """A key while a chip has the focus; whether it is dealt with."""
        key = event.key()
        if key in (Qt.Key.Key_Backspace, Qt.Key.Key_Delete):
            # A key held down on its way through the text must not run on into the chips.
            if not event.isAutoRepeat() and not self.is_read_only():
                self._remove_selected(place, follow=key == Qt.Key.Key_Delete)
        elif key in _STEPS and not event.modifiers() & _COMMAND:
            extend = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._step(place, self._step_of(key), extend=extend)
        elif key == Qt.Key.Key_Escape:
            self._box.setFocus()
        elif key in _PRESSES:
            self._activate(place)
        else:
            return self._chip_command(event) or self._type_on(event)
        return True

    def _remove_selected(self, place: int, *, follow: bool) -> None:
        """Take out what is selected; with `follow`, select what is next in the list."""
        selected = self._row.selected or frozenset({place})
        first = min(selected)
        if not self._remove(self._fold.of(selected)) or not follow:
            return
        behind = range(first, len(self._row.chips))
        left = (at for at in behind if self._row.chips[at].mark is not Mark.REMOVED)
        if (following := next(left, None)) is not None:
            self._select_only(following)

    def _chip_command(self, event: QKeyEvent) -> bool:
        standard = QKeySequence.StandardKey
        if event.matches(standard.SelectAll):
            self._select_all()
        elif event.matches(standard.Copy):
            self._copy()
        elif event.matches(standard.Cut) and not self.is_read_only():
            self._copy()
            self._remove(self._fold.of(self._row.selected))
        elif event.matches(standard.Paste):
            return self._type_on(event, anyway=True)
        else:
            return False
        return True

    def _type_on(self, event: QKeyEvent, *, anyway: bool = False) -> bool:
        """Letters typed while a chip is selected go into the box; the chip stays."""
        if not anyway and not _is_letter(event):
            return False
        self._box.setFocus()
        QApplication.sendEvent(self._box, event)
        return True

    def chip_composed(self, event: QInputMethodEvent) -> None:
        """An input method composes while a chip is selected: the box shows it at once.

        It gets the focus only when the characters are complete: moving it would end them.
        """
        if self.is_read_only():
            event.ignore()
            return
        QApplication.sendEvent(self._box, event)
        if event.commitString() and not event.preeditString():
            self._box.setFocus()

    def chip_input_query(self, chip: QWidget, query: Qt.InputMethodQuery) -> Any:
        """What an input method wants to know: of the box, seen from the chip."""
        if query == Qt.InputMethodQuery.ImEnabled:
            return not self.is_read_only()
        answer = self._box.inputMethodQuery(query)
        if isinstance(answer, QRect | QRectF):
            return answer.translated(self._box.mapTo(self, QPoint()) - chip.mapTo(self, QPoint()))
        return answer

    def box_key(self, event: QKeyEvent) -> bool:
        """A key in the box that leads to the chips; whether it is dealt with."""
        chips = len(self._row.chips)
        if not chips or self._box.composing or event.isAutoRepeat():
            return False
        at_start = self._box.cursorPosition() == 0 and not self._box.hasSelectedText()
        plain = not event.modifiers() & _COMMAND
        key = event.key()
        if key == Qt.Key.Key_Backspace and not self._box.text() and not self.is_read_only():
            self._select_last()
        elif at_start and plain and key in _STEPS and self._step_of(key) < 0:
            extend = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._anchor = chips - 1
            self._step(chips, self._step_of(key), extend=extend)
        elif event.matches(QKeySequence.StandardKey.SelectAll) and not self._box.text():
            self._select_all()
        else:
            return False
        return True

    def _select_last(self) -> None:
        """Select the last chip that a second Backspace would take out."""
        places = reversed(range(len(self._row.chips)))
        gone = (Mark.REMOVED, Mark.MORE)
        last = next((at for at in places if self._row.chips[at].mark not in gone), None)
        if last is not None:
            self._select_only(last)

    def _step_of(self, key: int) -> int:
        step = _STEPS[Qt.Key(key)]
        sideways = key in (Qt.Key.Key_Left, Qt.Key.Key_Right)
        return -step if sideways and self.layoutDirection() == _MIRRORED else step

    def _step(self, place: int, step: int, *, extend: bool) -> None:
        last = len(self._row.chips) - 1
        to = max(0, place + step)
        if extend:
            self._extend_to(min(to, last))
        elif to > last:
            self._box.setFocus()
        else:
            self._select_only(to)

    def box_focus_moved(self, reason: Qt.FocusReason) -> None:
        """The box has the keys now, or has them no longer."""
        if self._box.hasFocus():
            self._row.select(frozenset())
        self.chip_focus_moved(reason)

    def chip_focus_moved(self, reason: Qt.FocusReason) -> None:
        """A chip has the keys now, or has them no longer."""
        self.update()
        if not self._has_keys() and reason not in LOOKING_ELSEWHERE:
            self._on_focus_left()

    def _on_focus_left(self) -> None:
        """The user works elsewhere now."""
        self._row.select(frozenset())

    def move_focus_out(self, *, forward: bool) -> bool:
        """Tab or Shift+Tab, from the box or a chip, to the next or previous field."""
        self._box.setFocus()
        return QWidget.focusNextPrevChild(self, forward)

    # Changing and copying

    def _remove(self, places: frozenset[int]) -> bool:
        """Take these of the list out for the user; whether any was in it."""
        listed = tuple(enumerate(self._listed))
        gone = [c for at, c in listed if at in places and c.mark is not Mark.REMOVED]
        if not gone:
            return False
        if self._popup is None or not self._popup.isVisible():
            self._box.setFocus()
        self._list(tuple(c for at, c in listed if at not in places or c.mark is Mark.REMOVED))
        announce(self, f"Removed {spoken_names(gone)}")
        self._on_removed(gone)
        self._show(self._listed)
        self._show_in_popup()
        return True

    def _on_removed(self, gone: list[Chip]) -> None:
        if any(map(is_counted, gone)):
            self.edited.emit(self.chips())

    def _put_back(self, places: frozenset[int]) -> None:
        """Take these, which were removed, into the list again."""
        back = [self._listed[at] for at in sorted(places)]
        listed = enumerate(self._listed)
        self._list(tuple(c._replace(mark=Mark.NONE) if at in places else c for at, c in listed))
        announce(self, f"Put back {spoken_names(back)}")
        self.edited.emit(self.chips())
        self._show(self._listed)
        self._show_in_popup()

    def _copy(self) -> None:
        places = sorted(at for shown in self._row.selected for at in self._fold.places[shown])
        chips = [self._listed[at] for at in places]
        words = (c.text if c.text == c.key else f"{one_line(c.text)} <{c.key}>" for c in chips)
        copy_chips(words, (chip.key for chip in chips))


def _is_letter(event: QKeyEvent) -> bool:
    """Whether a key types something, as Qt's own line edits decide.

    AltGr is Ctrl and Alt on Windows; Option, which Qt calls Alt, makes another letter than the one
    on the key. Alt with the letter itself opens a menu.
    """
    text, held = event.text(), event.modifiers() & _COMMAND
    if not text or not text.isprintable():
        return False
    if held == Qt.KeyboardModifier.AltModifier:
        return text.upper() != QKeySequence(event.key()).toString().upper()
    return not held or held == _ALT_GR
