"""The rows of the work list: chosen with mouse and keys, and how one is painted.

Nothing that happens to a row moves it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from PySide6.QtCore import (
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QContextMenuEvent,
    QFont,
    QFontMetrics,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPen,
)
from PySide6.QtWidgets import (
    QFrame,
    QListView,
    QMenu,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from atz_desktop.domain.characters import single_line
from atz_desktop.domain.work_list import RowMark, RowState, WorkListRow
from atz_desktop.view.flat_paint import fill
from atz_desktop.view.icons import paint_icon
from atz_desktop.view.theme import NEAR, TIGHT, colours, type_font
from atz_desktop.view.worklist.row_model import WorkListModel

if TYPE_CHECKING:
    from PySide6.QtGui import QMouseEvent

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class WorkListView(QListView):
    """A click or Enter opens a row; with Ctrl or Shift several are chosen, as in every list."""

    open_requested = Signal(object)
    """The ID of an activity."""
    mark_requested = Signal(object, object)
    """IDs (tuple), and the RowMark that they are to have; None: they are to be done again."""
    change_requested = Signal()
    """The same change on all rows that are chosen."""
    remove_requested = Signal(object)
    """IDs (tuple) that are to leave the list."""

    def __init__(self, model: WorkListModel) -> None:
        super().__init__()
        self.rows = model
        self.setModel(model)
        self.delegate = WorkListDelegate(self, model)
        self.setItemDelegate(self.delegate)
        self.setAccessibleName("Activities of the work list")
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.viewport().setAutoFillBackground(False)  # the pane's own ground
        self.setSelectionMode(QListView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def show_open(self, activity_id: int | None) -> None:
        """This activity is in the form now."""
        if activity_id == self.delegate.open_id:
            return
        self.delegate.open_id = activity_id
        self.viewport().update()
        self.show_current()

    def show_current(self) -> None:
        """The rows were arranged anew: choose and show the one in the form, if it is there."""
        place = self.rows.place(self.delegate.open_id)
        if place is not None:
            index = self.rows.index(place)
            flag = QItemSelectionModel.SelectionFlag.ClearAndSelect
            self.selectionModel().setCurrentIndex(index, flag)
            self.scrollTo(index)

    def chosen(self) -> tuple[int, ...]:
        """The IDs of the rows that are chosen, from the top."""
        places = sorted(index.row() for index in self.selectedIndexes())
        return tuple(self.rows.row(place).activity_id for place in places)

    def _open(self, index: QModelIndex) -> None:
        if index.isValid():
            self.open_requested.emit(self.rows.row(index.row()).activity_id)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText("\n".join(map(str, self.chosen())))

    def _show_menu(self, place: QPoint) -> None:
        ids = self.chosen()
        if not ids:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for words, mark in (("Skip", RowMark.SKIPPED), ("Park", RowMark.PARKED)):
            action = menu.addAction(words)
            action.triggered.connect(lambda _=False, mark=mark: self.mark_requested.emit(ids, mark))
        action = menu.addAction("To do again")
        action.triggered.connect(lambda: self.mark_requested.emit(ids, None))
        menu.addSeparator()
        if len(ids) > 1:
            menu.addAction(f"Change these {len(ids):,}…").triggered.connect(self.change_requested)
        copying = menu.addAction("Copy IDs")
        copying.triggered.connect(self._copy)
        removing = menu.addAction("Remove from the list")
        removing.triggered.connect(lambda: self.remove_requested.emit(ids))
        menu.popup(place)

    # Qt overrides

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_mouse = event.reason() == QContextMenuEvent.Reason.Mouse
        index = self.indexAt(event.pos()) if by_mouse else self.currentIndex()
        if index.isValid() and not self.selectionModel().isSelected(index):
            self.setCurrentIndex(index)
        middle = self.viewport().mapToGlobal(self.visualRect(index).center())
        self._show_menu(event.globalPos() if by_mouse else middle)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        plain = event.modifiers() == Qt.KeyboardModifier.NoModifier
        if plain and event.button() == Qt.MouseButton.LeftButton:
            self._open(self.indexAt(event.position().toPoint()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _ENTER:
            self._open(self.currentIndex())
        elif event.key() == Qt.Key.Key_Delete and self.chosen():
            self.remove_requested.emit(self.chosen())
        elif event.matches(QKeySequence.StandardKey.Copy):
            self._copy()
        else:
            super().keyPressEvent(event)


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


class RowLook(NamedTuple):
    """Names of an icon ("" for a hollow ring) and of a colour of theme.Colours."""

    icon: str
    colour: str


ROW_LOOKS: Final = {
    RowState.TO_DO: RowLook("", "muted"),
    RowState.CHANGED: RowLook("pencil", "changed"),
    RowState.CHECKED: RowLook("verified", "verified"),
    RowState.DIFFERENT: RowLook("warning", "warning"),
    RowState.REFUSED: RowLook("problem", "problem"),
    RowState.CONFLICT: RowLook("people", "problem"),
    RowState.NOT_CONFIRMED: RowLook("clock", "warning"),
    RowState.GONE: RowLook("close", "problem"),
    RowState.SKIPPED: RowLook("skip", "muted"),
    RowState.PARKED: RowLook("pause", "muted"),
}
