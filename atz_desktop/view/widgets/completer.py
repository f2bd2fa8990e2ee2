"""Suggestions for a line of text or for the text box of a chip field."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from atz_desktop.domain.text import format_day
from atz_desktop.domain.vocabulary import ENTITIES
from atz_desktop.view.widgets.chip import Chip
from atz_desktop.view.widgets.chip_paint import one_line
from atz_desktop.view.widgets.labels import announce

if TYPE_CHECKING:
    from atz_desktop.domain.local_records import Name
    from atz_desktop.view.widgets.suggestion_list import SuggestionList

_KIND_LABELS: Final = {entity.kind: entity.label for entity in ENTITIES.values()}


class Completer(QObject):
    """Asks `find` for suggestions to the text of `line`, and lets the user choose one.

    `find` is called with the text as it is typed; it answers with `show_suggestions`, now or later.
    """

    chosen = Signal(object)
    """The Chip that the user took."""

    def __init__(
        self,
        line: QLineEdit,
        find: Callable[[str], None],
        field: QWidget | None = None,
        *,
        compact: bool = False,
    ) -> None:
        """`field` is what the list stands below where it is not `line` itself; `compact`: each
        suggestion stands in one line.
        """
        super().__init__(line)
        self._line = line
        self._field = field or line
        self._find = find
        self._compact = compact
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
            from atz_desktop.view.widgets.suggestion_list import SuggestionList

            self._list = SuggestionList(self._field, compact=self._compact)
            self._list.chosen.connect(self._accept)
            self._list.moved.connect(self._announce_choice)
        self._list.open_at(self._line, text, suggestions, preselect=preselect)
        announce(self._line, f"{len(suggestions)} suggestions")

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
        return self._list.handle_key(self._line.text(), event.key(), tab=True)

    def _announce_choice(self, chip: Chip) -> None:
        announce(self._line, ", ".join(filter(None, (one_line(chip.text), chip.detail))))

    # Qt overrides

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._handle_key(event)
        if event.type() == QEvent.Type.FocusOut:
            self.close()
        return False


def name_chips(
    names: Sequence[Name], *, with_kind: bool = False, today: date | None = None
) -> tuple[Chip, ...]:
    """Names to choose from, told apart by e-mail or by where they were seen last.

    The slug or ID is for the tool tip, unless nothing else tells two of one name apart.
    """
    day = today or datetime.now().astimezone().date()
    details = [name.email or _seen(name, day) for name in names]
    alike = Counter((name.name, detail) for name, detail in zip(names, details, strict=True))
    chips = []
    for name, detail in zip(names, details, strict=True):
        parts: list[str | None] = [detail]
        if alike[name.name, detail] > 1:
            parts = [name.email, _seen(name, day), name.key]
        label = _KIND_LABELS.get(name.kind, name.kind.capitalize())
        if with_kind or not any(parts):
            parts.insert(0, label)
        text = name.name or name.email or name.key
        chips.append(Chip(name.key, text, name.key, detail=" · ".join(filter(None, parts))))
    return tuple(chips)


def _seen(name: Name, today: date) -> str:
    """Second interview, 20 April; "" where nobody knows."""
    day = ""
    with suppress(ValueError):  # where the file was damaged, and where there is none
        day = format_day(date.fromisoformat(name.seen_date or ""), today)
    return ", ".join(filter(None, (name.seen_title, day)))
