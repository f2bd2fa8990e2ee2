"""The commands that are wanted most, beside the field for the ID."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QMenu, QSizePolicy, QToolButton, QWidget

from atz_desktop.view.icons import icon
from atz_desktop.view.theme import CONTROL_HEIGHT
from atz_desktop.view.widgets.layouts import hbox
from atz_desktop.view.windows.commands import COMMANDS, Command
from atz_desktop.view.windows.id_bar import RecentEntry, recent_line

_LONGEST_TITLE = 60
_GAP = 2


class ToolBar(QWidget):
    """Words beside the pictures where there is room for them; else the pictures alone."""

    def __init__(
        self, actions: Mapping[str, QAction], load: Callable[[str], None], parent: QWidget
    ) -> None:
        """`actions` by the name of their command; `load` loads the activity with this ID."""
        super().__init__(parent)
        self._load = load
        self._recent: tuple[RecentEntry, ...] = ()
        self._buttons: list[QToolButton] = []
        self._undoes = ""
        self._needed: int | None = None
        """How wide all are with their words; None: not measured since the font changed."""
        self._menu = QMenu(self)
        self._menu.aboutToShow.connect(self._fill_menu)
        for command in COMMANDS:
            if command.tool:
                self._add(self._command_button(command, actions[command.run]), command.icon)
            if command.run == "search_requested":
                self._add(self._recent_button(), "clock")
        hbox(self, *self._buttons, 1, spacing=_GAP)
        # Its words may go: they take what is left beside the rest, and claim nothing.
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_recent(self, recent: tuple[RecentEntry, ...]) -> None:
        """Offer these to be loaded again."""
        self._recent = recent

    def name_undo(self, words: str) -> None:
        """Say what Undo undoes, as far as there is room for it."""
        self._undoes = words
        self._undo.setToolTip(f"{words} (Ctrl+Z)")
        self._undo.setAccessibleDescription(words)
        self._fit(self.width())

    def _add(self, button: QToolButton, picture: str) -> None:
        button.setAutoRaise(True)
        button.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        button.setMinimumHeight(CONTROL_HEIGHT)
        button.setIcon(icon(picture))
        self._buttons.append(button)

    def _command_button(self, command: Command, action: QAction) -> QToolButton:
        button = QToolButton()
        button.setText(command.tool)
        button.setAccessibleName(command.tool)
        button.setToolTip(f"{command.text.rstrip('…')} ({command.shortcuts[0]})")
        button.clicked.connect(action.trigger)
        button.setEnabled(action.isEnabled())
        action.enabledChanged.connect(button.setEnabled)
        return button

    def _recent_button(self) -> QToolButton:
        button = QToolButton()
        button.setText("Recent")
        button.setAccessibleName("Recent")
        button.setToolTip("Activities that were loaded before")
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setMenu(self._menu)
        return button

    def _fill_menu(self) -> None:
        self._menu.clear()
        for recent in self._recent:
            short = recent._replace(title=recent.title[:_LONGEST_TITLE])
            action = self._menu.addAction(recent_line(short).replace("&", "&&"))
            action.triggered.connect(lambda _=False, number=recent.id: self._load(str(number)))
        if not self._recent:
            self._menu.addAction("Nothing was loaded yet").setEnabled(False)

    @property
    def _undo(self) -> QToolButton:
        """The last one: the others stay where they are, whatever it is called."""
        return self._buttons[-1]

    def _fit(self, width: int) -> None:
        free = width - self._needed_width()
        style = Qt.ToolButtonStyle
        for button in self._buttons:
            button.setToolButtonStyle(
                style.ToolButtonIconOnly if free < 0 else style.ToolButtonTextBesideIcon
            )
        words = self._undoes or self._undo.accessibleName()
        if free >= 0 and self._undoes:
            metrics = self._undo.fontMetrics()
            room = metrics.horizontalAdvance(self._undo.accessibleName()) + free
            words = metrics.elidedText(words, Qt.TextElideMode.ElideRight, room)
        self._undo.setText(words)

    def _needed_width(self) -> int:
        if self._needed is None:
            self._undo.setText(self._undo.accessibleName())
            for button in self._buttons:
                button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            self._needed = sum(button.sizeHint().width() + _GAP for button in self._buttons)
        return self._needed

    # Qt overrides

    def minimumSizeHint(self) -> QSize:
        return QSize(len(self._buttons) * (CONTROL_HEIGHT + _GAP), CONTROL_HEIGHT)

    def sizeHint(self) -> QSize:
        return self.minimumSizeHint()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._needed = None

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit(event.size().width())
