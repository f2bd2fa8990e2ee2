"""How a row of the work list is painted: sign, ID and title, and below them its state and note."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from atz_desktop.domain.characters import single_line
from atz_desktop.domain.work_list import RowState, WorkListRow
from atz_desktop.view.flat_paint import fill
from atz_desktop.view.icons import paint_icon
from atz_desktop.view.theme import NEAR, TIGHT, colours, type_font
from atz_desktop.view.worklist.row_looks import ROW_LOOKS
from atz_desktop.view.worklist.row_model import WorkListModel

_PAD: Final = 10
_ICON: Final = 16
_ABOVE: Final = 6
_RING: Final = 4.5
_BAR: Final = 3
_NO_TITLE: Final = {RowState.TO_DO: "Not loaded yet", RowState.GONE: "Not in ATZ"}

_Index = QModelIndex | QPersistentModelIndex


class WorkListDelegate(QStyledItemDelegate):
    """Paints from the model's rows. The activity that is in the form has a bar at its edge."""

    def __init__(self, view: QListView, model: WorkListModel) -> None:
        super().__init__(view)
        self._model = model
        self._body = QFont()
        self.open_id: int | None = None
        """The activity in the form."""

    # Qt overrides

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        lines = (QFontMetrics(type_font(role)).height() for role in ("body", "caption"))
        return QSize(0, sum(lines) + 2 * _ABOVE)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        row = self._model.row(index.row())
        painter.save()
        painter.setLayoutDirection(option.direction)
        self._paint_ground(painter, option, is_open=row.activity_id == self.open_id)
        words = option.rect.adjusted(_PAD, _ABOVE, -_PAD, -_ABOVE)
        sign = QRect(words.left(), words.top() + 1, _ICON, _ICON)
        _paint_sign(painter, row, QRectF(_mirrored(option, sign)))
        words.setLeft(words.left() + _ICON + NEAR)
        height = QFontMetrics(type_font("body")).height()
        self._paint_title(
            painter, option, row, QRect(words.topLeft(), QSize(words.width(), height))
        )
        words.setTop(words.top() + height)
        self._paint_state(painter, option, row, words)
        painter.restore()

    # The parts of a row

    def _paint_ground(
        self, painter: QPainter, option: QStyleOptionViewItem, *, is_open: bool
    ) -> None:
        rect, tones = option.rect, colours()
        state = option.state
        ground = QRectF(rect).adjusted(2, 1, -2, -1)
        if state & QStyle.StateFlag.State_Selected:
            fill(painter, ground, tones["chip"], 4)
        elif is_open or state & QStyle.StateFlag.State_MouseOver:
            fill(painter, ground, tones["hover"], 4)
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(tones["focus"], 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(ground.adjusted(0.75, 0.75, -0.75, -0.75), 4, 4)
        if is_open:
            pad = rect.height() // 5
            bar = QRect(rect.left() + 2, rect.top() + pad, _BAR, rect.height() - 2 * pad)
            fill(painter, QRectF(_mirrored(option, bar)), tones["accent"], _BAR / 2)

    def _paint_title(
        self, painter: QPainter, option: QStyleOptionViewItem, row: WorkListRow, room: QRect
    ) -> None:
        title = single_line(row.title)
        parts = (
            (str(row.activity_id), "text" if not title else "muted"),
            (title or _NO_TITLE.get(row.state, ""), "text" if title else "muted"),
        )
        painter.setFont(type_font("heading" if row.activity_id == self.open_id else "body"))
        _paint_parts(painter, option, parts, room, gap=NEAR)

    def _paint_state(
        self, painter: QPainter, option: QStyleOptionViewItem, row: WorkListRow, room: QRect
    ) -> None:
        note = single_line(row.note)
        parts = [(row.state.value.capitalize(), ROW_LOOKS[row.state].colour)]
        if note:
            parts.append((f"· {note}", "muted"))
        painter.setFont(type_font("caption"))
        _paint_parts(painter, option, parts, room, gap=TIGHT)


def _paint_sign(painter: QPainter, row: WorkListRow, place: QRectF) -> None:
    look = ROW_LOOKS[row.state]
    colour = colours()[look.colour]
    if look.icon:
        paint_icon(painter, look.icon, place, colour.name())
        return
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(colour, 1.25))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawEllipse(place.center(), _RING, _RING)


def _paint_parts(
    painter: QPainter,
    option: QStyleOptionViewItem,
    parts: tuple[tuple[str, str], ...] | list[tuple[str, str]],
    room: QRect,
    gap: int,
) -> None:
    """Words in their colours one behind the other; what has no room is cut."""
    metrics, left = painter.fontMetrics(), QRect(room)
    for text, colour in parts:
        if left.width() <= gap:
            return
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, left.width())
        painter.setPen(colours()[colour])
        side = Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(_mirrored(option, left), side | Qt.TextFlag.TextSingleLine, shown)
        left.setLeft(left.left() + metrics.horizontalAdvance(shown) + gap)


def _mirrored(option: QStyleOptionViewItem, place: QRect) -> QRect:
    """Where a place is in a layout that may run from right to left."""
    return QStyle.visualRect(option.direction, option.rect, place)
