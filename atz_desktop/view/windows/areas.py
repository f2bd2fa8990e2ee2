"""Goes round the areas of a window with F6: into each as it was left, else to its first control."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QPushButton, QWidget
from shiboken6 import isValid


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
