"""Draws a Review: each field with what goes and what comes, as one text that can be read out."""

from __future__ import annotations

from PySide6.QtGui import (
    QTextCursor,
    QTextFrameFormat,
    QTextLength,
    QTextTable,
    QTextTableCellFormat,
    QTextTableFormat,
)
from PySide6.QtWidgets import QWidget

from atz_desktop.domain.review import FieldDiff, Review, UnparsedText, unchanged_count_text
from atz_desktop.session.messages import verdict_text
from atz_desktop.view.theme import INSIDE, NEAR, colours
from atz_desktop.view.widgets.auto_height_text import AutoHeightText
from atz_desktop.view.widgets.diff_writer import DiffWriter, text_format

MOST_HEIGHT = 400
_LABEL_LETTERS = 17


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
