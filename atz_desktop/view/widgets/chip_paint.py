"""How a chip is painted: its ground, its sign, its words, and the button at its end."""

from __future__ import annotations

import re
from enum import Enum
from functools import lru_cache
from typing import Final, NamedTuple

from PySide6.QtCore import QLineF, QPoint, QPointF, QRect, QRectF, QSizeF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QGuiApplication,
    QPainter,
    QPen,
    QPixmap,
    QPixmapCache,
)

from atz_desktop.domain.characters import bidi_isolate, remove_bidi_overrides
from atz_desktop.view.icons import paint_icon
from atz_desktop.view.theme import colours

_PAD: Final = 10
_SIGN: Final = 14  # width of the + or ? before the words
_BUTTON: Final = 24  # width of the × with what may be hit around it
_RADIUS: Final = 6
_WIDEST: Final = 34  # in average letters; longer names are elided
_CROSS: Final = 3.5  # half the side of the × or +
_ICON: Final = 14
_ALIGN: Final = (
    Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeading | Qt.TextFlag.TextSingleLine
)
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


class Mark(Enum):
    """How a chip stands in its list."""

    NONE = ""
    ADDED = "added"
    """It is new, and not saved yet."""
    REMOVED = "removed"
    """It was taken out, which is not saved yet: it can come back, and counts no longer."""
    AMBIGUOUS = "to be chosen"
    """Several may be meant: it counts when one of them was chosen."""
    MORE = "more"
    """It stands for the chips that are folded away."""


_GROUNDS: Final = {
    Mark.NONE: ("chip", "chip_border", "text"),
    Mark.ADDED: ("changed_fill", "changed", "text"),
    Mark.REMOVED: ("field", "chip_border", "muted"),
    Mark.AMBIGUOUS: ("warning_fill", "warning", "text"),
    Mark.MORE: ("field", "chip_border", "accent"),
}
"""Ground, frame and ink; a sign or a line through the words says the same without a colour."""
_SIGNS: Final = {Mark.ADDED: "changed", Mark.AMBIGUOUS: "warning"}


class ChipState(NamedTuple):
    """How a chip stands just now."""

    mark: Mark = Mark.NONE
    unverified: bool = False
    selected: bool = False
    hovered: bool = False
    focused: bool = False
    removable: bool = True
    enabled: bool = True


def one_line(text: str) -> str:
    """Foreign text as one line: line breaks and control characters become spaces."""
    return _CONTROL.sub(" ", remove_bidi_overrides(text))


def chip_height(metrics: QFontMetrics) -> int:
    """At least 24 pixels: the smallest target that WCAG 2.2 (2.5.8) lets stand."""
    return max(24, metrics.height() + 6)


def chip_width(text: str, mark: Mark, metrics: QFontMetrics, *, removable: bool) -> int:
    """The width that the chip would like, before any line is too narrow for it."""
    words = metrics.horizontalAdvance(one_line(text))
    widest = _WIDEST * metrics.averageCharWidth()
    before = _SIGN if mark in _SIGNS else 0
    return min(words, widest) + before + _PAD + (_BUTTON if removable else _PAD) + 1


def button_rect(rect: QRect, direction: Qt.LayoutDirection) -> QRectF:
    """Where the button of a chip in `rect` is: at its end, whichever side that is."""
    mirrored = direction == Qt.LayoutDirection.RightToLeft
    left = rect.left() if mirrored else rect.right() + 1 - _BUTTON
    return QRectF(left, rect.top(), _BUTTON, rect.height())


def paint_chip(painter: QPainter, rect: QRect, text: str, look: ChipState) -> None:
    """Paint one chip into `rect`, in the font and direction of the painter."""
    painter.drawPixmap(rect.topLeft(), _ground(painter, rect, look))
    before = _PAD + (_SIGN if look.mark in _SIGNS else 0)
    behind = _BUTTON if look.removable else _PAD
    if painter.layoutDirection() == Qt.LayoutDirection.RightToLeft:
        before, behind = behind, before
    words = rect.adjusted(before, 0, -behind, 0)
    painter.save()
    painter.setPen(_ink(look))
    font = painter.font()
    font.setStrikeOut(look.mark is Mark.REMOVED)
    painter.setFont(font)
    painter.drawText(words, _ALIGN, _elided(text, words.width(), font.key()))
    painter.restore()


def paint_cross(painter: QPainter, middle: QPointF, ink: QColor) -> None:
    x, y = middle.x(), middle.y()
    left, right, top, bottom = x - _CROSS, x + _CROSS, y - _CROSS, y + _CROSS
    _paint_lines(painter, ink, QLineF(left, top, right, bottom), QLineF(left, bottom, right, top))


def paint_put_back(painter: QPainter, middle: QPointF, ink: QColor) -> None:
    square = QRectF(0, 0, _ICON, _ICON)
    square.moveCenter(middle)
    paint_icon(painter, "put-back", square, ink.name())


def _ink(look: ChipState) -> QColor:
    if look.selected:
        return colours()["on_chip_selected"]
    return colours()[_GROUNDS[look.mark][2] if look.enabled else "disabled"]


def _ground(painter: QPainter, rect: QRect, look: ChipState) -> QPixmap:
    """All of a chip but its words, kept by size and look: a form may show hundreds of them."""
    device, direction = painter.device(), painter.layoutDirection()
    ratio = device.devicePixelRatio() if device else 1.0
    palette = QGuiApplication.palette().cacheKey()
    size, how = f"{rect.width()} {rect.height()} {ratio}", f"{look.mark.value} {look[1:]}"
    name = f"chip {size} {direction.value} {palette} {how}"
    kept = QPixmap()
    if QPixmapCache.find(name, kept):
        return kept
    made = QPixmap((QSizeF(rect.size()) * ratio).toSize())
    made.setDevicePixelRatio(ratio)
    made.fill(Qt.GlobalColor.transparent)
    inside = QPainter(made)
    inside.setFont(painter.font())
    inside.setLayoutDirection(direction)
    inside.setRenderHint(QPainter.RenderHint.Antialiasing)
    _paint_ground(inside, QRect(QPoint(0, 0), rect.size()), look)
    inside.end()
    QPixmapCache.insert(name, made)
    return made


def _paint_ground(painter: QPainter, rect: QRect, look: ChipState) -> None:
    tones, edge = colours(), QRectF(rect)
    ground, frame, _ink_name = _GROUNDS[look.mark]
    dashed = look.mark is Mark.REMOVED
    if look.selected:
        ground = frame = "chip_selected"
    elif look.unverified and look.mark is not Mark.REMOVED:
        ground, frame, dashed = "chip_unverified", "chip_unverified_border", True
    elif look.hovered:
        ground = "chip_hover"
    pen = QPen(tones[frame], 1)
    if dashed and not look.selected:
        pen.setStyle(Qt.PenStyle.DashLine)
    painter.setPen(pen)
    painter.setBrush(tones[ground])
    painter.drawRoundedRect(edge.adjusted(0.5, 0.5, -0.5, -0.5), _RADIUS, _RADIUS)
    if look.focused:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(tones["on_chip_selected" if look.selected else "focus"], 1.5))
        painter.drawRoundedRect(edge.adjusted(2, 2, -2, -2), _RADIUS - 2, _RADIUS - 2)
    if look.mark in _SIGNS:
        _paint_sign(painter, rect, look)
    if look.removable:
        faint = look.enabled and not look.selected
        middle = button_rect(rect, painter.layoutDirection()).center()
        paint = paint_put_back if look.mark is Mark.REMOVED else paint_cross
        paint(painter, middle, tones["muted"] if faint else _ink(look))


def _paint_sign(painter: QPainter, rect: QRect, look: ChipState) -> None:
    """A + before what is new, a ? before what is to be chosen."""
    ink = _ink(look) if look.selected else colours()[_SIGNS[look.mark]]
    mirrored = painter.layoutDirection() == Qt.LayoutDirection.RightToLeft
    left = rect.right() + 1 - _PAD - _SIGN if mirrored else rect.left() + _PAD
    room = QRectF(left, rect.top(), _SIGN, rect.height())
    middle = room.center() + QPointF(3 if mirrored else -3, 0)
    if look.mark is Mark.ADDED:
        x, y = middle.x(), middle.y()
        across, down = QLineF(x - 4, y, x + 4, y), QLineF(x, y - 4, x, y + 4)
        _paint_lines(painter, ink, across, down)
    else:
        font = painter.font()
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(ink)
        room.moveCenter(middle)
        painter.drawText(room, Qt.AlignmentFlag.AlignCenter, "?")


def _paint_lines(painter: QPainter, ink: QColor, *lines: QLineF) -> None:
    pen = QPen(ink, 1.5)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    painter.drawLines(list(lines))


@lru_cache(4096)
def _elided(text: str, width: int, font_key: str) -> str:
    """The text as it fits; kept, because a form with many chips is drawn again at each step."""
    font = QFont()
    font.fromString(font_key)
    shown = QFontMetrics(font).elidedText(one_line(text), Qt.TextElideMode.ElideRight, width)
    return bidi_isolate(shown)
