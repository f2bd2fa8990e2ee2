"""Messages of the system, for a user who works in another program."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QSystemTrayIcon

if TYPE_CHECKING:
    from atz_desktop.view.windows.main_window import MainWindow


class SystemMessages(QObject):
    """Marks the window in the task bar, and shows a message where the system has a place for it.

    The icon that such messages come from stays in the notification area only until the user is
    back. `window` says which window is meant.
    """

    def __init__(self, window: Callable[[], MainWindow], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._window = window
        self._icon = QSystemTrayIcon(self)
        self._icon.messageClicked.connect(self._come_forward)
        self._icon.activated.connect(self._come_forward)
        application = QGuiApplication.instance()
        assert isinstance(application, QGuiApplication)
        application.applicationStateChanged.connect(self._on_state)

    def show(self, title: str, text: str) -> None:
        """Show a message; plain text."""
        window = self._window()
        QApplication.alert(window)
        if QSystemTrayIcon.isSystemTrayAvailable() and QSystemTrayIcon.supportsMessages():
            self._icon.setIcon(window.windowIcon())
            self._icon.setToolTip(title)
            self._icon.show()
            self._icon.showMessage(title, text, window.windowIcon())

    def _come_forward(self) -> None:
        self._window().come_forward()

    def _on_state(self, state: Qt.ApplicationState) -> None:
        if state is Qt.ApplicationState.ApplicationActive:
            self._icon.hide()
