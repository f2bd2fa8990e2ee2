"""What there is to know about a field, in the line of its label: that takes no room of its own."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QLayout, QScrollArea, QSizePolicy, QWidget

from atz_desktop.session.notices import Level
from atz_desktop.view.theme import HEAD_HEIGHT, NEAR
from atz_desktop.view.widgets.field_problem import FieldProblem
from atz_desktop.view.widgets.layouts import hbox
from atz_desktop.view.widgets.message import Hint

_LONG = {"problem": Level.PROBLEM, "warning": Level.WARNING}
"""Inks of sentences that must be read to the end."""


class RowMessage(QWidget):
    """A sentence and the old value beside it, on one line, so that nothing below it moves.

    A problem or warning that does not fit is cut there, and shown whole over what stands below
    `row` while the row has the keyboard.
    """

    def __init__(self, row: QWidget) -> None:
        super().__init__()
        self._row = row
        self._text, self._ink = "", "muted"
        self._width: int | None = None  # not laid out yet
        self._hint, self._old_hint = Hint(lines=1), Hint(lines=1)
        self._whole: FieldProblem | None = None
        self._follows = False
        line = hbox(self, self._hint, (self._old_hint, 1), 1, spacing=NEAR)
        # Whatever it says, it takes the room that is left, and none of the field's.
        line.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._old_hint.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def show_message(self, text: str, ink: str, old: str) -> None:
        """Show `text` in that ink, and what the field held before."""
        self._text, self._ink = text, ink
        if ink in _LONG:
            self._follow_keyboard()
        self._hint.set_text(text, ink)
        self._old_hint.set_text(old)
        self._show_whole()

    def _show_whole(self) -> None:
        wanted = self._ink in _LONG and not self._fits() and self._has_keyboard()
        if wanted or self._whole is not None:
            self._whole = self._whole or self._create_whole()
            level = _LONG.get(self._ink, Level.PROBLEM)
            self._whole.show_text(self._text if wanted else "", level)

    def _create_whole(self) -> FieldProblem:
        area: QWidget | None = self._row
        while area is not None and not isinstance(area, QScrollArea):
            area = None if area.isWindow() else area.parentWidget()
        made = FieldProblem(self._row, area.widget() if isinstance(area, QScrollArea) else None)
        made.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        return made

    def _fits(self) -> bool:
        return self._width is None or self._hint.width_of(self._text) <= self._width

    def _has_keyboard(self) -> bool:
        focused = QApplication.focusWidget()
        return focused is not None and self._row.isAncestorOf(focused)

    def _follow_keyboard(self) -> None:
        application = QApplication.instance()
        if not self._follows and isinstance(application, QApplication):
            self._follows = True
            application.focusChanged.connect(self._show_whole)

    # Qt overrides

    def sizeHint(self) -> QSize:
        return QSize(0, HEAD_HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._width = event.size().width()
        self._show_whole()
