"""One message above the form: what happened, what it means, and the next step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QToolButton

from atz_desktop.view.icons import icon
from atz_desktop.view.theme import AROUND, CARD_RADIUS, NEAR, colours, type_font
from atz_desktop.view.widgets.eliding_label import ElidingLabel
from atz_desktop.view.widgets.layouts import hbox, vbox

if TYPE_CHECKING:
    from atz_desktop.session.notices import Notice

_LOOK = {"info": "info", "good": "verified", "warning": "warning", "problem": "problem"}
_GROUND = {
    "info": "changed_fill",
    "good": "verified_fill",
    "warning": "warning_fill",
    "problem": "problem_fill",
}
_MOST_LINES = 8
_INK = {"info": "changed", "good": "verified", "warning": "warning", "problem": "problem"}


class NoticeBar(QFrame):
    """Shows the newest Notice until it is closed or another takes its place.

    Of those that stay until the person closed them, the newest is shown when nothing else is.
    """

    step_wanted = Signal(object)
    """The person took the offered Step."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("notice")
        self._notice: Notice | None = None
        self._unread: list[Notice] = []
        self._picture = QLabel()
        self._title = _words()
        self._title.setFont(type_font("heading"))
        # It may hold words of ATZ's, as long as they like: they must not push the window wide.
        self._text = ElidingLabel(lines=_MOST_LINES)
        self._step = QPushButton()
        self._step.clicked.connect(self._take_step)
        self._close = QToolButton()
        self._close.setAutoRaise(True)
        self._close.setAccessibleName("Close this message")
        self._close.setToolTip("Close this message")
        self._close.clicked.connect(self.clear)
        self._lay_out()
        self.hide()

    def show_notice(self, notice: Notice | None) -> None:
        """Show a notice and read it out to a screen reader; None takes the last one away."""
        before = self._notice
        if before is not None and before.until_closed and not _same(before, notice):
            self._unread.append(before)
        self._unread = [each for each in self._unread if not _same(each, notice)]
        if notice is None and self._unread:
            notice = self._unread.pop()
        if notice is not None and notice is before:
            return
        self._show(notice)

    def _show(self, notice: Notice | None) -> None:
        self._notice = notice
        self.setVisible(notice is not None)
        if notice is None:
            return
        self._title.setText(notice.title)
        self._text.say(notice.text)
        self._text.setVisible(bool(notice.text))
        self._step.setVisible(notice.step is not None)
        if notice.step is not None:
            self._step.setText(notice.step.value)
        self._dress()
        self.setAccessibleName(f"{notice.title}. {notice.text}")
        from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent

        event = QAccessibleAnnouncementEvent(self, f"{notice.title}. {notice.text}")
        QAccessible.updateAccessibility(event)

    def clear(self) -> None:
        """Take the message away: the person has read it, or it no longer holds."""
        self._show(self._unread.pop() if self._unread else None)

    def withdraw(self, notice: Notice) -> None:
        """Take this notice away, unless another has taken its place."""
        self._unread = [each for each in self._unread if each != notice]
        if self._notice == notice:
            self.clear()

    @property
    def notice(self) -> Notice | None:
        """The notice that is shown."""
        return self._notice

    def _take_step(self) -> None:
        if self._notice is not None:
            step = self._notice.step
            self.clear()
            self.step_wanted.emit(step)

    def _lay_out(self) -> None:
        words = vbox(None, self._title, self._text, spacing=2)
        hbox(
            self,
            (self._picture, 0, Qt.AlignmentFlag.AlignTop),
            (words, 1),
            (self._step, 0, Qt.AlignmentFlag.AlignVCenter),
            (self._close, 0, Qt.AlignmentFlag.AlignTop),
            margins=(AROUND, 10, NEAR, 10),
            spacing=12,
        )

    def _dress(self) -> None:
        if self._notice is not None:
            level = self._notice.level.value
            look = icon(_LOOK[level], _INK[level])
            self._picture.setPixmap(look.pixmap(QSize(20, 20), self.devicePixelRatioF()))
            self._close.setIcon(icon("close", "muted"))

    # Qt overrides

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._dress()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._notice is None:
            return
        level, tones = self._notice.level.value, colours()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tones[_GROUND[level]])
        painter.drawRoundedRect(QRectF(self.rect()), CARD_RADIUS, CARD_RADIUS)
        painter.setBrush(tones[_INK[level]])
        painter.drawRoundedRect(QRectF(0, 0, 4, self.height()), 2, 2)


def _same(one: Notice, other: Notice | None) -> bool:
    """Whether the other is the newer state of the same matter."""
    return other is not None and one.title == other.title


def _words() -> QLabel:
    label = QLabel()
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
