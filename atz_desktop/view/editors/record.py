"""The related record: what kind of record it is, and which one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QWidget

from atz_desktop.domain.characters import strip_invisible
from atz_desktop.domain.parse_input import looks_like_name, parse_record
from atz_desktop.domain.schema import Field
from atz_desktop.domain.text import entity_label, quoted
from atz_desktop.domain.validators import slug_problem
from atz_desktop.domain.values import RecordRef, Unparsed
from atz_desktop.domain.vocabulary import ENTITIES, ENTITY_OF_KIND, OTHER_ENTITY, record_kind
from atz_desktop.view.editors.base import FieldEditor
from atz_desktop.view.theme import INSIDE
from atz_desktop.view.widgets.chip import Chip
from atz_desktop.view.widgets.combo_box import NoWheelComboBox
from atz_desktop.view.widgets.completer import Completer, name_chips
from atz_desktop.view.widgets.eliding_label import ElidingLabel
from atz_desktop.view.widgets.exact_text import ExactLineEdit
from atz_desktop.view.widgets.layouts import hbox

if TYPE_CHECKING:
    from atz_desktop.domain.local_records import Name
    from atz_desktop.domain.vocabulary import NameKind
    from atz_desktop.session.lookups import Lookups


class RecordEditor(FieldEditor):
    """A drop-down of the six kinds of record, and the slug of one, with its name where known.

    Typing a name offers the records of that kind which are known by it, or of every kind as long
    as none is chosen. Another kind asks for another record: a candidate's slug names no job. What
    looks like a name is no slug unless the person says so by choosing that offer; a whole name
    that one record alone is known by means that record.
    """

    def __init__(self, field: Field, lookups: Lookups, parent: QWidget | None = None) -> None:
        super().__init__(field, lookups, parent)
        self._value: Any = None
        self._base: Any = None
        self._settled: Any = None  # the value before what is being typed
        self._typed = ""
        self._tried = False
        self._telling = False
        self._entities: list[Any] = []
        self._offered: dict[str, Name] = {}
        self._as_slug: Chip | None = None
        self._namesakes = ""  # a text that is the name of several records
        self._combo = NoWheelComboBox()
        self._combo.setPlaceholderText("Not set")
        self._combo.currentIndexChanged.connect(self._chosen)
        self._slug = ExactLineEdit()
        self._slug.edited.connect(self._on_text_edited)
        self._slug.editingFinished.connect(self.commit)
        self._suggesting = Completer(self._slug, self._suggest)
        self._suggesting.chosen.connect(self._accept)
        self._name = ElidingLabel("muted")
        line = QWidget()
        hbox(line, (self._slug, 3), (self._name, 2), spacing=INSIDE)
        entity_label, record_label = field.parts
        self.add_row(entity_label, self._combo, self._combo)
        self.add_row(record_label, line, self._slug)
        self.add_hint_row()
        for control in self.controls:
            control.installEventFilter(self)

    def show_value(self, value: Any, base: Any) -> None:
        brought = not self._telling and (value, base) != (self._value, self._base)
        self._value, self._base = value, base
        if brought:
            self._settled, self._tried = value, False
        with self.updating:
            self._update_list()
            self._combo.setCurrentIndex(self._index_of(self._record.entity))
        if not (self._telling or self._typed):
            self._draw_slug()
        self._slug.setPlaceholderText(_kinds_of(self._record.entity))
        self.show_names()

    def show_raw_text(self, text: str) -> None:
        if self._telling or text == self._typed:
            return
        self._typed = text
        if text:
            self._slug.show_value(text)
        else:
            self._draw_slug()
        self.show_names()

    def show_names(self) -> None:
        name = self.lookups.record_name(self._record) if self._record.slug else None
        self._name.set_text("" if self._typed else name or "")
        self._name.setVisible(bool(self._name.text()))
        self.update_hint()

    def commit(self) -> None:
        self._tried = True
        if not self._typed:
            self._settled = self._value
            if self._slug.value() != (self._record.slug or ""):
                self._slug.show_value(self._record.slug)
            record, kind = self._record, record_kind(self._record.entity)
            if kind is not None and record.slug and not self.field.kind.equal(record, self._base):
                self.lookups.verify_keys(kind, [record.slug])
        elif self.input_error:
            text = self._slug.value() or ""
            self.lookups.find_exact(self.field.name, self._kinds(), text, self._accept_exact)
        self.update_hint()
        self.status_changed.emit()

    def focus_first(self) -> None:
        missing = self._record.entity is not None and not self._record.slug
        line = self._slug if self._typed or missing else self._combo
        line.setFocus(Qt.FocusReason.ShortcutFocusReason)

    @property
    def input_error(self) -> str:
        return self._parse()[1] if self._typed else ""

    @property
    def touched(self) -> bool:
        return self._tried or super().touched

    @property
    def incomplete(self) -> bool:
        begun = self._record.entity is not None and not self._record.slug
        return begun and not self.touched

    def hint(self) -> tuple[str, str]:
        if isinstance(self._value, Unparsed):
            return f"ATZ sent something that can't be read: {self._value.text}", "warning"
        record, kind = self._record, record_kind(self._record.entity)
        typing = bool(self._typed) or self._slug.hasFocus()
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

    def _parse(self) -> tuple[RecordRef, str]:
        """The record that the text means, or why it means none.

        A slug that came from ATZ stays as it came, spaces included.
        """
        text, entity = self._slug.value() or "", self._record.entity
        base = self._base_of(entity)
        for known in (base, self._record):
            if known is not None and text == (known.slug or ""):
                return known, ""
        slug, said = parse_record(text)
        if said is not None and entity not in {None, said}:
            other, chosen = entity_label(said).lower(), entity_label(entity).lower()
            return self._record, f"This is the address of a {other}, and not of a {chosen}."
        entity = entity if said is None else said
        if base is not None and slug == base.slug:
            return base, ""
        if slug and (wrong := self._slug_problem(slug, entity)):
            return self._record, wrong
        record = RecordRef(entity, slug or None)
        return replace(record, name=self.lookups.record_name(record)), ""

    def _slug_problem(self, slug: str, entity: Any) -> str | None:
        kind = record_kind(entity)
        if kind is not None and self.lookups.knows(kind, slug):
            return None
        if slug == self._namesakes:
            return f"Several records called {quoted(slug)} are known: choose one from the list."
        if looks_like_name(slug):
            noun = entity_label(entity).lower() if entity in ENTITIES else "record"
            return f"{quoted(slug)} looks like a name: choose the {noun} or paste its slug."
        return slug_problem(slug)

    def _draw_slug(self) -> None:
        slug = self._record.slug or ""
        if parse_record(self._slug.value() or "").slug != slug:
            self._slug.show_value(self._record.slug)

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

    def _chosen(self, index: int) -> None:
        if not self.updating and index >= 0:
            entity = self._entities[index]
            self.edited.emit(self._base_of(entity) or RecordRef(entity))

    def _kinds(self) -> tuple[NameKind, ...]:
        """What may be meant: the chosen kind, or any as long as none is chosen."""
        entity = self._record.entity
        chosen = record_kind(entity)
        return tuple(ENTITY_OF_KIND) if entity is None else (chosen,) if chosen else ()

    def _suggest(self, text: str) -> None:
        kinds = self._kinds()
        if not kinds:
            self._show_suggestions(text, ())
        elif strip_invisible(text):
            self.lookups.suggest(self.field.name, kinds, text, self._show_suggestions)

    def _accept_exact(self, text: str, names: tuple[Name, ...]) -> None:
        """It is known who has this name; the person may have typed on or chosen meanwhile."""
        if not (self._typed and self._tried and text == self._slug.value()):
            return
        if len(names) == 1:
            self._offered = {names[0].key: names[0]}
            self._accept(name_chips(names)[0])
        elif names:
            self._namesakes = parse_record(text).slug
        self.update_hint()
        self.status_changed.emit()

    def _show_suggestions(self, text: str, names: tuple[Name, ...]) -> None:
        if self._record.slug in {name.key for name in names}:
            self.show_names()
        self._offered = {name.key: name for name in names}
        slug = parse_record(text).slug
        # What may be a slug is taken as it stands: nothing is guessed over it.
        named = looks_like_name(slug) and bool(names)
        self._as_slug = None
        if self._typed and slug and slug_problem(slug) is None:
            self._as_slug = Chip(
                slug, f"Use {quoted(slug)} as the slug", detail="As it stands, unverified"
            )
        chips = (
            *name_chips(names, with_kind=len(self._kinds()) > 1),
            *filter(None, [self._as_slug]),
        )
        self._suggesting.show_suggestions(text, chips, preselect=named)

    def _accept(self, chip: Chip) -> None:
        entity = self._record.entity
        if chip != self._as_slug and chip.key in self._offered:
            entity = ENTITY_OF_KIND[self._offered[chip.key].kind].number
        record = RecordRef(entity, chip.key)
        base = self._base_of(record.entity)
        named = replace(record, name=self.lookups.record_name(record))
        self._notify(base if base is not None and base.slug == chip.key else named, "")
        self._slug.show_value(self._record.slug)
        self._settled = self._value

    def _on_text_edited(self) -> None:
        record, wrong = self._parse()
        self._tried = False
        self._notify(record, strip_invisible(self._slug.value() or "") if wrong else "")
        self._suggesting.on_text_edited()

    def _notify(self, record: RecordRef, typed: str) -> None:
        """Tell what is meant; while text is half typed, the record is the one before it."""
        value: Any = self._settled if typed else record
        if value == RecordRef() and not isinstance(self._base, RecordRef):
            value = self._base
        self._typed, self._telling = typed, True
        try:
            self.raw_text_changed.emit(typed)
            if value != self._value:
                self.edited.emit(value)
        finally:
            self._telling = False
        self.show_names()

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


def _kinds_of(entity: Any) -> str:
    if entity == OTHER_ENTITY:
        return "Not needed"
    kind = entity_label(entity).lower() if entity in ENTITIES else "record"
    return f"Type a name, or paste the slug of the {kind}"
