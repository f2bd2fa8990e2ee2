"""What the window shows before an activity is loaded: how to begin, and what was loaded before."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from atz_desktop.view.id_bar import Recent
from atz_desktop.view.theme import APART, NEAR, type_font


class EmptyPage(QWidget):
    """A short word, and the activities of the last days to open again."""

    load_wanted = Signal(object)
    """The ID of a recent activity, as text."""

    def __init__(self) -> None:
        super().__init__()
        title = _words("Which activity needs a correction?", "title")
        text = _words("Type its ID above, or paste its address from ATZ, and press Enter.", "body")
        self._heading = _words("Loaded before", "heading")
        self._list = QListWidget()
        self._list.setAccessibleName("Loaded before")
        self._list.setFixedWidth(460)
        self._list.setUniformItemSizes(True)
        self._list.itemActivated.connect(self._pick)
        self._list.itemClicked.connect(self._pick)
        page = QVBoxLayout(self)
        page.setSpacing(NEAR)
        centre = Qt.AlignmentFlag.AlignHCenter
        page.addStretch(2)
        page.addWidget(title, 0, centre)
        page.addWidget(text, 0, centre)
        page.addSpacing(APART)
        page.addWidget(self._heading, 0, centre)
        page.addWidget(self._list, 6, centre)
        page.addStretch(3)
        self.offer(())

    def offer(self, recent: tuple[Recent, ...]) -> None:
        """Show what was loaded before; nothing when there is nothing."""
        self._list.clear()
        for each in recent[:8]:
            title = " ".join(each.title.split()) or "(without a title)"
            item = QListWidgetItem(f"{each.id}   {title}")
            item.setData(Qt.ItemDataRole.UserRole, str(each.id))
            self._list.addItem(item)
        for widget in (self._heading, self._list):
            widget.setVisible(bool(recent))

    def _pick(self, item: QListWidgetItem) -> None:
        self.load_wanted.emit(item.data(Qt.ItemDataRole.UserRole))


def _words(text: str, role: str) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setFont(
        type_font("title" if role == "title" else "heading" if role == "heading" else "body")
    )
    return label
