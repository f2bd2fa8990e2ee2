"""`Edit`: an immutable value of what was read and what the user changed.

And whom ATZ may mail about saving it, and how it is asked not to (ATZ_API.md, "Calendar mail").
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field, replace
from datetime import datetime
from functools import cached_property
from types import MappingProxyType
from typing import Any

from atz_desktop.domain.activity import Activity
from atz_desktop.domain.characters import pluralize
from atz_desktop.domain.fields import Field, RecordType
from atz_desktop.domain.kinds import People
from atz_desktop.domain.quick_dataclass import dataclass
from atz_desktop.domain.values import LocalFile, RecordRef, Span


@dataclass(frozen=True)
class Change:
    """One changed field."""

    field: Field
    old: Any
    new: Any

    @property
    def label(self) -> str:
        """The field's label, or that of the part that alone differs (End, say)."""
        halves = {Span: ("start", "end"), RecordRef: ("entity", "slug")}.get(type(self.old))
        if halves is None or type(self.new) is not type(self.old):
            return self.field.label
        differ = [
            part
            for part, half in zip(self.field.parts, halves, strict=True)
            if getattr(self.old, half) != getattr(self.new, half)
        ]
        return differ[0] if len(differ) == 1 else self.field.label


@dataclass(frozen=True)
class Problem:
    """One changed field that ATZ would reject, and the error text."""

    name: str
    text: str


@dataclass(frozen=True)
class Edit:
    """`base` as read, `pending` as changed by the user: field name → new value.

    A field that equals its base is never pending, so an untouched field cannot be sent.
    `originals` holds the value that a pending change was made from if the server's value differs
    by now and the conflict is open: the base has the server's value, and the next merge finds the
    conflict again.
    """

    base: Activity
    pending: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    originals: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def record_type(self) -> RecordType:
        return self.base.record_type

    def field(self, name: str) -> Field:
        return self.record_type.by_name[name]

    def original(self, name: str) -> Any:
        """The value that the pending change was made from."""
        return self.originals[name] if name in self.originals else self.base.value(name)

    def value(self, name: str) -> Any:
        """The pending value, else the base value."""
        return self.pending[name] if name in self.pending else self.base.value(name)

    def with_value(self, name: str, value: Any) -> Edit:
        """A copy with one value set; setting the base value removes the change.

        Times are wall-clock times of the base's zone, whatever zone they were typed or kept in:
        that is how ATZ shows them, and how they are compared.
        """
        if isinstance(value, Span):
            value = value.in_zone(self.base.zone)
        if self.field(name).kind.equal(value, self.base.value(name)):
            return self.without(name)
        return replace(self, pending=MappingProxyType({**self.pending, name: value}))

    def without_mail(self) -> Edit:
        """The edit that asks ATZ to mail nobody about it, where its kind of record can."""
        name = self.record_type.mail_off
        return self.with_value(name, True) if name is not None else self

    def without(self, *names: str) -> Edit:
        """A copy without the changes of these fields."""
        return Edit(self.base, _excluding(self.pending, names), _excluding(self.originals, names))

    def rebased(
        self,
        base: Activity,
        also: Iterable[str] = (),
        originals: Mapping[str, Any] | None = None,
    ) -> Edit:
        """Rebase the pending changes on another base; `originals` replace this edit's own.

        `also` names fields whose value is kept although it is not pending (just saved ones, so
        that undo can go back past a save).
        """
        edit = Edit(base)
        for name in self.record_type.by_name:
            if name in self.pending or name in also:
                edit = edit.with_value(name, self.value(name))
        return edit.with_originals(self.originals if originals is None else originals)

    def with_originals(self, originals: Mapping[str, Any]) -> Edit:
        """A copy with other originals; those of fields that are not pending are dropped."""
        open_ = {name: value for name, value in originals.items() if name in self.pending}
        return replace(self, originals=MappingProxyType(open_))

    def in_zone(self, zone: str) -> Edit:
        """The same wall-clock times in another zone; that alone is no change."""
        base = self.base.in_zone(zone)
        return Edit(base, _in_zone(self.pending, zone), _in_zone(self.originals, zone))

    def has_same_value(self, other: Edit, name: str) -> bool:
        return self.field(name).kind.equal(self.value(name), other.value(name))

    @property
    def new_file(self) -> LocalFile | None:
        """The file of this computer that is to be attached."""
        chosen = self.pending.get(self.record_type.attachment or "")
        return chosen if isinstance(chosen, LocalFile) else None

    @property
    def dirty(self) -> bool:
        return bool(self.pending)

    def changes(self) -> tuple[Change, ...]:
        """The changes in form order."""
        return tuple(
            Change(f, self.base.value(f.name), self.pending[f.name])
            for f in self.record_type.fields
            if f.name in self.pending
        )

    def problems(self) -> tuple[Problem, ...]:
        """Validation errors of the changed fields; unchanged fields are never checked."""
        return self._problems

    @cached_property
    def _problems(self) -> tuple[Problem, ...]:
        # Asked six times for each change, and a list of people may be long.
        found = (
            (f.name, f.error(self.pending[f.name], self.base.value(f.name)))
            for f in self.record_type.fields
            if f.name in self.pending
        )
        return tuple(Problem(name, text) for name, text in found if text)

    def body(self, *, numeric_flags: bool = False) -> dict[str, Any]:
        """The fields of the PUT request: exactly what differs from the base.

        `numeric_flags` writes booleans as "0" and "1": a JSON `false` may be refused (ATZ_API.md,
        "Risks learned").
        A file is a `LocalFile` under `attachment`: the request is then multipart.
        Requires an edit without `problems`.
        """
        sent: dict[str, Any] = {}
        for change in self.changes():
            sent.update(change.field.mapping.write(change.new, change.old))
        if numeric_flags:
            sent |= {key: str(int(v)) for key, v in sent.items() if isinstance(v, bool)}
        return sent


def _excluding(values: Mapping[str, Any], names: Iterable[str]) -> Mapping[str, Any]:
    gone = set(names)
    return MappingProxyType({name: value for name, value in values.items() if name not in gone})


def _in_zone(values: Mapping[str, Any], zone: str) -> Mapping[str, Any]:
    return MappingProxyType(
        {
            n: value.in_zone(zone) if isinstance(value, Span) else value
            for n, value in values.items()
        }
    )


@dataclass(frozen=True)
class CalendarMail:
    """ATZ may mail the attendees about a save, or would unless it is asked not to (`is_off`).

    `people` counts everybody in the lists or removed from them; None if a list could not be
    parsed. `labels` names what changes, `past` says that the activity is over.
    """

    people: int | None
    labels: tuple[str, ...]
    past: bool
    is_off: bool = False

    @property
    def recipients(self) -> str:
        """3 people."""
        if self.people is None:
            return "the attendees"
        return pluralize(self.people, "person", "people")

    @property
    def text(self) -> str:
        """The warning as sentences."""
        why = f"ATZ may mail {self.recipients} about this save, because it changes: "
        over = " The activity is already over." if self.past else ""
        return f"{why}{', '.join(self.labels)}.{over}"


def calendar_mail(edit: Edit, now: datetime) -> CalendarMail | None:
    """What saving may make ATZ mail; None if it can mail nobody, changed or not. `now` is aware."""
    name = edit.record_type.mail_off
    is_off = name is not None and edit.value(name) is True
    changed = [change for change in edit.changes() if change.field.triggers_mail]
    if not changed or (is_off and name not in edit.pending):
        return None
    people = _people(edit)
    if people == 0:
        return None
    span = edit.value(edit.record_type.span) if edit.record_type.span else None
    past = isinstance(span, Span) and span.is_over(now)
    return CalendarMail(people, tuple(change.label for change in changed), past, is_off)


def mail_warning(edit: Edit, now: datetime) -> CalendarMail | None:
    """`calendar_mail` if nothing keeps ATZ from it."""
    mail = calendar_mail(edit, now)
    return None if mail is None or mail.is_off else mail


def with_mail_default(edit: Edit, now: datetime) -> Edit:
    """The edit that mails nobody about an activity that is over; any other stays as it is."""
    mail = mail_warning(edit, now)
    return edit.without_mail() if mail is not None and mail.past else edit


def without_mail_default(edit: Edit, now: datetime) -> Edit:
    """The edit as it was before `with_mail_default`.

    It is the same edit where that did nothing, or where the user asked for something else.
    """
    name = edit.record_type.mail_off
    if name is None or name not in edit.pending:
        return edit
    bare = edit.without(name)
    return bare if with_mail_default(bare, now).pending == edit.pending else edit


def without_idle_mail_off(edit: Edit) -> Edit:
    """The edit without the wish to mail nobody, where nothing else in it would mail anybody."""
    name = edit.record_type.mail_off
    if name is None or any(change.field.triggers_mail for change in edit.changes()):
        return edit
    return edit.without(name)


def _people(edit: Edit) -> int | None:
    found = 0
    for f in edit.record_type.fields:
        if not (isinstance(f.kind, People) and f.triggers_mail):
            continue
        keys: set[str] = set()
        for people in (edit.base.value(f.name), edit.value(f.name)):
            if not isinstance(people, tuple | None):
                return None
            keys.update(person.key for person in people or ())
        found += len(keys)
    return found
