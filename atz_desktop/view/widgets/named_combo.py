"""Drop-downs that assistive tools find by their label.

On Linux, Qt gives a drop-down's current text as its accessible name and leaves the label to a
relation, which scripts and some tools do not follow. Here the name is the label and the current
text the value, as on the other systems.
"""

from __future__ import annotations

import sys

from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import QAccessibleWidget, QComboBox

_KEPT: list[NamedCombo] = []
"""Qt holds them without telling Python, which would delete them."""


class NamedCombo(QAccessibleWidget):
    """A QComboBox as assistive tools see it: name = label, value = current text."""

    def __init__(self, combo: QComboBox) -> None:
        super().__init__(combo, QAccessible.Role.ComboBox)
        self._combo = combo

    # Qt overrides

    def text(self, kind: QAccessible.Text) -> str:
        if kind == QAccessible.Text.Name:
            return self._combo.accessibleName() or self._combo.currentText()
        if kind == QAccessible.Text.Value:
            return self._combo.currentText()
        return super().text(kind)

    def childCount(self) -> int:
        return 1

    def child(self, index: int) -> QAccessibleInterface:
        return QAccessible.queryAccessibleInterface(self._combo.view())

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        return 0 if child.object() is self._combo.view() else -1

    def actionNames(self) -> list[str]:
        return [self.showMenuAction(), self.pressAction()] if self._combo.isEnabled() else []

    def doAction(self, name: str) -> None:
        if name in {self.showMenuAction(), self.pressAction()}:
            view = self._combo.view()
            self._combo.hidePopup() if view.isVisible() else self._combo.showPopup()


def install_combo_names() -> None:
    """From now on, show drop-downs to assistive tools by their name. Needed on Linux alone."""
    if sys.platform == "linux":
        QAccessible.installFactory(_factory)


def _factory(_kind: str, widget: QObject) -> QAccessibleInterface | None:
    if isinstance(widget, QComboBox):
        _KEPT.append(NamedCombo(widget))
        return _KEPT[-1]
    return None
