"""Messages of the system about what ends while the user works in another program.

They hold counts and numbers of activities, never a title or a name: a message may stand on a locked
or shared screen.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QSystemTrayIcon

from atz_desktop.domain.runs import RunPhase
from atz_desktop.session.messages import after_reconciling

if TYPE_CHECKING:
    from atz_desktop.app.settings import AppSettings
    from atz_desktop.domain.history import JournalEntry
    from atz_desktop.domain.runs import RunProgress
    from atz_desktop.view.windows.main_window import MainWindow


class Notifications(QObject):
    """Decides what is worth a message, if the user wants any."""

    told = Signal(object, object)
    """The title and the text (str) of a message to show."""

    def __init__(self, settings: AppSettings) -> None:
        super().__init__()
        self._settings = settings
        self._last_halt: RunProgress | None = None

    def on_run_halted(self, progress: RunProgress) -> None:
        """A run paused by itself or ended; each window of the account may tell."""
        if progress is self._last_halt:
            return
        self._last_halt = progress
        if progress.phase is RunPhase.PAUSED:
            far = f"{progress.counts.tried:,} of {progress.counts.total:,}"
            self._tell("A run is paused", f"{far} activities were tried. It waits for you.")
        elif progress.phase is RunPhase.ENDED:
            self._tell("A run has ended", f"{progress.counts.text}.")

    def on_settled(self, entries: tuple[JournalEntry, ...]) -> None:
        """It became known what became of saves that were not confirmed."""
        numbers = ", ".join(str(entry.activity_id) for entry in entries)
        self._tell(after_reconciling(entries).title, f"Activity {numbers}.")

    def _tell(self, title: str, text: str) -> None:
        if self._settings.current.notify and _is_away():
            self.told.emit(title, text)


def _is_away() -> bool:
    """Whether the user has no window of the program before their eyes."""
    tops = QApplication.topLevelWidgets()
    active = QApplication.applicationState() is Qt.ApplicationState.ApplicationActive
    return not active or not any(each.isVisible() and not each.isMinimized() for each in tops)


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
