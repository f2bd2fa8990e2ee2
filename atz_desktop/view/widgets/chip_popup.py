"""All chips of a long list below each other, with a filter, hanging under their field."""

from __future__ import annotations

from typing import Any, Final
from unicodedata import combining, normalize

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from atz_desktop.domain.characters import bidi_isolate
from atz_desktop.view.flat_paint import fill
from atz_desktop.view.theme import INSIDE, NEAR, colours, type_font
from atz_desktop.view.widgets.chip import Chip, accessible_text
from atz_desktop.view.widgets.chip_fold import is_counted
from atz_desktop.view.widgets.chip_paint import Mark, one_line, paint_cross, paint_put_back
from atz_desktop.view.widgets.labels import ElidingLabel, plain_tip
from atz_desktop.view.widgets.layouts import hbox, vbox

_Index = QModelIndex | QPersistentModelIndex
_ROWS: Final = 9
_BUTTON: Final = 28
_NARROWEST: Final = 320
_INKS: Final = {Mark.ADDED: "changed", Mark.REMOVED: "muted", Mark.AMBIGUOUS: "warning"}
_SIGNS: Final = {Mark.ADDED: "+ ", Mark.AMBIGUOUS: "? "}


class ChipPopup(QFrame):
    """Delete takes the chip of a row out, Enter takes one that was removed in again, and so does
    the button at the end of the row. Escape or a click elsewhere closes it."""

    remove_requested = Signal(object)
    put_back_requested = Signal(object)
    """The place (int) of the chip in the list."""

    def __init__(self, field: QWidget) -> None:
        super().__init__(field, Qt.WindowType.Popup)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self._field = field
        self._removable = True
        self._model = _ChipModel(self)
        self._filter = QLineEdit()
        self._filter.setPlaceholderText("Filter")
        self._filter.setAccessibleName(f"Filter {field.accessibleName()}")
        self._filter.textChanged.connect(self._on_filter)
        self._filter.installEventFilter(self)
        self._count = ElidingLabel("muted", "caption")
        self._list = _ChipListView(self._model)
        self._list.setAccessibleName(f"All {field.accessibleName()}")
        self._list.pressed_button.connect(self._toggle)
        self._list.installEventFilter(self)
        top = hbox(None, (self._filter, 1), self._count)
        vbox(self, top, (self._list, 1), margins=(NEAR, NEAR, NEAR, NEAR))

    def open(self, chips: tuple[Chip, ...], *, removable: bool) -> None:
        self._removable = removable
        self.setLayoutDirection(self._field.layoutDirection())
        self._filter.clear()
        self.show_chips(chips)
        width = max(_NARROWEST, self._field.width())
        rows = min(_ROWS, max(1, self._model.rowCount()))
        height = rows * self._list.sizeHintForRow(0) + 2 * self._list.frameWidth()
        self.resize(width, height + self._filter.sizeHint().height() + 3 * NEAR)
        self.move(self._corner())
        self.show()
        self._filter.setFocus(Qt.FocusReason.PopupFocusReason)

    def show_chips(self, chips: tuple[Chip, ...]) -> None:
        """Show these, filtered as before; the same row stays current."""
        row = self._list.currentIndex().row()
        self._model.set_chips(chips)
        self._select(row)
        self._tell_count()

    def _on_filter(self, text: str) -> None:
        self._model.set_filter(text)
        self._select(0 if text else -1)
        self._tell_count()

    def _tell_count(self) -> None:
        total = sum(map(is_counted, self._model.chips))
        shown = sum(is_counted(self._model.chips[place]) for place in self._model.places)
        words = f"{total:,} in the list" if shown == total else f"{shown:,} of {total:,}"
        self._count.set_text(words)
        self._list.setAccessibleDescription(words)

    def _select(self, row: int) -> None:
        last = self._model.rowCount() - 1
        self._list.setCurrentIndex(self._model.index(min(row, last)) if row >= 0 else QModelIndex())

    def _toggle(self, row: int) -> None:
        place = self._model.places[row]
        gone = self._model.chips[place].mark is Mark.REMOVED
        if self._removable:
            (self.put_back_requested if gone else self.remove_requested).emit(place)

    def _corner(self) -> QPoint:
        """Below the field, or above it where the screen ends."""
        field, screen = self._field.rect(), self._field.screen().availableGeometry()
        below = self._field.mapToGlobal(field.bottomLeft() + QPoint(0, 2))
        y = below.y()
        if y + self.height() > screen.bottom():
            y = self._field.mapToGlobal(field.topLeft()).y() - self.height() - 2
        x = min(below.x(), screen.right() - self.width())
        return QPoint(max(screen.left(), x), max(screen.top(), y))

    def _list_key(self, event: QKeyEvent) -> bool:
        row = self._list.currentIndex().row()
        if row < 0:
            return False
        gone = self._model.chips[self._model.places[row]].mark is Mark.REMOVED
        removes = event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)
        returns = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)
        if not event.isAutoRepeat() and (returns if gone else removes):
            self._toggle(row)
        elif event.key() == Qt.Key.Key_Up and not row:
            self._filter.setFocus()
        else:
            return removes or returns
        return True

    def _filter_key(self, event: QKeyEvent) -> bool:
        if event.key() not in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            return False
        self._list.setFocus()
        self._select(max(0, self._list.currentIndex().row()))
        return True

    # Qt overrides

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        if event.key() == Qt.Key.Key_Escape:
            self.close()
            return True
        return self._filter_key(event) if watched is self._filter else self._list_key(event)


class _ChipModel(QAbstractListModel):
    """The chips that the filter lets through: a row for each."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.chips: tuple[Chip, ...] = ()
        self.places: list[int] = []
        self._searched: list[str] = []
        """For each chip; made when there first is a filter."""
        self._words: list[str] = []

    def set_chips(self, chips: tuple[Chip, ...]) -> None:
        same = [chip.key for chip in chips] == [chip.key for chip in self.chips]
        if same and chips:
            self.chips = chips
            self.dataChanged.emit(self.index(0), self.index(self.rowCount() - 1))
            return
        self.beginResetModel()
        self.chips = chips
        self._searched = []
        self._apply()
        self.endResetModel()

    def set_filter(self, text: str) -> None:
        self.beginResetModel()
        self._words = _searchable(text).split()
        self._apply()
        self.endResetModel()

    def _apply(self) -> None:
        if not self._words:
            self.places = list(range(len(self.chips)))
            return
        self._searched = self._searched or [
            _searchable(f" {chip.text} {chip.tip}") for chip in self.chips
        ]
        self.places = [
            place
            for place, searched in enumerate(self._searched)
            if all(f" {word}" in searched for word in self._words)
        ]

    def chip(self, index: _Index) -> Chip:
        return self.chips[self.places[index.row()]]

    # Qt overrides

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.places)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.DisplayRole:
            return accessible_text(self.chip(index))
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(self.chip(index).tip)
        return None


class _ChipListView(QListView):
    pressed_button = Signal(object)
    """The row (int) whose button was clicked."""

    def __init__(self, model: _ChipModel) -> None:
        super().__init__()
        self.setModel(model)
        self.setItemDelegate(_ChipDelegate(model, self))
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setAutoFillBackground(False)

    # Qt overrides

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and event.button() == Qt.MouseButton.LeftButton:
            button = _button_rect(self.visualRect(index), self.layoutDirection())
            if button.contains(event.position()):
                self.pressed_button.emit(index.row())


class _ChipDelegate(QStyledItemDelegate):
    def __init__(self, model: _ChipModel, view: QWidget) -> None:
        super().__init__(view)
        self._model = model

    # Qt overrides

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(_NARROWEST, max(_BUTTON, option.fontMetrics.height() + 10))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        chip, rect, tones = self._model.chip(index), option.rect, colours()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & (QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver):
            fill(painter, QRectF(rect), tones["hover"], 4)
        font = type_font("body")
        font.setStrikeOut(chip.mark is Mark.REMOVED)
        painter.setFont(font)
        painter.setPen(tones[_INKS.get(chip.mark, "text")])
        words = rect.adjusted(INSIDE, 0, -_BUTTON, 0)
        words = QStyle.visualRect(option.direction, rect, words)
        shown = one_line(_SIGNS.get(chip.mark, "") + chip.text)
        shown = painter.fontMetrics().elidedText(shown, Qt.TextElideMode.ElideRight, words.width())
        align = Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter
        painter.setLayoutDirection(option.direction)
        painter.drawText(words, align | Qt.TextFlag.TextSingleLine, bidi_isolate(shown))
        middle = _button_rect(rect, option.direction).center()
        paint = paint_put_back if chip.mark is Mark.REMOVED else paint_cross
        paint(painter, middle, tones["muted"])
        painter.restore()


def _button_rect(rect: QRect, direction: Qt.LayoutDirection) -> QRectF:
    end = QRect(rect.right() + 1 - _BUTTON, rect.top(), _BUTTON, rect.height())
    return QRectF(QStyle.visualRect(direction, rect, end))


def _searchable(text: str) -> str:
    """Text for a comparison that minds neither case nor accents; its words have a blank before."""
    letters = normalize("NFKD", one_line(text).replace("@", " @").casefold())
    if letters.isascii():
        return letters
    return "".join(letter for letter in letters if not combining(letter))
