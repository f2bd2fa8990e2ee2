"""What the windows “Change all” and “Runs” have in common: the account in sight, what is said, and
what is asked before many activities are changed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QKeyEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QDialog, QFileDialog, QLabel, QLineEdit, QWidget

from atz_desktop.domain.characters import single_line
from atz_desktop.domain.identifiers import parse_int
from atz_desktop.session.notices import Level
from atz_desktop.view.dialogs.prompts import save_dialog
from atz_desktop.view.theme import AROUND, NEAR, colours
from atz_desktop.view.widgets.labels import Callout, ElidingLabel, announce
from atz_desktop.view.widgets.layouts import Item, Part, hbox, vbox
from atz_desktop.view.widgets.window_geometry import resize_to_screen
from atz_desktop.view.windows.account_button import INKS, Badge, dot

if TYPE_CHECKING:
    from atz_desktop.domain.settings import Account
    from atz_desktop.session.notices import Notice

TYPED_FROM: Final = 25
"""Activities from which on the number is typed before a run."""

_DOT: Final = 12
_ENTER: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_FORMATS: Final = {
    "Page for people, to be read or printed (*.html)": "html",
    "CSV for spreadsheets (*.csv)": "csv",
    "JSON for programs (*.json)": "json",
}


class BulkWindow(QDialog):
    """A window beside the others, for one account. Nothing in it is a default button."""

    def __init__(self, title: str, account: Account, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setModal(False)
        resize_to_screen(self, QSize(1120, 780))
        self.account = account
        self._said = Callout(Level.PROBLEM)
        self._said.hide()

    def show_notice(self, notice: Notice | None) -> None:
        """Say something above everything else, or (None) that it is over."""
        self._said.setVisible(notice is not None)
        if notice is not None:
            text = f"{notice.title}. {notice.text}".strip()
            self._said.set_message(notice.level, text)
            announce(self, text)

    def arrange(self, head: Part, *below: Item) -> None:
        """Lay the window out: `head` stands beside the account, and messages below it."""
        inside = vbox(
            None, hbox(None, (head, 1), AccountLabel(self.account)), self._said, *below,
            margins=(AROUND, NEAR, AROUND, AROUND),
        )  # fmt: skip
        vbox(self, ColourStrip(self.account), inside, spacing=0)

    # Qt overrides

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() not in _ENTER:
            super().keyPressEvent(event)


class AccountLabel(QWidget):
    """A spot in the account's colour, its name, and whether real people hear of what is saved."""

    def __init__(self, account: Account) -> None:
        super().__init__()
        self._colour = account.colour
        self._spot = QLabel()
        self._name = ElidingLabel()
        self._name.set_text(single_line(account.name))
        badge = Badge("Production")
        badge.setVisible(account.production)
        real = "Production. " if account.production else ""
        self.setAccessibleName(f"{real}Account {single_line(account.name)}")
        hbox(self, badge, self._spot, (self._name, 1))
        self._show_spot()

    def _show_spot(self) -> None:
        self._spot.setPixmap(dot(self._colour, self.devicePixelRatioF()).pixmap(_DOT, _DOT))

    # Qt overrides

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._show_spot()


class ColourStrip(QWidget):
    """A line across the window in the colour of the account."""

    def __init__(self, account: Account) -> None:
        super().__init__()
        self._ink = INKS[account.colour]
        self.setFixedHeight(3)

    # Qt overrides

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(QRectF(self.rect()), colours()[self._ink])


class ReasonBox(QWidget):
    """Asks why so many are changed: for the history on this computer alone."""

    def __init__(self) -> None:
        super().__init__()
        self.line = QLineEdit()
        self.line.setAccessibleName("Reason or ticket number")
        self.line.setPlaceholderText("Optional; kept in the history on this computer")
        label = QLabel("Reason or ticket number")
        label.setBuddy(self.line)
        hbox(self, label, (self.line, 1))

    @property
    def reason(self) -> str | None:
        return self.line.text().strip() or None


class NumberBox(QWidget):
    """Asks for the number of activities, before many of them are changed."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._count = 0
        self._label = QLabel()
        self.line = QLineEdit()
        self.line.setAccessibleName("Number of activities to change")
        self.line.textChanged.connect(self.changed)
        hbox(self, self._label, self.line)

    def set_count(self, count: int) -> None:
        """Ask for this number, if it is so high."""
        self._count = count
        self._label.setText(f"Type {count} to change so many:")
        self.setVisible(count >= TYPED_FROM)

    @property
    def is_right(self) -> bool:
        """Whether the number is typed, or need not be."""
        typed = parse_int(self.line.text().strip().replace(",", ""))
        return self._count < TYPED_FROM or typed == self._count


def open_dialog(dialog: QDialog) -> None:
    """Ask something that its parent alone waits for."""
    dialog.setWindowModality(Qt.WindowModality.WindowModal)
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()


def report_dialog(parent: QWidget, title: str, name: str) -> QFileDialog:
    """The dialog that asks for the file of a report, not opened yet; its suffix says in which form
    the report is to be written."""
    dialog = save_dialog(parent, title, f"{file_stem(name)[:60] or 'Report'}.html", tuple(_FORMATS))

    def suit(chosen: str) -> None:
        dialog.setDefaultSuffix(_FORMATS[chosen])

    dialog.filterSelected.connect(suit)
    dialog.finished.connect(dialog.deleteLater)
    return dialog


def file_stem(name: str) -> str:
    """The name as a part of a file's name that every system allows; "" where nothing is left."""
    return "".join(c if c.isalnum() or c in " -_" else "-" for c in single_line(name)).strip()
