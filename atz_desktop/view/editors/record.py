"""The related record: what kind of record it is, and which one."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QWidget

from atz_desktop.domain.characters import strip_invisible
from atz_desktop.domain.fields import Field
from atz_desktop.domain.identifiers import may_be_name, parse_record, slug_problem
from atz_desktop.domain.text import entity_label, quoted
from atz_desktop.domain.values import RecordRef, Unparsed
from atz_desktop.domain.vocabulary import ENTITIES, ENTITY_OF_KIND, KIND_OF_ENTITY, OTHER_ENTITY
from atz_desktop.view.editors.base import EditorAction, FieldEditor
from atz_desktop.view.widgets.chip_input import AmbiguousText, Chip, ChipInput, ChipParseResult
from atz_desktop.view.widgets.combo_box import NoWheelComboBox
from atz_desktop.view.widgets.completer import name_chips
from atz_desktop.view.widgets.layouts import HeightForWidthBox

if TYPE_CHECKING:
    from atz_desktop.domain.local_records import Name
    from atz_desktop.domain.vocabulary import NameKind
    from atz_desktop.session.lookups import Lookups


class RecordEditor(FieldEditor):
    """A drop-down of the six kinds of record, and one record of that kind as a chip.

    Typing a name offers the records of that kind which are known by it, or of every kind as long
    as none is chosen. Another kind asks for another record: a candidate's slug names no job. What
    looks like a name is never taken for a slug; where one record alone is known by it, that record
    is meant. What may be either is asked about.
    """

    def __init__(self, field: Field, lookups: Lookups, parent: QWidget | None = None) -> None:
        super().__init__(field, lookups, parent)
        self._value: Any = None
        self._base: Any = None
        self._tried = False
        self._entities: list[Any] = []
        self._records: dict[str, RecordRef] = {}
        self._named: dict[tuple[tuple[NameKind, ...], str], tuple[Name, ...]] = {}
        self._said_slug = ""
        """What the user said is a slug, although it may be a name."""
        self._combo = NoWheelComboBox()
        self._combo.setPlaceholderText("Not set")
        self._combo.currentIndexChanged.connect(self._choose_kind)
        self._chips = ChipInput(self._parse, single=True)
        self._chips.edited.connect(self._choose_record)
        self._chips.text_changed.connect(self._text_changed)
        self._chips.problem_changed.connect(self.status_changed)
        self._chips.done.connect(self._on_done)
        self._chips.set_completer_source(self._suggest)
        entity_label, record_label = field.parts
        self.add_part(entity_label, self._combo, self._combo, stretch=2)
        self.add_part(record_label, HeightForWidthBox(self._chips), self._chips, stretch=5)
        self._combo.installEventFilter(self)

    def show_value(self, value: Any, base: Any) -> None:
        if (value, base) != (self._value, self._base):
            self._tried = False
        self._value, self._base = value, base
        with self.updating:
            self._update_list()
            self._combo.setCurrentIndex(self._index_of(self._record.entity))
        self._show_chip()

    def show_unparsed(self, text: str) -> None:
        with self.updating:
            if text:
                self._chips.show_text(text)
            elif self._chips.pending_text():
                self._chips.clear_text()

    def show_names(self) -> None:
        self._show_chip()
        if self._has_unknown and not self.is_busy:
            self._named.clear()  # what nobody knew may be known now
            self._parse_again(self._chips.box_text())

    def _show_chip(self) -> None:
        record = self._record
        self._chips.show_chips([self._chip(record)] if record.slug else [])
        self._chips.set_placeholder("" if record.slug else _kinds_of(record.entity))
        self.update_hint()

    def commit(self) -> None:
        self._chips.commit_text()
        record, kind = self._record, KIND_OF_ENTITY.get(self._record.entity)
        if kind is not None and record.slug and not self.field.kind.equal(record, self._base):
            self.lookups.verify_keys(kind, [record.slug])  # a draft brought it along
        self._on_done()

    def reset(self) -> None:
        self._tried, self._said_slug = False, ""
        self._named.clear()

    def focus_first(self) -> None:
        missing = self._record.entity is not None and not self._record.slug
        line = self._chips if self._chips.pending_text() or missing else self._combo
        line.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def set_read_only(self, read_only: bool) -> None:
        self._combo.setEnabled(not read_only)
        self._chips.set_read_only(read_only)

    @property
    def input_error(self) -> str:
        return self._chips.problem() or ""

    @property
    def touched(self) -> bool:
        return self._tried or bool(self.input_error) or super().touched

    @property
    def incomplete(self) -> bool:
        begun = self._record.entity is not None and not self._record.slug
        return begun and not self.touched

    @property
    def action(self) -> EditorAction | None:
        if not self._has_unknown or not self.input_error:
            return None
        slug = parse_record(self._chips.box_text()).slug
        if not _is_doubtful(slug):
            return self.fetch_names_action()
        words = f"Use {quoted(slug)} as the slug"
        return EditorAction(words, "check", words, partial(self._take_as_slug, slug))

    def _take_as_slug(self, slug: str) -> None:
        self._said_slug = slug
        self._parse_again(self._chips.box_text())

    def hint(self) -> tuple[str, str]:
        if isinstance(self._value, Unparsed):
            return f"ATZ sent something that can't be read: {self._value.text}", "warning"
        record, kind = self._record, KIND_OF_ENTITY.get(self._record.entity)
        typing = bool(self._chips.pending_text())
        if kind is None or not record.slug or typing or self.field.kind.equal(record, self._base):
            return "", "muted"
        if self.lookups.is_missing(kind, record.slug):
            return f"ATZ has no {entity_label(record.entity).lower()} with this slug.", "warning"
        if self.lookups.knows(kind, record.slug):
            return "", "muted"
        return "Not verified: no record with this slug has been seen here yet.", "warning"

    @property
    def _record(self) -> RecordRef:
        return self._value if isinstance(self._value, RecordRef) else RecordRef()

    # What a text means

    def _parse(self, text: str) -> ChipParseResult:
        """The record that the text means, or why it means none."""
        slug, said = parse_record(text)
        entity = self._record.entity
        if said is not None and entity not in {None, said}:
            other, chosen = entity_label(said).lower(), entity_label(entity).lower()
            problem = f"This is the address of a {other}, and not of a {chosen}."
            return ChipParseResult((), text, problem)
        if said is not None:
            record = self._by_slug(slug, said, shaped=not slug_problem(slug))
        else:
            sure = slug == self._said_slug or not (slug and may_be_name(slug))
            record = self._by_slug(slug, entity, shaped=sure and not slug_problem(slug))
        return ChipParseResult((self._chip(record),)) if record else self._by_name(text, slug)

    def _by_slug(self, slug: str, entity: Any, *, shaped: bool) -> RecordRef | None:
        """The record with this slug; None where it is not known and not shaped as one."""
        base, kind = self._base_of(entity), KIND_OF_ENTITY.get(entity)
        if base is not None and slug == base.slug:
            return base
        if not shaped and not (kind is not None and self.lookups.knows(kind, slug)):
            return None
        record = RecordRef(entity, slug)
        return replace(record, name=self.lookups.record_name(record))

    def _by_name(self, text: str, name: str) -> ChipParseResult:
        names = self._named.get((self._kinds(), text))
        if names is None:
            return ChipParseResult((), text, self._unknown(name), (), partial(self._look_up, text))
        chips = self._name_chips(names)
        if len(names) == 1:
            return ChipParseResult(chips)
        if names:
            several = f"Several records called {quoted(name)} are known: choose one."
            return ChipParseResult((), ambiguous=(AmbiguousText(text, chips, several),))
        return ChipParseResult((), text, self._unknown(name))

    @property
    def _has_unknown(self) -> bool:
        """Whether it was asked who is called what stands in the box, and nobody is."""
        return self._named.get((self._kinds(), self._chips.box_text())) == ()

    def _unknown(self, name: str) -> str:
        entity = self._record.entity
        noun = entity_label(entity).lower() if entity in ENTITIES else "record"
        instead = "fetch names, or paste its slug or address"
        if _is_doubtful(name):
            return f"No {noun} called {quoted(name)} is known here. Is it a slug?"
        return f"No {noun} called {quoted(name)} is known here: {instead}."

    def _look_up(self, text: str) -> None:
        kinds = self._kinds()

        def answer(text: str, names: tuple[Name, ...]) -> None:
            self._named[kinds, text] = names
            self._parse_again(text)

        if not self.lookups.find_exact(self.field.name, kinds, text, answer):
            self._named[kinds, text] = ()

    def _parse_again(self, text: str) -> None:
        """It is known now who is called so; the user may have typed on or chosen meanwhile."""
        if self._chips.box_text() == text and self._chips.problem():
            self._chips.commit_text()
            self.update_hint()
            self.status_changed.emit()

    def _kinds(self) -> tuple[NameKind, ...]:
        """What may be meant: the chosen kind, or any as long as none is chosen."""
        entity = self._record.entity
        chosen = KIND_OF_ENTITY.get(entity)
        return tuple(ENTITY_OF_KIND) if entity is None else (chosen,) if chosen else ()

    def _suggest(self, text: str) -> None:
        kinds = self._kinds()
        if kinds and strip_invisible(text):
            self.lookups.suggest(self.field.name, kinds, text, self._show_suggestions)

    def _show_suggestions(self, text: str, names: tuple[Name, ...]) -> None:
        self._chips.show_suggestions(text, self._name_chips(names))

    # Chips

    def _name_chips(self, names: tuple[Name, ...]) -> tuple[Chip, ...]:
        for name in names:
            record = RecordRef(ENTITY_OF_KIND[name.kind].number, name.key, name.name)
            self._records[name.key] = record
        return name_chips(names, with_kind=self._record.entity is None)

    def _chip(self, record: RecordRef) -> Chip:
        slug, kind = record.slug or "", KIND_OF_ENTITY.get(record.entity)
        self._records[slug] = record
        name = self.lookups.record_name(record)
        seen = name or kind is None or self.lookups.knows(kind, slug)
        return Chip(
            key=slug,
            text=name or slug,
            tip=f"{entity_label(record.entity)}\n{slug}",
            unverified=not seen and not self.field.kind.equal(record, self._base),
        )

    def _choose_record(self, chips: tuple[Chip, ...]) -> None:
        record = self._records[chips[-1].key] if chips else RecordRef(self._record.entity)
        base = self._base_of(record.entity)
        value: Any = base if base is not None and base.slug == record.slug else record
        if value == RecordRef() and not isinstance(self._base, RecordRef):
            value = self._base
        if value != self._value:
            self.edited.emit(value)
        kind = KIND_OF_ENTITY.get(record.entity)
        if kind is not None and record.slug and value is not base:
            self.lookups.verify_keys(kind, [record.slug])

    def _text_changed(self) -> None:
        if not self.updating:
            self.unparsed_changed.emit(self._chips.pending_text())
        self.update_hint()

    def _on_done(self) -> None:
        self._tried = True
        self.status_changed.emit()

    # Kinds

    def _update_list(self) -> None:
        entities: list[Any] = list(ENTITIES)
        for record in (self._base, self._value):
            unknown = record.entity if isinstance(record, RecordRef) else None
            if unknown is not None and unknown not in entities:
                entities.append(unknown)
        if entities != self._entities:
            self._entities = entities
            self._combo.clear()
            self._combo.addItems([entity_label(entity) for entity in entities])

    def _index_of(self, entity: Any) -> int:
        return self._entities.index(entity) if entity in self._entities else -1

    def _choose_kind(self, index: int) -> None:
        if not self.updating and index >= 0:
            entity = self._entities[index]
            self.edited.emit(self._base_of(entity) or RecordRef(entity))

    def _base_of(self, entity: Any) -> RecordRef | None:
        """The record that ATZ holds, if it is of that kind."""
        base = self._base
        return base if isinstance(base, RecordRef) and base.entity == entity else None

    # Qt overrides

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusOut:
            QTimer.singleShot(
                0, self, self.status_changed.emit
            )  # when it is known where the focus went
        return super().eventFilter(watched, event)


def _is_doubtful(text: str) -> bool:
    """Whether a text that nobody is known by may be a slug as well as a name."""
    digits = any(map(str.isdigit, text))
    return digits and may_be_name(text) and not slug_problem(text)


def _kinds_of(entity: Any) -> str:
    if entity == OTHER_ENTITY:
        return "Not needed"
    kind = entity_label(entity).lower() if entity in ENTITIES else "record"
    return f"Type a name, or paste the slug of the {kind}"
