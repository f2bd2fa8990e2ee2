"""One of a short list: a drop-down, and a line for the number of a type that nobody listed."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QApplication, QWidget

from atz_desktop.domain.characters import is_blank, strip_invisible, strip_wrapping
from atz_desktop.domain.fields import Field
from atz_desktop.domain.identifiers import parse_int
from atz_desktop.domain.kinds import Choice
from atz_desktop.domain.values import Option, Unparsed
from atz_desktop.view.editors.base import FieldEditor
from atz_desktop.view.widgets.combo_box import NoWheelComboBox
from atz_desktop.view.widgets.exact_text import ExactLineEdit
from atz_desktop.view.widgets.layouts import hbox
from atz_desktop.view.widgets.window_commands import LOOKING_ELSEWHERE

if TYPE_CHECKING:
    from atz_desktop.session.lookups import Lookups

_OTHER = "Other type…"
_NUMBER_LETTERS = 14


class ChoiceEditor(FieldEditor):
    """A drop-down. A value that is on no list is kept and shown as it came.

    The values stand in a Python list beside the drop-down: Qt's item data would change their type.
    """

    def __init__(self, field: Field, lookups: Lookups, parent: QWidget | None = None) -> None:
        super().__init__(field, lookups, parent)
        assert isinstance(field.kind, Choice)
        self._kind = field.kind
        self._value: Any = None
        self._base: Any = None
        self._before: Any = None
        self._listed: list[tuple[Any, str]] = []
        self._combo = NoWheelComboBox()
        self._combo.setPlaceholderText("Not set")
        self._combo.currentIndexChanged.connect(self._chosen)
        self._number = ExactLineEdit()
        self._number.setPlaceholderText("Number")
        letter = self._number.fontMetrics().averageCharWidth()
        self._number.setFixedWidth(_NUMBER_LETTERS * letter)
        self._number.edited.connect(self._numbered)
        self._number.editingFinished.connect(self._on_number_left)
        box = QWidget()
        hbox(box, (self._combo, 1), self._number)
        self._number.hide()
        self.add_part(field.label, box, self._combo)
        self.name_control(self._number, f"{field.label} number")
        for widget in (self._combo, self._number):
            widget.installEventFilter(self)

    def show_value(self, value: Any, base: Any) -> None:
        same = self._kind.equal(value, self._value)
        self._value, self._base = value, base
        with self.updating:
            self._update_list()
            if self._number.isHidden() or not (same or self._is_numbered(value)):
                self._close_number()

    def show_unparsed(self, text: str) -> None:
        if text and text != self._number.text():
            with self.updating:
                self._open_number()
                self._number.show_value(text)
        elif not text and self.input_error:
            with self.updating:
                self._close_number()

    def show_names(self) -> None:
        with self.updating:
            self._update_list()

    def commit(self) -> None:
        self._on_number_left()

    @property
    def input_error(self) -> str:
        text = strip_invisible(self._number.text())
        if self._number.isHidden() or not text or self._numbered_option() is not None:
            return ""
        return self._kind.check(Option(0)) or ""

    # The list

    def _update_list(self) -> None:
        """Bring the drop-down up to date, if it is not."""
        listed = self._options()
        if listed == self._listed:
            return
        self._listed = listed
        number_shown = not self._number.isHidden()
        self._combo.clear()
        self._combo.addItems([label for _option, label in listed])
        self._combo.setCurrentIndex(
            len(listed) - 1 if number_shown else self._index_of(self._value)
        )

    def _options(self) -> list[tuple[Any, str]]:
        """What can be chosen, with labels: the list, then what stands or stood here besides."""
        known = self.lookups.types() if self._kind.open_ended else self._kind.options
        options: dict[Any, Any] = {option.key: option for option in known}
        for extra in (self._base, self._value):
            if isinstance(extra, Option) and (extra.label or extra.key not in options):
                options[extra.key] = extra
            elif isinstance(extra, Unparsed):
                options[extra] = extra
        words = {key: _option_text(option) for key, option in options.items()}
        often = Counter(words.values())
        listed = [
            (option, words[key] if often[words[key]] == 1 else f"{words[key]} ({key})")
            for key, option in options.items()
        ]
        return [*listed, (_OTHER, _OTHER)] if self._kind.open_ended else listed

    def _index_of(self, value: Any) -> int:
        places = (
            i for i, (option, _) in enumerate(self._listed) if self._kind.equal(option, value)
        )
        return next(places, -1)

    def _chosen(self, index: int) -> None:
        if self.updating or index < 0:
            return
        option = self._listed[index][0]
        if option == _OTHER:
            self._before = self._value
            with self.updating:
                self._open_number()
            if self._combo.is_popup_choice:
                self._number.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self._number.show_value(None)
        self._number.hide()
        self.unparsed_changed.emit("")
        self.edited.emit(option)

    # A type by its number

    def _open_number(self) -> None:
        self._number.show()
        self._combo.setCurrentIndex(len(self._listed) - 1)

    def _close_number(self) -> None:
        if self._number.hasFocus():
            self._combo.setFocus(Qt.FocusReason.OtherFocusReason)
        self._number.show_value(None)
        self._number.hide()
        self._combo.setCurrentIndex(self._index_of(self._value))

    def _numbered(self, text: str | None) -> None:
        option = self._numbered_option()
        nothing = is_blank(text or "")
        self.unparsed_changed.emit("" if option is not None or nothing else text)
        if option is not None:
            self.edited.emit(option)
        elif nothing:
            self.edited.emit(self._before)

    def _numbered_option(self) -> Option | None:
        number = parse_int(strip_wrapping(self._number.text()))
        if not number:
            return None
        listed = (option for option, _ in self._listed if isinstance(option, Option))
        return next((option for option in listed if option.key == number), Option(number))

    def _is_numbered(self, value: Any) -> bool:
        option = self._numbered_option()
        return option is not None and self._kind.equal(option, value)

    def _on_number_left(self) -> None:
        """Once there is a number, or none at all, the drop-down says it all."""
        if not self._number.isHidden() and not self.input_error:
            with self.updating:
                self._close_number()
        self.status_changed.emit()

    # Qt overrides

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if (
            isinstance(event, QFocusEvent)
            and event.lostFocus()
            and event.reason() not in LOOKING_ELSEWHERE
        ):
            going_to = QApplication.focusWidget()
            if going_to not in (self._combo, self._number):
                self._on_number_left()
        return super().eventFilter(watched, event)


def _option_text(option: Option | Unparsed) -> str:
    text = option.text if isinstance(option, Unparsed) else option.display_name
    return " ".join(text.split())
