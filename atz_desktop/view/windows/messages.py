"""The messages of a window: over the lower end of the form, or in the save bar."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal

from atz_desktop.view.form.save_bar import SaveBar
from atz_desktop.view.widgets.notice_bar import NoticeBar
from atz_desktop.view.widgets.overlay import Overlay, Underlay

if TYPE_CHECKING:
    from atz_desktop.session.notices import Notice

_LOW = 480
"""A window less high has no room for long messages."""


class Messages(Overlay):
    """What was answered last, and below it what came by itself."""

    action_requested = Signal(object)
    """A NoticeAction that was offered."""

    def __init__(self, under: Underlay, save_bar: SaveBar) -> None:
        super().__init__(under)
        self._save_bar = save_bar
        self._low = False
        self.answers = self._create_bar()
        self.asides: NoticeBar | None = None
        """Made when something first comes by itself."""

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

    def _create_bar(self) -> NoticeBar:
        bar = NoticeBar()
        bar.set_low(low=self._low)
        bar.action_requested.connect(self.action_requested)
        self.add(bar)
        return bar
