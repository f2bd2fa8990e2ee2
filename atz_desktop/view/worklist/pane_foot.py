"""The foot of the work list: going on, and how many rows are in which state."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QToolButton, QWidget

from atz_desktop.view.icons import icon
from atz_desktop.view.theme import NEAR, TIGHT
from atz_desktop.view.widgets.layouts import hbox, vbox
from atz_desktop.view.worklist.summary import Summary

_HEIGHT = 28
_STEPS: Final = (
    ("previous_activity", "up"),
    ("next_activity", "down"),
    ("skip", "skip"),
    ("park", "pause"),
    ("change_all", "pencil"),
)
"""Commands of actions.py, and their pictures."""
_IN_WORDS: Final = ("skip", "park")


class PaneFoot(QWidget):
    """`actions` by the name of their command."""

    def __init__(self, actions: Mapping[str, QAction]) -> None:
        super().__init__()
        self.summary = Summary()
        in_words = [run in _IN_WORDS for run, _ in _STEPS]
        buttons = [_button(actions[run], picture, run in _IN_WORDS) for run, picture in _STEPS]
        steps = hbox(None, *zip(buttons, map(int, in_words), strict=True), spacing=TIGHT)
        self._column = vbox(self, self.summary, steps, spacing=TIGHT)
        self.set_narrow(narrow=False)

    def set_narrow(self, *, narrow: bool) -> None:
        """Take one line."""
        self._column.setContentsMargins(NEAR, 0, NEAR, 0 if narrow else NEAR)


def _button(action: QAction, picture: str, in_words: bool) -> QToolButton:
    button = QToolButton()
    button.setIcon(icon(picture))
    button.setFixedHeight(_HEIGHT)
    button.setAccessibleName(action.text())
    keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
    button.setToolTip(f"{action.text()} ({keys})")
    button.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
    if in_words:
        button.setText(action.text())
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        policy = button.sizePolicy()
        policy.setHorizontalPolicy(policy.Policy.Expanding)
        button.setSizePolicy(policy)
    button.clicked.connect(action.trigger)
    button.setEnabled(action.isEnabled())
    action.enabledChanged.connect(button.setEnabled)
    return button
