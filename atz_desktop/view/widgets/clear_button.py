"""The button inside a line edit that empties it."""

from __future__ import annotations

from PySide6.QtWidgets import QLineEdit, QToolButton


def add_clear_button(line: QLineEdit) -> None:
    """Give `line` Qt's own clear button, with a name: Qt gives assistive tools none."""
    line.setClearButtonEnabled(True)
    for button in line.findChildren(QToolButton):
        button.setAccessibleName(f"Clear {line.accessibleName()}".strip())
