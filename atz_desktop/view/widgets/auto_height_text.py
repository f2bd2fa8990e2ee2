"""A page of text to be read, selected and copied: foreign text stays plain, whatever it holds."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QResizeEvent, QTextCursor, QTextOption
from PySide6.QtWidgets import QFrame, QSizePolicy, QTextEdit, QWidget

from atz_desktop.view.theme import type_font

_LEAST_WIDTH = 160
_LINES = 3


class AutoHeightText(QTextEdit):
    """Shows what `set_content` writes, and writes it anew when light and dark change.

    It wants to be as high as its text is at `width` pixels, up to `most_height`; then it scrolls.
    """

    def __init__(
        self, width: int, most_height: int, *, framed: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._width = width
        self._most_height = most_height
        self._heights: dict[int, int] = {}
        self._write: Callable[[QTextCursor], None] | None = None
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setTabChangesFocus(True)
        if not framed:
            self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.document().setDocumentMargin(0)
        self.viewport().setAutoFillBackground(False)

    def set_content(self, write: Callable[[QTextCursor], None]) -> None:
        """Replace the text by what `write` inserts at the cursor it is given, seen from its top."""
        self._write = write
        self._draw()
        self.verticalScrollBar().setValue(0)
        self.updateGeometry()

    def _draw(self) -> None:
        if self._write is None:
            return
        place = self.verticalScrollBar().value()
        self.document().clear()
        self.document().setDefaultFont(type_font("body"))
        cursor = QTextCursor(self.document())
        cursor.beginEditBlock()
        self._write(cursor)
        cursor.endEditBlock()
        self._heights.clear()
        self.moveCursor(QTextCursor.MoveOperation.Start)
        if not self.textCursor().block().text():
            # An empty line stands before a table: the caret would be drawn outside of it.
            self.moveCursor(QTextCursor.MoveOperation.NextBlock)
        self._update_scroll_bar()
        self.verticalScrollBar().setValue(place)

    def height_at(self, width: int) -> int:
        """How high the widget wants to be when it is so wide, in pixels."""
        return min(self._whole_height(width), self._most_height)

    def _whole_height(self, width: int) -> int:
        if width not in self._heights:
            page = self.document().clone()
            page.setTextWidth(width - 2 * self.frameWidth())
            self._heights[width] = ceil(page.size().height()) + 2 * self.frameWidth()
            page.deleteLater()
        return self._heights[width]

    def _update_scroll_bar(self) -> None:
        """No scroll bar where everything fits: one that came up meanwhile would make itself needed.

        It narrows the text, and a line that just fitted is broken.
        """
        bar = Qt.ScrollBarPolicy
        fits = self._whole_height(self.width()) <= self.height()
        policy = bar.ScrollBarAlwaysOff if fits else bar.ScrollBarAsNeeded
        if policy != self.verticalScrollBarPolicy():  # else Qt lays all out again all the same
            self.setVerticalScrollBarPolicy(policy)

    # Qt overrides

    def sizeHint(self) -> QSize:
        return QSize(self._width, self.height_at(self._width))

    def minimumSizeHint(self) -> QSize:
        least = self.fontMetrics().lineSpacing() * _LINES
        return QSize(_LEAST_WIDTH, min(least, self.sizeHint().height()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._update_scroll_bar()
        super().resizeEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in {QEvent.Type.PaletteChange, QEvent.Type.FontChange}:
            self._draw()
