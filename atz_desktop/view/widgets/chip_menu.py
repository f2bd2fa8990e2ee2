"""The context menu of a chip."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu, QWidget

from atz_desktop.view.widgets.chip import Chip
from atz_desktop.view.widgets.chip_paint import Mark, one_line

_VERBS: Final = {Mark.REMOVED: "Put back", Mark.AMBIGUOUS: "Choose…", Mark.MORE: "Show all"}


def open_chip_menu(
    field: QWidget, at: QPoint, chip: Chip, key_name: str, change: Callable[[], None] | None
) -> None:
    """Open it at a place of the screen. `change` is what the chip is there for (None: it can only
    be read), `key_name` what its key is called: slug, user ID."""
    menu = QMenu(field)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    copy = QGuiApplication.clipboard().setText
    if chip.mark not in (Mark.AMBIGUOUS, Mark.MORE):
        if chip.text != chip.key:
            menu.addAction("Copy name", partial(copy, one_line(chip.text)))
        menu.addAction(f"Copy {key_name}", partial(copy, chip.key))
    if change is not None:
        menu.addAction(_VERBS.get(chip.mark, "Remove"), change)
    if menu.actions():
        menu.popup(at)
