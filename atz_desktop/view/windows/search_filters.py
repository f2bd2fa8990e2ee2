"""What narrows the search for an activity: type, importance, related record, order."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QLineEdit, QWidget

from atz_desktop.domain.identifiers import parse_record
from atz_desktop.domain.values import Option, RecordRef
from atz_desktop.domain.vocabulary import ENTITIES, ENTITY_OF_KIND, IMPORTANCES, KIND_OF_ENTITY
from atz_desktop.view.theme import CONTROL_HEIGHT, NEAR
from atz_desktop.view.widgets.buttons import add_clear_button
from atz_desktop.view.widgets.combo_box import NoWheelComboBox
from atz_desktop.view.widgets.completer import Completer, name_chips
from atz_desktop.view.widgets.updating import Updating

if TYPE_CHECKING:
    from atz_desktop.domain.local_records import Name
    from atz_desktop.session.lookups import Lookups
    from atz_desktop.session.search import ActivityQuery
    from atz_desktop.view.widgets.chip import Chip

_ORDERS = (
    ("Last changed first", "updated_at", False),
    ("Longest unchanged first", "updated_at", True),
    ("Newest first", "created_at", False),
    ("Oldest first", "created_at", True),
)


class SearchFilters(QWidget):
    """Tells that the user narrowed the search otherwise, and answers how."""

    changed = Signal()
    text_edited = Signal()
    """As `changed`, but the user is still typing."""

    def __init__(self, lookups: Lookups, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lookups = lookups
        self._types: list[int | None] = []
        self._slug = ""
        self._updating = Updating()
        self.type = _create_combo("Only this type")
        self.importance = _create_combo("Only this importance", "Any importance")
        self.importance.addItems([option.display_name for option in IMPORTANCES])
        self.entity = _create_combo("Only this kind of record", "Any kind of record")
        self.entity.addItems([entity.label for entity in ENTITIES.values()])
        self.record = QLineEdit()
        self.record.setAccessibleName("Only this record")
        self.record.setPlaceholderText("Any record: type a name or a slug")
        add_clear_button(self.record)
        self.order = _create_combo("Order")
        self.order.addItems([words for words, _by, _up in _ORDERS])
        self._suggesting = Completer(self.record, self._suggest)
        self._suggesting.chosen.connect(self._accept)
        self.show_types()
        self._build_layout()
        for combo in (self.type, self.importance, self.order):
            combo.currentIndexChanged.connect(self._notify)
        self.entity.currentIndexChanged.connect(self._other_kind)
        self.record.textChanged.connect(self._on_text_edited)
        lookups.names_learned.connect(self.show_types)

    def apply_to(self, sought: ActivityQuery) -> ActivityQuery:
        """The same search, narrowed as the user chose."""
        importance, order = self.importance.currentIndex(), _ORDERS[self.order.currentIndex()]
        return replace(
            sought,
            type_id=self._types[self.type.currentIndex()],
            importance=str(IMPORTANCES[importance - 1].key) if importance > 0 else None,
            entity=self._entity,
            record=self._slug,
            sort_by=order[1],
            ascending=order[2],
        )

    def show_record(self, record: RecordRef) -> None:
        """Narrow to the activities of one record, and to nothing else."""
        with self._updating:
            for combo in (self.type, self.importance, self.order):
                combo.setCurrentIndex(0)
            kinds = list(ENTITIES)
            self.entity.setCurrentIndex(
                kinds.index(record.entity) + 1 if record.entity in kinds else 0
            )
            self._slug = record.slug or ""
            self.record.setText(self._lookups.record_name(record) or self._slug)

    def show_types(self) -> None:
        """Offer the types that are known by now; the chosen one stays."""
        types: tuple[Option, ...] = self._lookups.types()
        keys: list[int | None] = [None, *(int(each.key) for each in types)]
        if keys == self._types:
            return
        chosen = self._types[self.type.currentIndex()] if self._types else None
        self._types = keys
        with self._updating:
            self.type.clear()
            self.type.addItems(["Any type", *(each.display_name for each in types)])
            self.type.setCurrentIndex(keys.index(chosen) if chosen in keys else 0)

    @property
    def _entity(self) -> int | None:
        index = self.entity.currentIndex()
        return list(ENTITIES)[index - 1] if index > 0 else None

    def _notify(self) -> None:
        if not self._updating:
            self.changed.emit()

    def _other_kind(self) -> None:
        if not self._updating:
            self._slug = ""
            self.record.clear()
            self.changed.emit()

    def _on_text_edited(self) -> None:
        if self._updating:
            return
        self._suggesting.on_text_edited()
        text = parse_record(self.record.text()).slug
        # A name that is still being typed narrows nothing; a slug does.
        slug = text if "_" in text and " " not in text else ""
        if slug != self._slug:
            self._slug = slug
            self.text_edited.emit()

    def _suggest(self, text: str) -> None:
        kind = KIND_OF_ENTITY.get(self._entity)
        kinds = (kind,) if kind else tuple(ENTITY_OF_KIND)
        self._lookups.suggest("find", kinds, text.strip(), self._show_suggestions)

    def _show_suggestions(self, text: str, names: tuple[Name, ...]) -> None:
        if text == self.record.text().strip():
            chips = name_chips(names, with_kind=not self._entity)
            self._suggesting.show_suggestions(self.record.text(), chips, preselect="_" not in text)

    def _accept(self, chip: Chip) -> None:
        with self._updating:
            self.record.setText(chip.text)
        self._slug = chip.key
        self.changed.emit()

    def _build_layout(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(NEAR)
        for column, widget in enumerate((self.type, self.importance, self.order)):
            grid.addWidget(widget, 0, column)
        grid.addWidget(self.entity, 1, 0)
        grid.addWidget(self.record, 1, 1, 1, 2)
        for column in range(3):
            grid.setColumnStretch(column, 1)
        for control in (self.type, self.importance, self.order, self.entity, self.record):
            control.setMinimumHeight(CONTROL_HEIGHT)


def _create_combo(name: str, *first: str) -> NoWheelComboBox:
    combo = NoWheelComboBox()
    combo.setAccessibleName(name)
    combo.addItems(list(first))
    return combo
