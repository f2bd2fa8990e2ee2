"""Text on one line or several, and web addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from atz_desktop.domain.characters import unquote
from atz_desktop.domain.fields import Field
from atz_desktop.domain.kinds import Text
from atz_desktop.domain.text import quoted
from atz_desktop.domain.urls import add_https
from atz_desktop.domain.values import Unparsed
from atz_desktop.view.dialogs.link_dialog import describe_opening, target_of
from atz_desktop.view.editors.base import FieldEditor, OpenLink
from atz_desktop.view.icons import icon
from atz_desktop.view.widgets.buttons import LinkButton
from atz_desktop.view.widgets.exact_text import ExactLineEdit, ExactTextEdit
from atz_desktop.view.widgets.labels import ElidingLabel
from atz_desktop.view.widgets.layouts import hbox

if TYPE_CHECKING:
    from atz_desktop.session.lookups import Lookups

_LINES, _FEWEST_LINES = 5, 3
_WITH_ITS_TEXT = QSizePolicy.Policy.MinimumExpanding
_COUNTED_FROM = 0.8
"""Share of the limit from which on it is told how much of it is used."""


class TextEditor(FieldEditor):
    """Plain text, with a counter near the limit of ATZ. What is too long is said, never cut."""

    def __init__(self, field: Field, lookups: Lookups, parent: QWidget | None = None) -> None:
        super().__init__(field, lookups, parent)
        assert isinstance(field.kind, Text)
        self._limit = field.kind.limit
        self._value: Any = None
        self._base: Any = None
        self._box: ExactLineEdit | ExactTextEdit = (
            ExactTextEdit(min_lines=_LINES) if field.kind.multiline else ExactLineEdit()
        )
        self._box.edited.connect(self._on_text_edited)
        if field.kind.multiline:
            self._box.setSizePolicy(QSizePolicy.Policy.Expanding, _WITH_ITS_TEXT)
            self.grows = True
        self.line = QWidget()
        hbox(self.line, (self._box, 1))
        self.add_part(field.label, self.line, self._box)
        self._counter = ElidingLabel("muted", "caption")
        self.head.addWidget(self._counter)
        self._counter.hide()

    def set_room(self, *, scarce: bool) -> None:
        if isinstance(self._box, ExactTextEdit):
            self._box.set_min_lines(_FEWEST_LINES if scarce else _LINES)
            policy = QSizePolicy.Policy.Expanding if scarce else _WITH_ITS_TEXT
            self._box.setSizePolicy(QSizePolicy.Policy.Expanding, policy)

    def show_value(self, value: Any, base: Any) -> None:
        self._value, self._base = value, base
        self._box.show_value(value.text if isinstance(value, Unparsed) else value)
        self._update_counter()
        self.update_hint()

    def hint(self) -> tuple[str, str]:
        if isinstance(self._value, Unparsed):
            return "ATZ sent something that is no text. It is shown as it came.", "warning"
        return "", "muted"

    def _on_text_edited(self, text: str | None) -> None:
        came = self._base.text if isinstance(self._base, Unparsed) else None
        self.edited.emit(self._base if came is not None and text == came else text)

    def _update_counter(self) -> None:
        if self._limit is None:
            return
        length = len(self._box.value() or "")
        is_near = length >= _COUNTED_FROM * self._limit
        self._counter.setVisible(is_near)
        if is_near:
            ink = "problem" if length > self._limit else "muted"
            self._counter.set_text(f"{length} / {self._limit}", ink)


class LinkEditor(TextEditor):
    """A web address, with a button that opens it.

    Blanks, quotes and angle brackets around a pasted one are no part of it. One without https://
    is offered with it, and never completed without being asked.
    """

    def __init__(self, field: Field, lookups: Lookups, parent: QWidget | None = None) -> None:
        super().__init__(field, lookups, parent)
        self._open = QPushButton("Open")
        self._open.setIcon(icon("link-open", "muted"))
        self._open.setAccessibleName(f"Open {field.label}")
        self._open.setEnabled(False)
        self._open.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._open.clicked.connect(self._request_link)
        line = self.line.layout()
        assert line is not None
        line.addWidget(self._open)
        self._complete = LinkButton("", "link-open")
        self._complete.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._complete.clicked.connect(self._commit_complete)
        self._complete.hide()
        self.head.addWidget(self._complete)
        self._box.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        if isinstance(self._box, ExactLineEdit):
            self._box.editingFinished.connect(self.commit)

    def show_value(self, value: Any, base: Any) -> None:
        if isinstance(value, str) and value == self._text(self._box.value(), base):
            self._value, self._base = value, base  # the box says so already, with blanks around it
            self._update_counter()
            self.update_hint()
        else:
            super().show_value(value, base)
        self._show_links()

    @property
    def open_button(self) -> QPushButton:
        return self._open

    def commit(self) -> None:
        if isinstance(self._value, str):
            self._box.show_value(self._value)
            self._update_counter()

    def set_read_only(self, read_only: bool) -> None:
        super().set_read_only(read_only)
        self._show_links()

    def _on_text_edited(self, text: str | None) -> None:
        super()._on_text_edited(self._text(text, self._base))

    @staticmethod
    def _text(text: str | None, base: Any) -> str | None:
        came = base.text if isinstance(base, Unparsed) else base
        return text if text is None or text == came else unquote(text)

    def _show_links(self) -> None:
        text = self._value if isinstance(self._value, str) else ""
        target = target_of(text)
        self._open.setEnabled(target is not None)
        describe_opening(self._open, target)
        complete = add_https(text) if self._box.isEnabled() else None
        self._complete.setText(f"Use {quoted(complete)}" if complete else "")
        self._complete.setVisible(complete is not None)

    def _commit_complete(self) -> None:
        complete = add_https(self._value if isinstance(self._value, str) else "")
        if complete is not None:
            self._box.setFocus(Qt.FocusReason.OtherFocusReason)
            self.edited.emit(complete)

    def _request_link(self) -> None:
        self.requested.emit(OpenLink(self._value if isinstance(self._value, str) else ""))
