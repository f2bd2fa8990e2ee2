"""Which account a bulk edit or a run is for: always in sight, with its colour."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QEvent, QRectF
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QWidget

from atz_desktop.domain.characters import single_line
from atz_desktop.view.theme import colours
from atz_desktop.view.widgets.eliding_label import ElidingLabel
from atz_desktop.view.widgets.layouts import hbox
from atz_desktop.view.windows.account_button import INKS, Badge, dot

_DOT = 12


class AccountLook(NamedTuple):
    """How an account is shown; see domain.settings.Account."""

    name: str
    colour: str
    production: bool


class AccountLabel(QWidget):
    """A spot in the account's colour, its name, and whether real people hear of what is saved."""

    def __init__(self, look: AccountLook) -> None:
        super().__init__()
        self._look = look
        self._spot = QLabel()
        self._name = ElidingLabel()
        self._name.set_text(single_line(look.name))
        badge = Badge("Production")
        badge.setVisible(look.production)
        real = "Production. " if look.production else ""
        self.setAccessibleName(f"{real}Account {single_line(look.name)}")
        hbox(self, badge, self._spot, (self._name, 1))
        self._show_spot()

    def _show_spot(self) -> None:
        self._spot.setPixmap(dot(self._look.colour, self.devicePixelRatioF()).pixmap(_DOT, _DOT))

    # Qt overrides

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._show_spot()


class ColourStrip(QWidget):
    """A line across the window in the colour of the account."""

    def __init__(self, look: AccountLook) -> None:
        super().__init__()
        self._ink = INKS[look.colour]
        self.setFixedHeight(3)

    # Qt overrides

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(QRectF(self.rect()), colours()[self._ink])
