"""The related record: what kind of record it is, and which one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QHBoxLayout, QWidget

from atz_desktop.domain.fields import Field
from atz_desktop.domain.values import RecordRef, Unreadable
from atz_desktop.domain.vocabulary import ENTITIES, OTHER_ENTITY
from atz_desktop.domain.words import entity_words
from atz_desktop.session.sightings import RECORD_KINDS, entity_of, record_kind
from atz_desktop.view.chip_button import Chip
from atz_desktop.view.editors.base import FieldEditor
from atz_desktop.view.editors.steady_combo import SteadyCombo
from atz_desktop.view.lossless import LosslessLine
from atz_desktop.view.name_chips import name_chip
from atz_desktop.view.plain_label import PlainLabel
from atz_desktop.view.suggesting import Suggesting
from atz_desktop.view.theme import INSIDE

if TYPE_CHECKING:
    from atz_desktop.session.lookups import Lookups
    from atz_desktop.store.directory import Name


class RecordEditor(FieldEditor):
    """A drop-down of the six kinds of record, and the slug of one, with its name where known.

    Typing a name offers the records of that kind which are known by it, or of every kind as long
    as none is chosen. Another kind asks for another record: a candidate's slug names no job.
    """

    def __init__(self, field: Field, lookups: Lookups, parent: QWidget | None = None) -> None:
        super().__init__(field, lookups, parent)
        self._value: Any = None
        self._base: Any = None
        self._entities: list[Any] = []
        self._offered: dict[str, Name] = {}
        self._combo = SteadyCombo()
        self._combo.setPlaceholderText("Not set")
        self._combo.currentIndexChanged.connect(self._chosen)
        self._slug = LosslessLine()
        self._slug.edited.connect(self._retyped)
        self._slug.editingFinished.connect(self.take_over)
        self._suggesting = Suggesting(self._slug, self._find)
        self._suggesting.chosen.connect(self._take)
        self._name = PlainLabel("muted")
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(INSIDE)
        row.addWidget(self._slug, 3)
        row.addWidget(self._name, 2)
        entity_label, record_label = field.parts
        self.add_line(entity_label, self._combo, self._combo)
        self.add_line(record_label, line, self._slug)
        self.add_remark()

    def show_value(self, value: Any, base: Any) -> None:
        self._value, self._base = value, base
        record = self._record
        with self.showing():
            self._list()
            self._combo.setCurrentIndex(self._place(record.entity))
        if self._text != (record.slug or ""):
            self._slug.show_value(record.slug)
        self._slug.setPlaceholderText(_wanted(record.entity))
        self.show_names()
        self.show_remark()

    def show_names(self) -> None:
        name = self.lookups.record_name(self._record) if self._record.slug else None
        self._name.say(name or "")
        self._name.setVisible(bool(name))
        self.show_remark()

    def take_over(self) -> None:
        if self._text != self._slug.value():
            self._slug.show_value(self._text)
        record, kind = self._record, record_kind(self._record.entity)
        if kind is not None and record.slug and not self.field.kind.same(record, self._base):
            self.lookups.verify(kind, [record.slug])
        self.show_remark()

    def remark(self) -> tuple[str, str]:
        if isinstance(self._value, Unreadable):
            return f"ATZ sent something that can't be read: {self._value.text}", "warning"
        record, kind = self._record, record_kind(self._record.entity)
        typing = self._slug.hasFocus()
        if kind is None or not record.slug or typing or self.field.kind.same(record, self._base):
            return "", "muted"
        if self.lookups.is_missing(kind, record.slug):
            return f"ATZ has no {entity_words(record.entity).lower()} with this slug.", "warning"
        if self.lookups.knows(kind, record.slug):
            return "", "muted"
        return "Not verified: no record with this slug has been seen here yet.", "warning"

    @property
    def _record(self) -> RecordRef:
        return self._value if isinstance(self._value, RecordRef) else RecordRef()

    @property
    def _text(self) -> str:
        """The typed slug; one that came from ATZ stays as it came, spaces included."""
        text = self._slug.value() or ""
        return text if text == self._record.slug else text.strip()

    def _list(self) -> None:
        entities: list[Any] = list(ENTITIES)
        for record in (self._base, self._value):
            unknown = record.entity if isinstance(record, RecordRef) else None
            if unknown is not None and unknown not in entities:
                entities.append(unknown)
        if entities != self._entities:
            self._entities = entities
            self._combo.clear()
            self._combo.addItems([entity_words(entity) for entity in entities])

    def _place(self, entity: Any) -> int:
        return self._entities.index(entity) if entity in self._entities else -1

    def _chosen(self, index: int) -> None:
        if self.by_person and index >= 0:
            entity = self._entities[index]
            self.edited.emit(self._base_of(entity) or RecordRef(entity))

    def _find(self, text: str) -> None:
        entity = self._record.entity
        chosen = record_kind(entity)
        kinds = tuple(RECORD_KINDS.values()) if entity is None else (chosen,) if chosen else ()
        if kinds and text.strip():
            self.lookups.suggest(self.field.name, kinds, text, self._offer)

    def _offer(self, text: str, names: tuple[Name, ...]) -> None:
        if self._record.slug in {name.key for name in names}:
            self.show_names()
        self._offered = {name.key: name for name in names}
        # What may be a slug is taken as it stands: nothing is guessed over it.
        slug_like = any(letter.isdigit() or letter == "_" for letter in text)
        chips = tuple(map(name_chip, names))
        self._suggesting.offer(text, chips, preselect=not slug_like)

    def _take(self, chip: Chip) -> None:
        entity = self._record.entity
        if entity is None and chip.key in self._offered:
            entity = entity_of(self._offered[chip.key].kind)
        record = RecordRef(entity, chip.key)
        base = self._base_of(record.entity)
        named = replace(record, name=self.lookups.record_name(record))
        self.edited.emit(base if base is not None and base.slug == chip.key else named)

    def _retyped(self) -> None:
        self._suggesting.retyped()
        base = self._base_of(self._record.entity)
        if base is not None and (base.slug or "") == self._text:
            self.edited.emit(base)
        else:
            record = RecordRef(self._record.entity, self._text or None)
            self.edited.emit(replace(record, name=self.lookups.record_name(record)))

    def _base_of(self, entity: Any) -> RecordRef | None:
        """The record that ATZ holds, if it is of that kind."""
        base = self._base
        return base if isinstance(base, RecordRef) and base.entity == entity else None


def _wanted(entity: Any) -> str:
    if entity == OTHER_ENTITY:
        return "Not needed"
    kind = entity_words(entity).lower() if entity in ENTITIES else "record"
    return f"Type a name, or paste the slug of the {kind}"
