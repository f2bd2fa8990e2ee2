"""Whom ATZ may mail about a save, and the switch that asks it not to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QWidget

from atz_desktop.view.widgets.eliding_label import ElidingLabel
from atz_desktop.view.widgets.layouts import hbox

if TYPE_CHECKING:
    from atz_desktop.session.form_state import FormState


class MailSwitch(QWidget):
    """Is shown as soon as a change may make ATZ mail somebody, or would if it were not asked."""

    switched = Signal(object)
    """Whether ATZ is to be asked to mail nobody (bool)."""

    def __init__(self) -> None:
        super().__init__()
        self._words = ElidingLabel("warning")
        self.switch = QCheckBox("Don't mail")
        self.switch.setToolTip("Sends “Do not send calendar invite” along, as one more change")
        self.switch.clicked.connect(self._on_clicked)
        hbox(self, self._words, self.switch)

    def show_state(self, form: FormState | None) -> None:
        mail = form.mail if form is not None else None
        self.setVisible(mail is not None)
        if form is None or mail is None:
            return
        self.switch.setChecked(mail.is_off)
        if not mail.is_off:
            self._words.set_text(f"ATZ may mail {mail.recipients}", "warning")
        elif form.mails_nobody_by_default:
            self._words.set_text("This meeting is over:", "text")
        else:
            self._words.set_text(f"ATZ is asked not to mail {mail.recipients}", "text")
        self.switch.setAccessibleDescription(self._words.text())

    def _on_clicked(self) -> None:
        self.switched.emit(self.switch.isChecked())
