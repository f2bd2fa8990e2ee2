"""One chip: a name with a small button behind it, seen, clicked, focused and read out by itself;
and the menu of one.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Final, NamedTuple, Protocol

from PySide6.QtCore import QEvent, QPoint, QRectF, Qt
from PySide6.QtGui import (
    QContextMenuEvent,
    QEnterEvent,
    QFocusEvent,
    QGuiApplication,
    QInputMethodEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractButton, QMenu, QWidget

from atz_desktop.view.theme import colours
from atz_desktop.view.widgets.chip_paint import (
    ChipState,
    Mark,
    button_rect,
    one_line,
    paint_chip,
    paint_cross,
    paint_put_back,
)
from atz_desktop.view.widgets.labels import plain_tip

_SPOKEN_MARKS: Final = {
    Mark.ADDED: "added, not saved yet",
    Mark.REMOVED: "removed, not saved yet",
    Mark.AMBIGUOUS: "several are called so, press Enter to choose",
}
_VERBS: Final = {Mark.REMOVED: "Put back", Mark.AMBIGUOUS: "Choose…", Mark.MORE: "Show all"}


class Chip(NamedTuple):
    """Something chosen: `key` identifies it, `text` names it, `tip` says more.

    `detail` tells it from its namesakes in a list of suggestions. `unverified` is shown: nobody has
    confirmed yet that the key exists.
    """

    key: str
    text: str
    tip: str = ""
    unverified: bool = False
    mark: Mark = Mark.NONE
    detail: str = ""


class ChipOwner(Protocol):
    """What a chip tells, to whom it belongs."""

    def chip_clicked(self, place: int, modifiers: Qt.KeyboardModifier) -> None: ...
    def chip_button_clicked(self, place: int) -> None: ...
    def chip_menu(self, place: int, at: QPoint) -> None: ...
    def chip_key(self, place: int, event: QKeyEvent) -> bool: ...
    def chip_composed(self, event: QInputMethodEvent) -> None: ...
    def chip_input_query(self, chip: QWidget, query: Qt.InputMethodQuery) -> Any: ...
    def chip_focus_moved(self, reason: Qt.FocusReason) -> None: ...
    def move_focus_out(self, *, forward: bool) -> bool: ...


def accessible_text(chip: Chip) -> str:
    """The chip in words: name, key unless the name is the key, and what is not certain."""
    parts = [one_line(chip.text)]
    if chip.key != chip.text and chip.mark not in (Mark.MORE, Mark.AMBIGUOUS):
        parts.append(chip.key)
    if chip.unverified:
        parts.append("not verified")
    if chip.mark in _SPOKEN_MARKS:
        parts.append(_SPOKEN_MARKS[chip.mark])
    return ", ".join(parts)


class ChipButton(QAbstractButton):
    """One chip of a ChipInput. The owner tells it its place and whether it is selected."""

    def __init__(self, parent: QWidget, owner: ChipOwner) -> None:
        super().__init__(parent)
        self._owner = owner
        self.chip = Chip("", "")
        self.place = 0
        self.selected = False
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)
        self._remove = _RemoveButton(self)
        self.clicked.connect(self._chosen)

    def show_chip(self, chip: Chip, place: int, spoken_place: str, *, removable: bool) -> None:
        """Show `chip` at `place` (from 0); `spoken_place` is what screen readers hear of it."""
        self.place = place
        name = ", ".join(filter(None, (accessible_text(chip), spoken_place)))
        if name != self.accessibleName():
            self.setAccessibleName(name)
        if chip != self.chip:
            self.chip = chip
            verb = "Put back" if chip.mark is Mark.REMOVED else "Remove"
            self._remove.setAccessibleName(f"{verb} {one_line(chip.text)}")
            self.update()
        removable = removable and chip.mark is not Mark.MORE
        if removable is self._remove.isHidden():
            self._remove.setVisible(removable)

    def show_selected(self, selected: bool) -> None:
        if selected != self.selected:
            self.selected = selected
            self.update()

    def _chosen(self) -> None:
        # Assistive tools press; the mouse is handled below, with its modifiers.
        self._owner.chip_clicked(self.place, Qt.KeyboardModifier.NoModifier)

    def button_clicked(self) -> None:
        self._owner.chip_button_clicked(self.place)

    def _place_remove(self) -> None:
        room = button_rect(self.rect(), self.layoutDirection())
        self._remove.setGeometry(room.toRect())

    def _tip(self) -> str:
        lines = [self.chip.text, self.chip.tip or self.chip.key]
        if self.chip.unverified:
            lines.append("Not verified")
        lines.append(_SPOKEN_MARKS.get(self.chip.mark, "").capitalize())
        return "\n".join(dict.fromkeys(filter(None, lines)))

    # Qt overrides

    def enterEvent(self, event: QEnterEvent) -> None:
        # Made when it may be wanted; screen readers get the words without the markup.
        tip = self._tip()
        self.setToolTip(plain_tip(tip))
        self.setAccessibleDescription(tip)
        super().enterEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setLayoutDirection(self.layoutDirection())
        look = ChipState(
            mark=self.chip.mark,
            unverified=self.chip.unverified,
            selected=self.selected,
            hovered=self.underMouse() and self.isEnabled(),
            focused=self.hasFocus(),
            removable=self._remove.isVisibleTo(self),
            enabled=self.isEnabled(),
        )
        paint_chip(painter, self.rect(), self.chip.text, look)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._place_remove()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LayoutDirectionChange:
            self._place_remove()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._owner.chip_clicked(self.place, event.modifiers())
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        at = self.mapToGlobal(self.rect().bottomLeft()) if by_key else event.globalPos()
        self._owner.chip_menu(self.place, at)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.setAccepted(self._owner.chip_key(self.place, event))

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        self._owner.chip_composed(event)

    def inputMethodQuery(self, query: Qt.InputMethodQuery) -> Any:
        return self._owner.chip_input_query(self, query)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._owner.chip_focus_moved(event.reason())

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._owner.chip_focus_moved(event.reason())

    def focusNextPrevChild(self, forward: bool) -> bool:
        return self._owner.move_focus_out(forward=forward)


class _RemoveButton(QAbstractButton):
    def __init__(self, chip: ChipButton) -> None:
        super().__init__(chip)
        self._chip = chip
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self.clicked.connect(chip.button_clicked)

    # Qt overrides

    def enterEvent(self, event: QEnterEvent) -> None:
        self.setToolTip(plain_tip(self.accessibleName()))
        self.setAccessibleDescription(self.accessibleName())
        super().enterEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self.underMouse() or not self.isEnabled():
            return  # at rest the × is painted with the chip
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tones = colours()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tones["on_chip_selected" if self._chip.selected else "muted"])
        middle = QRectF(self.rect()).center()
        painter.drawEllipse(middle, 9.0, 9.0)
        paint = paint_put_back if self._chip.chip.mark is Mark.REMOVED else paint_cross
        paint(painter, middle, tones["chip_selected" if self._chip.selected else "chip"])


def open_chip_menu(
    field: QWidget, at: QPoint, chip: Chip, key_name: str, change: Callable[[], None] | None
) -> None:
    """Open the menu of a chip at a place of the screen. `change` is what the chip is there for
    (None: it can only be read), `key_name` what its key is called: slug, user ID.
    """
    menu = QMenu(field)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    copy = QGuiApplication.clipboard().setText
    if chip.mark not in (Mark.AMBIGUOUS, Mark.MORE):
        if chip.text != chip.key:
            menu.addAction("Copy name", partial(copy, one_line(chip.text)))
        menu.addAction(f"Copy {key_name}", partial(copy, chip.key))
    if change is not None:
        menu.addAction(_VERBS.get(chip.mark, "Remove"), change)
    if menu.actions():
        menu.popup(at)
