"""Names in memory: whatever was learned of people, records and types shows at once.

There is no documented list of types or users, and no search by name (ATZ_API.md, "Names for
people, records and types"): every answer that passes through teaches what it holds. Who asks for
more of them, on this computer and of ATZ, is `Lookups`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from atz_desktop.domain.activity import Activity
from atz_desktop.domain.characters import is_blank
from atz_desktop.domain.fields import ACTIVITY
from atz_desktop.domain.kinds import People
from atz_desktop.domain.local_records import Name, SeenName
from atz_desktop.domain.mapping import record_name
from atz_desktop.domain.values import Option, Person, RecordRef
from atz_desktop.domain.vocabulary import KIND_OF_ENTITY, TYPES, NameKind
from atz_desktop.session.jobs import MANY, offload_if_many
from atz_desktop.store.errors import StoreError

if TYPE_CHECKING:
    from atz_desktop.domain.edit import Edit
    from atz_desktop.domain.merge import Conflict, Merge
    from atz_desktop.session.jobs import Jobs, Work
    from atz_desktop.session.services import Services

PEOPLE_KINDS = {f.name: f.kind.noun for f in ACTIVITY.fields if isinstance(f.kind, People)}
"""Field name → the kind of names of the people in it."""

UNKNOWN_TIME = "2000-01-01T00:00:00+00:00"
"""When a name was seen that came without a time."""
_LEARNED_AT_ONCE = 100
"""Names between two turns of the event loop, and in one transaction."""
_LONGEST_TITLE = 100
"""Characters."""
_revisions = count(1)


class KnownNames(QObject):
    """What is known of people, records and types of one account.

    Whatever is asked for ends with the scope of `jobs`. Without an account (`services`, `jobs`) it
    knows only what it was taught, and nothing can be asked.
    """

    names_learned = Signal()
    """Better names are known: whoever shows one asks again."""

    def __init__(self, services: Services | None = None, jobs: Jobs | None = None) -> None:
        super().__init__()
        self._services = services
        self._jobs = jobs
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
        kind = KIND_OF_ENTITY.get(record.entity)
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

    async def learn_from_activity(self, activity: Activity) -> None:
        """Take in every name of an activity, and put it into the directory on this computer: the
        first `MANY` before this returns, the others in portions between which drafts are written.

        What a newer call or the end of the account cuts off is learned at the next sight. Raises
        StoreError.
        """
        names = await offload_if_many(activity.people_count, partial(names_in, activity))
        for start in range(0, len(names), _LEARNED_AT_ONCE):
            self.add_names(names[start : start + _LEARNED_AT_ONCE])
            await asyncio.sleep(0)  # the window answers between two portions of a long list
        self.clear_people_cache()
        self._fill_missing_names(names)
        if self._services is not None:
            await self._services.names.learn(self._services.account, names[:MANY])
        if later := names[MANY:]:
            self._start("store names", lambda services: _store(services, later))

    def _fill_missing_names(self, names: tuple[Name, ...]) -> None:
        """Ask the directory alone who they are: an answer of ATZ may hold slugs without names."""
        nameless: dict[NameKind, list[str]] = {}
        for seen in names:
            if not self.name_of(seen.kind, seen.key):
                nameless.setdefault(seen.kind, []).append(seen.key)
        if nameless:
            self._start("names", lambda services: self._load_names(services, nameless))

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

    async def _load_names(self, services: Services, keys: Mapping[NameKind, list[str]]) -> None:
        try:
            for kind, nameless in keys.items():
                found = await services.names.by_keys(services.account, kind, nameless)
                self.add_and_notify(found.values())
        except StoreError:
            return  # the slugs go on being shown

    def _start(self, name: str, work: Callable[[Services], Work]) -> bool:
        if self._jobs is None or self._services is None:
            return False
        return self._jobs.start(name, work(self._services))


class NamesBroadcast:
    """What is learned in the background, told to the names of every window of the account."""

    def __init__(self) -> None:
        self._subscribers: list[KnownNames] = []

    def subscribe(self, names: KnownNames) -> None:
        """These take in what is learned from now on."""
        self._subscribers.append(names)

    def unsubscribe(self, names: KnownNames) -> None:
        """These are those of a window that closes."""
        self._subscribers.remove(names)

    def add_names(self, names: Iterable[Name]) -> None:
        """Take in names, in every window."""
        learned = tuple(names)
        for each in self._subscribers:
            each.add_names(learned)

    def clear_people_cache(self) -> None:
        """More names were learned, in every window."""
        for each in self._subscribers:
            each.clear_people_cache()

    def notify(self) -> None:
        """Better names are known: whoever shows one asks again."""
        for each in self._subscribers:
            each.names_learned.emit()


def names_in(activity: Activity) -> tuple[Name, ...]:
    """Every name that an activity holds; one without a name or e-mail still says: this exists."""
    title, start = activity.title.strip()[:_LONGEST_TITLE] or None, activity.span.start
    day = start.date().isoformat() if start and title else None
    return tuple(
        name if name.kind == "type" else name._replace(seen_title=title, seen_date=day)
        for name in _names_in(activity)
    )


def seen_names(activity: Activity) -> tuple[SeenName, ...]:
    """The same, each seen when the activity was last changed: old ones do not push today's down."""
    seen = activity.updated_at or activity.created_at
    return tuple(
        SeenName(name, seen.isoformat() if seen else UNKNOWN_TIME) for name in names_in(activity)
    )


def person_from_name(name: Name) -> Person:
    """A name of the directory as the form holds it."""
    return Person(name.key, name.name, name.email)


def name_from_record(kind: NameKind, body: Mapping[str, Any]) -> Name | None:
    """The name in a record as `GET /v1/{entity}` and `/v1/{entity}/:slug` give it.

    None when it holds no slug: ATZ_API.md does not document these answers.
    """
    slug = body.get("slug")
    if not isinstance(slug, str) or not slug:
        return None
    email = body.get("email")
    return Name(kind, slug, record_name(body), email if isinstance(email, str) else None)


def name_from_type(body: Mapping[str, Any]) -> Name | None:
    """An activity type as an undocumented list may give it; None when it is none."""
    number, label = body.get("id"), body.get("label") or record_name(body) or body.get("title")
    if not isinstance(number, int) or isinstance(number, bool) or number <= 0:
        return None
    return (
        Name("type", str(number), label) if isinstance(label, str) and not is_blank(label) else None
    )


def _names_in(activity: Activity) -> Iterator[Name]:
    chosen = activity.role(activity.record_type.category)
    if isinstance(chosen, Option) and isinstance(chosen.key, int):
        yield Name("type", str(chosen.key), chosen.label)
    for field, kind in PEOPLE_KINDS.items():
        people: Any = activity.value(field)
        if isinstance(people, tuple):
            yield from (_name_of_person(kind, person) for person in people)
    for person in (activity.created_by, activity.updated_by):
        if person is not None:
            yield _name_of_person("user", person)
    record = activity.related
    if record is not None and record.slug and (of := KIND_OF_ENTITY.get(record.entity)):
        yield Name(of, record.slug, record.name)


def _name_of_person(kind: NameKind, person: Person) -> Name:
    return Name(kind, person.key, person.name, person.email)


async def _store(services: Services, names: tuple[Name, ...]) -> None:
    for start in range(0, len(names), _LEARNED_AT_ONCE):
        try:
            await services.names.learn(services.account, names[start : start + _LEARNED_AT_ONCE])
        except StoreError:
            return  # that the store is broken is said where it matters
