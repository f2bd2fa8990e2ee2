"""Which account the window works on: its colour, its name, and whether real people hear of it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QAction, QColor, QIcon, QPainter, QPaintEvent, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QMenu, QSizePolicy, QToolButton, QWidget

from atz_desktop.domain.characters import single_line
from atz_desktop.domain.settings import COLOURS
from atz_desktop.view.flat_paint import block, fill
from atz_desktop.view.theme import CONTROL_HEIGHT, INSIDE, TIGHT, colours, type_font
from atz_desktop.view.widgets.combo_box import NoWheelComboBox
from atz_desktop.view.widgets.labels import ElidingLabel, plain_tip
from atz_desktop.view.widgets.layouts import hbox

INKS = {
    "blue": "accent",
    "green": "verified",
    "orange": "warning",
    "purple": "on_sandbox",
    "red": "problem",
    "grey": "muted",
}
"""Colour of an account → its colour in the theme, readable on light and on dark."""

SANDBOX = "sandbox"
"""What `chosen` carries for the sandbox, in the place of an account's key."""

_DOT = 12
_LONGEST_NAME = 160
"""Pixels; the whole name is in the tool tip."""
_SANDBOX_WORDS = "Sandbox: everything here is made up, and nothing reaches ATZ."
_FEW_SANDBOX_WORDS = "All made up"


def dot(colour: str, ratio: float) -> QIcon:
    """A round spot in the colour of an account; in a chosen row, with a ring that stands out."""
    icon = QIcon(_spot(colour, ratio, Qt.GlobalColor.transparent))
    icon.addPixmap(_spot(colour, ratio, colours()["on_accent"]), QIcon.Mode.Selected)
    return icon


def colour_combo() -> NoWheelComboBox:
    """Offers the colours that an account can have, in the order of COLOURS."""
    combo = NoWheelComboBox(wide=False)
    combo.setAccessibleName("Colour")
    for colour in COLOURS:
        combo.addItem(dot(colour, combo.devicePixelRatioF()), colour.capitalize())
    return combo


def _spot(colour: str, ratio: float, ring: QColor | Qt.GlobalColor) -> QPixmap:
    picture = QPixmap(QSize(_DOT, _DOT) * ratio)
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(ring, 1.5))
    painter.setBrush(colours()[INKS[colour]])
    painter.drawEllipse(QRectF(1, 1, _DOT - 2, _DOT - 2))
    painter.end()
    return picture


class AccountButton(QWidget):
    """Shows the account, and offers the others in a menu."""

    chosen = Signal(object)
    """The key of an account, or SANDBOX."""
    add_requested = Signal()
    manage_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._shown = ("", "grey")
        self._others: tuple[tuple[str, str, str], ...] = ()
        self._key = ""
        self._production = Badge("Production")
        self._production.setToolTip("Real people hear of what is saved here")
        self._button = QToolButton()
        self._button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._button.setMinimumHeight(CONTROL_HEIGHT)
        self._button.setAutoRaise(True)
        self._button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)  # shows the arrow
        self._button.clicked.connect(self._update_menu)
        hbox(self, self._production, self._button)
        self.show_account("", "", "grey", False)

    def show_account(self, key: str, name: str, colour: str, production: bool) -> None:
        """The account that is worked on; an empty name: none yet."""
        self._key, self._shown = key, (name, colour)
        words = single_line(name)
        short = self.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, _LONGEST_NAME)
        self._button.setText(short.replace("&", "&&") if words else "Not connected")
        self._button.setAccessibleName(f"Account {words}" if words else "Not connected")
        real = "Production. " if production else ""
        self._button.setAccessibleDescription(f"{real}Press to change the account")
        # Before the first paint there is no foreign text yet, and nothing to escape it with either.
        self._button.setToolTip(plain_tip(f"{words}: change the account") if words else "Connect")
        self._production.setVisible(production)
        self._apply_style()

    def set_accounts(self, accounts: tuple[tuple[str, str, str], ...]) -> None:
        """The accounts of the menu: key, name, colour."""
        self._others = accounts

    def _update_menu(self) -> None:
        menu = QMenu(self)
        for key, name, colour in (*self._others, (SANDBOX, "Sandbox (made-up data)", "purple")):
            action = menu.addAction(single_line(name).replace("&", "&&"))
            action.setIcon(dot(colour, self.devicePixelRatioF()))
            action.setCheckable(True)
            action.setChecked(key == self._key)
            action.setData(key)
        menu.addSeparator()
        add, manage = menu.addAction("Add an account…"), menu.addAction("Accounts…")
        add.triggered.connect(self.add_requested)
        manage.triggered.connect(self.manage_requested)
        menu.triggered.connect(self._choose)
        menu.aboutToHide.connect(menu.deleteLater)
        below = self._button.rect().bottomRight()
        place = self._button.mapToGlobal(below)
        place.setX(place.x() - menu.sizeHint().width())
        menu.popup(place)

    def _choose(self, action: QAction) -> None:
        if action.data():
            self.chosen.emit(action.data())

    def _apply_style(self) -> None:
        self._button.setIcon(dot(self._shown[1], self.devicePixelRatioF()))

    # Qt overrides

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._apply_style()


class Badge(QLabel):
    """A word on a coloured ground."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setFont(type_font("caption"))
        self.setContentsMargins(8, 2, 8, 2)

    # Qt overrides

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, tones = QPainter(self), colours()
        edge = QRectF(self.rect())
        block(painter, edge, tones["warning_fill"], tones["warning"], (edge.height() - 1) / 2)
        painter.setPen(tones["warning"])
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.text())


class SandboxBanner(QFrame):
    """Nobody shall take made-up people for real ones."""

    def __init__(self) -> None:
        super().__init__()
        self._label = ElidingLabel("on_sandbox")
        hbox(self, 1, self._label, margins=(INSIDE, TIGHT, INSIDE, TIGHT))
        self.setToolTip(_SANDBOX_WORDS)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.hide()

    def _width_of(self, words: str) -> int:
        return self.fontMetrics().horizontalAdvance(words) + 2 * INSIDE + 2

    # Qt overrides

    def sizeHint(self) -> QSize:
        return QSize(self._width_of(_SANDBOX_WORDS), super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(self._width_of(_FEW_SANDBOX_WORDS), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        has_room = event.size().width() >= self._width_of(_SANDBOX_WORDS)
        self._label.set_text(_SANDBOX_WORDS if has_room else _FEW_SANDBOX_WORDS)
        super().resizeEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        room = QRectF(self._label.geometry().adjusted(-INSIDE, -TIGHT, INSIDE, TIGHT))
        fill(QPainter(self), room, colours()["sandbox"], room.height() / 2)
