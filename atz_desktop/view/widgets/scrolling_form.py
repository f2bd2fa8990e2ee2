"""The rows of a dialog, which scroll on a low screen; what stands below them stays in sight."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QLayout, QScrollArea, QWidget


class ScrollingForm(QScrollArea):
    """As high as `layout` wants to be at that width, where the screen has room for it."""

    def __init__(self, layout: QLayout, width: int) -> None:
        super().__init__()
        self._layout = layout
        self._width = width
        inside = QWidget()
        inside.setLayout(layout)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidgetResizable(True)
        self.setWidget(inside)

    # Qt overrides

    def sizeHint(self) -> QSize:
        exact = self._layout.hasHeightForWidth()
        height = self._layout.totalHeightForWidth(self._width) if exact else 0
        return QSize(self._width, height or self._layout.totalSizeHint().height())
