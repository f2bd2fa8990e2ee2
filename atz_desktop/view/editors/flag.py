"""Yes, no, or not said by the server: a check box."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QCheckBox, QWidget

from atz_desktop.domain.fields import Field
from atz_desktop.domain.values import Unparsed
from atz_desktop.view.editors.base import FieldEditor
from atz_desktop.view.mnemonics import with_mnemonic
from atz_desktop.view.theme import APART, CONTROL_HEIGHT
from atz_desktop.view.widgets.layouts import hbox

if TYPE_CHECKING:
    from atz_desktop.session.lookups import Lookups


class FlagEditor(FieldEditor):
    """A check box with the field's label; half checked where nobody knows which."""

    def __init__(self, field: Field, lookups: Lookups, parent: QWidget | None = None) -> None:
        super().__init__(field, lookups, parent)
        self._value: Any = None
        self._box = _CheckBox(with_mnemonic(field.label))
        self._box.setMinimumHeight(APART)
        self._box.checkStateChanged.connect(self._changed)
        self.head = hbox(None, self._box, 0)
        self.grid.addLayout(self.head, 1, 0)
        self.grid.setRowMinimumHeight(1, CONTROL_HEIGHT)
        self.name_control(self._box, field.label)

    def show_value(self, value: Any, base: Any) -> None:
        del base
        self._value = value
        state = Qt.CheckState.PartiallyChecked
        if isinstance(value, bool):
            state = Qt.CheckState.Checked if value else Qt.CheckState.Unchecked
        with self.updating:
            self._box.setTristate(state is Qt.CheckState.PartiallyChecked)
            self._box.setCheckState(state)
        self.update_hint()

    def hint(self) -> tuple[str, str]:
        if isinstance(self._value, Unparsed):
            return f"ATZ sent “{self._value.text}”, which is neither yes nor no.", "warning"
        if self._value is None:
            return "ATZ did not say.", "muted"
        return "", "muted"

    def _changed(self, state: Qt.CheckState) -> None:
        if not self.updating:
            self._box.setTristate(False)
            self.edited.emit(state is Qt.CheckState.Checked)


class _CheckBox(QCheckBox):
    """Alt and its letter tick it at once: Qt's own way takes a tenth of a second, and Ctrl+S may
    come before that.
    """

    # Qt overrides

    def event(self, event: QEvent) -> bool:
        if event.type() != QEvent.Type.Shortcut:
            return super().event(event)
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.click()
        return True
