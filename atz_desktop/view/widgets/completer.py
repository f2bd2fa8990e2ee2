"""Suggestions for a line of text or for the text box of a chip field."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from atz_desktop.view.widgets.chip import Chip, accessible_text
from atz_desktop.view.widgets.suggestion_list import SuggestionList

if TYPE_CHECKING:
    from atz_desktop.domain.local_records import Name

_STEPS: Final = {
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_PageUp: -6,
    Qt.Key.Key_PageDown: 6,
}
_TAKES: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab)


class Completer(QObject):
    """Asks `find` for suggestions to the text of `line`, and lets the user choose one.

    `find` is called with the text as it is typed; it answers with `show_suggestions`, now or later.
    """

    chosen = Signal(object)
    """The Chip that the user took."""

    def __init__(
        self, line: QLineEdit, find: Callable[[str], None], field: QWidget | None = None
    ) -> None:
        """`field` is what the list stands below where it is not `line` itself."""
        super().__init__(line)
        self._line = line
        self._field = field or line
        self._find = find
        self._list: SuggestionList | None = None
        line.installEventFilter(self)

    def on_text_edited(self) -> None:
        if self._list is not None:
            self._list.set_current_text(self._line.text())
        if self._line.text().strip() and not self._line.isReadOnly():
            self._find(self._line.text())
        else:
            self.close()

    def show_suggestions(
        self, text: str, suggestions: tuple[Chip, ...], *, preselect: bool
    ) -> None:
        """Show suggestions for `text`; dropped if the line holds another one by now."""
        if text != self._line.text() or not self._line.hasFocus():
            return
        if not suggestions:
            self.close()
            return
        if self._list is None:
            self._list = SuggestionList(self._field)
            self._list.chosen.connect(self._accept)
        self._list.open_at(self._line, text, suggestions, preselect=preselect)
        self._announce(f"{len(suggestions)} suggestions")

    def close(self) -> None:
        if self._list is not None:
            self._list.hide_list()

    @property
    def is_open(self) -> bool:
        return self._list is not None and self._list.isVisible()

    def _accept(self, chip: Chip) -> None:
        self.close()
        self.chosen.emit(chip)

    def _handle_key(self, event: QKeyEvent) -> bool:
        if self._list is None or not self.is_open:
            if event.key() == Qt.Key.Key_Down and self._line.text().strip():
                self.on_text_edited()
                return True
            return False
        text = self._line.text()
        current = self._list.selected(text)
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        elif event.key() in _STEPS:
            self._list.move_selection(text, _STEPS[Qt.Key(event.key())])
            current = self._list.selected(text)
            if current is not None:
                self._announce(", ".join(filter(None, (accessible_text(current), current.tip))))
        elif event.key() in _TAKES and current is not None:
            self._accept(current)
        else:
            return False
        return True

    def _announce(self, words: str) -> None:
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self._line, words))

    # Qt overrides

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._handle_key(event)
        if event.type() == QEvent.Type.FocusOut:
            self.close()
        return False


def name_chip(name: Name) -> Chip:
    """A name to choose: e-mail address and slug or ID below it."""
    tip = (name.email, name.key) if name.name else (name.key,)
    return Chip(name.key, name.name or name.email or name.key, " · ".join(filter(None, tip)))
