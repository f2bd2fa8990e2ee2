"""A field of chips: selecting, moving, removing and copying them with keys and mouse.

What is typed into the box behind them is the business of ChipInput (chip_input.py).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QInputMethodEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QApplication,
    QScrollArea,
    QSizePolicy,
    QStyle,
    QStyleOptionFrame,
    QWidget,
)

from atz_desktop.view.widgets.chip import Chip, one_line
from atz_desktop.view.widgets.chip_line import ChipLineEdit, copy_chips
from atz_desktop.view.widgets.chip_row import ChipRow

_NARROWEST_BOX: Final = 32
_MOST_MEASURED: Final = 300  # letters; so many fill a line of any width, and a paste may be long
_FAR: Final = 10**9
_STEPS: Final = {
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_Home: -_FAR,
    Qt.Key.Key_End: _FAR,
}
_SILENT: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)
_COMMAND: Final = (
    Qt.KeyboardModifier.ControlModifier
    | Qt.KeyboardModifier.AltModifier
    | Qt.KeyboardModifier.MetaModifier
)
_ALT_GR: Final = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
# The user looks at another window or at a menu: the field is not left.
_ELSEWHERE: Final = (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason)
_MIRRORED: Final = Qt.LayoutDirection.RightToLeft


class ChipField(QWidget):
    """Chips in lines with a box behind them. `edited` carries the tuple of chips, and is emitted
    only when the user changed it."""

    edited = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row = ChipRow(self, self)
        self._box = ChipLineEdit(self, self)
        self._anchor = 0
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setFocusProxy(self._box)
        self._box.textChanged.connect(self._arrange)

    def chips(self) -> tuple[Chip, ...]:
        return self._row.chips

    def show_chips(self, chips: Iterable[Chip]) -> None:
        """Show these chips, which the program brings; never emits, keeps focus and typed text."""
        self._show(tuple(chips))

    def is_read_only(self) -> bool:
        return self._box.isReadOnly()

    def set_read_only(self, read_only: bool) -> None:
        """Chips can be looked at and copied, and nothing changes them."""
        self._box.setReadOnly(read_only)
        self._show(self.chips())

    def _show(self, chips: tuple[Chip, ...]) -> None:
        inside = self._has_keys()
        self._row.show_chips(chips, removable=not self.is_read_only())
        self._arrange()
        if inside and not self._has_keys():
            self._box.setFocus()

    def _has_keys(self) -> bool:
        focused = QApplication.focusWidget()
        return focused is not None and self.isAncestorOf(focused)

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
        self._extend_to(len(self.chips()) - 1)

    def _scroll_to(self, widget: QWidget) -> None:
        above = self.parentWidget()
        while above is not None:
            if isinstance(above, QScrollArea):
                above.ensureWidgetVisible(widget, 0, 8)
                return
            above = above.parentWidget()

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

    def chip_removed(self, place: int) -> None:
        self._remove(frozenset({place}), follow=False)

    def chip_key(self, place: int, event: QKeyEvent) -> bool:
        """A key while a chip has the focus; whether it is dealt with."""
        key = event.key()
        if key in (Qt.Key.Key_Backspace, Qt.Key.Key_Delete):
            # A key held down on its way through the text must not run on into the chips.
            if not event.isAutoRepeat() and not self.is_read_only():
                follow = key == Qt.Key.Key_Delete
                self._remove(self._row.selected or frozenset({place}), follow=follow)
        elif key in _STEPS and not event.modifiers() & _COMMAND:
            extend = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._step(place, self._step_of(key), extend=extend)
        elif key == Qt.Key.Key_Escape:
            self._box.setFocus()
        elif key not in _SILENT:
            return self._chip_command(event) or self._type_on(event)
        return True

    def _chip_command(self, event: QKeyEvent) -> bool:
        standard = QKeySequence.StandardKey
        if event.matches(standard.SelectAll):
            self._select_all()
        elif event.matches(standard.Copy):
            self._copy()
        elif event.matches(standard.Cut) and not self.is_read_only():
            self._copy()
            self._remove(self._row.selected, follow=False)
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
        chips = len(self.chips())
        if not chips or self._box.composing or event.isAutoRepeat():
            return False
        at_start = self._box.cursorPosition() == 0 and not self._box.hasSelectedText()
        plain = not event.modifiers() & _COMMAND
        key = event.key()
        if key == Qt.Key.Key_Backspace and not self._box.text() and not self.is_read_only():
            self._select_only(chips - 1)
        elif at_start and plain and key in _STEPS and self._step_of(key) < 0:
            extend = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._anchor = chips - 1
            self._step(chips, self._step_of(key), extend=extend)
        elif event.matches(QKeySequence.StandardKey.SelectAll) and not self._box.text():
            self._select_all()
        else:
            return False
        return True

    def _step_of(self, key: int) -> int:
        step = _STEPS[Qt.Key(key)]
        sideways = key in (Qt.Key.Key_Left, Qt.Key.Key_Right)
        return -step if sideways and self.layoutDirection() == _MIRRORED else step

    def _step(self, place: int, step: int, *, extend: bool) -> None:
        last = len(self.chips()) - 1
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
        if not self._has_keys() and reason not in _ELSEWHERE:
            self._on_focus_left()

    def _on_focus_left(self) -> None:
        """The user works elsewhere now."""
        self._row.select(frozenset())

    def move_focus_out(self, *, forward: bool) -> bool:
        """Tab or Shift+Tab, from the box or a chip, to the next or previous field."""
        self._box.setFocus()
        return QWidget.focusNextPrevChild(self, forward)

    # Changing and copying

    def _remove(self, places: frozenset[int], *, follow: bool) -> None:
        """Take these out for the user; with `follow`, select what moves into their place."""
        gone = [chip for place, chip in enumerate(self.chips()) if place in places]
        if not gone:
            return
        self._box.setFocus()
        self._show(tuple(c for place, c in enumerate(self.chips()) if place not in places))
        if follow and min(places) < len(self.chips()):
            self._select_only(min(places))
        self._announce(f"Removed {', '.join(one_line(chip.text) for chip in gone)}")
        self.edited.emit(self.chips())

    def _copy(self) -> None:
        chips = [self.chips()[place] for place in sorted(self._row.selected)]
        words = (c.text if c.text == c.key else f"{one_line(c.text)} <{c.key}>" for c in chips)
        copy_chips(words, (chip.key for chip in chips))

    def _announce(self, words: str) -> None:
        """Let screen readers say what has just happened; there is no widget whose name it is."""
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, words))

    # Room

    def _box_width(self) -> int:
        """What the box would like: room for all that is written in it."""
        words = (self._box.text() or self._box.placeholderText())[:_MOST_MEASURED]
        return max(_NARROWEST_BOX, self._box.fontMetrics().horizontalAdvance(words) + 16)

    def _arrange(self) -> None:
        lines = self._row.lines
        self._box.setGeometry(self._row.arrange(self.width(), self._box_width()))
        if lines != self._row.lines:
            self.updateGeometry()

    # Qt overrides

    def setAccessibleName(self, name: str) -> None:
        # Not virtual in Qt: whoever names the field names the box, which is what takes the text.
        self._box.setAccessibleName(name)

    def accessibleName(self) -> str:
        return self._box.accessibleName()

    def setAccessibleDescription(self, description: str) -> None:
        self._box.setAccessibleDescription(description)

    def accessibleDescription(self) -> str:
        return self._box.accessibleDescription()

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._row.height_for(width, self._box_width())

    def sizeHint(self) -> QSize:
        return QSize(320, self.heightForWidth(self.width()))

    def minimumSizeHint(self) -> QSize:
        return QSize(160, self.heightForWidth(self.width()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._arrange()
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()
        if self._box.hasFocus():
            self._scroll_to(self._box)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._row.forget_widths()
        if event.type() in (
            QEvent.Type.FontChange,
            QEvent.Type.StyleChange,
            QEvent.Type.LayoutDirectionChange,
        ):
            self._arrange()
            self.updateGeometry()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._box.setFocus(Qt.FocusReason.MouseFocusReason)
        event.accept()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        option = QStyleOptionFrame()
        option.initFrom(self)
        option.lineWidth = self.style().pixelMetric(
            QStyle.PixelMetric.PM_DefaultFrameWidth, option, self
        )
        option.state |= QStyle.StateFlag.State_Sunken
        if self._has_keys():
            option.state |= QStyle.StateFlag.State_HasFocus
        if self.is_read_only():
            option.state |= QStyle.StateFlag.State_ReadOnly
        self.style().drawPrimitive(QStyle.PrimitiveElement.PE_PanelLineEdit, option, painter, self)
        self._row.paint_missing(painter, event.rect())


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
