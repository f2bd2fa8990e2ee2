"""The page of a loaded activity: its header and its form, and what the form asks of the window."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFileDialog, QSizePolicy, QWidget

from atz_desktop.domain.characters import is_blank, single_line
from atz_desktop.domain.text import entity_label, format_date
from atz_desktop.domain.values import Person, RecordRef
from atz_desktop.session.lookups import Lookups
from atz_desktop.session.notices import Level, Notice
from atz_desktop.view.dialogs.link_dialog import LinkDialog, target_of
from atz_desktop.view.editors.base import FormRequest, OpenLink
from atz_desktop.view.form.activity_form import ActivityForm
from atz_desktop.view.form.arrangement import page_inset
from atz_desktop.view.theme import AROUND, TIGHT
from atz_desktop.view.widgets.labels import ElidingLabel
from atz_desktop.view.widgets.layouts import hbox, vbox
from atz_desktop.view.widgets.named_combo import install_combo_names

if TYPE_CHECKING:
    from atz_desktop.domain.activity import Activity
    from atz_desktop.session.form_model import FormModel

_LOWEST_WITH_HEADER = 230
"""Pixels; in a lower page the header gives way to the fields."""
_DOT = "  ·  "
_SHARE_OF_ID = 45
"""Per cent of the line."""


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


class RecordHeader(QWidget):
    """The record as ATZ holds it; what is typed meanwhile does not change it."""

    def __init__(self, model: FormModel, lookups: Lookups, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lookups: Lookups
        self._activity: Activity | None = None
        self._title = ElidingLabel("text", "title")
        self._which = ElidingLabel("muted", "body")
        self._who = ElidingLabel("muted", "caption")
        self._line = hbox(self, self._title, self._which, (self._who, 1), spacing=AROUND)
        # What matters least has what room the others leave.
        self._who.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.set_inset(AROUND)
        model.activity_changed.connect(self._show_activity)
        self.set_lookups(lookups)

    def set_lookups(self, lookups: Lookups) -> None:
        """Show names as another account knows them, from the next activity on."""
        self._activity, self._lookups = None, lookups
        lookups.names_learned.connect(self._show_record)

    def set_inset(self, inset: int) -> None:
        """Stay so far from either side of the window, as the form does."""
        self._line.setContentsMargins(inset, TIGHT, inset, TIGHT)

    def _show_activity(self, activity: Activity) -> None:
        """The form below takes most of a frame: this has a turn of the loop of its own."""
        self._activity = activity
        QTimer.singleShot(0, self, self._show_record)

    def _show_record(self) -> None:
        activity = self._activity
        if activity is not None and self.isVisible():
            self._title.set_text(_title(activity))
            self._which.set_text(self._id_text(activity))
            self._who.set_text(self._authors_text(activity))
            self._share_line()

    def _share_line(self) -> None:
        """A long title leaves room for which activity it is."""
        most = self.width() * _SHARE_OF_ID // 100
        self._which.setMinimumWidth(min(self._which.sizeHint().width(), most))

    def _authors_text(self, activity: Activity) -> str:
        zone = activity.zone
        made = _author_text("made", self._with_name(activity.created_by), activity.created_at, zone)
        changed = _author_text(
            "changed", self._with_name(activity.updated_by), activity.updated_at, zone
        )
        said = _DOT.join(part for part in (changed, made) if part)
        dated = activity.created_at or activity.updated_at
        said = f"{said} ({zone})" if said and dated else said
        return said[:1].upper() + said[1:]

    def _with_name(self, user: Person | None) -> Person | None:
        return user if user is None or user.name else self._lookups.user(user)

    @property
    def text(self) -> tuple[str, str, str]:
        """The title, which activity it is, and who made and changed it."""
        return self._title.text(), self._which.text(), self._who.text()

    def _id_text(self, activity: Activity) -> str:
        parts = [f"Activity {activity.id}"]
        kind_of = activity.record_type
        category = activity.role(kind_of.category)
        if kind_of.category is not None and category is not None:
            parts.append(single_line(kind_of.by_name[kind_of.category].kind.format(category)))
        record = activity.role(kind_of.related)
        if isinstance(record, RecordRef) and (record.entity is not None or record.slug):
            name = self._lookups.record_name(record) or record.slug
            kind = entity_label(record.entity)
            parts.append(single_line(f"{kind}: {name}" if name else kind))
        return _DOT.join(parts)

    # Qt overrides

    def showEvent(self, event: QShowEvent) -> None:
        self._show_record()
        super().showEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_line()


def _title(activity: Activity) -> str:
    return "Activity without a title" if is_blank(activity.title) else activity.title


def _author_text(what: str, who: Person | None, at: datetime | None, zone: str) -> str:
    by = f" by {single_line(who.display_name)}" if who else ""
    if at is None:
        return f"{what}{by}" if by else ""
    try:
        wall = at.astimezone(ZoneInfo(zone))
    except OverflowError:
        return f"{what}{by}" if by else ""
    return f"{what}{by} on {format_date(wall)}, {wall:%H:%M}"
