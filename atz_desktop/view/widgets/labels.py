"""Words for the user: foreign text, plain and cut with an ellipsis rather than pushing a form wide;
and sentences in a level's colours and with its icon, at a field or in a box.

A colour is never the only sign.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QContextMenuEvent,
    QFontMetrics,
    QGuiApplication,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextLayout,
    QTextLine,
    QTextOption,
)
from PySide6.QtWidgets import QFrame, QLabel, QMenu, QSizePolicy, QWidget

from atz_desktop.domain.characters import remove_bidi_overrides
from atz_desktop.view.flat_paint import fill
from atz_desktop.view.icons import paint_icon
from atz_desktop.view.theme import (
    CARD_RADIUS,
    INSIDE,
    LEVELS,
    NEAR,
    TIGHT,
    TypeRole,
    colours,
    type_font,
)
from atz_desktop.view.widgets.layouts import hbox, vbox

if TYPE_CHECKING:
    from atz_desktop.session.notices import Level

_NARROWEST = 48
_WIDEST_HINT = 480
_LONGEST_LINE = 1_000
"""Letters; more fit on no line of any screen. What comes behind them is never laid out."""
_WIDE = 100_000
"""Pixels; wider than any screen."""
_BOX_ICON = 20
_HINT_ICON = 16
TOP = Qt.AlignmentFlag.AlignTop


class ElidingLabel(QLabel):
    """Shows text letter by letter on at most `lines` lines; what is cut stands in the tool tip.

    `ink` names a colour of theme.Colours. The whole text can be copied from the context menu.
    """

    def __init__(
        self,
        colour: str = "text",
        role: TypeRole = "body",
        lines: int = 1,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.ink = colour
        self._shown = ""
        self._most = lines
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setFont(type_font(role))
        self._rows = 1
        self._whole = ""
        """The text in the tip: it is cut."""
        self._width: int | None = None
        """Of the text on one line; None: not measured since text or font changed."""
        self._broken: tuple[object, QTextLayout, list[QTextLine]] | None = None
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def set_text(self, text: str, colour: str | None = None) -> None:
        """Show `text`; line breaks and runs of spaces become one space."""
        if text == self.text() and colour in {None, self.ink}:
            return
        self.ink = colour or self.ink
        self._shown = " ".join(remove_bidi_overrides(text).split())
        self._forget_measures()
        self.setText(text)
        self._update_height(self.width())
        self.updateGeometry()
        self.update()

    def set_most_lines(self, lines: int) -> None:
        if lines != self._most:
            self._most = lines
            self._forget_measures()
            self._update_height(self.width())
            self.updateGeometry()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text())

    def _update_height(self, width: int) -> None:
        """Ask for as many lines as the text needs at that width; the tip shows what is cut.

        Qt's own height-for-width makes every layout around it ask twice, and lets a scroll area
        squeeze what stands in it.
        """
        needed = 1 if self._fits(width) else len(self._break_lines(width))
        whole = self.text() if self._is_cut(needed) else ""
        if whole != self._whole:
            self._whole = whole
            self.setToolTip(plain_tip(whole))
            self.setAccessibleDescription(whole)
        rows = max(1, min(needed, self._most))
        if rows != self._rows:
            self._rows = rows
            self.updateGeometry()

    def _is_cut(self, lines: int) -> bool:
        return lines > self._most or len(self._shown) > self._most * _LONGEST_LINE

    def _fits(self, width: int) -> bool:
        """Whether one line of that width holds the text."""
        return self._text_width() <= width

    def _text_width(self) -> int:
        if self._width is None:
            self._width = self.fontMetrics().horizontalAdvance(self._shown[:_LONGEST_LINE])
        return self._width

    def _forget_measures(self) -> None:
        self._width = self._broken = None

    def _break_lines(self, width: int) -> list[QTextLine]:
        """The text in lines of that width: as many as are shown, and one more if there is one.

        They are kept: a window is painted anew at each step in which it is made wider.
        """
        side = self._side()
        if side & Qt.AlignmentFlag.AlignLeft and self._fits(width):
            width = _WIDE  # the same line in any room
        key = (width, side)
        if self._broken is None or self._broken[0] != key:
            self._broken = (key, *self._laid_out(width, side))
        return self._broken[2]

    def _laid_out(self, width: int, side: Qt.AlignmentFlag) -> tuple[QTextLayout, list[QTextLine]]:
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        option.setAlignment(side)
        layout = QTextLayout(self._shown[: self._most * _LONGEST_LINE], self.font())
        layout.setTextOption(option)
        lines: list[QTextLine] = []
        spacing = QFontMetrics(self.font()).lineSpacing()
        layout.beginLayout()
        while len(lines) <= self._most and (line := layout.createLine()).isValid():
            line.setLineWidth(width)
            line.setPosition(QPointF(0, len(lines) * spacing))
            lines.append(line)
        layout.endLayout()
        return layout, lines

    def _side(self) -> Qt.AlignmentFlag:
        leftward = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        side = Qt.AlignmentFlag.AlignRight if leftward else Qt.AlignmentFlag.AlignLeft
        return side | Qt.AlignmentFlag.AlignAbsolute

    def _paint_last(self, painter: QPainter, line: QTextLine) -> None:
        """The last line that has room, with an ellipsis for all that comes after it."""
        units = self._shown.encode("utf-16-le", "surrogatepass")
        units = units[2 * line.textStart() :][: 2 * _LONGEST_LINE]
        rest = units.decode("utf-16-le", "surrogatepass")
        room = self.rect()
        room.setTop(room.top() + round(line.y()))
        cut = self.fontMetrics().elidedText(rest, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, self._side() | Qt.AlignmentFlag.AlignTop, cut)

    # Qt overrides

    def sizeHint(self) -> QSize:
        width = self._text_width() + 2
        return QSize(
            min(width, _WIDEST_HINT) if self._most > 1 else width,
            self._rows * self.fontMetrics().lineSpacing(),
        )

    def minimumSizeHint(self) -> QSize:
        hint = self.sizeHint()
        return QSize(min(_NARROWEST, hint.width()), hint.height())

    def hasHeightForWidth(self) -> bool:
        return False

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._forget_measures()
        super().changeEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._update_height(event.size().width())

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("Copy").triggered.connect(self._copy)
        menu.popup(event.globalPos())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(colours()[self.ink if self.isEnabled() else "disabled"])
        room = self.rect()
        lines = self._break_lines(room.width())
        cut = self._is_cut(len(lines))
        lines = lines[: self._most]
        for line in lines[:-1] if cut else lines:
            line.draw(painter, QPointF(room.topLeft()))
        if cut:
            self._paint_last(painter, lines[-1])


class MessageBox(QFrame):
    """The ground and the icon of a level; what stands beside the icon is the subclass's."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.icon = _Icon(_BOX_ICON)
        self.level: Level | None = None

    def set_level(self, level: Level) -> None:
        self.level = level
        self.icon.set_icon(LEVELS[level.value].icon, LEVELS[level.value].colour)
        self.update()

    # Qt overrides

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.level is not None:
            ground = colours()[LEVELS[self.level.value].ground]
            fill(QPainter(self), QRectF(self.rect()), ground, CARD_RADIUS)


class Callout(MessageBox):
    """A sentence (plain text, whatever it holds); widgets may be added below it."""

    def __init__(self, level: Level, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._label = selectable_label(text)
        self._label.setMinimumHeight(_BOX_ICON)
        self._column = vbox(None, self._label)
        hbox(
            self,
            (self.icon, 0, TOP),
            (self._column, 1),
            margins=(INSIDE, NEAR + 2, INSIDE, NEAR + 2),
            spacing=NEAR + 2,
        )
        self.set_level(level)

    def set_message(self, level: Level, text: str) -> None:
        self._label.setText(text)
        self.set_level(level)

    def add(self, widget: QWidget) -> None:
        self._column.addWidget(widget, 0, Qt.AlignmentFlag.AlignLeft)

    @property
    def text(self) -> str:
        return self._label.text()


class Hint(QWidget):
    """A sentence at a field, on so many `lines`; hidden while it has nothing to say."""

    def __init__(self, parent: QWidget | None = None, *, lines: int = 3) -> None:
        super().__init__(parent)
        self._lines = lines
        self._parts: tuple[_Icon, ElidingLabel] | None = None
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.hide()

    def set_text(self, text: str, colour: str = "muted") -> None:
        """Show a sentence in problem, warning, verified or muted (no icon); "" hides it."""
        if text or self._parts:
            icon, label = self._parts = self._parts or self._create()
            label.set_text(text, colour)
            icon.set_icon("" if colour == "muted" else colour, colour)
        if self.isHidden() is bool(text):
            self.setVisible(bool(text))

    @property
    def text(self) -> str:
        return self._parts[1].text() if self._parts else ""

    @staticmethod
    def width_of(text: str) -> int:
        """The room that a sentence with its icon needs on one line."""
        return _HINT_ICON + TIGHT + QFontMetrics(type_font("caption")).horizontalAdvance(text) + 2

    def _create(self) -> tuple[_Icon, ElidingLabel]:
        """Most hints never say anything, so their parts are made when they first do."""
        icon, label = _Icon(_HINT_ICON), ElidingLabel("muted", "caption", lines=self._lines)
        hbox(self, (icon, 0, TOP), (label, 1), spacing=TIGHT)
        return icon, label


class _Icon(QWidget):
    def __init__(self, side: int) -> None:
        super().__init__()
        self._name, self._colour = "", ""
        self.setFixedSize(side, side)

    def set_icon(self, name: str, colour: str) -> None:
        self._name, self._colour = name, colour
        self.setVisible(bool(name))
        self.update()

    # Qt overrides

    def paintEvent(self, event: QPaintEvent) -> None:
        colour = colours()[self._colour].name()
        paint_icon(QPainter(self), self._name, QRectF(self.rect()), colour)


def plain_label(text: str) -> QLabel:
    """A label that wraps and shows text letter by letter."""
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    return label


def selectable_label(text: str = "") -> QLabel:
    """Plain text that wraps and can be copied."""
    label = plain_label(text)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label


def plain_tip(text: str) -> str:
    """Foreign text for a tool tip, shown letter by letter.

    Qt guesses whether a tip is HTML; a name that holds `<img …>` must not be drawn as a picture.
    """
    from html import escape  # 2 ms, and not before the first paint

    return (
        f'<p style="white-space:pre-wrap">{escape(remove_bidi_overrides(text))}</p>' if text else ""
    )


def announce(widget: QWidget, words: str) -> None:
    """Let screen readers say what has just happened, without being asked."""
    QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(widget, words))
