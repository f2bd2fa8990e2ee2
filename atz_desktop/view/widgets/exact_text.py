"""Text editors that never change what they were given to show.

A loaded text comes back to the last byte as long as nobody typed; what somebody typed is carried
into it, and the rest stays as it was. Undo belongs to the form, not to the editor.
"""

from __future__ import annotations

import math
import re
from typing import Final

from PySide6.QtCore import QMimeData, QSignalBlocker, QSize, Signal
from PySide6.QtGui import (
    QInputMethodEvent,
    QTextCursor,
    QTextDocumentFragment,
    QTextLayout,
    QTextOption,
    QWheelEvent,
)
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QSizePolicy, QWidget

from atz_desktop.view.widgets.window_commands import UndoByWindow

# QLineEdit cuts what is longer than its limit, 32,767 at first: even a loaded text.
_NO_LIMIT: Final = 2**31 - 1
_LONG_WORD: Final = 5_000
"""Letters. From each line of a word Qt looks for a blank to its very end: seconds for 300,000."""
_LONG_PARAGRAPH: Final = range(1_000, 100_000)
"""Letters, of which Qt keeps about 50 bytes each."""


class _ExactEditor(UndoByWindow):
    """What both editors share. An heir writes `_kept` to the screen, and calls `_begin` first."""

    def _begin(self, *, lines: bool) -> None:
        self._lines = lines
        self._kept = TextBuffer(None, lines=lines)
        self._composing = False
        self._waiting: list[str | None] = []

    def _sync_widget(self, old: str) -> None:
        """Bring the screen, which shows `old`, up to `_kept`; never emits."""
        raise NotImplementedError

    def _go_to_start(self) -> None:
        raise NotImplementedError

    def value(self) -> str | None:
        """The text as loaded, with the user's changes."""
        return self._kept.value

    def show_value(self, text: str | None) -> None:
        """Show `text`, which the program brings; never emits.

        While a character is being composed the text waits for its end, and gives way to it.
        """
        if self._composing:
            self._waiting = [text]
        elif text != self._kept.value:
            old, self._kept = self._kept.shown, TextBuffer(text, lines=self._lines)
            self._sync_widget(old)
            if not self.hasFocus():
                self._go_to_start()

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        super().inputMethodEvent(event)
        self._composing = bool(event.preeditString())
        if not self._composing and self._waiting:
            self.show_value(self._waiting.pop())


class ExactLineEdit(_ExactEditor, QLineEdit):
    """One line of text. `edited` carries the whole new text, and only a user's doing emits it."""

    edited = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMaxLength(_NO_LIMIT)
        self._begin(lines=False)
        # Dictation and screen readers set the text without `textEdited`: that is a person too.
        self.textChanged.connect(self._on_text_changed)

    def _sync_widget(self, old: str) -> None:
        """Bring the screen up to `_kept`, the cursor where it sensibly was in `old`."""
        new = self._kept.shown
        if old == new:
            return
        caret = code_points(old, self.cursorPosition())
        start, end = common_affixes(old, new, len(new) - (len(old) - caret))
        with QSignalBlocker(self):
            self.setText(new)
        if caret > start:
            caret = len(new) - min(end, len(old) - caret)
        self.setCursorPosition(utf16_units(new, caret))

    def _go_to_start(self) -> None:
        self.setCursorPosition(0)

    def _on_text_changed(self, text: str) -> None:
        if self._kept.update(text, code_points(text, self.cursorPosition())):
            self._waiting = []
            self._sync_widget(text)
            self.edited.emit(self._kept.value)


class ExactTextEdit(_ExactEditor, QPlainTextEdit):
    """Plain text of several lines, as high as its content between two numbers of lines.

    `edited` carries the whole new text, and only a user's doing emits it.
    """

    edited = Signal(object)

    def __init__(
        self, parent: QWidget | None = None, *, min_lines: int = 3, max_lines: int = 14
    ) -> None:
        super().__init__(parent)
        self._min_lines = min_lines
        self._max_lines = max_lines
        self._begin(lines=True)
        self.setUndoRedoEnabled(False)
        self.setTabChangesFocus(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.textChanged.connect(self._on_text_changed)
        self.cursorPositionChanged.connect(self._keep_glyphs)
        self.document().documentLayout().documentSizeChanged.connect(self._update_height)

    def set_min_lines(self, lines: int) -> None:
        if lines != self._min_lines:
            self._min_lines = lines
            self.updateGeometry()

    def _sync_widget(self, old: str) -> None:
        """Replace on the screen only what differs: cursor and scrolling stay where they were."""
        new = self._kept.shown
        start, end = common_affixes(old, new, code_points(old, self.textCursor().position()))
        cursor = QTextCursor(self.document())
        cursor.setPosition(utf16_units(old, start))
        cursor.setPosition(utf16_units(old, len(old) - end), QTextCursor.MoveMode.KeepAnchor)
        mode = QTextOption.WrapMode
        is_long = _has_long_word(new)
        if is_long:  # before it is laid out for the first time
            self.setWordWrapMode(mode.WrapAnywhere)
        with QSignalBlocker(self):
            cursor.insertText(new[start : len(new) - end])
        self._keep_glyphs()
        if not is_long:
            self.setWordWrapMode(mode.WrapAtWordBoundaryOrAnywhere)

    def _go_to_start(self) -> None:
        self.moveCursor(QTextCursor.MoveOperation.Start)

    def _on_text_changed(self) -> None:
        text = self.document().toRawText()
        if self._kept.update(text, code_points(text, self.textCursor().position())):
            self._waiting = []
            self.edited.emit(self._kept.value)

    def _update_height(self) -> None:
        self.updateGeometry()

    def _keep_glyphs(self) -> None:
        """Let Qt keep what it measured of a long paragraph: else it measures all of it again for
        the cursor, and for each painting.
        """
        block = self.textCursor().block()
        if block.length() in _LONG_PARAGRAPH:
            block.layout().setCacheEnabled(True)

    def _height_of(self, lines: float, spacing: float) -> int:
        # Qt takes the frame off twice when it decides whether to scroll.
        around = 4 * self.frameWidth() + 2 * self.document().documentMargin()
        return math.ceil(lines * spacing + around)

    def _spacing(self) -> float:
        """The height of a line as it is laid out: now and then a pixel more than the font says."""
        layout = QTextLayout("Ag", self.font())
        layout.beginLayout()
        line = layout.createLine()
        layout.endLayout()
        return line.height()

    def _written(self) -> float:
        """The height of all lines: those of another script may be higher than others."""
        layout, block, height = self.document().documentLayout(), self.document().begin(), 0.0
        while block.isValid():
            height += layout.blockBoundingRect(block).height()
            block = block.next()
        return height - self.document().documentMargin()  # which Qt counts to the last line

    # Qt overrides

    def wheelEvent(self, event: QWheelEvent) -> None:
        # The wheel scrolls the form unless the user is working in here.
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        return source.hasText() or source.hasHtml()

    def insertFromMimeData(self, source: QMimeData) -> None:
        text = source.text() or QTextDocumentFragment.fromHtml(source.html()).toPlainText()
        if _has_long_word(text):
            self.setWordWrapMode(QTextOption.WrapMode.WrapAnywhere)
        self.textCursor().insertText(text)
        self.ensureCursorVisible()

    def createMimeDataFromSelection(self) -> QMimeData:
        # Qt's own text has plain spaces for no-break ones. Its object is filled anew rather than
        # replaced: one made by Python must not be on the clipboard when the program ends.
        data = super().createMimeDataFromSelection()
        data.text()  # Qt fills it when it is first read, and would do so over ours
        data.clear()
        data.setText(self.textCursor().selectedText().replace("\u2029", "\n"))
        return data

    def sizeHint(self) -> QSize:
        lines = round(self.document().documentLayout().documentSize().height())
        spacing = self._spacing()
        height = self._height_of(min(max(lines, self._min_lines), self._max_lines), spacing)
        if lines <= self._max_lines:
            height = max(height, self._height_of(1, self._written()))
        return QSize(super().sizeHint().width(), height)

    def minimumSizeHint(self) -> QSize:
        height = self._height_of(self._min_lines, self._spacing())
        return QSize(super().minimumSizeHint().width(), height)


def _has_long_word(text: str) -> bool:
    pieces = (text[at : at + _LONG_WORD] for at in range(0, len(text) - _LONG_WORD, _LONG_WORD))
    return any(not re.search(r"\s", piece) for piece in pieces)


_BREAKS: Final = frozenset("\n\r\v\f\x85\u2028\u2029")
_ONE_LINE_BREAKS: Final = re.compile(f"[{''.join(_BREAKS)}]+")
_STAND_IN: Final = "\ufffd"
# Qt ends a paragraph at the first two, takes the next two for byte-order marks and drops them (with
# all that follows, or turns it round), and cannot hold half of a surrogate pair.
_UNSHOWABLE: Final = re.compile("[\ufdd0\ufdd1\ufeff\ufffe\ud800-\udfff]")
_PARAGRAPH: Final = "\u2029"


class TextBuffer:
    """The exact text that was loaded or edited, beside the form of it that a text widget can show.

    Qt's text widgets rewrite what they are given: CR LF becomes one paragraph end, some characters
    are dropped. So the text is kept in units, one for each character on the screen, and a person's
    change is carried over to the units that it touched, and to no other. With `lines`, breaks are
    shown as the ends of paragraphs.
    """

    def __init__(self, text: str | None, *, lines: bool) -> None:
        self._loaded = text
        self._lines = lines
        self._loaded_units = _units(text or "")
        self._units = self._loaded_units
        self.value = text
        """The loaded text with the user's changes; if it looks as loaded, exactly the loaded."""
        self._break = _usual_break(text or "")
        self.shown = self._loaded_shown = _showable(text or "", lines=lines)

    def update(self, shown: str, caret: int) -> bool:
        """Take over what stands on the screen now; whether that was a change.

        `caret` (in code points) says which of two equal neighbours was typed or deleted. A single
        line joins the lines of what was put in: `shown` may differ from what was given.
        """
        if shown == self.shown:
            return False
        start, rest = common_affixes(self.shown, shown, caret)
        put_in = shown[start : len(shown) - rest]
        if not self._lines:
            put_in = _ONE_LINE_BREAKS.sub(" ", _trimmed(put_in))
        tail = len(self.shown) - rest
        self.shown = self.shown[:start] + put_in + self.shown[tail:]
        if self.shown == self._loaded_shown:
            self._units, self.value = self._loaded_units, self._loaded
        else:
            typed = [self._break if each in _BREAKS else each for each in put_in]
            if self._units is self._loaded_units:
                self._units = self._loaded_units.copy()
            self._units[start:tail] = typed
            self.value = "".join(self._units)
        return True


# Without regular expressions: those take a second for a text of 5 MB.


def _units(text: str) -> list[str]:
    """Each character; CR LF is one."""
    first, *rest = text.split("\r\n")
    units = list(first)
    for piece in rest:
        units.append("\r\n")
        units.extend(piece)
    return units


def _showable(text: str, *, lines: bool) -> str:
    """The text as Qt keeps it, one character for each unit."""
    if not text.isascii():
        text = _UNSHOWABLE.sub(_STAND_IN, text)
    text = text.replace("\r\n", "\n")
    return text.replace("\n", _PARAGRAPH).replace("\r", _PARAGRAPH) if lines else text


def common_affixes(old: str, new: str, caret: int) -> tuple[int, int]:
    """Where two texts part: the length of their common beginning, and of their common end.

    Where several answers are right (one of two equal letters is new), the one that leaves alone
    what stands behind the caret of the new text.
    """
    least = min(len(old), len(new))
    start = _common(old[:least], new[:least])
    end = _common(old[len(old) - least :][::-1], new[len(new) - least :][::-1])
    if start + end > least:
        end = min(max(len(new) - caret, least - start), end)
        start = least - end
    return start, end


def _common(one: str, other: str) -> int:
    """Length of the common beginning of two texts of equal length, found by halving."""
    low, high = 0, len(one)
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _usual_break(text: str) -> str:
    both = text.count("\r\n")
    counts = {"\n": text.count("\n") - both, "\r\n": both, "\r": text.count("\r") - both}
    return max(counts, key=lambda each: counts[each])


def _trimmed(text: str) -> str:
    """Without the line breaks at both ends: a cell copied from a spreadsheet brings one along."""
    first, last = 0, len(text)
    while first < last and text[first] in _BREAKS:
        first += 1
    while last > first and text[last - 1] in _BREAKS:
        last -= 1
    return text[first:last]


def code_points(text: str, position: int) -> int:
    """Qt counts UTF-16 units, Python code points: the position of a cursor in Python's terms."""
    return len(
        text.encode("utf-16-le", "surrogatepass")[: 2 * position].decode("utf-16-le", "ignore")
    )


def utf16_units(text: str, position: int) -> int:
    """The same the other way round."""
    return len(text[:position].encode("utf-16-le", "surrogatepass")) // 2
