"""A quiet button that opens a menu, which is filled as it opens."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu, QToolButton

from atz_desktop.view.icons import icon


class MenuButton(QToolButton):
    """`fill` puts what applies now into the menu."""

    def __init__(self, name: str, picture: str, fill: Callable[[QMenu], None]) -> None:
        super().__init__()
        self._fill = fill
        self._menu = QMenu(self)
        self._menu.aboutToShow.connect(self._refill)
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.setAutoRaise(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMenu(self._menu)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        if picture:
            self.setIcon(icon(picture))

    def _refill(self) -> None:
        self._menu.clear()
        self._fill(self._menu)
