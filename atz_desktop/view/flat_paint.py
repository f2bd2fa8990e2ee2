"""How each standard control is painted in the flat style: one function for each piece; and what it
is drawn with where that is not what Qt says.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from PySide6.QtCore import QPointF, QRect, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QPainter, QPalette, QPen, QPixmap, QPixmapCache, QPolygonF
from PySide6.QtWidgets import (
    QAbstractScrollArea,
    QPlainTextEdit,
    QStyle,
    QStyleOption,
    QStyleOptionButton,
    QStyleOptionFrame,
    QStyleOptionHeader,
    QStyleOptionMenuItem,
    QStyleOptionProgressBar,
    QStyleOptionSlider,
    QStyleOptionToolButton,
    QToolButton,
    QWidget,
)

from atz_desktop.view.theme import FIELD_RADIUS, colours

_State = QStyle.StateFlag
_Feature = QStyleOptionButton.ButtonFeature

_BAR: Final = 6.0  # thickness of a progress bar and of a scroll handle
_BOX_RADIUS: Final = 4.0
_TICK: Final = ((0.27, 0.52), (0.44, 0.69), (0.75, 0.34))
_DASH: Final = ((0.28, 0.5), (0.72, 0.5))


def block(painter: QPainter, rect: QRectF, ground: QColor, frame: QColor, radius: float) -> None:
    """A filled rounded rectangle with a frame of one pixel; `radius` is of the frame's middle.

    Filled twice, the frame below the ground: to stroke a frame takes three times as long.
    """
    painter.save()
    fill(painter, rect, frame, radius + 0.5)
    fill(painter, rect.adjusted(1, 1, -1, -1), ground, radius - 0.5)
    painter.restore()


def fill(painter: QPainter, rect: QRectF, ground: QColor, radius: float) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ground)
    painter.drawRoundedRect(rect, radius, radius)


def stroke(painter: QPainter, points: list[QPointF], colour: QColor, width: float) -> None:
    """A line through the points with round ends and corners."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    pen = QPen(colour, width)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.drawPolyline(QPolygonF(points))
    painter.restore()


def field_frame(painter: QPainter, rect: QRect, *, focused: bool, enabled: bool) -> None:
    """The ground and frame of something to type in; two pixels of accent where the keys go."""
    tones, width = colours(), 2 if focused else 1
    frame = tones["focus" if focused else "field_border" if enabled else "card_border"]
    edge, inside = QRectF(rect), QRectF(rect).adjusted(width, width, -width, -width)
    painter.save()
    fill(painter, edge, frame, FIELD_RADIUS + width / 2)
    fill(painter, inside, tones["field" if enabled else "window"], FIELD_RADIUS - width / 2)
    painter.restore()


def field(option: QStyleOption, painter: QPainter, _widget: QWidget | None) -> None:
    field_frame(
        painter,
        option.rect,
        focused=_State.State_HasFocus in option.state,
        enabled=_State.State_Enabled in option.state,
    )


def line_edit(option: QStyleOption, painter: QPainter, widget: QWidget | None) -> None:
    # Inside a combo or spin box the frame belongs to the box.
    if isinstance(option, QStyleOptionFrame) and option.lineWidth > 0:
        field(option, painter, widget)


def frame(option: QStyleOption, painter: QPainter, widget: QWidget | None) -> None:
    if isinstance(widget, QAbstractScrollArea):
        field(option, painter, widget)
        return
    if widget is not None and widget.isWindow():
        popup(option, painter, widget)
        return
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(colours()["card_border"], 1))
    edge = QRectF(option.rect).adjusted(0.5, 0.5, -0.5, -0.5)
    painter.drawRoundedRect(edge, FIELD_RADIUS, FIELD_RADIUS)
    painter.restore()


def popup(option: QStyleOption, painter: QPainter, _widget: QWidget | None) -> None:
    """The ground and frame of menus and of the lists of drop-downs.

    Square: without a compositor the corners of a window of its own would be black.
    """
    tones = colours()
    painter.fillRect(option.rect, tones["field_border"])
    painter.fillRect(option.rect.adjusted(1, 1, -1, -1), tones["card"])


def focus_ring(option: QStyleOption, painter: QPainter, widget: QWidget | None) -> None:
    # Qt would draw that of a tool button inside, across its picture.
    room = widget.rect() if isinstance(widget, QToolButton) else option.rect
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(colours()["focus"], 2))
    painter.drawRoundedRect(QRectF(room).adjusted(1, 1, -1, -1), 4, 4)
    painter.restore()


def nothing(option: QStyleOption, painter: QPainter, widget: QWidget | None) -> None:
    """A default button is known by its fill, not by a second frame."""


def button(option: QStyleOption, painter: QPainter, _widget: QWidget | None) -> None:
    tones = colours()
    features = option.features if isinstance(option, QStyleOptionButton) else _Feature.None_
    enabled = _State.State_Enabled in option.state
    lively = enabled and bool(
        option.state & (_State.State_MouseOver | _State.State_Sunken | _State.State_On)
    )
    if _Feature.Flat in features and not lively:
        return
    ground = tones["hover" if lively else "card"]
    border = tones["field_border" if enabled else "card_border"]
    if is_filled(option):
        ground = border = tones["accent_fill"]
        if lively:
            ground = ground.darker(112)
    block(painter, QRectF(option.rect), ground, border, FIELD_RADIUS)


def is_filled(option: QStyleOption) -> bool:
    """Whether a button is filled with the accent: the default one, unless it is flat or off."""
    if not isinstance(option, QStyleOptionButton) or _Feature.Flat in option.features:
        return False
    enabled = _State.State_Enabled in option.state
    return enabled and _Feature.DefaultButton in option.features


def button_ring(option: QStyleOption, painter: QPainter) -> None:
    """Where the keys go: two pixels at the edge of a button, or inside one that is filled."""
    filled = is_filled(option)
    inset = 4.0 if filled else 1.0
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(colours()["on_accent" if filled else "focus"], 2))
    edge = QRectF(option.rect).adjusted(inset, inset, -inset, -inset)
    painter.drawRoundedRect(edge, FIELD_RADIUS - 1, FIELD_RADIUS - 1)
    painter.restore()


def tool_button(option: QStyleOption, painter: QPainter, _widget: QWidget | None) -> None:
    pressed = option.state & (_State.State_Sunken | _State.State_On)
    hovered = _State.State_MouseOver in option.state and _State.State_Enabled in option.state
    if pressed or hovered:
        ground = colours()["card_border" if pressed else "hover"]
        block(painter, QRectF(option.rect), ground, ground, FIELD_RADIUS)
    elif _State.State_AutoRaise not in option.state:
        button(option, painter, None)


def check_box(option: QStyleOption, painter: QPainter, _widget: QWidget | None) -> None:
    marked = bool(option.state & (_State.State_On | _State.State_NoChange))
    tones = _box_tones(option, marked=marked)
    shape: tuple[tuple[float, float], ...] = ()
    if marked:
        shape = _TICK if _State.State_On in option.state else _DASH
    key = f"box {len(shape)} {' '.join(tone.name() for tone in tones)}"
    paint_cached(painter, QRectF(option.rect), key, partial(_box, tones, shape))


def _box(
    tones: tuple[QColor, QColor, QColor],
    shape: tuple[tuple[float, float], ...],
    painter: QPainter,
    box: QRectF,
) -> None:
    ground, border, mark = tones
    block(painter, box, ground, border, _BOX_RADIUS)
    points = [box.topLeft() + QPointF(x * box.width(), y * box.height()) for x, y in shape]
    stroke(painter, points, mark, 2)


def radio_button(option: QStyleOption, painter: QPainter, _widget: QWidget | None) -> None:
    marked = _State.State_On in option.state
    ground, border, mark = _box_tones(option, marked=marked)
    box = QRectF(option.rect)
    block(painter, box, ground, border, box.width() / 2)
    if marked:
        third = box.width() / 3
        dot = box.adjusted(third, third, -third, -third)
        block(painter, dot, mark, mark, dot.width() / 2)


def _box_tones(option: QStyleOption, *, marked: bool) -> tuple[QColor, QColor, QColor]:
    """Ground, frame and mark of a check box or radio button."""
    tones = colours()
    if _State.State_Enabled not in option.state:
        return tones["window"], tones["card_border"], tones["disabled"]
    if marked:
        return tones["accent_fill"], tones["accent_fill"], tones["on_accent"]
    ground = "hover" if _State.State_MouseOver in option.state else "field"
    return tones[ground], tones["field_border"], tones["on_accent"]


def chevron(painter: QPainter, rect: QRect, *, up: bool, enabled: bool) -> None:
    middle = QRectF(rect).center()
    rise = -2.0 if up else 2.0
    points = [middle + QPointF(x, y) for x, y in ((-4, -rise), (0, rise), (4, -rise))]
    stroke(painter, points, colours()["muted" if enabled else "card_border"], 1.6)


def scroll_handle(option: QStyleOptionSlider, painter: QPainter, room: QRect) -> None:
    handle = QRectF(room)
    if option.orientation == Qt.Orientation.Vertical:
        thin = (handle.width() - _BAR) / 2
        handle.adjust(thin, 2, -thin, -2)
    else:
        thin = (handle.height() - _BAR) / 2
        handle.adjust(2, thin, -2, -thin)
    lively = option.state & (_State.State_MouseOver | _State.State_Sunken)
    ground = QColor(colours()["muted" if lively else "field_border"])
    ground.setAlpha(255 if lively else 150)
    painter.save()
    fill(painter, handle.adjusted(0.5, 0.5, -0.5, -0.5), ground, _BAR / 2)
    painter.restore()


def progress_bar(option: QStyleOptionProgressBar, painter: QPainter) -> None:
    """A thin bar without words: whoever shows progress says beside it what is going on."""
    bar = QRectF(option.rect)
    bar.setTop(bar.center().y() - _BAR / 2)
    bar.setHeight(_BAR)
    tones = colours()
    block(painter, bar, tones["card_border"], tones["card_border"], _BAR / 2)
    done = (option.progress - option.minimum) / (option.maximum - option.minimum)
    if done > 0:
        bar.setWidth(max(_BAR, bar.width() * min(1.0, done)))
        block(painter, bar, tones["accent_fill"], tones["accent_fill"], _BAR / 2)


def header_section(option: QStyleOption, painter: QPainter) -> None:
    """The ground of a heading of a table, and the line below it."""
    tones = colours()
    painter.fillRect(option.rect, tones["card"])
    line = QRect(option.rect)
    line.setTop(line.bottom())
    painter.fillRect(line, tones["card_border"])


def tab(option: QStyleOption, painter: QPainter) -> None:
    """The page in front is underlined."""
    tones = colours()
    if _State.State_Selected in option.state:
        line = QRectF(option.rect)
        line.setTop(line.bottom() - 2)
        fill(painter, line, tones["accent"], 1)
    elif _State.State_MouseOver in option.state:
        fill(painter, QRectF(option.rect).adjusted(2, 2, -2, -4), tones["hover"], FIELD_RADIUS)


def tab_base(option: QStyleOption, painter: QPainter, _widget: QWidget | None) -> None:
    """The line that tabs stand on."""
    line = QRect(option.rect)
    line.setTop(line.bottom())
    painter.fillRect(line, colours()["card_border"])


def tab_pane(option: QStyleOption, painter: QPainter, _widget: QWidget | None) -> None:
    line = QRect(option.rect)
    line.setHeight(1)
    painter.fillRect(line, colours()["card_border"])


def paint_cached(
    painter: QPainter, rect: QRectF, key: str, paint: Callable[[QPainter, QRectF], None]
) -> None:
    """Draw what `paint` draws into `rect` and not beside it; `key` says all that it depends on but
    the size. Between the pixels of the screen it is painted directly: a picture would be blurred.

    A table whose rows have a box and an icon spends half of its painting with them otherwise.
    """
    ratio = painter.device().devicePixelRatio()
    if ratio != int(ratio) or rect != QRectF(rect.toRect()):
        paint(painter, rect)
        return
    key = f"{key} {rect.width()} {rect.height()} {ratio}"
    picture = QPixmap()
    if not QPixmapCache.find(key, picture):
        picture = _painted(rect.size(), ratio, paint)
        QPixmapCache.insert(key, picture)
    painter.drawPixmap(rect.topLeft(), picture)


def _painted(size: QSizeF, ratio: float, paint: Callable[[QPainter, QRectF], None]) -> QPixmap:
    picture = QPixmap((size * ratio).toSize())
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    paint(painter, QRectF(0, 0, size.width(), size.height()))
    painter.end()
    return picture


def full_height(option: QStyleOptionHeader, margin: int) -> QStyleOptionHeader:
    """The heading of a column with a margin at its sides alone."""
    full = QStyleOptionHeader(option)
    full.rect = option.rect.adjusted(0, -margin, 0, margin)
    return full


def readable_label(option: QStyleOptionButton) -> QStyleOptionButton:
    """The words of a default button, in the colour that reads on its fill."""
    if not is_filled(option):
        return option
    readable = QStyleOptionButton(option)
    palette = QPalette(option.palette)
    palette.setColor(QPalette.ColorRole.ButtonText, colours()["on_accent"])
    readable.palette = palette
    return readable


def quiet_item(option: QStyleOptionMenuItem) -> QStyleOptionMenuItem:
    """An entry of a menu or a drop-down, chosen in the colour of every other list."""
    quiet = QStyleOptionMenuItem(option)
    palette = QPalette(option.palette)
    tones = colours()
    palette.setColor(QPalette.ColorRole.Highlight, tones["hover"])
    palette.setColor(QPalette.ColorRole.HighlightedText, tones["text"])
    quiet.palette = palette
    return quiet


def is_square(widget: QWidget | None) -> bool:
    """Asked by name: to name the class of a table would make it before the first paint."""
    if isinstance(widget, QPlainTextEdit):
        return True
    return isinstance(widget, QAbstractScrollArea) and (
        widget.inherits("QTableView") or widget.inherits("QListWidget")
    )


def opens_menu(widget: QWidget | None) -> bool:
    instant = QToolButton.ToolButtonPopupMode.InstantPopup
    return isinstance(widget, QToolButton) and widget.popupMode() == instant


def without_arrow(option: QStyleOptionToolButton) -> QStyleOptionToolButton:
    """Fusion's own arrow stands under the words, half as large as any other."""
    plain = QStyleOptionToolButton(option)
    plain.features &= ~QStyleOptionToolButton.ToolButtonFeature.HasMenu
    return plain


def room_behind_words(option: QStyleOptionToolButton) -> int:
    """Room that Qt leaves behind words beside a picture: these would not stand in the middle."""
    beside = option.toolButtonStyle == Qt.ToolButtonStyle.ToolButtonTextBesideIcon
    return option.fontMetrics.horizontalAdvance("  ") + 2 if beside else 0
