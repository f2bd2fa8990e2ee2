"""One chip: a name with a small × behind it, seen, clicked, focused and read out by itself."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, Final, NamedTuple, Protocol

from PySide6.QtCore import QEvent, QLineF, QPoint, QPointF, QRect, QRectF, QSizeF, Qt
from PySide6.QtGui import (
    QColor,
    QEnterEvent,
    QFocusEvent,
    QFont,
    QFontMetrics,
    QGuiApplication,
    QInputMethodEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QPixmapCache,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractButton, QWidget

from atz_desktop.domain.characters import remove_bidi_overrides
from atz_desktop.view.theme import colours, plain_tip

_PAD: Final = 10
_REMOVE: Final = 24  # width of the × with what may be hit around it
_RADIUS: Final = 6
_WIDEST: Final = 34  # in average letters; longer names are elided
_CROSS: Final = 3.5  # half the side of the ×
_ALIGN: Final = (
    Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeading | Qt.TextFlag.TextSingleLine
)
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


class Chip(NamedTuple):
    """Something chosen: `key` identifies it, `text` names it, `tip` says more.

    `unverified` is shown: nobody has confirmed yet that the key exists.
    """

    key: str
    text: str
    tip: str = ""
    unverified: bool = False


class ChipOwner(Protocol):
    """What a chip tells, to whom it belongs."""

    def chip_clicked(self, place: int, modifiers: Qt.KeyboardModifier) -> None: ...
    def chip_removed(self, place: int) -> None: ...
    def chip_key(self, place: int, event: QKeyEvent) -> bool: ...
    def chip_composed(self, event: QInputMethodEvent) -> None: ...
    def chip_input_query(self, chip: QWidget, query: Qt.InputMethodQuery) -> Any: ...
    def chip_focus_moved(self, reason: Qt.FocusReason) -> None: ...
    def move_focus_out(self, *, forward: bool) -> bool: ...


def one_line(text: str) -> str:
    """Foreign text as one line: line breaks and control characters become spaces."""
    return _CONTROL.sub(" ", remove_bidi_overrides(text))


def chip_height(metrics: QFontMetrics) -> int:
    """At least 24 pixels: the smallest target that WCAG 2.2 (2.5.8) lets stand."""
    return max(24, metrics.height() + 6)


def chip_width(chip: Chip, metrics: QFontMetrics, *, removable: bool) -> int:
    """The width that the chip would like, before any line is too narrow for it."""
    words = metrics.horizontalAdvance(one_line(chip.text))
    widest = _WIDEST * metrics.averageCharWidth()
    return min(words, widest) + _PAD + (_REMOVE if removable else _PAD) + 1


def accessible_text(chip: Chip) -> str:
    """The chip in words: name, key unless the name is the key, and what is not certain."""
    parts = [one_line(chip.text)]
    if chip.key != chip.text:
        parts.append(chip.key)
    if chip.unverified:
        parts.append("not verified")
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

    def show_chip(self, chip: Chip, place: int, count: int, *, removable: bool) -> None:
        """Show `chip` as number `place` (from 0) of `count`."""
        self.place = place
        name = f"{accessible_text(chip)}, chip {place + 1} of {count}"
        if name != self.accessibleName():
            self.setAccessibleName(name)
        if chip.text != self.chip.text:
            self._remove.setAccessibleName(f"Remove {one_line(chip.text)}")
        if chip != self.chip:
            self.chip = chip
            self.update()
        if removable is self._remove.isHidden():
            self._remove.setVisible(removable)

    def show_selected(self, selected: bool) -> None:
        if selected != self.selected:
            self.selected = selected
            self.update()

    def _chosen(self) -> None:
        # Assistive tools press; the mouse is handled below, with its modifiers.
        self._owner.chip_clicked(self.place, Qt.KeyboardModifier.NoModifier)

    def removed(self) -> None:
        self._owner.chip_removed(self.place)

    def _place_remove(self) -> None:
        room = _remove_room(self.rect(), self.layoutDirection())
        self._remove.setGeometry(room.toRect())

    def _tip(self) -> str:
        lines = [self.chip.text, self.chip.tip or self.chip.key]
        if self.chip.unverified:
            lines.append("Not verified")
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
            selected=self.selected,
            hovered=self.underMouse() and self.isEnabled(),
            focused=self.hasFocus(),
            removable=self._remove.isVisibleTo(self),
            enabled=self.isEnabled(),
        )
        paint_chip(painter, self.rect(), self.chip, look)

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
        self.clicked.connect(chip.removed)

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
        painter.drawEllipse(middle, 8.0, 8.0)
        _paint_cross(painter, middle, tones["chip_selected" if self._chip.selected else "chip"])


class ChipState(NamedTuple):
    """How a chip stands just now."""

    selected: bool = False
    hovered: bool = False
    focused: bool = False
    removable: bool = True
    enabled: bool = True


def paint_chip(painter: QPainter, rect: QRect, chip: Chip, look: ChipState) -> None:
    """Paint one chip into `rect`, in the font and direction of the painter."""
    ink = "text" if look.enabled else "disabled"
    ink = "on_chip_selected" if look.selected else ink
    painter.drawPixmap(rect.topLeft(), _ground(painter, rect, look, unverified=chip.unverified))
    _paint_text(painter, rect, chip.text, colours()[ink], removable=look.removable)


def _ground(painter: QPainter, rect: QRect, look: ChipState, *, unverified: bool) -> QPixmap:
    """All of a chip but its words, kept by size and look: a form may show hundreds of them."""
    device, direction = painter.device(), painter.layoutDirection()
    ratio = device.devicePixelRatio() if device else 1.0
    palette = QGuiApplication.palette().cacheKey()
    name = f"chip {rect.width()} {rect.height()} {ratio} {direction} {palette} {unverified} {look}"
    kept = QPixmap()
    if QPixmapCache.find(name, kept):
        return kept
    made = QPixmap((QSizeF(rect.size()) * ratio).toSize())
    made.setDevicePixelRatio(ratio)
    made.fill(Qt.GlobalColor.transparent)
    inside = QPainter(made)
    inside.setLayoutDirection(direction)
    _paint_ground(inside, QRect(QPoint(0, 0), rect.size()), look, unverified=unverified)
    inside.end()
    QPixmapCache.insert(name, made)
    return made


def _paint_ground(painter: QPainter, rect: QRect, look: ChipState, *, unverified: bool) -> None:
    tones = colours()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    ground, frame, ink = "chip", "chip_border", "text" if look.enabled else "disabled"
    if look.selected:
        ground, frame, ink = "chip_selected", "chip_selected", "on_chip_selected"
    elif unverified:
        ground, frame = "chip_unverified", "chip_unverified_border"
    elif look.hovered:
        ground = "chip_hover"
    pen = QPen(tones[frame], 1)
    if unverified and not look.selected:
        pen.setStyle(Qt.PenStyle.DashLine)
    painter.setPen(pen)
    painter.setBrush(tones[ground])
    painter.drawRoundedRect(QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5), _RADIUS, _RADIUS)
    if look.focused:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(tones["on_chip_selected" if look.selected else "focus"], 1.5))
        painter.drawRoundedRect(QRectF(rect).adjusted(2, 2, -2, -2), _RADIUS - 2, _RADIUS - 2)
    if look.removable:
        faint = look.enabled and not look.selected
        middle = _remove_room(rect, painter.layoutDirection()).center()
        _paint_cross(painter, middle, tones["muted" if faint else ink])


def _paint_text(painter: QPainter, rect: QRect, text: str, ink: QColor, *, removable: bool) -> None:
    behind = _REMOVE if removable else _PAD
    mirrored = painter.layoutDirection() == Qt.LayoutDirection.RightToLeft
    words = rect.adjusted(behind if mirrored else _PAD, 0, -(_PAD if mirrored else behind), 0)
    painter.setPen(ink)
    painter.drawText(words, _ALIGN, _elided(text, words.width(), painter.font().key()))


@lru_cache(4096)
def _elided(text: str, width: int, font_key: str) -> str:
    """The text as it fits; kept, because a form with 1,000 chips is drawn again at each step."""
    font = QFont()
    font.fromString(font_key)
    return QFontMetrics(font).elidedText(one_line(text), Qt.TextElideMode.ElideRight, width)


def _paint_cross(painter: QPainter, middle: QPointF, ink: QColor) -> None:
    pen = QPen(ink, 1.5)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    x, y = middle.x(), middle.y()
    left, right, top, bottom = x - _CROSS, x + _CROSS, y - _CROSS, y + _CROSS
    painter.drawLines([QLineF(left, top, right, bottom), QLineF(left, bottom, right, top)])


def _remove_room(rect: QRect, direction: Qt.LayoutDirection) -> QRectF:
    """Where the × of a chip in `rect` is: at its end, whichever side that is."""
    mirrored = direction == Qt.LayoutDirection.RightToLeft
    left = rect.left() if mirrored else rect.right() + 1 - _REMOVE
    return QRectF(left, rect.top(), _REMOVE, rect.height())
