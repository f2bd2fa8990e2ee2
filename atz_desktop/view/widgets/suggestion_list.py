"""The list of suggestions under a field: part of the window, so it takes no focus and no keys."""

from __future__ import annotations

from typing import Any, Final

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    QStringListModel,
    Qt,
    Signal,
)
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from atz_desktop.view.flat_paint import fill
from atz_desktop.view.theme import colours, type_font
from atz_desktop.view.widgets.chip import Chip
from atz_desktop.view.widgets.chip_paint import one_line
from atz_desktop.view.widgets.labels import plain_tip

_NARROWEST: Final = 280
_NARROWEST_COMPACT: Final = 190
_MOST_ROWS: Final = 7
_STEPS: Final = {
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_PageUp: 1 - _MOST_ROWS,
    Qt.Key.Key_PageDown: _MOST_ROWS - 1,
}
"""By how many rows the keys of the field move the choice."""
_CHOOSES: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_PAD: Final = 10
_FRAME: Final = 5


class SuggestionList(QListView):
    """Suggestions to choose from with the keys of the field that owns it, or with the mouse.

    They are made for one text. While the field holds another one and newer suggestions are on
    their way, none stands out and no key takes one; a click on a name still does.
    """

    chosen = Signal(object)
    """The Chip that the user took."""
    moved = Signal(object)
    """The Chip that stands out after a key."""

    def __init__(self, field: QWidget, *, compact: bool = False) -> None:
        """`compact`: each suggestion in one line, its tip behind its name."""
        super().__init__(field.window())
        self._field = field
        self._anchor = field
        self._offered: tuple[Chip, ...] = ()
        self._made_for = ""
        self._watched: list[QWidget] = []
        self._model = _SuggestionModel(self)
        self.setModel(self._model)
        self._narrowest = _NARROWEST_COMPACT if compact else _NARROWEST
        self.setItemDelegate(_OneLineDelegate(self) if compact else _TwoLineDelegate(self))
        self.setAccessibleName("Suggestions")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.viewport().setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setViewportMargins(_FRAME, _FRAME, _FRAME, _FRAME)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.entered.connect(self.setCurrentIndex)
        self.clicked.connect(self._clicked)
        field.destroyed.connect(self.deleteLater)
        self.hide()

    def suggestions(self) -> tuple[Chip, ...]:
        return self._offered

    def open_at(
        self, anchor: QWidget, text: str, offered: tuple[Chip, ...], *, preselect: bool
    ) -> None:
        """Open below `anchor`, or above it if there is more room; `suggestions` is never empty."""
        self._anchor = anchor
        self._offered = offered
        self._made_for = text
        # What a screen reader reads; the delegate paints from the tuple.
        read = [", ".join(filter(None, (one_line(c.text), c.detail))) for c in offered]
        self._model.tips = [plain_tip(chip.tip) for chip in offered]
        self._model.setStringList(read)
        self.setCurrentIndex(self._model.index(0) if preselect else QModelIndex())
        if self.parentWidget() is not self._field.window():
            self.setParent(self._field.window())
        self._track_anchor()
        self._reposition()
        self.scrollToTop()
        self.show()
        self.raise_()

    def hide_list(self) -> None:
        for widget in self._watched:
            widget.removeEventFilter(self)
        self._watched = []
        self.hide()

    def set_current_text(self, text: str) -> None:
        """The field holds this text now: suggestions for another one stand out no longer."""
        if text != self._made_for:
            self.setCurrentIndex(QModelIndex())

    def selected(self, text: str) -> Chip | None:
        """The suggestion for `text` that stands out, if any."""
        row = self.currentIndex().row()
        made = text == self._made_for and 0 <= row < len(self._offered)
        return self._offered[row] if made else None

    def handle_key(self, text: str, key: int, *, tab: bool = False) -> bool:
        """Choose (also with Tab if `tab`), move or close as `key` does while the field holds
        `text`; whether it does any of that.
        """
        current = self.selected(text)
        if key == Qt.Key.Key_Escape:
            self.hide_list()
        elif key in _STEPS:
            if text == self._made_for:
                self._move_by(_STEPS[Qt.Key(key)])
        elif current is not None and (key in _CHOOSES or (tab and key == Qt.Key.Key_Tab)):
            self.chosen.emit(current)
        else:
            return False
        return True

    def _move_by(self, rows: int) -> None:
        """Move the choice; beyond an end it stays there."""
        row = self.currentIndex().row()
        to = rows - 1 if row < 0 < rows else row + rows
        self.setCurrentIndex(self.model().index(min(max(to, 0), len(self._offered) - 1), 0))
        self.moved.emit(self._offered[self.currentIndex().row()])

    def _clicked(self, index: QModelIndex) -> None:
        self.chosen.emit(self._offered[index.row()])

    def _track_anchor(self) -> None:
        """Follow the field when the form scrolls or the window changes."""
        if self._watched:
            return
        widget: QWidget | None = self._field
        while widget is not None:
            self._watched.append(widget)
            widget.installEventFilter(self)
            widget = None if widget.isWindow() else widget.parentWidget()

    def _reposition(self) -> None:
        window = self._field.window()
        start = self._anchor.mapTo(window, QPoint(0, 0))
        top = self._field.mapTo(window, QPoint(0, 0)).y()
        bottom = top + self._field.height()
        rows = min(len(self._offered), _MOST_ROWS)
        row = self.sizeHintForRow(0)
        around = 2 * (_FRAME + self.frameWidth())
        width = min(max(self._narrowest, self._anchor.width()), window.width() - 2 * _FRAME)
        left = max(_FRAME, min(start.x(), window.width() - width - _FRAME))
        below, above = window.height() - bottom - _FRAME, top - _FRAME
        room = max(below, above) if below < rows * row + around else below
        height = max(row + around, min(rows * row + around, room))
        upward = room != below
        self.setGeometry(left, top - height - 2 if upward else bottom + 2, width, height)

    # Qt overrides

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Move, QEvent.Type.Resize):
            if self._anchor.visibleRegion().isEmpty():
                self.hide_list()  # it was scrolled out of sight
            else:
                self._reposition()
        elif event.type() == QEvent.Type.Hide:
            self.hide_list()
        return False


class _SuggestionModel(QStringListModel):
    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.tips: list[str] = []

    # Qt overrides

    def data(
        self,
        index: QModelIndex | QPersistentModelIndex,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        if role == Qt.ItemDataRole.ToolTipRole:
            return self.tips[index.row()]
        return super().data(index, role)


class _TwoLineDelegate(QStyledItemDelegate):
    """The name, and below it in a quieter voice what tells this one from its namesakes."""

    def __init__(self, view: SuggestionList) -> None:
        super().__init__(view)
        self._view = view

    def _paint_ground(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        rect, tones = option.rect, colours()
        if option.state & QStyle.StateFlag.State_Selected:
            fill(painter, QRectF(rect), tones["hover"], 4)
            pad = min(8, rect.height() // 4)
            bar = QRect(rect.left(), rect.top() + pad, 3, rect.height() - 2 * pad)
            bar = QStyle.visualRect(option.direction, rect, bar)
            fill(painter, QRectF(bar), tones["accent"], 1.5)

    # Qt overrides

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        name, tip = QFontMetrics(type_font("body")), QFontMetrics(type_font("caption"))
        return QSize(_NARROWEST, name.height() + tip.height() + 10)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        chip = self._view.suggestions()[index.row()]
        rect, tones = option.rect, colours()
        painter.save()
        self._paint_ground(painter, option)
        words = rect.adjusted(_PAD, 5, -_PAD, -5)
        name = QFontMetrics(type_font("body")).height()
        lines = (
            ("body", "text", chip.text, words.adjusted(0, 0, 0, name - words.height())),
            ("caption", "muted", chip.detail, words.adjusted(0, name, 0, 0)),
        )
        for role, ink, text, room in lines:
            painter.setFont(type_font("body" if role == "body" else "caption"))
            painter.setPen(tones[ink])
            shown = painter.fontMetrics().elidedText(
                one_line(text), Qt.TextElideMode.ElideRight, room.width()
            )
            painter.drawText(
                room, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, shown
            )
        painter.restore()


class _OneLineDelegate(_TwoLineDelegate):
    """The name, and behind it in a quieter voice the tip."""

    # Qt overrides

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        return QSize(_NARROWEST_COMPACT, max(24, QFontMetrics(type_font("body")).height() + 8))

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        chip = self._view.suggestions()[index.row()]
        tones, words = colours(), option.rect.adjusted(_PAD, 0, -_PAD, 0)
        painter.save()
        painter.setLayoutDirection(option.direction)
        self._paint_ground(painter, option)
        for text, ink, side in (
            (chip.text, "text", Qt.AlignmentFlag.AlignLeading),
            (chip.tip, "muted", Qt.AlignmentFlag.AlignTrailing),
        ):
            painter.setFont(type_font("body" if ink == "text" else "caption"))
            painter.setPen(tones[ink])
            painter.drawText(words, side | Qt.AlignmentFlag.AlignVCenter, one_line(text))
        painter.restore()
