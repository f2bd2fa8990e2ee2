"""Text to be read, selected and copied: a Review, and what goes, comes and stays of a value.

Foreign text stays plain, whatever it holds: it is inserted letter by letter, never as HTML. What
goes and comes is never told by colour alone.
"""

from __future__ import annotations

from collections.abc import Callable
from math import ceil

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import (
    QFontMetricsF,
    QResizeEvent,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextFrameFormat,
    QTextLength,
    QTextOption,
    QTextTable,
    QTextTableCellFormat,
    QTextTableFormat,
)
from PySide6.QtWidgets import QFrame, QSizePolicy, QTextEdit, QWidget

from atz_desktop.domain.characters import bidi_isolate
from atz_desktop.domain.diff import ChangeType, Segment
from atz_desktop.domain.review import FieldDiff, Review, UnparsedText, unchanged_count_text
from atz_desktop.session.messages import verdict_text
from atz_desktop.view.theme import INSIDE, NEAR, TypeRole, colours, type_font

_LEAST_WIDTH = 160
_LINES = 3
MOST_HEIGHT = 400
_LABEL_LETTERS = 17
_REMOVED, _ADDED = "−", "+"
_BELOW = 2


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


class ReviewText(AutoHeightText):
    """One row for each field; shows any Review: of a save, of a draft, of a save of the past."""

    def __init__(self, name: str, width: int, parent: QWidget | None = None) -> None:
        super().__init__(width, MOST_HEIGHT, framed=True, parent=parent)
        self.setAccessibleName(name)
        self._review: Review | None = None

    def set_review(self, review: Review) -> None:
        self._review = review
        self.setAccessibleDescription(review.text())
        self.set_content(self._write_review)

    def _write_review(self, cursor: QTextCursor) -> None:
        if self._review is None:
            return
        rows: list[FieldDiff | UnparsedText] = [*self._review.diffs, *self._review.unparsed]
        if not rows:
            return
        table = cursor.insertTable(len(rows), 2, self._table_format())
        for place, row in enumerate(rows):
            _frame(table, place)
            label = table.cellAt(place, 0).firstCursorPosition()
            label.insertText(row.label, text_format("muted"))
            cell = table.cellAt(place, 1).firstCursorPosition()
            _write_row(DiffWriter(cell), row)

    def _table_format(self) -> QTextTableFormat:
        looks = QTextTableFormat()
        looks.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_None)
        looks.setBorder(0)
        looks.setCellSpacing(0)
        looks.setWidth(QTextLength(QTextLength.Type.PercentageLength, 100))
        label = self.fontMetrics().averageCharWidth() * _LABEL_LETTERS + 2 * INSIDE
        looks.setColumnWidthConstraints(
            [
                QTextLength(QTextLength.Type.FixedLength, label),
                QTextLength(QTextLength.Type.VariableLength, 0),
            ]
        )
        return looks


def _frame(table: QTextTable, row: int) -> None:
    """Room around each cell, and a line between two fields."""
    for column in range(2):
        look = QTextTableCellFormat()
        look.setTopPadding(NEAR)
        look.setBottomPadding(NEAR)
        look.setLeftPadding(INSIDE if column == 0 else NEAR)
        look.setRightPadding(NEAR)
        if row:
            look.setTopBorder(1)
            look.setTopBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
            look.setTopBorderBrush(colours()["card_border"])
        table.cellAt(row, column).setFormat(look)


def _write_row(paragraphs: DiffWriter, row: FieldDiff | UnparsedText) -> None:
    if isinstance(row, UnparsedText):
        paragraphs.plain(row.text)
        paragraphs.note("typed, but not finished", "warning")
        return
    if row.is_people_diff:
        _write_people(paragraphs, row)
    elif row.segments:
        paragraphs.difference(row.segments)
    else:
        _write_old_and_new(paragraphs, row)
    hanging = not row.segments
    for note in row.notes:
        paragraphs.note(note, "warning", hanging=hanging)
    if row.verdict is not None:
        colour = "verified" if row.verdict.is_ok else "problem"
        paragraphs.note(verdict_text(row.verdict), colour, hanging=hanging)


def _write_people(paragraphs: DiffWriter, line: FieldDiff) -> None:
    for name in line.removed:
        paragraphs.removed(name)
    for name in line.added:
        paragraphs.added(name)
    if line.unchanged:
        paragraphs.note(unchanged_count_text(len(line.unchanged)), "muted", hanging=True)


def _write_old_and_new(paragraphs: DiffWriter, line: FieldDiff) -> None:
    paragraphs.removed(line.old, nothing=line.was_empty)
    if line.old_utc:
        paragraphs.note(line.old_utc, "muted", hanging=True)
    paragraphs.added(line.new, nothing=line.becomes_empty)
    if line.new_utc:
        paragraphs.note(line.new_utc, "muted", hanging=True)


def text_format(colour: str = "text", role: TypeRole = "body") -> QTextCharFormat:
    """Letters in that colour of theme.Colours and that step of the type scale."""
    look = QTextCharFormat()
    look.setFont(type_font(role))
    look.setForeground(colours()[colour])
    return look


def isolated_text(text: str) -> str:
    """Foreign text as part of a line of ours: its own direction and lines stay inside of it."""
    return bidi_isolate("\u2028".join(text.splitlines()))


class DiffWriter:
    """Writes at `cursor`, which stands in an empty place."""

    def __init__(self, cursor: QTextCursor) -> None:
        self._cursor = cursor
        self._begun = False
        self._step = QFontMetricsF(type_font("heading")).horizontalAdvance(_ADDED) + NEAR

    def plain(self, text: str, *, nothing: bool = False, hanging: bool = False) -> None:
        """A value as it is; `nothing` says that the words stand for an empty one."""
        block = QTextBlockFormat()
        block.setLeftMargin(self._step if hanging else 0)
        if hanging:
            block.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self._begin(block)
        text = isolated_text(text) if hanging else "\u2028".join(text.splitlines())
        self._cursor.insertText(text, _nothing() if nothing else text_format())

    def note(self, text: str, colour: str, *, hanging: bool = False) -> None:
        """A remark; `hanging` puts it below the text of a value that has a sign."""
        block = QTextBlockFormat()
        block.setLeftMargin(self._step if hanging else 0)
        self._begin(block)
        self._cursor.insertText(text, text_format(colour, "caption"))

    def removed(self, text: str, *, nothing: bool = False) -> None:
        gone = text_format("muted")
        gone.setFontStrikeOut(True)
        self._with_sign(_REMOVED, "problem", text, _nothing() if nothing else gone)

    def added(self, text: str, *, nothing: bool = False) -> None:
        self._with_sign(_ADDED, "verified", text, _nothing() if nothing else text_format())

    def difference(self, segments: tuple[Segment, ...]) -> None:
        """A text with what goes and what comes inside of it."""
        self._begin(QTextBlockFormat())
        for segment in segments:
            self._cursor.insertText(segment.display_text, _mark_format(segment.type))

    def _with_sign(self, sign: str, colour: str, text: str, look: QTextCharFormat) -> None:
        block = QTextBlockFormat()
        block.setLeftMargin(self._step)
        block.setTextIndent(-self._step)
        block.setTabPositions([QTextOption.Tab(self._step, QTextOption.TabType.LeftTab)])
        block.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self._begin(block)
        self._cursor.insertText(f"{sign}\t", text_format(colour, "heading"))
        self._cursor.insertText(isolated_text(text), look)

    def _begin(self, block: QTextBlockFormat) -> None:
        block.setBottomMargin(_BELOW)
        if self._begun:
            self._cursor.insertBlock(block, text_format())
        else:
            self._cursor.setBlockFormat(block)
        self._begun = True


def _nothing() -> QTextCharFormat:
    look = text_format("muted")
    look.setFontItalic(True)
    return look


def _mark_format(mark: ChangeType) -> QTextCharFormat:
    if mark is ChangeType.REMOVED:
        look = text_format("problem")
        look.setBackground(colours()["problem_fill"])
        look.setFontStrikeOut(True)
    elif mark is ChangeType.ADDED:
        look = text_format("verified")
        look.setBackground(colours()["verified_fill"])
        look.setUnderlineStyle(QTextCharFormat.UnderlineStyle.SingleUnderline)
    else:
        look = text_format("muted" if mark is ChangeType.ELIDED else "text")
    return look
