"""One message above the form: what happened, what it means, and the next step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton, QToolButton

from atz_desktop.view.flat_paint import fill
from atz_desktop.view.icons import icon
from atz_desktop.view.theme import AROUND, LEVELS, NEAR, colours, type_font
from atz_desktop.view.widgets.eliding_label import ElidingLabel
from atz_desktop.view.widgets.layouts import hbox, vbox
from atz_desktop.view.widgets.message import TOP, MessageBox, selectable_label

if TYPE_CHECKING:
    from atz_desktop.session.notices import Notice

_MOST_LINES = 8


class NoticeBar(MessageBox):
    """Shows the newest Notice until it is closed or another takes its place.

    Of those that stay until the user closed them, the newest is shown when nothing else is.
    """

    action_requested = Signal(object)
    """The user took the offered Step."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("notice")
        self._notice: Notice | None = None
        self._unread: list[Notice] = []
        self._title = selectable_label()
        self._title.setFont(type_font("heading"))
        # It may hold words of ATZ's, as long as they like: they must not push the window wide.
        self._text = ElidingLabel(lines=_MOST_LINES)
        self._step = QPushButton()
        self._step.clicked.connect(self._request_action)
        self._close = QToolButton()
        self._close.setAutoRaise(True)
        self._close.setIcon(icon("close", "muted"))
        self._close.setAccessibleName("Close this message")
        self._close.setToolTip("Close this message")
        for button in (self._step, self._close):
            button.setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # F6 goes here, and Tab the same way
        self._close.clicked.connect(self.clear)
        self._build_layout()
        self.hide()

    def set_low(self, *, low: bool) -> None:
        """Take one line for the text, the rest of which is in its tip, or as many as it needs."""
        self._text.set_most_lines(1 if low else _MOST_LINES)

    def show_notice(self, notice: Notice | None) -> None:
        """Show a notice and read it out to a screen reader; None takes the last one away."""
        before = self._notice
        if before is not None and before.persistent and not _same(before, notice):
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
        self._text.set_text(notice.text)
        self._text.setVisible(bool(notice.text))
        self._step.setVisible(notice.action is not None)
        if notice.action is not None:
            self._step.setText(notice.action.value)
        self.set_level(notice.level)
        self.setAccessibleName(f"{notice.title}. {notice.text}")
        from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent

        event = QAccessibleAnnouncementEvent(self, f"{notice.title}. {notice.text}")
        QAccessible.updateAccessibility(event)

    def clear(self) -> None:
        """Take the message away: the user has read it, or it no longer holds."""
        self._show(self._unread.pop() if self._unread else None)

    def withdraw(self, notice: Notice) -> None:
        """Take this notice away, unless another has taken its place."""
        self._unread = [each for each in self._unread if each != notice]
        if self._notice == notice:
            self.clear()

    @property
    def notice(self) -> Notice | None:
        return self._notice

    def _request_action(self) -> None:
        if self._notice is not None:
            step = self._notice.action
            self.clear()
            self.action_requested.emit(step)

    def _build_layout(self) -> None:
        words = vbox(None, self._title, self._text, spacing=2)
        hbox(
            self,
            (self.icon, 0, TOP),
            (words, 1),
            (self._step, 0, Qt.AlignmentFlag.AlignVCenter),
            (self._close, 0, TOP),
            margins=(AROUND, 10, NEAR, 10),
            spacing=12,
        )

    # Qt overrides

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.level is not None:
            edge = colours()[LEVELS[self.level.value].colour]
            fill(QPainter(self), QRectF(0, 0, 4, self.height()), edge, 2)


def _same(one: Notice, other: Notice | None) -> bool:
    """Whether the other is the newer state of the same matter."""
    return other is not None and one.title == other.title
