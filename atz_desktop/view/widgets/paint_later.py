"""Painting in a turn of the event loop of its own."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QWidget

_REST_LATER = 10
"""Milliseconds: the upper half is painted by then."""
_BELOW_LATER = 20
"""Milliseconds after which the window below a new one is painted, which is not looked at then."""


def paint_later(widget: QWidget) -> None:
    """Paint what changes in `widget` now in a turn of its own, a millisecond later.

    Showing and laying out many controls takes half a frame, and so does painting them.
    """
    window = widget.window()
    if window.isVisible():
        _Postponement(window, 1)
        return
    # The system asks for the first painting of a window, and Qt obeys at once.
    window.setUpdatesEnabled(False)
    QTimer.singleShot(1, window, partial(window.setUpdatesEnabled, True))
    below = window.parentWidget()
    if below is not None:  # painted anew, too: its colours are those of a window without the keys
        _Postponement(below.window(), _BELOW_LATER)


def paint_in_halves(widget: QWidget) -> None:
    """Let the lower half of `widget`, which is painted next, wait for a turn of its own."""
    cover = QWidget(widget)
    cover.setAutoFillBackground(True)  # Qt paints nothing of what is below it
    cover.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    cover.setGeometry(widget.rect().adjusted(0, widget.height() // 2, 0, 0))
    cover.show()
    QTimer.singleShot(_REST_LATER, cover, cover.deleteLater)


def bring_to_front(window: QWidget) -> None:
    """Show a window in front of everything else of the program."""
    if not window.isVisible():
        paint_later(window)
    window.show()
    window.raise_()
    window.activateWindow()


class _Postponement(QObject):
    """Holds the painting of a window back for some milliseconds.

    setUpdatesEnabled marks each control inside as one to be painted, which Qt then compares with
    all others: 0.6 s for 5,000 chips.
    """

    def __init__(self, window: QWidget, milliseconds: int) -> None:
        super().__init__(window)
        window.installEventFilter(self)
        QTimer.singleShot(milliseconds, self, self._paint)

    def _paint(self) -> None:
        # The parent is asked for, not kept: a child that holds the last reference to its parent
        # ends it while it is being ended by Qt itself, and both are freed twice.
        if window := self.parent():
            window.removeEventFilter(self)
            QCoreApplication.postEvent(window, QEvent(QEvent.Type.UpdateRequest))
        self.deleteLater()

    # Qt overrides

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        return event.type() == QEvent.Type.UpdateRequest
