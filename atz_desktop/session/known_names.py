"""Names in memory: whatever was learned of people, records and types shows at once.

Who asks for more of them, on this computer and of ATZ, is `Lookups`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from atz_desktop.domain.local_records import Name
from atz_desktop.domain.values import Option, Person, RecordRef
from atz_desktop.domain.vocabulary import TYPES, record_kind
from atz_desktop.session.name_extraction import PEOPLE_KINDS

if TYPE_CHECKING:
    from atz_desktop.domain.edit import Edit
    from atz_desktop.domain.merge import Conflict, Merge
    from atz_desktop.domain.vocabulary import NameKind

_revisions = count(1)


class KnownNames(QObject):
    """What is known of people, records and types of one account."""

    names_learned = Signal()
    """Better names are known: whoever shows one asks again."""

    def __init__(self) -> None:
        super().__init__()
        self.revision = next(_revisions)
        """Another number as soon as any name is another, and for other names: what is made of
        names can be kept."""
        self._types: dict[int, Option] = {
            option.key: option for option in TYPES if isinstance(option.key, int)
        }
        self._names: dict[tuple[NameKind, str], Name] = {}
        self._last_seen: dict[tuple[NameKind, str], Name] = {}
        self._owners: dict[tuple[NameKind, str], tuple[Person, ...]] = {}
        self._namesakes: dict[tuple[NameKind, str], tuple[Person, ...]] = {}

    def types(self) -> tuple[Option, ...]:
        """The built-in types, then the learned ones by name."""
        built_in = {option.key for option in TYPES}
        learned = [option for key, option in self._types.items() if key not in built_in]
        return TYPES + tuple(sorted(learned, key=lambda option: option.display_name.casefold()))

    def person(self, field: str, key: str) -> Person:
        """The person with the best name known; without one, the key alone."""
        name = self._names.get((PEOPLE_KINDS[field], key))
        return person_from_name(name) if name else Person(key)

    def name_of(self, kind: NameKind, key: str) -> str | None:
        """The name behind a slug or ID, if it was ever seen."""
        known = self._names.get((kind, key))
        return known.name if known else None

    def user(self, seen: Person) -> Person:
        """A user with the best name known."""
        known = self._names.get(("user", seen.key))
        return person_from_name(known) if known and (known.name or not seen.email) else seen

    def names_of(self, field: str, people: Iterable[Person]) -> tuple[Name, ...]:
        """What the directory told of people, where they were seen last included."""
        kind = PEOPLE_KINDS[field]
        return tuple(
            self._last_seen.get((kind, each.key), Name(kind, each.key, each.name, each.email))
            for each in people
        )

    def record_name(self, record: RecordRef) -> str | None:
        """The name of a record, if it was ever seen."""
        kind = record_kind(record.entity)
        known = self._names.get((kind, record.slug or "")) if kind else None
        return record.name or (known.name if known else None)

    def with_names(self, edit: Edit) -> Edit:
        """The edit with the best names known now: somebody may have been typed by slug before."""
        for name, value in edit.pending.items():
            edit = edit.with_value(name, self.value_with_names(name, value))
        return edit

    def for_display(self, edit: Edit) -> Edit:
        """The edit to be looked at: what ATZ holds has its best names, too."""
        base = {name: self.value_with_names(name, edit.base.value(name)) for name in edit.pending}
        named = {name: self.value_with_names(name, value) for name, value in edit.pending.items()}
        return replace(edit, base=edit.base.with_values(base), pending=named)

    def merge_for_display(self, merge: Merge) -> Merge:
        """The merge to be looked at."""

        def named(conflict: Conflict) -> Conflict:
            values = {
                part: self.value_with_names(conflict.field.name, getattr(conflict, part))
                for part in ("original", "theirs", "mine", "both")
            }
            return replace(conflict, **values)

        conflicts = tuple(map(named, merge.conflicts))
        return replace(merge, edit=self.for_display(merge.edit), conflicts=conflicts)

    def value_with_names(self, name: str, value: Any) -> Any:
        """A field's value with the best names known now."""
        if name in PEOPLE_KINDS and isinstance(value, tuple):
            return tuple(p if p.name else self.person(name, p.key) for p in value)
        if isinstance(value, RecordRef):
            return replace(value, name=self.record_name(value))
        return value

    def knows(self, kind: NameKind, key: str) -> bool:
        """Whether ATZ was ever seen to have somebody or something with this slug or ID."""
        return (kind, key) in self._names

    def people_with_email(self, field: str, email: str) -> tuple[Person, ...] | None:
        """Who has this e-mail address; None: not known yet (`resolve_people`)."""
        return self._owners.get((PEOPLE_KINDS[field], email.lower()))

    def people_named(self, field: str, name: str) -> tuple[Person, ...] | None:
        """Who is called exactly so (a folded name); None: not known yet (`resolve_people`)."""
        return self._namesakes.get((PEOPLE_KINDS[field], name))

    # What is learned

    def add_names(self, names: Iterable[Name]) -> None:
        """Take in names from wherever; what has a name never loses it."""
        for seen in names:
            known = self._names.get(seen[:2], seen)
            if seen.seen_title:
                self._last_seen[seen[:2]] = seen
            best = Name(*seen[:2], seen.name or known.name, seen.email or known.email)
            if self._names.get(seen[:2]) != best:
                self._names[seen[:2]] = best
                self.revision = next(_revisions)
            if seen.kind == "type":
                with suppress(ValueError):  # the file was damaged
                    self._types[int(seen.key)] = Option(int(seen.key), best.name)

    def add_and_notify(self, names: Iterable[Name]) -> None:
        """Take in names, and tell whoever shows some when there is anything new among them."""
        before = self.revision
        self.add_names(names)
        if self.revision != before:
            self.names_learned.emit()

    def clear_people_cache(self) -> None:
        """More names were learned: who has an address or a name is found out anew."""
        self._owners.clear()
        self._namesakes.clear()

    def add_people(
        self,
        kind: NameKind,
        owners: Mapping[str, Iterable[Name]],
        namesakes: Mapping[str, Iterable[Name]],
    ) -> None:
        """Take in who has which e-mail address (in small letters), and which folded name."""
        for known, answers in ((self._owners, owners), (self._namesakes, namesakes)):
            for text, names in answers.items():
                found = tuple(names)
                self.add_names(found)
                known[kind, text] = tuple(map(person_from_name, found))


class SharedNames(KnownNames):
    """What is learned in the background reaches the names of every window of the account."""

    def __init__(self) -> None:
        super().__init__()
        self.windows: list[KnownNames] = []
        self.names_learned.connect(self._tell)

    def add_names(self, names: Iterable[Name]) -> None:
        """Take in names, in every window."""
        learned = tuple(names)
        for each in self.windows:
            each.add_names(learned)

    def clear_people_cache(self) -> None:
        """More names were learned, in every window."""
        for each in self.windows:
            each.clear_people_cache()

    def _tell(self) -> None:
        for each in self.windows:
            each.names_learned.emit()


def person_from_name(name: Name) -> Person:
    """A name of the directory as the form holds it."""
    return Person(name.key, name.name, name.email)
