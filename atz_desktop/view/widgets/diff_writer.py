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


def ink(colour: str = "text", role: TypeRole = "body") -> QTextCharFormat:
    """Letters in that colour of theme.Colours and that step of the type scale."""
    look = QTextCharFormat()
    look.setFont(type_font(role))
    look.setForeground(colours()[colour])
    return look


def one_block(text: str) -> str:
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
        text = one_block(text) if hanging else "\u2028".join(text.splitlines())
        self._cursor.insertText(text, _nothing() if nothing else ink())

    def small(self, text: str, colour: str, *, hanging: bool = False) -> None:
        """A remark; `hanging` puts it below the text of a value that has a sign."""
        block = QTextBlockFormat()
        block.setLeftMargin(self._step if hanging else 0)
        self._begin(block)
        self._cursor.insertText(text, ink(colour, "caption"))

    def removed(self, text: str, *, nothing: bool = False) -> None:
        gone = ink("muted")
        gone.setFontStrikeOut(True)
        self._signed(_REMOVED, "problem", text, _nothing() if nothing else gone)

    def added(self, text: str, *, nothing: bool = False) -> None:
        self._signed(_ADDED, "verified", text, _nothing() if nothing else ink())

    def difference(self, segments: tuple[Segment, ...]) -> None:
        """A text with what goes and what comes inside of it."""
        self._begin(QTextBlockFormat())
        for segment in segments:
            self._cursor.insertText(segment.display_text, _mark_ink(segment.type))

    def _signed(self, sign: str, colour: str, text: str, look: QTextCharFormat) -> None:
        block = QTextBlockFormat()
        block.setLeftMargin(self._step)
        block.setTextIndent(-self._step)
        block.setTabPositions([QTextOption.Tab(self._step, QTextOption.TabType.LeftTab)])
        block.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self._begin(block)
        self._cursor.insertText(f"{sign}\t", ink(colour, "heading"))
        self._cursor.insertText(one_block(text), look)

    def _begin(self, block: QTextBlockFormat) -> None:
        block.setBottomMargin(_BELOW)
        if self._begun:
            self._cursor.insertBlock(block, ink())
        else:
            self._cursor.setBlockFormat(block)
        self._begun = True


def _nothing() -> QTextCharFormat:
    look = ink("muted")
    look.setFontItalic(True)
    return look


def _mark_ink(mark: ChangeType) -> QTextCharFormat:
    if mark is ChangeType.REMOVED:
        look = ink("problem")
        look.setBackground(colours()["problem_fill"])
        look.setFontStrikeOut(True)
    elif mark is ChangeType.ADDED:
        look = ink("verified")
        look.setBackground(colours()["verified_fill"])
        look.setUnderlineStyle(QTextCharFormat.UnderlineStyle.SingleUnderline)
    else:
        look = ink("muted" if mark is ChangeType.ELIDED else "text")
    return look
