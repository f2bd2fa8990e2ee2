"""What every editor is: it shows a value, and tells what the user made of it.

A value leaves an editor only because the user changed it. The editors listen to the broad
signals (`textChanged` rather than `textEdited`), because dictation and screen readers set text
through the accessibility interface; whatever the program itself writes is guarded by `updating`.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import TYPE_CHECKING, Any, NamedTuple

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtWidgets import QAbstractButton, QApplication, QGridLayout, QLabel, QWidget

from atz_desktop.domain.fields import Field
from atz_desktop.domain.quick_dataclass import dataclass
from atz_desktop.view.mnemonics import with_mnemonic
from atz_desktop.view.theme import HEAD_HEIGHT, NEAR
from atz_desktop.view.widgets.layouts import hbox
from atz_desktop.view.widgets.updating import Updating

if TYPE_CHECKING:
    from atz_desktop.session.lookups import Lookups


class EditorAction(NamedTuple):
    """Something to press beside what is said of a text; `spoken` is for screen readers.

    `asks_window`: it ends in a `requested`, and does nothing where nobody answers that.
    """

    words: str
    icon: str
    spoken: str
    run: Callable[[], object]
    asks_window: bool = False


class FormRequest(Enum):
    """What an editor asks of the window."""

    CHOOSE_FILE = "choose a file to attach"
    CHOOSE_ZONE = "choose another time zone"
    FETCH_NAMES = "fetch names"


@dataclass(frozen=True)
class OpenLink:
    """An editor asks for this web address to be opened in the browser."""

    address: str


class FieldEditor(QWidget):
    """Base of all editors: controls beside each other, each below its label.

    `field` is the line of the table that is edited, `lookups` knows names for keys. `head` is the
    line of the last label: whoever shows the editor says there what there is to know about it.
    `aside`, where a kind has one, may be put elsewhere, such as into the heading of a group.
    """

    grows = False
    """Whether more room than it needs is of use to it."""

    edited = Signal(object)
    """The user gave the field this value (a value of the domain)."""
    unparsed_changed = Signal(object)
    """The text (str) in a box that is no value yet; "" when there is none."""
    status_changed = Signal()
    """What the editor says of itself (`input_error`, `touched`) is another now."""
    remarked = Signal()
    """`remark` is another now."""
    requested = Signal(object)
    """What only the window can do: a FormRequest or an OpenLink."""

    def __init__(self, field: Field, lookups: Lookups, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = field
        self.lookups = lookups
        self.updating = Updating()
        self._controls: list[QWidget] = []
        self._labels: list[QLabel] = []
        self._lock = ""
        self._described = ""
        self.remark = ("", "muted")
        """What there is to say about what is shown, and its ink: `hint`, or why it is locked."""
        self.aside: QWidget | None = None
        self.head = hbox(None)
        self.grid = QGridLayout(self)
        self.grid.setContentsMargins(0, 0, 0, 0)
        self.grid.setHorizontalSpacing(NEAR)
        self.grid.setVerticalSpacing(0)

    # What the form asks of an editor

    def show_value(self, value: Any, base: Any) -> None:
        """Show `value` where ATZ holds `base`. Never emits; cursor and focus stay."""
        raise NotImplementedError

    def show_unparsed(self, text: str) -> None:
        """Show text that is no value yet, as a draft kept it. Kinds without such text ignore it."""

    def show_names(self) -> None:
        """The lookups learned something: show better names."""

    def show_zone(self, zone: str) -> None:
        """All times are read in `zone` (an IANA name). Kinds without times ignore it."""

    def set_room(self, *, scarce: bool) -> None:
        """Whether what `grows` is to scroll rather than push anything out of sight."""

    def commit(self) -> None:
        """Take over what stands in a box, as leaving it would."""

    def reset(self) -> None:
        """Another activity comes: what was begun for the last one ends here."""

    @property
    def input_error(self) -> str:
        """Why the text in a box is no value, as a sentence; "" when there is nothing to say."""
        return ""

    @property
    def is_busy(self) -> bool:
        """Whether it is being found out what the text means: `input_error` is no problem yet."""
        return self.lookups.is_resolving(self.field.name)

    @property
    def action(self) -> EditorAction | None:
        """What can be done about the text in a box just now, besides typing."""
        return None

    @property
    def touched(self) -> bool:
        """Whether the user is done with the text in a box, so that a complaint is due."""
        return not self.isAncestorOf(QApplication.focusWidget() or self)

    @property
    def incomplete(self) -> bool:
        """Whether the user is in the middle of completing a value: what is wrong can wait."""
        return False

    def fetch_names_action(self) -> EditorAction:
        """Fetching names, where the name in a box is known of nobody."""
        spoken = f"Fetch names for {self.field.label}"
        return EditorAction("Fetch names", "refresh", spoken, self._request_names, asks_window=True)

    def _request_names(self) -> None:
        self.requested.emit(FormRequest.FETCH_NAMES)

    def set_locked(self, reason: str | None) -> None:
        """Make the field one that can only be read, and say why; None: it can be edited."""
        if (reason or "") != self._lock:
            self._lock = reason or ""
            self.set_read_only(bool(reason))
            self.update_hint()

    def set_read_only(self, read_only: bool) -> None:
        """Let the controls take no edit; overridden where they can still be read and copied."""
        for control in self._controls:
            control.setEnabled(not read_only)

    def set_description(self, words: str) -> None:
        """Tell screen readers what stands under the field (a problem, the old value)."""
        self._described = words
        said = " ".join(part for part in (words, self.remark[0], self.spoken_text()) if part)
        for control in self._controls:
            if control.accessibleDescription() != said:
                control.setAccessibleDescription(said)

    def spoken_text(self) -> str:
        """What a look at the field tells (who is new, who is not confirmed), as sentences."""
        return ""

    def change_text(self) -> str:
        """What differs from what ATZ holds, where the editor shows it itself; "": say the old
        value."""
        return ""

    @property
    def open_button(self) -> QAbstractButton | None:
        """What opens the address in the field; kinds without one have none."""
        return None

    def focus_first(self) -> None:
        if self._controls:
            self._controls[0].setFocus(Qt.FocusReason.ShortcutFocusReason)

    @property
    def controls(self) -> tuple[QWidget, ...]:
        """What can be edited, in the order that the eye goes."""
        return tuple(self._controls)

    # What an editor is made with

    def add_part(self, label: str, box: QWidget, control: QWidget, stretch: int = 1) -> None:
        """One part of the field, beside the last: `control`, inside `box`, below its label.

        The label is the control's accessible name; scripts and screen readers rely on that.
        """
        words = QLabel(with_mnemonic(label))
        words.setTextFormat(Qt.TextFormat.PlainText)
        words.setBuddy(control.focusProxy() or control)
        self._labels.append(words)
        words.setMinimumWidth(words.sizeHint().width() + _kerning(label, words.font()))
        column = self.grid.columnCount() if self.grid.count() else 0
        self.head.addStretch(1)  # what stands above the part before this one begins where it does
        self.head = hbox(None, words)
        self.grid.setRowMinimumHeight(0, HEAD_HEIGHT)
        self.grid.addLayout(self.head, 0, column)
        self.grid.addWidget(box, 1, column)
        self.grid.setColumnStretch(column, stretch)
        self.name_control(control, label)

    def hide_labels(self) -> None:
        """Whoever shows the editor says what it is for."""
        self.grid.setRowMinimumHeight(0, 0)
        for label in self._labels:
            label.hide()

    def name_control(self, control: QWidget, name: str) -> None:
        """Count `control` as one that edits the field, called `name` by screen readers."""
        control.setAccessibleName(name)
        self._controls.append(control)

    def hint(self) -> tuple[str, str]:
        """What the editor has to say about what it shows, and its ink; ("", …) for nothing."""
        return "", "muted"

    def update_hint(self) -> None:
        """Tell what there is to say about what is shown, if it is something else now."""
        remark = (self._lock, "warning") if self._lock else self.hint()
        if remark != self.remark:
            self.remark = remark
            self.set_description(self._described)
            self.remarked.emit()


def _kerning(words: str, font: QFont) -> int:
    """Pixels by which `words` are wider where a letter is underlined: Qt then draws them in parts,
    without the kerning that it measures them with.
    """
    measured = QFontMetrics(font).horizontalAdvance(words)
    font.setKerning(False)
    return max(0, QFontMetrics(font).horizontalAdvance(words) - measured)
