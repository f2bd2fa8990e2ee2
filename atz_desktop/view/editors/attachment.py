"""The attachment: what ATZ holds, a file of this computer, or a web address."""

from __future__ import annotations

import stat
import threading
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from atz_desktop.domain.characters import single_line, unquote
from atz_desktop.domain.fields import Field
from atz_desktop.domain.text import format_size, quoted
from atz_desktop.domain.urls import is_web_url
from atz_desktop.domain.values import Attachment, LocalFile, Unparsed
from atz_desktop.view.dialogs.link_dialog import describe_opening, target_of
from atz_desktop.view.editors.base import FieldEditor, FormRequest, OpenLink
from atz_desktop.view.icons import icon
from atz_desktop.view.theme import FIELD_RADIUS, colours
from atz_desktop.view.widgets.exact_text import ExactLineEdit
from atz_desktop.view.widgets.labels import ElidingLabel, plain_tip
from atz_desktop.view.widgets.layouts import hbox
from atz_desktop.view.widgets.window_commands import dragged_files

if TYPE_CHECKING:
    from atz_desktop.session.lookups import Lookups


class AttachmentEditor(FieldEditor):
    """Shows the attachment, takes a file (chosen or dropped) or an address in its place."""

    def __init__(self, field: Field, lookups: Lookups, parent: QWidget | None = None) -> None:
        super().__init__(field, lookups, parent)
        self._value: Any = None
        self._base: Any = None
        self._reading: Path | None = None
        self._failure = ""
        self._dragging = False
        self._peek = FileInfo(self)
        self._peek.found.connect(self._accept_file)
        self._peek.failed.connect(self._reject_file)
        self._address = ExactLineEdit()
        self._address.setPlaceholderText("Web address of a file, or drop a file here")
        self._address.setAcceptDrops(False)
        self._address.edited.connect(self._on_text_edited)
        self._address.editingFinished.connect(self.commit)
        self._name = ElidingLabel()
        self._open = QPushButton("Open")
        self._open.setIcon(icon("link-open", "muted"))
        self._open.setAccessibleName(f"Open {field.label}")
        self._open.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._open.clicked.connect(self._request_link)
        self._choose = QPushButton("Choose file…")
        self._choose.setIcon(icon("attach", "muted"))
        self._choose.clicked.connect(self._request_file)
        self.setAcceptDrops(True)
        self._build_layout()

    def show_value(self, value: Any, base: Any) -> None:
        self._value, self._base = value, base
        if not self.field.kind.equal(self._entered_value(), value):
            typed = isinstance(value, Attachment) and value != base
            self._address.show_value(value.link if typed else None)
        self._update_text()
        self.update_hint()

    @property
    def open_button(self) -> QPushButton:
        return self._open

    @property
    def can_attach(self) -> bool:
        return self._choose.isEnabled()

    def attach_file(self, path: Path) -> None:
        """Attach a file of this computer. It is looked at in the background first."""
        self._reading, self._failure = path, ""
        self._update_text()
        self.update_hint()
        self._peek.read(path)

    def attach_dropped(self, files: list[Path]) -> None:
        """Attach the file that was dropped; ATZ takes one alone."""
        self.show_drag_over(over=False)
        if len(files) == 1:
            self.attach_file(files[0])
        elif files:
            self._failure = f"ATZ takes one file; these are {len(files)}. Drop the one you mean."
            self.update_hint()

    def show_drag_over(self, *, over: bool) -> None:
        """A file is dragged over the field or the window, which would take it, or no longer."""
        self._dragging = over
        self.update()

    def commit(self) -> None:
        """An address that says what ATZ holds anyway is shown once, above the box."""
        if self._value == self._base:
            self._address.show_value(None)

    def reset(self) -> None:
        """A file that is still looked at was chosen for the last activity."""
        self._reading, self._failure = None, ""

    def hint(self) -> tuple[str, str]:
        if self._failure:
            return self._failure, "problem"
        if isinstance(self._value, Unparsed):
            return f"ATZ sent something that can't be read: {self._value.text}", "warning"
        return "", "muted"

    def _accept_file(self, file: LocalFile) -> None:
        if file.path == self._reading:
            self._reading, self._failure = None, ""
            self._address.show_value(None)
            self._update_text()
            self.edited.emit(file)

    def _reject_file(self, unusable: UnusableFile) -> None:
        if unusable.path == self._reading:
            self._reading, self._failure = None, unusable.why
            self._update_text()
            self.update_hint()

    def _on_text_edited(self) -> None:
        self._reading, self._failure = None, ""
        self.edited.emit(self._entered_value())

    def _entered_value(self) -> Any:
        """What the address stands for; without one, what ATZ holds."""
        text = unquote(self._address.value() or "")
        typed = Attachment(None, text)
        if not text or self.field.kind.equal(typed, self._base):
            return self._base
        return typed

    @property
    def _link(self) -> str:
        """The https address of what is shown; "" when there is none that may be opened."""
        link = self._value.link if isinstance(self._value, Attachment) else None
        safe = link and is_web_url(link) and urlsplit(link).scheme == "https"
        return link or "" if safe else ""

    def _update_text(self) -> None:
        words, ink = self._description()
        self._name.set_text(words, ink)
        if isinstance(self._value, LocalFile) and not self._reading:
            self._name.setToolTip(plain_tip(str(self._value.path)))
            self._name.setAccessibleDescription(str(self._value.path))
        can_open = bool(self._link) and not self._reading
        if self._open.hasFocus() and not can_open:
            self._choose.setFocus(Qt.FocusReason.OtherFocusReason)
        self._open.setEnabled(can_open)
        describe_opening(self._open, target_of(self._link))

    def _description(self) -> tuple[str, str]:
        if self._reading is not None:
            return f"Reading {single_line(self._reading.name)}…", "muted"
        if isinstance(self._value, LocalFile):
            return f"{single_line(self._value.name)} ({format_size(self._value.size)})", "text"
        if isinstance(self._value, Attachment) and self._value != self._base:
            return "A web address", "muted"
        if isinstance(self._value, Attachment) and (self._value.name or self._value.link):
            return str(self._value.name or self._value.link), "text"
        return "No attachment", "muted"

    def _request_file(self) -> None:
        self.requested.emit(FormRequest.CHOOSE_FILE)

    def _request_link(self) -> None:
        self.requested.emit(OpenLink(self._link))

    def _build_layout(self) -> None:
        # What is attached takes no other room for a longer name.
        self._name.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        box = QWidget()
        hbox(box, (self._name, 2), (self._address, 3), self._open, self._choose)
        self.add_part(self.field.label, box, self._address)
        self.name_control(self._choose, "Choose file…")

    # Qt overrides

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if dragged_files(event.mimeData()) and self.can_attach:
            event.acceptProposedAction()
            self.show_drag_over(over=True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self.show_drag_over(over=False)

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        self.attach_dropped(dragged_files(event.mimeData()))

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._dragging:
            painter = QPainter(self)
            painter.setPen(QPen(colours()["accent"], 2, Qt.PenStyle.DashLine))
            painter.drawRoundedRect(self.rect().adjusted(1, 1, -1, -1), FIELD_RADIUS, FIELD_RADIUS)


class UnusableFile(NamedTuple):
    """A path that can't be attached, and why, as a sentence."""

    path: Path
    why: str


class FileInfo(QObject):
    """Finds out size and date of a file on a thread of its own.

    The thread is a daemon rather than one of Qt's pool: the pool is waited for at the end of the
    program, and a drive that never answers would keep the program from ending.
    """

    found = Signal(object)
    """The LocalFile."""
    failed = Signal(object)
    """What is `UnusableFile`."""

    def read(self, path: Path) -> None:
        """Look at `path`; one of the signals tells what came of it."""
        threading.Thread(target=self._look, args=(path,), name="file peek", daemon=True).start()

    def _look(self, path: Path) -> None:
        # The window, and this object with it, may be gone when a slow drive answers at last.
        with suppress(RuntimeError):
            try:
                seen = path.stat()
            except (OSError, ValueError):
                why = f"{quoted(path.name or str(path))} can't be read. Is the drive still there?"
                self.failed.emit(UnusableFile(path, why))
                return
            if stat.S_ISREG(seen.st_mode):
                self.found.emit(LocalFile.from_stat(path, seen))
            else:
                why = f"{quoted(path.name or str(path))} is no file. Choose a single file."
                self.failed.emit(UnusableFile(path, why))
