"""What a window consists of below its menus, where each part stands, and how F6 goes round them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QBoxLayout, QPushButton, QWidget
from shiboken6 import isValid

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


class Areas:
    """Remembers the control of each area that had the keyboard last."""

    def __init__(self, areas: Callable[[], Sequence[QWidget]]) -> None:
        """`areas` in the order of the eye."""
        self._areas = areas
        self._last: dict[QWidget, QWidget] = {}

    def note(self, focused: QWidget) -> None:
        """`focused` has the keyboard now."""
        for area in self._areas():
            if area.isAncestorOf(focused):
                self._last.pop(area, None)  # the newest comes last
                self._last[area] = focused

    def go_back(self, left: QWidget) -> None:
        """`left` had the keyboard and takes no keys any more: go on where one was before it."""
        areas = [area for area in self._areas() if not area.isAncestorOf(left)]
        any(self.enter(area) for area in reversed(self._last) if area in areas)

    def next_area(self) -> None:
        """Go to the next area in which anything takes keys."""
        self._step(1)

    def previous_area(self) -> None:
        """Go to the one before."""
        self._step(-1)

    def _step(self, by: int) -> None:
        areas, focused = self._areas(), QApplication.focusWidget()
        inside = [
            place for place, area in enumerate(areas) if focused and area.isAncestorOf(focused)
        ]
        place = inside[0] if inside else -1 if by > 0 else 0
        for further in range(1, len(areas) + 1):
            if self.enter(areas[(place + by * further) % len(areas)]):
                return

    def enter(self, area: QWidget) -> bool:
        """Put the keyboard into this area; whether anything there takes it."""
        last = self._last.get(area)
        if last is not None and isValid(last) and _takes_keys(last):
            last.setFocus(Qt.FocusReason.OtherFocusReason)
            return True
        controls = [each for each in area.findChildren(QWidget) if _takes_keys(each)]
        # What Enter presses anyway is less of a risk than what happens to stand first.
        usual = (each for each in controls if isinstance(each, QPushButton) and each.isDefault())
        first = next(usual, controls[0] if controls else None)
        if first is not None:
            first.setFocus(Qt.FocusReason.TabFocusReason)
        return first is not None


def _takes_keys(widget: QWidget) -> bool:
    """Also a button that Tab leaves out; not a label whose text can be selected."""
    by_tab = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus) and widget.focusProxy() is None
    control = by_tab or isinstance(widget, QAbstractButton)
    return control and widget.isVisible() and widget.isEnabled()
