"""What a window consists of below its menus, and where each part stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QBoxLayout, QWidget

from atz_desktop.view.form.arrangement import page_inset
from atz_desktop.view.form.save_bar import SaveBar
from atz_desktop.view.theme import AROUND
from atz_desktop.view.widgets.layouts import hbox, vbox
from atz_desktop.view.windows.id_bar import IdBar
from atz_desktop.view.windows.messages import Messages, Underlay
from atz_desktop.view.windows.pages import Pages

if TYPE_CHECKING:
    from atz_desktop.view.worklist.pane import WorkListPane

_ROOM_FOR_PANE = 900
"""Width of a window that has room for the work list beside the form."""


class WindowBody(QWidget):
    """The ID bar, the page with messages over its lower end, the save bar; and the work list."""

    def __init__(self, id_bar: IdBar, pages: Pages, save_bar: SaveBar) -> None:
        super().__init__()
        self._id_bar, self._pages, self._save_bar = id_bar, pages, save_bar
        self.pane: WorkListPane | None = None
        """The work list, while it is shown."""
        middle = Underlay()
        vbox(middle, (pages, 1))
        self.messages = Messages(middle, save_bar)
        # What lies under messages can be scrolled into sight.
        self.messages.height_changed.connect(pages.set_covered)
        self._beside = hbox(None, (middle, 1), spacing=0)
        self._column = vbox(self, id_bar, self._beside, save_bar, spacing=0)
        self._column.setStretchFactor(self._beside, 1)

    @property
    def areas(self) -> list[QWidget]:
        """What F6 goes round, in the order of the eye."""
        pane = (self.pane,) if self.pane else ()
        return [self._id_bar, *pane, self._pages, *self.messages.bars, self._save_bar]

    def add_bar(self, strip: QWidget) -> None:
        """Put a strip above the save bar, for something that goes on in the background."""
        self._column.insertWidget(self._column.indexOf(self._save_bar), strip)

    def show_pane(self, pane: WorkListPane | None) -> None:
        """Have the work list beside the page, or (None) no more. It is not deleted here."""
        if self.pane is not None:
            self._beside.removeWidget(self.pane)
            self.pane.hide()
        self.pane = pane
        if pane is not None:
            self._beside.insertWidget(0, pane)
            pane.show()

    def fit(self, window: QSize) -> None:
        """Let the bars begin where the page does; beside a pane they begin with it."""
        room = window.width()
        narrow = room < _ROOM_FOR_PANE
        if self.pane is not None:
            self.pane.set_narrow(narrow=narrow)
            sides = QBoxLayout.Direction
            self._beside.setDirection(sides.TopToBottom if narrow else sides.LeftToRight)
        is_beside = self.pane is not None and not narrow
        for part in (self._id_bar, self._save_bar):
            part.set_inset(AROUND if is_beside else page_inset(room))
        taken = self.pane.minimumWidth() if self.pane else 0
        self.messages.set_inset(page_inset(room - taken))
        self.messages.set_window_height(window.height())
