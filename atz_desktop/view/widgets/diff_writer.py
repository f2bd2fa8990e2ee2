"""Writes what goes, comes and stays into a text, a paragraph for each; never told by colour alone.

Text is inserted letter by letter, never as HTML, so foreign text is harmless.
"""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import (
    QFontMetricsF,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextOption,
)

from atz_desktop.domain.characters import bidi_isolate
from atz_desktop.domain.diff import ChangeType, Segment
from atz_desktop.view.theme import NEAR, TypeRole, colours, type_font

_REMOVED, _ADDED = "−", "+"
_BELOW = 2


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
