"""What the window shows before an activity is loaded: how to begin, and what was loaded before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from atz_desktop.domain.characters import single_line
from atz_desktop.view.theme import APART, NEAR, type_font
from atz_desktop.view.windows.id_bar import RecentActivity

if TYPE_CHECKING:
    from PySide6.QtWidgets import QListWidget, QListWidgetItem

_MOST = 8
_FIGURE_SPACE = "\u2007"
"""As wide as a digit: the titles stand below each other."""


class StartPage(QWidget):
    """A short word, and the activities of the last days to open again."""

    load_requested = Signal(object)
    """The ID of a recent activity, as text."""

    def __init__(self) -> None:
        super().__init__()
        title = _create_label("Which activity needs a correction?", "title")
        text = _create_label(
            "Type its ID above, or paste its address from ATZ, and press Enter.", "body"
        )
        self._heading = _create_label("Loaded before", "heading")
        self._list: QListWidget | None = None
        page = QVBoxLayout(self)
        page.setSpacing(NEAR)
        centre = Qt.AlignmentFlag.AlignHCenter
        page.addStretch(2)
        page.addWidget(title, 0, centre)
        page.addWidget(text, 0, centre)
        page.addSpacing(APART)
        page.addWidget(self._heading, 0, centre)
        page.addStretch(3)
        self._heading.hide()
        self._page = page

    def show_recent(self, recent: tuple[RecentActivity, ...]) -> None:
        """Show what was loaded before; nothing when there is nothing."""
        if self._list is None:
            self._list = self._create_list()
        self._list.clear()
        shown = recent[:_MOST]
        digits = max((len(str(each.id)) for each in shown), default=0)
        height = self._list.fontMetrics().lineSpacing() + NEAR
        for each in shown:
            title = single_line(each.title) or "(without a title)"
            self._list.addItem(f"{str(each.id).rjust(digits, _FIGURE_SPACE)}   {title}")
            item = self._list.item(self._list.count() - 1)
            item.setData(Qt.ItemDataRole.UserRole, str(each.id))
            item.setSizeHint(QSize(0, height))
        for widget in (self._heading, self._list):
            widget.setVisible(bool(recent))

    def _create_list(self) -> QListWidget:
        """Made when there is something to show: its class alone would delay the first paint."""
        from PySide6.QtWidgets import QListWidget

        made = QListWidget()
        made.setAccessibleName("Loaded before")
        made.setFixedWidth(460)
        made.setUniformItemSizes(True)
        made.itemActivated.connect(self._pick)
        made.itemClicked.connect(self._pick)
        self._page.insertWidget(self._page.count() - 1, made, 6, Qt.AlignmentFlag.AlignHCenter)
        return made

    def _pick(self, item: QListWidgetItem) -> None:
        self.load_requested.emit(item.data(Qt.ItemDataRole.UserRole))


def _create_label(text: str, role: str) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setFont(
        type_font("title" if role == "title" else "heading" if role == "heading" else "body")
    )
    return label
