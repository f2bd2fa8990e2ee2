"""A value for a bulk edit, in the editor that its field has in the form."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from atz_desktop.domain.fields import Field
from atz_desktop.domain.kinds import Flag, People
from atz_desktop.session.form_state import UNFINISHED
from atz_desktop.view.editors import EDITORS
from atz_desktop.view.editors.attachment import AttachmentEditor
from atz_desktop.view.editors.base import FormRequest, OpenLink
from atz_desktop.view.widgets.buttons import LinkButton
from atz_desktop.view.widgets.combo_box import NoWheelComboBox
from atz_desktop.view.widgets.layouts import hbox

if TYPE_CHECKING:
    from atz_desktop.session.lookups import Lookups


class BulkInput(QWidget):
    """`error` says why what stands there can't be read; "" for no reason."""

    changed = Signal()
    """What is filled in, or what is said of it, is another."""

    @property
    def error(self) -> str:
        return ""

    @property
    def remark(self) -> str:
        """What there is to say about what is filled in."""
        return ""

    def show_names(self) -> None:
        """Better names are known."""

    def commit(self) -> None:
        """Take over what is typed, as leaving the box would."""

    def focus_first(self) -> None:
        raise NotImplementedError


class ValueEditor(BulkInput):
    """Base of both. `value` is None as long as none is chosen."""

    @property
    def value(self) -> Any:
        raise NotImplementedError

    def show_value(self, value: Any) -> None:
        """Show a value; never emits."""
        raise NotImplementedError


class YesNo(ValueEditor):
    """Yes or no; an own choice, where a check box would not say which of the two is meant."""

    def __init__(self, field: Field, name: str) -> None:
        super().__init__()
        self._combo = NoWheelComboBox(wide=False)
        self._combo.setAccessibleName(name)
        self._combo.addItems([field.kind.format(True), field.kind.format(False)])
        self._combo.currentIndexChanged.connect(self.changed)
        hbox(self, self._combo, 1)

    @property
    def value(self) -> Any:
        return self._combo.currentIndex() == 0

    def show_value(self, value: Any) -> None:
        with QSignalBlocker(self._combo):
            self._combo.setCurrentIndex(0 if value is not False else 1)

    def focus_first(self) -> None:
        self._combo.setFocus()


class FormValue(ValueEditor):
    """The form's own editor, of which nothing is known that ATZ holds."""

    def __init__(self, field: Field, lookups: Lookups, name: str) -> None:
        super().__init__()
        self._editor = EDITORS[type(field.kind)](field, lookups)
        self._nothing: Any = () if isinstance(field.kind, People) else None
        self._value: Any = self._nothing
        self._raw = ""
        self._editor.hide_labels()
        for control in self._editor.controls[:1]:
            control.setAccessibleName(name)
        if self._editor.open_button is not None:
            self._editor.open_button.hide()
        self._editor.show_value(self._nothing, self._nothing)
        self._editor.edited.connect(self._on_edited)
        self._editor.unparsed_changed.connect(self._on_unparsed)
        self._editor.status_changed.connect(self.changed)
        self._editor.remarked.connect(self.changed)
        self._editor.requested.connect(self._on_requested)
        self._action = LinkButton("", "check")
        self._action.clicked.connect(self._run_action)
        self._action.hide()
        self.changed.connect(self._offer_action)
        hbox(self, (self._editor, 1), self._action)

    @property
    def value(self) -> Any:
        return self._value

    @property
    def error(self) -> str:
        return self._editor.input_error or UNFINISHED if self._raw else ""

    @property
    def remark(self) -> str:
        return self._editor.remark[0]

    def show_value(self, value: Any) -> None:
        value = self._nothing if self._editor.field.kind.is_empty(value) else value
        self._value, self._raw = value, ""
        self._editor.reset()
        self._editor.show_unparsed("")
        self._editor.show_value(value, self._nothing)

    def show_names(self) -> None:
        self._editor.show_names()

    def commit(self) -> None:
        self._editor.commit()

    def focus_first(self) -> None:
        self._editor.focus_first()

    def _offer_action(self) -> None:
        """What the editor can do about the text in its box, as far as it needs no form for that."""
        action = self._editor.action
        offered = action is not None and not action.asks_window
        if action is not None and offered:
            self._action.setText(action.words)
            self._action.setAccessibleName(action.spoken)
        self._action.setVisible(offered)

    def _run_action(self) -> None:
        if self._editor.action is not None:
            self._editor.action.run()

    def _on_edited(self, value: Any) -> None:
        self._value = value
        self._editor.show_value(value, self._nothing)
        self.changed.emit()

    def _on_unparsed(self, text: str) -> None:
        self._raw = text
        self.changed.emit()

    def _on_requested(self, request: FormRequest | OpenLink) -> None:
        if request is FormRequest.CHOOSE_FILE:
            self._choose_file()

    def _choose_file(self) -> None:
        dialog = QFileDialog(self, "Choose the file to attach")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self._attach)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _attach(self, path: str) -> None:
        if isinstance(self._editor, AttachmentEditor):
            self._editor.attach_file(Path(path))


def value_editor(field: Field, lookups: Lookups, name: str = "") -> ValueEditor:
    """The editor for values of a field; `name` is for screen readers."""
    name = name or field.label
    return YesNo(field, name) if isinstance(field.kind, Flag) else FormValue(field, lookups, name)
