"""The messages of a window: over the lower end of the form, or in the save bar.

What is shown over the form covers it, and what lies under it can be scrolled into sight.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, Signal
from PySide6.QtGui import (
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QPushButton, QToolButton, QVBoxLayout, QWidget

from atz_desktop.view.flat_paint import fill
from atz_desktop.view.form.save_bar import SaveBar
from atz_desktop.view.icons import icon
from atz_desktop.view.theme import AROUND, LEVELS, NEAR, colours, type_font
from atz_desktop.view.widgets.labels import (
    TOP,
    ElidingLabel,
    MessageBox,
    announce,
    selectable_label,
)
from atz_desktop.view.widgets.layouts import hbox, vbox

if TYPE_CHECKING:
    from atz_desktop.session.notices import Notice


_LOW = 480
"""A window less high has no room for long messages."""
_MOST_LINES = 8


class Underlay(QWidget):
    """What the messages lie over."""

    resized = Signal()

    # Qt overrides

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.resized.emit()


class Messages(QWidget):
    """What was answered last, and below it what came by itself, as high as what is shown needs."""

    action_requested = Signal(object)
    """A NoticeAction that was offered."""
    height_changed = Signal(object)
    """How much of `under` is covered now, in pixels (int); 0 when nothing is shown."""

    def __init__(self, under: Underlay, save_bar: SaveBar) -> None:
        super().__init__(under)
        self._under = under
        self._save_bar = save_bar
        self._inset = 0
        self._covers = 0
        self._low = False
        self._column: QVBoxLayout = vbox(self, spacing=NEAR)
        self.answers = self._create_bar()
        self.asides: NoticeBar | None = None
        """Made when something first comes by itself."""
        under.resized.connect(self._fit)
        self.hide()

    def show_notice(self, notice: Notice | None) -> None:
        """Show a message; None: what was answered last is over.

        A save that is confirmed late is told in the save bar, unless an answer stands above it that
        may be about a later save: then beside that.
        """
        brief = notice is not None and notice.brief
        if notice is not None and notice.aside and brief and self.answers.notice is None:
            self._save_bar.show_result(notice)
            return
        if notice is None or not notice.aside:
            self._save_bar.show_result(notice if brief else None)
            self.answers.show_notice(None if brief else notice)
        if notice is not None and notice.aside:
            self.asides = self.asides or self._create_bar()
        if self.asides is not None and (notice is None or notice.aside):
            self.asides.show_notice(notice)

    def withdraw_notice(self, notice: Notice) -> None:
        for bar in self.bars:
            bar.withdraw(notice)

    @property
    def bars(self) -> tuple[NoticeBar, ...]:
        return (self.answers, self.asides) if self.asides else (self.answers,)

    def set_window_height(self, height: int) -> None:
        self._low = height < _LOW
        for bar in self.bars:
            bar.set_low(low=self._low)

    def set_inset(self, inset: int) -> None:
        """Stay so far from either side."""
        self._inset = inset
        self._fit()

    def _create_bar(self) -> NoticeBar:
        bar = NoticeBar()
        bar.set_low(low=self._low)
        bar.action_requested.connect(self.action_requested)
        self._column.addWidget(bar)
        bar.installEventFilter(self)
        return bar

    def _fit(self) -> None:
        shown = any(not bar.isHidden() for bar in self.bars)
        self.setVisible(shown)
        room = self._under.rect()
        height = self._column.sizeHint().height() if shown else 0
        top = room.height() - height - NEAR
        self.setGeometry(self._inset, top, room.width() - 2 * self._inset, height)
        if shown:
            self.raise_()
        covers = height + NEAR if shown else 0
        if covers != self._covers:
            self._covers = covers
            self.height_changed.emit(covers)

    # Qt overrides

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self._fit()
        return super().event(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.ShowToParent, QEvent.Type.HideToParent):
            self._fit()
        return super().eventFilter(watched, event)


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
        announce(self, f"{notice.title}. {notice.text}")

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
