"""Whom ATZ may mail about a save, and how it is asked not to (ATZ_API.md, "Calendar mail")."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfoNotFoundError

from atz_desktop.domain.edit import Edit
from atz_desktop.domain.kinds import People
from atz_desktop.domain.quick_dataclass import dataclass
from atz_desktop.domain.schema import Field
from atz_desktop.domain.values import RecordRef, Span, to_utc


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
        return f"{self.people} {'person' if self.people == 1 else 'people'}"

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
    labels = tuple(changed_label(c.field, c.old, c.new) for c in changed)
    return CalendarMail(people, labels, _is_over(edit, now), is_off)


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


def changed_label(field: Field, old: object, new: object) -> str:
    """The field's label, or that of the part that alone differs (End, say)."""
    halves = {Span: ("start", "end"), RecordRef: ("entity", "slug")}.get(type(old))
    if halves is None or type(new) is not type(old):
        return field.label
    differ = [
        part
        for part, half in zip(field.parts, halves, strict=True)
        if getattr(old, half) != getattr(new, half)
    ]
    return differ[0] if len(differ) == 1 else field.label


def instant(wall: datetime, zone: str) -> datetime | None:
    """A wall-clock time in UTC; None if the zone is unknown or the time out of range."""
    try:
        return to_utc(wall, zone)
    except (ZoneInfoNotFoundError, ValueError, OverflowError):
        return None


def is_over(span: Span, now: datetime) -> bool:
    """Whether its end (without one, its start) is past. `now` is aware."""
    last = span.end or span.start
    ended = instant(last, span.zone) if last is not None else None
    return ended is not None and ended < now


def _people(edit: Edit) -> int | None:
    found = 0
    for field in edit.record_type.fields:
        if not (isinstance(field.kind, People) and field.triggers_mail):
            continue
        keys: set[str] = set()
        for people in (edit.base.value(field.name), edit.value(field.name)):
            if not isinstance(people, tuple | None):
                return None
            keys.update(person.key for person in people or ())
        found += len(keys)
    return found


def _is_over(edit: Edit, now: datetime) -> bool:
    span = edit.value(edit.record_type.span) if edit.record_type.span else None
    return isinstance(span, Span) and is_over(span, now)
