"""The frame of a chip field: chips in lines with a box behind them, and the room that they take."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QScrollArea,
    QSizePolicy,
    QStyle,
    QStyleOptionFrame,
    QWidget,
)

from atz_desktop.view.widgets.chip_line import ChipLineEdit
from atz_desktop.view.widgets.chip_row import ChipRow

_NARROWEST_BOX: Final = 32
_MOST_MEASURED: Final = 300  # letters; so many fill a line of any width, and a paste may be long


class ChipFrame(QWidget):
    """What is drawn of a chip field; `_row` and `_box` are made by the field."""

    _row: ChipRow
    _box: ChipLineEdit

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._measured = ("", 0)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def is_read_only(self) -> bool:
        return self._box.isReadOnly()

    def _has_keys(self) -> bool:
        focused = QApplication.focusWidget()
        return focused is not None and self.isAncestorOf(focused)

    def _scroll_to(self, widget: QWidget) -> None:
        above = self.parentWidget()
        while above is not None:
            if isinstance(above, QScrollArea):
                above.ensureWidgetVisible(widget, 0, 8)
                return
            above = above.parentWidget()

    def _box_width(self) -> int:
        """What the box would like: room for all that is written in it."""
        words = (self._box.text() or self._box.placeholderText())[:_MOST_MEASURED]
        if words != self._measured[0]:
            self._measured = words, self._box.fontMetrics().horizontalAdvance(words)
        return max(_NARROWEST_BOX, self._measured[1] + 16)

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
            self._measured = ("", 0)
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
