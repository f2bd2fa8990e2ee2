"""What the dialogs that ask something have in common: a heading, a row of buttons, safe keys."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QFontDatabase, QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QWidget,
)

from atz_desktop.domain.characters import single_line
from atz_desktop.view.theme import APART, CONTROL_HEIGHT, INSIDE, TIGHT, type_font
from atz_desktop.view.widgets.labels import ElidingLabel, plain_label
from atz_desktop.view.widgets.layouts import hbox, vbox

_MARGIN = 32
"""Pixels that stay free between a dialog and the edge of its window or screen."""
_LOWEST = 60
"""Pixels of a box that scrolls: a common laptop at 200 % is 384 high in all."""


class BaseDialog(QDialog):
    """A dialog that is never larger than its window's screen and whose keys are safe.

    Enter does what the default button does, or another harmless one that has the focus; what
    loses something takes a click or Space. Esc rejects.
    """

    def __init__(self, title: str, width: int, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self._width = width
        self._fitted = False
        self.page = vbox(self, margins=(APART, APART, APART, APART), spacing=INSIDE)

    @property
    def inner_width(self) -> int:
        return self._width - 2 * APART

    def add_heading(self, text: str, about: str = "") -> None:
        """Our own heading, and below it which activity it is about (foreign text)."""
        heading = plain_label(text)
        heading.setFont(type_font("title"))
        column = vbox(None, heading, spacing=TIGHT)
        if about:
            label = ElidingLabel("muted", lines=2)
            label.set_text(about)
            column.addWidget(label)
        self.page.addLayout(column)

    def add_text(self, text: str) -> QLabel:
        label = plain_label(text)
        self.page.addWidget(label)
        return label

    def add_buttons(
        self, left: tuple[QPushButton, ...], right: tuple[QPushButton, ...], default: QPushButton
    ) -> None:
        """The last row: to the left what loses something, to the right what does not."""
        for button in (*left, *right):
            button.setAutoDefault(button in right)
            button.setMinimumHeight(CONTROL_HEIGHT)
        default.setDefault(True)
        self.page.addLayout(hbox(None, *left, 1, *right))

    def fit_height(self) -> None:
        """Take the height that the contents want, if the screen has it; never become lower."""
        room = self.screen().availableGeometry().size()
        width = self.width() if self._fitted else min(self._width, room.width() - _MARGIN)
        # By itself Qt makes room for words as if they were wrapped into a narrow column.
        exact = self.page.hasHeightForWidth()
        wanted = (
            self.page.totalHeightForWidth(width) if exact else self.page.totalSizeHint().height()
        )
        least = self.height() if self._fitted else 0
        self._fitted = True
        self.resize(width, max(least, min(wanted, room.height() - 2 * _MARGIN)))

    # Qt overrides

    def showEvent(self, event: QShowEvent) -> None:
        if not self._fitted:
            self.fit_height()
        super().showEvent(event)


class ReadOnlyText(QPlainTextEdit):
    """A text that is read and copied, `height` pixels high where the screen has room for that.

    `name` is for screen readers.
    """

    def __init__(self, text: str, name: str, height: int) -> None:
        super().__init__(text)
        self._height = height
        self.setReadOnly(True)
        self.setTabChangesFocus(True)
        self.setAccessibleName(name)
        self.setMinimumHeight(_LOWEST)

    # Qt overrides

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self._height)


def report_box(text: str, name: str) -> ReadOnlyText:
    box = ReadOnlyText(text, name, 260)
    box.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
    box.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
    return box


def about_activity(activity_id: int, title: str) -> str:
    called = single_line(title)
    return f"{called} · activity {activity_id}" if called else f"Activity {activity_id}"
