"""What there is to know about a field, in the line of its label: that takes no room of its own."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLayout, QSizePolicy, QWidget

from atz_desktop.view.theme import HEAD_HEIGHT, NEAR
from atz_desktop.view.widgets.layouts import hbox
from atz_desktop.view.widgets.message import Hint

_LONG = frozenset({"problem", "warning"})
"""Inks of sentences that must be read to the end."""


class RowMessage(QWidget):
    """A sentence and the old value beside it, on one line, so that nothing below it moves.

    A problem or warning that does not fit is shown whole in `more`, which stands below the field.
    """

    def __init__(self) -> None:
        super().__init__()
        self._text, self._old = "", ""
        self._ink = "muted"
        self._width: int | None = None  # not laid out yet
        self._hint, self._old_hint = Hint(lines=1), Hint(lines=1)
        self.more = Hint()
        line = hbox(self, self._hint, (self._old_hint, 1), 1, spacing=NEAR)
        # Whatever it says, it takes the room that is left, and none of the field's.
        line.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._old_hint.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def show_message(self, text: str, ink: str, old: str) -> None:
        """Show `text` in that ink, and what the field held before."""
        if (text, ink, old) != (self._text, self._ink, self._old):
            self._text, self._ink, self._old = text, ink, old
            self._fit()

    def _fit(self) -> None:
        below = self._ink in _LONG and not self._fits()
        self._hint.set_text("" if below else self._text, self._ink)
        self._old_hint.set_text(self._old)
        self.more.set_text(self._text if below else "", self._ink)

    def _fits(self) -> bool:
        return self._width is None or self._hint.width_of(self._text) <= self._width

    # Qt overrides

    def sizeHint(self) -> QSize:
        return QSize(0, HEAD_HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._width = event.size().width()
        self._fit()
