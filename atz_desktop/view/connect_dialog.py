"""Asks for the token of an ATZ account; it goes to the key store and nowhere else."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from atz_desktop.view.theme import APART, CONTROL_HEIGHT, NEAR, colours, type_font

_ABOUT = (
    "ATZ Desktop works with your own access. Copy your API token on the ATZ web page, in the "
    "settings of your account, and paste it here. It is kept in the key store of this computer, "
    "never in a file."
)


class ConnectDialog(QDialog):
    """Two ways in: a token, tested before it is kept, or the sandbox.

    The program answers `token_given` by `show_testing`, then `show_failure` or `accept`.
    """

    token_given = Signal(object)
    sandbox_wanted = Signal()
    settings_wanted = Signal()

    def __init__(self, api_url: str, reason: str, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Connect to ATZ")
        self._heading = _words(reason or "Welcome to ATZ Desktop")
        self._heading.setFont(type_font("title"))
        self._about = _words(_ABOUT)
        self._address = _words(f"Address: {api_url}")
        self._address.setFont(type_font("caption"))
        self._token = QLineEdit()
        self._token.setEchoMode(QLineEdit.EchoMode.Password)
        self._token.setPlaceholderText("Paste the token here")
        self._token.setAccessibleName("Token")
        self._token.setMinimumHeight(CONTROL_HEIGHT)
        self._token.textChanged.connect(self._retyped)
        self._result = _words("")
        self._busy = QProgressBar()
        self._busy.setRange(0, 0)
        self._busy.setTextVisible(False)
        self._busy.setFixedHeight(4)
        self._busy.setAccessibleName("Testing the token")
        self._connect = QPushButton("Connect")
        self._connect.setDefault(True)
        self._connect.setEnabled(False)
        self._connect.clicked.connect(self._give)
        self._lay_out()

    def show_testing(self) -> None:
        """The token is being tried."""
        self._busy.show()
        self._connect.setEnabled(False)
        self._say("Trying to connect …", "muted")

    def show_failure(self, words: str) -> None:
        """The token did not work, or ATZ could not be asked: why, in plain words."""
        self._busy.hide()
        self._connect.setEnabled(bool(self._token.text().strip()))
        self._say(words, "problem")
        self._token.setFocus()
        self._token.selectAll()

    def _give(self) -> None:
        self.token_given.emit(self._token.text().strip())

    def _retyped(self) -> None:
        self._connect.setEnabled(bool(self._token.text().strip()))
        self._say("", "muted")

    def _say(self, words: str, role: str) -> None:
        self._result.setText(words)
        palette = self._result.palette()
        palette.setColor(self._result.foregroundRole(), colours()[role])
        self._result.setPalette(palette)
        if words:
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self._result, words))

    def _lay_out(self) -> None:
        sandbox = QPushButton("Try the sandbox")
        sandbox.setToolTip("A made-up account inside the program; nothing reaches ATZ")
        sandbox.setAutoDefault(False)
        sandbox.clicked.connect(self.sandbox_wanted)
        settings = QPushButton("Settings …")
        settings.setAutoDefault(False)
        settings.clicked.connect(self.settings_wanted)
        later = QPushButton("Not now")
        later.setAutoDefault(False)
        later.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.setSpacing(NEAR)
        buttons.addWidget(sandbox)
        buttons.addWidget(settings)
        buttons.addStretch(1)
        buttons.addWidget(later)
        buttons.addWidget(self._connect)
        page = QVBoxLayout(self)
        page.setContentsMargins(APART, APART, APART, APART)
        page.setSpacing(12)
        for widget in (self._heading, self._about, self._address, self._token, self._busy):
            page.addWidget(widget)
        page.addWidget(self._result)
        page.addStretch(1)
        page.addLayout(buttons)
        self._busy.hide()
        self.setMinimumWidth(560)
        self._token.setFocus()


def _words(text: str) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    return label
