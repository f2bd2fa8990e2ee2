"""The page of a loaded activity: its header and its form, and what the form asks of the window."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QResizeEvent
from PySide6.QtWidgets import QFileDialog, QWidget

from atz_desktop.session.lookups import Lookups
from atz_desktop.session.notices import Level, Notice
from atz_desktop.view.dialogs.link_dialog import LinkDialog, target_of
from atz_desktop.view.editors.base import FormRequest, OpenLink
from atz_desktop.view.form.activity_form import ActivityForm
from atz_desktop.view.form.arrangement import page_inset
from atz_desktop.view.form.header import RecordHeader
from atz_desktop.view.widgets.layouts import vbox
from atz_desktop.view.widgets.named_combo import install_combo_names

if TYPE_CHECKING:
    from atz_desktop.session.form_model import FormModel


_LOWEST_WITH_HEADER = 230
"""Pixels; in a lower page the header gives way to the fields."""


class FormPage(QWidget):
    """Header and form of one activity. Names are those of no account until `set_lookups`."""

    notified = Signal(object)
    """A Notice about what was asked for in the form."""

    settings_requested = Signal()
    name_sync_requested = Signal()

    def __init__(self, model: FormModel) -> None:
        super().__init__()
        install_combo_names()
        nothing = Lookups()
        self.header = RecordHeader(model, nothing)
        self.form = ActivityForm(model, nothing)
        self.form.requested.connect(self._handle)
        vbox(self, self.header, (self.form, 1), spacing=0)

    def set_lookups(self, lookups: Lookups) -> None:
        """Show and ask for the names of another account."""
        self.header.set_lookups(lookups)
        self.form.set_lookups(lookups)

    def _handle(self, request: FormRequest | OpenLink) -> None:
        """Do what an editor asks for, or pass on what concerns more than this activity."""
        if isinstance(request, OpenLink):
            self._open_link(request.address)
        elif request is FormRequest.CHOOSE_FILE:
            self._pick_file()
        elif request is FormRequest.CHOOSE_ZONE:
            self.settings_requested.emit()
        else:
            self.name_sync_requested.emit()

    def _open_link(self, address: str) -> None:
        """Open a web address; first show where it leads if it may not look like it."""
        target = target_of(address)
        if target is None:
            return
        if not target.cautions:
            self._open_in_browser(target.url)
            return
        dialog = LinkDialog(target, address, self.window())
        dialog.accepted.connect(partial(self._open_in_browser, target.url))
        dialog.finished.connect(dialog.deleteLater)
        # A load may end meanwhile: the link was one of the activity that was shown.
        self.form.activity_changed.connect(dialog.reject)
        dialog.setWindowModality(Qt.WindowModality.WindowModal)
        dialog.open()

    def _open_in_browser(self, url: QUrl) -> None:
        if not QDesktopServices.openUrl(url):
            text = f"Copy the address and open it yourself: {url.toString()}"
            self.notified.emit(Notice(Level.WARNING, "No browser came up", text))

    def _pick_file(self) -> None:
        dialog = QFileDialog(self, "Choose the file to attach")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self.form.attach_file)
        dialog.finished.connect(dialog.deleteLater)
        # A load may end meanwhile: the file was meant for the activity that was shown.
        self.form.activity_changed.connect(dialog.reject)
        dialog.open()

    # Qt overrides

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.header.setVisible(event.size().height() >= _LOWEST_WITH_HEADER)
        self.header.set_inset(page_inset(event.size().width()))
        super().resizeEvent(event)
