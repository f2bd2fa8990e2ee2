"""What the window shows before an activity is loaded: how to begin, and what to go on with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from atz_desktop.domain.characters import single_line
from atz_desktop.view.theme import APART, NEAR, type_font
from atz_desktop.view.windows.id_bar import RecentEntry

if TYPE_CHECKING:
    from PySide6.QtWidgets import QListWidget, QListWidgetItem

_MOST = 8
_GAP = 4
"""Pixels that a list needs beside its rows to stand still."""
_WIDTH = 460
_FIGURE_SPACE = "\u2007"
"""As wide as a digit: the titles stand below each other."""


class StartPage(QWidget):
    """A short word; what was kept for later, and the activities of the last days to open again."""

    load_requested = Signal(object)
    """The ID of an activity, as text."""

    def __init__(self) -> None:
        super().__init__()
        title = _create_label("Which activity needs a correction?", "title")
        text = _create_label(
            "Type its ID above, or paste its address from ATZ, and press Enter.", "body"
        )
        page = QVBoxLayout(self)
        page.setSpacing(NEAR)
        centre = Qt.AlignmentFlag.AlignHCenter
        page.addStretch(2)
        page.addWidget(title, 0, centre)
        page.addWidget(text, 0, centre)
        page.addSpacing(APART)
        page.addStretch(3)
        self._page = page
        self._sections = [_Section("Kept for later"), _Section("Loaded before")]
        self._shown: list[QListWidget] = []

    def show_recent(self, recent: tuple[RecentEntry, ...]) -> None:
        """Show what waits here and what was loaded before; nothing when there is nothing."""
        if not self._shown:
            self._create_lists()
        kept = tuple(each for each in recent if each.unsaved)[:_MOST]
        rest = tuple(each for each in recent if not each.unsaved)[: _MOST - len(kept)]
        digits = max((len(str(each.id)) for each in (*kept, *rest)), default=0)
        for section, listed in zip(self._sections, (kept, rest), strict=True):
            section.show(listed, digits)

    def _create_lists(self) -> None:
        """Made when there is something to show: their class alone would delay the first paint."""
        for section in self._sections:
            made = section.create(self._page)
            made.itemActivated.connect(self._pick)
            made.itemClicked.connect(self._pick)
            self._shown.append(made)

    def _pick(self, item: QListWidgetItem) -> None:
        self.load_requested.emit(item.data(Qt.ItemDataRole.UserRole))


class _Section:
    """A heading and a list, which are there when there is something to list."""

    def __init__(self, name: str) -> None:
        self._name = name

    def create(self, page: QVBoxLayout) -> QListWidget:
        from PySide6.QtWidgets import QListWidget

        self._heading = _create_label(self._name, "heading")
        made = self._list = QListWidget()
        made.setAccessibleName(self._name)
        made.setFixedWidth(_WIDTH)
        made.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for widget, stretch in ((self._heading, 0), (made, 6)):
            page.insertWidget(page.count() - 1, widget, stretch, Qt.AlignmentFlag.AlignHCenter)
        return made

    def show(self, listed: tuple[RecentEntry, ...], digits: int) -> None:
        self._list.clear()
        high = 2 * self._list.frameWidth() + _GAP
        line = self._list.fontMetrics().lineSpacing()
        indent = _FIGURE_SPACE * digits
        for each in listed:
            title = single_line(each.title) or "(without a title)"
            kept = f"\n{indent}   {each.unsaved}" if each.unsaved else ""
            self._list.addItem(f"{str(each.id).rjust(digits, _FIGURE_SPACE)}   {title}{kept}")
            item = self._list.item(self._list.count() - 1)
            item.setData(Qt.ItemDataRole.UserRole, str(each.id))
            item.setSizeHint(QSize(0, line * (2 if kept else 1) + NEAR))
            high += item.sizeHint().height()
        self._list.setMinimumHeight(min(high, 3 * line))  # in a low window it scrolls
        self._list.setMaximumHeight(high)
        for widget in (self._heading, self._list):
            widget.setVisible(bool(listed))


def _create_label(text: str, role: str) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setFont(
        type_font("title" if role == "title" else "heading" if role == "heading" else "body")
    )
    return label
