"""Room at the lower end of a widget for what comes and goes, over all that stands there."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from atz_desktop.view.theme import NEAR
from atz_desktop.view.widgets.layouts import vbox


class Underlay(QWidget):
    """What an overlay lies over."""

    resized = Signal()

    # Qt overrides

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.resized.emit()


class Overlay(QWidget):
    """A column of widgets over the lower end of `under`; as high as those that are shown need."""

    height_changed = Signal(object)
    """How much of `under` it covers now, in pixels (int); 0 when nothing is shown."""

    def __init__(self, under: Underlay) -> None:
        super().__init__(under)
        self._under = under
        self._inset = 0
        self._covers = 0
        self._column: QVBoxLayout = vbox(self, spacing=NEAR)
        under.resized.connect(self._fit)
        self.hide()

    def add(self, widget: QWidget) -> None:
        """Put `widget` below the others; it is shown and hidden by whoever owns it."""
        self._column.addWidget(widget)
        widget.installEventFilter(self)

    def set_inset(self, inset: int) -> None:
        """Stay so far from either side."""
        self._inset = inset
        self._fit()

    def _fit(self) -> None:
        shown = [w for w in self.children() if isinstance(w, QWidget) and not w.isHidden()]
        self.setVisible(bool(shown))
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
